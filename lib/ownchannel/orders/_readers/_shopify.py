"""Shopify's orders export: one row per line item, the order's own fields on its first row only."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._cells import Millionths, spread, summed
from ownchannel.orders._readers._amazon_orders import ORDER_NUMBER
from ownchannel.orders._readers._reader import Context, Reader, less_refund, status_of
from ownchannel.orders._rows import Rows, as_label
from ownchannel.orders._schema import BY_NAME, ENTRIES_AS_READ, LINES_AS_READ, Event, Part, Status

CHANNEL = "Shopify"

_HEADER = frozenset(
    {"name", "financial status", "created at", "lineitem quantity", "lineitem price", "currency"}
)
_MARKETPLACES = ("amazon", "ebay", "etsy", "walmart", "tiktok", "kaufland", "otto", "zalando")
_COPY = 3
_CONSENT = {"yes": True, "true": True, "no": False, "false": False}
_NO_ORDER_NUMBER = (
    "Orders copied in from a marketplace without its order number: {n}. If you add the marketplace's own "
    "report too, they may count twice."
)
_ODD_SUBTOTAL = "Orders whose discounts do not explain the subtotal: {n}. The stated discount was used."
_TAX_INSIDE = "Orders whose prices include tax: {n}. Their amounts are as the shop shows them."
_BY_NAME = "Orders whose IDs a spreadsheet rounded: {n}. They are told apart by name and time."
_NO_LINE = "is empty, and yet the row has a subtotal or total: it sums up others and is no line of an order"
_APART = "is of an order whose first row, with its status and totals, does not stand above it"
_SORT = "Sort the rows by Name and Created at, or export the orders again."
_NAME_FIRST = "The order's name, such as #1001, stands on its first row."


class ShopifyOrders(Reader):
    """The export of Orders, with customers; about 79 columns."""

    name = "Shopify orders"
    lacks = "This export does not include fees, or the day of a refund."
    order_starts = "name"
    headers = (_HEADER,)
    worth = ("lineitem price", "lineitem quantity")

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row; what stands on an order's first row holds for all of them."""
        group, first = _groups(rows)
        heads = rows.at(first)
        of_orders = _of_orders(heads, context)
        money = _Money(heads, context)
        _reject_orders(rows, group, heads)
        for column in ("lineitem quantity", "lineitem price"):
            negative = rows.amounts(column, required=True) < 0
            rows.reject_where(negative, column, "is negative", "Shopify shows refunds in Refunded Amount.")
        value = self.worths(rows, ".", required=True)
        own_discount = abs(rows.amounts("lineitem discount"))
        kept = rows.kept()
        shared = {column: np.zeros_like(value) for column in ("refund", "shipping", "tax", "discount")}
        for column, whole in money.wholes(group[kept], value[kept], own_discount[kept]).items():
            shared[column][kept] = spread(whole, group[kept], value[kept])
        shared["discount"] += own_discount
        return rows.batch(
            LINES_AS_READ,
            item=rows.first_label("lineitem sku", "lineitem name", otherwise="item"),
            run=heads.lines[group],
            sku=rows.labels("lineitem sku"),
            product=rows.labels("lineitem name"),
            quantity=rows.quantities("lineitem quantity"),
            item_value=value,
            amount=value,
            **{name: pa.array(values).take(pa.array(group)) for name, values in of_orders.items()},
            **shared,
        )


def _groups(rows: Rows) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """By row, the number of its order in the chunk; and by order the place of its first row.

    An order's further rows bear its name, or none, and no status; or all of its fields once more.
    """
    adds_up = ~rows.has_text("name") & ~rows.has_text("financial status")
    adds_up &= rows.has_text("subtotal") | rows.has_text("total")
    rows.reject_where(adds_up, "name", _NO_LINE, "Nothing is lost: the order's own rows count.")
    is_again = _Again(rows)
    group: list[int] = []
    first: list[int] = []
    apart: list[int] = []  # orders that begin without their fields
    current, is_full = ("", "", ""), False  # whether each row of the order has all of its fields
    cells = [rows.text(column) for column in ("financial status", "name", "id", "created at")]
    for place, (status, *key) in enumerate(zip(*cells, strict=True)):
        name, is_bad = key[0], place in rows.faults
        if status and not is_bad:
            continues = is_full and (*key,) == current and not is_again(first[-1], place)
        else:
            continues = not is_bad and bool(group) and name in ("", current[0])
            is_full = False
        if not continues:
            first.append(place)
            current, is_full = (name, key[1], key[2]), bool(status) and not is_bad
            if not is_full and not is_bad:
                apart.append(len(first) - 1)
        group.append(len(first) - 1)
    rows.reject_where(np.isin(group, apart), "name", _APART, _SORT)
    return np.array(group, dtype=np.intp), np.array(first, dtype=np.intp)


class _Again:
    """Where all fields stand on every row: whether a row repeats those of its order above it."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __call__(self, start: int, place: int) -> bool:
        """Whether it has the item of another from `start` on, once these reach the order's subtotal."""
        if self._items[place] not in self._items[start:place]:
            return False
        value, own, discount, subtotal = self._money
        beyond = value[start:place].sum() - own[start:place].sum() - subtotal[start]
        is_reached = beyond in (0, discount[start], discount[start] - own[start:place].sum())
        return bool(is_reached and value[place] and self._rows.has_text("subtotal")[start])

    @cached_property
    def _items(self) -> list[tuple[str, ...]]:
        columns = ("sku", "name", "price", "quantity", "discount")
        return list(zip(*(self._rows.text(f"lineitem {column}") for column in columns), strict=True))

    @cached_property
    def _money(self) -> tuple[Millionths, ...]:
        rows = self._rows.unjudged()
        of_rows = [
            abs(rows.amounts(column)) for column in ("lineitem discount", "discount amount", "subtotal")
        ]
        return (rows.line_totals("lineitem price", "lineitem quantity"), *of_rows)


def _of_orders(heads: Rows, context: Context) -> dict[str, Any]:
    """By column of the table, what orders' first rows say of all their lines: one element per order."""
    name = heads.required("name", _NAME_FIRST)
    marketplaces = heads.each(_marketplace, "source", otherwise=None)
    ordered_at = heads.moments("created at", context.timezone)
    identities = _identities(heads, marketplaces, ordered_at)
    by_name = heads.has_text("id") & np.array([not number for number in heads.exact_labels("id")])
    is_own = np.array([marketplace is None for marketplace in marketplaces])
    numbers = [
        None if own else ORDER_NUMBER.search(identity)
        for own, identity in zip(is_own, identities, strict=True)
    ]
    context.note(_NO_ORDER_NUMBER, numbers.count(None) - int(is_own.sum()))
    context.note(_BY_NAME, int((by_name & is_own).sum()))
    keys = pa.array(heads.each(context.keys.of_email, "email", otherwise=None), pa.string())
    consent = heads.each(lambda cell: _CONSENT.get(cell.casefold()), "accepts marketing", otherwise=None)
    return {
        "order_id": [n.group() if n else own for n, own in zip(numbers, name, strict=True)],
        "channel": [marketplace.capitalize() if marketplace else CHANNEL for marketplace in marketplaces],
        "kind": np.where(is_own, "owned", "marketplace"),
        "identity": identities,
        "rank": np.where(is_own, np.where(by_name, BY_NAME, 0), _COPY),
        "ordered_at": ordered_at,
        "customer_key": pc.if_else(is_own, keys, None),
        "consent": pc.if_else(is_own, pa.array(consent, pa.bool_()), None),
        "currency": heads.currencies("currency"),
        "country": pa.array(heads.first_label("shipping country", "billing country"), pa.string()),
        "status": heads.each(_status, "financial status", "cancelled at", otherwise="cancelled"),
    }


def _reject_orders(rows: Rows, group: NDArray[np.intp], heads: Rows) -> None:
    """Set all rows of an order aside where its first row cannot be used."""
    codes = heads.text("currency")
    for place, order in enumerate(group.tolist()):
        if fault := heads.faults.get(order):
            of_row = fault._replace(line=int(rows.lines[place]), currency=codes[order].upper())
            rows.faults.setdefault(place, of_row)


def _status(financial: str, cancelled_at: str) -> Status:
    known = "financial status", "is empty on an order's first row"
    status = status_of(financial, *known)
    return "cancelled" if cancelled_at and status != "refunded" else status


_NUMBER_IN = ("source", "name", "note attributes", "tags", "notes", "payment reference")


def _marketplace(source: str) -> str | None:
    """The marketplace that an order was copied in from; None of the shop's own."""
    return next((name for name in _MARKETPLACES if name in source.casefold()), None)


def _identities(
    heads: Rows, marketplaces: Sequence[str | None], ordered_at: NDArray[np.datetime64]
) -> list[str]:
    """By order, what it is known by in every file that holds it: its id, or where rounded name and time."""
    columns = (heads.text("id"), heads.exact_labels("id"), heads.labels("name"), ordered_at)
    identities = [
        f"shopify/{number or name}" if number or not cell else f"shopify/{name}/{at}"
        for cell, number, name, at in zip(*columns, strict=True)
    ]
    copies = np.flatnonzero([marketplace is not None for marketplace in marketplaces])
    if len(copies):
        theirs = heads.at(copies).each(_their_identity, *_NUMBER_IN, otherwise="")
        for place, identity in zip(copies.tolist(), theirs, strict=True):
            identities[place] = identity
    return identities


def _their_identity(source: str, name: str, *notes: str) -> str:
    marketplace = _marketplace(source)
    number = ORDER_NUMBER.search(" ".join([name, *notes])) if marketplace == "amazon" else None
    return f"{marketplace}/{number.group() if number else as_label(name)}"


class _Money:
    """What orders' first rows say was paid, given and taken back for a whole order."""

    def __init__(self, heads: Rows, context: Context) -> None:
        self._context = context
        self._discount = abs(heads.amounts("discount amount"))
        self._shipping, self._tax = heads.amounts("shipping"), heads.amounts("taxes")
        self._refund = abs(heads.amounts("refunded amount"))
        self._subtotal, self._states_subtotal = heads.amounts("subtotal"), heads.has_text("subtotal")
        total = heads.unjudged().amounts("total")
        tax_inside = self._states_subtotal & (total == self._subtotal + self._shipping) & (self._tax != 0)
        context.note(_TAX_INSIDE, int((tax_inside & heads.kept()).sum()))

    def wholes(self, group: NDArray[np.intp], value: Millionths, own: Millionths) -> dict[str, Millionths]:
        """By order what is to be shared out, from its lines' values and their own discounts.

        Exports differ in whether `Discount Amount` holds the lines' own discounts or one on shipping: the
        subtotal, which is the items less their discounts, decides.
        """
        items, lines = (summed(group, each, len(self._discount)) for each in (value, own))
        stated = np.where(lines == 0, self._discount, np.maximum(self._discount - lines, 0))
        beyond = items - lines - self._subtotal
        explained = (beyond == stated) | (beyond == self._discount) | (beyond == 0)
        has_lines = np.bincount(group, minlength=len(items)) > 0
        self._context.note(_ODD_SUBTOTAL, int((self._states_subtotal & ~explained & has_lines).sum()))
        common = np.where(self._states_subtotal & explained, beyond, stated)
        left = less_refund(self._refund, items - lines - common, self._shipping, self._tax)
        return left | {"discount": common}


_PAYMENTS_HEADER = frozenset(
    {"transaction date", "type", "order", "amount", "fee", "net", "currency", "payout status"}
)
_OF_ORDERS: dict[str, Event] = {"charge": "sale", "refund": "refund"}
#: What a row moves besides its fee. The shop's own export has what orders and refunds are worth: here these
#: are cash on its way, and no profit. A dispute takes money back that no order export has.
_PARTS: dict[str, Part] = {
    **dict.fromkeys(("charge", "refund", "payout", "transfer", "reserve"), "transfer"),
    **dict.fromkeys(("chargeback", "dispute"), "reimbursement"),
}
_STILL_HELD = ("pending", "scheduled", "in_transit", "in transit")
_SAME_IN_ANY_EXPORT = ("checkout", "transaction date", "type", "order", "amount", "fee", "net")


class ShopifyPayments(Reader):
    """The export `payment_transactions_export.csv` of payouts.

    It names orders as the shop shows them (#1001) and not by their number, so that its fees have no identity
    of their own: they belong to the one order of that name, see `orders.matching`.
    """

    name = "Shopify Payments transactions"
    lacks = "This export does not include what was bought: add the shop's orders as well."
    gives = "entries"
    headers = (_PAYMENTS_HEADER,)
    worth = ("net",)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """Two entries a row: what moved, and the fee, which is all that did not arrive."""
        kind = rows.each(_kind, "type", otherwise="")
        amount, net = rows.amounts("amount", required=True), rows.amounts("net", required=True)
        of_row = {
            "posted_at": rows.moments("transaction date", context.timezone),
            "channel": CHANNEL,
            "kind": "owned",
            "description": rows.required("type"),
            "currency": rows.currencies("currency"),
            "settlement_id": rows.labels("payout id"),
            "deferred": [cell.casefold() in _STILL_HELD for cell in rows.text("payout status")],
            "row_key": ["|".join(cells) for cells in zip(*map(rows.text, _SAME_IN_ANY_EXPORT), strict=True)],
        }
        of_order = [_OF_ORDERS.get(word) for word in kind]
        names = [name if event else None for name, event in zip(rows.labels("order"), of_order, strict=True)]
        moved = rows.batch(
            ENTRIES_AS_READ,
            event="account",
            part=[_PARTS.get(word, "unclassified") for word in kind],
            amount=amount,
            **of_row,
        )
        fees = rows.batch(
            ENTRIES_AS_READ,
            event=[
                event if event and name else "account" for event, name in zip(of_order, names, strict=True)
            ],
            part="fee",
            order_id=names,
            amount=net - amount,
            **of_row,
        )
        # That a sale cost nothing is worth knowing; of other rows it goes without saying.
        counts = np.isin(kind, "charge") | (amount != net)
        return pa.concat_batches([moved, fees.filter(pa.array(counts[rows.kept()]))])


def _kind(cell: str) -> str:
    """The first word of a type, which says what it is: chargeback_won, payout failure, reserved_funds."""
    word = cell.casefold().replace("_", " ").partition(" ")[0]
    return "reserve" if word.startswith("reserve") else word
