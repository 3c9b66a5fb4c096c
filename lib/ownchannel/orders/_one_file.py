"""Read one file whatever its state, and account for every row and every cent of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import (
    DAMAGED,
    HEADER_WITHIN,
    NO_CURRENCY,
    Layout,
    Millionths,
    Notation,
    Rejection,
    Rows,
    Source,
    TooLarge,
    Unopened,
    amount_of,
    as_millionths,
    find_layout,
    is_currency,
    open_rows,
    total,
    with_columns,
)
from ownchannel.formats import listed
from ownchannel.orders._bookings import entries_once
from ownchannel.orders._merge import in_runs, numbered, repeated_rows
from ownchannel.orders._readers._reader import NOT_EXPLAINED, Context, Reader
from ownchannel.orders._report import FileReport
from ownchannel.orders._schema import AS_READ, Gives

_UNKNOWN = (
    f"None of its first {HEADER_WITHIN} lines is a known header: it is another kind of file, or some of its "
    "columns are missing. Export the report again with all its columns; name those of a table of your own on "
    "the first page, or with mapping=…"
)
_EMPTY = "It is empty or blank. Export the report again."
_NO_ROWS = "It has no rows below its header: check the dates that it was exported for."
_BINARY = "It is not a table: its content is not text. Export it as CSV, text or an Excel workbook."
_WEB_PAGE = "It is a web page, perhaps a sign-in in place of the report. Sign in and export the report again."
_CUT_SHORT = "It ends early or is damaged: the rows before the damage were read. Download it again."
_NOTHING_READ = "It ends early or is damaged, and nothing could be read. Download it again."
_CHANGED = "It changed while it was read: add it again once it is complete."
_NOT_FINISHED = "could not be read to its end"
_UNBALANCED = "The amounts read do not add up to the file's total: do not rely on this file, and report it."
_NAMESAKES = "Several columns have the same name. The first of each is used: column {places}."
_PASTED = "Its header stands again in line {lines}: exports seem to have been pasted together."
_REPEATS = "Rows that hold again what other rows of this file hold: {n}. Each order counts once."
#: No table holds these, save for a damaged one; texts of two bytes per character have a mark of their own.
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})
_BLANKS = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"  # byte order marks among them
_WORKBOOK, _PDF = b"PK\x03\x04", b"%PDF"

Money = defaultdict[str, int]
"""Millionths by currency."""


@dataclass
class FileBooks:
    """What one file held and what of it was set aside: all there is to say of it besides its rows."""

    name: str
    format: str = ""
    encoding: str = ""
    gives: Gives = "lines"
    rows: int = 0
    came_in: Money = field(default_factory=lambda: defaultdict(int))
    set_aside: Money = field(default_factory=lambda: defaultdict(int))
    rejections: list[Rejection] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stated: dict[int, int] = field(default_factory=dict)
    unexplained: int | None = None
    timezone: str = ""
    """The time zone that its rows depend on; empty where they depend on none."""


@dataclass
class FileRead(FileBooks):
    """A file's books with the rows that were read of it."""

    batches: list[pa.RecordBatch] = field(default_factory=list)
    is_damaged: bool = False
    """Whether its rows were kept and cannot be opened."""

    def table(self) -> pa.Table:
        """What was read, in the order of the rows."""
        return pa.Table.from_batches(self.batches, schema=AS_READ[self.gives])

    def book(self, rows: Rows, batch: pa.RecordBatch, money: tuple[pa.StringArray, Millionths]) -> None:
        """Enter a chunk: every row is in the batch or set aside, and so is its money."""
        stated, amounts = money
        at = np.searchsorted(rows.lines, batch["source_row"].to_numpy())
        currencies = pc.fill_null(batch["currency"].cast(pa.string()), NO_CURRENCY).dictionary_encode()
        currency = np.full(len(rows), -1)
        currency[at] = currencies.indices.to_numpy()
        for number, code in enumerate(currencies.dictionary.to_pylist()):
            self.came_in[code] += total(amounts[currency == number])
        for place in np.flatnonzero(currency < 0).tolist():
            line = int(rows.lines[place])
            unfinished = Rejection(line, "", "", _NOT_FINISHED, "Fetch the file again.")
            code = rows.faults.setdefault(place, unfinished).currency or stated[place].as_py() or ""
            self.set_aside[code if is_currency(code) else NO_CURRENCY] += int(amounts[place])
        self.rows += len(rows)
        # What stood in the currency's place is known no further: it may be anything.
        self.rejections += [rows.faults[place]._replace(currency="") for place in sorted(rows.faults)]
        self.batches.append(batch)

    def report(self, kept: pa.Table, summary: str) -> FileReport:
        """The file's report, `kept` being what counts of it and `summary` that in words."""
        read, counted = _sums(self.table()), _sums(kept)
        balanced = all(self.came_in[code] == read.get(code, 0) for code in {*self.came_in, *read})
        span = pc.min_max(kept["day"]).as_py() if "day" in kept.column_names and len(kept) else {}
        accepted = len(pc.unique(kept["source_row"]))
        codes = {*read, *self.set_aside}
        if not (self.set_aside[NO_CURRENCY] or read.get(NO_CURRENCY)):
            codes.discard(NO_CURRENCY)
        money = {}
        for code in sorted(codes):
            counts, aside = counted.get(code, 0), self.set_aside[code]
            repeats = read.get(code, 0) - counts
            sums = {"in": counts + aside, "accepted": counts, "rejected": aside, "duplicates": repeats}
            money[code] = {name: amount_of(number) for name, number in sums.items()}
        difference = self._difference()
        return FileReport(
            name=self.name,
            format=self.format,
            encoding=self.encoding,
            gives=self.gives,
            rows_in=self.rows,
            accepted=accepted,
            rejected=len(self.rejections),
            duplicates=self.rows - accepted - len(self.rejections),
            money=money,
            dates=(span["min"], span["max"]) if span.get("min") else None,
            warnings=tuple(self.warnings if balanced else [*self.warnings, _UNBALANCED]),
            summary=summary,
            reconciled=None if difference is None else not difference,
            difference=None if difference is None else amount_of(difference),
            unclassified=_unclassified(kept) if self.gives == "entries" else None,
        )

    def _difference(self) -> int | None:
        """The most by which a settlement's lines, or all rows' amounts, miss what is stated; None without."""
        if not self.stated:
            return self.unexplained
        booked = _sums(self.table(), by="run")
        return max(abs(total - booked.get(run, 0)) for run, total in self.stated.items())


def read_file(source: Source | Unopened, readers: Sequence[Reader], context: Context) -> FileRead:
    """One file by the first reader that knows its header; what goes wrong is reported, never raised."""
    if isinstance(source, Unopened):
        return FileRead(source.name, warnings=[source.reason])
    before = source.fingerprint()
    try:
        layout = find_layout(source, lambda columns: any(reader.recognises(columns) for reader in readers))
    except DAMAGED as error:
        reason = str(error) if isinstance(error, TooLarge) else _NOTHING_READ
        read = FileRead(source.name, warnings=[reason])
    else:
        read = _read_known(source, layout, readers, context) if layout else FileRead(source.name)
        read.warnings += [] if layout else [_why_unknown(source)]
    if source.fingerprint() != before:
        read.warnings.append(_CHANGED)
    return read


def _read_known(source: Source, layout: Layout, readers: Sequence[Reader], context: Context) -> FileRead:
    """A file of a known format; from the start again where its rows leave open how columns are written."""
    reader = next(r for r in readers if r.recognises(frozenset(layout.columns)))
    notation = Notation(reader.habits, reader.given, reader.remedies, context.zone)
    while True:
        notes, layout = replace(context), replace(layout, further_headers=[])
        notation.note, notes.above_header = notes.note, layout.above
        read = _read_through(source, layout, reader, notation, notes)
        if not notation.is_open:
            break
        notation.survey(_until_damage(source, layout, reader, notation, []), reader.currency)
    read.warnings += [] if read.rows else [_NO_ROWS]
    headers = notes.headers = sorted({*layout.further_headers, *notes.headers})
    if headers:
        read.warnings.append(_PASTED.format(lines=listed([f"{line:,}" for line in headers])))
    if read.batches:
        rows = read.table()
        if read.gives in ("lines", "entries"):
            rows = _named(read, rows, headers, reader)
        read.batches = reader.finished(rows, notes).to_batches()
    read.stated = notes.stated
    read.timezone = notes.zone if notes.asked_zone else ""
    read.warnings += [sentence.format(n=f"{n:,}") for sentence, n in notes.notes.items()]
    return read


def _read_through(
    source: Source, layout: Layout, reader: Reader, notation: Notation, notes: Context
) -> FileRead:
    """All rows, unless it turns out on the way that they have to be looked at first."""
    read = FileRead(source.name, reader.name, layout.encoding.name, reader.gives)
    read.warnings += filter(None, [reader.lacks, layout.encoding.remark, layout.remark])
    if layout.repeated:
        # By number: in a damaged file the header may hold what belongs below it.
        places = sorted(layout.columns[name] + 1 for name in layout.repeated)
        read.warnings.append(_NAMESAKES.format(places=", ".join(map(str, places))))
    for rows in _until_damage(source, layout, reader, notation, read.warnings):
        batch = reader.read(rows, notes)
        if notation.is_open:
            break
        read.book(rows, batch, reader.money(rows, notes))
    return read


def _named(read: FileRead, rows: pa.Table, headers: Sequence[int], reader: Reader) -> pa.Table:
    """The rows with their lines and runs named, so that what the file holds twice counts once."""
    if reader.is_one_run:
        run = np.searchsorted(headers, rows["source_row"].to_numpy())
        rows = with_columns(rows, run=pa.array(run.astype(np.int64)))
    rows = in_runs(rows, headers)
    if read.gives == "lines":
        rows = numbered(rows)
        repeats = repeated_rows(rows)
    else:
        file_no = pa.repeat(pa.scalar(0, pa.int32()), len(rows))
        once = entries_once(rows.append_column("file_no", file_no).unify_dictionaries())
        repeats = len(pc.unique(rows["source_row"])) - len(pc.unique(once["source_row"]))
        if reader.states_totals:
            rest = once.filter(pc.equal(once["description"], NOT_EXPLAINED))
            read.unexplained = total(abs(as_millionths(rest["amount"])))
    read.warnings += [_REPEATS.format(n=f"{repeats:,}")] if repeats else []
    return rows


def _until_damage(
    source: Source, layout: Layout, reader: Reader, notation: Notation, warnings: list[str]
) -> Iterator[Rows]:
    """The file's rows up to where it is damaged, so that what was read until there is kept."""
    names = {name: own for own, name in reader.canonical(layout.columns).items()}
    try:
        with open_rows(source, layout, names.get(reader.order_starts, reader.order_starts)) as chunks:
            for rows in chunks:
                rows.notation = notation
                yield reader.renamed(rows)
    except DAMAGED as error:
        warnings.append(str(error) if isinstance(error, TooLarge) else _CUT_SHORT)


def _why_unknown(source: Source) -> str:
    with source.open() as file:
        start = file.read(4096)
    if not start.strip(_BLANKS):
        return _EMPTY
    if start.lstrip(_BLANKS).startswith(b"<"):
        return _WEB_PAGE
    if start.startswith(_WORKBOOK):
        return _UNKNOWN
    wide = start.startswith((b"\xff\xfe", b"\xfe\xff")) or start[1::2].count(0) > len(start) // 3
    is_binary = not wide and len(start.translate(None, _CONTROLS)) < len(start)
    return _BINARY if is_binary or start.startswith(_PDF) else _UNKNOWN


def _sums(table: pa.Table, by: str = "currency") -> dict[Any, int]:
    """Exact sums of amounts in millionths."""
    sums = table.select([by, "amount"]).unify_dictionaries().group_by(by).aggregate([("amount", "sum")])
    return {
        key or NO_CURRENCY: int((amount or Decimal(0)).scaleb(6))
        for key, amount in zip(sums[by].to_pylist(), sums["amount_sum"].to_pylist(), strict=True)
    }


def _unclassified(kept: pa.Table) -> dict[str, Decimal]:
    """What was booked under words that nobody here knows, by those words and, of several, currency."""
    unknown = kept.filter(pc.equal(kept["part"], "unclassified"))
    sums = unknown.group_by(["description", "currency"]).aggregate([("amount", "sum")]).to_pylist()
    words = "{description} ({currency})" if len({each["currency"] for each in sums}) > 1 else "{description}"
    return {words.format(**each): each["amount_sum"] for each in sums}
