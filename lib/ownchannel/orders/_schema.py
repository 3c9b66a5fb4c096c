"""The one tidy order table: its columns, their types and the words they may hold."""

from typing import Literal

import pyarrow as pa

from ownchannel.files import MONEY

ChannelKind = Literal["marketplace", "owned"]
Status = Literal["completed", "pending", "cancelled", "refunded"]
SideTable = Literal["repeat_rates", "rates", "returns", "traffic", "baskets", "spend", "costs"]
#: What the rows of a file are. Those of `customers` only fill in what orders leave open.
Gives = Literal["lines", "entries", "customers"] | SideTable
Event = Literal["sale", "refund", "account"]
Part = (
    Literal["goods", "shipping", "tax", "discount", "fee", "fulfilment"]
    | Literal["advertising", "reimbursement", "transfer", "unclassified"]
)

#: Statuses whose lines count as sales; the others are kept in the table and left out of every sum.
SALES: tuple[Status, ...] = ("completed", "refunded")

#: Texts that many rows share, as numbers: of one sale a marketplace books five amounts and more.
TEXT = pa.dictionary(pa.int32(), pa.string())
#: A rate as exact as it is given: 24 decimals hold the inverse of any rate that is accepted.
RATE = pa.decimal128(38, 24)

_KINDS = {
    **{"text": pa.string(), "shared": TEXT, "flag": pa.bool_()},
    **{"day": pa.date32(), "instant": pa.timestamp("us", tz="UTC")},
    **{"money": MONEY, "rate": RATE, "number": pa.float64(), "whole": pa.int64(), "rank": pa.int8()},
}


def _schema(columns: str) -> pa.Schema:
    """Columns with the kind of each; with a question mark behind it a column may hold nulls.

    >>> _schema("sku text?, units whole").field("units")
    pyarrow.Field<units: int64 not null>
    """
    pairs = (column.split() for column in columns.split(","))
    return pa.schema(
        [pa.field(name, _KINDS[kind.rstrip("?")], nullable=kind.endswith("?")) for name, kind in pairs]
    )


#: One row per order line. Amounts are never null except `fee`, `fulfilment` (the part of the fee for picking,
#: packing and sending) and `goods`, what the brand paid for them: null says that no file has it.
TABLE = _schema("""
    order_id text, line_id text, channel text, kind text, ordered_at instant, ordered_on day,
    customer_key text?, sku text?, product text?, quantity number,
    item_value money, discount money, shipping money, tax money, refund money,
    fee money?, fulfilment money?, goods money?,
    currency text, country text?, status text, consent flag?, source_file text, source_row whole
""")

#: One row per amount that a platform booked, positive where it is the seller's. Gift wrap is shipping; `tax`
#: holds what was collected and what was withheld. The event `account` has no order behind it; its part
#: `transfer` moves cash and is no profit.
ENTRIES = _schema("""
    posted_at instant, posted_on day, channel shared, kind shared, event shared, part shared,
    description shared?, order_id shared?, sku shared?, product shared?, quantity number?,
    amount money, currency shared, settlement_id shared?, deferred flag, source_file shared, source_row whole
""")

#: A marketplace's own count of repeat customers, one row per product and period: shares between 0 and 1.
REPEAT_RATES = _schema("""
    starts_on day?, ends_on day?, channel text, product_id text, product text?, orders whole, customers whole,
    repeat_customers_share number, repeat_revenue money?, repeat_revenue_share number?, currency text?,
    source_file text, source_row whole
""")

#: A table of exchange rates: on `date` one unit of `from` was worth `rate` units of `to`.
RATES = _schema("date day, from text, to text, rate rate")

#: What came back to a warehouse, one row per unit or parcel.
RETURNS = _schema("""
    order_id text, sku text?, returned_on day, units number, reason text?, disposition text?, channel text,
    source_file text, source_row whole
""")

#: Visits and what they led to, one row per product, or per date for all products (without a `product_id`).
#: `featured_offer_share`: of the page views, those that had the seller's offer in the shopping cart button.
TRAFFIC = _schema("""
    date day?, channel text, product_id text?, parent_id text?, sku text?, product text?,
    sessions whole, page_views whole?, featured_offer_share number?, units whole, order_items whole?,
    sales money, currency text?, source_file text, source_row whole
""")

#: What is bought together, one row per pair: `share` of the orders of several items with the product hold
#: the other one as well, which may be anybody's. Rank 1 is the pair met most often.
BASKETS = _schema("""
    ends_on day?, channel text, product_id text, product text?, with_product_id text, with_product text?,
    rank whole, share number, source_file text, source_row whole
""")

#: What advertising cost, one row per day or period and campaign, or per part of it where a report goes
#: deeper: sums are right either way. `channel` is a marketplace's site where the report shows it; of kind
#: `owned` is the brand's own store. What the platform claims is null where the report does not have it.
SPEND = _schema("""
    starts_on day, ends_on day, platform text, channel text?, kind text, campaign text, spend money,
    clicks whole?, claimed_orders number?, claimed_revenue money?, currency text,
    source_file text, source_row whole
""")

#: What a unit of a product costs the brand, freight, duty and packaging included: from a day on (from ever
#: where it has none), or for so many `units` that were received on that day.
COSTS = _schema("""
    sku text, valid_from day?, unit_cost money, units number?, currency text,
    source_file text, source_row whole
""")

#: The tables beside order lines and bookings, by their names in `Orders`.
SIDE_TABLES: dict[SideTable, pa.Schema] = {
    **{"repeat_rates": REPEAT_RATES, "rates": RATES},
    **{"returns": RETURNS, "traffic": TRAFFIC, "baskets": BASKETS, "spend": SPEND, "costs": COSTS},
}

#: The rank of a shop's orders whose ids are lost: they are known by name and time.
BY_NAME = 1
#: Those of WooCommerce's exports without ids: of order items, and of orders without these.
BY_NUMBER = (5, 6)

#: Known once a whole file, or all files, are read.
_LATER = ("ordered_on", "posted_on", "returned_on", "goods", "source_file")
#: What the rows of every file have: the money that each brought in, and where it stood.
_ORIGIN = "amount money, currency text, source_row whole"


def _as_read(schema: pa.Schema, own: str) -> pa.Schema:
    """What a reader gives: the columns that a row alone shows, and its own; any may be null.

    `identity` is the order across files. `run` is the line at which the rows begin that one export has of an
    order or settlement: a repeat has another. `row_key` tells a row from a repeat in another file.
    """
    shown = [field for field in schema if field.name not in _LATER]
    more = [field for field in _schema(own) if field.name not in schema.names]
    return pa.schema([field.with_nullable(True) for field in (*shown, *more)])


#: `item` names a line within its order where it has no id of its own. Of one line's states the newest by
#: `updated_at` counts; of several reports that hold an order, that of the lowest `rank` gives its lines.
LINES_AS_READ = _as_read(
    TABLE, "item text, run whole, amount money, identity text, updated_at instant, rank rank"
)
#: A row is a part of `payout`; where it `sums_up` a payout, it adds up all of that one's rows.
ENTRIES_AS_READ = _as_read(ENTRIES, "identity shared, row_key shared, payout text, sums_up text, run whole")
#: `orders` so far: of two exports with a customer the one with more is newer.
_CUSTOMERS_AS_READ = _as_read(
    pa.schema([]), f"customer_key text, consent flag, orders whole, {_ORIGIN}, row_key text"
)

AS_READ: dict[Gives, pa.Schema] = {
    **{"lines": LINES_AS_READ, "entries": ENTRIES_AS_READ, "customers": _CUSTOMERS_AS_READ},
    **{name: _as_read(schema, _ORIGIN) for name, schema in SIDE_TABLES.items()},
    "returns": _as_read(RETURNS, f"{_ORIGIN}, row_key text, returned_at instant, identity text"),
    "traffic": _as_read(TRAFFIC, f"{_ORIGIN}, row_key text"),
    "spend": _as_read(SPEND, f"{_ORIGIN}, row_key text, run whole"),
}
