"""Any table, once its columns are named."""

import gzip
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def read_table(folder: Path, *lines: str, **changes):
    """Orders of a table of the named columns, further ones in its header."""
    header = ";".join(["Order", "Date", "Amount", *changes.pop("further", ())])
    content = "\n".join([header, *lines]).encode()
    return read_orders(("till.csv", content), COLUMNS | changes, folder)


def faults(orders) -> dict[int, str]:
    """By line, why a row was set aside and what to do."""
    aside = orders.report.rejected
    return {row.line: f"{row.reason} | {row.remedy}" for row in aside.itertuples()}


def days(orders) -> list[str]:
    return [str(day) for day in orders.table["ordered_on"]]


def test_a_day_above_12_proves_the_order_of_the_whole_column(tmp_path: Path):
    orders = read_table(tmp_path, "1;05/01/2026;10", "2;31/01/2026;20", "3;03-02-2026;30")
    assert days(orders) == ["2026-01-05", "2026-01-31", "2026-02-03"]
    orders = read_table(tmp_path, "1;05/01/2026 9:15;10", "2;01/31/26;20", currency="GBP")
    assert days(orders) == ["2026-05-01", "2026-01-31"]
    assert not orders.report.files[0].warnings


def test_what_proves_the_order_may_stand_far_below(tmp_path: Path):
    lines = [f"{number};05/01/2026;1" for number in range(9_000)]
    assert set(days(read_table(tmp_path, *lines, "x;31/01/2026;1"))) == {"2026-01-05", "2026-01-31"}


def test_a_column_that_proves_both_ways_is_refused_with_both_lines(tmp_path: Path):
    lines = ("1;05/01/2026;10", "2;31/01/2026;20", "3;01/31/2026;30", "4;2026-02-01;40")
    orders = read_table(tmp_path, *lines)
    assert days(orders) == ["2026-02-01"]
    for words in ("line 3", "line 4", "day_first=True"):
        assert all(words in fault for fault in faults(orders).values())
    assert days(read_table(tmp_path, *lines, day_first=True)) == ["2026-01-05", "2026-01-31", "2026-02-01"]
    orders = read_table(tmp_path, "1;2026-01-05;12,50", "2;2026-01-05;12.50", "3;2026-01-05;7")
    assert orders.table["order_id"].tolist() == ["3"]
    assert all(
        "line 2" in fault and "line 3" in fault and "decimal=','" in fault
        for fault in faults(orders).values()
    )


@pytest.mark.parametrize(
    ("currency", "timezone", "day"),
    [("USD", "UTC", "2026-05-01"), ("GBP", "UTC", "2026-01-05"), ("CAD", "Paris", "2026-01-05")],
)
def test_dates_that_prove_nothing_are_read_as_the_file_suggests_and_that_is_said(
    tmp_path: Path, currency: str, timezone: str, day: str
):
    content = b"Order,Date,Amount\n1,05/01/2026,10\n2,06/06/2026,10\n"
    orders = read_orders(("till.csv", content), COLUMNS | {"currency": currency}, tmp_path, timezone)
    assert days(orders) == [day, "2026-06-06"]
    (remark,) = orders.report.files[0].warnings
    assert "day_first=" in remark and "line 2: 1." in remark


@pytest.mark.parametrize(("currency", "timezone"), [("CAD", "UTC"), ("USD", "Berlin"), ("GBP", "New York")])
def test_where_nothing_suggests_an_order_of_days_a_sentence_asks(
    tmp_path: Path, currency: str, timezone: str
):
    content = b"Order,Date,Amount\n1,05/01/2026,10\n2,06/06/2026,10\n"
    columns = COLUMNS | {"currency": currency}
    orders = read_orders(("till.csv", content), columns, tmp_path, timezone)
    assert days(orders) == ["2026-06-06"]
    assert "day_first=True or day_first=False" in faults(orders)[2]
    asked = read_orders(("till.csv", content), columns | {"day_first": True}, tmp_path, timezone)
    assert days(asked) == ["2026-01-05", "2026-06-06"]


def test_the_whole_column_proves_the_decimal_mark(tmp_path: Path):
    cells = ("12,50", "1.250", "1.250,00", "3,00")
    orders = read_table(tmp_path, *(f"{n};2026-01-05;{cell}" for n, cell in enumerate(cells)))
    assert orders.table["item_value"].tolist() == [Decimal("12.5"), 1250, 1250, 3]
    # Without a proof the file's other amounts suggest it, and that is said; else a sentence asks.
    orders = read_table(tmp_path, "1;2026-01-05;1.250;2,50", further=["Sent"], shipping="Sent")
    assert orders.table["item_value"].tolist() == [1250]
    assert "decimal='.'" in orders.report.files[0].warnings[0]
    orders = read_table(tmp_path, "1;2026-01-05;1.250", "2;2026-01-05;7")
    assert orders.table["item_value"].tolist() == [7]
    assert "decimal=','" in faults(orders)[2]
    assert orders.report.files[0].money["EUR"]["rejected"] == 0, (
        "what may be 1.25 or 1250 is stated as neither"
    )
    assert read_table(tmp_path, "1;2026-01-05;1.250", decimal=",").table["item_value"].tolist() == [1250]


def test_price_and_quantity_have_each_their_decimal_mark(tmp_path: Path):
    columns = {"item_value": None, "unit_price": "Amount", "quantity": "Units"}
    orders = read_table(tmp_path, "1;2026-01-05;12,50;1.5", further=["Units"], **columns)
    assert orders.table[["quantity", "item_value"]].to_numpy().tolist() == [[1.5, Decimal("18.75")]]


def test_remedies_name_the_options_of_the_mapping(tmp_path: Path):
    orders = read_table(tmp_path, "1;31/01/2026;10", "2;2026-01-05;1,2", day_first=False, decimal=".")
    assert "day_first=True" in faults(orders)[2]
    assert "decimal=','" in faults(orders)[3]


@pytest.mark.parametrize("priced", ["item_value", "unit_price"])
def test_an_empty_price_is_no_price_of_nothing(tmp_path: Path, priced: str):
    columns = {"item_value": None, priced: "Amount", "quantity": "Units"}
    lines = ("1;2026-01-05;;2", "2;2026-01-05;0;2", "3;2026-01-05;5;1")
    orders = read_table(tmp_path, *lines, further=["Units"], **columns)
    assert orders.table["item_value"].tolist() == [0, 5]
    assert faults(orders)[2].startswith("is empty | ")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 10**8)), min_size=1, max_size=6
    ),
    st.booleans(),
    st.sampled_from([".", ","]),
)
def test_dates_and_amounts_are_right_or_set_aside_with_the_option(
    tmp_path: Path, rows, day_first: bool, mark: str
):
    form = "%d/%m/%Y" if day_first else "%m/%d/%Y"

    def amount(cents: int) -> str:
        return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,") if mark == "," else {})

    lines = [f"{n};{day.strftime(form)};{amount(cents)}" for n, (day, cents) in enumerate(rows)]
    orders = read_table(tmp_path, *lines, currency="CAD")
    read = {row.order_id: (row.ordered_on, row.item_value) for row in orders.table.itertuples()}
    right = {str(n): (day, Decimal(cents).scaleb(-2)) for n, (day, cents) in enumerate(rows)}
    assert read.items() <= right.items()
    assert len(read) + len(faults(orders)) == len(rows)
    assert all("day_first=" in fault for fault in faults(orders).values())
    if any(day.day > 12 for day, _ in rows):
        assert read == right


def test_the_platforms_words_for_a_status_are_known_in_every_spelling(tmp_path: Path):
    words = {
        "completed": "completed processing wc-processing Delivered fulfilled unfulfilled paid Dispatched "
        "partially_refunded partially-refunded Wc-Completed",
        "cancelled": "Voided cancelled canceled wc-failed expired",
        "pending": "pending on-hold wc-on-hold authorized Unpaid",
        "refunded": "refunded returned wc-refunded",
    }
    pairs = [(word, status) for status, text in words.items() for word in text.split()]
    lines = [f"{n};2026-01-05;30;{word}" for n, (word, _) in enumerate(pairs)]
    orders = read_table(tmp_path, *lines, "x;2026-01-05;30;", further=["State"], status="State")
    assert orders.table["status"].tolist() == [*(status for _, status in pairs), "completed"]
    assert not faults(orders)
    assert any("refunded in part without an amount: 2." in each for each in orders.report.files[0].warnings)
    (fault,) = faults(read_table(tmp_path, "1;2026-01-05;3;odd", further=["State"], status="State")).values()
    assert "unknown status" in fault


def test_what_was_refunded_without_an_amount_was_refunded_whole(tmp_path: Path):
    columns = {"status": "State", "refund": "Back", "shipping": "Sent"}
    lines = ("1;2026-01-05;30;refunded;;5", "2;2026-01-05;30;refunded;10;5", "3;2026-01-05;30;paid;;5")
    table = read_table(tmp_path, *lines, further=["State", "Back", "Sent"], **columns).table
    assert table[["refund", "shipping"]].to_numpy().tolist() == [[30, 0], [10, 5], [0, 5]]


@pytest.mark.parametrize("rounded", ["5.55E+12", "5,55e+12", "5E+12"])
def test_ids_that_a_spreadsheet_rounded_are_no_identity(tmp_path: Path, rounded: str):
    lines = (f"{rounded};2026-01-05;10;L1", f"{rounded};2026-01-06;20;L2", "7;2026-01-07;30;L3")
    orders = read_table(tmp_path, *lines, further=["Line"])
    assert orders.table["order_id"].tolist() == ["7"]
    assert "rounded by a spreadsheet" in faults(orders)[2]
    assert orders.report.files[0].money["EUR"]["rejected"] == 30
    # A line's own id tells the rows apart; that each counts as an order is said.
    orders = read_table(tmp_path, *lines, further=["Line"], line_id="Line")
    assert orders.table["order_id"].tolist() == ["L1", "L2", "7"]
    assert "rounded by a spreadsheet: 2." in orders.report.files[0].warnings[0]
    lines_alike = ("7;2026-01-07;30;5.55E+12", "7;2026-01-07;40;5.55E+12")
    orders = read_table(tmp_path, *lines_alike, further=["Line"], line_id="Line")
    assert orders.table["item_value"].tolist() == [30, 40]
    orders = read_table(tmp_path, *lines, further=["Line"], order_id="Line", customer="Order")
    assert orders.table["customer_key"].notna().tolist() == [False, False, True]
    assert "customer number was rounded by a spreadsheet: 2." in orders.report.files[0].warnings[0]


@pytest.mark.parametrize("header", ["Order;Date;Amount", "Order;Date;Amount;Note"])
def test_tables_pasted_together_count_what_they_share_once(tmp_path: Path, header: str):
    alike = ("1;2026-01-05;10", "1;2026-01-05;10")
    orders = read_table(tmp_path, *alike, header, "1;2026-01-05;10", "2;2026-01-06;20")
    assert orders.table["item_value"].tolist() == [10, 10, 20], "two like lines of one table both count"
    assert set(faults(orders)) == ({4} if "Note" in header else set())
    (file,) = orders.report.files
    assert file.duplicates == 1 and "stands again in line 4" in str(file)


def test_an_amount_of_the_whole_order_counts_once_and_is_shared_out(tmp_path: Path):
    lines = ("1;2026-01-05;30;6", "2;2026-01-06;50;4", "1;2026-01-05;10;6")
    named = {"further": ["Post"], "shipping": "Post"}
    each_row = read_table(tmp_path, *lines, **named)
    assert each_row.table["shipping"].tolist() == [6, 4, 6]
    once = read_table(tmp_path, *lines, **named, of_order=("shipping",))
    assert once.table["shipping"].tolist() == [Decimal("4.5"), 4, Decimal("1.5")]
    pasted = read_table(tmp_path, *lines, "Order;Date;Amount;Post", *lines, **named, of_order=("shipping",))
    assert (len(pasted.table), pasted.table["shipping"].sum()) == (3, 10)
    differs = read_table(tmp_path, *lines, "2;2026-01-06;1;3", **named, of_order=("shipping",))
    assert differs.table["shipping"].sum() == 10
    assert "another amount for their whole order" in str(differs.report)


def test_a_date_far_below_proves_that_numbers_above_are_no_days(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("ownchannel.files._delimited._BLOCK", 20)
    monkeypatch.setattr("ownchannel.files._layout.CHUNK_ROWS", 1)
    days = ("1;46027;10", "2;46028;20")
    assert len(read_table(tmp_path, *days).table) == 2
    orders = read_table(tmp_path, *days, "3;2026-01-05;30")
    assert orders.table["order_id"].tolist() == ["3"]
    assert set(faults(orders)) == {2, 3}
