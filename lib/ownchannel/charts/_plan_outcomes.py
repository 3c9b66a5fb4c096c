"""Pictures of what a plan leaves: for each split of its budget, month by month, and of an order."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ownchannel.charts._theme import (
    NOTE,
    OWNED,
    Chart,
    band,
    channel_colours,
    flat_bars,
    line,
    money_axis,
    money_ticks,
)
from ownchannel.formats import count, money, percent

#: Names that stand closer than this, as a share of the plot, are set to either side of their places.
_CLOSE_ACROSS, _CLOSE_UPWARDS = 0.25, 0.08


def frontier_chart(
    frontier: pd.DataFrame, here: float, today: float, currency: str, when: str = "in the last year"
) -> Chart:
    """Expected value, and that in the worst 5% of outcomes, against the marketplace share of revenue.

    `frontier` has the columns `owned_share, npv, cvar, marketplace_share`, by rising owned share of the
    growth budget; `here` and `today` are two such shares, the plan's and today's, marked on the lines. `when`
    says of which year the marketplace share is.

    >>> splits = {"owned_share": [0, 1], "npv": [90_000, 60_000], "cvar": [0, 20_000]}
    >>> table = pd.DataFrame(splits | {"marketplace_share": [0.9, 0.5]})
    >>> frontier_chart(table, here=0.5, today=0, currency="USD").caption.partition(".")[0]
    'This plan: 70% of revenue through marketplaces in the last year, worth $75,000'
    """
    splits = _Frontier(*(frontier[column].tolist() for column in _Frontier._fields))
    left, right = min(splits.marketplace_share), max(splits.marketplace_share)
    low, high = min(*splits.npv, *splits.cvar), max(*splits.npv, *splits.cvar)
    border = 0.08 * (high - low or abs(high) or 1)
    margin = 0.02 * (right - left or 1)
    you, as_today = splits.at(here), splits.at(today)
    if you == as_today:
        marks = [_mark("As you are", you, high + border, OWNED, "top center")]
    else:
        sides = _above(you.rented, as_today.rented, right - left)
        marks = [
            _mark("Today's split", as_today, high + border, NOTE, sides[1]),
            _mark("This plan", you, high + border, OWNED, sides[0]),
        ]
    rented = splits.marketplace_share[::-1]  # the names stand where least is owned, at the right
    sides = _beside(splits.npv[0], splits.cvar[0], high - low)
    lines = [
        _named_line("Expected value", rented, splits.npv[::-1], OWNED, side=sides[0]),
        _named_line("Worst 5% of outcomes", rented, splits.cvar[::-1], NOTE, dash="dash", side=sides[1]),
    ]
    layout = {
        "height": 290,
        "showlegend": False,
        "margin": {"t": 30, "r": 180},
        "xaxis": {
            "title": {"text": f"Share of revenue through marketplaces {when}"},
            "tickformat": ".0%",
            "range": [left - margin, right + margin],
        },
        "yaxis": money_axis(currency, title={"text": "Value in today's money"})
        | {"range": [low - border, high + border], **money_ticks(currency, [low, high], from_zero=False)},
    }
    words = _frontier_in_words(splits, you, as_today, currency, when)
    return Chart({"data": [*lines, *marks], "layout": layout}, words)


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


def _frontier_in_words(splits: _Frontier, you: _Split, today: _Split, currency: str, when: str) -> str:
    best = splits.at(splits.owned_share[int(np.argmax(splits.npv))])
    least = splits.at(splits.owned_share[int(np.argmin(splits.marketplace_share))])
    words = [
        f"This plan: {percent(you.rented)} of revenue through marketplaces {when}, worth "
        f"{money(you.npv, currency)}."
    ]
    if you != today:
        words.append(f"Today's split: {percent(today.rented)}, worth {money(today.npv, currency)}.")
    missed = money(best.npv - you.npv, currency)
    if best.npv - you.npv < 1:
        words.append("No other split of the budget is expected to leave more.")
    elif best.rented > you.rented:
        words.append(f"You give up {missed} against the most profitable split ({percent(best.rented)}).")
    else:
        words.append(
            f"Down to {percent(best.rented)}, relying less on marketplaces would bring {missed} more."
        )
    if best.npv - least.npv >= 1 and least != you:
        given_up = money(best.npv - least.npv, currency)
        words.append(f"The smallest share, {percent(least.rented)}, would give up {given_up}.")
    return " ".join(words)


def npv_fan(bands: pd.DataFrame, today: "pd.Series[float] | None", currency: str) -> Chart:
    """Value to date by month: the median, half of the outcomes and 8 in 10 of them, and today's median.

    `bands` has months 0, 1, … as its index and the levels 0.1, 0.25, 0.5, 0.75, 0.9 as its columns; `today`
    is the median of things as they are, by the same months.

    >>> bands = pd.DataFrame({0.1: [0, 1], 0.25: [0, 4], 0.5: [0, 6], 0.75: [0, 8], 0.9: [0, 11]})
    >>> npv_fan(1000 * bands, None, "USD").caption.partition(";")[0]
    'After 1 month this plan is worth $6,000 so far (median)'
    """
    months = bands.index.tolist()
    level = {share: bands[share].tolist() for share in (0.1, 0.25, 0.5, 0.75, 0.9)}
    end = {share: money(values[-1], currency) for share, values in level.items()}
    caption = (
        f"After {count(months[-1], 'month')} this plan is worth {end[0.5]} so far (median); half of the "
        f"outcomes lie from {end[0.25]} to {end[0.75]} (the darker band), 8 in 10 from {end[0.1]} to "
        f"{end[0.9]}"
    )
    fan = [
        band("8 in 10", months, (level[0.1], level[0.9]), OWNED, opacity=0.2),
        band("Half", months, (level[0.25], level[0.75]), OWNED, opacity=0.2),
    ]
    if today is None:
        lines = [_named_line("This plan", months, level[0.5], OWNED, side="middle right")]
    else:
        as_today = today.tolist()
        caption += f". As you are: {money(as_today[-1], currency)}"
        sides = _beside(level[0.5][-1], as_today[-1], max(level[0.9]) - min(level[0.1]))
        lines = [
            _named_line("As you are", months, as_today, NOTE, dash="dot", side=sides[1]),
            _named_line("This plan", months, level[0.5], OWNED, side=sides[0]),
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
        "yaxis": money_axis(currency, title={"text": "Value so far, in today's money"})
        | money_ticks(currency, [*level[0.1], *level[0.9]]),
    }
    return Chart({"data": [*fan, *lines], "layout": layout}, f"{caption}.")


def order_waterfall(breakdowns: Mapping[str, pd.DataFrame], kinds: Sequence[str], currency: str) -> Chart:
    """From an order's price down to what it leaves, one column per channel, part below part.

    Each table has the columns `part, amount`: the price, what comes off it (negative), and as its last row
    their sum. Parts that are 0 on every channel are left out.

    >>> order = pd.DataFrame({"part": ["Price", "Goods", "Contribution"], "amount": [40.0, -12.5, 27.5]})
    >>> order_waterfall({"Shop": order}, ["owned"], "EUR").caption.partition(": ")[2]
    'Shop €27.50 of €40.00, the largest cost goods with €12.50.'
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
    each = "; ".join(_order_in_words(name, order, currency) for name, order in orders.items())
    caption = f"What an order leaves before the cost to win a customer: {each}."
    return Chart({"data": traces, "layout": layout}, caption)


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
    widths = [max(pair) - min(pair) for pair in pairs]
    texts = [money(amount, currency, 2) if abs(amount) >= 0.005 else "" for amount in amounts.values()]
    return flat_bars(name, list(amounts), widths, colour, texts) | {
        "base": [min(pair) for pair in pairs],
        "marker": {"color": [colour, *[NOTE] * costs, colour], "opacity": [0.5, *[0.7] * costs, 1]},
        "hovertemplate": "%{y}: %{text}<extra>" + name + "</extra>",
    }


def _order_in_words(name: str, order: Mapping[str, float], currency: str) -> str:
    (_, price), *costs, (_, left) = order.items()
    said = f"{name} {money(left, currency, 2)} of {money(price, currency, 2)}"
    part, amount = min(costs, key=lambda cost: cost[1], default=("", 0.0))
    largest = f", the largest cost {part.lower()} with {money(-amount, currency, 2)}"
    return said + largest if amount < 0 else said


def _named_line(
    name: str, x: list[Any], y: list[float], colour: str, *, dash: str = "solid", side: str
) -> dict[str, Any]:
    """A line with its name at its end, behind a dash of its colour."""
    return line(name, x, y, colour, dash) | {
        "mode": "lines+text",
        "text": [*[""] * (len(x) - 1), f' <b style="color:{colour}">—</b> {name}'],
        "textposition": side,
        "textfont": {"size": 13},
        "cliponaxis": False,
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
