"""What makes customers come back, on customers made with hazard ratios that are known."""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ownchannel.customers import Effect, HazardRatio, ReturnDrivers, return_drivers
from tests.customers.generated import Line, OrdersInMemory, as_orders, line

START, END = dt.date(2024, 1, 1), dt.date(2025, 12, 31)

#: By the name of the effect; others than B are as A.
TRUTH = {"channel: Own store": 1.8, "discount": 0.8, "value": 1.25, "product: B": 1.5, "days_to_deliver": 0.9}


def made(customers: int, seed: int) -> tuple[list[Line], pd.DataFrame]:
    """First and second orders whose hazard is the product of the ratios / 400 a day, and days to deliver."""
    rng = np.random.default_rng(seed)
    lines, delivered = [], {}
    for number in range(customers):
        owned, discount = bool(rng.random() < 0.4), Decimal(int(rng.choice([0, 10, 20])))
        cents, days = int(2_000 * 2 ** rng.normal()) + 1, int(rng.integers(1, 8))
        product = str(rng.choice(["A", "B", "C", "D", "E"], p=[0.5, 0.4, 0.04, 0.03, 0.03]))
        value = Decimal(cents) / 100
        logs = [
            owned * math.log(1.8),
            float(discount) / 10 * math.log(0.8),
            math.log2(value) * math.log(1.25),
            (product == "B") * math.log(1.5),
            days * math.log(0.9),
        ]
        wait = math.ceil(rng.exponential(400 / math.exp(sum(logs))))
        first = START + dt.timedelta(days=int(rng.integers(0, 730)))
        told = {
            "customer_key": f"c{number}",
            "channel": "Own store" if owned else "Marketplace",
            "sku": product,
        }
        lines.append(line(**told, ordered_on=first, item_value=value, discount=value * discount / 100))
        if first + dt.timedelta(days=wait) <= END:
            lines.append(line(**told, ordered_on=first + dt.timedelta(days=wait)))
        delivered[f"c{number}"] = days
    return lines, pd.DataFrame({"days_to_deliver": delivered})


@pytest.fixture(scope="module")
def brand() -> tuple[OrdersInMemory, pd.DataFrame]:
    lines, delivered = made(2_500, seed=20260403)
    return as_orders(lines), delivered


@pytest.fixture(scope="module")
def found(brand: tuple[OrdersInMemory, pd.DataFrame]) -> ReturnDrivers:
    orders, delivered = brand
    return return_drivers(orders, further=delivered, until=END)


def test_known_ratios_lie_within_their_intervals(found: ReturnDrivers) -> None:
    by_name = found.table.set_index("name")
    assert set(by_name.index) == {*TRUTH, "product: other products"}
    for name, ratio in TRUTH.items():
        assert by_name.loc[name, "lower"] < ratio < by_name.loc[name, "upper"]
        assert by_name.loc[name, "p"] < 0.001
        assert by_name.loc[name, "upper"] / by_name.loc[name, "lower"] < 1.5
    others = by_name.loc["product: other products"]
    assert others["lower"] < 1 < others["upper"]
    assert found.customers == 2_500
    assert found.unsteady == ()


def test_result_reads_as_sentences(found: ReturnDrivers) -> None:
    told = str(found).splitlines()
    assert told[0] == f"{found.returned:,} of 2,500 customers returned."
    assert told[2].startswith("Customers with 10 percentage points more discount on the first order return ")
    assert "% less often (95% range " in told[2]
    assert len(told) == 1 + len(found.effects)


@pytest.mark.parametrize(
    ("ratio", "lower", "upper", "says"),
    [
        (0.88, 0.82, 0.95, "They return 12% less often (95% range 5% to 18%)."),
        (1.25, 1.1, 1.42, "They return 25% more often (95% range 10% to 42%)."),
        (2.3, 1.9, 2.8, "They return 2.3 times as often (95% range 1.9 to 2.8 times)."),
        (
            1.05,
            0.95,
            1.16,
            "They return about as often, as far as the orders show (95% range 5% less to 16% more).",
        ),
    ],
)
def test_effects_in_words(ratio: float, lower: float, upper: float, says: str) -> None:
    assert str(Effect("They", HazardRatio("x", ratio, lower, upper, 0.5, 0.5))) == says


def test_unsteady_effects_are_named_with_room_for_chance() -> None:
    effects = tuple(
        Effect("They", HazardRatio(name, 2, 1, 3, 0, p)) for name, p in [("a", 0.01), ("b", 0.03)]
    )
    result = ReturnDrivers(effects, 10, 5, ("A remark.",))
    assert result.unsteady == ("a",)
    assert str(result).endswith("Only an average, for it changes with time: a.\nA remark.")


# ------------------------------------------------------------------ what is left out


def test_a_channel_with_few_returns_is_left_out_and_named(
    brand: tuple[OrdersInMemory, pd.DataFrame],
) -> None:
    lines = brand[0].arrow.to_pylist()
    lines += [line(customer_key=f"new {n}", channel="Bazaar", ordered_on=START) for n in range(20)]
    days = [START + dt.timedelta(days=20 + 20 * n) for n in range(10)]
    again = [line(customer_key=f"new {n}", channel="Bazaar", ordered_on=day) for n, day in enumerate(days)]
    result = return_drivers(as_orders(lines + again[:9]), drivers=["channel"], until=END)
    assert result.remarks == ("Bazaar is left out: 9 of these customers returned, and 10 are needed.",)
    assert result.customers == 2_500
    enough = return_drivers(as_orders(lines + again), drivers=["channel"], until=END)
    assert "channel: Bazaar" in set(enough.table["name"])


def test_what_does_not_differ_is_left_out_and_named(brand: tuple[OrdersInMemory, pd.DataFrame]) -> None:
    zero = [told | {"discount": Decimal(0)} for told in brand[0].arrow.to_pylist()]
    result = return_drivers(as_orders(zero), drivers=["discount", "value"], until=END)
    assert result.table["name"].tolist() == ["value"]
    assert result.remarks == ("discount is the same for all customers and left out.",)


def test_customers_without_a_further_number_are_left_out_and_counted(
    brand: tuple[OrdersInMemory, pd.DataFrame],
) -> None:
    orders, delivered = brand
    result = return_drivers(orders, drivers=["channel"], further=delivered.iloc[:2_400], until=END)
    assert result.customers == 2_400
    assert result.remarks == ("100 customers without days_to_deliver left out.",)


def test_main_product_of_the_first_day_is_the_one_of_most_value() -> None:
    lines = []
    for number in range(60):
        main, other = "M" if number % 2 else "N", "A"
        told = {"customer_key": f"c{number:02}", "ordered_on": START}
        lines += [
            line(**told, sku=main, item_value=Decimal(9)),
            line(**told, sku=other, item_value=Decimal(5)),
        ]
        lines += [line(**told, sku=other, item_value=Decimal(3))]
        again = START + dt.timedelta(days=1 + number)
        lines += [line(customer_key=f"c{number:02}", ordered_on=again)] if number % 3 else []
    # By name M comes first of products as frequent, so that N is compared with it.
    result = return_drivers(as_orders(lines), drivers=["product"], until=END)
    assert result.table["name"].tolist() == ["product: N"]
    assert "mainly N, compared with M, return" in str(result)


# ------------------------------------------------------------------ mistakes


def two_orders(number: int, **told: Any) -> list[Line]:
    key = {"customer_key": f"c{number}"}
    return [
        line(**key, ordered_on=START, **told),
        line(**key, ordered_on=START + dt.timedelta(days=number + 1), **told),
    ]


FEW = [told for n in range(9) for told in two_orders(n, item_value=Decimal(n + 1))]
MANY = [told for n in range(40) for told in two_orders(n, item_value=Decimal(n + 1))]


@pytest.mark.parametrize(
    ("lines", "settings", "says"),
    [
        (FEW, {"drivers": ["value"]}, r"Only 9 customers returned, too few for 1 coefficient \(value\)"),
        (MANY, {"drivers": ["price"]}, r"drivers holds price: expected some of channel, discount, value and"),
        (MANY, {"drivers": ["channel"]}, r"No driver is left that differs between customers"),
        (MANY, {"product": "asin"}, r"no column asin: it holds"),
        (
            [told | {"currency": "USD" if n % 4 < 2 else "EUR"} for n, told in enumerate(MANY)],
            {},
            r"First orders are in EUR and USD: expected one currency",
        ),
        (
            MANY,
            {"further": pd.DataFrame({"value": [1.0]}, index=["c1"])},
            r"further holds value: expected columns of numbers with names of their own",
        ),
        (
            MANY,
            {"further": pd.DataFrame({"speed": ["fast"]}, index=["c1"])},
            r"further holds speed: expected columns of numbers",
        ),
        (
            MANY,
            {"further": pd.DataFrame({"speed": [1.0, 2.0]}, index=["c1", "c1"])},
            r"further holds speed: expected .* one row a customer",
        ),
    ],
)
def test_mistakes_are_answered_in_sentences(lines: list[Line], settings: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        return_drivers(as_orders(lines), **settings)


def test_value_is_for_twice_as_much() -> None:
    lines = [told for n in range(40) for told in two_orders(n, item_value=Decimal(10 + 10 * (n * n % 3)))]
    twice = pd.DataFrame({"twice": {f"c{n}": float(n * n % 3) for n in range(40)}})
    (value,) = return_drivers(as_orders(lines), drivers=["value"], until=END).effects
    (dummy,) = return_drivers(as_orders(lines), drivers=[], further=twice, until=END).effects
    assert value.hazard.ratio == pytest.approx(dummy.hazard.ratio, rel=1e-9)


def test_products_sold_on_one_channel_only_cannot_be_told_from_it() -> None:
    channels = [{"channel": name, "sku": name} for name in ("Marketplace", "Own store")]
    lines = [told for n in range(60) for told in two_orders(n, **channels[n % 2])]
    with pytest.raises(ValueError, match="channel: Own store and product: Own store cannot be separated"):
        return_drivers(as_orders(lines), drivers=["channel", "product"])
