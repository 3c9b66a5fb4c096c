"""What several files gave, as one: lines, bookings and rates, each counted once, and the report of it."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders.bookings import entries_once, joined, lines_from
from ownchannel.orders.exchange import RATES
from ownchannel.orders.kinds import AS_READ, Gives
from ownchannel.orders.matching import matched
from ownchannel.orders.merging import Given, counted_once, filled, numbered, without_gaps
from ownchannel.orders.one_file import FileRead
from ownchannel.orders.orders import Orders
from ownchannel.orders.report import FileReport, Report, rejected_table
from ownchannel.orders.telling import gave
from ownchannel.orders.tidying import local_days, tidy, tidy_entries, tidy_repeat_rates

#: Columns that a file's report is made from.
_REPORTED = {
    *("source_row", "currency", "amount", "settlement_id", "part", "event", "description", "status"),
    *("identity", "customer_key", "fee", "day"),
}


def assembled(files: Sequence[FileRead], report: Report) -> Orders:
    """One table of all files' lines, each counted once, what was booked, and how it all came to be.

    `report` says of the reading what holds beyond its files.
    """
    timezone = report.timezone
    names = [file.name for file in files]
    entries = entries_once(_together(files, "entries"))
    counting, others = counted_once(_together(files, "lines"))
    entries = matched(entries, counting)
    lines, given = filled(joined(counting, entries), others)
    from_bookings = lines_from(entries, lines["identity"])
    lines = without_gaps(pa.concat_tables([lines, from_bookings]))
    kept: dict[Gives, pa.Table] = {
        "lines": _with_days(counting, "ordered_at", timezone),
        "entries": _with_days(entries, "posted_at", timezone),
        "repeat_rates": _once(_together(files, "repeat_rates")),
        "rates": _once(_together(files, "rates")),
    }
    reports = tuple(_report(file, number, kept, given, from_bookings) for number, file in enumerate(files))
    rejected = rejected_table([(file.name, *row[:5]) for file in files for row in file.rejections])
    return Orders(
        tidy(lines, names, timezone),
        replace(report, files=reports, rejected=rejected),
        entries=tidy_entries(entries, names, timezone),
        repeat_rates=tidy_repeat_rates(kept["repeat_rates"], names),
        rates=kept["rates"].select(RATES.names),
    )


def _together(files: Sequence[FileRead], gives: Gives) -> pa.Table:
    """What all files of one kind gave, with the number of the file that each row came from."""
    tables = [_read(FileRead("", gives=gives), 0)]
    tables += [_read(file, number) for number, file in enumerate(files) if file.gives == gives]
    return pa.concat_tables(tables).unify_dictionaries()


def _read(file: FileRead, number: int) -> pa.Table:
    table = pa.Table.from_batches(file.batches, schema=AS_READ[file.gives])
    table = numbered(table) if file.gives == "lines" else table
    return table.append_column("file_no", pa.repeat(pa.scalar(number, pa.int32()), len(table)))


def _once(table: pa.Table) -> pa.Table:
    """The table without rows that another file, or the same, holds just as they are."""
    rows = table.drop_columns(["file_no", "source_row"]).to_pandas(types_mapper=pd.ArrowDtype)
    repeats = rows.duplicated()
    return table.filter(pa.array(~repeats)) if repeats.any() else table


def _with_days(table: pa.Table, moments: str, timezone: str) -> pa.Table:
    return table.append_column("day", local_days(table[moments], timezone))


def _report(
    file: FileRead, number: int, kept: dict[Gives, pa.Table], given: Given, from_bookings: pa.Table
) -> FileReport:
    of_file = _of_file(kept[file.gives], number)
    return file.report(of_file, gave(file, of_file, number, given, _of_file(from_bookings, number)))


def _of_file(table: pa.Table, number: int) -> pa.Table:
    """One file's rows, without the columns that no report looks at: they are most of the memory."""
    looked_at = [name for name in table.column_names if name in _REPORTED]
    of_file = pc.equal(table["file_no"], number)
    return table.select(looked_at) if pc.all(of_file).as_py() else table.select(looked_at).filter(of_file)
