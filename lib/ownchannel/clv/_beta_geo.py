"""BG/NBD and MBG/NBD: customers buy at a rate of their own, and may leave after each purchase.

Sources: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284;
Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer base
analysis", International Journal of Research in Marketing 24(3), 201-209.
"""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from scipy.special import digamma, gammaln, hyp2f1

from ownchannel.clv._customer_model import LARGE, NOBODY_LEAVES, SAME_RATE, Fixed
from ownchannel.clv._histories import Histories
from ownchannel.clv._optimum import Parameter, Parameters, softplus
from ownchannel.clv._purchase_model import PurchaseModel, of_purchases
from ownchannel.customers import Floats

ALL_ALIKE = (
    "These customers all seem to have the same chance to leave after a purchase, 1 / (1 + b): a grew without "
    "bound, and b is b / a of the model. More customers, or a longer time, would separate them."
)

#: So close to 1 the formula divides nothing by nothing: a line between both sides is taken instead.
_NEAR_ONE = 1e-4


def purchases_until_gone(shape: Parameter, time: Parameter, a: Parameter, b: Parameter, t: float) -> Floats:
    """Purchases expected in the time `t` of customers who are still there.

    Their rate is distributed as Gamma(shape, time), their chance to leave after a purchase as Beta(a, b).
    The mean of `(1 - exp(-rate·chance·t)) / chance` over both; shape·t/time where `a` is 0 and nobody leaves.
    Where `a` is infinite all have the same chance, 1 / (1 + b).

    Source: Fader, Hardie & Lee (2005), equations 9 and 10, after Euler's transformation.

    >>> purchases_until_gone(np.array([2.0]), 4.0, 0.0, np.nan, 6.0)
    array([3.])
    """
    each = (np.atleast_1d(np.asarray(value, dtype=np.float64)) for value in (shape, time, a, b))
    shape, time, a, b = np.broadcast_arrays(*each)
    expected = shape * t / time
    near, alike = np.abs(a - 1) < _NEAR_ONE, np.isinf(a)
    leaves = (a > 0) & ~near & ~alike
    expected[leaves] = _closed_form(shape[leaves], time[leaves], a[leaves], b[leaves], t)
    if alike.any():
        chance = 1 / (1 + b[alike])
        expected[alike] = -np.expm1(-shape[alike] * np.log1p(chance * t / time[alike])) / chance
    if near.any():
        below, above = (
            _closed_form(shape[near], time[near], 1.0 + side * _NEAR_ONE, b[near], t) for side in (-1, 1)
        )
        expected[near] = below + (above - below) * (a[near] - 1.0 + _NEAR_ONE) / (2 * _NEAR_ONE)
    return expected


def _closed_form(shape: Floats, time: Floats, a: Floats | float, b: Floats, t: float) -> Floats:
    past = t / (time + t)
    hypergeometric: Floats = hyp2f1(a + b - 1.0 - shape, a - 1.0, a + b - 1.0, past)
    return (a + b - 1.0) / (a - 1.0) * (1.0 - (1.0 - past) ** (a - 1.0) * hypergeometric)


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
        r, alpha, a, b = (p[name] for name in cls.parameters)
        at_end, at_last = alpha + rows["T"], alpha + rows["recency"]
        shape, log_end = r + rows["frequency"], np.log(at_end)
        longer = log_end - np.log(at_last)
        counts = rows.counts("frequency")
        common, of_r = counts.by_row(of_purchases, r, alpha)
        stays, of_a, of_b, odds, odds_of_a, odds_of_b = counts.by_row(cls._chance, a, b)
        more, left = softplus(odds + shape * longer)
        slopes = {
            "r": r * (of_r - log_end + left * longer),
            "alpha": r - alpha * shape * (1 / at_end + left * (1 / at_last - 1 / at_end)),
            "a": of_a + left * odds_of_a,
            "b": of_b + left * odds_of_b,
        }
        return common + stays - shape * log_end + more, slopes

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Rates as frequent as the customers' own, if they were there half of the time; few or many leave."""
        # Those who are counted as gone at once leave higher rates to the others.
        common = 0.5 if cls.first_included else 0.3
        time_there = float(rows.weights @ rows["T"] / (rows.weights @ rows["frequency"] + 1.0)) / 2
        return [(r, r * time_there, a, b) for r in (common, 1.0) for a, b in ((0.7, 1.8), (0.4, 8.0))]

    def limits(self, point: Floats) -> Sequence[Fixed]:
        """Where nobody leaves, all leave with the same chance, or all buy at the same rate."""
        r, alpha, a, b = point
        free, fixed = np.array([r, alpha, a, b - a]), np.array([LARGE, alpha - r + LARGE, a, b])
        never: dict[str, float] = {"a": -np.inf, "b": np.nan}
        return (
            (never, free, NOBODY_LEAVES),
            ({"a": np.inf}, free, ALL_ALIKE),
            ({"r": LARGE}, fixed, SAME_RATE),
            ({"r": LARGE, **never}, fixed, f"{SAME_RATE} {NOBODY_LEAVES}"),
            ({"r": LARGE, "a": np.inf}, fixed, f"{SAME_RATE} {ALL_ALIKE}"),
        )

    @classmethod
    def alive(cls, p: Parameters, rows: Histories) -> Floats:
        """The share of staying in the likelihood."""
        longer = np.log((p["alpha"] + rows["T"]) / (p["alpha"] + rows["recency"]))
        odds = rows.counts("frequency").by_row(cls._chance, p["a"], p["b"])[3]
        return softplus(-odds - (p["r"] + rows["frequency"]) * longer)[1]

    @classmethod
    def future_purchases(cls, p: Parameters, rows: Histories, t: float) -> Floats:
        """What an active customer buys, times P(alive).

        Rates of the active are distributed as Gamma(r + x, alpha + T), their chances to leave as Beta(a, b)
        after as many occasions to leave as they let pass.
        """
        passed = _later(p["a"], p["b"], rows["frequency"] + cls.first_included)
        active = purchases_until_gone(p["r"] + rows["frequency"], p["alpha"] + rows["T"], p["a"], passed, t)
        return cls.alive(p, rows) * active

    @classmethod
    def new_purchases(cls, p: Parameters, t: float) -> Floats:
        """What an active customer buys, for those who stay after the first purchase."""
        first = float(cls.first_included)
        active = purchases_until_gone(p["r"], p["alpha"], p["a"], _later(p["a"], p["b"], first), t)
        stays = cls._chance(np.zeros(np.size(p["a"])), p["a"], p["b"])[0]
        return np.asarray(np.exp(stays) * active)

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
    def _chance(cls, x: Floats, a: Parameter, b: Parameter) -> Floats:
        """By number of repeat purchases, what having stayed through all occasions to leave means.

        Rows: its logarithm, and that one's derivatives by the logarithms of `a` and `b`; the odds of having
        left on the last occasion against that, as logarithms, -inf where there was none; their derivatives.
        """
        n = x + cls.first_included
        none, is_one = np.zeros(len(n)), n > 0
        if np.all(np.asarray(a) == 0):
            return np.array([none, none, none, none - np.inf, none, none])
        if np.all(np.isinf(a)):
            leaves = 1 / (1 + b)
            odds = np.where(is_one, -np.log(b), -np.inf)
            return np.array([n * np.log1p(-leaves), none, n * leaves, odds, none, none - 1.0])
        before = np.where(is_one, b + n - 1.0, 1.0)
        of_both = digamma(a + b) - digamma(a + b + n)
        return np.array(
            [
                gammaln(a + b) - gammaln(b) + gammaln(b + n) - gammaln(a + b + n),
                a * of_both,
                b * (of_both - digamma(b) + digamma(b + n)),
                np.where(is_one, np.log(a / before), -np.inf),
                none + 1.0,
                -b / before,
            ]
        )


def _later(a: Parameter, b: Parameter, passed: Parameter) -> Parameter:
    """The parameter `b` of those who let so many occasions to leave pass."""
    return b if np.all(np.isinf(a)) else b + passed


class BetaGeoModel(LeavingModel):
    """BG/NBD with parameters `r`, `alpha` (rate of purchase) and `a`, `b` (chance to leave).

    `customers` has the columns `frequency`, `recency` and `T` (see `customer_summary`), and `weights` where
    rows stand for several customers. Nobody leaves before the first repeat here, so every one-time buyer
    counts as alive: take P(alive) of a whole customer base from ModifiedBetaGeoModel or ParetoNBDModel.

    Covariates scale the rate of purchase (`alpha`) and the chance to leave (`a`, `b`), after Fader & Hardie
    (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models".

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"frequency": [0, 2], "recency": [0, 30.43], "T": [38.86, 38.86]})
    >>> round(BetaGeoModel(customers).loglike([0.243, 4.414, 0.793, 2.426]), 3)
    -10.013
    """

    first_included: ClassVar[bool] = False


class ModifiedBetaGeoModel(LeavingModel):
    """MBG/NBD with parameters `r`, `alpha` (rate of purchase) and `a`, `b` (chance to leave).

    `customers` has the columns `frequency`, `recency` and `T` (see `customer_summary`), and `weights` where
    rows stand for several customers. One-time buyers may have left at once, so P(alive) means something for
    the whole customer base.

    Covariates scale the rate of purchase (`alpha`) and the chance to leave (`a`, `b`), as in BetaGeoModel.

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> customers["weights"] = [50, 9, 20, 21]
    >>> round(ModifiedBetaGeoModel(customers).loglike([0.5, 6.0, 0.9, 1.6]), 3)
    -454.792
    """

    first_included: ClassVar[bool] = True
