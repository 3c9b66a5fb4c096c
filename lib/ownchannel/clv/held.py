"""A model with some parameters held at their limits, where it explains the customers as well."""

from collections.abc import Mapping, Sequence

import numpy as np

from ownchannel.clv.base import CustomerModel
from ownchannel.clv.optimum import SAME, Limit, Optimum, highest
from ownchannel.clv.special import Floats

#: The logarithm of 10,000: a gamma distribution of that shape varies by one in a hundred.
LARGE = float(np.log(10_000))

NOBODY_LEAVES = (
    "These customers do not seem to leave: the model without drop-out (NBD) explains them as well, and every "
    "customer then counts as alive. Repeats on one day that were counted apart, or a time too short for "
    "anyone to leave, look the same."
)
SAME_RATE = (
    "These customers all seem to buy at the same rate, one purchase in alpha / r while they are there: r "
    "grew without bound and is held at 10,000. More customers, or a longer time, would tell them apart."
)

Held = tuple[Mapping[str, float], Floats, str]
"""What is held, a point to start from, and what it means."""


def first_held(model: CustomerModel, optimum: Optimum, limits: Sequence[Held]) -> Limit | None:
    """The first of some limits where the model explains the customers as well; None where none does."""
    found = (held_at_limit(model, optimum, held, start, meaning) for held, start, meaning in limits)
    return next((limit for limit in found if limit is not None), None)


def held_at_limit(
    model: CustomerModel, optimum: Optimum, held: Mapping[str, float], start: Floats, meaning: str
) -> Limit | None:
    """The model's maximum with parameters held, or None where the free one is higher.

    `held` are logarithms: infinite, nan for a parameter that then has no effect, or so large that more of it
    changes nothing. `start` is a point of all
    parameters. The model's likelihood must hold there.
    """
    point = start.copy()
    for name, value in held.items():
        point[model.names.index(name)] = value
    left = np.array([name not in held for name in model.names])

    def whole(of_left: Floats) -> Floats:
        filled = point.copy()
        filled[left] = of_left
        return filled

    def likelihood(of_left: Floats) -> tuple[float, Floats]:
        value, gradient = model.likelihood(whole(of_left))
        return value, gradient[left]

    simpler = highest(likelihood, [point[left], np.zeros(int(left.sum()))])
    if not simpler.converged or optimum.value > simpler.value + SAME:
        return None
    return Limit(simpler, whole(simpler.point), meaning, left)
