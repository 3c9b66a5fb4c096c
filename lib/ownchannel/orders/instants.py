"""Columns of dates and times: what most reports write is read at once, the rest a cell at a time."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders.moments import moment

Instants = NDArray[np.datetime64]

#: A time from 2000 to 2098, and its offset.
_TIME_OF_DAY = (
    r"^20([0-8]\d|9[0-8])-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"[T ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?"
)
_ISO = _TIME_OF_DAY + r"(Z|[+-](0\d|1[0-4]):?[0-5]\d)$"
#: A day in whatever words, a clock and a time zone's name: a file has many times, but few days.
_DAY_CLOCK_ZONE = (
    r"^(?P<day>.*\S) (?P<hour>0?\d|1\d|2[0-3]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d)"
    r"(?P<half> ?[AaPp][Mm])? (?P<zone>[A-Z]{3,4})$"
)


def instants(
    cells: pa.StringArray, zone: str | None, day_first: bool | None
) -> tuple[Instants, NDArray[np.intp]]:
    """UTC times of the cells that are plain to read, and the places of those to be looked at one by one.

    Arguments as for `moment`, with which every time agrees.

    >>> times, others = instants(pa.array(["Jan 5, 2026 11:03:05 PM PST", "soon"]), None, None)
    >>> str(times[0]), others.tolist()
    ('2026-01-06T07:03:05.000000', [1])
    """
    plain = pc.replace_substring(pc.replace_substring(cells, " +", "+"), " -", "-")
    is_iso = pc.match_substring_regex(plain, _ISO)
    moments = pc.if_else(is_iso, plain, None).cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))
    # A copy, for what Arrow gives cannot be written to.
    found = moments.to_numpy(zero_copy_only=False).copy()
    if zone is not None:
        found = np.where(np.isnat(found), _local(cells, zone), found)
    others = np.flatnonzero(np.isnat(found))
    if len(others):
        written = _day_clock_zone(cells.take(pa.array(others)), lambda day: moment(day, zone, day_first))
        found[others] = written
        others = others[np.isnat(written)]
    return found, others


def _local(cells: pa.StringArray, zone: str) -> Instants:
    """Times without an offset; of an hour that comes twice the first, and no time within one left out."""
    plain = pc.if_else(pc.match_substring_regex(cells, _TIME_OF_DAY + "$"), cells, None)
    clock = pd.DatetimeIndex(plain.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False))
    is_summer = np.ones(len(clock), dtype=np.bool_)
    local = clock.tz_localize(ZoneInfo(zone), ambiguous=is_summer, nonexistent="NaT")
    return np.asarray(local.tz_convert("UTC").tz_localize(None), dtype="datetime64[us]")


def _day_clock_zone(cells: pa.StringArray, read: Callable[[str], datetime]) -> Instants:
    """Times of cells such as `5 janv. 2026 11:03:05 UTC`; no time where a cell is none."""
    parts = pc.extract_regex(cells, _DAY_CLOCK_ZONE)
    hour, minute, second = (
        pc.struct_field(parts, name).cast(pa.int64()).fill_null(0).to_numpy()
        for name in ("hour", "minute", "second")
    )
    half = pc.utf8_lower(pc.utf8_trim_whitespace(pc.struct_field(parts, "half")))
    in_halves = pc.not_equal(half, "").fill_null(False).to_numpy(zero_copy_only=False)
    is_after_noon = pc.equal(half, "pm").fill_null(False).to_numpy(zero_copy_only=False)
    # Midnight of the day in that zone is read in words, and the clock added to it.
    midnight = pc.binary_join_element_wise(
        pc.struct_field(parts, "day"), pc.struct_field(parts, "zone"), " 00:00:00 "
    )
    encoded = midnight.dictionary_encode()
    days = np.array([_or_none(read, text) for text in encoded.dictionary.to_pylist()], dtype="datetime64[us]")
    days = np.append(days, np.datetime64("NaT", "us"))
    of_row = days[encoded.indices.fill_null(len(days) - 1).to_numpy()]
    hours = np.where(in_halves, hour % 12 + 12 * is_after_noon, hour)
    times = of_row + ((hours * 60 + minute) * 60 + second).astype("timedelta64[s]")
    return np.where(in_halves & ((hour > 12) | (hour == 0)), np.datetime64("NaT", "us"), times)


def _or_none(read: Callable[[str], datetime], text: str) -> datetime | None:
    """None where the words are no day: they are looked at again, with the rest of their cell."""
    try:
        return read(text).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
