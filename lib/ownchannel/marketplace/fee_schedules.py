"""Referral fees as dated schedules: rates by price, and a minimum."""

import datetime as dt
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ownchannel.assumptions import Confidence

#: Above this no price is believed, and arithmetic with 28 digits might round.
MOST = Decimal(10) ** 12

#: A price computed in floats may land a hair above the edge of its band.
_HAIR = 1e-9


@dataclass(frozen=True)
class Bands:
    """Rates by price: up to and including each edge its rate, above the last edge the last rate.

    Where the bands are `marginal`, each rate applies to the part of the price inside its band; otherwise
    the rate of the band that the price falls in applies to the whole price. A flat rate has no edge.

    >>> furniture = Bands((Decimal(200),), (Decimal("0.15"), Decimal("0.10")), marginal=True)
    >>> furniture.fee(Decimal(300))
    Decimal('40.00')
    """

    edges: tuple[Decimal, ...]
    rates: tuple[Decimal, ...]
    marginal: bool = False

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.edges) + 1:
            raise ValueError(f"{len(self.edges)} edges need one rate more: {len(self.rates)} were given.")
        if any(low >= high for low, high in pairwise((Decimal(0), *self.edges))):
            raise ValueError(f"Edges must lie above 0 and rise: {_written(self.edges)} were given.")
        if any(not 0 <= rate <= 1 for rate in self.rates):
            raise ValueError(f"Rates must lie between 0 and 1: {_written(self.rates)} were given.")

    @cached_property
    def constants(self) -> tuple[Decimal, ...]:
        """What each band adds to its rate × the price, so that both kinds are straight lines by band."""
        constants = [Decimal(0)]
        for edge, (below, above) in zip(self.edges, pairwise(self.rates), strict=True):
            constants.append(constants[-1] + (below - above) * edge if self.marginal else Decimal(0))
        return tuple(constants)

    def fee(self, price: Decimal) -> Decimal:
        """The fee on one price, exact."""
        band = bisect_left(self.edges, price)
        return self.constants[band] + self.rates[band] * price

    def fees(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """The fee on each price, in floats."""
        edges, constants, rates = (
            np.array(numbers, dtype=np.float64) for numbers in (self.edges, self.constants, self.rates)
        )
        band = np.searchsorted(edges + _HAIR, prices)
        fees: NDArray[np.float64] = constants[band] + rates[band] * prices
        return fees


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """What a marketplace takes of one unit in some categories, from a day on."""

    categories: tuple[str, ...]
    bands: Bands
    minimum: Decimal
    valid_from: dt.date
    source: str
    checked: dt.date | None
    confidence: "Confidence"
    note: str = ""

    def __post_init__(self) -> None:
        if not self.categories or not all(name.strip() for name in self.categories):
            raise ValueError("A fee schedule needs at least one category, and each a name.")
        if not 0 <= self.minimum <= MOST:
            raise ValueError(f"A minimum fee must be 0 or more: {self.minimum} was given.")


@dataclass(frozen=True)
class FeeTable:
    """A marketplace's schedules in one currency; of one category's, the later takes the place of the earlier.

    >>> from ownchannel.marketplace.amazon_fees import AMAZON_US
    >>> AMAZON_US.schedule("watches").bands.rates
    (Decimal('0.16'), Decimal('0.03'))
    """

    currency: str
    schedules: tuple[Schedule, ...]

    def __post_init__(self) -> None:
        if not self.schedules:
            raise ValueError("A table of fees needs at least one schedule.")
        seen: set[tuple[str, dt.date]] = set()
        for schedule in self.schedules:
            for category in schedule.categories:
                if (category, schedule.valid_from) in seen:
                    raise ValueError(f"{category!r} has two fee schedules from {schedule.valid_from}.")
                seen.add((category, schedule.valid_from))

    @property
    def categories(self) -> tuple[str, ...]:
        """The names of all categories, in order of the alphabet."""
        return tuple(sorted({name for schedule in self.schedules for name in schedule.categories}))

    def schedule(self, category: str, date: dt.date | None = None) -> Schedule:
        """The schedule of a category on a day; without a day, the newest.

        Raises ValueError where the category is unknown (with the nearest names and all that there are), and
        where the day lies before its first schedule.
        """
        of_category = [schedule for schedule in self.schedules if category in schedule.categories]
        if not of_category:
            raise ValueError(f"There is no fee category {unknown_name(category, self.categories)}")
        first = min(schedule.valid_from for schedule in of_category)
        if date is not None and date < first:
            raise ValueError(f"Fees of {category!r} are known from {first} on: you asked for {date}.")
        in_force = (s for s in of_category if date is None or s.valid_from <= date)
        return max(in_force, key=lambda schedule: schedule.valid_from)


def unknown_name(name: str, known: tuple[str, ...]) -> str:
    """The end of a sentence that refuses a name: the nearest ones, and all that there are.

    >>> unknown_name("jewelry", ("beauty", "jewellery"))
    "'jewelry': did you mean 'jewellery'? There are: beauty, jewellery."
    """
    near = get_close_matches(name, known)
    meant = f" did you mean {' or '.join(map(repr, near))}?" if near else ""
    return f"{name!r}:{meant} There are: {', '.join(known)}."


def _written(numbers: tuple[Decimal, ...]) -> str:
    return ", ".join(map(str, numbers))
