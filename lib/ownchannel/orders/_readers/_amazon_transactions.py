"""Amazon's transactions report (date range or unified): one row per transaction, its amounts side by side."""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._cells import Millionths, total
from ownchannel.orders._readers._amazon_bookings import (
    WORDS,
    Amounts,
    amazon_site,
    canonical_columns,
    classify,
    currency_of,
    entries,
    is_deferred,
    is_other_shop,
    stated_currency,
    transaction_event,
)
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._rows import Rows, as_label
from ownchannel.orders._schema import NO_CURRENCY, Part

_HEADER = frozenset({"date/time", "type", "order id", "description", "product sales", "other", "total"})

#: What each column of amounts holds of an order; `other` goes by type.
_PARTS: dict[str, Part] = {column: part for part, columns in WORDS["amounts"].items() for column in columns}
# The same where no order is behind it and the type does not tell: for stock that it takes over (liquidations)
# Amazon pays a price, too.
_ACCOUNT_PARTS: dict[str, Part] = {
    **dict.fromkeys(("goods", "shipping", "discount"), "reimbursement"),
    "fulfilment": "fee",
}

_LARGEST_ROW = 10.0**18
_TOO_LARGE = "makes a trillion or more with the row's other amounts"
_NO_CURRENCY = "does not show the currency, nor does any row above"
_NAME_A_SITE = "Fill in the Amazon site, such as amazon.com."
_FETCH_AGAIN = "Download the report again."
_NOT_EXPLAINED = "not explained by the parts"


class AmazonTransactions(Reader):
    """The CSV of date-range reports and of the transactions page, in eleven languages, columns by name."""

    name = "Amazon transactions"
    lacks = "This report does not include buyers."
    gives = "entries"

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its date, type, product sales and total, in any of the languages."""
        return set(canonical_columns(columns).values()) >= _HEADER

    def renamed(self, rows: Rows) -> Rows:
        """The rows with their columns in English."""
        return rows.renamed(canonical_columns(rows.columns))

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """An entry for each amount of a row that is not 0, and one for what its total has more or less."""
        amounts = {column: rows.amounts(column) for column in _PARTS if column in rows.columns}
        rest = _unexplained(rows, amounts)
        kinds = _kinds(rows, amounts["product sales"])
        quantity = rows.quantities("quantity")
        posted = rows.moments("date/time", context.timezone)
        order = rows.labels("order id")
        channel = rows.each(amazon_site, "marketplace", otherwise=None)
        currency = _currencies(rows, context, channel)
        context.unexplained = (context.unexplained or 0) + total(abs(rest[rows.kept()]))
        if_nothing = np.where(kinds.of_order, "goods", kinds.named)
        return entries(
            rows,
            [*_by_part(amounts, kinds, quantity), Amounts(rest, rest != 0, "unclassified", _NOT_EXPLAINED)],
            Amounts(np.zeros_like(rest), rest == 0, if_nothing.tolist(), kinds.words.tolist()),
            posted_at=posted,
            channel=channel,
            kind="marketplace",
            event=kinds.event,
            order_id=order,
            sku=rows.labels("sku"),
            product=pc.if_else(kinds.of_order, rows.labels("description"), None),
            quantity=quantity,
            currency=currency,
            settlement_id=rows.labels("settlement id"),
            deferred=_held_back(rows),
            identity=pc.binary_join_element_wise("amazon", order, "/"),
            row_key=_row_keys(rows, posted, kinds.type, amounts, rest),
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The total; where a row has none, the sum of its amounts."""
        rows = rows.unjudged()
        sites = rows.each(amazon_site, "marketplace", otherwise=None)
        codes = [currency_of(site) or context.currencies.get("", "") for site in sites]
        stated = rows.amounts("total")
        is_stated = rows.has_text("total")
        if is_stated.all():
            return pa.array(codes, pa.string()), stated
        amounts = [rows.amounts(column) for column in _PARTS]
        return pa.array(codes, pa.string()), np.where(is_stated, stated, np.sum(amounts, axis=0))


def _unexplained(rows: Rows, amounts: dict[str, Millionths]) -> Millionths:
    """By row, what the total has beyond the amounts; 0 where none is stated."""
    stated = rows.amounts("total")
    size = np.sum([abs(values.astype(float)) for values in (stated, *amounts.values())], axis=0)
    rows.reject_where(size >= _LARGEST_ROW, "total", _TOO_LARGE, _FETCH_AGAIN)
    rest = stated - np.sum(list(amounts.values()), axis=0)
    return np.where(rows.has_text("total") & (size < _LARGEST_ROW), rest, 0)


class _Kinds(NamedTuple):
    """What each row is."""

    type: list[str]  # as Amazon calls it in English, else as it stands there
    is_known: NDArray[np.bool_]  # whether its type is
    event: NDArray[np.str_]
    of_order: NDArray[np.bool_]  # whether a sale or its refund is behind it
    named: NDArray[np.str_]  # the part that type and description name, or unclassified
    words: NDArray[np.object_]  # type or description, as the platform writes them


def _kinds(rows: Rows, product_sales: Millionths) -> _Kinds:
    types = rows.each(lambda word: transaction_event(word) or word, "type", otherwise="")
    known = np.array(rows.each(lambda word: transaction_event(word) is not None, "type", otherwise=False))
    event = np.array(rows.each(lambda word: classify(word, "", "")[0], "type", otherwise="account"))
    # A type that nobody knows, with an order and goods: they were sold, or came back.
    goods = ~known & rows.has_text("order id") & (product_sales != 0)
    event = np.where(goods, np.where(product_sales > 0, "sale", "refund"), event)
    # Of an order the description is the product's name.
    cells = zip(rows.text("type"), rows.text("description"), (event == "account").tolist(), strict=True)
    booked = [(type_, description if describes else "") for type_, description, describes in cells]
    parts = {words: _named(*words) for words in set(booked)}
    # What Amazon bills for delivering another shop's order has no sale behind it here.
    event = np.where(rows.each(is_other_shop, "marketplace", otherwise=False), "account", event)
    named = np.array([parts[words][0] for words in booked])
    words = np.array([parts[words][1] for words in booked], dtype=object)
    return _Kinds(types, known, event, event != "account", named, words)


def _named(type_: str, description: str) -> tuple[Part, str | None]:
    """The part that the words of a booking name; and these words, rid of the digits of bank accounts."""
    part = classify(type_, "", description)[1]
    if part == "transfer" or transaction_event(type_) is None:
        description = re.sub(r"\d", "*", description)
    both = " / ".join(filter(None, (type_, description)))
    return part, as_label(both if part == "unclassified" else description or type_)


def _by_part(
    amounts: dict[str, Millionths], kinds: _Kinds, quantity: NDArray[np.float64]
) -> Iterator[Amounts]:
    """By column the part of its amounts: of an order by the column, else by type and description."""
    for column, values in amounts.items():
        own, present = _PARTS[column], values != 0
        if own == "goods":  # what was given for nothing counts as units sold, too
            present |= (kinds.event == "sale") & (quantity != 0)
        if present.any():
            part, by_words = _parts(own, kinds)
            words = np.where(by_words | (part == "unclassified"), kinds.words, column)
            yield Amounts(values, present, part.tolist(), words.tolist())


def _parts(own: Part, kinds: _Kinds) -> tuple[NDArray[np.str_], NDArray[np.bool_]]:
    """By row the part of an amount that stands in a column of `own`, and whether words decided it."""
    is_billed = kinds.is_known | (own in ("fee", "fulfilment"))
    of_account = np.where(is_billed, _ACCOUNT_PARTS.get(own, own), "unclassified")
    by_column = np.where(kinds.of_order | (own == "tax"), own, of_account)
    by_words = (kinds.named != "unclassified") & (~kinds.of_order | (own == "unclassified")) & (own != "tax")
    return np.where(by_words, kinds.named, by_column), by_words


def _currencies(rows: Rows, context: Context, channel: list[str | None]) -> list[str]:
    """By row its site's currency; where that is not known the one above the header, else of most rows."""
    codes = [currency_of(site) for site in channel]
    if "" not in context.currencies:
        usual = [code for code, _ in Counter(filter(None, codes)).most_common(1)]
        if known := stated_currency(context.above_header) or "".join(usual):
            context.currencies[""] = known
    codes = [code or context.currencies.get("", NO_CURRENCY) for code in codes]
    unknown = np.fromiter((code == NO_CURRENCY for code in codes), dtype=np.bool_, count=len(rows))
    rows.reject_where(unknown, "marketplace", _NO_CURRENCY, _NAME_A_SITE)
    return codes


def _held_back(rows: Rows) -> NDArray[np.bool_]:
    """Where a row's money is deferred: by its status, and of one that nobody knows by its missing release."""
    known = rows.numbers(
        lambda status: {True: 1, False: 0, None: -1}[is_deferred(status)], "transaction status"
    )
    has_dates = "transaction release date" in rows.columns
    open_ = rows.has_text("transaction status") & ~rows.has_text("transaction release date")
    return np.where(known < 0, open_ & has_dates, known == 1)


def _row_keys(
    rows: Rows,
    posted: NDArray[np.datetime64],
    types: list[str],
    amounts: dict[str, Millionths],
    rest: Millionths,
) -> list[str]:
    """By row what it is known by in every report that holds it: neither status nor settlement, which change.

    Amounts are summed by part, since older reports state the taxes of goods and of shipping in one column.
    """
    sums = {part: np.zeros_like(rest) for part in _PARTS.values()}
    for column, values in amounts.items():
        sums[_PARTS[column]] += values
    numbers = np.column_stack([posted.astype(np.int64), *sums.values(), rest])
    packed, width = numbers.tobytes(), numbers.shape[1] * numbers.itemsize
    words = zip(types, rows.text("order id"), rows.text("sku"), rows.text("description"), strict=True)
    return [
        blake2b("\n".join(cells).encode() + packed[at * width : (at + 1) * width], digest_size=8).hexdigest()
        for at, cells in enumerate(words)
    ]
