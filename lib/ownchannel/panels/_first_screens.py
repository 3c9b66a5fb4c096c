"""The first screens of all workbooks as plain HTML, for a page to show while its kernel is on its way."""

import json
from html import escape
from pathlib import Path
from typing import NamedTuple

from ownchannel.answers import Answer, first_answers, numbers_html, sentence_html, with_terms
from ownchannel.orders import current_orders
from ownchannel.panels._answer_view import LiveFigure
from ownchannel.panels._page import head_html
from ownchannel.workspace import Workspace


class FirstScreens(NamedTuple):
    """By workbook, as HTML: its answer in a sentence or two, and the screen with head, answer and numbers."""

    mark: tuple[tuple[str, int, int], ...]
    """The mark of the workspace whose orders they are of."""
    whose: str
    sentences: dict[str, str]
    screens: dict[str, str]


def first_screens(workspace: Workspace | None = None) -> FirstScreens:
    """What each workbook shows first of the current orders; raises ValueError where these cannot be opened.

    >>> import tempfile
    >>> found = first_screens(Workspace.at(tempfile.mkdtemp()))
    >>> found.whose
    'Hearth & Ladle, the sample brand · 1 Oct 2024 to 30 Sep 2026 · USD'
    >>> found.sentences["01_marketplace_dependence"][:60]
    '<p class="oc-sentence"><strong>64%</strong> of your revenue '
    """
    place = workspace or Workspace()
    current_orders(place)  # the sample brand is kept by the first who reads it
    mark, opened = place.mark(), current_orders(place)
    answers = first_answers(opened)
    style = f"<style>{Path(__file__).with_name('style.css').read_text(encoding='utf-8')}</style>"
    screens = {
        name: style + _screen(head_html(name, opened), answer, sliders=name != "00_start_here")
        for name, answer in answers.items()
    }
    sentences = {name: sentence_html(answer.sentence) for name, answer in answers.items()}
    whose = " · ".join(filter(None, [opened.brand, opened.orders.period, opened.currency]))
    return FirstScreens(mark, whose, sentences, screens)


def _screen(head: str, answer: Answer, *, sliders: bool) -> str:
    shown = with_terms(sentence_html(answer.sentence) + numbers_html(answer.numbers))
    shown = f'<div class="oc-answer oc-text">{shown}</div>'
    chart = f'<div class="oc-rest">{_chart(answer)}</div>'
    if sliders:
        controls = '<p class="oc-text" role="status">The sliders follow…</p>'
        return f'<div class="oc-page">{head}<div class="oc-panel">{shown}{controls}{chart}</div></div>'
    return f'<div class="oc-page">{head}{shown}{chart}</div>'


def _chart(answer: Answer) -> str:
    """The first chart's place, and what the page needs to draw it."""
    if not answer.charts:
        return ""
    first = LiveFigure(answer.charts[0])
    needed = json.dumps({"figure": first.figure, "templates": first.templates}).replace("<", "\\u003c")
    height = first.figure["layout"].get("height", first.templates["light"]["layout"]["height"])
    shows = f'role="img" aria-label="{escape(first.caption)}"'
    return (
        f'<div class="oc-plot" {shows} style="height: {height}px"></div>'
        f'<script type="application/json">{needed}</script>'
    )
