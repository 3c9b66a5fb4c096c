"""A plotly figure that the page redraws in place whenever the kernel changes it."""

import functools
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from plotly.io.json import to_json_plotly

from ownchannel.answers import LaterChart
from ownchannel.charts import Chart, template


class LiveFigure(anywidget.AnyWidget):
    """A chart on the page, with its caption below; `show` replaces what it shows.

    plotly's own `FigureWidget` shows its first data again after a page reload, loses updates in Voilà and
    carries 5 MB of script each. Here the whole figure is one synchronised value, so any page that opens it
    sees the current one, and plotly.js is loaded once a page. `on_click` receives the clicked points, and
    `visible` says whether the page has it in sight (or nearly), as far as a page has said so.

    >>> import plotly.graph_objects as go
    >>> figure = LiveFigure(Chart(go.Figure(go.Bar(x=["a"], y=[1])), "One bar."))
    >>> figure.show(Chart(go.Figure(go.Bar(x=["a"], y=[2])), "One taller bar."))
    >>> figure
    LiveFigure('One taller bar.')
    """

    _esm = Path(__file__).with_name("live_figure.js")
    figure = traitlets.Dict().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    templates = traitlets.Dict().tag(sync=True)
    visible = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        chart: Chart | LaterChart,
        on_click: Callable[[list[dict[str, Any]]], None] | None = None,
    ) -> None:
        self._on_click = on_click
        super().__init__(templates=_templates())
        self.on_msg(self._receive)
        self.show(chart)

    def show(self, chart: Chart | LaterChart) -> None:
        """Show another chart in the place of this one, at once on every page that is open."""
        figure = json.loads(to_json_plotly(chart.spec))  # the page chooses the look, light or dark
        self.chart = chart
        with self.hold_sync():
            self.figure, self.caption = figure, chart.caption

    def _receive(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("event") == "need plotly.js":
            self.send({"event": "plotly.js"}, buffers=[_plotly_js()])
        elif content.get("event") == "click" and self._on_click:
            self._on_click(content["points"])

    def __repr__(self) -> str:
        return f"LiveFigure({self.caption!r})"


def _templates() -> dict[str, Any]:
    return {name: template(dark=name == "dark").to_plotly_json() for name in ("light", "dark")}


@functools.cache
def _plotly_js() -> bytes:
    from plotly.offline import get_plotlyjs

    return gzip.compress(get_plotlyjs().encode(), 6)
