"""Money as whole numbers, against Python's decimals."""

from decimal import Decimal

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders import MONEY
from ownchannel.orders._cells import amount_of, as_millionths, decimals, millionths, total

LARGEST = 10**18 - 1
numbers = st.lists(st.integers(-LARGEST, LARGEST), max_size=20)


@given(st.integers(-LARGEST, LARGEST))
def test_an_amount_and_its_millionths_are_one(number):
    assert amount_of(number) == Decimal(number) / 10**6
    assert millionths(amount_of(number)) == number


@given(numbers)
def test_a_column_holds_the_exact_amounts(whole):
    column = decimals(np.array(whole, dtype=np.int64))
    assert column.type == MONEY
    assert column.to_pylist() == [Decimal(number) / 10**6 for number in whole]
    column.validate(full=True)


@given(st.lists(st.tuples(st.integers(-LARGEST, LARGEST), st.booleans()), max_size=20))
def test_what_is_not_told_is_null_and_counts_as_nothing(cells):
    whole, told = np.array([n for n, _ in cells], dtype=np.int64), np.array([t for _, t in cells], dtype=bool)
    column = decimals(whole, told)
    assert column.to_pylist() == [Decimal(n) / 10**6 if t else None for n, t in cells]
    assert as_millionths(column).tolist() == [n if t else 0 for n, t in cells]


@given(numbers, numbers, st.integers(0, 20), st.integers(0, 20))
def test_parts_and_chunks_of_columns_are_read_from_where_they_begin(first, second, start, length):
    parts = [decimals(np.array(part, dtype=np.int64)).slice(start, length) for part in (first, second)]
    expected = [part[start : start + length] for part in (first, second)]
    assert [as_millionths(part).tolist() for part in parts] == expected
    assert as_millionths(pa.chunked_array(parts, MONEY)).tolist() == [*expected[0], *expected[1]]


def test_what_is_given_may_be_changed():
    column = decimals(np.array([1, 2]))
    as_millionths(column)[0] = 99
    assert column.to_pylist() == [Decimal("0.000001"), Decimal("0.000002")]


@given(st.lists(st.integers(LARGEST - 10, LARGEST), min_size=20, max_size=30))
def test_a_sum_beyond_64_bits_is_exact(whole):
    assert total(np.array(whole, dtype=np.int64)) == total(whole) == sum(map(Decimal, whole)) > 2**63
