"""The picture of what marketplaces booked: of 100 that buyers paid, where it went."""

import plotly.graph_objects as go

from ownchannel.charts.theme import MARKETPLACE, NOTE, OWNED, Chart
from ownchannel.formats import money
from ownchannel.marketplace.booked import USES, Booked, Use

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
    ends = [100.0]
    for size in sizes:
        ends.append(ends[-1] + size)
    names = [LABELS[Use.SALES], *(LABELS[use] for use in spent), LEFT]
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
