"""What readers hand over: rows as they stand in a file, and what became of each of them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from ownchannel.orders.cells import (
    LARGEST_AMOUNT,
    BadCell,
    instant,
    masked,
    number,
    times,
    without_address,
)
from ownchannel.orders.schema import Kind, Status

ZERO = Decimal(0)


class Line(NamedTuple):
    """An order line: the table's columns but the local date, then what counting it once takes."""

    order_id: str
    line_id: str
    channel: str
    kind: Kind
    ordered_at: datetime
    customer_key: str | None
    sku: str | None
    product: str | None
    quantity: float
    item_value: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    refund: Decimal
    fee: Decimal | None
    currency: str
    country: str | None
    status: Status
    consent: bool | None
    source_row: int
    amount: Decimal
    """The money that the row brought in: its item value, or less its refund where it is only that."""
    identity: str
    """The order across files: rows that share it and the line id are one line."""
    updated_at: datetime | None = None
    """When the platform last changed the line: the newest state counts."""
    rank: int = 0
    """0 for the platform's own report, 1 for a copy that another system synced."""


class Rejection(NamedTuple):
    """A row that could not be used, without its content: only the shape of the cell at fault."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str
    currency: str = ""
    """The order's currency where the row itself does not carry it."""


class Row:
    """One row of a file: its line number and its cells, fetched by column name and checked on the way.

    `fault` says what is wrong with the row as a whole; a reader never sees such a row.
    """

    __slots__ = ("cells", "columns", "fault", "line")

    def __init__(self, line: int, cells: list[str], columns: Mapping[str, int], fault: str = "") -> None:
        self.line, self.cells, self.columns, self.fault = line, cells, columns, fault

    def text(self, column: str) -> str:
        """The cell, stripped; empty where there is no such column."""
        at = self.columns.get(column)
        return self.cells[at].strip() if at is not None else ""

    def label(self, column: str) -> str | None:
        """A text for the table, free of addresses; None where empty."""
        return without_address(self.text(column))[:500] or None

    def required(self, column: str, remedy: str = "Export the report again, or fill the cell in.") -> str:
        """The cell's text for the table, or BadCell where it is empty."""
        value = self.label(column)
        if value is None:
            raise BadCell(column, "", "is empty", remedy)
        return value

    def number(self, column: str, decimal: str = ".", default: Decimal | None = ZERO) -> Decimal:
        """The cell as an exact number; `default` where it is empty, BadCell where that is None."""
        value = self.text(column)
        if not value and default is not None:
            return default
        try:
            return number(value, decimal)
        except ValueError as error:
            remedy = "Write a plain number such as 1234.50." if decimal == "." else "Write 1234,50."
            raise BadCell(column, value, "is not an amount that can be read", remedy) from error

    def line_total(self, price: str, quantity: str, decimal: str = ".") -> Decimal:
        """Price for one times quantity (one where none is given), to the sixth decimal, or BadCell."""
        total = times(self.number(price, decimal), self.number(quantity, decimal, default=Decimal(1)))
        if abs(total) >= LARGEST_AMOUNT:
            raise BadCell(
                price, self.text(price), "makes a trillion or more with the quantity", "Correct it."
            )
        return total

    def instant(self, column: str, zone: str | None = None) -> datetime:
        """The cell as an instant in UTC, or BadCell."""
        value = self.text(column)
        try:
            return instant(value, zone)
        except (ValueError, OverflowError) as error:
            reason = "is not a date and time that can be read" if value else "is empty"
            remedy = "Write it as 2026-01-31T10:15:00+00:00, between 1995 and 2098."
            raise BadCell(column, value, reason, remedy) from error

    def currency(self, column: str) -> str:
        """The cell as an ISO 4217 code, or BadCell."""
        code = self.text(column).upper()
        if len(code) == 3 and code.isascii() and code.isalpha():
            return code
        reason = "is not a currency code" if code else "is empty"
        raise BadCell(column, code, reason, "Write the three letters of the currency, such as USD.")

    def rejected(self, bad: BadCell, currency: str = "") -> Rejection:
        """What is kept of a row that cannot be used."""
        return Rejection(self.line, bad.column, masked(bad.value), bad.reason, bad.remedy, currency)
