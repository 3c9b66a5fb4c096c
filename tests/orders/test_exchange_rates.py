"""Tables of exchange rates, as files."""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import Orders, Rates, read_orders
from tests.orders.exports import amazon, amazon_row
from tests.orders.generated_tables import exchange_rates
from tests.orders.generated_truth import GeneratedFile, check_reading


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        return read_orders(
            [(f"{place}.csv", content) for place, content in enumerate(files)], workspace=tmp_path
        )

    return reading


def a_table(rate: str, day: str = "2026-03-01", pair: str = "EUR;USD") -> bytes:
    return f"Date;From;To;Rate\n{day};{pair};{rate}\n2026-03-02;EUR;USD;1,0851\n".encode()


@settings(max_examples=25)
@given(exchange_rates())
def test_a_generated_table_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_rates_that_are_read_convert_the_orders_read_with_them(read):
    table = b"date,from,to,rate\n2026-03-01,EUR,USD,1.0845\n"
    orders = read(table, amazon(amazon_row(currency="EUR", item_price="10.00")))
    assert orders.in_currency("USD").table["item_value"].tolist() == [Decimal("10.845")]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1,0845", "1.0845"),
        ("0,000000000012345678901234", "0.000000000012345678901234"),
        ("1000000000000", "1000000000000"),
    ],
)
def test_a_rate_keeps_all_its_decimals(read, text, rate):
    assert read(a_table(text)).rates["rate"][0].as_py() == Decimal(rate)


@pytest.mark.parametrize("day", ["2026-03-01", "1.3.2026", "1 Mar 2026", "2026-03-01T23:59:59Z"])
def test_a_day_may_be_written_in_ways_that_read_one_way_only(read, day):
    assert read(a_table("1,2345", day=day)).rates["date"][0].as_py() == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"day": "03/04/2026"}, "date"),
        ({"day": ""}, "date"),
        ({"day": "1970-01-01"}, "date"),
        ({"pair": "EUR;EUR"}, "to"),
        ({"pair": "EUR;"}, "to"),
        ({"pair": "XXX;USD"}, "from"),
        ({"pair": "euros;USD"}, "from"),
        ({"rate": ""}, "rate"),
        ({"rate": "0,00"}, "rate"),
        ({"rate": "-1,08"}, "rate"),
        ({"rate": "1.084,5"}, "rate"),
        ({"rate": "1.084"}, "rate"),
        ({"rate": "1000000000001,5"}, "rate"),
        ({"rate": "1," + "1" * 25}, "rate"),
        ({"rate": "NaN"}, "rate"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, changed, column):
    orders = read(a_table(**({"rate": "1,0845"} | changed)))
    assert orders.rates.num_rows == 1
    assert orders.report.rejected[["line", "column"]].to_numpy().tolist() == [[2, column]]


def test_a_comma_that_may_part_thousands_is_not_guessed(read):
    orders = read(b"date;from;to;rate\n2026-03-01;EUR;USD;1,084\n")
    assert orders.report.rejected["column"].tolist() == ["rate"]


@given(st.text("0123456789.,-+eE '", max_size=30))
def test_what_is_read_can_always_be_used(text):
    with tempfile.TemporaryDirectory() as workspace:
        content = f'date,from,to,rate\n2026-03-01,EUR,USD,"{text}"\n'.encode()
        orders = read_orders(("rates.csv", content), workspace=workspace)
    assert len(Rates(orders.rates)) == orders.report.files[0].accepted
