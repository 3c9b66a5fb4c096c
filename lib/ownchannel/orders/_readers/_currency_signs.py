"""Amounts as they are shown to people: a currency's sign says which currency it is."""

import re
import unicodedata
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import NO_CURRENCY, Rows, flags, is_currency
from ownchannel.orders._readers._reader import Context

#: Letters may stand before a sign. Otherwise it begins with no part of a number, and may hold points within,
#: as the dirham's does.
_SIGN = re.compile(r"(?:[A-Z]{1,3} ?)?[$€£¥₹]|[^\d\s.,'’()+\-−–%][^\d\s()+\-−–%]*")
#: Signs besides those of CLDR in English. Crowns and rupees are of several countries: they stay unknown.
_FURTHER = {
    **{"US$": "USD", "C$": "CAD", "AU$": "AUD", "S$": "SGD", "JP¥": "JPY", "円": "JPY", "zł": "PLN"},
    **{"Kč": "CZK", "Ft": "HUF", "lei": "RON", "₺": "TRY", "₴": "UAH", "₽": "RUB", "৳": "BDT", "R": "ZAR"},
    **{"RM": "MYR", "Rp": "IDR", "฿": "THB", "₦": "NGN", "د.إ": "AED", "ر.س": "SAR"},
}
_UNKNOWN = "is in a currency that is not known by its sign"
_WRITE_A_CODE = "Write the three letters of the currency before the amount, such as USD 12.50."
_PLAIN_DOLLARS = (
    "Amounts with a plain $, which were read as US dollars: {n}. If they are dollars of another country, "
    "leave this file out."
)


def currency_in(amount: str) -> str:
    """The currency that an amount's sign or letters name; empty where it has none, XXX where it is unknown.

    >>> [currency_in(cell) for cell in ("$4.00", "AU $12.00", "12,50 €", "EUR 12,50", "12.50", "Z$1")]
    ['USD', 'AUD', 'EUR', 'EUR', '', 'XXX']
    """
    found = _SIGN.search(amount)
    if found is None:
        return ""
    sign = unicodedata.normalize("NFKC", found[0]).replace(" ", "")  # Japan's encoding has a wide £
    return sign if is_currency(sign) else _codes().get(sign, NO_CURRENCY)


def shown_currencies(rows: Rows, column: str, otherwise: str | pa.StringArray) -> pa.StringArray:
    """By row the currency that an amount shows, or the other one where it shows none."""
    codes = rows.words(currency_in, column)
    return pc.if_else(pc.equal(codes, ""), otherwise, codes)


def shows_none(rows: Rows, column: str) -> NDArray[np.bool_]:
    """Where an amount shows no currency."""
    return flags(pc.equal(rows.words(currency_in, column), ""))


def reject_unknown(rows: Rows, column: str, currency: pa.StringArray) -> None:
    """Set rows aside whose amounts are in a currency that is not known."""
    rows.reject_where(flags(pc.equal(currency, NO_CURRENCY)), column, _UNKNOWN, _WRITE_A_CODE)


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
    context.note(_PLAIN_DOLLARS, flags(plain) & rows.kept())


def _parts(cell: str) -> tuple[str, str, str]:
    """An amount, the one behind it if there is one, and the currency of both; the sign itself if unknown."""
    found = _SIGN.search(cell)
    if found is None:
        return cell, "", ""
    parts = [part.strip() for part in cell.split(found[0])]
    amounts = list(filter(None, parts))
    # One amount has its sign before it, behind it, or behind its minus.
    first, second = amounts if len(parts) > len(amounts) == 2 else ("".join(amounts), "")
    code = currency_in(cell)
    return first, second, found[0] if code == NO_CURRENCY else code


@cache
def _codes() -> dict[str, str]:
    from babel import Locale

    return {sign: code for code, sign in Locale("en").currency_symbols.items()} | _FURTHER
