"""Any table, once its columns are named."""

import gzip
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from ownchannel.orders import ColumnMapping, read_orders

COLUMNS = {"order_id": "Order", "ordered_at": "Date", "item_value": "Amount", "currency": "EUR"}


def test_a_table_reads_by_its_named_columns(tmp_path: Path):
    content = "Date;Order;Amount;Who;Shop\n2026-03-01 09:00;A1;1.234,50;7;Markt\n".encode("cp1252")
    mapping = COLUMNS | {"customer": "Who", "channel": "Shop", "kind": "marketplace", "decimal": ","}
    line = read_orders(("till.csv", content), mapping, tmp_path, timezone="Europe/Berlin").table.iloc[0]
    assert (line["item_value"], line["channel"], line["kind"]) == (Decimal("1234.50"), "Markt", "marketplace")
    assert str(line["ordered_at"]) == "2026-03-01 08:00:00+00:00"
    assert str(line["ordered_on"]) == "2026-03-01"


def test_money_given_back_is_a_refund_without_an_order_line(tmp_path: Path):
    content = b"Order,Date,Amount\nA1,2026-03-01,20.00\nC1,2026-03-05,-20.00\n"
    orders = read_orders(("till.csv", content), COLUMNS, tmp_path)
    assert orders.table[["item_value", "refund", "status"]].to_numpy().tolist() == [
        [Decimal(20), Decimal(0), "completed"],
        [Decimal(0), Decimal(20), "refunded"],
    ]
    assert orders.report.files[0].money["EUR"] == {"in": 0, "accepted": 0, "rejected": 0, "duplicates": 0}


def test_like_lines_of_one_order_all_count(tmp_path: Path):
    content = b"Order,Date,Amount\nA1,2026-03-01,5.00\nA1,2026-03-01,5.00\n"
    assert read_orders(("till.csv", content), COLUMNS, tmp_path).table["item_value"].sum() == 10


def test_a_spreadsheet_reads_like_text(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["Order", "Date", "Amount"])
    book.active.append([1001, "2026-03-01", 0.1 + 0.2])
    buffer = BytesIO()
    book.save(buffer)
    upload = {"name": "till.xlsx", "content": memoryview(buffer.getvalue())}
    orders = read_orders([upload], COLUMNS, tmp_path)
    assert orders.table[["order_id", "item_value"]].to_numpy().tolist() == [["1001", Decimal("0.3")]]
    assert orders.report.files[0].encoding == "xlsx"


def test_a_damaged_spreadsheet_is_told(tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["Order", "Date", "Amount"])
    buffer = BytesIO()
    book.save(buffer)
    for lost in ("xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        crippled = BytesIO()
        with zipfile.ZipFile(buffer) as whole, zipfile.ZipFile(crippled, "w") as part:
            for name in whole.namelist():
                part.writestr(name, whole.read(name) if name != lost else b"<broken")
        files = [("till.xlsx", crippled.getvalue()), ("till.csv", b"Order,Date,Amount\nA1,2026-03-01,5.00\n")]
        bad, good = read_orders(files, COLUMNS, tmp_path).report.files
        assert "damage" in str(bad)
        assert good.accepted == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"item_value": None}, "either item_value"),
        ({"unit_price": "Price"}, "either item_value"),
        ({"kind": "rented"}, "kind"),
        ({"colour": "Red"}, "colour"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(change, words):
    for make in (ColumnMapping.of, lambda columns: ColumnMapping(**columns)):
        with pytest.raises(ValueError, match=words) as refused:
            make({**COLUMNS, **change})
        assert str(refused.value).startswith("The mapping of columns cannot be used. ")
        assert "pydantic" not in str(refused.value)


def test_columns_that_are_not_there_are_told(tmp_path: Path):
    file = read_orders(("till.csv", b"Datum,Betrag\n1,2\n"), COLUMNS, tmp_path).report.files[0]
    assert not file.was_read
    assert "mapping" in str(file)


def test_online_retail_reads_whole(online_retail: Path, tmp_path: Path):
    mapping = ColumnMapping(
        order_id="InvoiceNo",
        ordered_at="InvoiceDate",
        unit_price="UnitPrice",
        quantity="Quantity",
        customer="CustomerID",
        sku="StockCode",
        product="Description",
        country="Country",
        currency="GBP",
    )
    orders = read_orders(online_retail, mapping, tmp_path, timezone="Europe/London")
    (file,) = orders.report.files
    assert (file.rows_in, file.accepted, file.rejected, file.duplicates) == (541_909, 541_909, 0, 0)
    table = orders.table
    cleaned = table[
        table["customer_key"].notna() & (table["item_value"] > 0) & ~table["order_id"].str.startswith("C")
    ]
    assert len(cleaned) == 397_884
    assert cleaned["customer_key"].nunique() == 4_338
    assert cleaned["order_id"].nunique() == 18_532
    assert cleaned["item_value"].sum() == Decimal("8911407.904")
    with gzip.open(online_retail, "rt") as text:
        assert sum(1 for _ in text) - 1 == file.rows_in
