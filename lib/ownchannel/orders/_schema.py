"""The one tidy order table: its columns, their types and the words they may hold."""

from typing import Literal

import pyarrow as pa

from ownchannel.files import MONEY

ChannelKind = Literal["marketplace", "owned"]
Status = Literal["completed", "pending", "cancelled", "refunded"]
SideTable = Literal["repeat_rates", "rates", "returns", "traffic", "baskets"]
#: What the rows of a file are. Those of `customers` only fill in what orders leave open.
Gives = Literal["lines", "entries", "customers"] | SideTable

#: Statuses whose lines count as sales; the others are kept in the table and left out of every sum.
SALES: tuple[Status, ...] = ("completed", "refunded")

#: Texts that many rows share, as numbers: of one sale a marketplace books five amounts and more.
TEXT = pa.dictionary(pa.int32(), pa.string())

#: One row per order line. Amounts are never null except `fee` and `fulfilment`, the part of the fee for
#: picking, packing and sending: null says that no file has it.
TABLE = pa.schema(
    [
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("line_id", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("ordered_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("ordered_on", pa.date32(), nullable=False),
        pa.field("customer_key", pa.string()),
        pa.field("sku", pa.string()),
        pa.field("product", pa.string()),
        pa.field("quantity", pa.float64(), nullable=False),
        pa.field("item_value", MONEY, nullable=False),
        pa.field("discount", MONEY, nullable=False),
        pa.field("shipping", MONEY, nullable=False),
        pa.field("tax", MONEY, nullable=False),
        pa.field("refund", MONEY, nullable=False),
        pa.field("fee", MONEY),
        pa.field("fulfilment", MONEY),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("consent", pa.bool_()),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

Event = Literal["sale", "refund", "account"]
Part = Literal[
    "goods",
    "shipping",
    "tax",
    "discount",
    "fee",
    "fulfilment",
    "advertising",
    "reimbursement",
    "transfer",
    "unclassified",
]

#: One row per amount that a platform booked, positive where it is the seller's. Gift wrap is shipping; `tax`
#: holds what was collected and what was withheld. The event `account` has no order behind it; its part
#: `transfer` moves cash and is no profit.
ENTRIES = pa.schema(
    [
        pa.field("posted_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("posted_on", pa.date32(), nullable=False),
        pa.field("channel", TEXT, nullable=False),
        pa.field("kind", TEXT, nullable=False),
        pa.field("event", TEXT, nullable=False),
        pa.field("part", TEXT, nullable=False),
        pa.field("description", TEXT),
        pa.field("order_id", TEXT),
        pa.field("sku", TEXT),
        pa.field("product", TEXT),
        pa.field("quantity", pa.float64()),
        pa.field("amount", MONEY, nullable=False),
        pa.field("currency", TEXT, nullable=False),
        pa.field("settlement_id", TEXT),
        pa.field("deferred", pa.bool_(), nullable=False),
        pa.field("source_file", TEXT, nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

#: A marketplace's own count of repeat customers, one row per product and period: shares between 0 and 1.
REPEAT_RATES = pa.schema(
    [
        pa.field("starts_on", pa.date32()),
        pa.field("ends_on", pa.date32()),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("product_id", pa.string(), nullable=False),
        pa.field("product", pa.string()),
        pa.field("orders", pa.int64(), nullable=False),
        pa.field("customers", pa.int64(), nullable=False),
        pa.field("repeat_customers_share", pa.float64(), nullable=False),
        pa.field("repeat_revenue", MONEY),
        pa.field("repeat_revenue_share", pa.float64()),
        pa.field("currency", pa.string()),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

#: A rate as exact as it is given: 24 decimals hold the inverse of any rate that is accepted.
RATE = pa.decimal128(38, 24)

#: A table of exchange rates: on `date` one unit of `from` was worth `rate` units of `to`.
RATES = pa.schema(
    [
        pa.field("date", pa.date32(), nullable=False),
        pa.field("from", pa.string(), nullable=False),
        pa.field("to", pa.string(), nullable=False),
        pa.field("rate", RATE, nullable=False),
    ]
)

#: What came back to a warehouse, one row per unit or parcel.
RETURNS = pa.schema(
    [
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("sku", pa.string()),
        pa.field("returned_on", pa.date32(), nullable=False),
        pa.field("units", pa.float64(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("disposition", pa.string()),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

#: Visits and what they led to, one row per product, or per date for all products (without a `product_id`).
#: `featured_offer_share`: of the page views, those that had the seller's offer in the shopping cart button.
TRAFFIC = pa.schema(
    [
        pa.field("date", pa.date32()),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("product_id", pa.string()),
        pa.field("parent_id", pa.string()),
        pa.field("sku", pa.string()),
        pa.field("product", pa.string()),
        pa.field("sessions", pa.int64(), nullable=False),
        pa.field("page_views", pa.int64()),
        pa.field("featured_offer_share", pa.float64()),
        pa.field("units", pa.int64(), nullable=False),
        pa.field("order_items", pa.int64()),
        pa.field("sales", MONEY, nullable=False),
        pa.field("currency", pa.string()),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

#: What is bought together, one row per pair: `share` of the orders of several items with the product hold
#: the other one as well, which may be anybody's. Rank 1 is the pair met most often.
BASKETS = pa.schema(
    [
        pa.field("ends_on", pa.date32()),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("product_id", pa.string(), nullable=False),
        pa.field("product", pa.string()),
        pa.field("with_product_id", pa.string(), nullable=False),
        pa.field("with_product", pa.string()),
        pa.field("rank", pa.int64(), nullable=False),
        pa.field("share", pa.float64(), nullable=False),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

#: The tables beside order lines and bookings, by their names in `Orders`.
SIDE_TABLES: dict[SideTable, pa.Schema] = {
    "repeat_rates": REPEAT_RATES,
    "rates": RATES,
    "returns": RETURNS,
    "traffic": TRAFFIC,
    "baskets": BASKETS,
}

#: Known once a whole file, or all files, are read.
_LATER = ("ordered_on", "posted_on", "returned_on", "source_file")

_AMOUNT = pa.field("amount", MONEY)  # the money that the row brought in
#: The line at which the rows begin that one export has of an order or settlement: a repeat has another.
_RUN = pa.field("run", pa.int64())
_LINE = [
    pa.field("item", pa.string()),  # names a line within its order where it has no id of its own
    _RUN,
    _AMOUNT,
    pa.field("identity", pa.string()),  # the order across files
    pa.field("updated_at", pa.timestamp("us", tz="UTC")),  # of one line's states the newest counts
    pa.field("rank", pa.int8()),  # of several reports that hold an order, the lowest gives its lines
]
#: The rank of a shop's orders whose ids are lost: they are known by name and time.
BY_NAME = 1
#: Those of WooCommerce's exports without ids: of order items, and of orders without these.
BY_NUMBER = (5, 6)
_ORIGIN = [pa.field("currency", pa.string()), pa.field("source_row", pa.int64())]
_ENTRY = [
    pa.field("identity", TEXT),
    pa.field("row_key", TEXT),  # what a row that two files hold is known by
    pa.field("payout", pa.string()),  # that the row is a part of
    pa.field("sums_up", pa.string()),  # a payout all of whose rows this one adds up
    _RUN,
]


_ROW_KEY = pa.field("row_key", pa.string())  # what else tells a row from a repeat
_RETURN = [pa.field("returned_at", pa.timestamp("us", tz="UTC")), pa.field("identity", pa.string())]
_CUSTOMER = [
    pa.field("customer_key", pa.string()),
    pa.field("consent", pa.bool_()),
    pa.field("orders", pa.int64()),  # so far: of two exports the one with more is newer
]


def _as_read(schema: pa.Schema, *own: pa.Field) -> pa.Schema:
    known = [field.with_nullable(True) for field in schema if field.name not in _LATER]
    return pa.schema([*known, *(field for field in own if field.name not in schema.names)])


LINES_AS_READ = _as_read(TABLE, *_LINE)
ENTRIES_AS_READ = _as_read(ENTRIES, *_ENTRY)

AS_READ: dict[Gives, pa.Schema] = {
    "lines": LINES_AS_READ,
    "entries": ENTRIES_AS_READ,
    "customers": _as_read(pa.schema(_CUSTOMER), _AMOUNT, *_ORIGIN, _ROW_KEY),
    **{name: _as_read(schema, _AMOUNT, *_ORIGIN) for name, schema in SIDE_TABLES.items()},
    "returns": _as_read(RETURNS, _AMOUNT, *_ORIGIN, _ROW_KEY, *_RETURN),
    "traffic": _as_read(TRAFFIC, _AMOUNT, *_ORIGIN, _ROW_KEY),
}
REPEAT_RATES_AS_READ, RATES_AS_READ = AS_READ["repeat_rates"], AS_READ["rates"]
