"""A panel of three sliders under a bar of saved plans: its source is the one code cell of a toy notebook."""

import os
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from ownchannel.answers import Answer, Question
from ownchannel.assumptions import Assumption
from ownchannel.charts import Chart
from ownchannel.panels import ScenarioPanel
from ownchannel.scenarios import PRESETS, Plan, preset
from ownchannel.workspace import Workspace

REPEAT, DISCOUNT, CASH = "channels.Own store.repeat_rate", "discount_rate", "cash"
BASE = preset("Balanced brand").with_values({REPEAT: 0.2, DISCOUNT: 0.1, CASH: 50_000})


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


SLIDERS = {
    REPEAT: _number("Repeat rate", 0.5, 0.01),
    DISCOUNT: _number("Discount rate", 0.5, 0.01),
    CASH: _number("Cash", 1_000_000, 1_000),
}


def sentence(plan: Plan) -> str:
    """The three numbers in words."""
    repeat, discount, cash = map(plan.get, SLIDERS)
    return f"Repeat {repeat}, discount {discount}, cash {cash:,.0f}."


class Three:
    """Asks of three numbers of a plan, and tells those of the compared plans below."""

    start = BASE
    presets = PRESETS

    def __init__(self) -> None:
        self.compared: dict[str, Plan] = {}

    def question(self, plan: Plan) -> Question[Plan]:
        """A slider for each of the three."""
        sliders = {path: (plan.get(path), declared) for path, declared in SLIDERS.items()}
        return Question(plan, self.answer, "USD", sliders)

    def answer(self, plan: Plan) -> Answer:
        """The sentence, a chart, and a row for each compared plan."""
        bars = go.Figure(go.Bar(x=["Repeat", "Discount", "Cash"], y=[plan.get(path) for path in SLIDERS]))
        rows = [{"Plan": name, "Numbers": sentence(other)} for name, other in self.compared.items()]
        return Answer(
            sentence(plan),
            charts=(Chart(bars, "Three numbers."),),
            table=pd.DataFrame(rows) if rows else None,
        )

    def compare(self, plans: Mapping[str, Plan]) -> None:
        """Tell the numbers of these from now on."""
        self.compared = dict(plans)


screen = ScenarioPanel(Three(), Workspace(), environ=os.environ)
