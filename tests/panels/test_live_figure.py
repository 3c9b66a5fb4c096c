"""A live figure's whole state is what a page needs to draw it."""

import gzip
from typing import Any

import plotly.graph_objects as go

from ownchannel.charts import Chart
from ownchannel.panels._answer_view import LiveFigure  # inside: a figure by itself


def bar(height: float) -> Chart:
    return Chart(go.Figure(go.Bar(x=["a"], y=[height]), layout={"height": 200}), f"A bar of {height:g}.")


def test_the_state_is_the_whole_figure_without_a_template() -> None:
    figure = LiveFigure(bar(1))
    assert figure.figure["data"] == [{"type": "bar", "x": ["a"], "y": [1]}]
    assert figure.figure["layout"] == {"height": 200}
    assert set(figure.templates) == {"light", "dark"}


def test_show_replaces_figure_and_caption() -> None:
    figure = LiveFigure(bar(1))
    figure.show(bar(2))
    assert (figure.figure["data"][0]["y"], figure.caption) == ([2], "A bar of 2.")
    assert figure.chart == bar(2)


def test_its_printed_form_is_the_same_at_every_run() -> None:
    assert repr(LiveFigure(bar(1))) == repr(LiveFigure(bar(1))) == "LiveFigure('A bar of 1.')"


def test_a_page_without_plotly_gets_it_from_the_kernel() -> None:
    figure, sent = LiveFigure(bar(1)), []

    def keep(content: dict[str, Any], buffers: list[bytes]) -> None:
        sent.append((content, buffers))

    figure.send = keep
    figure._receive(figure, {"event": "need plotly.js"}, None)
    [(content, [script])] = sent
    assert content == {"event": "plotly.js"}
    assert b"plotly.js v" in gzip.decompress(script)[:200]


def test_a_click_reaches_python() -> None:
    clicks: list[Any] = []
    figure = LiveFigure(bar(1), on_click=clicks.append)
    figure._receive(figure, {"event": "click", "points": [{"x": "a"}]}, None)
    assert clicks == [[{"x": "a"}]]
