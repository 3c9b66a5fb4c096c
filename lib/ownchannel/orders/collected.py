"""Orders as they are read: lines gathered in columns, each counted once, then the tidy table."""

from collections.abc import Iterator
from itertools import islice

import pandas as pd
import pyarrow as pa

from ownchannel.orders.records import Line
from ownchannel.orders.schema import MONEY, TABLE

#: Lines that are held as Python objects at once.
BATCH = 2_000

_INTERNAL = [
    pa.field("amount", MONEY),
    pa.field("identity", pa.string()),
    pa.field("updated_at", pa.timestamp("us", tz="UTC")),
    pa.field("rank", pa.int8()),
]
_AS_READ = pa.schema([*(f for f in TABLE if f.name not in ("ordered_on", "source_file")), *_INTERNAL])


def in_batches(lines: Iterator[Line]) -> Iterator[pa.RecordBatch]:
    """Lines as Arrow columns, a batch at a time, so that memory is bounded by a batch."""
    while batch := list(islice(lines, BATCH)):
        columns = dict(zip(Line._fields, zip(*batch, strict=True), strict=True))
        yield pa.RecordBatch.from_arrays(
            [pa.array(columns[field.name], field.type) for field in _AS_READ], schema=_AS_READ
        )


def as_read(batches: list[pa.RecordBatch], file_no: int) -> pa.Table:
    """One file's lines, with the number of the file that they came from."""
    table = pa.Table.from_batches(batches, schema=_AS_READ)
    return table.append_column("file_no", pa.array([file_no] * len(table), pa.int32()))


def counted_once(lines: pa.Table) -> pa.Table:
    """The lines without repeats: one order in two files, or in a report and a synced copy, is one order.

    The platform's own report wins over a synced copy of an order; of one line's states the newest counts, and
    where the format does not tell, the one from the export that reaches further.
    """
    keys = lines.select(["identity", "line_id", "rank", "updated_at", "ordered_at", "file_no"]).to_pandas()
    own_report = keys["rank"] == keys.groupby("identity")["rank"].transform("min")
    keys["reaches"] = keys.groupby("file_no")["ordered_at"].transform("max")
    newest_first = keys[own_report].sort_values(["updated_at", "reaches"], ascending=False, kind="stable")
    once = newest_first.drop_duplicates(["identity", "line_id"]).index.sort_values()
    return lines if len(once) == len(lines) else lines.take(once.to_numpy())


def tidy(lines: pa.Table, names: list[str], timezone: str) -> pa.Table:
    """The order table: the schema's columns, with the day in the brand's time zone and the file's name."""
    moments = pd.DatetimeIndex(lines["ordered_at"].to_pandas())
    files = pa.DictionaryArray.from_arrays(lines["file_no"].combine_chunks(), pa.array(names, pa.string()))
    computed = {
        "ordered_on": pa.array(
            moments.tz_convert(timezone).tz_localize(None).normalize(), pa.timestamp("ns")
        ).cast(pa.date32()),
        "source_file": files.cast(pa.string()),
    }
    columns = [computed[f.name] if f.name in computed else lines[f.name] for f in TABLE]
    return pa.Table.from_arrays(
        [pa.chunked_array(c) if isinstance(c, pa.Array) else c for c in columns], schema=TABLE
    )
