"""A file's rows below its header, some thousands at a time, each with its line number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders.blocks import LINE, cells_of, read_block
from ownchannel.orders.decoding import open_lines
from ownchannel.orders.delimited import Block, Record, records
from ownchannel.orders.rows import Rejection, Rows
from ownchannel.orders.sources import DAMAGED, Source
from ownchannel.orders.tables import Layout
from ownchannel.orders.workbooks import workbook_records

#: Rows that are held as Python objects at once, and the characters after which a chunk ends earlier.
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
        yield _chunks(_batched(workbook_records(source)), layout, order_starts, lambda: 0)
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
    held, faults, begun = _no_rows(layout), _Faults(), characters()
    try:
        for block in blocks:
            table = _padded(block, layout, faults) if isinstance(block, list) else _below(block, layout)
            held = pa.concat_tables([held, table])
            size = characters() - begun
            if len(held) >= CHUNK_ROWS or size >= CHUNK_CHARACTERS:
                overdue = len(held) >= CHUNK_ROWS + LONGEST_ORDER or size >= 2 * CHUNK_CHARACTERS
                end = len(held) if overdue else _last_start(held, layout.columns.get(order_starts))
                if end:
                    yield _as_rows(held.slice(0, end), layout, faults)
                    held, begun = held.slice(end), characters()
    except DAMAGED:
        # What stands before the damage counts.
        if len(held):
            yield _as_rows(held, layout, faults)
        raise
    if len(held):
        yield _as_rows(held, layout, faults)


def _no_rows(layout: Layout) -> pa.Table:
    return cells_of([], [], layout.width)


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
            faults[line], row = _TOO_MANY, blank
        else:
            row = (cells + blank)[:width]
        rows.append(row)
        lines.append(line)
    return cells_of(rows, lines, width)


def _last_start(held: pa.Table, starts_at: int | None) -> int:
    """Where the last order starts, so that none is cut in two; the end where rows stand alone."""
    if starts_at is None:
        return len(held)
    starts = pc.not_equal(pc.utf8_trim_whitespace(held.column(starts_at)), "")
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
