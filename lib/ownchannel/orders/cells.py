"""From a cell's text to a value: exact numbers and instants, or a sentence on what is wrong with it."""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

#: Amounts from a trillion up do not fit the table's money type and are no order line's anyway.
LARGEST_AMOUNT = Decimal(10) ** 12
#: The oldest marketplace here opened in 1995; the far end catches the "never" dates of exports.
PLAUSIBLE_YEARS = range(1995, 2099)

_SIXTH_DECIMAL = Decimal("0.000001")
_NUMBER = re.compile(r"(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?([eE][-+]?\d{1,3})?", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>,;:\"'()]+@[^\s@<>,;:\"'()]+")


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
    return _EMAIL.sub("[address removed]", text) if "@" in text else text


@lru_cache(maxsize=65_536)
def number(text: str, decimal: str = ".") -> Decimal:
    """An exact number: thousands marks in place, `(12.00)` is negative; kept to the sixth decimal.

    `decimal` is the decimal mark, a point or a comma. Raises ValueError where the text is no number:
    `1,5` with a decimal point is refused rather than read as 15.

    >>> number("1,234.50"), number("(12.00)"), number("1.234,5", decimal=",")
    (Decimal('1234.50'), Decimal('-12.00'), Decimal('1234.5'))
    """
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if decimal == ",":
        plain = plain.translate(str.maketrans(",.", ".,"))
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain[1:-1] if negative else plain
    if plain[:1] in ("-", "+", "\u2212"):
        negative ^= plain[0] != "+"
        plain = plain[1:]
    if not _NUMBER.fullmatch(plain) or not any(c.isdigit() for c in plain):
        raise ValueError("not a number")
    try:
        value = Decimal(plain.replace(",", ""))
        if value >= LARGEST_AMOUNT:
            raise ValueError("a trillion or more")
        if len(plain.partition(".")[2]) > 6 or "e" in plain.lower():
            value = value.quantize(_SIXTH_DECIMAL)
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    return -value if negative else value


def times(price: Decimal, quantity: Decimal) -> Decimal:
    """A product of two exact numbers, kept to the sixth decimal.

    >>> times(Decimal("2.55"), Decimal("6.0"))
    Decimal('15.300000')
    """
    return (price * quantity).quantize(_SIXTH_DECIMAL)


@lru_cache(maxsize=4_096)
def instant(text: str, zone: str | None = None) -> datetime:
    """An ISO 8601 time in UTC; a time without an offset is read in `zone` (an IANA name).

    >>> instant("2026-04-10 11:11:26 +0530").isoformat()
    '2026-04-10T05:41:26+00:00'
    >>> instant("2011-12-09", zone="Europe/London").isoformat()
    '2011-12-09T00:00:00+00:00'
    """
    plain = text.strip()
    if plain.endswith(" UTC"):
        plain = plain[:-4] + "+00:00"
    moment = datetime.fromisoformat(plain[:19] + plain[19:].replace(" ", ""))
    if moment.tzinfo is None:
        if zone is None:
            raise ValueError("no offset from UTC")
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    if moment.year not in PLAUSIBLE_YEARS:
        raise ValueError(f"year {moment.year}")
    return moment.astimezone(UTC)
