"""What Amazon's reports of money share: words in eleven languages, and bookings made of columns of amounts.

The words stand in `amazon_words.toml`, with their sources.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import Millionths, Rows, as_label, decimals
from ownchannel.orders._readers._reader import folded
from ownchannel.orders._schema import ENTRIES_AS_READ, TEXT, Event, Part

WORDS = tomllib.loads(Path(__file__).with_name("amazon_words.toml").read_text(encoding="utf-8"))


def _meanings(table: Mapping[str, Sequence[str]], with_keys: bool = False) -> dict[str, str]:
    """What each folded name means, from the names of each meaning; the meaning itself is one of them."""
    keys = {folded(meaning): meaning for meaning in table if with_keys}
    return keys | {folded(name): meaning for meaning, names in table.items() for name in names}


_TYPE_OF = _meanings(WORDS["types"], with_keys=True)
_STATUS_OF = _meanings(WORDS["statuses"])
_PARTS = cast("dict[str, Part]", _meanings(WORDS["parts"]))
_CURRENCY_OF: dict[str, str] = {
    f"Amazon.{site}": code for code, sites in WORDS["currencies"].items() for site in sites
}
_SPELT_OUT = {"euro": "EUR", "euros": "EUR", "円": "JPY"}
_STATED = re.compile(rf"\b(?:{'|'.join(WORDS['currencies'])}|[Ee]uros?)\b|円")
_EVENTS: dict[str, Event] = {type_: event for event, types in WORDS["events"].items() for type_ in types}

# An account sells nothing: where Amazon takes over stock (a liquidation) it pays for it, and corrections of
# the fees for sending name no order.
_ACCOUNT_PARTS: dict[Part, Part] = {"goods": "reimbursement", "fulfilment": "fee"}


def transaction_event(type_text: str) -> str | None:
    """What Amazon calls a transaction in English, such as Order or Refund; None where it is not known."""
    # Corrections and reversals bear the type's name with a remark behind it.
    return _TYPE_OF.get(folded(type_text)) or _TYPE_OF.get(folded(type_text.partition(" - ")[0]))


def is_deferred(status: str) -> bool | None:
    """Whether a transaction's money is still held back; None where the status is not known."""
    known = _STATUS_OF.get(folded(status))
    return None if known is None else known == "deferred"


def currency_of(name: str) -> str | None:
    """The currency of a site of Amazon; None where there is none or it is not known.

    >>> currency_of("www.amazon.com.be"), currency_of("Amazon.tv")
    ('EUR', None)
    """
    return _CURRENCY_OF.get(amazon_site(name) or "")


def stated_currency(sentences: Iterable[str]) -> str:
    """The currency that the sentences above a report's header state, in whichever language; else empty.

    >>> stated_currency(["Includes Amazon Marketplace, FBA", "Todas as quantias em BRL"])
    'BRL'
    >>> stated_currency(["Alle Beträge in Euro, sofern nicht anders angegeben"]), stated_currency(["None"])
    ('EUR', '')
    """
    found = filter(None, map(_STATED.search, sentences))
    return next((_SPELT_OUT.get(each[0].casefold(), each[0]) for each in found), "")


def classify(transaction_type: str, amount_type: str, amount_description: str) -> tuple[Event, Part]:
    """The event behind an amount that Amazon booked, and the part of it that the amount is.

    Takes the words of a settlement's row, or the type and description of a transaction without an order (of
    one with an order the description is the product's name). The most specific name that is known decides
    on the part: description, then amount type, then transaction type; where none is, it is `unclassified`.

    >>> classify("Order", "ItemPrice", "Principal"), classify("Refund", "ItemFees", "RefundCommission")
    (('sale', 'goods'), ('refund', 'fee'))
    >>> classify("Servicegebühr", "", "Werbekosten"), classify("Order", "ItemFees", "MoonlightFee")
    (('account', 'advertising'), ('sale', 'unclassified'))
    """
    canonical = transaction_event(transaction_type) or transaction_type
    event = _EVENTS.get(canonical, "account")
    part = _part(amount_description) or _part(amount_type) or _part(canonical) or "unclassified"
    if part == "goods" and folded(amount_type) == "promotion":
        return event, "discount"
    return event, _ACCOUNT_PARTS.get(part, part) if event == "account" else part


def _part(name: str) -> Part | None:
    """The part that a name means, with or without a remark behind it."""
    heads = (name, name.partition(" - ")[0], name.partition(":")[0])
    return next((_PARTS[known] for known in map(folded, heads) if known in _PARTS), None)


class Amounts(NamedTuple):
    """Amounts of some rows, what each is for and in which words; a single text stands for all of them."""

    at: NDArray[np.intp]  # the places of these rows
    amount: Millionths
    part: str | pa.Array
    description: str | pa.Array


_OF_ROWS = pa.schema([f for f in ENTRIES_AS_READ if f.name not in ("amount", "part", "description")])


def entries(
    rows: Rows,
    amounts: Iterable[Amounts],
    otherwise: Callable[[NDArray[np.intp]], Amounts],
    *,
    site: str,
    order: str,
    **columns: Any,
) -> pa.RecordBatch:
    """An entry for each amount of the rows that were not set aside, in their order.

    `otherwise` gives an entry each for rows without any amount, so that each row is accounted for. `site`
    and `order` are the columns that name these, and `columns` hold a value a row. Units stand where goods
    were sold, and nowhere else.
    """
    chosen = list(amounts)
    kept = rows.kept()
    none = kept.copy()
    for each in chosen:
        none[each.at] = False
    chosen.append(otherwise(np.flatnonzero(none)))
    at = np.concatenate([each.at for each in chosen])
    in_order = np.argsort(at, kind="stable")
    in_order = in_order[kept[at[in_order]]]
    orders = rows.labels(order)
    batch = rows.batch(
        _OF_ROWS,
        channel=rows.words(amazon_site, site),
        kind="marketplace",
        order_id=orders,
        identity=pc.binary_join_element_wise("amazon", orders, "/"),
        sku=rows.labels("sku"),
        **columns,
    )
    table = batch.take(pa.array((np.cumsum(kept) - 1)[at[in_order]]))
    texts = zip(*((_texts(each.part, each), _texts(each.description, each)) for each in chosen), strict=True)
    part, words = (pa.concat_arrays(of_all).take(pa.array(in_order)) for of_all in texts)
    sold = pc.and_(pc.equal(table["event"], "sale"), pc.equal(part, "goods"))
    units = pc.if_else(pc.and_(sold, pc.not_equal(table["quantity"], 0)), table["quantity"], None)
    amount = decimals(np.concatenate([each.amount for each in chosen])[in_order])
    of_entries = {"amount": amount, "part": part, "description": words, "quantity": units}
    every = dict(zip(table.schema.names, table.columns, strict=True)) | of_entries
    return pa.RecordBatch.from_arrays([every[name] for name in ENTRIES_AS_READ.names], schema=ENTRIES_AS_READ)


def _texts(texts: str | pa.Array, of: Amounts) -> pa.Array:
    return pa.repeat(pa.scalar(texts, TEXT), len(of.at)) if isinstance(texts, str) else texts.cast(TEXT)


def amazon_site(name: str) -> str | None:
    """Amazon's site as the table names it; None where there is no name, or that of another shop.

    >>> amazon_site("www.amazon.de"), amazon_site("amazon.jp"), amazon_site("Non-Amazon US")
    ('Amazon.de', 'Amazon.co.jp', None)
    """
    site = name.casefold().removeprefix("www.")
    if not site.startswith("amazon"):
        return None
    return "Amazon.co.jp" if site == "amazon.jp" else as_label(site.capitalize())


def is_other_shop(name: str) -> bool:
    """Whether Amazon only delivered the order, and another shop took it.

    >>> is_other_shop("sim1.stores.amazon.com"), is_other_shop("Amazon.com"), is_other_shop("")
    (True, False, False)
    """
    return bool(name) and amazon_site(name) is None
