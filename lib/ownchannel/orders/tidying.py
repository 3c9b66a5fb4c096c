"""The tables that a reading gives: days in the brand's time zone, and the file that each row came from."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders.schema import ENTRIES, REPEAT_RATES, TABLE


def tidy(lines: pa.Table, names: list[str], timezone: str) -> pa.Table:
    """The order table: the schema's columns, with the day in the brand's time zone and the file's name."""
    # Without a key there is nobody who could have said yes.
    nobody = lines["customer_key"].is_null()
    consent = pc.if_else(nobody, pa.scalar(None, pa.bool_()), lines["consent"])
    days = local_days(lines["ordered_at"], timezone)
    return _finished(lines, TABLE, names, {"ordered_on": days, "consent": consent})


def tidy_entries(entries: pa.Table, names: list[str], timezone: str) -> pa.Table:
    """The bookings likewise."""
    return _finished(entries, ENTRIES, names, {"posted_on": local_days(entries["posted_at"], timezone)})


def tidy_repeat_rates(rates: pa.Table, names: list[str]) -> pa.Table:
    """The marketplaces' own counts of repeat customers."""
    return _finished(rates, REPEAT_RATES, names, {})


def local_days(moments: pa.ChunkedArray, timezone: str) -> pa.Array:
    """The calendar days of instants in a time zone."""
    local = pd.DatetimeIndex(moments.to_pandas()).tz_convert(timezone).tz_localize(None)
    return pa.array(local.normalize(), pa.timestamp("ns")).cast(pa.date32())


def _finished(
    table: pa.Table, schema: pa.Schema, names: list[str], computed: dict[str, pa.Array]
) -> pa.Table:
    files = pa.DictionaryArray.from_arrays(table["file_no"].combine_chunks(), pa.array(names, pa.string()))
    computed = computed | {"source_file": files.cast(pa.string())}
    columns = [computed[f.name] if f.name in computed else table[f.name] for f in schema]
    return pa.Table.from_arrays(
        [pa.chunked_array(c) if isinstance(c, pa.Array) else c for c in columns], schema=schema
    )
