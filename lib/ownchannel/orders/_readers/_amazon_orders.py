"""Amazon's reports on orders, shipments and returns: one row per item, or per unit that came back."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import BadCell, Rows, as_label, flags
from ownchannel.orders._readers._reader import Context, Reader, is_one_of
from ownchannel.orders._schema import Status

ORDER_NUMBER = re.compile(r"\b\d{3}-\d{7}-\d{7}\b")

_DELIVERED_FOR_ANOTHER = "is an order of another shop that Amazon only delivered"
_OWN_EXPORT = "Nothing is lost: read the export of the shop that took the order."
#: What follows "Shipped - " of parcels that their buyers did not take or keep, or never got.
_NOT_KEPT = ("return", "reject", "refus", "undeliver", "lost", "damaged")
_NO_PRICE = "is not the price of an order line"
#: The order reports of all sellers go before, and before a list of what is to be sent that of what was sold.
_SOLD, _TO_SEND = 2, 4
#: Amazon hides business buyers behind one address, such as no-reply-amazon-iba-buyer@…: it is nobody's.
_SHARED_ADDRESS = "^(?i:no-?reply)"
_OF_BUSINESSES = (
    "Shipments to an address that Amazon shares among business buyers: {n}. Their buyers stay unknown."
)
_NO_REFUNDS = "This report contains no refunds: export it again."
_UNPRICED = "Orders without a price in this report: {n}. They count once another report has their amounts."


class _AmazonLines(Reader):
    """What all reports say of a line in the same words."""

    worth = ("item-price",)

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row."""
        sending = rows.amounts("shipping-price") + rows.amounts("gift-wrap-price")
        taxes = [rows.amounts(column) for column in ("item-tax", "shipping-tax", "gift-wrap-tax")]
        return {
            "ordered_at": rows.moments("purchase-date"),
            "item_value": rows.amounts("item-price"),
            "shipping": sending - abs(rows.amounts("ship-promotion-discount")),
            "tax": np.sum(taxes, axis=0),
            "country": rows.labels("ship-country"),
        }


class AmazonOrders(_AmazonLines):
    """All Orders, by order date or last update, 21 to 34 columns."""

    name = "Amazon All Orders"
    lacks = "This report does not include fees, refunds or buyers."
    headers = (
        frozenset({"amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "item-price"}),
    )
    plain = """
        order_id = amazon-order-id, sku, product = product-name, quantity, discount = item-promotion-discount
    """

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its header, and no shipment."""
        return super().recognises(columns) and "shipment-id" not in columns

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row."""
        status = rows.words(_status, "order-status", "item-status", otherwise="cancelled")
        item_value = rows.amounts("item-price")
        # Amazon leaves price and currency of cancelled and pending items empty; they are no sales.
        unpriced = is_one_of(status, "cancelled", "pending") & ~rows.has_text("currency")
        rows.reject_where(
            (item_value < 0) | (unpriced & (item_value != 0)), "item-price", _NO_PRICE, "Export it again."
        )
        return super().values(rows, context) | {
            "item": rows.first_label("sku", "asin", "product-name", otherwise="item"),
            "channel": rows.words(sales_channel, "sales-channel", otherwise=""),
            "currency": rows.currencies("currency", unless=unpriced),
            "status": status,
            "updated_at": rows.moments("last-updated-date", required=False),
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
    if any(word in text for word in _NOT_KEPT for text in (order, item)):
        return "refunded"
    if order.startswith("shipped") or item.startswith("shipped"):
        return "completed"
    if order.startswith(("pending", "unshipped", "partiallyshipped", "shipping", "invoiceunconfirmed")):
        return "pending"
    reason = "is an unknown order status" if order else "is empty"
    raise BadCell("order-status", order, reason, "It should be Shipped, Unshipped, Pending or Cancelled.")


class AmazonFulfilled(_AmazonLines):
    """Shipments from Amazon's warehouses; what a merchant sends himself is not in it."""

    name = "Amazon Fulfilled Shipments"
    lacks = "This report does not include fees or refunds, and covers only what Amazon's warehouses sent."
    headers = (
        frozenset({"amazon-order-id", "shipment-id", "purchase-date", "sku", "quantity-shipped"})
        | {"item-price", "currency"},
    )
    rank = 1
    plain = """
        order_id = amazon-order-id, line_id = shipment-item-id, sku, product = product-name,
        quantity = quantity-shipped, discount = item-promotion-discount, currency
    """

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row: an item sent in two parcels is two lines, each with its part of the price."""
        item_value = rows.amounts("item-price")
        rows.reject_where(item_value < 0, "item-price", "is negative", _NO_REFUNDS)
        return super().values(rows, context) | {
            "customer_key": _buyers(rows, context),
            "channel": rows.words(sales_channel, "sales-channel", otherwise=""),
            "status": "completed",
        }


class AmazonMerchantOrders(_AmazonLines):
    """New Orders, and Unshipped Orders, which may have no prices; older ones name no marketplace.

    One row per item, with the buyer's relay address. Documented as "Order Report" and "Unshipped Orders
    Report": https://developer-docs.amazon.com/sp-api/docs/report-type-values-order.
    """

    name = "Amazon Order Report"
    lacks = (
        "This report does not include fees, refunds or later cancellations, and covers only what you shipped "
        "yourself."
    )
    headers = (
        frozenset({"order-id", "order-item-id", "purchase-date", "buyer-email", "sku", "quantity-purchased"}),
    )
    plain = """
        order_id = order-id, sku, product = product-name, quantity = quantity-purchased,
        discount = item-promotion-discount
    """

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row."""
        item_value = rows.amounts("item-price")
        rows.reject_where(item_value < 0, "item-price", _NO_PRICE, "Export the report again.")
        # As in All Orders, what is not shipped yet is pending, and may be cancelled.
        unpriced = ~rows.has_text("item-price")
        to_send = unpriced | ("days-past-promise" in rows.columns)
        named = "sales-channel" in rows.columns
        item = rows.first_label("sku", "product-name", otherwise="item")
        context.note(_UNPRICED, unpriced & rows.kept())
        number = rows.words(_short, "order-item-id", otherwise="")
        return super().values(rows, context) | {
            "item": pc.binary_join_element_wise(item, number, " "),
            "channel": rows.words(sales_channel, "sales-channel", otherwise="") if named else self.channel,
            "customer_key": _buyers(rows, context),
            "currency": rows.currencies("currency", unless=unpriced),
            "status": pa.array(np.where(to_send, "pending", "completed")),
            "rank": np.where(to_send, _TO_SEND, _SOLD),
        }


def _short(number: str) -> str:
    """An item's number to three digits: more are not left of it where a spreadsheet saved another export.

    >>> _short("59686379847882"), _short("5.96864E+13"), _short("5,97E+13")
    ('5.97E+13', '5.97E+13', '5.97E+13')
    """
    try:
        return f"{float(number.replace(',', '.')):.2E}"
    except ValueError:
        return ""


def _buyers(rows: Rows, context: Context) -> pa.StringArray:
    """The keys of buyers by the addresses under which Amazon hides them."""
    shared = flags(pc.match_substring_regex(rows.column("buyer-email"), _SHARED_ADDRESS))
    context.note(_OF_BUSINESSES, shared & rows.kept())
    return pc.if_else(shared, None, rows.words(context.keys.of_email, "buyer-email"))


class AmazonReturns(Reader):
    """FBA customer returns: what came back to Amazon's warehouses and why, but not what customers wrote.

    Documented as "FBA Returns Report":
    https://developer-docs.amazon.com/sp-api/docs/report-type-values-fba.
    """

    name = "Amazon FBA returns"
    lacks = (
        "This report does not include what was refunded, and covers only what Amazon's warehouses got back."
    )
    gives = "returns"
    headers = (frozenset({"return-date", "order-id", "sku", "quantity", "detailed-disposition", "reason"}),)
    currency = ""
    # A unit's label tells it from another of its order.
    plain = (
        "order_id = order-id, row_key = license-plate-number, sku, reason, disposition = detailed-disposition"
    )

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One return per row."""
        units = rows.quantities("quantity")
        wrong = "is not a number of units that came back"
        rows.reject_where(units <= 0, "quantity", wrong, "Export the report again.")
        return {"returned_at": rows.moments("return-date"), "units": units}
