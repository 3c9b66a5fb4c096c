"""Further answers of workbook 04: bad draws as stories, what a customer may cost, presets, and sources."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from ownchannel.assumptions import Assumption
from ownchannel.charts.plan_risk import scenarios_side_by_side
from ownchannel.formats import count, listed, money, percent
from ownchannel.panels.answer import Answer
from ownchannel.panels.rent_or_own_answer import LIVE_DRAWS, in_months
from ownchannel.scenarios.break_even import break_even_cac
from ownchannel.scenarios.calibrate import Calibration
from ownchannel.scenarios.compare import compare
from ownchannel.scenarios.events import Event
from ownchannel.scenarios.plan import Plan
from ownchannel.scenarios.presets import PRESETS
from ownchannel.scenarios.project import project
from ownchannel.scenarios.simulate import simulate

_HAPPENED = {
    "suspension": "{} suspends you",
    "private_label": "{} sells a product of its own",
    "fee_rise": "{} raises its fee",
    "ad_loss": "{} loses its advertising account",
}

#: Stories that are told, and unlucky numbers in each.
_STORIES, _NUMBERS = 5, 2


def worst_stories(plan: Plan, draws: int = LIVE_DRAWS, seed: int = 0) -> Answer:
    """The worst draws, opened: what happened in each, and which of its numbers were unlucky."""
    found = simulate(plan, draws, seed)
    rows = []
    for draw in found.worst()[:_STORIES]:
        its_plan, events = found.draw(int(draw))
        rows.append(
            {
                "Worth today": money(project(its_plan, events).npv, plan.currency),
                "What happens": _story(events),
                "What turns out otherwise": _unlucky(plan, its_plan),
            }
        )
    worst, expected = (money(value, plan.currency) for value in (found.npv.min(), found.npv.mean()))
    return Answer(
        f"The worst of {draws:,} draws is worth **{worst}** where {expected} is expected. These are the "
        f"{len(rows)} worst, as stories.",
        table=pd.DataFrame(rows),
    )


def what_a_customer_may_cost(plan: Plan) -> Answer:
    """How much dearer customers of the own stores may become before the plan is no better than today."""
    found = break_even_cac(plan)
    if found.verdict == "any":
        sentence = "This plan is worth what today is, **whatever** a customer costs."
    elif found.multiple is None:
        better = simulate(plan, LIVE_DRAWS).npv.mean() > simulate(plan.today(), LIVE_DRAWS).npv.mean()
        side = "better" if better else "worse"
        sentence = f"This plan is **{side}** than today whatever a customer of your own store costs."
    else:
        change = "dearer" if found.multiple > 1 else "cheaper"
        sentence = (
            f"The plan is worth what today is if a customer of your own store costs **{found.multiple:.2f} "
            f"times** what you entered: {percent(abs(found.multiple - 1))} {change}."
        )
    rows = [
        {
            "Channel": name,
            "A customer costs, as entered": money(plan.channel(name).cac, plan.currency, 2),
            "At break-even": ""
            if found.multiple is None
            else money(found.multiple * plan.channel(name).cac, plan.currency, 2),
            "The last one at this budget": money(marginal, plan.currency, 2),
        }
        for name, marginal in found.marginal.items()
    ]
    return Answer(sentence, table=pd.DataFrame(rows) if rows else None)


def presets_compared(moved: float = 0.2) -> Answer:
    """Five typical brands, each with a fifth of its budget moved to its own store."""
    plans = {}
    for name, make in PRESETS.items():
        today = make().today()
        share = min(1.0, today.owned_share_of_growth_budget + moved)
        plans[name] = today.with_values({"owned_share_of_growth_budget": share})
    table = compare(plans, LIVE_DRAWS)
    pays = [str(name) for name, month in table["payback_month"].items() if month < float("inf")]
    shown = pd.DataFrame(
        {
            "Brand": list(table.index),
            "Year 1 against today": [money(value, "USD") for value in table["first_year"]],
            "Pays back in month": [in_months(value) for value in table["payback_month"]],
            "Rented": [percent(value) for value in table["marketplace_share"]],
            "At risk in a bad year": [money(value, "USD") for value in table["revenue_at_risk"]],
        }
    )
    named = listed(pays) if pays else "none of them"
    return Answer(
        f"The same move of {100 * moved:g} points pays back for **{len(pays)} of {len(table)}**: {named}.",
        charts=(scenarios_side_by_side(table, "USD"),),
        table=shown,
    )


def calibrated(found: Calibration) -> Answer:
    """Where each number of the plan comes from: measured with its range, or the plan's own."""
    fields = found.fields
    measured = fields[fields["confidence"] == "measured"]
    numbers, currency = found.plan.numbers(), found.plan.currency
    rows = [
        _measured_row(row, numbers[path][1] if (path := str(row.path)) in numbers else None, currency)
        for row in measured.itertuples()
    ]
    others = len(fields) - len(measured)
    return Answer(
        f"**{count(len(measured), 'number')}** of the plan were measured in your orders; the other {others} "
        "are assumptions or your own, each with its source behind the ? of its slider.",
        table=pd.DataFrame(rows) if rows else None,
        notes=found.notes,
    )


def _measured_row(row: Any, mark: Assumption | None, currency: str) -> dict[str, str]:
    """What was measured, as texts; a season or a model has no declaration."""

    def read(value: float) -> str:
        return f"{value:.3g}" if mark is None else mark.reading(float(f"{value:.4g}"), currency)

    return {
        "Number": _called(row.path, mark),
        "Value": read(row.value),
        "95% range": f"{read(row.low)} to {read(row.high)}" if pd.notna(row.low) else "",
        "Where it comes from": row.source,
    }


def _story(events: Sequence[Event]) -> str:
    if not events:
        return "Nothing: its numbers alone make it one of the worst."
    told = [f"month {event.month}: {_HAPPENED[event.kind].format(event.channel)}" for event in events]
    text = "; ".join(told[:_STORIES])
    more = len(told) - _STORIES
    return text[0].upper() + text[1:] + (f"; and {more} more." if more > 0 else ".")


def _unlucky(plan: Plan, drawn: Plan) -> str:
    """The uncertain numbers that lie farthest from the plan's, against their range."""
    numbers = plan.numbers()

    def distance(path: str) -> float:
        low, high = plan.uncertain[path]
        return abs(drawn.get(path) - plan.get(path)) / (high - low)

    told = []
    for path in sorted(plan.uncertain, key=distance, reverse=True)[:_NUMBERS]:
        mark = numbers[path][1]
        value = mark.reading(float(f"{drawn.get(path):.3g}"), plan.currency)
        told.append(f"{_called(path, mark)}: {value}")
    return "; ".join(told) or "Nothing is uncertain."


def _called(path: str, mark: Assumption | None) -> str:
    """A number as one calls it, with its channel; a month of the season and a model have no declaration."""
    channel, _, name = path.removeprefix("channels.").rpartition(".")
    if mark is not None:
        return f"{mark.label}, {channel}" if channel else mark.label
    if channel == "seasonality":
        return f"Season, {name}"
    return f"{name.replace('purchase_model', 'Repeat orders in 12 months')}, {channel}"
