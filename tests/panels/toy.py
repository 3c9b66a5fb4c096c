"""A small workbook with everything a panel has: its source is also the one code cell of a toy notebook."""

from typing import Annotated

import pandas as pd
import plotly.graph_objects as go

from ownchannel.answers import Answer, Question
from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.charts import MARKETPLACE, OWNED, Chart, label_lines
from ownchannel.formats import money, percent
from ownchannel.panels import Panel


class Rent(Assumptions):
    """What one order leaves on a marketplace and in one's own shop."""

    order_value: Annotated[
        float,
        Assumption(
            label="Order value",
            unit="money per order",
            valid=(1, 10_000),
            slider=(10, 200),
            plausible=(20, 120),
            step=5,
            help="What a customer pays for one order, tax excluded.",
            source="Your own orders",
            confidence="assumption",
            group="An order",
        ),
    ] = 60
    fee: Annotated[
        float,
        Assumption(
            label="Referral fee",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.45),
            plausible=(0.08, 0.17),
            step=0.01,
            help="The share of the order value that the marketplace keeps.",
            source="The marketplace's fee schedule",
            confidence="official",
            group="The marketplace",
        ),
    ] = 0.15
    months: Annotated[
        int,
        Assumption(
            label="Months without the marketplace",
            unit="months",
            valid=(0, 60),
            slider=(0, 12),
            plausible=(0, 6),
            step=1,
            help="How long an account stays suspended.",
            source="No trustworthy base rate exists",
            confidence="assumption",
            group="The marketplace",
            whole=True,
        ),
    ] = 1
    budget: Annotated[
        float,
        Assumption(
            label="Growth budget",
            unit="money a month",
            valid=(0, 1_000_000),
            slider=(0, 20_000),
            plausible=(1_000, 15_000),
            step=500,
            help="Money a month that can go into either kind of channel.",
            source="Your own books",
            confidence="assumption",
            group="Your own shop",
        ),
    ] = 4_000
    conversion: Annotated[
        float,
        Assumption(
            label="Checkout conversion",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.1),
            plausible=(0.01, 0.04),
            step=0.005,
            help="The share of visitors who buy.",
            source="A survey of shop platforms",
            confidence="vendor",
            group="Your own shop",
        ),
    ] = 0.02


def answer(rent: Rent) -> Answer:
    """What is left in a year."""
    if rent.fee > 0.4:
        raise ValueError("Above a fee of 40% no marketplace is worth a comparison: move the fee back.")
    months = list(range(1, 13))
    visitors = rent.budget / 2
    shop = [visitors * rent.conversion * rent.order_value * 0.9 * month for month in months]
    market = [
        visitors * rent.conversion * rent.order_value * (1 - rent.fee) * max(0, month - rent.months)
        for month in months
    ]
    totals = {"Own shop": shop[-1], "Marketplace": market[-1]}
    lines = go.Figure(
        [
            go.Scatter(x=months, y=shop, name="Own shop", line_color=OWNED, mode="lines"),
            go.Scatter(x=months, y=market, name="Marketplace", line_color=MARKETPLACE, mode="lines"),
        ]
    ).update_layout(xaxis_title="Month", yaxis_tickprefix="$", yaxis_tickformat="~s")
    bars = go.Figure(
        go.Bar(
            y=list(totals),
            x=list(totals.values()),
            orientation="h",
            marker_color=[OWNED, MARKETPLACE],
            text=[money(total, "USD") for total in totals.values()],
            textposition="auto",
        )
    ).update_layout(height=180, xaxis_tickprefix="$", xaxis_tickformat="~s")
    gap = money(shop[-1] - market[-1], "USD")
    return Answer(
        sentence=f"In a year your own shop leaves **{gap}** more than the marketplace, "
        f"which keeps **{percent(rent.fee)}** of every order.",
        numbers=(
            ("Own shop, a year", money(shop[-1], "USD")),
            ("Marketplace, a year", money(market[-1], "USD")),
            ("Months lost", str(rent.months)),
        ),
        charts=(
            Chart(label_lines(lines), f"What is left month by month: the lines end {gap} apart."),
            Chart(
                bars,
                f"After a year: own shop {money(shop[-1], 'USD')}, marketplace {money(market[-1], 'USD')}.",
            ),
        ),
        table=pd.DataFrame(
            {
                "Channel": list(totals),
                "Kept of an order": [percent(0.9), percent(1 - rent.fee)],
                "Left after a year": [money(total, "USD") for total in totals.values()],
            }
        ),
    )


panel = Panel(Question(Rent(), answer, "USD"))
