"""Pictures of dependence: what is owned and what is rented, over time, and when the marketplace stops."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from ownchannel.charts.theme import MARKETPLACE, NOTE, OWNED, Chart, channel_colours, label_lines
from ownchannel.formats import money, percent
from ownchannel.marketplace.dependence import ALL, Dependence
from ownchannel.marketplace.shocks import FeeRise, Stop, Year

_HIDDEN = "Hidden from you"


def owned_and_rented(measured: Dependence) -> Chart:
    """Revenue and orders by channel, and the orders whose buyer is known, each as parts of a whole."""
    table = measured.table
    channels = table[(table["measure"] == "orders") & (table["kind"] != "")].iloc[:-1]
    names, kinds = channels["scope"].tolist(), channels["kind"].tolist()
    rows = [row for row in ("orders", "revenue") if measured.share(row, ALL) is not None]
    figure = go.Figure()
    for name, colour in zip(names, channel_colours(kinds), strict=True):
        shares = [measured.share(row, name) or 0.0 for row in rows]
        figure.add_bar(**_part(name, [row.capitalize() for row in rows], shares, colour))
    known = measured.share("identified", ALL) or 0.0
    figure.add_bar(**_part("Known to you", ["Buyers"], [known], OWNED))
    figure.add_bar(**_part(_HIDDEN, ["Buyers"], [1 - known], NOTE))
    figure.update_layout(barmode="stack", bargap=0.45, height=270, showlegend=False, margin_r=28)
    figure.update_xaxes(range=[0, 1], tickvals=[0, 0.25, 0.5, 0.75, 1], tickformat=".0%", showline=False)
    figure.update_yaxes(autorange="reversed")
    rented = measured.share("orders") or 0.0
    caption = f"{percent(rented)} of orders come through marketplaces; "
    return Chart(figure, f"{caption}in {percent(known)} of all orders you know who bought.")


def _part(name: str, rows: list[str], shares: list[float], colour: str) -> dict[str, object]:
    """One colour of stacked bars, with its name and share written inside where there is room."""
    return {
        "name": name,
        "y": rows,
        "x": shares,
        "orientation": "h",
        "marker": {"color": colour},
        "text": [f"{name} {percent(share)}" if share > 0.12 else "" for share in shares],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textfont": {"color": "white"},
        "hovertemplate": "%{y}: %{x:.1%}<extra>" + name + "</extra>",
    }


def by_month(table: pd.DataFrame, column: str, title: str, currency: str = "") -> Chart:
    """A line a channel of `column` by month; `table` has month, channel, kind and the column."""
    first = table.groupby("channel")["kind"].first()
    figure = go.Figure()
    ends = []
    for (channel, _), colour in zip(first.items(), channel_colours(list(first)), strict=True):
        its = table[table["channel"] == channel]
        values = its[column].astype("float64").tolist()
        figure.add_scatter(x=its["month"].tolist(), y=values, name=str(channel), line={"color": colour})
        ends.append(f"{channel} {money(values[-1], currency) if currency else f'{values[-1]:,.0f}'}")
    figure.update_layout(height=300, hovermode="x unified")
    figure.update_yaxes(rangemode="tozero", **_axis(currency))
    label_lines(figure)
    last = table["month"].max()
    return Chart(figure, f"{title} by month; in {last:%B %Y}: {', '.join(ends)}.")


def cash_when_stopped(year: Year, stop: Stop, currency: str) -> Chart:
    """Cash month by month as things are, and with the marketplace stopped."""
    months = [_before(year.months[0]), *year.months]
    figure = go.Figure()
    figure.add_scatter(
        x=months, y=stop.as_today.tolist(), name="As today", line={"color": NOTE, "dash": "dot"}
    )
    figure.add_scatter(x=months, y=stop.stopped.tolist(), name="Stopped", line={"color": MARKETPLACE})
    figure.add_hline(y=0, line={"color": NOTE, "width": 1})
    figure.update_layout(height=320, hovermode="x unified")
    figure.update_yaxes(**_axis(currency))
    label_lines(figure)
    low = money(stop.lowest, currency)
    after = f"after month {stop.lowest_month}" if stop.lowest_month else "today"
    return Chart(figure, f"Cash at the end of each month; with the stop it is lowest {after}, at {low}.")


def left_by_an_order(
    names: Sequence[str], left: Sequence[float], kinds: Sequence[str], currency: str
) -> Chart:
    """What an order leaves on each channel, one bar each."""
    colours = [OWNED if kind == "owned" else MARKETPLACE for kind in kinds]
    figure = go.Figure(
        go.Bar(
            x=list(left),
            y=list(names),
            orientation="h",
            marker={"color": colours},
            text=[money(value, currency, 2) for value in left],
            textposition="outside",
            name="An order leaves",
        )
    )
    figure.update_layout(height=90 + 52 * len(names), showlegend=False)
    figure.update_xaxes(rangemode="tozero", **_axis(currency))
    figure.update_yaxes(autorange="reversed")
    told = ", ".join(f"{name} {money(value, currency, 2)}" for name, value in zip(names, left, strict=True))
    return Chart(figure, f"What an order leaves after its own costs: {told}.")


def fee_and_contribution(rise: FeeRise, points: float, fee_base: float, currency: str) -> Chart:
    """A year's contribution from the marketplace against the rise of its fee, and where the slider stands."""
    most = max(0.15, points, min(rise.points_to_nothing, 0.3) * 1.05)
    grid = [most * step / 30 for step in range(31)]
    figure = go.Figure()
    figure.add_scatter(
        x=grid,
        y=[rise.before - at * fee_base for at in grid],
        name="Marketplace",
        line={"color": MARKETPLACE},
    )
    figure.add_scatter(
        x=[points],
        y=[rise.after],
        name="Your setting",
        mode="markers+text",
        marker={"color": MARKETPLACE, "size": 13, "line": {"color": "white", "width": 2}},
        text=[money(rise.after, currency)],
        textposition="top right",
    )
    figure.add_hline(y=0, line={"color": NOTE, "width": 1})
    figure.update_layout(height=300, showlegend=False)
    figure.update_xaxes(tickformat=".0%", title="Fee rise, in points of what the buyer pays")
    figure.update_yaxes(**_axis(currency))
    caption = f"A year of marketplace contribution: {money(rise.before, currency)} today, "
    return Chart(
        figure, f"{caption}{money(rise.after, currency)} with the fee {100 * points:g} points higher."
    )


def _axis(currency: str) -> dict[str, str]:
    """Ticks in money, with the currency's sign."""
    return {"tickprefix": money(0, currency).rstrip("0") if currency else "", "tickformat": ",.0f"}


def _before(month: date) -> date:
    return date(month.year - (month.month == 1), month.month - 1 or 12, 1)
