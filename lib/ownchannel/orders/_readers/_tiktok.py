"""TikTok Shop's orders, exported from the Seller Center: one row per product, the order's own sums on each.

Columns, the row of descriptions below them and the tabs behind numbers are as public programs read them. What
TikTok pays of a discount (`SKU Platform Discount`) goes to the seller: only the seller's own is taken off.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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
from ownchannel.orders._bookings import Numbers
from ownchannel.orders._readers._currency_signs import reject_unknown, shown_currencies, shows_none
from ownchannel.orders._readers._reader import Context, Reader, country_code, status_of
from ownchannel.orders._schema import Status

_VALUE = "sku subtotal before discount"
_BY_COUNTRY = "Rows whose amounts show no currency: {n}. They were read in that of the buyer's country."


class TikTokOrders(Reader):
    """All orders, as CSV or workbook, `All order-2026-09-30.csv`."""

    name = "TikTok Shop orders"
    lacks = (
        "This export does not include TikTok's fees, advertising or payouts. Discounts that TikTok pays are "
        "not taken off."
    )
    headers = (frozenset({"order id", "order status", "sku id", "quantity", _VALUE, "created time"}),)
    order_starts = "order id"
    worth = (_VALUE,)
    channel = "TikTok Shop"
    refunds = "TikTok Shop shows refunds in Order Refund Amount: export it again."
    plain = """
        order_id = order id, ordered_at = created time, country, sku = seller sku, product = product name,
        quantity, discount = sku seller discount, shipping = shipping fee after discount, tax = taxes
    """
    of_order = ("shipping", "tax", "refund")

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

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row; what is the order's stands on each of them until all rows are known."""
        value, currency = self.sold(rows), _currencies(rows)
        reject_unknown(rows, _VALUE, currency)
        context.note(_BY_COUNTRY, shows_none(rows, _VALUE) & rows.kept())
        paid, refund = rows.amounts("order amount"), rows.amounts("order refund amount")
        state = ("order status", "cancelation/return type", "cancelled time")
        status = rows.words(_status, *state, otherwise="cancelled")
        # TikTok takes back its part of the discount, too: the order's lines are 0 then.
        is_back = (paid > 0) & (refund >= paid) & flags(pc.equal(status, "completed"))
        status = pc.if_else(pa.array(is_back), "refunded", status)
        masked = pc.match_substring(rows.column("buyer username"), "*")  # many look like b***r
        return {
            "item": rows.first_label("sku id", "seller sku", "product name", otherwise="item"),
            "customer_key": pc.if_else(masked, None, self.customers(rows, context, "buyer username")),
            "item_value": value,
            "refund": decimals(refund, flags(pc.not_equal(status, "refunded"))),
            "currency": currency,
            "status": status,
        }

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The value before discounts, in the currency of its sign or of the country."""
        return _currencies(rows), rows.unjudged().amounts(_VALUE)

    def of_orders(
        self, lines: pa.Table, order: Numbers, first: Numbers, context: Context
    ) -> dict[str, Millionths]:
        """By order its own sums; where its rows state different ones, these together."""
        for name in self.of_order:
            each = pd.DataFrame({"order": order, "amount": as_millionths(lines[name])}).drop_duplicates()
            stated = summed(each["order"].to_numpy(), each["amount"].to_numpy(), len(first))
            if name == "refund":
                stated = np.maximum(stated - _given_back_apart(lines, order, len(first)), 0)
            known = flags(lines[name].is_valid())
            lines = with_columns(lines, **{name: decimals(stated[order], known)})
        return super().of_orders(lines, order, first, context)


def _given_back_apart(lines: pa.Table, order: Numbers, size: int) -> Millionths:
    """By order that keeps some of its rows, what was paid for those that were cancelled."""
    paid = as_millionths(lines["item_value"]) - as_millionths(lines["discount"])
    cancelled = flags(pc.equal(lines["status"], "cancelled"))
    is_kept = summed(order, (~cancelled).astype(np.int64), size) > 0
    return np.where(is_kept, summed(order, np.where(cancelled, paid, 0), size), 0)


def _status(status: str, type_: str, cancelled_at: str) -> Status:
    """An order's status; of some of its rows the type says that they were cancelled."""
    known = status_of(status, "order status")
    return "cancelled" if type_.casefold() in ("cancel", "cancelled") or cancelled_at else known


def _currencies(rows: Rows) -> pa.StringArray:
    """By row the currency of its amounts, or where they show none that of the buyer's country."""
    return shown_currencies(rows, _VALUE, rows.words(_of_country, "country"))


def _of_country(name: str) -> str:
    from babel.numbers import get_territory_currencies

    code = country_code(name) or ""
    found = get_territory_currencies(code.upper()) if len(code) == 2 else []
    return found[-1] if found else NO_CURRENCY
