"""The answers of the first two workbooks, each a sentence, a picture and a table."""

import math

import pandas as pd

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
from ownchannel.marketplace.dependence import dependence, fees_in_words
from ownchannel.marketplace.economics import MEASURED, contribution_by_month
from ownchannel.marketplace.shares import ALL
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
from ownchannel.panels.answer import Answer, Question
from ownchannel.panels.settings import starting_settings, without_effect


def own_and_rent(orders: Orders) -> Answer:
    """What of the business is owned and what is rented."""
    currency = orders.main_currency
    measured = dependence(orders, currency)
    revenue, orders_in_all = measured.share("revenue") or 0.0, measured.amount("orders", ALL) or 0.0
    sentence = (
        f"You rent **{percent(revenue)}** of your revenue from marketplaces, and you know who bought in "
        f"**{percent(measured.known or 0.0)}** of your orders."
    )
    if measured.recognised_orders:
        further = percent(measured.recognised_orders / orders_in_all)
        sentence += f" In a further **{further}** you can tell one buyer from another, but not who it is."
    reachable = sum(measured.amount("reachable", name) or 0.0 for name in orders.channels())
    numbers = (
        ("Revenue", money(measured.amount("revenue", ALL) or 0.0, currency)),
        ("Orders", f"{orders_in_all:,.0f}"),
        ("Orders whose buyer you know", f"{measured.known_orders:,.0f}"),
        ("Orders of buyers only told apart", f"{measured.recognised_orders:,.0f}"),
        ("People you may write to", f"{reachable:,.0f}"),
    )
    others = [code for code in orders.currencies() if code != currency]
    notes = (
        f"Money is in {currency}. Sales in {' and '.join(others)} are not in it: read exchange rates (a CSV "
        "of date, from, to, rate) to have them in.",
    )
    return Answer(sentence, numbers, (owned_and_rented(measured),), notes=notes if others else ())


def measures(orders: Orders) -> Answer:
    """Every measure of dependence with what it rests on, at the costs that the sliders start from."""
    costs = starting_settings(orders, _in_main_currency(orders))
    measured = dependence(orders, orders.main_currency, costs=costs)
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
        told = int(rented["recognised"].sum())
        sentence += (
            f"; on marketplaces you can tell {told:,} more apart, without knowing who they are"
            if told
            else "; the marketplaces told you of none"
        )
    yours = known[known["kind"] == "owned"]
    yours = known if yours.empty else yours  # a chart needs a line, though it be all zero
    charts = (
        by_month(_in_main_currency(orders), "net_value", "Revenue", currency),
        by_month(yours, "identified", "Customers you know, added up"),
        by_month(yours, "reachable", "Customers you may write to, added up"),
    )
    return Answer(f"{sentence}.", charts=charts)


def what_if_it_stopped(orders: Orders) -> Question[Shocks]:
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
            (*_rests_on(monthly, hidden), *_notes(year)),
        )

    settings = starting_settings(orders, in_one)
    hidden = [settings.declared()[name].label for name in without_effect(in_one)]
    return Question(settings, answer, currency, without_effect(in_one))


def _in_main_currency(orders: Orders) -> pd.DataFrame:
    """The months of sales in the main currency, their amounts as floats: cast once, not at every move."""
    months = channel_months(orders)
    amounts = dict.fromkeys(MEASURED, "float64")
    return months[months["currency"] == orders.main_currency].astype(amounts)


def _by_channel(monthly: pd.DataFrame) -> pd.DataFrame:
    sums = monthly.groupby("channel").agg(
        kind=("kind", "first"),
        orders=("orders", "sum"),
        revenue=("revenue", "sum"),
        fees_told=("fees_told", "sum"),
        fees_assumed=("fees_assumed", "sum"),
        contribution=("contribution", "sum"),
    )
    sums["an_order"] = sums["contribution"] / sums["orders"].where(sums["orders"] > 0)
    whole = sums["contribution"].sum()
    sums["share"] = sums["contribution"] / whole if whole > 0 else float("nan")
    return sums


def _sentence(settings: Shocks, stopped: Stop, rise: FeeRise, currency: str) -> str:
    months = int(settings.downtime_months)
    gone = f"If the marketplaces stopped on Monday for **{count(months, 'month')}**, you would "
    if stopped.lost < 0:
        gone += f"save **{money(-stopped.lost, currency)}**, for their orders cost more than they leave"
    else:
        gone += f"miss **{money(stopped.lost, currency)}** of contribution"
    gone += ", and your cash "
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
            "Fees as booked": [money(value, currency) for value in channels["fees_told"]],
            "Fees assumed": [money(value, currency) for value in channels["fees_assumed"]],
            "Contribution": [money(value, currency) for value in channels["contribution"]],
            "An order leaves": [money(value, currency, 2) for value in channels["an_order"]],
            "Share of contribution": [percent(v) if pd.notna(v) else "" for v in channels["share"]],
        }
    )


def _rests_on(monthly: pd.DataFrame, settled: list[str]) -> tuple[str, ...]:
    """Which fees contribution is after, and which sliders are not there because of it."""
    fees = fees_in_words(monthly)
    notes = [
        f"{fees[0].upper()}{fees[1:]}; goods, advertising and parcels that you pay for at your settings."
    ]
    if settled:
        notes.append(f"No slider, because your files tell it: {', '.join(settled).lower()}.")
    if monthly.loc[monthly["channel"] == "Etsy", "fees_told"].sum() > 0:
        notes.append(
            "Etsy's exports tell its card fee alone, and none for listings, sales and advertising: an order "
            "there leaves less than is shown."
        )
    return tuple(notes)


def _notes(year: Year) -> tuple[str, ...]:
    if year.months_seen == 12:
        return ()
    return (
        f"Your files hold {count(year.months_seen, 'complete month')}; their mean stands for the others.",
    )
