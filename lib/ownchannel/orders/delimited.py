"""Records of delimited text, whatever state it is in: each with the line that it starts on."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TextIO

#: A line of a report has some hundred characters, with long notes a few thousand.
LONGEST_LINE = 1_000_000
#: A cell in quotes may hold line breaks; one whose quote is never closed would swallow the file.
LONGEST_RECORD = 500
#: So often a quote that is not closed is looked for over so many lines; after that on its own line only.
MOST_SEARCHES = 50

LINE_TOO_LONG = f"is longer than {LONGEST_LINE:,} characters"
CELL_TOO_LONG = f"has a cell longer than {csv.field_size_limit():,} characters"
QUOTE_NOT_CLOSED = "has a quote that is not closed"

_BLOCK = 1 << 20
_RECORDS = 4_000

NumberedLine = tuple[int, str | None]
"""None stands for a line that is too long."""

Record = tuple[int, list[str] | str]
"""The line of the file that a record starts on, and its cells; a sentence where it cannot be parsed."""


class Lines:
    """Numbered lines of a text, a block at a time; what of a line is too long is not kept."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.characters = 0
        """Read so far."""

    def __iter__(self) -> Iterator[list[NumberedLine]]:
        number, begun, skips = 1, "", False
        while block := self._text.read(_BLOCK):
            self.characters += len(block)
            *whole, begun = (begun + block).split("\n")
            lines: list[NumberedLine] = [
                (at, line if len(line) <= LONGEST_LINE else None) for at, line in enumerate(whole, number)
            ]
            if skips and lines:
                lines[0], skips = (number, None), False
            if len(begun) > LONGEST_LINE:
                begun, skips = "", True
            number += len(lines)
            yield lines
        if begun or skips:
            yield [(number, None if skips else begun)]


def records(lines: Iterable[list[NumberedLine]], delimiter: str, quoted: bool) -> Iterator[list[Record]]:
    """Every record, some thousands at a time.

    Where cells are not `quoted`, quotes are plain characters (12" x 18").
    """
    if not quoted:
        for block in lines:
            yield [
                (number, LINE_TOO_LONG if line is None else line.split(delimiter)) for number, line in block
            ]
        return
    found = _quoted(chain.from_iterable(lines), delimiter)
    while block_of_records := list(islice(found, _RECORDS)):
        yield block_of_records


def _quoted(lines: Iterator[NumberedLine], delimiter: str) -> Iterator[Record]:
    """Cells by the rules of CSV. Behind a record whose quote is never closed the next line starts anew."""
    searches = 0
    while numbered := next(lines, None):
        number, line = numbered
        if line is None:
            yield number, LINE_TOO_LONG
        elif '"' not in line:
            yield number, line.split(delimiter)
        else:
            feed = _Feed(line, lines if searches < MOST_SEARCHES else iter(()))
            cells = feed.parsed(delimiter)
            yield number, cells
            if isinstance(cells, str):
                searches += 1
                lines = chain(feed.further, lines)


class _Feed:
    """The lines of one record on their way to the parser, which takes as many as it needs."""

    def __init__(self, first: str, following: Iterator[NumberedLine]) -> None:
        self._first, self._following = first, following
        self.further: list[NumberedLine] = []
        """Lines taken beyond the first."""
        self._asked_too_much = False

    def parsed(self, delimiter: str) -> list[str] | str:
        """The record's cells, or what is wrong with it."""
        try:
            cells = next(csv.reader(self._lines(), delimiter=delimiter))
        except csv.Error:
            return CELL_TOO_LONG
        return QUOTE_NOT_CLOSED if self._asked_too_much else cells

    def _lines(self) -> Iterator[str]:
        yield self._first + "\n"
        for number, line in islice(self._following, LONGEST_RECORD):
            self.further.append((number, line))
            if line is None:
                break
            yield line + "\n"
        self._asked_too_much = True
