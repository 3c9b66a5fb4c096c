"""From a cell's text to an exact number, or a sentence on what is wrong with it."""

import re
import unicodedata
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from ownchannel.files._money import LARGEST_AMOUNT, MILLIONTH

#: An id that a spreadsheet took for a number: of thirteen digits three are left, and ids look alike.
ROUNDED = r"^[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,}$"

_CURRENCY = r"(?:(?:[A-Z]{1,3} ?)?[$€£¥₹₺₩]|[A-Z]{3}|円|(?:kr|Rs)[.,]?|zł|Kč|TL)?"
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
    """A cell that cannot be used: which column, its text, what is wrong and what to do.

    >>> bad = BadCell("quantity", "a pair", "is not a number", "Write 2.")
    >>> str(bad), bad.remedy
    ('quantity: is not a number', 'Write 2.')
    """

    def __init__(self, column: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(f"{column}: {reason}")
        self.column, self.value, self.reason, self.remedy = column, value, reason, remedy


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
            value = value.quantize(MILLIONTH)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    return -value if signs and signs != ["+"] else value


def decimal_marks(text: str) -> str:
    """The decimal mark that a cell proves; both where it is another number with each, none where it is one.

    >>> [decimal_marks(cell) for cell in ("12,50", "1,250.00", "1.250", "12", "twelve")]
    [',', '.', '.,', '', '']
    """
    read: dict[str, Decimal] = {}
    for mark in ".,":
        with suppress(ValueError):
            read[mark] = number(text.removesuffix("%"), mark)
    return "" if len(read) == 2 and read["."] == read[","] else "".join(read)


def _amount(text: str, decimal: str) -> re.Match[str] | None:
    plain = unicodedata.normalize("NFKC", text).translate(_POINTED[decimal])
    return _AMOUNT.fullmatch(plain.strip())
