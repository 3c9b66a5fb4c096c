"""Pictures of dependence: what is owned and what is rented, over time, and when the marketplace stops."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate

import pandas as pd
import plotly.graph_objects as go

from ownchannel.charts._theme import (
    MARKETPLACE,
    NOTE,
    OWNED,
    Chart,
    amounts_in_rows,
    channel_colours,
    flat_bars,
    in_rows,
    label_lines,
    line,
    money_axis,
    over_time,
)
from ownchannel.formats import money, percent
from ownchannel.marketplace import ALL, USES, Booked, Dependence, FeeRise, Stop, Use, Year

_HIDDEN = "Hidden from you"

#: The share of a bar above which a name has room inside.
_ROOM = 0.12


def owned_and_rented(measured: Dependence) -> Chart:
    """Revenue and orders by channel, and orders by what is known of their buyer, as parts of a whole."""
    table = measured.table
    channels = table[(table["measure"] == "orders") & (table["kind"] != "")].iloc[:-1]
    names, kinds = channels["scope"].tolist(), channels["kind"].tolist()
    rows = [row for row in ("orders", "revenue") if measured.share(row, ALL) is not None]
    labels = [row.capitalize() for row in rows]
    known, orders = measured.known or 0.0, measured.amount("orders", ALL) or 0.0
    recognised = measured.recognised_orders / orders if orders else 0.0
    parts = [
        _part(name, labels, [measured.share(row, name) or 0.0 for row in rows], colour)
        for name, colour in zip(names, channel_colours(kinds), strict=True)
    ]
    parts += [
        _part("Known to you", ["Buyers"], [known], OWNED),
        _part("Told apart", ["Buyers"], [recognised], MARKETPLACE),
        _part(_HIDDEN, ["Buyers"], [1 - known - recognised], NOTE),
    ]
    axis = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%"}
    looks = {"barmode": "stack", "bargap": 0.45, "showlegend": False, "margin": {"r": 28}}
    caption = f"{percent(measured.share('orders') or 0.0)} of orders come through marketplaces; "
    caption += f"in {percent(known)} of all orders you know who bought"
    caption += f", and in {percent(recognised)} you can tell buyers apart" if recognised else ""
    narrow = [name for name in names if 0 < (measured.share("orders", name) or 0.0) <= _ROOM]
    shares = [f"{name} {percent(measured.share('orders', name) or 0.0)}" for name in narrow]
    caption += f"; too narrow for their names: {', '.join(shares)} of orders." if shares else "."
    return Chart(in_rows(parts, 270, axis, **looks), caption)


def _part(name: str, rows: list[str], shares: list[float], colour: str) -> dict[str, object]:
    """One colour of stacked bars, with its name and share written inside where there is room."""
    texts = [f"{name} {percent(share)}" if share > _ROOM else "" for share in shares]
    return flat_bars(name, rows, shares, colour, texts) | {
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textfont": {"color": "white"},
        "hovertemplate": "%{y}: %{x:.1%}<extra>" + name + "</extra>",
    }


def by_month(table: pd.DataFrame, column: str, title: str, currency: str = "") -> Chart:
    """A line a channel of `column` by month; `table` has month, channel, kind and the column.

    >>> from datetime import date
    >>> sold = {"month": [date(2026, 3, 1)], "channel": ["Shop"], "kind": ["owned"], "revenue": [1200]}
    >>> by_month(pd.DataFrame(sold), "revenue", "Revenue", "EUR").caption
    'Revenue by month; in March 2026: Shop €1,200.'
    """
    kinds = table.groupby("channel")["kind"].first()
    last = table["month"].max()
    lines, ends = [], []
    for channel, colour in zip(kinds.index, channel_colours(list(kinds)), strict=True):
        rows = table[table["channel"] == channel]
        values = rows[column].astype("float64").tolist()
        lines.append(line(str(channel), rows["month"].tolist(), values, colour))
        value = money(values[-1], currency) if currency else f"{values[-1]:,.0f}"
        end = rows["month"].iloc[-1]
        ends.append(f"{channel} {value}" + (f" (in {end:%B %Y})" if end < last else ""))
    yaxis = money_axis(currency, rangemode="tozero")
    caption = f"{title} by month; in {last:%B %Y}: {', '.join(ends)}."
    return Chart(label_lines(over_time(lines, "", height=300, yaxis=yaxis)), caption)


def cash_when_stopped(year: Year, stop: Stop, currency: str) -> Chart:
    """Cash month by month as things are, and with the marketplace stopped."""
    today = (year.months[0] - timedelta(days=1)).replace(day=1)
    months = [today, *year.months]
    lines = [
        line("As today", months, stop.as_today.tolist(), NOTE, dash="dot"),
        line("Stopped", months, stop.stopped.tolist(), MARKETPLACE),
    ]
    figure = over_time(lines, "", yaxis=money_axis(currency, rangemode="tozero"))
    after = f"after month {stop.lowest_month}" if stop.lowest_month else "today"
    caption = f"Cash at the end of each month; with the stop it is lowest {after}, "
    return Chart(label_lines(figure), f"{caption}at {money(stop.lowest, currency)}.")


def left_by_an_order(
    names: Sequence[str], left: Sequence[float], kinds: Sequence[str], currency: str
) -> Chart:
    """What an order leaves on each channel, one bar each.

    >>> left_by_an_order(["Shop"], [16.02], ["owned"], "EUR").caption
    'What an order leaves after its own costs: Shop €16.02.'
    """
    colours = [OWNED if kind == "owned" else MARKETPLACE for kind in kinds]
    title = "What an order leaves after its own costs"
    return amounts_in_rows("An order leaves", names, left, colours, currency, title=title)


def fee_and_contribution(rise: FeeRise, points: float, fee_base: float, currency: str) -> Chart:
    """A year's contribution from the marketplace against the rise of its fee, and where the slider stands."""
    most = max(0.15, points, min(rise.points_to_nothing, 0.3) * 1.05)
    grid = [most * step / 30 for step in range(31)]
    setting = {
        "type": "scatter",
        "name": "Your setting",
        "x": [points],
        "y": [rise.after],
        "mode": "markers+text",
        "marker": {"color": MARKETPLACE, "size": 13, "line": {"color": "white", "width": 2}},
        "text": [money(rise.after, currency)],
        "textposition": "top right",
    }
    layout = {
        "height": 300,
        "showlegend": False,
        "xaxis": {"tickformat": ".0%", "title": {"text": "Fee rise, in points of what the buyer pays"}},
        "yaxis": money_axis(currency),
    }
    slope = line("Marketplace", grid, [rise.before - at * fee_base for at in grid], MARKETPLACE)
    caption = f"A year of marketplace contribution: {money(rise.before, currency)} today, "
    caption += f"{money(rise.after, currency)} with the fee {100 * points:g} points higher."
    return Chart(go.Figure([slope, setting], layout), caption)


# ---------------------------------------------------------------- what marketplaces booked

LABELS = {
    Use.SALES: "Buyers paid",
    Use.REFUNDS: "Given back to buyers",
    Use.FEES: "Selling fees",
    Use.FULFILMENT: "Picking, packing, sending",
    Use.ADVERTISING: "Advertising",
    Use.ACCOUNT: "Storage and subscription",
    Use.REIMBURSEMENTS: "Reimbursements",
    Use.TAXES: "Taxes, less those withheld",
    Use.UNCLASSIFIED: "What nobody here can name",
    Use.TRANSFERS: "Paid out (no profit)",
}
LEFT = "Left for you and your goods"


def where_it_went(booked: Booked) -> Chart:
    """A bar for each use of 100 that buyers paid, each beginning where the last one ended."""
    spent = [use for use in USES if use not in (Use.SALES, Use.TRANSFERS) and booked.total(use)]
    sizes = [100 * booked.share(use) for use in spent]
    ends = [*accumulate(sizes, initial=100.0)]
    names = [LABELS[Use.SALES], *(LABELS[use] for use in spent), LEFT]
    amounts = [100.0, *sizes, ends[-1]]
    colours = [NOTE, *(MARKETPLACE if size < 0 else OWNED for size in sizes), OWNED]
    texts = [money(amount, booked.currency, 2) for amount in amounts]
    bars = flat_bars("Of 100", names, amounts, colours, texts)
    bars |= {"base": [0.0, *ends[:-1], 0.0], "hovertemplate": "%{y}: %{text}<extra></extra>"}
    axis = {"range": [min(0.0, *ends) * 1.2, 116], "showticklabels": False, "ticks": ""}
    figure = in_rows([bars], 80 + 34 * len(names), axis, showlegend=False)
    caption = (
        f"Of {money(100, booked.currency)} that buyers paid, {money(ends[-1], booked.currency, 2)} was left "
    )
    return Chart(figure, f"{caption}after all that the marketplaces booked.")
