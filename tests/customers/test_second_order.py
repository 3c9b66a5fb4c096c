"""The wait for the second order against published numbers, a slow dictionary, and other engines."""

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.customers import time_to_second_order

# inside: each customer's wait, from which the curves are made
from ownchannel.customers._second_order import waits_for_second_order
from tests.customers.generated import DAYS, Line, as_orders, is_purchase, line, order_lines
from tests.oracles import freireich

FIRST = dt.date(2025, 1, 10)


def later(days: int) -> dt.date:
    return FIRST + dt.timedelta(days=days)


def slowly(lines: list[Line], until: dt.date | None) -> list[tuple[Any, ...]]:
    """The definition word by word."""
    purchases = [told for told in lines if is_purchase(told)]
    seen = [told for told in purchases if until is None or told["ordered_on"] <= until]
    rows = []
    for key in sorted({told["customer_key"] for told in seen} - {None}):
        theirs = [told for told in seen if told["customer_key"] == key]
        first, channel = min((told["ordered_on"], told["channel"]) for told in theirs)
        again = [
            told["ordered_on"] for told in theirs if told["channel"] == channel and told["ordered_on"] > first
        ]
        end = until or max(told["ordered_on"] for told in purchases if told["channel"] == channel)
        rows.append((key, channel, (min(again, default=end) - first).days, bool(again)))
    return rows


def rows_of(waits: pd.DataFrame) -> list[tuple[Any, ...]]:
    return list(waits.itertuples(index=False, name=None))


some_purchase = order_lines().filter(lambda lines: any(map(is_purchase, lines)))


def test_freireich_as_purchases_on_two_channels() -> None:
    """Who relapsed bought again after so many days; the others bought so many days before the end."""
    lines = []
    end = later(40)
    for number, (days, back, placebo) in enumerate(
        zip(freireich.WEEKS, freireich.RELAPSED, freireich.IN_PLACEBO, strict=True)
    ):
        told = {"customer_key": str(number), "channel": "Placebo" if placebo else "Treated"}
        start = FIRST if back else end - dt.timedelta(days=days)
        lines += [line(**told, ordered_on=start)]
        lines += [line(**told, ordered_on=later(days))] if back else []
    found = time_to_second_order(as_orders(lines), until=end)
    curve = found.curves["Treated"].table.iloc[1:]
    assert dict(zip(curve["days"], 1 - curve["share"], strict=True)) == pytest.approx(
        freireich.SURVIVAL, abs=5e-4
    )
    assert found.curves["Placebo"].median == freireich.MEDIANS["placebo"]
    assert found.log_rank is not None
    assert found.log_rank.statistic == pytest.approx(freireich.LOG_RANK, abs=5e-3)


@settings(max_examples=25)
@given(lines=some_purchase, until=st.none() | st.dates(max(DAYS), max(DAYS) + dt.timedelta(days=40)))
def test_waits_are_the_definition_computed_slowly(lines: list[Line], until: dt.date | None) -> None:
    assert rows_of(waits_for_second_order(as_orders(lines), until=until)) == slowly(lines, until)


@settings(max_examples=10)
@given(lines=some_purchase, data=st.data())
def test_purchases_after_the_last_day_are_left_out(lines: list[Line], data: st.DataObject) -> None:
    first = min(told["ordered_on"] for told in lines if is_purchase(told))
    until = data.draw(st.dates(first, max(DAYS)))
    assert rows_of(waits_for_second_order(as_orders(lines), until=until)) == slowly(lines, until)


ENGINES = {
    "pandas": lambda table: table.to_pandas(),
    "pyarrow": lambda table: table,
    "Polars, lazy": lambda table: pl.from_arrow(table).lazy(),
    "DuckDB": duckdb.from_arrow,
}


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=3)
@given(lines=some_purchase)
def test_engines_agree(engine: str, lines: list[Line]) -> None:
    found = waits_for_second_order(ENGINES[engine](as_orders(lines).arrow))
    pd.testing.assert_frame_equal(found, waits_for_second_order(as_orders(lines)))


# ------------------------------------------------------------------ until when, and in words


def test_a_channel_is_watched_until_its_own_last_purchase() -> None:
    shop = [line(ordered_on=FIRST), line(ordered_on=later(20), customer_key=None)]
    bazaar = line(ordered_on=later(90), channel="Bazaar", customer_key="bob")
    assert rows_of(waits_for_second_order(as_orders([*shop, bazaar]))) == [
        ("ann", "Own store", 20, False),
        ("bob", "Bazaar", 0, False),
    ]


def brand(returning: int, of: int, channel: str) -> list[Line]:
    keys = [f"{channel} {number}" for number in range(of)]
    firsts = [line(customer_key=key, channel=channel, ordered_on=FIRST) for key in keys]
    return firsts + [told | {"ordered_on": later(30)} for told in firsts[:returning]]


def test_result_reads_as_sentences() -> None:
    found = time_to_second_order(as_orders(brand(40, 100, "A") + brand(10, 100, "B")), until=later(500))
    assert str(found) == (
        "Customers who order again: 40% on A within 365 days and 10% on B within 365 days. "
        "The channels differ by more than chance (log-rank test, p below 0.001)."
    )
    alike = time_to_second_order(as_orders(brand(40, 100, "A") + brand(39, 100, "B")), until=later(500))
    assert "The channels may differ by chance alone (log-rank test, p 0.8" in str(alike)
    few = time_to_second_order(as_orders(brand(4, 10, "A")), until=later(500))
    assert str(few) == "Too few customers are known to say how many order again."


def test_one_time_shares_stand_beside_the_plain_ones() -> None:
    recent = [line(customer_key=f"new {n}", channel="A", ordered_on=later(490)) for n in range(100)]
    orders = as_orders(brand(40, 100, "A") + recent + brand(1, 5, "B"))
    shares = time_to_second_order(orders, until=later(500)).one_time_shares().set_index("channel")
    assert shares.loc["A", "share"] == pytest.approx(0.6)
    assert shares.loc["A", "lower"] < 0.6 < shares.loc["A", "upper"]
    assert shares.loc["A", "seen_once"] == pytest.approx(0.8)
    assert np.isnan(shares.loc["B", "share"])
    assert shares["customers"].to_dict() == {"A": 200, "B": 5}


def test_without_keys_there_is_no_curve() -> None:
    found = time_to_second_order(as_orders([line(customer_key=None)]))
    assert (found.curves, found.log_rank) == ({}, None)
    assert found.one_time_shares().empty


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"by": "shop"}, r"no column shop: it holds"),
        ({"by": "first"}, r"by names first, which is taken"),
        ({"until": "2024-12-31"}, r"until is 2024-12-31, before the first purchase on 2025-01-01"),
    ],
)
def test_mistakes_are_answered_in_sentences(settings: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        time_to_second_order(as_orders([line()]), **settings)
