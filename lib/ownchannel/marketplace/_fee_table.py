"""Referral fees as dated schedules of rates by price, and how your own are read from a small CSV."""

import csv
import datetime as dt
import io
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ownchannel.formats import Shown, count

if TYPE_CHECKING:
    from ownchannel.assumptions import Confidence

#: Above this no price is believed, and arithmetic with 28 digits might round.
MOST = Decimal(10) ** 12

#: A price computed in floats may land a hair above the edge of its band.
_HAIR = 1e-9


@dataclass(frozen=True)
class FeeBands:
    """Rates by price: up to and including each edge its rate, above the last edge the last rate.

    Where the bands are `marginal`, each rate applies to the part of the price inside its band; otherwise
    the rate of the band that the price falls in applies to the whole price. A flat rate has no edge.

    >>> furniture = FeeBands((Decimal(200),), (Decimal("0.15"), Decimal("0.10")), marginal=True)
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
class FeeSchedule:
    """What a marketplace takes of one unit in some categories, from a day on.

    >>> from ownchannel.marketplace import AMAZON_US
    >>> AMAZON_US.schedule("books").valid_from.isoformat()
    '2024-01-15'
    """

    categories: tuple[str, ...]
    bands: FeeBands
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


@dataclass(frozen=True, repr=False)
class FeeTable(Shown):
    """A marketplace's schedules in one currency; of one category's, the later takes the place of the earlier.

    >>> from ownchannel.marketplace import AMAZON_US
    >>> AMAZON_US
    Referral fees of 41 categories in USD.
    >>> AMAZON_US.schedule("watches").bands.rates
    (Decimal('0.16'), Decimal('0.03'))
    """

    currency: str
    schedules: tuple[FeeSchedule, ...]

    def __post_init__(self) -> None:
        if not self.schedules:
            raise ValueError("A table of fees needs at least one schedule.")
        seen: set[tuple[str, dt.date]] = set()
        for schedule in self.schedules:
            for category in schedule.categories:
                if (category, schedule.valid_from) in seen:
                    raise ValueError(f"{category!r} has two fee schedules from {schedule.valid_from}.")
                seen.add((category, schedule.valid_from))

    def __str__(self) -> str:
        return f"Referral fees of {count(len(self.categories), 'category', 'categories')} in {self.currency}."

    @property
    def categories(self) -> tuple[str, ...]:
        """The names of all categories, in order of the alphabet."""
        return tuple(sorted({name for schedule in self.schedules for name in schedule.categories}))

    def schedule(self, category: str, date: dt.date | None = None) -> FeeSchedule:
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


_COLUMNS = ("category", "up_to", "rate", "kind", "minimum", "valid_from", "currency")

#: Whether the kind is marginal.
_KINDS = {"whole": False, "marginal": True}


@dataclass(frozen=True)
class _Row:
    """One band of a category. `up_to` is None for all prices above the band before."""

    line: int
    category: str
    up_to: Decimal | None
    rate: Decimal
    kind: str
    minimum: Decimal
    valid_from: dt.date
    currency: str


def read_fee_table(source: Path | str) -> FeeTable:
    """A table of fees from a CSV: a `Path` names the file (UTF-8), a text is the CSV itself.

    It has the columns `category, up_to, rate, kind, minimum, valid_from, currency`, in any order, and a row
    for each band of prices: `rate` is a share; `up_to` the highest price of the band, empty for the last
    band and for a flat rate; `kind` says whether the rate applies to the `whole` price or to the part inside
    the band (`marginal`); `minimum` is empty where there is none; `valid_from` is a day such as 2026-01-15.
    Rows of one category and one day make one schedule, so that later fees are further rows.

    Raises ValueError in a sentence that names the line and the field.

    >>> table = read_fee_table('''category,up_to,rate,kind,minimum,valid_from,currency
    ... tea,10,0.08,whole,0.30,2026-01-15,EUR
    ... tea,,0.15,whole,0.30,2026-01-15,EUR
    ... ''')
    >>> from ownchannel.marketplace import referral_fee
    >>> referral_fee("tea", 20, table=table)
    Decimal('3.00')
    """
    of_schedules: dict[tuple[str, dt.date], list[_Row]] = {}
    currency = ""
    for row in _rows(_text(source)):
        currency = currency or row.currency
        if row.currency != currency:
            raise _refusal(
                row.line, "currency", row.currency, f"{currency}, as above: one table, one currency"
            )
        bands = of_schedules.setdefault((row.category, row.valid_from), [])
        if bands:
            _check_follows(row, bands[-1])
        bands.append(row)
    if not of_schedules:
        raise ValueError("The table of fees has no line below its header: a line is a band of a category.")
    named = source.name if isinstance(source, Path) else "your own table"
    return FeeTable(currency, tuple(_schedule(rows, named) for rows in of_schedules.values()))


def _text(source: Path | str) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{source.name} is not UTF-8 text: save it as CSV UTF-8.") from None


def _rows(text: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        # What stands there instead is not repeated: in a wrong file it may be a person's.
        if sorted(header) != sorted(_COLUMNS):
            raise ValueError(
                f"The first line of a table of fees must name these columns, each once and with commas "
                f"between: {', '.join(_COLUMNS)}. A file is given as a Path."
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ValueError(f"Line {reader.line_num} has {len(cells)} cells, not {len(header)}.")
            yield _row(reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} of the table of fees is no CSV: {error}.") from None


def _row(line: int, cells: dict[str, str]) -> _Row:
    def refusal(field: str, expected: str) -> ValueError:
        return _refusal(line, field, cells[field], expected)

    if not cells["category"]:
        raise refusal("category", "a name")
    if cells["kind"] not in _KINDS:
        raise refusal("kind", "whole or marginal")
    if not re.fullmatch("[A-Z]{3}", cells["currency"]):
        raise refusal("currency", "three capital letters such as USD")
    up_to = _number(cells["up_to"]) if cells["up_to"] else None
    if cells["up_to"] and not up_to:
        raise refusal("up_to", "a price above 0, or nothing for the last band")
    rate = _number(cells["rate"])
    if rate is None or rate > 1:
        raise refusal("rate", "a share between 0 and 1, such as 0.15")
    minimum = _number(cells["minimum"] or "0")
    if minimum is None:
        raise refusal("minimum", "an amount of 0 or more, or nothing")
    try:
        valid_from = dt.date.fromisoformat(cells["valid_from"])
    except ValueError:
        raise refusal("valid_from", "a day such as 2026-01-15") from None
    return _Row(line, cells["category"], up_to, rate, cells["kind"], minimum, valid_from, cells["currency"])


def _number(cell: str) -> Decimal | None:
    """A number from 0 to a trillion; None for anything else."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= MOST else None


def _check_follows(row: _Row, before: _Row) -> None:
    if before.up_to is None:
        raise _refusal(before.line, "up_to", "", f"a price, because line {row.line} has a band above")
    if row.up_to is not None and row.up_to <= before.up_to:
        raise _refusal(
            row.line, "up_to", str(row.up_to), f"more than {before.up_to}, as in line {before.line}"
        )
    if row.kind != before.kind:
        raise _refusal(row.line, "kind", row.kind, f"{before.kind}, as in line {before.line}")
    if row.minimum != before.minimum:
        raise _refusal(row.line, "minimum", str(row.minimum), f"{before.minimum}, as in line {before.line}")


def _schedule(rows: list[_Row], named: str) -> FeeSchedule:
    last = rows[-1]
    if last.up_to is not None:
        raise _refusal(
            last.line, "up_to", str(last.up_to), f"nothing: it is the last band of {last.category!r}"
        )
    edges = tuple(row.up_to for row in rows if row.up_to is not None)
    return FeeSchedule(
        categories=(last.category,),
        bands=FeeBands(edges, tuple(row.rate for row in rows), _KINDS[last.kind]),
        minimum=last.minimum,
        valid_from=last.valid_from,
        source=named,
        checked=None,
        confidence="assumption",
    )


def _refusal(line: int, field: str, given: str, expected: str) -> ValueError:
    shown = repr(given[:60]) if given else "nothing"
    return ValueError(f"Line {line}, {field}: {shown} was given, expected {expected}.")
