"""What a reader of one platform's format declares and does, and what it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pyarrow as pa

from ownchannel.orders._cells import BadCell, Millionths, decimal_mark
from ownchannel.orders._rows import Rows
from ownchannel.orders._schema import Gives, Status
from ownchannel.workspace import CustomerKeys


@dataclass
class Context:
    """What a reader needs besides a file's rows: who hides customers, the brand's clock, and a note pad."""

    keys: CustomerKeys
    zone: str
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

    asked_zone: bool = False
    """Whether what was read depends on the brand's time zone."""

    @property
    def timezone(self) -> str:
        """The brand's time zone, for times that name none."""
        self.asked_zone = True
        return self.zone

    def note(self, sentence: str, rows: int = 1) -> None:
        """Count so many more rows that a remark concerns."""
        if rows:
            self.notes[sentence] = self.notes.get(sentence, 0) + rows

    def decimal_of(self, rows: Rows, *columns: str) -> str:
        """The file's decimal mark, judged once from the first chunk's amounts."""
        if not self.decimal:
            self.decimal = decimal_mark(text for column in columns for text in rows.text(column))
        return self.decimal


class Reader:
    """A format: recognised by its header, read a chunk of rows at a time.

    Every row that `read` does not set aside (`Rows.reject`) must have its line number in what `read` gives:
    rows in = rows out is checked, and so is the money.
    """

    name: str
    """As a person calls the report."""
    lacks: str = ""
    """What this report does not include, as a sentence; empty where nothing is missing."""
    gives: Gives = "lines"
    """What its rows are."""
    headers: tuple[frozenset[str], ...] = ()
    """Column names (lower case) by which the format is known; any one of the sets is enough."""
    order_starts: str = ""
    """A column that is filled on an order's first row only, so that its rows are read together; or empty."""
    currency: str = "currency"
    """The column of the currency."""
    worth: tuple[str, ...] = ("",)
    """The column of a row's money, or those of price and quantity; no column where rows hold no money."""

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether these column names (lower case) are this format's header."""
        return any(columns >= header for header in self.headers)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """What the rows hold, in the schema of what the reader gives."""
        raise NotImplementedError

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """By row, currency and money as far as they can be read, whatever else is wrong with the row."""
        amounts = self.worths(rows.unjudged(), context.decimal or ".")
        return [code.upper() for code in rows.text(self.currency)], amounts

    def worths(self, rows: Rows, decimal: str, required: bool = False) -> Millionths:
        """By row, the money in the columns of `worth`."""
        if len(self.worth) == 1:
            return rows.amounts(self.worth[0], decimal, required)
        price, quantity = self.worth
        return rows.line_totals(price, quantity, decimal, required)


def statuses(**words: str) -> dict[str, Status]:
    """What each of a platform's words for an order's status means.

    >>> statuses(completed="paid | shipped", pending="unpaid")
    {'paid': 'completed', 'shipped': 'completed', 'unpaid': 'pending'}
    """
    return {word: cast(Status, status) for status, text in words.items() for word in text.split(" | ")}


def status_of(word: str, known: Mapping[str, Status], column: str, when_empty: str = "is empty") -> Status:
    """What a status means; BadCell where it is not known."""
    if word not in known:
        reason = "is an unknown status" if word else when_empty
        raise BadCell(column, word, reason, f"It should be one of {', '.join(filter(None, known))}.")
    return known[word]


def less_refund(
    refund: Millionths, goods: Millionths, shipping: Millionths, tax: Millionths
) -> dict[str, Millionths]:
    """By order, what was given back for goods, and the shipping and tax that are left.

    A platform states a refund as one sum: what exceeds the goods gives back shipping first, then tax.

    >>> sums = less_refund(np.array([12]), goods=np.array([9]), shipping=np.array([2]), tax=np.array([5]))
    >>> {column: int(amount[0]) for column, amount in sums.items()}
    {'refund': 9, 'shipping': 0, 'tax': 4}
    """
    beyond = np.maximum(refund - np.maximum(goods, 0), 0)
    of_shipping = np.minimum(beyond, np.maximum(shipping, 0))
    of_tax = np.minimum(beyond - of_shipping, np.maximum(tax, 0))
    return {"refund": refund - of_shipping - of_tax, "shipping": shipping - of_shipping, "tax": tax - of_tax}
