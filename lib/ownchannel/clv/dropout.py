"""Purchases to come of a customer who may leave after each of them."""

import numpy as np
from scipy.special import hyp2f1

from ownchannel.clv.special import Floats, Parameter

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
