"""An answer and the question behind it: words, numbers, charts and table, as text and as a page's HTML."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property, lru_cache, partial, wraps
from html import escape
from numbers import Real
from textwrap import wrap
from types import MappingProxyType
from typing import Any, Generic, ParamSpec, TypeVar, cast

import numpy as np
import pandas as pd

from ownchannel.assumptions import Adjustable, Numbers, documented, unlikely
from ownchannel.charts import Chart
from ownchannel.formats import money

#: The workbooks in the order in which they are read, and what each asks.
WORKBOOKS = {
    "00_start_here": "What do you own?",
    "01_marketplace_dependence": "How dependent are you?",
    "02_customer_lifetime_value": "What is a customer worth?",
    "03_repeat_purchase": "Who comes back?",
    "04_rent_or_own": "Rent or own?",
}

_MOST_POINTS = 13  # a line of 60 months is printed at about every fifth
_LONGEST = 900  # letters of a short text
_SERIES = (("z",), ("x", "y"), ("labels", "values"))  # where a trace keeps its data, by its kind

#: Texts that are numbers and stand to the right: -$1,200.50, CA$9, CHF 12, 25%, 1.5.
_NUMBER = re.compile(r"[-−+]?([A-Z]{0,2}[^\w\s.,%]|[A-Z]{3} )?[\d,.]*\d\s?%?")


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
    """The answer in a sentence or two, its numbers, charts and table, what to do next, and how we know.

    `sentence` is plain text with `**bold**` where the eye should fall; `numbers` are pairs of a label and a
    value, already in words; every chart brings its caption, and one that takes long is a `LaterChart`. A page
    shows sentence, numbers, warnings (`notes`), the first chart and the next steps; the rest is folded. Its
    repr is the sentence with its numbers. Printed it holds all, the charts' own data rounded, so that a
    lesson can be checked against what it printed before.

    >>> Answer("You keep **$5** of $20.", numbers=(("Share kept", "25%"),))
    You keep $5 of $20.
      Share kept: 25%
    """

    sentence: str
    numbers: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart | LaterChart, ...] = ()
    table: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    """Warnings: what somebody should know before trusting the answer."""
    next_steps: tuple[str, ...] = ()
    """What to do next: two or three sentences that follow from the answer."""
    how_we_know: tuple[str, ...] = ()
    """What the answer rests on, in sentences: data, models, what is left out."""
    still: bool = False
    """Whether a page shows its words alone; else its charts stand below them, live."""

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if self.still or not self.charts:
            return {"text/plain": str(self), "text/html": self._repr_html_()}
        import ownchannel  # the room that knows widgets lies further down, and is entered only to be shown

        bundle: dict[str, Any] = ownchannel.panels.AnswerView(self)._repr_mimebundle_()
        return bundle

    def __repr__(self) -> str:
        text = "\n".join(self._first_lines())
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … (print it to see all)"

    def __str__(self) -> str:
        lines = self._first_lines() + [f"  Note: {note}" for note in self.notes]
        lines += [f"  Next: {step}" for step in self.next_steps]
        lines += [f"  How we know: {ground}" for ground in self.how_we_know]
        for chart in self.charts:
            lines += ["", f"Chart: {chart.caption}"]
            for trace in chart.figure.data:
                lines += wrap(_trace_text(trace), 100, initial_indent="  ", subsequent_indent="    ")
        if self.table is not None:
            lines += ["", self.table.to_string(index=False, float_format="{:,.4g}".format)]
        return "\n".join(lines)

    def _first_lines(self) -> list[str]:
        return [self.plain_sentence, *(f"  {label}: {value}" for label, value in self.numbers)]

    def _repr_html_(self) -> str:
        parts = [sentence_html(self.sentence), numbers_html(self.numbers), notes_html(self.notes)]
        if not self.still:  # a caption without its chart explains nothing
            parts += [f'<p class="oc-caption">{escape(chart.caption)}</p>' for chart in self.charts]
        parts.append(next_steps_html(self.next_steps))
        parts += [] if self.table is None else [table_html(self.table)]
        parts.append(notes_html(self.how_we_know, warning=False))
        # A notebook would set what stands between two dollar signs as a formula.
        return f'<div class="oc-page oc-text mathjax_ignore">{"".join(parts)}</div>'

    @property
    def plain_sentence(self) -> str:
        """The sentence without its marks for bold."""
        return re.sub(r"\*\*(.+?)\*\*", r"\1", self.sentence)


class LaterAnswer(Answer):
    """An answer that `work` gives when somebody looks at it, once: all that an Answer has, then.

    >>> LaterAnswer(lambda: Answer("You keep **$5** of $20.")).plain_sentence
    'You keep $5 of $20.'
    """

    def __init__(self, work: Callable[[], Answer]) -> None:
        object.__setattr__(self, "_answer", cache(work))

    def now(self) -> Answer:
        """The answer; raises the ValueError that `work` raises."""
        answer: Answer = object.__getattribute__(self, "_answer")()
        return answer

    def __getattribute__(self, name: str) -> Any:
        return getattr(self.now(), name) if name in _PARTS else object.__getattribute__(self, name)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        if not os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
            return self.now()._repr_mimebundle_()
        import ownchannel

        bundle: dict[str, Any] = ownchannel.panels.AnswerView(self)._repr_mimebundle_()
        return bundle


_PARTS = frozenset(field.name for field in fields(Answer))
Asked = ParamSpec("Asked")
Worked = TypeVar("Worked")


def worked_out_once(work: Callable[Asked, Worked]) -> Callable[Asked, Worked]:
    """Makes a function keep what it worked out of the last orders: a page and its lessons ask for the same.

    >>> @worked_out_once
    ... def found(orders):
    ...     return [orders]
    >>> found("March") is found("March")
    True
    """
    kept = cast(Callable[Asked, Worked], lru_cache(maxsize=1)(work))

    @wraps(work)
    def worked_out(*args: Asked.args, **more: Asked.kwargs) -> Worked:
        return kept(*args, **more)

    return worked_out


def when_seen(work: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """Makes a function's answer one that a page works out when it is unfolded, or has time.

    >>> @when_seen
    ... def kept() -> Answer:
    ...     return Answer("You keep **$5** of $20.")
    >>> kept()
    You keep $5 of $20.
    """

    @wraps(work)
    def later(*args: Asked.args, **more: Asked.kwargs) -> Answer:
        return LaterAnswer(partial(work, *args, **more))

    return later


Settings = TypeVar("Settings", bound=Adjustable)


@dataclass(frozen=True)
class Question(Generic[Settings]):
    """A question whose answer follows the settings: what a panel of sliders needs, without a widget.

    `respond` makes an answer of the settings, or raises ValueError where they do not go together. `sliders`
    are those numbers of the settings that can be moved, each at its value and with its declaration, which
    may be made to fit the brand; without it they are all numbers of the settings. Those that are `hidden`
    have no slider, and can be moved all the same. `first` names the few that decide, in their order: they
    are in sight, and the others behind tabs. `switches` are risks: numbers that can be switched off as well,
    which puts them to 0, or to the value that a mapping gives. Where `respond` says itself which settings
    are unlikely, `judges` is False.

    >>> from ownchannel.marketplace import Economics
    >>> def kept(costs):
    ...     return Answer(f"You keep **${100 * (1 - costs.marketplace_fee_rate):.0f}** of $100.")
    >>> question = Question(Economics(), kept, "USD")
    >>> question.answer_at(marketplace_fee_rate=0.1)
    You keep $90 of $100.
    """

    settings: Settings
    respond: Callable[[Settings], Answer]
    currency: str
    sliders: Numbers | None = None
    hidden: Collection[str] = ()
    first: Collection[str] = ()
    switches: Collection[str] | Mapping[str, float] = ()
    judges: bool = True

    @cached_property
    def numbers(self) -> Numbers:
        """What can be moved, by path: the value that it starts from, and its declaration."""
        return self.settings.numbers() if self.sliders is None else self.sliders

    @cached_property
    def answer(self) -> Answer:
        """The answer at the settings that the question starts with."""
        return self.answer_at()

    def settings_at(self, values: Mapping[str, float]) -> Settings:
        """The settings with these numbers, by path; raises ValueError where they do not go together."""
        moved = {
            path: value
            for path, value in values.items()
            if path not in self.numbers or value != self.numbers[path][0]
        }
        return self.settings.with_values(moved) if moved else self.settings

    def answer_at(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> Answer:
        """The answer with some numbers moved, and a note for each that its source calls unlikely."""
        settings = self.settings_at({**values, **more})
        answer = self.respond(settings)
        if not self.judges:
            return answer
        now = settings.numbers()
        numbers = {path: (now[path][0], declared) for path, (_, declared) in self.numbers.items()}
        return replace(answer, notes=(*answer.notes, *unlikely(numbers, self.currency)))

    def documentation(self) -> Answer:
        """Where the number that every slider starts from comes from, and how sure it is."""
        shown = {path: number for path, number in self.numbers.items() if path not in self.hidden}
        table = documented(shown, self.currency).rename(columns=str.capitalize)
        unsure = int((table["Confidence"] == "assumption").sum())
        return Answer(
            f"**{unsure} of {len(table)}** settings are plain assumptions: replace them first.", table=table
        )


def amounts(values: Iterable[float], currency: str, digits: int = 0) -> list[str]:
    """Each amount as it is read."""
    return [money(value, currency, digits) for value in values]


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
    texts = ("=".join(map(_text, point[::-1] if flat else point)) for point in points[::-stride][::-1])
    return f"{trace.name or trace.type}: {'; '.join(texts)}"


def _text(value: object) -> str:
    if isinstance(value, Real):
        return f"{Decimal(f'{float(value):.4g}').normalize():,f}"
    if isinstance(value, date | np.datetime64):
        return str(pd.Timestamp(value).date())
    if isinstance(value, list | tuple | np.ndarray):
        return " ".join(map(_text, value))
    return str(value)


def sentence_html(sentence: str) -> str:
    """A paragraph, with `**bold**` as strong.

    >>> sentence_html("You keep **$5** of <$20>.")
    '<p class="oc-sentence">You keep <strong>$5</strong> of &lt;$20&gt;.</p>'
    """
    return f'<p class="oc-sentence">{strong_html(sentence)}</p>'


def strong_html(text: str) -> str:
    """Text with `**bold**` as strong."""
    return re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(text))


def problem_html(problem: str) -> str:
    """What stands in place of an answer where there is none."""
    return f'<p class="oc-problem">{escape(problem)}</p>'


def numbers_html(numbers: tuple[tuple[str, str], ...]) -> str:
    """Tiles of a value and its label; nothing where there are none."""
    tiles = "".join(
        f"<li><strong>{escape(value)}</strong> <span>{escape(label)}</span></li>" for label, value in numbers
    )
    return f'<ul class="oc-numbers">{tiles}</ul>' if tiles else ""


def notes_html(notes: tuple[str, ...], *, warning: bool = True) -> str:
    """A list of warnings, or of quieter remarks; nothing where there are none."""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    style = "oc-notes oc-warnings" if warning else "oc-notes"
    return f'<ul class="{style}">{items}</ul>' if items else ""


def next_steps_html(steps: tuple[str, ...]) -> str:
    """What to do next, under its heading; nothing where there is nothing to do.

    >>> next_steps_html(("Raise the price.",))
    '<section class="oc-next"><h2>What to do next</h2><ol><li>Raise the price.</li></ol></section>'
    """
    items = "".join(f"<li>{strong_html(step)}</li>" for step in steps)
    return f'<section class="oc-next"><h2>What to do next</h2><ol>{items}</ol></section>' if items else ""


def table_html(table: pd.DataFrame) -> str:
    """A table with a heading a column, and numbers (as such, or as text that is one) to the right.

    >>> table_html(pd.DataFrame({"Channel": ["Shop"], "Revenue": ["$1,200"]}))  # doctest: +ELLIPSIS
    '<div class="oc-table">...<td>Shop</td><td class="oc-number">$1,200</td>...</div>'
    """
    columns = [[_cell(value) for value in column] for _, column in table.items()]
    styles = [
        ' class="oc-number"' if all(map(_NUMBER.fullmatch, filter(None, column))) else ""
        for column in columns
    ]
    heads = "".join(
        f'<th scope="col"{style}>{escape(str(name))}</th>' for name, style in zip(table, styles, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{style}>{escape(cell) or '–'}</td>" for cell, style in zip(row, styles, strict=True))
        + "</tr>"
        for row in zip(*columns, strict=True)
    )
    return f'<div class="oc-table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, Real) and not isinstance(value, bool):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return str(value)
