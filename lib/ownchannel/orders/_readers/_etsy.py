"""Etsy's exports: sold orders, one row per order or per item; and the monthly statement.

The statement alone has the fees for listings, transactions and advertising. Columns and words are as public
programs read them in statements in English and German. A sale is booked with what the buyer paid, tax
included; what Etsy remits of it is booked against it and here lowers the goods.
"""

import re
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import (
    LARGEST_AMOUNT,
    MARKS,
    Millionths,
    Rows,
    as_label,
    decimals,
    flags,
    millionths,
    number,
    with_columns,
)
from ownchannel.orders._readers._reader import NOT_EXPLAINED, Context, Reader, is_one_of, status_of
from ownchannel.orders._schema import TEXT, Event, Part, Status

_REFUNDS = "Etsy shows refunds in Adjusted Order Total: export it again."


class EtsyOrders(Reader):
    """Sold orders, `EtsySoldOrders2026.csv`: one line per order, which gives way to the order's items."""

    name = "Etsy orders"
    lacks = "This export does not include products, or Etsy's listing, transaction and advertising fees."
    headers = (frozenset({"sale date", "order id", "buyer user id", "order value", "currency"}),)
    worth = ("order value",)
    refunds = _REFUNDS
    channel, rank = "Etsy", 1
    plain = """
        order_id = order id, ordered_at = sale date, customer_key = buyer user id, country = ship country,
        quantity = number of items, discount = discount amount, tax = sales tax, currency
    """

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row: `Order Value` is before discounts, shipping and tax."""
        value, discount = self.sold(rows), abs(rows.amounts("discount amount"))
        status = rows.words(_status, "status", otherwise="cancelled")
        refund, refund_stated = _refunds(rows)
        whole = is_one_of(status, "refunded") & ~refund_stated
        return {
            "item": "order",
            "run": rows.lines,  # each row is a whole order
            "item_value": value,
            "shipping": rows.amounts("shipping") - abs(rows.amounts("shipping discount")),
            # Where none is stated, the statement may have one.
            "refund": decimals(np.where(whole, value - discount, refund), whole | refund_stated),
            "fee": _fees(rows, adjusted=refund_stated),
            "status": status,
        }


class EtsyItems(Reader):
    """Sold order items, `EtsySoldOrderItems2026.csv`: one line per row, each known by its transaction.

    `Price` is for one. `Order Shipping` and `Order Sales Tax` are the order's, not the item's, and `Buyer` is
    a name: these are left to the orders export.
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
    refunds = _REFUNDS
    channel = "Etsy"
    plain = """
        order_id = order id, line_id = transaction id, ordered_at = sale date, country = ship country,
        sku, product = item name, quantity, discount = discount amount, currency
    """


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


_COLUMNS = {
    **{"date": ("datum", "fecha"), "type": ("art", "tipo"), "title": ("titel", "título")},
    **{"currency": ("währung", "moneda"), "amount": ("betrag", "importe")},
    **{"fees & taxes": ("gebühren & steuern", "tarifas e impuestos"), "net": ("netto", "neto")},
}
#: What a row's type is about; its title may say otherwise.
_TYPES: dict[Part, str] = {
    "goods": "sale | verkauf | venta | refund | rückerstattung | reembolso | buyer fee",
    "fee": "fee | gebühr | tarifa | listing | transaction | subscription | tax | steuer | vat | gst | hst | "
    "gst/hst | pst | qst | iva",
    "advertising": "marketing | werbung",
    "fulfilment": "shipping | shipping label | postage | versand | envío",
    "transfer": "deposit | payout | payment | überweisung | zahlung | depósito | pago",
}
_PART_OF: dict[str, Part] = {word: part for part, words in _TYPES.items() for word in words.split(" | ")}
#: Tax and state fees that the buyer paid and Etsy remits; what of it went back to the buyer.
_REMITTED = ("paid by buyer", "to buyer for sales tax", "to buyer for vat")
_ADS = ("etsy ads", "offsite ads", "etsy-anzeigen", "offsite-anzeigen", "promoted listings")
_GIVEN_BACK = ("credit for", "refund", "gutschrift", "rückerstattung", "erstattung", "reembolso")
_ORDER = re.compile(r"\b(?:order|bestellung|bestellnr|pedido)\b\W{0,4}(\d+)", re.IGNORECASE)
_MONEY = re.compile(r"[A-Z]{0,3}[$€£]? ?\d[\d.,]*")
_LARGEST = millionths(LARGEST_AMOUNT)
_TOO_LARGE, _AGAIN = "makes a trillion or more with the row's other amounts", "Download the statement again."


class EtsyStatement(Reader):
    """The statement of a month, `etsy_statement_2026_9.csv`."""

    name = "Etsy statement"
    lacks = (
        "This statement does not include buyers or products: add Etsy's orders of the same months as well."
    )
    gives = "entries"
    channel = "Etsy"
    states_totals = True
    names = _COLUMNS
    headers = (frozenset(_COLUMNS),)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """An entry per row; another for the fees of a sale, and for what its net has beyond both."""
        amount, fees, rest = _booked(rows)
        rows.reject_where(abs(rest) >= _LARGEST, "net", _TOO_LARGE, _AGAIN)
        part, order = rows.words(_part, "type", "title"), rows.words(_order, "type", "title", "info")
        posted = rows.moments("date", context.timezone)
        texts = [rows.column(column) for column in ("type", "title", "info", "currency")]
        sums = [pa.array(each).cast(pa.string()) for each in (posted.astype(np.int64), amount, fees, rest)]
        words = pc.binary_join_element_wise(*texts, *sums, "|").to_numpy(zero_copy_only=False)
        event = rows.words(_event, "type", "title", "info")
        identity = pc.if_else(is_one_of(event, "account"), None, self.identity(order))
        of_row = partial(
            self.batch,
            rows,
            posted_at=posted,
            event=event,
            order_id=order,
            identity=identity,
            currency=rows.currencies("currency"),
            deferred=False,
            # Hashed: a title may hold what is nobody's business.
            row_key=pa.array(pd.util.hash_array(words, categorize=False)).cast(pa.string()),
        )
        says = rows.words(_description, "type", "title")
        main = of_row(amount=np.where(amount != 0, amount, fees), part=part, description=says)
        of_fees = pc.if_else(is_one_of(part, "goods"), "fee", part)
        more = of_row(amount=np.where(amount != 0, fees, 0), part=of_fees, description=says)
        beyond = of_row(amount=rest, part="unclassified", description=NOT_EXPLAINED)
        further = pa.concat_batches([more, beyond])
        return pa.concat_batches([main, further.filter(pc.not_equal(further["amount"], 0))])

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """Fees of an order whose sale another month holds are the account's: alone they would be no sale."""
        sale = pc.equal(lines["event"], "sale")
        goods = pc.and_(pc.equal(lines["part"], "goods"), pc.greater(lines["amount"], 0))
        identity = lines["identity"].cast(pa.string())
        sold = pc.is_in(identity, identity.filter(pc.and_(sale, goods)).combine_chunks())
        apart = pc.and_(sale, pc.invert(sold))
        return with_columns(
            lines,
            event=pc.if_else(apart, "account", lines["event"].cast(pa.string())).cast(TEXT),
            identity=pc.if_else(apart, None, identity).cast(TEXT),
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The net; where a row states none, its amount and fees."""
        return pc.utf8_upper(rows.column("currency")), np.sum(_booked(rows.unjudged()), axis=0)


def _booked(rows: Rows) -> tuple[Millionths, Millionths, Millionths]:
    """By row amount, fees, and what the net has beyond these; a deposit's amount is in its title alone."""
    amount, fees, net = (rows.amounts(column) for column in ("amount", "fees & taxes", "net"))
    mark = rows.notation.way(MARKS, rows, "net") or "."
    states_net = flags(pc.match_substring_regex(rows.column("net"), r"\d"))
    rest = np.where(states_net, net - amount - fees, 0)
    sent = rows.numbers(lambda type_, title: _sent(type_, title, mark), "type", "title")
    is_empty = (amount == 0) & (fees == 0) & (rest == 0)
    return np.where(is_empty, sent, amount), fees, rest


def _sent(type_: str, title: str, mark: str) -> int:
    """What a deposit took off the account: `€195.32 sent to your bank account`."""
    found = _MONEY.search(title) if _part(type_, title) == "transfer" else None
    with suppress(ValueError):
        return -millionths(number(found[0].rstrip(".,"), mark)) if found else 0
    return 0


def _part(type_: str, title: str) -> Part:
    """What a row's amount is for, by its title where that is plain, else by its type."""
    part, words = _PART_OF.get(type_.casefold()), title.casefold()
    if part is None:
        return "unclassified"
    if any(remitted in words for remitted in _REMITTED):
        return "goods"
    if part in ("fee", "advertising") and any(ads in words for ads in _ADS):
        return "advertising"
    if (part == "advertising" and "subscription" in words) or (part == "transfer" and " fee" in words):
        return "fee"
    return part


def _event(type_: str, title: str, info: str) -> Event:
    """Whether an order is behind a row: what it brought or cost, or what was given back of that."""
    if _order(type_, title, info) is None or _part(type_, title) in ("advertising", "transfer"):
        return "account"
    is_back = type_.casefold() in _GIVEN_BACK or title.casefold().startswith(_GIVEN_BACK)
    return "refund" if is_back else "sale"


def _order(type_: str, title: str, info: str) -> str | None:
    """The number of a row's order; titles of other rows than sales and refunds hold names of products."""
    in_title = title if _PART_OF.get(type_.casefold()) == "goods" else ""
    found = _ORDER.search(info) or _ORDER.search(in_title)
    return found[1] if found else None


def _description(type_: str, title: str) -> str | None:
    """The words of a row, without product, order and account numbers."""
    part = _part(type_, title)
    words = "" if part == "transfer" else re.split(r"[:#]|\d{4,}", title)[0].strip()
    return as_label(f"{type_} / {words}" if part == "unclassified" else words or type_)
