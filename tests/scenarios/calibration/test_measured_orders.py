"""What orders tell, on orders whose sums are plain, and intervals against repeated draws."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from ownchannel.orders import Orders

# inside: one channel's orders alone, without the fits of a calibration
from ownchannel.scenarios._observed import MeasuredNumber, Observed, measured_orders, observed_channels, ratio
from tests.scenarios.brands import orders_on


def shop(orders: Orders) -> Observed:
    return observed_channels(orders, "USD")["Shop"]


def days(number: int, first: str = "2025-01-01") -> pd.Series:
    return pd.Series(pd.date_range(first, periods=number))


def orders(number: int = 300, **told: object) -> Orders:
    return orders_on(days(number), pd.Series(range(number)), **told)


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says():
    generator, hits = np.random.default_rng(1), 0
    for _ in range(1_000):
        value = generator.gamma(2.0, 25.0, 400)
        back = value * (generator.random(400) < 0.06)
        found = ratio(back, value, "orders")
        hits += found.low < 0.06 < found.high
    assert 930 <= hits <= 970


def test_plain_orders_have_plain_numbers():
    found = measured_orders(
        shop(
            orders(
                kind="marketplace", fee=Decimal(9), fulfilment=Decimal(3), shipping=Decimal(5), quantity=2.0
            )
        )
    )
    values = {name: measured.value for name, measured in found.items()}
    assert values == pytest.approx(
        {"order_value": 45, "units_per_order": 2, "fee_rate": 6 / 45, "fulfilment_cost": 3}
    )


def test_goods_cost_what_files_say_and_the_others_the_same_share_of_their_price():
    """Of every third order the goods are not known, and these are the large ones: as if all cost 30%."""
    found = orders(item_value=Decimal(40), goods=Decimal(12))
    lines = found.arrow.to_pandas()
    is_large = lines.index % 3 == 0
    lines.loc[is_large, ["item_value", "goods"]] = Decimal(60), None
    part = replace(found, arrow=pa.Table.from_pandas(lines, found.arrow.schema))
    whole, some = (measured_orders(shop(each))["goods_cost"] for each in (found, part))
    assert (whole.value, some.value) == pytest.approx((12, (2 * 12 + 18) / 3), abs=0.03)
    assert "43% of sales are taken to cost the same share of their price" in some.source
    assert "taken to cost" not in whole.source


def test_goods_of_less_than_half_the_sales_show_nothing():
    found = orders(item_value=Decimal(40), goods=Decimal(12))
    lines = found.arrow.to_pandas()
    lines.loc[lines.index % 5 > 1, "goods"] = None
    little = replace(found, arrow=pa.Table.from_pandas(lines, found.arrow.schema))
    assert "goods_cost" not in measured_orders(shop(little))
    assert "goods_cost" not in measured_orders(shop(orders()))


def test_an_own_stores_fee_is_the_cards():
    found = measured_orders(shop(orders(fee=Decimal("1.46"))))
    assert found["payment_rate"].value == pytest.approx(1.46 / 40)
    assert found["payment_fixed"].value == 0
    assert "fee_rate" not in found


def test_young_orders_tell_no_returns():
    number = 300
    refunds = [Decimal(10)] * (number - 61) + [Decimal(0)] * 61
    table = orders(number).arrow
    at = table.schema.get_field_index("refund")
    field = table.schema.field("refund")
    told = Orders(table.set_column(at, field, pa.array(refunds, field.type)), orders(1).report)
    # The last day may be cut off, and the 60 days before it are too young.
    assert measured_orders(shop(told))["return_rate"].value == pytest.approx(0.25)


def test_few_orders_and_untold_fields_are_left_to_the_user():
    assert measured_orders(shop(orders(29))) == {}
    assert sorted(measured_orders(shop(orders()))) == ["order_value", "units_per_order"]


def test_observation_ends_a_week_before_the_last_day_that_is_surely_whole():
    its = shop(orders(300))
    assert (its.first, its.end) == (dt.date(2025, 1, 1), dt.date(2025, 10, 27) - dt.timedelta(days=8))
    assert its.whole_months() == 9
    assert shop(orders_on(days(304), pd.Series(range(304)))).whole_months() == 10
    assert observed_channels(orders(20), "USD") == {}
    assert observed_channels(orders(), "EUR") == {}


def test_two_orders_have_an_interval_and_one_has_none():
    two = ratio(np.array([10.0, 20.0]), np.array([100.0, 100.0]), "two orders")
    # Cochran by hand: error = sqrt(2 · (5² + 5²)) / 200 = 0.05, a third of 0.15; t with 1 degree is 12.706.
    assert two.high / two.value == pytest.approx(np.exp(12.7062047 / 3), rel=1e-6)
    assert two.value / two.low == pytest.approx(np.exp(12.7062047 / 3), rel=1e-6)
    one = ratio(np.array([10.0]), np.array([100.0]), "one order")
    assert (one.value, np.isnan(one.low), np.isnan(one.high)) == (0.1, True, True)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-01-01", "2026-03-30", 3),
        ("2026-01-03", "2026-03-30", 3),
        ("2026-01-04", "2026-03-30", 2),
        ("2026-01-01", "2026-03-29", 2),
        ("2026-01-20", "2026-01-28", 0),
    ],
)
def test_a_month_counts_whole_from_its_third_day_to_the_last_but_one(first, last, months):
    day = dt.date.fromisoformat
    observed = Observed("Shop", "owned", pd.DataFrame(), day(first), day(last))
    assert observed.whole_months() == months
    assert observed.whole_months(day("2026-03-04")) == 0


def test_a_measured_number_is_multiplied_with_its_interval_and_never_falls_below_zero():
    assert MeasuredNumber(2.0, 1.0, 4.0, "x").times(3.0) == MeasuredNumber(6.0, 3.0, 12.0, "x")
    assert MeasuredNumber(2.0, 1.0, 4.0, "x").less(1.5) == MeasuredNumber(0.5, 0.0, 2.5, "x")
