"""Amazon's All Orders report."""

from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import AMAZON_COLUMNS, amazon, amazon_row


@pytest.fixture
def read(tmp_path: Path):
    def reading(content: bytes, **options) -> Orders:
        return read_orders(("all_orders.txt", content), workspace=tmp_path / "workspace", **options)

    return reading


def test_an_item_price_is_the_total_of_its_line(read):
    table = read(amazon(amazon_row(quantity="4", item_price="103.96"))).table
    assert table["item_value"].tolist() == [Decimal("103.96")]
    assert table["quantity"].tolist() == [4.0]


def test_amounts_go_to_their_columns(read):
    row = amazon_row(
        item_price="20.00",
        item_tax="1.60",
        shipping_price="5.00",
        shipping_tax="0.40",
        gift_wrap_price="2.00",
        gift_wrap_tax="0.10",
        item_promotion_discount="3.00",
        ship_promotion_discount="5.00",
    )
    line = read(amazon(row)).table.iloc[0]
    assert (line["item_value"], line["discount"], line["shipping"], line["tax"]) == (
        Decimal("20.00"),
        Decimal("3.00"),
        Decimal("2.00"),
        Decimal("2.10"),
    )


@pytest.mark.parametrize(
    ("order", "item", "status"),
    [
        ("Shipped", "Shipped", "completed"),
        ("Shipped - Delivered to Buyer", "Shipped", "completed"),
        ("Shipped", "Cancelled", "cancelled"),
        ("Cancelled", "Cancelled", "cancelled"),
        ("Pending", "Unshipped", "pending"),
        ("Unshipped", "Unshipped", "pending"),
        ("PartiallyShipped", "Shipped", "completed"),
    ],
)
def test_the_status_of_a_line_is_its_items_before_its_orders(read, order, item, status):
    orders = read(amazon(amazon_row(order_status=order, item_status=item)))
    assert orders.table["status"].tolist() == [status]
    assert len(orders.sales) == (status == "completed")


def test_cancelled_items_without_price_or_currency_are_kept_and_no_sales(read):
    orders = read(amazon(amazon_row(order_status="Cancelled", currency="", item_price=""), amazon_row()))
    assert orders.table["status"].tolist() == ["cancelled", "completed"]
    assert orders.currencies() == ("USD",)
    assert orders.report.files[0].money == {"USD": {"in": 84, "accepted": 84, "rejected": 0, "duplicates": 0}}


def test_columns_go_by_name_and_trailing_cells_may_be_missing(read):
    columns = list(reversed(AMAZON_COLUMNS))
    assert read(amazon(amazon_row(), columns=columns)).table["sku"].tolist() == ["PAN-12"]
    shortened = amazon(amazon_row()).decode().replace("\t\t\t\t\r\n", "\r\n").encode()
    assert read(shortened).report.files[0].accepted == 1


def test_quotes_in_product_names_are_plain_characters(read):
    assert read(amazon(amazon_row())).table["product"].tolist() == ['Cast-iron pan 12" x 2"']


def test_the_day_is_counted_in_the_brands_time_zone(read):
    content = amazon(amazon_row(purchase_date="2026-03-01T04:30:00+00:00"))
    assert str(read(content, timezone="America/New_York").table["ordered_on"][0]) == "2026-02-28"
    assert str(read(content).table["ordered_on"][0]) == "2026-03-01"


def test_an_order_that_amazon_only_delivered_is_rejected_with_its_reason(read):
    rejected = read(amazon(amazon_row(sales_channel="Non-Amazon"))).report.rejected
    assert rejected["column"].tolist() == ["sales-channel"]
    assert "only delivered" in rejected["reason"][0]


@pytest.mark.parametrize(
    ("cell", "text", "column"),
    [
        ("item_price", "12,5", "item-price"),
        ("item_price", "-3.00", "item-price"),
        ("purchase_date", "yesterday", "purchase-date"),
        ("purchase_date", "2026-03-01T05:30:00", "purchase-date"),
        ("purchase_date", "1970-01-01T00:00:00+00:00", "purchase-date"),
        ("currency", "", "currency"),
        ("currency", "dollars", "currency"),
        ("amazon_order_id", "", "amazon-order-id"),
        ("quantity", "two", "quantity"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, cell, text, column):
    report = read(amazon(amazon_row(), amazon_row(**{cell: text}))).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    row = report.rejected.iloc[0]
    assert (row["file"], row["line"], row["column"]) == ("all_orders.txt", 3, column)
    assert row["reason"]
    assert row["remedy"]


def test_a_status_that_is_not_known_is_not_guessed(read):
    report = read(amazon(amazon_row(order_status="Teleported", item_status=""))).report
    assert report.rejected[["column", "value"]].to_numpy().tolist() == [["order-status", "aaaaaaaaaa"]]


def test_an_address_that_slipped_into_a_label_is_removed(read):
    row = amazon_row(sku="for-jane@example.com", product_name="Apron, jane@example.com")
    assert "@" not in read(amazon(row)).table.to_csv()


def test_the_masked_report_reads_whole(real_exports: Path, tmp_path: Path):
    orders = read_orders(real_exports / "amazon_all_orders_us.txt", workspace=tmp_path)
    (file,) = orders.report.files
    assert (file.format, file.rows_in, file.accepted) == ("Amazon All Orders", 13, 13)
    assert orders.table["order_id"].nunique() == 13
    assert file.money["USD"]["accepted"] == orders.table["item_value"].sum() == Decimal("271.81")
