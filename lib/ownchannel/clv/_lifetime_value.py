"""What customers will still bring, and what a new one is worth: purchases to come, at what each leaves.

A purchase leaves `spend × margin_rate - cost_per_order`, for costs of an order do not shrink with the basket.
What comes later counts less: purchases are discounted from the middle of their month. All ranges are of the
uncertainty of both models' parameters (delta method), not of what single customers do.

Source: Fader, Hardie & Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis", Journal
of Marketing Research 42(4), 415-430.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ownchannel.clv._customer_results import Prediction, prediction, standard_errors
from ownchannel.clv._gamma_gamma import GammaGammaResults, expected_spend, population_mean
from ownchannel.clv._histories import converted
from ownchannel.clv._optimum import Parameters
from ownchannel.clv._purchase_model import PurchaseResults
from ownchannel.customers import Floats
from ownchannel.formats import Shown

_MONTHS_A_YEAR = 12
#: Months that a curve reaches.
LONGEST = 60


@dataclass(frozen=True)
class OrderTerms:
    """What a purchase leaves of its value, and what a year's delay costs.

    Raises ValueError for a margin above 1, what is not finite, and a negative discount rate.

    >>> OrderTerms(margin_rate=0.4, cost_per_order=5.0).of_order(np.array([50.0])).tolist()
    [15.0]
    """

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

    def value(
        self, purchases: Floats, purchases_error: Floats, spend: Floats, spend_error: Floats
    ) -> tuple[Floats, Floats]:
        """Purchases at what each leaves, and the standard error; the errors of both are independent."""
        each = self.of_order(spend)
        error = np.hypot(each * purchases_error, purchases * self.margin_rate * spend_error)
        return purchases * each, error


def expected_customer_lifetime_value(
    purchases: PurchaseResults,
    spend: GammaGammaResults | float,
    customers: pd.DataFrame,
    horizon: int,
    terms: OrderTerms | None = None,
    *,
    interval: float | None = None,
) -> Prediction:
    """By customer what the purchases of the next `horizon` months will leave, discounted.

    `spend`: a fitted GammaGammaModel, or one amount a purchase for all; `customers`: with the columns of both
    models. With `interval` a table of `expected`, `lower` and `upper`. Raises ValueError for a horizon that
    is no whole number of months, and for customers whom the models do not take.

    >>> from ownchannel.clv import ModifiedBetaGeoModel
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> fit = ModifiedBetaGeoModel(customers.assign(weights=[50, 9, 20, 21])).fit()
    >>> terms = OrderTerms(margin_rate=0.4, cost_per_order=5.0, discount_rate=0.1)
    >>> expected_customer_lifetime_value(fit, 50.0, customers, 12, terms).round(2).tolist()
    [0.55, 0.55, 4.28, 44.68]
    """
    terms = terms or OrderTerms()
    _check_horizon(horizon)
    rows = purchases.model.rows(customers)
    ends = _month_ends(purchases, horizon)

    def discounted(p: Parameters) -> Floats:
        upto = np.array([purchases.model.future_purchases(p, rows, end) for end in ends])
        return terms.factors(horizon) @ np.diff(upto, axis=0, prepend=0.0)

    to_come = purchases.expectation(discounted, rows)
    of_rows = rows.spread(to_come.value), rows.spread(to_come.error)
    value, error = terms.value(*of_rows, *_spend(spend, customers))
    limits = None if interval is None else _around(value, error, interval)
    return prediction(f"value of {horizon} months", customers.index, value, limits)


@dataclass(frozen=True, repr=False)
class RepeatCurve(Shown):
    """How often a new customer orders again, month by month: found once, then valued at once under any terms.

    >>> curve_of_share(0.24, spend=50.0)
    A new customer places 1.24 orders in 12 months, 1.24 in 60, at 50.00 per order.
    """

    repeats: Floats
    """Repeat orders expected up to the end of month 1, 2, …"""
    covariance: Floats
    """Of `repeats`, from the uncertainty of the model's parameters."""
    spend: float
    """An order's value."""
    spend_error: float = 0.0
    """Its standard error."""

    def __str__(self) -> str:
        months = sorted({min(_MONTHS_A_YEAR, len(self.repeats)), len(self.repeats)})
        first, *later = [f"{1 + self.repeats[month - 1]:.2f} {{}}in {month}" for month in months]
        orders = ", ".join([f"{first.format('orders ')} months", *(text.format("") for text in later)])
        return f"A new customer places {orders}, at {self.spend:,.2f} per order."

    def to_pandas(self) -> pd.DataFrame:
        """One row per month: repeat orders expected up to its end, and their standard error."""
        columns = {"repeats": self.repeats, "error": np.sqrt(np.diag(self.covariance))}
        return pd.DataFrame(columns, pd.RangeIndex(1, len(self.repeats) + 1, name="month"))

    def orders(self, month: int, interval: float = 0.95) -> tuple[float, float, float]:
        """Orders up to the end of a month, the first included: expected, lower, upper."""
        expected = 1.0 + float(self.repeats[month - 1])
        margin = standard_errors(interval) * float(np.sqrt(self.covariance[month - 1, month - 1]))
        return expected, expected - margin, expected + margin

    def value(self, horizon: int, terms: OrderTerms | None = None, interval: float = 0.95) -> pd.DataFrame:
        """What a new customer leaves up to each month: the table of `value_of_new_customer`.

        Raises ValueError for a horizon beyond the curve.

        >>> curve = curve_of_share(0.24, spend=50.0)
        >>> curve.value(12, OrderTerms(margin_rate=0.5, cost_per_order=5.0)).loc[[0, 12], "expected"].tolist()
        [20.0, 24.8]
        """
        terms = terms or OrderTerms()
        if not 1 <= horizon <= len(self.repeats):
            raise ValueError(f"horizon is {horizon}: expected 1 to {len(self.repeats)} months.")
        # One row per month: discounted repeats up to it are a sum over the months before.
        weights = np.tril(np.tile(terms.factors(horizon), (horizon, 1)))
        of_curve = weights - np.pad(weights[:, 1:], ((0, 0), (0, 1)))
        upto = self.repeats[:horizon]
        variance = np.einsum("ij,jk,ik->i", of_curve, self.covariance[:horizon, :horizon], of_curve)
        counts = 1.0 + np.concatenate([[0.0], of_curve @ upto])
        errors = np.concatenate([[0.0], np.sqrt(variance)])
        value, error = terms.value(counts, errors, np.array(self.spend), np.array(self.spend_error))
        lower, upper = _around(value, error, interval)
        orders = 1.0 + np.concatenate([[0.0], upto])
        columns = {"orders": orders, "expected": value, "lower": lower, "upper": upper}
        return pd.DataFrame(columns, pd.RangeIndex(horizon + 1, name="month"))


def fitted_curve(
    purchases: PurchaseResults, spend: GammaGammaResults | float, months: int = LONGEST
) -> RepeatCurve:
    """The curve of fitted models, its covariance by the delta method.

    `spend`: a fitted GammaGammaModel, or one amount for all orders.

    >>> from ownchannel.clv import ModifiedBetaGeoModel
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> fit = ModifiedBetaGeoModel(customers.assign(weights=[50, 9, 20, 21])).fit()
    >>> fitted_curve(fit, spend=50.0)
    A new customer places 2.28 orders in 12 months, 4.08 in 60, at 50.00 per order.
    """
    newcomer, ends = purchases.newcomer(), _month_ends(purchases, months)

    def repeats(p: Parameters) -> Floats:
        return np.array([purchases.model.new_purchases(p, end)[0] for end in ends])

    found = purchases.expectation(repeats, newcomer)
    return RepeatCurve(found.value, found.covariance, *map(float, _spend(spend, None)))


def curve_of_share(share: float, spend: float, months: int = LONGEST) -> RepeatCurve:
    """The curve where only a share of customers is known, or assumed, to come back within a year.

    Each of them places one further order, in any part of the year as likely, and none later: a lower bound.

    >>> curve_of_share(0.24, 50.0).repeats[[0, 5, 11, 23]].round(2).tolist()
    [0.02, 0.12, 0.24, 0.24]
    """
    part_of_year = np.minimum(np.arange(1, months + 1) / _MONTHS_A_YEAR, 1.0)
    return RepeatCurve(share * part_of_year, np.zeros((months, months)), spend)


def value_of_new_customer(
    purchases: PurchaseResults,
    spend: GammaGammaResults | float,
    horizon: int,
    terms: OrderTerms | None = None,
    interval: float = 0.95,
) -> pd.DataFrame:
    """What a new customer leaves up to each month, the first order (at month 0) included.

    Columns `orders` (expected, not discounted), `expected`, `lower` and `upper`, one row per month from 0 to
    `horizon`. Acquisition is not taken off: see `payback_month`. Where many terms are looked at, take the
    `fitted_curve` once.

    >>> from ownchannel.clv import ModifiedBetaGeoModel
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> fit = ModifiedBetaGeoModel(customers.assign(weights=[50, 9, 20, 21])).fit()
    >>> value = value_of_new_customer(fit, 50.0, 12, OrderTerms(margin_rate=0.4, cost_per_order=5.0))
    >>> value.loc[12, ["orders", "expected"]].round(2).tolist()
    [2.28, 34.14]
    """
    _check_horizon(horizon)
    return fitted_curve(purchases, spend, horizon).value(horizon, terms, interval)


def payback_month(value: pd.Series, acquisition_cost: float) -> int | None:
    """The first month in which a new customer has paid for the acquisition; None where that takes longer.

    `value`: by month, as a column of `value_of_new_customer`.

    >>> payback_month(pd.Series([5.0, 9.0, 12.0]), 10.0), payback_month(pd.Series([5.0]), 10.0)
    (2, None)
    """
    paid = np.flatnonzero(value.to_numpy() >= acquisition_cost)
    return int(value.index[paid[0]]) if len(paid) else None


def _spend(spend: GammaGammaResults | float, customers: pd.DataFrame | None) -> tuple[Floats, Floats]:
    """What a purchase brings, by customer or of a new one, and its standard error."""
    if not isinstance(spend, GammaGammaResults):
        if not np.isfinite(spend) or spend < 0:
            raise ValueError(f"spend is {spend}: expected an amount of money a purchase, or a fitted model.")
        return np.array(float(spend)), np.array(0.0)
    if customers is None:
        found = spend.expectation(lambda p: np.array(population_mean(p)), None)
        return found.value, found.error
    rows = spend.model.rows(customers)
    found = spend.expectation(lambda p: expected_spend(p, rows), rows)
    return rows.spread(found.value), rows.spread(found.error)


def _around(value: Floats, error: Floats, interval: float) -> Floats:
    margin = standard_errors(interval) * error
    return np.array([value - margin, value + margin])


def _month_ends(purchases: PurchaseResults, horizon: int) -> list[float]:
    return [converted(month, "months", purchases.model.unit) for month in range(1, horizon + 1)]


def _check_horizon(horizon: int) -> None:
    if horizon < 1 or horizon != int(horizon):
        raise ValueError(f"horizon is {horizon}: expected a whole number of months from 1 on.")
