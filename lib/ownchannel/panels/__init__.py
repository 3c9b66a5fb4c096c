"""Sliders from declarations, bound live to an answer: the only room that knows widgets."""

from ownchannel.panels._answer_view import AnswerView
from ownchannel.panels._first_screens import FirstScreens, first_screens
from ownchannel.panels._opening import Opening
from ownchannel.panels._page import Page
from ownchannel.panels._panel import Panel
from ownchannel.panels._scenario_bar import ScenarioPanel

__all__ = [
    "AnswerView",
    "FirstScreens",
    "Opening",
    "Page",
    "Panel",
    "ScenarioPanel",
    "first_screens",
]
