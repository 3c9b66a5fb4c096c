"""What a reader of one platform's format must offer, and what it is given."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from ownchannel.orders.customer_keys import CustomerKeys
from ownchannel.orders.records import Line, Rejection, Row


@dataclass
class Context:
    """What a reader needs besides a file's rows: who hides customers, the brand's clock, a note pad."""

    keys: CustomerKeys
    timezone: str
    notes: dict[str, int] = field(default_factory=dict)
    """Remarks on the file as sentences, with how many rows each concerns; `{n}` stands for that number."""
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def note(self, sentence: str) -> None:
        """Count one more row that a remark concerns."""
        self.notes[sentence] = self.notes.get(sentence, 0) + 1

    def line_id(self, order: str, item: str) -> str:
        """A name for a line that is the same in every export of its order: the item and its occurrence."""
        place = self.seen[order, item] = self.seen.get((order, item), 0) + 1
        return f"{item}#{place}"


class Reader(Protocol):
    """A format: recognised by its header, read row by row.

    `read` gives exactly one `Line` or `Rejection` for each row, in any order: rows in = rows out is checked.
    """

    name: str
    """As a person calls the report."""
    lacks: str
    """What this report does not tell, as a sentence; empty where it tells all."""

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether these column names (lower case) are this format's header."""
        ...

    def read(self, rows: Iterator[Row], context: Context) -> Iterator[Line | Rejection]:
        """A Line or a Rejection for each row."""
        ...

    def money(self, row: Row) -> tuple[str, Decimal]:
        """The row's currency and money as far as they can be read, whatever else is wrong with it."""
        ...
