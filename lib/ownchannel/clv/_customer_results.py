"""What every fit here gives: parameters with intervals, how well they fit, and predictions with theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from ownchannel.clv._histories import Histories
from ownchannel.clv._optimum import Limit, Parameters
from ownchannel.customers import Floats
from ownchannel.formats import Shown

if TYPE_CHECKING:
    from statsmodels.iolib.summary import Summary

    from ownchannel.clv._customer_model import CustomerModel

Prediction = pd.Series | pd.DataFrame
"""The expected values, or with an interval a table of `expected`, `lower` and `upper`."""

#: Steps on the log scale for the slopes of predictions.
_STEP = 1e-4


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

    def __init__(self, model: "CustomerModel[Any]", limit: Limit, cov_type: str) -> None:
        self.model, self.cov_type, best = model, cov_type, limit.optimum
        self.boundary, self.point, self._left = limit.meaning, limit.point, limit.left
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
