"""How a table lies in a file, and the rows below its header, some thousands at a time, each with its line."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files._archives import DAMAGED, Source
from ownchannel.files._delimited import (
    AROUND_NAMES,
    LINE,
    Faults,
    Form,
    Tables,
    blocks,
    column_names,
    folded_name,
)
from ownchannel.files._encoding import Encoding, detect_encoding, texts
from ownchannel.files._rows import Rejection, Rows

#: Reports open with a few lines of their own before the header; none is known with more than 13.
HEADER_WITHIN = 15
#: WooCommerce has a column for each item of its largest order; every row is as wide as the header.
MOST_COLUMNS = 1_000
DELIMITERS = "\t,;|"
#: Rows of a chunk, and the bytes after which it ends earlier.
CHUNK_ROWS, CHUNK_BYTES = 30_000, 20_000_000
#: An order's rows stay in one chunk, unless nothing in the file ever starts a new order.
LONGEST_ORDER = 10_000
#: Lines at the top that show how wide rows are, and characters of a header that is mended.
_TOP_LINES, _TOP_BLOCK, _LONGEST_HEADER, _LONGEST_MENDED = 200, 1 << 16, 100_000, 5_000
#: Two columns' names that stand as one.
_LONGEST_NAMES = 200
#: Runs of rows between blank ones that are worth keeping apart.
_MOST_RUNS = 50
#: The share of rows that agree.
_MOST = 0.9

_MEND_ROW = "Look at this line in the file: a stray delimiter or quote shifts its cells or joins them."
_MENDED = (
    "Its header is damaged: a delimiter or quote is missing or too many. Its columns were found by the "
    "number of cells in the rows below. Export it again to be sure."
)

Known = Callable[[frozenset[str]], bool]


@dataclass(frozen=True)
class Layout(Form):
    r"""How a file is to be read: how its table is written, in which encoding, and where its header stands.

    >>> from ownchannel.files import find_sources
    >>> [source] = find_sources(("orders.csv", b"Report of May\nOrder;Total\n1;12,50"))
    >>> layout = find_layout(source, {"order", "total"}.issubset)
    >>> layout.delimiter, layout.header_line, layout.above
    (';', 2, ('Report of May',))
    """

    encoding: Encoding = field(default_factory=partial(Encoding, ""))
    header_line: int = 0
    repeated: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    """The texts above the header."""
    remark: str = ""
    further_headers: list[int] = field(default_factory=list, compare=False)
    """Lines below at which the same header stands again, as far as the rows were read."""


def find_layout(source: Source, known: Known) -> Layout | None:
    r"""The layout under which a header is `known`, or None where no line near the top is one.

    Raises one of DAMAGED where damage is met before a header: it may stand behind.

    >>> from ownchannel.files import find_sources
    >>> [source] = find_sources(("orders.csv", b"Order,Total\n1,12.50"))
    >>> dict(find_layout(source, {"order", "total"}.issubset).columns)
    {'order': 0, 'total': 1}
    """
    encoding = detect_encoding(source)
    lines: list[str] = []
    damage: Exception | None = None
    with closing(texts(source, encoding)) as found:
        try:
            for text in blocks(found, _TOP_BLOCK):
                lines += text.removesuffix("\n").split("\n")
                if len(lines) >= _TOP_LINES:
                    break
        except DAMAGED as error:
            damage = error
    for named in (_standing, _mended):
        for delimiter in f"{DELIMITERS} ":
            for at in range(min(HEADER_WITHIN, len(lines))):
                if layout := named(lines[at:], delimiter, known):
                    above = tuple(cell for line in lines[:at] for cell in layout.split(line))
                    return replace(layout, encoding=encoding, header_line=at + 1, above=above)
    if damage:
        raise damage
    return None


def _standing(lines: list[str], delimiter: str, known: Known) -> Layout | None:
    """The layout where the first line is a header as it stands."""
    form = Form(delimiter, _usual_quote(lines[0], delimiter), 0)
    cells = _first_row(lines, form)
    if delimiter == " " or len(cells) > MOST_COLUMNS or not known(frozenset(column_names(cells))):
        return None
    filled = list(filter(folded_name, cells))
    # Rows that end in an empty cell are whole: where they are narrower, the header has a delimiter too many.
    if len(filled) < len(cells) and _width_of(lines[1:], delimiter) == (len(filled), True):
        return _layout(form, filled, _MENDED)
    return _layout(form, cells)


def _usual_quote(header: str, delimiter: str) -> str:
    """Reports between tabs carry quotes as plain characters, until a spreadsheet saves them."""
    return "" if delimiter == "\t" and not header.startswith('"') else '"'


def _first_row(lines: list[str], form: Form) -> list[str]:
    """The cells of the row that starts with the first line; none where its quotes do not fit together."""
    for end in range(1, min(HEADER_WITHIN, len(lines)) + 1):
        row = "\n".join(lines[:end])
        if form.is_closed(row):
            return form.split(row)
        if len(row) > _LONGEST_HEADER:
            break
    return []


def _mended(lines: list[str], delimiter: str, known: Known) -> Layout | None:
    """The layout where the first line is a header once it is mended, as the rows' width proves."""
    header, *below = lines
    width = _width_of(below, delimiter)[0] if any(below) else header.count(delimiter) + 1
    # A row of numbers is no header, however it is mended: most lines need not be tried.
    is_row = any(cell.strip(AROUND_NAMES)[:1].isdigit() for cell in header.split(delimiter))
    if is_row or len(header) > _LONGEST_MENDED or width > MOST_COLUMNS:
        return None
    for readings in (_likely_names(header, width), _parted_names(header, width, known)):
        found = [cells for cells in readings if known(frozenset(column_names(cells)))]
        if found and all(cells == found[0] for cells in found):
            return _layout(Form(delimiter, _usual_quote(header, delimiter), 0), found[0], _MENDED)
    return None


def _likely_names(header: str, width: int) -> Iterator[list[str]]:
    """So many names, with a quote or a delimiter too many, another delimiter, or none behind a quote."""
    for delimiter in f"{DELIMITERS} ":
        names = header.split(delimiter)
        parted = re.sub(f'(?<=[^{delimiter}])"(?=[^{delimiter}"])', f'"{delimiter}', header).split(delimiter)
        yield from (each for each in (names, list(filter(folded_name, names)), parted) if len(each) == width)


def _parted_names(header: str, width: int, known: Known) -> Iterator[list[str]]:
    """So many names, of which two stand as one; only where they are known with all parts of all names."""

    def may_be_known(*names: str) -> bool:
        return known(frozenset(column_names(names)))

    for delimiter in f"{DELIMITERS} ":
        names = header.split(delimiter)
        if len(names) != width - 1 or max(map(len, names)) > _LONGEST_NAMES:
            continue
        pairs = [[(name[:cut], name[cut:]) for cut in range(1, len(name))] for name in names]
        if not may_be_known(*names, *chain(*chain(*pairs))):
            continue
        for at, parts in enumerate(pairs):
            before, behind = names[:at], names[at + 1 :]
            if may_be_known(*before, *chain(*parts), *behind):
                yield from ([*before, *pair, *behind] for pair in parts)


def _width_of(lines: list[str], delimiter: str) -> tuple[int, bool]:
    """How many cells most of these rows have, 0 where they differ; and whether any ends in an empty one."""
    form = Form(delimiter, '"', 0)
    rows = [form.split(line) for line in lines[:_TOP_LINES] if line.strip() and form.is_closed(line)]
    ((width, times),) = Counter(map(len, rows)).most_common(1) or [(0, 0)]
    return (width if times >= _MOST * len(rows) else 0), any(not row[-1].strip() for row in rows)


def _layout(form: Form, cells: list[str], remark: str = "") -> Layout:
    """The layout by a header's cells, which show a quote that is not the usual one."""
    wrapped = {cell[0] for cell in map(str.strip, cells) if len(cell) > 1 and cell[0] == cell[-1]}
    times = Counter(filter(None, map(folded_name, cells)))
    return Layout(
        form.delimiter,
        quote=next((quote for quote in "\"'" if quote in wrapped), form.quote),
        width=len(cells),
        columns=column_names(cells),
        has_blanks=len(cells) > 1 and all(cell.startswith(" ") for cell in cells[1:]),
        repeated=tuple(sorted(name for name in times if times[name] > 1)),
        remark=remark,
    )


@contextmanager
def open_rows(source: Source, layout: Layout, order_starts: str = "") -> Iterator[Iterator[Rows]]:
    r"""The rows below the header in chunks; blank lines are no rows.

    `order_starts`: a column that names the order, which its further rows repeat or leave empty. A chunk then
    ends where another order begins.

    >>> from ownchannel.files import find_sources
    >>> [source] = find_sources(("orders.csv", b"Order,Total\n1,12.50\n\n2,9.90"))
    >>> with open_rows(source, find_layout(source, {"order", "total"}.issubset)) as chunks:
    ...     [(rows.lines.tolist(), rows.text("total")) for rows in chunks]
    [([2, 4], ['12.50', '9.90'])]
    """
    with closing(texts(source, layout.encoding)) as found:
        yield _chunks(Tables(found, layout), layout, layout.columns.get(order_starts))


def _chunks(tables: Tables, layout: Layout, starts_at: int | None) -> Iterator[Rows]:
    waiting: list[pa.Table] = []
    rows, size, damage = 0, 0, None
    try:
        for table in tables:
            waiting.append(_below(table, layout, tables.faults))
            rows, size = rows + len(waiting[-1]), size + waiting[-1].nbytes
            if rows >= CHUNK_ROWS or size >= CHUNK_BYTES:
                whole = pa.concat_tables(waiting)
                overdue = rows >= CHUNK_ROWS + LONGEST_ORDER or size >= 2 * CHUNK_BYTES
                if end := rows if overdue else _last_start(whole, starts_at):
                    yield _as_rows(whole.slice(0, end), layout, tables.faults)
                    waiting = [whole.slice(end)]
                    rows, size = rows - end, waiting[0].nbytes
    except DAMAGED as error:
        damage = error  # what stands before it counts
    if rows:
        yield _as_rows(pa.concat_tables(waiting), layout, tables.faults)
    if damage:
        raise damage


def _below(table: pa.Table, layout: Layout, faults: Faults) -> pa.Table:
    """The rows below the header that are not blank and no header either; takes down where these stand."""
    lines = table[LINE].to_numpy()
    others, has_fault = lines <= layout.header_line, np.isin(lines, list(faults))
    blank = np.arange(len(table))
    for column in table.columns[:-1]:
        cells = pc.utf8_trim_whitespace(column.take(pa.array(blank)))
        blank = blank[pc.equal(cells, "").to_numpy()]
    others[blank] |= ~has_fault[blank]
    name, place = next(iter(layout.columns.items()))
    alike = pc.equal(pc.utf8_lower(pc.utf8_trim(table.column(place), AROUND_NAMES)), name).to_numpy()
    for at in np.flatnonzero(alike & ~others & ~has_fault).tolist():
        if column_names(column[at].as_py() for column in table.columns[:-1]) == layout.columns:
            layout.further_headers.append(int(lines[at]))
            others[at] = True
    # Runs of rows are not copied, as a filter would.
    ends = np.flatnonzero(np.diff(others, prepend=True, append=True))
    if len(ends) > _MOST_RUNS:
        return table.filter(pa.array(~others))
    return pa.concat_tables(
        [table.slice(0, 0), *(table.slice(a, b - a) for a, b in ends.reshape(-1, 2).tolist())]
    )


def _last_start(rows: pa.Table, starts_at: int | None) -> int:
    """Where the last order starts, so that none is cut in two; the end where rows stand alone."""
    if starts_at is None:
        return len(rows)
    cells = pc.utf8_trim_whitespace(rows.column(starts_at).combine_chunks())
    orders = pc.fill_null_forward(pc.if_else(pc.equal(cells, ""), None, cells)).fill_null("")
    starts = pc.not_equal(orders[1:], orders[:-1]).to_numpy(zero_copy_only=False)
    return int(np.flatnonzero(starts)[-1:].sum() + starts.any())


def _as_rows(chunk: pa.Table, layout: Layout, faults: Faults) -> Rows:
    """The rows of a chunk; their faults are taken from all that were found."""
    lines = chunk[LINE].to_numpy()
    of_chunk = [line for line in faults if line <= lines[-1]]
    found = {line: faults.pop(line) for line in of_chunk}
    wrong = {
        int(np.searchsorted(lines, line)): Rejection(line, "the whole row", "", reason, _MEND_ROW)
        for line, reason in found.items()
        if line > layout.header_line
    }
    return Rows(lines, chunk, layout.columns, wrong)
