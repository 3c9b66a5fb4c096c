"""Amazon's settlement report: flat files V1, 33 or 36 columns wide, and V2, with one row per amount."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import NO_CURRENCY, Millionths, Rows, as_label, flags
from ownchannel.orders._readers._amazon_bookings import (
    Amounts,
    classify,
    entries,
    is_other_shop,
)
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._schema import Event, Part


class _Column(NamedTuple):
    """A column of amounts, the column that names each of them, and their type in V2's words."""

    amount: str
    name: str
    type: str


_COLUMNS = (
    _Column("amount", "amount-description", ""),  # V2's only one; it has a column for the type
    _Column("shipment-fee-amount", "shipment-fee-type", "ShipmentFees"),
    _Column("order-fee-amount", "order-fee-type", "OrderFees"),
    _Column("price-amount", "price-type", "ItemPrice"),
    _Column("item-related-fee-amount", "item-related-fee-type", "ItemFees"),
    _Column("misc-fee-amount", "", "Service Fee"),
    _Column("other-fee-amount", "other-fee-reason-description", "other-transaction"),
    _Column("promotion-amount", "promotion-type", "Promotion"),
    _Column("direct-payment-amount", "direct-payment-type", "DirectPayment"),
    _Column("other-amount", "", "other-transaction"),
)
_HEADER = frozenset({"settlement-id", "total-amount", "currency", "transaction-type", "posted-date"})
_HEADERS = (
    _HEADER | {"amount", "amount-type", "amount-description"},
    _HEADER | {"price-type", "price-amount", "item-related-fee-type", "item-related-fee-amount"},
)
_NO_FIRST_ROW = "is not known: the settlement's first row, which names it, is missing above this one"
_FETCH_AGAIN = "Download the settlement again, and do not sort it."
_SUMMARY = "settlement total"


class AmazonSettlement(Reader):
    """The flat-file settlement, one or several in a file; amounts are its lines, never its stated total."""

    name = "Amazon settlement"
    lacks = "This report does not include product names or buyers."
    gives = "entries"
    headers = _HEADERS

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One entry per amount; a settlement's first row states its total and the currency of all rows."""
        rows.identities("settlement-id")
        is_summary = rows.has_text("total-amount") & ~rows.has_text("transaction-type")
        currency = _currencies(rows, context, is_summary)
        event = rows.words(_event, "transaction-type", "marketplace-name")
        quantity = rows.quantities("quantity-purchased")
        return entries(
            rows,
            [_amounts(rows, column) for column in _columns(rows)],
            partial(_without_amount, rows, is_summary, event, quantity),
            site="marketplace-name",
            order="order-id",
            posted_at=_posted(rows, is_summary),
            event=event,
            quantity=quantity,
            currency=currency,
            settlement_id=rows.labels("settlement-id"),
            run=_runs(rows, context, is_summary),
            deferred=False,
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The sum of all amounts in a row."""
        codes = rows.words(lambda settlement: context.currencies.get(settlement, ""), "settlement-id")
        apart = rows.unjudged()
        return codes, np.sum([apart.amounts(column.amount) for column in _columns(rows)], axis=0)


def _columns(rows: Rows) -> list[_Column]:
    return [column for column in _COLUMNS if column.amount in rows.columns]


def _currencies(rows: Rows, context: Context, is_summary: NDArray[np.bool_]) -> pa.StringArray:
    """By row its settlement's currency; takes down what the first rows of settlements state."""
    codes, settlement = rows.currencies("currency", unless=~is_summary), rows.column("settlement-id")
    totals = rows.amounts("total-amount")
    for place in np.flatnonzero(is_summary).tolist():
        if (code := codes[place].as_py()) != NO_CURRENCY:
            context.currencies[settlement[place].as_py()] = code
        if place not in rows.faults:
            context.stated[int(rows.lines[place])] = int(totals[place])
    known = rows.words(lambda number: context.currencies.get(number, NO_CURRENCY), "settlement-id")
    rows.reject_where(flags(pc.equal(known, NO_CURRENCY)), "currency", _NO_FIRST_ROW, _FETCH_AGAIN)
    return known


def _runs(rows: Rows, context: Context, is_summary: NDArray[np.bool_]) -> Millionths:
    """By row the line of its settlement's first row above it."""
    run = rows.numbers(lambda number: context.runs.get(number, 0), "settlement-id")
    encoded = rows.encoded("settlement-id")
    of_row = encoded.indices.to_numpy()
    for place in np.flatnonzero(is_summary).tolist():
        context.runs[encoded[place].as_py()] = int(rows.lines[place])
        run[place:][of_row[place:] == of_row[place]] = rows.lines[place]
    return run


def _posted(rows: Rows, is_summary: NDArray[np.bool_]) -> NDArray[np.datetime64]:
    """When an amount was booked; of a total, when its settlement ended. Days without an hour begin in UTC."""
    posted = rows.moments("posted-date-time", "UTC", required=False)
    for column in ("posted-date", "settlement-end-date"):
        missing = np.isnat(posted) & (is_summary | (column == "posted-date"))
        if missing.any():
            posted = np.where(missing, rows.moments(column, "UTC", required=False, where=missing), posted)
    rows.reject_where(np.isnat(posted), "posted-date", "is empty", _FETCH_AGAIN)
    return posted


def _amounts(rows: Rows, column: _Column) -> Amounts:
    at = np.flatnonzero(rows.has_text(column.amount))
    some, amount = rows.at(at), rows.amounts(column.amount)[at]
    words = ("transaction-type", "marketplace-name", "amount-type", column.name)
    part, description = (some.words(partial(read, column), *words) for read in (_part, _words))
    return Amounts(at, amount, part, description)


def _event(transaction_type: str, site: str) -> Event:
    return classify(_type(transaction_type, site), "", "")[0]


def _type(transaction_type: str, site: str) -> str:
    """What Amazon bills for delivering another shop's order has no sale behind it here."""
    return "other-transaction" if is_other_shop(site) else transaction_type


def _part(column: _Column, transaction_type: str, site: str, amount_type: str, name: str) -> Part:
    return classify(_type(transaction_type, site), amount_type or column.type, name)[1]


def _words(column: _Column, transaction_type: str, site: str, amount_type: str, name: str) -> str | None:
    """The platform's words for an amount; more of them where none is known."""
    words = name or transaction_type
    if _part(column, transaction_type, site, amount_type, name) == "unclassified":
        words = f"{amount_type or column.type} / {words}"
    return as_label(words)


def _without_amount(
    rows: Rows,
    is_summary: NDArray[np.bool_],
    event: pa.StringArray,
    quantity: NDArray[np.float64],
    at: NDArray[np.intp],
) -> Amounts:
    """Rows of 0: the settlement's first, those of V1 with an order's units, and blank ones."""
    some = rows.at(at)
    named = some.words(lambda type_: classify(type_, "", "")[1], "transaction-type")
    of_row = pc.if_else(pc.equal(event.take(pa.array(at)), "account"), named, "goods")
    part = pc.if_else(is_summary[at], "transfer", of_row)
    units = pc.if_else(quantity[at] != 0, "quantity-purchased", some.labels("transaction-type"))
    words = pc.if_else(is_summary[at], _SUMMARY, units)
    return Amounts(at, np.zeros(len(at), dtype=np.int64), part, words)
