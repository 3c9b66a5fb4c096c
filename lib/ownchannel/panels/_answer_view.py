"""Words on the page that follow the kernel."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from ownchannel.answers import (
    Answer,
    LaterChart,
    notes_html,
    numbers_html,
    problem_html,
    sentence_html,
    table_html,
)
from ownchannel.assumptions import why_refused
from ownchannel.charts import Chart
from ownchannel.panels._live_figure import LiveFigure


class LiveText(anywidget.AnyWidget):
    """A piece of HTML on the page that is replaced in place, and read aloud when it changes if `spoken`.

    >>> LiveText(html="<p>Move a slider.</p>")
    LiveText('<p>Move a slider.</p>')
    """

    _esm = Path(__file__).with_name("live_text.js")
    _css = Path(__file__).with_name("style.css")
    html = traitlets.Unicode().tag(sync=True)
    spoken = traitlets.Bool(False).tag(sync=True)

    def __repr__(self) -> str:
        return f"LiveText({self.html!r})"


# ------------------------ An answer on the page, replaced in place

#: Charts that nobody sees follow when no move has come for so long.
IDLE_SECONDS = 0.15

_NO_ANSWER = "oc-no-answer"
_RUN_ME = "<p><em>Press ▶▶ in the toolbar to run this notebook: its charts and controls appear here.</em></p>"


class AnswerView:
    """Shows `answer`, or why there is none; `show` puts another in its place, and `refuse` takes it away.

    The first answer with charts fixes their number. Displaying a view shows it.

    >>> view = AnswerView(Answer("You keep **$5** of $20."))
    >>> view.refuse(ValueError("The fee is missing."))
    >>> view
    The fee is missing.
    """

    def __init__(self, answer: Answer | ValueError) -> None:
        self._head, self._numbers, self._table = LiveText(spoken=True), LiveText(), LiveText()
        self.figures: list[LiveFigure] = []
        self._waiting: asyncio.TimerHandle | None = None
        self.widget = box([self._head, self._numbers, self._table], "oc-answer")
        self.shown: Answer | ValueError
        if isinstance(answer, Answer):
            self.show(answer)
        else:
            self.refuse(answer)

    def show(self, answer: Answer) -> None:
        """Show an answer with as many charts as the first; raises TypeError where it has others."""
        if not self.figures:
            self.figures = [LiveFigure(chart) for chart in answer.charts]
            self.widget.children = (self._head, self._numbers, *self.figures, self._table)
        if len(answer.charts) != len(self.figures):
            raise TypeError(
                f"The first answer had {len(self.figures)} charts and this one has {len(answer.charts)}: "
                "charts are redrawn in place, so give the same charts every time."
            )
        self._head.html = sentence_html(answer.sentence)
        self._numbers.html = numbers_html(answer.numbers) + notes_html(answer.notes)
        unseen = []
        for figure, chart in zip(self.figures, answer.charts, strict=True):
            if figure.visible:
                figure.show(chart)
            else:
                unseen.append((figure, chart))
        self._table.html = "" if answer.table is None else table_html(answer.table)
        self._when_idle(unseen)
        self.widget.remove_class(_NO_ANSWER)
        self.shown = answer

    def refuse(self, problem: ValueError) -> None:
        """Show the problem's sentence in place of the answer."""
        self.shown = problem
        self._head.html = problem_html(why_refused(problem))
        self.widget.add_class(_NO_ANSWER)

    def _when_idle(self, unseen: list[tuple[LiveFigure, Chart | LaterChart]]) -> None:
        """Show these a little later, unless another answer comes first; at once where no loop runs."""

        def show() -> None:
            for figure, chart in unseen:
                figure.show(chart)

        if self._waiting:
            self._waiting.cancel()
        try:
            self._waiting = asyncio.get_running_loop().call_later(IDLE_SECONDS, show)
        except RuntimeError:
            show()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return live_bundle(box([self.widget], "oc-page"), self.shown, repr(self))

    def __repr__(self) -> str:
        return repr(self.shown) if isinstance(self.shown, Answer) else why_refused(self.shown)


def live_bundle(widget: ipywidgets.Widget, shown: Answer | ValueError, text: str) -> dict[str, Any]:
    """What a notebook keeps of a live view: the widget, its answer as HTML for a saved page, and a text."""
    bundle: dict[str, Any] = widget._repr_mimebundle_()
    saved = {"text/html": shown._repr_html_() + _RUN_ME} if isinstance(shown, Answer) else {}
    return bundle | saved | {"text/plain": text}


def box(children: Sequence[ipywidgets.Widget], style: str) -> ipywidgets.Box:
    """Widgets in a box of the given style."""
    return ipywidgets.Box(children=children, _dom_classes=(style,))
