"""The customer summary against published numbers, hand-written SQL, a slow dictionary, and other engines."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# inside: a way that only Spark takes, and how days are numbered on each engine
from ownchannel.customers import _purchases, _summary, customer_summary, without_key
from tests.customers.generated import Line, as_orders, is_purchase, line, net, order_lines
from tests.oracles import cdnow

UNITS = dict(zip(["days", "weeks", "months", "D", "W", "M"], [1.0, 7.0, 365.25 / 12] * 2, strict=True))

#: Written by hand for DuckDB, with its own date arithmetic; `until` and the days of a unit are put in.
SQL = """
WITH purchases AS (
    SELECT *, item_value - discount - refund AS net FROM lines
    WHERE status IN ('completed', 'refunded') AND item_value > 0
), days AS (
    SELECT customer_key, ordered_on AS day, sum(net) AS net FROM purchases
    WHERE customer_key IS NOT NULL AND ordered_on <= $until GROUP BY ALL
)
SELECT customer_key, count(*) - 1 AS frequency, (max(day) - min(day)) / $unit AS recency,
       ($until - min(day)) / $unit AS "T",
       coalesce(((sum(net) - arg_min(net, day)) / nullif(count(*) - 1, 0))::DOUBLE, 0) AS monetary_value
FROM days GROUP BY customer_key ORDER BY customer_key
"""


def slowly(lines: list[Line], until: dt.date, unit: str, by: list[str]) -> list[tuple[Any, ...]]:
    """The definitions word by word, in exact fractions until the last division."""
    days: dict[tuple[Any, ...], dict[dt.date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for told in lines:
        if is_purchase(told) and told["customer_key"] is not None and told["ordered_on"] <= until:
            days[tuple(told[name] for name in ("customer_key", *by))][told["ordered_on"]] += net(told)
    rows = []
    for key, value in sorted(days.items()):
        first, *repeats = sorted(value)
        last = repeats[-1] if repeats else first
        mean = float(sum(value[day] for day in repeats) / len(repeats)) if repeats else 0.0
        length = UNITS[unit]
        rows.append((*key, len(repeats), (last - first).days / length, (until - first).days / length, mean))
    return rows


def last_purchase(lines: list[Line]) -> dt.date:
    return max(told["ordered_on"] for told in lines if is_purchase(told))


def assert_rows(found: pd.DataFrame, expected: list[tuple[Any, ...]]) -> None:
    """Keys and counts exactly, fractions to 1e-12."""
    rows = list(found.itertuples(index=False, name=None))
    assert [row[:-3] for row in rows] == [row[:-3] for row in expected]
    for row, wanted in zip(rows, expected, strict=True):
        assert row[-3:] == pytest.approx(wanted[-3:], rel=1e-12, abs=0)


some_purchase = order_lines().filter(lambda lines: any(map(is_purchase, lines)))


# ------------------------------------------------------------------ published numbers


@pytest.fixture(scope="module")
def purchases(published_data: Path) -> pd.DataFrame:
    names = ["customer", "customer_key", "ordered_at", "discs", "value"]
    log = pd.read_csv(published_data / "CDNOW_sample.txt", sep=r"\s+", header=None, names=names, dtype=str)
    return pd.DataFrame(
        {
            "customer_key": log["customer_key"].astype(int),
            "ordered_at": pd.to_datetime(log["ordered_at"], format="%Y%m%d"),
            "value": [Decimal(dollars) for dollars in log["value"]],
        }
    )


@pytest.fixture(scope="module")
def published(published_data: Path) -> pd.DataFrame:
    table = pd.read_csv(published_data / "cdnow_customers_summary_with_transactions.csv")
    return table.sort_values("ID", ignore_index=True)


def test_cdnow_sample_is_the_published_summary_of_all_2357_customers(
    purchases: pd.DataFrame, published: pd.DataFrame
) -> None:
    found = customer_summary(purchases, until=cdnow.CALIBRATION_END)
    assert len(found) == cdnow.CUSTOMERS
    np.testing.assert_array_equal(found["customer_key"], published["ID"])
    np.testing.assert_array_equal(found["frequency"], published["x"])
    # Published to two decimals: half of the last one either way, and 1e-9 for the float's own rounding.
    for ours, theirs in {"recency": "t_x", "T": "T", "monetary_value": "zbar"}.items():
        np.testing.assert_allclose(found[ours], published[theirs], rtol=0, atol=0.005 + 1e-9)


def test_cdnow_repeaters_are_those_of_the_papers(purchases: pd.DataFrame) -> None:
    found = customer_summary(purchases, until=cdnow.CALIBRATION_END)
    spend = found.loc[found["frequency"] > 0, "monetary_value"]
    assert (found["frequency"].sum(), len(spend)) == (cdnow.REPEAT_DAYS, cdnow.REPEATERS)
    assert spend.agg(list(cdnow.SPEND)).round(2).to_dict() == cdnow.SPEND


# ------------------------------------------------------------------ independent computations


@settings(max_examples=25)
@given(lines=some_purchase, unit=st.sampled_from(list(UNITS)), by=st.sampled_from([[], ["channel"]]))
def test_summary_is_the_definition_computed_slowly(lines: list[Line], unit: Any, by: list[str]) -> None:
    until = last_purchase(lines)
    assert_rows(customer_summary(as_orders(lines), unit, by=by), slowly(lines, until, unit, by))


@settings(max_examples=25)
@given(lines=some_purchase, data=st.data())
def test_purchases_after_the_last_day_are_left_out(lines: list[Line], data: st.DataObject) -> None:
    days = sorted(told["ordered_on"] for told in lines if is_purchase(told))
    until = data.draw(st.dates(days[0], days[-1] + dt.timedelta(days=40)))
    assert_rows(customer_summary(as_orders(lines), until=until), slowly(lines, until, "W", []))


@settings(max_examples=25)
@given(lines=some_purchase, unit=st.sampled_from(list(UNITS)))
def test_summary_is_what_hand_written_sql_gives(lines: list[Line], unit: Any) -> None:
    orders = as_orders(lines)
    with duckdb.connect() as connection:
        connection.register("lines", orders.arrow)
        put_in = {"until": last_purchase(lines), "unit": UNITS[unit]}
        expected = connection.execute(SQL, put_in).fetchall()
    assert_rows(customer_summary(orders, unit), expected)


@settings(max_examples=25)
@given(lines=some_purchase)
def test_lines_and_orders_without_a_key_are_counted(lines: list[Line]) -> None:
    unknown = [told for told in lines if is_purchase(told) and told["customer_key"] is None]
    orders = {(told["channel"], told["order_id"]) for told in unknown}
    attrs = customer_summary(as_orders(lines)).attrs
    assert attrs == {
        "unit": "weeks",
        "until": last_purchase(lines).isoformat(),
        "lines_without_key": len(unknown),
        "orders_without_key": len(orders),
    }
    assert without_key(as_orders(lines)) == {"lines": len(unknown), "orders": len(orders)}


def test_one_id_on_two_channels_is_two_orders() -> None:
    unknown = [line(customer_key=None, channel=channel) for channel in ("Own store", "Marketplace")]
    assert without_key(as_orders([*unknown, *unknown])) == {"lines": 4, "orders": 2}


# ------------------------------------------------------------------ one expression, several engines

ENGINES = {
    "pandas": lambda table: table.to_pandas(),
    "pandas of Arrow types": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "pyarrow": lambda table: table,
    "Polars": pl.from_arrow,
    "Polars, lazy": lambda table: pl.from_arrow(table).lazy(),
    "DuckDB": duckdb.from_arrow,
}


def in_pandas(summary: Any) -> pd.DataFrame:
    frame = nw.from_native(summary).lazy().sort("customer_key").collect("pyarrow").to_native()
    return pd.DataFrame(frame.to_pandas())


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=5)
@given(lines=some_purchase)
def test_engines_agree(engine: str, lines: list[Line]) -> None:
    orders = as_orders(lines)
    expected = customer_summary(orders)
    table = ENGINES[engine](orders.arrow)
    found = in_pandas(customer_summary(table))
    assert_rows(found, list(expected.itertuples(index=False, name=None)))
    assert without_key(table) == without_key(orders)


@pytest.mark.parametrize(
    ("engine", "kind"), [("Polars, lazy", pl.LazyFrame), ("DuckDB", duckdb.DuckDBPyRelation)]
)
def test_a_table_of_another_engine_stays_in_it(engine: str, kind: type) -> None:
    assert isinstance(customer_summary(ENGINES[engine](as_orders([line()]).arrow)), kind)


@settings(max_examples=25)
@given(lines=some_purchase)
def test_window_for_engines_without_an_ordered_first_gives_the_same(lines: list[Line]) -> None:
    keys = ["customer_key"]
    table = duckdb.from_arrow(as_orders(lines).arrow)
    days = (
        _purchases.purchase_lines(nw.from_native(table), keys)
        .group_by(*keys, "day")
        .agg(nw.col("value").sum())
    )
    marked = _summary._mark_first_value(days, keys).group_by(*keys).agg(nw.col("first_value").max())
    ordered = _summary._customers(days, keys).select(*keys, "first_value")
    assert sorted(marked.to_native().fetchall(), key=str) == sorted(ordered.to_native().fetchall(), key=str)


# ------------------------------------------------------------------ what counts as a purchase, day by day


@pytest.mark.parametrize("engine", [duckdb.from_arrow, pl.from_arrow])
def test_day_numbers_are_those_of_the_calendar(engine: Any) -> None:
    days = [dt.date.fromordinal(number) for number in range(1, dt.date(2400, 12, 31).toordinal(), 97)]
    numbers = (
        nw.from_native(engine(pa.table({"day": days}))).lazy().select(_purchases.day_number(nw.col("day")))
    )
    assert numbers.collect("pyarrow")["day"].to_list() == [day.toordinal() for day in days]


def one(*lines: Line, **settings: Any) -> dict[str, Any]:
    return dict(customer_summary(as_orders(list(lines)), **settings).iloc[0])


FIRST, SECOND = dt.date(2024, 2, 28), dt.date(2024, 3, 6)


def test_several_orders_on_one_day_are_one_purchase() -> None:
    assert one(line(), line(order_id="2"))["frequency"] == 0


def test_a_day_refunded_in_full_stays_a_purchase_day() -> None:
    refunded = line(ordered_on=SECOND, refund=Decimal(10), status="refunded")
    assert one(line(ordered_on=FIRST), refunded) == {
        "customer_key": "ann", "frequency": 1, "recency": 1.0, "T": 1.0, "monetary_value": 0.0
    }  # fmt: skip


def test_a_refund_without_its_order_is_no_purchase() -> None:
    refund = line(ordered_on=SECOND, item_value=Decimal(0), refund=Decimal(10), status="refunded")
    assert one(line(ordered_on=FIRST), refund)["frequency"] == 0


def test_day_values_are_exact_where_floats_are_not() -> None:
    days = [line(ordered_on=FIRST)]
    days += [line(ordered_on=SECOND, item_value=Decimal("123456789012.34"))]
    days += [line(ordered_on=SECOND, item_value=Decimal("0.01"), discount=Decimal("123456789012.34"))]
    assert one(*days)["monetary_value"] == 0.01


def test_a_table_of_another_kind_needs_key_time_and_value_only() -> None:
    times = pd.to_datetime(["2024-02-28 23:59", "2024-03-06 00:00", "2024-03-06 23:59"])
    table = pd.DataFrame({"customer_key": [7, 7, 7], "ordered_at": times, "value": [1.0, 2.0, 4.0]})
    found = customer_summary(table, unit="D", until="2024-03-09")
    assert found.iloc[0].to_dict() == {
        "customer_key": 7, "frequency": 1, "recency": 7, "T": 10, "monetary_value": 6
    }  # fmt: skip
    assert found.attrs == {"unit": "days", "until": "2024-03-09", "lines_without_key": 0}


def test_result_is_typed_sorted_and_plainly_indexed() -> None:
    keys = ["cem", "ann", None, "bob"]
    found = customer_summary(as_orders([line(customer_key=key, order_id=str(key)) for key in keys]))
    assert list(found["customer_key"]) == ["ann", "bob", "cem"]
    assert found.dtypes.astype(str).to_dict() == {
        "customer_key": "str",
        "frequency": "int64",
        "recency": "float64",
        "T": "float64",
        "monetary_value": "float64",
    }
    assert found.index.equals(pd.RangeIndex(3))


def test_customers_are_kept_apart_by_a_column_that_may_be_null() -> None:
    lines = [line(country=country, ordered_on=day) for country in ("DE", None) for day in (FIRST, SECOND)]
    found = customer_summary(as_orders(lines), by="country")
    assert sorted(map(str, found["country"])) == ["DE", "nan"]
    assert list(found["monetary_value"]) == [10.0, 10.0]


def test_a_shop_without_any_key_has_an_empty_summary_and_says_why() -> None:
    found = customer_summary(as_orders([line(customer_key=None)]))
    assert (len(found), found.attrs["lines_without_key"]) == (0, 1)


@pytest.mark.parametrize(
    "until",
    [
        SECOND,
        dt.datetime(2024, 3, 6, 12, tzinfo=dt.UTC),
        "2024-03-06",
        "2024-03-06T12:00",
        pd.Timestamp(SECOND),
    ],
)
def test_last_day_is_taken_in_every_usual_form(until: Any) -> None:
    assert one(line(ordered_on=FIRST), until=until)["T"] == 1.0


def test_result_can_be_written_with_its_attrs(tmp_path: Path) -> None:
    found = customer_summary(as_orders([line()]))
    found.to_parquet(tmp_path / "summary.parquet")
    assert pd.read_parquet(tmp_path / "summary.parquet").attrs == found.attrs


@pytest.mark.parametrize("as_table", [lambda frame: frame, pa.Table.from_pandas])
def test_a_time_with_a_zone_falls_on_that_zones_day(as_table: Any) -> None:
    moments = pd.to_datetime(["2025-01-01 23:30+00:00", "2025-01-02 22:30+00:00"])
    purchases = pd.DataFrame({"customer_key": "ann", "ordered_at": moments, "value": 1.0})
    assert customer_summary(as_table(purchases), unit="D")["recency"].tolist() == [1]
    purchases["ordered_at"] = moments.tz_convert("Europe/Berlin")
    assert customer_summary(as_table(purchases), unit="D")["recency"].tolist() == [0]


def test_what_has_no_price_is_no_purchase() -> None:
    days = [line(ordered_on=FIRST), line(ordered_on=SECOND, item_value=Decimal(0), discount=Decimal(0))]
    assert one(*days, until=SECOND)["frequency"] == 0


# ------------------------------------------------------------------ mistakes

GOOD = {"customer_key": ["ann"], "ordered_on": [FIRST], "value": [1.0]}
TWO = {name: 2 * values for name, values in GOOD.items()}
WITHOUT_DAY = {"customer_key": ["ann"], "value": [1.0]}
ZONED = pd.to_datetime(["2025-01-01 23:30+00:00"])


@pytest.mark.parametrize(
    ("columns", "settings", "says"),
    [
        (GOOD | {"value": ["1,50"]}, {}, r"column value is of type String: expected numbers"),
        (WITHOUT_DAY, {}, r"no column ordered_at: it holds customer_key, value\."),
        (GOOD, {"by": "channel"}, r"no column channel: it holds .*Add the column"),
        (GOOD, {"by": ["frequency"]}, r"by names frequency, which the summary makes itself"),
        (GOOD, {"unit": "Y"}, r"unit is 'Y': expected one of days, weeks, months"),
        (GOOD, {"until": "30.09.1997"}, r"until is '30\.09\.1997': expected a date"),
        (GOOD, {"until": pd.NaT}, r"until is NaT: expected a date"),
        (GOOD, {"until": "2024-02-27"}, r"until is 2024-02-27, before the first purchase on 2024-02-28"),
        (GOOD | {"ordered_on": ["2025-01-01"]}, {}, r"column ordered_on is of type String: expected dates"),
        (
            GOOD | {"ordered_on": ZONED},
            {},
            r"column ordered_on holds times in the zone .*, which does",
        ),
        (GOOD | {"value": [float("inf")]}, {}, r"1 purchase lines without a value: expected none"),
        (TWO | {"value": [1.0, None]}, {}, r"1 purchase lines without a value: expected none"),
        (TWO | {"ordered_on": [FIRST, None]}, {}, r"1 purchase lines without a day: expected none"),
        (GOOD | {"ordered_on": pd.to_datetime([None])}, {}, r"holds no purchase: expected at least one"),
        (GOOD | {"customer_key": [object()]}, {}, r"column customer_key .*: expected one type"),
    ],
)
def test_mistakes_are_answered_in_sentences(
    columns: dict[str, Any], settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        customer_summary(pd.DataFrame(columns), **settings)


def test_a_value_of_the_wrong_type_is_not_quoted() -> None:
    table = pd.DataFrame(GOOD | {"customer_key": [1]} | {"note": [1]})
    mixed = pd.concat([table, table.assign(note="ann@example.com")])
    with pytest.raises(ValueError, match="column note") as refusal:
        customer_summary(mixed)
    assert "ann@example.com" not in str(refusal.value)
    assert refusal.value.__context__ is None


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(TypeError, match="orders is of type list: expected Orders, or a table of pandas"):
        customer_summary([1, 2])
