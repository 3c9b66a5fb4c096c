"""New customers (or orders) by month: their level today, growth and season, by one Poisson regression."""

import datetime as dt
import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ownchannel.clv import Floats
from ownchannel.outreach import DAYS_A_MONTH
from ownchannel.scenarios._observed import WIDTH, MeasuredNumber

#: Whole months of files that growth and season need.
FOR_GROWTH, FOR_SEASON = 12, 24


@dataclass(frozen=True)
class Counted:
    """Days on which something was counted, one by one, out of the days observed."""

    days: pd.Series
    """A day each time."""
    first: dt.date
    end: dt.date
    whole_months: int
    """Calendar months that the files cover."""
    what: str
    """In words, as "new customers of Shopify"."""

    def by_month(self) -> pd.DataFrame:
        """One row per calendar month: `number`, `months` observed of it, `calendar` (0 to 11) and `age`.

        The age is that of the middle of the days observed, in months, 0 in the middle of the month that
        follows the end: the first of a plan.
        """
        day = pd.Series(pd.date_range(self.first, self.end))
        month = day.dt.year * 12 + day.dt.month - 1
        counted = pd.to_datetime(self.days)
        ages = (day - pd.Timestamp(self.end)).dt.days / DAYS_A_MONTH - 0.5
        found = pd.DataFrame({"months": month.groupby(month).size() / DAYS_A_MONTH})
        found["age"] = ages.groupby(month).mean()
        found["number"] = (counted.dt.year * 12 + counted.dt.month - 1).value_counts()
        return found.fillna({"number": 0.0}).assign(calendar=found.index % 12)


@dataclass(frozen=True)
class Arrivals:
    """What the regression found; a name has no growth where its files are too short."""

    level: Mapping[str, MeasuredNumber]
    """A month, in the month that follows the end, season apart."""
    growth: Mapping[str, MeasuredNumber]
    """A month."""
    season: tuple[MeasuredNumber, ...]
    """January to December, mean 1; empty where no files are long enough."""


def arrivals(counted: Mapping[str, Counted], season: tuple[float, ...] = (1.0,) * 12) -> Arrivals:
    """The level and the growth of each, and the season they share, by one Poisson regression.

    The logarithm of the expected number is a level and a growth for each, and a season for all where some
    files cover 24 whole months; elsewhere `season` is taken as known. Months observed in part count in part.
    Intervals are widened where numbers vary more than Poisson numbers do (quasi-Poisson; McCullagh & Nelder
    1989, Generalized Linear Models, section 6.2).

    >>> days = pd.Series(pd.date_range("2025-01-01", "2025-12-31"))
    >>> each = Counted(days, dt.date(2025, 1, 1), dt.date(2025, 12, 31), 12, "visits")
    >>> found = arrivals({"a visit a day": each})
    >>> round(found.level["a visit a day"].value, 2), round(abs(found.growth["a visit a day"].value), 6)
    (30.44, 0.0)
    """
    tables = {name: each.by_month() for name, each in counted.items() if len(each.days)}
    if not tables:
        return Arrivals({}, {}, ())
    growing = [name for name, table in tables.items() if _shows_growth(counted[name], table)]
    has_season = _show_season(counted, tables)
    point, covariance = _fit(tables, growing, has_season, season)
    by_season = _CONTRASTS @ point[-11:] if has_season else np.zeros(12)
    # Factors of mean 1: what their mean is more than 1 goes to the levels.
    mean = np.exp(by_season).mean()
    of_mean = np.zeros(len(point))
    if has_season:
        of_mean[-11:] = np.exp(by_season) @ _CONTRASTS / (12 * mean)
    level, growth = {}, {}
    for at, name in enumerate(tables):
        slope = of_mean + np.eye(len(point))[at]
        level[name] = _exponential(point[at] + np.log(mean), slope, covariance, _source(counted[name]))
    for at, name in enumerate(growing, len(tables)):
        found = _exponential(point[at], np.eye(len(point))[at], covariance, _source(counted[name]))
        growth[name] = MeasuredNumber(found.value - 1, found.low - 1, found.high - 1, found.source)
    if not has_season:
        return Arrivals(level, growth, ())
    slopes = np.zeros((12, len(point)))
    slopes[:, -11:] = _CONTRASTS
    long = ", ".join(each.what for each in counted.values() if each.whole_months >= FOR_SEASON)
    factors = (
        _exponential(value - np.log(mean), slope - of_mean, covariance, f"measured: {long}")
        for value, slope in zip(by_season, slopes, strict=True)
    )
    return Arrivals(level, growth, tuple(factors))


def _shows_growth(counted: Counted, table: pd.DataFrame) -> bool:
    return counted.whole_months >= FOR_GROWTH and int((table["number"] > 0).sum()) >= FOR_GROWTH / 2


def _show_season(counted: Mapping[str, Counted], tables: Mapping[str, pd.DataFrame]) -> bool:
    """Files long enough; and no calendar month without any, whose logarithm would have no end."""
    if not any(counted[name].whole_months >= FOR_SEASON for name in tables):
        return False
    by_month = pd.concat(tables.values()).groupby("calendar")["number"].sum()
    return len(by_month) == 12 and bool((by_month > 0).all())


#: The logarithms of twelve factors whose sum is 0, from eleven.
_CONTRASTS = np.vstack([np.eye(11), -np.ones(11)])


def _fit(
    tables: Mapping[str, pd.DataFrame], growing: list[str], has_season: bool, season: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Levels, growths, then eleven of the season, as logarithms; and their covariance."""
    from statsmodels.api import Poisson
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    names = list(tables)
    rows = pd.concat(tables, names=["name"]).reset_index()
    calendar = rows["calendar"].to_numpy(int)
    levels = [(rows["name"] == name).to_numpy(float) for name in names]
    growths = [levels[names.index(name)] * rows["age"].to_numpy() for name in growing]
    seasons = list(_CONTRASTS[calendar].T) if has_season else []
    offset = np.log(rows["months"].to_numpy())
    if not has_season:
        offset = offset + np.log(np.maximum(np.array(season)[calendar], 1e-6))
    design = np.column_stack([*levels, *growths, *seasons])
    number = rows["number"].to_numpy()
    start = np.zeros(design.shape[1])
    start[: len(names)] = [
        np.log(number[here == 1].sum() / np.exp(offset[here == 1]).sum()) for here in levels
    ]
    with warnings.catch_warnings():
        # One level for a single month fits it perfectly, and rightly so.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        fit = Poisson(number, design, offset=offset).fit(start, method="newton", disp=False)
    mean, free = fit.predict(), len(number) - len(start)
    spread = ((number - mean) ** 2 / mean).sum() / free if free > 0 else 1.0
    return np.asarray(fit.params), np.asarray(fit.cov_params()) * max(1.0, float(spread))


def _exponential(logarithm: float, slope: Floats, covariance: Floats, source: str) -> MeasuredNumber:
    margin = WIDTH * float(np.sqrt(slope @ covariance @ slope))
    low, value, high = (float(np.exp(logarithm + end)) for end in (-margin, 0.0, margin))
    return MeasuredNumber(value, low, high, source)


def _source(counted: Counted) -> str:
    return f"measured: {len(counted.days):,} {counted.what}, {counted.first:%Y-%m} to {counted.end:%Y-%m}"
