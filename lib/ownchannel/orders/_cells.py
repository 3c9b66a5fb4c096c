"""From a cell's text to an exact number, or a sentence on what is wrong with it; texts fit for the table."""

import re
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal, InvalidOperation

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ownchannel.orders._schema import MONEY

#: Amounts from a trillion up do not fit the table's money type and are no order line's anyway.
LARGEST_AMOUNT = Decimal(10) ** 12

MILLIONTH = Decimal("0.000001")
#: An id that a spreadsheet took for a number: of thirteen digits three are left, and ids look alike.
ROUNDED = r"^[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{2,}$"
_EMAIL = re.compile(r"[^\s@＠<>,;:\"'()]+[@＠][^\s@＠<>,;:\"'()]+")

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


#: One amount per element, in millionths: amounts below a trillion fit 64 bits. Sums need not: see `total`.
Millionths = NDArray[np.int64]


def millionths(amount: Decimal) -> int:
    """An amount with at most six decimals as a whole number."""
    return int(amount.scaleb(6))


def amount_of(number: int) -> Decimal:
    """A whole number of millionths as an amount."""
    return Decimal(number).scaleb(-6)


def total(numbers: Iterable[int] | Millionths) -> int:
    """A sum that cannot overflow."""
    return sum(numbers.tolist() if isinstance(numbers, np.ndarray) else numbers)


def decimals(numbers: Millionths, known: NDArray[np.bool_] | None = None) -> pa.Array:
    """Millionths as a column of exact money; null where `known` is False.

    >>> decimals(np.array([12_340_000, -1]), np.array([True, False]))[0].as_py()
    Decimal('12.340000')
    """
    # A decimal128 is a 128-bit whole number of millionths: the low half, then the sign's.
    words = np.empty((len(numbers), 2), dtype="<i8")
    words[:, 0] = numbers
    words[:, 1] = words[:, 0] >> 63
    validity = None if known is None else pa.array(known).buffers()[1]
    return pa.Array.from_buffers(MONEY, len(numbers), [validity, pa.py_buffer(words)])


def as_millionths(column: pa.Array | pa.ChunkedArray) -> Millionths:
    """A column of exact money as millionths; 0 where null."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = array.fill_null(pa.scalar(Decimal(0), MONEY)) if array.null_count else array
    words = np.frombuffer(whole.buffers()[1], dtype="<i8").reshape(-1, 2)
    return words[whole.offset : whole.offset + len(whole), 0].copy()


def flags(where: pa.BooleanArray | pa.ChunkedArray) -> NDArray[np.bool_]:
    """A column of yes and no, as numpy has it."""
    found: NDArray[np.bool_] = where.to_numpy(zero_copy_only=False)
    return found


CENT = 10_000


def summed(groups: NDArray[np.integer], amounts: Millionths, size: int) -> Millionths:
    """By group from 0 to `size` the sum of its amounts."""
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, groups, amounts)
    return sums


def with_columns(table: pa.Table, **columns: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with other values in some of its columns."""
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, values)
    return table


def spread(totals: Millionths, groups: NDArray[np.intp], weights: Millionths) -> Millionths:
    """`totals[g]` over the elements of group g in proportion to their weights (none negative).

    `groups` and `weights` have an element a line. Shares are whole cents where the total is, else millionths;
    the group's last line takes what rounding leaves, and all where all weights are 0. The shares of a group
    add up to its total, always; the total of a group without lines is not spread.

    >>> ten = np.array([10_000_000])
    >>> spread(ten, np.array([0, 0, 0]), np.array([1, 1, 1])).tolist()
    [3330000, 3330000, 3340000]
    """
    shares = np.where(np.bincount(groups, minlength=len(totals))[groups] == 1, totals[groups], 0)
    lines = np.bincount(groups, minlength=len(totals))
    shared = np.flatnonzero((lines[groups] > 1) & (totals[groups] != 0))
    if len(shared):
        of_several = shared[np.argsort(groups[shared], kind="stable")]
        shares[of_several] = _spread_sorted(totals, groups[of_several], weights[of_several])
    return shares


def _spread_sorted(totals: Millionths, groups: NDArray[np.intp], weights: Millionths) -> Millionths:
    """The same for groups that stand together, each of several lines; in whole numbers without limit."""
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    last = np.append(first[1:], len(groups)) - 1
    of_group = np.repeat(np.arange(len(first)), last - first + 1)
    weight = weights.astype(object)
    whole = np.add.reduceat(weight, first)
    total = totals[groups[first]].astype(object)
    step = np.where(totals[groups[first]] % CENT == 0, CENT, 1).astype(object)
    # Rounded towards 0, so that no share has more than its part; without weights the last line takes all.
    parts = np.abs(total)[of_group] * weight // np.maximum(whole, 1)[of_group]
    shares = parts // step[of_group] * step[of_group] * np.sign(totals[groups])
    shares[last] = 0
    shares[last] = total - np.add.reduceat(shares, first)
    spread_out: Millionths = shares.astype(np.int64)
    return spread_out
