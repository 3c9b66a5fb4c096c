"""`project` against customers who live one by one, within the error of the mean of many runs."""

from typing import Any

import numpy as np
import pytest

from ownchannel.scenarios import Event, Plan, project
from tests.scenarios.individuals import Floats, Mean, lived

#: About 150 means are compared in each test: four and a half errors are passed by chance once in a thousand.
ERRORS = 4.5
MONTHS = 18
RUNS = 4_000

MARKET: dict[str, Any] = {
    "name": "Market",
    "kind": "marketplace",
    "order_value": 40,
    "organic_customers": 20,
    "existing_customers": 30,
    "repeat_rate": 0.5,
    "days_between_orders": 50,
    "steering": 0.3,
    "suspension_months": 3,
    "suspension_recovery": 0.6,
    "private_label_loss": 0.4,
}
SHOP: dict[str, Any] = {
    "name": "Shop",
    "kind": "owned",
    "order_value": 50,
    "organic_customers": 10,
    "existing_customers": 20,
    "reference_spend": 500,
    "cac": 50,
    "ad_incrementality": 0.7,
    "cannibalisation": 0.2,
    "repeat_rate": 0.4,
    "days_between_orders": 45,
    "reach": 0.5,
    "personalisation_uplift": 0.3,
    "ad_loss_months": 4,
}
CLUB = {"member_share": 0.4, "member_frequency_uplift": 0.35, "member_drop_reduction": 0.3}
FITTED = {
    "model": "MBG/NBD",
    "parameters": {"r": 0.8, "alpha": 6.2, "a": 0.9, "b": 1.6},
    "histories": [[0, 0, 30, 40], [3, 25, 40, 10], [8, 20, 60, 5]],
}


def plan_of(*channels: dict[str, Any]) -> Plan:
    has_shop = any(channel["kind"] == "owned" for channel in channels)
    money = {"growth_budget": 1200, "owned_share_of_growth_budget": 1} if has_shop else {}
    seasons = [0.6] * 5 + [1] * 4 + [1.6, 1.7, 1.7]
    whole = {"horizon_months": MONTHS, "start": "2026-08", "currency": "USD", "seasonality": seasons}
    return Plan.model_validate(whole | money | {"channels": list(channels)})


def assert_lived(plan: Plan, events: tuple[Event, ...] = ()) -> None:
    months = project(plan, events=events).months
    for name, found in lived(plan, events, runs=RUNS, seed=12).items():
        expected = months[months["channel"] == name]
        for what in ("new_customers", "repeat_orders"):
            assert_within_error(getattr(found, what), expected[what].to_numpy())


def assert_within_error(mean: Mean, expected: Floats) -> None:
    # What happens in a few runs only, or in none, has no error that one could trust.
    rarely = 4 / RUNS
    np.testing.assert_array_less(np.abs(mean.value - expected), ERRORS * mean.error + rarely)
    # Close enough to tell: an error of a few percent in the equations would be seen.
    assert mean.error.sum() < 0.01 * mean.value.sum()


def test_customers_of_both_channels():
    assert_lived(plan_of(MARKET, SHOP))


def test_customers_while_things_happen():
    kinds = {"suspension": 6, "private_label": 11, "fee_rise": 2}
    events = [Event(month, "Market", kind) for kind, month in kinds.items()]
    assert_lived(
        plan_of(MARKET, SHOP), (*events, Event(13, "Market", "suspension"), Event(5, "Shop", "ad_loss"))
    )


@pytest.mark.parametrize("rate", [0, 1])
def test_customers_who_never_or_always_return(rate):
    assert_lived(plan_of(MARKET | {"repeat_rate": rate}))


def test_customers_who_refer_others_and_are_members():
    assert_lived(plan_of(SHOP | CLUB | {"referrals_per_order": 0.15}))


@pytest.mark.parametrize("model", ["BG/NBD", "MBG/NBD"])
def test_customers_of_a_fitted_model(model):
    channel = SHOP | {"purchase_model": FITTED | {"model": model}, "existing_customers": 40}
    del channel["repeat_rate"], channel["days_between_orders"]
    assert_lived(plan_of(channel))


def test_active_members_pay():
    free, paying = (plan_of(SHOP | CLUB | {"member_annual_fee": fee}) for fee in (0, 12))
    income = np.array(project(paying).cash_flow) - np.array(project(free).cash_flow)
    assert_within_error(lived(paying, runs=RUNS, seed=3)["Shop"].active_members, income)
