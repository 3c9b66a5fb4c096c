"""How a fitted purchase model enters a plan: as a document of its own, and as curves by month."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import ConfigDict, model_validator

from ownchannel.assumptions import Checked
from ownchannel.clv import MODELS, Floats, Histories, PurchaseResults, converted, histories
from ownchannel.formats import count

_COLUMNS = ("frequency", "recency", "T")

#: Histories that a plan carries for each channel, so that a draw of parameters is cheap.
GROUPS = 100

Places = NDArray[np.intp]


class FittedPurchases(Checked):
    """A fitted purchase model: its parameters, how sure they are, and the customers of today.

    `log_covariance` is that of the parameters' logarithms, in their order; without it the parameters are
    taken as known. A history is (frequency, recency, T, customers), times in weeks.

    >>> fitted = FittedPurchases(
    ...     model="MBG/NBD",
    ...     parameters={"r": 0.524838, "alpha": 6.182993, "a": 0.891356, "b": 1.614},
    ...     histories=((2, 30.4, 38.9, 1.0),),
    ... )
    >>> new, existing = fitted.curves(36)
    >>> new.shape, round(float(new[36]), 2), round(float(existing[12]), 2)
    ((37,), 2.61, 2.27)
    """

    model_config = ConfigDict(ser_json_inf_nan="strings")

    model: str
    parameters: dict[str, float]
    log_covariance: tuple[tuple[float, ...], ...] = ()
    histories: tuple[tuple[float, float, float, float], ...] = ()

    @classmethod
    def of(cls, fit: PurchaseResults, grouped: pd.DataFrame) -> Self:
        """The document of a fit in weeks; `grouped` has `frequency, recency, T, weights`.

        A parameter that ended at a limit has no uncertainty.
        """
        names = {kind: name for name, kind in MODELS.items()}
        if type(fit.model) not in names or fit.model.unit != "weeks" or fit.model.covariates:
            raise ValueError(f"A plan takes {', '.join(MODELS)}, fitted in weeks and without covariates.")
        return cls(
            model=names[type(fit.model)],
            parameters={name: float(value) for name, value in fit.params.items()},
            log_covariance=tuple(map(tuple, np.nan_to_num(fit.log_covariance).tolist())),
            histories=tuple(map(tuple, grouped[[*_COLUMNS, "weights"]].to_numpy(np.float64).tolist())),
        )

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.model not in MODELS:
            raise ValueError(f"purchase_model is {self.model!r}: expected one of {', '.join(MODELS)}.")
        wanted = MODELS[self.model].parameters
        if tuple(self.parameters) != tuple(wanted):
            raise ValueError(
                f"The parameters of {self.model} are {', '.join(wanted)}: "
                f"you gave {', '.join(self.parameters) or 'none'}."
            )
        if not all(value >= 0 or np.isnan(value) for value in self.parameters.values()):
            raise ValueError(f"The parameters of {self.model} must not be negative.")
        size = len(wanted)
        if self.log_covariance and np.shape(self.log_covariance) != (size, size):
            raise ValueError(f"log_covariance must have {size} rows of {size} numbers.")
        if self.histories:
            _rows(self.histories)
        return self

    def __str__(self) -> str:
        parameters = ", ".join(f"{name} {value:.4g}" for name, value in self.parameters.items())
        customers = round(sum(history[-1] for history in self.histories))
        return f"{self.model} ({parameters}; {count(customers, 'customer')} today)"

    __repr__ = __str__

    def __hash__(self) -> int:
        return hash((self.model, tuple(self.parameters.items()), self.log_covariance, self.histories))

    def curves(self, months: int) -> tuple[Floats, Floats]:
        """Repeat orders by age 0 … `months`: of a new customer, and of one active customer of today.

        The latter is the sum of all customers' conditional expectations over the sum of their P(alive); zeros
        where there is no history.
        """
        found = known_curves(self, months)
        return found.new[:, 0], found.existing[:, 0]

    def active_customers(self) -> float:
        """The sum of P(alive): how many of today's customers are expected to be customers still."""
        if not self.histories:
            return 0.0
        rows = _rows(self.histories)
        return float(rows.weights @ MODELS[self.model].alive(self.parameters, rows))

    def turn(self, draw: int, number: int, seed: int) -> "FittedPurchases":
        """The model that a draw takes of `number` ones, drawn jointly on the log scale and taken in turn."""
        changes: dict[str, Any] = {"log_covariance": ()}
        if self.log_covariance:
            row = _drawn_parameters(self, number, seed)[draw % number]
            changes["parameters"] = dict(zip(self.parameters, map(float, row), strict=True))
        return self.model_copy(update=changes)


@dataclass(frozen=True)
class PurchaseCurves:
    """Repeat orders by age 0 … H of a fitted model, a column per set of parameters.

    Draws take the sets in turn.
    """

    new: Floats
    """Of a new customer."""
    existing: Floats
    """Of an active customer of today."""

    @cached_property
    def by_age(self) -> Floats:
        """Repeat orders of a new customer in each month, from the first."""
        return np.diff(self.new, axis=0)

    @cached_property
    def of_today(self) -> Floats:
        """Those of an active customer of today."""
        return np.diff(self.existing, axis=0)

    @cached_property
    def kernels(self) -> Floats:
        """By set of parameters the matrix that makes repeat orders by month of new customers by month."""
        months = np.arange(len(self.by_age))
        age = np.subtract.outer(months, months)
        return np.ascontiguousarray(np.where(age >= 0, self.by_age.T[:, np.maximum(age, 0)], 0.0))


def known_curves(fitted: FittedPurchases, months: int) -> PurchaseCurves:
    """The curves of a model, its parameters taken as known."""
    return drawn_curves(fitted.model_copy(update={"log_covariance": ()}), months, 1, 0)


@lru_cache(maxsize=16)
def drawn_curves(fitted: FittedPurchases, months: int, number: int, seed: int) -> PurchaseCurves:
    """The curves of a model at `number` drawn sets of parameters; at its own where nothing is unsure."""
    if not fitted.log_covariance:
        return _curves(fitted, np.array(list(fitted.parameters.values()))[:, None], months)
    return _curves(fitted, _drawn_parameters(fitted, number, seed).T, months)


def _drawn_parameters(fitted: FittedPurchases, number: int, seed: int) -> Floats:
    """A row a draw, a column a parameter."""
    point = np.array(list(fitted.parameters.values()))
    values, vectors = np.linalg.eigh(np.array(fitted.log_covariance))
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(seed).standard_normal((number, len(point)))
    return np.asarray(point * np.exp(normal @ root.T))


def _curves(fitted: FittedPurchases, parameters: Floats, months: int) -> PurchaseCurves:
    """The curves at several sets of parameters, a column each."""
    model, number = MODELS[fitted.model], parameters.shape[1]
    ends = [converted(month, "months", "weeks") for month in range(1, months + 1)]
    of_new: dict[str, Any] = dict(zip(fitted.parameters, parameters, strict=True))
    new, existing = np.zeros((months + 1, number)), np.zeros((months + 1, number))
    for month, end in enumerate(ends, 1):
        new[month] = model.new_purchases(of_new, end)
    if fitted.histories:
        rows = _rows(fitted.histories, number)
        of_rows = {name: np.repeat(values, len(rows) // number) for name, values in of_new.items()}
        by_set = rows.weights.reshape(number, -1)
        alive = (by_set * model.alive(of_rows, rows).reshape(number, -1)).sum(axis=1)
        for month, end in enumerate(ends, 1):
            bought = model.future_purchases(of_rows, rows, end).reshape(number, -1)
            existing[month] = (by_set * bought).sum(axis=1) / alive
    return PurchaseCurves(new, existing)


@lru_cache(maxsize=32)
def _rows(rows: tuple[tuple[float, float, float, float], ...], times: int = 1) -> Histories:
    """The histories as the models take them, all of them several times over."""
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "weights"])
    once = histories(table, list(_COLUMNS))
    return once.some(np.tile(np.arange(len(once)), times))


def grouped_histories(fit: PurchaseResults, customers: pd.DataFrame, groups: int = GROUPS) -> pd.DataFrame:
    """At most `groups` histories for all customers: `frequency, recency, T, weights`.

    The groups are cut as a median-cut palette is (Heckbert 1982): the group that varies most is split in two
    at its mean, along what varies most in it, until there are enough. What varies is what the models see:
    purchases, time watched and P(alive), each customer counting with P(alive). Different frequencies stand
    apart from the start unless there are very many, and weights are such that each group's sum of P(alive)
    is kept.

    >>> from ownchannel.clv import ModifiedBetaGeoModel
    >>> table = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> fit = ModifiedBetaGeoModel(table.assign(weights=[50, 9, 20, 21])).fit()
    >>> grouped_histories(fit, table)["weights"].round(6).tolist()
    [2.0, 1.0, 1.0]
    """
    table = customers[list(_COLUMNS)].astype(float).reset_index(drop=True)
    alive = fit.expected_probability_alive(table).to_numpy(np.float64)
    # So that customers who are surely gone have a place in some group too.
    counted = np.maximum(alive, 1e-12)
    rate = 1 / (fit.params["alpha"] + table["T"].to_numpy())
    longer = rate * (fit.params["alpha"] + table["recency"].to_numpy())
    seen = np.column_stack([np.log1p(table["frequency"]), np.log(rate), np.log(longer), alive])
    apart = [np.asarray(rows) for rows in table.groupby("frequency").indices.values()]
    start = apart if len(apart) <= groups // 2 else [np.arange(len(table))]
    rows = []
    for group in _cut(seen, counted, start, groups):
        weights = counted[group]
        mean = {name: float(np.average(table.loc[group, name], weights=weights)) for name in _COLUMNS}
        mean["frequency"] = float(np.rint(mean["frequency"]))
        # Purchases to come go with 1 / (alpha + T): so the mean of that is kept, not that of T.
        mean["T"] = max(1 / np.average(rate[group], weights=weights) - fit.params["alpha"], mean["recency"])
        rows.append(mean | {"alive": alive[group].sum()})
    found = pd.DataFrame(rows)
    found.loc[found["frequency"] == 0, "recency"] = 0.0
    customers_each = found["alive"] / fit.expected_probability_alive(found[list(_COLUMNS)]).to_numpy()
    return found[list(_COLUMNS)].assign(weights=customers_each).sort_values(list(_COLUMNS), ignore_index=True)


def _cut(seen: Floats, counted: Floats, start: list[Places], groups: int) -> list[Places]:
    """The members of each group, as places of rows, cut from those to start with."""
    members = list(start)
    variations = [_variation(seen, counted, group) for group in members]
    while len(members) < groups:
        widest = int(np.argmax([variation.max() for variation in variations]))
        group, axis = members[widest], int(np.argmax(variations[widest]))
        if variations[widest][axis] <= 0:
            break
        values = seen[group, axis]
        below = values <= np.average(values, weights=counted[group])
        halves = group[below], group[~below]
        if not all(len(half) for half in halves):
            variations[widest][axis] = 0.0  # a difference of rounding alone
            continue
        members[widest : widest + 1] = halves
        variations[widest : widest + 1] = [_variation(seen, counted, half) for half in halves]
    return members


def _variation(seen: Floats, counted: Floats, group: Places) -> Floats:
    """The sum of squares about the group's mean, along each axis."""
    weights = counted[group][:, None]
    mean = (weights * seen[group]).sum(axis=0) / weights.sum()
    return np.asarray((weights * (seen[group] - mean) ** 2).sum(axis=0))
