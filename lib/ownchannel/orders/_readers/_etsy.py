"""Etsy's two exports of sold orders: one row per order, with buyer and money; and one row per item."""

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import Millionths, Rows, as_label, decimals
from ownchannel.orders._readers._reader import Context, Reader, is_one_of, status_of
from ownchannel.orders._schema import LINES_AS_READ, Status

CHANNEL = "Etsy"

_ORDERS_HEADER = frozenset({"sale date", "order id", "buyer user id", "order value", "currency"})
_ITEMS_HEADER = frozenset(
    {"sale date", "order id", "transaction id", "item name", "quantity", "price", "currency"}
)
_ITEMS_FIRST, _ORDERS_SECOND = 0, 1
_NEGATIVE, _NO_REFUNDS = "is negative", "Etsy shows refunds in Adjusted Order Total: export it again."


class EtsyOrders(Reader):
    """Sold orders, `EtsySoldOrders2026.csv`: one line per order, which gives way to the order's items."""

    name = "Etsy orders"
    lacks = "This export does not include products, or Etsy's listing, transaction and advertising fees."
    headers = (_ORDERS_HEADER,)
    worth = ("order value",)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row: `Order Value` is before discounts, shipping and tax."""
        order = _order_numbers(rows)
        value = rows.amounts("order value", required=True)
        rows.reject_where(value < 0, "order value", _NEGATIVE, _NO_REFUNDS)
        discount = abs(rows.amounts("discount amount"))
        status = rows.words(_status, "status", otherwise="cancelled")
        refund, refund_stated = _refunds(rows)
        whole = is_one_of(status, "refunded") & ~refund_stated
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            item="order",
            run=rows.lines,  # each row is a whole order
            channel=CHANNEL,
            kind="marketplace",
            ordered_at=rows.moments("sale date", context.timezone),
            customer_key=rows.words(
                lambda cell: context.keys.of_id(f"etsy:{cell.casefold()}") if cell else None, "buyer user id"
            ),
            quantity=rows.quantities("number of items"),
            item_value=value,
            discount=discount,
            shipping=rows.amounts("shipping") - abs(rows.amounts("shipping discount")),
            tax=rows.amounts("sales tax"),
            # Where none is stated, the statement may have one.
            refund=decimals(np.where(whole, value - discount, refund), whole | refund_stated),
            fee=_fees(rows, adjusted=refund_stated),
            currency=rows.currencies("currency"),
            country=rows.words(country_code, "ship country"),
            status=status,
            amount=value,
            identity=pc.binary_join_element_wise("etsy", order, "/"),
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
    headers = (_ITEMS_HEADER,)
    worth = ("price", "quantity")

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row: `Price` is for one."""
        for column in ("price", "quantity"):
            negative = rows.amounts(column, required=True) < 0
            rows.reject_where(negative, column, _NEGATIVE, _NO_REFUNDS)
        value = rows.line_totals("price", "quantity", required=True)
        order = _order_numbers(rows)
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            line_id=rows.exact_labels("transaction id"),
            item=rows.first_label("sku", "item name", otherwise="item"),
            channel=CHANNEL,
            kind="marketplace",
            ordered_at=rows.moments("sale date", context.timezone),
            sku=rows.labels("sku"),
            product=rows.labels("item name"),
            quantity=rows.quantities("quantity"),
            item_value=value,
            discount=abs(rows.amounts("discount amount")),
            currency=rows.currencies("currency"),
            country=rows.words(country_code, "ship country"),
            amount=value,
            identity=pc.binary_join_element_wise("etsy", order, "/"),
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
