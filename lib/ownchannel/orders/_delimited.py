"""Records of delimited text, whatever state it is in: each with the line that it starts on."""

import csv
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from inspect import GEN_CLOSED, getgeneratorstate
from itertools import chain, islice
from typing import TextIO, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from ownchannel.orders._archives import DAMAGED

T = TypeVar("T")

#: A line of a report has some hundred characters, with long notes a few thousand.
LONGEST_LINE = 1_000_000
#: So often a quote that is not closed is looked for over so many lines; after that on its own line only.
MOST_SEARCHES = 50

LINE_TOO_LONG = f"is longer than {LONGEST_LINE:,} characters"
CELL_TOO_LONG = f"has a cell longer than {csv.field_size_limit():,} characters"
QUOTE_NOT_CLOSED = "has a quote that is not closed"

#: Characters: a line may be as short as its end, so that a block may be as many lines.
_BLOCK = 1 << 19

Line = str | None
"""None stands for a line that is too long."""

Block = tuple[int, list[Line]]
"""The number of its first line, and the lines."""

NumberedLine = tuple[int, Line]

Record = tuple[int, list[str] | str]
"""The line of the file that a record starts on, and its cells; a sentence where it cannot be parsed."""


class Lines:
    """Numbered lines of a text, a block at a time; what of a line is too long is not kept.

    `check_end` raises where the text does not end but is cut short: its last line is none, then.
    """

    def __init__(self, text: TextIO, check_end: Callable[[], None] = lambda: None) -> None:
        self._text, self._check_end = text, check_end
        self.characters = 0
        """Read so far."""

    def __iter__(self) -> Iterator[Block]:
        number, begun, skips = 1, "", False
        while text := self._text.read(_BLOCK):
            self.characters += len(text)
            *whole, begun = (begun + text).split("\n")
            lines: list[Line] = [line if len(line) <= LONGEST_LINE else None for line in whole]
            if skips and lines:
                lines[0], skips = None, False
            if len(begun) > LONGEST_LINE:
                begun, skips = "", True
            if lines:
                yield number, lines
            number += len(lines)
        self._check_end()
        if begun or skips:
            yield number, [None if skips else begun]


def records(
    blocks: Iterable[Block],
    delimiter: str,
    quoted: bool,
    at_once: Callable[[Block], T | None] = lambda block: None,
) -> Iterator[T | list[Record]]:
    """Every record, some thousands at a time; or what `at_once` makes of a block, where it makes anything.

    Where cells are not `quoted`, quotes are plain characters (12" x 18"). Behind a record whose quote is
    never closed the next line starts anew.
    """
    blocks, searches = iter(blocks), 0
    waiting: deque[NumberedLine] = deque()
    for block in blocks:
        whole = at_once(block)
        if whole is not None:
            yield whole
            continue
        found: list[Record] = []
        waiting.extend(_numbered(block))
        while waiting:
            number, line = waiting.popleft()
            if line is None or not quoted or '"' not in line:
                found.append((number, LINE_TOO_LONG if line is None else line.split(delimiter)))
                continue
            following = _following(waiting, blocks) if searches < MOST_SEARCHES else iter(())
            try:
                cells, further = _parsed_record(line, following, delimiter)
            except DAMAGED:
                yield found
                raise
            found.append((number, cells))
            if isinstance(cells, str):
                searches += 1
                waiting.extendleft(reversed(further))
        yield found


def _numbered(block: Block) -> Iterator[NumberedLine]:
    number, lines = block
    return enumerate(lines, number)


def _following(waiting: deque[NumberedLine], blocks: Iterator[Block]) -> Iterator[NumberedLine]:
    """Lines to come, taken from those that wait as they are used, and from further blocks."""
    for block in chain([(0, [])], blocks):
        waiting.extend(_numbered(block))
        while waiting:
            yield waiting.popleft()


def _parsed_record(
    first: str, following: Iterator[NumberedLine], delimiter: str
) -> tuple[list[str] | str, list[NumberedLine]]:
    """A record's cells, or what is wrong with it; and the lines that were taken beyond the first."""
    further: list[NumberedLine] = []

    def lines() -> Generator[str, None, None]:
        yield first + "\n"
        for number, line in islice(following, LONGEST_RECORD):
            further.append((number, line))
            if line is None:
                return
            yield line + "\n"

    asked = lines()
    try:
        cells = next(csv.reader(asked, delimiter=delimiter))
    except csv.Error:
        return CELL_TOO_LONG, further
    # Where all lines were asked for, the record was not at its end.
    is_whole = getgeneratorstate(asked) != GEN_CLOSED and _is_closed(first, further, delimiter)
    return cells if is_whole else QUOTE_NOT_CLOSED, further


def _is_closed(first: str, further: list[NumberedLine], delimiter: str) -> bool:
    """Whether each cell ends at its closing quote, for else another record's quote opens a cell there."""
    lines = (f"{line}\n" for line in (first, *(line for _, line in further)))
    try:
        return not further or bool(next(csv.reader(lines, delimiter=delimiter, strict=True)))
    except csv.Error:
        return False


#: A cell in quotes may hold line breaks; one whose quote is never closed would swallow the file.
LONGEST_RECORD = 500

#: The column, behind those of cells, with the line that a row starts on.
LINE = "line"


def cells_of(records: Sequence[Sequence[str]], lines: Sequence[int], width: int) -> pa.Table:
    """Records of one width as a table: a column a place, and the lines that they start on."""
    columns = zip(*records, strict=True) if records else [()] * width
    return pa.table(
        [*(pa.array(column, pa.string()) for column in columns), pa.array(lines, pa.int64())], _names(width)
    )


def read_block(
    lines: Sequence[str | None], first: int, delimiter: str, quoted: bool, width: int
) -> pa.Table | None:
    """The same of a block's lines, the first of which is line `first`; None where any needs a closer look.

    So are blocks with rows of another width, blank lines, lines too long, and quotes that are not closed.
    """
    longest = csv.field_size_limit()
    if width < 2 or any(line is None or len(line) > longest for line in lines):
        return None
    # A quote that is still open at the end takes the last line, which is empty cells, too.
    text = "\n".join([*map(str, lines), delimiter * (width - 1)])
    rows = _parsed(text.encode(), delimiter, quoted, width)
    if rows is None or not len(rows):
        return None
    rows = rows.slice(0, len(rows) - 1)
    starts = np.arange(len(lines)) if len(rows) == len(lines) else _starts(lines, delimiter)
    if starts is None or len(starts) != len(rows):
        return None
    return rows.append_column(LINE, pa.array(starts + first))


def _names(width: int) -> list[str]:
    return [*map(str, range(width)), LINE]


def _parsed(text: bytes, delimiter: str, quoted: bool, width: int) -> pa.Table | None:
    names = _names(width)[:-1]
    try:
        return arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(text) + 1, column_names=names),
            arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char='"' if quoted else False, newlines_in_values=quoted
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
        )
    except pa.ArrowInvalid:
        return None


def _starts(lines: Sequence[str | None], delimiter: str) -> NDArray[np.int64] | None:
    """Where records of several lines start, from 0; None unless each cell ends at its closing quote."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    try:
        ends = np.fromiter((reader.line_num for _ in reader), dtype=np.int64)
    except csv.Error:
        return None
    starts = np.concatenate([[0], ends[:-1]])
    return starts if (ends - starts).max() <= LONGEST_RECORD else None
