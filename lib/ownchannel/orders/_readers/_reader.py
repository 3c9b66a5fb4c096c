"""What a reader of one platform's format declares and does, and what it is given."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import (
    DAYS,
    MARKS,
    MONEY,
    BadCell,
    Choice,
    Millionths,
    Rows,
    as_label,
    as_millionths,
    decimals,
    flags,
    spread,
    summed,
    with_columns,
)
from ownchannel.orders._bookings import Numbers, coded, firsts, numbers
from ownchannel.orders._schema import AS_READ, ChannelKind, Gives, Status
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

    def note(self, sentence: str, rows: int | NDArray[np.bool_] = 1) -> None:
        """Count so many more rows that a remark concerns, or those where something holds."""
        if more := int(np.sum(rows)):
            self.notes[sentence] = self.notes.get(sentence, 0) + more


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
    channel: str = "Amazon"
    """Where its orders were placed; it begins with the platform's name, by which they are known."""
    kind: ChannelKind = "marketplace"
    """Of that channel."""
    rank: int = 0
    """Of several reports that hold an order, that of the lowest gives its lines."""
    headers: tuple[frozenset[str], ...] = ()
    """Column names (lower case) by which the format is known; any one of the sets is enough."""
    order_starts: str = ""
    """A column that names the order, so that its rows are read together; empty where each is read alone."""
    currency: str = "currency"
    """The column of the currency."""
    worth: tuple[str, ...] = ("",)
    """The column of a row's money, or those of price and quantity; no column where rows hold no money."""

    refunds: str = ""
    """Where the platform shows refunds, as a remedy where the row of a sale is negative."""

    habits: Mapping[Choice, str] = MappingProxyType({MARKS: ".", DAYS: "m"})
    """How amounts and dates are written where the file does not prove it; asked for where nothing is said."""
    given: Mapping[str, str] = MappingProxyType({})
    """By column, how a person says that it is written."""
    remedies: Mapping[Choice, str] = MappingProxyType({})
    """What to do where a file without a habit does not prove it, and nobody can say it with a mapping."""
    states_totals: bool = False
    """Whether rows state their totals; what these have beyond the amounts is booked as NOT_EXPLAINED."""
    is_one_run: bool = False
    """Whether rows of an order may stand anywhere: then only a further header begins a repeat."""

    names: Mapping[str, Sequence[str]] = MappingProxyType({})
    """By column, what else it is called, here and in other languages."""
    plain: str = ""
    """What stands in one column as it is, read as its kind: `sku, product = item name`."""
    of_order: tuple[str, ...] = ()
    """Amounts of the table that are the whole order's and stand on each of its rows."""

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether these column names (lower case) are this format's header."""
        columns = columns.union(self.canonical(columns).values())
        return any(columns >= header for header in self.headers)

    def canonical(self, columns: Iterable[str]) -> dict[str, str]:
        """By column of a file, in whichever language, what it is called here; others are left out.

        Of several columns of one meaning the one whose name is listed first counts.
        """
        known = _folded(frozenset(columns)) if self.names else ()
        meant = [(*self._meanings[name], column) for column, name in known if name in self._meanings]
        column_of = {name: column for _, name, column in sorted(meant, reverse=True)}
        return {column: name for name, column in column_of.items()}

    @cached_property
    def _meanings(self) -> dict[str, tuple[int, str]]:
        """By name as it is compared, where it is listed among those of a column, and this one."""
        return {
            folded(each): (place, name)
            for name, others in self.names.items()
            for place, each in enumerate((name, *others))
        }

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """What the rows hold, in the schema of what the reader gives."""
        return self.batch(rows, **self.plainly(rows, context), **self.values(rows, context))

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """By column of the table what the rows hold, beside what is `plain`."""
        return {}

    def renamed(self, rows: Rows) -> Rows:
        """The rows with the columns as this reader names them."""
        return rows.renamed(self.canonical(rows.columns)) if self.names else rows

    def batch(self, rows: Rows, **values: Any) -> pa.RecordBatch:
        """The rows that are left as a table: the values, and what follows from them and the reader."""
        known = {"channel": self.channel, "kind": self.kind, "rank": self.rank} | values
        if "order_id" in known:
            known.setdefault("identity", self.identity(known["order_id"]))
        if self.gives == "lines":
            if "item_value" not in known:
                known["item_value"] = self.sold(rows)
            known.setdefault("amount", known["item_value"])
            if "item" not in known:
                known["item"] = pc.coalesce(known["sku"], known["product"], "item")
        return rows.batch(AS_READ[self.gives], **known)

    def plainly(self, rows: Rows, context: Context) -> dict[str, Any]:
        """The `plain` columns, each read as what it is."""
        read: dict[str | pa.DataType, Callable[[str], Any]] = {
            "order_id": lambda column: pc.utf8_ltrim(rows.identities(column), "#"),
            "line_id": rows.exact_labels,
            "customer_key": lambda column: self.customers(rows, context, column),
            "country": lambda column: rows.words(country_code, column),
            "currency": rows.currencies,
            "discount": lambda column: abs(rows.amounts(column)),  # some platforms write it with a minus
            MONEY: rows.amounts,
            pa.float64(): rows.quantities,
            pa.timestamp("us", "UTC"): lambda column: rows.moments(column, context.timezone),
        }
        known = {}
        for pair in filter(None, self.plain.split(",")):
            name, _, column = map(str.strip, pair.partition("="))
            by_kind = read.get(AS_READ[self.gives].field(name).type, rows.labels)
            known[name] = read.get(name, by_kind)(column or name)
        return known

    def identity(self, *parts: pa.StringArray) -> pa.StringArray:
        """What an order is known by across files."""
        return pc.binary_join_element_wise(self._platform, *parts, "/")

    def customers(self, rows: Rows, context: Context, column: str) -> pa.StringArray:
        """The keys of customers by their names or numbers on the platform."""

        def key(name: str) -> str | None:
            return context.keys.of_id(f"{self._platform}:{name.casefold()}") if name else None

        return rows.words(key, column)

    @property
    def _platform(self) -> str:
        return self.channel.partition(" ")[0].casefold()

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """By row, currency and money as far as they can be read, whatever else is wrong with the row."""
        return pc.utf8_upper(rows.column(self.currency)), self.worths(rows.unjudged())

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """All rows of a file, once more: for what a chunk alone does not show.

        What is the order's is shared out among its lines; rows that repeat a line have that line's.
        """
        if not self.of_order:
            return lines
        (order, orders), (line_id, _) = coded(lines["identity"]), coded(lines["line_id"])
        line = numbers(order, line_id)
        once = firsts(line, int(line.max(initial=-1)) + 1)
        of_line, lines_once = order[once], lines.take(pa.array(once))
        first = firsts(of_line, len(orders) - 1)
        weights, of_row = as_millionths(lines_once["item_value"]), of_line[line]
        for name, whole in self.of_orders(lines_once, of_line, first, context).items():
            is_known = flags(lines_once[name].is_valid())[first][of_row]
            lines = with_columns(lines, **{name: decimals(spread(whole, of_line, weights)[line], is_known)})
        return lines

    def of_orders(
        self, lines: pa.Table, order: Numbers, first: Numbers, context: Context
    ) -> dict[str, Millionths]:
        """By order the amounts of `of_order`, as its first line has them; a refund gives goods back first.

        Where none is known, all was given back.
        """
        paid = as_millionths(lines["item_value"]) - as_millionths(lines["discount"])
        of_goods = summed(order, paid, len(first))
        refund, shipping, tax = (as_millionths(lines[name])[first] for name in ("refund", "shipping", "tax"))
        is_whole = flags(lines["refund"].is_null())[first]
        refund = np.where(is_whole, of_goods + shipping + tax, refund)
        return less_refund(refund, of_goods, shipping, tax)

    def sold(self, rows: Rows) -> Millionths:
        """By row, the money in the columns of `worth`; rows without it, or with a minus, are set aside."""
        for column in self.worth:
            negative = rows.amounts(column, required=True) < 0
            rows.reject_where(negative, column, "is negative", self.refunds)
        return self.worths(rows, required=True)

    def worths(self, rows: Rows, required: bool = False) -> Millionths:
        """By row, the money in the columns of `worth`."""
        if len(self.worth) == 1:
            return rows.amounts(self.worth[0], required)
        price, quantity = self.worth
        return rows.line_totals(price, quantity, required)


# Turkish has a dotted and an undotted i, which capital letters do not show in other languages.
_ALIKE = {ord("’"): "'", ord("ı"): "i", ord("\N{COMBINING DOT ABOVE}"): ""}


def folded(text: str) -> str:
    """A name as it is compared: neither case, width, blanks, hyphens, underscores nor a last colon count."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    return re.sub(r"[\s_-]+", "", plain).rstrip(":")


@lru_cache(maxsize=1)  # each reader is asked of the same header
def _folded(columns: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple((column, folded(column)) for column in columns)


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


def country_code(name: str) -> str | None:
    """The two letters of a country that is written out; as it stands where it is none."""
    return _country_codes().get(name.casefold()) or as_label(name)


@cache
def _country_codes() -> dict[str, str]:
    from babel import Locale

    return {
        name.casefold(): code
        for language in ("de", "en", "es", "fr", "it", "ja")
        for code, name in Locale(language).territories.items()
        if code.isalpha()
    }
