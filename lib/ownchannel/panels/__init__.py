"""Sliders from declarations, bound live to an answer: the only room that knows widgets."""

from ownchannel.panels.answer import Answer
from ownchannel.panels.panel import Panel

__all__ = ["Answer", "Panel"]
