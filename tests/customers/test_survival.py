"""Kaplan-Meier, log-rank and Cox regression against published numbers and the textbook's formulas."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import pearsonr, rankdata

from ownchannel.customers import return_curve

# inside: both regressions' published numbers are of days and events, which no order table gives out
from ownchannel.customers._survival import Ties, Z, cox_regression, log_rank
from tests.oracles import freireich

Watched = list[tuple[int, int]]

watched = st.lists(st.tuples(st.integers(1, 12), st.integers(0, 1)), min_size=1, max_size=25)


def survival(customers: Watched, day: int) -> Fraction:
    share = Fraction(1)
    for event_day in sorted({days for days, event in customers if event and days <= day}):
        at_risk = sum(days >= event_day for days, _ in customers)
        share *= 1 - Fraction(sum(one == (event_day, 1) for one in customers), at_risk)
    return share


def greenwood(customers: Watched, day: int) -> Fraction:
    """The variance of survival, as a share of its square."""
    total = Fraction(0)
    for event_day in sorted({days for days, event in customers if event and days <= day}):
        at_risk = sum(days >= event_day for days, _ in customers)
        events = sum(one == (event_day, 1) for one in customers)
        total += Fraction(events, at_risk * (at_risk - events))
    return total


def columns(customers: Watched) -> tuple[list[int], list[int]]:
    return [days for days, _ in customers], [event for _, event in customers]


# ------------------------------------------------------------------ published numbers


def test_freireich_remission_under_treatment() -> None:
    curve = return_curve(freireich.TREATED, freireich.TREATED_RELAPSED)
    later = curve.table.iloc[1:]
    assert dict(zip(later["days"], 1 - later["share"], strict=True)) == pytest.approx(
        freireich.SURVIVAL, abs=5e-4
    )
    assert dict(zip(later["days"], later["at_risk"], strict=True)) == freireich.AT_RISK
    assert curve.median == freireich.MEDIANS["treated"]
    assert return_curve(freireich.PLACEBO, [1] * 21).median == freireich.MEDIANS["placebo"]


def test_freireich_log_rank() -> None:
    found = log_rank(freireich.WEEKS, freireich.RELAPSED, freireich.IN_PLACEBO)
    assert found is not None
    assert found.statistic == pytest.approx(freireich.LOG_RANK, abs=5e-3)
    assert found.df == 1
    # Of one degree of freedom: the square of a standard normal number.
    assert found.p == pytest.approx(math.erfc(math.sqrt(found.statistic / 2)), rel=1e-9)


# ------------------------------------------------------------------ independent computations


@given(customers=watched)
def test_curve_is_the_product_of_the_textbook(customers: Watched) -> None:
    curve = return_curve(*columns(customers))
    for row in curve.table.iloc[1:].itertuples():
        left = survival(customers, row.days)
        assert row.share == pytest.approx(float(1 - left), rel=1e-9)
        if left == 0:
            assert math.isnan(row.lower)
            assert math.isnan(row.upper)
            continue
        width = Z * math.sqrt(greenwood(customers, row.days)) / abs(math.log(left))
        # The band on the scale log(-log S), taken back: S to the powers exp(±width).
        ends = [1 - float(left) ** math.exp(side * width) for side in (-1, 1)]
        assert [row.lower, row.upper] == pytest.approx(ends, rel=1e-9, abs=1e-12)
        assert 0 <= row.lower <= row.share <= row.upper <= 1


@given(customers=watched, day=st.integers(0, 13))
def test_numbers_at_risk_are_counted(customers: Watched, day: int) -> None:
    curve = return_curve(*columns(customers))
    assert curve.at_risk(day) == sum(days >= day for days, _ in customers)


@given(customers=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 1), st.booleans()), min_size=2))
def test_log_rank_is_observed_less_expected(customers: list[tuple[int, int, bool]]) -> None:
    difference, variance = Fraction(0), Fraction(0)
    for day in {days for days, event, _ in customers if event}:
        at_risk = [one for one in customers if one[0] >= day]
        events = [one for one in at_risk if one[:2] == (day, 1)]
        n, n1, d = len(at_risk), sum(one[2] for one in at_risk), len(events)
        difference += sum(one[2] for one in events) - Fraction(d * n1, n)
        variance += Fraction(n1 * (n - n1) * d * (n - d), n**2 * (n - 1)) if n > 1 else 0
    found = log_rank(*zip(*customers, strict=True))
    if variance == 0:
        assert found is None
    else:
        assert found is not None
        assert found.statistic == pytest.approx(float(difference**2 / variance), rel=1e-9, abs=1e-12)


def test_log_rank_of_three_groups_is_chi_squared_under_chance() -> None:
    rng = np.random.default_rng(20260401)
    p = []
    for _ in range(300):
        days, event, group = rng.integers(1, 60, 120), rng.integers(0, 2, 120), rng.integers(0, 3, 120)
        found = log_rank(days, event, group)
        assert found is not None
        assert found.df == 2
        p.append(found.p)
    # 300 draws under 5%: 15 expected, within four standard deviations.
    assert 15 - 4 * 3.8 < sum(one < 0.05 for one in p) < 15 + 4 * 3.8


# ------------------------------------------------------------------ what is asked of a curve

FOLLOWED = ([10] * 20 + [20] * 20 + [400] * 40, [1] * 20 + [0] * 20 + [0] * 40)


def test_share_holds_until_the_next_return() -> None:
    curve = return_curve(*FOLLOWED)
    shares = [curve.returned_by(day).share for day in (0, 9.9, 10, 399)]
    assert shares == pytest.approx([0, 0, 0.25, 0.25])


def test_one_time_share_is_what_the_curve_leaves() -> None:
    once = return_curve(*FOLLOWED).one_time_share()
    assert once is not None
    assert (once.days, once.share) == (365, pytest.approx(0.75))
    back = return_curve(*FOLLOWED).returned_by(365)
    assert (once.lower, once.upper) == (1 - back.upper, 1 - back.lower)


def test_horizon_ends_where_thirty_are_left() -> None:
    curve = return_curve([10] * 5 + [40] * 3 + [50] + [90] * 29, [1] * 5 + [0] * 33)
    once = curve.one_time_share()
    assert once is not None
    assert once.days == 50
    assert curve.at_risk(50) == 30
    assert curve.at_risk(51) == 29
    assert return_curve([90] * 29, [0] * 29).one_time_share() is None


def test_customers_seen_once_are_more_than_those_who_stay_away() -> None:
    # Half come back after 10 days; of 60 recent ones nobody had the time.
    curve = return_curve([10] * 20 + [100] * 20 + [5] * 60, [1] * 20 + [0] * 80)
    assert curve.seen_once == pytest.approx(0.8)
    assert curve.returned_by(100).share == pytest.approx(0.5)


def test_nobody_back_leaves_the_exact_binomial_limit() -> None:
    once = return_curve([100] * 40, [0] * 40).one_time_share()
    assert once is not None
    # The least share of stayers for which 40 of 40 staying is no rarer than 2.5%.
    assert (once.share, once.upper) == (1, 1)
    assert once.lower**40 == pytest.approx(0.025)


@given(customers=watched)
def test_median_is_the_first_day_below_one_half(customers: Watched) -> None:
    days = sorted({days for days, event in customers if event})
    assume(all(survival(customers, day) != Fraction(1, 2) for day in days))
    below = [day for day in days if survival(customers, day) < Fraction(1, 2)]
    curve = return_curve(*columns(customers))
    assert curve.median == (below[0] if below else None)


def test_median_range_holds_the_days_whose_band_reaches_one_half() -> None:
    curve = return_curve(freireich.TREATED, freireich.TREATED_RELAPSED)
    within = curve.table[(curve.table["lower"] <= 0.5) & (curve.table["upper"] >= 0.5)]
    assert curve.median_range == (within["days"].min(), math.inf)
    assert return_curve(freireich.PLACEBO, [1] * 21).median_range == (4, 11)


def test_an_age_that_nobody_reached_is_refused() -> None:
    with pytest.raises(ValueError, match="days is 401: expected 0 to 400, the longest that anybody"):
        return_curve(*FOLLOWED).returned_by(401)


def test_no_customer_has_no_curve() -> None:
    with pytest.raises(ValueError, match="days holds no customer: expected at least one"):
        return_curve([], [])


@pytest.mark.parametrize(
    ("days", "returned", "group"),
    [
        ([], [], []),
        ([3, 4], [0, 0], ["a", "b"]),
        ([3, 4], [1, 1], ["a", "a"]),
        ([3, 3], [1, 1], ["a", "b"]),
        ([1, 4, 5], [0, 1, 1], ["a", "b", "b"]),
    ],
    ids=["nobody", "no return", "one group", "all at once", "one group left"],
)
def test_nothing_to_compare(days: list[int], returned: list[int], group: list[str]) -> None:
    assert log_rank(days, returned, group) is None


def test_a_group_that_nobody_watched_to_the_first_return_changes_nothing() -> None:
    days, returned, group = freireich.WEEKS, freireich.RELAPSED, freireich.IN_PLACEBO
    assert log_rank([0, *days], [0, *returned], [2, *group]) == log_rank(days, returned, group)


# ---------------------------------------------------------------- Cox regression

IN_PLACEBO = pd.DataFrame({"placebo": freireich.IN_PLACEBO})


@pytest.mark.parametrize("ties", freireich.LOG_HAZARD_RATIO)
def test_freireich_hazard_ratio(ties: Ties) -> None:
    (found,) = cox_regression(freireich.WEEKS, freireich.RELAPSED, IN_PLACEBO, ties)
    log_ratio, error = freireich.LOG_HAZARD_RATIO[ties]
    assert math.log(found.ratio) == pytest.approx(log_ratio, abs=6e-4)
    half = (math.log(found.upper) - math.log(found.lower)) / 2
    assert half / 1.959964 == pytest.approx(error, abs=6e-4)
    assert found.p == pytest.approx(math.erfc(log_ratio / error / math.sqrt(2)), rel=0.02)


def efron_log_likelihood(beta: float, days: Any, returned: Any, x: Any) -> float:
    """Efron (1977), summed by hand."""
    total = 0.0
    for day in {day for day, event in zip(days, returned, strict=True) if event}:
        at_risk = sum(math.exp(beta * v) for d, v in zip(days, x, strict=True) if d >= day)
        events = [v for d, event, v in zip(days, returned, x, strict=True) if event and d == day]
        tied = sum(math.exp(beta * v) for v in events)
        total += beta * sum(events)
        total -= sum(math.log(at_risk - k / len(events) * tied) for k in range(len(events)))
    return total


def made(
    rng: np.random.Generator, log_ratios: list[float], n: int
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Customers whose hazard is exp(x @ log ratios) / 200 a day, watched for up to a year."""
    x = np.column_stack([rng.integers(0, 2, n), *rng.normal(size=(len(log_ratios) - 1, n))])
    days = rng.exponential(200 / np.exp(x @ log_ratios))
    end = rng.uniform(0, 365, n)
    columns = pd.DataFrame(x, columns=[f"x{i}" for i in range(len(log_ratios))])
    return np.ceil(np.minimum(days, end)), days <= end, columns


def test_ratio_is_where_the_partial_likelihood_is_highest() -> None:
    days, returned, x = made(np.random.default_rng(7), [0.6], 80)
    days = np.ceil(days / 20)  # many ties
    (found,) = cox_regression(days, returned, x)
    best = minimize_scalar(
        lambda beta: -efron_log_likelihood(beta, days, returned, x["x0"]), bracket=(0, 1), tol=1e-12
    )
    assert math.log(found.ratio) == pytest.approx(best.x, abs=1e-6)


def test_intervals_hold_the_true_ratios_nineteen_times_in_twenty() -> None:
    rng, truth = np.random.default_rng(20260402), [0.5, -0.3, 0.0]
    inside = np.zeros(3)
    for _ in range(50):
        found = cox_regression(*made(rng, truth, 200))
        inside += [one.lower <= math.exp(beta) <= one.upper for one, beta in zip(found, truth, strict=True)]
    # 47.5 expected, within four standard deviations of 1.5.
    assert (inside > 47.5 - 4 * 1.5).all()
    assert (inside < 50).any()


def test_steadiness_is_the_correlation_of_residuals_worked_out_by_hand() -> None:
    days, returned, x = made(np.random.default_rng(11), [0.8, 0.4], 150)
    found = cox_regression(days, returned, x)
    beta = np.log([one.ratio for one in found])
    weight = np.exp(x.to_numpy() @ beta)
    event_rows = np.flatnonzero(returned)
    at_risk = [days >= days[row] for row in event_rows]
    for one, values in zip(found, x.to_numpy().T, strict=True):
        residuals = [
            values[row] - np.average(values[risk], weights=weight[risk])
            for row, risk in zip(event_rows, at_risk, strict=True)
        ]
        expected = pearsonr(residuals, rankdata(days[event_rows])).pvalue
        assert one.p_steady == pytest.approx(expected, rel=1e-6)


def test_a_ratio_that_turns_around_is_seen_and_a_steady_one_is_not_accused() -> None:
    rng = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 1_000)
    # Twice as often for 50 days and half as often afterwards, against a steady 1 in 100 a day.
    early = rng.exponential(50, 1_000)
    late = 50 + rng.exponential(200, 1_000)
    turning = np.concatenate([rng.exponential(100, 1_000), np.where(early < 50, early, late)])
    steady = np.concatenate([rng.exponential(100, 1_000), rng.exponential(50, 1_000)])
    x = pd.DataFrame({"group": group})
    (turned,) = cox_regression(turning, np.ones(2_000), x)
    (stayed,) = cox_regression(steady, np.ones(2_000), x)
    assert turned.p_steady < 1e-6
    assert stayed.p_steady > 0.05


# ------------------------------------------------------------------ mistakes

DAYS = list(range(1, 41))
ODD = [float(day % 2) for day in DAYS]


@pytest.mark.parametrize(
    ("columns", "returned", "says"),
    [
        ({}, [1] * 40, r"No driver is left that differs between customers"),
        ({"odd": [math.inf, *ODD[1:]]}, [1] * 40, r"odd: expected finite numbers for all customers"),
        (
            {"odd": ODD, "day": DAYS},
            [1] * 19 + [0] * 21,
            r"Only 19 customers returned, too few for 2 coefficients \(odd and day\): expected 20 at least",
        ),
        ({"odd": ODD, "even": [1 - odd for odd in ODD]}, [1] * 40, r"odd and even cannot be separated"),
        ({"late": [float(day > 20) for day in DAYS]}, [1] * 20 + [0] * 20, r"No finite hazard ratio fits"),
    ],
)
def test_mistakes_are_answered_in_sentences(
    columns: dict[str, list[float]], returned: list[int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        cox_regression(DAYS, returned, pd.DataFrame(columns, index=range(40)))


def test_ten_returns_a_coefficient_are_enough() -> None:
    assert (
        len(
            cox_regression(
                DAYS, [1] * 20 + [0] * 20, pd.DataFrame({"odd": ODD, "day": [d % 7 for d in DAYS]})
            )
        )
        == 2
    )


@pytest.mark.parametrize(("followed", "known"), [(30, True), (29, False)])
def test_the_repeat_rate_is_known_from_30_customers_who_were_watched_for_a_year(followed, known):
    days = [40] * 15 + [100] * 20 + [365] * followed
    rate = return_curve(days, [0] * 15 + [1] * 20 + [0] * followed).repeat_rate()
    assert (rate is not None) == known
    if rate is not None:
        assert (rate.days, rate.share) == (365, pytest.approx(20 / 50))  # 15 were gone by day 100
