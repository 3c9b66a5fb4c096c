"""Amazon's Fulfilled Shipments report."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import AN_AMAZON_ROW, amazon
from tests.orders.generated_orders import amazon_fulfilled
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import FULFILLED_COLUMNS, SECRETS, sentinel

A_SHIPMENT = {
    "amazon-order-id": "111-0000000-0000001",
    "shipment-id": "SHIP1",
    "shipment-item-id": "ITEM1",
    "purchase-date": "2026-03-01T05:30:00+00:00",
    "shipment-date": "2026-03-02T05:30:00+00:00",
    "buyer-email": "abc123@marketplace.amazon.com",
    "sku": "PAN-12",
    "product-name": "Cast-iron pan",
    "quantity-shipped": "2",
    "currency": "USD",
    "item-price": "84.00",
    "ship-country": "US",
    "sales-channel": "Amazon.com",
}


def shipments(*changes: dict[str, str]) -> bytes:
    rows = [{name: sentinel(name) for name in FULFILLED_COLUMNS} | A_SHIPMENT | change for change in changes]
    return amazon(*rows, columns=FULFILLED_COLUMNS)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.txt", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace")

    return reading


@settings(max_examples=25)
@given(amazon_fulfilled())
def test_a_generated_report_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_amounts_go_to_their_columns_and_promotions_are_negative_there(read):
    row = {
        "item-price": "20.00",
        "item-tax": "1.60",
        "shipping-price": "5.00",
        "shipping-tax": "0.40",
        "gift-wrap-price": "2.00",
        "gift-wrap-tax": "0.10",
        "item-promotion-discount": "-3.00",
        "ship-promotion-discount": "-5.00",
    }
    line = read(shipments(row)).table.iloc[0]
    amounts = line[["item_value", "discount", "shipping", "tax"]].tolist()
    assert amounts == [Decimal("20"), Decimal("3"), Decimal("2"), Decimal("2.1")]
    assert (line["status"], line["kind"], line["channel"]) == ("completed", "marketplace", "Amazon.com")


def test_two_parcels_of_one_item_are_two_lines_also_when_two_reports_overlap(read):
    first = {"shipment-item-id": "ITEM1", "quantity-shipped": "1", "item-price": "42.00"}
    second = {"shipment-item-id": "ITEM2", "quantity-shipped": "1", "item-price": "42.00"}
    orders = read(shipments(first), shipments(first, second))
    assert orders.table["item_value"].sum() == 84
    assert orders.report.files[0].accepted + orders.report.files[1].accepted == 2
    assert read(shipments(first), shipments(second)).table["item_value"].sum() == 84


def test_the_relay_address_tells_buyers_apart_whatever_its_capitals(read):
    numbers = ["111-0000000-0000001", "111-0000000-0000002", "111-0000000-0000003"]
    addresses = ["abc@marketplace.amazon.com", "ABC@Marketplace.Amazon.com", "xyz@marketplace.amazon.com"]
    rows = [{"amazon-order-id": n, "buyer-email": a} for n, a in zip(numbers, addresses, strict=True)]
    one, same, other = read(shipments(*rows)).table["customer_key"].tolist()
    assert one == same != other


@pytest.mark.parametrize("shared", ["no-reply-amazon-iba-buyer@amazon.com", "NoReply@amazon.com", ""])
def test_an_address_that_businesses_share_is_no_customer(read, shared):
    orders = read(shipments({"buyer-email": shared}))
    assert orders.table["customer_key"].isna().all()
    assert any(
        "shares among business buyers: 1" in warning for warning in orders.report.files[0].warnings
    ) == bool(shared)


def test_orders_that_all_orders_holds_gain_their_buyers_and_count_once(read):
    all_orders = amazon(AN_AMAZON_ROW | {"quantity": "2"})
    orders = read(shipments({}), all_orders)
    assert orders.table["item_value"].tolist() == [84]
    assert orders.table["source_file"].tolist() == ["1.txt"]
    assert orders.table["customer_key"].notna().all()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("sales-channel", "Non-Amazon US"),
        ("item-price", "-1.00"),
        ("item-price", "1e15"),
        ("quantity-shipped", "two"),
        ("purchase-date", "1970-01-01T00:00:00+00:00"),
        ("currency", ""),
        ("amazon-order-id", ""),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(shipments({}, {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column]]


def test_nobody_is_shown(read):
    orders = read(shipments({}, {"item-price": "jane.sentinel@example.com"}))
    shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in (*SECRETS, "abc123") if secret in shown]
