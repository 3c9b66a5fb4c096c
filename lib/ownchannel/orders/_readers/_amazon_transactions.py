"""Amazon's transactions report (date range or unified): one row per transaction, its amounts side by side."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import NO_CURRENCY, Millionths, Rows, as_label, flags
from ownchannel.orders._readers._amazon_bookings import (
    WORDS,
    Amounts,
    classify,
    currency_of,
    entries,
    is_deferred,
    is_other_shop,
    stated_currency,
    transaction_event,
)
from ownchannel.orders._readers._reader import NOT_EXPLAINED, Context, Reader
from ownchannel.orders._schema import Part

_HEADER = frozenset({"date/time", "type", "order id", "description", "product sales", "other", "total"})

#: What each column of amounts holds of an order; `other` goes by type.
_PARTS: dict[str, Part] = {column: part for part, columns in WORDS["amounts"].items() for column in columns}
# The same where no order is behind it and the type does not tell: for stock that it takes over (liquidations)
# Amazon pays a price, too.
_ACCOUNT_PARTS: dict[Part, Part] = {
    **dict.fromkeys(("goods", "shipping", "discount"), "reimbursement"),
    "fulfilment": "fee",
}

_LARGEST_ROW = 10.0**18
_TOO_LARGE = "makes a trillion or more with the row's other amounts"
_NO_CURRENCY = "does not show the currency, nor does any row above"
_NAME_A_SITE = "Fill in the Amazon site, such as amazon.com."
_FETCH_AGAIN = "Download the report again."
_UNKNOWN_STATUS = (
    "Transactions under a status that is not known: {n}. Their money counts as held back where the report "
    "leaves its release date empty."
)


class AmazonTransactions(Reader):
    """The CSV of date-range reports and of the transactions page, in eleven languages, columns by name."""

    name = "Amazon transactions"
    lacks = "This report does not include buyers."
    gives = "entries"
    states_totals = True
    headers = (_HEADER,)
    names = WORDS["columns"]

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """An entry for each amount of a row that is not 0, and one for what its total has more or less."""
        amounts = {column: rows.amounts(column) for column in _PARTS if column in rows.columns}
        rest = _unexplained(rows, amounts)
        kinds = _kinds(rows, amounts["product sales"])
        quantity = rows.quantities("quantity")
        posted = rows.moments("date/time", context.timezone)
        currency = _currencies(rows, context)

        def nothing(at: NDArray[np.intp]) -> Amounts:
            part = pc.if_else(kinds.of_order[at], "goods", kinds.named.take(pa.array(at)))
            return Amounts(at, rest[at], part, kinds.words.take(pa.array(at)))

        over = np.flatnonzero(rest)
        unexplained = Amounts(over, rest[over], "unclassified", NOT_EXPLAINED)
        return entries(
            rows,
            [*_by_part(amounts, kinds, quantity != 0), unexplained],
            nothing,
            site="marketplace",
            order="order id",
            posted_at=posted,
            event=kinds.event,
            product=pc.if_else(kinds.of_order, rows.labels("description"), None),
            quantity=quantity,
            currency=currency,
            settlement_id=rows.labels("settlement id"),
            deferred=_held_back(rows, context),
            row_key=_row_keys(rows, posted, amounts, rest),
        )

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The total; where a row has none, the sum of its amounts."""
        rows, is_stated = rows.unjudged(), rows.has_text("total")
        stated = rows.amounts("total")
        if not is_stated.all():
            stated = np.where(is_stated, stated, np.sum([rows.amounts(column) for column in _PARTS], axis=0))
        return _currencies(rows, context), stated


def _unexplained(rows: Rows, amounts: dict[str, Millionths]) -> Millionths:
    """By row, what the total has beyond the amounts; 0 where none is stated."""
    stated = rows.amounts("total")
    size = np.sum([abs(values.astype(np.float64)) for values in (stated, *amounts.values())], axis=0)
    rows.reject_where(size >= _LARGEST_ROW, "total", _TOO_LARGE, _FETCH_AGAIN)
    rest = stated - np.sum(list(amounts.values()), axis=0)
    return np.where(rows.has_text("total") & (size < _LARGEST_ROW), rest, 0)


class _Kinds(NamedTuple):
    """What each row is."""

    is_known: NDArray[np.bool_]  # whether its type is
    event: pa.StringArray
    of_order: NDArray[np.bool_]  # whether a sale or its refund is behind it
    named: pa.StringArray  # the part that type and description name, or unclassified
    words: pa.StringArray  # type or description, as the platform writes them


def _kinds(rows: Rows, product_sales: Millionths) -> _Kinds:
    known = flags(rows.words(transaction_event, "type").is_valid())
    event = rows.words(lambda type_: classify(type_, "", "")[0], "type")
    # A type that nobody knows, with an order and goods: they were sold, or came back.
    goods = ~known & rows.has_text("order id") & (product_sales != 0)
    event = pc.if_else(goods, pc.if_else(product_sales > 0, "sale", "refund"), event)
    # Of an order the description is the product's name.
    describes = flags(pc.equal(event, "account"))
    apart = rows.at(np.flatnonzero(describes))
    named, words = (
        pc.replace_with_mask(rows.words(read, "type"), describes, apart.words(read, "type", "description"))
        for read in (_part_named, _words_of)
    )
    # What Amazon bills for delivering another shop's order has no sale behind it here.
    other_shop = rows.numbers(lambda site: int(is_other_shop(site)), "marketplace") == 1
    event = pc.if_else(other_shop, "account", event)
    return _Kinds(known, event, flags(pc.not_equal(event, "account")), named, words)


def _part_named(type_: str, description: str = "") -> Part:
    """The part that the words of a booking name."""
    return classify(type_, "", description)[1]


def _words_of(type_: str, description: str = "") -> str | None:
    """The words of a booking, rid of the digits of bank accounts."""
    part = classify(type_, "", description)[1]
    if part == "transfer" or transaction_event(type_) is None:
        description = re.sub(r"\d", "*", description)
    both = " / ".join(filter(None, (type_, description)))
    return as_label(both if part == "unclassified" else description or type_)


def _by_part(
    amounts: dict[str, Millionths], kinds: _Kinds, has_units: NDArray[np.bool_]
) -> Iterator[Amounts]:
    """By column the part of its amounts: of an order by the column, else by type and description."""
    for column, values in amounts.items():
        own, present = _PARTS[column], values != 0
        if own == "goods":  # what was given for nothing counts as units sold, too
            present |= flags(pc.equal(kinds.event, "sale")) & has_units
        at = np.flatnonzero(present)
        of_order, named = kinds.of_order[at], kinds.named.take(pa.array(at))
        is_billed = kinds.is_known[at] | (own in ("fee", "fulfilment"))
        of_account = pc.if_else(is_billed, _ACCOUNT_PARTS.get(own, own), "unclassified")
        part = pc.if_else(of_order | (own == "tax"), own, of_account)
        by_words = flags(pc.not_equal(named, "unclassified")) & (~of_order | (own == "unclassified"))
        part = part if own == "tax" else pc.if_else(by_words, named, part)
        in_words = pc.or_(pc.equal(part, "unclassified"), by_words & (own != "tax"))
        yield Amounts(at, values[at], part, pc.if_else(in_words, kinds.words.take(pa.array(at)), column))


def _currencies(rows: Rows, context: Context) -> pa.StringArray:
    """By row its site's currency; where that is not known the one above the header, else of most rows."""
    codes = rows.words(currency_of, "marketplace")
    if "" not in context.currencies:
        usual = [code for code, _ in Counter(codes.drop_null().to_pylist()).most_common(1)]
        if known := stated_currency(context.above_header) or "".join(usual):
            context.currencies[""] = known
    codes = pc.coalesce(codes, context.currencies.get("", NO_CURRENCY))
    rows.reject_where(flags(pc.equal(codes, NO_CURRENCY)), "marketplace", _NO_CURRENCY, _NAME_A_SITE)
    return codes


def _held_back(rows: Rows, context: Context) -> NDArray[np.bool_]:
    """Where a row's money is deferred: by its status, and of one that nobody knows by its missing release."""
    meanings = {True: 1, False: 0, None: -1}
    known = rows.numbers(lambda status: meanings[is_deferred(status)], "transaction status")
    unknown = (known < 0) & rows.has_text("transaction status")
    context.note(_UNKNOWN_STATUS, int(np.count_nonzero(unknown)))
    is_released = rows.has_text("transaction release date") | ("transaction release date" not in rows.columns)
    return np.where(unknown, ~is_released, known == 1)


def _row_keys(
    rows: Rows, posted: NDArray[np.datetime64], amounts: dict[str, Millionths], rest: Millionths
) -> pa.StringArray:
    """By row what it is known by in every report that holds it: neither status nor settlement, which change.

    Amounts are summed by part, since older reports state the taxes of goods and of shipping in one column.
    """
    sums: dict[str, Millionths] = {part: np.zeros_like(rest) for part in _PARTS.values()}
    for column, values in amounts.items():
        sums[_PARTS[column]] += values
    types = rows.words(lambda type_: transaction_event(type_) or type_, "type")
    cells = (types, *(rows.column(name) for name in ("order id", "sku", "description")))
    words = pc.binary_join_element_wise(*cells, "\n").to_numpy(zero_copy_only=False)
    hashed = {"words": pd.util.hash_array(words, categorize=False), "posted": posted.astype(np.int64)}
    known_by = pd.DataFrame({**hashed, **sums, "rest": rest})
    return pa.array(pd.util.hash_pandas_object(known_by, index=False)).cast(pa.string())
