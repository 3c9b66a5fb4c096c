"""How often a new customer orders again, month by month: found once, then valued at once under any terms.

`lifetime_value.value_of_new_customer` gives the same value from fitted models, and takes longer than a slider
may. A curve can also come from a mere share of customers who return, where no model could be fitted.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.stats import norm

from ownchannel.clv._gamma_gamma import GammaGammaResults
from ownchannel.clv._histories import converted
from ownchannel.clv._lifetime_value import OrderTerms
from ownchannel.clv._optimum import Floats
from ownchannel.clv._purchase_model import PurchaseResults

#: Months that a curve reaches.
LONGEST = 60

_MONTHS_A_YEAR = 12
#: Steps on the log scale for slopes.
_STEP = 1e-4


@dataclass(frozen=True)
class RepeatCurve:
    """Repeat orders of a new customer up to each month, and what each order brings."""

    repeats: Floats
    """Expected up to the end of month 1, 2, …"""
    covariance: Floats
    """Of `repeats`, from the uncertainty of the model's parameters."""
    spend: float
    """An order's value."""
    spend_error: float = 0.0
    """Its standard error."""

    def orders(self, month: int, interval: float = 0.95) -> tuple[float, float, float]:
        """Orders up to the end of a month, the first included: expected, lower, upper."""
        expected = 1.0 + float(self.repeats[month - 1])
        margin = _width(interval) * float(np.sqrt(self.covariance[month - 1, month - 1]))
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
        # A row a month: discounted repeats up to it are a sum over the months before.
        weights = np.tril(np.tile(terms.factors(horizon), (horizon, 1)))
        of_curve = weights - np.pad(weights[:, 1:], ((0, 0), (0, 1)))
        upto = self.repeats[:horizon]
        count_errors = np.sqrt(
            np.einsum("ij,jk,ik->i", of_curve, self.covariance[:horizon, :horizon], of_curve)
        )
        counts = 1.0 + np.concatenate([[0.0], of_curve @ upto])
        each = terms.of_order(np.array(self.spend))
        expected = counts * each
        error = np.hypot(
            each * np.concatenate([[0.0], count_errors]), counts * terms.margin_rate * self.spend_error
        )
        margin = _width(interval) * error
        columns = {
            "orders": 1.0 + np.concatenate([[0.0], upto]),
            "expected": expected,
            "lower": expected - margin,
            "upper": expected + margin,
        }
        return pd.DataFrame(columns, pd.RangeIndex(horizon + 1, name="month"))


def fitted_curve(
    purchases: PurchaseResults, spend: GammaGammaResults | float, months: int = LONGEST
) -> RepeatCurve:
    """The curve of fitted models, its covariance by the delta method.

    `spend`: a fitted GammaGammaModel, or one amount for all orders.
    """
    model, point, newcomer = purchases.model, purchases.point, purchases.newcomer()
    ends = [converted(month, "months", model.unit) for month in range(1, months + 1)]

    def repeats(at: Floats) -> Floats:
        p = model.row_parameters(at, newcomer)
        return np.array([model.new_purchases(p, end)[0] for end in ends])

    left = np.flatnonzero(np.isfinite(point))
    slopes = []
    for at in left:
        step = np.zeros_like(point)
        step[at] = _STEP
        slopes.append((repeats(point + step) - repeats(point - step)) / (2 * _STEP))
    slope = np.array(slopes)
    covariance = slope.T @ purchases.log_covariance[np.ix_(left, left)] @ slope
    return RepeatCurve(repeats(point), covariance, *_of_order(spend))


def curve_of_share(share: float, spend: float, months: int = LONGEST) -> RepeatCurve:
    """The curve where only a share of customers is known, or assumed, to come back within a year.

    Each of them places one further order, in any part of the year as likely, and none later: a lower bound.

    >>> curve_of_share(0.24, 50.0).repeats[[0, 5, 11, 23]].round(2).tolist()
    [0.02, 0.12, 0.24, 0.24]
    """
    part_of_year = np.minimum(np.arange(1, months + 1) / _MONTHS_A_YEAR, 1.0)
    return RepeatCurve(share * part_of_year, np.zeros((months, months)), spend)


def _of_order(spend: GammaGammaResults | float) -> tuple[float, float]:
    """What an order brings, and its standard error."""
    if not isinstance(spend, GammaGammaResults):
        return float(spend), 0.0
    expected, upper = spend.population(0.95).loc["mean", ["expected", "upper"]].to_numpy(np.float64)
    # The interval is one of the logarithm.
    return float(expected), float(expected * np.log(upper / expected)) / _width(0.95)


def _width(interval: float) -> float:
    """Standard errors on either side of an estimate that hold an interval."""
    return float(norm.ppf((1 + interval) / 2))


# ------------------------ A marketplace's own report of repeat customers, for channels whose buyers


@dataclass(frozen=True)
class ReportedRepeats:
    """What a marketplace says of the customers of its latest period, all products together."""

    share: float
    """Of a product's customers, those who bought it more than once in the period."""
    customers: int
    ends_on: dt.date | None


def reported_repeats(repeat_rates: pa.Table, channel: str) -> ReportedRepeats | None:
    """The share of repeat customers in the latest report of a channel; None where there is no report.

    `repeat_rates` is the table of `Orders.repeat_rates`. A report of "Amazon" stands for "Amazon.com", for it
    does not say the country. A product counts by its customers. Who buys two products is no repeat customer
    of either, and only the period itself is looked at: a lower bound of those who ever come back.

    >>> from ownchannel.orders import sample_orders
    >>> found = reported_repeats(sample_orders().repeat_rates, "Amazon.com")
    >>> found.customers, round(found.share, 4)
    (471, 0.0064)
    >>> reported_repeats(sample_orders().repeat_rates, "Etsy") is None
    True
    """
    names = [
        name
        for name in repeat_rates["channel"].unique().to_pylist()
        if channel == name or channel.startswith(f"{name}.")
    ]
    its = repeat_rates.filter(pc.is_in(repeat_rates["channel"], pa.array(names, pa.string())))
    ends_on = pc.max(its["ends_on"]).as_py()
    if ends_on is not None:
        its = its.filter(pc.equal(its["ends_on"], ends_on))
    customers = pc.sum(its["customers"]).as_py() or 0
    if not customers:
        return None
    repeats = pc.sum(pc.multiply(its["repeat_customers_share"], its["customers"])).as_py()
    return ReportedRepeats(repeats / customers, customers, ends_on)
