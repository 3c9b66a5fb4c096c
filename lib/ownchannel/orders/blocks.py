"""Lines of text as columns at once, for the blocks of a file that are in order, as nearly all are."""

import csv
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

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
