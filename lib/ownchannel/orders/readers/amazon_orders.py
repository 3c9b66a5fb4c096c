"""Amazon's All Orders report: a row an item, between tabs, columns by name; no fees, refunds or buyers."""

import re
from collections.abc import Iterator
from decimal import Decimal

from ownchannel.orders.cells import BadCell
from ownchannel.orders.readers.base import Context
from ownchannel.orders.records import Line, Rejection, Row
from ownchannel.orders.schema import NO_CURRENCY, Status

ORDER_NUMBER = re.compile(r"\b\d{3}-\d{7}-\d{7}\b")

_HEADER = frozenset({"amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "item-price"})
_DELIVERED_FOR_ANOTHER = "is an order of another shop that Amazon only delivered"
_OWN_EXPORT = "Nothing is lost: read the export of the shop that took the order."


class AmazonOrders:
    """All Orders, by order date or last update, 21 to 34 columns."""

    name = "Amazon All Orders"
    lacks = "This report tells no fees, refunds or buyers."

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its order number, date, status and item price, and no buyer or shipment."""
        return columns >= _HEADER and "shipment-id" not in columns

    def read(self, rows: Iterator[Row], context: Context) -> Iterator[Line | Rejection]:
        """A Line or a Rejection for each row."""
        for row in rows:
            try:
                yield _line(row, context)
            except BadCell as bad:
                yield row.rejected(bad)

    def money(self, row: Row) -> tuple[str, Decimal]:
        """The item price, a line total already."""
        try:
            return row.text("currency").upper(), row.number("item-price")
        except BadCell:
            return row.text("currency").upper(), Decimal(0)


def _line(row: Row, context: Context) -> Line:
    status = _status(row)
    order = row.required("amazon-order-id")
    channel = row.required("sales-channel")
    if channel.casefold().startswith("non-amazon"):
        raise BadCell("sales-channel", channel, _DELIVERED_FOR_ANOTHER, _OWN_EXPORT)
    # Amazon leaves price and currency of cancelled and pending items empty; they are no sales.
    unpriced = status in ("cancelled", "pending") and not row.text("currency")
    item_value = row.number("item-price")
    if item_value < 0 or (unpriced and item_value):
        raise BadCell(
            "item-price", row.text("item-price"), "is no price of an order line", "Export it again."
        )
    item = row.label("sku") or row.label("asin") or row.label("product-name") or "item"
    return Line(
        order_id=order,
        line_id=context.line_id(order, item),
        channel=channel,
        kind="marketplace",
        ordered_at=row.instant("purchase-date"),
        customer_key=None,
        sku=row.label("sku"),
        product=row.label("product-name"),
        quantity=float(row.number("quantity")),
        item_value=item_value,
        discount=abs(row.number("item-promotion-discount")),
        shipping=row.number("shipping-price")
        + row.number("gift-wrap-price")
        - abs(row.number("ship-promotion-discount")),
        tax=row.number("item-tax") + row.number("shipping-tax") + row.number("gift-wrap-tax"),
        refund=Decimal(0),
        fee=None,
        currency=NO_CURRENCY if unpriced else row.currency("currency"),
        country=row.label("ship-country"),
        status=status,
        consent=None,
        source_row=row.line,
        amount=item_value,
        identity=f"amazon/{order}",
        updated_at=row.instant("last-updated-date") if row.text("last-updated-date") else None,
    )


def _status(row: Row) -> Status:
    """An item can be cancelled while its order is shipped, and is shipped in part with the rest to follow."""
    order, item = row.text("order-status").casefold(), row.text("item-status").casefold()
    if "cancel" in order or "cancel" in item:
        return "cancelled"
    if order.startswith("shipped") or item.startswith("shipped"):
        return "completed"
    if order.startswith(("pending", "unshipped", "partiallyshipped", "shipping", "invoiceunconfirmed")):
        return "pending"
    reason = "is an order status that this reader does not know" if order else "is empty"
    raise BadCell("order-status", order, reason, "It should be Shipped, Unshipped, Pending or Cancelled.")
