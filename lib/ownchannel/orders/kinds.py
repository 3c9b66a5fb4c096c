"""What a file may hold, as readers give it: order lines, bookings, repeat rates, exchange rates."""

from typing import Literal

import pyarrow as pa

from ownchannel.orders.exchange import RATES
from ownchannel.orders.schema import ENTRIES, MONEY, REPEAT_RATES, TABLE, TEXT

Gives = Literal["lines", "entries", "repeat_rates", "rates"]

#: Known once a whole file, or all files, are read.
_LATER = ("ordered_on", "posted_on", "source_file")

_LINE = [
    pa.field("item", pa.string()),  # names a line within its order where it has no id of its own
    pa.field("amount", MONEY),  # the money that the row brought in
    pa.field("identity", pa.string()),  # the order across files
    pa.field("updated_at", pa.timestamp("us", tz="UTC")),  # of one line's states the newest counts
    pa.field("rank", pa.int8()),  # of several reports that hold an order, the lowest gives its lines
]
_ENTRY = [
    pa.field("identity", TEXT),
    pa.field("row_key", TEXT),  # what a row that two files hold is known by
]


def _as_read(schema: pa.Schema, *own: pa.Field) -> pa.Schema:
    known = [field.with_nullable(True) for field in schema if field.name not in _LATER]
    return pa.schema([*known, *own])


LINES_AS_READ = _as_read(TABLE, *_LINE)
ENTRIES_AS_READ = _as_read(ENTRIES, *_ENTRY)
REPEAT_RATES_AS_READ = _as_read(REPEAT_RATES, pa.field("amount", MONEY))
RATES_AS_READ = _as_read(
    RATES, pa.field("amount", MONEY), pa.field("currency", pa.string()), pa.field("source_row", pa.int64())
)

AS_READ: dict[Gives, pa.Schema] = {
    "lines": LINES_AS_READ,
    "entries": ENTRIES_AS_READ,
    "repeat_rates": REPEAT_RATES_AS_READ,
    "rates": RATES_AS_READ,
}
