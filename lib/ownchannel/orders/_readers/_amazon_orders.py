"""Amazon's reports on orders, shipments and repeat purchases: one row per item, or per product."""

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import MILLION, BadCell, Millionths, Rows, as_label, decimals, flags
from ownchannel.orders._readers._reader import Context, Reader, is_one_of
from ownchannel.orders._schema import LINES_AS_READ, REPEAT_RATES_AS_READ, Status

ORDER_NUMBER = re.compile(r"\b\d{3}-\d{7}-\d{7}\b")

_HEADER = frozenset({"amazon-order-id", "purchase-date", "order-status", "sku", "quantity", "item-price"})
_DELIVERED_FOR_ANOTHER = "is an order of another shop that Amazon only delivered"
_OWN_EXPORT = "Nothing is lost: read the export of the shop that took the order."
#: What follows "Shipped - " of parcels that their buyers did not take or keep, or never got.
_NOT_KEPT = ("return", "reject", "refus", "undeliver", "lost", "damaged")
_NO_PRICE = "is not the price of an order line"


class AmazonOrders(Reader):
    """All Orders, by order date or last update, 21 to 34 columns."""

    name = "Amazon All Orders"
    lacks = "This report does not include fees, refunds or buyers."
    headers = (_HEADER,)
    worth = ("item-price",)

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its header, and no shipment."""
        return super().recognises(columns) and "shipment-id" not in columns

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row."""
        status = rows.words(_status, "order-status", "item-status", otherwise="cancelled")
        item_value = rows.amounts("item-price")
        # Amazon leaves price and currency of cancelled and pending items empty; they are no sales.
        unpriced = is_one_of(status, "cancelled", "pending") & ~rows.has_text("currency")
        rows.reject_where(
            (item_value < 0) | (unpriced & (item_value != 0)), "item-price", _NO_PRICE, "Export it again."
        )
        return rows.batch(
            LINES_AS_READ,
            item=rows.first_label("sku", "asin", "product-name", otherwise="item"),
            quantity=rows.quantities("quantity"),
            channel=rows.words(sales_channel, "sales-channel", otherwise=""),
            **columns_of_lines(rows, rows.identities("amazon-order-id"), item_value),
            currency=rows.currencies("currency", unless=unpriced),
            status=status,
            updated_at=rows.moments("last-updated-date", required=False),
            rank=0,
        )


def columns_of_lines(rows: Rows, order: pa.StringArray, item_value: Millionths) -> dict[str, Any]:
    """What all reports say of a line in the same words."""
    sending = rows.amounts("shipping-price") + rows.amounts("gift-wrap-price")
    taxes = [rows.amounts(column) for column in ("item-tax", "shipping-tax", "gift-wrap-tax")]
    return {
        "order_id": order,
        "identity": pc.binary_join_element_wise("amazon", order, "/"),
        "kind": "marketplace",
        "ordered_at": rows.moments("purchase-date"),
        "sku": rows.labels("sku"),
        "product": rows.labels("product-name"),
        "item_value": item_value,
        "amount": item_value,
        "discount": abs(rows.amounts("item-promotion-discount")),
        "shipping": sending - abs(rows.amounts("ship-promotion-discount")),
        "tax": np.sum(taxes, axis=0),
        "country": rows.labels("ship-country"),
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


_SHIPMENT_HEADER = frozenset(
    {"amazon-order-id", "shipment-id", "purchase-date", "sku", "quantity-shipped", "item-price", "currency"}
)
_AFTER_ALL_ORDERS = 1
#: Amazon hides business buyers behind one address, such as no-reply-amazon-iba-buyer@…: it is nobody's.
_SHARED_ADDRESS = "^(?i:no-?reply)"
_OF_BUSINESSES = (
    "Shipments to an address that Amazon shares among business buyers: {n}. Their buyers stay unknown."
)
_NEGATIVE = "is negative"
_NO_REFUNDS = "This report contains no refunds: export it again."


class AmazonFulfilled(Reader):
    """Shipments from Amazon's warehouses; what a merchant sends himself is not in it."""

    name = "Amazon Fulfilled Shipments"
    lacks = "This report does not include fees or refunds, and covers only what Amazon's warehouses sent."
    headers = (_SHIPMENT_HEADER,)
    worth = ("item-price",)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row: an item sent in two parcels is two lines, each with its part of the price."""
        item_value = rows.amounts("item-price")
        rows.reject_where(item_value < 0, "item-price", _NEGATIVE, _NO_REFUNDS)
        return rows.batch(
            LINES_AS_READ,
            line_id=rows.exact_labels("shipment-item-id"),
            item=rows.first_label("sku", "product-name", otherwise="item"),
            customer_key=buyers(rows, context),
            quantity=rows.quantities("quantity-shipped"),
            channel=rows.words(sales_channel, "sales-channel", otherwise=""),
            **columns_of_lines(rows, rows.identities("amazon-order-id"), item_value),
            currency=rows.currencies("currency"),
            status="completed",
            rank=_AFTER_ALL_ORDERS,
        )


def buyers(rows: Rows, context: Context) -> pa.StringArray:
    """The keys of buyers by the addresses under which Amazon hides them."""
    shared = flags(pc.match_substring_regex(rows.column("buyer-email"), _SHARED_ADDRESS))
    context.note(_OF_BUSINESSES, int((shared & rows.kept()).sum()))
    return pc.if_else(shared, None, rows.words(context.keys.of_email, "buyer-email"))


_ORDERS, _CUSTOMERS = "number of orders", "unique customer count"
_SALES = "repeat ordered product sales: sales"
_SALES_SHARE = "repeat ordered product sales: % share of total sales"
_CUSTOMERS_SHARE = "repeat customer share: % share of total customers"
_REPEAT_HEADER = frozenset({"asin", _ORDERS, _CUSTOMERS, _CUSTOMERS_SHARE})
_THOUSANDS = r"^\d{1,3}([.,' \x{a0}\x{202f}]\d{3})+$"
_DOWNLOAD_AGAIN = "Download the report again, as CSV."


class AmazonRepeatPurchase(Reader):
    """The ASIN view as the dashboard downloads it: a line on the period, then the header.

    The brand view has no products and is not read: beside the ASIN view it would count everything twice. What
    Amazon's interface for programs gives is JSON, no table, and is not read either.
    """

    name = "Amazon Brand Analytics repeat purchase"
    lacks = "This report does not include its currency or the first day of its period."
    gives = "repeat_rates"
    headers = (_REPEAT_HEADER,)
    worth = (_SALES,)
    currency = ""  # the report does not say

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One rate per product; its columns of shares are in percent, with or without the sign."""
        revenue = rows.amounts(_SALES)
        return rows.batch(
            REPEAT_RATES_AS_READ,
            ends_on=rows.moments("reporting date", "UTC", required=False).astype("datetime64[D]"),
            channel="Amazon",
            product_id=rows.required("asin", _DOWNLOAD_AGAIN),
            product=rows.labels("product title"),
            orders=counts(rows, _ORDERS),
            customers=counts(rows, _CUSTOMERS),
            repeat_customers_share=rows.shares(_CUSTOMERS_SHARE, required=True),
            repeat_revenue=decimals(revenue, rows.has_text(_SALES)),
            repeat_revenue_share=rows.shares(_SALES_SHARE),
            amount=revenue,
        )


def counts(rows: Rows, column: str) -> Millionths:
    """Required whole numbers from 0 on: a mark between thousands is none of decimals."""
    rows.required(column, _DOWNLOAD_AGAIN)
    cells = rows.column(column)
    digits = pc.replace_substring_regex(cells, r"\D", "")
    rows = rows.replaced({column: pc.if_else(pc.match_substring_regex(cells, _THOUSANDS), digits, cells)})
    number, rest = np.divmod(rows.amounts(column, required=True), MILLION)
    rows.reject_where((number < 0) | (rest != 0), column, "is not a count", _DOWNLOAD_AGAIN)
    return number
