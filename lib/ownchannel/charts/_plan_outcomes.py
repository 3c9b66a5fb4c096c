"""Pictures of what a plan leaves: for each split of its budget, month by month, and of an order."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ownchannel.charts._theme import NOTE, OWNED, Chart, channel_colours
from ownchannel.formats import count, money, percent

#: Names that stand closer than this, as a share of the plot, are set to either side of their places.
_CLOSE_ACROSS, _CLOSE_UPWARDS = 0.25, 0.08


def frontier_chart(frontier: pd.DataFrame, here: float, today: float, currency: str) -> Chart:
    """Expected NPV, and its mean in the worst 5% of draws, against the marketplace share of revenue.

    `frontier` has the columns `owned_share, npv, cvar, marketplace_share`, by rising owned share of the
    growth budget; `here` and `today` are two such shares, the plan's and today's, marked on the lines.

    >>> splits = {"owned_share": [0, 1], "npv": [90_000, 60_000], "cvar": [0, 20_000]}
    >>> table = pd.DataFrame(splits | {"marketplace_share": [0.9, 0.5]})
    >>> frontier_chart(table, here=0.5, today=0, currency="USD").caption[:82]
    'You: 70% of revenue through marketplaces, expected NPV $75,000, and $10,000 in the'
    """
    line = _Frontier(*(frontier[column].tolist() for column in _Frontier._fields))
    left, right = min(line.marketplace_share), max(line.marketplace_share)
    low, high = min(*line.npv, *line.cvar), max(*line.npv, *line.cvar)
    border = 0.08 * (high - low or abs(high) or 1)
    margin = 0.02 * (right - left or 1)
    you, as_today = line.at(here), line.at(today)
    if you == as_today:
        marks = [_mark("You, as today", you, high + border, OWNED, "top center")]
    else:
        sides = _above(you.rented, as_today.rented, right - left)
        marks = [
            _mark("Today's split", as_today, high + border, NOTE, sides[1]),
            _mark("You", you, high + border, OWNED, sides[0]),
        ]
    rented = line.marketplace_share[::-1]  # the names stand where least is owned, at the right
    sides = _beside(line.npv[0], line.cvar[0], high - low)
    lines = [
        _line("Expected NPV", rented, line.npv[::-1], OWNED, side=sides[0]),
        _line("Mean of worst 5%", rented, line.cvar[::-1], NOTE, dash="dash", side=sides[1]),
    ]
    layout = {
        "height": 360,
        "showlegend": False,
        "margin": {"t": 36, "r": 160},
        "xaxis": {
            "title": {"text": "Share of revenue through marketplaces"},
            "tickformat": ".0%",
            "range": [left - margin, right + margin],
        },
        "yaxis": _money_axis("NPV", currency) | {"range": [low - border, high + border]},
    }
    return Chart(
        {"data": [*lines, *marks], "layout": layout}, _frontier_in_words(line, you, as_today, currency)
    )


class _Split(NamedTuple):
    """One split of the growth budget: what is rented, what it leaves, and leaves in the worst draws."""

    rented: float
    npv: float
    cvar: float


class _Frontier(NamedTuple):
    owned_share: list[float]
    marketplace_share: list[float]
    npv: list[float]
    cvar: list[float]

    def at(self, owned_share: float) -> _Split:
        shares, *columns = self
        return _Split(*(float(np.interp(owned_share, shares, column)) for column in columns))


def _mark(name: str, split: _Split, top: float, colour: str, side: str) -> dict[str, Any]:
    """A name above the plot, and a line down from it through both values."""
    return {
        "type": "scatter",
        "name": name,
        "mode": "lines+markers+text",
        "x": [split.rented] * 3,
        "y": [top, split.npv, split.cvar],
        "text": [f" <b>{name}</b> ", "", ""],
        "textposition": side,
        "cliponaxis": False,
        "line": {"color": colour, "width": 1.5, "dash": "dot"},
        "marker": {
            "color": colour,
            "size": [0, 13, 13],
            "opacity": 1,
            "line": {"color": "white", "width": 2},
        },
    }


def _frontier_in_words(line: _Frontier, you: _Split, today: _Split, currency: str) -> str:
    best = line.at(line.owned_share[int(np.argmax(line.npv))])
    least = line.at(line.owned_share[int(np.argmin(line.marketplace_share))])
    told = [
        f"You: {percent(you.rented)} of revenue through marketplaces, expected NPV "
        f"{money(you.npv, currency)}, and {money(you.cvar, currency)} in the worst 5% of draws."
    ]
    if you != today:
        told.append(f"Today's split: {percent(today.rented)}, {money(today.npv, currency)}.")
    if best.npv - you.npv < 1:
        told.append("No other split of the budget is expected to leave more.")
    elif best.rented > you.rented:
        given_up, points = money(best.npv - you.npv, currency), 100 * (best.rented - you.rented)
        told.append(
            f"You give up {given_up} for a marketplace share {points:.1f} points smaller than where the most "
            "is left."
        )
    else:
        more, smaller = money(best.npv - you.npv, currency), percent(best.rented)
        told.append(f"A smaller share is expected to leave {more} more: {smaller} through marketplaces.")
    if best.npv - least.npv >= 1 and least != you:
        given_up = money(best.npv - least.npv, currency)
        told.append(f"The smallest share, {percent(least.rented)}, would give up {given_up}.")
    return " ".join(told)


def npv_fan(bands: pd.DataFrame, today: "pd.Series[float] | None", currency: str) -> Chart:
    """NPV to date by month: the median, half of the draws and eight in ten of them, and today's median.

    `bands` has months 0, 1, … as its index and the levels 0.1, 0.25, 0.5, 0.75, 0.9 as its columns; `today`
    is the median of things as they are, by the same months.

    >>> bands = pd.DataFrame({0.1: [0, 1], 0.25: [0, 4], 0.5: [0, 6], 0.75: [0, 8], 0.9: [0, 11]})
    >>> npv_fan(1000 * bands, None, "USD").caption[:71]
    'NPV to date. After 1 month the median is $6,000; half of the draws lie '
    """
    months = bands.index.tolist()
    level = {share: bands[share].tolist() for share in (0.1, 0.25, 0.5, 0.75, 0.9)}
    end = {share: money(values[-1], currency) for share, values in level.items()}
    told = (
        f"NPV to date. After {count(months[-1], 'month')} the median is {end[0.5]}; half of the draws lie "
        f"from {end[0.25]} to {end[0.75]} (the darker band), 8 in 10 from {end[0.1]} to {end[0.9]}"
    )
    fan = [_band("8 in 10", months, level[0.1], level[0.9]), _band("Half", months, level[0.25], level[0.75])]
    if today is None:
        lines = [_line("Plan's median", months, level[0.5], OWNED, side="middle right")]
    else:
        as_today = today.tolist()
        told += f". Things as they are: {money(as_today[-1], currency)}"
        sides = _beside(level[0.5][-1], as_today[-1], max(level[0.9]) - min(level[0.1]))
        lines = [
            _line("Today's median", months, as_today, NOTE, dash="dot", side=sides[1]),
            _line("Plan's median", months, level[0.5], OWNED, side=sides[0]),
        ]
    layout = {
        "height": 340,
        "showlegend": False,
        "hovermode": "x unified",
        "margin": {"r": 140},
        "xaxis": {
            "title": {"text": "Month from now"},
            "range": [0, months[-1]],
            "dtick": 6 if len(months) <= 61 else 12,
            "tick0": 0,
        },
        "yaxis": _money_axis("NPV to date", currency),
    }
    return Chart({"data": [*fan, *lines], "layout": layout}, f"{told}.")


def _band(name: str, months: list[int], lower: list[float], upper: list[float]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": name,
        "x": months + months[::-1],
        "y": lower + upper[::-1],
        "fill": "toself",
        "fillcolor": OWNED,
        "opacity": 0.2,
        "mode": "none",
        "hoverinfo": "skip",
    }


def order_waterfall(breakdowns: Mapping[str, pd.DataFrame], kinds: Sequence[str], currency: str) -> Chart:
    """From an order's price down to what it leaves, a column a channel, the parts one below the other.

    Each table has the columns `part, amount`: the price, what comes off it (negative), and as its last row
    their sum. Parts that are 0 on every channel are left out.

    >>> order = pd.DataFrame({"part": ["Price", "Goods", "Contribution"], "amount": [40.0, -12.5, 27.5]})
    >>> order_waterfall({"Shop": order}, ["owned"], "EUR").caption
    'What an order leaves: Shop €27.50 of €40.00, the largest cost goods with €12.50.'
    """
    orders = {
        name: dict(zip(table["part"].tolist(), map(float, table["amount"]), strict=True))
        for name, table in breakdowns.items()
    }
    rows, colours = _rows(list(orders.values())), channel_colours(kinds)
    traces = [
        _falling(name, {row: order.get(row, 0.0) for row in rows}, colour, currency)
        for (name, order), colour in zip(orders.items(), colours, strict=True)
    ]
    lowest = min(0.0, *(min(trace["base"]) for trace in traces))
    highest = max(sum(ends) for trace in traces for ends in zip(trace["base"], trace["x"], strict=True))
    layout: dict[str, Any] = {
        "height": 90 + 30 * len(rows),
        "showlegend": False,
        "bargap": 0.3,
        "yaxis": {"autorange": "reversed", "showgrid": False},
    }
    for place, (trace, colour) in enumerate(zip(traces, colours, strict=True), start=1):
        trace["xaxis"] = f"x{place}"
        layout[f"xaxis{place}"] = {
            "title": {"text": f'<b style="color:{colour}">—</b> {trace["name"]}'},
            "side": "top",
            "showticklabels": False,
            "ticks": "",
            "domain": [(place - 1) / len(traces), (place - 0.05) / len(traces)],
            # Room for the amounts, right of the bars: the more channels, the less there is.
            "range": [lowest, (1 + 0.15 * len(traces)) * highest],
        }
    told = "; ".join(_order_in_words(name, order, currency) for name, order in orders.items())
    return Chart({"data": traces, "layout": layout}, f"What an order leaves: {told}.")


def _rows(orders: Sequence[Mapping[str, float]]) -> list[str]:
    """Parts that come to a cent on some channel, in their order, and their sum at the end."""
    *_, left = orders[0]
    parts = dict.fromkeys(part for order in orders for part in order if part != left)
    return [part for part in parts if any(abs(order.get(part, 0.0)) >= 0.005 for order in orders)] + [left]


def _falling(name: str, amounts: Mapping[str, float], colour: str, currency: str) -> dict[str, Any]:
    """Bars that each begin where the one before ended; the last, their sum, begins at 0."""
    *steps, left = amounts.values()
    ends = [*accumulate(steps, initial=0.0)]
    pairs = [*pairwise(ends), (0.0, left)]
    costs = len(amounts) - 2
    return {
        "type": "bar",
        "name": name,
        "orientation": "h",
        "y": list(amounts),
        "base": [min(pair) for pair in pairs],
        "x": [max(pair) - min(pair) for pair in pairs],
        "marker": {"color": [colour, *[NOTE] * costs, colour], "opacity": [0.5, *[0.7] * costs, 1]},
        "text": [money(amount, currency, 2) if abs(amount) >= 0.005 else "" for amount in amounts.values()],
        "textposition": "outside",
        "hovertemplate": "%{y}: %{text}<extra>" + name + "</extra>",
    }


def _order_in_words(name: str, order: Mapping[str, float], currency: str) -> str:
    (_, price), *costs, (_, left) = order.items()
    told = f"{name} {money(left, currency, 2)} of {money(price, currency, 2)}"
    part, amount = min(costs, key=lambda cost: cost[1], default=("", 0.0))
    return (
        f"{told}, the largest cost {part.lower()} with {money(-amount, currency, 2)}" if amount < 0 else told
    )


def _line(
    name: str, x: list[Any], y: list[float], colour: str, *, dash: str = "solid", side: str
) -> dict[str, Any]:
    """A line with its name at its end, behind a dash of its colour."""
    return {
        "type": "scatter",
        "mode": "lines+text",
        "name": name,
        "x": x,
        "y": y,
        "text": [*[""] * (len(x) - 1), f' <b style="color:{colour}">—</b> {name}'],
        "textposition": side,
        "textfont": {"size": 13},
        "cliponaxis": False,
        "line": {"color": colour, "dash": dash},
    }


def _beside(one: float, other: float, span: float) -> tuple[str, str]:
    """Where the names of two lines stand that end at these heights, so that they never overlap."""
    if abs(one - other) > _CLOSE_UPWARDS * span:
        return "middle right", "middle right"
    return ("top right", "bottom right") if one >= other else ("bottom right", "top right")


def _above(one: float, other: float, span: float) -> tuple[str, str]:
    """Where two names above these places stand, so that they never overlap."""
    if abs(one - other) > _CLOSE_ACROSS * span:
        return "top center", "top center"
    return ("top left", "top right") if one < other else ("top right", "top left")


def _money_axis(title: str, currency: str) -> dict[str, Any]:
    return {"title": {"text": title}, "tickprefix": money(0, currency).rstrip("0"), "tickformat": ",.0f"}
