"""How bad the bad draws are, when money is gone, and when it has come back."""

from dataclasses import dataclass

import numpy as np

from ownchannel.clv.special import Floats


@dataclass(frozen=True)
class Loss:
    """What is lost: in the mean, at most in 95% of the draws, and in the mean of the worst 5%."""

    mean: float
    var: float
    cvar: float


def how_many(share: float, draws: int) -> int:
    """⌈share·n⌉: how many draws are the worst share of them.

    >>> how_many(0.07, 100), how_many(0.05, 10)
    (7, 1)
    """
    if not 0 < share <= 1:
        raise ValueError(f"The share of worst draws is {share}: expected above 0 and at most 1.")
    return int(np.ceil(round(share * draws, 9)))


def worst_mean(values: Floats, share: float = 0.05) -> float:
    """The mean of the lowest ⌈share·n⌉ values: conditional value at risk.

    Source: Rockafellar & Uryasev (2002), "Conditional value-at-risk for general loss distributions", Journal
    of Banking & Finance 26(7), 1443-1471.

    >>> worst_mean(np.arange(100.0), 0.05)
    2.0
    """
    number = how_many(share, len(values))
    return float(np.partition(values, number - 1)[:number].mean())


def loss_of(lost: Floats) -> Loss:
    """The measures of a loss by draw; the VaR is the best of the worst 5%.

    >>> loss_of(np.arange(100.0))
    Loss(mean=49.5, var=95.0, cvar=97.0)
    """
    worst = how_many(0.05, len(lost))
    return Loss(float(lost.mean()), float(-np.partition(-lost, worst - 1)[worst - 1]), -worst_mean(-lost))


def payback_months(gained: Floats) -> Floats:
    """By draw the first month after which the cumulative gain stays at 0 or above; infinite where never.

    `gained`: of each month (row) and draw, months from 0: set-up costs stand in row 0.

    >>> payback_months(np.array([[-5.0, 0.0], [3.0, 1.0], [4.0, -2.0]]))
    array([ 2., inf])
    """
    below = np.cumsum(gained, axis=0) < -1e-9
    months = np.arange(len(gained) - 1, -1, -1)
    last_below = np.where(below.any(axis=0), months[np.argmax(below[::-1], axis=0)], -1)
    return np.where(last_below == len(gained) - 1, np.inf, last_below + 1.0)


def first_below_zero(balance: Floats) -> int | None:
    """The first month whose balance is below 0; None where there is none.

    >>> first_below_zero(np.array([10.0, 2.0, -1.0])), first_below_zero(np.array([1.0]))
    (2, None)
    """
    below = np.flatnonzero(balance < 0)
    return int(below[0]) if len(below) else None
