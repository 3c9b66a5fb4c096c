"""What customers will still bring, and what a new one is worth: purchases to come, at what each leaves.

A purchase leaves `spend × margin_rate − cost_per_order`, for costs of an order do not shrink with the basket.
What comes later counts less: purchases are discounted from the middle of their month.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import norm

from ownchannel.clv._customer_model import Parameters
from ownchannel.clv._histories import Histories, converted
from ownchannel.clv._optimum import Floats
from ownchannel.clv._purchase_model import PurchaseResults
from ownchannel.clv._results import Prediction, prediction

if TYPE_CHECKING:
    from ownchannel.clv._gamma_gamma import GammaGammaResults

_MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class OrderTerms:
    """What a purchase leaves of its value, and what a year's delay costs."""

    margin_rate: float = 1.0
    """Of the value, what is left after costs that grow with it: goods, fees in percent."""
    cost_per_order: float = 0.0
    """What every order costs besides, in the money of the spend: parcel, fees in cents."""
    discount_rate: float = 0.0
    """By year."""

    def __post_init__(self) -> None:
        if not (np.isfinite([self.margin_rate, self.cost_per_order]).all() and self.margin_rate <= 1):
            raise ValueError(
                f"margin_rate is {self.margin_rate} and cost_per_order {self.cost_per_order}: expected a "
                "share of at most 1, such as 0.4, and a finite amount."
            )
        if not 0 <= self.discount_rate < np.inf:
            raise ValueError(f"discount_rate is {self.discount_rate}: expected a yearly rate such as 0.1.")

    def of_order(self, spend: Floats) -> Floats:
        """What an order leaves, by what is spent on it."""
        return spend * self.margin_rate - self.cost_per_order

    def factors(self, months: int) -> Floats:
        """What money of the middle of each month is worth at the start."""
        middle = np.arange(months) + 0.5
        return np.asarray((1 + self.discount_rate) ** (-middle / _MONTHS_A_YEAR))


def expected_customer_lifetime_value(
    purchases: PurchaseResults,
    spend: "GammaGammaResults | float",
    customers: pd.DataFrame,
    horizon: int,
    terms: OrderTerms | None = None,
    *,
    interval: float | None = None,
) -> Prediction:
    """By customer what the purchases of the next `horizon` months will leave, discounted.

    `spend`: a fitted GammaGammaModel, or one amount a purchase for all; `customers`: with the columns of both
    models. With `interval` a table of `expected`, `lower` and `upper`: the uncertainty of both models'
    parameters (delta method), not of what single customers do.
    """
    terms = terms or OrderTerms()
    _check_horizon(horizon)
    rows = purchases.model.rows(customers)
    ends = _month_ends(purchases, horizon)

    def discounted(p: Parameters) -> Floats:
        upto = np.array([purchases.model.future_purchases(p, rows, end) for end in ends])
        return terms.factors(horizon) @ np.diff(upto, axis=0, prepend=0.0)

    to_come = _estimate(purchases, discounted, rows)
    of_rows = _Estimate(rows.spread(to_come.value), rows.spread(to_come.error))
    value = _times(of_rows, _spend(spend, customers), terms)
    name = f"value of {horizon} months"
    limits = None if interval is None else _ends(value, interval)
    return prediction(name, customers.index, value.value, limits)


def value_of_new_customer(
    purchases: PurchaseResults,
    spend: "GammaGammaResults | float",
    horizon: int,
    terms: OrderTerms | None = None,
    interval: float = 0.95,
) -> pd.DataFrame:
    """What a new customer leaves up to each month, the first order (at month 0) included.

    Columns `orders` (expected, not discounted), `expected`, `lower` and `upper`, a row a month from 0 to
    `horizon`. Acquisition is not taken off: see `payback_month`.
    """
    terms = terms or OrderTerms()
    _check_horizon(horizon)
    ends = _month_ends(purchases, horizon)
    factors = terms.factors(horizon)

    def repeats(p: Parameters) -> Floats:
        return np.array([purchases.model.new_purchases(p, end)[0] for end in ends])

    def discounted(p: Parameters) -> Floats:
        return np.cumsum(factors * np.diff(repeats(p), prepend=0.0))

    newcomer = purchases.newcomer()
    to_come = _estimate(purchases, discounted, newcomer)
    orders = 1.0 + np.concatenate([[0.0], _estimate(purchases, repeats, newcomer).value])
    of_months = _Estimate(
        1.0 + np.concatenate([[0.0], to_come.value]), np.concatenate([[0.0], to_come.error])
    )
    value = _times(of_months, _spend(spend, None), terms)
    lower, upper = _ends(value, interval)
    columns = {"orders": orders, "expected": value.value, "lower": lower, "upper": upper}
    return pd.DataFrame(columns, pd.RangeIndex(horizon + 1, name="month"))


def payback_month(value: pd.Series, acquisition_cost: float) -> int | None:
    """The first month in which a new customer has paid for the acquisition; None where that takes longer.

    `value`: by month, as a column of `value_of_new_customer`.

    >>> payback_month(pd.Series([5.0, 9.0, 12.0]), 10.0), payback_month(pd.Series([5.0]), 10.0)
    (2, None)
    """
    paid = np.flatnonzero(value.to_numpy() >= acquisition_cost)
    return int(value.index[paid[0]]) if len(paid) else None


@dataclass(frozen=True)
class _Estimate:
    value: Floats
    error: Floats
    """Its standard error."""


def _estimate(results: PurchaseResults, values: Callable[[Parameters], Floats], rows: Histories) -> _Estimate:
    value, ends = results.predicted(values, rows, _ONE_ERROR)
    assert ends is not None
    return _Estimate(value, value * np.log(ends[1] / value, out=np.zeros_like(value), where=value > 0))


#: The share of a normal distribution within one standard error.
_ONE_ERROR = float(2 * norm.cdf(1) - 1)


def _spend(spend: "GammaGammaResults | float", customers: pd.DataFrame | None) -> _Estimate:
    """What a purchase brings, by customer, or of a new one."""
    if isinstance(spend, int | float):
        if not np.isfinite(spend) or spend < 0:
            raise ValueError(f"spend is {spend}: expected an amount of money a purchase, or a fitted model.")
        return _Estimate(np.array(float(spend)), np.array(0.0))
    if customers is None:
        found = spend.population(_ONE_ERROR).loc["mean"]
    else:
        found = spend.expected_customer_spend(customers, _ONE_ERROR)
    value = np.asarray(found["expected"], dtype=np.float64)
    return _Estimate(value, value * np.log(np.asarray(found["upper"]) / value))


def _times(purchases: _Estimate, spend: _Estimate, terms: OrderTerms) -> _Estimate:
    """Purchases at what each leaves; the errors of both models are independent."""
    each = terms.of_order(spend.value)
    error = np.hypot(each * purchases.error, purchases.value * terms.margin_rate * spend.error)
    return _Estimate(purchases.value * each, error)


def _ends(value: _Estimate, interval: float) -> Floats:
    margin = norm.ppf((1 + interval) / 2) * value.error
    return np.array([value.value - margin, value.value + margin])


def _month_ends(purchases: PurchaseResults, horizon: int) -> list[float]:
    return [converted(month, "months", purchases.model.unit) for month in range(1, horizon + 1)]


def _check_horizon(horizon: int) -> None:
    if horizon < 1 or horizon != int(horizon):
        raise ValueError(f"horizon is {horizon}: expected a whole number of months from 1 on.")
