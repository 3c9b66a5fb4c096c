"""What the columns of a table hold that no format knows, as far as their names and contents show it."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import list_currencies

from ownchannel.files import (
    DAMAGED,
    Input,
    Rows,
    Source,
    find_layout,
    find_sources,
    moment,
    number,
    open_rows,
)
from ownchannel.orders._readers._reader import status_of

#: A column is of a kind where so many of its cells are; the others are damaged, and set aside by the reader.
_MOST = 0.8
_LONGEST_NAME = 80
_SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "R$": "BRL", "CA$": "CAD", "A$": "AUD", "US$": "USD"}
#: Amounts that stand beside the value of goods.
BESIDE = ("shipping", "tax", "discount", "refund", "fee")

_NO_TABLE = "No table is seen in {0}: the names of its columns, and rows below them."
_STATES = (
    "“{0}” seems to say what became of orders, in words that are not known here, and is left out: every row "
    "would count as sold."
)
_OF_ORDER = "“{0}” has one amount on all rows of an order, and counts once per order."
_A_RATE = "“{0}” may hold percentages, and is left out."
_AFTER = "Nothing shows whether “{0}” was subtracted from the value of goods already: it is left out."


@dataclass(frozen=True)
class MappingGuess:
    """What was guessed of a table: `fields` of a `ColumnMapping`, and in `asks` what must still be named.

    >>> guess = guess_mapping(("till.csv", b"Beleg-Nr;Datum;Betrag" + bytes([10]) + b"7;31.03.2026;12,50"))
    >>> guess.fields, guess.asks
    ({'order_id': 'beleg-nr', 'ordered_at': 'datum', 'item_value': 'betrag'}, ('currency',))
    """

    columns: tuple[str, ...]
    """The names of the table's columns, in small letters."""
    fields: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    """What was left out for a reason, as sentences."""
    private: tuple[str, ...] = ()
    """Columns of names, addresses and the like, of use for the customer alone."""

    @property
    def asks(self) -> tuple[str, ...]:
        """What a mapping needs and nothing in the table shows."""
        has_value = {"item_value", "unit_price"} & self.fields.keys()
        needed = (*("order_id", "ordered_at", "currency"), *(() if has_value else ("item_value",)))
        return tuple(name for name in needed if name not in self.fields)


def guess_mapping(table: Input | Source) -> MappingGuess:
    """Which column of a table holds what, by the names that nine languages have for it and by its contents.

    What is not certain is left open. How dates and amounts are written is judged when the table is read.
    Raises ValueError where no table is seen.

    >>> rows = b"Order no,Date,Qty,Unit price,Currency" + bytes([10]) + b"7,2026-03-31,2,12.50,EUR"
    >>> guess_mapping(("till.csv", rows)).fields["unit_price"]
    'unit price'
    """
    source = one_source(table)
    rows = None
    with suppress(*DAMAGED):
        layout = find_layout(source, _is_header_of_orders) or find_layout(source, _may_be_header)
        if layout:
            with open_rows(source, layout) as chunks:
                rows = next(chunks, None)
    if rows is None or 2 * len(rows.faults) >= len(rows):
        raise ValueError(_NO_TABLE.format(source.name))
    return _Contents(rows).guess()


def one_source(table: Input | Source) -> Source:
    """The file, or the first in a folder or an archive; raises ValueError where it cannot be opened."""
    found = table if isinstance(table, Source) else next(iter(find_sources(table)), None)
    if not isinstance(found, Source):
        raise ValueError(getattr(found, "reason", _NO_TABLE.format("it")))
    return found


def _may_be_header(columns: frozenset[str]) -> bool:
    """Whether these may be names of columns: several texts, and no number, date or address among them."""
    strange = (
        len(name) > _LONGEST_NAME or re.search(r"[@\t;|]", name) or _is_amount(name) or _is_date(name)
        for name in columns
    )
    return sum(map(bool, map(_words, columns))) >= 3 and not any(strange)


def _is_header_of_orders(columns: frozenset[str]) -> bool:
    return sum(_plain(name) in _known_names() for name in columns) >= 2 and _may_be_header(columns)


@cache
def _names() -> dict[str, list[str]]:
    """By what a column may hold, its names in plain letters, the likelier ones first."""
    lists = tomllib.loads(Path(__file__).with_name("guessed_names.toml").read_text(encoding="utf-8"))
    return {role: list(map(_plain, names)) for role, names in lists.items()}


@cache
def _known_names() -> frozenset[str]:
    return frozenset(chain(*_names().values()))


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.casefold()).replace("ł", "l")
    return re.findall(r"[^\W\d_]+", "".join(c for c in letters if not unicodedata.combining(c)))


def _code_in(name: str) -> str:
    """The currency that a name ends with, such as Total (EUR); empty where it names none."""
    code = _words(name)[-1].upper() if len(_words(name)) > 1 else ""
    return code if code in list_currencies() else ""


@lru_cache(maxsize=4_096)
def _plain(name: str) -> str:
    """A name's letters, without accents and without the currency at its end."""
    return "".join(_words(name)[: -1 if _code_in(name) else None])


def _can(read: Callable[[str, Any], object], *ways: object) -> Callable[[str], bool]:
    """Whether a cell can be read in one of these ways."""

    def fits(cell: str) -> bool:
        for way in ways:
            with suppress(ValueError, OverflowError):
                return read(cell, way) is not None
        return False

    return fits


_is_amount, _is_status = _can(number, ".", ","), _can(status_of, "status")
_is_date = _can(lambda cell, way: moment("" if cell.isdigit() else cell, "UTC", way), True, False)


def _is_code(cell: str) -> bool:
    return cell.upper() in list_currencies()


def _is_address(cell: str) -> bool:
    return "@" in cell


def _is_id(cell: str) -> bool:
    """Whether it may be the number of a customer or an order."""
    return any(map(str.isdigit, cell)) and not _is_address(cell) and not _is_date(cell)


def _is_long_id(cell: str) -> bool:
    """Whether it is one even where its column's name does not say so: no amount and no small number."""
    return bool(re.fullmatch(r"#?(\d{6,}|(?=.*\d)(?=.*[^\W\d])[\w/-]{4,})", cell))


def _is_small(cell: str) -> bool:
    """Whether it may be a number of pieces or a rate: a whole number below 1,000."""
    return cell.isdigit() and len(cell) < 4


def repeats(amounts: "pd.Series[Any]", orders: "pd.Series[str]") -> bool:
    """Whether each order of several rows has one amount on all of them, so that it is the whole order's."""
    by_order = amounts.groupby(orders)
    several = by_order.nunique()[(by_order.size() > 1) & (by_order.max() != 0)]
    return bool(len(several) and (several == 1).all())


class _Contents:
    """A table's first rows, and what their columns show."""

    def __init__(self, rows: Rows) -> None:
        self._columns = tuple(rows.columns)
        filled = np.sum([rows.has_text(column) for column in self._columns], axis=0)
        # Words at the end of a report fill few cells.
        self._rows = rows.at(np.flatnonzero(filled > min(3, len(self._columns) / 2)))
        self._cells = pd.DataFrame({column: self._rows.text(column) for column in self._columns})

    def guess(self) -> MappingGuess:
        """Every field that is certain, and why others are not."""
        customer = self._find("customer", _is_address) or self._only(_is_address)
        found = {
            "order_id": self._order,
            "ordered_at": self._date,
            **self._value,
            "quantity": self._find("quantity", _is_amount),
            "currency": self._currency(),
            "customer": customer or self._find("customer", _is_id),
            **{name: self._find(name) for name in ("sku", "product", "country", "status")},
            **{name: self._find(name, _is_amount) for name in BESIDE},
        }
        found = {name: column for name, column in found.items() if column}
        doubts = {name: self._doubt(name, column) for name, column in found.items()}
        fields = {name: column for name, column in found.items() if not doubts[name]}
        notes = [doubts[name].format(column) for name, column in found.items() if doubts[name]]
        of_order = tuple(name for name in BESIDE if name in fields and self._is_repeated(fields[name]))
        notes += [_OF_ORDER.format(fields[name]) for name in of_order]
        whole = {"of_order": of_order} if of_order else {}
        private = [c for c in self._columns if _plain(c) in _names()["person"] or self._are(_is_address, c)]
        return MappingGuess(self._columns, fields | whole, tuple(notes), tuple(private))

    def _find(self, role: str, fits: Callable[[str], bool] = bool) -> str:
        """The column that is called so and holds what fits; of several the one with the likeliest name."""
        names = _names()[role]
        found = [column for column in self._columns if _plain(column) in names and self._are(fits, column)]
        return min(found, key=lambda column: names.index(_plain(column)), default="")

    def _only(self, fits: Callable[[str], bool]) -> str:
        """The only column that holds what fits, dates of something else left out."""
        others = _names()["other_date"]
        found = [c for c in self._columns if self._are(fits, c) and _plain(c) not in others]
        return found[0] if len(found) == 1 else ""

    def _are(self, fits: Callable[[str], bool], column: str) -> bool:
        cells = [cell for cell in self._cells[column].unique()[:100] if cell] if column else []
        # A few cells are enough for most of what may be a thousand columns.
        return any(map(fits, cells[:10])) and sum(map(fits, cells)) >= _MOST * len(cells)

    def _amounts(self, column: str) -> "pd.Series[int]":
        """Amounts in millionths, exact however large; 0 where a cell is none."""
        return pd.Series(self._rows.unjudged().amounts(column).astype(object))

    @cached_property
    def _date(self) -> str:
        return self._find("ordered_at", _is_date) or self._only(_is_date)

    @cached_property
    def _order(self) -> str:
        """By name, else the only column of numbers that repeat, always with one date."""
        named = self._find("order_id")
        others = [
            column
            for column in self._columns
            if _plain(column) not in _known_names()
            and self._are(_is_long_id, column)
            and 1 < self._cells[column].nunique() < len(self._cells)
        ]
        named_or_not = [named] if self._are(_is_id, named) else [] if named or not self._date else others
        found = list(filter(self._has_one_date, named_or_not))
        return found[0] if len(found) == 1 else ""

    def _has_one_date(self, column: str) -> bool:
        """Whether nearly every row with a date has a number in this column, and every number one date."""
        dated = self._cells[self._cells[self._date] != ""] if self._date else self._cells
        dates = dated.groupby(column)[self._date].nunique() if self._date else pd.Series([1])
        return bool((dated[column] == "").mean() < 0.05 and (dates > 1).mean() < 0.05)

    @cached_property
    def _value(self) -> dict[str, str]:
        """The column of the line's total, or of the price for one; nothing where that is not certain."""
        units, one = self._find("quantity", _is_amount), self._find("unit_price", _is_amount)
        price, total = self._find("price", _is_amount), self._find("total", _is_amount)
        if one or price:
            way = "unit_price" if one and units else self._price_is(one or price, units)
            return {way: one or price} if way else {}
        goods = self._find("goods", _is_amount)
        others = [column for column in self._columns if self._may_be_in_total(column)]
        goods = goods or ("" if any(self._amounts(column).any() for column in others) else total)
        is_whole = goods and (self._cells[goods] != "").mean() >= _MOST
        return {"item_value": goods} if is_whole and not self._is_repeated(goods) else {}

    def _price_is(self, price: str, units: str) -> str:
        """Whether a price is for one or the line: by totals, or by products sold in several numbers."""
        if not units:
            return "" if any(map(self._may_be_units, self._columns)) else "item_value"
        sold = pd.DataFrame({"price": self._amounts(price), "units": self._amounts(units) / 10**6})
        sold = sold[sold.units * sold.price != 0]
        many = sold[sold.units != 1]
        for total in filter(None, (self._find("goods", _is_amount), self._find("total", _is_amount))):
            sums = self._amounts(total)[many.index]
            of_one, of_line = (sums == many.price * many.units).all(), (sums == many.price).all()
            if of_one != of_line:
                return "unit_price" if of_one else "item_value"
        name = self._find("sku") or self._find("product")
        product = self._cells[name].where(self._cells[name] != "") if name else sold.units
        sold = sold[sold.units.groupby(product).transform("nunique") > 1]
        prices = (sold.price, sold.price / sold.units)
        of_one, of_line = ((each.groupby(product).nunique() == 1).all() for each in prices)
        return "" if of_one == of_line else "unit_price" if of_one else "item_value"

    def _may_be_units(self, column: str) -> bool:
        is_unknown = _plain(column) not in _known_names() and self._are(_is_small, column)
        return is_unknown and bool({*self._cells[column]} - {"", "0", "1"})

    def _may_be_in_total(self, column: str) -> bool:
        """Whether a total may hold this amount as well as the goods."""
        known = any(_plain(column) in _names()[name] for name in ("shipping", "tax", "discount"))
        unknown = _plain(column) not in _known_names() and "".join(self._cells[column]).strip("0123456789")
        return bool(known or unknown) and self._are(_is_amount, column)

    def _is_repeated(self, column: str) -> bool:
        return bool(self._order) and repeats(self._amounts(column), self._cells[self._order])

    def _doubt(self, name: str, column: str) -> str:
        """Why a column is left out although its name fits; empty where it is not."""
        if name == "status" and not self._are(_is_status, column):
            return _STATES
        if name not in ("tax", "discount") or not self._amounts(column).any():
            return ""
        if self._are(_is_small, column):
            return _A_RATE
        return _AFTER if name == "discount" and "item_value" in self._value else ""

    def _currency(self) -> str:
        """A column of codes, else the one currency that names or cells of amounts say."""
        column = self._find("currency", _is_code) or self._only(_is_code)
        if column or not self._value:
            return column
        (priced,) = self._value.values()
        signs = {re.sub(r"[\d\s.,'’()+−-]", "", cell) for cell in self._cells[priced].unique()}
        codes = {_SIGNS.get(sign, sign) for sign in signs | {_code_in(priced)}} - {""}
        return codes.pop() if len(codes) == 1 and all(map(_is_code, codes)) else ""
