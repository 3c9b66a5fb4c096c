"""Nobody can be found in anything that is read: sentinels in every cell, and a search of all that is left.

What the readers promise. Columns that hold people's data are not read, save that an e-mail address or a
platform's number of a buyer becomes a keyed hash. An e-mail address, and so a marketplace's relay address,
is taken out of any other text, wherever it stands. A name, a phone number or a street cannot be told from
the words of a product: typed into one of the columns of `FREE_TEXT`, which hold words that the tables need,
it stays. A cell that is at fault is shown by its shape only.
"""

import csv
import gzip
import io
import re
import tempfile
import traceback
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from ownchannel.orders import FileList, forget, read_orders, save_orders
from ownchannel.workspace import KEY_FILE, Workspace
from tests.orders.headers import woocommerce_columns
from tests.orders.shown import everything_shown, listening

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"

EMAIL, RELAY = "Jane.Sentinel@example.com", "8xk2sentinel7@marketplace.amazon.com"
NAME, PHONE, STREET = "Jane Roe-Sentinel", "+1 (555) 0100-777", "17 Sentinel Street"
PEOPLE = (EMAIL, NAME, RELAY, PHONE, STREET)
#: What of an address must not be left, whatever else is done to it.
PARTS_OF_ADDRESSES = ("jane.sentinel", "8xk2sentinel7")
PARTS_OF_OTHERS = ("roe-sentinel", "0100-777", "17 sentinel")

ROWS = 7

A_SHOP_ORDER = {
    "order_id": "55",
    "order_number": "#55",
    "order_date": "2026-03-01 10:00:00",
    "status": "completed",
    "order_currency": "EUR",
    "billing_email": "buyer@example.com",
    "shipping_country": "DE",
    "line_item_1": "name:Pan|product_id:1|sku:PAN-12|quantity:2|total:18.00|sub_total:20.00",
}
A_SALE = {
    "Invoice": "1",
    "Date": "2026-03-01",
    "Price": "12.50",
    "Units": "2",
    "Article": "PAN-12",
    "Title": "Pan",
    "Who": "buyer@example.com",
    "Where": "DE",
    "Money": "EUR",
    "Shop": "Market stall",
    "State": "paid",
    "May write": "yes",
    "Line": "1",
    "Off": "0",
    "Post": "0",
    "VAT": "0",
    "Back": "0",
    "Fee": "0",
    "Remark": "",
}
MAPPING = {
    "order_id": "Invoice",
    "ordered_at": "Date",
    "unit_price": "Price",
    "quantity": "Units",
    "sku": "Article",
    "product": "Title",
    "customer": "Who",
    "country": "Where",
    "currency": "Money",
    "channel": "Shop",
    "status": "State",
    "consent": "May write",
    "line_id": "Line",
    "discount": "Off",
    "shipping": "Post",
    "tax": "VAT",
    "refund": "Back",
    "fee": "Fee",
}

Table = list[list[str]]


@dataclass(frozen=True)
class Format:
    """Header and first rows of a format, from a sample or `rows`, and the columns whose words are kept."""

    free_text: frozenset[str]
    sample: str = ""
    delimiter: str = ","
    lines_above: int = 0
    encoding: str = "utf-8"
    filled: str = ""
    """A column that is filled in the rows to take: of a sample with orders of several rows, their first."""
    rows: Sequence[Mapping[str, str]] = ()
    mapping: Mapping[str, str] | None = None

    def table(self) -> Table:
        """Header and rows."""
        if self.rows:
            return [list(self.rows[0]), *([*row.values()] for row in self.rows)]
        with (SAMPLES / self.sample).open(encoding=self.encoding, newline="") as lines:
            below = islice(lines, self.lines_above, None)
            quoting = csv.QUOTE_NONE if self.delimiter == "\t" else csv.QUOTE_MINIMAL
            header, *rows = csv.reader(below, delimiter=self.delimiter, quoting=quoting)
        place = header.index(self.filled) if self.filled else 0
        whole = [row + [""] * (len(header) - len(row)) for row in rows if any(row[place : place + 1])]
        return [header, *whole[:ROWS]]

    def written(self, table: Table) -> bytes:
        """The bytes of a file with this header and these rows."""
        text = io.StringIO()
        plain = self.delimiter == "\t"
        writer = csv.writer(
            text,
            delimiter=self.delimiter,
            quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
            quotechar=None if plain else '"',
        )
        writer.writerows(table)
        return text.getvalue().encode()


def columns(*names: str) -> frozenset[str]:
    return frozenset(names)


#: The words of these columns stand in a table as they are, save for addresses.
FORMATS = {
    "Amazon All Orders": Format(
        columns("amazon-order-id", "sales-channel", "sku", "product-name", "ship-country"),
        "amazon_all_orders_2025-09_2026-09.txt",
        "\t",
        filled="amazon-order-id",
    ),
    "Amazon Fulfilled Shipments": Format(
        columns(
            *("amazon-order-id", "shipment-item-id", "sales-channel", "sku", "product-name", "ship-country")
        ),
        "amazon_fulfilled_shipments.txt",
        "\t",
    ),
    "Amazon settlement V1": Format(
        columns("order-id", "sku", "price-type", "item-related-fee-type"),
        "amazon_settlement_de.txt",
        "\t",
        encoding="cp1252",
    ),
    "Amazon settlement V2": Format(
        columns("order-id", "sku", "amount-description"), "amazon_settlement_us.txt", "\t"
    ),
    "Amazon transactions, older": Format(
        columns("settlement id", "order id", "sku", "description"),
        "amazon_transactions_2024-10_2025-09.csv",
        lines_above=7,
    ),
    "Amazon transactions, newer": Format(
        columns("settlement id", "order id", "sku", "description"),
        "amazon_transactions_2025-10_2026-09.csv",
        lines_above=8,
    ),
    "Amazon repeat purchase": Format(
        columns("ASIN", "Product Title"), "brand_analytics_repeat_purchase_2026-09.csv", lines_above=1
    ),
    "Shopify orders": Format(
        columns("Name", "Lineitem name", "Lineitem sku", "Shipping Country"),
        "shopify_orders_export.csv",
        filled="Id",
    ),
    "Shopify Payments": Format(columns("Type", "Order", "Payout ID"), "shopify_payments_transactions.csv"),
    "WooCommerce orders": Format(
        columns("order_number", "shipping_country"),
        rows=[
            dict.fromkeys(woocommerce_columns(2), "") | A_SHOP_ORDER | {"order_id": str(number)}
            for number in range(ROWS)
        ],
    ),
    "Etsy orders": Format(columns("Order ID", "Ship Country"), "etsy_orders_2026-08.csv"),
    "Etsy order items": Format(
        columns("Order ID", "Transaction ID", "SKU", "Item Name", "Ship Country"),
        "etsy_order_items_2026-08.csv",
    ),
    "Amazon Ads": Format(
        columns("Campaign Name"),
        rows=[
            {
                "Date": f"2026-03-0{day}",
                "Portfolio name": "Kitchen",
                "Currency": "USD",
                "Campaign Name": "Pans",
                "Country": "Germany",
                "Clicks": "41",
                "Spend": "12.50",
                "7 Day Total Sales": "40.00",
                "7 Day Total Orders (#)": "1",
            }
            for day in range(1, 1 + ROWS)
        ],
    ),
    "Google Ads": Format(
        columns("Campaign"),
        rows=[
            {
                "Day": f"2026-03-0{day}",
                "Campaign status": "Enabled",
                "Campaign": "Brand",
                "Currency code": "EUR",
                "Clicks": "41",
                "Cost": "12.50",
                "Conversions": "1.50",
                "Conv. value": "40.00",
            }
            for day in range(1, 1 + ROWS)
        ],
    ),
    "Exchange rates": Format(
        columns(),
        rows=[
            {"Date": f"2026-03-0{day}", "From": "EUR", "To": "USD", "Rate": "1.08"}
            for day in range(1, 1 + ROWS)
        ],
    ),
    "Named columns": Format(
        columns("Invoice", "Line", "Shop", "Article", "Title", "Where"),
        rows=[A_SALE | {"Invoice": str(number)} for number in range(ROWS)],
        mapping=MAPPING,
    ),
}


def read_and_search(files: Any, **options: Any) -> str:
    """All that reading leaves behind, in small letters; nothing is written but the workspace's own files.

    Read once, and once more as files of a list, the rows of which the workspace keeps.
    """
    with tempfile.TemporaryDirectory() as folder, listening() as heard:
        orders = read_orders(files, workspace=folder, **options)
        said = FileList(folder).add(files)
        shown = everything_shown(orders, Path(folder))
    assert {path.parent for path in heard.written} == {Path(folder), Path(folder, "files")}
    return "\n".join([shown, *said, *heard.said]).casefold()


def with_people(table: Table, column: int, first: int = 0) -> Table:
    """The table with somebody's data in each cell of a column, another sort in each row."""
    header, *rows = table
    people = islice(cycle(PEOPLE), first, None)
    return [header, *([*row[:column], next(people), *row[column + 1 :]] for row in rows)]


@pytest.mark.parametrize("name", FORMATS)
def test_the_rows_to_start_from_are_good(name: str, tmp_path: Path):
    content = FORMATS[name].written(FORMATS[name].table())
    orders = read_orders(("export.txt", content), mapping=FORMATS[name].mapping, workspace=tmp_path)
    (file,) = orders.report.files
    assert (file.accepted, file.rejected) == (ROWS, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_who_stands_in_any_cell_is_not_found_in_anything_that_is_left(name: str):
    form = FORMATS[name]
    table = form.table()
    let_through = set()
    for place, column in enumerate(table[0]):
        shown = read_and_search(("export.txt", form.written(with_people(table, place))), mapping=form.mapping)
        assert not [part for part in PARTS_OF_ADDRESSES if part in shown], column
        if any(part in shown for part in PARTS_OF_OTHERS):
            let_through.add(column)
    assert let_through == form.free_text


@pytest.mark.parametrize("name", FORMATS)
def test_addresses_in_all_cells_at_once_are_not_found(name: str):
    form = FORMATS[name]
    header, *rows = form.table()
    # Words that name no known booking are kept together with those beside them.
    words = [place for place, column in enumerate(header) if WORDS.search(column)]
    for places in (range(len(header)), words):
        table = [[EMAIL if place in places else cell for place, cell in enumerate(row)] for row in rows]
        shown = read_and_search(("export.txt", form.written([header, *table])), mapping=form.mapping)
        assert not [part for part in PARTS_OF_ADDRESSES if part in shown]


WORDS = re.compile("type|description|status|name|title|item", re.IGNORECASE)


# ---------------------------------------------------------------- what cannot be read

EVERYBODY = ", ".join(PEOPLE)
ETSY = FORMATS["Etsy order items"]


def not_found(shown: str, parts: Sequence[str] = (*PARTS_OF_ADDRESSES, *PARTS_OF_OTHERS)) -> bool:
    return not [part for part in parts if part in shown.casefold()]


UNREADABLE = {
    "one line": EVERYBODY.encode(),
    "two lines": f"{EVERYBODY}\n{EVERYBODY}".encode(),
    "of another encoding": EVERYBODY.encode("utf-16"),
    "binary": b"\0\1" + EVERYBODY.encode(),
    "a header that breaks off": ETSY.written(ETSY.table())[:200] + EVERYBODY.encode(),
    "a header that holds more": ETSY.written([[*ETSY.table()[0], *PEOPLE, *PEOPLE], *ETSY.table()[1:]]),
    "cells too many": ETSY.written([*ETSY.table(), [*ETSY.table()[1], EVERYBODY]]),
    "a quote that is not closed": ETSY.written(ETSY.table()) + b'"' + EVERYBODY.encode(),
    "a cell too long": ETSY.written([*ETSY.table(), [EVERYBODY + "x" * 200_000]]),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_nobody_is_found_where_a_file_or_a_row_cannot_be_read(what: str):
    assert not_found(read_and_search(("export.csv", UNREADABLE[what])))


def test_nobody_is_found_in_a_workbook():
    header = ETSY.table()[0]
    book, content = Workbook(), io.BytesIO()
    for row in with_people(ETSY.table(), header.index("Ship Name")):
        book.active.append(row)
    book.active.append([EVERYBODY] * len(header))
    book.properties.creator = NAME
    book.active.title = "Jane Roe-Sentinel"
    book.save(content)
    assert not_found(read_and_search(("export.xlsx", content.getvalue())), PARTS_OF_ADDRESSES)
    assert not_found(read_and_search(("export.xlsx", content.getvalue()[:-700])))


def test_addresses_in_names_of_files_are_not_shown(tmp_path: Path):
    content, archive = ETSY.written(ETSY.table()), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr(f"orders of {EMAIL}.csv", content)
        out.writestr(f"{RELAY}/broken.csv.gz", gzip.compress(content)[:-9])
        out.writestr(f"../{EMAIL}", content)
    folder = tmp_path / EMAIL
    folder.mkdir()
    (folder / f"{RELAY}.csv").write_bytes(content)
    (folder / f"{EMAIL}.pdf").write_bytes(content)
    for files in (
        (f"{EMAIL}.zip", archive.getvalue()),
        (f"{EMAIL}.zip", archive.getvalue()[:-40]),
        (f"{EMAIL}.csv.gz", gzip.compress(content)[:-9]),
        tmp_path,
        folder / f"{RELAY}.csv",
        folder / f"nowhere {EMAIL}.csv",
    ):
        assert not_found(read_and_search(files))


def test_nobody_is_found_in_what_is_raised(tmp_path: Path):
    place = Workspace(tmp_path)
    orders = read_orders(("export.csv", ETSY.written(with_people(ETSY.table(), 1))), workspace=place)
    save_orders(orders, place)
    attempts: dict[Callable[[], object], str] = {
        lambda: forget(f"{NAME}, {STREET}, {PHONE}", place): "neither an e-mail address nor",
        lambda: orders.in_currency("EUR"): "rate",
        lambda: read_orders([], mapping={"order_id": "Order", "currency": "EUR"}): "mapping",
    }
    for attempt, sentence in attempts.items():
        assert not_found(traceback_of(attempt, sentence))
    (tmp_path / KEY_FILE).write_text(EVERYBODY)
    assert not_found(traceback_of(lambda: forget(EMAIL, place), "is damaged"))
    shop = FORMATS["Shopify orders"]
    bought = ("export.csv", shop.written(with_people(shop.table(), 0)))
    assert not_found(traceback_of(lambda: read_orders(bought, workspace=place), "is damaged"))


def traceback_of(attempt: Callable[[], object], sentence: str) -> str:
    """All that is printed of the error that this raises, with the errors behind it."""
    with pytest.raises(ValueError, match=sentence) as raised:
        attempt()
    return "".join(traceback.format_exception(raised.value))
