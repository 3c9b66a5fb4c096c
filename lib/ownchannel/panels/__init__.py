"""Sliders from declarations, bound live to an answer: the only room that knows widgets."""

from ownchannel.panels.answer import Answer, Question
from ownchannel.panels.panel import Panel
from ownchannel.panels.view import AnswerView

__all__ = ["Answer", "AnswerView", "Panel", "Question"]
