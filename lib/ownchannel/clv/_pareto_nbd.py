"""Pareto/NBD: customers buy at a rate of their own, and leave at a rate of their own at any time.

Source: Schmittlein, Morrison & Colombo (1987), "Counting your customers: who are they and what will they do
next?", Management Science 33(1), 1-24.

The likelihood has an integral over all times at which a customer may have left. Its closed form takes
hypergeometric functions, which lose their digits or overflow for many purchases or for scales far apart; and
their derivatives have no closed form. Here all of it is a sum over a few nodes.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import exprel

from ownchannel.clv._customer_model import LARGE, NOBODY_LEAVES, SAME_RATE, Fixed
from ownchannel.clv._histories import Histories
from ownchannel.clv._optimum import Parameters, softplus
from ownchannel.clv._purchase_model import PurchaseModel, of_purchases
from ownchannel.customers import Floats

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(28)
_PLACES, _SHARES = (_NODES[:, None] + 1.0) / 2.0, _WEIGHTS / 2.0

#: What is e³² times smaller than the integrand at its begin adds nothing to the integral.
_FALL = 32.0
_TINY = 1e-300
#: Rows that are integrated together: their nodes fit into the processor's cache.
_ROWS_AT_ONCE = 2_000

_SAME_LIFE = (
    "These customers all seem to leave at the same rate, s / beta: s grew without bound and is held at "
    "10,000. More customers, or a longer time, would separate them."
)


class AtTimes(NamedTuple):
    """Functions of time that the derivatives need: at one time, or their means over many.

    `log(alpha + time)`, `log(beta + time)`, `1 / (alpha + time)` and `1 / (beta + time)`.
    """

    log_alpha: Floats
    log_beta: Floats
    per_alpha: Floats
    per_beta: Floats


def having_left(p: Parameters, rows: Histories) -> tuple[Floats, AtTimes]:
    """The logarithm of `s ∫ (alpha + τ)^-(r + x) (beta + τ)^-(s + 1) dτ` by row, and means under it.

    From recency to T; -inf where there is no time between, or `s` is 0. Accurate to ten digits.

    >>> import pandas as pd
    >>> from ownchannel.clv._histories import histories
    >>> customer = pd.DataFrame({"frequency": [1], "recency": [0.0], "T": [1.0]})
    >>> rows = histories(customer, list(customer))
    >>> value, _ = having_left({"r": 1.0, "alpha": 1.0, "s": 1.0, "beta": 1.0}, rows)
    >>> (3 * np.exp(value)).round(10)  # 1 - 2⁻³
    array([0.875])
    """
    values = (p["r"] + rows["frequency"], p["alpha"], p["s"], p["beta"], rows["recency"], rows["T"])
    table = np.array([np.broadcast_to(value, len(rows)) for value in values])
    blocks = np.array_split(table, len(rows) // _ROWS_AT_ONCE + 1, axis=1)
    log_integral, *means = np.concatenate([_integrated(block) for block in blocks], axis=1)
    with np.errstate(divide="ignore"):  # nobody leaves where s is 0
        return np.log(p["s"]) + log_integral, AtTimes(*means)


def _integrated(table: Floats) -> Floats:
    """The logarithm of the integral, then the means in the order of `AtTimes`: by Gauss-Legendre quadrature.

    With `near` the smaller of alpha and beta and u = log(near + τ), the integrand's logarithm is
    `(1 - power_near)·u - power_far·log(exp(u) + gap)`: concave, and without any scale but that of its nodes.
    """
    shape, alpha, s, beta, recency, age = table
    alpha_is_near = alpha <= beta
    near, gap = np.minimum(alpha, beta), np.abs(alpha - beta)
    power_near = np.where(alpha_is_near, shape, s + 1.0)
    power_far = np.where(alpha_is_near, s + 1.0, shape)
    begin = near + recency
    # Concave, it falls ever faster: at the begin's slope it would be gone after this width at the latest.
    slope = power_near - 1.0 + power_far * begin / (begin + gap)
    width = np.minimum(np.log1p((age - recency) / begin), _FALL / np.maximum(slope, _TINY))
    further = _PLACES * width
    of_near = begin * np.exp(further)
    of_far = of_near + gap
    log_far = np.log(of_far)
    at_begin = (1.0 - power_near) * np.log(begin) - power_far * np.log(begin + gap)
    parts = np.exp((1.0 - power_near) * further - power_far * (log_far - np.log(begin + gap)))
    parts *= _SHARES[:, None]
    height = parts.sum(axis=0)
    parts /= height
    with np.errstate(divide="ignore"):  # no time to leave since the last purchase
        log_integral = at_begin + np.log(width * height)
    functions = (further, log_far, 1.0 / of_near, 1.0 / of_far)
    near_first = np.array([np.einsum("ij,ij->j", parts, values) for values in functions])
    near_first[0] += np.log(begin)
    alpha_first = np.where(alpha_is_near, near_first, near_first[[1, 0, 3, 2]])
    return np.vstack([log_integral, alpha_first])


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
        p = _with_any_beta(p)
        r, alpha, s, beta = (p[name] for name in cls.parameters)
        x, age = rows["frequency"], rows["T"]
        at_end = AtTimes(np.log(alpha + age), np.log(beta + age), 1.0 / (alpha + age), 1.0 / (beta + age))
        staying = -(r + x) * at_end.log_alpha - s * at_end.log_beta
        leaving, before = having_left(p, rows)
        more, left = softplus(leaving - staying)
        common, of_count = rows.counts("frequency").by_row(of_purchases, r, alpha)
        of_r = of_count - at_end.log_alpha - left * (before.log_alpha - at_end.log_alpha)
        of_s = np.log(beta) - at_end.log_beta - left * (before.log_beta - at_end.log_beta)
        of_alpha = (1 - left) * at_end.per_alpha + left * before.per_alpha
        of_beta = (1 - left) * s * at_end.per_beta + left * (s + 1.0) * before.per_beta
        slopes = {
            "r": r * of_r,
            "alpha": r - alpha * (r + x) * of_alpha,
            "s": s * of_s + left,
            "beta": s - beta * of_beta,
        }
        return common + s * np.log(beta) + staying + more, slopes

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Rates as frequent as the customers' own, with half or a tenth of them gone by now."""
        age = float(rows.weights @ rows["T"] / rows.customers)
        time_a_purchase = float(rows.weights @ rows["T"] / (rows.weights @ rows["frequency"] + 1.0))
        return [(r, r * time_a_purchase / 2, s, age / 2) for r in (0.5, 1.0) for s in (0.6, 0.1)]

    def limits(self, point: Floats) -> Sequence[Fixed]:
        """Where nobody leaves, or all leave or buy at one rate."""
        r, alpha, s, beta = point
        never: dict[str, float] = {"s": -np.inf, "beta": np.nan}
        one_rate = np.array([LARGE, alpha - r + LARGE, s, beta])
        one_life = np.array([r, alpha, LARGE, beta - s + LARGE])
        both = np.array([LARGE, alpha - r + LARGE, LARGE, beta - s + LARGE])
        return (
            (never, point, NOBODY_LEAVES),
            ({"s": LARGE}, one_life, _SAME_LIFE),
            ({"r": LARGE}, one_rate, SAME_RATE),
            ({"r": LARGE, **never}, one_rate, f"{SAME_RATE} {NOBODY_LEAVES}"),
            ({"r": LARGE, "s": LARGE}, both, f"{SAME_RATE} {_SAME_LIFE}"),
        )

    @staticmethod
    def alive(p: Parameters, rows: Histories) -> Floats:
        """The share of being there at T in the likelihood."""
        p = _with_any_beta(p)
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
        drops = generator.gamma(p["s"], 1.0 / np.asarray(_with_any_beta(p)["beta"]), number)
        with np.errstate(divide="ignore", over="ignore"):  # a lifetime may have no end
            there = np.minimum(generator.exponential(1.0, number) / drops, ages)
        frequency = generator.poisson(rate * there).astype(np.float64)
        # The last of so many uniform times.
        recency = there * generator.random(number) ** (1.0 / np.maximum(frequency, 1.0))
        return frequency, np.where(frequency > 0, recency, 0.0)


def _with_any_beta(p: Parameters) -> Parameters:
    """The parameters, with any `beta` where nobody leaves and it has no effect."""
    return {**p, "beta": 1.0} if np.all(np.asarray(p["s"]) == 0) else p


def _time_until_gone(p: Parameters, age: Floats, t: float) -> Floats:
    """Of the time `t` what an active customer of this age is expected to stay."""
    scale = _with_any_beta(p)["beta"] + age
    longer = np.log1p(t / scale)
    # (1 - exp(-(s - 1)·longer)) / (s - 1), with its limit where s is 1.
    stays: Floats = scale * longer * exprel((1.0 - p["s"]) * longer)
    return stays
