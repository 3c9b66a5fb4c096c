"""Brand Analytics' repeat purchases."""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import shopify as between_commas
from tests.orders.generated_tables import repeat_rates
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import REPEAT_COLUMNS, REPEAT_PERIOD

SHARE = "Repeat Customer Share: % Share of Total Customers"
SALES_SHARE = "Repeat Ordered Product Sales: % Share of Total Sales"
# A week's figures as the dashboard shows them.
A_PRODUCT = {
    "ASIN": "B000000001",
    "Product Title": "Cast-iron pan",
    "Number of Orders": "17890",
    "Unique Customer Count": "16475",
    "Repeat Ordered Product Sales: Sales": "39871.99",
    SALES_SHARE: "8.07",
    SHARE: "7.4",
    "Reporting Date": "2026-07-11",
}


def report_of(*changes: dict[str, str]) -> bytes:
    table = between_commas(*(A_PRODUCT | change for change in changes), columns=REPEAT_COLUMNS)
    return REPEAT_PERIOD.encode() + b"\n" + table


@pytest.fixture
def read(tmp_path: Path):
    def reading(content: bytes) -> Orders:
        return read_orders(("repeat.csv", content), workspace=tmp_path)

    return reading


@settings(max_examples=25)
@given(repeat_rates())
def test_a_generated_report_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_a_product_gives_its_counts_shares_and_period(read):
    (rate,) = read(report_of({})).repeat_rates.to_pylist()
    assert rate == {
        "starts_on": None,
        "ends_on": date(2026, 7, 11),
        "channel": "Amazon",
        "product_id": "B000000001",
        "product": "Cast-iron pan",
        "orders": 17890,
        "customers": 16475,
        "repeat_customers_share": 0.074,
        "repeat_revenue": Decimal("39871.99"),
        "repeat_revenue_share": 0.0807,
        "currency": None,
        "source_file": "repeat.csv",
        "source_row": 3,
    }


@pytest.mark.parametrize(
    ("text", "share"), [("23.4", 0.234), ("23.4%", 0.234), ("0.234", 0.00234), ("100 %", 1.0)]
)
def test_columns_of_shares_are_in_percent_with_or_without_the_sign(read, text, share):
    assert read(report_of({SHARE: text})).repeat_rates["repeat_customers_share"].to_pylist() == [share]


def test_what_the_report_leaves_empty_is_not_told(read):
    empty = {"Repeat Ordered Product Sales: Sales": "", SALES_SHARE: "", "Reporting Date": ""}
    (rate,) = read(report_of(empty)).repeat_rates.to_pylist()
    assert [rate[name] for name in ("repeat_revenue", "repeat_revenue_share", "ends_on")] == [
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (SHARE, ""),
        (SHARE, "100.01"),
        (SHARE, "-1%"),
        (SHARE, "many"),
        ("Number of Orders", "1.5"),
        ("Number of Orders", "-3"),
        ("Unique Customer Count", ""),
        ("ASIN", ""),
        ("Reporting Date", "soon"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    orders = read(report_of({}, {column: text}))
    assert orders.repeat_rates.num_rows == 1
    assert orders.report.rejected[["line", "column"]].to_numpy().tolist() == [[4, column.casefold()]]


def test_the_view_of_the_whole_brand_is_not_read_for_it_would_count_every_product_twice(read):
    columns = ["Brand Name", *REPEAT_COLUMNS[4:]]
    orders = read(between_commas(A_PRODUCT, columns=columns))
    assert not orders.report.files[0].was_read
