"""Etsy's monthly statement, alone and beside its exports of orders and items."""

import csv
import io
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import Orders, read_orders
from tests.orders.generated_etsy import etsy_statements
from tests.orders.generated_truth import GeneratedFile, told
from tests.orders.shown import everything_shown, listening
from tests.orders.test_etsy import CARD, STICKER, items_export, orders_export

HEADER = ["Date", "Type", "Title", "Info", "Currency", "Amount", "Fees & Taxes", "Net", "Tax Details"]
GERMAN = ["Datum", "Art", "Titel", "Info", "Währung", "Betrag", "Gebühren & Steuern", "Netto", "Steuern"]
DAY, OF_ORDER = "March 1, 2026", "Order #3001"


def row(
    kind: str, title: str, info: str = "", amount: str = "--", fees: str = "--", **other: str
) -> list[str]:
    net = other.get("net", fees if amount == "--" else amount)
    return [other.get("day", DAY), kind, title, info, other.get("currency", "USD"), amount, fees, net, "--"]


#: Of the order that test_etsy has: goods 13.00, discount 1.30, shipping 4.00, tax 0.62.
SALE = row("Sale", "Payment for Order #3001", amount="$16.32")
TAX = row("Tax", "Sales tax paid by buyer", OF_ORDER, fees="-$0.62")
CARD_FEE = row("Fee", "Processing fee", OF_ORDER, fees="-$0.74")
FEE = row("Fee", "Transaction fee: Sunset Fox | Card", OF_ORDER, fees="-$0.76")
LISTING = row("Fee", "Listing fee", "Listing #77", fees="-$0.20")
ADS = row("Marketing", "Etsy Ads", "Bill for click-throughs to your shop on Feb 28, 2026", fees="-$5.00")
DEPOSIT = row("Deposit", "$40.00 sent to your bank account")
MONTH = (SALE, TAX, CARD_FEE, FEE, LISTING, ADS, DEPOSIT)


def statement(*rows: list[str], header: list[str] = HEADER, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return text.getvalue().encode("utf-8-sig")


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace")

    return reading


def booked(orders: Orders) -> list[list[object]]:
    columns = ["event", "part", "description", "order_id", "amount"]
    return [[row[name] for name in columns] for row in orders.entries.to_pylist()]


def test_each_row_is_booked_for_what_it_is(read):
    orders = read(statement(*MONTH))
    assert booked(orders) == [
        ["sale", "goods", "Payment for Order", "3001", Decimal("16.32")],
        ["sale", "goods", "Sales tax paid by buyer", "3001", Decimal("-0.62")],
        ["sale", "fee", "Processing fee", "3001", Decimal("-0.74")],
        ["sale", "fee", "Transaction fee", "3001", Decimal("-0.76")],
        ["account", "fee", "Listing fee", None, Decimal("-0.20")],
        ["account", "advertising", "Etsy Ads", None, Decimal("-5.00")],
        ["account", "transfer", "Deposit", None, Decimal("-40.00")],
    ]
    (file,) = orders.report.files
    assert (file.rows_in, file.accepted, file.reconciled, file.unclassified) == (7, 7, True, {})
    assert {str(day) for day in orders.entries["posted_on"].to_pylist()} == {"2026-03-01"}


def test_without_other_exports_its_orders_are_what_the_buyer_paid_less_tax(read):
    line = read(statement(*MONTH)).table.iloc[0]
    columns = ["order_id", "channel", "kind", "item_value", "tax", "fee", "status", "currency"]
    assert line[columns].tolist() == [
        "3001", "Etsy", "marketplace", Decimal("15.7"), 0, Decimal("1.5"), "completed", "USD",
    ]  # fmt: skip


@pytest.mark.parametrize("exports", [[orders_export({})], [orders_export({}), items_export(CARD, STICKER)]])
def test_its_fees_take_the_place_of_the_card_fee_and_nothing_counts_twice(read, exports):
    orders = read(*exports, statement(*MONTH))
    columns = ["item_value", "discount", "shipping", "tax", "refund", "fee"]
    assert orders.table[columns].sum().tolist() == [13, Decimal("1.3"), 4, Decimal("0.62"), 0, Decimal("1.5")]
    assert orders.table["order_id"].unique().tolist() == ["3001"]


@pytest.mark.parametrize("rows", [(ADS, LISTING), (SALE, TAX), (FEE,)])
def test_without_fees_of_the_sale_in_it_the_card_fee_stays(read, rows):
    for exports in ([orders_export({})], [orders_export({}), items_export(CARD, STICKER)]):
        assert read(*exports, statement(*rows)).table["fee"].sum() == Decimal("0.74")


def test_fees_of_another_months_sale_are_the_accounts(read):
    label = row("Shipping", "USPS shipping label", OF_ORDER, fees="-$3.00")
    orders = read(statement(label))
    assert booked(orders) == [["account", "fulfilment", "USPS shipping label", "3001", Decimal("-3")]]
    assert not len(orders.table)
    assert read(statement(*MONTH, label)).table["fulfilment"].tolist() == [3]


def test_what_was_given_back_is_the_orders_refund(read):
    back = [
        row("Refund", "Refund to buyer for Order #3001", OF_ORDER, amount="-$16.32"),
        row("Tax", "Refund to buyer for sales tax", OF_ORDER, fees="$0.62"),
        row("Fee", "Credit for transaction fee on Sunset Fox | Card", OF_ORDER, fees="$0.76"),
    ]
    orders = read(statement(*MONTH, *back))
    assert booked(orders)[-3:] == [
        ["refund", "goods", "Refund to buyer for Order", "3001", Decimal("-16.32")],
        ["refund", "goods", "Refund to buyer for sales tax", "3001", Decimal("0.62")],
        ["refund", "fee", "Credit for transaction fee on Sunset Fox | Card", "3001", Decimal("0.76")],
    ]
    for files in ([], [orders_export({})]):
        line = read(*files, statement(*MONTH, *back)).table.iloc[0]
        assert line[["refund", "fee", "status"]].tolist() == [Decimal("15.7"), Decimal("0.74"), "refunded"]
    stated = orders_export({"Adjusted Order Total": "$10.32", "Adjusted Card Processing Fees": "$0.56"})
    assert read(stated, statement(*MONTH, *back)).table["refund"].tolist() == [6]


@pytest.mark.parametrize(
    ("kind", "title", "info", "expected"),
    [
        ("Marketing", "Fee for sale made through Offsite Ads", OF_ORDER, ("account", "advertising")),
        ("Fee", "Credit for Etsy Ads fee", "", ("account", "advertising")),
        ("VAT", "VAT: Offsite Ads fee", OF_ORDER, ("account", "advertising")),
        ("Marketing", "Etsy Plus subscription fee", "", ("account", "fee")),
        ("Subscription", "Etsy Plus", "", ("account", "fee")),
        ("GST/HST", "GST/HST on seller fees", "", ("account", "fee")),
        ("Tax", "Tax: Transaction", OF_ORDER, ("sale", "fee")),
        ("VAT", "VAT paid by buyer", OF_ORDER, ("sale", "goods")),
        ("Buyer Fee", "Colorado Retail Delivery Fee (paid by buyer)", OF_ORDER, ("sale", "goods")),
        ("Fee", "Share & Save refund", OF_ORDER, ("sale", "fee")),
        ("Payment", "Payment from Visa ending in 1234", "", ("account", "transfer")),
        ("Reserve", "Reserve for 1234567", "", ("account", "unclassified")),
    ],
)
def test_words_say_what_a_row_is(read, kind, title, info, expected):
    orders = read(statement(SALE, row(kind, title, info, fees="-$1.25")))
    found = orders.entries.to_pylist()[-1]
    assert (found["event"], found["part"], found["amount"]) == (*expected, Decimal("-1.25"))
    assert "1234" not in str(found["description"])
    unknown = {"Reserve / Reserve for": Decimal("-1.25")} if expected[1] == "unclassified" else {}
    assert orders.report.files[0].unclassified == unknown


def test_a_product_with_the_word_order_in_its_name_is_no_order(read):
    fee = row("Fee", "Transaction fee: Custom order #12 sign", "Listing #9", fees="-$1.00")
    assert booked(read(statement(fee)))[0][3] is None


def test_fees_in_the_row_of_the_sale_and_a_net_that_misses_both(read):
    sale = row("Sale", "Payment for Order #3001", amount="$20.00", fees="-$1.44", net="$18.50")
    orders = read(statement(sale))
    assert [(line[1], line[4]) for line in booked(orders)] == [
        ("goods", Decimal("20")), ("fee", Decimal("-1.44")), ("unclassified", Decimal("-0.06")),
    ]  # fmt: skip
    (file,) = orders.report.files
    assert (file.difference, file.money["USD"]["accepted"]) == (Decimal("0.06"), Decimal("18.50"))


def test_a_german_statement_with_a_decimal_comma(read):
    rows = [
        row(
            "Verkauf", "Zahlung für Bestellung #3001", amount="€1.016,32", day="15. July 2026", currency="EUR"
        ),
        row(
            "Gebühr",
            "Transaktionsgebühr: Becher",
            "Bestellnr. 3001",
            fees="-€0,98",
            day="3. März 2026",
            currency="EUR",
        ),
        row("Überweisung", "€195,32 an dein Bankkonto überwiesen", day="31 July, 2026", currency="EUR"),
        row("Marketing", "Etsy-Anzeigen", fees="-€5,00", day="3 septembre 2026", currency="EUR"),
    ]
    orders = read(statement(*rows, header=GERMAN, delimiter=";"))
    assert [line[1] for line in booked(orders)] == ["goods", "fee", "transfer", "advertising"]
    assert [line[4] for line in booked(orders)] == [
        Decimal("1016.32"), Decimal("-0.98"), Decimal("-195.32"), Decimal("-5"),
    ]  # fmt: skip
    assert [str(day) for day in orders.entries["posted_on"].to_pylist()] == [
        "2026-07-15", "2026-03-03", "2026-07-31", "2026-09-03",
    ]  # fmt: skip


def test_equal_rows_of_a_day_are_several_and_statements_that_overlap_count_once(read):
    twice = [FEE, FEE]
    assert len(read(statement(SALE, *twice)).entries) == 3
    assert len(read(statement(SALE, *twice), statement(SALE, *twice, ADS)).entries) == 4


@pytest.mark.parametrize(
    ("place", "cell"),
    [(0, "soon"), (4, ""), (4, "dollars"), (6, "much"), (7, "1.2.3"), (7, "99,999,999,999,999")],
)
def test_a_bad_cell_sets_its_row_aside(read, place, cell):
    bad = [*FEE]
    bad[place] = cell
    report = read(statement(SALE, bad)).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected["column"].tolist() == [HEADER[place].casefold()]


@settings(max_examples=20)
@given(file=etsy_statements(), data=st.data())
def test_a_statement_saved_anew_or_pasted_twice_is_read_the_same(file: GeneratedFile, data: st.DataObject):
    text = file.content.decode(
        "utf-16" if file.content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    )
    delimiter = ";" if text.split("\n")[0].count(";") else ","
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    column = data.draw(st.sampled_from([None, 0, 1, 2, 3]))
    if column is not None:
        rows.sort(key=lambda row: row[column])
    again = [head, *rows] if data.draw(st.booleans()) else []
    out = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    csv.writer(out, delimiter=data.draw(st.sampled_from(",;")), quoting=quoting).writerows(
        [head, *rows, *again]
    )
    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(("a.csv", out.getvalue().encode()), workspace=workspace)
    assert told(orders, "entries") == file.holds
    (books,) = orders.report.files
    assert (
        books.rows_in == books.accepted + books.rejected + books.duplicates == len(rows) * (2 if again else 1)
    )


def test_days_are_read_as_they_are_written(read):
    assert read(statement(SALE)).entries["posted_at"].to_pylist() == [datetime(2026, 3, 1, tzinfo=UTC)]


def test_nobody_is_shown(tmp_path):
    secret = "jane.sentinel@example.com"
    rows = [
        row("Fee", f"Transaction fee: Mug for {secret}", OF_ORDER, fees="-$1.00"),
        row("Payment", f"Payment by {secret} with Visa ending in 4711", amount="$5.00"),
        row("Moonlight", f"For {secret}", fees="-$1.00"),
        row("Fee", secret, fees=secret),
    ]
    with listening() as heard:
        orders = read_orders(("a.csv", statement(SALE, *rows)), workspace=tmp_path)
    shown = everything_shown(orders, tmp_path) + "".join(heard.said)
    assert "jane.sentinel" not in shown.casefold() and "4711" not in shown
