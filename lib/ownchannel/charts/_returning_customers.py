"""Pictures of returning customers, and of what happens if more returned, or sooner."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ownchannel.charts._theme import (
    NOTE,
    OWNED,
    Chart,
    band,
    channel_colours,
    error_bars,
    flat_bars,
    in_rows,
    label_lines,
    line,
    money_axis,
    over_time,
    points,
)
from ownchannel.customers import ENOUGH_AT_RISK, Effect, ReturnCurve
from ownchannel.formats import listed, money, percent
from ownchannel.outreach import DAYS_A_MONTH, Floats, Gain, Habit

#: What is yours is cool; paler is what only comes sooner, green what friends bring.
MORE, EARLIER, FRIENDS = OWNED, "#56B4E9", "#009E73"

#: Years in which a customer's repeat orders come to their end on the picture.
_YEARS = 5
_QUARTERS = {"dtick": 3, "tick0": 0}
_CATEGORIES = {"type": "category", "showgrid": False}


def repeat_revenue(gain: Gain, order_value: float, currency: str) -> Chart:
    """Revenue of repeat orders month by month, as things are and after the change."""
    months = list(range(1, len(gain.before) + 1))
    before, after = gain.before * order_value, gain.after * order_value
    lines = [
        line("As today", months, before.tolist(), NOTE, dash="dot"),
        line("Changed", months, after.tolist(), OWNED),
    ]
    figure = over_time(
        lines, "Month from now", xaxis=_QUARTERS, yaxis=money_axis(currency, rangemode="tozero")
    )
    caption = (
        f"In month {months[-1]} customers who are new from now on bring {money(after[-1], currency)} of "
        f"repeat orders instead of {money(before[-1], currency)}."
    )
    return Chart(label_lines(figure), caption)


def more_and_earlier(gain: Gain, order_value: float, currency: str) -> Chart:
    """The gain of each month in two parts: further orders, and orders that only come sooner."""
    months = list(range(1, len(gain.before) + 1))
    more, earlier = gain.more * order_value, gain.earlier * order_value
    parts = [
        {"type": "bar", "name": name, "x": months, "y": values.tolist(), "marker": {"color": colour}}
        for name, values, colour in (("Further orders", more, MORE), ("Only sooner", earlier, EARLIER))
    ]
    axes = {"xaxis": _QUARTERS, "yaxis": money_axis(currency)}
    figure = over_time(parts, "Month from now", 300, barmode="stack", bargap=0.2, **axes)
    return Chart(figure, _gain_in_words(more, earlier, currency))


def _gain_in_words(more: Floats, earlier: Floats, currency: str) -> str:
    last, peak = len(more), int(np.argmax(earlier))
    words = []
    if more.any():
        words.append(f"Further orders grow and stay: {money(more[-1], currency)} in month {last}.")
    if earlier.any():
        words.append(
            f"Orders that only come sooner fade: from {money(earlier[peak], currency)} in month {peak + 1} "
            f"to {money(earlier[-1], currency)} in month {last}."
        )
    return " ".join(words) or "Nothing is gained at these settings."


def repeats_by_age(habits: Mapping[str, Habit]) -> Chart:
    """Repeat orders by 100 new customers, added up over five years, a line for each habit."""
    months = np.arange(0, 12 * _YEARS + 1)
    looks = [(NOTE, "dot"), (EARLIER, "dash"), (MORE, "solid")]
    lines = [
        line(name, months.tolist(), (100 * habit.repeats(months * DAYS_A_MONTH)).tolist(), colour, dash)
        for (name, habit), (colour, dash) in zip(habits.items(), looks, strict=True)
    ]
    yaxis = {"tickformat": ",.0f", "rangemode": "tozero"}
    figure = over_time(lines, "Months since the first order", xaxis={"dtick": 12}, yaxis=yaxis)
    ends = ", ".join(f"{name.lower()} {100 * habit.in_the_end:.0f}" for name, habit in habits.items())
    caption = f"Repeat orders of 100 new customers in the end: {ends}. Returning sooner adds none."
    return Chart(label_lines(figure, height=230), caption)


def kinds_of_customer(names: Sequence[str], own: Floats, friends: Floats, currency: str) -> Chart:
    """What each kind of customer brings in two years: by own orders, and by those of friends."""
    totals = own + friends
    amounts = [money(total, currency) for total in totals]
    parts = [
        flat_bars("Own orders", names, own.tolist(), OWNED),
        flat_bars("Friends' orders", names, friends.tolist(), FRIENDS, amounts),
    ]
    figure = in_rows(parts, 120 + 46 * len(names), money_axis(currency, totals), barmode="relative")
    each = ", ".join(
        f"{name[:1].lower()}{name[1:]} {amount}" for name, amount in zip(names, amounts, strict=True)
    )
    return Chart(figure, f"Revenue per customer in two years: {each}.")


# ---------------------------------------------------------------- returning customers

#: One hue from pale to dark, so that a colour-blind reader sees the same order.
_PALE_TO_DARK = [[0, "#EAF2F8"], [0.5, "#56A0CE"], [1, "#08306B"]]

_NAMES = {"discount": "Discount: 10 percentage points more", "value": "First order: twice the value"}


def cohorts_by_age(cohorts: pd.DataFrame, channel: str, darkest: float) -> Chart:
    """The share of each cohort of a channel who bought again, by months since the first order.

    `cohorts` is the table of `retention_cohorts`; what is not yet complete stays empty. `darkest` is the
    share that has the darkest colour, the same for charts that are to be compared.
    """
    rows = cohorts[cohorts["channel"] == channel]
    sizes = rows[rows["age"] == 0].set_index("cohort")["customers"]
    later = rows[rows["age"] > 0]
    grid = later.pivot(index="cohort", columns="age", values="share").astype("float64")
    cells = {
        "type": "heatmap",
        "name": channel,
        "x": [int(age) for age in grid.columns],
        "y": [f"{month:%b %Y} · {sizes[month]:,}" for month in grid.index],
        "z": [[None if pd.isna(share) else share for share in row] for row in grid.to_numpy()],
        "zmin": 0,
        "zmax": darkest,
        "colorscale": _PALE_TO_DARK,
        "colorbar": {"tickformat": ".0%", "thickness": 12, "outlinewidth": 0, "title": {"text": "ordered"}},
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": "%{y} customers, month %{x}: %{z:.1%}<extra></extra>",
    }
    axis = {"title": {"text": "Months since the first order"}, "showgrid": False, "dtick": 3, "tick0": 3}
    looks = {"title": {"text": channel}, "yaxis": _CATEGORIES}
    after_one = later[later["age"] == 1]
    back = float(after_one["buyers"].sum() / after_one["customers"].sum())
    caption = (
        f"{percent(back, 1)} of {channel}'s new customers order again in the month after their first order. "
        "Rows: customers by month of the first order. Empty: not yet complete."
    )
    return Chart(in_rows([cells], 110 + 19 * len(grid), axis, **looks), caption)


def one_time_shares(shares: pd.DataFrame, kinds: Mapping[str, str]) -> Chart:
    """Per channel the share who buy once with its interval, beside the plain share seen once so far.

    `shares` is the table of `SecondOrder.one_time_shares`, without the channels that have no estimate.
    """
    names = shares["channel"].tolist()
    colours = channel_colours([kinds[name] for name in names])
    measured = points(
        "Did not return, newest customers counted fairly (95% range)",
        shares["share"],
        names,
        {"color": colours, "size": 12},
        error_x=error_bars(*(shares[end].tolist() for end in ("share", "lower", "upper"))),
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    seen = points(
        "Seen once so far (too high: the newest had no time)",
        shares["seen_once"],
        names,
        {"color": NOTE, "size": 12, "symbol": "line-ns-open", "line": {"width": 3}},
        hovertemplate="%{y}: %{x:.1%} seen once<extra></extra>",
    )
    axis = {"tickformat": ".0%", "showgrid": True}
    figure = in_rows([measured, seen], 110 + 40 * len(names), axis, yaxis=_CATEGORIES)
    once = [
        f"{row['channel']} {percent(row['share'])} within {row['days']:.0f} days"
        for row in shares.to_dict("records")
    ]
    return Chart(figure, f"Customers who do not return: {listed(once)}.")


def return_curves(curves: Mapping[str, ReturnCurve], kinds: Mapping[str, str]) -> Chart:
    """The share who have bought a second time, by days since the first order, with 95% bands.

    A curve ends where fewer than 30 customers were still watched.
    """
    lines, bands, ends = [], [], []
    wheel = channel_colours([kinds[name] for name in curves])
    for (channel, curve), colour in zip(curves.items(), wheel, strict=True):
        shown = trusted(curve)
        days, last = shown["days"].tolist(), percent(float(shown["share"].iloc[-1]))
        steps = {"line": {"color": colour, "shape": "hv"}, "hovertemplate": "%{y:.1%} after %{x} days"}
        lines.append(line(channel, days, shown["share"].tolist(), colour) | steps)
        bands.append(_band(channel, shown, colour))
        ends.append(f"{channel} {last} after {days[-1]:.0f} days")
    layout = {
        "height": 380,
        "xaxis": {"title": {"text": "Days since the first order"}, "rangemode": "tozero"},
        "yaxis": {"tickformat": ".0%", "rangemode": "tozero"},
    }
    figure = label_lines(go.Figure(lines, layout), height=300).add_traces(bands)
    return Chart(figure, f"Share of customers who have ordered again: {listed(ends)}. Bands are 95% ranges.")


def trusted(curve: ReturnCurve) -> pd.DataFrame:
    """The rows of a curve at which 30 customers were still watched; the first where there are none."""
    table = curve.table
    return table[(table["at_risk"] >= ENOUGH_AT_RISK) | (table["days"] == 0)]


def _band(name: str, shown: pd.DataFrame, colour: str) -> dict[str, Any]:
    """The area between the ends of the intervals, in steps like the curve."""
    ends = [shown[end].repeat(2).tolist()[:-1] for end in ("lower", "upper")]
    return band(f"{name}, 95% band", shown["days"].repeat(2).tolist()[1:], ends, colour, opacity=0.18)


def hazard_ratios(effects: Sequence[Effect]) -> Chart:
    """How many times as often customers return, by what is known of the first order: a forest.

    What is clear of 1 is coloured; a range that holds 1 is grey.
    """
    hazards = [effect.hazard for effect in effects]
    clear = [not one.lower <= 1 <= one.upper for one in hazards]
    ratios = points(
        "Times as often",
        [one.ratio for one in hazards],
        [effect_name(effect) for effect in effects],
        {"color": [OWNED if is_clear else NOTE for is_clear in clear], "size": 11},
        orientation="h",
        error_x=error_bars(*zip(*((one.ratio, one.lower, one.upper) for one in hazards), strict=True)),
        hovertemplate="%{y}: %{x:.2f} times<extra></extra>",
    )
    marks = [0.25, 0.5, 1, 2, 4, 8, 16]
    axis = {
        "type": "log",
        "tickvals": marks,
        "ticktext": [f"{mark:g}×" for mark in marks],
        "title": {"text": "How often they return, compared with the others"},
        "showgrid": True,
    }
    one = {"type": "line", "x0": 1, "x1": 1, "y0": 0, "y1": 1, "yref": "paper", "line": {"color": NOTE}}
    looks = {"showlegend": False, "yaxis": _CATEGORIES, "shapes": [one]}
    named = [effect_name(effect) for effect, is_clear in zip(effects, clear, strict=True) if is_clear]
    finding = f"Stands out: {listed(named)}." if named else "Nothing stands out."
    figure = in_rows([ratios], 110 + 28 * len(effects), axis, **looks)
    return Chart(
        figure, f"{finding} Grey ranges cross 1: no clear effect (Cox model, 95% ranges, log scale)."
    )


def effect_name(effect: Effect) -> str:
    """A short label for an effect.

    >>> from ownchannel.customers import HazardRatio
    >>> effect_name(Effect("Customers of Shopify", HazardRatio("channel: Shopify", 2, 1, 3, 0.01, 0.5)))
    'Channel: Shopify'
    """
    name = effect.hazard.name
    return _NAMES.get(name, name[:1].upper() + name[1:])
