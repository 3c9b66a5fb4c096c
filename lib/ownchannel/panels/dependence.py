"""The answers of the first two workbooks, each a sentence, a picture and a table."""

import math

import pandas as pd

from ownchannel.assumptions import scaled
from ownchannel.charts.dependence import (
    by_month,
    cash_when_stopped,
    fee_and_contribution,
    left_by_an_order,
    owned_and_rented,
)
from ownchannel.customers.known import known_customers
from ownchannel.customers.months import channel_months
from ownchannel.formats import count, money, percent
from ownchannel.marketplace.dependence import ALL, dependence
from ownchannel.marketplace.economics import contribution_by_month
from ownchannel.marketplace.shocks import (
    FeeRise,
    Shocks,
    Stop,
    Year,
    last_twelve_months,
    last_year,
    raise_fee,
    stop,
)
from ownchannel.orders.orders import Orders
from ownchannel.panels.answer import Answer
from ownchannel.panels.panel import Panel

#: The brand that the declared defaults suit: revenue a month and an order's value, in dollars.
TYPICAL_REVENUE, TYPICAL_ORDER = 30_000, 50


def own_and_rent(orders: Orders) -> Answer:
    """What of the business is owned and what is rented."""
    currency = orders.main_currency
    measured = dependence(orders, currency)
    revenue, known = measured.share("revenue") or 0.0, measured.share("identified", ALL) or 0.0
    sentence = (
        f"You rent **{percent(revenue)}** of your revenue from marketplaces, and you know who bought in "
        f"**{percent(known)}** of your orders."
    )
    reachable = sum(measured.amount("reachable", name) or 0.0 for name in orders.channels())
    numbers = (
        ("Revenue", money(measured.amount("revenue", ALL) or 0.0, currency)),
        ("Orders", f"{measured.amount('orders', ALL) or 0:,.0f}"),
        ("Orders whose buyer you know", f"{measured.amount('identified', ALL) or 0:,.0f}"),
        ("People you may write to", f"{reachable:,.0f}"),
    )
    others = [code for code in orders.currencies() if code != currency]
    left_out = (f"Money is in {currency}. Sales in {' and '.join(others)} are not in it.",) if others else ()
    return Answer(sentence, numbers, (owned_and_rented(measured),), notes=left_out)


def measures(orders: Orders) -> Answer:
    """Every measure of dependence with what it rests on, at the costs that the sliders start from."""
    measured = dependence(orders, orders.main_currency, costs=_settings(_in_main_currency(orders)))
    table = measured.table
    shown = pd.DataFrame(
        {
            "Measure": table["measure"].str.capitalize(),
            "Of": table["scope"],
            "Share": list(map(_share, table["measure"], table["share"])),
            "Amount": [
                _amount(m, a, measured.currency)
                for m, a in zip(table["measure"], table["amount"], strict=True)
            ],
            "Rests on": table["rests_on"],
        }
    )
    return Answer(f"{measured}", table=shown)


def _share(measure: str, share: float) -> str:
    if pd.isna(share):
        return ""
    return f"{share:.2f}" if measure == "concentration" else percent(share)


def _amount(measure: str, amount: float, currency: str) -> str:
    if pd.isna(amount):
        return ""
    return money(amount, currency) if measure in ("revenue", "contribution") else f"{amount:,.0f}"


def over_time(orders: Orders) -> Answer:
    """Revenue, known and reachable customers by channel over time."""
    currency = orders.main_currency
    known = known_customers(orders)
    at_end = known[known["month"] == known["month"].max()]
    rented = at_end[at_end["kind"] == "marketplace"]
    identified, reachable = int(at_end["identified"].sum()), int(at_end["reachable"].sum())
    sentence = (
        f"By {at_end['month'].iloc[0]:%B %Y} you know **{count(identified, 'customer')}** and may write to "
        f"**{reachable:,}** of them"
    )
    if len(rented):
        told = int(rented["identified"].sum())
        sentence += f"; the marketplaces told you of {f'{told:,}' if told else 'none'}"
    charts = (
        by_month(_in_main_currency(orders), "net_value", "Revenue", currency),
        by_month(known, "identified", "Customers you know, added up"),
        by_month(known, "reachable", "Customers you may write to, added up"),
    )
    return Answer(f"{sentence}.", charts=charts)


def what_if(orders: Orders) -> Panel[Shocks]:
    """Sliders for costs, a stop of the marketplaces and a rise of their fee."""
    currency = orders.main_currency
    in_one = _in_main_currency(orders)
    last_day = orders.sales["ordered_on"].max()

    def answer(settings: Shocks) -> Answer:
        monthly = contribution_by_month(in_one, settings)
        year = last_year(monthly, last_day)
        stopped = stop(year, settings.downtime_months, settings.fixed_costs, settings.cash)
        rise = raise_fee(year, settings.fee_rise)
        channels = _by_channel(last_twelve_months(monthly, last_day)[0])
        charts = (
            cash_when_stopped(year, stopped, currency),
            by_month(monthly, "contribution", "Contribution", currency),
            left_by_an_order(
                list(channels.index), list(channels["an_order"]), list(channels["kind"]), currency
            ),
            fee_and_contribution(rise, settings.fee_rise, float(year.fee_base.sum()), currency),
        )
        return Answer(
            _sentence(settings, stopped, rise, currency),
            _numbers(channels, stopped, rise, currency),
            charts,
            _table(channels, currency),
            _notes(year),
        )

    return Panel(_settings(in_one), answer, currency)


def _in_main_currency(orders: Orders) -> pd.DataFrame:
    """The months of sales in the main currency, their amounts as floats: cast once, not at every move."""
    months = channel_months(orders)
    amounts = dict.fromkeys(("item_value", "net_value", "shipping", "orders"), "float64")
    return months[months["currency"] == orders.main_currency].astype(amounts)


def _settings(months: pd.DataFrame) -> Shocks:
    """The declared defaults, ten times as high for a brand ten times as large or in a smaller coin."""
    by_month = months.groupby("month")[["net_value", "orders"]].sum()
    revenue, orders = by_month["net_value"].mean(), by_month["orders"].mean()
    if not (revenue > 0 and orders > 0):
        return Shocks()
    size = _power_of_ten(revenue / TYPICAL_REVENUE)
    order = _power_of_ten(revenue / orders / TYPICAL_ORDER)
    return scaled(Shocks, {"money": size, "money a month": size, "money an order": order})()


def _power_of_ten(ratio: float) -> float:
    return float(10.0 ** round(math.log10(ratio)))


def _by_channel(monthly: pd.DataFrame) -> pd.DataFrame:
    sums = monthly.groupby("channel").agg(
        kind=("kind", "first"),
        orders=("orders", "sum"),
        revenue=("revenue", "sum"),
        contribution=("contribution", "sum"),
    )
    sums["an_order"] = sums["contribution"] / sums["orders"].where(sums["orders"] > 0)
    whole = sums["contribution"].sum()
    sums["share"] = sums["contribution"] / whole if whole > 0 else float("nan")
    return sums


def _sentence(settings: Shocks, stopped: Stop, rise: FeeRise, currency: str) -> str:
    months = int(settings.downtime_months)
    gone = f"If the marketplaces stopped on Monday for **{count(months, 'month')}**, you would miss "
    gone += f"**{money(stopped.lost, currency)}** of contribution, and your cash "
    if stopped.lowest < 0:
        first = int((stopped.stopped < 0).argmax())
        gone += f"would be gone **in month {first}**. "
    else:
        gone += f"would never fall below **{money(stopped.lowest, currency)}**. "
    forever = f"**{count(stopped.runway, 'month')}**" if stopped.runway else "**more than two years**"
    gone += f"Without them for good, it would last {forever}. "
    return gone + (
        f"A fee **{settings.fee_rise * 100:g} points** higher costs **{money(rise.cost, currency)}** a year."
    )


def _numbers(
    channels: pd.DataFrame, stopped: Stop, rise: FeeRise, currency: str
) -> tuple[tuple[str, str], ...]:
    rented = channels[channels["kind"] == "marketplace"]
    share = rented["share"].sum(skipna=False)
    return (
        ("Contribution from marketplaces", "no profit to share" if math.isnan(share) else percent(share)),
        ("Missed while stopped", money(stopped.lost, currency)),
        ("Lowest cash", money(stopped.lowest, currency)),
        (
            "Runway without marketplaces",
            count(stopped.runway, "month") if stopped.runway else "over 24 months",
        ),
        ("Fee rise, a year", money(-rise.cost, currency)),
        ("Rise that leaves nothing", f"{100 * rise.points_to_nothing:.1f} points"),
    )


def _table(channels: pd.DataFrame, currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Channel": list(channels.index),
            "Orders in 12 months": [f"{orders:,.0f}" for orders in channels["orders"]],
            "Revenue": [money(value, currency) for value in channels["revenue"]],
            "Contribution": [money(value, currency) for value in channels["contribution"]],
            "An order leaves": [money(value, currency, 2) for value in channels["an_order"]],
            "Share of contribution": [percent(v) if pd.notna(v) else "" for v in channels["share"]],
        }
    )


def _notes(year: Year) -> tuple[str, ...]:
    if year.months_seen == 12:
        return ()
    return (
        f"Your files hold {count(year.months_seen, 'complete month')}; their mean stands for the others.",
    )


def documentation(panel: Panel[Shocks]) -> Answer:
    """Where the number that every slider starts from comes from, and how sure it is."""
    table = panel.settings.documentation(panel.currency).rename(columns=str.capitalize)
    unsure = int((table["Confidence"] == "assumption").sum())
    return Answer(
        f"**{unsure} of {len(table)}** settings are plain assumptions: replace them first.", table=table
    )
