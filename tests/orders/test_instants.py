"""Times read as a column are those that are read a cell at a time."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders._times import instants, moment

FORMS = (
    "%Y-%m-%dT%H:%M:%S+00:00",
    "%Y-%m-%d %H:%M:%S -0500",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%d %H:%M:%S UTC",
    "%b %d, %Y %I:%M:%S %p PDT",
    "%d %b %Y %I:%M:%S%p UTC",
    "%d.%m.%Y %H:%M:%S CET",
    "%Y/%m/%d %H:%M:%S JST",
    "%d.%m.%Y",
    "%m/%d/%y",
)
ODD = ("", "soon", "2026-02-30T10:00:00Z", "Jan 5, 2026 13:03:05 PM PST", "Jan 5, 2026 10:03:05 AM QQQ")

#: From 1990 to 2100, which is more than is plausible on either side.
times = st.integers(631_152_000, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))
written = st.builds(lambda when, form: when.strftime(form), times, st.sampled_from(FORMS))
texts = st.one_of(written, written, st.sampled_from(ODD))


def one_by_one(text: str) -> datetime | None:
    try:
        return moment(text, "Europe/Berlin").replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


@given(st.lists(texts, max_size=30))
def test_a_column_agrees_with_its_cells(cells):
    found, others = instants(pa.array(cells, pa.string()), "Europe/Berlin", None)
    plain = np.setdiff1d(np.arange(len(cells)), others)
    assert [found[place].item() for place in plain] == [one_by_one(cells[place]) for place in plain]


@pytest.mark.parametrize("form", FORMS[:8])
def test_what_reports_write_is_read_as_a_column(form):
    months = [(month, day) for month in range(1, 13) for day in (1, 28, 30) if (month, day) != (2, 30)]
    days = [datetime(2026, month, day, 23, 5, 9, tzinfo=UTC) for month, day in months]
    _, others = instants(pa.array([day.strftime(form) for day in days]), None, None)
    assert not len(others)
