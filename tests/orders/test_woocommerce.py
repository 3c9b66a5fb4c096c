"""WooCommerce's orders as WebToffee's plugin exports them."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import shopify as between_commas
from tests.orders.generated_orders import woocommerce_orders
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import SECRETS, sentinel, woocommerce_columns

COLUMNS = woocommerce_columns(12)
PAN = "name:Pan|product_id:9|sku:PAN-12|quantity:2|total:18.00|sub_total:20.00"
SALT = (
    'name:Salt|product_id:7|sku:|quantity:1|total:10.00|sub_total:10.00|tax:0.80|tax_data:a:1:{s:4:"0.80";}'
)
AN_ORDER = {
    "order_id": "5120",
    "order_number": "2041",
    "order_date": "2026-03-01 00:30:00",
    "status": "processing",
    "shipping_total": "4.50",
    "fee_total": "0.00",
    "tax_total": "2.40",
    "discount_total": "2.00",
    "order_subtotal": "30.00",
    "order_total": "34.90",
    "order_currency": "EUR",
    "customer_id": "17",
    "customer_email": "buyer@example.com",
    "billing_email": "other@example.com",
    "shipping_country": "DE",
    "refund_items": "",
    "line_item_1": PAN,
    "line_item_2": SALT,
    # The plugin packs these from what stands elsewhere in the row.
    "coupon_items": "code:spring|amount:2.00",
}


def export(*changes: dict[str, str]) -> bytes:
    rows = [{name: sentinel(name) for name in COLUMNS} | AN_ORDER | change for change in changes]
    return between_commas(*rows, columns=COLUMNS)


@pytest.fixture
def read(tmp_path: Path):
    def reading(content: bytes, **options) -> Orders:
        return read_orders(("orders.csv", content), workspace=tmp_path / "workspace", **options)

    return reading


@settings(max_examples=25)
@given(woocommerce_orders())
def test_a_generated_export_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_a_row_gives_a_line_for_each_of_its_items(read):
    orders = read(export({}), timezone="Europe/Berlin")
    table = orders.table
    assert table["sku"].tolist()[:1] == ["PAN-12"]
    assert table["sku"].isna().tolist() == [False, True]
    assert table["product"].tolist() == ["Pan", "Salt"]
    assert table["quantity"].tolist() == [2.0, 1.0]
    assert table["item_value"].tolist() == [Decimal("20"), Decimal("10")]
    assert table["discount"].tolist() == [Decimal("2"), Decimal("0")]
    assert table["shipping"].tolist() == [Decimal("3"), Decimal("1.5")]
    assert table["tax"].tolist() == [Decimal("1.6"), Decimal("0.8")]
    assert (table["order_id"] == "2041").all()
    assert (table["source_row"] == 2).all()
    assert str(table["ordered_at"][0]) == "2026-02-28 23:30:00+00:00"
    assert (table[["channel", "kind", "status", "country", "currency"]].iloc[0].tolist()) == [
        "WooCommerce", "owned", "completed", "DE", "EUR",
    ]  # fmt: skip
    (file,) = orders.report.files
    assert (file.rows_in, file.accepted, file.duplicates) == (1, 1, 0)
    assert file.money["EUR"]["accepted"] == 30


def test_items_stand_in_the_order_of_their_numbers(read):
    items = {f"line_item_{at}": f"name:{at}|sku:S{at}|quantity:1|total:1|sub_total:1" for at in range(1, 13)}
    assert read(export(items)).table["sku"].tolist() == [f"S{at}" for at in range(1, 13)]


def test_a_refund_is_the_goods_first_then_shipping_then_tax(read):
    def amounts(refund: str) -> list[Decimal]:
        table = read(export({"refund_items": refund})).table
        return [table[column].sum() for column in ("refund", "shipping", "tax")]

    assert amounts("amount:10.00|reason:|date:2026-03-05 10:00:00") == [10, Decimal("4.5"), Decimal("2.4")]
    first, second = "amount:20.00|reason:late; sorry|date:2026-03-05", "amount:10.00|reason:|date:2026-03-06"
    assert amounts(f"{first};{second}") == [28, Decimal("2.5"), Decimal("2.4")]
    assert amounts("amount:34.90|reason:|date:2026-03-05 10:00:00") == [28, 0, 0]
    assert amounts("amount:40.00|reason:|date:2026-03-05 10:00:00") == [Decimal("33.1"), 0, 0]


def test_an_order_that_is_refunded_without_an_amount_is_refunded_whole(read):
    table = read(export({"status": "refunded"})).table
    assert [table[column].sum() for column in ("refund", "shipping", "tax")] == [28, 0, 0]


def test_what_a_shop_charges_for_wrapping_counts_as_shipping(read):
    assert read(export({"fee_total": "2.50"})).table["shipping"].sum() == 7


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("completed", "completed"),
        ("wc-processing", "completed"),
        ("on-hold", "pending"),
        ("On hold", "pending"),
        ("pending", "pending"),
        ("cancelled", "cancelled"),
        ("failed", "cancelled"),
    ],
)
def test_paid_orders_are_sales(read, word, status):
    orders = read(export({"status": word}))
    assert set(orders.table["status"]) == {status}
    assert len(orders.sales) == 2 * (status == "completed")


def test_a_guest_is_known_by_the_address_on_the_bill_and_a_member_by_the_account(read):
    rows = [
        {"order_id": "1", "customer_email": "a@example.com", "billing_email": "b@example.com"},
        {"order_id": "2", "customer_email": "", "customer_id": "0", "billing_email": "A@example.com"},
        {"order_id": "3", "customer_email": "", "customer_id": "17", "billing_email": ""},
        {"order_id": "4", "customer_email": "", "customer_id": "0", "billing_email": ""},
    ]
    table = read(export(*rows)).table.drop_duplicates("source_row")
    member, guest, by_account, _ = table["customer_key"].tolist()
    assert member == guest != by_account
    assert table["customer_key"].isna().tolist() == [False, False, False, True]
    assert table["consent"].isna().all()


def test_names_may_hold_what_parts_the_fields(read):
    item = "name:Pan | 12: with lid|product_id:9|sku:PAN|quantity:1|total:5.00|sub_total:5.00"
    table = read(
        export({"line_item_1": f"{item}|meta:Note:a|total:9", "line_item_2": "", "order_subtotal": "5.00"})
    ).table
    assert table["product"].tolist() == ["Pan | 12: with lid"]
    assert table["item_value"].tolist() == [5]


def test_a_gift_card_pays_and_is_no_item(read):
    card = "giftcard-name:ABCD|giftcard-id:3|used_balance:10"
    assert len(read(export({"line_item_3": card})).table) == 2


def test_an_item_of_which_none_was_sent_is_kept(read):
    item = "name:Lid|quantity:0|total:0.00|sub_total:0.00"
    assert read(export({"line_item_3": item})).table["quantity"].tolist() == [2, 1, 0]


def test_items_that_do_not_add_up_to_the_subtotal_are_told(read):
    warnings = read(export({}, {"order_id": "2", "order_subtotal": "31.00"})).report.files[0].warnings
    assert any("do not add up to the stated subtotal: 1." in warning for warning in warnings)


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("line_item_1", "a pan"),
        ("line_item_1", "name:Pan|quantity:two|total:1|sub_total:1"),
        ("line_item_2", "name:Pan|quantity:1|total:1|sub_total:-1"),
        ("line_item_1", "name:Pan|quantity:1|total:1|sub_total:1e15"),
        ("refund_items", "all of it"),
        ("refund_items", "amount:much|reason:|date:"),
        ("status", "teleported"),
        ("status", ""),
        ("order_currency", ""),
        ("order_date", "yesterday"),
        ("order_id", ""),
        ("shipping_total", "n/a"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(export({}, {"order_id": "2"} | {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column]]


def test_an_order_without_items_is_set_aside(read):
    report = read(export({}, {"order_id": "2", "line_item_1": "", "line_item_2": ""})).report
    assert "no items" in report.rejected["reason"][0]


def test_items_too_dear_to_add_up_are_set_aside(read):
    item = "name:Pan|quantity:1|total:900000000000|sub_total:900000000000"
    report = read(export({f"line_item_{at}": item for at in range(1, 13)})).report
    assert "a trillion" in report.rejected["reason"][0]


def test_nobody_is_shown(read):
    orders = read(export({}, {"order_id": "2", "line_item_1": "jane.sentinel@example.com"}))
    shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in (*SECRETS, "buyer@", "other@") if secret in shown]
