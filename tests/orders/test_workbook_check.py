"""Workbooks that would fill memory or never end are refused before they are opened; others are not."""

import gzip
import io
import zipfile

import pytest
from openpyxl import Workbook

from ownchannel.orders import _excel as workbook_check
from ownchannel.orders._archives import TooLarge, Unpacking
from ownchannel.orders._excel import check_workbook
from ownchannel.orders._files import Source, find_sources

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
TOO_LARGE = "more in it than is read of one. Save its sheet as CSV"
TOO_WIDE = "cells in a row or column where no table of orders reaches. Save its sheet as CSV"


def workbook(**parts: bytes) -> bytes:
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
    check_workbook(lambda: io.BytesIO(content), Unpacking())


def test_an_ordinary_workbook_is_let_through_with_its_pictures():
    check(workbook(**{"xl/media/image1.png": b"\x89PNG" + bytes(range(256)) * 10_000}))


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
    with pytest.raises(TooLarge, match=sentence):
        check(workbook(**{part: content}))


def test_a_part_is_no_larger_than_is_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook_check, "LARGEST_PART", 1_000)
    with pytest.raises(TooLarge, match=TOO_LARGE):
        check(workbook())


def test_rows_that_are_let_go_do_not_add_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook_check, "MOST_ELEMENTS", 1_100)
    rows = "<row><c/><c/><c/><c/></row>"
    check(workbook(**{SHEET: sheet(rows * 1_000)}))
    with pytest.raises(TooLarge):
        check(workbook(**{SHEET: sheet(rows.replace("row", "x") * 1_000)}))


def test_a_bomb_in_a_workbook_is_refused_at_the_door():
    (found,) = find_sources(("a.xlsx", workbook(**{SHEET: bytes(50_000_000)})))
    assert not isinstance(found, Source)
    assert "200 times its packed size" in getattr(found, "reason", "")


def zip_of(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.xlsx", content)
    return buffer.getvalue()


@pytest.mark.parametrize("wrap", [bytes, gzip.compress, zip_of], ids=["bare", "gzip", "zip"])
def test_a_workbook_opens_wherever_it_lies(wrap):
    content = workbook()
    (found,) = find_sources(("a", wrap(content)))
    assert isinstance(found, Source)
    with found.open() as file:
        assert file.read() == content
