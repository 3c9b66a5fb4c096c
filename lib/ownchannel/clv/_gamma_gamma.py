"""Gamma-gamma: what customers spend per purchase, which has nothing to do with how often they buy.

Source: Fader & Hardie (2013), "The gamma-gamma model of monetary value", brucehardie.com/notes/025.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from ownchannel.clv._customer_model import CustomerModel, Fixed
from ownchannel.clv._customer_results import CustomerResults, Prediction
from ownchannel.clv._histories import Histories
from ownchannel.clv._optimum import Parameters
from ownchannel.customers import Floats

#: A correlation as large as this is a medium effect by Cohen's convention.
_CORRELATED = 0.3

_SAME_SPEND = (
    "Each customer seems to spend the same at every purchase: p ended at infinity. Customers' means then "
    "follow an inverse gamma distribution with shape q and scale v (the model's p times v), and the best "
    "forecast of a customer is the customer's own mean. Shops with one price look like this."
)
_SAME_CUSTOMERS = (
    "Customers do not seem to differ in what they spend: q ended at infinity. Every purchase is then drawn "
    "from one gamma distribution with shape p and scale v (the model's v / q), and the best forecast is the "
    "same for all."
)


class Correlation(NamedTuple):
    """Pearson's and Spearman's (of ranks) coefficients; nan where one column is the same for all."""

    pearson: float
    spearman: float


class LeftOut(NamedTuple):
    """Customers of whom the model learns nothing."""

    without_repeat: float
    without_value: float
    """Their repeat purchases were worth nothing on balance: refunded, or given away."""


class GammaGammaResults(CustomerResults):
    """A fitted model of spend, with predictions in the money of the data.

    With `interval` (a share such as 0.95) a prediction is a table with `expected`, `lower` and `upper`: the
    uncertainty of the parameters, not of what single customers do.
    """

    model: "GammaGammaModel"

    def expected_customer_spend(self, customers: pd.DataFrame, interval: float | None = None) -> Prediction:
        """By customer the mean spend a purchase to be expected: the own mean, drawn towards everybody's.

        Customers without repeats get the mean of the population; an own mean below 0 counts as 0.
        """
        rows = self.model.rows(customers)
        return self.by_customer("spend a purchase", lambda p: expected_spend(p, rows), rows, interval)

    predict = expected_customer_spend  # as statsmodels calls it

    @property
    def population_mean(self) -> float:
        """The mean spend a purchase of all customers, infinite where q is 1 or less."""
        return population_mean(dict(self.params))

    def population(self, interval: float = 0.95) -> pd.DataFrame:
        """What the data show well even where single parameters are weak, with intervals.

        Rows: the `mean`; the coefficients of variation `between customers` (of their means) and `within a
        customer` (of single purchases around the own mean). Infinite where the model has no such moment.
        """
        found = self.expectation(_moments, None)
        lower, upper = found.ends(interval)
        index = pd.Index(["mean", "between customers", "within a customer"])
        return pd.DataFrame({"expected": found.value, "lower": lower, "upper": upper}, index)

    @property
    def correlation(self) -> Correlation:
        """The model assumes that how often customers buy has nothing to do with what they spend: has it?"""
        rows = self.model.data_rows
        return correlation(rows["frequency"], rows["monetary_value"], rows.weights)

    @property
    def remarks(self) -> list[str]:
        """What to know before the numbers are used, in sentences; empty where there is nothing."""
        found = super().remarks
        q, largest = float(self.params["q"]), max(self.correlation, key=abs)
        if q <= 1:
            found.append(
                f"q is {q:.3g}: at 1 or less the mean spend of all customers is infinite, so none can be "
                "given. A few very large values may be the cause: look at them, or fit resellers apart."
            )
        # Of few customers a large correlation is chance.
        if abs(largest) > max(_CORRELATED, 2 / np.sqrt(self.nobs)):
            more = "more" if largest > 0 else "less"
            found.append(
                f"Customers who buy more often spend {more} a purchase (correlation {largest:.2f}), while "
                "the model takes both as independent: fit groups apart, such as channels or resellers."
            )
        return found

    def simulate(self, frequencies: Sequence[float], seed: int) -> pd.DataFrame:
        """Customers as the model has them, one for each frequency: `frequency`, `monetary_value`."""
        generator = np.random.default_rng(seed)
        x = np.asarray(frequencies, dtype=np.float64)
        p, q, v = map(float, self.params)
        scale = np.full(len(x), v) if np.isinf(q) else v / generator.gamma(q, size=len(x))
        if not np.isinf(p):
            scale *= generator.gamma(p * np.maximum(x, 1)) / np.maximum(x, 1)
        return pd.DataFrame({"frequency": x, "monetary_value": np.where(x > 0, scale, 0.0)})


class GammaGammaModel(CustomerModel[GammaGammaResults]):
    """Gamma-gamma with parameters `p` (shape of a customer's purchases) and `q`, `v` (of customers' scales).

    `customers` has the columns `frequency` and `monetary_value` (see `customer_summary`), and `weights` where
    rows stand for several customers. Who has no repeat purchase, or repeats worth nothing on balance, is left
    out of the fit and counted in `left_out`. The model fits any currency; it never mixes two: give it one.

    At the model's limits, `p` or `q` infinite, `v` stands for p·v or v / q; `boundary` then says so.

    >>> spend = pd.DataFrame({"frequency": [2, 1, 0, 5, 1, 4], "monetary_value": [20, 15, 0, 35, 60, 98.0]})
    >>> results = GammaGammaModel(spend).fit()
    >>> results.model.left_out.without_repeat, results.nobs
    (1.0, 5.0)
    >>> results.expected_customer_spend(spend).round(0).tolist()
    [27.0, 28.0, 48.0, 36.0, 56.0, 92.0]
    """

    parameters = ("p", "q", "v")
    columns = ("frequency", "monetary_value")
    results_class = GammaGammaResults

    def __init__(self, customers: pd.DataFrame) -> None:
        """Raises ValueError where nobody, or nobody different from the others, is left to learn from."""
        repeaters, self.left_out = _repeaters(customers)
        super().__init__(repeaters)
        value = self.data_rows["monetary_value"]
        # Money comes in any size: relative to the data's own a point stays near 0, where it is looked for.
        self._own_size = np.array([0.0, 0.0, np.log(_typical(self.data_rows))])
        if value.max() == value.min():
            raise ValueError(
                f"Every customer spends {value[0]:g} a purchase: there is nothing to model; take that amount."
            )

    def rows(self, customers: pd.DataFrame) -> Histories:
        """The distinct rows of a table of customers, checked; a mean below 0 counts as 0."""
        if "monetary_value" in customers:
            value = np.maximum(_numbers(customers, "monetary_value"), 0.0)
            customers = customers.assign(monetary_value=value)
        return super().rows(customers)

    @classmethod
    def row_likelihood(cls, p: Parameters, rows: Histories) -> tuple[Floats, dict[str, Floats]]:
        """Equation 1a of the note of 2013, by row: the density of the mean of x purchases."""
        shape, q, v = (float(p[name]) for name in cls.parameters)
        x, z = rows["frequency"], rows["monetary_value"]
        total, none = x * z, np.zeros(len(rows))
        by_count = rows.counts("frequency").by_row
        if np.isinf(shape):
            own = np.log(v / z)
            values = q * own - gammaln(q) - v / z - np.log(z)
            return values, {"p": none, "q": q * (own - digamma(q)), "v": q - v / z}
        if np.isinf(q):
            own = np.log(total / v)
            values = shape * x * own - by_count(lambda n: gammaln(shape * n)) - total / v - np.log(z)
            of_p = shape * x * (own - by_count(lambda n: digamma(shape * n)))
            return values, {"p": of_p, "q": none, "v": total / v - shape * x}
        known, unknown = -np.log1p(v / total), -np.log1p(total / v)
        gammas = by_count(lambda n: gammaln(shape * n + q) - gammaln(shape * n) - gammaln(q))
        digammas = by_count(lambda n: digamma(shape * n + q))
        values = gammas + q * unknown + shape * x * known - np.log(z)
        slopes = {
            "p": shape * x * (digammas - by_count(lambda n: digamma(shape * n)) + known),
            "q": q * (digammas - digamma(q) + unknown),
            "v": q - (shape * x + q) * v / (v + total),
        }
        return values, slopes

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Spend as the data's own, with customers who differ little or much."""
        size = _typical(rows)
        return [
            (p, q, size * q / p) for p, q in ((5.0, 4.0), (1.5, 2.5), (30.0, 2.0), (3.0, 20.0), (2.0, 0.7))
        ]

    def limits(self, point: Floats) -> Sequence[Fixed]:
        """Where all customers are alike, or each always spends the same, two parameters are left."""
        p, q, v = point
        return (
            ({"q": np.inf}, np.array([p, q, v - q]), _SAME_CUSTOMERS),
            ({"p": np.inf}, np.array([p, q, v + p]), _SAME_SPEND),
        )

    # ------------------------------------------------------------ points are relative to the data's own size

    def row_parameters(self, point: Floats, rows: Histories) -> Parameters:
        """The parameters at a point, whose last element is relative to the data's own size."""
        return super().row_parameters(point + self._own_size, rows)

    def to_point(self, params: Any) -> Floats:
        """Parameters as a point."""
        point: Floats = super().to_point(params) - self._own_size
        return point

    def to_params(self, point: Floats) -> Floats:
        """A point as parameters."""
        return super().to_params(point + self._own_size)


def _repeaters(customers: pd.DataFrame) -> tuple[pd.DataFrame, LeftOut]:
    """Customers with repeat purchases that are worth something, and how many the others are."""
    if not set(GammaGammaModel.columns) <= set(customers):
        # As what is no number, this is refused where the rows are checked.
        return customers, LeftOut(0.0, 0.0)
    once = _numbers(customers, "frequency") == 0
    worthless = ~once & (_numbers(customers, "monetary_value") <= 0)
    weights = _numbers(customers, "weights") if "weights" in customers else np.ones(len(customers))
    left_out = LeftOut(float(weights[once].sum()), float(weights[worthless].sum()))
    repeaters = customers[~once & ~worthless]
    if not len(repeaters):
        raise ValueError(
            f"Nobody is left to learn from: {left_out.without_repeat:,.0f} customers have no repeat, "
            f"{left_out.without_value:,.0f} a mean of 0 or less. Expected some with repeats worth something."
        )
    return repeaters, left_out


def _numbers(customers: pd.DataFrame, name: str) -> Floats:
    values: Floats = pd.to_numeric(customers[name], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return values


def _typical(rows: Histories) -> float:
    """The geometric mean, which no few large values move far."""
    return float(np.exp(np.average(np.log(rows["monetary_value"]), weights=rows.weights)))


def expected_spend(p: Parameters, rows: Histories) -> Floats:
    """Equation 5 of the note of 2013: a mean of the customer's own and the population's, weighted."""
    shape, q, v = (float(p[name]) for name in GammaGammaModel.parameters)
    x, z = rows["frequency"], rows["monetary_value"]
    mean = population_mean(p)
    if np.isinf(q):
        return np.full(len(rows), mean)
    if np.isinf(shape):
        return np.where(x > 0, z, mean)
    known = shape * x + q - 1
    return np.where(known > 0, shape * (v + x * z) / np.where(known > 0, known, 1.0), np.inf)


def population_mean(p: Parameters) -> float:
    """The mean spend a purchase of all customers, infinite where q is 1 or less."""
    shape, q, v = (float(p[name]) for name in GammaGammaModel.parameters)
    if np.isinf(q):
        return shape * v
    return (v if np.isinf(shape) else shape * v) * _inverse_or_infinite(q - 1)


def _moments(p: Parameters) -> Floats:
    """The population's mean, and the coefficients of variation between and within customers."""
    shape, q = float(p["p"]), float(p["q"])
    between = 0.0 if np.isinf(q) else _inverse_or_infinite(q - 2) ** 0.5
    return np.array([population_mean(p), between, shape**-0.5])


def _inverse_or_infinite(value: float) -> float:
    return 1 / value if value > 0 else np.inf


def correlation(one: Floats, other: Floats, weights: Floats) -> Correlation:
    """How two columns go together, each row counted as often as its weight says.

    >>> correlation(np.array([1.0, 2, 3]), np.array([9.0, 5, 1]), np.ones(3))
    Correlation(pearson=-1.0, spearman=-1.0)
    """
    ranks = _mid_ranks(one, weights), _mid_ranks(other, weights)
    return Correlation(_pearson(one, other, weights), _pearson(*ranks, weights))


def _mid_ranks(values: Floats, weights: Floats) -> Floats:
    """Ranks of which equal values share the middle."""
    _, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights)
    ranks: Floats = (counts.cumsum() - counts / 2)[place]
    return ranks


def _pearson(one: Floats, other: Floats, weights: Floats) -> float:
    of_one, of_other = (values - np.average(values, weights=weights) for values in (one, other))
    size = np.sqrt((weights @ of_one**2) * (weights @ of_other**2))
    return float(weights @ (of_one * of_other) / size) if size > 0 else np.nan
