"""The picture of what marketplaces booked: of 100 that buyers paid, where it went."""

import plotly.graph_objects as go

from ownchannel.charts.theme import MARKETPLACE, NOTE, OWNED, Chart
from ownchannel.formats import money
from ownchannel.marketplace import booked as uses
from ownchannel.marketplace.booked import Booked

LABELS = {
    uses.SALES: "Buyers paid",
    uses.REFUNDS: "Given back to buyers",
    uses.FEES: "Selling fees",
    uses.FULFILMENT: "Picking, packing, sending",
    uses.ADVERTISING: "Advertising",
    uses.ACCOUNT: "Storage and subscription",
    uses.REIMBURSEMENTS: "Reimbursements",
    uses.TAXES: "Taxes, less those withheld",
    uses.UNCLASSIFIED: "What nobody here can name",
    uses.TRANSFERS: "Paid out (no profit)",
}
LEFT = "Left for you and your goods"


def where_it_went(booked: Booked) -> Chart:
    """A bar for each use of 100 that buyers paid, each beginning where the last one ended."""
    spent = [use for use in uses.USES if use not in (uses.SALES, uses.TRANSFERS) and booked.total(use)]
    sizes = [100 * booked.share(use) for use in spent]
    ends = [100.0]
    for size in sizes:
        ends.append(ends[-1] + size)
    names = [LABELS[uses.SALES], *(LABELS[use] for use in spent), LEFT]
    amounts = [100.0, *sizes, ends[-1]]
    bars = {
        "type": "bar",
        "name": "Of 100",
        "orientation": "h",
        "y": names,
        "x": amounts,
        "base": [0.0, *ends[:-1], 0.0],
        "marker": {"color": [NOTE, *(MARKETPLACE if size < 0 else OWNED for size in sizes), OWNED]},
        "text": [money(amount, booked.currency, 2) for amount in amounts],
        "textposition": "outside",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    layout = {
        "height": 80 + 34 * len(names),
        "showlegend": False,
        "xaxis": {"range": [min(0.0, *ends) * 1.2, 116], "showticklabels": False, "ticks": ""},
        "yaxis": {"autorange": "reversed"},
    }
    caption = (
        f"Of {money(100, booked.currency)} that buyers paid, {money(ends[-1], booked.currency, 2)} was left "
    )
    return Chart(go.Figure([bars], layout), f"{caption}after all that the marketplaces booked.")
