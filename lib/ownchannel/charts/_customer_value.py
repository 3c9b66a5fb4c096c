"""Pictures of what customers are worth, how well that was predicted, and who is still a customer."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from ownchannel.charts._theme import (
    MARKETPLACE,
    NOTE,
    OWNED,
    Chart,
    amounts_in_rows,
    band,
    channel_colours,
    error_bars,
    flat_bars,
    in_rows,
    label_lines,
    line,
    money_axis,
    money_ticks,
    over_time,
    points,
)
from ownchannel.clv import MOST_SHOWN, HoldOut
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import Worth
from ownchannel.orders import day

#: Tiles from pale to deep, all light enough for dark letters on them.
_PALE, _DEEP, _LETTERS = "#EAF2F8", "#56B4E9", "#1F2933"


def value_and_cost(worths: Sequence[Worth], horizon: int, currency: str) -> Chart:
    """What a new customer leaves on each channel with its 95% range, beside what winning one costs."""
    values = [worth.at_horizon("expected") for worth in worths]
    amounts = [money(value, currency, 2) for value in values]
    # The amounts stand beside the names, for ranges and costs lie on the bars.
    names = [f"{worth.channel} {amount}" for worth, amount in zip(worths, amounts, strict=True)]
    bars = flat_bars("A customer leaves", names, values, _colours(worths)) | {"showlegend": False}
    known = [place for place, worth in enumerate(worths) if worth.has_range]
    ends = [[worths[place].at_horizon(end) for place in known] for end in ("expected", "lower", "upper")]
    ranges = points(
        "95% range",
        ends[0],
        [names[place] for place in known],
        {"size": 1, "color": NOTE},
        error_x=error_bars(*ends),
        showlegend=False,
    )
    diamond = {"color": "white", "size": 13, "symbol": "diamond", "line": {"color": NOTE, "width": 3}}
    costs = points("Costs to win", [worth.cost for worth in worths], names, diamond)
    axis = money_axis(currency, rangemode="tozero")
    figure = in_rows([bars, ranges, costs], 120 + 52 * len(names), axis, showlegend=True)
    each = [
        f"{worth.channel} {amount} against {money(worth.cost, currency, 2)}"
        for worth, amount in zip(worths, amounts, strict=True)
    ]
    behind = [worth.channel for worth in worths if worth.kept < 0]
    if behind:
        finding = f"On {listed(behind)} a new customer costs more than it leaves in {count(horizon, 'month')}"
    else:
        finding = f"A new customer leaves more in {count(horizon, 'month')} than it costs to win"
    lines = " Grey lines are 95% ranges." if known else ""
    return Chart(figure, f"{finding}: {', '.join(each)}.{lines}")


def paid_back(worths: Sequence[Worth], currency: str) -> Chart:
    """What a new customer has left less the cost to win one, month by month; paid back above zero."""
    lines = [
        line(worth.channel, worth.after_cost.index.tolist(), worth.after_cost.tolist(), colour)
        for worth, colour in zip(worths, _colours(worths), strict=True)
    ]
    values = [value for worth in worths for value in worth.after_cost.tolist()]
    axis = money_axis(currency, rangemode="tozero") | money_ticks(currency, values)
    figure = over_time(lines, "Months since the first order", yaxis=axis)
    each = [
        f"from {money(float(worth.after_cost.iloc[0]), currency, 2)} to {money(worth.kept, currency, 2)} on "
        f"{worth.channel}"
        for worth in worths
    ]
    caption = f"After the cost to win one, a new customer's worth goes {listed(each)}"
    return Chart(label_lines(figure), f"{caption}; above zero it is paid back.")


def _colours(worths: Sequence[Worth]) -> list[str]:
    """A colour for each channel, the same as where channels stand in the order of their names."""
    in_order = sorted(worths, key=lambda worth: worth.channel)
    wheel = channel_colours([worth.kind for worth in in_order])
    colours = {worth.channel: colour for worth, colour in zip(in_order, wheel, strict=True)}
    return [colours[worth.channel] for worth in worths]


def left_by_source(names: Sequence[str], left: Sequence[float], horizon: int, currency: str) -> Chart:
    """What a new customer leaves as each source of the repeat rate has it, one bar each.

    >>> left_by_source(["Keys", "Report"], [17.8, 13.7], 24, "USD").caption
    'A new customer leaves in 24 months: Keys $17.80, Report $13.70.'
    """
    colours = [MARKETPLACE, *[NOTE] * (len(names) - 1)]
    title = f"A new customer leaves in {horizon} months"
    return amounts_in_rows("A customer leaves", names, left, colours, currency, title=title)


def tracking_by_week(tested: HoldOut) -> Chart:
    """Repeat purchases week by week, as they came and as the model expected them."""
    chart = _tracking(tested, "actual", "expected")
    caption = f"Repeat purchases per week; after {day(tested.split)} the model had to predict them."
    return Chart(chart, caption)


def tracking_in_all(tested: HoldOut) -> Chart:
    """Repeat purchases added up, as they came and as the model expected them."""
    last = tested.tracking.iloc[-1]
    caption = (
        f"Repeat purchases added up by {day(tested.until)}: {last['actual_in_all']:,.0f} came, and "
        f"{last['expected_in_all']:,.0f} were predicted by a model that saw none after {day(tested.split)}."
    )
    return Chart(_tracking(tested, "actual_in_all", "expected_in_all"), caption)


def _tracking(tested: HoldOut, actual: str, expected: str) -> go.Figure:
    weeks = [moment.date() for moment in tested.tracking["week_ends"]]
    lines = [
        line("Actual", weeks, tested.tracking[actual].tolist(), NOTE),
        line("Predicted", weeks, tested.tracking[expected].tolist(), OWNED, dash="dash"),
    ]
    yaxis = {"rangemode": "tozero", "tickformat": ",.0f"}
    figure = label_lines(over_time(lines, "", height=300, yaxis=yaxis))
    split, grey = tested.split, {"color": NOTE, "width": 1}
    figure.add_shape(type="line", x0=split, x1=split, yref="paper", y0=0, y1=1, line=grey)
    at_top = {"y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "xshift": 4}
    words, place = "predicted from here", split.isoformat()
    return figure.add_annotation(text=words, x=place, xref="x", **at_top, showarrow=False)


def by_frequency(tested: HoldOut) -> Chart:
    """Purchases after the split by how often customers had returned before: as they came, and predicted."""
    table = tested.by_frequency
    groups = [f"{often}+" if often == MOST_SHOWN else f"{often}" for often in table.index]
    bars = [
        {
            "type": "bar",
            "name": name,
            "x": groups,
            "y": table[column].tolist(),
            "marker": {"color": colour},
            "customdata": table["customers"].tolist(),
            "hovertemplate": "%{y:.2f} per customer, %{customdata:,} customers<extra>" + name + "</extra>",
        }
        for name, column, colour in (("Actual", "actual", NOTE), ("Predicted", "expected", OWNED))
    ]
    layout = {
        "height": 320,
        "barmode": "group",
        "xaxis": {"type": "category", "title": {"text": "Repeat orders before the prediction"}},
        "yaxis": {"title": {"text": "Purchases per customer"}, "rangemode": "tozero"},
    }
    once = table.iloc[0]
    caption = (
        f"In the {tested.weeks:.0f} weeks predicted, one-time buyers ordered {once['actual']:.2f} times; "
        f"{once['expected']:.2f} were predicted."
    )
    return Chart(go.Figure(bars, layout), caption)


def alive_map(alive: pd.DataFrame, channel: str, age: float) -> Chart:
    """The probability of still being a customer, by repeat purchases and weeks since the last.

    `alive` has a row for each number of weeks since the last purchase, a column for each frequency.
    """
    tiles = {
        "type": "heatmap",
        "name": "P(alive)",
        "z": alive.round(3).to_numpy().tolist(),
        "x": [f"{often}" for often in alive.columns],
        "y": [f"{weeks:g}" for weeks in alive.index],
        "zmin": 0,
        "zmax": 1,
        "xgap": 1,
        "ygap": 1,
        "colorscale": [[0, _PALE], [1, _DEEP]],
        "textfont": {"color": _LETTERS},
        "colorbar": {"tickformat": ".0%", "thickness": 12, "outlinewidth": 0},
        "hovertemplate": "%{x} repeats, last %{y} weeks ago: %{z:.0%}<extra></extra>",
        "texttemplate": "%{z:.0%}",
    }
    layout = {
        "height": 420,
        "xaxis": {"type": "category", "title": {"text": "Repeat orders so far"}},
        "yaxis": {
            "type": "category",
            "title": {"text": "Weeks since the last purchase"},
            "autorange": "reversed",
        },
    }
    often, weeks = alive.columns[-1], alive.index
    caption = (
        f"The longer the silence, the less likely somebody is still a customer: on {channel}, after {often} "
        f"repeat orders, {percent(alive[often].iloc[0])} when the last is {weeks[0]:g} weeks old and "
        f"{percent(alive[often].iloc[-1])} when it is {weeks[-1]:g} ({age:.0f} weeks after the first)."
    )
    return Chart(go.Figure([tiles], layout), caption)


def orders_by_month(orders: Mapping[str, pd.DataFrame], kinds: Sequence[str]) -> Chart:
    """Orders of a new customer up to each month, the first included, with their 95% bands.

    A table each with the columns `expected, lower, upper`, its index the months.
    """
    lines, bands = [], []
    for (name, table), colour in zip(orders.items(), channel_colours(kinds), strict=True):
        expected, *ends = (table[column].tolist() for column in ("expected", "lower", "upper"))
        lines.append(line(name, table.index.tolist(), expected, colour))
        bands.append(band(f"{name}, 95%", table.index.tolist(), ends, colour, opacity=0.15))
    figure = label_lines(over_time(lines, "Months since the first order", yaxis={"tickformat": ".1f"}))
    each = [f"{name} {table['expected'].iloc[-1]:.2f}" for name, table in orders.items()]
    months = next(iter(orders.values())).index[-1]
    caption = (
        f"Orders per new customer after {count(months, 'month')}, the first included: {', '.join(each)}."
    )
    return Chart(figure.add_traces(bands), f"{caption} Bands are 95% ranges.")


def estimates(names: Sequence[str], found: Sequence[tuple[float, float, float]], what: str) -> Chart:
    """Estimates with their 95% ranges (expected, lower, upper), one above the other.

    >>> estimates(["All", "Some"], [(2.0, 1.9, 2.1), (1.8, 1.5, 2.1)], "Orders").caption
    'Orders: All 2.00 (1.90 to 2.10), Some 1.80 (1.50 to 2.10).'
    """
    expected, lower, upper = (list(values) for values in zip(*found, strict=True))
    bars = error_bars(expected, lower, upper)
    marks = points(what, expected, names, {"color": OWNED, "size": 11}, error_x=bars)
    figure = in_rows([marks], 100 + 40 * len(names), {"title": {"text": what}, "tickformat": ".1f"})
    each = [
        f"{name} {value:.2f} ({low:.2f} to {high:.2f})"
        for name, (value, low, high) in zip(names, found, strict=True)
    ]
    return Chart(figure, f"{what}: {', '.join(each)}.")
