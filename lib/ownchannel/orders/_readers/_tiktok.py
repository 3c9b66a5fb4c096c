"""TikTok Shop's orders, exported from the Seller Center: one row per product, the order's own sums on each.

Columns, the row of descriptions below them and the tabs behind numbers are as public programs read them. What
TikTok pays of a discount (`SKU Platform Discount`) goes to the seller: only the seller's own is taken off.
"""

from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import (
    MARKS,
    NO_CURRENCY,
    Millionths,
    Rows,
    as_millionths,
    decimals,
    flags,
    summed,
    with_columns,
)
from ownchannel.orders._bookings import coded, firsts
from ownchannel.orders._readers._currency_signs import currency_in
from ownchannel.orders._readers._ebay import UNKNOWN_CURRENCY, WRITE_A_CODE
from ownchannel.orders._readers._etsy import country_code
from ownchannel.orders._readers._reader import Context, Reader, less_refund, status_of
from ownchannel.orders._schema import LINES_AS_READ, Status

_HEADER = frozenset(
    {"order id", "order status", "sku id", "quantity", "sku subtotal before discount", "created time"}
)
_VALUE = "sku subtotal before discount"
#: Of the order, and on each of its rows.
_OF_ORDER = {"shipping": "shipping fee after discount", "tax": "taxes", "refund": "order refund amount"}
_ITEMS_FIRST, _ORDER_SECOND = 0, 1
_ORDER = "order"
_NEGATIVE, _REFUNDS = "is negative", "TikTok Shop shows refunds in Order Refund Amount: export it again."
_BY_COUNTRY = "Rows whose amounts show no currency: {n}. They were read in that of the buyer's country."


class TikTokOrders(Reader):
    """All orders, as CSV or workbook, `All order-2026-09-30.csv`."""

    name = "TikTok Shop orders"
    lacks = (
        "This export does not include TikTok's fees, advertising or payouts. Discounts that TikTok pays are "
        "not taken off."
    )
    headers = (_HEADER,)
    order_starts = "order id"
    worth = (_VALUE,)

    def renamed(self, rows: Rows) -> Rows:
        """The rows without the descriptions of the columns; the order of day and month is the country's."""
        in_words = [
            rows.has_text(column) & ~flags(pc.match_substring_regex(rows.column(column), r"\d"))
            for column in ("order id", "quantity", _VALUE)
        ]
        rows = rows.without(np.logical_and.reduce(in_words))
        rows.notation.habits = {MARKS: "."}
        rows.notation.codes |= set(pc.unique(_currencies(rows)).to_pylist()) - {NO_CURRENCY}
        return rows

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row; what is the order's stands on each of them until all rows are known."""
        order = rows.identities("order id")
        value = rows.amounts(_VALUE, required=True)
        rows.reject_where(value < 0, _VALUE, _NEGATIVE, _REFUNDS)
        currency = _currencies(rows)
        rows.reject_where(flags(pc.equal(currency, NO_CURRENCY)), _VALUE, UNKNOWN_CURRENCY, WRITE_A_CODE)
        bare = rows.each(lambda cell: not currency_in(cell), _VALUE, otherwise=False)
        context.note(_BY_COUNTRY, int(np.count_nonzero(np.array(bare, dtype=np.bool_) & rows.kept())))
        sums = {column: rows.amounts(name) for column, name in _OF_ORDER.items()}
        paid = rows.amounts("order amount")
        status = rows.words(
            _status, "order status", "cancelation/return type", "cancelled time", otherwise="cancelled"
        )
        # TikTok takes back its part of the discount, too: the order's lines are 0 then.
        is_back = (paid > 0) & (sums["refund"] >= paid) & flags(pc.equal(status, "completed"))
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            item=rows.first_label("sku id", "seller sku", "product name", otherwise="item"),
            channel="TikTok Shop",
            kind="marketplace",
            ordered_at=rows.moments("created time", context.timezone),
            customer_key=rows.words(partial(_customer, context), "buyer username"),
            sku=rows.labels("seller sku"),
            product=rows.labels("product name"),
            quantity=rows.quantities("quantity"),
            item_value=value,
            discount=abs(rows.amounts("sku seller discount")),
            **sums,
            currency=currency,
            country=rows.words(country_code, "country"),
            status=pc.if_else(pa.array(is_back), "refunded", status),
            amount=value,
            identity=pc.binary_join_element_wise("tiktok", order, "/"),
            rank=_ITEMS_FIRST,
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The value before discounts, in the currency of its sign or of the country."""
        return _currencies(rows), rows.unjudged().amounts(_VALUE)

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """Each order's own sums once, in a row that only adds to the lines of its products."""
        (order, orders), count = coded(lines["identity"]), len(lines)
        stated = {column: _once(order, as_millionths(lines[column]), count) for column in _OF_ORDER}
        paid = as_millionths(lines["item_value"]) - as_millionths(lines["discount"])
        cancelled = flags(pc.equal(lines["status"], "cancelled"))
        is_kept = summed(order, (~cancelled).astype(np.int64), count) > 0
        # What was given back for rows that were cancelled is not given back for the others.
        of_cancelled = np.where(is_kept, summed(order, np.where(cancelled, paid, 0), count), 0)
        refund = np.maximum(stated["refund"] - of_cancelled, 0)
        sums = less_refund(refund, summed(order, paid, count), stated["shipping"], stated["tax"])
        first = firsts(order, len(orders))
        first = first[first >= 0]
        first = first[flags(pc.not_equal(lines["status"], "refunded"))[first]]
        none = pa.nulls(len(lines), lines["refund"].type)
        own = lines.take(pa.array(first))
        own = with_columns(
            own,
            line_id=pa.array([_ORDER] * len(own), pa.string()),
            rank=pa.array([_ORDER_SECOND] * len(own), pa.int8()),
            **{column: decimals(np.zeros(len(own), dtype=np.int64)) for column in ("item_value", "amount")},
            **{column: decimals(amounts[order[first]]) for column, amounts in sums.items()},
        )
        return pa.concat_tables([with_columns(lines, **dict.fromkeys(_OF_ORDER, none)), own])


def _customer(context: Context, name: str) -> str | None:
    """The key of a buyer; none where the name is masked, b***r, for many look like it."""
    return context.keys.of_id(f"tiktok:{name.casefold()}") if name and "*" not in name else None


def _once(order: NDArray[np.int64], amounts: Millionths, count: int) -> Millionths:
    """By order, an amount that stands on all of its rows, once; the sum where rows state different ones."""
    each = pd.DataFrame({"order": order, "amount": amounts}).drop_duplicates()
    return summed(each["order"].to_numpy(), each["amount"].to_numpy(), count)


def _status(status: str, type_: str, cancelled_at: str) -> Status:
    """An order's status; of some of its rows the type says that they were cancelled."""
    known = status_of(status, "order status")
    return "cancelled" if type_.casefold() in ("cancel", "cancelled") or cancelled_at else known


def _currencies(rows: Rows) -> pa.StringArray:
    """By row the currency of its amounts, or where they show none that of the buyer's country."""
    return rows.words(lambda amount, country: currency_in(amount) or _of_country(country), _VALUE, "country")


def _of_country(name: str) -> str:
    from babel.numbers import get_territory_currencies

    code = country_code(name) or ""
    found = get_territory_currencies(code.upper()) if len(code) == 2 else []
    return found[-1] if found else NO_CURRENCY
