"""How a number is read off a page, and the page on which measures are defined."""

from pathlib import Path

import pytest

from ownchannel.answers import measures_as_markdown
from tests.workbooks.shown import Reading


def test_the_page_is_made_from_the_code(root: Path) -> None:
    page = (root / "docs" / "measures.md").read_text(encoding="utf-8")
    assert page == measures_as_markdown(), "run make docs"


@pytest.mark.parametrize(
    ("text", "value", "rounding"),
    [("-$1,234.50", -1234.5, 0.005), ("68% (60% to 70%)", 0.68, 0.005), ("runs out in month 5", 5, 0.5)],
)
def test_a_number_is_read_off_with_its_rounding(text: str, value: float, rounding: float) -> None:
    reading = Reading.of(text)
    assert reading is not None
    assert (reading.value, reading.rounding) == (pytest.approx(value), pytest.approx(rounding))


def test_a_number_that_is_off_does_not_agree() -> None:
    assert Reading(0.68, 0.005).agrees(Reading(0.684, 0))
    assert not Reading(0.68, 0.005).agrees(Reading(0.69, 0))
    assert Reading.of("none") is None
