"""Models whose customers buy at a rate of their own and may leave after any purchase: BG/NBD and MBG/NBD.

They differ in one thing only: whether a customer may leave after the first purchase, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammaln

from ownchannel.clv.base import Parameters
from ownchannel.clv.dropout import purchases_until_gone
from ownchannel.clv.held import LARGE, NOBODY_LEAVES, SAME_RATE, first_held
from ownchannel.clv.histories import Histories
from ownchannel.clv.optimum import Limit, Optimum, is_far
from ownchannel.clv.purchases import PurchaseModel
from ownchannel.clv.special import Counts, Floats, Parameter, softplus

ALL_ALIKE = (
    "These customers all seem to have the same chance to leave after a purchase, 1 / (1 + b): a grew without "
    "bound, and b is b / a of the model. More customers, or a longer time, would tell them apart."
)


class LeavingModel(PurchaseModel):
    """Parameters `r`, `alpha` (rate of purchase) and `a`, `b` (chance to leave after a purchase).

    Limits: `a` of 0, where nobody leaves and `b` has no effect; `a` infinite, where all have the same chance
    to leave, 1 / (1 + `b`).
    """

    parameters = ("r", "alpha", "a", "b")
    scaled_by_covariates = {"alpha": -1, "a": 1, "b": 1}  # noqa: RUF012
    #: Whether the first purchase may be the last.
    first_included: ClassVar[bool]

    @classmethod
    def row_likelihood(cls, p: Parameters, rows: Histories) -> tuple[Floats, dict[str, Floats]]:
        """By row: the sum of staying, and of having left at the last purchase."""
        r, alpha = p["r"], p["alpha"]
        x, recency, age = rows["frequency"], rows["recency"], rows["T"]
        count = rows.counts("frequency")
        chance = _chance(cls._occasions(rows), p["a"], p["b"])
        longer = np.log((alpha + age) / (alpha + recency))
        more, left = softplus(chance.odds + (r + x) * longer)
        own = np.log(alpha / (alpha + age))
        values = (
            count.shifted(gammaln, r) - gammaln(r) + r * own - x * np.log(alpha + age) + chance.stays + more
        )
        slopes = {
            "r": r * (count.shifted(digamma, r) - digamma(r) + own + left * longer),
            "alpha": r - alpha * (r + x) * ((1 - left) / (alpha + age) + left / (alpha + recency)),
            "a": chance.stays_by_a + left * chance.odds_by_a,
            "b": chance.stays_by_b + left * chance.odds_by_b,
        }
        return values, slopes

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Rates as frequent as the customers' own, with few or many who leave."""
        time_a_purchase = float(rows.weights @ rows["T"] / (rows.weights @ rows["frequency"] + 1.0))
        return [(r, r * time_a_purchase, a, b) for r in (0.3, 1.0) for a, b in ((0.7, 1.8), (0.4, 8.0))]

    def limit(self, optimum: Optimum) -> Limit | None:
        """Where nobody leaves, or all with the same chance."""
        if self.covariates or not is_far(optimum):
            return None
        r, alpha, a, b = optimum.point
        free, fixed = np.array([r, alpha, a, b - a]), np.array([LARGE, alpha - r + LARGE, a, b])
        never: dict[str, float] = {"a": -np.inf, "b": np.nan}
        return first_held(
            self,
            optimum,
            [
                (never, free, NOBODY_LEAVES),
                ({"a": np.inf}, free, ALL_ALIKE),
                ({"r": LARGE}, fixed, SAME_RATE),
                ({"r": LARGE, **never}, fixed, f"{SAME_RATE} {NOBODY_LEAVES}"),
                ({"r": LARGE, "a": np.inf}, fixed, f"{SAME_RATE} {ALL_ALIKE}"),
            ],
        )

    @classmethod
    def alive(cls, p: Parameters, rows: Histories) -> Floats:
        """The share of staying in the likelihood."""
        longer = np.log((p["alpha"] + rows["T"]) / (p["alpha"] + rows["recency"]))
        odds = _chance(cls._occasions(rows), p["a"], p["b"]).odds + (p["r"] + rows["frequency"]) * longer
        return softplus(-odds)[1]

    @classmethod
    def future_purchases(cls, p: Parameters, rows: Histories, t: float) -> Floats:
        """What an active customer buys, times P(alive).

        Rates of the active are distributed as Gamma(r + x, alpha + T), their chances to leave as Beta(a, b)
        after as many occasions to leave as they let pass.
        """
        passed = _later(p["a"], p["b"], cls._occasions(rows).values)
        active = purchases_until_gone(p["r"] + rows["frequency"], p["alpha"] + rows["T"], p["a"], passed, t)
        return cls.alive(p, rows) * active

    @classmethod
    def new_purchases(cls, p: Parameters, t: float) -> Floats:
        """What an active customer buys, for those who stay after the first purchase."""
        first = float(cls.first_included)
        active = purchases_until_gone(p["r"], p["alpha"], p["a"], _later(p["a"], p["b"], first), t)
        return np.exp(_chance(Counts(np.full(np.size(p["a"]), first)), p["a"], p["b"]).stays) * active

    @classmethod
    def simulated(cls, p: Parameters, ages: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Every customer with a rate and a chance to leave of their own."""
        number = len(ages)
        a, b = float(p["a"]), float(p["b"])
        rate = generator.gamma(float(p["r"]), 1.0 / float(p["alpha"]), number)
        if a == 0:
            chance = np.zeros(number)
        else:
            chance = np.full(number, 1 / (1 + b)) if np.isinf(a) else generator.beta(a, b, number)
        frequency, recency, clock = np.zeros(number), np.zeros(number), np.zeros(number)
        active = (
            np.flatnonzero(generator.random(number) >= chance) if cls.first_included else np.arange(number)
        )
        while len(active):
            clock[active] += generator.exponential(1.0, len(active)) / np.maximum(rate[active], 1e-300)
            active = active[clock[active] <= ages[active]]
            frequency[active] += 1
            recency[active] = clock[active]
            active = active[generator.random(len(active)) >= chance[active]]
        return frequency, recency

    @classmethod
    def _occasions(cls, rows: Histories) -> Counts:
        """How often customers could have left: after each repeat purchase, and after the first."""
        return rows.counts("frequency", more=int(cls.first_included))


@dataclass(frozen=True)
class _Chance:
    """By row the logarithm of having stayed on every occasion, and the odds of having left on the last.

    With derivatives by the logarithms of `a` and `b`.
    """

    stays: Floats
    stays_by_a: Floats
    stays_by_b: Floats
    odds: Floats
    """Of having left against having stayed, as logarithms; -inf where there was no occasion."""
    odds_by_a: float
    odds_by_b: Floats


def _chance(occasions: Counts, a: Parameter, b: Parameter) -> _Chance:
    n = occasions.values
    none = np.zeros(len(n))
    if np.all(np.asarray(a) == 0):
        return _Chance(none, none, none, none - np.inf, 0.0, none)
    is_one = n > 0
    if np.all(np.isinf(a)):
        leaves = 1 / (1 + b)
        odds = np.where(is_one, -np.log(b), -np.inf)
        return _Chance(n * np.log1p(-leaves), none, n * leaves, odds, 0.0, none - 1.0)
    before = np.where(is_one, b + n - 1.0, 1.0)
    of_both = digamma(a + b) - occasions.shifted(digamma, a + b)
    return _Chance(
        stays=gammaln(a + b) - gammaln(b) + occasions.shifted(gammaln, b) - occasions.shifted(gammaln, a + b),
        stays_by_a=a * of_both,
        stays_by_b=b * (of_both - digamma(b) + occasions.shifted(digamma, b)),
        odds=np.where(is_one, np.log(a / before), -np.inf),
        odds_by_a=1.0,
        odds_by_b=-b / before,
    )


def _later(a: Parameter, b: Parameter, passed: Parameter) -> Parameter:
    """The parameter `b` of those who let so many occasions to leave pass."""
    return b if np.all(np.isinf(a)) else b + passed
