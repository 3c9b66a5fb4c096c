"""Every cell of every workbook, on every kind of brand: none raises, warns, or shows what is no number.

One definition for each measure: wherever the workbooks show it, it is the same number.

The code cells run in this process, one after another, which is many times faster than a kernel for each
notebook. What each of them ends with is displayed as a notebook would, all of its charts drawn.
"""

import base64
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from plotly.io.json import to_json_plotly

from ownchannel.answers import MEASURES
from ownchannel.orders import current_orders
from ownchannel.workspace import Workspace
from tests.workbooks.brands import BRANDS
from tests.workbooks.in_process import WORKBOOKS, code_cells, displayed, run_cell
from tests.workbooks.shown import Reading, Shown, at, shown_by

#: The brands whose measures are compared from place to place.
MEASURED = ("the sample brand", "Amazon.com alone", "Shopify alone", "many currencies")

#: What stands in a text where a number went missing.
_NO_NUMBER = re.compile(r"(?<!\w)(nan|NaN|inf|Inf|Infinity|NaT|<NA>|&lt;NA&gt;|None(?! of| is))(?!\w)")


@contextmanager
def charts_on_pages() -> Iterator[list[ipywidgets.Widget]]:
    """The charts that stand on pages, as they are made."""
    found: list[ipywidgets.Widget] = []

    def note(widget: ipywidgets.Widget) -> None:
        if widget.has_trait("figure"):
            found.append(widget)

    ipywidgets.Widget.on_widget_constructed(note)
    yield found
    ipywidgets.Widget.on_widget_constructed(None)
    ipywidgets.Widget.close_all()


def figures_of(value: Any, on_pages: list[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Caption and figure of every chart: those that stand on the page, or those of an answer, drawn now."""
    for widget in on_pages:
        yield widget.caption, widget.figure
    for chart in getattr(value, "charts", ()):
        yield chart.caption, json.loads(to_json_plotly(chart.spec))


def texts_in(figure: Any) -> Iterator[str]:
    """Every text of a chart, wherever it stands."""
    if isinstance(figure, str):
        yield figure
    elif isinstance(figure, dict):
        for name, part in figure.items():
            if name not in {"template", "bdata"}:
                yield from texts_in(part)
    elif isinstance(figure, list):
        for part in figure:
            yield from texts_in(part)


def without_a_number(texts: Iterable[str]) -> list[str]:
    """Where texts show what is no number, with the words around it."""
    return [
        f"shows {found[0]!r}: …{text[max(0, found.start() - 60) : found.end() + 30]}…"
        for text in texts
        for found in _NO_NUMBER.finditer(text)
    ]


def printed(value: Any) -> str:
    """What is printed of a value but for its charts' data, where a gap is a gap."""
    kept, in_chart = [], False
    for line in f"{value}".splitlines():
        in_chart = line.startswith("Chart: ") or (in_chart and line.startswith("  "))
        if not in_chart or line.startswith("Chart: "):
            kept.append(line)
    return "\n".join(kept)


def wrong_with(value: Any, figures: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    """What of a cell's output should not be there, in words."""
    shown = displayed(value)
    if not shown.keys() & {"text/html", "text/markdown"}:
        return [f"gives no answer: {shown.get('text/plain', value)}"]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.get("text/html", "")))
    wrong = without_a_number([words, printed(value)])
    for caption, figure in figures:
        problems = without_a_number([caption, *texts_in(figure)])
        problems += [] if any(map(_draws_something, figure["data"])) else ["draws nothing"]
        wrong += [f"chart ‘{caption[:60]}’ {problem}" for problem in problems]
    return wrong


def _draws_something(trace: dict[str, Any]) -> bool:
    """Whether a trace has a number: plotly packs an array of them, where a gap is nan, or writes null."""
    for name in ("x", "y", "z", "values"):
        part = trace.get(name) or ()
        if isinstance(part, dict):
            part = np.frombuffer(base64.b64decode(part["bdata"]), part["dtype"])
            part = part[np.isfinite(part)]
        if any(one is not None for one in part):
            return True
    return False


@dataclass(frozen=True)
class Run:
    """What is wrong with a workbook's cells, by their number, and what it shows at its own settings."""

    wrong: dict[int, list[str]]
    shown: Shown


def run(workbook: Path) -> Run:
    """Run all cells of a workbook, one after another."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    wrong: dict[int, list[str]] = {}
    values: list[Any] = []
    charts = letters = 0
    codes = code_cells(workbook)
    with charts_on_pages() as on_pages:
        for number, code in codes.items():
            on_pages.clear()
            try:
                value = run_cell(code, namespace, f"{workbook.stem}, cell {number}")
                figures = list(figures_of(value, on_pages))
                if problems := [] if value is None else wrong_with(value, figures):
                    wrong[number] = problems
            except Exception as error:  # noqa: BLE001, whatever it is, a founder would see it
                wrong[number] = [f"{type(error).__name__}: {error}"]
            else:
                charts, letters = charts + len(figures), letters + len(f"{value}")
                if ".at(" not in code:
                    values.append(value)
        print(f"{workbook.stem}: {len(codes)} cells, {charts} charts, {letters:,} letters")
        return Run(wrong, {} if wrong else shown_by(workbook, values, namespace))


@pytest.fixture(scope="module")
def run_of(workspace_of: Callable[[str], Path]) -> Callable[[str, Path], Run]:
    """A run of a workbook on a brand, run once."""

    @cache
    def run_on(brand: str, workbook: Path) -> Run:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("OWNCHANNEL_WORKSPACE", f"{workspace_of(brand)}")
            return run(workbook)

    return run_on


@pytest.fixture(scope="module")
def shown_of(run_of: Callable[[str, Path], Run]) -> Callable[[str], Shown]:
    """What all workbooks show of a brand."""

    def shown(brand: str) -> Shown:
        return dict(item for workbook in WORKBOOKS for item in run_of(brand, workbook).shown.items())

    return shown


@pytest.mark.parametrize("workbook", WORKBOOKS, ids=lambda file: file.stem[:2])
@pytest.mark.parametrize("brand", BRANDS)
def test_every_cell_lives(brand: str, workbook: Path, run_of: Callable[[str, Path], Run]) -> None:
    said = [
        f"{brand}, {workbook.stem}, cell {number}: {problem}"
        for number, problems in run_of(brand, workbook).wrong.items()
        for problem in problems
    ]
    assert not said, "\n".join(["", *said])


@pytest.mark.parametrize("brand", MEASURED)
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
    everything = [shown_of(brand) for brand in MEASURED]
    missing = [
        f"{measure.name}: {place}"
        for measure in MEASURES
        for place in measure.places
        if not any(at(shown, place) for shown in everything)
    ]
    assert not missing, "\n".join(["", *missing])
