"""What a reader of one platform's format declares and does, and what it is given."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ownchannel.orders._cells import BadCell, Millionths, decimal_mark, decimal_marks
from ownchannel.orders._rows import Rows
from ownchannel.orders._schema import Gives, Status
from ownchannel.orders._times import day_places
from ownchannel.workspace import CustomerKeys


@dataclass(frozen=True)
class Choice:
    """Two ways to read a column, of which one holds for all its cells."""

    ways: Callable[[str], str]
    """The ways, a letter each, in which a cell alone can be read; both where they differ."""
    words: dict[str, str]
    """What each way is called."""
    options: dict[str, str]
    """How a mapping names each way."""

    def shown(self, rows: Rows, column: str, seen: dict[str, int]) -> None:
        """Add to `seen` the first line that shows each way, and the first that fits both."""
        found = np.array(rows.each(self.ways, column, otherwise=""), dtype=str)
        for way in np.unique(found[found != ""]).tolist():
            seen.setdefault(way, int(rows.lines[np.argmax(found == way)]))

    def proven(self, seen: Mapping[str, int]) -> str:
        """The ways that a column's cells prove: none, one or both."""
        return "".join(way for way in self.words if way in seen)

    def reject_both(self, rows: Rows, column: str, seen: Mapping[str, int]) -> None:
        """Refuse a column that proves both ways: wherever the way matters, the row is set aside."""
        lines = " and ".join(f"{self.words[way]} in line {seen[way]}" for way in self.words)
        remedy = f"Write the whole column one way, or say {self.said()} in the mapping."
        self._reject(rows, column, "", f"is in a column that is written two ways: {lines}", remedy)

    def reject_open(self, rows: Rows, column: str) -> None:
        """Set the rows aside that can be read both ways, where nothing says which."""
        words, remedy = " or with ".join(self.words.values()), f"Say {self.said()} in the mapping."
        reason = f"can be read with {words}, and nothing in the file proves which"
        self._reject(rows, column, "".join(self.words), reason, remedy)

    def said(self) -> str:
        """Both options in words."""
        return " or ".join(self.options.values())

    def _reject(self, rows: Rows, column: str, only: str, reason: str, remedy: str) -> None:
        found = rows.each(self.ways, column, otherwise="")
        wrong = np.array([way == only if only else way != "" for way in found], dtype=np.bool_)
        rows.reject_where(wrong, column, reason, remedy)


MARKS = Choice(
    decimal_marks,
    {".": "a decimal point", ",": "a decimal comma"},
    {".": "decimal='.'", ",": "decimal=','"},
)
DAYS = Choice(
    day_places,
    {"d": "the day first", "m": "the month first"},
    {"d": "day_first=True", "m": "day_first=False"},
)


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
    runs: dict[str, int] = field(default_factory=dict)
    """By settlement, the line of its first row; where it stands in the file again, of the last of these."""
    stated: dict[int, int] = field(default_factory=dict)
    """By such a line, the total that it states, in millionths."""
    unexplained: int | None = None
    """Where rows state totals: the sum, signs aside, of what these have beyond the amounts, in millionths."""

    serials: bool = True
    """Whether the column of dates holds nothing but Excel's numbers of days, as far as it was surveyed."""
    above_header: tuple[str, ...] = ()
    """What stands above the file's header: sentences that say what all rows share, such as the currency."""
    seen: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """By column, the first line that shows each way to read it (`Choice`), once the file was surveyed."""
    second_header: int = 0
    """The line of a further header within the file, once the file was surveyed; 0 without one."""
    above: set[tuple[str, ...]] = field(default_factory=set)
    """What stands above such a header, row by row."""
    codes: set[str] = field(default_factory=set)
    """What stands in the column of currencies, once the file was surveyed."""

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
    """A column that names the order, so that its rows are read together; empty where each is read alone."""
    currency: str = "currency"
    """The column of the currency."""
    worth: tuple[str, ...] = ("",)
    """The column of a row's money, or those of price and quantity; no column where rows hold no money."""

    surveys: bool = False
    """Whether all rows are looked at once before they are read: columns are judged whole."""

    def survey(self, rows: Rows, context: Context) -> None:
        """What a chunk shows of how the file's columns are written."""

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


_STATUS_WORDS: dict[Status, str] = {
    # WooCommerce's "processing" is paid and not yet sent, "on hold" waits for the payment:
    # https://woocommerce.com/document/managing-orders/order-statuses/.
    # An order that is not fulfilled yet was sold.
    "completed": "completed | complete | paid | partially paid | processing | open | shipped | dispatched | "
    "delivered | fulfilled | partially fulfilled | unfulfilled | partially refunded",
    "refunded": "refunded | fully refunded | returned",
    "pending": "pending | pending payment | payment processing | authorized | unpaid | on hold | "
    "checkout draft",
    "cancelled": "cancelled | canceled | voided | expired | failed | trash",
}
#: What the platforms' words for an order's status mean, in every reader.
STATUSES = {word: status for status, words in _STATUS_WORDS.items() for word in words.split(" | ")}
_NAMED_STATUSES = "It should be a word such as paid, pending, cancelled, refunded or partially refunded."


def status_of(cell: str, column: str, when_empty: str = "is empty") -> Status:
    """What a platform's word for a status means; BadCell where it is not known.

    >>> status_of("wc-processing", "status"), status_of("Voided", "status")
    ('completed', 'cancelled')
    """
    word = " ".join(re.sub("[-_]", " ", cell.casefold().removeprefix("wc-")).split())
    if word not in STATUSES:
        raise BadCell(column, cell, "is an unknown status" if word else when_empty, _NAMED_STATUSES)
    return STATUSES[word]


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
