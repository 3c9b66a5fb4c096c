"""Excel workbooks: whether one can be read without harm, and each of its sheets as text."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from ownchannel.files._archives import Opener, TooLarge, Unopened, Unpacking, as_damage, contents

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from openpyxl import Workbook

#: Bytes of one part, unpacked. A sheet of 500,000 orders with 20 columns has 350 MB.
LARGEST_PART = 500_000_000
#: Elements that stay in memory until the part is read: one a row or text, some 100 bytes each.
MOST_ELEMENTS = 2_000_000
#: Excel's own last row.
LAST_ROW = 1_048_576
#: Letters of a column from AAA on, which is the 703rd: a row of one such cell would be read as 703.
_FAR_RIGHT = 3

_CHUNK = 1 << 20
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ROW, _CELL, _TEXT = f"{_MAIN} row", f"{_MAIN} c", f"{_MAIN} si"

#: What would end a cell or a line.
_BREAKS = re.compile(r"[\t\r\n]+")

_SAVE_AS_CSV = "Save its sheet as CSV and hand that in."
_TOO_LARGE = "It is a workbook with more in it than is read of one. " + _SAVE_AS_CSV
_TOO_WIDE = "It is a workbook with cells in a row or column where no table of orders reaches. " + _SAVE_AS_CSV
_DECLARES = "It is a workbook whose parts declare entities, as no spreadsheet does: it was not read."


def check_workbook(opened: Opener, unpacking: Unpacking) -> None:
    """Raises TooLarge, with a sentence, where reading the workbook could fill memory or never end.

    A part that is no XML is left to whoever reads the workbook. Raises one of DAMAGED for a damaged one.
    """
    for part in contents(opened, unpacking):
        if isinstance(part, Unopened):
            raise zipfile.BadZipFile(part.reason)
        with part.open() as file:
            checker = _PartChecker()
            size = 0
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > LARGEST_PART:
                    raise TooLarge(_TOO_LARGE)
                checker.feed(chunk)


class _PartChecker:
    """What a part would hold in memory while it is read row by row or text by text."""

    def __init__(self) -> None:
        self._is_xml = True
        self._held = self._held_before = self._tags = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._declare

    def feed(self, chunk: bytes) -> None:
        """Go through the next piece of the part."""
        if not self._is_xml:
            return
        tags = self._tags
        try:
            self._parser.Parse(chunk)
        except (expat.ExpatError, ValueError, LookupError):
            self._is_xml = False  # whoever reads it stops at the same place
            return
        # A piece without a tag lies within one cell, name or remark of a megabyte.
        if self._held > MOST_ELEMENTS or (len(chunk) == _CHUNK and self._tags == tags):
            raise TooLarge(_TOO_LARGE)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._tags += 1
        self._held += 1
        if name == _CELL:
            if attributes.get("r", "")[:_FAR_RIGHT].isalpha():
                raise TooLarge(_TOO_WIDE)
        elif name in (_ROW, _TEXT):
            self._held_before = self._held
            # The rows in between would be read as empty ones, be they two thousand million.
            number = attributes.get("r", "1")
            if len(number) > 7 or not number.isdecimal() or int(number) > LAST_ROW:
                raise TooLarge(_TOO_WIDE)

    def _end(self, name: str) -> None:
        if name in (_ROW, _TEXT):
            self._held = self._held_before

    def _declare(self, *_: object) -> None:
        raise TooLarge(_DECLARES)


def sheet_names(opened: Opener) -> list[str]:
    """The sheets that hold rows, else the first. Raises one of DAMAGED where the workbook is damaged."""
    with opened() as file, as_damage():
        workbook = _workbook(file)
        return [sheet.title for sheet in workbook.worksheets if any(sheet.iter_rows())] or [
            workbook.sheetnames[0]
        ]


@contextmanager
def sheet_text(opened: Opener, name: str) -> Iterator[BinaryIO]:
    """A sheet's rows as lines, their cells in quotes and between tabs. Raises one of DAMAGED."""
    with opened() as file:
        yield io.BufferedReader(_Lines(_lines(file, name)))


def _workbook(file: BinaryIO) -> "Workbook":
    from openpyxl import load_workbook

    workbook = load_workbook(file, read_only=True, data_only=True)
    for sheet in workbook.worksheets:
        # What a sheet says of its own size may be wrong, and would hide rows or add them without end.
        sheet.reset_dimensions()
    return workbook


def _lines(file: BinaryIO, name: str) -> Iterator[bytes]:
    with as_damage():
        for values in _workbook(file)[name].iter_rows(values_only=True):
            cells = (_BREAKS.sub(" ", _as_text(value)).replace('"', '""') for value in values)
            yield ("\t".join(cell and f'"{cell}"' for cell in cells) + "\n").encode(errors="replace")


class _Lines(io.RawIOBase):
    """Lines as a file."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines, self._left = lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        line = self._left or next(self._lines, b"")
        view[: len(line)], self._left = line[: len(view)], line[len(view) :]
        return min(len(line), len(view))


def _as_text(value: object) -> str:
    """A spreadsheet's value as text; numbers with the 15 digits that a spreadsheet itself keeps."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)
