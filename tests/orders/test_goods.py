"""What goods cost, against counting unit by unit: price lists, the oldest batch first, moving averages."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.files import MONEY

# inside: small tables, without a file for each
from ownchannel.orders._goods import goods_costs


class Cost(NamedTuple):
    sku: str
    day: int | None
    unit_cost: Decimal
    units: int | None = None


class Sale(NamedTuple):
    sku: str
    day: int
    units: int


START = date(2026, 3, 1)


def on(day: int | None) -> date | None:
    return None if day is None else START + timedelta(day)


def costed(sold: list[Sale], costs: list[Cost], costing: str = "average") -> list[Decimal | None]:
    def table(rows: list[Any], **further: pa.Array) -> pa.Table:
        columns = {
            "sku": pa.array([row.sku for row in rows], pa.string()),
            "currency": pa.array(["USD"] * len(rows), pa.string()),
            "day": pa.array([on(row.day) for row in rows], pa.date32()),
            "units": pa.array([row.units for row in rows], pa.float64()),
        }
        return pa.table(columns | further)

    prices = pa.array([cost.unit_cost for cost in costs], MONEY)
    found = goods_costs(table(sold), table(costs, unit_cost=prices), costing)  # type: ignore[arg-type]
    return found.to_pylist()


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("costing", "expected"),
    [
        # Of the 8 sold on day 6 four are of the first batch; on day 8 one of the second is left.
        ("fifo", [None, "24", "40", "30", "46"]),
        # From day 5 there are 4 at 4 and 10 at 6: 76 / 14 each; from day 8 one of them and 10 at 8.
        ("average", [None, "24", "43.428571", "27.142857", "46.597403"]),
    ],
)
def test_batches_by_hand(costing: str, expected: list[str | None]) -> None:
    batches = [Cost("A", 1, Decimal(4), 10), Cost("A", 5, Decimal(6), 10), Cost("A", 8, Decimal(8), 10)]
    sold = [Sale("A", 0, 3), Sale("A", 2, 6), Sale("A", 6, 8), Sale("A", 7, 5), Sale("A", 8, 6)]
    assert costed(sold, batches, costing) == [None if each is None else Decimal(each) for each in expected]


def test_a_price_holds_until_the_next_and_nobody_knows_other_items() -> None:
    prices = [Cost("A", 5, Decimal("4.40")), Cost("A", None, Decimal(4)), Cost("B", 3, Decimal(9))]
    sold = [Sale("A", 4, 1), Sale("A", 5, 2), Sale("B", 2, 1), Sale("B", 3, 0), Sale("C", 9, 1)]
    assert costed(sold, prices) == [Decimal(4), Decimal("8.80"), None, Decimal(0), None]


# ---------------------------------------------------------------- unit by unit


def by_price(sold: list[Sale], costs: list[Cost]) -> list[Fraction | None]:
    def of(sale: Sale) -> Fraction | None:
        days = {cost.day if cost.day is not None else -99: cost for cost in costs if cost.sku == sale.sku}
        past = [day for day in days if day <= sale.day]
        return sale.units * Fraction(days[max(past)].unit_cost) if past else None

    return [of(sale) for sale in sold]


def by_unit(sold: list[Sale], costs: list[Cost]) -> list[Fraction | None]:
    """A queue with an entry for every unit."""
    queues = {
        sku: [Fraction(c.unit_cost) for c in in_time(costs) if c.sku == sku for _ in range(c.units or 0)]
        for sku in "AB"
    }
    last = {sku: queue[-1] for sku, queue in queues.items() if queue}
    found: list[Fraction | None] = []
    for sale in sold:
        begins = [cost.day for cost in costs if cost.sku == sale.sku and cost.day is not None]
        if not begins or sale.day < min(begins):
            found.append(None)
            continue
        taken = [queues[sale.sku].pop(0) if queues[sale.sku] else last[sale.sku] for _ in range(sale.units)]
        found.append(sum(taken, Fraction(0)))
    return found


def by_average(sold: list[Sale], costs: list[Cost]) -> list[Fraction | None]:
    """A stock that is valued anew after every event."""
    found: dict[int, Fraction | None] = {}
    for sku in "AB":
        came = [(cost.day or 0, 0, cost) for cost in in_time(costs) if cost.sku == sku]
        went = [(sale.day, 1, at) for at, sale in enumerate(sold) if sale.sku == sku]
        stock, average = 0, None
        for _, _, event in sorted(came + went, key=lambda each: each[:2]):  # type: ignore[operator]
            if isinstance(event, Cost):
                value = stock * (average or Fraction(0)) + (event.units or 0) * Fraction(event.unit_cost)
                stock += event.units or 0
                average = value / stock
            else:
                units = sold[event].units
                found[event] = None if average is None else units * average
                stock = max(stock - units, 0) if average is not None else 0
    return [found[at] for at in range(len(sold))]


def in_time(costs: list[Cost]) -> list[Cost]:
    return sorted(costs, key=lambda cost: cost.day or 0)


days, amounts = st.integers(0, 9), st.decimals(0, 50, places=2)
sales = st.lists(st.builds(Sale, st.sampled_from("AB"), days, st.integers(0, 6)), max_size=12).map(
    lambda all_: sorted(all_, key=lambda sale: sale.day)
)
prices = st.lists(
    st.builds(Cost, st.sampled_from("AB"), days | st.none(), amounts, st.none()),
    max_size=6,
    unique_by=lambda cost: (cost.sku, cost.day),
)
batches = st.lists(
    st.builds(Cost, st.sampled_from("AB"), days, amounts, st.integers(1, 9)), min_size=1, max_size=6
)
Slow = Callable[[list[Sale], list[Cost]], list[Fraction | None]]


@pytest.mark.parametrize(
    ("costing", "costs", "slow"),
    [("average", prices, by_price), ("fifo", batches, by_unit), ("average", batches, by_average)],
)
def test_costs_are_those_of_a_slow_count(
    costing: str, costs: st.SearchStrategy[list[Cost]], slow: Slow
) -> None:
    @given(sales, costs)
    def agrees(sold: list[Sale], given_costs: list[Cost]) -> None:
        fast, exact = costed(sold, given_costs, costing), slow(sold, given_costs)
        assert [each is None for each in fast] == [each is None for each in exact]
        pairs = [(a, b) for a, b in zip(fast, exact, strict=True) if a is not None and b is not None]
        assert all(abs(Fraction(a) - b) <= Fraction(1, 1_000_000) for a, b in pairs)

    agrees()


@pytest.mark.parametrize(
    "costs", [Cost("A", None, Decimal("0.333333")), Cost("A", 0, Decimal("0.333333"), 9)]
)
@pytest.mark.parametrize("costing", ["average", "fifo"])
def test_half_a_millionth_is_rounded_up(costs: Cost, costing: str) -> None:
    sold = [Sale("A", 1, 1.5)]  # type: ignore[arg-type]  # sold by weight
    assert costed(sold, [costs], costing) == [Decimal("0.5")]


def test_shares_of_the_oldest_batches_add_up_to_what_these_cost() -> None:
    batch = [Cost("A", 0, Decimal("0.333333"), 7)]
    shares = costed([Sale("A", 1, 2), Sale("A", 2, 2), Sale("A", 3, 3)], batch, "fifo")
    assert sum(filter(None, shares)) == 7 * batch[0].unit_cost
