"""What every model here is: positive parameters, a log-likelihood with its gradient, a fit and its results.

A model works on the log scale: a `point` holds the parameters' logarithms, then coefficients of covariates.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Self, TypeVar

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ownchannel.clv._covariates import Design
from ownchannel.clv._histories import WHOLE, Histories, histories, unit_of
from ownchannel.clv._optimum import (
    SAME,
    FitError,
    Limit,
    Optimum,
    Parameter,
    differences,
    highest,
    is_far,
    polished,
    weighted,
)
from ownchannel.customers import Floats, TimeUnit, time_unit
from ownchannel.formats import Shown, count

if TYPE_CHECKING:
    from statsmodels.iolib.summary import Summary

Parameters = Mapping[str, Parameter]
"""By name each parameter, or with covariates its values by row."""
Prediction = pd.Series | pd.DataFrame
"""The expected values, or with an interval a table of `expected`, `lower` and `upper`."""
Fixed = tuple[Mapping[str, float], Floats, str]
"""What is fixed at a limit, a point of all parameters to start from, and what it means."""

#: Of more distinct rows than this a part is fitted first: the whole then starts close to its own maximum.
_MANY_ROWS, _FEWER = 20_000, 5_000
#: Steps on the log scale for the slopes of predictions.
_STEP = 1e-4

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


def standard_errors(interval: float) -> float:
    """How many standard errors on either side hold an interval; ValueError for what is no share.

    >>> round(standard_errors(0.95), 3)
    1.96
    """
    if not 0 < interval < 1:
        raise ValueError(f"interval is {interval}: expected a share such as 0.95.")
    return float(ndtri((1 + interval) / 2))


def prediction(name: str, index: pd.Index, found: Floats, ends: Floats | None) -> Prediction:
    """Predictions with their index; `ends` are the lower and the upper ones, if an interval was asked for."""
    if ends is None:
        return pd.Series(found, index, name=name)
    table = pd.DataFrame({"expected": found, "lower": ends[0], "upper": ends[1]}, index)
    table.attrs["what"] = name
    return table


@dataclass(frozen=True)
class Expectation:
    """Positive predictions, and by the delta method how unsure they are."""

    value: Floats
    slope: Floats
    """How each moves with the logarithm of every parameter that is left."""
    of_parameters: Floats
    """The covariance of these logarithms."""

    @property
    def error(self) -> Floats:
        """The standard error of each."""
        variance = np.einsum("i...,ij,j...->...", self.slope, self.of_parameters, self.slope)
        with np.errstate(invalid="ignore"):  # of what is infinite
            return np.asarray(np.sqrt(variance))

    @property
    def covariance(self) -> Floats:
        """Of all of them, where they are in one row."""
        return np.asarray(self.slope.T @ self.of_parameters @ self.slope)

    def ends(self, interval: float) -> Floats:
        """The lower and the upper ends, of intervals on the log scale; what is infinite has no other end."""
        width = standard_errors(interval)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            spread = np.where(self.value > 0, np.exp(width * self.error / self.value), 1.0)
            ends = np.array([self.value / spread, self.value * spread])
        return np.where(np.isinf(self.value), np.inf, ends)


class CustomerResults(Shown):
    """A fitted model: parameters on their own scale with intervals, and predictions with theirs.

    Intervals are built on the log scale, where the likelihood is closer to a parabola. They can be pickled.
    """

    params: pd.Series
    """The parameters, by name."""
    llf: float
    """The log-likelihood."""
    nobs: float
    """Customers."""
    boundary: str
    """In a sentence where a parameter ended at its limit, and what that means; empty elsewhere."""
    converged: bool
    """Whether a maximum was reached; a fit that reached none raises FitError."""

    def __init__(self, model: Any, optimum: Optimum, limit: Limit | None, cov_type: str) -> None:
        best = optimum if limit is None else limit.optimum
        self.model, self.cov_type = model, cov_type
        self.boundary = "" if limit is None else limit.meaning
        self.point = optimum.point if limit is None else limit.point
        self._left = np.ones(len(self.point), dtype=np.bool_) if limit is None else limit.left
        self.params = pd.Series(model.to_params(self.point), model.names, name="params")
        self.llf, self.nobs, self.converged = best.value, model.data_rows.customers, best.converged
        #: Of the logarithms of the parameters that are left; nan for the others.
        self.log_covariance = np.full((len(self.point), len(self.point)), np.nan)
        inverse = np.linalg.inv(-best.hessian)
        if cov_type == "robust":
            scores = model.row_scores(self.point)[:, self._left]
            inverse = inverse @ (scores.T * model.data_rows.weights) @ scores @ inverse
        self.log_covariance[np.ix_(self._left, self._left)] = inverse

    @property
    def aic(self) -> float:
        """Akaike's information criterion: of two models of the same customers the lower one fits better."""
        return float(2.0 * (self._left.sum() - self.llf))

    @property
    def bic(self) -> float:
        """The Bayesian information criterion (Schwarz 1978), which asks more of each parameter."""
        return float(np.log(self.nobs) * self._left.sum() - 2.0 * self.llf)

    @property
    def bse(self) -> pd.Series:
        """Standard errors on the parameters' own scale (delta method)."""
        return pd.Series(np.sqrt(np.diag(self.cov_params())), self.model.names, name="bse")

    def cov_params(self) -> pd.DataFrame:
        """The covariance of the parameters on their own scale."""
        slope = self.model.stretch(self.point)
        return pd.DataFrame(self.log_covariance * np.outer(slope, slope), self.model.names, self.model.names)

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Intervals that miss with probability `alpha`: `lower`, `upper`; nan for what ended at a limit."""
        margin = standard_errors(1 - alpha) * np.sqrt(np.diag(self.log_covariance))
        lower, upper = (self.model.to_params(self.point + side * margin) for side in (-1, 1))
        return pd.DataFrame({"lower": lower, "upper": upper}, self.model.names)

    def to_pandas(self) -> pd.DataFrame:
        """One row per parameter: estimate, standard error and the ends of its 95% interval."""
        return pd.concat([self.params, self.bse, self.conf_int()], axis=1)

    def summary(self, alpha: float = 0.05) -> "Summary":
        """A table of the parameters with their intervals, and how well they fit."""
        from statsmodels.iolib.summary import Summary
        from statsmodels.iolib.table import SimpleTable

        top = [
            [type(self.model).__name__, f"{self.nobs:,.0f} customers, time in {self.model.unit}"],
            ["Log-likelihood", f"{self.llf:.3f}"],
            ["AIC, BIC", f"{self.aic:.1f}, {self.bic:.1f}"],
            ["Standard errors", "curvature" if self.cov_type == "nonrobust" else "robust (sandwich)"],
        ]
        found = pd.concat([self.params, self.bse, self.conf_int(alpha)], axis=1)
        headers = ["estimate", "std. error", f"lower {1 - alpha:.0%}", f"upper {1 - alpha:.0%}"]
        cells = [[f"{cell:.4g}" for cell in row] for row in found.to_numpy()]
        summary = Summary()
        summary.tables = [SimpleTable(top), SimpleTable(cells, headers=headers, stubs=self.model.names)]
        if self.remarks:
            summary.add_extra_txt(self.remarks)
        return summary

    @property
    def remarks(self) -> list[str]:
        """What to know before the numbers are used, in sentences; empty where there is nothing."""
        return [self.boundary] if self.boundary else []

    def __str__(self) -> str:
        found = ", ".join(f"{name} {value:.4g}" for name, value in self.params.items())
        fit = f"{self.model}: {found}; log-likelihood {self.llf:.3f}."
        return " ".join([fit, *self.remarks])

    def predicted(
        self, values: Callable[[Parameters], Floats], rows: Histories | None, interval: float | None
    ) -> tuple[Floats, Floats | None]:
        """A positive prediction by row, and its lower and upper ends, if an interval is asked for.

        `values` gives the prediction at parameters; `rows` are those of the customers, None for none.
        """
        if interval is None:
            return self._at(values, self.point, rows), None
        found = self.expectation(values, rows)
        return found.value, found.ends(interval)

    def expectation(self, values: Callable[[Parameters], Floats], rows: Histories | None) -> Expectation:
        """The same with slopes, from which errors follow."""
        left = np.flatnonzero(self._left)
        slopes = []
        for at in left:
            step = np.zeros_like(self.point)
            step[at] = _STEP
            above, below = (self._at(values, self.point + side * step, rows) for side in (1, -1))
            with np.errstate(invalid="ignore"):  # of what is infinite
                slopes.append((above - below) / (2 * _STEP))
        value = self._at(values, self.point, rows)
        return Expectation(value, np.array(slopes), self.log_covariance[np.ix_(left, left)])

    def by_customer(
        self, name: str, values: Callable[[Parameters], Floats], rows: Histories, interval: float | None
    ) -> Prediction:
        """Predictions by row of the table that `rows` were made from."""
        found, ends = self.predicted(values, rows, interval)
        return prediction(name, rows.index, rows.spread(found), None if ends is None else rows.spread(ends))

    def _at(self, values: Callable[[Parameters], Floats], point: Floats, rows: Histories | None) -> Floats:
        of_rows = self.model.row_parameters(point, self.model.data_rows if rows is None else rows)
        return np.asarray(values(of_rows), dtype=np.float64)


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
        slope = np.ones_like(point)
        slope[: len(self.parameters)] = self.to_params(point)[: len(self.parameters)]
        return slope

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
        limit = None
        if is_far(optimum) and not self.covariates:
            limit = self._at_limit(optimum, self.limits(optimum.point))
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

    def _at_limit(self, optimum: Optimum, limits: Sequence[Fixed]) -> Limit | None:
        """The first of some limits where the model explains the customers as well; None where none does."""
        found = (self._with_fixed(optimum, *limit) for limit in limits)
        return next((limit for limit in found if limit is not None), None)

    def _with_fixed(
        self, optimum: Optimum, fixed: Mapping[str, float], start: Floats, meaning: str
    ) -> Limit | None:
        point = start.copy()
        for name, value in fixed.items():
            point[self.names.index(name)] = value
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
