"""Cohorts against a slow dictionary, other engines, and what a fall must not be mistaken for."""

import calendar
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.customers import retention_cohorts
from tests.customers.generated import DAYS, Line, as_orders, is_purchase, line, net, order_lines

Month = tuple[int, int]
Row = tuple[Any, ...]


def month(day: dt.date) -> Month:
    return day.year, day.month


def next_month(of: Month) -> Month:
    return (of[0] + of[1] // 12, of[1] % 12 + 1)


def last_day(of: Month) -> dt.date:
    return dt.date(*of, calendar.monthrange(*of)[1])


def slowly(lines: list[Line], until: dt.date | None) -> list[Row]:
    """The definitions word by word."""
    purchases = [told for told in lines if is_purchase(told)]
    known = [
        told
        for told in purchases
        if told["customer_key"] is not None and (until is None or told["ordered_on"] <= until)
    ]
    firsts: dict[str, tuple[dt.date, str]] = {}
    for told in known:
        place = (told["ordered_on"], told["channel"])
        firsts[told["customer_key"]] = min(place, firsts.get(told["customer_key"], place))
    counted = [told for told in known if told["channel"] == firsts[told["customer_key"]][1]]
    cohorts: dict[tuple[str, Month], list[Line]] = defaultdict(list)
    for told in counted:
        cohorts[told["channel"], month(firsts[told["customer_key"]][0])].append(told)

    rows = []
    for (channel, cohort), bought in sorted(cohorts.items()):
        end = until or max(told["ordered_on"] for told in purchases if told["channel"] == channel)
        currencies = {told["currency"] for told in counted if told["channel"] == channel}
        customers = len({told["customer_key"] for told in bought})
        age, then = 0, cohort
        while last_day(then) <= end:
            these = [told for told in bought if month(told["ordered_on"]) == then]
            buyers = len({told["customer_key"] for told in these})
            orders = len({(told["customer_key"], told["ordered_on"]) for told in these})
            money: tuple[Any, ...] = (None, None)
            if len(currencies) == 1:
                money = (sum(map(net, these), Decimal(0)), *currencies)
            first_day = dt.date(*cohort, 1)
            rows.append((channel, first_day, age, customers, buyers, buyers / customers, orders, *money))
            age, then = age + 1, next_month(then)
    return rows


def rows_of(cohorts: pd.DataFrame) -> list[Row]:
    missing_is_none = cohorts.astype(object).where(cohorts.notna(), None)
    return list(missing_is_none.itertuples(index=False, name=None))


some_purchase = order_lines().filter(lambda lines: any(map(is_purchase, lines)))
one_currency = some_purchase.map(lambda lines: [told | {"currency": "EUR"} for told in lines])
last_days = st.none() | st.dates(max(DAYS), max(DAYS) + dt.timedelta(days=62))


# ------------------------------------------------------------------ independent computation


@settings(max_examples=25)
@given(lines=some_purchase | one_currency, until=last_days)
def test_cohorts_are_the_definition_computed_slowly(lines: list[Line], until: dt.date | None) -> None:
    assert rows_of(retention_cohorts(as_orders(lines), until=until)) == slowly(lines, until)


@settings(max_examples=15)
@given(lines=one_currency, data=st.data())
def test_purchases_after_the_last_day_are_left_out(lines: list[Line], data: st.DataObject) -> None:
    first = min(told["ordered_on"] for told in lines if is_purchase(told))
    until = data.draw(st.dates(first, max(DAYS)))
    assert rows_of(retention_cohorts(as_orders(lines), until=until)) == slowly(lines, until)


ENGINES = {
    "pandas": lambda table: table.to_pandas(),
    "pandas of Arrow types": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pyarrow": lambda table: table,
    "Polars": pl.from_arrow,
    "Polars, lazy": lambda table: pl.from_arrow(table).lazy(),
    "DuckDB": duckdb.from_arrow,
}


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=3)
@given(lines=one_currency)
def test_engines_agree(engine: str, lines: list[Line]) -> None:
    found = retention_cohorts(ENGINES[engine](as_orders(lines).arrow), until="2025-02-28")
    pd.testing.assert_frame_equal(found, retention_cohorts(as_orders(lines), until="2025-02-28"))
    assert rows_of(found) == slowly(lines, dt.date(2025, 2, 28))


# ------------------------------------------------------------------ what must not look like a fall

JANUARY, FEBRUARY, MARCH = dt.date(2025, 1, 10), dt.date(2025, 2, 10), dt.date(2025, 3, 10)


def ages(*lines: Line, **settings: Any) -> list[tuple[int, int]]:
    found = retention_cohorts(as_orders(list(lines)), **settings)
    return list(zip(found["age"], found["buyers"], strict=True))


def test_a_month_that_is_cut_short_is_left_out() -> None:
    bought = [line(ordered_on=JANUARY), line(ordered_on=MARCH, customer_key=None)]
    assert ages(*bought) == [(0, 1), (1, 0)]
    assert ages(*bought, until="2025-03-30") == [(0, 1), (1, 0)]
    assert ages(*bought, until="2025-03-31") == [(0, 1), (1, 0), (2, 0)]


def test_a_channel_whose_file_ends_early_does_not_lose_its_customers() -> None:
    shop = [line(ordered_on=JANUARY), line(ordered_on=dt.date(2025, 1, 31), customer_key="bob")]
    bazaar = line(channel="Bazaar", customer_key="cem", ordered_on=dt.date(2025, 3, 31))
    assert ages(*shop, bazaar) == [(0, 1), (0, 2)]
    found = retention_cohorts(as_orders([*shop, bazaar]))
    assert list(found["channel"]) == ["Bazaar", "Own store"]


def test_purchases_on_another_channel_than_the_first_are_not_counted() -> None:
    bought = [line(ordered_on=JANUARY), line(ordered_on=FEBRUARY, channel="Bazaar")]
    assert ages(*bought, until="2025-02-28") == [(0, 1), (1, 0)]


def test_of_two_channels_on_the_first_day_the_first_by_name_is_taken() -> None:
    both = [line(ordered_on=JANUARY), line(ordered_on=JANUARY, channel="Bazaar")]
    found = retention_cohorts(as_orders(both), until="2025-01-31")
    assert list(found["channel"]) == ["Bazaar"]


def test_money_in_two_currencies_is_not_added_up() -> None:
    bought = [line(ordered_on=JANUARY), line(ordered_on=FEBRUARY, currency="USD")]
    elsewhere = line(ordered_on=JANUARY, channel="Bazaar", customer_key="bob", currency="USD")
    found = retention_cohorts(as_orders([*bought, elsewhere]), until="2025-02-28")
    assert found.groupby("channel")["revenue"].count().to_dict() == {"Bazaar": 2, "Own store": 0}
    assert found.groupby("channel")["currency"].count().to_dict() == {"Bazaar": 2, "Own store": 0}
    assert list(found["orders"]) == [1, 0, 1, 1]


def test_revenue_is_exact_where_floats_are_not() -> None:
    bought = [line(ordered_on=JANUARY, item_value=Decimal(value)) for value in ("123456789012.34", "0.01")]
    taken_back = line(ordered_on=JANUARY, item_value=Decimal("0.01"), refund=Decimal("123456789012.34"))
    found = retention_cohorts(as_orders([*bought, taken_back]), until="2025-01-31")
    assert found["revenue"].tolist() == [Decimal("0.02")]


def test_a_table_of_another_kind_has_revenue_of_its_own_type() -> None:
    table = pd.DataFrame(
        {"customer_key": [1, 1], "shop": "A", "ordered_on": [JANUARY, FEBRUARY], "value": [5, 7]}
    )
    found = retention_cohorts(table, by="shop", until="2025-02-28")
    assert found["revenue"].tolist() == [5, 7]
    assert list(found) == ["shop", "cohort", "age", "customers", "buyers", "share", "orders", "revenue"]
    floats = retention_cohorts(table.astype({"value": float}), by="shop", until="2025-02-28")
    assert str(floats["revenue"].dtype) == "double[pyarrow]"


@pytest.mark.parametrize("nobody", [{"customer_key": None}, {"ordered_on": JANUARY}])
def test_without_keys_or_complete_months_there_is_no_row(nobody: Line) -> None:
    found = retention_cohorts(as_orders([line(**nobody)]))
    assert found.empty
    full = retention_cohorts(as_orders([line()]), until="2025-01-31")
    assert list(found) == list(full)


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("change", "settings", "says"),
    [
        ({"channel": [None]}, {}, r"holds purchase lines without a channel: expected none"),
        ({}, {"by": "shop"}, r"no column shop: it holds .*Add the column"),
        ({}, {"by": "customer_key"}, r"by names customer_key, which is taken: expected another"),
        ({}, {"until": "31.12.2025"}, r"until is '31\.12\.2025': expected a date"),
        ({}, {"until": "2025-01-09"}, r"until is 2025-01-09, before the first purchase on 2025-01-10"),
        ({"value": ["5"]}, {}, r"column value is of type String: expected numbers"),
        ({"ordered_on": [None]}, {}, r"column ordered_on is of type|holds no purchase"),
    ],
)
def test_mistakes_are_answered_in_sentences(
    change: dict[str, Any], settings: dict[str, Any], says: str
) -> None:
    columns = {"customer_key": ["ann"], "channel": ["A"], "ordered_on": [JANUARY], "value": [5.0]}
    with pytest.raises(ValueError, match=says):
        retention_cohorts(pa.table(columns | change), **settings)
