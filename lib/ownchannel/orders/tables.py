"""From a file's bytes to its rows: encoding, delimiter, header, and each row with its line number."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from ownchannel.orders.records import Row
from ownchannel.orders.sources import DAMAGED, Source, is_workbook

#: Reports open with a few lines of their own before the header; none is known with more than 13.
HEADER_WITHIN = 15
DELIMITERS = "\t,;|"
_CHUNK = 1 << 20
_KANA = re.compile("[\u3041-\u30ff]")

Cells = tuple[int, list[str] | None]
"""A record: the line of the file that it starts on, and its cells; None where it cannot be parsed."""

# What openpyxl raises where a part of the workbook is missing, cut short or holds what it should not.
_BROKEN_WORKBOOK = (AttributeError, IndexError, KeyError, SyntaxError, TypeError, ValueError)
_UNPARSED = "cannot be parsed: a cell is too long, or a quote is not closed"
_TOO_MANY = "has more cells than the header"


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: in which encoding, with which delimiter, where its header stands."""

    encoding: str
    delimiter: str
    header_line: int
    columns: dict[str, int]
    width: int
    repeated: tuple[str, ...] = ()


def column_names(cells: Sequence[str]) -> dict[str, int]:
    """Column names, folded to lower case, with their places; the first of a repeated name counts."""
    names: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if folded := cell.strip().casefold():
            names.setdefault(folded, place)
    return names


def detect_encoding(source: Source) -> str:
    """UTF-8 where every byte agrees, else Japanese Windows where it gives kana, else Western Windows."""
    if _decodes(source, "utf-8-sig", wanted=re.compile("")):
        return "utf-8-sig"
    return "cp932" if _decodes(source, "cp932", wanted=_KANA) else "cp1252"


def _decodes(source: Source, encoding: str, wanted: re.Pattern[str]) -> bool:
    """Whether every byte up to the file's end, or to its damage, decodes, and gives what is wanted."""
    decoder = codecs.getincrementaldecoder(encoding)()
    found = False
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK):
                found = bool(wanted.search(decoder.decode(chunk))) or found
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except DAMAGED:
            return found
    return found


def find_layout(source: Source, known: Callable[[frozenset[str]], bool]) -> Layout | None:
    """The layout under which a header is `known`, or None where no line near the top is one."""
    if source.starts_with(b"PK\x03\x04"):
        return _layout_of(list(islice(_workbook_cells(source), HEADER_WITHIN)), "xlsx", "", known)
    encoding = detect_encoding(source)
    for delimiter in DELIMITERS:
        with _text_cells(source, encoding, delimiter) as cells:
            top = list(islice(cells, HEADER_WITHIN))
        if layout := _layout_of(top, encoding, delimiter, known):
            return layout
    return None


def _layout_of(
    top: list[Cells], encoding: str, delimiter: str, known: Callable[[frozenset[str]], bool]
) -> Layout | None:
    for line, cells in top:
        if cells is None:
            continue
        columns = column_names(cells)
        if known(frozenset(columns)):
            folded = [cell.strip().casefold() for cell in cells]
            repeated = tuple(sorted({name for name in folded if name and folded.count(name) > 1}))
            return Layout(encoding, delimiter, line, columns, len(cells), repeated)
    return None


@contextmanager
def open_rows(source: Source, layout: Layout) -> Iterator[Iterator[Row]]:
    """The rows below the header, one at a time; blank lines are no rows."""
    if layout.encoding == "xlsx":
        yield _rows(_workbook_cells(source), layout)
    else:
        with _text_cells(source, layout.encoding, layout.delimiter) as cells:
            yield _rows(cells, layout)


def _rows(records: Iterator[Cells], layout: Layout) -> Iterator[Row]:
    for line, cells in records:
        if line <= layout.header_line:
            continue
        if cells is None:
            yield Row(line, [], layout.columns, fault=_UNPARSED)
        elif any(map(str.strip, cells)):
            missing = layout.width - len(cells)
            surplus = missing < 0 and any(map(str.strip, cells[missing:]))
            cells.extend([""] * missing)
            yield Row(line, cells, layout.columns, fault=_TOO_MANY if surplus else "")


@contextmanager
def _text_cells(source: Source, encoding: str, delimiter: str) -> Iterator[Iterator[Cells]]:
    with (
        source.open() as file,
        io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as text,
    ):
        yield _numbered(text, delimiter)


def _numbered(text: io.TextIOWrapper, delimiter: str) -> Iterator[Cells]:
    """Records with the line that each starts on; one that the parser refuses has None for its cells."""
    # Marketplace reports between tabs carry quotes as plain characters (12" x 18"); CSV quotes its cells.
    if delimiter == "\t":
        reader = csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(text, delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, None


def _workbook_cells(source: Source) -> Iterator[Cells]:
    """The rows of a workbook's first sheet; raises OSError where it is no workbook, or a damaged one."""
    from openpyxl import load_workbook

    if not is_workbook(source):
        return
    with source.open() as file:
        try:
            workbook = load_workbook(file, read_only=True, data_only=True)
            rows = workbook.worksheets[0].iter_rows(values_only=True)
            yield from (
                (line, [_as_text(value) for value in values]) for line, values in enumerate(rows, start=1)
            )
        except _BROKEN_WORKBOOK as error:
            raise OSError("The workbook is damaged.") from error


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
