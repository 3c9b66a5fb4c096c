"""sBG: lifetimes in whole periods of customers whose chances to leave differ: geometric, mixed by a beta.

Source: Fader & Hardie (2007), "How to project customer retention", Journal of Interactive Marketing 21(1).
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import hyp2f1

from ownchannel.clv._customer_model import CustomerModel, Fixed
from ownchannel.clv._customer_results import CustomerResults, Prediction, prediction
from ownchannel.clv._histories import Histories
from ownchannel.clv._optimum import Parameters
from ownchannel.customers import Floats

#: Two parameters need the start and two periods at least.
_FEWEST = 3

Survivors = Sequence[float] | pd.Series | pd.DataFrame


def churn(alpha: float, beta: float, periods: int) -> Floats:
    """Of those still there the share that leaves in period 1, 2, ….

    At the limits: `alpha` 0, nobody leaves; `alpha` infinite, all leave at the same rate, and `beta` stands
    for beta / alpha.

    >>> churn(1.0, 1.0, 3).tolist()
    [0.5, 0.3333333333333333, 0.25]
    """
    if alpha == 0:
        return np.zeros(periods)
    if np.isinf(alpha):
        return np.full(periods, 1 / (1 + beta))
    rising: Floats = np.arange(periods, dtype=np.float64)
    return alpha / (alpha + beta + rising)


def lifetimes(alpha: float, beta: float, periods: int) -> tuple[Floats, Floats]:
    """Log-probabilities of staying for 0, 1, … periods at least, and of leaving in period 1, 2, ….

    Each in three rows: itself, and its derivatives by the logarithms of `alpha` and `beta`.

    >>> survival, leaving = lifetimes(1.0, 1.0, 2)
    >>> np.exp(survival[0]).round(3).tolist(), np.exp(leaving[0]).round(3).tolist()
    ([1.0, 0.5, 0.333], [0.5, 0.167])
    """
    leaves = churn(alpha, beta, periods)
    stays = 1 - leaves
    of_alpha = 0.0 if np.isinf(alpha) else 1.0
    of_beta = np.ones(periods) if np.isinf(alpha) else beta / (beta + np.arange(periods))
    with np.errstate(divide="ignore"):
        log_stays = np.array([np.log1p(-leaves), -leaves * of_alpha, leaves * of_beta])
        log_leaves = np.array([np.log(leaves), stays * of_alpha, -stays * of_beta])
    survival = np.hstack([np.zeros((3, 1)), log_stays.cumsum(axis=1)])
    return survival, survival[:, :-1] + log_leaves


def chances(generator: np.random.Generator, alpha: float, beta: float, number: int) -> Floats:
    """Chances drawn from Beta(alpha, beta), which may be at the limits that `churn` takes."""
    if alpha == 0 or np.isinf(alpha):
        return np.broadcast_to(churn(alpha, beta, 1), (number,))
    return generator.beta(alpha, beta, number)


class ShiftedBetaGeoResults(CustomerResults):
    """A fitted model of retention, with projections.

    Periods are counted from the cohort's start. With `interval` (a share such as 0.95) a projection is a
    table with `expected`, `lower` and `upper`: the uncertainty of the parameters.
    """

    def survival(self, periods: Sequence[int], interval: float | None = None) -> Prediction:
        """The share of the cohort that is still there after each number of periods (0: 1)."""
        ends = _whole(periods, least=0)

        def share(p: Parameters) -> Floats:
            found: Floats = np.exp(lifetimes(float(p["alpha"]), float(p["beta"]), ends.max())[0][0, ends])
            return found

        return self._by_period("survival", ends, share, interval).clip(upper=1.0)

    predict = survival  # as statsmodels calls it

    def retention_rate(self, periods: Sequence[int], interval: float | None = None) -> Prediction:
        """Of those still there at the start of each period (1 is the first) the share that stays."""
        ends = _whole(periods, least=1)

        def share(p: Parameters) -> Floats:
            return 1 - churn(float(p["alpha"]), float(p["beta"]), ends.max())[ends - 1]

        return self._by_period("retention rate", ends, share, interval).clip(upper=1.0)

    def expected_residual_lifetime(
        self, periods: Sequence[int], discount_rate: float, interval: float | None = None
    ) -> Prediction:
        """Discounted expected residual lifetime (DERL) of a customer who is in each of the periods.

        It is the number of renewals to come: the one at the end of that period in full, each later one
        discounted by `discount_rate` a period more. Times the net income of a period it is what the customer
        will still bring, after Fader & Hardie (2010).
        """
        if not (np.isfinite(discount_rate) and discount_rate > 0):
            raise ValueError(
                f"discount_rate is {discount_rate}: expected a rate a period above 0, such as 0.1, for "
                "without discounting the lifetime may be infinite."
            )
        ends = _whole(periods, least=1)
        factor = 1 / (1 + discount_rate)

        def lifetime(p: Parameters) -> Floats:
            alpha, beta = float(p["alpha"]), float(p["beta"])
            stays = 1 - churn(alpha, beta, ends.max())[ends - 1]
            if np.isinf(alpha):
                return stays / (1 - stays * factor)
            return np.asarray(stays * hyp2f1(1.0, beta + ends, alpha + beta + ends, factor))

        return self._by_period("residual lifetime", ends, lifetime, interval)

    def simulate(self, customers: int, periods: int, seed: int) -> pd.Series:
        """How many of some simulated customers are still there, from the start to the last period."""
        generator = np.random.default_rng(seed)
        chance = chances(generator, float(self.params["alpha"]), float(self.params["beta"]), customers)
        lasted = generator.geometric(np.maximum(chance, np.finfo(float).tiny)) - 1
        left_in = np.bincount(np.minimum(lasted, periods), minlength=periods + 1)
        index = pd.RangeIndex(periods + 1, name=self.model.unit)
        return pd.Series(left_in[::-1].cumsum()[::-1], index, name="survivors")

    def _by_period(
        self,
        name: str,
        periods: NDArray[np.intp],
        values: Callable[[Parameters], Floats],
        interval: float | None,
    ) -> Prediction:
        index = pd.Index(periods, name=self.model.unit)
        return prediction(name, index, *self.predicted(values, None, interval))


class ShiftedBetaGeoModel(CustomerModel[ShiftedBetaGeoResults]):
    """sBG with parameters `alpha`, `beta` of the chance to leave in a period.

    `survivors`: how many customers of a cohort were there at the start and after each period, such as (1000,
    869, 743), or a table with one column per cohort, by age, empty where a younger cohort has not got to yet.
    Cohorts are taken to be alike.

    At the model's limit, `alpha` infinite, everybody leaves at the same rate and `beta` stands for
    beta / alpha; `boundary` then says so.

    >>> results = ShiftedBetaGeoModel([1000, 869, 743, 653, 593, 551, 517, 491]).fit()
    >>> results.params.round(3).to_dict(), round(results.llf, 3)
    ({'alpha': 0.668, 'beta': 3.806}, -1611.158)
    >>> results.survival([8, 12]).round(3).tolist()
    [0.46, 0.378]
    """

    parameters = ("alpha", "beta")
    columns = ("period", "left")
    whole = frozenset({"period", "left"})
    results_class = ShiftedBetaGeoResults

    def __init__(self, survivors: Survivors) -> None:
        """Raises ValueError for survivors that no cohort has, and where churn is seen once."""
        super().__init__(_last_seen(survivors))
        self.unit = "periods"
        if not ((self.data_rows["period"] > 1) & (self.data_rows["left"] == 1)).any():
            raise ValueError(
                "Nobody left after the first period, so how the chance to leave changes cannot be known: "
                "expected fewer survivors from period to period. Wait for further periods."
            )

    @classmethod
    def row_likelihood(cls, p: Parameters, rows: Histories) -> tuple[Floats, dict[str, Floats]]:
        """By row: of those who left in a period, and of those still there."""
        period, left = rows["period"].astype(np.intp), rows["left"] == 1
        survival, leaving = lifetimes(float(p["alpha"]), float(p["beta"]), period.max())
        values, of_alpha, of_beta = np.where(left, leaving[:, period - 1], survival[:, period])
        return values, {"alpha": of_alpha, "beta": of_beta}

    @classmethod
    def starts(cls, rows: Histories) -> Sequence[tuple[float, ...]]:
        """The share that left, with customers who differ much or little."""
        at_risk = rows.weights @ rows["period"]
        share = float(rows.weights @ rows["left"] / at_risk)
        return [(alpha, alpha * (1 - share) / share) for alpha in (1.0, 0.3, 10.0)]

    def limits(self, point: Floats) -> Sequence[Fixed]:
        """Where everybody leaves at the same rate lifetimes are geometric."""
        alpha, beta = point
        meaning = (
            "Customers do not seem to differ in their chance to leave: alpha ended at infinity. The "
            "geometric model, with one retention rate for all and at any age, explains them as well; beta "
            "stands for beta / alpha, and the retention rate is beta / (1 + beta)."
        )
        return (({"alpha": np.inf}, np.array([alpha, beta - alpha]), meaning),)


def _whole(periods: Sequence[int], least: int) -> NDArray[np.intp]:
    given = np.atleast_1d(np.asarray(periods, dtype=np.float64))
    if not given.size or not np.all(np.isfinite(given) & (given >= least) & (given == np.rint(given))):
        raise ValueError(f"periods are {list(periods)}: expected whole numbers from {least} on.")
    return given.astype(np.intp)


def _last_seen(survivors: Survivors) -> pd.DataFrame:
    """A row a period and cohort: how many left in it, or are still there at the end."""
    table = survivors if isinstance(survivors, pd.DataFrame) else pd.DataFrame({"survivors": list(survivors)})
    cohorts = [_cohort(str(name), column) for name, column in table.items()]
    if max(map(len, cohorts), default=0) < _FEWEST:
        raise ValueError(
            f"survivors has fewer than {_FEWEST} periods: expected the customers at the start and after two "
            "periods at least. Wait for further periods."
        )
    parts = []
    for there in cohorts:
        period = np.append(np.arange(1, len(there)), len(there) - 1)
        left = np.append(np.ones(len(there) - 1), 0)
        parts.append(pd.DataFrame({"period": period, "left": left, "weights": [*-np.diff(there), there[-1]]}))
    rows = pd.concat(parts, ignore_index=True)
    return rows[rows["weights"] > 0]


def _cohort(name: str, column: pd.Series) -> Floats:
    """The survivors of a cohort as far as it has got, checked."""
    try:
        there = column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"survivors of {name} holds something else than numbers; convert it.") from None
    there = there[: np.flatnonzero(~np.isnan(there)).max(initial=-1) + 1]
    wrong = {
        "is not finite": ~np.isfinite(there),
        "is negative": there < 0,
        "is no whole number": there != np.rint(there),
        "is more than the period before": np.diff(there, prepend=np.inf) > 0,
    }
    for what, where in wrong.items():
        if where.any():
            period = int(np.argmax(where))
            raise ValueError(
                f"survivors of {name} {what} in period {period} ({there[period]:g}): expected how many "
                "customers are still there, whole numbers that never rise. Turn shares into customers."
            )
    return there
