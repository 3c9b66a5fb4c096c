"""Where a log-likelihood is highest: a search with gradients, and sums over customers that keep it quick."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ownchannel.customers import Floats

Parameter = float | Floats
"""One value for all customers, or with covariates a value for each row."""
Parameters = Mapping[str, Parameter]
"""By name each parameter."""


class Counts:
    """Whole numbers of which there are few: functions are called once for each that occurs.

    >>> Counts(np.array([0.0, 2.0, 0.0])).by_row(lambda counts, start: np.sqrt(start + counts), 2.0)
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


def softplus(values: Floats) -> tuple[Floats, Floats]:
    """`log(1 + exp(values))` and its derivative, for values of any size."""
    small = np.exp(-np.abs(values))
    derivative = np.where(values > 0, 1.0, small) / (1.0 + small)
    return np.maximum(values, 0.0) + np.log1p(small), derivative


def weighted(weights: Floats, values: Floats) -> float:
    """The sum of values times weights; not by BLAS, whose threads wait for each other on a busy machine."""
    return float(np.einsum("i,i->", weights, values))


Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Log-likelihood and its gradient at a point."""

#: On the log scale: beyond e¹⁴ (a million) and below its inverse a parameter has left for its limit.
FARTHEST = 14.0
#: Quasi-Newton steps end where the gradient is below this, for each customer's log-likelihood is about 1.
_ROUGH = 1e-2
#: Twice what a Newton step would gain: less is nothing.
_CLOSE = 1e-13
#: The same while the curvature is known roughly only.
_ALMOST = 1e-3
#: A Newton step so short leaves the curvature as it is.
_NEAR = 1e-3
_MOST_POLISHES = 12
_WALL = 1e3
#: Steps for differences of gradients, whose error is then about a ten-billionth.
_STEP = 1e-4
#: A log-likelihood higher by less than this is worth a further parameter to nobody.
SAME = 0.01
#: On the log scale: between a fifth and five.
_MODERATE = 1.6


class FitError(RuntimeError):
    """No maximum was found; says why and what to do."""


@dataclass(frozen=True)
class Optimum:
    """Where a log-likelihood is highest."""

    point: Floats
    value: float
    hessian: Floats
    converged: bool
    """Whether the gradient vanishes and the curvature is that of a maximum."""


@dataclass(frozen=True)
class Limit:
    """The simpler model that a model becomes at its boundary, or the model itself where it is at none."""

    optimum: Optimum
    """Of the parameters that are left, in their order."""
    point: Floats
    """All parameters on the log scale; those that ended are infinite, or nan where they have no effect."""
    meaning: str
    """In a sentence: what the boundary says of the customers, and which model then applies."""
    left: NDArray[np.bool_]
    """Which of all parameters are left."""

    @classmethod
    def none(cls, optimum: Optimum) -> "Limit":
        """Of a model that is at no boundary."""
        return cls(optimum, optimum.point, "", np.ones(len(optimum.point), dtype=np.bool_))

    def beside(self) -> Floats:
        """A point inside: parameters that ended are moderate there."""
        ended = np.clip(np.nan_to_num(self.point, nan=0.0), -_MODERATE, _MODERATE)
        return np.where(self.left, self.point, ended)


def is_far(optimum: Optimum, farther: float = 7.0) -> bool:
    """Whether a maximum is none, or has a parameter beyond a thousand: a limit may be as good."""
    return not optimum.converged or bool((abs(optimum.point) > farther).any())


def highest(likelihood: Likelihood, starts: Sequence[Floats]) -> Optimum:
    """The maximum reached from the most promising start; the others are tried while it is none.

    Raises FitError where the log-likelihood is not finite at any start.

    >>> def hill(at):
    ...     return -float(((at - 3) ** 2).sum()), -2 * (at - 3)
    >>> highest(hill, [np.zeros(1)]).point.round(6)
    array([3.])
    """
    values = [likelihood(start)[0] for start in starts]
    in_order = [starts[at] for at in np.argsort(values)[::-1] if np.isfinite(values[at])]
    if not in_order:
        raise FitError(
            "The log-likelihood is not finite for any starting point: look for extreme values in the data, "
            "or give start_params."
        )
    found: list[Optimum] = []
    for start in in_order:
        found.append(_climb(likelihood, start))
        if found[-1].converged:
            return found[-1]
    return max(found, key=lambda optimum: optimum.value)


def _climb(likelihood: Likelihood, start: Floats) -> Optimum:
    """Up from one point by quasi-Newton steps, then by Newton's own."""

    def downhill(point: Floats) -> tuple[float, Floats]:
        """The negative, with walls that no parameter climbs far."""
        near = np.clip(point, -FARTHEST, FARTHEST)
        value, gradient = likelihood(near)
        if not np.isfinite(value):
            return np.inf, np.zeros_like(gradient)
        beyond = point - near
        return _WALL * float(beyond @ beyond) - value, 2 * _WALL * beyond - np.where(beyond == 0, gradient, 0)

    from scipy.optimize import minimize

    # Written in numpy: the quicker L-BFGS-B waits for other threads where the processor is busy.
    rough = minimize(downhill, start, jac=True, method="BFGS", options={"gtol": _ROUGH})
    return polished(likelihood, np.clip(rough.x, -FARTHEST, FARTHEST))


def polished(likelihood: Likelihood, point: Floats, curvature: Floats | None = None) -> Optimum:
    """The maximum close to a point, by Newton's steps; `converged` says whether it is one.

    `curvature`, where it is known roughly, serves for the steps until these are short.
    """
    value, gradient = likelihood(point)
    hessian = differences(likelihood, point) if curvature is None else curvature
    is_own = curvature is None
    for _ in range(_MOST_POLISHES):
        step = _newton_step(hessian, gradient)
        if step is None or not np.isfinite(value):
            break
        if gradient @ step < (_CLOSE if is_own else _ALMOST):
            if is_own:
                return Optimum(point, value, hessian, True)
            hessian, is_own = differences(likelihood, point), True
            continue
        further = point + step
        if (abs(further) >= FARTHEST).any():
            break
        higher, gradient_there = likelihood(further)
        if not higher >= value - _CLOSE * abs(value):
            break
        point, value, gradient = further, higher, gradient_there
        if is_own and abs(step).max() > _NEAR:
            hessian = differences(likelihood, point)
    return Optimum(point, value, hessian, False)


def _newton_step(hessian: Floats, gradient: Floats) -> Floats | None:
    """None where the curvature is not that of a maximum."""
    try:
        root = np.linalg.cholesky(-hessian)
    except np.linalg.LinAlgError:
        return None
    return np.linalg.solve(root.T, np.linalg.solve(root, gradient))


def differences(likelihood: Likelihood, point: Floats) -> Floats:
    """The matrix of second derivatives, by central differences of the gradient.

    >>> differences(lambda at: (0.0, at**2), np.array([3.0])).round(6)
    array([[6.]])
    """
    columns = []
    for at in range(len(point)):
        step = np.zeros_like(point)
        step[at] = _STEP
        columns.append((likelihood(point + step)[1] - likelihood(point - step)[1]) / (2 * _STEP))
    matrix = np.array(columns)
    return (matrix + matrix.T) / 2
