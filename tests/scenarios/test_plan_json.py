"""A plan is written with its version and read back as it was, whatever the version."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.assumptions import Assumptions
from ownchannel.scenarios import (
    AnyChannel,
    FittedPurchases,
    MarketplaceChannel,
    OwnedChannel,
    Plan,
    as_document,
    dumps,
    from_document,
    loads,
)

VERSION = 2

NOT_JSON = "the text is not JSON. Choose a file that was saved as a plan."
STORE = {"name": "Own store", "kind": "owned", "order_value": 50}

#: Ranges inside which any value goes with any other.
TAME = {
    "cac": (1, 1_000),
    "repeat_rate": (0, 0.5),
    "referrals_per_order": (0, 0.01),
    "personalisation_uplift": (0, 1),
    "member_frequency_uplift": (0, 1),
    "member_drop_reduction": (0, 0.5),
    "growth_budget": (0, 0),
}


def some_numbers(declarer: type[Assumptions]) -> st.SearchStrategy[dict[str, float]]:
    values = {
        name: st.integers(*map(int, mark.valid))
        if mark.whole
        else st.floats(*map(float, TAME.get(name, mark.valid)))
        for name, mark in declarer.declared().items()
    }
    required = {name: values.pop(name) for name in ("order_value", "cac") if name in values}
    return st.fixed_dictionaries(required, optional=values)


def channels(kind: type[AnyChannel]) -> st.SearchStrategy[AnyChannel]:
    names = st.text(min_size=1, max_size=20).filter(str.strip)
    return st.builds(lambda name, fields: kind(name=name, **fields), names, some_numbers(kind))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    either = st.one_of(channels(MarketplaceChannel), channels(OwnedChannel))
    raw = draw(st.lists(st.floats(0.1, 10), min_size=12, max_size=12))
    mean = sum(raw) / 12
    plan = Plan(
        channels=tuple(
            draw(st.lists(either, min_size=1, max_size=3, unique_by=lambda channel: channel.name))
        ),
        seasonality=draw(st.sampled_from([(1.0,) * 12, tuple(factor / mean for factor in raw)])),
        start=draw(st.dates()).strftime("%Y-%m").rjust(7, "0"),
        currency=draw(st.sampled_from(["USD", "EUR", "JPY"])),
        **draw(some_numbers(Plan)),
    )
    paths = [
        f"channels.{channel.name}.{name}" for channel in plan.channels for name in ("goods_cost", "steering")
    ]
    ranges = {
        path: (0.0, plan.get(path) + 0.1) for path in paths if path in plan.numbers() and plan.get(path) < 0.9
    }
    return plan.model_copy(update={"uncertain": ranges})


@given(plans())
def test_a_plan_is_read_back_as_it_was_written(plan: Plan) -> None:
    assert loads(dumps(plan)) == plan
    assert from_document(as_document(plan)) == plan


def test_what_is_neutral_is_left_out_and_what_has_no_neutral_value_is_told() -> None:
    store = OwnedChannel(name="Own store", order_value=50, repeat_rate=0)
    assert as_document(Plan(channels=(store,), cash=0)) == {
        "version": VERSION,
        "horizon_months": 36,
        "discount_rate": 0.1,
        "start": "2027-01",
        "currency": "USD",
        "channels": [STORE],
    }


@pytest.mark.parametrize("b", [1.614, float("inf")])
def test_a_fitted_model_is_read_back_as_it_was_written(b: float) -> None:
    fitted = FittedPurchases(
        model="MBG/NBD",
        parameters={"r": 0.524838, "alpha": 6.182993, "a": 0.891356, "b": b},
        log_covariance=((0.1, 0.0, 0.0, 0.0),) * 4,
        histories=((2, 30.4, 38.9, 1.0), (0, 0.0, 12.0, 5.0)),
    )
    plan = Plan(channels=(OwnedChannel(name="Café", order_value=50, purchase_model=fitted),))
    assert loads(dumps(plan)) == plan
    assert "Café" in dumps(plan)


def test_a_plan_of_version_1_is_read() -> None:
    older = {
        "version": 1,
        "horizon_months": 24,
        "owned_share": 0.4,
        "growth_budget": 1_000,
        "channels": {
            "Amazon.com": {"kind": "marketplace", "order_value": 32, "reference_spend": 900, "cac": 15},
            "Own store": {"kind": "owned", "order_value": 50, "reference_spend": 100, "cac": 40},
        },
        "uncertain": {"owned_share": [0.3, 0.5], "channels.Own store.cac": [30, 60]},
    }
    plan = loads(json.dumps(older))
    assert (plan.horizon_months, plan.owned_share_of_growth_budget) == (24, 0.4)
    assert [(channel.name, channel.kind, channel.cac) for channel in plan.channels] == [
        ("Amazon.com", "marketplace", 15),
        ("Own store", "owned", 40),
    ]
    assert plan.uncertain == {"owned_share_of_growth_budget": (0.3, 0.5), "channels.Own store.cac": (30, 60)}
    assert json.loads(dumps(plan))["version"] == VERSION


@pytest.mark.parametrize("channels", [5, {"Own store": 5}, [STORE]])
def test_a_plan_of_version_1_whose_channels_are_no_tables_is_no_crash(channels: Any) -> None:
    document = {"version": 1, "channels": channels}
    if channels == [STORE]:
        assert from_document(document).channels[0].name == "Own store"
    else:
        with pytest.raises(ValueError, match="channels must"):
            from_document(document)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"This is no plan: at line 1, column 1 {NOT_JSON}"),
        ('{"version": 2,\n "cash" 5}', f"This is no plan: at line 2, column 9 {NOT_JSON}"),
        ("[" * 100_000, "This is no plan: its lists are nested too deeply."),
        ("[]", "This is no plan: a plan is one table of names and values."),
        ("{}", "version is missing: a plan says which version it is; the present one is 2."),
        ('{"version": "2"}', "version must be a whole number from 1 to 2: you gave '2'."),
        ('{"version": true}', "version must be a whole number from 1 to 2: you gave True."),
        ('{"version": 0}', "version must be a whole number from 1 to 2: you gave 0."),
        (
            '{"version": 3}',
            "This plan is of version 3, and versions up to 2 can be read here: install a newer workbook.",
        ),
        ('{"version": 2}', "channels is missing: a plan needs one channel at least."),
        ('{"version": 2, "channels": {}}', "channels must be a list: you gave {}."),
        ('{"version": 2, "version": 2}', "version stands twice in one table: take one of them out."),
        (
            '{"version": 2, "channels": [{"name": "Own store", "kind": "owned", "order_value": 50, '
            '"repeat_rate": 28}]}',
            "Own store: repeat_rate must lie between 0 and 1: you gave 28; did you mean 0.28?",
        ),
        (
            '{"version": 2, "channels": [{"name": "Own store", "kind": "owned", "order_value": NaN}]}',
            "Own store: order_value must lie between 0 and 1e+09: you gave nan.",
        ),
        (
            '{"version": 2, "channels": [{"name": "Own store", "kind": "owned", "order_value": 50, '
            '"purchase_model": {"model": "NBD", "parameters": {}}}]}',
            "Own store: purchase_model is 'NBD': expected one of BG/NBD, MBG/NBD, Pareto/NBD.",
        ),
        (
            '{"version": 2, "channels": [{"name": "Own store", "kind": "owned", "order_value": 50, '
            '"purchase_model": {"model": "MBG/NBD"}}]}',
            "Own store: purchase_model.parameters is missing.",
        ),
    ],
)
def test_what_is_no_plan_is_refused_in_a_plain_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        loads(text)
    assert type(refused.value) is ValueError
    assert str(refused.value) == sentence


def anything() -> st.SearchStrategy[Any]:
    plain = st.none() | st.booleans() | st.floats() | st.text(max_size=5)
    names = st.sampled_from(["name", "kind", "order_value", "cash", "Own store"])
    return st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=8)


@given(anything(), st.sampled_from(["channels", "cash", "uncertain", "seasonality", "start"]), st.booleans())
def test_whatever_stands_in_a_document_the_answer_is_a_plan_or_a_sentence(
    value: Any, field: str, inside: bool
) -> None:
    fields = {"channels": [STORE | {field: value}]} if inside else {"channels": [STORE], field: value}
    for version in (1, 2):
        try:
            plan = from_document({"version": version, **fields})
        except ValueError as error:
            sentence = str(error)
            plain = type(error) is ValueError and sentence.endswith((".", "?")) and "Input" not in sentence
            assert plain, sentence
        else:
            assert from_document(as_document(plan)) == plan
