"""Excel workbooks as records."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from ownchannel.orders._archives import DAMAGED
from ownchannel.orders._delimited import Record
from ownchannel.orders._files import Source
from ownchannel.orders._layout import workbook_records


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def read(content: bytes) -> list[Record]:
    return list(workbook_records(Source("a.xlsx", lambda: io.BytesIO(content))))


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
    with pytest.raises(DAMAGED):
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
    with pytest.raises(DAMAGED):
        read(without(workbook(("a",)), part))


def test_styles_are_not_needed():
    assert read(without(workbook(("a",)), "xl/styles.xml")) == [(1, ["a"])]
