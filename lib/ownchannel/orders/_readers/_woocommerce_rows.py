"""WooCommerce orders in other exports: a row per item, and a row per order without its items."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import Millionths, Rows, as_millionths, decimals, spread, summed, with_columns
from ownchannel.orders._bookings import coded, firsts, numbers
from ownchannel.orders._readers._currency_signs import note_dollars, with_signs_apart
from ownchannel.orders._readers._reader import Context, Reader, less_refund
from ownchannel.orders._readers._woocommerce import CHANNEL, customers, refunded_sum, status_in
from ownchannel.orders._schema import BY_NUMBER, LINES_AS_READ

_LEFT = "item_quantity without refunds"
#: By WebToffee's columns, those of Advanced Order Export and of Customer/Order/Coupon Export.
_NAMES = {
    "order_id": ("order id",),
    "order_number": ("order number",),
    "order_date": ("order date", "date"),
    "status": ("order status",),
    "order_currency": ("currency",),
    "customer_id": ("customer user id",),
    "customer_email": ("customer user email",),
    "billing_email": ("email (billing)",),
    "billing_country": ("country code (billing)",),
    "shipping_country": ("country code (shipping)",),
    "shipping_total": ("order shipping amount",),
    "tax_total": ("order total tax amount",),
    "refunded_total": ("order refund amount",),
    "item_sku": ("sku",),
    "item_name": ("item name",),
    "item_quantity": ("quantity",),
    _LEFT: ("quantity (- refund)",),
    "item_price": ("item cost",),
    "item_subtotal": ("order line subtotal",),
    "item_total": ("order line (w/o tax)",),
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
    currency = "order_currency"
    names = _NAMES

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row; what stands on every row of an order is shared out once all are read."""
        by_number = "order_id" not in rows.columns
        order = rows.identities("order_number" if by_number else "order_id")
        ordered_at = rows.moments("order_date", context.timezone)
        units, total, value = _units(rows), _paid(rows, required=True), self.worths(rows)
        for column, amounts in ((units, rows.amounts(units)), ("item_name", np.minimum(total, value))):
            rows.reject_where(amounts < 0, column, _NEGATIVE, _REFUNDS_APART)
        is_left = units != "item_quantity"
        refund = abs(rows.amounts("refunded_total")) + rows.numbers(refunded_sum, "refund_items")
        batch = rows.batch(
            LINES_AS_READ,
            order_id=pc.coalesce(rows.labels("order_number"), order),
            item=rows.first_label("item_sku", "item_name", otherwise="item"),
            channel=CHANNEL,
            kind="owned",
            ordered_at=ordered_at,
            customer_key=customers(rows, context),
            sku=rows.labels("item_sku"),
            product=rows.labels("item_name"),
            quantity=rows.quantities(units),
            item_value=value,
            discount=np.maximum(value - total, 0),
            shipping=rows.amounts("shipping_total") + rows.amounts("fee_total"),
            tax=rows.amounts("tax_total"),
            refund=np.zeros_like(refund) if is_left else refund,
            currency=rows.currencies(self.currency),
            country=rows.first_label("shipping_country", "billing_country"),
            status=rows.words(status_in, "status", otherwise="cancelled"),
            amount=value,
            identity=_by_number(order, ordered_at) if by_number else _identity(order),
            rank=BY_NUMBER[0] if by_number else _AFTER_THE_ORDERS,
        )
        context.note(_AFTER_COUPONS, len(batch) if "item_subtotal" not in rows.columns else 0)
        context.note(_REFUNDS_LEFT_OUT, int((is_left & (refund != 0) & rows.kept()).sum()))
        return batch

    def worths(self, rows: Rows, required: bool = False) -> Millionths:
        """What a row's item is worth before coupons, as far as the export has that."""
        has_value = "item_subtotal" in rows.columns
        return rows.amounts("item_subtotal", required) if has_value else _paid(rows, required)

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """An order's own amounts shared out among its lines; rows that repeat a line have that line's."""
        (order, orders), (line_id, _) = coded(lines["identity"]), coded(lines["line_id"])
        line, size = numbers(order, line_id), len(orders) - 1
        first, first_of_line = firsts(order, size), firsts(line, int(line.max(initial=-1)) + 1)
        of_line = order[first_of_line]
        value, discount = (as_millionths(lines[name])[first_of_line] for name in ("item_value", "discount"))
        shipping, tax, refund = (as_millionths(lines[name])[first] for name in ("shipping", "tax", "refund"))
        paid = summed(of_line, value - discount, size)
        is_whole = pc.equal(lines["status"], "refunded").to_numpy()[first] & (refund == 0)
        left = less_refund(np.where(is_whole, paid + shipping + tax, refund), paid, shipping, tax)
        shared = {name: decimals(spread(whole, of_line, value)[line]) for name, whole in left.items()}
        return with_columns(lines, **shared)


def _paid(rows: Rows, required: bool) -> Millionths:
    """What was paid for a row's item, after coupons."""
    if "item_total" in rows.columns:
        return rows.amounts("item_total", required)
    return rows.line_totals("item_price", _units(rows), required)


def _units(rows: Rows) -> str:
    return "item_quantity" if "item_quantity" in rows.columns else _LEFT


def _identity(*parts: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise("woocommerce", *parts, "/")


def _by_number(order: pa.StringArray, ordered_at: np.ndarray) -> pa.StringArray:
    """Numbers that a plugin gives are no ids. Exports differ in whether they show seconds."""
    minute = pa.array(np.datetime_as_string(ordered_at, unit="m"))
    return _identity(order, minute)


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
    names: Mapping[str, Sequence[str]] = MappingProxyType({_NET: ("n. revenue",)})
    currency = f"{_TOTAL}: currency"
    worth = (_NET,)

    def renamed(self, rows: Rows) -> Rows:
        """The currency and what is left of a total apart from it."""
        return with_signs_apart(super().renamed(rows), _TOTAL)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per order, which gives way to any other export of it."""
        order = rows.identities("order #")
        ordered_at = rows.moments("date", context.timezone)
        value = rows.amounts(_NET, required=True)
        rows.reject_where(value < 0, _NET, _IS_REFUND, _NOTHING_LOST)
        total, left = rows.amounts(_TOTAL), rows.amounts(f"{_TOTAL}: second")
        has_refund = rows.has_text(f"{_TOTAL}: second")
        rows.reject_where(has_refund & (total < value), _TOTAL, _TOO_SMALL, "Export the orders themselves.")
        note_dollars(rows, _TOTAL, context)
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            item="order",
            run=rows.lines,  # each row is a whole order
            channel=CHANNEL,
            kind="owned",
            ordered_at=ordered_at,
            quantity=rows.quantities("items sold"),
            item_value=value,
            refund=decimals(np.minimum(total - left, value), has_refund),
            currency=rows.currencies(self.currency),
            status=rows.words(status_in, "status", otherwise="cancelled"),
            amount=value,
            identity=_by_number(order, ordered_at),
            rank=BY_NUMBER[1],
        )
