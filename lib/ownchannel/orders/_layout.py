"""How a table lies in a file, and the rows below its header, some thousands at a time, each with its line."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

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
_AROUND_NAMES = ' \t\r\n"\ufeff'


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
    above: tuple[str, ...] = ()
    """The texts above the header."""
    further_headers: list[int] = field(default_factory=list, compare=False)
    """Lines below at which the same header stands again, as far as the rows were read."""
    strips_headers: bool = True
    """Whether these are left out; else they are rows, and their reader looks at them."""

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row is this header once more, as where exports were pasted together."""
        name, place = next(iter(self.columns.items()))
        # One cell first: names are folded slowly, and most rows are no header.
        is_alike = place < len(cells) and folded_name(cells[place]) == name
        return self.strips_headers and is_alike and column_names(cells) == self.columns


def column_names(cells: Sequence[str]) -> dict[str, int]:
    """Column names, folded to lower case, with their places; the first of a repeated name counts."""
    names: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if folded := folded_name(cell):
            names.setdefault(folded, place)
    return names


def folded_name(cell: str) -> str:
    """A column's name as it is compared: small letters, one space between words, no quotes around it."""
    return " ".join(cell.strip(_AROUND_NAMES).casefold().split())


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
    above: list[str] = []
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
            return Layout(encoding, delimiter, quoted, line, columns, len(cells), repeated, tuple(above))
        above += cells
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

    `order_starts`: a column that names the order, which its further rows repeat or leave empty. A chunk then
    ends where another order begins.
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
    """The rows of a block that stand below the header, are not blank and no header either."""
    if block[LINE][0].as_py() <= layout.header_line:
        block = block.filter(pc.greater(block[LINE], layout.header_line))
    name, place = next(iter(layout.columns.items()))
    alike = pc.equal(pc.utf8_lower(pc.utf8_trim(block.column(place), _AROUND_NAMES)), name)
    if pc.any(alike).as_py():
        block = _without_headers(block, np.flatnonzero(alike.to_numpy()), layout)
    blank = pc.equal(pc.utf8_trim_whitespace(block.column(0)), "")
    for place in range(1, layout.width):
        if not pc.any(blank).as_py():
            return block
        blank = pc.and_(blank, pc.equal(pc.utf8_trim_whitespace(block.column(place)), ""))
    return block.filter(pc.invert(blank))


def _without_headers(block: pa.Table, alike: NDArray[np.intp], layout: Layout) -> pa.Table:
    """The block without those of its rows `alike` that are headers; takes down where these stand."""
    rows = block.take(pa.array(alike))
    cells = zip(*(rows.column(place).to_pylist() for place in range(layout.width)), strict=True)
    headers = alike[[layout.is_header(of_row) for of_row in cells]]
    layout.further_headers.extend(block[LINE].take(pa.array(headers)).to_pylist())
    return block.filter(pa.array(~np.isin(np.arange(len(block)), headers)))


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
        elif layout.is_header(cells):
            layout.further_headers.append(line)
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
    cells = pc.utf8_trim_whitespace(rows.column(starts_at).combine_chunks())
    orders = pc.fill_null_forward(pc.if_else(pc.equal(cells, ""), None, cells)).fill_null("")
    starts = pc.not_equal(orders[1:], orders[:-1]).to_numpy(zero_copy_only=False)
    return int(np.flatnonzero(starts)[-1:].sum() + starts.any())


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
