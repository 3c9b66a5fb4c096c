"""The marketplace stops, or raises its fee."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.marketplace import Shocks, Year, last_year, raise_fee, stop

MONTHS_AHEAD = 24

money = st.integers(-50_000, 50_000).map(float)  # whole amounts add up alike in any order
twelve = st.lists(money, min_size=12, max_size=12).map(np.array)


def year_of(owned, marketplace) -> Year:
    return Year((), np.asarray(owned, float), np.asarray(marketplace, float), np.full(12, 100.0), 24.0, 12)


def monthly(first: str, count: int) -> pd.DataFrame:
    """A channel of each kind; contribution counts up from 1, the marketplace's in tens."""
    months = [period.start_time.date() for period in pd.period_range(first, periods=count, freq="M")]
    rows = [
        (month, kind, float(place * scale), 100.0 * scale, float(scale))
        for place, month in enumerate(months, start=1)
        for kind, scale in (("owned", 1), ("marketplace", 10))
    ]
    return pd.DataFrame(rows, columns=["month", "kind", "contribution", "fee_base", "orders"])


def test_the_year_is_the_last_twelve_complete_months():
    year = last_year(monthly("2024-10", 24), date(2026, 9, 30))
    assert year.owned.tolist() == list(range(13, 25))
    assert year.marketplace.tolist() == list(range(130, 250, 10))
    assert (year.months[0], year.months[-1]) == (date(2026, 10, 1), date(2028, 9, 1))
    assert (year.marketplace_orders, year.months_seen) == (120, 12)


def test_a_month_that_the_files_cut_short_is_left_out():
    year = last_year(monthly("2024-10", 24), date(2026, 9, 29))
    assert year.owned.tolist() == list(range(12, 24))
    assert year.months[0] == date(2026, 9, 1)


def test_fewer_months_stand_for_a_year_by_their_mean():
    year = last_year(monthly("2026-07", 3), date(2026, 9, 30))
    assert year.months_seen == 3
    assert year.owned.tolist() == [2.0] * 9 + [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="cover no complete month"):
        last_year(monthly("2026-09", 1), date(2026, 9, 12))


@given(twelve, twelve, st.integers(0, MONTHS_AHEAD), st.integers(0, 20_000), st.integers(0, 100_000))
def test_cash_equals_a_month_by_month_reading(owned, marketplace, downtime, fixed_costs, cash):
    stopped = stop(year_of(owned, marketplace), downtime, fixed_costs, cash)
    balance, without, runway, lost = cash, cash, None, 0.0
    for month in range(1, MONTHS_AHEAD + 1):
        place = (month - 1) % 12
        earned = 0.0 if month <= downtime else marketplace[place]
        lost += marketplace[place] - earned
        balance += owned[place] + earned - fixed_costs
        without += owned[place] - fixed_costs
        assert stopped.stopped[month] == pytest.approx(balance, abs=1e-6)
        if without < 0 and runway is None:
            runway = month
    assert stopped.lost == pytest.approx(lost, abs=1e-6)
    assert stopped.runway == runway
    assert stopped.lowest == min(stopped.stopped)


@given(twelve, twelve)
def test_no_downtime_changes_nothing(owned, marketplace):
    stopped = stop(year_of(owned, marketplace), 0, 1_000, 5_000)
    assert stopped.stopped.tolist() == stopped.as_today.tolist()
    assert stopped.lost == 0


def test_runway_is_the_first_month_without_cash():
    year = year_of(np.zeros(12), np.full(12, 500.0))
    assert stop(year, 0, fixed_costs=100, cash=250).runway == 3
    assert stop(year, 0, fixed_costs=100, cash=100 * MONTHS_AHEAD).runway is None


def test_a_fee_rise_costs_its_share_of_the_fee_base():
    rise = raise_fee(year_of(np.zeros(12), np.full(12, 20.0)), 0.05)
    assert (rise.before, rise.after, rise.cost) == (240, pytest.approx(180), pytest.approx(60))
    at_nothing = raise_fee(year_of(np.zeros(12), np.full(12, 20.0)), rise.points_to_nothing)
    assert at_nothing.after == pytest.approx(0)


def test_settings_outside_their_range_are_refused_with_the_likely_slip():
    with pytest.raises(ValueError, match=r"marketplace_fee_rate must lie between 0 and 1.*did you mean 0.28"):
        Shocks(marketplace_fee_rate=28)
