"""How well a model foretells: fitted on the past, judged on what came after."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv.modified_beta_geo import ModifiedBetaGeoModel
from ownchannel.clv.purchases import PurchaseModel, PurchaseResults
from ownchannel.clv.special import Floats
from ownchannel.customers.purchase_days import purchase_days
from ownchannel.customers.purchases import as_day
from ownchannel.customers.summary import customer_summary

#: Customers who bought so often or more are shown together.
MOST_SHOWN = 7
_WEEK = 7


@dataclass(frozen=True)
class HoldOut:
    """A model fitted up to a day, and what its customers did after it, in days of purchase."""

    results: PurchaseResults
    split: dt.date
    until: dt.date
    by_customer: pd.DataFrame
    """`customer_key, frequency, recency, T` up to the split, then `actual` and `expected` purchases."""
    tracking: pd.DataFrame
    """By week (`week_ends`): repeat purchases of all customers, `actual`, `expected` and both summed up."""

    @property
    def weeks(self) -> float:
        """How long the model was put to the test."""
        return (self.until - self.split).days / _WEEK

    @property
    def by_frequency(self) -> pd.DataFrame:
        """By how often customers came back before the split: how many, `actual` and `expected` on average."""
        groups = self.by_customer["frequency"].clip(upper=MOST_SHOWN).astype(int)
        table = self.by_customer.groupby(groups)[["actual", "expected"]].mean()
        table.insert(0, "customers", groups.value_counts())
        return table

    @property
    def metrics(self) -> pd.Series:
        """How far off it was.

        `bias`, `mae`, `rmse`: expected less actual, by customer; `total_error`: of the sum, as a share;
        `calibration_error`: mean distance of the groups of `by_frequency`, by customer; `gini`: how well the
        customers are ranked, 1 as well as can be, 0 as by chance.
        """
        actual, expected = (self.by_customer[name].to_numpy() for name in ("actual", "expected"))
        off = expected - actual
        groups = self.by_frequency
        gaps = (groups["expected"] - groups["actual"]).abs().to_numpy(dtype=float)
        distance = gaps @ groups["customers"].to_numpy(dtype=float) / len(off)
        found = {
            "bias": off.mean(),
            "mae": abs(off).mean(),
            "rmse": np.sqrt((off**2).mean()),
            "total_error": expected.sum() / actual.sum() - 1 if actual.sum() else np.nan,
            "calibration_error": distance,
            "gini": gini(actual, expected),
        }
        return pd.Series(found, name=type(self.results.model).__name__)


def gini(actual: Floats, score: Floats) -> float:
    """How well a score ranks customers by what they did: 1 perfectly, 0 by chance, nan if all did the same.

    Ties of the score count as ranked by chance.

    >>> round(gini(np.array([0.0, 1.0, 3.0]), np.array([0.1, 0.4, 0.5])), 3)
    1.0
    """
    best = _area(actual, actual)
    return _area(actual, score) / best if best > 0 else np.nan


def _area(actual: Floats, score: Floats) -> float:
    """Between the share of purchases of the customers ranked highest and their share of all customers."""
    _, group = np.unique(-score, return_inverse=True)
    customers, purchases = np.bincount(group), np.bincount(group, actual)
    if not purchases.sum():
        return 0.0
    share = np.concatenate([[0.0], np.cumsum(purchases) / purchases.sum()])
    people = np.concatenate([[0.0], np.cumsum(customers) / customers.sum()])
    return float(np.trapezoid(share, people)) - 0.5


def holdout(
    orders: Any,
    split: dt.date | str,
    model: type[PurchaseModel] = ModifiedBetaGeoModel,
    until: dt.date | str | None = None,
) -> HoldOut:
    """Fit a model on the purchases up to a day, inclusive, and compare what it expects with what came.

    `orders`: as for `customer_summary`; `until`: last day of observation. Only customers who had bought by
    the split are judged. Raises ValueError where no time is left after the split, and what the fit raises.
    """
    days = purchase_days(orders, until)
    end, last_fitted = as_day(days.attrs["until"]), as_day(split)
    if last_fitted >= end:
        raise ValueError(f"split is {last_fitted}, and observation ends on {end}: expected an earlier day.")
    customers = customer_summary(orders, unit="W", until=last_fitted)
    results = model(customers).fit()
    came = days.loc[days["day"].dt.date > last_fitted, "customer_key"].value_counts()
    by_customer = customers.drop(columns="monetary_value").assign(
        actual=customers["customer_key"].map(came).fillna(0).astype(float),
        expected=results.expected_purchases(customers, (end - last_fitted).days / _WEEK),
    )
    tracking = _tracking(results, days[days["customer_key"].isin(customers["customer_key"])], end)
    return HoldOut(results, last_fitted, end, by_customer, tracking)


def _tracking(results: PurchaseResults, days: pd.DataFrame, end: dt.date) -> pd.DataFrame:
    """Repeat purchases by week since the first customer came, counted back from the last day."""
    first = days.groupby("customer_key")["day"].transform("min")
    begin = first.min()
    weeks = int(np.ceil((pd.Timestamp(end) - begin).days / _WEEK))
    week_ends = pd.Timestamp(end) - pd.to_timedelta(np.arange(weeks - 1, -1, -1) * _WEEK, unit="D")
    actual = _counted(days.loc[days["day"] > first, "day"], week_ends)
    came, new = np.unique(first[days["day"] == first].to_numpy(), return_counts=True)
    age = (week_ends.to_numpy()[:, None] - came[None, :]) / np.timedelta64(_WEEK, "D")
    expected = _expected_by_age(results, np.maximum(age, 0.0)) @ new
    table = pd.DataFrame({"week_ends": week_ends, "actual": np.diff(actual, prepend=0.0)})
    return table.assign(
        expected=np.diff(expected, prepend=0.0), actual_in_all=actual, expected_in_all=expected
    )


def _counted(days: pd.Series, ends: pd.DatetimeIndex) -> Floats:
    in_order: NDArray[np.datetime64] = np.sort(days.to_numpy())
    return np.searchsorted(in_order, ends.to_numpy(), side="right").astype(np.float64)


def _expected_by_age(results: PurchaseResults, age: Floats) -> Floats:
    """Repeat purchases expected of a customer by age in weeks: few ages are distinct."""
    ages, place = np.unique(np.round(age * _WEEK), return_inverse=True)
    expected = results.expected_purchases_new_customer((ages / _WEEK).tolist(), "weeks").to_numpy()
    return expected[place].reshape(age.shape)
