"""Hostile and broken files: each gets a sentence, its rows and money add up, and none costs time or memory.

What archives do (bombs, names that lead out, sizes) is in `test_archives`, files on disk in `test_sources`.
"""

import csv
import gzip
import io
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from ownchannel.orders import FileReport, Orders, read_orders
from tests.files.test_workbooks import workbook
from tests.orders.exports import AMAZON_COLUMNS, amazon, amazon_row, shopify, shopify_row

Read = Callable[[bytes], Orders]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda content: read_orders(("orders.csv", content), workspace=tmp_path / "workspace")


def only_file(orders: Orders) -> FileReport:
    (file,) = orders.report.files
    assert file.rows_in == file.accepted + file.rejected + file.duplicates
    assert file.rejected == len(orders.report.rejected)
    for split in file.money.values():
        assert split["in"] == split["accepted"] + split["rejected"]
    orders.arrow.validate(full=True)
    return file


# ---------------------------------------------------------------- no file of orders

NOISE = random.Random(1).randbytes(20_000)
GOOD = amazon(amazon_row())
HEADER = GOOD.partition(b"\r\n")[0]
MANY = amazon(*[amazon_row(amazon_order_id=f"111-0000000-{number:07}") for number in range(30_000)])


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.txt", content)
    return out.getvalue()


EMPTY = "It is empty or blank. Export the report again."
BINARY = "It is not a table: its content is not text. Export it as CSV, text or an Excel workbook."
WEB_PAGE = "It is a web page, perhaps a sign-in in place of the report. Sign in and export the report again."
DAMAGED = "The file is damaged, locked or needs a password. Download it again, or unlock it."
UNKNOWN = (
    "None of its first 15 lines is a known header: it is another kind of file, or some of its columns are "
    "missing. Export the report again with all its columns; name those of a table of your own on the first "
    "page, or with mapping=…"
)
OLD_WORKBOOK = (
    "It is an old Excel workbook (.xls), or one that is locked with a password. Save it as .xlsx without a "
    "password, or as CSV."
)


def without(column: str) -> bytes:
    return amazon(amazon_row(), columns=[name for name in AMAZON_COLUMNS if name != column])


NOT_READ = {
    "empty": (b"", EMPTY),
    "blank lines": (b"\r\n\r\n  \t\n", EMPTY),
    "nothing but NUL": (bytes(5_000), EMPTY),
    "program": (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + NOISE, BINARY),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + NOISE, BINARY),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\nstream\n" + NOISE, BINARY),
    "PDF without binary parts": (b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", BINARY),
    "random bytes": (NOISE, BINARY),
    "web page": (b"\xef\xbb\xbf\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", WEB_PAGE),
    "JSON": (b'{"orders": [{"id": 1}]}', UNKNOWN),
    "letter": (b"Dear all,\nplease find attached\n", UNKNOWN),
    "letter in UTF-16 without its mark": ("Dear all,\nplease find attached\n".encode("utf-16-le"), UNKNOWN),
    "delimiter that nobody uses": (GOOD.replace(b"\t", b"~"), UNKNOWN),
    "price column missing": (without("item-price"), UNKNOWN),
    "date column missing": (without("purchase-date"), UNKNOWN),
    "remarks without end": (b"Report of orders\n" * 50, UNKNOWN),
    "workbook of something else": (workbook(("a", "b"), (1, 2)), UNKNOWN),
    "workbook cut short": (workbook(tuple(AMAZON_COLUMNS))[:3_000], DAMAGED),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, OLD_WORKBOOK),
    "zip cut short": (zipped(MANY)[:60_000], DAMAGED),
    "gzip cut short at its head": (gzip.compress(MANY)[:12], DAMAGED),
}


@pytest.mark.parametrize("kind", NOT_READ)
def test_what_is_no_export_is_told_as_such(read: Read, kind):
    content, sentence = NOT_READ[kind]
    orders = read(content)
    assert str(only_file(orders)) == f"orders.csv was not read. {sentence}"
    assert len(orders) == 0


# ---------------------------------------------------------------- exports in a bad state

LACKS = "This report does not include fees, refunds or buyers."
CUT_SHORT = "It ends early or is damaged: the rows before the damage were read. Download it again."
TWICE = "Several columns have the same name. The first of each is used: column 11, 16."
MIXED = "Some characters are in another encoding than the rest of the file: they show as \ufffd."
NO_ROWS = "It has no rows below its header: check the dates that it was exported for."


class Outcome(NamedTuple):
    rows: tuple[int, int]
    """Accepted and set aside."""
    accepted: str
    warnings: tuple[str, ...] = ()


CAFE = amazon_row(product_name="Café")
CREMES = [amazon_row(amazon_order_id=str(number), product_name="Crème brûlée") for number in range(10)]
READ_ALL_THE_SAME = {
    "header only": (HEADER + b"\r\n", Outcome((0, 0), "0", (NO_ROWS,))),
    "between commas": (GOOD.replace(b"\t", b","), Outcome((1, 0), "84")),
    "between semicolons": (GOOD.replace(b"\t", b";"), Outcome((1, 0), "84")),
    "old line ends": (GOOD.replace(b"\r\n", b"\r"), Outcome((1, 0), "84")),
    "optional column missing": (without("item-tax"), Outcome((1, 0), "84")),
    "columns doubled": (
        amazon(amazon_row(), columns=[*AMAZON_COLUMNS, "item-price", "sku"]),
        Outcome((1, 0), "84", (TWICE,)),
    ),
    "mixed encodings": (
        amazon(*CREMES) + amazon(CAFE).decode().partition("\r\n")[2].encode("cp1252"),
        Outcome((11, 0), "924", (MIXED,)),
    ),
    "NUL in a text": (amazon(amazon_row(product_name="Pan\0\0lid")), Outcome((1, 0), "84")),
    "a cell of 900,000 characters": (amazon(amazon_row(product_name="x" * 900_000)), Outcome((1, 0), "84")),
    "negative quantity": (amazon(amazon_row(quantity="-2")), Outcome((1, 0), "84")),
    "fractional quantity": (amazon(amazon_row(quantity="1.5")), Outcome((1, 0), "84")),
}


@pytest.mark.parametrize("kind", READ_ALL_THE_SAME)
def test_what_can_be_read_is_read(read: Read, kind):
    content, outcome = READ_ALL_THE_SAME[kind]
    file = only_file(read(content))
    assert (file.accepted, file.rejected) == outcome.rows
    assert sum(split["accepted"] for split in file.money.values()) == Decimal(outcome.accepted)
    assert sorted(file.warnings) == sorted([LACKS, *outcome.warnings])


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_of_a_gzip_cut_short_the_rows_before_the_cut_count(read: Read, part):
    packed = gzip.compress(MANY)
    orders = read(packed[: int(part * len(packed))])
    file = only_file(orders)
    assert file.warnings == (LACKS, CUT_SHORT)
    assert 0.8 * part * 30_000 < file.accepted < 1.2 * part * 30_000
    assert file.rejected == 0  # the row that the cut goes through is no row
    assert orders.arrow["source_row"].to_pylist() == list(range(2, file.accepted + 2))


def test_of_a_small_file_cut_short_the_rows_before_the_cut_count(read: Read):
    content = b"".join(line + b"\r\n" for line in amazon(*CREMES).split(b"\r\n"))
    packed = gzip.compress(content, compresslevel=0)
    file = only_file(read(packed[:-300]))
    assert file.warnings == (LACKS, CUT_SHORT)
    assert 7 <= file.accepted < 10


def test_a_member_of_a_zip_that_was_changed_is_told(read: Read):
    packed = bytearray(zipped(MANY))
    packed[40_000] ^= 0xFF
    orders = read(bytes(packed))
    file = only_file(orders)
    assert file.name == "orders.csv/orders.txt"
    assert file.warnings[-1] == CUT_SHORT
    assert file.accepted > 1_000


# ---------------------------------------------------------------- rows in a bad state


class Rejected(NamedTuple):
    line: int
    column: str
    value: str
    reason: str
    remedy: str


MEND_ROW = "Look at this line in the file: a stray delimiter or quote shifts its cells or joins them."
NO_AMOUNT = "is not an amount that can be read"
PLAIN_NUMBER = "Write a plain number such as 1234.50."
NO_DATE = "is not a date and time from 1995 to 2098 that can be read"
WRITE_A_DATE = "Write it as 2026-01-31T10:15:00+00:00, or export the report again."
WRITE_A_CODE = "Write the three letters of the currency, such as USD."
STATUSES = "It should be Shipped, Unshipped, Pending or Cancelled."
EXPORT_AGAIN = "Export the report again, or fill the cell in."
IN_REFUNDED = "Shopify shows refunds in Refunded Amount."


def second(**cells: str) -> bytes:
    """A good row, then one with some cells changed, then a good one again."""
    changed = amazon_row(**{"amazon_order_id": "111-0000000-0000002"} | cells)
    return amazon(amazon_row(), changed, amazon_row(amazon_order_id="111-0000000-0000003"))


def shop(cells: dict[str, str]) -> bytes:
    return shopify(shopify_row(), shopify_row({"Name": "#1002"} | cells), shopify_row({"Name": "#1003"}))


def between(line: bytes) -> bytes:
    first, row, *_ = GOOD.split(b"\r\n")
    another = row.replace(b"0000001", b"0000003")
    return b"\r\n".join([first, row, line, another, b""])


THE_ROW = "the whole row"
SET_ASIDE = {
    "1970": (
        second(purchase_date="1970-01-01T00:00:00+00:00"),
        Rejected(3, "purchase-date", "9999-99-99a99:99:99+99:9…", NO_DATE, WRITE_A_DATE),
    ),
    "2099": (
        second(purchase_date="2099-01-01T00:00:00+00:00"),
        Rejected(3, "purchase-date", "9999-99-99a99:99:99+99:9…", NO_DATE, WRITE_A_DATE),
    ),
    "no date": (second(purchase_date=""), Rejected(3, "purchase-date", "", "is empty", WRITE_A_DATE)),
    "negative price": (
        second(item_price="-5.00"),
        Rejected(3, "item-price", "-9.99", "is not the price of an order line", "Export it again."),
    ),
    "NUL in a price": (
        second(item_price="8\0"),
        Rejected(3, "item-price", "9 ", NO_AMOUNT, PLAIN_NUMBER),
    ),
    "infinite price": (
        second(item_price="inf"),
        Rejected(3, "item-price", "aaa", NO_AMOUNT, PLAIN_NUMBER),
    ),
    "price beyond all bounds": (
        second(item_price="1e400"),
        Rejected(3, "item-price", "9a999", NO_AMOUNT, PLAIN_NUMBER),
    ),
    "sum beyond all bounds": (
        second(shipping_price="999999999999", gift_wrap_price="999999999999"),
        Rejected(3, "shipping", "", "adds up to a trillion or more", "Correct the amounts."),
    ),
    "no currency": (second(currency=""), Rejected(3, "currency", "", "is empty", WRITE_A_CODE)),
    "another word for a currency": (
        second(currency="dollars"),
        Rejected(3, "currency", "aaaaaaa", "is not a currency code", WRITE_A_CODE),
    ),
    "row without a number": (
        second(amazon_order_id=""),
        Rejected(3, "amazon-order-id", "", "is empty", EXPORT_AGAIN),
    ),
    "row cut off": (
        between(b"111-0000000-0000002\tx"),
        Rejected(3, "order-status", "", "is empty", STATUSES),
    ),
    "row with cells too many": (
        between(b"\t".join([b"x"] * 40)),
        Rejected(3, THE_ROW, "", "has more cells than the header", MEND_ROW),
    ),
    "line of 3 megabytes": (
        second(product_name="x" * 3_000_000),
        Rejected(3, THE_ROW, "", "is longer than 1,000,000 characters", MEND_ROW),
    ),
    "quoted cell of 1.2 megabytes": (
        shop({"Lineitem name": "a,b" * 400_000}),
        Rejected(3, THE_ROW, "", "is longer than 1,000,000 characters", MEND_ROW),
    ),
    "quote that is not closed": (
        shop({"Lineitem name": "PAN"}).replace(b"PAN", b'"Pan', 2).replace(b'"Pan', b"PAN", 1),
        Rejected(3, THE_ROW, "", "has a quote that is not closed", MEND_ROW),
    ),
    "negative quantity in a shop": (
        shop({"Lineitem quantity": "-1"}),
        Rejected(3, "lineitem quantity", "-9", "is negative", IN_REFUNDED),
    ),
}


@pytest.mark.parametrize("kind", SET_ASIDE)
def test_a_bad_row_is_set_aside_with_its_reason_and_the_rest_is_read(read: Read, kind):
    content, expected = SET_ASIDE[kind]
    orders = read(content)
    file = only_file(orders)
    columns = list(Rejected._fields)
    assert orders.report.rejected[columns].to_numpy().tolist() == [list(expected)]
    assert (file.rows_in, file.accepted) == (3, 2)
    assert file.money["USD"]["accepted"] == 168


def test_a_quoted_cell_of_300_kilobytes_is_read(read: Read):
    file = only_file(read(shop({"Lineitem name": "a,b" * 100_000})))
    assert (file.rows_in, file.accepted, file.money["USD"]["accepted"]) == (3, 3, 252)


# ---------------------------------------------------------------- formulas


def test_formulas_are_texts_here_and_harmless_in_what_leaves_for_a_spreadsheet(read: Read, tmp_path: Path):
    formula = '=HYPERLINK("http://example.com","Pan")'
    orders = read(amazon(amazon_row(product_name=formula, sku="@SUM(A1)", amazon_order_id="-1+1")))
    assert only_file(orders).accepted == 1
    (row,) = orders.arrow.to_pylist()
    assert (row["product"], row["sku"], row["order_id"]) == (formula, "@SUM(A1)", "-1+1")
    orders.to_csv(tmp_path / "orders.csv")
    with (tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        (written,) = csv.DictReader(file)
    assert (written["product"], written["sku"], written["order_id"]) == (
        f"'{formula}",
        "'@SUM(A1)",
        "'-1+1",
    )
    assert not [cell for cell in written.values() if cell.startswith(("=", "+", "-", "@"))]


# ---------------------------------------------------------------- time and memory

SECONDS, BYTES = 10, 100_000_000  # of the processor, and beyond what the content itself takes


def one_column_of(cell: str, rows: int) -> bytes:
    return amazon(*[amazon_row(product_name=cell)] * rows)


COSTLY = {
    "40 cells of 900,000 characters": lambda: one_column_of("x" * 900_000, 40),
    "20 lines of 3 megabytes": lambda: one_column_of("x" * 3_000_000, 20),
    "one line of 60 megabytes": lambda: HEADER + b"\r\n" + b"x" * 60_000_000,
    "a header of a megabyte": lambda: b"\t".join([HEADER, b"x\t" * 400_000]) + b"\r\n1" * 8_000,
    "a megabyte of delimiters": lambda: HEADER + b"\r\n" + b"\t" * 900_000 + b"\r\n",
    "40,000 quotes that are not closed": lambda: (
        shopify(shopify_row({"Name": "X"})).replace(b"X,", b'"X,') + b'#1,"\n' * 40_000
    ),
    "one order of 40,000 rows": lambda: shopify(shopify_row()) + b"#1001,buyer@example.com\n" * 40_000,
    "40,000 orders of one row, all set aside": lambda: amazon(*[amazon_row(item_price="x")] * 40_000),
    "a million blank lines": lambda: GOOD + b"\r\n" * 1_000_000,
}


@pytest.mark.parametrize("kind", COSTLY)
def test_no_file_costs_more_than_its_size(read: Read, kind):
    content = COSTLY[kind]()
    started = time.process_time()
    only_file(read(content))
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("kind", [kind for kind in COSTLY if "mega" in kind or "900,000" in kind])
def test_memory_is_bounded_by_a_chunk_and_not_by_the_file(tmp_path: Path, kind):
    content = COSTLY[kind]()
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    tracemalloc.start()
    try:
        read_orders(path, workspace=tmp_path / "workspace")
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()
