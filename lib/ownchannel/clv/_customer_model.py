"""What every model here is: positive parameters, a log-likelihood with its gradient, and a fit.

A model works on the log scale: a `point` holds the parameters' logarithms, then coefficients of covariates.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

import numpy as np
import pandas as pd

from ownchannel.clv._covariates import Design
from ownchannel.clv._customer_results import CustomerResults
from ownchannel.clv._histories import WHOLE, Histories, histories, unit_of
from ownchannel.clv._optimum import (
    SAME,
    FitError,
    Limit,
    Optimum,
    Parameter,
    Parameters,
    differences,
    highest,
    is_far,
    polished,
    weighted,
)
from ownchannel.customers import Floats, TimeUnit, time_unit
from ownchannel.formats import count

Fixed = tuple[Mapping[str, float], Floats, str]
"""What is fixed at a limit, a point of all parameters to start from, and what it means."""

#: Of more distinct rows than this a part is fitted first: the whole then starts close to its own maximum.
_MANY_ROWS, _FEWER = 20_000, 5_000

#: The logarithm of 10,000: a gamma distribution of that shape varies by one in a hundred.
LARGE = float(np.log(10_000))
NOBODY_LEAVES = (
    "These customers do not seem to leave: the model without drop-out (NBD) explains them as well, and every "
    "customer then counts as alive. Repeats on one day that were counted apart, or a time too short for "
    "anyone to leave, look the same."
)
SAME_RATE = (
    "These customers all seem to buy at the same rate, one purchase in alpha / r while they are there: r "
    "grew without bound and is held at 10,000. More customers, or a longer time, would separate them."
)


R = TypeVar("R", bound=CustomerResults)


class CustomerModel(ABC, Generic[R]):
    """A model of customers, with positive parameters.

    A concrete model names its `parameters` and `columns` and writes down `row_likelihood` and `starts`; one
    with a boundary says in `limits` which simpler models it becomes there.
    """

    parameters: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]] = ("frequency", "recency", "T")
    whole: ClassVar[frozenset[str]] = WHOLE
    #: Parameters that covariates scale, and in which direction: a rate's scale falls as the rate rises.
    scaled_by_covariates: ClassVar[Mapping[str, int]] = {}
    results_class: type[R]
    unit: TimeUnit | Literal["periods"]

    def __init__(
        self, customers: pd.DataFrame, unit: TimeUnit | None = None, design: Design | None = None
    ) -> None:
        """`unit`: of recency and T, else what `customer_summary` noted. `from_formula` makes `design`."""
        self.unit = unit_of(customers) if unit is None else time_unit(unit)
        self.design = design
        self.covariates = [] if design is None else list(design.names)
        # Without the table's index, which may hold customers' keys: a fitted model can be kept in a file.
        self.data_rows = replace(self.rows(customers), index=pd.RangeIndex(len(customers)))

    @classmethod
    def from_formula(cls, formula: str, customers: pd.DataFrame, unit: TimeUnit | None = None) -> Self:
        """The model with covariates, such as `"~ channel"`, that scale the parameters named for it.

        Raises ValueError for a model that takes no covariates and for a formula that names a column which is
        not there or empty in some row.
        """
        if not cls.scaled_by_covariates:
            raise ValueError(f"{cls.__name__} takes no covariates: fit it for each group apart.")
        return cls(customers, unit=unit, design=Design.of(formula, customers))

    def __repr__(self) -> str:
        given = f" by {', '.join(self.covariates)}" if self.covariates else ""
        return f"{type(self).__name__} of {count(round(self.data_rows.customers), 'customer')}{given}"[:960]

    @property
    def names(self) -> list[str]:
        """All parameters: the model's own, then for each that covariates scale its coefficients."""
        further = [f"{name}[{each}]" for name in self.scaled_by_covariates for each in self.covariates]
        return [*self.parameters, *further]

    def rows(self, customers: pd.DataFrame) -> Histories:
        """The distinct rows of a table of customers, checked."""
        extra = None if self.design is None else self.design.matrix(customers)
        return histories(customers, self.columns, self.whole, extra)

    # ------------------------------------------------------------ what a concrete model writes down

    @classmethod
    @abstractmethod
    def row_likelihood(cls, p: Parameters, rows: Histories) -> tuple[Floats, dict[str, Floats]]:
        """By row the log-likelihood, and its derivative by the logarithm of each parameter."""

    @classmethod
    @abstractmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """Several starting points for the parameters."""

    def limits(self, point: Floats) -> Sequence[Fixed]:
        """The simpler models that this one may become at its boundaries, the first choice first.

        Each holds logarithms of some parameters: infinite, nan for a parameter that then has no effect, or so
        large that more of it changes nothing. The likelihood must hold there. `point`: where a search ended.
        """
        return ()

    # ------------------------------------------------------------ the likelihood, on the log scale

    def row_parameters(self, point: Floats, rows: Histories) -> Parameters:
        """The parameters at a point, by row where covariates scale them."""
        own = len(self.parameters)
        p: dict[str, Parameter] = {
            name: float(value) for name, value in zip(self.parameters, np.exp(point[:own]), strict=True)
        }
        if self.covariates:
            coefficients = point[own:].reshape(len(self.scaled_by_covariates), len(self.covariates))
            for (name, sign), of_name in zip(self.scaled_by_covariates.items(), coefficients, strict=True):
                p[name] = p[name] * np.exp(sign * (rows.covariates @ of_name))
        return p

    def _by_row(self, point: Floats, rows: Histories) -> tuple[Floats, list[Floats]]:
        """By row the log-likelihood, and its derivative by each element of the point."""
        values, slopes = self.row_likelihood(self.row_parameters(point, rows), rows)
        columns = [np.broadcast_to(slopes[name], len(rows)) for name in self.parameters]
        if self.covariates:
            for name, sign in self.scaled_by_covariates.items():
                columns.extend(sign * slopes[name] * column for column in rows.covariates.T)
        return values, columns

    def likelihood(self, point: Floats, rows: Histories | None = None) -> tuple[float, Floats]:
        """The log-likelihood of all customers, and its gradient, at a point on the log scale."""
        rows = self.data_rows if rows is None else rows
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            values, columns = self._by_row(point, rows)
        gradient = [weighted(rows.weights, column) for column in columns]
        return weighted(rows.weights, values), np.array(gradient)

    def row_scores(self, point: Floats) -> Floats:
        """By row (not weighted) the gradient at a point on the log scale."""
        return np.column_stack(self._by_row(point, self.data_rows)[1])

    # ------------------------------------------------------------ the same on the parameters' own scale

    def to_point(self, params: Any) -> Floats:
        """Parameters as a point on the log scale."""
        point = np.array(params, dtype=np.float64)
        with np.errstate(divide="ignore"):
            point[: len(self.parameters)] = np.log(point[: len(self.parameters)])
        return point

    def to_params(self, point: Floats) -> Floats:
        """A point on the log scale as parameters."""
        params = point.copy()
        params[: len(self.parameters)] = np.exp(point[: len(self.parameters)])
        return params

    def stretch(self, point: Floats) -> Floats:
        """How fast each parameter moves with its logarithm."""
        return np.where(np.arange(len(point)) < len(self.parameters), self.to_params(point), 1.0)

    def loglike(self, params: Any) -> float:
        """The log-likelihood of all customers at these parameters."""
        return self.likelihood(self.to_point(params))[0]

    def loglikeobs(self, params: Any) -> Floats:
        """The log-likelihood of each distinct row's customers."""
        return self.data_rows.weights * self._by_row(self.to_point(params), self.data_rows)[0]

    def score(self, params: Any) -> Floats:
        """The gradient of `loglike`."""
        point = self.to_point(params)
        return self.likelihood(point)[1] / self.stretch(point)

    def hessian(self, params: Any) -> Floats:
        """The second derivatives of `loglike`, by differences of the gradient."""
        point = self.to_point(params)
        slope = self.stretch(point)
        own = np.where(np.arange(len(point)) < len(self.parameters), self.likelihood(point)[1], 0.0)
        curvature: Floats = differences(self.likelihood, point) - np.diag(own)
        return curvature / np.outer(slope, slope)

    # ------------------------------------------------------------ the fit

    def fit(self, start_params: Any = None, cov_type: str = "nonrobust") -> R:
        """The maximum of the likelihood.

        `cov_type`: "nonrobust" (from the curvature), or "robust" (the sandwich, which holds where the model
        is somewhat wrong). Raises FitError where no maximum is reached and no limit of the model explains it.
        """
        if cov_type not in ("nonrobust", "robust"):
            raise ValueError(f"cov_type is {cov_type!r}: expected 'nonrobust' or 'robust'.")
        further = [0.0] * (len(self.names) - len(self.parameters))
        starts = [self.to_point([*start, *further]) for start in self.starts(self.data_rows)]
        if start_params is not None:
            starts = [self.to_point(start_params)]
        optimum = self._highest(starts)
        is_plain = is_far(optimum) and not self.covariates
        limit = self._at_limit(optimum, self.limits(optimum.point)) if is_plain else None
        if limit is not None:
            # The search may have left for the limit past a maximum: look once more from beside it.
            inside = highest(self.likelihood, [limit.beside()])
            if inside.converged and inside.value > limit.optimum.value + SAME:
                optimum, limit = inside, None
        if limit is None and not optimum.converged:
            ended = zip(self.names, self.to_params(optimum.point), strict=True)
            raise FitError(
                f"{type(self).__name__} found no maximum: the log-likelihood still rises at "
                f"{', '.join(f'{name} = {value:.4g}' for name, value in ended)}. There may be too few repeat "
                "purchases for it; try a model with fewer parameters, more customers or a longer time, or "
                "give start_params."
            )
        return self.results_class(self, limit or Limit.none(optimum), cov_type)

    def _highest(self, starts: list[Floats]) -> Optimum:
        rows = self.data_rows
        if len(rows) <= _MANY_ROWS:
            return highest(self.likelihood, starts)
        some = rows.some(np.arange(0, len(rows), len(rows) // _FEWER))
        near = highest(lambda point: self.likelihood(point, some), starts)
        curvature = near.hessian * (rows.customers / some.customers)
        optimum = polished(self.likelihood, near.point, curvature)
        return optimum if optimum.converged else highest(self.likelihood, [near.point, *starts])

    def _at_limit(self, optimum: Optimum, limits: Sequence[Fixed]) -> Limit | None:
        """The first of some limits where the model explains the customers as well; None where none does."""
        found = (self._with_fixed(optimum, *limit) for limit in limits)
        return next((limit for limit in found if limit is not None), None)

    def _with_fixed(
        self, optimum: Optimum, fixed: Mapping[str, float], start: Floats, meaning: str
    ) -> Limit | None:
        point = np.array([fixed.get(name, value) for name, value in zip(self.names, start, strict=True)])
        left = np.array([name not in fixed for name in self.names])

        def whole(of_left: Floats) -> Floats:
            filled = point.copy()
            filled[left] = of_left
            return filled

        def likelihood(of_left: Floats) -> tuple[float, Floats]:
            value, gradient = self.likelihood(whole(of_left))
            return value, gradient[left]

        simpler = highest(likelihood, [point[left], np.zeros(int(left.sum()))])
        if not simpler.converged or optimum.value > simpler.value + SAME:
            return None
        return Limit(simpler, whole(simpler.point), meaning, left)
