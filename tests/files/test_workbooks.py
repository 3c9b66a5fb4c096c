"""Excel workbooks: the rows of each sheet, and what would do harm."""

import csv
import gzip
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook

# inside: workbooks made to do harm, and their rows as they are
from ownchannel.files import _excel, _sources
from ownchannel.orders import FileList, read_orders
from tests.orders.exports import AMAZON_COLUMNS, SHOPIFY_COLUMNS, amazon_row, shopify_row

Rows = list[tuple[object, ...]]


def workbook(*rows: tuple[object, ...]) -> bytes:
    return book_of(Sheet=list(rows))


def book_of(**sheets: Rows) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> list[list[str]]:
    """The cells of the first sheet, row by row."""
    name, *_ = _excel.sheet_names(lambda: io.BytesIO(content))
    with _excel.sheet_text(lambda: io.BytesIO(content), name) as file:
        return [row or [""] for row in csv.reader(io.StringIO(file.read().decode()), delimiter="\t")]


def with_sheet(content: bytes, change: dict[str, str]) -> bytes:
    """The workbook with texts of its first sheet's XML changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                for before, after in change.items():
                    assert before.encode() in part
                    part = part.replace(before.encode(), after.encode())
            new.writestr(name, part)
    return out.getvalue()


def test_every_value_is_a_text():
    moment, day = datetime(2026, 3, 1, 5, 30), date(2026, 3, 1)  # noqa: DTZ001, a sheet knows no zones
    row = ("Pan", 12, 12.5, 0.1 + 0.2, True, None, moment, day, "=1+1", "007")
    (cells,) = read(workbook(row))
    # A formula that no spreadsheet has computed has no value.
    assert cells == [
        *("Pan", "12", "12.5", "0.3", "yes", "", "2026-03-01T05:30:00", "2026-03-01T00:00:00", "", "007")
    ]


def test_a_number_has_the_digits_that_a_spreadsheet_shows():
    content = with_sheet(workbook((12,)), {"<v>12</v>": "<v>0.30000000000000004</v>"})
    assert read(content) == [["0.3"]]


def test_lines_are_the_sheets_rows_blank_ones_included():
    assert read(workbook(("a",), (), ("b",))) == [["a"], [""], ["b"]]


def test_what_would_end_a_cell_or_a_line_is_a_blank():
    assert read(workbook(("Pan\tlarge\r\nblue", "x"), ("b", "y"))) == [["Pan large blue", "x"], ["b", "y"]]


def test_an_error_value_is_its_text():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["#DIV/0!", "x"])
    book.save(out)
    assert read(out.getvalue()) == [["#DIV/0!", "x"]]


def test_half_a_character_is_no_text_that_a_table_could_hold():
    assert read(workbook(("Pan _xD83D_ 12",))) == [["Pan _xD83D_ 12"]]


@pytest.mark.parametrize(
    "change",
    [
        {"</sheetData>": ""},
        {'t="n"': 't="d"', "<v>12</v>": "<v>no date</v>"},
        {"<v>12</v>": "<v>twelve</v>"},
        {'r="A1"': 'r="1"'},
        {"<sheetData>": "<sheetData>&undefined;"},
    ],
)
def test_a_sheet_of_nonsense_is_damage(change):
    with pytest.raises(_sources.DAMAGED):
        read(with_sheet(workbook((12,)), change))


def without(content: bytes, part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
def test_a_workbook_without_one_of_its_parts_is_damaged(part):
    with pytest.raises(_sources.DAMAGED):
        read(without(workbook(("a",)), part))


def test_styles_are_not_needed():
    assert read(without(workbook(("a",)), "xl/styles.xml")) == [["a"]]


SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TOO_LARGE = "more in it than is read of one. Save its sheet as CSV"
TOO_WIDE = "cells in a row or column where no table of orders reaches. Save its sheet as CSV"


def small_workbook(**parts: bytes) -> bytes:
    """A small workbook, some of its parts replaced."""
    plain = io.BytesIO()
    book = Workbook()
    for row in range(50):
        book.active.append([f"#{row}", row, "Töpfe"])
    book.save(plain)
    changed = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *parts}:
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return changed.getvalue()


def sheet(rows: str, before: str = "") -> bytes:
    return f"{before}<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>".encode()


def check(content: bytes) -> None:
    _excel.check_workbook(lambda: io.BytesIO(content), _excel.Unpacking())


def test_an_ordinary_workbook_is_let_through_with_its_pictures():
    check(small_workbook(**{"xl/media/image1.png": b"\x89PNG" + bytes(range(256)) * 10_000}))


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    ("part", "content", "sentence"),
    [
        (SHEET, sheet("<row><c><v>&i;</v></c></row>", LAUGHS), "whose parts declare entities"),
        ("xl/sharedStrings.xml", sheet("<si><t>&i;</t></si>", LAUGHS), "whose parts declare entities"),
        (SHEET, sheet('<row r="2000000000"/>'), TOO_WIDE),
        (SHEET, sheet('<row r="1e9"/>'), TOO_WIDE),
        (SHEET, sheet(f'<row r="{"9" * 5_000}"/>'), TOO_WIDE),
        (SHEET, sheet('<row><c r="XFD1"><v>1</v></c></row>'), TOO_WIDE),
        (SHEET, sheet("<row><c><v>" + "9" * 3_000_000 + "</v></c></row>"), TOO_LARGE),
        (SHEET, sheet("<row><c r='" + "9" * 3_000_000 + "'/></row>"), TOO_LARGE),
        (SHEET, sheet("<x/>" * 2_000_001), TOO_LARGE),
    ],
    ids=[
        "laughs",
        "laughing strings",
        "row",
        "row as float",
        "endless row",
        "column",
        "cell",
        "name",
        "tags",
    ],
)
def test_what_would_fill_memory_or_never_end_is_refused(part, content, sentence):
    with pytest.raises(_excel.TooLarge, match=sentence):
        check(small_workbook(**{part: content}))


def test_a_part_is_no_larger_than_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_excel, "LARGEST_PART", 1_000)
    with pytest.raises(_excel.TooLarge, match=TOO_LARGE):
        check(small_workbook())


def test_rows_that_are_let_go_do_not_add_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_excel, "MOST_ELEMENTS", 1_100)
    rows = "<row><c/><c/><c/><c/></row>"
    check(small_workbook(**{SHEET: sheet(rows * 1_000)}))
    with pytest.raises(_excel.TooLarge):
        check(small_workbook(**{SHEET: sheet(rows.replace("row", "x") * 1_000)}))


def test_a_bomb_in_a_workbook_is_refused_at_the_door():
    (found,) = _sources.find_sources(("a.xlsx", small_workbook(**{SHEET: bytes(50_000_000)})))
    assert not isinstance(found, _sources.Source)
    assert "200 times its packed size" in getattr(found, "reason", "")


def zip_of(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xlsx", content)
    return buffer.getvalue()


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, zip_of], ids=["bare", "gzip", "zip"])
def test_a_workbook_opens_wherever_it_lies(wrap):
    (found,) = _sources.find_sources(("a", wrap(small_workbook())))
    assert isinstance(found, _sources.Source)
    with found.open() as file:
        assert file.readline() == '"#0"\t"0"\t"Töpfe"\n'.encode()


# ---------------------------------------------------------------- several sheets

SHIPPED: Rows = [tuple(AMAZON_COLUMNS), tuple(amazon_row().get(name) for name in AMAZON_COLUMNS)]
SHOP: Rows = [tuple(SHOPIFY_COLUMNS), tuple(shopify_row().get(name) for name in SHOPIFY_COLUMNS)]


def test_every_sheet_with_a_known_header_is_read_and_the_others_are_named(tmp_path: Path):
    book = book_of(Notes=[("Our year",)], Empty=[], Amazon=SHIPPED, Shop=[(), *SHOP])
    orders = read_orders(("book.xlsx", book), workspace=tmp_path)
    notes, amazon, shop = orders.report.files
    assert [file.name for file in orders.report.files] == [
        *("book.xlsx, sheet Notes", "book.xlsx, sheet Amazon", "book.xlsx, sheet Shop")
    ]
    assert "None of its first 15 lines is a known header" in str(notes)
    assert (amazon.accepted, shop.accepted, amazon.encoding) == (1, 1, "xlsx")


def test_of_one_sheet_with_rows_the_workbook_bears_the_name(tmp_path: Path):
    book = book_of(Empty=[], Orders=SHIPPED)
    (file,) = read_orders(("book.xlsx", book), workspace=tmp_path).report.files
    assert (file.name, file.accepted) == ("book.xlsx", 1)


def test_a_sheet_of_an_address_is_not_named_by_it(tmp_path: Path):
    book = book_of(**{"ann@example.com": SHIPPED, "More": SHOP})
    named = [file.name for file in read_orders(("book.xlsx", book), workspace=tmp_path).report.files]
    assert named == ["book.xlsx, sheet [address removed]", "book.xlsx, sheet More"]


def test_excels_own_dates_and_numbers_are_read(tmp_path: Path):
    day = datetime(2026, 3, 1, 5, 30)  # noqa: DTZ001, a sheet knows no zones
    book = book_of(Till=[("No", "Day", "Sum"), (7, day, 12.5), (8, date(2026, 3, 2), 3)])
    columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Sum", "currency": "EUR"}
    orders = read_orders(("till.xlsx", book), columns, tmp_path)
    assert orders.table[["order_id", "item_value"]].to_numpy().tolist() == [["7", 12.5], ["8", 3]]


def test_quotes_of_a_sheet_are_what_they_are(tmp_path: Path):
    quoted = [
        ("No", "Day", "Sum", 'Size "inch"'),
        (7, "2026-03-01", 5, '"a, b"'),
        (8, "2026-03-01", 6, '"open'),
    ]
    columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Sum", "currency": "EUR"}
    book = ("till.xlsx", book_of(Till=quoted))
    orders = read_orders(book, {**columns, "product": 'Size "inch"'}, tmp_path)
    assert orders.table["product"].tolist() == ['"a, b"', '"open']


def test_sheets_are_kept_apart_in_the_list_of_files(tmp_path: Path):
    mine = FileList(tmp_path)
    book = ("book.xlsx", book_of(Amazon=SHIPPED, Shop=SHOP))
    mine.add(book)
    assert mine.names == ("book.xlsx, sheet Amazon", "book.xlsx, sheet Shop")
    assert mine.add(book)[0].startswith("In the list already")
