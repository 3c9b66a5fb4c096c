"""What staying as you are leads to, and what to do next, against the simulated futures that both rest on."""

from dataclasses import replace
from math import inf

import numpy as np

from ownchannel.answers import Baseline
from ownchannel.scenarios import turning_points
from tests.answers.test_rent_or_own_answer import (
    PLANS,
    TODAY,
    answer,
    answered,
    paid_back_in,
    said,
    simulated,
)
from tests.scenarios.small_plans import market, plan

# ---------------------------------------------------------------- the baseline


def test_the_baseline_goes_from_what_was_sold_to_the_last_year_in_the_same_measure():
    _, todays = simulated("own store")
    own = (todays.revenue - todays.rented_revenue)[-12:].sum(axis=0).mean()
    known = Baseline(sold={"owned": (90_000.0, 100_000.0)})
    found = replace(answer("own store"), baseline=known)
    assert found.left_as_you_are() == (
        "Left as you are, your store's revenue goes from $90,000 in the last 12 months to "
        f"{said(0.9 * own, 'USD')} in year 3."
    )
    first = (todays.revenue - todays.rented_revenue)[:12].sum(axis=0).mean()
    assert answer("own store").left_as_you_are() == (
        f"Left as you are, your store's revenue goes from {said(first, 'USD')} in year 1 to "
        f"{said(own, 'USD')} in year 3."
    )


def test_without_a_store_the_baseline_is_of_the_marketplace():
    told = answered(plan(market(name="Bazaar"), growth_budget=2_500)).left_as_you_are()
    assert told.startswith("Left as you are, your revenue on Bazaar goes from ")
    two = answered(plan(market(name="Bazaar"), market(name="Fair"), growth_budget=2_500)).left_as_you_are()
    assert two.startswith("Left as you are, your revenue on marketplaces goes from ")
    assert answer("one month").left_as_you_are().startswith("Left as you are, your store's revenue is ")


GROWTH = "channels.Own store.organic_growth"


def test_with_growth_switched_off_the_baseline_is_flat():
    ranges = {**TODAY.uncertain, GROWTH: (0.005, 0.03)}
    growing = type(TODAY)(**{**vars(TODAY), "uncertain": ranges}).with_values({GROWTH: 0.02})
    off = growing.with_values({GROWTH: 0.0})
    assert off.uncertain[GROWTH] == (0.0, 0.03)
    found = answered(off)
    assert GROWTH not in found.plan.uncertain
    assert GROWTH not in found.today.uncertain
    assert found.found.today.revenue.sum() < answered(growing).found.today.revenue.sum()


# ---------------------------------------------------------------- what to do next


def test_next_steps_follow_from_the_answer():
    never, soon = paid_back_in((inf, 21.0, inf)), paid_back_in((14.0, 9.0, 22.0))
    assert "month 14" not in " ".join(never.next_steps())
    assert "Start" not in " ".join(never.next_steps())
    assert soon.next_steps()[0] == (
        "**Start**, and compare with this plan in month 9: carry on if you are not behind it."
    )
    (point, *_) = turning_points(PLANS["own store"])
    for found, beats in ((soon, False), (never, True)):
        rest = (
            f"At {point.reading} this plan would {'beat' if beats else 'no longer beat'} staying as you are."
        )
        if point.beats_today != beats:
            rest = "The answer depends on it most."
        assert f"Measure first: **{point.label}**. {rest}" in found.next_steps()
    assert all(1 <= len(answer(name).next_steps()) <= 3 for name in PLANS)


def test_a_plan_that_only_makes_safer_is_called_insurance():
    loses = answered(PLANS["own store"].with_values({"setup_cost": 60_000}))
    gained_, saved = (
        loses.found.plan.npv.mean() - loses.found.today.npv.mean(),
        loses.found.today.revenue_at_risk.cvar - loses.found.plan.revenue_at_risk.cvar,
    )
    assert loses.next_steps()[0] == (
        f"Decide whether {said(saved, 'USD')} less revenue at risk is worth the {said(-gained_, 'USD')} that "
        "this plan costs over three years: **it is insurance, not profit**."
    )


def test_cash_that_would_run_out_is_to_be_found_first():
    rich = answered(PLANS["own store"].with_values({"setup_cost": 1_000}))
    assert any(step.startswith("Ask for two offers") for step in rich.next_steps()) == (
        rich.found.payback[0] < inf
    )
    low = float(np.median(simulated("own store")[0].low_point))
    poor = answered(PLANS["own store"].with_values({"setup_cost": low + 5_000}))
    assert f"Find **{said(5_000, 'USD')}** first" in " ".join(poor.next_steps())
    broke = answered(PLANS["own store"].with_values({"cash": -50_000}))
    assert "**Mend the cash first**: it falls below zero even if you stay as you are." in broke.next_steps()
