"""What a reader of one platform's format declares and does, and what it is given."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import DAYS, MARKS, BadCell, Choice, Millionths, Rows, flags
from ownchannel.orders._schema import Gives, Status
from ownchannel.workspace import CustomerKeys

NOT_EXPLAINED = "not explained by the parts"


@dataclass
class Context:
    """What a reader needs besides a file's rows: who hides customers, the brand's clock, and a note pad."""

    keys: CustomerKeys
    zone: str
    notes: dict[str, int] = field(init=False, default_factory=dict)
    """Remarks on the file as sentences, with how many rows each concerns; `{n}` stands for that number."""
    currencies: dict[str, str] = field(init=False, default_factory=dict)
    """By settlement, the currency that its first row names."""
    runs: dict[str, int] = field(init=False, default_factory=dict)
    """By settlement, the line of its first row; where it stands in the file again, of the last of these."""
    stated: dict[int, int] = field(init=False, default_factory=dict)
    """By such a line, the total that it states, in millionths."""
    headers: list[int] = field(init=False, default_factory=list)
    """Lines of further headers that only the reader knew."""

    decided: dict[str, str] = field(init=False, default_factory=dict)
    """What a reader has found to hold for the whole file."""
    above_header: tuple[str, ...] = field(init=False, default=())
    """What stands above the file's header: sentences that say what all rows share, such as the currency."""
    asked_zone: bool = field(init=False, default=False)
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

    habits: Mapping[Choice, str] = MappingProxyType({MARKS: ".", DAYS: "m"})
    """How amounts and dates are written where the file does not prove it; asked for where nothing is said."""
    given: Mapping[str, str] = MappingProxyType({})
    """By column, how a person says that it is written."""
    states_totals: bool = False
    """Whether rows state their totals; what these have beyond the amounts is booked as NOT_EXPLAINED."""
    is_one_run: bool = False
    """Whether rows of an order may stand anywhere: then only a further header begins a repeat."""

    names: Mapping[str, Sequence[str]] = MappingProxyType({})
    """By column, what else it is called; the first that a file has counts."""

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether these column names (lower case) are this format's header."""
        columns = columns.union(names_in(self.names, columns).values()) if self.names else columns
        return any(columns >= header for header in self.headers)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """What the rows hold, in the schema of what the reader gives."""
        raise NotImplementedError

    def renamed(self, rows: Rows) -> Rows:
        """The rows with the columns as this reader names them."""
        return rows.renamed(names_in(self.names, rows.columns)) if self.names else rows

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """By row, currency and money as far as they can be read, whatever else is wrong with the row."""
        return pc.utf8_upper(rows.column(self.currency)), self.worths(rows.unjudged())

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """All rows of a file, once more: for what a chunk alone does not show."""
        return lines

    def worths(self, rows: Rows, required: bool = False) -> Millionths:
        """By row, the money in the columns of `worth`."""
        if len(self.worth) == 1:
            return rows.amounts(self.worth[0], required)
        price, quantity = self.worth
        return rows.line_totals(price, quantity, required)


def names_in(table: Mapping[str, Sequence[str]], columns: Iterable[str]) -> dict[str, str]:
    """By column of a file, its name in a table of names with what else these are called.

    Of several columns of one meaning the one that is listed first counts.

    >>> names_in({"date": ("datum", "tag")}, ["tag", "datum", "wetter"])
    {'datum': 'date'}
    """
    given = set(columns)
    found = {name: next(filter(given.__contains__, (name, *others)), "") for name, others in table.items()}
    return {column: name for name, column in found.items() if column}


_STATUS_WORDS: dict[Status, str] = {
    # WooCommerce's "processing" is paid and not yet sent, "on hold" waits for the payment:
    # https://woocommerce.com/document/managing-orders/order-statuses/.
    # An order that is not fulfilled yet was sold.
    "completed": "completed | complete | paid | partially paid | processing | open | shipped | dispatched | "
    "delivered | fulfilled | partially fulfilled | unfulfilled | partially refunded | "
    # TikTok Shop's, in English, German, Indonesian and Thai.
    "to ship | awaiting shipment | awaiting collection | in transit | versandbereit | perlu dikirim | "
    "dikirim | selesai | ที่จะจัดส่ง | จัดส่งแล้ว",
    "refunded": "refunded | fully refunded | returned",
    "pending": "pending | pending payment | payment processing | authorized | unpaid | on hold | "
    "checkout draft",
    "cancelled": "cancelled | canceled | voided | expired | failed | trash | dibatalkan | ยกเลิกแล้ว",
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


def is_one_of(texts: pa.StringArray, *words: str) -> NDArray[np.bool_]:
    """Where a text is one of some words."""
    return flags(pc.is_in(texts, pa.array(words)).fill_null(False))


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
