"""The closed forms against a slow simulation of individuals, gamma sums, integrals and limits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from ownchannel.outreach import DAYS_A_MONTH, Habit, gain

rates = st.floats(0, 0.95)
intervals = st.floats(1, 1_000)
habits = st.builds(Habit, rates, rates, intervals)


def simulated(habit: Habit, customers: int, horizon: float, seed: int) -> list[list[float]]:
    """The days of the repeat orders of each customer, one customer and one order at a time."""
    draw = np.random.default_rng(seed)
    lives = []
    for _ in range(customers):
        day, rate, orders = 0.0, habit.first_rate, []
        while draw.random() < rate:
            day += draw.exponential(habit.interval)
            rate = habit.later_rate
            if day > horizon:
                break
            orders.append(day)
        lives.append(orders)
    return lives


def test_repeats_are_those_of_simulated_individuals():
    habit, horizon = Habit(0.41, 0.59, 100), 730.5
    lives = simulated(habit, 40_000, horizon, seed=7)
    counts = np.array([len(orders) for orders in lives])
    error = counts.std() / np.sqrt(len(counts))
    assert habit.repeats(horizon) == pytest.approx(counts.mean(), abs=4 * error)
    early = np.array([sum(day <= 90 for day in orders) for orders in lives])
    assert habit.repeats(90) == pytest.approx(early.mean(), abs=4 * early.std() / np.sqrt(len(early)))
    for days, of_all in ((horizon, counts), (90, early)):
        loyal = of_all[of_all > 0]
        error = loyal.std() / np.sqrt(len(loyal))
        assert habit.repeats_of_the_loyal(days) == pytest.approx(loyal.mean(), abs=4 * error)


def test_orders_by_month_are_those_of_simulated_individuals_who_come_through_the_month():
    habit, months, a_month = Habit(0.5, 0.7, 60), 12, 3_000
    starts = np.random.default_rng(3).uniform(0, months * DAYS_A_MONTH, months * a_month)
    lives = simulated(habit, len(starts), months * DAYS_A_MONTH, seed=5)
    days = [start + day for start, orders in zip(starts, lives, strict=True) for day in orders]
    counted, _ = np.histogram(days, bins=np.arange(months + 1) * DAYS_A_MONTH)
    expected = habit.orders_by_month(a_month, months)
    # Orders of one customer come in clusters, hence a wider margin than Poisson's.
    assert np.abs(counted - expected).max() < 4 * 2 * np.sqrt(expected.max())
    assert counted.sum() == pytest.approx(expected.sum(), rel=0.02)


@given(habits, st.floats(0, 3_000))
def test_repeats_are_the_sum_over_the_gamma_distributed_times_of_the_k_th(habit, days):
    k = np.arange(1, 400)
    summed = habit.first_rate * habit.later_rate ** (k - 1) @ gamma.cdf(days, k, scale=habit.interval)
    assert habit.repeats(days) == pytest.approx(summed, rel=1e-7, abs=1e-9)


@given(habits, st.integers(1, 36))
def test_orders_by_month_are_the_integral_of_repeats_over_the_days_on_which_customers_come(habit, months):
    end = months * DAYS_A_MONTH
    integral, _ = quad(lambda age: float(habit.repeats(age)), 0, end, epsabs=1e-12, epsrel=1e-10)
    assert habit.orders_by_month(50, months).sum() == pytest.approx(
        50 / DAYS_A_MONTH * integral, rel=1e-7, abs=1e-9
    )


def test_twelve_months_of_orders_are_those_of_a_year_of_days():
    """A year has 365.25 days: counted day by day here, without a month."""
    habit, customers = Habit(0.4, 0.6, 100), 50
    a_day = 12 * customers / 365.25
    by_day = a_day * np.array([quad(habit.repeats, day, min(day + 1, 365.25))[0] for day in range(366)])
    assert habit.orders_by_month(customers, months=12).sum() == pytest.approx(by_day.sum(), rel=1e-9)


@given(habits, intervals)
def test_in_the_long_run_the_interval_changes_nothing(habit, interval):
    other = replace(habit, interval=interval)
    assert other.in_the_end == habit.in_the_end
    far = 1_000 * 1_000 / (1 - habit.later_rate)
    assert other.repeats(far) == pytest.approx(habit.repeats(far), rel=1e-9)
    at_once = replace(habit, interval=1e-3).orders_by_month(100, 2)
    assert at_once[1] == pytest.approx(100 * habit.in_the_end, rel=1e-9)


def test_all_that_a_shorter_interval_ever_brings_is_finite_and_fades():
    before, after = Habit(0.4, 0.6, 100), Habit(0.4, 0.6, 80)
    found = gain(before, after, customers=100, months=240)
    assert found.more.sum() == 0
    # 100 customers a month have one repeat order each in the end, that comes 20 / (1 - 0.6) days sooner.
    assert found.earlier.sum() == pytest.approx(100 * 1.0 * 20 / 0.4 / DAYS_A_MONTH, rel=1e-6)
    assert found.earlier[-1] == pytest.approx(0, abs=1e-6)


@given(habits, st.floats(0, 0.04), st.floats(0, 0.9), st.floats(0, 10_000))
def test_a_gain_adds_up_and_neither_part_is_negative(habit, points, sooner, customers):
    after = Habit(habit.first_rate + points, habit.later_rate + points, habit.interval * (1 - sooner))
    found = gain(habit, after, customers)
    np.testing.assert_allclose(found.after, after.orders_by_month(customers), rtol=1e-9, atol=1e-9)
    slack = 1e-9 * (1 + found.after.max())
    assert (found.more >= -slack).all()
    assert (found.earlier >= -slack).all()


@given(habits)
def test_no_change_no_gain(habit):
    found = gain(habit, habit, customers=100)
    assert not found.more.any()
    assert not found.earlier.any()


def test_nobody_comes_back_at_a_rate_of_nothing():
    nobody = Habit(0, 0.6, 100)
    assert nobody.in_the_end == 0
    assert not nobody.orders_by_month(100).any()
    once = Habit(0.4, 0, 100)
    assert once.repeats(1e9) == pytest.approx(0.4)
    assert Habit(1, 0, 100).repeats(100) == pytest.approx(1 - np.exp(-1))


@pytest.mark.parametrize(
    ("first", "later", "interval", "said"),
    [
        (1.05, 0.5, 100, "105% of new customers would return"),
        (-0.1, 0.5, 100, "-10% of new customers would return"),
        (0.5, 1.0, 100, "nobody buys for ever"),
        (0.5, 0.5, 0, "after 0 days on average"),
        (0.5, 0.5, -20, "after -20 days on average"),
        (0.5, 0.5, np.inf, "after inf days"),
        (np.nan, 0.5, 100, "nan% of new customers"),
    ],
)
def test_an_impossible_habit_is_refused(first, later, interval, said):
    with pytest.raises(ValueError, match=said):
        Habit(first, later, interval)
