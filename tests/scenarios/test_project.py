"""`project` against the plan's equations read month by month, on random plans and events."""

from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from ownchannel.scenarios import Event, MarketplaceChannel, OwnedChannel, Plan, project
from tests.scenarios import by_hand
from tests.scenarios.random_plans import plans_with_events, random_events, random_plan


def assert_follows_equations(plan: Plan, events: Sequence[Event]) -> None:
    found, expected = project(plan, events=events), by_hand.path(plan, events)
    for channel in plan.channels:
        _assert_same_months(found.months, expected, channel)
    turnover = max(abs(month.revenue) + abs(month.contribution) for month in expected.months.values())
    of_all = turnover * plan.horizon_months
    assert_same(found.cash_flow, expected.cash_flow, "cash flow", turnover)
    assert_same(found.cash_balance, expected.cash_balance, "cash balance", of_all)
    assert_same([found.npv], [expected.npv], "npv", of_all)
    for name, value in expected.value_of_new_customer.items():
        assert_same([found.value_of_new_customer[name]], [value], f"value of a new customer: {name}")
    assert len(found.value_of_new_customer) == len(plan.channels)
    assert_same([found.terminal_value], [expected.terminal_value], "terminal value", turnover)


def _assert_same_months(
    found: pd.DataFrame, expected: by_hand.Path, channel: MarketplaceChannel | OwnedChannel
) -> None:
    own = found[found["channel"] == channel.name]
    months = [expected.months[t, channel.name] for t in range(1, len(expected.cash_flow) + 1)]
    assert own["month"].tolist() == list(range(1, len(months) + 1))
    assert set(own["kind"]) == {channel.kind}
    customers = channel.existing_customers + sum(month.new_customers for month in months)
    if channel.reference_spend:  # without a budget, those whom today's spend wins are taken off again
        customers += channel.reference_spend / channel.cac
    for column in ("new_customers", "repeat_orders", "orders"):
        by_month = [getattr(month, column) for month in months]
        assert_same(own[column], by_month, f"{channel.name}: {column}", customers)
    for column in ("revenue", "contribution"):
        by_month = [getattr(month, column) for month in months]
        assert_same(own[column], by_month, f"{channel.name}: {column}", customers * channel.order_value)


def assert_same(found: Iterable[float], expected: Sequence[float], what: str, scale: float = 0.0) -> None:
    """Equal to 1e-9; `scale` is the size of the numbers whose small differences these may be.

    Infinite terminal values of opposite signs have no sum.
    """
    margin = 1e-12 * scale + 1e-9 * max((abs(value) for value in expected if isfinite(value)), default=0.0)
    assert list(found) == pytest.approx(expected, rel=1e-9, abs=margin, nan_ok=True), what


@pytest.mark.parametrize("block", range(20))
def test_random_plans_with_events_follow_the_equations(block):
    generator = np.random.default_rng([4, block])
    for _ in range(10):
        plan = random_plan(generator)
        assert_follows_equations(plan, random_events(plan, generator))


@settings(max_examples=40)
@given(plans_with_events())
def test_any_plan_with_events_follows_the_equations(drawn):
    assert_follows_equations(*drawn)
