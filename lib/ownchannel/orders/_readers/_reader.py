"""What a reader of one platform's format must offer, and what it is given."""

from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from ownchannel.orders._cells import Millionths
from ownchannel.orders._rows import Rows
from ownchannel.orders._schema import Gives
from ownchannel.workspace import CustomerKeys


@dataclass
class Context:
    """What a reader needs besides a file's rows: who hides customers, the brand's clock, and a note pad."""

    keys: CustomerKeys
    timezone: str
    notes: dict[str, int] = field(default_factory=dict)
    """Remarks on the file as sentences, with how many rows each concerns; `{n}` stands for that number."""
    decimal: str = ""
    """The file's decimal mark, once its reader has judged it."""
    currencies: dict[str, str] = field(default_factory=dict)
    """By settlement, the currency that its first row names."""
    stated: dict[str, int] = field(default_factory=dict)
    """By settlement, the total that the file states, in millionths."""
    unexplained: int | None = None
    """Where rows state totals: the sum, signs aside, of what these have beyond the amounts, in millionths."""

    def note(self, sentence: str, rows: int = 1) -> None:
        """Count so many more rows that a remark concerns."""
        if rows:
            self.notes[sentence] = self.notes.get(sentence, 0) + rows


class Reader(Protocol):
    """A format: recognised by its header, read a chunk of rows at a time.

    Every row that `read` does not set aside (`Rows.reject`) must have its line number in what `read` gives:
    rows in = rows out is checked, and so is the money.
    """

    name: str
    """As a person calls the report."""
    lacks: str
    """What this report does not tell, as a sentence; empty where it tells all."""
    gives: Gives
    """What its rows are."""
    order_starts: str
    """A column that is filled on an order's first row only, so that its rows are read together; or empty."""

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether these column names (lower case) are this format's header."""
        ...

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """What the rows hold, in the schema of what the reader gives."""
        ...

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """By row, currency and money as far as they can be read, whatever else is wrong with the row."""
        ...
