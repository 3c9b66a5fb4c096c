"""Excel workbooks: the rows of the first sheet, and what would do harm."""

import gzip
import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from openpyxl import Workbook

# inside: workbooks made to do harm, and their rows as they are
from ownchannel.orders import _excel, _files


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> list[tuple[int, list[str]]]:
    return list(_excel.workbook_records(lambda: io.BytesIO(content)))


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
    ((line, cells),) = read(workbook(row))
    assert line == 1
    # A formula that no spreadsheet has computed has no value.
    assert cells == [
        *("Pan", "12", "12.5", "0.3", "yes", "", "2026-03-01T05:30:00", "2026-03-01T00:00:00", "", "007")
    ]


def test_a_number_has_the_digits_that_a_spreadsheet_shows():
    content = with_sheet(workbook((12,)), {"<v>12</v>": "<v>0.30000000000000004</v>"})
    assert read(content) == [(1, ["0.3"])]


def test_lines_are_the_sheets_rows_blank_ones_included():
    assert read(workbook(("a",), (), ("b",))) == [(1, ["a"]), (2, []), (3, ["b"])]


def test_the_first_sheet_counts():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "first"
    book.create_sheet()["A1"] = "second"
    book.save(out)
    assert read(out.getvalue()) == [(1, ["first"])]


def test_an_error_value_is_its_text():
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["#DIV/0!", "x"])
    book.save(out)
    assert read(out.getvalue()) == [(1, ["#DIV/0!", "x"])]


def test_half_a_character_is_no_text_that_a_table_could_hold():
    ((_, (cell,)),) = read(workbook(("Pan _xD83D_ 12",)))
    cell.encode()  # raises for a lone surrogate


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
    with pytest.raises(_files.DAMAGED):
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
    with pytest.raises(_files.DAMAGED):
        read(without(workbook(("a",)), part))


def test_styles_are_not_needed():
    assert read(without(workbook(("a",)), "xl/styles.xml")) == [(1, ["a"])]


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
    (found,) = _files.find_sources(("a.xlsx", small_workbook(**{SHEET: bytes(50_000_000)})))
    assert not isinstance(found, _files.Source)
    assert "200 times its packed size" in getattr(found, "reason", "")


def zip_of(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xlsx", content)
    return buffer.getvalue()


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, zip_of], ids=["bare", "gzip", "zip"])
def test_a_workbook_opens_wherever_it_lies(wrap):
    content = small_workbook()
    (found,) = _files.find_sources(("a", wrap(content)))
    assert isinstance(found, _files.Source)
    with found.open() as file:
        assert file.read() == content
