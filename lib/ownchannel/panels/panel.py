"""A workbook's panel: sliders on the left, the answer on the right, which follows every move in place."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any, Generic

from ownchannel.assumptions import why_refused
from ownchannel.panels.answer import Answer
from ownchannel.panels.controls import Controls, Settings
from ownchannel.panels.live_figure import LiveFigure
from ownchannel.panels.view import AnswerView, box, live_bundle


class Panel(Generic[Settings]):
    """Sliders for `settings`, and what `answer` makes of them: its sentence, numbers, charts and table.

    Displaying a panel shows it. Where the settings, or `answer`, raise ValueError, the panel shows that
    sentence until the next move. The first answer fixes the number of charts. Settings that are `hidden` have
    no slider, and can be set all the same.

    >>> from ownchannel.marketplace.economics import Economics
    >>> def kept(costs):
    ...     return Answer(f"You keep **${100 * (1 - costs.marketplace_fee_rate):.0f}** of $100.")
    >>> panel = Panel(Economics(), kept, "USD")
    >>> panel.at(marketplace_fee_rate=0.1)
    You keep $90 of $100.
    >>> panel
    Panel: You keep $85 of $100.
    """

    def __init__(
        self,
        settings: Settings,
        answer: Callable[[Settings], Answer],
        currency: str,
        hidden: Collection[str] = (),
    ) -> None:
        self._compute = answer
        self.settings = settings
        self.currency = currency
        self.hidden = hidden
        self.controls: Controls[Settings] = Controls(settings, currency, hidden)
        self._view = AnswerView(self._answered())
        self._whole = box([self.controls, self._view.widget], "oc-panel")
        self.controls.on_change(self._follow)

    @property
    def figures(self) -> list[LiveFigure]:
        """The charts on the page, in their order."""
        return self._view.figures

    @property
    def answer(self) -> Answer:
        """The answer that the panel shows; raises the ValueError that stands in its place, if one does."""
        if isinstance(self._view.shown, ValueError):
            raise self._view.shown
        return self._view.shown

    def set(self, **values: float) -> None:
        """Move some sliders, all at once."""
        self.controls.set(**values)

    def reset(self) -> None:
        """Put every slider back to where it stood at first."""
        self.controls.reset()

    def at(self, **values: float) -> Answer:
        """The answer with some sliders moved: they really move, are read, and go back."""
        before = self.controls.values
        try:
            self.set(**values)
            return self.answer
        finally:
            self.controls.values = before

    def _follow(self) -> None:
        answer = self._answered()
        if isinstance(answer, Answer):
            self._view.show(answer)
        else:
            self._view.refuse(answer)

    def _answered(self) -> Answer | ValueError:
        """The answer with a note for each setting that its source calls unlikely, or why there is none."""
        try:
            settings = self.controls.value
            answer = self._compute(settings)
        except ValueError as problem:
            return problem
        return replace(answer, notes=answer.notes + tuple(settings.unlikely(self.currency)))

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return live_bundle(self._whole, self._view.shown, repr(self))

    def __repr__(self) -> str:
        shown = self._view.shown
        return f"Panel: {shown.plain_sentence if isinstance(shown, Answer) else why_refused(shown)}"
