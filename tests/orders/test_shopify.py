"""Shopify's orders export."""

from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import continued, shopify, shopify_row


@pytest.fixture
def read(tmp_path: Path):
    def reading(*rows: dict[str, str], **options) -> Orders:
        return read_orders(("orders_export.csv", shopify(*rows)), workspace=tmp_path / "workspace", **options)

    return reading


def test_a_price_is_for_one(read):
    row = shopify_row({"Lineitem quantity": "3", "Lineitem price": "19.99", "Subtotal": "59.97"})
    assert read(row).table["item_value"].tolist() == [Decimal("59.97")]


def test_an_orders_amounts_are_spread_over_its_lines_to_the_cent(read):
    first = shopify_row(
        {
            "Lineitem price": "10.00",
            "Subtotal": "27.00",
            "Discount Amount": "3.00",
            "Shipping": "5.00",
            "Taxes": "2.00",
            "Total": "34.00",
            "Refunded Amount": "10.00",
        }
    )
    table = read(first, continued({"Lineitem price": "10.00"}), continued({"Lineitem price": "10.00"})).table
    assert table["refund"].tolist() == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]
    sums = table[["item_value", "discount", "shipping", "tax", "refund"]].sum()
    assert sums.tolist() == [30, 3, 5, 2, 10]


def test_a_continuation_row_without_a_name_belongs_to_the_order_above(read):
    table = read(shopify_row(), continued({"Name": ""}), shopify_row({"Name": "#1002"})).table
    assert table["order_id"].tolist() == ["#1001", "#1001", "#1002"]
    assert table["line_id"].tolist() == ["PAN-12#1", "PAN-12#2", "PAN-12#1"]


@pytest.mark.parametrize(
    ("stated", "line_discount", "subtotal", "expected"),
    [
        ("10.00", "", "74.00", Decimal(10)),  # the whole discount stands with the order
        ("10.00", "4.00", "74.00", Decimal(10)),  # the order's discount holds the line's
        ("10.00", "4.00", "70.00", Decimal(14)),  # it stands beside the line's
        ("10.00", "", "84.00", Decimal(0)),  # it was a discount on shipping
        ("10.00", "", "", Decimal(10)),
    ],
)
def test_the_subtotal_tells_what_the_discount_covers(read, stated, line_discount, subtotal, expected):
    row = shopify_row({"Discount Amount": stated, "Lineitem discount": line_discount, "Subtotal": subtotal})
    assert read(row).table["discount"].tolist() == [expected]


def test_a_subtotal_that_nothing_explains_is_told(read):
    file = read(shopify_row({"Discount Amount": "10.00", "Subtotal": "80.00"})).report.files[0]
    assert any("do not explain the subtotal: 1." in warning for warning in file.warnings)


def test_of_an_order_whose_only_line_is_set_aside_no_subtotal_is_questioned(read):
    file = read(shopify_row(), shopify_row({"Name": "#1002", "Lineitem price": "dear"})).report.files[0]
    assert file.rejected == 1
    assert not any("subtotal" in warning for warning in file.warnings)


@pytest.mark.parametrize(
    ("financial", "cancelled", "status"),
    [
        ("paid", "", "completed"),
        ("partially_refunded", "", "completed"),
        ("refunded", "2026-03-04 10:00:00 -0500", "refunded"),
        ("paid", "2026-03-04 10:00:00 -0500", "cancelled"),
        ("voided", "", "cancelled"),
        ("pending", "", "pending"),
        ("authorized", "", "pending"),
    ],
)
def test_status(read, financial, cancelled, status):
    assert read(shopify_row({"Financial Status": financial, "Cancelled at": cancelled})).table[
        "status"
    ].tolist() == [status]


def test_the_same_person_has_one_key_and_consent_is_as_answered(read):
    rows = [
        shopify_row({"Email": "buyer@example.com", "Accepts Marketing": "yes"}),
        shopify_row({"Name": "#1002", "Email": " Buyer@Example.COM ", "Accepts Marketing": "no"}),
        shopify_row({"Name": "#1003", "Email": "", "Accepts Marketing": ""}),
    ]
    table = read(*rows).table
    first, second, _ = table["customer_key"]
    assert first == second
    assert len(first) == 32
    assert table["customer_key"].isna().tolist() == [False, False, True]
    assert table["consent"].isna().tolist() == [False, False, True]
    assert table["consent"][:2].tolist() == [True, False]


def test_an_order_synced_from_a_marketplace_is_the_marketplaces_and_hides_its_buyer(read):
    number = "113-1234567-7654321"
    row = shopify_row({"Source": "amazon", "Note Attributes": f"Amazon Order Id: {number}"})
    line = read(row).table.iloc[0]
    assert (line["order_id"], line["kind"], line["channel"]) == (number, "marketplace", "Amazon")
    assert read(row).table["customer_key"].isna().all()


def test_a_synced_order_without_its_number_is_told(read):
    file = read(shopify_row({"Source": "amazon"})).report.files[0]
    assert any("may count twice" in warning for warning in file.warnings)


@pytest.mark.parametrize("fault", ["Created at", "Currency", "Financial Status"])
def test_an_order_whose_own_fields_are_bad_is_rejected_whole(read, fault):
    report = read(shopify_row({fault: "??"}), continued(), shopify_row({"Name": "#1002"})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 2)
    assert report.rejected["column"].unique().tolist() == [fault.casefold()]
    assert report.files[0].money["USD"]["accepted"] == 84


def test_a_bad_line_leaves_the_rest_of_its_order(read):
    report = read(shopify_row(), continued({"Lineitem price": "n/a"})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected["line"].tolist() == [3]


def test_prices_with_tax_inside_are_told(read):
    file = read(shopify_row({"Taxes": "13.41"})).report.files[0]
    assert any("prices include tax: 1." in warning for warning in file.warnings)


def test_the_test_store_reads_whole(real_exports: Path, tmp_path: Path):
    orders = read_orders(real_exports / "shopify_orders_teststore.csv", workspace=tmp_path)
    (file,) = orders.report.files
    assert (file.rows_in, file.accepted, orders.table["order_id"].nunique()) == (2, 2, 2)
    assert file.money["INR"]["accepted"] == Decimal("230.00")
    table = orders.table
    total = table[["item_value", "shipping", "tax"]].sum().sum() - table["discount"].sum()
    assert total == Decimal("250.70")
