"""WooCommerce's exports with an item in each row, and its own report of orders."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import FileList, Orders, read_orders
from tests.orders.exports import shopify as between_commas
from tests.orders.generated_orders import woocommerce_analytics, woocommerce_items
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import (
    ADVANCED_COLUMNS,
    ANALYTICS_COLUMNS,
    SECRETS,
    WOOCOMMERCE_ITEM_COLUMNS,
    sentinel,
    woocommerce_columns,
)

OF_ORDER = {
    "order_id": "77",
    "order_number": "1001",
    "order_date": "2026-01-05 10:15:30",
    "status": "completed",
    "shipping_total": "4.00",
    "tax_total": "3.00",
    "order_subtotal": "50.00",
    "order_total": "52.00",
    "order_currency": "USD",
    "customer_id": "0",
    "customer_email": "",
    "billing_email": "buyer@example.com",
    "shipping_country": "US",
    "refund_items": "amount:10.00|reason:|date:2026-02-01 10:00:00",
}
PAN = {"item_name": "Pan", "item_sku": "PAN", "item_quantity": "1", "item_subtotal": "30", "item_total": "27"}
LID = {"item_name": "Lid", "item_sku": "LID", "item_quantity": "2", "item_subtotal": "20", "item_total": "18"}
OF_ADVANCED = {
    "Order Number": "1001",
    "Order Status": "Processing",
    "Order Date": "2026-01-05 10:15",
    "Email (Billing)": "Buyer@example.com",
    "Country Code (Shipping)": "US",
    "Order Shipping Amount": "4.00",
    "Order Refund Amount": "0",
    "Order Total Tax Amount": "3.00",
    "SKU": "PAN",
    "Item Name": "Pan",
    "Quantity (- Refund)": "2",
    "Item Cost": "13.50",
    "Currency": "USD",
}
OF_REPORT = {
    "Date": "2026-01-05 10:15:30",
    "Order #": "1001",
    "N. Revenue (formatted)": "$52.00",
    "Status": "processing",
    "Product(s)": "1× Pan, 2× Lid",
    "Items sold": "3",
    "Net Sales": "45",
}
SUMS = ["item_value", "discount", "shipping", "tax", "refund"]


def personal(columns: list[str], rows: tuple[dict[str, str], ...]) -> bytes:
    return between_commas(
        *({name: sentinel(name) for name in columns} | row for row in rows), columns=columns
    )


def items(*rows: dict[str, str]) -> bytes:
    return personal(WOOCOMMERCE_ITEM_COLUMNS, tuple(OF_ORDER | row for row in rows))


def advanced(*rows: dict[str, str]) -> bytes:
    return personal(ADVANCED_COLUMNS, tuple(OF_ADVANCED | row for row in rows))


def report(*rows: dict[str, str]) -> bytes:
    return personal(ANALYTICS_COLUMNS, tuple(OF_REPORT | row for row in rows))


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace", timezone="Europe/Berlin")

    return reading


def sums(orders: Orders) -> list[Decimal]:
    return orders.table[SUMS].sum().tolist()


@settings(max_examples=25)
@given(woocommerce_items())
def test_generated_items_read_as_what_they_hold(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


@settings(max_examples=25)
@given(woocommerce_analytics())
def test_a_generated_report_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


# ---------------------------------------------------------------- an item in each row


def test_what_stands_on_every_row_is_the_orders_once(read):
    orders = read(items(PAN, LID))
    table = orders.table
    assert table[["sku", "quantity", *SUMS]].values.tolist() == [
        ["PAN", 1, 30, 3, Decimal("2.4"), Decimal("1.8"), 6],
        ["LID", 2, 20, 2, Decimal("1.6"), Decimal("1.2"), 4],
    ]
    assert table["customer_key"].nunique() == 1
    assert table["order_id"].tolist() == ["1001"] * 2


@pytest.mark.parametrize("between", [[], [{"order_id": "78", "order_number": "1002"} | PAN]])
def test_rows_that_are_sorted_or_pasted_again_leave_the_orders_sums(read, between):
    rows = [PAN, *between, LID]
    once, twice = read(items(*rows)), read(items(*rows) + items(*rows))
    of_order = [table[table["order_id"] == "1001"] for table in (once.table, twice.table)]
    for table in of_order:
        assert table[SUMS].sum().tolist() == [50, 5, 4, 3, 10]
    assert twice.report.files[0].duplicates == len(rows)


def test_an_order_that_was_refunded_without_a_sum_came_back_whole(read):
    refunded = {"status": "refunded", "refund_items": ""}
    orders = read(items(PAN | refunded, LID | refunded))
    assert sums(orders) == [50, 5, 0, 0, 45]
    assert set(orders.table["status"]) == {"refunded"}


def test_both_forms_of_one_plugins_export_are_the_same_orders(read):
    packed = {
        "line_item_1": "name:Pan|product_id:1|sku:PAN|quantity:1|total:27|sub_total:30|x:1",
        "line_item_2": "name:Lid|product_id:2|sku:LID|quantity:2|total:18|sub_total:20|x:1",
    }
    columns = personal(woocommerce_columns(2), (OF_ORDER | packed,))
    for files in ((columns, items(PAN, LID)), (items(PAN, LID), columns)):
        assert sums(read(*files)) == [50, 5, 4, 3, 10]


def test_prices_for_one_after_coupons_are_taken_as_they_are_and_said(read):
    orders = read(advanced({}))
    assert sums(orders) == [27, 0, 4, 3, 0]
    assert orders.table["status"].tolist() == ["completed"]
    assert "coupons are taken off their prices already" in str(orders.report)


def test_quantities_that_leave_out_refunds_are_not_refunded_again(read):
    orders = read(advanced({"Quantity (- Refund)": "1", "Order Refund Amount": "13.50"}))
    assert sums(orders) == [Decimal("13.5"), 0, 4, 3, 0]
    assert "leave out what was refunded: 1." in str(orders.report)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("order_id", ""),
        ("item_total", ""),
        ("item_total", "-1"),
        ("item_quantity", "-1"),
        ("status", "odd"),
        ("order_currency", "dollars"),
        ("refund_items", "10"),
    ],
)
def test_a_bad_item_sets_its_row_aside(read, column, text):
    orders = read(items(PAN, LID | {column: text}))
    assert len(orders.table) == 1
    assert orders.report.rejected["line"].tolist() == [3]


# ---------------------------------------------------------------- the shop's own report


def test_an_order_of_the_report_is_a_line_that_is_sold_while_it_is_processed(read):
    line = read(report({})).table.iloc[0]
    assert line[["order_id", "item_value", "quantity", "currency", "status"]].tolist() == [
        "1001",
        45,
        3,
        "USD",
        "completed",
    ]
    assert str(line["ordered_at"]) == "2026-01-05 09:15:30+00:00"


@pytest.mark.parametrize(
    ("shown", "net", "code", "refund"),
    [
        ("$52.00 $42.00", "45", "USD", "10"),
        ("1.052,00 € 42,00 €", "1045", "EUR", "1010"),
        ("৳2,999 ৳999", "2950", "BDT", "2000"),
        ("52.00 zł 0.00 zł", "45", "PLN", "45"),
        ("CA$52.00", "45", "CAD", "0"),
    ],
)
def test_the_formatted_total_has_the_currency_and_what_is_left(read, shown, net, code, refund):
    line = read(report({"N. Revenue (formatted)": shown, "Net Sales": net})).table.iloc[0]
    assert line[["currency", "refund", "item_value"]].tolist() == [code, Decimal(refund), Decimal(net)]


def test_a_total_in_another_notation_than_its_net_sales_is_not_guessed(read):
    orders = read(report({"N. Revenue (formatted)": "2.999 € 1.999 €", "Net Sales": "2950"}))
    assert orders.table.empty
    assert "less than the net sales" in orders.report.rejected["reason"][0]


def test_the_row_of_a_refund_is_no_order(read):
    orders = read(report({"N. Revenue (formatted)": "$52.00 $42.00"}, {"Net Sales": "-10"}))
    assert sums(orders) == [45, 0, 0, 0, 10]
    assert orders.report.rejected["line"].tolist() == [3]


def test_a_sign_that_is_not_known_sets_its_row_aside(read):
    orders = read(report({}, {"Order #": "1002", "N. Revenue (formatted)": "kr 52.00"}))
    assert orders.report.rejected["line"].tolist() == [3]


def test_the_report_gives_way_to_every_export_of_the_order_itself(read, tmp_path):
    for fuller in (items(PAN, LID), advanced({})):
        alone = sums(read(fuller))
        for files in ((fuller, report({})), (report({}), fuller)):
            assert sums(read(*files)) == alone
            kept = FileList(tmp_path / f"list-{len(list(tmp_path.iterdir()))}")
            kept.add([(f"{at}.csv", file) for at, file in enumerate(files)], timezone="Europe/Berlin")
            assert sums(kept.orders()) == alone
    assert sums(read(report({}), advanced({}), items(PAN, LID))) == [50, 5, 4, 3, 10]


def test_an_order_of_another_time_is_another_though_it_has_the_same_number(read):
    orders = read(items(PAN), report({"Date": "2025-01-05 10:15:30"}))
    assert orders.table["item_value"].tolist() == [30, 45]
    assert len(read(report({}), report({}, {"Order #": "77"})).table) == 2


def test_nobody_is_shown(read):
    for content in (items(PAN), advanced({}), report({}), items(PAN | {"item_total": SECRETS[0]})):
        orders = read(content)
        shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
        assert not [secret for secret in SECRETS if secret in shown]
        assert "buyer@example" not in shown.casefold()
