"""Functions of a parameter plus a count, which thousands of customers share."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Parameter = float | Floats
"""One value for all customers, or with covariates a value for each row."""


class Counts:
    """Whole numbers of which there are few: functions are called once for each that occurs.

    >>> Counts(np.array([0.0, 2.0, 0.0])).shifted(np.sqrt, 2.0)
    array([1.41421356, 2.        , 1.41421356])
    """

    def __init__(self, values: Floats) -> None:
        self.values = values
        self._distinct, self._place = np.unique(values, return_inverse=True)

    def by_row(self, function: Callable[..., Floats], *parameters: Parameter) -> Floats:
        """`function(counts, *parameters)`, of one or more rows, with an element for every row here."""
        if any(isinstance(parameter, np.ndarray) for parameter in parameters):
            return function(self.values, *parameters)
        return np.take(function(self._distinct, *parameters), self._place, axis=-1)

    def shifted(self, function: Callable[[Floats], Floats], parameter: Parameter) -> Floats:
        """`function(parameter + count)` by row."""
        if isinstance(parameter, np.ndarray):
            return function(parameter + self.values)
        return function(parameter + self._distinct)[self._place]


def softplus(values: Floats) -> tuple[Floats, Floats]:
    """`log(1 + exp(values))` and its derivative, for values of any size."""
    small = np.exp(-np.abs(values))
    derivative = np.where(values > 0, 1.0, small) / (1.0 + small)
    return np.maximum(values, 0.0) + np.log1p(small), derivative


def weighted(weights: Floats, values: Floats) -> float:
    """The sum of values times weights; not by BLAS, whose threads wait for each other on a busy machine."""
    return float(np.einsum("i,i->", weights, values))


def broadcast(value: Parameter, rows: int) -> NDArray[np.float64]:
    """A parameter by row."""
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (rows,))
