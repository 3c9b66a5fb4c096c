"""Exact money: decimals in tables, whole numbers of millionths where they are reckoned with."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

#: Exact money: below a trillion, kept to the sixth decimal; 18 digits fit a machine word and multiply.
MONEY = pa.decimal128(18, 6)
#: Amounts from a trillion up do not fit it and are no order line's anyway.
LARGEST_AMOUNT = Decimal(10) ** 12
MILLIONTH = Decimal("0.000001")
#: ISO 4217's code for "no currency": cancelled and pending lines that carry no money.
NO_CURRENCY = "XXX"
MILLION = 1_000_000

#: One amount per element, in millionths: amounts below a trillion fit 64 bits. Sums need not: see `total`.
Millionths = NDArray[np.int64]


def millionths(amount: Decimal) -> int:
    """An amount with at most six decimals as a whole number.

    >>> millionths(Decimal("12.34"))
    12340000
    """
    return int(amount.scaleb(6))


def amount_of(number: int) -> Decimal:
    """A whole number of millionths as an amount.

    >>> amount_of(12_340_000)
    Decimal('12.340000')
    """
    return Decimal(number).scaleb(-6)


def total(numbers: Iterable[int] | Millionths) -> int:
    """A sum that cannot overflow.

    >>> total(np.array([2**62, 2**62])) == 2**63
    True
    """
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
    """A column of exact money as millionths; 0 where null.

    >>> as_millionths(pa.array([Decimal("1.50"), None], MONEY)).tolist()
    [1500000, 0]
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = array.fill_null(pa.scalar(Decimal(0), MONEY)) if array.null_count else array
    words = np.frombuffer(whole.buffers()[1], dtype="<i8").reshape(-1, 2)
    return words[whole.offset : whole.offset + len(whole), 0].copy()


def is_currency(code: str) -> bool:
    """Whether a text has the form of an ISO 4217 code.

    >>> is_currency("USD"), is_currency("usd"), is_currency("$")
    (True, False, False)
    """
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
