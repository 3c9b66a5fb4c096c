"""What the readers of Amazon's bookings share: an entry an amount, the site of a sale, the decimal mark."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders.amounts import Millionths, decimals
from ownchannel.orders.cells import decimal_mark
from ownchannel.orders.kinds import ENTRIES_AS_READ
from ownchannel.orders.readers.base import Context
from ownchannel.orders.rows import Rows, as_label
from ownchannel.orders.schema import TEXT

_POINTED_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


@dataclass(frozen=True)
class Amounts:
    """An amount a row, what it is for and in which words; a single text stands for all rows."""

    amount: Millionths
    told: NDArray[np.bool_]
    """Where a row has this amount at all."""
    part: str | Sequence[str]
    description: str | Sequence[str | None]


def entries(rows: Rows, amounts: Sequence[Amounts], otherwise: Amounts, **columns: Any) -> pa.RecordBatch:
    """An entry for each amount of the rows that were not set aside, in their order.

    `columns` hold a value a row. `otherwise` stands for rows without any amount, so that each row is
    accounted for. Units are told where goods were sold, and nowhere else.
    """
    kept = rows.kept()
    told = [each.told & kept for each in amounts]
    none = kept & ~np.logical_or.reduce(told)
    chosen = [
        (each, np.flatnonzero(where))
        for each, where in zip([*amounts, otherwise], [*told, none], strict=True)
    ]
    places = np.concatenate([at for _, at in chosen])
    in_order = np.argsort(places, kind="stable")
    position = np.cumsum(kept) - 1
    table = rows.batch(ENTRIES_AS_READ, **columns).take(pa.array(position[places[in_order]]))
    amount = np.concatenate([each.amount[at] for each, at in chosen])
    part = pa.concat_arrays([_texts(each.part, at) for each, at in chosen]).take(pa.array(in_order))
    words = pa.concat_arrays([_texts(each.description, at) for each, at in chosen]).take(pa.array(in_order))
    sold = pc.and_(pc.equal(table["event"], "sale"), pc.equal(part, "goods"))
    units = pc.if_else(pc.and_(sold, pc.not_equal(table["quantity"], 0)), table["quantity"], None)
    computed = {"amount": decimals(amount[in_order]), "part": part, "description": words, "quantity": units}
    return pa.RecordBatch.from_arrays(
        [computed.get(field.name, table[field.name]) for field in ENTRIES_AS_READ], schema=ENTRIES_AS_READ
    )


def _texts(texts: str | Sequence[str | None], at: NDArray[np.intp]) -> pa.Array:
    if isinstance(texts, str):
        return pa.repeat(pa.scalar(texts, TEXT), len(at))
    return pa.array(texts, TEXT.value_type).take(pa.array(at)).cast(TEXT)


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


def file_decimal(rows: Rows, context: Context, amounts: Iterable[str], dates: Iterable[str]) -> str:
    """The file's decimal mark, judged once from its first chunk.

    Where its amounts leave it open (1.141 alone does), the dates tell: who writes 31.01.2026 writes 12,50.
    """
    if not context.decimal:
        pointed = any(_POINTED_DATE.match(text) for column in dates for text in rows.text(column))
        texts = {text for column in amounts for text in rows.text(column)}
        context.decimal = decimal_mark(texts, default="," if pointed else ".")
    return context.decimal
