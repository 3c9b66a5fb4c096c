"""An answer on the page: words and figures that are replaced in place whenever the kernel changes them."""

import asyncio
import functools
import gzip
import json
import os
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from plotly.io.json import to_json_plotly

from ownchannel.answers import (
    Answer,
    LaterAnswer,
    LaterChart,
    next_steps_html,
    notes_html,
    numbers_html,
    problem_html,
    sentence_html,
    table_html,
    with_terms,
)
from ownchannel.assumptions import why_refused
from ownchannel.charts import Chart, template

#: Charts that nobody sees follow when no move has come for so long.
IDLE_SECONDS = 0.15

#: What stands for a chart in an output that is saved: no program draws it beside the live one.
SAVED_CHART = "application/vnd.ownchannel.chart+json"

_NO_ANSWER = "oc-no-answer"
_RUN_ME = "<p><em>Press ▶▶ in the toolbar to run this notebook: its charts and controls appear here.</em></p>"


class LiveText(anywidget.AnyWidget):
    """A piece of HTML on the page that is replaced in place, and read aloud when it changes if `spoken`.

    `on_press` gets the value of a button in it that is pressed.

    >>> LiveText(html="<p>Move a slider.</p>")
    LiveText('<p>Move a slider.</p>')
    """

    _esm = Path(__file__).with_name("live_text.js")
    _css = Path(__file__).with_name("style.css")
    html = traitlets.Unicode().tag(sync=True)
    spoken = traitlets.Bool(False).tag(sync=True)
    awaits = traitlets.Bool(False).tag(sync=True)
    """Whether it waits to be seen; the page takes this back once it is in sight, or the page has time."""

    def __init__(self, on_press: Callable[[str], None] | None = None, **traits: object) -> None:
        super().__init__(**traits)
        if on_press:
            self.on_msg(lambda _, message, __: on_press(message["pressed"]))

    def __repr__(self) -> str:
        return f"LiveText({self.html!r})"


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


class AnswerView:
    """Shows `answer`, or why there is none; `show` puts another in its place, and `refuse` takes it away.

    The first answer with charts fixes their number. Where it is `folded`, only the first chart is in sight,
    and what else there is lies behind headings to open. Displaying a view shows it; a page may also show its
    `top`, sentence and numbers, and the `rest` apart.

    >>> view = AnswerView(Answer("You keep **$5** of $20."))
    >>> view.refuse(ValueError("The fee is missing."))
    >>> view
    The fee is missing.
    """

    def __init__(self, answer: Answer | ValueError, *, folded: bool = False) -> None:
        self._folded = folded
        self._head = LiveText(spoken=True)
        self._texts: list[LiveText] = []  # numbers, next steps, table and grounds, once there is an answer
        self.figures: list[LiveFigure] = []
        self._waiting: asyncio.TimerHandle | None = None
        self.top, self.rest = box([self._head], "oc-answer"), box([], "oc-rest")
        self.widget = box([self.top, self.rest], "oc-view")
        self.shown: Answer | ValueError = answer
        if isinstance(answer, LaterAnswer):
            self._head.html, self._head.awaits = "<p>Working this out …</p>", True
            self._head.observe(lambda _: self._work_out(answer), "awaits")
        elif isinstance(answer, Answer):
            self.show(answer)
        else:
            self.refuse(answer)

    def _work_out(self, later: LaterAnswer) -> None:
        try:
            self.show(later.now())
        except ValueError as problem:
            self.refuse(problem)

    def show(self, answer: Answer) -> None:
        """Show an answer with as many charts as the first; raises TypeError where it has others."""
        if not self._texts or (answer.charts and not self.figures):
            self._texts = self._texts or [LiveText() for _ in range(4)]
            self.figures = [LiveFigure(chart) for chart in answer.charts]
            self.top.children = (self._head, self._texts[0])
            self.rest.children = self._below()
        if len(answer.charts) != len(self.figures):
            raise TypeError(
                f"The first answer had {len(self.figures)} charts and this one has {len(answer.charts)}: "
                "charts are redrawn in place, so give the same charts every time."
            )
        self._head.html = with_terms(sentence_html(answer.sentence))
        numbers, next_steps, table, grounds = self._texts
        numbers.html = with_terms(numbers_html(answer.numbers)) + notes_html(answer.notes)
        unseen = []
        for figure, chart in zip(self.figures, answer.charts, strict=True):
            if figure.visible:
                figure.show(chart)
            else:
                unseen.append((figure, chart))
        next_steps.html = next_steps_html(answer.next_steps)

        def show_the_rest() -> None:
            for figure, chart in unseen:
                figure.show(chart)
            table.html = "" if answer.table is None else table_html(answer.table)
            grounds.html = notes_html(answer.how_we_know, warning=False)

        self._when_idle(show_the_rest)
        for part in (self.top, self.rest):
            part.remove_class(_NO_ANSWER)
        self.shown = answer

    def _below(self) -> tuple[ipywidgets.Widget, ...]:
        """What stands below sentence and numbers."""
        first, more = self.figures[:1], self.figures[1:]
        _, next_steps, table, grounds = self._texts
        if not self._folded:
            return (*first, *more, next_steps, table, grounds)
        folds = (("More charts", more), ("The numbers as a table", [table]), ("How we know", [grounds]))
        return (*first, next_steps, *(fold(*each) for each in folds))

    def refuse(self, problem: ValueError) -> None:
        """Show the problem's sentence in place of the answer."""
        self.shown = problem
        self._head.html = problem_html(why_refused(problem))
        for part in (self.top, self.rest):
            part.add_class(_NO_ANSWER)

    def _when_idle(self, show: Callable[[], None]) -> None:
        """Show what nobody sees a little later, unless another answer comes first; at once without a loop."""
        if self._waiting:
            self._waiting.cancel()
        try:
            self._waiting = asyncio.get_running_loop().call_later(IDLE_SECONDS, show)
        except RuntimeError:
            show()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        text = "" if isinstance(self.shown, LaterAnswer) else str(self)
        return live_bundle(box([self.widget], "oc-page"), self.shown, text)

    def __repr__(self) -> str:
        return repr(self.shown) if isinstance(self.shown, Answer) else why_refused(self.shown)

    def __str__(self) -> str:
        return str(self.shown) if isinstance(self.shown, Answer) else repr(self)


def live_bundle(widget: ipywidgets.Widget, shown: Answer | ValueError, text: str) -> dict[str, Any]:
    """What a notebook keeps of a live view: the widget, its answer as HTML for a saved page, and a text."""
    bundle: dict[str, Any] = widget._repr_mimebundle_()
    if isinstance(shown, LaterAnswer):
        return bundle
    saved = {"text/html": shown._repr_html_() + _RUN_ME, **_chart(shown)} if isinstance(shown, Answer) else {}
    return bundle | saved | {"text/plain": text}


def _chart(shown: Answer) -> dict[str, Any]:
    """The first chart, which a saved notebook shows below the words; a page without code is never saved."""
    if not shown.charts or os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return {}
    spec = shown.charts[0].spec
    layout = spec["layout"] | {"template": _templates()["light"]}
    return {SAVED_CHART: json.loads(to_json_plotly({"data": spec["data"], "layout": layout}))}


def fold(title: str, hidden: Sequence[ipywidgets.Widget]) -> ipywidgets.Box:
    """Widgets behind a heading that opens and closes, with the browser's own means; nothing for none."""
    heading = f"<details><summary>{escape(title)}</summary></details>"
    return box([LiveText(html=heading), *hidden] if hidden else [], "oc-unfold")


def box(children: Sequence[ipywidgets.Widget], style: str) -> ipywidgets.Box:
    """Widgets in a box of the given style."""
    return ipywidgets.Box(children=children, _dom_classes=(style,))
