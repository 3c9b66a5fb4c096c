"""Tables from delimited text, whatever state it is in: each row with the line that it starts on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from ownchannel.files._archives import DAMAGED

#: Characters of a line, or of a row with line breaks: some hundred, with long notes some thousand.
LONGEST_LINE = 1_000_000
#: A cell in quotes may hold line breaks; one whose quote is never closed would swallow the file.
LONGEST_RECORD = 500
#: So often a quote that is not closed is looked for over so many lines; after that on its own line only.
MOST_SEARCHES = 50

LINE_TOO_LONG = f"is longer than {LONGEST_LINE:,} characters"
QUOTE_NOT_CLOSED = "has a quote that is not closed"
TOO_MANY_CELLS = "has more cells than the header"

#: The column, behind those of cells, with the line that a row starts on.
LINE = "line"

#: Characters that are parsed at once.
_BLOCK = 1 << 20
#: Stands where a line was too long to be kept; no text holds this character.
_MARK = "\ufdd0"
AROUND_NAMES = " \t\r\n\"'\ufeff"

Faults = dict[int, str]
"""By line, what is wrong with the row as a whole."""


def column_names(cells: Iterable[str]) -> dict[str, int]:
    """Column names, folded to lower case, with their places; the first of a repeated name counts."""
    names: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if folded := folded_name(cell):
            names.setdefault(folded, place)
    return names


def folded_name(cell: str) -> str:
    """A column's name as it is compared: small letters, one space between words, no quotes around it.

    >>> folded_name(' "Order  ID" ')
    'order id'
    """
    return " ".join(cell.strip(AROUND_NAMES).casefold().split())


@dataclass(frozen=True)
class Form:
    """How a table is written: what stands between its cells and around them, and its columns."""

    delimiter: str
    quote: str
    """Around cells with delimiters or line breaks; none where quotes are plain characters (12" x 18")."""
    width: int
    columns: Mapping[str, int] = field(default_factory=dict)
    has_blanks: bool = False
    """Whether a blank follows each delimiter."""

    @cached_property
    def _cell(self) -> str:
        quote, end = self.quote, re.escape(self.delimiter)
        return f"(?>{quote}(?:[^{quote}]++|{quote}{quote})*+{quote}|[^{end}{quote}\n][^{end}\n]*+|)"

    def is_closed(self, row: str) -> bool:
        """Whether each cell ends at its closing quote, for else another row's quote opens a cell there."""
        pattern = f"{self._cell}(?:{re.escape(self.delimiter)}{self._cell})*+"
        return not self.quote or self.quote not in row or bool(re.fullmatch(pattern, row))

    def split(self, row: str) -> list[str]:
        """The cells of a closed row."""
        if not self.quote or self.quote not in row:
            return row.split(self.delimiter)
        return list(map(self._bare, re.findall(f"(?:^|{re.escape(self.delimiter)})({self._cell})", row)))

    def paired(self, row: str) -> list[str]:
        """The cells where quotes within them are not doubled: one closes a cell only before a delimiter."""
        cells, parts = [], iter(row.split(self.delimiter))
        while (cell := next(parts, None)) is not None:
            while cell.startswith(self.quote) and (len(cell) < 2 or not cell.endswith(self.quote)):
                if (further := next(parts, None)) is None:
                    return []
                cell += self.delimiter + further
            cells.append(self._bare(cell))
        return cells

    def wrapped(self, row: str) -> list[str]:
        """The cells where, between tabs, a spreadsheet has wrapped those in quotes that hold a tab."""
        form = replace(self, quote='"')
        cells = form.split(row) if form.is_closed(row) else []
        return [cell.replace(self.delimiter, " ") for cell in cells] if len(cells) == self.width else []

    def _bare(self, cell: str) -> str:
        is_quoted = cell.startswith(self.quote)
        return cell[1:-1].replace(2 * self.quote, self.quote) if is_quoted else cell

    def joined(self, cells: Iterable[str]) -> str:
        """Cells as a row."""
        quote = self.quote
        written = (quote + cell.replace(quote, 2 * quote) + quote for cell in cells) if quote else cells
        return self.delimiter.join(written)

    def has_open_end(self, row: str) -> bool:
        """Whether, between tabs, a spreadsheet has wrapped the last cell in quotes for its line break."""
        last = row.rpartition(self.delimiter)[2]
        return not self.quote and last.startswith('"') and last.count('"') % 2 == 1


def blocks(texts: Iterable[str], size: int) -> Iterator[str]:
    """Whole lines, at least so many characters at a time; what of a line is too long is not kept.

    Of a text that is cut short by damage, the last line is none.
    """
    begun = ""
    try:
        for text in texts:
            for at in range(0, len(text), size):
                begun += text[at : at + size]
                if len(begun) >= size:
                    whole, end, begun = begun.rpartition("\n")
                    if end:
                        yield _shortened(whole + end)
                    begun = _shortened(begun)
    except DAMAGED:
        if whole := begun[: begun.rfind("\n") + 1]:
            yield _shortened(whole)
        raise
    if begun:
        yield _shortened(begun)


def _shortened(text: str) -> str:
    """The text with a mark in place of each line that is too long."""
    half = LONGEST_LINE // 2
    is_short = all(text.find("\n", at, at + half) >= 0 for at in range(0, len(text) - half, half))
    if is_short and not text.startswith(_MARK):
        return text
    lines = text.split("\n")
    is_long = (len(line) > LONGEST_LINE or line.startswith(_MARK) for line in lines)
    return "\n".join(_MARK if long else line for line, long in zip(lines, is_long, strict=True))


class Tables:
    """The tables of a text's blocks, with the line that each row starts on, and what is wrong with rows.

    A row is as wide as the header: a shorter one is filled up, of a longer one empty cells are cut off. One
    with a fault is empty. Behind a row whose quote is never closed the next line starts anew.
    """

    def __init__(self, texts: Iterable[str], form: Form) -> None:
        self._texts, self._form = texts, form
        self._blank = form.delimiter * (form.width - 1)
        self._searches, self._is_ragged = 0, False
        self.faults: Faults = {}

    def __iter__(self) -> Iterator[pa.Table]:
        form, first, waiting = self._form, 1, ""
        blank, none = (f"{form.delimiter}{between}{form.quote}" for between in (" ", ""))
        for block in blocks(self._texts, _BLOCK):
            text = waiting + (block.replace(blank, none) if form.has_blanks else block)
            text = text.removesuffix("\n") + "\n"
            table, lines, waiting = self._parsed(text, first, is_end=False)
            yield table if form.quote or '"' not in text else _unwrapped(table)
            first += lines
        if waiting:
            yield self._parsed(waiting, first, is_end=True)[0]

    def _parsed(self, text: str, first: int, is_end: bool) -> tuple[pa.Table, int, str]:
        """The rows of lines, the first with this number; how many these are, and those of an open row.

        Lines with a fault are mended in their place, and all are parsed again.
        """
        text = self._filled(text) if self._is_ragged else text
        while True:
            table, odd = self._read(text)
            if not odd and len(table) > text.count("\n"):  # each row is a line
                lines, starts = [], np.arange(len(table))
                break
            lines = text.split("\n")[:-1]
            starts = _starts(table, odd, len(lines))
            bad = self._unclosed(lines, starts, is_end)
            for at in bad:
                self.faults[first + at], lines[at] = QUOTE_NOT_CLOSED, self._blank
            if not bad:
                odd.pop(len(starts), None)
                if not odd:
                    break
                self._is_ragged = True
                for number, row in odd.items():
                    start, end = starts[number - 1 : number + 1].tolist()
                    mended = self._mended(row, first + start).split("\n")
                    lines[start:end] = mended + [self._blank] * (end - start - len(mended))
            text = "\n".join([*lines, ""])
        numbers = pa.array(starts[:-1] + first)
        table, end = table.slice(0, len(numbers)).append_column(LINE, numbers), int(starts[-1])
        return table, end, "".join(f"{line}\n" for line in lines[end:])

    def _filled(self, text: str) -> str:
        """Lines with as many cells as the header has, where no quotes hide what a delimiter is."""
        form, lines = self._form, text.split("\n")[:-1]
        delimiter, most = form.delimiter, form.width - 1
        if _MARK in text or (form.quote and form.quote in text):
            return text
        for at, line in enumerate(lines):
            missing = most - line.count(delimiter)
            if missing > 0 and not ('"' in line and form.has_open_end(line)):
                lines[at] = line + delimiter * missing
        return "\n".join([*lines, ""])

    def _read(self, text: str) -> tuple[pa.Table, dict[int, arrow_csv.InvalidRow]]:
        """The rows of lines and an empty one behind; by number, those of another width than the header's."""
        odd: dict[int, arrow_csv.InvalidRow] = {}

        def set_aside(row: arrow_csv.InvalidRow) -> str:
            odd[row.number] = row
            return "skip"

        form, names = self._form, list(map(str, range(self._form.width)))
        content = f"{text}{self._blank}\n".encode()
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            arrow_csv.ReadOptions(use_threads=False, block_size=len(content) + 1, column_names=names),
            arrow_csv.ParseOptions(
                delimiter=form.delimiter,
                quote_char=form.quote or False,
                newlines_in_values=bool(form.quote),
                ignore_empty_lines=False,
                invalid_row_handler=set_aside,
            ),
            arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), check_utf8=False),
        )
        return table, odd

    def _unclosed(self, lines: list[str], starts: NDArray[np.int64], is_end: bool) -> list[int]:
        """Where the next row starts whose quote is not closed; after many of them, all such lines."""
        found, rest = [], lines[starts[-1] :]
        for at in np.flatnonzero(np.diff(starts) > 1).tolist():
            row = lines[starts[at] : starts[at + 1]]
            if not _may_be_one(row) or not self._form.is_closed("\n".join(row)):
                found = [int(starts[at])]
                break
        # What further lines may close is waited for.
        if not found and rest and (is_end or not _may_be_one([*rest, ""])):
            found = [int(starts[-1])]
        self._searches += len(found)
        if not found or self._searches <= MOST_SEARCHES:
            return found
        return [at for at, line in enumerate(lines) if not self._form.is_closed(line)]

    def _mended(self, row: arrow_csv.InvalidRow, line: int) -> str:
        """A row of another width as one of the header's width, empty where it cannot be."""
        form, text, width = self._form, row.text, self._form.width
        is_closed = form.is_closed(text) and not (row.actual_columns < width and form.has_open_end(text))
        cells = form.split(text) if is_closed else form.paired(text) if form.quote else []
        if not form.quote and '"' in text and any(map(str.strip, cells[width:])):
            cells = form.wrapped(text) or cells
        shown = [""] * width
        if text == _MARK:
            reason = LINE_TOO_LONG
        elif not is_closed and len(cells) != width:
            reason = QUOTE_NOT_CLOSED
        elif any(map(str.strip, cells[width:])):
            # With cells too many, none can be trusted to stand in its column. A wider table's header is
            # shown, so that a reader knows that another table begins.
            reason = TOO_MANY_CELLS
            shown = cells if column_names(cells).keys() >= form.columns.keys() else shown
        else:
            return form.joined((cells + shown)[:width])
        self.faults[line] = reason
        return form.joined(shown[:width])


def _may_be_one(lines: list[str]) -> bool:
    """Whether so many and so long lines may be one row."""
    return len(lines) <= LONGEST_RECORD + 1 and sum(map(len, lines)) <= LONGEST_LINE and _MARK not in lines


def _starts(table: pa.Table, odd: Mapping[int, arrow_csv.InvalidRow], lines: int) -> NDArray[np.int64]:
    """Where, from 0, each row starts; the last is the empty one, or one whose quote is open."""
    heights = np.ones(len(table) + len(odd), dtype=np.int64)
    if len(heights) <= lines:  # else each row is a line
        for number, row in odd.items():
            heights[number - 1] += row.text.count("\n")
        breaks = sum(pc.count_substring(column, "\n").to_numpy() for column in table.columns)
        heights[np.setdiff1d(np.arange(len(heights)), np.array(list(odd), dtype=np.int64) - 1)] += breaks
    return np.cumsum(heights) - heights


def _unwrapped(table: pa.Table) -> pa.Table:
    """The table without the quotes in which a spreadsheet wraps cells that hold a comma or a quote."""
    for place in range(table.num_columns - 1):
        cells = table.column(place)
        if pc.any(pc.starts_with(cells, '"')).as_py():
            wrapped = pc.match_substring_regex(cells, '^"([^"]|"")*(,|"")([^"]|"")*"$')
            plain = pc.replace_substring(pc.utf8_slice_codeunits(cells, 1, -1), '""', '"')
            table = table.set_column(place, str(place), pc.if_else(wrapped, plain, cells))
    return table
