"""Kaplan-Meier and log-rank against published numbers and the textbook's formulas in exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ownchannel.customers import return_curve
from ownchannel.customers._survival import Z, log_rank
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
