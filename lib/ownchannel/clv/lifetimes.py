"""Lifetimes in whole periods of customers whose chances to leave differ: geometric ones, mixed by a beta.

Source: Fader & Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21(1).
"""

import numpy as np

from ownchannel.clv.special import Floats


def churn(alpha: float, beta: float, periods: int) -> Floats:
    """Of those still there the share that leaves in period 1, 2, ….

    At the limits: `alpha` 0, nobody leaves; `alpha` infinite, all leave at the same rate, and `beta` stands
    for beta / alpha.

    >>> churn(1.0, 1.0, 3).tolist()
    [0.5, 0.3333333333333333, 0.25]
    """
    if alpha == 0:
        return np.zeros(periods)
    if np.isinf(alpha):
        return np.full(periods, 1 / (1 + beta))
    rising: Floats = np.arange(periods, dtype=np.float64)
    return alpha / (alpha + beta + rising)


def lifetimes(alpha: float, beta: float, periods: int) -> tuple[Floats, Floats]:
    """Log-probabilities of staying for 0, 1, … periods at least, and of leaving in period 1, 2, ….

    Each in three rows: itself, and its derivatives by the logarithms of `alpha` and `beta`.

    >>> survival, leaving = lifetimes(1.0, 1.0, 2)
    >>> np.exp(survival[0]).round(3).tolist(), np.exp(leaving[0]).round(3).tolist()
    ([1.0, 0.5, 0.333], [0.5, 0.167])
    """
    leaves = churn(alpha, beta, periods)
    stays = 1 - leaves
    of_alpha = 0.0 if np.isinf(alpha) else 1.0
    of_beta = np.ones(periods) if np.isinf(alpha) else beta / (beta + np.arange(periods))
    with np.errstate(divide="ignore"):
        log_stays = np.array([np.log1p(-leaves), -leaves * of_alpha, leaves * of_beta])
        log_leaves = np.array([np.log(leaves), stays * of_alpha, -stays * of_beta])
    survival = np.hstack([np.zeros((3, 1)), log_stays.cumsum(axis=1)])
    return survival, survival[:, :-1] + log_leaves


def chances(generator: np.random.Generator, alpha: float, beta: float, number: int) -> Floats:
    """Chances drawn from Beta(alpha, beta), which may be at the limits that `churn` takes."""
    if alpha == 0 or np.isinf(alpha):
        return np.broadcast_to(churn(alpha, beta, 1), (number,))
    return generator.beta(alpha, beta, number)
