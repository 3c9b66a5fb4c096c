"""Pictures of dependence: what is owned and what is rented, over time, and when the marketplace stops."""

from collections.abc import Mapping, Sequence
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
    money_ticks,
    over_time,
    readable_on,
)
from ownchannel.customers import Floats
from ownchannel.formats import money, percent
from ownchannel.marketplace import ALL, USES, Booked, Dependence, FeeRise, Stop, Use, Year

#: The share of a bar above which a name has room inside.
_ROOM = 0.12


def owned_and_rented(measured: Dependence) -> Chart:
    """Revenue and orders by channel, and orders by what is known of their buyer, as parts of a whole.

    A part that is too narrow for its name has it in the legend.
    """
    table = measured.table
    channels = table[(table["measure"] == "orders") & (table["kind"] != "")].iloc[:-1]
    names, kinds = channels["scope"].tolist(), channels["kind"].tolist()
    rows = [row for row in ("revenue", "orders") if measured.share(row, ALL) is not None]
    labels = [row.capitalize() for row in rows]
    known, orders = measured.known or 0.0, measured.amount("orders", ALL) or 0.0
    recognised = measured.recognised_orders / orders if orders else 0.0
    parts = [
        _part(name, labels, [measured.share(row, name) or 0.0 for row in rows], colour)
        for name, colour in zip(names, channel_colours(kinds), strict=True)
    ]
    parts += [
        _part("Known to you", ["Buyers"], [known], OWNED),
        _part("Anonymous ID", ["Buyers"], [recognised], MARKETPLACE),
        _part("Hidden from you", ["Buyers"], [1 - known - recognised], NOTE),
    ]
    axis = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%"}
    looks = {"barmode": "stack", "bargap": 0.45, "showlegend": True, "margin": {"r": 28}}
    through = [f"{percent(measured.share(row) or 0.0)} of {row}" for row in rows]
    caption = f"In all your files, {' and '.join(through)} came through marketplaces. "
    caption += f"You know who placed {percent(known)} of the orders" if known else "No file names a buyer"
    caption += f"; {percent(recognised)} show an anonymous ID" if recognised else ""
    return Chart(in_rows(parts, 250, axis, **looks), f"{caption}.")


def _part(name: str, rows: list[str], shares: list[float], colour: str) -> dict[str, object]:
    """One colour of stacked bars, with its name and share written inside where there is room."""
    texts = [f"{name} {percent(share)}" if share > _ROOM else "" for share in shares]
    return flat_bars(name, rows, shares, colour, texts) | {
        "showlegend": any(0 < share <= _ROOM for share in shares),
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textfont": {"color": readable_on(colour)},
        "hovertemplate": "%{y}: %{x:.1%}<extra>" + name + "</extra>",
    }


def by_month(
    table: pd.DataFrame,
    column: str,
    title: str,
    currency: str = "",
    *,
    kinds: Mapping[str, str] | None = None,
) -> Chart:
    """A line for each channel of `column` by month; `table` has month, channel, kind and the column.

    `kinds` are those of all the brand's channels, so that each has the colour that it has in other charts.

    >>> from datetime import date
    >>> sold = {"month": [date(2026, 3, 1)], "channel": ["Shop"], "kind": ["owned"], "revenue": [1200]}
    >>> by_month(pd.DataFrame(sold), "revenue", "Revenue", "EUR").caption
    'Revenue in March 2026: Shop €1,200.'
    """
    shown = table.groupby("channel")["kind"].first()
    colours = _colours(kinds or dict(shown))
    last = table["month"].max()
    lines, ends = [], []
    for channel in shown.index:
        rows = table[table["channel"] == channel]
        values = rows[column].astype("float64").tolist()
        lines.append(line(str(channel), rows["month"].tolist(), values, colours[channel]))
        value = money(values[-1], currency) if currency else f"{values[-1]:,.0f}"
        end = rows["month"].iloc[-1]
        ends.append(f"{channel} {value}" + (f" (in {end:%B %Y})" if end < last else ""))
    below = money_ticks(currency, [value for line in lines for value in line["y"]]) if currency else {}
    yaxis = money_axis(currency, rangemode="tozero", **below)
    caption = f"{title} in {last:%B %Y}: {', '.join(ends)}."
    return Chart(label_lines(over_time(lines, "", height=300, yaxis=yaxis)), caption)


def _colours(kinds: Mapping[str, str]) -> dict[str, str]:
    """By channel, in the order of their names, its colour."""
    names = sorted(kinds)
    return dict(zip(names, channel_colours([kinds[name] for name in names]), strict=True))


def cash_when_stopped(year: Year, stop: Stop, currency: str) -> Chart:
    """Cash month by month as things are, and with the marketplaces stopped where that changes anything."""
    today = (year.months[0] - timedelta(days=1)).replace(day=1)
    months = [today, *year.months]
    lines = [
        line("As today", months, stop.as_today.tolist(), NOTE, dash="dot"),
        line("With the stop", months, stop.stopped.tolist(), MARKETPLACE),
    ]
    if not year.marketplace.any():
        lines = [line("Your cash", months, stop.as_today.tolist(), OWNED)]
    yaxis = money_axis(currency, rangemode="tozero")
    yaxis |= money_ticks(currency, [*stop.as_today.tolist(), *stop.stopped.tolist()])
    figure = over_time(lines, "", height=260, yaxis=yaxis)
    caption = f"Cash at the end of each month: {_fate(stop.stopped, currency)}"
    caption += f" with the stop, {_fate(stop.as_today, currency)} as things are" if len(lines) > 1 else ""
    return Chart(label_lines(figure, 200), f"{caption}.")


def _fate(cash: Floats, currency: str) -> str:
    """Whether cash runs out, or how low it gets."""
    if (cash < 0).any():
        return f"below zero from month {int((cash < 0).argmax())}"
    return f"never below {money(float(cash.min()), currency)}"


def left_by_an_order(
    names: Sequence[str], left: Sequence[float], kinds: Mapping[str, str], currency: str
) -> Chart:
    """What an order leaves on each channel, one bar each; `kinds` are those of all the brand's channels.

    >>> left_by_an_order(["Shop"], [16.02], {"Shop": "owned"}, "EUR").caption
    'What an order leaves after goods, fees, parcels and advertising: Shop €16.02.'
    """
    colours = [_colours(kinds)[name] for name in names]
    title = "What an order leaves after goods, fees, parcels and advertising"
    return amounts_in_rows("An order leaves", names, left, colours, currency, title=title)


def fee_and_contribution(rise: FeeRise, points: float, fee_base: float, currency: str) -> Chart:
    """A year's contribution from the marketplace against the rise of its fee, and where the slider stands."""
    most = max(0.15, points, min(rise.points_to_nothing, 0.3) * 1.05)
    grid = [most * step / 30 for step in range(31)]
    left = [rise.before - at * fee_base for at in grid]
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
        "xaxis": {"tickformat": ".0%", "title": {"text": "Fee rise, as a share of what the buyer pays"}},
        "yaxis": money_axis(currency) | money_ticks(currency, left),
    }
    slope = line("Marketplaces", grid, left, MARKETPLACE)
    caption = f"A fee {100 * points:g} percentage points higher takes a year of marketplace contribution "
    caption += f"from {money(rise.before, currency)} to {money(rise.after, currency)}"
    caption += (
        f"; one {100 * rise.points_to_nothing:.1f} points higher would erase it." if rise.before > 0 else "."
    )
    return Chart(go.Figure([slope, setting], layout), caption)


# ---------------------------------------------------------------- what marketplaces booked

LABELS = {
    Use.SALES: "Buyers paid",
    Use.REFUNDS: "Refunds to buyers",
    Use.FEES: "Selling fees",
    Use.FULFILMENT: "Picking, packing, sending",
    Use.ADVERTISING: "Advertising",
    Use.ACCOUNT: "Storage and subscription",
    Use.REIMBURSEMENTS: "Reimbursements",
    Use.TAXES: "Taxes, net of those withheld",
    Use.UNCLASSIFIED: "Unrecognised charges",
    Use.TRANSFERS: "Transfers to your bank (not profit)",
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
    caption = f"Of every {money(100, booked.currency)} that buyers paid, "
    left = money(ends[-1], booked.currency, 2)
    return Chart(figure, f"{caption}{left} was left after everything the marketplaces booked.")
