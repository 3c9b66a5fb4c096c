"""Spread an order's amount over its lines without losing a cent."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

ZERO = Decimal(0)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` in proportion to `weights` (none negative), the last line taking what rounding leaves.

    Shares have as many decimals as the total, two at least. Where all weights are 0 the last line takes all.
    The sum of the shares is the total, always.

    >>> spread(Decimal("10.00"), [Decimal(1), Decimal(1), Decimal(1)])
    [Decimal('3.33'), Decimal('3.33'), Decimal('3.34')]
    """
    whole = sum(weights, ZERO)
    if len(weights) == 1 or not total or not whole:
        return [ZERO] * (len(weights) - 1) + [total]
    step = Decimal(1).scaleb(min(int(total.as_tuple().exponent), -2))
    shares = [(total * weight / whole).quantize(step, ROUND_DOWN) for weight in weights[:-1]]
    return [*shares, total - sum(shares, ZERO)]
