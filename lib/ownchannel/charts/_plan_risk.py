"""Pictures of what a plan hangs on, a row each: its numbers, its marketplaces, and other scenarios."""

from collections.abc import Mapping, Sequence
from math import isnan
from textwrap import wrap
from typing import Any, NamedTuple

import pandas as pd

from ownchannel.charts._theme import (
    MARKETPLACE,
    NOTE,
    OWNED,
    Chart,
    flat_bars,
    line,
    money_axis,
    money_ticks,
    points,
)
from ownchannel.formats import money, percent

_LETTERS = 34  # of a row's name in one line


def tornado_chart(table: pd.DataFrame, base_npv: float, currency: str, most: int = 8) -> Chart:
    """Value if nothing goes wrong, with one number of the plan at its low and high end, the widest first.

    `table` has the columns `label, npv_low, npv_high, low_reading, high_reading`, widest first; a reading is
    the number as a person reads it. The `most` widest are shown.

    >>> turned = {"label": ["Repeat rate"], "npv_low": [70_000], "npv_high": [130_000]}
    >>> table = pd.DataFrame(turned | {"low_reading": ["20%"], "high_reading": ["36%"]})
    >>> tornado_chart(table, 100_000, "USD").caption.partition(" and ")[0]
    'If nothing goes wrong this plan is worth $100,000. Most depends on Repeat rate: $70,000 at 20%'
    """
    labels = table["label"].tolist()[:most]
    low = _Ends(table["npv_low"].tolist()[:most], table["low_reading"].tolist()[:most])
    high = _Ends(table["npv_high"].tolist()[:most], table["high_reading"].tolist()[:most])
    reached = [base_npv, *low.npv, *high.npv]
    least, largest = min(reached), max(reached)
    letters = max(map(len, (*low.readings, *high.readings)), default=4)
    room = 0.025 * letters * (largest - least or abs(base_npv) or 1)
    title = f"Value if nothing goes wrong; the line is this plan's, {money(base_npv, currency)}"
    layout = {
        "height": 110 + 42 * max(1, len(labels)),
        "barmode": "overlay",
        "showlegend": False,
        "xaxis": money_axis(currency, title={"text": title}, range=[least - room, largest + room])
        | money_ticks(currency, [least, largest]),
        "yaxis": _rows(labels),
        "shapes": [
            {"type": "line", "x0": base_npv, "x1": base_npv, "yref": "paper", "y0": 0, "y1": 1}
            | {"line": {"color": NOTE, "width": 1}}
        ],
    }
    traces = [
        _swing("Low end", labels, base_npv, low, opacity=0.45),
        _swing("High end", labels, base_npv, high, opacity=0.9),
        _readings(base_npv, low, high),
    ]
    return Chart({"data": traces, "layout": layout}, _tornado_in_words(labels, base_npv, low, high, currency))


class _Ends(NamedTuple):
    """For each row, the expected NPV at one end of its range, and that end as a person reads it."""

    npv: list[float]
    readings: list[str]


def _swing(name: str, labels: Sequence[str], base: float, ends: _Ends, *, opacity: float) -> dict[str, Any]:
    widths = [npv - base for npv in ends.npv]
    return flat_bars(name, range(len(labels)), widths, NOTE) | {
        "base": base,
        "marker": {"color": NOTE, "opacity": opacity},
        "customdata": list(zip(labels, ends.readings, ends.npv, strict=True)),
        "hovertemplate": "%{customdata[0]} %{customdata[1]}: %{customdata[2]:,.0f}<extra></extra>",
    }


def _readings(base: float, low: _Ends, high: _Ends) -> dict[str, Any]:
    """Each row's two readings, outside its bars even where both ends lie on the same side of the base."""
    places: list[float] = []
    texts: list[str] = []
    for one, other in zip(zip(*low, strict=True), zip(*high, strict=True), strict=True):
        (left, left_text), (right, right_text) = sorted((one, other))
        places += [min(left, base), max(right, base)]
        texts += [f"{left_text} ", f" {right_text}"]
    return {
        "type": "scatter",
        "mode": "text",
        "x": places,
        "y": [row for row in range(len(low.npv)) for _ in range(2)],
        "text": texts,
        "textposition": ["middle left", "middle right"] * len(low.npv),
        "textfont": {"size": 13},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _tornado_in_words(labels: Sequence[str], base: float, low: _Ends, high: _Ends, currency: str) -> str:
    expected = f"If nothing goes wrong this plan is worth {money(base, currency)}"
    if not labels:
        return f"{expected}; none of its numbers has a range."
    swings = [
        f"{label}: {money(at_low, currency)} at {lowest} and {money(at_high, currency)} at {highest}"
        for label, at_low, lowest, at_high, highest in zip(labels[:2], *low, *high, strict=False)
    ]
    return f"{expected}. Most depends on {'; then on '.join(swings)}. Paler: the low end of each range."


def dependence_now_and_then(
    now: pd.DataFrame, then: pd.DataFrame, called: tuple[str, str] = ("Today", "This plan")
) -> Chart:
    """The marketplaces' shares of revenue, contribution and orders, today and in the plan, one row each.

    Both tables have the measures as their index and a column `marketplace_share`; `called` says what each
    table is of. A measure whose share is not known in both (NaN, as of no repeat orders) is left out.

    >>> now = pd.DataFrame({"marketplace_share": [0.8]}, index=["revenue"])
    >>> dependence_now_and_then(now, now - 0.2).caption
    'Through marketplaces. Today: 80% of revenue. This plan: 60% of revenue.'
    """
    planned = then["marketplace_share"].to_dict()
    pairs = {
        str(measure): (today, planned[measure])
        for measure, today in now["marketplace_share"].to_dict().items()
        if not isnan(today + planned[measure])
    }
    rows = [measure.capitalize() for measure in pairs]
    ends = [place for pair in pairs.values() for place in (*pair, None)]
    names = [place for row in rows for place in (row, row, None)]
    between = line("", ends, names, NOTE) | {"line": {"color": NOTE, "width": 3}, "hoverinfo": "skip"}
    room = 0.15 + 0.03 * max(0, max(map(len, called)) - 9)  # for the shares, and the names before them
    hollow = {"color": "white", "line": {"color": NOTE, "width": 3}}
    layout = {
        "height": 90 + 44 * len(rows),
        "showlegend": False,
        "xaxis": {
            "title": {"text": "Share through marketplaces"},
            "tickformat": ".0%",
            "tick0": 0,
            "dtick": 0.25,
            "range": [min(0.0, *_flat(pairs)) - room, max(1.0, *_flat(pairs)) + room],
        },
        "yaxis": {"range": [len(rows) - 0.5, -0.5], "showgrid": False},
    }
    shares = [
        _shares(called[0], rows, list(pairs.values()), hollow, on_a_tie="left"),
        _shares(called[1], rows, [pair[::-1] for pair in pairs.values()], {"color": MARKETPLACE}),
    ]
    each = [
        ", ".join(f"{percent(pair[place])} of {measure}" for measure, pair in pairs.items())
        for place in (0, 1)
    ]
    caption = "Nothing is known of what goes through marketplaces."
    if pairs:
        caption = f"Through marketplaces. {called[0]}: {each[0]}. {called[1]}: {each[1]}."
    return Chart({"data": [between, *shares], "layout": layout}, caption)


def _flat(pairs: Mapping[str, tuple[float, float]]) -> list[float]:
    return [0.0, *(share for pair in pairs.values() for share in pair)]


def _shares(
    name: str,
    rows: Sequence[str],
    pairs: Sequence[tuple[float, float]],
    marker: dict[str, Any],
    on_a_tie: str = "right",
) -> dict[str, Any]:
    """Points at each pair's first share, written on the side away from the second; the first row is named."""
    texts = [percent(share) for share, _ in pairs]
    left = [share < other or (share == other and on_a_tie == "left") for share, other in pairs]
    return points(name, [share for share, _ in pairs], rows, {"size": 13} | marker) | {
        "mode": "markers+text",
        "text": [f" <b>{name}</b> {share} " for share in texts[:1]] + [f" {share} " for share in texts[1:]],
        "textposition": [f"middle {'left' if on_left else 'right'}" for on_left in left],
        "textfont": {"size": 13},
        "cliponaxis": False,
        "hovertemplate": "%{y}: %{x:.1%}<extra>" + name + "</extra>",
    }


def scenarios_side_by_side(table: pd.DataFrame, currency: str) -> Chart:
    """Each scenario's expected value, a bar from it down to that in its worst 5%, one row per scenario.

    `table` has one row per scenario, its name as the index, and the columns `npv, cvar, marketplace_share,
    revenue_at_risk`, the last two written below the name.

    >>> measures = {"npv": [90_000], "cvar": [20_000], "marketplace_share": [0.8], "revenue_at_risk": [9_000]}
    >>> scenarios_side_by_side(pd.DataFrame(measures, index=["As it is"]), "USD").caption[:80]
    'Expected value, and that in the worst 5% of outcomes: As it is $90,000 and $20,0'
    """
    names, npv, cvar = table.index.tolist(), table["npv"].tolist(), table["cvar"].tolist()
    rows = list(range(len(names)))
    least, largest = min(0.0, *cvar), max(0.0, *npv)
    room = 0.25 * (largest - least or 1)  # for the amounts
    expected, worst = ([money(value, currency) for value in values] for values in (npv, cvar))
    lengths = [high - low for high, low in zip(npv, cvar, strict=True)]
    down = flat_bars("", rows, lengths, OWNED) | {
        "base": cvar,
        "width": 0.3,
        "marker": {"color": OWNED, "opacity": 0.4},
        "hoverinfo": "skip",
    }
    sizes = [13] * len(names) + [6] * len(names)
    marker = {"color": OWNED, "size": sizes, "opacity": 1, "line": {"width": 0}}
    marks = points("", npv + cvar, rows * 2, marker) | {
        "mode": "markers+text",
        "text": [f" <b>{amount}</b>" for amount in expected] + [f"{amount} " for amount in worst],
        "textposition": ["middle right"] * len(names) + ["middle left"] * len(names),
        "textfont": {"size": 13},
        "cliponaxis": False,
        "customdata": ["Expected value"] * len(names) + ["In the worst 5%"] * len(names),
        "hovertemplate": "%{text}<extra>%{customdata}</extra>",
    }
    notes = [
        f"{percent(rented)} through marketplaces,<br>{money(risk, currency)} at risk"
        for rented, risk in zip(table["marketplace_share"], table["revenue_at_risk"], strict=True)
    ]
    layout = {
        "height": 100 + 76 * len(names),
        "showlegend": False,
        "xaxis": money_axis(
            currency,
            title={"text": "Expected value, down to that in the worst 5% of outcomes"},
            range=[least - room, largest + room],
        )
        | money_ticks(currency, [least, largest]),
        "yaxis": _rows(names, notes),
    }
    each = "; ".join(
        f"{name} {high} and {low}" for name, high, low in zip(names, expected, worst, strict=True)
    )
    caption = (
        f"Expected value, and that in the worst 5% of outcomes: {each}. Below each name: the share of the "
        "last year's revenue through marketplaces, and the revenue at risk in a bad year."
    )
    return Chart({"data": [down, marks], "layout": layout}, caption)


def _rows(names: Sequence[str], notes: Sequence[str] = ()) -> dict[str, Any]:
    """An axis with one row per name from the top down, long names in several lines, each with a note."""
    texts = ["<br>".join(wrap(name, _LETTERS)) for name in names]
    if notes:
        texts = [f"<b>{text}</b><br>{note}" for text, note in zip(texts, notes, strict=True)]
    return {
        "tickvals": list(range(len(names))),
        "ticktext": texts,
        "range": [len(names) - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
    }
