"""WooCommerce orders as WebToffee's plugin exports them: one row per order, its items packed into columns."""

import re
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import (
    LARGEST_AMOUNT,
    BadCell,
    Millionths,
    Rows,
    as_label,
    millionths,
    number,
    spread,
    summed,
)
from ownchannel.orders._readers._reader import Context, Reader, is_one_of, less_refund, status_of
from ownchannel.orders._schema import LINES_AS_READ, Status

CHANNEL = "WooCommerce"

_HEADER = frozenset({"order_id", "order_date", "status", "order_currency", "line_item_1"})
_ITEM_COLUMN = re.compile(r"line_item_(\d+)", re.ASCII)
# A cell of an item, `name:Pan|product_id:9|sku:PAN|quantity:2|total:18.00|sub_total:20.00|…`: behind these
# fields stand taxes and whatever plugins add.
_ITEM = re.compile(
    r"name:(?P<name>.*?) ?\|(?:product_id:[^|]*\|)?(?:sku:(?P<sku>[^|]*)\|)?quantity:(?P<quantity>[^|]*)"
    r"\|total:(?P<total>[^|]*)(?:\|sub_total:(?P<sub_total>[^|]*))?(?:\|.*)?",
    re.DOTALL,
)
_REFUND = re.compile(r"(?:^|;)amount:([^|;]*)\|")
#: A gift card pays for goods and is none.
_GIFT_CARD = "giftcard-name:"
_TOO_DEAR = "adds up to a trillion or more with the other items"
_PLAIN_ITEM = "Export the orders again with line items in columns, line_item_1 and so on."
_ODD_SUBTOTAL = "Orders whose items do not add up to the stated subtotal: {n}. The items were used."

_MOST = millionths(LARGEST_AMOUNT)
_LONGEST_NUMBER = 40


class _Item(NamedTuple):
    sku: str | None
    product: str | None
    quantity: float
    value: int
    discount: int


_NO_ITEM = _Item(None, None, 0, 0, 0)
_ITEMS = pa.schema(
    {
        "sku": pa.string(),
        "product": pa.string(),
        "quantity": pa.float64(),
        "value": pa.int64(),
        "discount": pa.int64(),
    }
)


class WooCommerceOrders(Reader):
    """Order Export & Order Import for WooCommerce, with line items in columns."""

    name = "WooCommerce orders"
    lacks = "This export does not include payment fees, or whether buyers agreed to be contacted."
    headers = (_HEADER,)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per item; a row gives several. Coupons are taken off the items by the shop already."""
        order, number_shown = rows.identities("order_id"), rows.labels("order_number")
        ordered_at = rows.moments("order_date", context.timezone)
        status = rows.words(status_in, "status", otherwise="cancelled")
        currency = rows.currencies("order_currency")
        keys = customers(rows, context)
        countries = rows.first_label("shipping_country", "billing_country")
        subtotal, tax = rows.amounts("order_subtotal"), rows.amounts("tax_total")
        # What a shop charges besides, for wrapping or paying on delivery, counts as shipping.
        shipping = rows.amounts("shipping_total") + rows.amounts("fee_total")
        stated_refund = rows.numbers(refunded_sum, "refund_items")
        # From here on an element per item.
        places, items = _items_of(rows)
        value, discount = (items[name].to_numpy() for name in ("value", "discount"))
        is_odd = rows.has_text("order_subtotal") & (summed(places, value, len(rows)) != subtotal)
        context.note(_ODD_SUBTOTAL, int((is_odd & rows.kept()).sum()))
        paid = summed(places, value - discount, len(rows))
        is_whole = is_one_of(status, "refunded") & ~rows.has_text("refund_items")
        refund = np.where(is_whole, paid + shipping + tax, stated_refund)
        shared = less_refund(refund, paid, shipping, tax)
        of_row = pa.array(places)
        return rows.at(places).batch(
            LINES_AS_READ,
            order_id=pc.coalesce(number_shown, order).take(of_row),
            item=pc.coalesce(items["sku"], items["product"], "item"),
            run=rows.lines[places],  # each row is a whole order
            channel=CHANNEL,
            kind="owned",
            ordered_at=ordered_at[places],
            customer_key=keys.take(of_row),
            sku=items["sku"],
            product=items["product"],
            quantity=items["quantity"],
            item_value=value,
            discount=discount,
            currency=currency.take(of_row),
            country=countries.take(of_row),
            status=status.take(of_row),
            amount=value,
            identity=pc.binary_join_element_wise("woocommerce", order, "/").take(of_row),
            rank=0,
            **{column: spread(whole, places, value) for column, whole in shared.items()},
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The sum of the order's items before coupons, as far as they can be read."""
        values = [rows.numbers(_readable_value, column) for column in _item_columns(rows)]
        # An order that adds up to more than a table holds is set aside.
        is_dear = np.sum(values, axis=0, dtype=float) >= _MOST
        return pc.utf8_upper(rows.column("order_currency")), np.where(is_dear, _MOST, np.sum(values, axis=0))


def _item_columns(rows: Rows) -> list[str]:
    return sorted(filter(_ITEM_COLUMN.fullmatch, rows.columns), key=lambda name: int(name.rpartition("_")[2]))


def _items_of(rows: Rows) -> tuple[NDArray[np.intp], pa.Table]:
    """The items of the rows that are left, in order, and of each the place of its row.

    A row with an item that cannot be read, or with none, is set aside.
    """
    columns, parts, found = _item_columns(rows), [], []
    for column in columns:
        known, place = rows.distinct(partial(_item, column), column, otherwise=None)
        has_item = np.array([item is not None for item in known], dtype=np.bool_)[place]
        found.append(np.flatnonzero(has_item))
        parts.append(
            pa.Table.from_pylist([(item or _NO_ITEM)._asdict() for item in known], _ITEMS).take(
                pa.array(place[has_item])
            )
        )
    items, places = pa.concat_tables(parts), np.concatenate(found)
    counts = np.bincount(places, minlength=len(rows))
    rows.reject_where(counts == 0, columns[0], "is empty: the order has no items", _PLAIN_ITEM)
    sums = np.bincount(places, items["value"].to_numpy().astype(float), len(rows))
    rows.reject_where(sums >= _MOST, columns[0], _TOO_DEAR, "Correct it.")
    in_order = np.argsort(places, kind="stable")
    in_order = in_order[rows.kept()[places[in_order]]]
    return places[in_order], items.take(pa.array(in_order))


def _item(column: str, cell: str) -> _Item | None:
    if not cell or cell.startswith(_GIFT_CARD):
        return None
    fields = _ITEM.fullmatch(cell)
    if fields is None:
        raise BadCell(
            column, cell, "is not an item as name:…|sku:…|quantity:…|total:…|sub_total:…", _PLAIN_ITEM
        )
    total = _number(column, fields["total"])
    value = _number(column, fields["sub_total"]) if fields["sub_total"] else total
    quantity = float(_number(column, fields["quantity"]))
    if value < 0 or quantity < 0:
        raise BadCell(column, cell, "holds a negative number", "The shop shows refunds in refund_items.")
    return _Item(
        as_label((fields["sku"] or "").strip()),
        as_label(fields["name"].strip()),
        quantity,
        millionths(value),
        millionths(max(value - total, Decimal(0))),
    )


def _readable_value(cell: str) -> int:
    """An item's value before coupons in millionths; 0 where it cannot be read."""
    fields = _ITEM.fullmatch(cell)
    try:
        return millionths(_number("", fields["sub_total"] or fields["total"])) if fields else 0
    except BadCell:
        return 0


def _number(column: str, text: str) -> Decimal:
    try:
        return _short_number(text) if len(text) <= _LONGEST_NUMBER else number(text)
    except ValueError as error:
        raise BadCell(column, text, "holds an amount that cannot be read", _PLAIN_ITEM) from error


@lru_cache(maxsize=50_000)  # a file has many items and few prices
def _short_number(text: str) -> Decimal:
    return number(text.strip())


def refunded_sum(cell: str) -> int:
    """The sum of an order's refunds, `amount:10.00|reason:…|date:…` with semicolons between them."""
    amounts = _REFUND.findall(cell)
    if cell and not amounts:
        reason = "is not a refund as amount:…|reason:…|date:…"
        raise BadCell("refund_items", cell, reason, "Export the orders again.")
    total = sum((abs(_number("refund_items", amount)) for amount in amounts), start=Decimal(0))
    if total >= LARGEST_AMOUNT:
        raise BadCell("refund_items", cell, "adds up to a trillion or more", "Correct it.")
    return millionths(total)


def customers(rows: Rows, context: Context) -> pa.StringArray:
    """The keys of customers. A guest has no account, but an address to bill."""
    keys = [rows.words(context.keys.of_email, column) for column in ("customer_email", "billing_email")]
    return pc.coalesce(*keys, rows.words(partial(_account, context), "customer_id"))


def _account(context: Context, number: str) -> str | None:
    return context.keys.of_id(f"woocommerce:{number}") if number not in ("", "0") else None


def status_in(cell: str) -> Status:
    return status_of(cell, "status")
