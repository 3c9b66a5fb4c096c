"""A declared field has its slider; nothing else is needed."""

import dataclasses
from itertools import count
from typing import Annotated, Any

import pytest

from ownchannel.panels._controls import Controls, History  # inside: a panel shows neither alone
from tests.panels.toy import Rent


@pytest.fixture
def controls() -> Controls:
    return Controls(Rent().numbers(), "EUR")


def rent(controls: Controls) -> Rent:
    return Rent(**controls.values)


def test_every_declared_field_has_a_row_under_its_group(controls: Controls) -> None:
    rows = {group["title"]: [row["name"] for row in group["rows"]] for group in controls.tabs[0]["groups"]}
    assert rows == {
        "An order": ["order_value"],
        "The marketplace": ["fee", "months"],
        "Your own shop": ["budget", "conversion"],
    }


def test_one_more_field_is_one_more_slider() -> None:
    declared = dataclasses.replace(Rent.declared()["fee"], label="Sales tax", group="An order")

    class Wider(Rent):
        tax: Annotated[float, declared] = 0.1

    rows = [row for group in Controls(Wider().numbers(), "EUR").tabs[0]["groups"] for row in group["rows"]]
    assert [row["label"] for row in rows][:2] == ["Order value", "Sales tax"]  # joins its group


def test_a_row_says_what_the_number_means_where_it_comes_from_and_how_sure_it_is(
    controls: Controls,
) -> None:
    fee = controls.tabs[0]["groups"][1]["rows"][0]
    assert fee["about"] == [
        "The share of the order value that the marketplace keeps.",
        "Source: The marketplace's fee schedule (official).",
    ]
    assert fee["marks"] == pytest.approx({"low": 0.08 / 0.45, "high": 0.17 / 0.45, "home": 0.15 / 0.45})


def test_readouts_carry_unit_and_currency(controls: Controls) -> None:
    controls.set(months=3, budget=12_000)
    assert controls.readouts == {
        "order_value": "€60 per order",
        "fee": "15%",
        "months": "3 months",
        "budget": "€12,000 a month",
        "conversion": "2.0%",
    }


def test_a_move_on_the_page_is_the_same_as_one_by_set(controls: Controls) -> None:
    controls.set_state({"values": {**controls.values, "fee": 0.2}})  # what a page sends
    assert rent(controls) == Rent(fee=0.2)
    assert controls.readouts["fee"] == "20%"


def test_set_calls_back_once_however_many_sliders_moved(controls: Controls) -> None:
    seen: list[Rent] = []
    controls.on_change(lambda: seen.append(rent(controls)))
    controls.set(fee=0.2, months=2, budget=0)
    controls.set(fee=0.2)
    assert seen == [Rent(fee=0.2, months=2, budget=0)]


def test_reset_goes_back_to_what_the_controls_were_made_with() -> None:
    controls = Controls(Rent(fee=0.1).numbers(), "EUR")
    controls.set(fee=0.2)
    controls.reset()
    assert rent(controls) == Rent(fee=0.1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"fee": 15}, r"fee must lie between 0 and 1: you gave 15; did you mean 0\.15\?$"),
        ({"fees": 0.1}, r"No slider is called \['fees'\]: there are \['order_value', 'fee'"),
        ({"fee": 0.1, "months": 1.5}, "months must be a whole number: you gave 1.5"),
    ],
)
def test_a_refused_value_moves_nothing(controls: Controls, values: dict[str, float], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        controls.set(**values)
    assert rent(controls) == Rent()


def test_a_slider_reaches_a_value_that_lies_outside_its_usual_range() -> None:
    fee = Controls(Rent(fee=0.9).numbers(), "EUR").tabs[0]["groups"][1]["rows"][0]
    assert (fee["min"], fee["max"], fee["marks"]["home"]) == (0, 0.9, 1)


def test_what_decides_is_in_sight_risks_have_a_tab_and_the_rest_is_folded_by_theme() -> None:
    tabs = Controls(Rent().numbers(), "EUR", first=("budget", "fee"), switches=("months",)).tabs
    shown = {
        tab["title"]: {
            group["title"]: ([row["name"] for row in group["rows"]], group["folded"])
            for group in tab["groups"]
        }
        for tab in tabs
    }
    assert shown == {
        "Key settings": {"": (["budget", "fee"], False)},
        "Risks": {"The marketplace": (["months"], False)},
        "Advanced": {"An order": (["order_value"], True), "Your own shop": (["conversion"], True)},
    }


def test_without_a_choice_all_stand_in_one_place() -> None:
    (tab,) = Controls(Rent().numbers(), "EUR").tabs
    assert [group["title"] for group in tab["groups"]] == ["An order", "The marketplace", "Your own shop"]
    assert not any(group["folded"] for group in tab["groups"])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"first": ["Shop"]}, r"No slider is called \['Shop'\]: there are \["),
        ({"switches": ["fees"]}, r"No slider is called \['fees'\]: there are \['order_value', 'fee'"),
        ({"switches": ["fee"], "hidden": ["fee"]}, r"No slider is called \['fee'\]"),
    ],
)
def test_a_fold_or_switch_of_nothing_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Controls(Rent().numbers(), "EUR", **given)


def switch(controls: Controls, name: str) -> dict[str, float] | None:
    rows = {row["name"]: row for group in controls.tabs[0]["groups"] for row in group["rows"]}
    found: dict[str, float] | None = rows[name]["switch"]
    return found


def test_a_switch_turns_off_to_0_or_what_is_declared_and_on_to_where_the_slider_stood() -> None:
    controls = Controls(Rent().numbers(), "EUR", switches=("fee",))
    assert switch(controls, "fee") == {"off": 0, "on": 0.15}
    assert switch(controls, "budget") is None
    assert switch(Controls(Rent().numbers(), "EUR", switches={"fee": 0.1}), "fee") == {"off": 0.1, "on": 0.15}


def test_a_switch_that_starts_off_turns_on_amid_the_likely_range_on_a_step_of_its_slider() -> None:
    controls = Controls(Rent(fee=0, conversion=0).numbers(), "EUR", switches=("fee", "conversion"))
    assert switch(controls, "fee") == {"off": 0, "on": 0.12}  # 8% to 17%, in steps of 1%
    assert switch(controls, "conversion") == {"off": 0, "on": 0.025}


def undone(controls: Controls) -> list[Rent]:
    """What each undo comes back to, until none is left."""
    seen: list[Rent] = []
    while controls.undoable and len(seen) < 9:
        controls.undo()
        seen.append(rent(controls))
    return seen


def test_undo_takes_back_step_by_step_and_then_does_nothing() -> None:
    controls = Controls(Rent().numbers(), "EUR", clock=count(0, 10).__next__)
    controls.set(fee=0.2)
    controls.set(fee=0.3, months=5)
    controls.reset()
    assert undone(controls) == [Rent(fee=0.3, months=5), Rent(fee=0.2), Rent()]
    controls.undo()
    assert rent(controls) == Rent()
    assert controls.readouts["fee"] == "15%"


def test_what_follows_on_one_slider_within_a_second_is_one_step() -> None:
    controls = Controls(Rent().numbers(), "EUR", clock=iter([0.0, 0.9, 1.8, 2.0, 3.5]).__next__)
    for move in ({"fee": 0.16}, {"fee": 0.17}, {"fee": 0.18}, {"months": 2}, {"months": 3}):
        controls.set(**move)
    assert undone(controls) == [Rent(fee=0.18, months=2), Rent(fee=0.18), Rent()]


def test_an_undo_that_a_page_asks_for_arrives_behind_the_move_that_it_takes_back() -> None:
    controls = Controls(Rent().numbers(), "EUR")
    controls.set_state({"values": {**controls.values, "fee": 0.2}, "undos_asked": 1})
    assert rent(controls) == Rent()
    assert not controls.undoable


def test_a_visit_leaves_no_step_to_undo(controls: Controls) -> None:
    with controls.moved({"fee": 0.2}):
        assert rent(controls) == Rent(fee=0.2)
    assert rent(controls) == Rent()
    assert not controls.undoable


def test_a_switch_is_a_step_of_its_own_however_soon_after_a_move_of_its_slider() -> None:
    controls = Controls(Rent().numbers(), "EUR", switches=("fee",), clock=count(0, 0.1).__next__)
    for fee in (0.2, 0.21, 0, 0.21, 0.22):
        controls.set(fee=fee)
    assert [each.fee for each in undone(controls)] == [0.21, 0, 0.21, 0.15]


# ---------------------------------------------------------------- what is a step

HOME = {"fee": 0.1, "months": 1.0}


def history(*seconds: float) -> History:
    return History(clock=iter(seconds).__next__)


def test_moves_more_than_a_second_apart_are_steps_of_their_own() -> None:
    steps = history(0, 1.1)
    steps.note(HOME, HOME | {"fee": 0.2})
    steps.note(HOME | {"fee": 0.2}, HOME | {"fee": 0.3})
    assert [steps.take_back(), steps.take_back()] == [HOME | {"fee": 0.2}, HOME]


def test_another_slider_is_another_step_however_soon() -> None:
    steps = history(0, 0.1)
    steps.note(HOME, HOME | {"fee": 0.2})
    steps.note(HOME | {"fee": 0.2}, {"fee": 0.2, "months": 2.0})
    assert len(steps) == 2


def test_what_was_moved_and_moved_back_leaves_nothing_to_undo() -> None:
    steps = history(0, 0.1, 0.2)
    steps.note(HOME, HOME | {"fee": 0.2})
    steps.note(HOME | {"fee": 0.2}, HOME)
    assert len(steps) == 0
    steps.note(HOME, HOME | {"fee": 0.3})  # within the second, and yet a step: the last is forgotten
    assert steps.take_back() == HOME


def test_a_move_right_after_an_undo_is_a_step_of_its_own() -> None:
    steps = history(0, 2, 2.1)
    steps.note(HOME, HOME | {"fee": 0.2})
    steps.note(HOME | {"fee": 0.2}, HOME | {"fee": 0.3})
    steps.take_back()
    steps.note(HOME | {"fee": 0.2}, HOME | {"fee": 0.4})
    assert [steps.take_back(), steps.take_back()] == [HOME | {"fee": 0.2}, HOME]
