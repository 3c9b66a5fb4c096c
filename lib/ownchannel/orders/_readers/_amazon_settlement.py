"""Amazon's settlement report: flat files V1, 33 or 36 columns wide, and V2, with one row per amount."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._cells import Millionths
from ownchannel.orders._readers._amazon_bookings import (
    Amounts,
    amazon_site,
    classify,
    entries,
    is_other_shop,
)
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._rows import Rows, as_label
from ownchannel.orders._schema import NO_CURRENCY, Event, Part


class _Column(NamedTuple):
    """A column of amounts, the column that names each of them, and their type in V2's words."""

    amount: str
    name: str
    type: str


_V2 = _Column("amount", "amount-description", "")  # has a column for the type
_V1 = (
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
        columns = _columns(rows)
        settlement = rows.identities("settlement-id").to_pylist()
        is_summary = rows.has_text("total-amount") & ~rows.has_text("transaction-type")
        currency = _currencies(rows, context, settlement, is_summary)
        event = rows.each(_event, "transaction-type", "marketplace-name", otherwise="account")
        quantity = rows.quantities("quantity-purchased")
        order = rows.labels("order-id")
        amounts = [_amounts(rows, column) for column in columns]
        return entries(
            rows,
            amounts,
            _without_amount(rows, is_summary, event, quantity),
            posted_at=_posted(rows, is_summary),
            channel=rows.each(amazon_site, "marketplace-name", otherwise=None),
            kind="marketplace",
            event=event,
            order_id=order,
            sku=rows.labels("sku"),
            quantity=quantity,
            currency=currency,
            settlement_id=settlement,
            run=_runs(rows, context, settlement, is_summary),
            deferred=False,
            identity=pc.binary_join_element_wise("amazon", order, "/"),
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The sum of all amounts in a row."""
        codes = [context.currencies.get(settlement, "") for settlement in rows.text("settlement-id")]
        amounts = [rows.unjudged().amounts(column.amount) for column in _columns(rows)]
        return pa.array(codes, pa.string()), np.sum(amounts, axis=0)


def _columns(rows: Rows) -> Sequence[_Column]:
    if _V2.amount in rows.columns:
        return (_V2,)
    return [column for column in _V1 if column.amount in rows.columns]


def _currencies(
    rows: Rows, context: Context, settlement: list[str], is_summary: NDArray[np.bool_]
) -> list[str]:
    """By row its settlement's currency; takes down what the first rows of settlements state."""
    codes = rows.currencies("currency", unless=~is_summary).to_pylist()
    totals = rows.amounts("total-amount")
    for place in np.flatnonzero(is_summary).tolist():
        if codes[place] != NO_CURRENCY:
            context.currencies[settlement[place]] = codes[place]
        if place not in rows.faults:
            context.stated[int(rows.lines[place])] = int(totals[place])
    known = [context.currencies.get(number, NO_CURRENCY) for number in settlement]
    unknown = np.fromiter((code == NO_CURRENCY for code in known), dtype=np.bool_, count=len(rows))
    rows.reject_where(unknown, "currency", _NO_FIRST_ROW, _FETCH_AGAIN)
    return known


def _runs(
    rows: Rows, context: Context, settlement: list[str], is_summary: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """By row the line of its settlement's first row above it."""
    numbers = np.array(settlement, dtype=object)
    run = np.array([context.runs.get(number, 0) for number in settlement], dtype=np.int64)
    for place in np.flatnonzero(is_summary).tolist():
        context.runs[settlement[place]] = int(rows.lines[place])
        run[place:][numbers[place:] == settlement[place]] = rows.lines[place]
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
    words = ("transaction-type", "marketplace-name", "amount-type", column.name)
    otherwise: tuple[Part, str | None] = ("unclassified", None)
    booked = rows.each(partial(_booked, column.type), *words, otherwise=otherwise)
    part, description = [each for each, _ in booked], [each for _, each in booked]
    return Amounts(rows.amounts(column.amount), rows.has_text(column.amount), part, description)


def _type(transaction_type: str, site: str) -> str:
    """What Amazon bills for delivering another shop's order has no sale behind it here."""
    return "other-transaction" if is_other_shop(site) else transaction_type


def _event(transaction_type: str, site: str) -> Event:
    return classify(_type(transaction_type, site), "", "")[0]


def _booked(
    column_type: str, transaction_type: str, site: str, amount_type: str, name: str
) -> tuple[Part, str | None]:
    """Part and description of an amount, in the platform's words; in more of them where none is known."""
    amount_type = amount_type or column_type
    part = classify(_type(transaction_type, site), amount_type, name)[1]
    words = name or transaction_type
    return part, as_label(f"{amount_type} / {words}" if part == "unclassified" else words)


def _without_amount(
    rows: Rows, is_summary: NDArray[np.bool_], event: list[str], quantity: NDArray[np.float64]
) -> Amounts:
    """Rows of 0: the settlement's first, those of V1 with an order's units, and blank ones."""
    account = rows.each(lambda word: classify(word, "", "")[1], "transaction-type", otherwise="unclassified")
    of_order = [of != "account" for of in event]
    types = rows.labels("transaction-type").to_numpy(zero_copy_only=False)
    part = np.where(is_summary, "transfer", np.where(of_order, "goods", account))
    units = np.where(quantity != 0, "quantity-purchased", types)
    description = np.where(is_summary, _SUMMARY, units)
    nothing = np.zeros(len(rows), dtype=np.int64)
    return Amounts(nothing, np.ones(len(rows), dtype=np.bool_), part.tolist(), description.tolist())
