"""How sure the effect of a test can be: noise that lasts from week to week, and regions of unlike size.

Weeks: the noise of weekly logarithms is AR(1): of what a week has too much, the next has a part as well. Its
correlation is the one under which residuals correlate, on average, as these do; plain residuals of a short
series understate it. Newey–West (HAC) intervals held the truth in only 75 to 91 of 100 simulated tests of 8
to 12 weeks, the intervals used here in 94 to 97.
Regions: errors of one change per region are HC2, which is the error by cluster when each cluster is one row.
Their degrees of freedom are Bell & McCaffrey's (Imbens & Kolesár 2016, "Robust Standard Errors in Small
Samples", Review of Economics and Statistics 98(4)).
An estimate is the effect on the logarithm, its standard error, and the degrees of freedom of Student's t.
"""

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Estimate = tuple[float, float, float]

_SEASON_WEEKS, _YEAR = 104, 365.25 / 7
#: Squares of relative noise that are nothing but rounding.
_NOTHING = 1e-20


def power_of(distance: float, freedom: float) -> float:
    """The probability that a two-sided t test at 5% sees an effect so many standard errors from 0."""
    from scipy.stats import f, ncf

    return float(ncf.sf(f.isf(0.05, 1, freedom), 1, freedom, distance**2))  # t² is F


def effect_of_weeks(logs: Array, off: Array, past: int) -> Estimate:
    """What weeks off change, by least squares on level, trend and season."""
    from statsmodels.api import OLS

    columns = _week_columns(off, past)
    fit = OLS(logs, columns).fit()
    (variance,), correlation = _noise(fit.resid[:, None], columns)
    return float(fit.params[-1]), *_last_error(columns, variance, correlation)


def error_of_weeks(logs: Array, off: Array) -> tuple[float, float]:
    """Standard error and degrees of freedom of a test that follows the past `logs` with weeks `off`."""
    past = len(logs)
    columns = _week_columns(np.r_[np.zeros(past), off], past)
    known = columns[:past, :-1]
    (variance,), correlation = _noise((logs - known @ np.linalg.pinv(known) @ logs)[:, None], known)
    return _last_error(columns, variance, correlation)


def effect_of_regions(changes: Array, off: Array, size: Array) -> Estimate:
    """What being off changes in the logarithms of regions, weighted by size."""
    from statsmodels.api import WLS

    columns = np.column_stack([np.ones(len(off)), off])
    fit = WLS(changes, columns, weights=size).fit(cov_type="HC2")
    return float(fit.params[-1]), float(fit.bse[-1]), _region_weights(off, size)[1]


def error_of_regions(sales: Array, off: Array, weeks: int) -> tuple[float, float]:
    """The same for a test by regions that follows past `sales` (weeks by regions).

    Noise is how each region moved apart from all of them together. With few regions of very unlike size the
    power that follows is cautious (five regions, the largest seven times the smallest: 8 points too low).
    """
    past, share = len(sales), sales.sum(axis=0) / sales.sum()
    relative = sales / sales.mean(axis=0)
    apart = relative / (relative @ share)[:, None]
    variance, correlation = _noise(apart - apart.mean(axis=0), np.ones((past, 1)))
    window = np.r_[np.full(past, -1 / past), np.full(weeks, 1 / weeks)]
    spread = _by_lag(np.outer(window, window)) @ correlation ** np.arange(past + weeks)
    weights, freedom = _region_weights(off, share)
    return float(np.sqrt(weights**2 @ (variance / (1 - share)) * spread)), freedom


def _week_columns(off: Array, past: int) -> Array:
    """Level, trend, a yearly wave where the past has seen two, and weeks off."""
    years = np.arange(len(off)) / _YEAR
    wave = [np.sin(2 * np.pi * years), np.cos(2 * np.pi * years)] if past >= _SEASON_WEEKS else []
    return np.column_stack([np.ones(len(off)), years, *wave, off])


def _region_weights(off: Array, size: Array) -> tuple[Array, float]:
    """Each region's weight in the difference off against on, and Bell & McCaffrey's degrees of freedom."""
    columns = np.sqrt(size)[:, None] * np.column_stack([np.ones(len(off)), off])
    weights, (rest, _) = np.linalg.pinv(columns)[1], _left_over(columns)
    form = rest * (weights**2 / np.diag(rest))
    return weights * np.sqrt(size), float(np.trace(form) ** 2 / (form * form.T).sum())


def _lags(weeks: int) -> Array:
    return np.abs(np.subtract.outer(np.arange(weeks), np.arange(weeks)))


def _by_lag(form: Array) -> Array:
    """What a quadratic form adds up to at each distance between two weeks.

    Times `correlation ** lag` this is the form's expectation under AR(1) noise of variance 1.
    """
    return np.bincount(_lags(len(form)).ravel(), weights=form.ravel())


def _left_over(columns: Array) -> tuple[Array, Array]:
    """The form of the residuals' squares, and that of their products with the week before."""
    rest = np.eye(len(columns)) - columns @ np.linalg.pinv(columns)
    return rest, rest[:-1].T @ rest[1:]


def _noise(residuals: Array, columns: Array) -> tuple[Array, float]:
    """Variance of each series' noise, and their common correlation with the week before."""
    from scipy.optimize import brentq

    squares, products = (residuals**2).sum(axis=0), (residuals[1:] * residuals[:-1]).sum()
    if squares.sum() < _NOTHING:
        raise ValueError("Sales never leave their trend, which real sales do. Give the numbers as they were.")
    rest, shifted = map(_by_lag, _left_over(columns))
    lag = np.arange(len(columns))

    def excess(correlation: float) -> float:
        power = correlation**lag
        return float((shifted @ power) / (rest @ power) - products / squares.sum())

    low, high = -0.9, 0.97
    correlation = low if excess(low) >= 0 else high if excess(high) <= 0 else float(brentq(excess, low, high))
    return squares / (rest @ correlation**lag), correlation


def _last_error(columns: Array, variance: float, correlation: float) -> tuple[float, float]:
    """Standard error of the last coefficient, and Satterthwaite's degrees of freedom by the delta method.

    The squared error, variance · spread(correlation), rests on two sums, of the residuals' squares and of
    their products with the week before. Its own variance is that of the one form in which both enter.
    """
    (rest, shifted), weights = _left_over(columns), np.linalg.pinv(columns)[-1]
    forms = np.array([_by_lag(form) for form in (np.outer(weights, weights), rest, shifted)])
    lag = np.arange(1, len(columns))
    spread, squares, products = forms[:, 0] + forms[:, 1:] @ correlation**lag
    slopes = forms[:, 1:] @ (lag * correlation ** (lag - 1))
    seen = products / squares
    gain = (slopes[0] / spread - slopes[1] / squares) * squares / (slopes[2] - seen * slopes[1])
    form = (1 - gain * seen) * rest + gain * (shifted + shifted.T) / 2
    moved = form @ correlation ** _lags(len(columns)) / squares
    return float(np.sqrt(variance * spread)), float(max(1, 1 / (moved * moved.T).sum()))
