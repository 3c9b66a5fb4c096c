"""Read one file whatever its state, and account for every row and every cent of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders.collected import in_batches
from ownchannel.orders.readers import Context, Reader
from ownchannel.orders.records import Line, Rejection, Row
from ownchannel.orders.report import FileReport
from ownchannel.orders.schema import NO_CURRENCY
from ownchannel.orders.sources import DAMAGED, Source, Unopened
from ownchannel.orders.tables import Layout, find_layout, open_rows

_UNKNOWN = (
    "None of its first lines is a header that is known here. If it is a table of orders, name its columns "
    "with mapping=…"
)
_EMPTY = "It is empty."
_CUT_SHORT = "It ends early or is damaged: what stands before the damage was read. Fetch it again."
_NOT_FINISHED = "could not be read to its end"
_MEND_ROW = "Look at this line in the file: a stray delimiter or quote shifts its cells."
_UNBALANCED = "The amounts read do not add up to the file's: do not rely on this file, and report it."

Money = defaultdict[str, Decimal]


@dataclass
class FileRead:
    """One file's lines, what was set aside, and its books."""

    name: str
    format: str = ""
    encoding: str = ""
    rows: int = 0
    came_in: Money = field(default_factory=lambda: defaultdict(Decimal))
    set_aside: Money = field(default_factory=lambda: defaultdict(Decimal))
    batches: list[pa.RecordBatch] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _waiting: dict[int, tuple[str, Decimal]] = field(default_factory=dict)

    def counted(self, rows: Iterator[Row], reader: Reader) -> Iterator[Row]:
        """The rows on their way to the reader, each written down with its money."""
        for row in rows:
            self.rows += 1
            if row.fault:
                self._waiting[row.line] = (NO_CURRENCY, Decimal(0))
                self._reject(Rejection(row.line, "the whole row", "", row.fault, _MEND_ROW))
            else:
                self._waiting[row.line] = reader.money(row)
                yield row

    def settled(self, outcomes: Iterator[Line | Rejection]) -> Iterator[Line]:
        """The lines on their way to the table; rejected rows stay here, and no row is without an outcome."""
        for outcome in outcomes:
            if isinstance(outcome, Line):
                _, amount = self._waiting.pop(outcome.source_row)
                self.came_in[outcome.currency] += amount
                yield outcome
            else:
                self._reject(outcome)
        for line in list(self._waiting):
            self._reject(Rejection(line, "", "", _NOT_FINISHED, "Fetch the file again."))

    def _reject(self, rejection: Rejection) -> None:
        currency, amount = self._waiting.pop(rejection.line)
        code = _currency_code(rejection.currency or currency)
        self.came_in[code] += amount
        self.set_aside[code] += amount
        self.rejections.append(rejection)

    def report(self, kept: pa.Table) -> FileReport:
        """The file's report, `kept` being its lines that count once, with `ordered_on`."""
        read = _sums(pa.Table.from_batches(self.batches)) if self.batches else {}
        counted = _sums(kept)
        balanced = all(self.came_in[c] == read.get(c, Decimal(0)) + self.set_aside[c] for c in self.came_in)
        days = pc.min_max(kept["ordered_on"]).as_py()
        accepted_rows = sum(len(batch) for batch in self.batches)
        return FileReport(
            name=self.name,
            format=self.format,
            encoding=self.encoding,
            rows_in=self.rows,
            accepted=len(kept),
            rejected=len(self.rejections),
            duplicates=accepted_rows - len(kept),
            money={
                currency: {
                    "in": counted.get(currency, Decimal(0)) + self.set_aside[currency],
                    "accepted": counted.get(currency, Decimal(0)),
                    "rejected": self.set_aside[currency],
                    "duplicates": read.get(currency, Decimal(0)) - counted.get(currency, Decimal(0)),
                }
                for currency in sorted(self.came_in)
                if currency != NO_CURRENCY or self.came_in[currency]
            },
            dates=(days["min"], days["max"]) if len(kept) else None,
            warnings=tuple(self.warnings if balanced else [*self.warnings, _UNBALANCED]),
        )


def read_file(source: Source | Unopened, readers: Sequence[Reader], context: Context) -> FileRead:
    """One file by the first reader that knows its header; what goes wrong is told, never raised."""
    read = FileRead(source.name)
    if isinstance(source, Unopened):
        read.warnings.append(source.reason)
        return read
    try:
        layout = find_layout(source, lambda columns: any(reader.recognises(columns) for reader in readers))
        if layout is None:
            with source.open() as file:
                read.warnings.append(_UNKNOWN if file.read(1) else _EMPTY)
            return read
        reader = next(r for r in readers if r.recognises(frozenset(layout.columns)))
        read.format, read.encoding = reader.name, layout.encoding
        _read_rows(read, source, layout, reader, context)
        read.warnings += [reader.lacks] if reader.lacks else []
        read.warnings += [sentence.format(n=n) for sentence, n in context.notes.items()]
    except DAMAGED:
        read.warnings.append(_CUT_SHORT)
    return read


def _read_rows(read: FileRead, source: Source, layout: Layout, reader: Reader, context: Context) -> None:
    if layout.repeated:
        read.warnings.append(f"Columns named twice, of which the first counts: {', '.join(layout.repeated)}.")
    with open_rows(source, layout) as rows:
        whole = _until_damage(rows, read.warnings)
        read.batches.extend(in_batches(read.settled(reader.read(read.counted(whole, reader), context))))


def _until_damage(rows: Iterator[Row], warnings: list[str]) -> Iterator[Row]:
    """The rows up to where the file is damaged, so that what was read until there is kept."""
    try:
        yield from rows
    except DAMAGED:
        warnings.append(_CUT_SHORT)


def _currency_code(text: str) -> str:
    return text if len(text) == 3 and text.isascii() and text.isalpha() else NO_CURRENCY


def _sums(lines: pa.Table) -> dict[str, Decimal]:
    sums = lines.group_by("currency").aggregate([("amount", "sum")])
    return dict(zip(sums["currency"].to_pylist(), sums["amount_sum"].to_pylist(), strict=True))
