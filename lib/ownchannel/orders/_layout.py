"""How a table lies in a file, and the rows below its header, some thousands at a time, each with its line."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders._archives import DAMAGED, Source
from ownchannel.orders._delimited import LINE, Block, Record, cells_of, read_block, records
from ownchannel.orders._encoding import Encoding, detect_encoding, open_lines
from ownchannel.orders._excel import workbook_records
from ownchannel.orders._files import is_workbook
from ownchannel.orders._rows import Rejection, Rows

#: Reports open with a few lines of their own before the header; none is known with more than 13.
HEADER_WITHIN = 15
#: WooCommerce has a column for each item of its largest order; every row is as wide as the header.
MOST_COLUMNS = 1_000
DELIMITERS = "\t,;|"


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
        if folded := folded_name(cell):
            names.setdefault(folded, place)
    return names


def folded_name(cell: str) -> str:
    """A column's name as it is compared: small letters, one space between words, no quotes around it."""
    return " ".join(cell.strip(' \t\r\n"\ufeff').casefold().split())


def find_layout(source: Source, known: Callable[[frozenset[str]], bool]) -> Layout | None:
    """The layout under which a header is `known`, or None where no line near the top is one.

    Raises one of DAMAGED where damage is met before a header: it may stand behind.
    """
    if source.starts_with(b"PK\x03\x04"):
        if not is_workbook(source):
            return None
        return _top_layout(workbook_records(source.open), Encoding("xlsx"), "", known)
    encoding = detect_encoding(source)
    damage: Exception | None = None
    for delimiter in DELIMITERS:
        try:
            with open_lines(source, encoding) as lines:
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
    for line, cells in islice(found, HEADER_WITHIN):
        if isinstance(cells, str) or len(cells) > MOST_COLUMNS:
            continue
        columns = column_names(cells)
        if known(frozenset(columns)):
            times = Counter(filter(None, map(folded_name, cells)))
            repeated = tuple(sorted(name for name in times if times[name] > 1))
            # Reports between tabs carry quotes as plain characters, until a spreadsheet saves them.
            in_quotes = any(len(cell) > 1 and cell[0] == cell[-1] == '"' for cell in map(str.strip, cells))
            quoted = delimiter != "\t" or in_quotes
            return Layout(encoding, delimiter, quoted, line, columns, len(cells), repeated)
    return None


#: Rows that are kept as Python objects at once, and the characters after which a chunk ends earlier.
CHUNK_ROWS, CHUNK_CHARACTERS = 8_000, 20_000_000
#: An order's rows stay in one chunk, unless nothing in the file ever starts a new order.
LONGEST_ORDER = 10_000
#: Rows of a workbook that are turned into columns at once.
_BLOCK_ROWS = 1_000

_TOO_MANY = "has more cells than the header"
_MEND_ROW = "Look at this line in the file: a stray delimiter or quote shifts its cells or joins them."

_Faults = dict[int, str]
"""By line, what is wrong with the row as a whole."""


@contextmanager
def open_rows(source: Source, layout: Layout, order_starts: str = "") -> Iterator[Iterator[Rows]]:
    """The rows below the header in chunks; blank lines are no rows.

    `order_starts`: a column that is filled on an order's first row only. A chunk then ends before such a row.
    """
    if layout.encoding.name == "xlsx":
        yield _chunks(_batched(workbook_records(source.open)), layout, order_starts, lambda: 0)
        return

    def at_once(block: Block) -> pa.Table | None:
        first, lines = block
        return read_block(lines, first, layout.delimiter, layout.quoted, layout.width)

    with open_lines(source, layout.encoding) as lines:
        blocks = records(lines, layout.delimiter, layout.quoted, at_once)
        yield _chunks(blocks, layout, order_starts, lambda: lines.characters)


def _batched(found: Iterator[Record]) -> Iterator[list[Record]]:
    """Records some at a time; those before damage are given before it is raised."""
    batch: list[Record] = []
    try:
        for record in found:
            batch.append(record)
            if len(batch) == _BLOCK_ROWS:
                yield batch
                batch = []
    except DAMAGED:
        yield batch
        raise
    yield batch


def _chunks(
    blocks: Iterator[pa.Table | list[Record]],
    layout: Layout,
    order_starts: str,
    characters: Callable[[], int],
) -> Iterator[Rows]:
    """`characters` counts those read so far."""
    rows, faults, begun = cells_of([], [], layout.width), _Faults(), characters()
    try:
        for block in blocks:
            table = _padded(block, layout, faults) if isinstance(block, list) else _below(block, layout)
            rows = pa.concat_tables([rows, table])
            size = characters() - begun
            if len(rows) >= CHUNK_ROWS or size >= CHUNK_CHARACTERS:
                overdue = len(rows) >= CHUNK_ROWS + LONGEST_ORDER or size >= 2 * CHUNK_CHARACTERS
                end = len(rows) if overdue else _last_start(rows, layout.columns.get(order_starts))
                if end:
                    yield _as_rows(rows.slice(0, end), layout, faults)
                    rows, begun = rows.slice(end), characters()
    except DAMAGED:
        # What stands before the damage counts.
        if len(rows):
            yield _as_rows(rows, layout, faults)
        raise
    if len(rows):
        yield _as_rows(rows, layout, faults)


def _below(block: pa.Table, layout: Layout) -> pa.Table:
    """The rows of a block that stand below the header and are not blank."""
    if block[LINE][0].as_py() <= layout.header_line:
        block = block.filter(pc.greater(block[LINE], layout.header_line))
    blank = pc.equal(pc.utf8_trim_whitespace(block.column(0)), "")
    for place in range(1, layout.width):
        if not pc.any(blank).as_py():
            return block
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(block.column(place)), ""))
    return block.filter(pc.invert(blank))


def _padded(block: list[Record], layout: Layout, faults: _Faults) -> pa.Table:
    """The rows of records as they may be, padded to the header's width; what is wrong goes into `faults`."""
    width = layout.width
    blank = [""] * width
    rows, lines = [], []
    for line, cells in block:
        if line <= layout.header_line:
            continue
        if isinstance(cells, str):
            faults[line], row = cells, blank
        elif not any(map(str.strip, cells)):
            continue
        elif any(map(str.strip, cells[width:])):
            # With cells too many, none can be trusted to stand in its column.
            # A wider table's header is shown, so that a reader knows that another table begins.
            is_header = column_names(cells).keys() >= layout.columns.keys()
            faults[line], row = _TOO_MANY, cells[:width] if is_header else blank
        else:
            row = (cells + blank)[:width]
        rows.append(row)
        lines.append(line)
    return cells_of(rows, lines, width)


def _last_start(rows: pa.Table, starts_at: int | None) -> int:
    """Where the last order starts, so that none is cut in two; the end where rows stand alone."""
    if starts_at is None:
        return len(rows)
    starts = pc.not_equal(pc.utf8_trim_whitespace(rows.column(starts_at)), "")
    return int(np.flatnonzero(starts.to_numpy())[-1:].sum())


def _as_rows(chunk: pa.Table, layout: Layout, faults: _Faults) -> Rows:
    """The rows of a chunk; their faults are taken from all that were found."""
    lines = chunk[LINE].to_numpy()
    last = lines[-1]
    of_chunk = [line for line in faults if line <= last]
    wrong = {
        int(np.searchsorted(lines, line)): Rejection(line, "the whole row", "", faults.pop(line), _MEND_ROW)
        for line in of_chunk
    }
    return Rows(lines, chunk, layout.columns, wrong)
