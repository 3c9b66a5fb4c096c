"""Exports that people pasted together, sorted, or saved from a spreadsheet: each order counts once."""

import io
from decimal import Decimal
from itertools import chain, groupby
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import amazon, amazon_row, continued, shopify, shopify_row
from tests.orders.generated_orders import FORMATS
from tests.orders.generated_truth import told, told_of_orders
from tests.orders.test_amazon_settlement import row as booking
from tests.orders.test_amazon_settlement import summary, written
from tests.orders.test_generated import FORMATS as ALL_FORMATS
from tests.orders.test_generated import NUMBER, known, number_in, read

PASTED = [name for name in NUMBER if name != "Table with named columns"]


@pytest.fixture
def read_one(tmp_path: Path):
    def reading(content: bytes, name: str = "export.csv") -> Orders:
        return read_orders((name, content), workspace=tmp_path / "workspace")

    return reading


def decoded(content: bytes) -> tuple[str, str]:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    text = content.decode(encoding)
    return (text if text.endswith("\n") else text + "\n"), encoding


@pytest.mark.parametrize("name", PASTED)
@settings(max_examples=9)
@given(data=st.data())
def test_exports_pasted_together_with_an_overlap_give_what_one_gives(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    text, encoding = decoded(file.content)
    head, *rows = io.StringIO(text, newline="\n")
    orders = [list(of_order) for _, of_order in groupby(rows, number_in(head, NUMBER[name]))]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(orders))] * 2)))
    # Without a header between them, one order that stands at the end of one and the start of the other (but
    # for two bad rows) cannot be known from an order of twice as many equal lines.
    has_header = data.draw(st.booleans()) or end - start in (1, 2, 3)
    parts = [*orders[:end], [head] if has_header else [], *orders[start:]]
    pasted = (head + "".join(chain(*parts))).encode(encoding)
    found = read([(file.name, pasted)], file.mapping)
    assert told(found, "lines") == file.holds
    assert told_of_orders(found) == file.of_orders
    (report,) = found.report.files
    assert report.rows_in == sum(map(len, orders[:end])) + sum(map(len, orders[start:]))
    repeats = report.duplicates > file.repeats
    assert any("Rows that hold again" in warning for warning in report.warnings) == repeats
    assert any("Its header stands again" in warning for warning in report.warnings) == has_header


@pytest.mark.parametrize(
    "name",
    [
        "Amazon settlement",
        "Amazon transactions",
        "Shopify Payments transactions",
        "Shopify payouts",
        "Etsy statement",
    ],
)
@settings(max_examples=9)
@given(data=st.data())
def test_bookings_pasted_twice_count_once(name: str, data: st.DataObject):
    file = data.draw(ALL_FORMATS[name])
    text, encoding = decoded(file.content)
    once = read([(file.name, file.content)])
    lines = list(io.StringIO(text, newline="\n"))
    header = len(lines) - once.report.files[0].rows_in - 1
    twice = read([(file.name, "".join([*lines, *lines[header:]]).encode(encoding))])
    assert known(twice.entries) == known(once.entries)
    before, after = once.report.files[0], twice.report.files[0]
    assert (after.rows_in, after.accepted) == (2 * before.rows_in, before.accepted)
    assert after.difference == before.difference


def test_a_settlement_pasted_twice_still_meets_its_total(read_one):
    rows = [summary("15.00"), booking(amount="10.00"), booking(amount="5.00")]
    twice = read_one(written(*rows, *rows), "settlement.txt")
    (report,) = twice.report.files
    assert (report.reconciled, report.duplicates) == (True, 3)
    assert sum(twice.entries["amount"].to_pylist()) == 15


def test_equal_lines_that_stand_together_are_lines_and_the_order_later_on_is_a_repeat(read_one):
    first, other = [amazon_row()] * 2, amazon_row(amazon_order_id="111-0000000-0000002")
    orders = read_one(amazon(*first, other, *first), "orders.txt")
    assert len(orders.table) == 3
    assert orders.report.files[0].duplicates == 2
    assert "Rows that hold again what other rows of this file hold: 2." in str(orders.report)


def test_lines_of_a_report_sorted_by_product_are_all_kept(read_one):
    orders = [
        amazon_row(amazon_order_id=f"111-0000000-000000{number}", sku=sku)
        for sku in ("LID-12", "PAN-12")
        for number in (1, 2)
    ]
    assert read_one(amazon(*orders), "orders.txt").table["item_value"].sum() == 4 * 84


# ---------------------------------------------------------------- Shopify

TWO_LINES = {"Subtotal": "168.00", "Total": "170.00", "Shipping": "2.00"}


def test_fields_of_the_order_on_every_row_are_the_orders_once(read_one):
    rows = [shopify_row(TWO_LINES), shopify_row(TWO_LINES | {"Lineitem sku": "LID-12"})]
    table = read_one(shopify(*rows)).table
    assert table[["item_value", "shipping"]].sum().tolist() == [168, 2]
    assert table["line_id"].tolist() == ["PAN-12#1", "LID-12#1"]


def test_the_subtotal_says_whether_a_row_that_follows_its_equal_is_a_line(read_one):
    two = read_one(shopify(*[shopify_row(TWO_LINES)] * 2))
    assert two.table["item_value"].sum() == 168
    once = read_one(shopify(*[shopify_row({"Shipping": "2.00", "Total": "86.00"})] * 2))
    assert once.table[["item_value", "shipping"]].sum().tolist() == [84, 2]
    assert once.report.files[0].duplicates == 1


def test_fields_on_every_row_hold_where_the_file_is_read_in_parts(read_one, monkeypatch):
    monkeypatch.setattr("ownchannel.files._layout.CHUNK_ROWS", 2)
    monkeypatch.setattr("ownchannel.files._delimited._BLOCK", 200)
    fields = {"Subtotal": "252.00", "Total": "258.00", "Shipping": "6.00"}
    rows = [shopify_row(fields | {"Name": f"#{number}"}) for number in range(9) for _ in range(3)]
    table = read_one(shopify(*rows)).table
    assert table[["item_value", "shipping"]].sum().tolist() == [9 * 252, 9 * 6]


@pytest.mark.parametrize("cells", [{"Subtotal": "84.00"}, {"Total": "84.00"}])
def test_a_nameless_row_with_totals_is_no_line(read_one, cells):
    orders = read_one(shopify(shopify_row(), continued({"Name": ""} | cells), shopify_row({"Name": "#2"})))
    assert orders.table["order_id"].tolist() == ["#1001", "#2"]
    assert orders.report.rejected["line"].tolist() == [3]
    assert "no line of an order" in orders.report.rejected["reason"][0]


def test_rows_far_from_their_order_are_set_aside_for_that_reason(read_one):
    first = shopify_row(TWO_LINES | {"Lineitem sku": "LID-12"})
    second = shopify_row({"Name": "#1002", "Lineitem sku": "LID-12"})
    for rows, line in (([first, second, continued()], 4), ([continued(), first, second], 2)):
        orders = read_one(shopify(*rows))
        assert len(orders.table) == 2
        rejected = orders.report.rejected
        assert (rejected["line"].tolist(), rejected["column"].tolist()) == ([line], ["name"])
        assert "does not stand above it" in rejected["reason"][0]


# ---------------------------------------------------------------- ids that a spreadsheet rounded


def test_shop_orders_whose_ids_were_rounded_are_told_apart_by_name_and_time(read_one, tmp_path):
    rounded = [shopify_row({"Id": "5.55E+12", "Name": name}) for name in ("#1001", "#1002")]
    orders = read_one(shopify(*rounded))
    assert orders.table["order_id"].tolist() == ["#1001", "#1002"]
    assert "Orders whose IDs a spreadsheet rounded: 2." in str(orders.report)
    exact = shopify(
        shopify_row({"Id": "5550000000001"}), shopify_row({"Id": "5550000000002", "Name": "#1002"})
    )
    both = read_orders([("a.csv", shopify(*rounded)), ("b.csv", exact)], workspace=tmp_path)
    assert both.table["item_value"].sum() == Decimal(168)


def test_rows_of_other_reports_whose_ids_were_rounded_are_set_aside(read_one):
    content = amazon(amazon_row(amazon_order_id="1,11E+16"), amazon_row())
    orders = read_one(content, "orders.txt")
    assert len(orders.table) == 1
    assert orders.report.rejected["reason"].tolist() == [
        "was rounded by a spreadsheet, so that several may look the same"
    ]


# ---------------------------------------------------------------- parcels that came back


@pytest.mark.parametrize(
    "status",
    ["Shipped - Returned to Seller", "Shipped - Rejected by Buyer", "Shipped - Undeliverable"],
)
def test_parcels_that_came_back_are_no_kept_sales(read_one, status):
    row = amazon_row(
        order_status=status, item_promotion_discount="4.00", shipping_price="5.00", item_tax="3.00"
    )
    line = read_one(amazon(row), "orders.txt").table.iloc[0]
    assert line["status"] == "refunded"
    assert line[["item_value", "discount", "refund", "shipping", "tax"]].tolist() == [84, 4, 80, 0, 0]


@pytest.mark.parametrize("status", ["Shipped", "Shipped - Delivered to Buyer", "Shipped - Picked Up"])
def test_parcels_on_their_way_or_delivered_are_sold(read_one, status):
    assert read_one(amazon(amazon_row(order_status=status)), "o.txt").table["status"].tolist() == [
        "completed"
    ]


def test_lines_of_one_product_that_a_sorted_report_has_scattered_are_told_apart_by_their_amounts(read_one):
    def line(order: str, price: str, **more: str) -> list[str]:
        return amazon_row(amazon_order_id=order, item_price=price, **more)

    one, other = "111-0000000-0000001", "111-0000000-0000002"
    by_price = [line(one, "0.00"), line(other, "5.00"), line(one, "84.00")]
    assert read_one(amazon(*by_price), "orders.txt").table["item_value"].sum() == 89
    # A newer state of the line, from an export pasted below, is that line.
    states = [
        line(one, "168.00", quantity="2", last_updated_date="2026-03-02T10:00:00+00:00"),
        line(other, "5.00"),
        line(one, "84.00", quantity="1", last_updated_date="2026-03-05T10:00:00+00:00"),
    ]
    table = read_one(amazon(*states), "orders.txt").table
    assert sorted(table["item_value"].tolist()) == [5, 84]
