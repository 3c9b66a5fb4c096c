"""BG/BB: each period customers may leave, and those still there may buy once.

Source: Fader, Hardie & Shang (2010), "Customer-base analysis in a discrete-time noncontractual setting",
Marketing Science 29(6), 1086-1108.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv._customer_model import Fixed
from ownchannel.clv._histories import Histories, refuse
from ownchannel.clv._optimum import Parameters
from ownchannel.clv._purchase_model import PurchaseModel, PurchaseResults
from ownchannel.clv._shifted_beta_geo import chances, lifetimes
from ownchannel.customers import Floats, TimeUnit

Periods = NDArray[np.intp]


_NOBODY_LEAVES = (
    {"gamma": -np.inf, "delta": np.nan},
    "These customers do not seem to leave: gamma ended at 0 and delta has no effect. The beta-binomial model "
    "explains them as well; every customer then counts as alive.",
)
_ALL_LEAVE_ALIKE = (
    {"gamma": np.inf},
    "Customers do not seem to differ in their chance to leave: gamma ended at infinity, delta stands for "
    "delta / gamma, and lifetimes are geometric.",
)
_ALL_BUY_ALIKE = (
    {"alpha": np.inf},
    "Customers do not seem to differ in how often they buy: alpha ended at infinity, beta stands for "
    "beta / alpha, and purchases are binomial.",
)
#: From the fewest parameters to the most.
_LIMITS = (
    (_ALL_BUY_ALIKE, _NOBODY_LEAVES),
    (_ALL_BUY_ALIKE, _ALL_LEAVE_ALIKE),
    (_NOBODY_LEAVES,),
    (_ALL_BUY_ALIKE,),
    (_ALL_LEAVE_ALIKE,),
)


class BetaGeoBetaBinomResults(PurchaseResults):
    """A fitted BG/BB, with predictions: times are whole periods."""

    def _times(self, times: Sequence[float] | Floats, unit: TimeUnit | None) -> list[float]:
        if unit not in (None, self.model.unit):
            raise ValueError(f"unit is {unit!r}: this model knows periods alone; leave it out.")
        if not all(np.isfinite(time) and time >= 0 and time == np.rint(time) for time in times):
            raise ValueError(f"Times are {list(times)}: expected whole numbers of periods from 0 on.")
        return [float(time) for time in times]


class BetaGeoBetaBinomModel(PurchaseModel):
    """BG/BB with parameters `alpha`, `beta` (chance to buy) and `gamma`, `delta` (chance to leave).

    `customers` has the columns `frequency` (periods with a purchase), `recency` (the last of them, 0 for
    none) and `T` (periods observed), and `weights` where rows stand for several customers. A period holds one
    purchase at most: donations by year, visits by week, an event that takes place now and then.

    At the model's limits `gamma` is 0 (nobody leaves), or `gamma` or `alpha` is infinite (all leave, or buy,
    at the same rate) and `delta` or `beta` stands for delta / gamma or beta / alpha; `boundary` then says so.

    >>> donors = pd.DataFrame(
    ...     {
    ...         "frequency": [0, 1, 1, 1, 2, 2, 3],
    ...         "recency": [0, 1, 2, 3, 2, 3, 3],
    ...         "T": 3,
    ...         "weights": [410, 120, 45, 50, 75, 90, 210],
    ...     }
    ... )
    >>> results = BetaGeoBetaBinomModel(donors).fit()
    >>> results.expected_purchases(donors, 2).round(2).tolist()
    [0.11, 0.26, 0.57, 0.71, 0.67, 1.11, 1.51]
    """

    parameters = ("alpha", "beta", "gamma", "delta")
    whole = frozenset({"frequency", "recency", "T"})
    results_class = BetaGeoBetaBinomResults

    def __init__(self, customers: pd.DataFrame) -> None:
        """Raises ValueError where nobody bought again: those who left and those who never buy look alike."""
        super().__init__(customers)
        self.unit = "periods"
        if not self.data_rows["frequency"].any():
            raise ValueError("Nobody has bought again: expected some customers with frequency above 0.")

    def rows(self, customers: pd.DataFrame) -> Histories:
        """The distinct rows of a table of customers, checked."""
        rows = super().rows(customers)
        shown = {name: rows.spread(rows[name]) for name in ("frequency", "recency")}
        rule = "Frequency must not exceed recency, the period of the last purchase:"
        wrong = shown["frequency"] > shown["recency"]
        refuse(customers, wrong, rule, "Count several in a period as one", shown)
        return rows

    @classmethod
    def row_likelihood(cls, p: Parameters, rows: Histories) -> tuple[Floats, dict[str, Floats]]:
        """Equation 5 by row: the sum over all periods in which the customer may have left, or not at all."""
        alpha, beta, gamma, delta = (float(p[name]) for name in cls.parameters)
        x, recency, age = (rows[name].astype(np.intp) for name in cls.columns)
        first, place, lived = _ways(recency, age)
        survival, leaving = lifetimes(gamma, delta, age.max() + 1)
        buying = _sequences(alpha, beta, x[place], lived)
        stay = lived == age[place]
        dying = np.where(stay, survival[:, lived], leaving[:, lived])
        ways = buying[0] + dying[0]
        values = np.logaddexp.reduceat(ways, first)
        share = np.exp(ways - values[place])
        slopes = np.add.reduceat(share * np.vstack([buying[1:], dying[1:]]), first, axis=1)
        return values, dict(zip(cls.parameters, slopes, strict=True))

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Customers who buy somewhat more often than is seen, with few or many who leave."""
        seen = rows.weights @ rows["frequency"] / (rows.weights @ rows["T"])
        often = float(seen + (1 - seen) / 4)
        buying = [(alpha, alpha * (1 - often) / often) for alpha in (0.7, 2.0)]
        return [(*both, *leaving) for both in buying for leaving in ((0.5, 2.5), (0.5, 10.0), (3.0, 12.0))]

    def limits(self, point: Floats) -> Sequence[Fixed]:
        """The models in which nobody leaves, or all leave or buy at the same rate, the simplest first."""
        alpha, _, gamma, _ = point
        found = []
        for edges in _LIMITS:
            ended = {name: value for limit, _ in edges for name, value in limit.items()}
            relative = np.array([0, alpha if "alpha" in ended else 0, 0, gamma if "gamma" in ended else 0])
            found.append((ended, point - relative, " ".join(meaning for _, meaning in edges)))
        return found

    @staticmethod
    def alive(p: Parameters, rows: Histories) -> Floats:
        """By row the chance to have been there still in the last period observed."""
        alpha, beta, gamma, delta = (float(p[name]) for name in BetaGeoBetaBinomModel.parameters)
        x, age = rows["frequency"].astype(np.intp), rows["T"].astype(np.intp)
        values, _ = BetaGeoBetaBinomModel.row_likelihood(p, rows)
        survival, _ = lifetimes(gamma, delta, age.max())
        found: Floats = np.exp(_sequences(alpha, beta, x, age)[0] + survival[0, age] - values)
        return np.minimum(found, 1.0)

    @staticmethod
    def future_purchases(p: Parameters, rows: Histories, t: float) -> Floats:
        """By row the purchases in the next `t` periods: of those still there, the chance to buy in each."""
        alpha, beta, gamma, delta = (float(p[name]) for name in BetaGeoBetaBinomModel.parameters)
        chance = (
            1 / (1 + beta) if np.isinf(alpha) else (alpha + rows["frequency"]) / (alpha + beta + rows["T"])
        )
        to_come = rows.counts("T").by_row(lambda ages: _periods_to_come(gamma, delta, ages, int(t)))
        return BetaGeoBetaBinomModel.alive(p, rows) * chance * to_come

    @staticmethod
    def new_purchases(p: Parameters, t: float) -> Floats:
        """The purchases of a new customer in `t` periods."""
        alpha, beta, gamma, delta = (float(p[name]) for name in BetaGeoBetaBinomModel.parameters)
        chance = 1 / (1 + beta) if np.isinf(alpha) else alpha / (alpha + beta)
        return chance * _periods_to_come(gamma, delta, np.zeros(1), int(t))

    @staticmethod
    def simulated(p: Parameters, ages: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Every customer with a chance to buy and a chance to leave of their own."""
        if not np.all((ages >= 0) & (ages == np.rint(ages))):
            raise ValueError("ages are counted in periods: expected whole numbers from 0 on.")
        buys = chances(generator, float(p["alpha"]), float(p["beta"]), len(ages))
        leaves = chances(generator, float(p["gamma"]), float(p["delta"]), len(ages))
        frequency, recency = np.zeros(len(ages)), np.zeros(len(ages))
        is_there = np.ones(len(ages), dtype=np.bool_)
        for period in range(1, int(ages.max(initial=0)) + 1):
            is_there &= generator.random(len(ages)) >= leaves
            bought = is_there & (period <= ages) & (generator.random(len(ages)) < buys)
            frequency[bought] += 1
            recency[bought] = period
        return frequency, recency


def _ways(recency: Periods, age: Periods) -> tuple[Periods, Periods, Periods]:
    """For how many periods customers may have been there: from the last purchase to the end of observation.

    By row the place of its first way; by way its row, and the periods.

    >>> _ways(np.array([2, 0]), np.array([3, 1]))
    (array([0, 2]), array([0, 0, 1, 1]), array([2, 3, 0, 1]))
    """
    number = age - recency + 1
    first = np.cumsum(number) - number
    place = np.repeat(np.arange(len(age)), number)
    return first, place, recency[place] + np.arange(len(place)) - first[place]


def _sequences(alpha: float, beta: float, x: Periods, lived: Periods) -> Floats:
    """Log-probability of purchases in x certain periods of those lived, and its derivatives.

    They are by the logarithms of `alpha` and `beta`; where `alpha` is infinite, `beta` is their ratio.
    """
    none = lived - x
    if np.isinf(alpha):
        buys = 1 / (1 + beta)
        values = x * np.log(buys) + none * np.log1p(-buys)
        return np.array([values, np.zeros(len(x)), none * buys - x * (1 - buys)])
    most = int(lived.max(initial=0))
    of_alpha, of_beta, of_both = (_rising(start, most) for start in (alpha, beta, alpha + beta))
    values = of_alpha[0, x] + of_beta[0, none] - of_both[0, lived]
    both = of_both[1, lived]
    return np.array([values, alpha * (of_alpha[1, x] - both), beta * (of_beta[1, none] - both)])


def _rising(start: float, most: int) -> Floats:
    """The logarithm of start · (start + 1) · … of 0, 1, … `most` factors, and its derivative by `start`."""
    factors = start + np.arange(most)
    return np.hstack([np.zeros((2, 1)), np.array([np.log(factors), 1 / factors]).cumsum(axis=1)])


def _periods_to_come(gamma: float, delta: float, ages: Floats, t: int) -> Floats:
    """In how many of the next `t` periods customers of each age will be there who are there now.

    A sum, whose closed form divides nothing by nothing where `gamma` is 1.
    """
    now = ages.astype(np.intp)[:, None]
    survival, _ = lifetimes(gamma, delta, int(now.max()) + t)
    found: Floats = np.exp(survival[0, now + np.arange(1, t + 1)] - survival[0, now]).sum(axis=1)
    return found
