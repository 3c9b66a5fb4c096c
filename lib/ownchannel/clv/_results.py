"""What a fit gives: parameters on their own scale with intervals, and predictions with theirs."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.base.model import GenericLikelihoodModelResults, LikelihoodModelResults
from statsmodels.iolib.summary import Summary
from statsmodels.iolib.table import SimpleTable

from ownchannel.clv._histories import Histories
from ownchannel.clv._optimum import Floats, Limit, Optimum

if TYPE_CHECKING:
    from ownchannel.clv._customer_model import CustomerModel, Parameters

#: Steps on the log scale for the slopes of predictions.
_STEP = 1e-4

Prediction = pd.Series | pd.DataFrame
"""The expected values, or with an interval a table of `expected`, `lower` and `upper`."""


def prediction(name: str, index: pd.Index, found: Floats, ends: Floats | None) -> Prediction:
    """Predictions with their index; `ends` are the lower and the upper ones, if an interval was asked for."""
    if ends is None:
        return pd.Series(found, index, name=name)
    table = pd.DataFrame({"expected": found, "lower": ends[0], "upper": ends[1]}, index)
    table.attrs["what"] = name
    return table


class CustomerResults(GenericLikelihoodModelResults):
    """A fitted model.

    `params`, `bse`, `cov_params()` and `conf_int()` are on the parameters' own scale and bear their names;
    intervals are built on the log scale, where the likelihood is closer to a parabola. `llf`, `aic`, `bic`,
    `nobs` (customers), `converged`; `boundary` says in a sentence where a parameter ended at its limit, and
    is empty elsewhere. Results can be pickled.
    """

    model: "CustomerModel"

    def __init__(self, model: "CustomerModel", optimum: Optimum, limit: Limit | None, cov_type: str) -> None:
        self.boundary = "" if limit is None else limit.meaning
        self.point = optimum.point if limit is None else limit.point
        self._left = np.ones(len(self.point), dtype=np.bool_) if limit is None else limit.left
        best = optimum if limit is None else limit.optimum
        self.log_covariance = self._covariance(model, best, cov_type)
        params = pd.Series(model.to_params(self.point), model.names, name="params")
        # Its own constructor takes every row for one customer.
        LikelihoodModelResults.__init__(self, model, params, self._own_covariance(model))
        self.nobs = model.data_rows.customers
        self.df_model, self.df_resid = float(self._left.sum()), self.nobs - self._left.sum()
        self.k_constant, self.cov_type, self.converged = 0, cov_type, best.converged
        self._llf = best.value

    def _covariance(self, model: "CustomerModel", best: Optimum, cov_type: str) -> Floats:
        """Of the parameters that are left, on the log scale; nan for the others."""
        covariance = np.full((len(self.point), len(self.point)), np.nan)
        inverse = np.linalg.inv(-best.hessian)
        if cov_type == "robust":
            scores = model.row_scores(self.point)[:, self._left]
            inverse = inverse @ (scores.T * model.data_rows.weights) @ scores @ inverse
        covariance[np.ix_(self._left, self._left)] = inverse
        return covariance

    def _own_covariance(self, model: "CustomerModel") -> Floats:
        slope = model.stretch(self.point)
        return self.log_covariance * np.outer(slope, slope)

    @property
    def llf(self) -> float:
        """The log-likelihood."""
        return self._llf

    @property
    def bse(self) -> pd.Series:
        """Standard errors on the parameters' own scale (delta method)."""
        return pd.Series(np.sqrt(np.diag(self.normalized_cov_params)), self.model.names, name="bse")

    def cov_params(self, **_: Any) -> pd.DataFrame:
        """The covariance of the parameters on their own scale."""
        return pd.DataFrame(self.normalized_cov_params, self.model.names, self.model.names)

    def conf_int(self, alpha: float = 0.05, **_: Any) -> pd.DataFrame:
        """Intervals, a row a parameter, columns `lower` and `upper`; nan for what ended at a limit."""
        margin = norm.ppf(1 - alpha / 2) * np.sqrt(np.diag(self.log_covariance))
        ends = [self.model.to_params(self.point + side * margin) for side in (-1, 1)]
        return pd.DataFrame(dict(zip(("lower", "upper"), ends, strict=True)), self.model.names)

    def summary(self, alpha: float = 0.05, **_: Any) -> Summary:
        """A table of the parameters with their intervals, and how well they fit."""
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
        if self.boundary:
            summary.add_extra_txt([self.boundary])
        return summary

    # ------------------------------------------------------------ predictions

    def predicted(
        self, values: Callable[["Parameters"], Floats], rows: Histories | None, interval: float | None
    ) -> tuple[Floats, Floats | None]:
        """A positive prediction by row, and its lower and upper ends (delta method on its logarithm).

        `values` gives the prediction at parameters; `rows` are those of the customers, None for none.
        """
        found = self._at(values, self.point, rows)
        if interval is None:
            return found, None
        if not 0 < interval < 1:
            raise ValueError(f"interval is {interval}: expected a share such as 0.95.")
        left = np.flatnonzero(self._left)
        slopes = []
        for at in left:
            step = np.zeros_like(self.point)
            step[at] = _STEP
            ends = [self._at(values, self.point + side * step, rows) for side in (1, -1)]
            slopes.append((ends[0] - ends[1]) / (2 * _STEP))
        slope = np.array(slopes)
        variance = np.einsum("i...,ij,j...->...", slope, self.log_covariance[np.ix_(left, left)], slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.exp(norm.ppf((1 + interval) / 2) * np.sqrt(variance) / found)
        spread = np.where(found > 0, spread, 1.0)
        return found, np.array([found / spread, found * spread])

    def by_customer(
        self, name: str, values: Callable[["Parameters"], Floats], rows: Histories, interval: float | None
    ) -> Prediction:
        """The same by row of the table that `rows` were made from."""
        found, ends = self.predicted(values, rows, interval)
        return prediction(name, rows.index, rows.spread(found), None if ends is None else rows.spread(ends))

    def _at(self, values: Callable[["Parameters"], Floats], point: Floats, rows: Histories | None) -> Floats:
        if rows is None:
            rows = self.model.data_rows
        return np.asarray(values(self.model.row_parameters(point, rows)), dtype=np.float64)
