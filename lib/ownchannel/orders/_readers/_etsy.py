"""Etsy's two exports of sold orders: one row per order, with buyer and money; and one row per item."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ownchannel.files import Millionths, Rows, decimals
from ownchannel.orders._readers._reader import Context, Reader, is_one_of, status_of
from ownchannel.orders._schema import Status

_REFUNDS = "Etsy shows refunds in Adjusted Order Total: export it again."


class EtsyOrders(Reader):
    """Sold orders, `EtsySoldOrders2026.csv`: one line per order, which gives way to the order's items."""

    name = "Etsy orders"
    lacks = "This export does not include products, or Etsy's listing, transaction and advertising fees."
    headers = (frozenset({"sale date", "order id", "buyer user id", "order value", "currency"}),)
    worth = ("order value",)
    refunds = _REFUNDS
    channel, rank = "Etsy", 1
    plain = """
        order_id = order id, ordered_at = sale date, customer_key = buyer user id, country = ship country,
        quantity = number of items, discount = discount amount, tax = sales tax, currency
    """

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row: `Order Value` is before discounts, shipping and tax."""
        value, discount = self.sold(rows), abs(rows.amounts("discount amount"))
        status = rows.words(_status, "status", otherwise="cancelled")
        refund, refund_stated = _refunds(rows)
        whole = is_one_of(status, "refunded") & ~refund_stated
        return {
            "item": "order",
            "run": rows.lines,  # each row is a whole order
            "item_value": value,
            "shipping": rows.amounts("shipping") - abs(rows.amounts("shipping discount")),
            # Where none is stated, the statement may have one.
            "refund": decimals(np.where(whole, value - discount, refund), whole | refund_stated),
            "fee": _fees(rows, adjusted=refund_stated),
            "status": status,
        }


class EtsyItems(Reader):
    """Sold order items, `EtsySoldOrderItems2026.csv`: one line per row, each known by its transaction.

    `Price` is for one. `Order Shipping` and `Order Sales Tax` are the order's, not the item's, and `Buyer` is
    a name: these are left to the orders export.
    """

    name = "Etsy order items"
    lacks = (
        "This export does not include buyers, shipping, taxes, refunds or cancellations: add Etsy's orders "
        "of the same months as well."
    )
    headers = (
        frozenset({"sale date", "order id", "transaction id", "item name", "quantity", "price", "currency"}),
    )
    worth = ("price", "quantity")
    refunds = _REFUNDS
    channel = "Etsy"
    plain = """
        order_id = order id, line_id = transaction id, ordered_at = sale date, country = ship country,
        sku, product = item name, quantity, discount = discount amount, currency
    """


def _refunds(rows: Rows) -> tuple[Millionths, NDArray[np.bool_]]:
    """What was given back, and where it is stated: an adjusted total that is empty or 0 says nothing."""
    total, adjusted = rows.amounts("order total"), rows.amounts("adjusted order total")
    stated = (adjusted > 0) & (adjusted < total)
    return np.where(stated, total - adjusted, 0), stated


def _fees(rows: Rows, adjusted: NDArray[np.bool_]) -> pa.Array:
    """The card's fee, less what of it came back with a refund; null where none is stated."""
    fee = abs(rows.amounts("card processing fees"))
    left = abs(rows.amounts("adjusted card processing fees"))
    return decimals(np.where(adjusted, left, fee), rows.has_text("card processing fees"))


def _status(cell: str) -> Status:
    """An order without a status was sold, as the export's name says."""
    return status_of(cell, "status") if cell else "completed"
