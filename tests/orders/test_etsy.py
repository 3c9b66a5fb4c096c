"""Etsy's exports of orders and of order items."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import shopify as between_commas
from tests.orders.generated_etsy import etsy_items, etsy_orders
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import ETSY_ITEM_COLUMNS, ETSY_ORDER_COLUMNS, SECRETS, sentinel

AN_ORDER = {
    "Sale Date": "03/01/26",
    "Order ID": "3001",
    "Buyer User ID": "coolbuyer42",
    "Number of Items": "3",
    "Ship Country": "United States",
    "Currency": "USD",
    "Order Value": "$13.00",
    "Discount Amount": "$1.30",
    "Shipping Discount": "$0.50",
    "Shipping": "$4.50",
    "Sales Tax": "$0.62",
    "Order Total": "$16.32",
    "Status": "Completed",
    "Card Processing Fees": "$0.74",
    "Order Net": "$15.58",
    "Adjusted Order Total": "$0.00",
    "Adjusted Card Processing Fees": "$0.00",
}
CARD = {
    "Sale Date": "03/01/26",
    "Item Name": "Sunset Fox | Card",
    "Buyer": "Jane Roe-Sentinel (coolbuyer42)",
    "Quantity": "2",
    "Price": "$5.00",
    "Discount Amount": "$1.30",
    "Order Shipping": "$4.50",
    "Order Sales Tax": "$0.62",
    "Item Total": "$10.00",
    "Currency": "USD",
    "Transaction ID": "4001",
    "Order ID": "#3001",
    "Ship Country": "United States",
    "SKU": "FOX-01",
}
STICKER = CARD | {
    "Item Name": "Sunset Fox | Sticker",
    "Quantity": "1",
    "Price": "$3.00",
    "Discount Amount": "",
    "Item Total": "$3.00",
    "Transaction ID": "4002",
    "SKU": "FOX-ST",
}


def orders_export(*changes: dict[str, str]) -> bytes:
    rows = [{name: sentinel(name) for name in ETSY_ORDER_COLUMNS} | AN_ORDER | change for change in changes]
    return between_commas(*rows, columns=ETSY_ORDER_COLUMNS)


def items_export(*rows: dict[str, str]) -> bytes:
    filled = [{name: sentinel(name) for name in ETSY_ITEM_COLUMNS} | row for row in rows]
    return between_commas(*filled, columns=ETSY_ITEM_COLUMNS)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes, **options) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace", **options)

    return reading


@settings(max_examples=25)
@given(etsy_orders())
def test_a_generated_export_of_orders_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


@settings(max_examples=25)
@given(etsy_items())
def test_a_generated_export_of_items_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_an_order_is_a_line_with_its_amounts(read):
    (line,) = read(orders_export({}), timezone="America/New_York").arrow.to_pylist()
    amounts = ("item_value", "discount", "shipping", "tax", "refund", "fee")
    assert [line[name] for name in amounts] == [
        Decimal("13"), Decimal("1.3"), Decimal("4"), Decimal("0.62"), Decimal("0"), Decimal("0.74"),
    ]  # fmt: skip
    assert [line[name] for name in ("channel", "kind", "order_id", "status", "country", "quantity")] == [
        "Etsy", "marketplace", "3001", "completed", "US", 3.0,
    ]  # fmt: skip
    assert str(line["ordered_on"]) == "2026-03-01"


def test_items_give_the_lines_and_orders_the_buyer_the_fee_and_the_rest(read):
    lines = read(orders_export({}), items_export(CARD, STICKER)).arrow.to_pylist()
    assert [line["sku"] for line in lines] == ["FOX-01", "FOX-ST"]
    assert [line["item_value"] for line in lines] == [10, 3]
    assert [line["discount"] for line in lines] == [Decimal("1.3"), 0]
    assert len({line["customer_key"] for line in lines} - {None}) == 1
    whole = {name: sum(line[name] for line in lines) for name in ("shipping", "tax", "fee")}
    assert whole == {"shipping": Decimal("4"), "tax": Decimal("0.62"), "fee": Decimal("0.74")}


def test_a_cancelled_order_is_no_sale_though_the_items_do_not_tell(read):
    cancelled = orders_export({"Status": "Canceled"})
    orders = read(cancelled, items_export(CARD, STICKER))
    assert set(orders.table["status"]) == {"cancelled"} and not len(orders.sales)


def test_items_alone_tell_no_buyer_shipping_tax_or_fee_and_the_report_says_so(read):
    orders = read(items_export(CARD, STICKER))
    assert orders.table["customer_key"].isna().all()
    assert orders.table["fee"].isna().all()
    assert orders.table[["shipping", "tax", "refund"]].sum().tolist() == [0, 0, 0]
    assert any("add Etsy's orders" in warning for warning in orders.report.files[0].warnings)


def test_a_transaction_that_two_exports_hold_counts_once(read):
    assert len(read(items_export(CARD), items_export(CARD, STICKER)).table) == 2


def test_the_buyers_id_tells_buyers_apart(read):
    rows = [
        {"Order ID": str(at), "Buyer User ID": buyer} for at, buyer in enumerate(["abc", "ABC", "xyz", ""])
    ]
    one, same, other, _ = read(orders_export(*rows)).table["customer_key"].tolist()
    assert one == same != other
    assert read(orders_export(*rows)).table["customer_key"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("changed", "status", "refund", "fee"),
    [
        ({"Status": ""}, "completed", "0", "0.74"),
        (
            {"Adjusted Order Total": "$16.32", "Adjusted Card Processing Fees": "$0.74"},
            "completed",
            "0",
            "0.74",
        ),
        (
            {"Adjusted Order Total": "$10.32", "Adjusted Card Processing Fees": "$0.56"},
            "completed",
            "6",
            "0.56",
        ),
        ({"Status": "Fully Refunded"}, "refunded", "11.70", "0.74"),
        ({"Status": "Canceled"}, "cancelled", "0", "0.74"),
        ({"Status": "Payment Processing"}, "pending", "0", "0.74"),
    ],
)
def test_refunds_are_told_by_the_status_or_the_adjusted_total(read, changed, status, refund, fee):
    (line,) = read(orders_export(changed)).arrow.to_pylist()
    assert (line["status"], line["refund"], line["fee"]) == (status, Decimal(refund), Decimal(fee))


def test_a_fee_that_is_not_stated_is_not_told(read):
    assert read(orders_export({"Card Processing Fees": ""})).table["fee"].isna().all()


def test_exports_of_countries_with_a_decimal_comma(read):
    euro = {"Currency": "EUR", "Order Value": "1.141,18", "Shipping": "4,50", "Order Total": "1.145,68"}
    rest = dict.fromkeys(
        ("Discount Amount", "Shipping Discount", "Sales Tax", "Card Processing Fees"), "0,00"
    )
    left = dict.fromkeys(("Adjusted Order Total", "Adjusted Card Processing Fees"), "0,00")
    assert read(orders_export(euro | rest | left)).table["item_value"].tolist() == [Decimal("1141.18")]


@pytest.mark.parametrize(
    ("name", "country"), [("Germany", "DE"), ("united kingdom", "GB"), ("Ruritania", "Ruritania"), ("", None)]
)
def test_countries_are_two_letters_where_they_are_known(read, name, country):
    assert read(orders_export({"Ship Country": name})).arrow["country"].to_pylist() == [country]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Order Value", "-1"),
        ("Order Value", ""),
        ("Sale Date", "13/32/25"),
        ("Sale Date", ""),
        ("Currency", ""),
        ("Status", "teleported"),
        ("Order ID", ""),
        ("Card Processing Fees", "n/a"),
    ],
)
def test_a_bad_cell_of_an_order_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(orders_export({}, {"Order ID": "3002"} | {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column.casefold()]]


@pytest.mark.parametrize(
    ("column", "text"),
    [("Price", "-1"), ("Price", ""), ("Quantity", "-1"), ("Quantity", "two"), ("Price", "1e15")],
)
def test_a_bad_cell_of_an_item_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(items_export(CARD, STICKER | {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected["column"].tolist() == [column.casefold()]


def test_nobody_is_shown(read):
    broken = {"Order ID": "3002", "Order Value": "jane.sentinel@example.com"}
    orders = read(orders_export({}, broken), items_export(CARD))
    shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in (*SECRETS, "coolbuyer42") if secret in shown]


def test_one_day_over_12_proves_for_the_whole_column_that_days_come_first(read):
    later = {"Order ID": "3002", "Sale Date": "31/12/25"}
    days = read(orders_export({"Sale Date": "05/03/26"}, later)).table["ordered_on"]
    assert sorted(day.isoformat() for day in days) == ["2025-12-31", "2026-03-05"]
    months = {"Order ID": "3002", "Sale Date": "12/31/25"}
    days = read(orders_export({"Sale Date": "05/03/26"}, months)).table["ordered_on"]
    assert sorted(day.isoformat() for day in days) == ["2025-12-31", "2026-05-03"]
