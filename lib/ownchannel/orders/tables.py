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
from ownchannel.orders.sources import Source, is_workbook

#: Reports open with a few lines of their own before the header; none is known with more than 13.
HEADER_WITHIN = 15
DELIMITERS = "\t,;|"
_CHUNK = 1 << 20
_KANA = re.compile("[\u3041-\u30ff]")

Cells = tuple[int, list[str]]
"""A record: the line of the file that it starts on, and its cells."""


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: in which encoding, with which delimiter, where its header stands."""

    encoding: str
    delimiter: str
    header_line: int
    columns: dict[str, int]
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
    for encoding in ("utf-8-sig", "cp932"):
        decoder = codecs.getincrementaldecoder(encoding)()
        kana = False
        with source.open() as file:
            try:
                while chunk := file.read(_CHUNK):
                    text = decoder.decode(chunk)
                    kana = kana or encoding == "cp932" and bool(_KANA.search(text))
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
        if encoding == "utf-8-sig" or kana:
            return encoding
    return "cp1252"


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
        columns = column_names(cells)
        if known(frozenset(columns)):
            folded = [cell.strip().casefold() for cell in cells]
            repeated = tuple(sorted({name for name in folded if name and folded.count(name) > 1}))
            return Layout(encoding, delimiter, line, columns, repeated)
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
        if line > layout.header_line and any(cell and not cell.isspace() for cell in cells):
            yield Row(line, cells, layout.columns)


@contextmanager
def _text_cells(source: Source, encoding: str, delimiter: str) -> Iterator[Iterator[Cells]]:
    # Marketplace reports between tabs carry quotes as plain characters (12" x 18"); CSV quotes its cells.
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    with (
        source.open() as file,
        io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="") as text,
    ):
        yield _numbered(csv.reader(text, delimiter=delimiter, quoting=quoting))


def _numbered(reader: "csv._reader") -> Iterator[Cells]:
    """Records with the line that each starts on; one that the parser refuses comes as a single odd cell."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [f"unreadable: {error}"]


def _workbook_cells(source: Source) -> Iterator[Cells]:
    from openpyxl import load_workbook

    if not is_workbook(source):
        return
    with source.open() as file:
        workbook = load_workbook(file, read_only=True, data_only=True)
        for line, values in enumerate(workbook.worksheets[0].iter_rows(values_only=True), start=1):
            yield line, [_as_text(value) for value in values]


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
