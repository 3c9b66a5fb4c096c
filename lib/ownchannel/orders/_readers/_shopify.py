"""Shopify's orders export: one row per line item, the order's own fields on its first row only."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import Millionths, Rows, as_label, flags, spread, summed
from ownchannel.orders._readers._amazon_orders import ORDER_NUMBER
from ownchannel.orders._readers._reader import Context, Reader, is_one_of, less_refund, status_of
from ownchannel.orders._schema import BY_NAME, ENTRIES_AS_READ, LINES_AS_READ, Event, Part, Status

CHANNEL = "Shopify"

_HEADER = frozenset(
    {"name", "financial status", "created at", "lineitem quantity", "lineitem price", "currency"}
)
_MARKETPLACES = ("amazon", "ebay", "etsy", "walmart", "tiktok", "kaufland", "otto", "zalando")
_COPY = 3
CONSENT = {"yes": True, "true": True, "no": False, "false": False}
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
        value = self.worths(rows, required=True)
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
    is_bad = ~rows.kept()
    is_full = rows.has_text("financial status") & ~is_bad
    # What a row without a name continues is not known below one that cannot be read.
    names = pc.if_else(pa.array(is_bad), "\0", rows.column("name"))
    is_same = _like_above(pc.fill_null_forward(pc.if_else(pc.equal(names, ""), None, names)).fill_null(""))
    is_further = is_full & is_same & np.append(False, is_full[:-1])
    for column in ("id", "created at"):
        is_further &= _like_above(rows.column(column))
    starts = np.where(is_full, ~is_further, ~is_same | is_bad)
    starts[:1] = True
    if is_further.any():
        _start_again(rows, starts, np.flatnonzero(is_further))
    first, group = np.flatnonzero(starts), np.cumsum(starts) - 1
    apart = ~is_full[first] & ~is_bad[first]
    rows.reject_where(apart[group], "name", _APART, _SORT)
    return group, first


def _like_above(texts: pa.StringArray) -> NDArray[np.bool_]:
    """Where a row has the same text as the one above it."""
    return np.append(False, flags(pc.equal(texts[1:], texts[:-1])))


def _start_again(rows: Rows, starts: NDArray[np.bool_], further: NDArray[np.intp]) -> None:
    """Where all fields stand on every row: an order starts again in exports that were pasted together.

    There a row has the item of another of its order, and those above it reach the order's subtotal.
    """
    columns = ("sku", "name", "price", "quantity", "discount")
    items = list(zip(*(rows.text(f"lineitem {column}") for column in columns), strict=True))
    apart, has_subtotal = rows.unjudged(), rows.has_text("subtotal")
    own, discount, subtotal = (
        abs(apart.amounts(column)) for column in ("lineitem discount", "discount amount", "subtotal")
    )
    value = apart.line_totals("lineitem price", "lineitem quantity")
    for place in further.tolist():
        start = place - 1
        while not starts[start]:
            start -= 1
        if not value[place] or not has_subtotal[start] or items[place] not in items[start:place]:
            continue
        lines = own[start:place].sum()
        beyond = value[start:place].sum() - lines - subtotal[start]
        starts[place] = beyond in (0, discount[start], discount[start] - lines)


def _of_orders(heads: Rows, context: Context) -> dict[str, Any]:
    """By column of the table, what orders' first rows say of all their lines: one element per order."""
    name = heads.required("name", _NAME_FIRST)
    marketplace = heads.words(_marketplace, "source")
    ordered_at = heads.moments("created at", context.timezone)
    identity = _identities(heads, marketplace, ordered_at)
    is_own = flags(marketplace.is_null())
    by_name = heads.has_text("id") & heads.is_rounded("id")
    numbers = pc.struct_field(pc.extract_regex(identity, f"(?P<number>{ORDER_NUMBER.pattern})"), "number")
    theirs = pc.if_else(is_own, None, numbers)
    context.note(_NO_ORDER_NUMBER, theirs.null_count - int(is_own.sum()))
    context.note(_BY_NAME, int((by_name & is_own).sum()))
    keys = heads.words(context.keys.of_email, "email")
    consent = heads.each(lambda cell: CONSENT.get(cell.casefold()), "accepts marketing", otherwise=None)
    return {
        "order_id": pc.coalesce(theirs, name),
        "channel": pc.coalesce(pc.utf8_capitalize(marketplace), CHANNEL),
        "kind": pc.if_else(is_own, "owned", "marketplace"),
        "identity": identity,
        "rank": np.where(is_own, np.where(by_name, BY_NAME, 0), _COPY),
        "ordered_at": ordered_at,
        "customer_key": pc.if_else(is_own, keys, None),
        "consent": pc.if_else(is_own, pa.array(consent, pa.bool_()), None),
        "currency": heads.currencies("currency"),
        "country": heads.first_label("shipping country", "billing country"),
        "status": heads.words(_status, "financial status", "cancelled at", otherwise="cancelled"),
    }


def _reject_orders(rows: Rows, group: NDArray[np.intp], heads: Rows) -> None:
    """Set all rows of an order aside where its first row cannot be used."""
    codes = heads.text("currency")
    for place in np.flatnonzero(np.isin(group, [*heads.faults])).tolist():
        order = int(group[place])
        of_row = heads.faults[order]._replace(line=int(rows.lines[place]), currency=codes[order].upper())
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
    heads: Rows, marketplace: pa.StringArray, ordered_at: NDArray[np.datetime64]
) -> pa.StringArray:
    """By order, what it is known by in every file that holds it: its id, or where rounded name and time."""
    at = pa.array(ordered_at).cast(pa.string())
    by_name = pc.binary_join_element_wise(heads.labels("name").fill_null(""), at.fill_null(""), "/")
    by_id = pc.if_else(pa.array(heads.has_text("id")), heads.exact_labels("id"), heads.labels("name"))
    identity = pc.binary_join_element_wise("shopify", pc.coalesce(by_id, by_name), "/")
    copies = flags(marketplace.is_valid())
    if copies.any():
        theirs = heads.at(np.flatnonzero(copies)).words(_their_identity, *_NUMBER_IN, otherwise="")
        identity = pc.replace_with_mask(identity, pa.array(copies), theirs)
    return identity


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
STILL_HELD = pa.array(["pending", "scheduled", "in_transit", "in transit"])


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
        kind = rows.words(_kind, "type", otherwise="")
        amount, net = rows.amounts("amount", required=True), rows.amounts("net", required=True)
        posted = rows.moments("transaction date", context.timezone)
        of_row = {
            "posted_at": posted,
            "channel": CHANNEL,
            "kind": "owned",
            "description": rows.required("type"),
            "currency": rows.currencies("currency"),
            "settlement_id": rows.labels("payout id"),
            "payout": payouts(rows),
            "deferred": flags(pc.is_in(pc.utf8_lower(rows.column("payout status")), STILL_HELD)),
            "row_key": _row_keys(rows, posted, amount, net),
        }
        names = rows.labels("order")
        event = rows.words(lambda cell: _OF_ORDERS.get(_kind(cell), "account"), "type", otherwise="account")
        event = pc.if_else(names.is_valid(), event, "account")
        moved = rows.batch(
            ENTRIES_AS_READ,
            event="account",
            part=rows.words(lambda cell: _PARTS.get(_kind(cell), "unclassified"), "type", otherwise=""),
            amount=amount,
            **of_row,
        )
        fees = rows.batch(
            ENTRIES_AS_READ,
            event=event,
            part="fee",
            order_id=pc.if_else(is_one_of(event, "account"), None, names),
            amount=net - amount,
            **of_row,
        )
        # That a sale cost nothing is worth knowing; of other rows it goes without saying.
        counts = is_one_of(kind, "charge") | (amount != net)
        return pa.concat_batches([moved, fees.filter(pa.array(counts[rows.kept()]))])


def payouts(rows: Rows) -> pa.StringArray:
    """By row the payout that it is of, by its day and currency: not every export has its number."""
    day = pa.array(np.datetime_as_string(rows.moments("payout date", "UTC", required=False), unit="D"))
    key = pc.binary_join_element_wise(day, pc.utf8_upper(rows.column("currency")), "|")
    return pc.if_else(pa.array(rows.has_text("payout date")), key, None)


def _row_keys(
    rows: Rows, posted: NDArray[np.datetime64], amount: Millionths, net: Millionths
) -> pa.StringArray:
    """By row what it is known by in any export, whether or not a spreadsheet wrote its numbers anew."""
    numbers = (pa.array(each).cast(pa.string()) for each in (posted.astype(np.int64), amount, net))
    words = (rows.column(column) for column in ("checkout", "type", "order"))
    return pc.binary_join_element_wise(*words, *numbers, "|")


def _kind(cell: str) -> str:
    """The first word of a type, which says what it is: chargeback_won, payout failure, reserved_funds."""
    word = cell.casefold().replace("_", " ").partition(" ")[0]
    return "reserve" if word.startswith("reserve") else word
