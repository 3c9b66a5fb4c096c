"""WooCommerce orders in other exports: a row per item, and a row per order without its items."""

from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import Millionths, Rows, decimals
from ownchannel.orders._readers._currency_signs import note_dollars, with_signs_apart
from ownchannel.orders._readers._reader import Context, Reader, is_one_of
from ownchannel.orders._readers._woocommerce import CHANNEL, customers, refunded_sum, status_in
from ownchannel.orders._schema import BY_NUMBER

_LEFT = "item_quantity without refunds"
#: By WebToffee's columns, what Advanced Order Export and Customer/Order/Coupon Export call them besides.
_NAMES = {
    **{"order_id": (), "order_number": (), "order_date": ("date",), "status": ("order status",)},
    **{"order_currency": ("currency",), "customer_id": ("customer user id",)},
    **{"customer_email": ("customer user email",), "billing_email": ("email (billing)",)},
    **{"billing_country": ("country code (billing)",), "shipping_country": ("country code (shipping)",)},
    **{"shipping_total": ("order shipping amount",), "tax_total": ("order total tax amount",)},
    **{"refunded_total": ("order refund amount",), "item_sku": ("sku",), "item_name": ()},
    **{"item_quantity": ("quantity",), _LEFT: ("quantity (- refund)",), "item_price": ("item cost",)},
    **{"item_subtotal": ("order line subtotal",), "item_total": ("order line (w/o tax)",)},
}
_ORDER = ("order_date", "status", "order_currency")
_AFTER_THE_ORDERS = 2
_NEGATIVE, _REFUNDS_APART = "is negative", "The shop shows refunds in columns of their own: export it again."
_AFTER_COUPONS = "Order lines whose coupons are taken off their prices already, as this export has them: {n}."
_REFUNDS_LEFT_OUT = (
    "Order lines whose quantities leave out what was refunded: {n}. Their refunds are not taken off again; "
    "those of shipping are not known."
)


class WooCommerceItems(Reader):
    """WebToffee's Order Export with items in rows, SkyVerge's one row per item, and Advanced Order Export.

    The order's own amounts stand on each of its rows. Columns: `get_order_fields_product_items` and
    `wt_line_item_separate_row_csv_header` in the plugins' code, at https://plugins.svn.wordpress.org.
    """

    name = "WooCommerce order items"
    lacks = "This export does not include payment fees, or whether buyers agreed to be contacted."
    headers = (
        frozenset({*_ORDER, "order_id", "item_name", "item_quantity", "item_total"}),
        frozenset({*_ORDER, "order number", "order status", "item name", "item cost"}),
    )
    channel, kind = CHANNEL, "owned"
    currency = "order_currency"
    names = _NAMES
    plain = "sku = item_sku, product = item_name, tax = tax_total, currency = order_currency"
    of_order = ("shipping", "tax", "refund")

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row; what stands on every row of an order is shared out once all are read."""
        by_number = "order_id" not in rows.columns
        order = rows.identities("order_number" if by_number else "order_id")
        ordered_at = rows.moments("order_date", context.timezone)
        units, total, value = _units(rows), _paid(rows, required=True), self.worths(rows)
        for column, amounts in ((units, rows.amounts(units)), ("item_name", np.minimum(total, value))):
            rows.reject_where(amounts < 0, column, _NEGATIVE, _REFUNDS_APART)
        is_left = units != "item_quantity"
        refund = abs(rows.amounts("refunded_total")) + rows.numbers(refunded_sum, "refund_items")
        stated, status = refund != 0, rows.words(status_in, "status", otherwise="cancelled")
        refund = np.zeros_like(refund) if is_left else refund
        is_known = (refund != 0) | ~is_one_of(status, "refunded")
        context.note(_AFTER_COUPONS, rows.kept() & ("item_subtotal" not in rows.columns))
        context.note(_REFUNDS_LEFT_OUT, is_left & stated & rows.kept())
        return {
            "order_id": pc.coalesce(rows.labels("order_number"), order),
            "ordered_at": ordered_at,
            "customer_key": customers(rows, context),
            "quantity": rows.quantities(units),
            "item_value": value,
            "discount": np.maximum(value - total, 0),
            "shipping": rows.amounts("shipping_total") + rows.amounts("fee_total"),
            "refund": decimals(refund, is_known),
            "country": rows.first_label("shipping_country", "billing_country"),
            "status": status,
            "identity": self.identity(order, *([_minutes(ordered_at)] if by_number else [])),
            "rank": BY_NUMBER[0] if by_number else _AFTER_THE_ORDERS,
        }

    def worths(self, rows: Rows, required: bool = False) -> Millionths:
        """What a row's item is worth before coupons, as far as the export has that."""
        has_value = "item_subtotal" in rows.columns
        return rows.amounts("item_subtotal", required) if has_value else _paid(rows, required)


def _paid(rows: Rows, required: bool) -> Millionths:
    """What was paid for a row's item, after coupons."""
    if "item_total" in rows.columns:
        return rows.amounts("item_total", required)
    return rows.line_totals("item_price", _units(rows), required)


def _units(rows: Rows) -> str:
    return "item_quantity" if "item_quantity" in rows.columns else _LEFT


def _minutes(ordered_at: NDArray[np.datetime64]) -> pa.StringArray:
    """What makes ids of numbers that a plugin gives. Exports differ in whether they show seconds."""
    return pa.array(np.datetime_as_string(ordered_at, unit="m"))


_TOTAL = "n. revenue (formatted)"
_NET = "net sales"
_IS_REFUND = "is the row of a refund: what was given back stands on the order's own row"
_NOTHING_LOST = "Nothing is lost where the order itself is in a file."
_TOO_SMALL = "is less than the net sales beside it, although it includes shipping and taxes"


class WooCommerceAnalytics(Reader):
    """Analytics, Orders, Download: of customers it has only names, which stay in the file.

    Columns: `get_export_columns` in the shop's code, https://github.com/woocommerce/woocommerce. The
    formatted total includes shipping and taxes; behind it stands what is left after refunds.
    """

    name = "WooCommerce Analytics orders"
    lacks = (
        "This export does not include buyers, products, shipping, taxes or fees: add an export of the orders "
        "themselves as well."
    )
    headers = (frozenset({"date", "order #", "status", _TOTAL, _NET}),)
    names = MappingProxyType({_NET: ("n. revenue",)})
    channel, kind, rank = CHANNEL, "owned", BY_NUMBER[1]
    currency = f"{_TOTAL}: currency"
    worth = (_NET,)
    plain = f"quantity = items sold, currency = {currency}"

    def renamed(self, rows: Rows) -> Rows:
        """The currency and what is left of a total apart from it."""
        return with_signs_apart(super().renamed(rows), _TOTAL)

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per order, which gives way to any other export of it."""
        order = rows.identities("order #")
        ordered_at = rows.moments("date", context.timezone)
        value = rows.amounts(_NET, required=True)
        rows.reject_where(value < 0, _NET, _IS_REFUND, _NOTHING_LOST)
        total, left = rows.amounts(_TOTAL), rows.amounts(f"{_TOTAL}: second")
        has_refund = rows.has_text(f"{_TOTAL}: second")
        rows.reject_where(has_refund & (total < value), _TOTAL, _TOO_SMALL, "Export the orders themselves.")
        note_dollars(rows, _TOTAL, context)
        return {
            "order_id": order,
            "item": "order",
            "run": rows.lines,  # each row is a whole order
            "ordered_at": ordered_at,
            "item_value": value,
            "refund": decimals(np.minimum(total - left, value), has_refund),
            "status": rows.words(status_in, "status", otherwise="cancelled"),
            "identity": self.identity(order, _minutes(ordered_at)),
        }
