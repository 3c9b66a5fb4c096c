"""The time to an event that some have not had yet: Kaplan-Meier curves, log-rank test, Cox regression."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ownchannel.customers._purchases import Floats
from ownchannel.formats import Shown, count, listed, percent

#: Customers who must still be watched at an age for the curve to be trusted there.
ENOUGH_AT_RISK = 30

#: Days after the first purchase within which the repeat rate counts a second one.
YEAR = 365

#: The standard normal distribution's 97.5% point, for 95% intervals.
Z = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A share at an age in days, with its 95% interval."""

    days: float
    share: float
    lower: float
    upper: float

    def __str__(self) -> str:
        return f"{percent(self.share)} (95% range {percent(self.lower)} to {percent(self.upper)})"


@dataclass(frozen=True, repr=False)
class ReturnCurve(Shown):
    """The share of customers who have bought again, over the days since the first purchase.

    `table` has a row for day 0 and for each day on which somebody came back: `days, share, lower, upper,
    at_risk, events`. Shares lie between 0 and 1; the 95% band is pointwise, on the complementary log-log
    scale, and missing where everybody has come back. `at_risk` counts the customers who were watched until
    that day and had not come back before it.
    """

    table: pd.DataFrame
    customers: int
    returned: int
    median: float | None
    """Days after which half have come back; None where observation ends before that."""
    median_range: tuple[float, float] | None
    """Its 95% interval; the upper end may be infinite. None where it is unknown."""
    watched: Floats
    """Days that each customer was watched until coming back or the end of observation, sorted."""

    def __str__(self) -> str:
        half = "" if self.median is None else f"; half of all have done so after {self.median:.0f} days"
        return f"{self.returned:,} of {count(self.customers, 'customer')} came back{half}."

    def to_pandas(self) -> pd.DataFrame:
        """The table of the curve."""
        return self.table

    def at_risk(self, days: ArrayLike) -> NDArray[np.int64]:
        """Customers watched until those days who had not come back before them."""
        return self.customers - np.searchsorted(self.watched, days, side="left")

    def returned_by(self, days: float) -> Estimate:
        """The share who have bought again after so many days.

        Raises ValueError for an age that no customer was watched for.
        """
        longest = self.watched[-1]
        if not 0 <= days <= longest:
            raise ValueError(
                f"days is {days}: expected 0 to {longest:.0f}, the longest that anybody was watched."
            )
        row = self.table.iloc[int(np.searchsorted(self.table["days"], days, side="right")) - 1]
        upper = float(row["upper"])
        if row["share"] == 0:
            # Nobody of those watched so long: the exact binomial limit, where the band has no width.
            upper = 1 - 0.025 ** (1 / int(self.at_risk(days)))
        return Estimate(days, float(row["share"]), float(row["lower"]), upper)

    def returned_within(self, horizon: float = YEAR) -> Estimate | None:
        """The share who have bought again within `horizon` days.

        The horizon is shortened to the longest age for which 30 customers were watched without a return;
        `days` of the estimate is that age. None where fewer than 30 customers were ever watched.
        """
        if self.customers < ENOUGH_AT_RISK:
            return None
        return self.returned_by(min(horizon, float(self.watched[-ENOUGH_AT_RISK])))

    def one_time_share(self, horizon: float = YEAR) -> Estimate | None:
        """The share who buy once and, within `horizon` days, not again.

        Shortened and unknown as `returned_within`. Beyond any horizon some may still return, so the share
        who never do is a little lower.
        """
        back = self.returned_within(horizon)
        return back and Estimate(back.days, 1 - back.share, 1 - back.upper, 1 - back.lower)

    def repeat_rate(self) -> Estimate | None:
        """The repeat rate: the share with a second purchase day within 365 days of the first.

        None where fewer than 30 customers were watched for a year without a return.
        """
        back = self.returned_within(YEAR)
        return back if back is not None and back.days == YEAR else None

    @property
    def seen_once(self) -> float:
        """The share of customers seen once so far: too high, for the recent have hardly had the time."""
        return 1 - self.returned / self.customers


def return_curve(days: ArrayLike, returned: ArrayLike) -> ReturnCurve:
    """The Kaplan-Meier curve of customers watched for `days`, at whose end they `returned` (1) or not (0).

    Standard errors are Greenwood's; the median's interval holds the days whose band reaches one half.

    Raises:
        ValueError: where there is no customer.

    Source: Kaplan & Meier (1958), Nonparametric estimation from incomplete observations, JASA 53.

    >>> print(return_curve([3, 5, 5, 8], [1, 1, 0, 0]).returned_by(5))
    50% (95% range 16% to 94%)
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    watched, events = np.asarray(days, dtype=np.float64), np.asarray(returned, dtype=np.int64)
    if not len(watched):
        raise ValueError(
            "days holds no customer: expected at least one; check that orders have customer keys."
        )
    curve = SurvfuncRight(watched, events)
    # Where nobody is left the scale has no value, and the band is missing as it should be.
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = _band(curve.surv_prob, curve.surv_prob_se)
        median, ends = curve.quantile(0.5), curve.quantile_ci(0.5)
    table = pd.DataFrame(
        {
            "days": np.concatenate([[0.0], curve.surv_times]),
            "share": np.concatenate([[0.0], 1 - curve.surv_prob]),
            "lower": np.concatenate([[0.0], lower]),
            "upper": np.concatenate([[0.0], upper]),
            "at_risk": np.concatenate([[len(watched)], curve.n_risk]).astype(np.int64),
            "events": np.concatenate([[0], curve.n_events]).astype(np.int64),
        }
    )
    return ReturnCurve(
        table=table,
        customers=len(watched),
        returned=int(events.sum()),
        median=None if np.isnan(median) else float(median),
        median_range=None if np.isnan(ends[0]) else (float(ends[0]), float(ends[1])),
        watched=np.sort(watched),
    )


def _band(survival: Floats, error: Floats) -> tuple[Floats, Floats]:
    """The 95% band of 1 - survival: survival to the power exp(±Z error / (survival log survival))."""
    width = Z * error / (survival * np.log(survival))
    return 1 - survival ** np.exp(width), 1 - survival ** np.exp(-width)


@dataclass(frozen=True)
class LogRank:
    """The log-rank test of the same curve in every group: chi-squared statistic, degrees of freedom, p."""

    statistic: float
    df: int
    p: float


def log_rank(days: ArrayLike, returned: ArrayLike, group: ArrayLike) -> LogRank | None:
    """Test whether groups come back alike; None where fewer than two can be compared.

    A group of which nobody was watched until the first return of all is left out.

    Source: Mantel (1966), Evaluation of survival data and two new rank order statistics, Cancer Chemotherapy
    Reports 50.

    >>> log_rank([1, 2, 3, 4], [1, 1, 1, 0], ["a", "b", "a", "b"]).df
    1
    """
    from scipy.stats import chi2
    from statsmodels.duration.survfunc import survdiff

    watched, events = np.asarray(days), np.asarray(returned, dtype=np.int64)
    if not events.any():
        return None
    groups, _ = pd.factorize(np.asarray(group))
    at_first = watched >= watched[events == 1].min()
    df = len(np.unique(groups[at_first])) - 1
    all_at_once = events[at_first].all() and len(np.unique(watched[at_first])) == 1
    if df < 1 or all_at_once:
        return None
    # Who was not watched until the first return counts in no risk set.
    statistic, _ = survdiff(watched[at_first], events[at_first], groups[at_first])
    return LogRank(float(statistic), df, float(chi2.sf(statistic, df)))


Ties = Literal["efron", "breslow"]

#: Events that a coefficient needs: Peduzzi et al. (1995), Journal of Clinical Epidemiology 48(12).
EVENTS_A_COEFFICIENT = 10

#: Newton's decrement, in units of the log-likelihood, below which a fit counts as converged.
CONVERGED = 1e-6

#: Standard error of a covariate's standard deviation above which no finite ratio fits: ten events leave 0.3.
NO_END = 3.0


@dataclass(frozen=True)
class HazardRatio:
    """How many times as often the event comes, at any time, for one unit more of a covariate."""

    name: str
    ratio: float
    lower: float
    upper: float
    p: float
    """Of no effect, by Wald's test."""
    p_steady: float
    """Of a ratio that is constant over time; small where it is not."""


def cox_regression(
    days: ArrayLike, returned: ArrayLike, covariates: pd.DataFrame, ties: Ties = "efron"
) -> tuple[HazardRatio, ...]:
    """Fit log hazard = baseline(days) + covariates @ log ratios, by partial likelihood.

    Args:
        days: how long each customer was watched.
        returned: whether the customer came back at the end of them (1) or not (0).
        covariates: one row per customer, a column of numbers each; the ratio is for one unit more.
        ties: how several events on one day are counted: by Efron or by Breslow.

    Returns:
        The ratio of each covariate with its 95% interval. `p_steady` is that of no correlation between the
        Schoenfeld residuals and the rank of the event's day.

    Raises:
        ValueError: for no covariate or one that holds no finite numbers, for fewer than 10 events a
            covariate, for covariates that cannot be separated, and where no finite ratio fits best.

    Source: Cox (1972), Regression models and life-tables, JRSS B 34(2); Efron (1977), The efficiency of Cox's
    likelihood function, JASA 72; Grambsch & Therneau (1994), Biometrika 81(3).

    >>> on_offer = pd.DataFrame({"offer": [0.0, 1.0] * 12})
    >>> (offer,) = cox_regression(range(1, 25), [1, 1, 1, 0] * 6, on_offer)
    >>> round(offer.ratio, 2)
    0.46
    """
    from scipy.special import ndtr
    from statsmodels.duration.hazard_regression import PHReg

    events = np.asarray(returned, dtype=np.int64)
    values = covariates.to_numpy(dtype=np.float64)
    _check(values, list(covariates.columns), int(events.sum()))
    model = PHReg(np.asarray(days, dtype=np.float64), values, status=events, ties=ties)
    # Whether it converged is asked below, in terms of the likelihood.
    fit = model.fit(warn_convergence=False)
    score = model.score(fit.params)
    converged = score @ fit.cov_params() @ score < CONVERGED
    if not (converged and (fit.bse * values.std(axis=0) < NO_END).all()):
        raise ValueError(
            "No finite hazard ratio fits best: expected customers who came back, and others who did not, at "
            "every value of a driver; leave a driver out."
        )
    columns = (
        np.exp(fit.params),
        *np.exp(fit.conf_int()).T,
        2 * ndtr(-np.abs(fit.params / fit.bse)),
        _p_steady(fit.schoenfeld_residuals, model.endog, events),
    )
    return tuple(
        HazardRatio(str(name), *map(float, row))
        for name, *row in zip(covariates.columns, *columns, strict=True)
    )


def _check(values: Floats, names: list[str], events: int) -> None:
    if not names:
        raise ValueError("No driver is left that differs between customers: expected at least one; add some.")
    if not np.isfinite(values).all():
        raise ValueError(f"{listed(names)}: expected finite numbers for all customers; leave the others out.")
    needed = EVENTS_A_COEFFICIENT * len(names)
    if events < needed:
        raise ValueError(
            f"Only {count(events, 'customer')} returned, too few for {count(len(names), 'coefficient')} "
            f"({listed(names)}): expected {needed} at least; look at fewer drivers, or read more months."
        )
    if np.linalg.matrix_rank(values - values.mean(axis=0)) < len(names):
        raise ValueError(
            f"{listed(names)} cannot be separated: expected each to vary while the others stay, unlike "
            "products that are sold on one channel only; leave one of them out."
        )


def _p_steady(residuals: Floats, days: Floats, events: NDArray[np.int64]) -> Floats:
    """Test each covariate's Schoenfeld residuals for a correlation with the rank of the event's day."""
    from scipy.stats import pearsonr, rankdata

    happened = events == 1
    ranks = rankdata(days[happened])
    return np.array([pearsonr(column[happened], ranks).pvalue for column in residuals.T])
