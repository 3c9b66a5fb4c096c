"""Amazon's Sales and Traffic, and its Market Basket Analysis."""

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import shopify as between_commas
from tests.orders.generated_reports import amazon_baskets, amazon_traffic
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import (
    BASKET_COLUMNS,
    PAIR_COLUMNS,
    TRAFFIC_BY_DATE_COLUMNS,
    TRAFFIC_COLUMNS,
)

A_PRODUCT = {
    "(Parent) ASIN": "B000000001",
    "(Child) ASIN": "B000000002",
    "Title": "Cast-iron pan",
    "SKU": "PAN-12",
    "Sessions - Total": "12,131",
    "Sessions - Total - B2B": "261",
    "Page Views - Total": "17,004",
    "Featured Offer (Buy Box) Percentage": "99.80%",
    "Units Ordered": "683",
    "Units Ordered - B2B": "5",
    "Unit Session Percentage": "5.63%",
    "Ordered Product Sales": "$12,905.25",
    "Ordered Product Sales - B2B": "$94.50",
    "Total Order Items": "668",
}
A_DAY = {"Date": "31/07/26", **{name: cell for name, cell in A_PRODUCT.items() if "ASIN" not in name}}
PAIRS = {
    "ASIN": "B000000001",
    "Product Title": "Pan",
    "#1 Purchased ASIN": "B000000002",
    "#1 Purchased Title": "Lid",
    "#1 Combination %": "2.8%",
    "#2 Purchased ASIN": "B000000003",
    "#2 Purchased Title": "Oven",
    "#2 Combination %": "1.2%",
    "Reporting Date": "2026-07-11",
}


def by_product(*changes: dict[str, str], columns: list[str] = TRAFFIC_COLUMNS) -> bytes:
    return between_commas(*(A_PRODUCT | change for change in changes), columns=columns)


def by_date(*changes: dict[str, str]) -> bytes:
    return between_commas(*(A_DAY | change for change in changes), columns=TRAFFIC_BY_DATE_COLUMNS)


def baskets(*changes: dict[str, str], columns: list[str] = BASKET_COLUMNS) -> bytes:
    return between_commas(*(PAIRS | change for change in changes), columns=columns)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path)

    return reading


@settings(max_examples=25)
@given(amazon_traffic())
def test_generated_traffic_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


@settings(max_examples=25)
@given(amazon_baskets())
def test_generated_baskets_read_as_what_they_hold(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_a_product_has_its_visits_and_sales_with_those_of_businesses(read):
    (row,) = read(by_product({})).traffic.to_pylist()
    assert row == {
        "date": None,
        "channel": "Amazon",
        "product_id": "B000000002",
        "parent_id": "B000000001",
        "sku": "PAN-12",
        "product": "Cast-iron pan",
        "sessions": 12131,
        "page_views": 17004,
        "featured_offer_share": 0.998,
        "units": 683,
        "order_items": 668,
        "sales": Decimal("12905.25"),
        "currency": "USD",
        "source_file": "0.csv",
        "source_row": 2,
    }


def test_a_day_has_its_figures_without_a_product(read):
    (row,) = read(by_date({})).traffic.to_pylist()
    assert (row["date"], row["product_id"], row["sessions"]) == (date(2026, 7, 31), None, 12131)


@pytest.mark.parametrize(
    ("shown", "sales", "code"),
    [
        ("MX$5,310.54", "5310.54", "MXN"),
        ("₹1,08,218.36", "108218.36", "INR"),
        ("1.234,50 €", "1234.50", "EUR"),
        ("1 234,50 zł", "1234.50", "PLN"),
        ("AED 12.00", "12", "AED"),
        ("-£3.10", "-3.10", "GBP"),
        ("￡3.10", "3.10", "GBP"),
        ("7.25", "7.25", None),
    ],
)
def test_the_sign_says_the_currency(read, shown, sales, code):
    (row,) = read(by_product({"Ordered Product Sales": shown})).traffic.to_pylist()
    assert (row["sales"], row["currency"]) == (Decimal(sales), code)


def test_a_plain_dollar_is_said(read):
    assert "read as US dollars: 1." in str(read(by_product({})).report)
    assert "US dollars" not in str(read(by_product({"Ordered Product Sales": "CA$1.00"})).report)


def test_names_that_columns_had_and_long_dashes_are_known(read):
    old = {"Sessions - Total": "Sessions", "Featured Offer (Buy Box) Percentage": "Buy Box Percentage"}
    old |= {"Page Views - Total": "Page Views – Total"}
    columns = [old.get(name, name) for name in TRAFFIC_COLUMNS]
    cells = {old.get(name, name): cell for name, cell in A_PRODUCT.items()}
    (row,) = read(between_commas(cells, columns=columns)).traffic.to_pylist()
    assert (row["sessions"], row["page_views"], row["featured_offer_share"]) == (12131, 17004, 0.998)


def test_the_whole_column_says_how_its_dates_are_written(read):
    assert read(by_date({}, {"Date": "05/07/26"})).traffic["date"][1].as_py() == date(2026, 7, 5)
    american = [{"Date": "7/31/26"}, {"Date": "7/5/26"}]
    assert read(by_date(*american)).traffic["date"][1].as_py() == date(2026, 7, 5)


def test_dates_that_prove_nothing_are_read_as_usual_with_the_currency_which_is_said(read):
    indian = {"Date": "01/04/26", "Ordered Product Sales": "₹12.00"}
    orders = read(by_date(indian))
    assert orders.traffic["date"][0].as_py() == date(2026, 4, 1)
    assert "with the day first, as is usual with INR" in str(orders.report)
    assert "mapping" not in str(orders.report)
    unknown = read(by_date(indian | {"Ordered Product Sales": "CA$12.00"}))
    assert len(unknown.traffic) == 0
    assert "mapping" not in unknown.report.rejected["remedy"][0]


def test_a_report_that_is_there_twice_counts_once_and_one_of_another_period_is_another(read):
    first, other = by_product({}, {"SKU": "LID"}), by_product({}, {"SKU": "LID", "Sessions - Total": "3"})
    assert len(read(first, first).traffic) == 2
    assert len(read(first + first).traffic) == 2
    assert len(read(first, other).traffic) == 4
    assert len(read(by_date({}), by_date({}, {"Date": "30/07/26"})).traffic) == 2


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Sessions - Total", ""),
        ("Units Ordered", "1.5"),
        ("Ordered Product Sales", ""),
        ("Ordered Product Sales", "many"),
        ("Featured Offer (Buy Box) Percentage", "101%"),
        ("(Child) ASIN", ""),
    ],
)
def test_a_bad_figure_sets_its_row_aside_and_names_itself(read, column, text):
    orders = read(by_product({}, {column: text}))
    assert len(orders.traffic) == 1
    assert orders.report.rejected["line"].tolist() == [3]
    assert orders.report.rejected["column"][0].startswith(column.casefold())


def test_pairs_stand_in_one_row_or_one_in_each(read):
    wide = read(baskets({})).baskets.to_pylist()
    names = ("product_id", "with_product_id", "with_product", "rank", "share", "ends_on")
    day = date(2026, 7, 11)
    assert [tuple(pair[name] for name in names) for pair in wide] == [
        ("B000000001", "B000000002", "Lid", 1, 0.028, day),
        ("B000000001", "B000000003", "Oven", 2, 0.012, day),
    ]
    rows = [
        {
            "Purchased With ASIN": PAIRS[f"#{rank} Purchased ASIN"],
            "Purchased With Title": PAIRS[f"#{rank} Purchased Title"],
            "Purchased With Rank": str(rank),
            "Combination %": PAIRS[f"#{rank} Combination %"],
        }
        for rank in (1, 2)
    ]
    long = read(baskets(*rows, columns=PAIR_COLUMNS)).baskets.to_pylist()
    assert [{**pair, "source_row": 2} for pair in long] == wide
    assert len(read(baskets({}), baskets({})).baskets) == 2


@pytest.mark.parametrize(
    ("column", "text"),
    [("ASIN", ""), ("#1 Combination %", ""), ("#2 Combination %", "200"), ("Reporting Date", "soon")],
)
def test_a_bad_pair_sets_its_row_aside_and_names_itself(read, column, text):
    orders = read(baskets({}, {column: text}))
    assert len(orders.baskets) == 2
    assert orders.report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column.casefold()]]
