"""A workbook's panel: sliders, and the answer, which follows every move in place."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Generic

import ipywidgets

from ownchannel.answers import Answer, Question, Settings
from ownchannel.assumptions import why_refused
from ownchannel.panels._answer_view import AnswerView, LiveFigure, box, live_bundle
from ownchannel.panels._controls import Controls


class Panel(Generic[Settings]):
    """Sliders for a question's numbers, and its answer: sentence, numbers, charts and table.

    Displaying a panel shows it. Where the settings, or the answer, raise ValueError, the panel shows that
    sentence until the next move. The first answer fixes the number of charts. Numbers are moved by their
    paths: names of settings, or such as `channels.Own store.repeat_rate` in a mapping.

    >>> from ownchannel.marketplace import Economics
    >>> def kept(costs):
    ...     return Answer(f"You keep **${100 * (1 - costs.marketplace_fee_rate):.0f}** of $100.")
    >>> panel = Panel(Question(Economics(), kept, "USD"))
    >>> panel.at(marketplace_fee_rate=0.1)
    You keep $90 of $100.
    >>> panel
    Panel: You keep $85 of $100.
    """

    def __init__(self, question: Question[Settings]) -> None:
        self.question = question
        self.controls = Controls(
            question.numbers,
            question.currency,
            question.hidden,
            first=question.first,
            switches=question.switches,
        )
        self._view = AnswerView(_first(question), folded=True)
        # In the order of reading and of the keyboard; a wide page has the sliders on the left of both.
        self.widget = box([self._view.top, self.controls, self._view.rest], "oc-panel")
        self.controls.on_change(self.refresh)

    @property
    def figures(self) -> list[LiveFigure]:
        """The charts on the page, in their order."""
        return self._view.figures

    @property
    def settings(self) -> Settings:
        """The settings as the sliders stand; raises ValueError where they do not go together."""
        return self.question.settings_at(self.controls.values)

    @property
    def answer(self) -> Answer:
        """The answer that the panel shows; raises the ValueError that stands in its place, if one does."""
        if isinstance(self._view.shown, ValueError):
            raise self._view.shown
        return self._view.shown

    def set(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> None:
        """Move some sliders, all at once; raises ValueError, and moves none, where a value is refused."""
        self.controls.set(values, **more)

    def reset(self) -> None:
        """Put every slider back to where it stood at first."""
        self.controls.reset()

    def undo(self) -> None:
        """Take back the last step, if any: a drag or burst of keys on one slider, a set, a reset."""
        self.controls.undo()

    def at(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> Answer:
        """The answer with some sliders moved: they really move, are read, and go back. It is still."""
        with self.controls.moved({**values, **more}):
            return replace(self.answer, still=True)

    def refresh(self) -> None:
        """Answer anew where the sliders stand: something else that the answer depends on has changed."""
        answer = self._answered()
        if isinstance(answer, Answer):
            self._view.show(answer)
        else:
            self._view.refuse(answer)

    def _answered(self) -> Answer | ValueError:
        """The answer where the sliders stand, or why there is none."""
        try:
            return self.question.answer_at(self.controls.values)
        except ValueError as problem:
            return problem

    def bundle(self, whole: ipywidgets.Widget) -> dict[str, Any]:
        """What a notebook keeps of `whole`, a page that this panel's widget is a part of."""
        return live_bundle(whole, self._view.shown, repr(self))

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return self.bundle(self.widget)

    def __repr__(self) -> str:
        shown = self._view.shown
        return f"Panel: {shown.plain_sentence if isinstance(shown, Answer) else why_refused(shown)}"


def _first(question: Question[Any]) -> Answer | ValueError:
    try:
        return question.answer
    except ValueError as problem:
        return problem
