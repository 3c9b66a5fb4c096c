"""A chunk of a file's rows, read column by column, and what is wrong with any of them."""

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from ownchannel.files._cells import ROUNDED, BadCell, number
from ownchannel.files._columns import as_array, flags, repeated
from ownchannel.files._labels import as_labels, masked
from ownchannel.files._money import (
    LARGEST_AMOUNT,
    MILLION,
    MILLIONTH,
    MONEY,
    NO_CURRENCY,
    Millionths,
    amount_of,
    as_millionths,
    is_currency,
    millionths,
)
from ownchannel.files._notation import DAYS, MARKS, Choice, Notation
from ownchannel.files._times import PLAUSIBLE_YEARS, from_serials, instants, moment

T = TypeVar("T")

_LARGEST = millionths(LARGEST_AMOUNT)
_TOO_MUCH = "adds up to a trillion or more"
_TOO_MUCH_IN_ALL = "makes a trillion or more with the quantity"
#: By decimal mark, the form of most amounts: they are read at once.
_PLAIN = {".": r"^-?\d{1,12}(\.\d{1,6})?$", ",": r"^-?\d{1,12}(,\d{1,6})?$"}
_EXPORT_AGAIN = "Export the report again, or fill the cell in."
_NO_DATE = f"is not a date and time from {PLAUSIBLE_YEARS[0]} to {PLAUSIBLE_YEARS[-1]} that can be read"
_WRITE_A_CODE = "Write the three letters of the currency, such as USD."
_ROUNDED_ID = "was rounded by a spreadsheet, so that several may look the same"
_NOT_THROUGH_A_SPREADSHEET = "Export the report again and add it without opening it in a spreadsheet."


class Rejection(NamedTuple):
    """A row that could not be used, without its content: only the shape of the cell at fault.

    >>> rows = Rows([2], pa.table({"Price": ["dear"]}), {"price": 0})
    >>> rows.amounts("price").tolist(), rows.faults[0].value, rows.faults[0].reason
    ([0], 'aaaa', 'is not an amount that can be read')
    """

    line: int
    column: str
    value: str
    reason: str
    remedy: str
    currency: str = ""
    """The order's currency where the row itself does not carry it."""


class Rows:
    """A chunk of rows: cells fetched by column, checked on the way, each distinct text only once.

    A row with a cell that cannot be read is set aside with the first fault found in it; its values in the
    columns are fillers. `batch` gives the rows that are left.

    >>> rows = Rows([2, 3], pa.table({"Price": ["12.50", "dear"]}), {"price": 0})
    >>> rows.amounts("price").tolist(), rows.kept().tolist()
    ([12500000, 0], [True, False])
    """

    def __init__(
        self,
        lines: ArrayLike,
        cells: pa.Table,
        columns: Mapping[str, int],
        faults: Mapping[int, Rejection] | None = None,
    ) -> None:
        """`columns` are by name the places of the table's columns."""
        self.lines = np.asarray(lines, dtype=np.int64)
        self.columns = columns
        self.faults: dict[int, Rejection] = dict(faults or {})
        self.notation = Notation()
        self.shown: dict[tuple[Choice, str], pa.StringArray] = {}
        """What the notation has seen of columns."""
        self._cells = cells
        self._taken: pa.Array | None = None
        self._columns: dict[str, pa.StringArray] = {}
        self._encoded: dict[str, pa.DictionaryArray] = {}
        self._labels: dict[str, pa.StringArray] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def renamed(self, names: Mapping[str, str]) -> "Rows":
        """The same rows, faults included, with columns under other names."""
        same = copy(self)
        same.columns = {names.get(column, column): place for column, place in self.columns.items()}
        same._columns, same._encoded, same._labels, same.shown = {}, {}, {}, {}
        return same

    def replaced(self, columns: Mapping[str, pa.StringArray]) -> "Rows":
        """The same rows, faults included, with other cells in some columns, or with further columns."""
        same = copy(self)
        same._columns, same._encoded = {**self._columns, **columns}, {}
        return same

    def at(self, places: NDArray[np.intp]) -> "Rows":
        """Some of the rows, with a slate of their own for faults."""
        some = Rows(self.lines[places], self._cells, self.columns)
        some.notation = self.notation
        some._taken = pa.array(places) if self._taken is None else self._taken.take(pa.array(places))
        return some

    def without(self, apart: NDArray[np.bool_]) -> "Rows":
        """The rows but those that are none of the table, such as a footer below it: they count nowhere."""
        kept = np.flatnonzero(~apart)
        if len(kept) == len(self):
            return self
        some = self.at(kept)
        some.faults = {int(np.searchsorted(kept, at)): self.faults[at] for at in self.faults if not apart[at]}
        return some

    def unjudged(self) -> "Rows":
        """The same rows with none set aside: what cannot be read is 0."""
        apart = copy(self)
        apart.faults = {}
        return apart

    def reject(self, place: int, bad: BadCell, currency: str = "") -> None:
        """Set a row aside; the first fault found in it stays."""
        line = int(self.lines[place])
        shape = masked(bad.value)
        rejection = Rejection(line, bad.column, shape, bad.reason, bad.remedy, currency)
        self.faults.setdefault(place, rejection)

    def reject_where(self, wrong: NDArray[np.bool_], column: str, reason: str, remedy: str) -> None:
        """Set aside every row where something in a column does not fit."""
        cells = self.column(column) if wrong.any() else []
        for place in np.flatnonzero(wrong).tolist():
            self.reject(place, BadCell(column, cells[place].as_py(), reason, remedy))

    def kept(self) -> NDArray[np.bool_]:
        """Which rows are not set aside."""
        kept = np.ones(len(self), dtype=np.bool_)
        kept[list(self.faults)] = False
        return kept

    # ------------------------------------------------------------ texts

    def column(self, name: str) -> pa.StringArray:
        """The cells, stripped; empty where there is no such column."""
        if name not in self._columns:
            at = self.columns.get(name)
            if at is None:
                cells = repeated("", pa.string(), len(self))
            else:
                whole = self._cells.column(at)
                cells = (whole if self._taken is None else whole.take(self._taken)).combine_chunks()
            self._columns[name] = pc.utf8_trim_whitespace(cells)
        return self._columns[name]

    def encoded(self, name: str) -> pa.DictionaryArray:
        """The same as distinct texts, and by row the place of its own among them."""
        if name not in self._encoded:
            self._encoded[name] = self.column(name).dictionary_encode()
        return self._encoded[name]

    def text(self, column: str) -> list[str]:
        """The cells as texts, stripped; empty where there is no such column."""
        return cast("list[str]", self.column(column).to_pylist())

    def has_text(self, column: str) -> NDArray[np.bool_]:
        """Where a cell is not empty."""
        return flags(pc.not_equal(self.column(column), ""))

    def is_rounded(self, column: str) -> NDArray[np.bool_]:
        """Where a spreadsheet has rounded an id, such as 5.55E+12: it is no identity."""
        return flags(pc.match_substring_regex(self.column(column), ROUNDED))

    def each(self, read: Callable[..., T], *columns: str, otherwise: T) -> list[T]:
        """`read` of every row's cells; where it raises BadCell the row is set aside with `otherwise`."""
        known, place = self.distinct(read, *columns, otherwise=otherwise)
        return [known[at] for at in place.tolist()]

    def words(
        self, read: Callable[..., str | None], *columns: str, otherwise: str | None = None
    ) -> pa.StringArray:
        """The same for texts, as an array."""
        known, place = self.distinct(read, *columns, otherwise=otherwise)
        return pa.array(known, pa.string()).take(pa.array(place))

    def numbers(self, read: Callable[..., int], *columns: str) -> Millionths:
        """The same for whole numbers, as an array; 0 where the row is set aside."""
        known, place = self.distinct(read, *columns, otherwise=0)
        return np.array(known, dtype=np.int64)[place]

    def distinct(
        self, read: Callable[..., T], *columns: str, otherwise: T
    ) -> tuple[list[T], NDArray[np.intp]]:
        """The same of distinct cells, each once, and by row the place of its own among them."""
        cells, place = self._distinct(columns)
        return self._known(read, cells, place, otherwise), place

    def _distinct(self, columns: Sequence[str]) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
        """The distinct cells, or combinations of cells, and by row the place of its own among them."""
        encoded = [self.encoded(column) for column in columns]
        of_row = encoded[0].indices.to_numpy()
        if len(encoded) == 1:
            return [(text,) for text in encoded[0].dictionary.to_pylist()], of_row
        of_row = of_row.astype(np.int64)
        for further in encoded[1:]:
            # Numbered anew by column: the product of many columns' numbers would overflow.
            of_row, _ = pd.factorize(of_row * len(self) + further.indices.to_numpy())
        first = np.flatnonzero(~pd.Series(of_row).duplicated())
        cells = (self.column(column).take(pa.array(first)).to_pylist() for column in columns)
        return list(zip(*cells, strict=True)), of_row

    def _known(
        self,
        read: Callable[..., T],
        distinct: Sequence[tuple[str, ...]],
        place: NDArray[np.intp],
        otherwise: T,
    ) -> list[T]:
        """What `read` gives for each of the distinct cells; rows of those that it refuses are set aside."""
        known: list[T] = []
        for at, cells in enumerate(distinct):
            try:
                known.append(read(*cells))
            except BadCell as bad:
                known.append(otherwise)
                for row in np.flatnonzero(place == at):
                    self.reject(int(row), bad)
        return known

    def labels(self, column: str) -> pa.StringArray:
        """Texts for the table, free of addresses and control characters; null where empty."""
        if column not in self._labels:
            self._labels[column] = as_labels(self.column(column))
        return self._labels[column]

    def first_label(self, *columns: str, otherwise: str | None = None) -> pa.StringArray:
        """In each row the first of these columns' labels that there is."""
        found = self._all(None)
        for column in columns:
            if found.null_count:
                found = pc.coalesce(found, self.labels(column))
        return pc.coalesce(found, otherwise) if otherwise and found.null_count else found

    def required(self, column: str, remedy: str = _EXPORT_AGAIN) -> pa.StringArray:
        """Texts for the table; a row without one is set aside."""
        labels = self.labels(column)
        if labels.null_count:
            self.reject_where(flags(labels.is_null()), column, "is empty", remedy)
            return labels.fill_null("")
        return labels

    def identities(self, column: str) -> pa.StringArray:
        """Required texts that tell orders apart: one that a spreadsheet rounded, 5.55E+12, does not."""
        texts = self.required(column)
        self.reject_where(self.is_rounded(column), column, _ROUNDED_ID, _NOT_THROUGH_A_SPREADSHEET)
        return texts

    def exact_labels(self, column: str) -> pa.StringArray:
        """Labels; null for ids that a spreadsheet rounded as well."""
        return pc.if_else(pa.array(self.is_rounded(column)), None, self.labels(column))

    def _all(self, value: str | None) -> pa.StringArray:
        return repeated(value, pa.string(), len(self))

    # ------------------------------------------------------------ numbers

    def amounts(self, column: str, required: bool = False) -> Millionths:
        """Exact numbers in millionths; 0 where empty, unless one is required."""
        mark = self.notation.way(MARKS, self, column) or "."
        encoded = self.encoded(column)
        distinct, place = encoded.dictionary, encoded.indices.to_numpy()
        plain = pc.match_substring_regex(distinct, _PLAIN[mark])
        written = pc.replace_substring(pc.if_else(plain, distinct, "0"), ",", ".")
        found: Millionths = as_millionths(written.cast(MONEY))
        others = np.flatnonzero(flags(pc.invert(plain)))
        if len(others):
            texts = [(text,) for text in distinct.take(pa.array(others)).to_pylist()]
            at = np.full(len(distinct), -1)
            at[others] = np.arange(len(others))
            read = partial(_amount, column, mark, required)
            found[others] = self._known(read, texts, at[place], 0)
        of_row: Millionths = found[place]
        return of_row

    def quantities(self, column: str) -> NDArray[np.float64]:
        """Numbers of units; 0 where empty."""
        return self.amounts(column) / MILLION

    def shares(self, column: str, required: bool = False) -> pa.DoubleArray:
        """Percent, with or without the sign, as shares from 0 to 1; null where empty."""
        self._columns[column] = pc.utf8_rtrim(self.column(column), "% ")
        self._encoded.pop(column, None)
        percent = self.amounts(column, required)
        wrong = (percent < 0) | (percent > 100 * MILLION)
        self.reject_where(wrong, column, "is not between 0 and 100 percent", _EXPORT_AGAIN)
        return pa.array(percent / (100 * MILLION), mask=~self.has_text(column))

    def line_totals(self, price: str, quantity: str, required: bool = False) -> Millionths:
        """Price for one times quantity (one where none is given), exact to the millionth."""
        of_one, units = self.amounts(price, required), self.amounts(quantity, required)
        if not required:
            units = np.where(self.has_text(quantity), units, MILLION)
        whole, parts = np.divmod(units, MILLION)
        with np.errstate(over="ignore"):
            totals = of_one * whole
        size = np.abs(of_one.astype(float)) * np.abs(units.astype(float)) / MILLION
        self.reject_where(size >= _LARGEST, price, _TOO_MUCH_IN_ALL, "Correct it.")
        for place in np.flatnonzero((parts != 0) & (size < _LARGEST)).tolist():
            exact = amount_of(int(of_one[place])) * amount_of(int(units[place]))
            totals[place] = millionths(exact.quantize(MILLIONTH))
        return np.where(size < _LARGEST, totals, 0)

    # ------------------------------------------------------------ times and currencies

    def moments(
        self,
        column: str,
        zone: str | None = None,
        required: bool = True,
        where: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.datetime64]:
        """Instants in UTC, to the microsecond; where none is required an empty cell gives no time.

        Only the rows of `where` are looked at; the others have no time.
        """
        day_first = {"d": True, "m": False, "": None}[self.notation.way(DAYS, self, column)]
        is_serial = self.notation.serials.get(column)
        cells = from_serials(self.column(column)) if is_serial else self.column(column)

        def read(cell: str) -> datetime:
            try:
                return moment(cell, zone, day_first).replace(tzinfo=None)
            except (ValueError, OverflowError) as error:
                reason = _NO_DATE if cell else "is empty"
                remedy = "Write it as 2026-01-31T10:15:00+00:00, or export the report again."
                raise BadCell(column, cell, reason, remedy) from error

        moments, others = instants(cells, zone, day_first)
        if where is not None:
            moments[~where] = np.datetime64("NaT")
            others = others[where[others]]
        if not required:
            others = others[self.has_text(column)[others]]
        if len(others):
            encoded = cells.take(pa.array(others)).dictionary_encode()
            place = np.full(len(self), -1)
            place[others] = encoded.indices.to_numpy()
            distinct = [(cell,) for cell in encoded.dictionary.to_pylist()]
            known = np.array(self._known(read, distinct, place, None), dtype="datetime64[us]")
            moments[others] = known[place[others]]
        return moments

    def currencies(self, column: str, unless: NDArray[np.bool_] | None = None) -> pa.StringArray:
        """ISO 4217 codes; XXX (no currency) where the cell is empty and `unless` allows it."""

        def read(cell: str) -> str:
            if not cell or is_currency(cell.upper()):
                return cell.upper() or NO_CURRENCY
            raise BadCell(column, cell, "is not a currency code", _WRITE_A_CODE)

        empty = ~self.has_text(column)
        self.reject_where(empty if unless is None else empty & ~unless, column, "is empty", _WRITE_A_CODE)
        return self.words(read, column, otherwise=NO_CURRENCY)

    # ------------------------------------------------------------ what is left

    def batch(self, schema: pa.Schema, **columns: Any) -> pa.RecordBatch:
        """The rows that were not set aside; a single value stands for all rows, None for nothing known."""
        for field in schema:
            value = columns.get(field.name)
            if isinstance(value, np.ndarray) and field.type == MONEY:
                self.reject_where(abs(value) >= _LARGEST, field.name, _TOO_MUCH, "Correct the amounts.")
        kept = pa.array(self.kept()) if self.faults else None
        length = len(self) - len(self.faults)

        def array(field: pa.Field) -> pa.Array:
            value = self.lines if field.name == "source_row" else columns.get(field.name)
            if not isinstance(value, (list, np.ndarray, pa.Array, pa.ChunkedArray)):
                return repeated(value, field.type, length)
            whole = as_array(value, field.type)
            # Filtered before texts become numbers: no word of a row that was set aside may stay.
            return (whole if kept is None else whole.filter(kept)).cast(field.type)

        return pa.RecordBatch.from_arrays([array(field) for field in schema], schema=schema)


def _amount(column: str, mark: str, required: bool, cell: str) -> int:
    # Dashes alone say that there is none, as accountants and Etsy write it.
    if not cell.strip("-–—") and not required:
        return 0
    try:
        return millionths(number(cell, mark))
    except ValueError as error:
        remedy = "Write a plain number such as 1234.50." if mark == "." else "Write 1234,50."
        raise BadCell(column, cell, "is not an amount that can be read", remedy) from error
