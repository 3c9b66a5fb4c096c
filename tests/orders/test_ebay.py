"""eBay's orders report of several sites, with the rows that sum up orders and its footer."""

import csv
import io
import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import Orders, read_orders
from tests.orders.generated_marketplaces import ebay_orders
from tests.orders.generated_truth import GeneratedFile, told, told_of_orders
from tests.orders.headers import EBAY_COLUMNS, EBAY_GERMAN, EBAY_UK, SECRETS, sentinel

ONE = {
    "Sales Record Number": "201",
    "Order Number": "11-00001-00001",
    "Buyer Username": "pan_fan",
    "Item Number": "335000000001",
    "Item Title": "Pan, black",
    "Custom Label": "PAN-12",
    "Quantity": "1",
    "Sold For": "$30.00",
    "Shipping And Handling": "$5.00",
    "eBay Collected Tax": "$2.10",
    "Total Price": "$37.10",
    "Sale Date": "Mar-31-26",
    "Paid On Date": "Mar-31-26",
    "Transaction ID": "9001",
    "Ship To Country": "United States",
}
NO_ITEM = dict.fromkeys(("Item Number", "Item Title", "Custom Label", "Transaction ID"), "")
NO_TOTALS = dict.fromkeys(
    (
        "Shipping And Handling",
        "eBay Collected Tax",
        "Total Price",
        "Paid On Date",
        "Ship To Country",
        "Buyer Username",
    ),
    "",
)
OF_TWO = {"Sales Record Number": "202", "Order Number": "11-00001-00002"}
SUM = ONE | OF_TWO | NO_ITEM | {"Quantity": "3", "Sold For": "$40.00", "Total Price": "$47.10"}
POT = ONE | OF_TWO | NO_TOTALS | {"Item Title": "Pot", "Custom Label": "POT", "Transaction ID": "9002"}
LIDS = ONE | OF_TWO | NO_TOTALS
LIDS |= {
    "Item Title": "Lid",
    "Custom Label": "LID",
    "Quantity": "2",
    "Sold For": "$5.00",
    "Transaction ID": "9003",
}
FOOTER = '\n"2","record(s) downloaded","from Mar-25-26 to Apr-01-26"\nSeller ID : jane.sentinel@example.com\n'


def report(*rows: dict[str, str], columns: Sequence[str] = EBAY_COLUMNS, delimiter: str = ",") -> bytes:
    """The report as it comes: blank rows above and below the header, a footer."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    blank = [""] * len(columns)
    filled = [[row.get(name, sentinel(name)) for name in columns] for row in rows]
    writer.writerows([blank, columns, blank, *filled])
    return (text.getvalue() + FOOTER).encode()


def renamed(row: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    return {names.get(column, column): cell for column, cell in row.items()}


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace")

    return reading


def test_orders_of_one_item_and_of_several(read):
    orders = read(report(ONE, SUM, POT, LIDS))
    columns = [
        "order_id",
        "sku",
        "quantity",
        "item_value",
        "currency",
        "country",
        "status",
        "channel",
        "kind",
    ]
    rest = ["USD", "US", "completed", "eBay", "marketplace"]
    assert orders.table[columns].to_numpy().tolist() == [
        ["11-00001-00001", "PAN-12", 1, 30, *rest],
        ["11-00001-00002", "POT", 1, 30, *rest],
        ["11-00001-00002", "LID", 2, 10, *rest],
    ]
    assert orders.table[["shipping", "tax"]].sum().tolist() == [10, Decimal("4.2")]
    assert orders.table["customer_key"].nunique() == 1 and not orders.table["customer_key"].isna().any()
    (file,) = orders.report.files
    assert (file.rows_in, file.accepted, file.rejected, file.duplicates) == (4, 3, 0, 1)
    assert "Rows that sum up an order: 1." in str(file) and "other files" not in file.summary
    assert "does not include eBay's fees" in str(file)


def test_rows_far_from_the_row_that_sums_them_up_find_it(read):
    table = read(report(LIDS, ONE, POT, SUM)).table
    assert sorted(table["item_value"]) == [10, 30, 30]
    assert table[["shipping", "tax"]].sum().tolist() == [10, Decimal("4.2")]


def test_an_order_of_which_only_the_sum_is_left_is_a_line(read):
    assert read(report(SUM)).table[["item_value", "shipping"]].to_numpy().tolist() == [[40, 5]]


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        ({"Quantity": "3", "Total Price": "$97.10"}, 90),
        ({"Quantity": "3", "Total Price": "$37.10"}, 30),
        ({"Quantity": "3", "Total Price": ""}, 90),
    ],
)
def test_the_total_shows_whether_the_price_is_for_one(read, cells, value):
    orders = read(report(ONE | cells))
    assert orders.table["item_value"].tolist() == [value]
    assert ("It was read so." in str(orders.report)) == (not cells["Total Price"])


def test_the_sum_above_the_items_shows_it_as_well(read):
    for_all = LIDS | {"Sold For": "$10.00"}
    assert read(report(SUM, POT, for_all)).table["item_value"].tolist() == [30, 10]


def test_a_damaged_copy_of_a_row_proves_nothing(read):
    for_all = LIDS | {"Sold For": "$10.00"}
    damaged = SUM | {"Sale Date": "soon"}
    assert read(report(SUM, POT, for_all, damaged)).table["item_value"].tolist() == [30, 10]


def test_the_sites_of_the_united_kingdom_and_germany(read):
    uk = {"Sold For": "£30.00", "Shipping And Handling": "£5.00", "Sale Date": "31-Mar-26"}
    german = {
        "Sold For": "1.030,50 €",
        "Shipping And Handling": "EUR 5,00",
        "eBay Collected Tax": "",
        "Total Price": "EUR 1.035,50",
        "Sale Date": "10-Dez-25",
        "Ship To Country": "Österreich",
    }
    files = [
        report(
            renamed(ONE | cells, names),
            columns=[names.get(name, name) for name in EBAY_COLUMNS],
            delimiter=mark,
        )
        for cells, names, mark in ((uk, EBAY_UK, ","), (german | {"Order Number": "2"}, EBAY_GERMAN, ";"))
    ]
    table = read(*files).table
    assert table[["item_value", "shipping", "currency", "country"]].to_numpy().tolist() == [
        [30, 5, "GBP", "US"],
        [Decimal("1030.5"), 5, "EUR", "AT"],
    ]
    assert table["ordered_on"].astype(str).tolist() == ["2026-03-31", "2025-12-10"]


@pytest.mark.parametrize("march", ["05-Mrz-26", "05-Mär-26", "05-März-26"])
def test_the_german_march(read, march):
    assert read(report(ONE | {"Sale Date": march})).table["ordered_on"].astype(str).tolist() == ["2026-03-05"]


def test_the_older_report_of_file_exchange(read):
    names = {
        "Buyer Username": "User Id",
        "Order Number": "Order ID",
        "Item Number": "Item ID",
        "Sold For": "Sale Price",
        "eBay Collected Tax": "Sales Tax",
        "Seller Collected Tax": "Insurance",
        "Paid On Date": "Paid on Date",
    }
    content = report(
        renamed(ONE | {"Order Number": ""}, names), columns=[names.get(name, name) for name in EBAY_COLUMNS]
    )
    line = read(content).table.iloc[0]
    assert line[["order_id", "item_value", "tax", "status"]].tolist() == [
        "201",
        30,
        Decimal("2.1"),
        "completed",
    ]


@pytest.mark.parametrize(
    ("sold", "currency"),
    [("AU $30.00", "AUD"), ("C $30.00", "CAD"), ("30.00", "USD"), ("GBP 30.00", "GBP"), ("Q$30.00", None)],
)
def test_the_sign_of_an_amount_is_its_currency(read, sold, currency):
    orders = read(report(ONE | {"Sold For": sold}))
    assert orders.table["currency"].tolist() == ([currency] if currency else [])
    assert ("show no currency: 1. They were read as USD." in str(orders.report)) == (sold == "30.00")


def test_what_is_not_paid_is_no_sale_yet_and_a_later_report_settles_it(read):
    never = {"Paid On Date": "", "Order Number": "", "Sales Record Number": "300"}
    waiting = report(ONE | {"Paid On Date": ""}, ONE | never)
    orders = read(waiting)
    assert orders.table["status"].tolist() == ["pending", "pending"]
    assert "without a day of payment: 2." in str(orders.report)
    later = report(ONE, ONE | {"Order Number": "3", "Sale Date": "Apr-02-26"})
    assert sorted(read(waiting, later).table["status"]) == ["completed", "completed", "pending"]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["07/04/2026", "21/04/2026"], ["2026-04-07", "2026-04-21"]),
        (["07/04/2026", "04/21/2026"], ["2026-07-04", "2026-04-21"]),
        (["07/04/2026", "07/05/2026"], ["2026-07-04", "2026-07-05"]),
        (["04/21/2026", "21/04/2026"], []),
    ],
)
def test_dates_that_a_spreadsheet_wrote_are_judged_by_the_column(read, days, expected):
    rows = [ONE | {"Order Number": str(at), "Sale Date": day} for at, day in enumerate(days)]
    assert read(report(*rows)).table["ordered_on"].astype(str).tolist() == expected


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Sold For", ""),
        ("Sold For", "-$3.00"),
        ("Sold For", "free"),
        ("Sale Date", "soon"),
        ("Quantity", "two"),
        ("Total Price", "$1,2,3"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    file = read(report(ONE, ONE | {"Order Number": "2", column: text})).report
    assert (file.files[0].accepted, file.files[0].rejected) == (1, 1)
    assert file.rejected[["line", "column"]].to_numpy().tolist() == [[5, column.casefold()]]


def test_a_row_without_any_number_is_set_aside(read):
    nameless = dict.fromkeys(("Order Number", "Sales Record Number"), "")
    assert read(report(ONE | nameless)).report.rejected["column"].tolist() == ["order number"]


def test_nobody_is_shown(read):
    orders = read(report(ONE, SUM, POT, ONE | {"Order Number": "2", "Sold For": "jane.sentinel@example.com"}))
    shown = orders.table.to_csv() + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in (*SECRETS, "pan_fan") if secret in shown]


def decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


@settings(max_examples=15)
@given(file=ebay_orders(), data=st.data())
def test_a_report_saved_anew_sorted_or_pasted_twice_is_read_the_same(
    file: GeneratedFile, data: st.DataObject
):
    text = decoded(file.content)
    delimiter = ";" if text.count(";") > text.count(",") else ","
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    if data.draw(st.booleans()):
        rows.sort(
            key=lambda row: row[head.index(next(name for name in head if name in ("Quantity", "Anzahl")))]
        )
    again = [head, *rows] if data.draw(st.booleans()) else []
    out = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    writer = csv.writer(out, delimiter=data.draw(st.sampled_from(",;")), quoting=quoting)
    writer.writerows([[""] * len(head), head, *rows, *again])
    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(("a.csv", (out.getvalue() + FOOTER).encode("utf-16")), workspace=workspace)
    assert told(orders, "lines") == file.holds
    assert told_of_orders(orders) == file.of_orders
    (books,) = orders.report.files
    assert (
        books.rows_in == books.accepted + books.rejected + books.duplicates == len(rows) * (2 if again else 1)
    )


def test_a_report_without_orders_is_empty(read):
    (file,) = read(report()).report.files
    assert (file.format, file.rows_in) == ("eBay orders", 0)
