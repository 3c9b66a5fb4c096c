"""Amounts as they are shown to people: a currency's sign says which currency it is."""

import re
import unicodedata
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders._cells import flags
from ownchannel.orders._readers._reader import Context
from ownchannel.orders._rows import Rows, is_currency

#: A sign begins with no part of a number; points may stand within it, as in the dirham's.
_SIGN = re.compile(r"[^\d\s.,'’()+\-−–%][^\d\s()+\-−–%]*")
#: Signs besides those of CLDR in English. Crowns and rupees are of several countries: they stay unknown.
_FURTHER = {
    **{
        "US$": "USD",
        "C$": "CAD",
        "AU$": "AUD",
        "S$": "SGD",
        "JP¥": "JPY",
        "円": "JPY",
        "zł": "PLN",
        "R": "ZAR",
    },
    **{"Kč": "CZK", "Ft": "HUF", "lei": "RON", "₺": "TRY", "₴": "UAH", "₽": "RUB", "৳": "BDT", "₦": "NGN"},
    **{"RM": "MYR", "Rp": "IDR", "฿": "THB", "د.إ": "AED", "ر.س": "SAR"},
}
_PLAIN_DOLLARS = (
    "Amounts with a plain $, which were read as US dollars: {n}. If they are other dollars, name the table's "
    "columns, and its currency, with mapping=…"
)


def with_signs_apart(rows: Rows, column: str) -> Rows:
    """The rows with the amounts of a column alone, and their currencies as a column beside it.

    Where a cell shows two amounts, as of an order before and after its refund, the second is apart as well.
    """
    encoded = rows.encoded(column)
    parts = [_parts(cell) for cell in encoded.dictionary.to_pylist()]
    names = (column, f"{column}: second", f"{column}: currency")
    columns = zip(*parts, strict=True) if parts else ((), (), ())
    texts = {name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)}
    apart = {name: cells.take(encoded.indices) for name, cells in texts.items()}
    return rows.replaced({**apart, f"{column}: shown": rows.column(column)})


def note_dollars(rows: Rows, column: str, context: Context) -> None:
    """Say where the dollar's sign stands alone, for it is that of many dollars."""
    cells = rows.column(f"{column}: shown")
    plain = pc.and_(pc.match_substring(cells, "$"), pc.invert(pc.match_substring_regex(cells, r"\p{L}")))
    context.note(_PLAIN_DOLLARS, int((flags(plain) & rows.kept()).sum()))


def _parts(cell: str) -> tuple[str, str, str]:
    """An amount, the one behind it if there is one, and the currency of both; the sign itself if unknown."""
    found = _SIGN.search(cell)
    if found is None:
        return cell, "", ""
    sign = found[0]
    before, _, behind = cell.partition(sign)
    first, _, second = behind.partition(sign) if not before.strip() else (before, "", behind)
    if sign not in behind:  # one amount, with the sign before it, behind it, or behind its minus
        first, second = before + behind, ""
    plain = unicodedata.normalize("NFKC", sign)  # Japan's encoding has a wide £
    code = plain if is_currency(plain) else _codes().get(plain, plain)
    return first.strip(), second.replace(sign, "").strip(), code


@cache
def _codes() -> dict[str, str]:
    from babel import Locale

    return {sign: code for code, sign in Locale("en").currency_symbols.items()} | _FURTHER
