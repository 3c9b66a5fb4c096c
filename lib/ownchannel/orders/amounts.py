"""Exact money in columns: millionths of a unit as whole numbers, and the decimals that tables hold."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ownchannel.orders.schema import MONEY

#: One amount an element, in millionths: amounts below a trillion fit 64 bits. Sums need not: see `total`.
Millionths = NDArray[np.int64]


def millionths(amount: Decimal) -> int:
    """An amount with at most six decimals as a whole number.

    >>> millionths(Decimal("12.34"))
    12340000
    """
    return int(amount.scaleb(6))


def amount_of(number: int) -> Decimal:
    """A whole number of millionths as an amount.

    >>> amount_of(12340000)
    Decimal('12.340000')
    """
    return Decimal(number).scaleb(-6)


def total(numbers: Iterable[int] | Millionths) -> int:
    """A sum that cannot overflow."""
    return sum(numbers.tolist() if isinstance(numbers, np.ndarray) else numbers)


def decimals(numbers: Millionths, told: NDArray[np.bool_] | None = None) -> pa.Array:
    """Millionths as a column of exact money; null where `told` is False.

    >>> decimals(np.array([12_340_000, -1]), np.array([True, False]))[0].as_py()
    Decimal('12.340000')
    """
    # A decimal128 is a 128-bit whole number of millionths: the low half, then the sign's.
    words = np.empty((len(numbers), 2), dtype="<i8")
    words[:, 0] = numbers
    words[:, 1] = words[:, 0] >> 63
    validity = None if told is None else pa.array(told).buffers()[1]
    return pa.Array.from_buffers(MONEY, len(numbers), [validity, pa.py_buffer(words)])


def as_millionths(column: pa.Array | pa.ChunkedArray) -> Millionths:
    """A column of exact money as millionths; 0 where null.

    >>> as_millionths(decimals(np.array([5, -7])))
    array([ 5, -7])
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    whole = array.fill_null(pa.scalar(Decimal(0), MONEY)) if array.null_count else array
    words = np.frombuffer(whole.buffers()[1], dtype="<i8").reshape(-1, 2)
    return words[whole.offset : whole.offset + len(whole), 0].copy()
