"""The frontier, against a simulation of each of its points."""

from typing import Any

import numpy as np
import pytest

from ownchannel.scenarios import Plan, frontier, simulate
from tests.scenarios.random_plans import random_plan
from tests.scenarios.small_plans import FITTED, eventful_plan, market, plan, store

SHARE = "owned_share_of_growth_budget"

EVENTS = {"fee_rise_hazard": 0.1, "fee_rise_points": 0.03}
UNCERTAIN = {
    "channels.Store.cac": (15, 40),
    "channels.Store.spend_elasticity": (0.4, 1.0),
    "channels.Market.cac": (15, 30),
    "channels.Store.ad_incrementality": (0.3, 1.0),
    "channels.Store.reference_spend": (500, 2_000),
}


NOBODY_YET = {"planned": True, "organic_customers": 0, "existing_customers": 0}


def two(of_market: dict[str, Any] | None = None, of_store: dict[str, Any] | None = None, **own: Any) -> Plan:
    budget = {"growth_budget": 6_000, "owned_share_of_growth_budget": 0.3}
    return plan(market(**of_market or {}), store(**of_store or {}), **{**budget, **own})


PLANS = {
    "calm": two(),
    "short": two(horizon_months=5),
    "less than today": two(growth_budget=500),
    "suspension": two(
        {"suspension_hazard": 0.08, "suspension_months": 2, "suspension_recovery": 0.6, "repeat_rate": 0.5}
    ),
    "private label and fees": two({"private_label_hazard": 0.1, "private_label_loss": 0.5, **EVENTS}),
    "lost account": two(of_store={"ad_loss_hazard": 0.15, "ad_loss_months": 3, "cannibalisation": 0.4}),
    "elasticity": two({"spend_elasticity": 0.5}, {"spend_elasticity": 0.7, "ramp_months": 6}),
    "uncertain": two(uncertain=UNCERTAIN),
    "uncertain plan": two(
        uncertain={"growth_budget": (2_000, 9_000), SHARE: (0.1, 0.6), "discount_rate": (0.0, 0.2)}
    ),
    "rank effect": two({"rank_effect": 0.6, "suspension_hazard": 0.05}),
    "uncertain rank effect": two(uncertain={"channels.Market.rank_effect": (0.0, 0.8)}),
    "cannibalisation": two({**EVENTS, "organic_customers": 900}, {"cannibalisation": 0.3}),
    "nobody left on the marketplace": two({"organic_customers": 20}, {"cannibalisation": 1.0, "cac": 8}),
    "nobody left now": two(
        {"organic_customers": 20}, {"cannibalisation": 1.0, "cac": 8}, owned_share_of_growth_budget=1.0
    ),
    "nobody left, perhaps": two(
        {"organic_customers": 20}, {"cac": 8}, uncertain={"channels.Store.cannibalisation": (0.0, 1.0)}
    ),
    "entry leaves nobody": two(
        {"private_label_hazard": 0.05, "private_label_loss": 1.0, "suspension_hazard": 0.05},
        {"cannibalisation": 0.2},
    ),
    "members and friends": two(
        of_store={
            "member_share": 0.4,
            "member_annual_fee": 30,
            "member_reward_rate": 0.05,
            "member_drop_reduction": 0.2,
            "referrals_per_order": 0.2,
        }
    ),
    "fitted": two(of_store={"purchase_model": FITTED}),
    "store not opened yet": two(
        of_store={**NOBODY_YET, "platform_fee": 300}, uncertain={"discount_rate": (0.0, 0.2)}
    ),
    "store not opened yet, budget elsewhere": two(
        of_store={**NOBODY_YET, "platform_fee": 300}, owned_share_of_growth_budget=0.0
    ),
    "marketplace not joined yet": two({**NOBODY_YET, "platform_fee": 40, "rank_effect": 0.3}),
    "fading growth": two({"organic_growth": 0.05, "growth_fade": 0.9}),
    "seasons": two(seasonality=[0.5] * 6 + [1.5] * 6, start="2027-09"),
    "four channels": eventful_plan(),
    "four channels without rank effect": eventful_plan().with_values({"channels.Market.rank_effect": 0}),
}


def assert_frontier_is_the_simulations(its_plan: Plan, draws: int) -> None:
    table = frontier(its_plan, draws=draws, seed=3, points=3).table
    assert table["owned_share"].tolist() == [0, 0.5, 1]
    known = {path: ends for path, ends in its_plan.uncertain.items() if path != SHARE}
    for row in table.itertuples():
        there = its_plan.model_copy(update={SHARE: row.owned_share, "uncertain": known})
        found = simulate(there, draws, seed=3)
        # Small against what comes in and goes out where the NPV itself is next to nothing.
        small = 1e-10 * np.abs(found.cash_flow).sum(axis=0).mean()
        assert row.npv == pytest.approx(found.npv.mean(), rel=1e-9, abs=small)
        assert row.cvar == pytest.approx(found.cvar(), rel=1e-9, abs=small)
        assert row.marketplace_share == pytest.approx(found.marketplace_share, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", PLANS)
def test_a_point_is_what_simulate_gives_there(name):
    assert_frontier_is_the_simulations(PLANS[name], draws=100)


def with_two_kinds() -> list[Plan]:
    """Random plans whose budget can go to either kind."""
    found = []
    for seed in range(1_000, 1_200):
        its_plan = random_plan(np.random.default_rng(seed))
        kinds = {its.kind for its in its_plan.channels if its.reference_spend > 0}
        if len(kinds) == 2 and its_plan.growth_budget > 0:
            found.append(its_plan)
    return found[:30]


@pytest.mark.parametrize("number", range(30))
def test_points_of_random_plans_are_what_simulate_gives_there(number):
    assert_frontier_is_the_simulations(with_two_kinds()[number], draws=20)


def test_plans_in_which_a_marketplace_runs_out_of_customers_are_among_them():
    for name in ("nobody left on the marketplace", "entry leaves nobody"):
        there = PLANS[name].with_values({SHARE: 1.0})
        found = simulate(there, 100, seed=3)
        assert found.floored, name


def test_points_lie_evenly_and_are_as_many_as_asked_for():
    assert frontier(two(), draws=5).table["owned_share"].tolist() == pytest.approx(
        [w / 20 for w in range(21)]
    )
    assert len(frontier(two({"rank_effect": 0.5}), draws=5).table) == 7
    assert len(frontier(two({"rank_effect": 0.5}), draws=5, points=3).table) == 3


def test_a_simulation_that_is_there_already_is_used():
    found = simulate(two({"fee_rise_hazard": 0.2, "fee_rise_points": 0.05}), 50, seed=8)
    with_it = frontier(found.plan, simulation=found, points=4).table
    assert with_it.equals(frontier(found.plan, draws=50, seed=8, points=4).table)


def test_more_to_the_own_store_leaves_less_to_the_marketplace():
    assert frontier(two(), draws=5).table["marketplace_share"].is_monotonic_decreasing


@pytest.mark.parametrize(
    ("its_plan", "message"),
    [
        (two(growth_budget=0), "There is no growth budget to share"),
        (
            two({"reference_spend": 0}, owned_share_of_growth_budget=1),
            "A frontier needs a marketplace that adv",
        ),
        (
            two(None, {"reference_spend": 0}, owned_share_of_growth_budget=0),
            "A frontier needs an own store that",
        ),
    ],
)
def test_a_plan_without_a_choice_is_refused(its_plan, message):
    with pytest.raises(ValueError, match=message):
        frontier(its_plan, draws=5)


def test_one_point_is_no_frontier():
    with pytest.raises(ValueError, match="1 points were asked for: a frontier needs 2 or more"):
        frontier(two(), draws=5, points=1)
