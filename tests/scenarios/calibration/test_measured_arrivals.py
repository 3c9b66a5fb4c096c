"""Levels, growths and seasons against counts made from them, and a maximum found apart."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

# inside: the regression alone, on counted days
from ownchannel.scenarios._arrivals import Counted, arrivals

MONTH = 365.25 / 12
SEASON = np.array([0.8, 0.82, 0.85, 0.9, 1.0, 0.92, 0.85, 0.85, 0.9, 1.0, 1.35, 1.76])


def counted(
    seed: int,
    first: dt.date,
    end: dt.date,
    level: float,
    *,
    growth: float = 0.0,
    season: np.ndarray = SEASON,
) -> Counted:
    """Counts whose expected number is `level` a month in the month after the end."""
    generator = np.random.default_rng(seed)
    days = pd.Series(pd.date_range(first, end))
    ages = (days - pd.Timestamp(end)).dt.days / MONTH - 0.5
    rates = level / MONTH * (1 + growth) ** ages * season[days.dt.month - 1]
    each = days.loc[np.repeat(days.index, generator.poisson(rates))].reset_index(drop=True)
    months = (end.year - first.year) * 12 + end.month - first.month
    return Counted(each, first, end, months, "counts")


def test_what_was_stated_is_found_on_files_of_unequal_length():
    end = dt.date(2026, 9, 22)
    stated = {"long": (900.0, 0.02), "short": (400.0, -0.03)}
    many = {
        "long": counted(1, dt.date(2023, 4, 5), end, stated["long"][0], growth=0.02),
        "short": counted(2, dt.date(2025, 8, 1), end, stated["short"][0], growth=-0.03),
    }
    found = arrivals(many)
    for name, (level, growth) in stated.items():
        assert found.level[name].low < level < found.level[name].high
        assert found.growth[name].low < growth < found.growth[name].high
    values = np.array([month.value for month in found.season])
    assert values.mean() == pytest.approx(1, abs=1e-12)
    assert (
        sum(month.low < truth < month.high for month, truth in zip(found.season, SEASON, strict=True)) >= 11
    )


def test_intervals_hold_the_truth_as_often_as_they_say():
    end, hits = dt.date(2026, 9, 22), np.zeros(3)
    for seed in range(200):
        its = counted(seed, dt.date(2024, 9, 1), end, 150.0, growth=0.02)
        found = arrivals({"shop": its})
        ends = (found.level["shop"], found.growth["shop"], found.season[0])
        truth = (150.0, 0.02, SEASON[0])
        hits += [measured.low < value < measured.high for measured, value in zip(ends, truth, strict=True)]
    # 95% and no more than three standard errors of 200 trials less.
    assert (hits >= 200 * (0.95 - 3 * 0.0154)).all()


def test_the_estimate_is_the_maximum_of_the_poisson_likelihood():
    its = counted(5, dt.date(2025, 3, 10), dt.date(2026, 4, 4), 60.0, growth=0.05, season=np.ones(12))
    found = arrivals({"shop": its})
    days = pd.Series(pd.date_range(its.first, its.end))
    month = days.dt.to_period("M")
    ages = ((days - pd.Timestamp(its.end)).dt.days / MONTH - 0.5).groupby(month).mean().to_numpy()
    length = month.value_counts().sort_index().to_numpy() / MONTH
    number = its.days.dt.to_period("M").value_counts().reindex(month.unique(), fill_value=0).to_numpy()

    def loss(point: np.ndarray) -> float:
        mean = length * np.exp(point[0] + point[1] * ages)
        return float((mean - number * np.log(mean)).sum())

    best = minimize(loss, [4.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12})
    assert found.level["shop"].value == pytest.approx(np.exp(best.x[0]), rel=1e-5)
    assert found.growth["shop"].value == pytest.approx(np.expm1(best.x[1]), rel=1e-4)
    assert found.season == ()


def test_a_season_that_is_known_is_taken_out_of_short_files():
    its = counted(6, dt.date(2025, 9, 1), dt.date(2026, 1, 31), 300.0)
    naive, known = (arrivals({"shop": its}, season).level["shop"] for season in ((1.0,) * 12, tuple(SEASON)))
    assert known.low < 300 < known.high < naive.value
    assert arrivals({"shop": its}).growth == {}


def test_numbers_that_vary_more_than_poisson_have_wider_intervals():
    its = counted(7, dt.date(2025, 1, 1), dt.date(2025, 12, 31), 300.0, season=np.ones(12))
    wild = counted(7, dt.date(2025, 1, 1), dt.date(2025, 12, 31), 300.0)
    calm, uneven = (
        np.log(found.high / found.low)
        for found in (arrivals({"shop": each}).level["shop"] for each in (its, wild))
    )
    assert uneven > 2 * calm


def test_without_a_count_there_is_nothing_and_a_single_month_has_a_level():
    first, end = dt.date(2026, 8, 1), dt.date(2026, 8, 23)
    nobody = Counted(pd.Series([], dtype="datetime64[ns]"), first, end, 1, "counts")
    assert arrivals({"shop": nobody}).level == {}
    days = pd.Series(pd.date_range(first, end))
    level = arrivals({"shop": Counted(days, first, end, 1, "counts")}).level["shop"]
    assert level.value == pytest.approx(MONTH)
    assert level.high / level.value == pytest.approx(np.exp(1.959964 / np.sqrt(23)))


def test_a_calendar_month_without_a_count_leaves_no_season():
    its = counted(8, dt.date(2023, 1, 1), dt.date(2025, 12, 31), 50.0)
    no_may = Counted(its.days[its.days.dt.month != 5], its.first, its.end, 36, "counts")
    assert arrivals({"shop": its}).season and not arrivals({"shop": no_may}).season
