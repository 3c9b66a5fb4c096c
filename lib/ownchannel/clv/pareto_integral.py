"""The integral in the Pareto/NBD's likelihood: over all times at which a customer may have left.

Its closed form takes hypergeometric functions, which lose their digits or overflow for many purchases or for
scales far apart; and their derivatives have no closed form. Here all of it is a sum over a few nodes.
"""

from dataclasses import dataclass

import numpy as np

from ownchannel.clv.base import Parameters
from ownchannel.clv.histories import Histories
from ownchannel.clv.special import Floats, broadcast

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(28)
_PLACES, _SHARES = (_NODES[:, None] + 1.0) / 2.0, _WEIGHTS / 2.0

#: What is e³² times smaller than the integrand at its begin adds nothing to the integral.
_FALL = 32.0
_TINY = 1e-300
#: Rows that are integrated together: their nodes fit into the processor's cache.
_ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class AtTimes:
    """Functions of time that the derivatives need: at one time, or their means over many."""

    log_alpha: Floats
    """`log(alpha + time)`."""
    log_beta: Floats
    """`log(beta + time)`."""
    per_alpha: Floats
    """`1 / (alpha + time)`."""
    per_beta: Floats
    """`1 / (beta + time)`."""


def having_left(p: Parameters, rows: Histories) -> tuple[Floats, AtTimes]:
    """The logarithm of `s ∫ (alpha + τ)^-(r + x) (beta + τ)^-(s + 1) dτ` by row, and means under it.

    From recency to T; -inf where there is no time between, or `s` is 0. Accurate to ten digits.

    >>> import pandas as pd
    >>> from ownchannel.clv.histories import histories
    >>> customer = pd.DataFrame({"frequency": [1], "recency": [0.0], "T": [1.0]})
    >>> rows = histories(customer, list(customer))
    >>> value, _ = having_left({"r": 1.0, "alpha": 1.0, "s": 1.0, "beta": 1.0}, rows)
    >>> (3 * np.exp(value)).round(10)  # 1 - 2⁻³
    array([0.875])
    """
    values = (p["r"] + rows["frequency"], p["alpha"], p["s"], p["beta"], rows["recency"], rows["T"])
    table = np.array([broadcast(value, len(rows)) for value in values])
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
    log_near_mean = np.log(begin) + _mean(parts, further)
    log_far_mean = _mean(parts, log_far)
    per_near_mean, per_far_mean = _mean(parts, 1.0 / of_near), _mean(parts, 1.0 / of_far)
    return np.array(
        [
            log_integral,
            np.where(alpha_is_near, log_near_mean, log_far_mean),
            np.where(alpha_is_near, log_far_mean, log_near_mean),
            np.where(alpha_is_near, per_near_mean, per_far_mean),
            np.where(alpha_is_near, per_far_mean, per_near_mean),
        ]
    )


def _mean(parts: Floats, values: Floats) -> Floats:
    mean: Floats = np.einsum("ij,ij->j", parts, values)
    return mean
