"""Amazon's All Orders report: a row an item, between tabs, columns by name; no fees, refunds or buyers."""

import re

import numpy as np
import pyarrow as pa

from ownchannel.orders.amounts import Millionths
from ownchannel.orders.cells import BadCell, decimal_mark
from ownchannel.orders.kinds import LINES_AS_READ, Gives
from ownchannel.orders.readers.base import Context
from ownchannel.orders.rows import Rows, as_label
from ownchannel.orders.schema import Status

ORDER_NUMBER = re.compile(r"\b\d{3}-\d{7}-\d{7}\b")

_HEADER = frozenset({"amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "item-price"})
_DELIVERED_FOR_ANOTHER = "is an order of another shop that Amazon only delivered"
_OWN_EXPORT = "Nothing is lost: read the export of the shop that took the order."
_NO_PRICE = "is no price of an order line"


class AmazonOrders:
    """All Orders, by order date or last update, 21 to 34 columns."""

    name = "Amazon All Orders"
    lacks = "This report tells no fees, refunds or buyers."
    gives: Gives = "lines"
    order_starts = ""

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its order number, date, status and item price, and no buyer or shipment."""
        return columns >= _HEADER and "shipment-id" not in columns

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """A line a row."""
        status = rows.each(_status, "order-status", "item-status", otherwise="cancelled")
        channel = rows.each(sales_channel, "sales-channel", otherwise="")
        order = rows.required("amazon-order-id")
        mark = decimal_of(rows, context, "item-price")
        item_value = rows.amounts("item-price", mark)
        # Amazon leaves price and currency of cancelled and pending items empty; they are no sales.
        unpriced = np.isin(status, ("cancelled", "pending")) & ~rows.has_text("currency")
        rows.reject_where(
            (item_value < 0) | (unpriced & (item_value != 0)), "item-price", _NO_PRICE, "Export it again."
        )
        currency = rows.currencies("currency", unless=unpriced)
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            item=[label or "item" for label in rows.first_label("sku", "asin", "product-name")],
            channel=channel,
            kind="marketplace",
            ordered_at=rows.moments("purchase-date"),
            sku=rows.labels("sku"),
            product=rows.labels("product-name"),
            quantity=rows.quantities("quantity", mark),
            item_value=item_value,
            **beside_the_price(rows, mark),
            currency=currency,
            country=rows.labels("ship-country"),
            status=status,
            amount=item_value,
            identity=[f"amazon/{number}" for number in order],
            updated_at=rows.moments("last-updated-date", required=False),
            rank=0,
        )

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """The item price, a line total already."""
        return [code.upper() for code in rows.text("currency")], rows.readable_amounts(
            "item-price", context.decimal
        )


def decimal_of(rows: Rows, context: Context, *columns: str) -> str:
    """The file's decimal mark, judged once from the first chunk's amounts."""
    if not context.decimal:
        context.decimal = decimal_mark(text for column in columns for text in rows.text(column))
    return context.decimal


def beside_the_price(rows: Rows, mark: str) -> dict[str, Millionths]:
    """What an item was reduced by, and what was paid for sending, wrapping and tax."""
    sending = rows.amounts("shipping-price", mark) + rows.amounts("gift-wrap-price", mark)
    taxes = [rows.amounts(column, mark) for column in ("item-tax", "shipping-tax", "gift-wrap-tax")]
    return {
        "discount": abs(rows.amounts("item-promotion-discount", mark)),
        "shipping": sending - abs(rows.amounts("ship-promotion-discount", mark)),
        "tax": np.sum(taxes, axis=0),
    }


def sales_channel(name: str) -> str:
    """The marketplace as Amazon writes it, such as Amazon.com; BadCell where another shop took the order."""
    label = as_label(name)
    if label is None:
        raise BadCell("sales-channel", name, "is empty", "Export the report again, or fill the cell in.")
    if label.casefold().startswith("non-amazon"):
        raise BadCell("sales-channel", name, _DELIVERED_FOR_ANOTHER, _OWN_EXPORT)
    return label.capitalize() if label.casefold().startswith("amazon") else label


def _status(order: str, item: str) -> Status:
    """An item can be cancelled while its order is shipped, and is shipped in part with the rest to follow."""
    order, item = order.casefold(), item.casefold()
    if "cancel" in order or "cancel" in item:
        return "cancelled"
    if order.startswith("shipped") or item.startswith("shipped"):
        return "completed"
    if order.startswith(("pending", "unshipped", "partiallyshipped", "shipping", "invoiceunconfirmed")):
        return "pending"
    reason = "is an order status that this reader does not know" if order else "is empty"
    raise BadCell("order-status", order, reason, "It should be Shipped, Unshipped, Pending or Cancelled.")
