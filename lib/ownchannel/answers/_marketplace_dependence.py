"""The answers of workbook 01: what is owned, what is rented, what if it stopped, what was charged."""

from collections.abc import Collection, Mapping
from datetime import timedelta

import pandas as pd

from ownchannel.answers._answer import Answer, LaterChart, Question, amounts, when_seen, worked_out_once
from ownchannel.answers._starting_settings import (
    costs_counted,
    etsy_is_incomplete,
    in_main_currency,
    only_in,
    settings_of,
    starting_costs,
    without_effect,
)
from ownchannel.charts import (
    Chart,
    by_month,
    cash_when_stopped,
    fee_and_contribution,
    left_by_an_order,
    owned_and_rented,
)
from ownchannel.customers import Floats, known_customers
from ownchannel.formats import count, listed, money, percent, round_money
from ownchannel.marketplace import (
    ALL,
    FeeRise,
    MarketplaceShare,
    Shocks,
    Stop,
    contribution_by_month,
    dependence,
    last_twelve_months,
    last_year,
    marketplace_share,
    raise_fee,
    stop,
)
from ownchannel.orders import Orders

_YEAR = 12  # months

# ---------------------------------------------------------------- what is owned and what is rented


def own_and_rent(orders: Orders) -> Answer:
    """What of the business is owned and what is rented."""
    currency = orders.main_currency
    measured, known = dependence(orders, currency), known_customers(orders)
    share = marketplace_share(in_main_currency(orders), orders.sales["ordered_on"].max())
    counted = known[known["month"] == known["month"].max()][["identified", "recognised", "reachable"]].sum()
    orders_in_all = measured.amount("orders", ALL) or 0.0
    reachable = int(counted["reachable"])
    contact = f"may write to **{count(reachable, 'customer') if reachable else 'no customer'}**"
    buyers = "No file shows who bought, and you"
    if measured.known_orders or measured.recognised_orders:
        known_part = percent(measured.known) if measured.known else "none"
        buyers = f"You know who placed **{known_part}** of the orders in your files and"
    sentence = f"{_owned_sentence(share, orders.channels())} {buyers} {contact}."
    if measured.recognised_orders:
        further = percent(measured.recognised_orders / orders_in_all)
        sentence += f" **{further}** of orders show only an anonymous ID."
    numbers = [
        ("Revenue, all files", money(measured.amount("revenue", ALL) or 0.0, currency)),
        ("Orders, all files", f"{orders_in_all:,.0f}"),
        ("Buyers you know", f"{counted['identified']:,}"),
        ("Buyers you can contact", f"{counted['reachable']:,}"),
    ]
    if counted["recognised"]:
        numbers.append(("Anonymous buyers (an ID but no contact)", f"{counted['recognised']:,}"))
    notes = tuple(only_in(currency, orders.currencies()))
    return Answer(sentence, tuple(numbers), (owned_and_rented(measured),), notes=notes)


def _owned_sentence(share: MarketplaceShare, kinds: Mapping[str, str]) -> str:
    """What of the revenue is owned."""
    period = _period(share).capitalize()
    if share.recent is None:
        return f"{period} there was **no revenue**."
    if share.recent <= 0:
        return f"{period} you owned **all** of your revenue: none came through a marketplace."
    if share.recent >= 1:
        return f"{period} you owned **none** of your revenue: all of it came through {_through(kinds)}."
    return (
        f"{period} you owned **{percent(1 - share.recent)}** of your revenue and rented "
        f"**{percent(share.recent)}** from {_through(kinds)}."
    )


def _period(share: MarketplaceShare) -> str:
    if share.months == _YEAR:
        return "in the last twelve months"
    if share.months == 1:
        return "in the only complete month of your files"
    return f"in the {share.months} complete months of your files" if share.months else "so far"


def _through(kinds: Mapping[str, str]) -> str:
    """The marketplace by its name where there is one alone; empty where there is none."""
    rented = [name for name, kind in kinds.items() if kind == "marketplace"]
    return rented[0] if len(rented) == 1 else "marketplaces" if rented else ""


@when_seen
def measures(orders: Orders) -> Answer:
    """Every measure of dependence with what it rests on, at the costs that the sliders start from."""
    costs = settings_of(Shocks, starting_costs(orders, in_main_currency(orders)))
    measured = dependence(orders, orders.main_currency, costs=costs)

    def share(measure: str, value: float) -> str:
        return f"{value:.2f}" if measure == "concentration" else percent(value)

    def amount(measure: str, value: float) -> str:
        in_money = measure in ("revenue", "contribution")
        return money(value, measured.currency) if in_money else f"{value:,.0f}"

    rows = [
        {
            "Measure": row["measure"].capitalize(),
            "Of": row["scope"],
            "Share": share(row["measure"], row["share"]) if pd.notna(row["share"]) else "",
            "Amount": amount(row["measure"], row["amount"]) if pd.notna(row["amount"]) else "",
            "Based on": row["rests_on"],
        }
        for row in measured.table.to_dict("records")
    ]
    return Answer(
        f"In all your files, {f'{measured}'[0].lower()}{f'{measured}'[1:]}", table=pd.DataFrame(rows)
    )


@when_seen
def over_time(orders: Orders) -> Answer:
    """Revenue, known and reachable customers by channel over time."""
    currency, kinds = orders.main_currency, orders.channels()
    known = known_customers(orders)
    at_end = known[known["month"] == known["month"].max()]
    rented = at_end[at_end["kind"] == "marketplace"]
    identified, reachable = int(at_end["identified"].sum()), int(at_end["reachable"].sum())
    who = f"**{count(identified, 'customer')}** and may write to **{reachable:,}** of them"
    sentence = f"By {at_end['month'].iloc[0]:%B %Y} you know {who if identified else '**no customer**'}"
    if len(rented):
        recognised = int(rented["recognised"].sum())
        sentence += (
            f"; marketplaces show {recognised:,}{' more' if identified else ''} as anonymous IDs"
            if recognised
            else "; no file shows who bought on marketplaces"
        )
    months, last_day = in_main_currency(orders), orders.sales["ordered_on"].max()
    now, before = (marketplace_share(months, end) for end in (last_day, last_day - timedelta(days=365)))
    if len(rented) and now.months == before.months == _YEAR:
        shares = [percent(share.recent or 0.0) for share in (now, before)]
        sentence = (
            f"Marketplaces brought **{shares[0]}** of your revenue in the last twelve months and "
            f"**{shares[1]}** in the twelve before. {sentence}"
        )
    yours = known[known["kind"] == "owned"]
    yours = known if yours.empty else yours  # a chart needs a line, though it be all zero
    charts = (
        by_month(months, "net_value", "Revenue", currency, kinds=kinds),
        by_month(yours, "identified", "Customers you know", kinds=kinds),
        by_month(yours, "reachable", "Customers you may write to", kinds=kinds),
    )
    return Answer(f"{sentence}.", charts=charts)


# ---------------------------------------------------------------- when the marketplaces stop


@worked_out_once
def what_if_it_stopped(orders: Orders) -> Question[Shocks]:
    """Sliders for costs, a stop of the marketplaces and a rise of their fee."""
    currency, kinds, months = orders.main_currency, orders.channels(), in_main_currency(orders)
    last_day = orders.sales["ordered_on"].max()
    share = marketplace_share(months, last_day)
    through = _through(kinds) if share.recent else ""
    customers = known_customers(orders)
    reachable = int(customers.loc[customers["month"] == customers["month"].max(), "reachable"].sum())
    sliders, shown = starting_costs(orders, months), without_effect(months)
    hidden = {*shown, *_of_absent_channels(set(months["kind"]))}
    how_we_know = _how_we_know(orders, months, [sliders[name][1].label for name in shown], share)

    def answer(settings: Shocks) -> Answer:
        if not share.months:
            return _not_yet(_share_sentence(share, through), only_in(currency, orders.currencies()))
        monthly = contribution_by_month(months, settings)
        year = last_year(monthly, last_day)
        stopped = stop(year, settings.downtime_months, settings.fixed_costs, settings.cash)
        rise = raise_fee(year, settings.fee_rise)
        channels = _by_channel(last_twelve_months(monthly, last_day)[0])
        left = channels["an_order"].dropna()
        charts: list[Chart | LaterChart] = [
            cash_when_stopped(year, stopped, currency),
            LaterChart(lambda: by_month(monthly, "contribution", "Contribution", currency, kinds=kinds)),
        ]
        if len(left):
            charts.append(LaterChart(lambda: left_by_an_order(list(left.index), list(left), kinds, currency)))
        if share.recent:
            fees = float(year.fee_base.sum())
            charts.append(LaterChart(lambda: fee_and_contribution(rise, settings.fee_rise, fees, currency)))
        return Answer(
            f"{_share_sentence(share, through)} {_stop_sentence(settings, stopped, through, currency)}",
            _numbers(settings, share, stopped, rise, currency),
            tuple(charts),
            _table(channels, currency),
            notes=(*_too_short(share), *only_in(currency, orders.currencies())),
            next_steps=_next_steps(share, stopped, rise, reachable=reachable, currency=currency),
            how_we_know=how_we_know,
        )

    first = [name for name in _DECIDE if name not in hidden][:_IN_SIGHT]
    return Question(settings_of(Shocks, sliders), answer, currency, sliders, hidden, first)


#: The settings that decide, most telling first; so many of them are in sight.
_DECIDE = (
    *("downtime_months", "cash", "fixed_costs", "goods_cost_rate", "fee_rise"),
    *("owned_ad_rate", "marketplace_fee_rate", "marketplace_ad_rate", "owned_fulfilment"),
)
_IN_SIGHT = 6


def _of_absent_channels(kinds: Collection[str]) -> list[str]:
    """Settings of marketplaces for a brand without one, and of a store likewise."""
    absent = [] if "owned" in kinds else [name for name in Shocks.declared() if name.startswith("owned_")]
    if "marketplace" not in kinds:
        absent += ["downtime_months", "fee_rise"]
        absent += [name for name in Shocks.declared() if name.startswith("marketplace_")]
    return absent


def _by_channel(monthly: pd.DataFrame) -> pd.DataFrame:
    added = ["orders", "revenue", "fees_told", "fees_assumed", "contribution"]
    sums = monthly.groupby("channel")[added].sum()
    sums["an_order"] = sums["contribution"] / sums["orders"].where(sums["orders"] > 0)
    whole = sums["contribution"].sum()
    sums["share"] = sums["contribution"] / whole if whole > 0 else float("nan")
    return sums


def _not_yet(dependence_now: str, notes: list[str]) -> Answer:
    """The answer where no month is complete: what a stop costs cannot be said from a part of one."""
    missing = "Your files cover no complete month, so what a stop would cost cannot be said yet."
    step = "**Add exports that cover at least one whole month**, better a year: then you can try a stop."
    return Answer(f"{dependence_now} {missing}", notes=tuple(notes), next_steps=(step,))


def _share_sentence(share: MarketplaceShare, through: str) -> str:
    """How dependent the revenue is."""
    if share.recent is None:
        return f"You had **no revenue** {_period(share)}."
    if share.recent <= 0:
        return f"**None of your revenue** {_period(share)} came through a marketplace."
    part = "All" if share.recent >= 1 else percent(share.recent)
    return f"**{part}** of your revenue {_period(share)} came through {through}."


def _stop_sentence(settings: Shocks, stopped: Stop, through: str, currency: str) -> str:
    """What a stop would cost, and what it would do to the cash."""
    months, emptied, as_it_is = settings.downtime_months, _empty(stopped.stopped), _empty(stopped.as_today)
    lowest = f"never fall below **{round_money(stopped.lowest, currency)}**"
    if not (through and months):
        cash = f"run out in **month {emptied}**" if emptied else lowest
        return f"As things are, your cash would {cash}."
    lost = f"miss about **{round_money(stopped.lost, currency)}** of contribution"
    if round(stopped.lost) == 0:
        lost = "miss **nothing**"
    if stopped.lost < 0:
        lost = f"save about **{round_money(-stopped.lost, currency)}**, because these orders lose money"
    cash = lowest
    if emptied:
        cash = f"run out in **month {emptied}**"
        cash += ", with or without the stop" if emptied == as_it_is else ""
        cash += f" instead of month {as_it_is}" if as_it_is not in (None, emptied) else ""
    length = count(int(months), "month")
    who = "they" if through == "marketplaces" else "it"
    return f"If {who} stopped on Monday for **{length}**, you would {lost}, and your cash would {cash}."


def _empty(cash: Floats) -> int | None:
    """The first month that ends below zero."""
    return int((cash < 0).argmax()) if (cash < 0).any() else None


def _numbers(
    settings: Shocks, share: MarketplaceShare, stopped: Stop, rise: FeeRise, currency: str
) -> tuple[tuple[str, str], ...]:
    recent, overall = (percent(part or 0.0) for part in (share.recent, share.all_files))
    of = "last 12 months" if share.months == _YEAR else f"last {count(share.months, 'complete month')}"
    beside = "" if recent == overall else f" (all files: {overall})"
    lowest = ("Lowest cash in two years", money(stopped.lowest, currency))
    through = (f"Revenue through marketplaces, {of}{beside}", recent)
    if not share.recent:
        return through, lowest
    gone = f"month {stopped.runway}" if stopped.runway else "not in 2 years"
    return (
        through,
        ("Contribution missed during the stop", money(stopped.lost, currency)),
        lowest,
        ("Cash runs out without marketplaces", gone),
        (f"Fee {100 * settings.fee_rise:g} percentage points higher, per year", money(-rise.cost, currency)),
    )


def _next_steps(
    share: MarketplaceShare, stopped: Stop, rise: FeeRise, *, reachable: int, currency: str
) -> tuple[str, ...]:
    """First the cash, then what orders leave, then the customers."""
    emptied, as_it_is = _empty(stopped.stopped), _empty(stopped.as_today)
    used = float(stopped.stopped[0]) - stopped.lowest
    gap, spare = round_money(-stopped.lowest, currency), round_money(stopped.lowest, currency)
    steps = []
    if as_it_is is not None:
        steps.append(
            f"**Stop the leak first**: even without a stop your cash runs out in month {as_it_is}. Lower the "
            "fixed costs, or raise what an order leaves."
        )
    elif emptied is not None:
        steps.append(
            f"**Close the gap of about {gap}** while sales are good: put it aside, or agree a credit line. "
            f"You would need it by month {emptied}."
        )
    elif share.recent and stopped.runway is None:
        steps.append(
            f"**Cash is not your weak spot**: it lasts over two years without marketplaces, with {spare} to "
            "spare in this stop. Use that time to build what you own."
        )
    elif used > 0:
        steps.append(
            f"**Keep about {round_money(used, currency)} in the bank**: the months ahead would use that much "
            "of your cash."
        )
    if not share.recent:
        return (*steps, *_write_to(reachable))
    if rise.points_to_nothing <= 0:
        steps.append(
            "**Find out why marketplace orders lose money** at these settings: check cost of goods and "
            "advertising first."
        )
    elif rise.points_to_nothing < _THIN:
        steps.append(
            f"**Raise prices or cut advertising there**: a fee {100 * rise.points_to_nothing:.1f} percentage "
            "points higher would erase what marketplace orders leave."
        )
    if share.recent >= 1:
        nobody = "" if reachable else ", and there is nobody you may write to"
        steps.append(
            f"**Start a store of your own**: no revenue is yours yet{nobody}. **Rent or own?** shows what a "
            "store costs and brings."
        )
        return tuple(steps)
    if share.recent > _MOSTLY:
        steps.append(
            f"**Let your own store grow**: it brings {percent(1 - share.recent)} of your revenue. "
            "**Rent or own?** shows what more of it costs and brings."
        )
    return (*steps, *_write_to(reachable))[:3]


#: Contribution that so small a rise of the fee erases is thin; above so large a share, a brand is dependent.
_THIN, _MOSTLY = 0.08, 0.5


def _write_to(reachable: int) -> tuple[str, ...]:
    if not reachable:
        return ("**Ask for consent at your own checkout**: so far there is nobody you may write to.",)
    people = f"**Write to the {count(reachable, 'customer')} who agreed to it** before you need them."
    return (f"{people} **Who comes back?** shows whom and when.",)


def _table(channels: pd.DataFrame, currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Channel": list(channels.index),
            "Orders in 12 months": [f"{orders:,.0f}" for orders in channels["orders"]],
            "Revenue": amounts(channels["revenue"], currency),
            "Fees as booked": amounts(channels["fees_told"], currency),
            "Fees assumed": amounts(channels["fees_assumed"], currency),
            "Contribution": amounts(channels["contribution"], currency),
            "An order leaves, after advertising": [
                money(left, currency, 2) if pd.notna(left) else "" for left in channels["an_order"]
            ],
            "Share of contribution": [percent(v, 1) if pd.notna(v) else "" for v in channels["share"]],
        }
    )


def _too_short(share: MarketplaceShare) -> tuple[str, ...]:
    if share.months == _YEAR:
        return ()
    seen = count(share.months, "complete month")
    return (f"Your files cover {seen}: an average month stands in for the others of the year.",)


def _how_we_know(
    orders: Orders, months: pd.DataFrame, shown: list[str], share: MarketplaceShare
) -> tuple[str, ...]:
    """How a stop is worked out, what contribution is after, and what is not known."""
    grounds = []
    if share.recent:
        grounds.append(
            "The last twelve months are repeated for two years. During the stop the marketplaces' orders are "
            "missing, with their advertising and parcels; your fixed costs go on."
        )
    monthly = contribution_by_month(months, Shocks())
    grounds.append(costs_counted(monthly, "advertising", "your own parcels"))
    if shown:
        grounds.append(f"Your files show these costs, so they have no slider: {listed(shown).lower()}.")
    etsy = months[months["channel"] == "Etsy"]
    return (*grounds, *etsy_is_incomplete(float(etsy["fee"].sum()), orders))
