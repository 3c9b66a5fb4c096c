"""What was read, what was not, and why: for each file in numbers and as a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape
from operator import itemgetter
from typing import Annotated

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import PlainSerializer, PlainValidator, TypeAdapter

from ownchannel.files import NO_CURRENCY
from ownchannel.formats import count, listed, money
from ownchannel.orders._schema import SALES, Gives

_LONGEST_REPR = 1_000
_REJECTED = ("file", "line", "column", "value", "reason", "remedy")
_FACTS = {
    **{"status": "status", "customer_key": "buyer IDs", "consent": "buyers' consent", "country": "countries"},
    **{"discount": "discounts", "shipping": "shipping", "tax": "taxes", "refund": "refunds", "fee": "fees"},
    "fulfilment": "fulfilment fees",
}
_WORKED_OUT = {
    "refund": "No other file shows the refunds of {}: they were taken as the returned share of what was paid",
    "consent": "Adds the consent of the buyers of {}",
    "goods": "Says what the goods of {} cost",
}
_PARTS = {
    "advertising": "advertising",
    "fee": "account fees",
    "fulfilment": "storage and handling",
    "reimbursement": "reimbursements",
    "unclassified": "unrecognised charges",
    "transfer": "transfers to your bank (not profit)",
}
_ROWS = TypeAdapter(tuple[tuple[str, int, str, str, str, str], ...])
#: What one of a file's rows is, and what their money is.
_ROWS_ARE: dict[Gives, tuple[str, str]] = {
    "lines": ("order line", "of order lines"),
    "entries": ("booking", "booked"),
    "repeat_rates": ("repeat rate", "from returning customers"),
    "rates": ("exchange rate", ""),
    "returns": ("return", ""),
    "traffic": ("traffic figure", "of sales"),
    "baskets": ("product pair", ""),
    "spend": ("ad spend figure", ""),  # a sentence says how much
    "costs": ("unit cost", ""),
    "customers": ("customer", ""),
}


def rejected_table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Rejected rows as a table, in the order of the files."""
    return pd.DataFrame(list(rows), columns=list(_REJECTED)).astype({"line": "int64"})


_Rejected = Annotated[
    pd.DataFrame,
    PlainValidator(lambda rows: rejected_table(_ROWS.validate_python(rows))),
    PlainSerializer(lambda table: list(table.itertuples(index=False, name=None))),
]
"""The table of rejected rows, and how it is saved."""


@dataclass(frozen=True)
class FileReport:
    """One file: every row is accepted, rejected or a repeat of a row already counted.

    `money` says by currency what came `in` with rows counted once, and how it splits into `accepted` and
    `rejected`; what repeated rows carried is beside it as `duplicates`. `reconciled`, `difference` and
    `unclassified` are for formats that carry a sum to check against; None where there is none.
    """

    name: str
    format: str
    encoding: str = ""
    rows_in: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    money: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    dates: tuple[date, date] | None = None
    warnings: tuple[str, ...] = ()
    reconciled: bool | None = None
    difference: Decimal | None = None
    unclassified: Mapping[str, Decimal] | None = None
    gives: Gives = "lines"
    """What its rows are: order lines, entries that a platform booked, or those of a side table."""
    summary: str = ""
    """What of it counts, in plain words."""

    @property
    def was_read(self) -> bool:
        """Whether the file's format was recognised."""
        return bool(self.format)

    @property
    def check(self) -> str:
        """Whether the amounts add up to what the file states, in words; empty where it states nothing."""
        if self.reconciled is None or self.difference is None:
            return ""
        off = f"does not add up: {self._amount(abs(self.difference))} off"
        return "adds up to the cent" if self.reconciled else off

    @property
    def counts(self) -> str:
        """What of the file counts, as a sentence."""
        if self.was_read and self.duplicates and not self.summary:
            return "Everything in it is in other files already."
        return self.summary or "Nothing in this file was used."

    @property
    def rows_are(self) -> str:
        """What its rows are, such as order lines."""
        return f"{_ROWS_ARE[self.gives][0]}s"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the file besides its numbers, charges that nobody knows among it."""
        unknown = [f"{words} {self._amount(amount)}" for words, amount in (self.unclassified or {}).items()]
        charges = f"Unrecognised charges: {'; '.join(unknown)}." if unknown else ""
        return tuple(filter(None, [*self.warnings, charges]))

    def _amount(self, amount: Decimal) -> str:
        """An amount with its currency, where the file has one alone."""
        codes = [code for code in self.money if code != NO_CURRENCY]
        return money(amount, codes[0], 2) if len(codes) == 1 else f"{amount:,.2f}"

    def __str__(self) -> str:
        if not self.was_read:
            return f"{self.name} was not read. {' '.join(self.notes)}"
        parts = [f"{self.accepted:,} accepted"]
        parts += [f"{self.rejected:,} rejected"] if self.rejected else []
        parts += [f"{self.duplicates:,} already counted"] if self.duplicates else []
        accepted = {code: split["accepted"] for code, split in self.money.items() if code != NO_CURRENCY}
        sums = [money(amount, currency, 2) for currency, amount in sorted(accepted.items())]
        text = f"{self.name}: {self.format}, {count(self.rows_in, 'row')}: {', '.join(parts)}"
        what = _ROWS_ARE[self.gives][1]
        text += f"; {' and '.join(sums)} {what}" if sums and what else ""
        text += f", {day(self.dates[0])} to {day(self.dates[1])}" if self.dates else ""
        check = f"It {self.check}." if self.check else ""
        return " ".join(filter(None, [f"{text}.", check, self.counts, *self.notes]))


@dataclass(frozen=True)
class Report:
    """All files of one reading, and every row that could not be used.

    Printed, a sentence on the whole and one for each file.

    >>> Report(timezone="America/New_York")
    No files were given.
    """

    files: tuple[FileReport, ...] = ()
    rejected: _Rejected = field(default_factory=lambda: rejected_table([]))
    """file, line, column, value (its shape only), reason, remedy."""
    left_aside: tuple[str, ...] = ()
    timezone: str = "UTC"
    remark: str = ""
    """What is to be said of the workspace that the orders were read in; empty where all is well."""

    def __str__(self) -> str:
        lines = [self.headline(), *filter(None, [self.remark]), *(f"- {file}" for file in self.files)]
        if self.left_aside:
            files, names = count(len(self.left_aside), "file"), ", ".join(self.left_aside[:3])
            more = ", …" if len(self.left_aside) > 3 else ""
            lines.append(f"- Skipped, because their names are not those of exports: {files} ({names}{more}).")
        return "\n".join(lines)

    def __repr__(self) -> str:
        text = str(self)
        return text if len(text) < _LONGEST_REPR else f"{self.headline()} print(…) shows each file."

    def _repr_html_(self) -> str:
        first, *others = str(self).split("\n")
        items = "".join(f"<li>{escape(line.removeprefix('- '))}</li>" for line in others)
        return f"<p>{escape(first)}</p>" + (f"<ul>{items}</ul>" if items else "")

    def headline(self) -> str:
        """The whole reading in one sentence."""
        read = [file for file in self.files if file.was_read]
        if not self.files:
            return "No files were given."
        rows, rejected = sum(f.rows_in for f in read), sum(f.rejected for f in read)
        kinds = {
            gives: noun for gives, (noun, _) in _ROWS_ARE.items() if gives != "rates"
        }  # these are no news
        sums = {noun: sum(f.accepted for f in read if f.gives == gives) for gives, noun in kinds.items()}
        accepted = [count(number, noun) for noun, number in sums.items() if number]
        text = f"{len(read)} of {count(len(self.files), 'file')} read, {count(rows, 'row')}, "
        text += f"{listed(accepted or ['nothing'])} accepted"
        text += f", {count(rejected, 'row')} rejected, each with its reason" if rejected else ""
        return f"{text}; days are counted in {self.timezone}."

    def reasons(self) -> pd.DataFrame:
        """The rejected rows by file and reason: how many, the first line, and what to do."""
        grouped = self.rejected.groupby(["file", "column", "reason", "remedy"], sort=False)["line"]
        return grouped.agg(rows="size", first_line="min").reset_index()


def day(moment: date) -> str:
    """A date as a person writes it.

    >>> day(date(2026, 9, 3))
    '3 Sep 2026'
    """
    return f"{moment.day} {moment:%b %Y}"


def summary(gives: Gives, counted: pa.Table, filled: Mapping[str, int], made: pa.Table) -> str:
    """A sentence or two on what of a file counts; empty where nothing does.

    `counted` are its rows that count. `filled` says by column in how many orders, whose lines another report
    holds, the file filled a gap. `made` are the order lines that were made of its bookings.
    """
    if gives == "lines":
        facts = [f"{_FACTS[column]} for {orders:,}" for column, orders in filled.items()]
        parts = [_orders(counted), f"Adds to orders from other files: {listed(facts)}." if facts else ""]
    elif gives == "entries":
        parts = [_booked(counted), _account(counted), _made(made)]
    elif gives == "repeat_rates":
        products = count(len(counted), "product")
        parts = [f"Share of customers who returned, for {products}." if len(counted) else ""]
    elif gives == "spend":
        parts = [_spent(counted)]
    else:
        rows = count(len(counted), _ROWS_ARE[gives][0])
        parts = [f"{rows}." if len(counted) else ""]
        parts += [f"{_WORKED_OUT[column].format(count(n, 'order'))}." for column, n in filled.items()]
    return " ".join(filter(None, parts))


def _orders(counted: pa.Table) -> str:
    is_sold = pc.is_in(counted["status"].fill_null(SALES[0]), pa.array(SALES))
    sold = counted.select(["identity", "customer_key", "fee"]).filter(is_sold)
    orders, known, fees = (
        len(pc.unique(sold["identity"].filter(sold[column].is_valid())))
        for column in ("identity", "customer_key", "fee")
    )
    if not orders:
        return ""
    buyers = f"buyer IDs for {known:,}" if known else "buyers not included"
    return f"{count(orders, 'order sold', 'orders sold')}; {buyers}{f'; fees for {fees:,}' if fees else ''}."


def _booked(counted: pa.Table) -> str:
    parts = []
    for event, words in (("sale", "fees of"), ("refund", "refunds of")):
        orders = pc.unique(counted["identity"].filter(pc.equal(counted["event"], event))).drop_null()
        parts += [f"{words} {count(len(orders), 'order')}"] if len(orders) else []
    return f"{listed(parts).capitalize()}." if parts else ""


def _account(counted: pa.Table) -> str:
    account = counted.filter(pc.equal(counted["event"], "account"))
    sums = account.group_by(["part", "currency"]).aggregate([("amount", "sum")]).to_pylist()
    sums = sorted(filter(itemgetter("amount_sum"), sums), key=itemgetter("currency"))
    parts = [
        f"{words} {money(each['amount_sum'], each['currency'], 2)}"
        for part, words in _PARTS.items()
        for each in sums
        if each["part"] == part
    ]
    return f"Not tied to an order: {listed(parts)}." if parts else ""


def _made(made: pa.Table) -> str:
    orders = len(pc.unique(made["identity"]))
    appear, were = ("appears", "it was") if orders == 1 else ("appear", "they were")
    text = f"{count(orders, 'order')} {appear} only in this file; {were} rebuilt from its transactions."
    return text if orders else ""


def _spent(counted: pa.Table) -> str:
    if not len(counted):
        return ""
    sums = counted.group_by("currency").aggregate([("amount", "sum")]).sort_by("currency").to_pylist()
    amounts = [money(each["amount_sum"], each["currency"], 2) for each in sums if each["amount_sum"]]
    first, last = pc.min(counted["starts_on"]).as_py(), pc.max(counted["ends_on"]).as_py()
    start = day(first).removesuffix(f" {last.year}") if first < last else ""
    period = f"{start} to {day(last)}" if start else day(last)
    platforms = listed(pc.unique(counted["platform"]).to_pylist())
    return f"Ad spend of {listed(amounts or ['0'])} on {platforms}, {period}."
