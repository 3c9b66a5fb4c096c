"""What was read, what was not, and why: for each file in numbers and as a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pandas as pd

from ownchannel.formats import count, money
from ownchannel.orders._schema import NO_CURRENCY

REJECTED_COLUMNS = ("file", "line", "column", "value", "reason", "remedy")


_MONEY_OF = {
    "lines": "of order lines",
    "entries": "booked",
    "repeat_rates": "from repeat customers",
    "rates": "",
}


@dataclass(frozen=True)
class FileReport:
    """One file: every row is accepted, rejected or a repeat of a row already counted.

    `money` tells by currency what came `in` with rows counted once, and how it splits into `accepted` and
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
    gives: str = "lines"
    """What its rows are: order lines, entries that a platform booked, repeat rates or exchange rates."""
    gave: str = ""
    """What of it counts, in plain words."""

    @property
    def was_read(self) -> bool:
        """Whether the file's format was recognised."""
        return bool(self.format)

    def __str__(self) -> str:
        if not self.was_read:
            return f"{self.name} was not read. {' '.join(self.warnings)}"
        parts = [f"{self.accepted:,} accepted"]
        parts += [f"{self.rejected:,} rejected"] if self.rejected else []
        parts += [f"{self.duplicates:,} already counted"] if self.duplicates else []
        accepted = {code: split["accepted"] for code, split in self.money.items() if code != NO_CURRENCY}
        sums = [money(amount, currency, 2) for currency, amount in sorted(accepted.items())]
        text = f"{self.name}: {self.format}, {count(self.rows_in, 'row')}: {', '.join(parts)}"
        text += f"; {' and '.join(sums)} {_MONEY_OF[self.gives]}" if sums else ""
        text += f", {day(self.dates[0])} to {day(self.dates[1])}" if self.dates else ""
        return " ".join([f"{text}.", *self.warnings])


@dataclass(frozen=True)
class Report:
    """All files of one reading, and every row that could not be used."""

    files: tuple[FileReport, ...]
    rejected: pd.DataFrame
    """file, line, column, value (its shape only), reason, remedy."""
    left_aside: tuple[str, ...] = ()
    timezone: str = "UTC"
    remark: str = ""
    """What is to be said of the workspace that the orders were read in; empty where all is well."""

    def __str__(self) -> str:
        lines = [
            self.headline(),
            *([self.remark] if self.remark else []),
            *(f"- {file}" for file in self.files),
        ]
        if self.left_aside:
            named = ", ".join(self.left_aside[:3]) + (", …" if len(self.left_aside) > 3 else "")
            lines.append(
                f"- Left aside, no exports by their names: {count(len(self.left_aside), 'file')} ({named})."
            )
        return "\n".join(lines)

    __repr__ = __str__

    def headline(self) -> str:
        """The whole reading in one sentence."""
        read = [file for file in self.files if file.was_read]
        if not self.files:
            return "No files were given."
        rows, rejected = sum(f.rows_in for f in read), sum(f.rejected for f in read)
        text = f"{len(read)} of {count(len(self.files), 'file')} read, {count(rows, 'row')}, "
        text += " and ".join(_accepted(read)) or "nothing"
        text += " accepted"
        text += f", {count(rejected, 'row')} rejected, each with its reason" if rejected else ""
        return f"{text}; days are counted in {self.timezone}."

    def reasons(self) -> pd.DataFrame:
        """The rejected rows by file and reason: how many, the first line, and what to do."""
        grouped = self.rejected.groupby(["file", "column", "reason", "remedy"], sort=False)["line"]
        return grouped.agg(rows="size", first_line="min").reset_index()


def _accepted(read: Sequence[FileReport]) -> list[str]:
    """How many rows of each kind were accepted."""
    kinds = (("lines", "order line"), ("entries", "booking"), ("repeat_rates", "repeat rate"))
    sums = [(sum(f.accepted for f in read if f.gives == gives), noun) for gives, noun in kinds]
    return [count(rows, noun) for rows, noun in sums if rows]


def rejected_table(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    """Rejected rows as a table, in the order of the files."""
    table = pd.DataFrame(list(rows), columns=list(REJECTED_COLUMNS))
    return table.astype({"line": "int64"})


def day(moment: date) -> str:
    """A date as a person writes it.

    >>> day(date(2026, 9, 3))
    '3 Sep 2026'
    """
    return f"{moment.day} {moment:%b %Y}"
