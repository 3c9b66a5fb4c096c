"""A panel of three sliders under a bar of saved plans: its source is the one code cell of a toy notebook."""

import os
from typing import Annotated, Any

import plotly.graph_objects as go

from ownchannel.answers import Answer, Question
from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.charts import Chart
from ownchannel.panels import Panel
from ownchannel.panels._answer_view import LiveText
from ownchannel.panels._scenario_bar import ScenarioBar
from ownchannel.scenarios import PRESETS, Plan, ScenarioLibrary, preset
from ownchannel.workspace import Workspace

BASE = preset("Balanced brand")
PATHS = {
    "repeat_rate": "channels.Own store.repeat_rate",
    "discount_rate": "discount_rate",
    "cash": "cash",
}


def _number(label: str, most: float, step: float) -> Assumption:
    return Assumption(
        label=label,
        unit="number",
        valid=(0, most),
        slider=(0, most),
        plausible=(0, most),
        step=step,
        help="A number of the plan.",
        source="A toy",
        confidence="assumption",
    )


class Settings(Assumptions):
    """Three numbers of a plan."""

    repeat_rate: Annotated[float, _number("Repeat rate", 0.5, 0.01)] = 0.2
    discount_rate: Annotated[float, _number("Discount rate", 0.5, 0.01)] = 0.1
    cash: Annotated[float, _number("Cash", 1_000_000, 1_000)] = 50_000


def sentence(settings: Settings) -> str:
    """The three numbers in words."""
    return f"Repeat {settings.repeat_rate}, discount {settings.discount_rate}, cash {settings.cash:,.0f}."


def settings_of(plan: Plan) -> dict[str, Any]:
    """A plan's values of the three sliders."""
    return {name: plan.get(path) for name, path in PATHS.items()}


def answer(settings: Settings) -> Answer:
    """The sentence, and a chart."""
    bars = go.Figure(go.Bar(x=list(PATHS), y=[settings.repeat_rate, settings.discount_rate, settings.cash]))
    return Answer(sentence(settings), charts=(Chart(bars, "Three numbers."),))


panel = Panel(Question(Settings(), answer, "USD"))
side_by_side = LiveText(html="<p>No comparison.</p>")


def current() -> Plan:
    """The plan as the sliders stand."""
    settings = panel.controls.value
    return BASE.with_values({path: getattr(settings, name) for name, path in PATHS.items()})


def show(plan: Plan) -> None:
    """Move the sliders to a plan."""
    panel.set(**settings_of(plan))


def compare(plans: dict[str, Plan]) -> None:
    """A line a plan."""
    lines = (f"<p>{name}: {sentence(Settings(**settings_of(plan)))}</p>" for name, plan in plans.items())
    side_by_side.html = "".join(lines) or "<p>No comparison.</p>"


bar = ScenarioBar(ScenarioLibrary(Workspace()), PRESETS, current, show, compare)
bar.open_page(os.environ)
