"""Customers as the purchase models take them: distinct histories, checked, and the unit of their times."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv._optimum import Counts
from ownchannel.customers import DAYS_IN, Floats, TimeUnit, time_unit
from ownchannel.formats import Shown


def converted(time: float, unit: str | None, to: str) -> float:
    """A time in another unit, each "days", "weeks" or "months"; the same where no unit is given.

    Raises ValueError for another unit.

    >>> converted(2, "weeks", "days"), round(converted(1, "months", "weeks"), 3), converted(5, None, "weeks")
    (14.0, 4.348, 5.0)
    """
    return float(time) * DAYS_IN[time_unit(unit or to)] / DAYS_IN[time_unit(to)]


def unit_of(customers: pd.DataFrame) -> TimeUnit:
    """The unit that `customer_summary` notes down in its table; weeks where there is no note.

    >>> unit_of(pd.DataFrame())
    'weeks'
    """
    return time_unit(customers.attrs.get("unit", "weeks"))


WHOLE = frozenset({"frequency"})
_COVARIATE = "covariate "


@dataclass(frozen=True, repr=False)
class Histories(Shown):
    """Distinct rows of customers' histories, how many customers each stands for, and where each row went.

    >>> histories(pd.DataFrame({"frequency": [0, 2, 0]}), ["frequency"])
    3 customers with 2 different histories (frequency).
    """

    columns: Mapping[str, Floats]
    """By name a value for each distinct row."""
    weights: Floats
    """Customers a distinct row."""
    place: NDArray[np.intp]
    """By row of the table, the place of its values among the distinct rows."""
    index: pd.Index
    """The table's index."""
    _counts: dict[str, Counts] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def customers(self) -> float:
        """How many customers there are in all."""
        return float(self.weights.sum())

    def __str__(self) -> str:
        names = ", ".join(self.columns)
        return f"{self.customers:,.0f} customers with {len(self):,} different histories ({names})."

    def to_pandas(self) -> pd.DataFrame:
        """One row per distinct history: its columns, and `weights`, how many customers have it."""
        return pd.DataFrame({**self.columns, "weights": self.weights})

    @property
    def covariates(self) -> Floats:
        """One row per distinct row, one column per covariate."""
        number = sum(name.startswith(_COVARIATE) for name in self.columns)
        columns = [self.columns[f"{_COVARIATE}{at}"] for at in range(number)]
        return np.reshape(columns, (number, len(self))).T

    def counts(self, name: str) -> Counts:
        """A column of whole numbers, of which few are distinct."""
        if name not in self._counts:
            self._counts[name] = Counts(self.columns[name])
        return self._counts[name]

    def some(self, places: NDArray[np.intp]) -> "Histories":
        """Some of the distinct rows, for a first look."""
        columns = {name: values[places] for name, values in self.columns.items()}
        return Histories(columns, self.weights[places], np.arange(len(places)), pd.RangeIndex(len(places)))

    def spread(self, values: Floats) -> Floats:
        """Values of distinct rows, by row of the table."""
        return values[..., self.place]


def histories(
    customers: pd.DataFrame, names: Sequence[str], whole: frozenset[str] = WHOLE, extra: Floats | None = None
) -> Histories:
    """The distinct rows of some columns of a table, each with the customers that it stands for.

    `customers` has the columns `names`, and `weights` where rows stand for several customers. `extra` (a
    column per covariate, in the table's rows) distinguishes rows, too; it is kept as `covariate 0`, ….

    Raises ValueError for a table without rows and for a column that is missing, negative, not finite, not
    whole (those in `whole`) or impossible, naming it and its first bad row.

    >>> table = pd.DataFrame({"frequency": [0, 2, 0], "recency": [0, 5.5, 0], "T": [9, 30, 9]})
    >>> found = histories(table, ["frequency", "recency", "T"])
    >>> found["T"].tolist(), found.weights.tolist()
    ([9.0, 30.0], [2.0, 1.0])
    """
    columns = {name: _column(customers, name, whole) for name in names}
    if not len(customers):
        raise ValueError("customers is empty: expected at least one row.")
    if "recency" in columns and "T" in columns:
        _check_order(customers, columns)
    weights = _column(customers, "weights", frozenset()) if "weights" in customers else None
    keys = list(columns.values()) + ([] if extra is None else list(extra.T))
    first, place = _distinct(keys)
    distinct = {name: values[first] for name, values in columns.items()}
    if extra is not None:
        distinct |= {f"{_COVARIATE}{at}": values[first] for at, values in enumerate(extra.T)}
    return Histories(distinct, np.bincount(place, weights).astype(np.float64), place, customers.index)


def _column(customers: pd.DataFrame, name: str, whole: frozenset[str]) -> Floats:
    if name not in customers:
        there = ", ".join(map(str, customers.columns))
        raise ValueError(
            f"customers has no column {name}: it holds {there}. Add it, or rename the one you have."
        )
    try:
        values = customers[name].to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"Column {name} holds something else than numbers; convert it.") from None
    wrong = {"be a finite number": ~np.isfinite(values), "not be negative": values < 0}
    if name in whole:
        wrong["be a whole number"] = values != np.rint(values)
    for rule, rows in wrong.items():
        refuse(customers, rows, f"{name} must {rule}:", shown={name: values})
    return values


def _check_order(customers: pd.DataFrame, columns: Mapping[str, Floats]) -> None:
    """Refuse histories that no customer can have."""
    x, t_x, age = columns["frequency"], columns["recency"], columns["T"]
    shown = {name: columns[name] for name in ("frequency", "recency", "T")}
    refuse(customers, t_x > age, "recency must not exceed T:", shown=shown)
    refuse(customers, (x == 0) & (t_x > 0), "recency must be 0 where frequency is 0:", shown=shown)


def refuse(
    customers: pd.DataFrame,
    wrong: NDArray[np.bool_],
    what: str,
    remedy: str = "Correct it",
    shown: Mapping[str, Floats] = MappingProxyType({}),
) -> None:
    """Raise ValueError where a row is wrong: what, where first, with the values shown, and what to do.

    >>> refuse(pd.DataFrame({"T": [9]}), np.array([True]), "T is odd in", "Wait")
    Traceback (most recent call last):
    ValueError: T is odd in row 0 of customers (1 such rows). Wait, or leave the customer out.
    """
    if wrong.any():
        first = int(np.argmax(wrong))
        has = ", ".join(f"{name} {values[first]:g}" for name, values in shown.items())
        row = f"row {customers.index[first]!r} of customers" + (f" has {has}" if shown else "")
        raise ValueError(
            f"{what[0].upper()}{what[1:]} {row} ({int(wrong.sum()):,} such rows). {remedy}, or leave the "
            "customer out."
        )


def _distinct(keys: Sequence[Floats]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of rows the place of each distinct one's first, and by row its number among the distinct ones."""
    place = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        codes, values = pd.factorize(key)
        # Numbered anew each time: a product of many columns' numbers would overflow.
        place = pd.factorize(place * len(values) + codes)[0]
    first = np.full(place.max() + 1, -1, dtype=np.intp)
    first[place[::-1]] = np.arange(len(place))[::-1]
    return first, place.astype(np.intp)


def burn_in_day(first_day: dt.date, until: dt.date) -> dt.date:
    """The day from which customers count as new: the middle of the time that the files cover.

    Files often begin in the middle of a brand's life, where old customers look new. A judgement: an earlier
    day leaves more of these in, a later one leaves less time to see repeats.

    >>> burn_in_day(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    datetime.date(2025, 7, 2)
    """
    return first_day + (until - first_day) / 2


def first_seen_since(customers: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The customers whose first purchase in the files is on that day or later.

    `customers`: as `customer_summary` gives them, whose `attrs` hold unit and last day.

    >>> table = pd.DataFrame({"frequency": [0, 1], "recency": [0.0, 2.0], "T": [1.0, 9.0]})
    >>> table.attrs = {"unit": "weeks", "until": "2025-12-31"}
    >>> first_seen_since(table, dt.date(2025, 12, 1))["T"].tolist()
    [1.0]
    """
    until = dt.date.fromisoformat(customers.attrs["until"])
    # Half an hour more, for ages are fractions of days.
    return customers[customers["T"] <= ((until - day).days + 0.02) / DAYS_IN[unit_of(customers)]]
