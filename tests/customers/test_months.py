"""Months by channel against a plain computation of the same definitions, and sums against the table's."""

import datetime as dt
from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings

from ownchannel.customers import channel_months
from ownchannel.files import MONEY
from ownchannel.orders import TABLE
from tests.customers.generated import Line, as_orders, is_purchase, is_sale, line, net, order_lines

Group = tuple[dt.date, str, str, str]

MONEY_COLUMNS = (
    "item_value",
    "discount",
    "refund",
    "shipping",
    "fee",
    "fulfilment",
    "goods",
    "net_value",
    "fee_base_told",
    "goods_base_told",
)
COUNTS = ("orders_sent", "identified_orders", "first_orders", "repeat_orders", "new_customers")
COLUMNS = {
    "month": pa.date32(),
    **dict.fromkeys(("channel", "kind", "currency"), pa.string()),
    "orders": pa.int64(),
    "units": pa.float64(),
    **dict.fromkeys(MONEY_COLUMNS, MONEY),
    **dict.fromkeys(("fee_lines", "lines", *COUNTS), pa.int64()),
}
NUMBERS = list(COLUMNS)[4:]


def group_of(told: Line) -> Group:
    return told["ordered_on"].replace(day=1), told["channel"], told["kind"], told["currency"]


def slowly(lines: list[Line]) -> dict[Group, Counter[str]]:
    """Every number of the table by its definition, one line and one order after another."""
    found: dict[Group, Counter[str]] = defaultdict(Counter)
    for told in filter(is_sale, lines):
        sums = found[group_of(told)]
        for name in ("item_value", "discount", "refund", "shipping"):
            sums[name] += told[name]
        sums["net_value"] += net(told)
        sums["lines"] += 1
        if told["fee"] is not None:
            sums["fee"] += told["fee"]
            sums["fee_lines"] += 1
            sums["fee_base_told"] += net(told) + told["shipping"]
        sums["fulfilment"] += told["fulfilment"] or 0
        if told["goods"] is not None:
            sums["goods"] += told["goods"]
            sums["goods_base_told"] += told["item_value"]
        if is_purchase(told):
            sums["units"] += told["quantity"]
    orders = {(told["channel"], told["order_id"]): told for told in filter(is_purchase, lines)}
    sent = {(told["channel"], told["order_id"]) for told in filter(is_purchase, lines) if told["fulfilment"]}
    seen: set[Any] = set()
    for order in sorted(
        orders.values(), key=lambda told: (told["ordered_at"], told["order_id"], *group_of(told))
    ):
        counts, customer = found[group_of(order)], order["customer_key"]
        counts["orders"] += 1
        counts["orders_sent"] += (order["channel"], order["order_id"]) in sent
        if customer is None:
            continue
        on_channel = (order["channel"], customer)
        counts["identified_orders"] += 1
        counts["repeat_orders" if on_channel in seen else "first_orders"] += 1
        counts["new_customers"] += customer not in seen
        seen |= {customer, on_channel}
    return found


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    return [day.date() for day in pd.date_range(first, last, freq="MS")]


@settings(max_examples=40)
@given(lines=order_lines())
def test_months_are_the_definitions_computed_slowly(lines: list[Line]) -> None:
    found = channel_months(as_orders(lines))
    expected = slowly(lines)
    groups = set()
    for channel in {group[1] for group in expected}:
        its = [group for group in expected if group[1] == channel]
        span = months_between(min(its)[0], max(its)[0])
        groups |= {(month, *sold) for month in span for _, *sold in its}
    rows = {
        (row["month"], row["channel"], row["kind"], row["currency"]): row for row in found.to_dict("records")
    }
    assert list(rows) == sorted(groups)
    for group, row in rows.items():
        counted = {name: row[name] for name in NUMBERS}
        assert counted == {name: expected[group][name] for name in NUMBERS}


@settings(max_examples=20)
@given(lines=order_lines())
def test_sums_are_the_tables_own_to_the_cent_in_each_currency(lines: list[Line]) -> None:
    found = channel_months(as_orders(lines))
    for currency in ("EUR", "USD"):
        sold = [told for told in lines if is_sale(told) and told["currency"] == currency]
        its = found[found["currency"] == currency]
        for name in ("item_value", "discount", "refund", "shipping"):
            assert sum(its[name], Decimal(0)) == sum((told[name] for told in sold), Decimal(0))
        assert sum(its["net_value"], Decimal(0)) == sum(map(net, sold), Decimal(0))


@settings(max_examples=10)
@given(lines=order_lines())
def test_every_identified_order_is_a_first_or_a_repeat_one(lines: list[Line]) -> None:
    found = channel_months(as_orders(lines))
    assert (found["first_orders"] + found["repeat_orders"] == found["identified_orders"]).all()
    assert (found["identified_orders"] <= found["orders"]).all()
    customers = {told["customer_key"] for told in lines if is_purchase(told)} - {None}
    assert found["new_customers"].sum() == len(customers)


def test_a_month_of_refunds_alone_gives_money_back_without_an_order() -> None:
    refund = line(order_id="9", ordered_on=dt.date(2025, 3, 2), item_value=Decimal(0), refund=Decimal("4.99"))
    found = channel_months(as_orders([line(), refund]))
    assert list(found["month"]) == [dt.date(2025, 1, 1), dt.date(2025, 2, 1), dt.date(2025, 3, 1)]
    assert list(found["orders"]) == [1, 0, 0]
    assert list(found["units"]) == [1, 0, 0]
    assert list(found["net_value"]) == [Decimal(10), Decimal(0), Decimal("-4.99")]


def test_a_customer_whom_another_channel_has_is_first_but_not_new() -> None:
    later = line(channel="Second store", ordered_on=dt.date(2025, 1, 20))
    found = channel_months(as_orders([later, line()])).set_index("channel")
    assert found["first_orders"].to_dict() == {"Own store": 1, "Second store": 1}
    assert found["new_customers"].to_dict() == {"Own store": 1, "Second store": 0}


def test_result_keeps_the_types_that_can_be_computed_with() -> None:
    found = channel_months(as_orders([line(), line(ordered_on=dt.date(2025, 3, 1))]))
    assert dict(found.dtypes) == {name: pd.ArrowDtype(kind) for name, kind in COLUMNS.items()}
    assert list(found["item_value"] - found["discount"] - found["refund"]) == list(found["net_value"])


def test_no_sale_gives_no_row_and_every_column() -> None:
    found = channel_months(as_orders([line(status="cancelled")]))
    assert (len(found), list(found)) == (0, list(COLUMNS))


@pytest.mark.parametrize("engine", [duckdb.from_arrow, pl.from_arrow, lambda table: table.to_pandas()])
@settings(max_examples=5)
@given(lines=order_lines())
def test_engines_agree(engine: Any, lines: list[Line]) -> None:
    orders = as_orders(lines)
    expected, found = channel_months(orders), channel_months(engine(orders.arrow))
    assert found.to_dict("records") == expected.to_dict("records")


def test_mistakes_are_answered_in_sentences() -> None:
    table = as_orders([line()]).arrow
    with pytest.raises(ValueError, match=r"orders has no column currency, fee: it holds order_id"):
        channel_months(table.drop_columns(["fee", "currency"]))
    nameless = table.to_pandas().assign(channel=None)
    with pytest.raises(ValueError, match=r"without ordered_on, channel, kind or currency: expected all four"):
        channel_months(nameless)


def test_generated_tables_have_the_schema() -> None:
    assert as_orders([line()]).arrow.schema == TABLE
