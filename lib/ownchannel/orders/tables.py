"""From a file's bytes to chunks of rows: encoding, delimiter, header, and each row with its line number."""

import codecs
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO, cast

from ownchannel.orders.delimited import Lines, Record, records
from ownchannel.orders.rows import Rejection, Rows
from ownchannel.orders.sources import DAMAGED, Source, is_workbook
from ownchannel.orders.workbooks import workbook_records

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Reports open with a few lines of their own before the header; none is known with more than 13.
HEADER_WITHIN = 15
#: WooCommerce has a column for each item of its largest order; every row is as wide as the header.
MOST_COLUMNS = 1_000
DELIMITERS = "\t,;|"
#: Rows that are held as Python objects at once, and the characters after which a chunk ends earlier.
CHUNK_ROWS, CHUNK_CHARACTERS = 8_000, 20_000_000
#: An order's rows stay in one chunk, unless nothing in the file ever starts a new order.
LONGEST_ORDER = 10_000
_CHUNK_BYTES = 1 << 20
_KANA = re.compile("[\u3041-\u30ff]")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: So many letters in proper UTF-8 for each byte that is none: the file is UTF-8 with a few damaged cells.
_MOSTLY = 10

_TOO_MANY = "has more cells than the header"
_MEND_ROW = "Look at this line in the file: a stray delimiter or quote shifts its cells or joins them."
_MIXED = "Some characters are in another encoding than the rest of the file: they show as \ufffd."


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text, and what to say of it."""

    name: str
    remark: str = ""


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: in which encoding, with which delimiter, where its header stands."""

    encoding: Encoding
    delimiter: str
    quoted: bool
    header_line: int
    columns: dict[str, int]
    width: int
    repeated: tuple[str, ...] = ()


def column_names(cells: Sequence[str]) -> dict[str, int]:
    """Column names, folded to lower case, with their places; the first of a repeated name counts."""
    names: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if folded := _folded(cell):
            names.setdefault(folded, place)
    return names


def _folded(cell: str) -> str:
    return " ".join(cell.strip(' \t\r\n"\ufeff').casefold().split())


def detect_encoding(source: Source) -> Encoding:
    """UTF-16 by its mark, UTF-8 where the bytes agree, else Japanese Windows with kana, else Western."""
    with source.open() as file:
        start = file.read(64)
    for mark, name in _WIDE.items():
        if start.startswith(mark):
            return Encoding(name)
    if len(start) >= 8 and start[1::2].count(0) >= len(start) // 2 - 2 > 0:
        return Encoding("utf-16-le")
    letters, damaged = _counted_as_utf8(source)
    if not damaged:
        return Encoding("utf-8-sig")
    if letters > _MOSTLY * damaged:
        return Encoding("utf-8-sig", _MIXED)
    return Encoding("cp932" if _is_japanese(source) else "cp1252")


def _counted_as_utf8(source: Source) -> tuple[int, int]:
    """Letters beyond ASCII that are proper UTF-8, and bytes that are none, up to the end or the damage."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    letters = damaged = 0
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                if chunk.isascii() and not decoder.getstate()[0]:
                    continue
                text = decoder.decode(chunk)
                wrong = text.count("\ufffd")
                damaged += wrong
                letters += len(text) - len(text.encode("ascii", "ignore")) - wrong
            damaged += decoder.decode(b"", final=True).count("\ufffd")
        except DAMAGED:
            pass
    return letters, damaged


def _is_japanese(source: Source) -> bool:
    """Whether the bytes decode as Japanese Windows up to the end or the damage, and give kana."""
    decoder = codecs.getincrementaldecoder("cp932")()
    found = False
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                found = bool(_KANA.search(decoder.decode(chunk))) or found
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except DAMAGED:
            return found
    return found


def find_layout(source: Source, known: Callable[[frozenset[str]], bool]) -> Layout | None:
    """The layout under which a header is `known`, or None where no line near the top is one.

    Raises one of DAMAGED where damage is met before a header: it may stand behind.
    """
    if source.starts_with(b"PK\x03\x04"):
        if not is_workbook(source):
            return None
        return _top_layout(workbook_records(source), Encoding("xlsx"), "", known)
    encoding = detect_encoding(source)
    damage: Exception | None = None
    for delimiter in DELIMITERS:
        try:
            with _lines(source, encoding) as lines:
                found = chain.from_iterable(records(lines, delimiter, quoted=delimiter != "\t"))
                if layout := _top_layout(found, encoding, delimiter, known):
                    return layout
        except DAMAGED as error:
            damage = error
    if damage:
        raise damage
    return None


def _top_layout(
    found: Iterator[Record], encoding: Encoding, delimiter: str, known: Callable[[frozenset[str]], bool]
) -> Layout | None:
    """The layout by one of the first records; damage is raised where none before it is a known header."""
    top: list[Record] = []
    try:
        top.extend(islice(found, HEADER_WITHIN))
    except DAMAGED:
        if layout := _layout_of(top, encoding, delimiter, known):
            return layout
        raise
    return _layout_of(top, encoding, delimiter, known)


def _layout_of(
    top: list[Record], encoding: Encoding, delimiter: str, known: Callable[[frozenset[str]], bool]
) -> Layout | None:
    for line, cells in top:
        if isinstance(cells, str) or len(cells) > MOST_COLUMNS:
            continue
        columns = column_names(cells)
        if known(frozenset(columns)):
            folded = [_folded(cell) for cell in cells]
            repeated = tuple(sorted(name for name, times in Counter(folded).items() if name and times > 1))
            # Reports between tabs carry quotes as plain characters, until a spreadsheet saves them.
            in_quotes = any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in map(str.strip, cells))
            quoted = delimiter != "\t" or in_quotes
            return Layout(encoding, delimiter, quoted, line, columns, len(cells), repeated)
    return None


@contextmanager
def open_rows(source: Source, layout: Layout, order_starts: str = "") -> Iterator[Iterator[Rows]]:
    """The rows below the header in chunks; blank lines are no rows.

    `order_starts`: a column that is filled on an order's first row only. A chunk then ends before such a row.
    """
    if layout.encoding.name == "xlsx":
        blocks = ([record] for record in workbook_records(source))
        yield _chunks(blocks, layout, order_starts, lambda: 0)
    else:
        with _lines(source, layout.encoding) as lines:
            found = records(lines, layout.delimiter, layout.quoted)
            yield _chunks(found, layout, order_starts, lambda: lines.characters)


_Row = tuple[int, list[str], str]
"""Line, cells padded to the header's width, and what is wrong with the row as a whole."""


def _rows(block: list[Record], layout: Layout) -> Iterator[_Row]:
    width = layout.width
    blank = [""] * width
    for line, cells in block:
        if line <= layout.header_line:
            continue
        if isinstance(cells, str):
            yield line, blank, cells
        elif len(cells) == width:
            if cells[0].strip() or any(map(str.strip, cells)):
                yield line, cells, ""
        elif any(map(str.strip, cells)):
            # With cells too many, none can be trusted to stand in its column.
            surplus = any(map(str.strip, cells[width:]))
            yield line, blank if surplus else (cells + blank)[:width], _TOO_MANY if surplus else ""


def _chunks(
    blocks: Iterator[list[Record]], layout: Layout, order_starts: str, characters: Callable[[], int]
) -> Iterator[Rows]:
    """`characters` counts those read so far."""
    chunk: list[_Row] = []
    begun = characters()
    try:
        for block in blocks:
            chunk.extend(_rows(block, layout))
            size = characters() - begun
            if len(chunk) >= CHUNK_ROWS or size >= CHUNK_CHARACTERS:
                overdue = len(chunk) >= CHUNK_ROWS + LONGEST_ORDER or size >= 2 * CHUNK_CHARACTERS
                end = len(chunk) if overdue else _last_start(chunk, layout.columns.get(order_starts))
                if end:
                    yield _as_rows(chunk[:end], layout)
                    chunk, begun = chunk[end:], characters()
    except DAMAGED:
        # What stands before the damage counts.
        if chunk:
            yield _as_rows(chunk, layout)
        raise
    if chunk:
        yield _as_rows(chunk, layout)


def _last_start(chunk: list[_Row], starts_at: int | None) -> int:
    """Where the last order of a chunk starts, so that none is cut in two; its end where rows stand alone."""
    if starts_at is None:
        return len(chunk)
    starts = (place for place in range(len(chunk) - 1, 0, -1) if chunk[place][1][starts_at].strip())
    return next(starts, 0)


def _as_rows(chunk: list[_Row], layout: Layout) -> Rows:
    lines, cells, faults = zip(*chunk, strict=True)
    wrong = {
        place: Rejection(lines[place], "the whole row", "", fault, _MEND_ROW)
        for place, fault in enumerate(faults)
        if fault
    }
    return Rows(lines, cells, layout.columns, wrong)


class _UpToDamage(io.RawIOBase):
    """A file's bytes, which end where it is damaged: so what was decoded until there is not lost."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = cast(io.BufferedIOBase, file)
        self._damage: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        try:
            data = self._file.read1(len(view))
        except DAMAGED as error:
            self._damage, data = error, b""
        view[: len(data)] = data
        return len(data)

    def check(self) -> None:
        """Raise what the damage raised, if there is any."""
        if self._damage:
            raise self._damage


@contextmanager
def _lines(source: Source, encoding: Encoding) -> Iterator[Lines]:
    with source.open() as file:
        whole = _UpToDamage(file)
        buffered = io.BufferedReader(whole, _CHUNK_BYTES)
        with io.TextIOWrapper(buffered, encoding=encoding.name, errors="replace") as text:
            yield Lines(text, whole.check)
