"""Where the sliders of workbook 01 start: at the declared defaults, made to fit the brand and its files."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import pandas as pd
from pydantic import create_model

from ownchannel.answers._answer import Answer, Question
from ownchannel.assumptions import scaled
from ownchannel.charts import (
    LABELS,
    by_month,
    cash_when_stopped,
    fee_and_contribution,
    left_by_an_order,
    owned_and_rented,
    where_it_went,
)
from ownchannel.customers import channel_months, known_customers
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import (
    ALL,
    MEASURED,
    ROUNDING,
    Booked,
    FeeRise,
    Shocks,
    Stop,
    Use,
    Year,
    advertising_share,
    contribution_by_month,
    dependence,
    fees_in_words,
    last_twelve_months,
    last_year,
    raise_fee,
    stop,
    what_was_booked,
)
from ownchannel.orders import Orders, day

#: The brand that the declared defaults suit: revenue a month and an order's value, in dollars.
TYPICAL_REVENUE, TYPICAL_ORDER = 30_000, 50

_YEAR = timedelta(days=365)


def starting_settings(orders: Orders, months: pd.DataFrame) -> Shocks:
    """The declared defaults, fitted to the brand; advertising as marketplaces booked it, where they did.

    Money is ten times as high for a brand ten times as large or in a smaller coin. `months` is the table of
    `channel_months` in the main currency.
    """
    model = Shocks
    by_month = months.groupby("month")[["net_value", "orders"]].sum()
    revenue, number = by_month["net_value"].mean(), by_month["orders"].mean()
    if revenue > 0 and number > 0:
        size = _power_of_ten(revenue / TYPICAL_REVENUE)
        order = _power_of_ten(revenue / number / TYPICAL_ORDER)
        model = scaled(model, {"money": size, "money a month": size, "money an order": order})
    return _with_booked_advertising(model, orders)()


def _power_of_ten(ratio: float) -> float:
    return float(10.0 ** round(math.log10(ratio)))


def _with_booked_advertising(model: type[Shocks], orders: Orders) -> type[Shocks]:
    """The declarations with the last year's advertising as the default, to a step of its slider."""
    if orders.sales.empty:
        return model
    last_day = orders.sales["ordered_on"].max()
    share = advertising_share(orders.entries, orders.main_currency, since=last_day - _YEAR)
    if share is None:
        return model
    declared = model.declared()["marketplace_ad_rate"]
    share = min(round(round(share / declared.step) * declared.step, 6), declared.valid[1])
    low, high = declared.plausible
    measured = replace(
        declared,
        plausible=(min(low, share), max(high, share)),
        source=f"Measured in your files: booked by marketplaces in the year to {day(last_day)}",
        confidence="measured",
    )
    return create_model(
        model.__name__, __base__=model, marketplace_ad_rate=(Annotated[float, measured], share)
    )


def without_effect(months: pd.DataFrame) -> tuple[str, ...]:
    """The settings that change nothing, because files tell what they stand for; they need no slider."""
    rented, owned = (months[months["kind"] == kind] for kind in ("marketplace", "owned"))
    told = {
        "marketplace_fee_rate": _all_fees_are_told(rented),
        "marketplace_fulfilment": len(rented) > 0 and (rented["orders"] == rented["orders_sent"]).all(),
        "owned_payment_rate": _all_fees_are_told(owned),
    }
    return tuple(name for name, is_told in told.items() if is_told)


def _all_fees_are_told(months: pd.DataFrame) -> bool:
    told, base = months["fee_base_told"].sum(), (months["net_value"] + months["shipping"]).sum()
    return bool(base > 0 and abs(told - base) <= ROUNDING * base)


# ------------------------ The answers of the first two workbooks, each a sentence, a picture and a table


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


# ------------------------ The answer of workbook 01 on what marketplaces booked

_IN_WORDS = {
    Use.REFUNDS: "refunds",
    Use.FEES: "selling fees",
    Use.FULFILMENT: "fulfilment",
    Use.ADVERTISING: "advertising",
    Use.ACCOUNT: "storage with subscription",
}


def what_the_platforms_booked(orders: Orders) -> Answer:
    """Of 100 that buyers paid on marketplaces, what went where, as their own books say."""
    currency = orders.main_currency
    booked = what_was_booked(orders.entries, currency)
    if booked is None:
        return Answer(
            f"No file tells what a marketplace booked in {currency}. Read Amazon's settlements or "
            "transactions in the first workbook, and this page shows where the money went."
        )
    return Answer(
        _booked_sentence(booked),
        _booked_numbers(booked),
        (where_it_went(booked),),
        _booked_table(booked),
        tuple(_booked_notes(booked, orders)),
    )


def _booked_sentence(booked: Booked) -> str:
    currency = booked.currency
    taken = [
        f"{words} **{money(-100 * booked.share(use), currency)}**"
        for use, words in _IN_WORDS.items()
        if booked.total(use) < 0
    ]
    took = f"{listed(taken).replace(' **', ' took **', 1)}; " if taken else ""
    left = money(100 * float(booked.left() / booked.total(Use.SALES)), currency)
    channels = listed(sorted(set(booked.table["channel"])))
    return (
        f"Of every {money(100, currency)} that buyers paid on {channels}, {took}**{left}** was left for you "
        "and your goods."
    )


def _booked_numbers(booked: Booked) -> tuple[tuple[str, str], ...]:
    taken = booked.total(Use.SALES) + booked.total(Use.REFUNDS) - booked.left()
    return (
        ("Buyers paid", money(booked.total(Use.SALES), booked.currency)),
        ("Marketplaces took", money(taken, booked.currency)),
        ("Their share of sales", percent(float(taken / booked.total(Use.SALES)))),
        ("Left", money(booked.left(), booked.currency)),
    )


def _booked_table(booked: Booked) -> pd.DataFrame:
    sales = booked.table[booked.table["use"] == Use.SALES].set_index("channel")["amount"]
    rows = [
        {
            "Channel": row["channel"],
            "What was booked": LABELS[row["use"]],
            "Amount": money(row["amount"], booked.currency, 2),
            "Of 100 sold there": f"{100 * row['amount'] / sales[row['channel']]:.2f}"
            if row["use"] != Use.TRANSFERS and row["channel"] in sales
            else "",
        }
        for row in booked.table.to_dict("records")
    ]
    return pd.DataFrame(rows)


def _booked_notes(booked: Booked, orders: Orders) -> list[str]:
    notes = [f"Booked from {day(booked.first_day)} to {day(booked.last_day)}."]
    unnamed, paid_out = booked.total(Use.UNCLASSIFIED), -booked.total(Use.TRANSFERS)
    if unnamed:
        notes.append(
            f"{money(unnamed, booked.currency, 2)} bears names that nobody here knows; the first workbook "
            "lists them by file."
        )
    if paid_out:
        notes.append(
            f"{money(paid_out, booked.currency, 2)} was paid out to your bank. That is no profit: it is what "
            "was left, moved."
        )
    others = sorted(set(orders.entries["currency"].to_pylist()) - {booked.currency})
    if others:
        notes.append(f"Money is in {booked.currency}. What was booked in {listed(others)} is not in it.")
    return notes
