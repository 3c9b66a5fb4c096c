"""TikTok Shop's orders: the order's sums on every row, discounts that TikTok pays, times by region."""

import csv
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import Orders, read_orders
from tests.orders.generated_marketplaces import tiktok_orders
from tests.orders.generated_truth import GeneratedFile, told, told_of_orders
from tests.orders.headers import SECRETS, TIKTOK_COLUMNS, sentinel
from tests.orders.test_ebay import decoded

PAN = {
    "Order ID": "577000000000000001\t",
    "Order Status": "Completed",
    "Cancelation/Return Type": "",
    "SKU ID": "1729000000000000001\t",
    "Seller SKU": "PAN-12",
    "Product Name": "Pan",
    "Quantity": "2",
    "SKU Subtotal Before Discount": "$30.00",
    "SKU Platform Discount": "$2.00",
    "SKU Seller Discount": "$3.00",
    "SKU Subtotal After Discount": "$25.00",
    "Shipping Fee After Discount": "$4.00",
    "Taxes": "$2.40",
    "Order Amount": "$41.40",
    "Order Refund Amount": "$0.00",
    "Created Time": "09/21/2026 2:03:12 PM\t",
    "Cancelled Time": "",
    "Buyer Username": "panfan",
    "Country": "United States",
}
LID = PAN | {
    "SKU ID": "1729000000000000002\t",
    "Seller SKU": "LID-12",
    "Product Name": "Lid",
    "Quantity": "1",
    "SKU Subtotal Before Discount": "$10.00",
    "SKU Platform Discount": "$0.00",
    "SKU Seller Discount": "$0.00",
}
OTHER = LID | {"Order ID": "577000000000000002", "Buyer Username": "b***r", "Order Amount": "$16.40"}
DESCRIBED = dict.fromkeys(TIKTOK_COLUMNS, "What this column holds.") | {
    "Order ID": "Platform unique order ID."
}
SUMS = ["item_value", "discount", "shipping", "tax", "refund"]


def export(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(TIKTOK_COLUMNS)
    writer.writerows([row.get(name, sentinel(name)) for name in TIKTOK_COLUMNS] for row in rows)
    return text.getvalue().encode("utf-8-sig")


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes, **options) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace", **options)

    return reading


def test_an_order_of_two_products_has_its_sums_once(read):
    orders = read(export(DESCRIBED, PAN, LID, OTHER))
    columns = [
        "order_id",
        "sku",
        "quantity",
        "item_value",
        "discount",
        "currency",
        "country",
        "status",
        "kind",
    ]
    rest = ["USD", "US", "completed", "marketplace"]
    assert orders.table[columns].to_numpy().tolist() == [
        ["577000000000000001", "PAN-12", 2, 30, 3, *rest],
        ["577000000000000001", "LID-12", 1, 10, 0, *rest],
        ["577000000000000002", "LID-12", 1, 10, 0, *rest],
    ]
    assert orders.table[SUMS].sum().tolist() == [50, 3, 8, Decimal("4.8"), 0]
    assert orders.table["customer_key"].isna().tolist() == [False, False, True]
    assert str(orders.table["ordered_at"][0]) == "2026-09-21 14:03:12+00:00"
    (file,) = orders.report.files
    assert (file.rows_in, file.accepted, file.rejected, file.duplicates) == (3, 3, 0, 0)
    assert "Discounts that TikTok pays are not taken off." in str(file) and "other files" not in file.summary


def test_rows_far_from_each_other_are_one_order_and_a_pasted_copy_is_none(read):
    expected = read(export(PAN, LID, OTHER)).table[SUMS].sum().tolist()
    assert read(export(PAN, OTHER, LID)).table[SUMS].sum().tolist() == expected
    header = dict(zip(TIKTOK_COLUMNS, TIKTOK_COLUMNS, strict=True))
    twice = read(export(PAN, LID, OTHER, header, DESCRIBED, PAN, LID, OTHER))
    assert twice.table[SUMS].sum().tolist() == expected
    assert twice.report.files[0].duplicates == 3


@pytest.mark.parametrize(
    ("refund", "expected", "status"),
    [
        ("$5.00", [5, 4, Decimal("2.4")], "completed"),
        ("$41.00", [37, 0, Decimal("2.4")], "completed"),
        ("$41.40", [37, 0, 0], "refunded"),
    ],
)
def test_a_refund_is_the_orders_and_gives_goods_back_first(read, refund, expected, status):
    rows = [row | {"Order Refund Amount": refund} for row in (PAN, LID)]
    table = read(export(*rows)).table
    assert table[["refund", "shipping", "tax"]].sum().tolist() == expected
    assert set(table["status"]) == {status}


def test_refunds_that_differ_by_row_add_up(read):
    rows = [PAN | {"Order Refund Amount": "$5.00"}, LID | {"Order Refund Amount": "$3.00"}]
    assert read(export(*rows)).table["refund"].sum() == 8


def test_what_was_given_back_for_a_cancelled_product_is_not_taken_off_the_other(read):
    back = {"Order Refund Amount": "$10.00"}
    sales = read(export(PAN | back, LID | back | {"Cancelation/Return Type": "Cancel"})).sales
    assert sales[["sku", "refund"]].to_numpy().tolist() == [["PAN-12", 0]]


@pytest.mark.parametrize(
    ("cells", "status"),
    [
        ({"Order Status": "To ship"}, "completed"),
        ({"Order Status": "Unpaid"}, "pending"),
        ({"Order Status": "Canceled"}, "cancelled"),
        ({"Cancelation/Return Type": "Cancel"}, "cancelled"),
        ({"Cancelled Time": "09/22/2026 2:03:12 PM"}, "cancelled"),
        ({"Cancelation/Return Type": "Return/Refund"}, "completed"),
        ({"Order Status": "Selesai"}, "completed"),
    ],
)
def test_words_for_the_status(read, cells, status):
    assert read(export(PAN | cells)).table["status"].tolist() == [status]


@pytest.mark.parametrize(
    ("amount", "country", "currency"),
    [
        ("£12.50", "United Kingdom", "GBP"),
        ("12.50 GBP", "", "GBP"),
        ("USD 12.50", "Germany", "USD"),
        ("12.50", "United Kingdom", "GBP"),
        ("12.50", "", None),
    ],
)
def test_the_currency_is_the_amounts_or_the_countrys(read, amount, country, currency):
    orders = read(export(PAN | {"SKU Subtotal Before Discount": amount, "Country": country}))
    assert orders.table["currency"].tolist() == ([currency] if currency else [])
    assert ("show no currency: 1." in str(orders.report)) == (amount == "12.50" and bool(country))


@pytest.mark.parametrize(
    ("times", "country", "expected"),
    [
        (["05/04/2026 10:00:00", "21/04/2026 10:00:00"], "United States", ["2026-04-05", "2026-04-21"]),
        (["05/04/2026 10:00:00"], "United States", ["2026-05-04"]),
        (["05/04/2026 10:00:00"], "United Kingdom", ["2026-04-05"]),
    ],
)
def test_the_order_of_day_and_month_is_the_columns_or_the_countrys(read, times, country, expected):
    plain = {"SKU Subtotal Before Discount": "30.00", "Country": country}
    rows = [PAN | plain | {"Order ID": f"57700{at}", "Created Time": time} for at, time in enumerate(times)]
    assert read(export(*rows)).table["ordered_on"].astype(str).tolist() == expected


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Order ID", ""),
        ("Order ID", "5.77E+17"),
        ("SKU Subtotal Before Discount", ""),
        ("SKU Subtotal Before Discount", "-$1.00"),
        ("Order Status", "teleported"),
        ("Created Time", "soon"),
        ("Quantity", "two"),
        ("Order Refund Amount", "$1,2"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(export(PAN, OTHER | {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column.casefold()]]


def test_nobody_is_shown(read):
    orders = read(export(PAN, LID, OTHER | {"SKU Subtotal Before Discount": "jane.sentinel@example.com"}))
    shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in (*SECRETS, "panfan") if secret in shown]


@settings(max_examples=15)
@given(file=tiktok_orders(described=True), data=st.data())
def test_an_export_saved_anew_sorted_or_pasted_twice_is_read_the_same(
    file: GeneratedFile, data: st.DataObject
):
    text = decoded(file.content)
    delimiter = ";" if text.count(";") > text.count(",") else ","
    head, words, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    column = data.draw(st.sampled_from([None, "SKU ID", "Quantity"]))
    if column:
        rows.sort(key=lambda row: row[head.index(column)])
    again = [head, words, *rows] if data.draw(st.booleans()) else []
    out = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    writer = csv.writer(out, delimiter=data.draw(st.sampled_from(",;")), quoting=quoting)
    writer.writerows([head, words, *rows, *again])
    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(("a.csv", out.getvalue().encode("utf-16")), workspace=workspace)
    assert told(orders, "lines") == file.holds
    assert told_of_orders(orders) == file.of_orders
    (books,) = orders.report.files
    assert (
        books.rows_in == books.accepted + books.rejected + books.duplicates == len(rows) * (2 if again else 1)
    )
