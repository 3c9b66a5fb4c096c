"""From a cell's text to an exact number, or a sentence on what is wrong with it; texts fit for the table."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal

#: Amounts from a trillion up do not fit the table's money type and are no order line's anyway.
LARGEST_AMOUNT = Decimal(10) ** 12

_SIXTH_DECIMAL = Decimal("0.000001")
_EMAIL = re.compile(r"[^\s@＠<>,;:\"'()]+[@＠][^\s@＠<>,;:\"'()]+")

_CURRENCY = r"(?:[A-Z]{0,3}[$€£¥₹]|[A-Z]{3}|円)?"
# Thousands between commas, blanks or apostrophes, or as in India: 1,23,45,678. No group starts with 0, so
# that 0,500 is no 500.
_WHOLE = r"\d+|[1-9]\d{0,2}(?P<mark>[,' ])\d{3}(?:(?P=mark)\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3}"
_AMOUNT = re.compile(
    rf"(?P<bracket>\()?{_CURRENCY} ?(?P<sign>[-+])? ?{_CURRENCY} ?"
    rf"(?P<digits>(?=\.?\d)(?:{_WHOLE})?(?:\.\d*)?(?:[eE][-+]?\d{{1,3}})?)"
    rf" ?(?P<trailing>-)? ?{_CURRENCY}(?(bracket)\))",
    re.ASCII,
)
# Minus signs and apostrophes as typesetters write them; by decimal mark, commas and points change places.
_TYPEWRITTEN = str.maketrans("\u2010\u2011\u2013\u2212\u2019", "----'")
_POINTED = {".": _TYPEWRITTEN, ",": _TYPEWRITTEN | str.maketrans(",.", ".,")}
_MARKS = str.maketrans("", "", ",' ")


class BadCell(ValueError):
    """A cell that cannot be used: which column, its text, what is wrong and what to do."""

    def __init__(self, column: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column, self.value, self.reason, self.remedy = column, value, reason, remedy


def masked(value: str, longest: int = 24) -> str:
    """The shape of a cell without its content, so that a rejected row can be shown to anybody.

    >>> masked("Jane Roe, 12.3.4")
    'aaaa aaa, 99.9.9'
    """
    shape = "".join("a" if c.isalpha() else "9" if c.isalnum() else c for c in value[:longest])
    return shape + ("…" if len(value) > longest else "")


def without_address(text: str) -> str:
    """A text that goes into the table, rid of any e-mail address that slipped into it.

    >>> without_address("Apron for jane@example.com")
    'Apron for [address removed]'
    """
    return _EMAIL.sub("[address removed]", text) if "@" in text or "＠" in text else text


def number(text: str, decimal: str = ".") -> Decimal:
    """An exact number, kept to the sixth decimal: thousands marks in place, with or without a currency.

    `decimal` is the decimal mark, a point or a comma. Amounts in brackets and with a minus at the end are
    negative. Raises ValueError where the text is no number: `1,5` with a decimal point is refused rather
    than read as 15.

    >>> number("1,234.50"), number("(12.00)"), number("1.141,18 €", decimal=",")
    (Decimal('1234.50'), Decimal('-12.00'), Decimal('1141.18'))
    """
    amount = _amount(text, decimal)
    if amount is None:
        raise ValueError("not a number")
    signs = [sign for sign in amount.group("bracket", "sign", "trailing") if sign]
    if len(signs) > 1:
        raise ValueError("not a number: it has two signs")
    digits = amount["digits"].translate(_MARKS)
    try:
        value = Decimal(digits)
        if value >= LARGEST_AMOUNT:
            raise ValueError("a trillion or more")
        if len(digits.partition(".")[2]) > 6 or "e" in digits.lower():
            value = value.quantize(_SIXTH_DECIMAL)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    return -value if signs and signs != ["+"] else value


def decimal_mark(texts: Iterable[str], default: Literal[".", ","] = ".") -> Literal[".", ","]:
    """The decimal mark of a file's amounts, judged from many cells.

    A cell tells where only one reading of it is a number: `12,34` or `1.141,18` says comma, `12.34` point,
    `1.141` nothing. The majority counts, since `number` refuses the rest rather than misread it.

    >>> decimal_mark(["1.141", "12,34", ""])
    ','
    """
    commas = points = 0
    for text in texts:
        with_comma, with_point = _amount(text, ",") is not None, _amount(text, ".") is not None
        commas += with_comma > with_point
        points += with_point > with_comma
    if commas == points:
        return default
    return "," if commas > points else "."


def _amount(text: str, decimal: str) -> re.Match[str] | None:
    plain = unicodedata.normalize("NFKC", text).translate(_POINTED[decimal])
    return _AMOUNT.fullmatch(plain.strip())


def times(price: Decimal, quantity: Decimal) -> Decimal:
    """A product of two exact numbers, kept to the sixth decimal.

    >>> times(Decimal("2.55"), Decimal("6.0"))
    Decimal('15.300000')
    """
    return (price * quantity).quantize(_SIXTH_DECIMAL)
