"""Totals spread over lines, against the same done line by line in decimals."""

from decimal import ROUND_DOWN, Decimal, localcontext

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders._cells import spread

#: Below a trillion, in millionths: totals times weights pass 64 bits by far.
LARGEST = 10**18 - 1
totals = st.one_of(
    st.integers(-LARGEST, LARGEST),
    st.integers(LARGEST // 2, LARGEST),
    st.integers(-10_000, 10_000).map(lambda n: n * 10_000),
)
weights = st.one_of(st.just(0), st.integers(0, 10**8), st.integers(0, LARGEST))


def spread_in_decimals(total: int, parts: list[int]) -> list[int]:
    """Each line's proportional part rounded towards 0, to the cent where the total has whole cents."""
    with localcontext(prec=100):
        amount, whole = Decimal(total).scaleb(-6), sum(map(Decimal, parts))
        step = Decimal("0.01") if amount % Decimal("0.01") == 0 else Decimal("0.000001")
        with_all_digits = [amount * part / whole if whole else Decimal(0) for part in parts[:-1]]
        shares = [share.quantize(step, ROUND_DOWN) for share in with_all_digits]
        return [int(share.scaleb(6)) for share in [*shares, amount - sum(shares)]]


@given(st.lists(st.tuples(totals, st.lists(weights, max_size=6)), min_size=1, max_size=6), st.randoms())
def test_every_group_is_spread_as_in_decimals(groups, random):
    lines = [(number, weight) for number, (_, of_lines) in enumerate(groups) for weight in of_lines]
    random.shuffle(lines)  # groups need not stand together
    shares = spread(
        np.array([total for total, _ in groups], dtype=np.int64),
        np.array([number for number, _ in lines], dtype=np.intp),
        np.array([weight for _, weight in lines], dtype=np.int64),
    )
    for number, (total, of_lines) in enumerate(groups):
        here = [place for place, (group, _) in enumerate(lines) if group == number]
        if of_lines:
            expected = spread_in_decimals(total, [lines[place][1] for place in here])
            assert shares[here].tolist() == expected
            assert sum(expected) == total


def test_without_weights_the_last_line_takes_all():
    assert spread(np.array([-1]), np.array([0, 0, 0]), np.array([0, 0, 0])).tolist() == [0, 0, -1]


def test_weights_may_add_up_beyond_64_bits():
    shares = spread(np.array([12 * 10**6]), np.zeros(12, dtype=np.intp), np.full(12, LARGEST))
    assert shares.tolist() == [10**6] * 12


def test_a_cent_is_never_cut():
    shares = spread(np.array([10_000]), np.zeros(7, dtype=np.intp), np.ones(7, dtype=np.int64))
    assert shares.tolist() == [0, 0, 0, 0, 0, 0, 10_000]


def test_the_total_of_a_group_without_lines_is_left_out():
    assert spread(np.array([5, 7]), np.array([1]), np.array([3])).tolist() == [7]


def test_nothing_at_all():
    empty = np.array([], dtype=np.int64)
    assert spread(empty, empty.astype(np.intp), empty).tolist() == []
