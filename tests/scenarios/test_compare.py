"""Scenarios side by side, against projections of each draw of the plan and of today's."""

from math import inf

import numpy as np
import pytest

from ownchannel.scenarios import PRESETS, Plan, against_today, compare, preset, project, simulate
from tests.scenarios.small_plans import eventful_plan, market, plan, store

DRAWS = 41


def gained_by_draw(its_plan: Plan, seed: int) -> list[np.ndarray]:
    """By draw the cash flow from month 0 less today's, each draw projected under its own events."""
    ours, todays = simulate(its_plan, DRAWS, seed), simulate(its_plan.today(), DRAWS, seed)
    found = []
    for draw in range(DRAWS):
        mine, before = project(*ours.draw(draw)), project(*todays.draw(draw))
        found.append(np.append(-its_plan.setup_cost, mine.cash_flow - before.cash_flow))
    return found


def payback_by_counting(gained: np.ndarray) -> float:
    total = np.cumsum(gained)
    months = [month for month in range(len(total)) if (total[month:] >= -1e-9).all()]
    return months[0] if months else inf


INVESTING = plan(
    market(suspension_hazard=0.03, suspension_recovery=0.8),
    store(ad_loss_hazard=0.05, ramp_months=5, repeat_rate=0.55),
    horizon_months=30,
    growth_budget=3_500,
    owned_share_of_growth_budget=0.75,
    setup_cost=4_000,
    uncertain={"channels.Store.cac": (20, 45), "channels.Store.repeat_rate": (0.3, 0.7)},
)


def test_a_row_is_what_the_draws_give():
    row = compare({"It": INVESTING}, draws=DRAWS, seed=6).loc["It"]
    gained = gained_by_draw(INVESTING, 6)
    first_years = [its[:13].sum() for its in gained]
    paybacks = sorted(payback_by_counting(its) for its in gained)
    found = simulate(INVESTING, DRAWS, 6)
    assert row["npv"] == pytest.approx(found.npv.mean(), rel=1e-9)
    assert row["cvar"] == pytest.approx(np.sort(found.npv)[:3].mean(), rel=1e-9)
    assert row["first_year"] == pytest.approx(np.mean(first_years), rel=1e-9)
    # 41 draws: the middle one is the 21st, a tenth of them lies below the fifth.
    assert row["payback_month"] == paybacks[20]
    assert row["payback_low"] == paybacks[4]
    assert row["payback_high"] == paybacks[36]
    assert paybacks[4] < paybacks[36]
    assert row["revenue_at_risk"] == found.revenue_at_risk.cvar > 0
    assert row["marketplace_share"] == found.marketplace_share
    assert row["low_point"] == np.median(found.low_point)


def test_a_plan_that_never_pays_back_does_so_at_infinity():
    # A growth budget that brings nobody.
    idle = plan(market(), store(ad_incrementality=0.0), growth_budget=9_000, owned_share_of_growth_budget=0.9)
    row = compare({"Idle": idle}, draws=5).loc["Idle"]
    assert row[["payback_month", "payback_low", "payback_high"]].tolist() == [inf] * 3
    assert row["first_year"] < 0


@pytest.mark.parametrize("name", PRESETS)
def test_today_against_itself_gains_nothing_and_is_paid_back_at_once(name):
    found = against_today(preset(name).today(), draws=20)
    assert np.abs(found.gained).max() == 0
    assert found.first_year == 0
    assert found.payback == (0, 0, 0)


def test_both_sides_have_the_same_luck():
    found = against_today(eventful_plan(), draws=30, seed=2)
    for draw in (0, 11, 29):
        assert found.plan.draw(draw)[1] == found.today.draw(draw)[1]


def test_a_horizon_of_less_than_a_year_counts_as_it_is():
    short = INVESTING.with_values({"horizon_months": 5})
    assert compare({"Short": short}, draws=DRAWS, seed=6).loc["Short", "first_year"] == pytest.approx(
        np.mean([its.sum() for its in gained_by_draw(short, 6)]), rel=1e-9
    )


def test_rows_stand_in_the_order_of_the_scenarios_and_do_not_touch_each_other():
    both = compare({"It": INVESTING, "Today": INVESTING.today()}, draws=20)
    assert both.index.tolist() == ["It", "Today"]
    assert both.loc[["It"]].equals(compare({"It": INVESTING}, draws=20))
    assert both.columns.tolist() == [
        "npv",
        "cvar",
        "first_year",
        "payback_month",
        "payback_low",
        "payback_high",
        "revenue_at_risk",
        "marketplace_share",
        "low_point",
    ]


def test_two_currencies_cannot_stand_side_by_side():
    euros = plan(currency="EUR")
    with pytest.raises(ValueError, match="Scenarios in EUR and USD cannot stand side by side"):
        compare({"Here": plan(), "There": euros}, draws=5)
