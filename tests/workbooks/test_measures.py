"""One definition for each measure: wherever the workbooks show it, it is the same number."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from ownchannel.answers import MEASURES, measures_as_markdown
from ownchannel.orders import current_orders
from ownchannel.workspace import Workspace
from tests.workbooks.shown import Reading, Shown, at, opened

BRANDS = ("the sample brand", "Amazon.com alone", "Shopify alone", "many currencies")


@pytest.fixture(scope="module")
def shown_of(workspace_of: Callable[[str], Path]) -> Callable[[str], Shown]:
    """What the workbooks show of a brand, read off once."""
    kept: dict[str, Shown] = {}

    def shown(brand: str) -> Shown:
        if brand not in kept:
            with pytest.MonkeyPatch.context() as environment:
                kept[brand] = opened(environment, workspace_of(brand))
        return kept[brand]

    return shown


@pytest.mark.parametrize("brand", BRANDS)
def test_a_measure_is_the_same_number_wherever_it_stands(
    brand: str, workspace_of: Callable[[str], Path], shown_of: Callable[[str], Shown]
) -> None:
    orders = current_orders(Workspace.at(workspace_of(brand))).orders
    shown = shown_of(brand)
    wrong, compared, pairs = [], Counter[str](), 0
    for measure in MEASURES:
        truth = measure.of(orders)
        found = [(place, of, reading) for place in measure.places for of, reading in at(shown, place).items()]
        for place, of, reading in found:
            if of in truth:
                compared[measure.name] += 1
                if not reading.agrees(Reading(truth[of], 0)):
                    wrong.append(f"{measure.name} of {of or 'the brand'}: {truth[of]:.6g}, {place} {reading}")
        pairs += sum(one[1] == other[1] for one, other in combinations(found, 2))
    print(f"{brand}: {len(compared)} measures at {sum(compared.values())} places, {pairs} pairs")
    assert not wrong, "\n".join(["", *wrong])
    assert len(compared) >= 10


def test_every_place_is_there(shown_of: Callable[[str], Shown]) -> None:
    everything = [shown_of(brand) for brand in BRANDS]
    missing = [
        f"{measure.name}: {place}"
        for measure in MEASURES
        for place in measure.places
        if not any(at(shown, place) for shown in everything)
    ]
    assert not missing, "\n".join(["", *missing])


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
