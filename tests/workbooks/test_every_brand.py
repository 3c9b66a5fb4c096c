"""Every cell of every workbook, on every kind of brand: none raises, warns, or shows what is no number.

The code cells run in this process, one after another, which is many times faster than a kernel for each
notebook. What each of them ends with is displayed as a notebook would, all of its charts drawn.
"""

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import ipywidgets
import numpy as np
import pytest
from plotly.io.json import to_json_plotly

from tests.workbooks.brands import BRANDS
from tests.workbooks.in_process import WORKBOOKS, code_cells, displayed, run_cell

#: What stands in a text where a number went missing.
_NO_NUMBER = re.compile(r"(?<!\w)(nan|NaN|inf|Inf|Infinity|NaT|<NA>|&lt;NA&gt;|None(?! of| is))(?!\w)")


@pytest.fixture
def on_pages() -> Iterator[list[ipywidgets.Widget]]:
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


@pytest.mark.parametrize("workbook", WORKBOOKS, ids=lambda file: file.stem[:2])
@pytest.mark.parametrize("brand", BRANDS)
def test_every_cell_lives(
    brand: str,
    workbook: Path,
    workspace_of: Callable[[str], Path],
    on_pages: list[ipywidgets.Widget],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OWNCHANNEL_WORKSPACE", f"{workspace_of(brand)}")
    namespace: dict[str, Any] = {"__name__": "__main__"}
    failed: dict[int, list[str]] = {}
    charts = letters = 0
    codes = code_cells(workbook)
    for number, code in codes.items():
        on_pages.clear()
        try:
            value = run_cell(code, namespace, f"{workbook.stem}, cell {number}")
            figures = list(figures_of(value, on_pages))
            if wrong := [] if value is None else wrong_with(value, figures):
                failed[number] = wrong
        except Exception as error:  # noqa: BLE001, whatever it is, a founder would see it
            failed[number] = [f"{type(error).__name__}: {error}"]
        else:
            charts, letters = charts + len(figures), letters + len(f"{value}")
    print(f"{brand}, {workbook.stem}: {len(codes)} cells, {charts} charts, {letters:,} letters")
    said = [
        f"{brand}, {workbook.stem}, cell {number}: {problem}"
        for number, problems in failed.items()
        for problem in problems
    ]
    assert not said, "\n".join(["", *said])
