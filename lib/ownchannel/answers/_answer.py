"""What a workbook answers at one position of its sliders, and how that reads as plain text."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from numbers import Real
from textwrap import wrap
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd

from ownchannel.answers._markup import (
    caption_html,
    notes_html,
    numbers_html,
    sentence_html,
    still_html,
    table_html,
)
from ownchannel.assumptions import Assumptions
from ownchannel.charts import Chart

_MOST_POINTS = 13  # a line of 60 months is printed at about every fifth
_SERIES = (("z",), ("x", "y"), ("labels", "values"))  # where a trace keeps its data, by its kind


class LaterChart:
    """A chart that `draw` draws when somebody looks at it, once; it reads as a Chart.

    Give one for a chart that takes long: a panel draws what is out of sight only when its sliders rest.
    `draw` must not fail, because by then the answer is shown: what can be refused is worked out before.

    >>> import plotly.graph_objects as go
    >>> LaterChart(lambda: Chart(go.Figure(), "Nothing yet.")).caption
    'Nothing yet.'
    """

    def __init__(self, draw: Callable[[], Chart]) -> None:
        self._draw = draw

    @cached_property
    def _drawn(self) -> Chart:
        return self._draw()

    @property
    def figure(self) -> Any:
        """The plotly figure."""
        return self._drawn.figure

    @property
    def spec(self) -> dict[str, Any]:
        """Its data and layout."""
        return self._drawn.spec

    @property
    def caption(self) -> str:
        """What the figure shows, in words."""
        return self._drawn.caption


@dataclass(frozen=True, repr=False)
class Answer:
    """The answer in a sentence, then its numbers, charts, table and warnings.

    `sentence` is plain text with `**bold**` where the eye should fall; `numbers` are pairs of a label and a
    value, already in words; every chart brings its caption, and one that takes long is a `LaterChart`. Its
    printed form holds no widget and rounds the charts' own data, so a lesson that prints an answer can be
    checked against what it printed before.

    >>> Answer("You keep **$5** of $20.", numbers=(("Share kept", "25%"),))
    You keep $5 of $20.
      Share kept: 25%
    """

    sentence: str
    numbers: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart | LaterChart, ...] = ()
    table: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    still: bool = False
    """Whether a page shows its words alone; else its charts stand below them, live."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if self.still or not self.charts:
            return {"text/plain": repr(self), "text/html": self._repr_html_()}
        import ownchannel  # the room that knows widgets lies further down, and is entered only to be shown

        bundle: dict[str, Any] = ownchannel.panels.AnswerView(self)._repr_mimebundle_()
        return bundle

    def __repr__(self) -> str:
        lines = [self.plain_sentence]
        lines += [f"  {label}: {value}" for label, value in self.numbers]
        lines += [f"  Note: {note}" for note in self.notes]
        for chart in self.charts:
            lines += ["", f"Chart: {chart.caption}"]
            for trace in chart.figure.data:
                lines += wrap(_trace_text(trace), 100, initial_indent="  ", subsequent_indent="    ")
        if self.table is not None:
            lines += ["", self.table.to_string(index=False, float_format="{:,.4g}".format)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        return still_html(
            sentence_html(self.sentence),
            numbers_html(self.numbers),
            notes_html(self.notes),
            *(caption_html(chart.caption) for chart in self.charts),
            "" if self.table is None else table_html(self.table),
        )

    @property
    def plain_sentence(self) -> str:
        """The sentence without its marks for bold."""
        return re.sub(r"\*\*(.+?)\*\*", r"\1", self.sentence)


Settings = TypeVar("Settings", bound=Assumptions)


@dataclass(frozen=True)
class Question(Generic[Settings]):
    """A question whose answer follows the settings: what a panel of sliders needs, without a widget.

    `respond` makes an answer of the settings, or raises ValueError where they do not go together. Settings
    that are `hidden` have no slider, and can be set all the same. `folded` names the headings whose sliders
    start folded away, and `switches` the settings that can be switched off as well, which puts them to 0, or
    to the value that a mapping gives.

    >>> from ownchannel.marketplace import Economics
    >>> def kept(costs):
    ...     return Answer(f"You keep **${100 * (1 - costs.marketplace_fee_rate):.0f}** of $100.")
    >>> Question(Economics(), kept, "USD").answer
    You keep $85 of $100.
    """

    settings: Settings
    respond: Callable[[Settings], Answer]
    currency: str
    hidden: Collection[str] = ()
    folded: Collection[str] = ()
    switches: Collection[str] | Mapping[str, float] = ()

    @property
    def answer(self) -> Answer:
        """The answer at the settings that the question starts with."""
        return self.answer_at(self.settings)

    def answer_at(self, settings: Settings) -> Answer:
        """The answer, with a note for each setting that its source calls unlikely."""
        answer = self.respond(settings)
        return replace(answer, notes=answer.notes + tuple(settings.unlikely(self.currency)))

    def documentation(self) -> Answer:
        """Where the number that every slider starts from comes from, and how sure it is."""
        table = self.settings.documentation(self.currency).rename(columns=str.capitalize)
        table = table[[name not in self.hidden for name in self.settings.declared()]]
        unsure = int((table["Confidence"] == "assumption").sum())
        return Answer(
            f"**{unsure} of {len(table)}** settings are plain assumptions: replace them first.", table=table
        )


def _trace_text(trace: Any) -> str:
    """A trace's name and its data to four digits, a long series thinned evenly back from its last point."""
    points: list[Any] = []
    for names in _SERIES:
        series = [getattr(trace, name, None) for name in names]
        if all(values is not None for values in series):
            points = list(zip(*series, strict=True))
            break
    stride = -(-len(points) // _MOST_POINTS) or 1
    flat = getattr(trace, "orientation", None) == "h"
    told = ("=".join(map(_text, point[::-1] if flat else point)) for point in points[::-stride][::-1])
    return f"{trace.name or trace.type}: {'; '.join(told)}"


def _text(value: object) -> str:
    if isinstance(value, Real):
        return f"{Decimal(f'{float(value):.4g}').normalize():,f}"
    if isinstance(value, date | np.datetime64):
        return str(pd.Timestamp(value).date())
    if isinstance(value, list | tuple | np.ndarray):
        return " ".join(map(_text, value))
    return str(value)
