"""Which model to use: what each foretold of purchases held back from it, and whether covariates add to it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from ownchannel.clv._beta_geo import BetaGeoModel, ModifiedBetaGeoModel
from ownchannel.clv._customer_results import CustomerResults
from ownchannel.clv._optimum import FitError
from ownchannel.clv._pareto_nbd import ParetoNBDModel
from ownchannel.clv._purchase_model import PurchaseModel, PurchaseResults
from ownchannel.customers import Floats, as_day, customer_summary, purchase_days
from ownchannel.formats import Shown, percent

#: The models of purchases that customers of a shop can be described by, as the field calls them.
MODELS: Mapping[str, type[PurchaseModel]] = MappingProxyType(
    {"BG/NBD": BetaGeoModel, "MBG/NBD": ModifiedBetaGeoModel, "Pareto/NBD": ParetoNBDModel}
)

#: A difference of log-likelihoods that is rounding.
_ROUNDING = 1e-6
#: Errors this close are the same: the next brand's purchases would order them otherwise.
_AS_GOOD = 1.01
#: Customers who bought so often or more are shown together.
MOST_SHOWN = 7
_WEEK = 7


@dataclass(frozen=True, repr=False)
class LikelihoodRatio(Shown):
    """A likelihood-ratio test; see `likelihood_ratio_test` for an example."""

    statistic: float
    """Twice the difference of the log-likelihoods."""
    df: int
    """Degrees of freedom: the further parameters."""
    pvalue: float
    """How often the statistic would be as large if customers did not differ."""
    sentence: str
    """What the test says."""

    def __str__(self) -> str:
        return self.sentence


def likelihood_ratio_test(general: CustomerResults, restricted: CustomerResults) -> LikelihoodRatio:
    """Whether the further covariates of `general` explain these customers better than chance.

    Raises ValueError where the two are not nested or not fitted to the same customers, or one ended at a
    boundary, where the statistic follows another distribution.

    Source: Wilks (1938), Annals of Mathematical Statistics 9(1), 60-62.

    >>> p = {"r": 0.8, "alpha": 4.0, "a": 1.2, "b": 3.0}
    >>> x, t_x = ModifiedBetaGeoModel.simulated(p, np.full(900, 40.0), np.random.default_rng(1))
    >>> customers = pd.DataFrame({"frequency": x, "recency": t_x, "T": 40.0, "channel": ["A", "B"] * 450})
    >>> by_channel = ModifiedBetaGeoModel.from_formula("~ channel", customers).fit()
    >>> likelihood_ratio_test(by_channel, ModifiedBetaGeoModel(customers).fit()).df
    3
    """
    further = _check_nested(general, restricted)
    _check_same_customers(general, restricted)
    statistic = 2.0 * (general.llf - restricted.llf)
    if statistic < -_ROUNDING:
        raise ValueError(
            f"The general model fits worse (log-likelihood {general.llf:.3f}) than the restricted one "
            f"({restricted.llf:.3f}): its maximum was not found. Fit it from other start_params."
        )
    statistic = max(statistic, 0.0)
    df = len(general.model.names) - len(restricted.model.names)
    pvalue = float(chdtrc(df, statistic))
    verdict = "Customers differ by" if pvalue < 0.05 else "Nothing shows that customers differ by"
    figures = f"likelihood ratio {statistic:.2f} on {df} degrees of freedom, p = {pvalue:.2g}"
    return LikelihoodRatio(statistic, df, pvalue, f"{verdict} {', '.join(further)} ({figures}).")


def _check_nested(general: CustomerResults, restricted: CustomerResults) -> list[str]:
    """The further covariates."""
    kinds = [type(results.model).__name__ for results in (general, restricted)]
    if kinds[0] != kinds[1]:
        raise ValueError(f"{kinds[1]} is not nested in {kinds[0]}: compare two fits of the same model.")
    known = restricted.model.covariates
    further = [name for name in general.model.covariates if name not in known]
    if not further or not set(known) <= set(general.model.covariates):
        raise ValueError(
            "The first model must have all covariates of the second and further ones: it has "
            f"{general.model.covariates}, the second {known}."
        )
    for results in (general, restricted):
        if results.boundary:
            raise ValueError(f"No such test at a boundary. {results.boundary}")
    return further


def _check_same_customers(general: CustomerResults, restricted: CustomerResults) -> None:
    ours, theirs = general.model.data_rows, restricted.model.data_rows
    if ours.customers != theirs.customers or not all(
        np.array_equal(ours.spread(ours[name]), theirs.spread(theirs[name])) for name in general.model.columns
    ):
        raise ValueError(
            "The two models were fitted to different customers, or to the same in another order: fit both to "
            "one table."
        )


@dataclass(frozen=True, repr=False)
class HoldOut(Shown):
    """A model fitted up to a day, and what its customers did after it, in days of purchase; see `holdout`."""

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

    def __str__(self) -> str:
        expected, actual = (self.by_customer[name].sum() for name in ("expected", "actual"))
        model = f"{type(self.results.model).__name__}, fitted up to {self.split}"
        return f"{model}, expected {expected:,.0f} purchases by {self.until}; {actual:,.0f} came."

    def to_pandas(self) -> pd.DataFrame:
        """The table `by_frequency`."""
        return self.by_frequency

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

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), whose figures 3 to 5 are `tracking` and
    `by_frequency`.

    >>> from ownchannel.clv import channel_orders
    >>> from ownchannel.orders import sample_orders
    >>> holdout(channel_orders(sample_orders(), "Shopify", "USD"), "2025-06-30")
    ModifiedBetaGeoModel, fitted up to 2025-06-30, expected 332 purchases by 2026-09-30; 302 came.
    """
    days = purchase_days(orders, until)
    end, last_fitted = as_day(days.attrs["until"]), as_day(split)
    if last_fitted >= end:
        raise ValueError(f"split is {last_fitted}, and observation ends on {end}: expected an earlier day.")
    customers = customer_summary(orders, until=last_fitted)
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
    repeats: NDArray[np.datetime64] = np.sort(days.loc[days["day"] > first, "day"].to_numpy())
    actual = np.searchsorted(repeats, week_ends.to_numpy(), side="right").astype(np.float64)
    came, new = np.unique(first[days["day"] == first].to_numpy(), return_counts=True)
    age = (week_ends.to_numpy()[:, None] - came[None, :]) / np.timedelta64(_WEEK, "D")
    expected = _expected_by_age(results, np.maximum(age, 0.0)) @ new
    table = pd.DataFrame({"week_ends": week_ends, "actual": np.diff(actual, prepend=0.0)})
    return table.assign(
        expected=np.diff(expected, prepend=0.0), actual_in_all=actual, expected_in_all=expected
    )


def _expected_by_age(results: PurchaseResults, age: Floats) -> Floats:
    """Repeat purchases expected of a customer by age in weeks: few ages are distinct."""
    ages, place = np.unique(np.round(age * _WEEK), return_inverse=True)
    expected = results.expected_purchases_new_customer((ages / _WEEK).tolist(), "weeks").to_numpy()
    return expected[place].reshape(age.shape)


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Models on the same customers, the best first; see `compare_models` for an example."""

    table: pd.DataFrame
    """One row per model: the metrics of its hold-out, `llf`, `bic`, and `boundary`, a sentence or empty."""
    holdouts: Mapping[str, HoldOut]
    not_fitted: Mapping[str, str]
    """By model, why it could not be fitted."""

    @property
    def best(self) -> HoldOut:
        """The model to use, and how it did."""
        return self.holdouts[self.table.index[0]]

    def __str__(self) -> str:
        name, judged = self.table.index[0], self.best.by_customer
        found = self.table.iloc[0]
        rivals = len(self.table) - 1
        close = int((self.table["rmse"] <= self.table["rmse"].min() * _AS_GOOD).sum())
        if not rivals:
            why = "No other model could be fitted."
        elif close > 1:
            why = f"{close} of {rivals + 1} models were about as accurate; of these it fits best (BIC)."
        else:
            why = "It was the most accurate, customer by customer."
        off = percent(abs(found["total_error"]))
        far = f", {off} too {'many' if found['total_error'] > 0 else 'few'}" if off != "0%" else ""
        text = (
            f"Use {name}: for the last {self.best.weeks:.0f} weeks it predicted "
            f"{judged['expected'].sum():,.0f} purchases{far}, and {judged['actual'].sum():,.0f} came. {why}"
        )
        return f"{text} {found['boundary']}".strip()

    def to_pandas(self) -> pd.DataFrame:
        """The table of the models."""
        return self.table


def compare_models(
    orders: Any,
    split: dt.date | str,
    until: dt.date | str | None = None,
    models: Mapping[str, type[PurchaseModel]] = MODELS,
) -> Comparison:
    """Fit each model up to a day and rank them by what they foretold after it.

    By the root mean square error of single customers' purchases; of models whose errors are within 1% of the
    smallest, by BIC. Raises FitError where no model can be fitted.

    >>> from ownchannel.clv import channel_orders
    >>> from ownchannel.orders import sample_orders
    >>> found = compare_models(channel_orders(sample_orders(), "Shopify", "USD"), "2025-06-30")
    >>> found.table["rmse"].round(3).to_dict()
    {'Pareto/NBD': 1.241, 'MBG/NBD': 1.237, 'BG/NBD': 1.249}
    """
    holdouts: dict[str, HoldOut] = {}
    not_fitted: dict[str, str] = {}
    for name, model in models.items():
        try:
            holdouts[name] = holdout(orders, split, model, until)
        except FitError as error:
            not_fitted[name] = str(error)
    if not holdouts:
        raise FitError(f"None of {', '.join(models)} could be fitted. {next(iter(not_fitted.values()))}")
    rows = {
        name: found.metrics.to_dict()
        | {"llf": found.results.llf, "bic": found.results.bic, "boundary": found.results.boundary}
        for name, found in holdouts.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    as_good = table["rmse"] <= table["rmse"].min() * _AS_GOOD
    order = [*table[as_good].sort_values("bic").index, *table[~as_good].sort_values("rmse").index]
    return Comparison(table.loc[order], holdouts, not_fitted)
