"""What every model here is: positive parameters, a log-likelihood by row with its gradient, a fit.

Built on statsmodels: `Model(customers).fit()` gives results with `params`, `bse`, `conf_int()`, `summary()`.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from statsmodels.base.model import GenericLikelihoodModel

from ownchannel.clv._histories import WHOLE, Histories, Unit, checked, histories, unit_of
from ownchannel.clv._optimum import (
    SAME,
    FitError,
    Floats,
    Limit,
    Optimum,
    Parameter,
    differences,
    highest,
    polished,
    weighted,
)
from ownchannel.clv._results import CustomerResults

Parameters = Mapping[str, Parameter]

#: Of more distinct rows than this a part is fitted first: the whole then starts close to its own maximum.
_MANY_ROWS, _FEWER = 20_000, 5_000


class CustomerModel(GenericLikelihoodModel):
    """A model of customers, with positive parameters.

    A concrete model names its `parameters` and `columns` and writes down `row_likelihood` and `starts`; one
    with a boundary says in `limit` which simpler model it becomes there.
    """

    parameters: ClassVar[tuple[str, ...]]
    columns: ClassVar[tuple[str, ...]] = ("frequency", "recency", "T")
    whole: ClassVar[frozenset[str]] = WHOLE
    #: Parameters that covariates scale, and in which direction: a rate's scale falls as the rate rises.
    scaled_by_covariates: ClassVar[Mapping[str, int]] = {}
    results_class: ClassVar[type[CustomerResults]] = CustomerResults

    def __init__(self, customers: pd.DataFrame, unit: Unit | None = None, design: Any = None) -> None:
        """`unit`: of recency and T, else what `customer_summary` noted. `from_formula` makes `design`."""
        self.unit = unit_of(customers) if unit is None else checked(unit)
        self.design = design
        # Without the table's index, which may hold customers' keys: a fitted model can be kept in a file.
        self.data_rows = replace(self.rows(customers), index=pd.RangeIndex(len(customers)))
        self.covariates = [] if design is None else list(design.names)
        super().__init__(np.column_stack([self.data_rows[name] for name in self.columns]))
        self.df_model = float(len(self.names))
        self.df_resid = self.data_rows.customers - len(self.names)
        self.k_constant = 0
        self.data.xnames = self.names

    @classmethod
    def from_formula(cls, formula: str, customers: pd.DataFrame, unit: Unit | None = None) -> Self:
        """The model with covariates, such as `"~ channel"`, that scale the parameters named for it.

        Raises ValueError for a model that takes no covariates and for a formula that names a column which is
        not there or empty in some row.
        """
        from ownchannel.clv._covariates import Design

        if not cls.scaled_by_covariates:
            raise ValueError(f"{cls.__name__} takes no covariates: fit it for each group apart.")
        return cls(customers, unit=unit, design=Design.of(formula, customers))

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

    def limit(self, optimum: Optimum) -> Limit | None:
        """The simpler model that this one becomes at a boundary, where the optimum lies there."""
        return None

    # ------------------------------------------------------------ the likelihood, on the log scale

    def row_parameters(self, point: Floats, rows: Histories) -> Parameters:
        """The parameters at a point (logarithms, then coefficients), by row where covariates scale them."""
        own = len(self.parameters)
        p: dict[str, Parameter] = {
            name: float(value) for name, value in zip(self.parameters, np.exp(point[:own]), strict=True)
        }
        coefficients = point[own:].reshape(len(self.scaled_by_covariates), len(self.covariates))
        if self.covariates:
            design = _design(rows, len(self.covariates))
            for (name, sign), of_name in zip(self.scaled_by_covariates.items(), coefficients, strict=True):
                p[name] = p[name] * np.exp(sign * (design @ of_name))
        return p

    def likelihood(self, point: Floats, rows: Histories | None = None) -> tuple[float, Floats]:
        """The log-likelihood of all customers, and its gradient, at a point on the log scale."""
        rows = self.data_rows if rows is None else rows
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            values, slopes = self.row_likelihood(self.row_parameters(point, rows), rows)
        gradient = [weighted(rows.weights, slopes[name]) for name in self.parameters]
        if self.covariates:
            design = _design(rows, len(self.covariates))
            for name, sign in self.scaled_by_covariates.items():
                gradient.extend(sign * ((rows.weights * slopes[name]) @ design))
        return weighted(rows.weights, values), np.array(gradient)

    def row_scores(self, point: Floats) -> Floats:
        """By row (not weighted) the gradient at a point on the log scale."""
        rows = self.data_rows
        _, slopes = self.row_likelihood(self.row_parameters(point, rows), rows)
        columns = [np.broadcast_to(slopes[name], len(rows)) for name in self.parameters]
        if self.covariates:
            design = _design(rows, len(self.covariates))
            for name, sign in self.scaled_by_covariates.items():
                columns.extend(sign * slopes[name] * column for column in design.T)
        return np.column_stack(columns)

    # ------------------------------------------------------------ statsmodels' contract, on the own scale

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
        slope = np.ones_like(point)
        slope[: len(self.parameters)] = np.exp(point[: len(self.parameters)])
        return slope

    def loglike(self, params: Any) -> float:
        """The log-likelihood of all customers at these parameters."""
        return self.likelihood(self.to_point(params))[0]

    def loglikeobs(self, params: Any) -> Floats:
        """The log-likelihood of each distinct row's customers."""
        rows = self.data_rows
        values, _ = self.row_likelihood(self.row_parameters(self.to_point(params), rows), rows)
        return rows.weights * values

    def score(self, params: Any) -> Floats:
        """The gradient of `loglike`."""
        point = self.to_point(params)
        return self.likelihood(point)[1] / self.stretch(point)

    def score_obs(self, params: Any, **_: Any) -> Floats:
        """The gradient of `loglikeobs`, a row a distinct row."""
        point = self.to_point(params)
        return self.data_rows.weights[:, None] * self.row_scores(point) / self.stretch(point)

    def hessian(self, params: Any) -> Floats:
        """The second derivatives of `loglike`, by differences of the gradient."""
        point = self.to_point(params)
        slope = self.stretch(point)
        own = np.where(np.arange(len(point)) < len(self.parameters), self.likelihood(point)[1], 0.0)
        curvature: Floats = differences(self.likelihood, point) - np.diag(own)
        return curvature / np.outer(slope, slope)

    # ------------------------------------------------------------ the fit

    def fit(self, start_params: Any = None, cov_type: str = "nonrobust", **_: Any) -> CustomerResults:
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
        limit = self.limit(optimum)
        if limit is not None:
            # The search may have left for the limit past a maximum: look once more from beside it.
            inside = highest(self.likelihood, [limit.beside()])
            if inside.converged and inside.value > limit.optimum.value + SAME:
                optimum, limit = inside, None
        if limit is None and not optimum.converged:
            raise FitError(
                f"{type(self).__name__} found no maximum: the log-likelihood still rises at "
                f"{self._told(optimum.point)}. There may be too few repeat purchases for it; try a "
                "model with fewer parameters, more customers or a longer time, or give start_params."
            )
        return self.results_class(self, optimum, limit, cov_type)

    def _highest(self, starts: list[Floats]) -> Optimum:
        rows = self.data_rows
        if len(rows) <= _MANY_ROWS:
            return highest(self.likelihood, starts)
        some = rows.some(np.arange(0, len(rows), len(rows) // _FEWER))
        near = highest(lambda point: self.likelihood(point, some), starts)
        curvature = near.hessian * (rows.customers / some.customers)
        optimum = polished(self.likelihood, near.point, curvature)
        return optimum if optimum.converged else highest(self.likelihood, [near.point, *starts])

    def _told(self, point: Floats) -> str:
        return ", ".join(f"{n} = {v:.4g}" for n, v in zip(self.names, self.to_params(point), strict=True))


def _design(rows: Histories, covariates: int) -> Floats:
    return np.column_stack([rows[f"covariate {at}"] for at in range(covariates)])


# ------------------------ A model with some parameters held at their limits, where it explains the

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
