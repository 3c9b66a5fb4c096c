"""What a result says of itself: short, with the numbers of its answer, and as a table."""

from collections.abc import Callable
from typing import Any

import pytest

from ownchannel.formats import money
from ownchannel.orders import sample_orders
from ownchannel.scenarios import (
    FittedPurchases,
    OwnedChannel,
    Plan,
    against_today,
    break_even_cac,
    calibrate,
    compare,
    frontier,
    project,
    simulate,
)
from tests.scenarios.small_plans import FITTED, eventful_plan, plan, store

DRAWS = 40


def many_channels() -> Plan:
    return plan(
        *(store(name=f"A store with a long name, number {n}", purchase_model=FITTED) for n in range(40))
    )


RESULTS: dict[str, tuple[Callable[[], Any], list[str]]] = {
    "plan": (eventful_plan, ["Market (marketplace)", "24 months", "$9,000 a month", "60% of it"]),
    "many channels": (many_channels, ["and 34 more"]),
    "channel": (lambda: plan().channel("Store"), ["Store (owned): 50.00 per order", "40% of customers"]),
    "fitted channel": (lambda: eventful_plan().channel("Club"), ["MBG/NBD (r 0.5248", "142 customers today"]),
    "projection": (lambda: project(plan()), ["24 months leave", money(project(plan()).npv, "USD")]),
    "simulation": (
        lambda: simulate(eventful_plan(), DRAWS),
        ["40 simulated futures of 24 months", money(simulate(eventful_plan(), DRAWS).cvar(), "USD")],
    ),
    "against today": (
        lambda: against_today(plan(), DRAWS),
        [money(against_today(plan(), DRAWS).first_year, "USD"), "Paid back: "],
    ),
    "break-even": (lambda: break_even_cac(plan(owned_share_of_growth_budget=0.8), DRAWS), ["times as much"]),
    "no break-even": (lambda: break_even_cac(plan().today(), DRAWS), ["at any cost of a customer"]),
    "calibration": (
        lambda: calibrate(sample_orders(), Plan(channels=(OwnedChannel(name="Shopify", order_value=50),))),
        ["are measured", "4 notes", "Amazon.com (marketplace)"],
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_says_its_answer_in_a_sentence_or_two_and_shows_a_table(name: str) -> None:
    make, said = RESULTS[name]
    result = make()
    assert len(repr(result)) < 1_000
    assert [part for part in said if part not in repr(result)] == []
    assert "<table" in result._repr_html_()


def test_a_fitted_model_prints_short() -> None:
    many = {**FITTED, "histories": [(1, 2.0, 9.0, 3.0)] * 100}
    assert len(repr(FittedPurchases(**many))) < 200


@pytest.mark.parametrize(
    ("make", "columns"),
    [
        (lambda: project(plan()), ["month", "channel", "kind"]),
        (lambda: simulate(plan(), DRAWS), ["npv", "low_point", "revenue"]),
        (lambda: against_today(plan(), DRAWS), compare({"It": plan()}, DRAWS).columns.tolist()),
        (lambda: break_even_cac(plan(), DRAWS), ["channel", "marginal_cac"]),
    ],
)
def test_a_result_becomes_a_table(make: Callable[[], Any], columns: list[str]) -> None:
    table = make().to_pandas()
    assert table.columns.tolist()[: len(columns)] == columns
    assert len(table) > 0


def test_a_comparison_is_a_table_already_and_a_frontier_says_where_most_is_left() -> None:
    assert len(repr(compare({"It": plan()}, DRAWS))) < 1_000
    found = frontier(plan(), DRAWS)
    assert repr(found).startswith("Worth most, $")
    assert len(repr(found)) < 1_000
    assert found.to_pandas().equals(found.table)
