"""Etsy's two exports of sold orders: one row per order, with buyer and money; and one row per item."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import Millionths, Rows, as_label, decimals
from ownchannel.orders._readers._reader import Context, Reader, is_one_of, status_of
from ownchannel.orders._schema import Status

_ITEMS_FIRST, _ORDERS_SECOND = 0, 1
_NEGATIVE, _NO_REFUNDS = "is negative", "Etsy shows refunds in Adjusted Order Total: export it again."


class EtsyOrders(Reader):
    """Sold orders, `EtsySoldOrders2026.csv`: one line per order, which gives way to the order's items."""

    name = "Etsy orders"
    lacks = "This export does not include products, or Etsy's listing, transaction and advertising fees."
    headers = (frozenset({"sale date", "order id", "buyer user id", "order value", "currency"}),)
    worth = ("order value",)
    channel = "Etsy"
    plain = "ordered_at = sale date, quantity = number of items, tax = sales tax, currency"

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row: `Order Value` is before discounts, shipping and tax."""
        order = _order_numbers(rows)
        value = rows.amounts("order value", required=True)
        rows.reject_where(value < 0, "order value", _NEGATIVE, _NO_REFUNDS)
        discount = abs(rows.amounts("discount amount"))
        status = rows.words(_status, "status", otherwise="cancelled")
        refund, refund_stated = _refunds(rows)
        whole = is_one_of(status, "refunded") & ~refund_stated
        return self.batch(
            rows,
            context,
            order_id=order,
            item="order",
            run=rows.lines,  # each row is a whole order
            customer_key=self.customers(rows, context, "buyer user id"),
            item_value=value,
            discount=discount,
            shipping=rows.amounts("shipping") - abs(rows.amounts("shipping discount")),
            # Where none is stated, the statement may have one.
            refund=decimals(np.where(whole, value - discount, refund), whole | refund_stated),
            fee=_fees(rows, adjusted=refund_stated),
            country=rows.words(country_code, "ship country"),
            status=status,
            rank=_ORDERS_SECOND,
        )


class EtsyItems(Reader):
    """Sold order items, `EtsySoldOrderItems2026.csv`: one line per row, each known by its transaction.

    Its `Order Shipping` and `Order Sales Tax` are the order's, not the item's, and its `Buyer` is a name:
    these are left to the orders export.
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
    channel = "Etsy"
    plain = """
        ordered_at = sale date, sku, product = item name, quantity = quantity, currency
    """

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row: `Price` is for one."""
        for column in self.worth:
            negative = rows.amounts(column, required=True) < 0
            rows.reject_where(negative, column, _NEGATIVE, _NO_REFUNDS)
        return self.batch(
            rows,
            context,
            item_value=self.worths(rows, required=True),
            order_id=_order_numbers(rows),
            line_id=rows.exact_labels("transaction id"),
            item=rows.first_label("sku", "item name", otherwise="item"),
            discount=abs(rows.amounts("discount amount")),
            country=rows.words(country_code, "ship country"),
            rank=_ITEMS_FIRST,
        )


def _order_numbers(rows: Rows) -> pa.StringArray:
    return pc.utf8_ltrim(rows.identities("order id"), "#")


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


def country_code(name: str) -> str | None:
    """The two letters of a country that Etsy writes out; as it stands where it is none."""
    return _country_codes().get(name.casefold()) or as_label(name)


@cache
def _country_codes() -> dict[str, str]:
    from babel import Locale

    return {
        name.casefold(): code
        for language in ("de", "en")
        for code, name in Locale(language).territories.items()
        if code.isalpha()
    }
