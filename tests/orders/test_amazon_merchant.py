"""Amazon's order reports of sellers who ship themselves."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import AN_AMAZON_ROW, amazon
from tests.orders.generated_orders import amazon_merchant
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import MERCHANT_COLUMNS, SECRETS, UNSHIPPED_COLUMNS, sentinel
from tests.orders.test_amazon_fulfilled import shipments
from tests.orders.test_amazon_settlement import row as booking
from tests.orders.test_amazon_settlement import summary, written

AN_ITEM = {
    "order-id": "111-0000000-0000001",
    "order-item-id": "59686379847001",
    "purchase-date": "2026-03-01T05:30:00-08:00",
    "payments-date": "2026-03-01T05:30:00-08:00",
    "buyer-email": "abc123@marketplace.amazon.com",
    "sku": "PAN-12",
    "product-name": "Cast-iron pan",
    "quantity-purchased": "2",
    "quantity-to-ship": "2",
    "currency": "USD",
    "item-price": "84.00",
    "item-tax": "6.72",
    "shipping-price": "5.00",
    "shipping-tax": "0.40",
    "ship-country": "US",
    "sales-channel": "Amazon.com",
}


def report_of(*changes: dict[str, str], columns: list[str] = MERCHANT_COLUMNS) -> bytes:
    rows = [{name: sentinel(name) for name in columns} | AN_ITEM | change for change in changes]
    return amazon(*rows, columns=columns)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.txt", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace")

    return reading


@settings(max_examples=25)
@given(amazon_merchant())
def test_a_generated_report_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_an_item_is_a_sold_line_with_all_its_amounts(read):
    line = read(report_of({})).table.iloc[0]
    amounts = line[["item_value", "discount", "shipping", "tax", "refund"]].tolist()
    assert amounts == [Decimal("84"), 0, Decimal("5"), Decimal("7.12"), 0]
    assert line[["status", "kind", "channel", "quantity"]].tolist() == [
        "completed",
        "marketplace",
        "Amazon.com",
        2,
    ]
    assert str(line["ordered_at"]) == "2026-03-01 13:30:00+00:00"


def test_a_buyer_has_the_same_key_in_this_report_and_in_fulfilled_shipments(read):
    other = {"order-id": "111-0000000-0000002", "buyer-email": "ABC123@Marketplace.Amazon.com"}
    keys = read(report_of(other), shipments({})).table["customer_key"]
    assert keys.notna().all() and keys.nunique() == 1


def test_an_order_counts_once_and_gains_its_buyer(read):
    all_orders = amazon(AN_AMAZON_ROW | {"quantity": "2", "order-status": "Cancelled"})
    table = read(report_of({}), all_orders).table
    assert table["source_file"].tolist() == ["1.txt"]
    assert table["status"].tolist() == ["cancelled"]
    assert table["customer_key"].notna().all()
    assert read(report_of({}), shipments({})).table["item_value"].tolist() == [84]


def test_two_lines_of_one_item_are_two_however_the_report_is_sorted_or_was_saved(read):
    first, second = {"order-item-id": "59686379847001"}, {"order-item-id": "12345678901234"}
    between = {"order-id": "111-0000000-0000002"}
    rounded = [row | {"order-item-id": number} for row, number in ((first, "5.97E+13"), (second, "1,23E+13"))]
    for rows in ([first, between, second], [second, between, first], [rounded[0], between, rounded[1]]):
        table = read(report_of(*rows), report_of(first, second, between)).table
        assert table["item_value"].tolist() == [84] * 3


def test_a_report_that_names_no_marketplace_is_of_amazon(read):
    columns = [name for name in MERCHANT_COLUMNS if name != "sales-channel"]
    assert read(report_of({}, columns=columns)).table["channel"].tolist() == ["Amazon"]


def test_an_order_to_be_sent_without_a_price_is_pending_and_no_sale_of_0(read):
    orders = read(report_of({}, columns=UNSHIPPED_COLUMNS))
    assert orders.table[["status", "currency", "item_value"]].values.tolist() == [["pending", "XXX", 0]]
    assert orders.sales.empty
    assert "Orders without a price in this report: 1." in str(orders.report)


def test_an_order_to_be_sent_gives_way_to_every_report_with_its_price(read):
    to_send = report_of({}, columns=UNSHIPPED_COLUMNS)
    for priced in (report_of({}), shipments({}), amazon(AN_AMAZON_ROW)):
        for files in ((to_send, priced), (priced, to_send)):
            sales = read(*files).sales
            assert sales["item_value"].tolist() == [84]
            assert sales["customer_key"].notna().all()


def test_an_order_to_be_sent_that_was_booked_since_is_made_of_its_bookings(read):
    rows = [
        booking(order_id=AN_ITEM["order-id"], amount=amount, amount_description=what)
        for amount, what in (("84.00", "Principal"), ("6.72", "Tax"))
    ]
    sales = read(report_of({}, columns=UNSHIPPED_COLUMNS), written(summary("90.72"), *rows)).sales
    assert sales[["item_value", "tax"]].values.tolist() == [[84, Decimal("6.72")]]
    assert sales["customer_key"].notna().all()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("sales-channel", "Non-Amazon US"),
        ("item-price", "-1.00"),
        ("quantity-purchased", "two"),
        ("purchase-date", "1970-01-01T00:00:00+00:00"),
        ("currency", ""),
        ("order-id", ""),
        ("order-id", "1.14E+16"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(report_of({}, {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column]]


def test_nobody_is_shown(read):
    orders = read(report_of({}, {"item-price": "jane.sentinel@example.com"}))
    shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in (*SECRETS, "abc123") if secret in shown]
