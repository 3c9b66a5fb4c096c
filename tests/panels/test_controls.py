"""A declared field has its slider; nothing else is needed."""

import dataclasses
from typing import Annotated

import pytest

from ownchannel.panels.controls import Controls
from tests.panels.toy import Rent


@pytest.fixture
def controls() -> Controls[Rent]:
    return Controls(Rent(), "EUR")


def test_every_declared_field_has_a_row_under_its_group(controls: Controls[Rent]) -> None:
    rows = {group["title"]: [row["name"] for row in group["rows"]] for group in controls.groups}
    assert rows == {
        "An order": ["order_value"],
        "The marketplace": ["fee", "months"],
        "Your own shop": ["budget", "conversion"],
    }


def test_one_more_field_is_one_more_slider() -> None:
    declared = dataclasses.replace(Rent.declared()["fee"], label="Sales tax", group="An order")

    class Wider(Rent):
        tax: Annotated[float, declared] = 0.1

    rows = [row for group in Controls(Wider(), "EUR").groups for row in group["rows"]]
    assert [row["label"] for row in rows][:2] == ["Order value", "Sales tax"]  # joins its group


def test_a_row_says_what_the_number_means_where_it_comes_from_and_how_sure_it_is(
    controls: Controls[Rent],
) -> None:
    fee = controls.groups[1]["rows"][0]
    assert fee["about"] == [
        "The share of the order value that the marketplace keeps.",
        "Source: The marketplace's fee schedule (official).",
    ]
    assert fee["marks"] == pytest.approx({"low": 0.08 / 0.45, "high": 0.17 / 0.45, "home": 0.15 / 0.45})


def test_readouts_carry_unit_and_currency(controls: Controls[Rent]) -> None:
    controls.set(months=3, budget=12_000)
    assert controls.readouts == {
        "order_value": "€60 an order",
        "fee": "15%",
        "months": "3 months",
        "budget": "€12,000 a month",
        "conversion": "2.0%",
    }


def test_a_move_on_the_page_is_the_same_as_one_by_set(controls: Controls[Rent]) -> None:
    controls.set_state({"values": {**controls.values, "fee": 0.2}})  # what a page sends
    assert controls.value == Rent(fee=0.2)
    assert controls.readouts["fee"] == "20%"


def test_set_calls_back_once_however_many_sliders_moved(controls: Controls[Rent]) -> None:
    seen: list[Rent] = []
    controls.on_change(lambda: seen.append(controls.value))
    controls.set(fee=0.2, months=2, budget=0)
    controls.set(fee=0.2)
    assert seen == [Rent(fee=0.2, months=2, budget=0)]


def test_reset_goes_back_to_what_the_controls_were_made_with() -> None:
    controls = Controls(Rent(fee=0.1), "EUR")
    controls.set(fee=0.2)
    controls.reset()
    assert controls.value == Rent(fee=0.1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"fee": 15}, r"fee must lie between 0 and 1: you gave 15; did you mean 0\.15\?$"),
        ({"fees": 0.1}, r"No slider is called \['fees'\]: there are \['order_value', 'fee'"),
        ({"fee": 0.1, "months": 1.5}, "months: Input should be a valid integer"),
    ],
)
def test_a_refused_value_moves_nothing(
    controls: Controls[Rent], values: dict[str, float], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        controls.set(**values)
    assert controls.value == Rent()


def test_a_slider_reaches_a_value_that_lies_outside_its_usual_range() -> None:
    fee = Controls(Rent(fee=0.9), "EUR").groups[1]["rows"][0]
    assert (fee["min"], fee["max"], fee["marks"]["home"]) == (0, 0.9, 1)
