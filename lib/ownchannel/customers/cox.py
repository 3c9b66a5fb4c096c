"""Cox regression: hazard ratios with intervals, and the check that they are constant over time."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ownchannel.formats import count, listed

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
        covariates: a row a customer, a column of numbers each; the ratio is for one unit more.
        ties: how several events on one day are counted: by Efron or by Breslow.

    Returns:
        The ratio of each covariate with its 95% interval. `p_steady` is that of no correlation between the
        Schoenfeld residuals and the rank of the event's day.

    Raises:
        ValueError: for no covariate or one that holds no finite numbers, for fewer than 10 events a
            covariate, for covariates that cannot be told apart, and where no finite ratio fits best.

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


def _check(values: NDArray[np.float64], names: list[str], events: int) -> None:
    if not names:
        raise ValueError("No driver is left that differs between customers: expected at least one; add some.")
    if not np.isfinite(values).all():
        raise ValueError(f"{listed(names)}: expected finite numbers for all customers; leave the others out.")
    needed = EVENTS_A_COEFFICIENT * len(names)
    if events < needed:
        raise ValueError(
            f"Only {count(events, 'customer')} came back, too few for {count(len(names), 'coefficient')} "
            f"({listed(names)}): expected {needed} at least; look at fewer drivers, or read more months."
        )
    if np.linalg.matrix_rank(values - values.mean(axis=0)) < len(names):
        raise ValueError(
            f"{listed(names)} cannot be told apart: expected each to vary while the others stay, unlike "
            "products that are sold on one channel only; leave one of them out."
        )


def _p_steady(
    residuals: NDArray[np.float64], days: NDArray[np.float64], events: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Test each covariate's Schoenfeld residuals for a correlation with the rank of the event's day."""
    from scipy.stats import pearsonr, rankdata

    happened = events == 1
    ranks = rankdata(days[happened])
    return np.array([pearsonr(column[happened], ranks).pvalue for column in residuals.T])
