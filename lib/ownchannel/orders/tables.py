"""How a table lies in a file: with which delimiter, and where its header stands."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from ownchannel.orders.decoding import Encoding, detect_encoding, open_lines
from ownchannel.orders.delimited import Record, records
from ownchannel.orders.sources import DAMAGED, Source, is_workbook
from ownchannel.orders.workbooks import workbook_records

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
        if folded := _folded(cell):
            names.setdefault(folded, place)
    return names


def _folded(cell: str) -> str:
    return " ".join(cell.strip(' \t\r\n"\ufeff').casefold().split())


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
