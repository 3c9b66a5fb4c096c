"""What the models of purchases have in common: how many are to come, and who is still a customer."""

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import digamma, gammaln

from ownchannel.clv._customer_model import CustomerModel
from ownchannel.clv._customer_results import CustomerResults, Prediction, prediction
from ownchannel.clv._histories import Histories, converted
from ownchannel.clv._optimum import Parameter, Parameters
from ownchannel.customers import Floats, TimeUnit


class PurchaseResults(CustomerResults):
    """A fitted model of purchases, with predictions.

    Tables of customers have the model's columns; times are in the model's unit unless `unit` says otherwise.
    With `interval` (a share such as 0.95) a prediction is a table with `expected`, `lower` and `upper`: the
    uncertainty of the parameters, not of what single customers do.
    """

    model: "PurchaseModel"

    def expected_purchases(
        self,
        customers: pd.DataFrame,
        t: float,
        unit: TimeUnit | None = None,
        *,
        since: float = 0.0,
        interval: float | None = None,
    ) -> Prediction:
        """By customer the purchases expected from `since` to `t` after the end of observation."""
        rows = self.model.rows(customers)
        begin, end = self._times((since, t), unit)

        def between(p: Parameters) -> Floats:
            upto = self.model.future_purchases(p, rows, end)
            return upto if begin == 0 else upto - self.model.future_purchases(p, rows, begin)

        name = f"purchases in {t:g} {unit or self.model.unit}" + (f" since {since:g}" if since else "")
        return self.by_customer(name, between, rows, interval)

    predict = expected_purchases  # as statsmodels calls it

    def total_expected_purchases(
        self,
        customers: pd.DataFrame,
        t: Sequence[float],
        unit: TimeUnit | None = None,
        interval: float | None = None,
    ) -> Prediction:
        """Of all customers together the purchases expected to each time of `t` after the observation."""
        rows = self.model.rows(customers)
        ends = self._times(t, unit)

        def in_all(p: Parameters) -> Floats:
            return np.array([rows.weights @ self.model.future_purchases(p, rows, end) for end in ends])

        index = pd.Index(t, name=unit or self.model.unit)
        return prediction("purchases of all", index, *self.predicted(in_all, rows, interval))

    def expected_purchases_new_customer(
        self,
        t: float | Sequence[float],
        unit: TimeUnit | None = None,
        interval: float | None = None,
        covariates: pd.DataFrame | None = None,
    ) -> Prediction:
        """Of a customer who has just come the repeat purchases expected to each time of `t`.

        `covariates`: one row, for a model with covariates.
        """
        times = np.atleast_1d(np.asarray(t, dtype=np.float64))
        ends = self._times(times, unit)
        newcomer = self.newcomer(covariates)

        def new(p: Parameters) -> Floats:
            return np.array([self.model.new_purchases(p, end)[0] for end in ends])

        index = pd.Index(times, name=unit or self.model.unit)
        return prediction("purchases", index, *self.predicted(new, newcomer, interval))

    def expected_probability_alive(
        self, customers: pd.DataFrame, interval: float | None = None
    ) -> Prediction:
        """By customer the probability of still being one at the end of observation."""
        rows = self.model.rows(customers)
        alive = self.by_customer("P(alive)", lambda p: self.model.alive(p, rows), rows, interval)
        return alive.clip(upper=1)

    def simulate(self, ages: Sequence[float], seed: int) -> pd.DataFrame:
        """Customers as the model has them, one for each age: `frequency`, `recency`, `T`.

        Raises ValueError for a model with covariates: simulate each group's plain model.
        """
        if self.model.covariates:
            raise ValueError("With covariates no customers are simulated: fit each group's plain model.")
        p = dict(zip(self.model.parameters, map(float, self.params), strict=True))
        age = np.asarray(ages, dtype=np.float64)
        frequency, recency = self.model.simulated(p, age, np.random.default_rng(seed))
        return pd.DataFrame({"frequency": frequency, "recency": recency, "T": age})

    def _times(self, times: Sequence[float] | Floats, unit: TimeUnit | None) -> list[float]:
        ends = [converted(time, unit, self.model.unit) for time in times]
        if not all(np.isfinite(end) and end >= 0 for end in ends):
            raise ValueError(f"Times are {list(times)}: expected finite numbers from 0 on.")
        return ends

    def newcomer(self, covariates: pd.DataFrame | None = None) -> Histories:
        """A customer who has just come; `covariates` (one row) for a model with covariates."""
        design = self.model.design
        if (design is None) != (covariates is None):
            raise ValueError("Give covariates (one row) where, and only where, the model has some.")
        nothing = dict.fromkeys(self.model.columns, 0.0)
        return self.model.rows(
            (pd.DataFrame(index=[0]) if covariates is None else covariates[:1]).assign(**nothing)
        )


class PurchaseModel(CustomerModel[PurchaseResults]):
    """A model of purchases: a concrete one writes down what is to come, too.

    The functions take parameters as they are (by row where covariates scale them) and must hold at the
    model's limits (`a` or `s` of 0: nobody leaves).
    """

    results_class = PurchaseResults

    @staticmethod
    @abstractmethod
    def alive(p: Parameters, rows: Histories) -> Floats:
        """By row the probability of being a customer still."""

    @staticmethod
    @abstractmethod
    def future_purchases(p: Parameters, rows: Histories, t: float) -> Floats:
        """By row the purchases expected in the time `t` after the end of observation."""

    @staticmethod
    @abstractmethod
    def new_purchases(p: Parameters, t: float) -> Floats:
        """The repeat purchases expected in the time `t` after the first; an element for each row of `p`."""

    @staticmethod
    @abstractmethod
    def simulated(p: Parameters, ages: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Frequency and recency of simulated customers, one for each age."""


def of_purchases(x: Floats, r: Parameter, alpha: Parameter) -> Floats:
    """What x purchases at rates of Gamma(r, alpha) add to the log-likelihood, and its derivative by `r`."""
    log_alpha = np.log(alpha)
    of_r = digamma(r + x) - digamma(r) + log_alpha
    return np.array([gammaln(r + x) - gammaln(r) + r * log_alpha, of_r])
