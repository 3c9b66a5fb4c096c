"""A table of exchange rates that a person made or downloaded: date, from, to, rate."""

import re
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pyarrow as pa

from ownchannel.orders._cells import BadCell, Millionths
from ownchannel.orders._exchange import LARGEST_RATE, SMALLEST_RATE
from ownchannel.orders._readers._amazon_orders import decimal_of
from ownchannel.orders._readers._reader import Context
from ownchannel.orders._rows import Rows
from ownchannel.orders._schema import NO_CURRENCY, RATE, RATES_AS_READ, Gives

_HEADER = frozenset({"date", "from", "to", "rate"})
_DIGITS = re.compile(r"\d{1,13}(\.\d{1,24})?", re.ASCII)
_TWO_WAYS = "can be read as day or month first"
_WRITE_A_DATE = "Write it as 2026-03-01."
_WRITE_A_CODE = "Write the three letters of the currency, such as USD."
_NOT_IN_RANGE = (
    f"is no rate between {SMALLEST_RATE:e} and {LARGEST_RATE:e}, to {RATE.scale} decimals, "
    "without thousands marks"
)


class ExchangeRates:
    """On `date` one unit of `from` was worth `rate` units of `to`."""

    name = "Exchange rates"
    lacks = ""
    gives: Gives = "rates"
    order_starts = ""

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its four columns."""
        return columns >= _HEADER

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """A rate a row."""
        slashes = np.array(["/" in cell for cell in rows.text("date")], dtype=bool)
        rows.reject_where(slashes, "date", _TWO_WAYS, _WRITE_A_DATE)
        mark = decimal_of(rows, context, "rate")
        source, target = (
            rows.each(_code("from"), "from", otherwise=""),
            rows.each(_code("to"), "to", otherwise=""),
        )
        same = np.array([one == other for one, other in zip(source, target, strict=True)], dtype=bool)
        rows.reject_where(same, "to", "is the currency that it is converted from", "Delete the row.")
        return rows.batch(
            RATES_AS_READ,
            date=rows.moments("date", "UTC").astype("datetime64[D]"),
            to=target,
            rate=rows.each(lambda cell: _rate(cell, mark), "rate", otherwise=Decimal(1)),
            amount=np.zeros(len(rows), dtype=np.int64),
            currency=NO_CURRENCY,
            **{"from": source},
        )

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """A rate is no money."""
        return [""] * len(rows), np.zeros(len(rows), dtype=np.int64)


def _code(column: str) -> Callable[[str], str]:
    def read(cell: str) -> str:
        code = cell.upper()
        if len(code) != 3 or not (code.isascii() and code.isalpha()) or code == NO_CURRENCY:
            raise BadCell(column, cell, "is no currency" if cell else "is empty", _WRITE_A_CODE)
        return code

    return read


def _rate(cell: str, mark: str) -> Decimal:
    """Exact, with more decimals than money has. Thousands marks are refused: 1,084 may mean 1.084 or 1084."""
    plain = cell.replace(".", "'").replace(",", ".") if mark == "," else cell
    rate = Decimal(plain) if _DIGITS.fullmatch(plain) else Decimal(0)
    if not SMALLEST_RATE <= rate <= LARGEST_RATE:
        raise BadCell("rate", cell, _NOT_IN_RANGE if cell else "is empty", "Write it as 1.0845.")
    return rate
