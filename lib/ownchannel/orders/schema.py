"""The one tidy order table: its columns, their types and the words they may hold."""

from typing import Literal

import pyarrow as pa

Kind = Literal["marketplace", "owned"]
Status = Literal["completed", "pending", "cancelled", "refunded"]

#: Statuses whose lines count as sales; the others are kept in the table and left out of every sum.
SALES: tuple[Status, ...] = ("completed", "refunded")

#: Exact money: below a trillion, kept to the sixth decimal; 18 digits fit a machine word and multiply.
MONEY = pa.decimal128(18, 6)

#: One row an order line. Amounts are never null except `fee`: null says that no file told the fee.
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
        pa.field("currency", pa.string(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("status", pa.string(), nullable=False),
        pa.field("consent", pa.bool_()),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)

#: Columns that hold money, in the order of the table.
AMOUNTS = tuple(field.name for field in TABLE if field.type == MONEY)

#: ISO 4217's code for "no currency": cancelled and pending lines that carry no money.
NO_CURRENCY = "XXX"
