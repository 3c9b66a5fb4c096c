"""Columns of a table: made of values, yes and no, sums by group, a total shared out over its lines."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ownchannel.files._money import Millionths, decimals

CENT = 10_000


def flags(where: pa.BooleanArray | pa.ChunkedArray) -> NDArray[np.bool_]:
    """A column of yes and no, as numpy has it.

    >>> flags(pa.chunked_array([[True], [False]])).tolist()
    [True, False]
    """
    found: NDArray[np.bool_] = where.to_numpy(zero_copy_only=False)
    return found


def summed(groups: NDArray[np.integer], amounts: Millionths, size: int) -> Millionths:
    """By group from 0 to `size` the sum of its amounts.

    >>> summed(np.array([0, 2, 0]), np.array([1_000_000, 2_000_000, 500_000]), 3).tolist()
    [1500000, 0, 2000000]
    """
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, groups, amounts)
    return sums


def with_columns(table: pa.Table, **columns: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with other values in some of its columns.

    >>> table = pa.table({"order": ["1", "2"], "tax": [0, 0]})
    >>> with_columns(table, tax=pa.array([5, 7])).to_pydict()
    {'order': ['1', '2'], 'tax': [5, 7]}
    """
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


def as_array(value: Any, kind: pa.DataType) -> pa.Array:
    """An array of that type, or of the texts that its numbers stand for."""
    if isinstance(value, pa.ChunkedArray):
        return value.combine_chunks()
    if isinstance(value, pa.Array):
        return value
    if isinstance(value, np.ndarray) and pa.types.is_decimal(kind):
        return decimals(value)
    if isinstance(value, np.ndarray) and pa.types.is_timestamp(kind):
        return pa.array(value).cast(pa.timestamp("us")).cast(kind)
    return pa.array(value, kind.value_type if pa.types.is_dictionary(kind) else kind)


def repeated(value: Hashable, kind: pa.DataType, length: int) -> pa.Array:
    """One value for so many rows: all chunks share its memory, since reports leave many columns empty."""
    return _constant(value, kind, 1 << length.bit_length()).slice(0, length)


@lru_cache(maxsize=64)
def _constant(value: Hashable, kind: pa.DataType, length: int) -> pa.Array:
    return pa.repeat(pa.scalar(value, kind), length)
