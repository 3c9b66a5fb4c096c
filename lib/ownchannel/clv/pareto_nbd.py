"""Pareto/NBD: customers buy at their own rate, and leave unseen after a lifetime of their own.

Source: Schmittlein, Morrison & Colombo (1987), "Counting your customers: who are they and what will they do
next?", Management Science 33(1), 1-24; equations after Fader & Hardie (2005), "A note on deriving the
Pareto/NBD model and related expressions".
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import digamma, exprel, gammaln

from ownchannel.clv.base import Parameters
from ownchannel.clv.held import LARGE, NOBODY_LEAVES, SAME_RATE, first_held
from ownchannel.clv.histories import Histories
from ownchannel.clv.optimum import Limit, Optimum, is_far
from ownchannel.clv.pareto_integral import AtTimes, having_left
from ownchannel.clv.purchases import PurchaseModel
from ownchannel.clv.special import Floats, softplus

_SAME_LIFE = (
    "These customers all seem to leave at the same rate, s / beta: s grew without bound and is held at "
    "10,000. More customers, or a longer time, would tell them apart."
)


class ParetoNBDModel(PurchaseModel):
    """Pareto/NBD with parameters `r`, `alpha` (rate of purchase) and `s`, `beta` (rate of drop-out).

    `customers` has the columns `frequency`, `recency` and `T` (see `customer_summary`), and `weights` where
    rows stand for several customers.

    Covariates scale both rates, after Fader & Hardie (2007), "Incorporating time-invariant covariates into
    the Pareto/NBD and BG/NBD models": a coefficient of 0.1 makes the rate e^0.1 times as high.

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> customers["weights"] = [50, 9, 20, 21]
    >>> round(ParetoNBDModel(customers).loglike([0.5, 10.0, 0.6, 12.0]), 3)
    -451.663
    """

    parameters = ("r", "alpha", "s", "beta")
    scaled_by_covariates = {"alpha": -1, "beta": -1}  # noqa: RUF012

    @classmethod
    def row_likelihood(cls, p: Parameters, rows: Histories) -> tuple[Floats, dict[str, Floats]]:
        """By row: the sum of being there at T, and of having left at any time since the last purchase."""
        p = _told(p)
        r, alpha, s, beta = (p[name] for name in cls.parameters)
        x, age, count = rows["frequency"], rows["T"], rows.counts("frequency")
        at_end = AtTimes(np.log(alpha + age), np.log(beta + age), 1.0 / (alpha + age), 1.0 / (beta + age))
        staying = -(r + x) * at_end.log_alpha - s * at_end.log_beta
        leaving, before = having_left(p, rows)
        more, left = softplus(leaving - staying)
        values = (
            count.shifted(gammaln, r) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + staying + more
        )
        of_r = np.log(alpha) - at_end.log_alpha - left * (before.log_alpha - at_end.log_alpha)
        of_s = np.log(beta) - at_end.log_beta - left * (before.log_beta - at_end.log_beta)
        of_alpha = (1 - left) * at_end.per_alpha + left * before.per_alpha
        of_beta = (1 - left) * s * at_end.per_beta + left * (s + 1.0) * before.per_beta
        slopes = {
            "r": r * (count.shifted(digamma, r) - digamma(r) + of_r),
            "alpha": r - alpha * (r + x) * of_alpha,
            "s": s * of_s + left,
            "beta": s - beta * of_beta,
        }
        return values, slopes

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Rates as frequent as the customers' own, with half or a tenth of them gone by now."""
        age = float(rows.weights @ rows["T"] / rows.customers)
        time_a_purchase = float(rows.weights @ rows["T"] / (rows.weights @ rows["frequency"] + 1.0))
        return [(r, r * time_a_purchase / 2, s, age / 2) for r in (0.5, 1.0) for s in (0.6, 0.1)]

    def limit(self, optimum: Optimum) -> Limit | None:
        """Where nobody leaves, or all leave or buy at one rate."""
        if self.covariates or not is_far(optimum):
            return None
        r, alpha, s, beta = optimum.point
        never: dict[str, float] = {"s": -np.inf, "beta": np.nan}
        one_rate = np.array([LARGE, alpha - r + LARGE, s, beta])
        one_life = np.array([r, alpha, LARGE, beta - s + LARGE])
        both = np.array([LARGE, alpha - r + LARGE, LARGE, beta - s + LARGE])
        return first_held(
            self,
            optimum,
            [
                (never, optimum.point, NOBODY_LEAVES),
                ({"s": LARGE}, one_life, _SAME_LIFE),
                ({"r": LARGE}, one_rate, SAME_RATE),
                ({"r": LARGE, **never}, one_rate, f"{SAME_RATE} {NOBODY_LEAVES}"),
                ({"r": LARGE, "s": LARGE}, both, f"{SAME_RATE} {_SAME_LIFE}"),
            ],
        )

    @staticmethod
    def alive(p: Parameters, rows: Histories) -> Floats:
        """The share of being there at T in the likelihood."""
        p = _told(p)
        r, alpha, s, beta = (p[name] for name in ParetoNBDModel.parameters)
        x, age = rows["frequency"], rows["T"]
        staying = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
        return softplus(staying - having_left(p, rows)[0])[1]

    @staticmethod
    def future_purchases(p: Parameters, rows: Histories, t: float) -> Floats:
        """What an active customer buys, times P(alive)."""
        shape, scale = p["r"] + rows["frequency"], p["alpha"] + rows["T"]
        return ParetoNBDModel.alive(p, rows) * shape / scale * _time_until_gone(p, rows["T"], t)

    @staticmethod
    def new_purchases(p: Parameters, t: float) -> Floats:
        """What a customer buys who has just come."""
        return np.atleast_1d(p["r"] / p["alpha"] * _time_until_gone(p, np.zeros(1), t))

    @staticmethod
    def simulated(p: Parameters, ages: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Every customer with a rate of purchase and a rate of drop-out of their own."""
        number = len(ages)
        rate = generator.gamma(p["r"], 1.0 / np.asarray(p["alpha"]), number)
        drops = generator.gamma(p["s"], 1.0 / np.asarray(_told(p)["beta"]), number)
        with np.errstate(divide="ignore", over="ignore"):  # a lifetime may have no end
            there = np.minimum(generator.exponential(1.0, number) / drops, ages)
        frequency = generator.poisson(rate * there).astype(np.float64)
        # The last of so many uniform times.
        recency = there * generator.random(number) ** (1.0 / np.maximum(frequency, 1.0))
        return frequency, np.where(frequency > 0, recency, 0.0)


def _told(p: Parameters) -> Parameters:
    """The parameters, with any `beta` where nobody leaves and nothing tells it."""
    return {**p, "beta": 1.0} if np.all(np.asarray(p["s"]) == 0) else p


def _time_until_gone(p: Parameters, age: Floats, t: float) -> Floats:
    """Of the time `t` what an active customer of this age is expected to stay."""
    scale = _told(p)["beta"] + age
    longer = np.log1p(t / scale)
    # (1 - exp(-(s - 1)·longer)) / (s - 1), with its limit where s is 1.
    stays: Floats = scale * longer * exprel((1.0 - p["s"]) * longer)
    return stays
