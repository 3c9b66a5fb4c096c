"""Measures of risk, payback and runway, against sorting, counting and numbers worked out by hand."""

from fractions import Fraction
from math import inf

import numpy as np
import pytest

from ownchannel.scenarios import runway

# inside: measures of arrays that are counted by hand
from ownchannel.scenarios._projection import first_below_zero

# inside: these, too, are counted by hand
from ownchannel.scenarios._simulation import loss_of, payback_months, worst_mean
from tests.scenarios.small_plans import market, plan, store


def worst_by_sorting(values: np.ndarray, percent: int) -> list[float]:
    """The lowest ⌈percent of n⌉, counted without rounding."""
    number = -((-percent * len(values)) // 100)
    return sorted(values.tolist())[:number]


@pytest.mark.parametrize("draws", [1, 2, 19, 20, 21, 60, 99, 100, 101, 140, 1_000, 4_003])
@pytest.mark.parametrize("percent", [1, 5, 7, 29, 100])
def test_cvar_is_the_mean_of_the_worst_draws(draws, percent):
    values = np.random.default_rng(draws).standard_normal(draws)
    worst = worst_by_sorting(values, percent)
    assert worst_mean(values, percent / 100) == pytest.approx(sum(worst) / len(worst), rel=1e-12)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01])
def test_a_share_of_no_draws_is_refused(share):
    with pytest.raises(ValueError, match="expected above 0 and at most 1"):
        worst_mean(np.arange(5.0), share)


@pytest.mark.parametrize("draws", [1, 20, 21, 500])
def test_loss_by_sorting(draws):
    lost = np.random.default_rng(draws).gamma(0.5, size=draws)
    worst = [-value for value in worst_by_sorting(-lost, 5)]
    found = loss_of(lost)
    assert found.mean == pytest.approx(sum(lost.tolist()) / draws)
    assert found.var == min(worst)
    assert found.cvar == pytest.approx(sum(worst) / len(worst))


def test_worst_mean_leaves_its_values_as_they_were():
    values = np.array([3.0, 1.0, 2.0])
    worst_mean(values, 0.5)
    assert values.tolist() == [3, 1, 2]


def payback_by_counting(gained: list[int]) -> float:
    """The first month from which the sum so far is never below 0."""
    for month in range(len(gained)):
        sums = [sum(map(Fraction, gained[: end + 1])) for end in range(month, len(gained))]
        if all(total >= 0 for total in sums):
            return month
    return inf


def test_payback_by_counting():
    generator = np.random.default_rng(5)
    gained = generator.integers(-3, 4, size=(9, 800))
    expected = [payback_by_counting(column) for column in gained.T.tolist()]
    assert payback_months(gained.astype(float)).tolist() == expected
    assert {0, 1, 8, inf} <= set(expected)


def test_payback_counts_a_month_that_touches_nothing_lost():
    gained = np.array([[-0.3], [0.1], [0.2]])
    assert payback_months(gained).tolist() == [2]


def test_first_month_below_zero():
    assert first_below_zero(np.array([0.0, 5.0, -1e-9, 4.0, -3.0])) == 2
    assert first_below_zero(np.array([-1.0, 5.0])) == 0
    assert first_below_zero(np.array([0.0, 0.0])) is None


def test_runway_counts_the_own_store_fixed_costs_and_the_setup_alone():
    """The store leaves 10 · 20 − 50 − 30 = 120 a month, fixed costs take 420: 300 a month of 1,000 − 100."""
    shop = store(
        order_value=25,
        goods_cost=5,
        payment_rate=0,
        organic_customers=6,
        existing_customers=0,
        repeat_rate=0,
        reference_spend=50,
        cac=12.5,
        platform_fee=30,
    )
    its_plan = plan(
        market(platform_fee=5_000),
        shop,
        cash=1_000,
        setup_cost=100,
        fixed_costs=420,
        growth_budget=100,
        owned_share_of_growth_budget=0.5,
    )
    assert runway(its_plan) == 4  # 900, 600, 300, 0: still not below 0, and then -300
    assert runway(its_plan.with_values({"cash": 999.0})) == 3
    assert runway(its_plan.with_values({"cash": 99.0})) == 0
    assert runway(its_plan.with_values({"fixed_costs": 120.0})) is None


def test_runway_of_a_marketplace_brand_is_what_fixed_costs_leave():
    its_plan = plan(market(suspension_hazard=0.5), fixed_costs=100, cash=250)
    assert runway(its_plan) == 3
    assert runway(plan(market())) is None
