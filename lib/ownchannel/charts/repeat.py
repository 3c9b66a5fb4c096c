"""Pictures of what happens if customers came back more, or sooner."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ownchannel.charts.theme import NOTE, OWNED, Chart, label_lines
from ownchannel.formats import money
from ownchannel.outreach.repeat import DAYS_A_MONTH, Floats, Gain, Habit

#: What is yours is cool; paler is what only comes earlier, green what friends bring.
MORE, EARLIER, FRIENDS = OWNED, "#56B4E9", "#009E73"

#: Years in which a customer's repeat orders come to their end on the picture.
_YEARS = 5


def repeat_revenue(gain: Gain, order_value: float, currency: str) -> Chart:
    """Revenue of repeat orders month by month, as things are and after the change."""
    months = list(range(1, len(gain.before) + 1))
    before, after = gain.before * order_value, gain.after * order_value
    lines = [
        _line("As today", months, before.tolist(), NOTE, dash="dot"),
        _line("Changed", months, after.tolist(), OWNED),
    ]
    layout = {
        "height": 320,
        "hovermode": "x unified",
        "xaxis": {"title": {"text": "Month from now"}, "dtick": 3, "tick0": 0},
        "yaxis": _axis(currency) | {"rangemode": "tozero"},
    }
    caption = (
        f"Revenue of repeat orders by month, from customers who are new from now on; in month {months[-1]}: "
        f"{money(before[-1], currency)} as today, {money(after[-1], currency)} changed."
    )
    return Chart(label_lines(go.Figure(lines, layout)), caption)


def more_and_earlier(gain: Gain, order_value: float, currency: str) -> Chart:
    """The gain of each month in two parts: orders that are more, and orders that only come earlier."""
    months = list(range(1, len(gain.before) + 1))
    more, earlier = gain.more * order_value, gain.earlier * order_value
    parts = [
        {"type": "bar", "name": name, "x": months, "y": values.tolist(), "marker": {"color": colour}}
        for name, values, colour in (("More", more, MORE), ("Only earlier", earlier, EARLIER))
    ]
    layout = {
        "height": 300,
        "barmode": "stack",
        "bargap": 0.2,
        "hovermode": "x unified",
        "xaxis": {"title": {"text": "Month from now"}, "dtick": 3, "tick0": 0},
        "yaxis": _axis(currency),
    }
    return Chart(go.Figure(parts, layout), _gain_in_words(more, earlier, currency))


def _gain_in_words(more: Floats, earlier: Floats, currency: str) -> str:
    last, peak = len(more), int(np.argmax(earlier))
    told = ["The gain of each month."]
    if more.any():
        told.append(f"More, from the higher rate: {money(more[-1], currency)} in month {last}.")
    if earlier.any():
        told.append(
            f"Only earlier, from the shorter interval: {money(earlier[peak], currency)} at most, in month "
            f"{peak + 1}, and {money(earlier[-1], currency)} in month {last}, falling towards nothing."
        )
    return " ".join(told)


def repeats_by_age(habits: Mapping[str, Habit]) -> Chart:
    """Repeat orders by 100 new customers, added up over five years, a line for each habit."""
    months = np.arange(0, 12 * _YEARS + 1)
    looks = [(NOTE, "dot"), (EARLIER, "dash"), (MORE, "solid")]
    lines = [
        _line(name, months.tolist(), (100 * habit.repeats(months * DAYS_A_MONTH)).tolist(), colour, dash)
        for (name, habit), (colour, dash) in zip(habits.items(), looks, strict=True)
    ]
    layout = {
        "height": 320,
        "hovermode": "x unified",
        "xaxis": {"title": {"text": "Months since the first order"}, "dtick": 12},
        "yaxis": {"tickformat": ",.0f", "rangemode": "tozero"},
    }
    ends = ", ".join(f"{name.lower()} {100 * habit.in_the_end:.0f}" for name, habit in habits.items())
    caption = f"Repeat orders by 100 new customers, added up; in the end: {ends}."
    return Chart(label_lines(go.Figure(lines, layout), height=230), caption)


def kinds_of_customer(names: Sequence[str], own: Floats, friends: Floats, currency: str) -> Chart:
    """What each kind of customer brings in two years: by own orders, and by those of friends."""
    totals = own + friends
    parts = [
        _bars("Own orders", names, own, OWNED),
        _bars("Friends' orders", names, friends, FRIENDS)
        | {"text": [money(total, currency) for total in totals], "textposition": "outside"},
    ]
    layout = {
        "height": 120 + 46 * len(names),
        "barmode": "relative",
        "xaxis": _axis(currency) | {"range": [1.2 * min(0.0, *totals), 1.2 * max(0.0, *totals)]},
        "yaxis": {"autorange": "reversed"},
    }
    told = ", ".join(
        f"{name[:1].lower()}{name[1:]} {money(total, currency)}"
        for name, total in zip(names, totals, strict=True)
    )
    return Chart(go.Figure(parts, layout), f"Revenue that a customer brings in two years: {told}.")


def _bars(name: str, rows: Sequence[str], values: Floats, colour: str) -> dict[str, object]:
    return {
        "type": "bar",
        "name": name,
        "orientation": "h",
        "y": list(rows),
        "x": values.tolist(),
        "marker": {"color": colour},
    }


def _line(
    name: str, x: Sequence[int], y: Sequence[float], colour: str, dash: str = "solid"
) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "dash": dash},
    }


def _axis(currency: str) -> dict[str, object]:
    return {"tickprefix": money(0, currency).rstrip("0"), "tickformat": ",.0f"}
