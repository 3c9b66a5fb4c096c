"""The tables that a reading gives."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders._merge import local_days, tidy, tidy_entries, tidy_repeat_rates
from ownchannel.orders._schema import (
    ENTRIES,
    ENTRIES_AS_READ,
    LINES_AS_READ,
    REPEAT_RATES,
    REPEAT_RATES_AS_READ,
    TABLE,
)

UTC_MOMENT = pa.timestamp("us", tz="UTC")
NEW_YEAR = datetime(2026, 1, 1, 3, tzinfo=UTC)

#: From 1995 to 2098.
moments = st.integers(789_000_000, 4_070_900_000).map(lambda second: datetime.fromtimestamp(second, UTC))
zones = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia"])


def as_read(schema: pa.Schema, *rows: dict[str, object]) -> pa.Table:
    schema = schema.append(pa.field("file_no", pa.int32()))
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


@given(st.lists(moments, max_size=20), zones)
def test_days_are_those_of_the_brands_clock(instants, zone):
    column = pa.chunked_array([instants[:3], instants[3:]], UTC_MOMENT)
    expected = [instant.astimezone(ZoneInfo(zone)).date() for instant in instants]
    assert local_days(column, zone).to_pylist() == expected


def test_lines_have_their_day_and_file():
    lines = as_read(
        LINES_AS_READ, {"file_no": 1, "ordered_at": NEW_YEAR}, {"file_no": 0, "ordered_at": NEW_YEAR}
    )
    table = tidy(lines, ["a.txt", "b.txt"], "America/New_York")
    assert table.schema == TABLE
    assert table["source_file"].to_pylist() == ["b.txt", "a.txt"]
    assert [str(day) for day in table["ordered_on"].to_pylist()] == ["2025-12-31"] * 2


@pytest.mark.parametrize("consent", [True, False, None])
def test_of_nobody_there_is_no_consent(consent):
    known = {"file_no": 0, "ordered_at": NEW_YEAR, "consent": consent}
    table = tidy(as_read(LINES_AS_READ, known, known | {"customer_key": "k"}), ["a.txt"], "UTC")
    assert table["consent"].to_pylist() == [None, consent]


def test_bookings_and_rates_likewise():
    entries = tidy_entries(
        as_read(ENTRIES_AS_READ, {"file_no": 0, "posted_at": NEW_YEAR}), ["a.txt"], "America/New_York"
    )
    assert entries.schema == ENTRIES
    assert str(entries["posted_on"][0].as_py()) == "2025-12-31"
    rates = tidy_repeat_rates(as_read(REPEAT_RATES_AS_READ, {"file_no": 1, "orders": 5}), ["a.txt", "b.txt"])
    assert rates.schema == REPEAT_RATES
    assert (rates["source_file"].to_pylist(), rates["orders"].to_pylist()) == (["b.txt"], [5])


def test_no_rows_make_a_table_of_none():
    assert tidy(as_read(LINES_AS_READ), [], "UTC").schema == TABLE
