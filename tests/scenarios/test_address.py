"""A plan in an address: back as it was, or a plain sentence; and never more than a plan's worth of memory."""

import base64
import json
import random
import string
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.scenarios import (
    PRESETS,
    Plan,
    as_document,
    differences,
    from_document,
    from_query,
    link_remark,
    plan_from_page,
    preset,
    to_query,
)

# inside: the limits, which are no reader's business
from ownchannel.scenarios._plan_document import LARGEST_PLAN, LONGEST_QUERY
from tests.scenarios.random_plans import plans

SAFE = set(string.ascii_letters + string.digits + "-_=")


def packed(content: bytes) -> str:
    return "plan=" + base64.urlsafe_b64encode(zlib.compress(content, 9)).decode()


def query_or_problem(plan: Plan) -> str:
    """The plan's query, or the sentence that says why there is none."""
    try:
        return to_query(plan)
    except ValueError as problem:
        return str(problem)


def outcome(query: str) -> Plan | str | None:
    """The plan in a query, or the sentence that says why there is none."""
    try:
        return from_query(query)
    except ValueError as problem:
        return str(problem)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back_from_short_addresses(name):
    query = to_query(preset(name))
    assert from_query(query) == preset(name)
    assert set(query) <= SAFE
    assert len(query) < LONGEST_QUERY / 3


@settings(max_examples=60)
@given(plans())
def test_any_plan_comes_back_as_it_was_or_is_told_to_be_too_long(plan):
    query = query_or_problem(plan)
    if query.startswith("This plan is too long for an address"):
        assert len(json.dumps(as_document(plan))) > LONGEST_QUERY
        return
    assert set(query) <= SAFE
    assert from_query(query) == plan
    assert from_query(f"?token=abc&{query}&theme=dark") == plan


@pytest.mark.parametrize("name", ["مغازه", "店 & 铺", "a/b?c#d=e", "100 % own", "🛒"])
def test_names_of_channels_come_back_in_any_script(name):
    document = as_document(preset("Balanced brand"))
    del document["uncertain"]  # its paths name channels
    document["channels"][0]["name"] = name
    plan = from_document(document)
    query = to_query(plan)
    assert set(query) <= SAFE
    assert from_query(query) == plan


@pytest.mark.parametrize("query", ["", "?", "token=abc", "planned=1", "plan"])
def test_a_query_without_a_plan_gives_none(query):
    assert from_query(query) is None


def test_voilas_kernel_finds_the_plan_and_jupyterlabs_finds_none():
    query = to_query(preset("Balanced brand"))
    assert plan_from_page({"QUERY_STRING": f"token=abc&{query}"}) == preset("Balanced brand")
    assert plan_from_page({"QUERY_STRING": "token=abc"}) is None
    assert plan_from_page({"HOME": query}) is None


def test_any_letter_lost_or_changed_is_told():
    plan = preset("Balanced brand")
    query = to_query(plan)
    draw = random.Random(5)
    told = 0
    for place in range(len("plan="), len(query)):
        other = draw.choice(sorted(SAFE - {"=", query[place]}))
        for damaged in (query[:place] + query[place + 1 :], query[:place] + other + query[place + 1 :]):
            back = outcome(damaged)
            told += str(back).startswith("The plan in this address is damaged")
            assert back == plan or isinstance(back, str), place
    assert told >= 2 * len(query.removeprefix("plan=")) - 3  # some of the last bits stand for nothing


def test_any_end_cut_off_is_told():
    query = to_query(preset("Balanced brand"))
    for length in range(len("plan=") + 1, len(query)):
        with pytest.raises(ValueError, match="The plan in this address is damaged"):
            from_query(query[:length])


@given(st.text())
def test_any_text_in_a_plans_place_is_refused_in_a_sentence(text):
    assert str(outcome(f"plan=.{text}")).startswith("The plan in this address is damaged")


def test_a_text_that_unpacks_to_gigabytes_is_refused_before_it_does():
    bomb = packed(b" " * 20_000_000)
    tracemalloc.start()
    with pytest.raises(ValueError, match="The plan in this address is damaged"):
        from_query(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * LARGEST_PLAN


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[" * 100_000, "The plan in this address"),
        (b"\xff", "The plan in this address is damaged"),
        (b"{}", "The plan in this address cannot be used. "),
        (b'{"version": 99}', "99"),
    ],
)
def test_what_is_no_plan_is_told(content, said):
    with pytest.raises(ValueError, match=said):
        from_query(packed(content))


def test_a_plan_with_many_customers_histories_is_too_long_for_an_address():
    draw = random.Random(3)
    document = as_document(preset("Balanced brand"))
    (store,) = (channel for channel in document["channels"] if channel["kind"] == "owned")
    store["purchase_model"] = {"model": "BG/NBD", "parameters": {"r": 0.3, "alpha": 4, "a": 0.9, "b": 2}}
    del store["repeat_rate"], document["uncertain"]
    assert from_query(to_query(from_document(document))) == from_document(document)
    store["purchase_model"]["histories"] = [[2, draw.uniform(1, 40), 50, 1] for _ in range(500)]
    with pytest.raises(ValueError, match=r"too long for an address: \d,\d{3} letters.* hand over its file"):
        to_query(from_document(document))


OPENING = preset("Balanced brand")
CHANGES = {"owned_share_of_growth_budget": 0.7, "channels.Own store.cac": 41.5, "cash": 1.0}


def test_an_address_holds_what_differs_from_the_opening_plan_alone():
    moved = OPENING.with_values(CHANGES)
    query = to_query(moved, OPENING)
    text = zlib.decompress(base64.urlsafe_b64decode(query.removeprefix("plan=") + "==")).decode()
    assert json.loads(text)["values"] == CHANGES
    assert len(query) < 250 < len(to_query(moved)) / 2
    assert set(query) <= SAFE
    assert from_query(query, OPENING) == moved
    assert link_remark(query, OPENING) == ""
    assert plan_from_page({"QUERY_STRING": f"token=abc&{query}"}, OPENING) == moved
    assert from_query(to_query(OPENING, OPENING), OPENING) == OPENING


def test_however_many_histories_a_plan_holds_what_is_moved_is_a_short_address():
    draw = random.Random(3)
    document = as_document(OPENING)
    (store,) = (channel for channel in document["channels"] if channel["kind"] == "owned")
    store["purchase_model"] = {"model": "BG/NBD", "parameters": {"r": 0.3, "alpha": 4, "a": 0.9, "b": 2}}
    store["purchase_model"]["histories"] = [[2, draw.uniform(1, 40), 50, 1] for _ in range(500)]
    del store["repeat_rate"], document["uncertain"]
    long = from_document(document)
    moved = long.with_values(CHANGES)
    assert from_query(to_query(moved, long), long) == moved
    assert len(to_query(moved, long)) < 250


@settings(max_examples=40)
@given(plans(), st.floats(0, 1e6))
def test_any_plan_comes_back_by_its_base(plan, cash):
    moved = plan.with_values({"cash": cash})
    assert from_query(to_query(moved, plan), plan) == moved


def test_a_plan_of_other_channels_or_ranges_is_written_whole():
    for other in (preset("One-off durable"), OPENING.model_copy(update={"uncertain": {}})):
        assert from_query(to_query(other, OPENING)) == other
        assert link_remark(to_query(other, OPENING), OPENING) == ""


def test_another_opening_plan_is_said_and_what_fits_is_set():
    query = to_query(OPENING.with_values(CHANGES), OPENING)
    other = preset("One-off durable")
    assert from_query(query, other) == other.with_values(CHANGES)
    assert link_remark(query, other).endswith("3 settings are set here all the same.")
    alone = Plan(channels=other.channels[:1], growth_budget=3_000)
    assert from_query(query, alone.with_values({"growth_budget": 0})).cash == 1.0
    assert link_remark(query, alone).endswith(
        "2 settings are set here all the same. 1 setting is left out, because no channel here has that "
        "number."
    )


def test_an_address_of_changes_without_a_plan_to_change_is_refused_in_a_sentence():
    query = to_query(OPENING.with_values(CHANGES), OPENING)
    with pytest.raises(ValueError, match=r"cannot be used\. It holds changes alone"):
        from_query(query)
    with pytest.raises(ValueError, match=r"cannot be used\. Its changes are no table of names and numbers\."):
        from_query(packed(b'{"version":2,"base":"x","values":{"cash":"much"}}'), OPENING)
    with pytest.raises(ValueError, match=r"cannot be used\. cash must lie between"):
        from_query(packed(b'{"version":2,"base":"x","values":{"cash":1e30}}'), OPENING)


def test_differences_name_each_setting_in_which_plans_differ_and_no_other():
    found = differences([OPENING, OPENING.with_values(CHANGES), Plan(channels=OPENING.channels[:1])])
    rows = {row[0]: row[1:] for row in found.to_numpy().tolist()}
    assert rows["Budget to your own store"] == ["60%", "70%", "0%"]
    assert rows["Cash in the bank"] == ["$80,000", "$1", "$0"]
    store = [label for label in rows if label.endswith(", Own store")]
    assert all(rows[label][2] == "–" for label in store)
    assert not any(label.endswith(", Amazon.com") for label in rows)
    assert differences([OPENING, OPENING]).empty


def test_an_address_may_be_as_long_as_the_longest_and_no_longer(monkeypatch):
    plan = preset("Balanced brand")
    letters = len(to_query(plan))
    monkeypatch.setattr("ownchannel.scenarios._plan_document.LONGEST_QUERY", letters)
    assert len(to_query(plan)) == letters
    monkeypatch.setattr("ownchannel.scenarios._plan_document.LONGEST_QUERY", letters - 1)
    with pytest.raises(ValueError, match="too long for an address"):
        to_query(plan)
