"""A chunk of a file's rows, read column by column, and what is wrong with any of them."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

from ownchannel.orders._cells import (
    LARGEST_AMOUNT,
    MILLIONTH,
    ROUNDED,
    BadCell,
    Millionths,
    decimals,
    masked,
    millionths,
    number,
    without_address,
)
from ownchannel.orders._schema import MONEY, NO_CURRENCY
from ownchannel.orders._times import PLAUSIBLE_YEARS, from_serials, instants, moment

T = TypeVar("T")

_LARGEST = millionths(LARGEST_AMOUNT)
_TOO_MUCH = "adds up to a trillion or more"
#: Labels longer than this are cut: no product's name is, and a cell may hold a megabyte.
LONGEST_LABEL = 500
#: What a label may hold is looked at closely where a cell has any of these.
_NO_LABEL = "[^ -~]|@"
_EXPORT_AGAIN = "Export the report again, or fill the cell in."
_NO_DATE = f"is not a date and time from {PLAUSIBLE_YEARS[0]} to {PLAUSIBLE_YEARS[-1]} that can be read"
_WRITE_A_CODE = "Write the three letters of the currency, such as USD."
_ROUNDED_ID = "was rounded by a spreadsheet, so that several may look the same"
_NOT_THROUGH_A_SPREADSHEET = "Export the report again and add it without opening it in a spreadsheet."
_CONTROL = dict.fromkeys([*range(32), *range(127, 160)], " ")


class Rejection(NamedTuple):
    """A row that could not be used, without its content: only the shape of the cell at fault."""

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
        self._cells = cells
        self._taken: pa.Array | None = None
        self._columns: dict[str, pa.StringArray] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def renamed(self, names: Mapping[str, str]) -> "Rows":
        """The same rows, faults included, with columns under other names."""
        same = copy(self)
        same.columns = {names.get(column, column): place for column, place in self.columns.items()}
        same._columns = {}
        return same

    def at(self, places: NDArray[np.intp]) -> "Rows":
        """Some of the rows, with a slate of their own for faults."""
        some = Rows(self.lines[places], self._cells, self.columns)
        some._taken = pa.array(places) if self._taken is None else self._taken.take(pa.array(places))
        return some

    def reject(self, place: int, bad: BadCell, currency: str = "") -> None:
        """Set a row aside; the first fault found in it stays."""
        line = int(self.lines[place])
        shape = masked(bad.value.translate(_CONTROL))
        rejection = Rejection(line, bad.column, shape, bad.reason, bad.remedy, currency)
        self.faults.setdefault(place, rejection)

    def reject_where(self, wrong: NDArray[np.bool_], column: str, reason: str, remedy: str) -> None:
        """Set aside every row where something in a column does not fit."""
        cells = self.text(column) if wrong.any() else []
        for place in np.flatnonzero(wrong).tolist():
            self.reject(place, BadCell(column, cells[place], reason, remedy))

    def column(self, name: str) -> pa.StringArray:
        """The cells, stripped; empty where there is no such column."""
        if name not in self._columns:
            at = self.columns.get(name)
            if at is None:
                cells = _repeated("", pa.string(), len(self))
            else:
                whole = self._cells.column(at)
                cells = (whole if self._taken is None else whole.take(self._taken)).combine_chunks()
            self._columns[name] = pc.utf8_trim_whitespace(cells)
        return self._columns[name]

    def text(self, column: str) -> list[str]:
        """The cells as texts, stripped; empty where there is no such column."""
        return cast("list[str]", self.column(column).to_pylist())

    def has_text(self, column: str) -> NDArray[np.bool_]:
        """Where a cell is not empty."""
        filled = pc.not_equal(self.column(column), "")
        return cast("NDArray[np.bool_]", filled.to_numpy(zero_copy_only=False))

    def is_rounded(self, column: str) -> NDArray[np.bool_]:
        """Where a spreadsheet has rounded an id, such as 5.55E+12: it is no identity."""
        rounded = pc.match_substring_regex(self.column(column), ROUNDED)
        return cast("NDArray[np.bool_]", rounded.to_numpy(zero_copy_only=False))

    def each(self, read: Callable[..., T], *columns: str, otherwise: T) -> list[T]:
        """`read` of every row's cells; where it raises BadCell the row is set aside with `otherwise`."""
        distinct, place = self._distinct(columns)
        known = self._known(read, distinct, place, otherwise)
        return [known[at] for at in place.tolist()]

    def numbers(self, read: Callable[..., int], *columns: str) -> Millionths:
        """The same for whole numbers, as an array; 0 where the row is set aside."""
        distinct, place = self._distinct(columns)
        return np.array(self._known(read, distinct, place, 0), dtype=np.int64)[place]

    def _distinct(self, columns: Sequence[str]) -> tuple[list[tuple[str, ...]], NDArray[np.intp]]:
        """The distinct cells, or combinations of cells, and by row the place of its own among them."""
        cells = [self.column(column) for column in columns]
        encoded = cells[0].dictionary_encode()
        if len(cells) == 1:
            return [(text,) for text in encoded.dictionary.to_pylist()], encoded.indices.to_numpy()
        of_row = encoded.indices.to_numpy().astype(np.int64)
        for further in cells[1:]:
            # Numbered anew by column: the product of many columns' numbers would overflow.
            code = further.dictionary_encode().indices.to_numpy()
            _, of_row = np.unique(of_row * len(self) + code, return_inverse=True)
        _, first = np.unique(of_row, return_index=True)
        return list(zip(*(column.take(pa.array(first)).to_pylist() for column in cells), strict=True)), of_row

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

    def labels(self, column: str) -> list[str | None]:
        """Texts for the table, free of addresses and control characters; None where empty."""
        if self._are_labels(column):
            return [cell or None for cell in self.text(column)]
        return self.each(as_label, column, otherwise=None)

    def _are_labels(self, column: str) -> bool:
        """Whether all cells are labels as they stand: short, printable ASCII without an address."""
        cells = self.column(column)
        return not (
            pc.any(pc.match_substring_regex(cells, _NO_LABEL)).as_py()
            or (pc.max(pc.binary_length(cells)).as_py() or 0) > LONGEST_LABEL
        )

    def first_label(self, *columns: str, otherwise: str | None = None) -> list[str | None]:
        """In each row the first of these columns' labels that there is."""
        labels = self.labels(columns[0])
        for column in columns[1:]:
            if None in labels:
                labels = [label or other for label, other in zip(labels, self.labels(column), strict=True)]
        return [label or otherwise for label in labels] if otherwise and None in labels else labels

    def required(self, column: str, remedy: str = _EXPORT_AGAIN) -> list[str]:
        """Texts for the table; a row without one is set aside."""

        def read(cell: str) -> str:
            label = as_label(cell)
            if label is None:
                raise BadCell(column, "", "is empty", remedy)
            return label

        if self._are_labels(column) and self.has_text(column).all():
            return self.text(column)
        return self.each(read, column, otherwise="")

    def identities(self, column: str) -> list[str]:
        """Required texts that tell orders apart: one that a spreadsheet rounded, 5.55E+12, does not."""
        texts = self.required(column)
        self.reject_where(self.is_rounded(column), column, _ROUNDED_ID, _NOT_THROUGH_A_SPREADSHEET)
        return texts

    def exact_labels(self, column: str) -> list[str | None]:
        """Labels; None for ids that a spreadsheet rounded as well."""
        return [
            None if rounded else label
            for label, rounded in zip(self.labels(column), self.is_rounded(column).tolist(), strict=True)
        ]

    def amounts(self, column: str, decimal: str = ".", required: bool = False) -> Millionths:
        """Exact numbers in millionths; 0 where empty, unless one is required."""

        def read(cell: str) -> int:
            return millionths(self._number(column, cell, decimal, required))

        return self.numbers(read, column)

    def unjudged(self) -> "Rows":
        """The same rows with none set aside: what cannot be read is 0."""
        apart = copy(self)
        apart.faults = {}
        return apart

    def quantities(self, column: str, decimal: str = ".") -> list[float]:
        """Numbers of units; 0 where empty."""
        return self.each(lambda cell: float(self._number(column, cell, decimal)), column, otherwise=0.0)

    def line_totals(
        self, price: str, quantity: str, decimal: str = ".", required: bool = False, units_decimal: str = ""
    ) -> Millionths:
        """Price for one times quantity (one where none is given), exact to the millionth.

        `units_decimal` is the quantity's decimal mark where it has another than the price.
        """

        def read(one: str, units: str) -> int:
            mark = units_decimal or decimal
            number_of = self._number(quantity, units, mark, required) if units or required else Decimal(1)
            total = (self._number(price, one, decimal, required) * number_of).quantize(MILLIONTH)
            if abs(total) >= LARGEST_AMOUNT:
                raise BadCell(price, one, "makes a trillion or more with the quantity", "Correct it.")
            return millionths(total)

        return self.numbers(read, price, quantity)

    @staticmethod
    def _number(column: str, cell: str, decimal: str, required: bool = False) -> Decimal:
        if not cell and not required:
            return Decimal(0)
        try:
            return number(cell, decimal)
        except ValueError as error:
            remedy = "Write a plain number such as 1234.50." if decimal == "." else "Write 1234,50."
            raise BadCell(column, cell, "is not an amount that can be read", remedy) from error

    def moments(
        self,
        column: str,
        zone: str | None = None,
        day_first: bool | None = None,
        required: bool = True,
        where: NDArray[np.bool_] | None = None,
        *,
        serials: bool = False,
    ) -> NDArray[np.datetime64]:
        """Instants in UTC, to the microsecond; where none is required an empty cell gives no time.

        Only the rows of `where` are looked at; the others have no time. `serials`: the cells are numbers of
        days, as Excel counts them.
        """
        cells = from_serials(self.column(column)) if serials else self.column(column)

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

    def currencies(self, column: str, unless: NDArray[np.bool_] | None = None) -> list[str]:
        """ISO 4217 codes; XXX (no currency) where the cell is empty and `unless` allows it."""

        def read(cell: str) -> str:
            if not cell or is_currency(cell.upper()):
                return cell.upper()
            raise BadCell(column, cell, "is not a currency code", _WRITE_A_CODE)

        codes = self.each(read, column, otherwise=NO_CURRENCY)
        empty = np.fromiter((not code for code in codes), dtype=np.bool_, count=len(self))
        self.reject_where(empty if unless is None else empty & ~unless, column, "is empty", _WRITE_A_CODE)
        return [code or NO_CURRENCY for code in codes]

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
            if not isinstance(value, (list, np.ndarray, pa.Array)):
                return _repeated(value, field.type, length)
            whole = _as_array(value, field.type)
            # Filtered before texts become numbers: no word of a row that was set aside may stay.
            return (whole if kept is None else whole.filter(kept)).cast(field.type)

        return pa.RecordBatch.from_arrays([array(field) for field in schema], schema=schema)

    def kept(self) -> NDArray[np.bool_]:
        """Which rows are not set aside."""
        kept = np.ones(len(self), dtype=np.bool_)
        kept[list(self.faults)] = False
        return kept


def _as_array(value: Any, kind: pa.DataType) -> pa.Array:
    """An array of that type, or of the texts that its numbers stand for."""
    if isinstance(value, pa.Array):
        return value
    if isinstance(value, np.ndarray) and pa.types.is_decimal(kind):
        return decimals(value)
    if isinstance(value, np.ndarray) and pa.types.is_timestamp(kind):
        return pa.array(value).cast(pa.timestamp("us")).cast(kind)
    return pa.array(value, kind.value_type if pa.types.is_dictionary(kind) else kind)


def _repeated(value: Hashable, kind: pa.DataType, length: int) -> pa.Array:
    """One value for so many rows: all chunks share its memory, since reports leave many columns empty."""
    return _constant(value, kind, 1 << length.bit_length()).slice(0, length)


@lru_cache(maxsize=64)
def _constant(value: Hashable, kind: pa.DataType, length: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), length)


def as_label(cell: str) -> str | None:
    """A cell as a text for the table; None where nothing is left of it."""
    label = without_address(cell)
    if not label.isprintable():
        label = " ".join(label.translate(_CONTROL).split())
    return label[:LONGEST_LABEL] or None


def is_currency(code: str) -> bool:
    """Whether a text has the form of an ISO 4217 code."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
