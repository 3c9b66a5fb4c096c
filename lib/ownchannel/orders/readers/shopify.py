"""Shopify's orders export: a row a line item, the order's own fields on its first row only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ownchannel.orders.cells import BadCell
from ownchannel.orders.readers.amazon_orders import ORDER_NUMBER
from ownchannel.orders.readers.base import Context
from ownchannel.orders.records import Line, Rejection, Row
from ownchannel.orders.schema import Kind, Status
from ownchannel.orders.sharing import spread

CHANNEL = "Shopify"

_HEADER = frozenset(
    {"name", "financial status", "created at", "lineitem quantity", "lineitem price", "currency"}
)
_MARKETPLACES = ("amazon", "ebay", "etsy", "walmart", "tiktok", "kaufland", "otto", "zalando")
_STATUS: dict[str, Status] = {
    "paid": "completed",
    "partially_paid": "completed",
    "partially_refunded": "completed",
    "refunded": "refunded",
    "pending": "pending",
    "authorized": "pending",
    "unpaid": "pending",
    "expired": "cancelled",
    "voided": "cancelled",
}
_CONSENT = {"yes": True, "true": True, "no": False, "false": False}
_NO_ORDER_NUMBER = (
    "Orders copied in from a marketplace without its order number: {n}. Where its own report is read too, "
    "they may count twice."
)
_ODD_SUBTOTAL = "Orders whose discounts do not explain the subtotal: {n}. The stated discount was taken."
_TAX_INSIDE = "Orders whose prices include tax: {n}. Their amounts are as the shop shows them."


class ShopifyOrders:
    """The export of Orders, with customers; about 79 columns."""

    name = "Shopify orders"
    lacks = "This export tells no fees, and the sum of a refund without its day."

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its order name, financial status and line items."""
        return columns >= _HEADER

    def read(self, rows: Iterator[Row], context: Context) -> Iterator[Line | Rejection]:
        """A Line or a Rejection for each row, order by order."""
        for block in _orders(rows):
            yield from _read_order(block, context)

    def money(self, row: Row) -> tuple[str, Decimal]:
        """The price for one times the quantity; the currency stands on the order's first row only."""
        try:
            return row.text("currency").upper(), row.line_total("lineitem price", "lineitem quantity")
        except BadCell:
            return row.text("currency").upper(), Decimal(0)


def _orders(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Rows of one order together: those below its first row that bear its name, or none, and no status."""
    block: list[Row] = []
    for row in rows:
        continues = not row.text("financial status") and row.text("name") in (
            "",
            block and block[0].text("name"),
        )
        if block and not continues:
            yield block
            block = []
        block.append(row)
    if block:
        yield block


@dataclass(frozen=True)
class _Order:
    """What an order's first row says of all its lines."""

    fields: Line
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    refund: Decimal
    subtotal: Decimal | None


def _read_order(block: Sequence[Row], context: Context) -> Iterator[Line | Rejection]:
    try:
        order = _order(block[0], context)
    except BadCell as bad:
        currency = block[0].text("currency").upper()
        for row in block:
            yield row.rejected(bad, currency)
        return
    read: list[tuple[Row, Line, Decimal]] = []
    for row in block:
        try:
            line = _line(row, order.fields)
            read.append((row, line, abs(row.number("lineitem discount"))))
        except BadCell as bad:
            yield row.rejected(bad, order.fields.currency)
    if read:
        lines = [line for _, line, _ in read]
        yield from _shared(order, lines, [discount for _, _, discount in read], context)


def _order(row: Row, context: Context) -> _Order:
    status = _status(row)
    name = row.required("name", "The order's name, such as #1001, stands on its first row.")
    kind, channel, identity, rank = _taken_by(row, name, context)
    number = ORDER_NUMBER.search(identity)
    fields = Line(
        order_id=number.group() if number else name,
        line_id="",
        channel=channel,
        kind=kind,
        ordered_at=row.instant("created at", context.timezone),
        customer_key=None if kind == "marketplace" else context.keys.of_email(row.text("email")),
        sku=None,
        product=None,
        quantity=0.0,
        item_value=Decimal(0),
        discount=Decimal(0),
        shipping=Decimal(0),
        tax=Decimal(0),
        refund=Decimal(0),
        fee=None,
        currency=row.currency("currency"),
        country=row.label("shipping country") or row.label("billing country"),
        status=status,
        consent=None if kind == "marketplace" else _CONSENT.get(row.text("accepts marketing").casefold()),
        source_row=row.line,
        amount=Decimal(0),
        identity=identity,
        rank=rank,
    )
    order = _Order(
        fields,
        discount=abs(row.number("discount amount")),
        shipping=row.number("shipping"),
        tax=row.number("taxes"),
        refund=abs(row.number("refunded amount")),
        subtotal=row.number("subtotal") if row.text("subtotal") else None,
    )
    if order.tax and order.subtotal is not None and row.number("total") == order.subtotal + order.shipping:
        context.note(_TAX_INSIDE)
    return order


def _status(row: Row) -> Status:
    financial = row.text("financial status").casefold()
    if financial not in _STATUS:
        reason = (
            "is a status that this reader does not know" if financial else "is empty on an order's first row"
        )
        raise BadCell("financial status", financial, reason, f"It should be one of {', '.join(_STATUS)}.")
    cancelled = bool(row.text("cancelled at")) and _STATUS[financial] != "refunded"
    return "cancelled" if cancelled else _STATUS[financial]


def _taken_by(row: Row, name: str, context: Context) -> tuple[Kind, str, str, int]:
    """Who took the order: its kind, channel, identity across files, and whether this is a synced copy."""
    source = row.text("source").casefold()
    marketplace = next((m for m in _MARKETPLACES if m in source), None)
    if marketplace is None:
        return "owned", CHANNEL, f"shopify/{row.label('id') or name}", 0
    notes = " ".join(row.text(c) for c in ("name", "note attributes", "tags", "notes", "payment reference"))
    number = ORDER_NUMBER.search(notes) if marketplace == "amazon" else None
    if number is None:
        context.note(_NO_ORDER_NUMBER)
    return "marketplace", marketplace.capitalize(), f"{marketplace}/{number.group() if number else name}", 1


def _line(row: Row, order: Line) -> Line:
    quantity = row.number("lineitem quantity", default=None)
    price = row.number("lineitem price", default=None)
    if quantity < 0 or price < 0:
        column = "lineitem quantity" if quantity < 0 else "lineitem price"
        raise BadCell(column, row.text(column), "is negative", "Shopify tells refunds in Refunded Amount.")
    value = row.line_total("lineitem price", "lineitem quantity")
    return order._replace(
        sku=row.label("lineitem sku"),
        product=row.label("lineitem name"),
        quantity=float(quantity),
        item_value=value,
        amount=value,
        source_row=row.line,
    )


def _shared(
    order: _Order, lines: Sequence[Line], own_discounts: Sequence[Decimal], context: Context
) -> Iterator[Line]:
    """The lines with their part of what was paid, given and taken back for the whole order."""
    values = [line.item_value for line in lines]
    discounts = spread(_common_discount(order, values, own_discounts, context), values)
    parts = [spread(whole, values) for whole in (order.shipping, order.tax, order.refund)]
    occurrence: dict[str, int] = {}
    for line, own, common, shipping, tax, refund in zip(lines, own_discounts, discounts, *parts, strict=True):
        item = line.sku or line.product or "item"
        occurrence[item] = occurrence.get(item, 0) + 1
        yield line._replace(
            line_id=f"{item}#{occurrence[item]}",
            discount=own + common,
            shipping=shipping,
            tax=tax,
            refund=refund,
        )


def _common_discount(
    order: _Order, values: Sequence[Decimal], own: Sequence[Decimal], context: Context
) -> Decimal:
    """The discount to share out, beyond what single lines carry.

    Exports differ in whether `Discount Amount` holds the lines' own discounts or one on shipping: the
    subtotal, which is the items less their discounts, tells.
    """
    lines = sum(own, Decimal(0))
    stated = order.discount if not lines else max(order.discount - lines, Decimal(0))
    if order.subtotal is None:
        return stated
    beyond_lines = sum(values, Decimal(0)) - lines - order.subtotal
    if beyond_lines in (stated, order.discount, Decimal(0)):
        return beyond_lines
    context.note(_ODD_SUBTOTAL)
    return stated
