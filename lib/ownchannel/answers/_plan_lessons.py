"""The plan that workbook 04 opens with, and its further answers: stories, prices, presets, measurements."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from ownchannel.answers._answer import Answer, amounts, when_seen, worked_out_once
from ownchannel.answers._plan_answer import SHARE, Baseline, in_months, said, short
from ownchannel.answers._rent_or_own import LIVE_DRAWS, MOVED, RentOrOwn
from ownchannel.answers._starting_settings import (
    customer_costs,
    in_main_currency,
    settings_of,
    starting_costs,
)
from ownchannel.assumptions import Assumption, Numbers
from ownchannel.charts import scenarios_side_by_side
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import AD_RATES, MEASURED, CustomerEconomics, Shocks, last_twelve_months
from ownchannel.orders import Orders
from ownchannel.scenarios import (
    FEWEST_PLANNED_DAYS,
    PRESETS,
    AnyChannel,
    Calibration,
    Event,
    MarketplaceChannel,
    OwnedChannel,
    Plan,
    break_even_cac,
    calibrate,
    compare,
    days_of_orders,
    planned_channel,
    preset,
    project,
    simulate,
)

_YEAR = 12

#: What may go wrong, and how advertising answers: no order shows it, so the balanced brand's stand in.
_BORROWED = {
    "marketplace": (
        *("undercut_loss", "suspension_hazard", "suspension_months", "suspension_recovery"),
        *("private_label_hazard", "private_label_loss", "fee_rise_hazard", "fee_rise_points"),
        *("ad_incrementality", "cac_inflation", "spend_elasticity", "payout_delay", "stock_lead_months"),
        *("repeat_rate", "days_between_orders", "refund_fee_rate"),
    ),
    "owned": (
        *("ad_loss_hazard", "ad_loss_months", "ad_incrementality", "cac_inflation", "spend_elasticity"),
        *("ramp_months", "cannibalisation", "stock_lead_months", "payment_fixed"),
        *("repeat_rate", "days_between_orders"),
    ),
}


class NothingSold(ValueError):
    """No plan can start from orders that brought no revenue."""


#: What stands in for a brand whose files show no revenue, where they show one kind of channel.
_STANDS_IN = {"marketplace": "All-marketplace brand", "owned": "Own-store-first brand"}

Beginning = tuple[Plan, Baseline, dict[str, Callable[[], Plan]]]


def rent_or_own(orders: Orders) -> RentOrOwn:
    """The question of workbook 04 for a brand's orders, beginning with the opening plan.

    A typical brand stands in where nothing was sold.
    """
    start, baseline, offered = _beginning(orders)
    return RentOrOwn(start, baseline=baseline, offered=offered)


@worked_out_once
def _beginning(orders: Orders) -> Beginning:
    """The plan to begin with, what it is measured against, and plans on offer beside it."""
    try:
        found = todays_plan(orders)
    except NothingSold:
        return _of_a_typical_brand(orders)
    offered = {}
    if short := short_channels(orders):
        names = listed(f"{name} ({count(days, 'day')} of orders)" for name, days in short.items())
        offered[f"With {names}"] = lambda: opening_plan(todays_plan(orders, with_short=True).plan)
    baseline = Baseline(
        sold=sold_last_year(orders, [channel.name for channel in found.plan.channels]),
        measured=measured_ranges(found),
        calibration=found,
        remarks=(
            *found.notes,
            *([f"To take {'it' if len(short) == 1 else 'them'} in, load ‘{name}’." for name in offered]),
        ),
    )
    return opening_plan(found.plan), baseline, offered


def _of_a_typical_brand(orders: Orders) -> Beginning:
    kinds = set(orders.channels().values())
    name = _STANDS_IN[kinds.pop()] if len(kinds) == 1 else "Balanced brand"
    today = preset(name).today()
    no_revenue = (
        f"Your files show **no revenue** in {orders.main_currency} after refunds, so this page starts from a "
        f"typical brand in dollars, ‘{name}’."
    )
    baseline = Baseline(stands_in=no_revenue, calibration=Calibration(today, _as_in(name, today.numbers())))
    return opening_plan(today), baseline, {}


def todays_plan(orders: Orders, *, with_short: bool = False) -> Calibration:
    """The brand as it is: its channels, measured where orders show it, and where each number comes from.

    Advertising is the share of sales that workbook 01 starts with, and wins customers at the cost of workbook
    02. A brand without a store, or without a marketplace, has one that is planned, as the nearest preset has
    it. `short_channels` are left out, but `with_short`. Raises NothingSold where there was no revenue.
    """
    currency = orders.main_currency
    months = in_main_currency(orders)
    costs = settings_of(CustomerEconomics, customer_costs(orders, months))
    books = settings_of(Shocks, starting_costs(orders, months))
    left_out = () if with_short else short_channels(orders)
    channels = [
        _channel(str(name), of_channel, costs)
        for name, of_channel in months.groupby("channel")
        if of_channel["net_value"].sum() > 0 and name not in left_out
    ]
    if not channels:
        raise NothingSold(f"These orders brought no revenue in {currency}: no plan can start from them.")
    account = orders.account
    times = {"horizon_months": account.horizon_months, "discount_rate": account.discount_rate}
    plan = Plan(
        channels=tuple(channels),
        currency=currency,
        cash=books.cash,
        fixed_costs=books.fixed_costs,
        uncertain=_uncertain(channels),
        **{name: value for name, value in times.items() if value is not None},
    )
    found = calibrate(orders, plan.today(), add_channels=False)
    net = months[~months["channel"].isin(list(left_out))].groupby("channel")["net_value"].sum()
    notes = [
        f"{name} is left out of the plan: it brought no revenue after refunds."
        for name in net.index[net <= 0]
    ]
    return _with_what_is_missing(replace(found, notes=(*notes, *found.notes)))


def short_channels(orders: Orders) -> dict[str, int]:
    """The channels with less than 90 days of orders, and how many: no plan for years starts from them.

    One that is all that a brand has of its kind is none of these: it shows more than a typical brand does.
    """
    days, kinds = days_of_orders(orders, orders.main_currency), orders.channels()
    long = {kinds[name] for name, number in days.items() if number >= FEWEST_PLANNED_DAYS}
    return {
        name: number for name, number in days.items() if number < FEWEST_PLANNED_DAYS and kinds[name] in long
    }


def sold_last_year(orders: Orders, channels: Collection[str]) -> dict[str, tuple[float, float]]:
    """By kind of channel the revenue of the last twelve complete months, without shipping and with it.

    A kind of channel whose files cover fewer months is left out.
    """
    months = in_main_currency(orders)
    months = months[months["channel"].isin(list(channels))]
    try:
        year, _ = last_twelve_months(months, orders.sales["ordered_on"].max())
    except ValueError:  # no month is complete
        return {}
    return {
        str(kind): (float(sold["net_value"].sum()), float((sold["net_value"] + sold["shipping"]).sum()))
        for kind, sold in year.groupby("kind")
        if sold["month"].nunique() == _YEAR and sold["net_value"].sum() > 0
    }


def _with_what_is_missing(found: Calibration) -> Calibration:
    """The same with the store, or the marketplace, that the brand lacks, and a sentence on it."""
    plan = found.plan
    missing = planned_channel(plan, MOVED * plan.growth_budget)
    if missing is None:
        return found
    channels = (*plan.channels, missing.channel)
    grown = Plan(**{**dict(plan), "channels": channels, "uncertain": {**plan.uncertain, **missing.uncertain}})
    prefix = f"channels.{missing.channel.name}."
    borrowed = {path: number for path, number in grown.numbers().items() if path.startswith(prefix)}
    rows = _as_in(missing.like, borrowed)
    lacks = "You have no store of your own"
    if missing.channel.kind == "marketplace":
        lacks = "You sell on no marketplace"
    note = (
        f"{lacks} yet: its numbers are those of a typical brand like yours, ‘{missing.like}’, all of them "
        "assumptions."
    )
    return Calibration(grown, pd.concat([found.fields, rows], ignore_index=True), (note, *found.notes))


def _as_in(brand: str, numbers: Numbers) -> pd.DataFrame:
    """Rows of `Calibration.fields` for numbers that are a typical brand's."""
    values = pd.DataFrame({"path": list(numbers), "value": [float(value) for value, _ in numbers.values()]})
    return values.assign(
        low=float("nan"), high=float("nan"), source=f"as in ‘{brand}’", confidence="assumption"
    )


def opening_plan(today: Plan) -> Plan:
    """Today's plan with a fifth of the growth budget moved: to own stores, or to what is not there yet."""
    share = today.owned_share_of_growth_budget
    missing = planned_channel(today, MOVED * today.growth_budget)
    if missing is None:
        return today.with_values({SHARE: min(1.0, round(share + MOVED, 2))}) if _can_move(today) else today
    share += MOVED if missing.channel.kind == "owned" else -MOVED
    return today.with_values({SHARE: round(share, 2), "setup_cost": missing.setup_cost})


def _can_move(today: Plan) -> bool:
    return len({channel.kind for channel in today.channels if channel.reference_spend > 0}) > 1


def measured_ranges(found: Calibration) -> dict[str, tuple[float, float]]:
    """By path of each number that was measured, its interval."""
    fields = found.fields[(found.fields["confidence"] == "measured") & found.fields["low"].notna()]
    numbers = found.plan.numbers()
    rows = zip(fields["path"], fields["low"], fields["high"], strict=True)
    return {str(path): (float(low), float(high)) for path, low, high in rows if path in numbers}


def _channel(name: str, months: pd.DataFrame, costs: CustomerEconomics) -> AnyChannel:
    kind = str(months["kind"].iloc[0])
    last = months[months["month"].isin(sorted(months["month"].unique())[-_YEAR:])]
    a_month = last[[*MEASURED]].astype(float).sum()
    a_month /= last["month"].nunique()
    orders = max(a_month["orders"], 1e-9)
    unknown = a_month["item_value"] - a_month["goods_base_told"]
    cac = costs.cost_to_win(kind)
    spend = getattr(costs, AD_RATES[kind]) * max(a_month["net_value"], 0.0) if cac else 0.0
    rented = kind == "marketplace"
    given: dict[str, Any] = {
        "name": name,
        "order_value": max((a_month["net_value"] + a_month["shipping"]) / orders, 0.01),
        "goods_cost": (a_month["goods"] + costs.goods_cost_rate * unknown) / orders,
        "fulfilment_cost": costs.marketplace_fulfilment if rented else costs.owned_fulfilment,
        "reference_spend": round(spend) or round(spend, 2),
        "cac": cac,
    }
    fee = {"fee_rate": costs.marketplace_fee_rate} if rented else {"payment_rate": costs.owned_payment_rate}
    like = preset("Balanced brand").channels[0 if rented else 1]
    given |= fee | {field: getattr(like, field) for field in _BORROWED[kind]}
    return (MarketplaceChannel if rented else OwnedChannel)(**given)


def _uncertain(channels: list[AnyChannel]) -> dict[str, tuple[float, float]]:
    """What nobody knows well: how many would have come without advertising, and what a customer costs."""
    found: dict[str, tuple[float, float]] = {}
    for channel in channels:
        if channel.reference_spend > 0:
            low, high = channel.declared()["ad_incrementality"].plausible
            path, share = f"channels.{channel.name}", channel.ad_incrementality
            found[f"{path}.ad_incrementality"] = (min(low, share), max(high, share))
            found[f"{path}.cac"] = (round(0.7 * channel.cac, 2), round(1.4 * channel.cac, 2))
    return found


# ---------------------------------------------------------------- further answers

_HAPPENED = {
    "suspension": "{} suspends you",
    "private_label": "{} sells a product of its own",
    "fee_rise": "{} raises its fee",
    "ad_loss": "{} loses its advertising account",
}

#: Stories, and unlucky numbers in each.
_STORIES, _NUMBERS = 5, 2


@when_seen
def worst_stories(plan: Plan, draws: int = LIVE_DRAWS, seed: int = 0) -> Answer:
    """The worst simulated futures, opened: what happened in each, and which of its numbers were unlucky."""
    found = simulate(plan, draws, seed)
    rows = []
    for draw in found.worst()[:_STORIES]:
        drawn, events = found.draw(int(draw))
        rows.append(
            {
                "Value": money(project(drawn, events).npv, plan.currency),
                "What happens": _story(events),
                "What turns out otherwise": _unlucky(plan, drawn),
            }
        )
    worst, expected = (said(value, plan.currency) for value in (found.npv.min(), found.npv.mean()))
    return Answer(
        f"The worst of {draws:,} simulated futures is worth about **{worst}** where about {expected} is "
        f"expected. These are the {len(rows)} worst, as stories.",
        table=pd.DataFrame(rows),
    )


@when_seen
def what_a_customer_may_cost(plan: Plan) -> Answer:
    """How much dearer customers of the own stores may become before the plan is no better than today."""
    found = break_even_cac(plan)
    if found.verdict == "any":
        sentence = "This plan equals staying as you are, **whatever** a customer costs."
    elif found.multiple is None:
        better = simulate(plan, LIVE_DRAWS).npv.mean() > simulate(plan.today(), LIVE_DRAWS).npv.mean()
        side = "better" if better else "worse"
        sentence = (
            f"This plan is **{side}** than staying as you are whatever a customer of your own store costs."
        )
    else:
        change = "more" if found.multiple > 1 else "less"
        sentence = (
            "This plan equals staying as you are if a new customer of your own store costs "
            f"**{percent(abs(found.multiple - 1))} {change}** than you entered."
        )
    rows = [
        {
            "Channel": name,
            "A new customer costs, as entered": money(plan.channel(name).cac, plan.currency, 2),
            "Most you can pay": ""
            if found.multiple is None
            else money(found.multiple * plan.channel(name).cac, plan.currency, 2),
            "The last one at this budget costs": money(marginal, plan.currency, 2),
        }
        for name, marginal in found.marginal.items()
    ]
    return Answer(sentence, table=pd.DataFrame(rows) if rows else None)


@when_seen
def presets_compared(moved: float = 0.2) -> Answer:
    """Five typical brands, each with a fifth of its budget moved to its own store."""
    plans = {}
    for name, make in PRESETS.items():
        today = make().today()
        share = min(1.0, today.owned_share_of_growth_budget + moved)
        plans[name] = today.with_values({"owned_share_of_growth_budget": share})
    table = compare(plans, LIVE_DRAWS)
    pays = [str(name) for name, month in table["payback_month"].items() if month < float("inf")]
    shown = pd.DataFrame(
        {
            "Brand": list(table.index),
            "First year, compared with its today": amounts(table["first_year"], "USD"),
            "Pays back in month": [in_months(value) for value in table["payback_month"]],
            "Through marketplaces in year 3": [percent(value) for value in table["marketplace_share"]],
            "Revenue at risk in a bad year": amounts(table["revenue_at_risk"], "USD"),
        }
    )
    named = listed(pays) if pays else "none of them"
    return Answer(
        f"Shifting {percent(moved)} of the growth budget to the own store pays back for **{len(pays)} of "
        f"{len(table)}**: {named}.",
        charts=(scenarios_side_by_side(table, "USD"),),
        table=shown,
    )


def calibrated(found: Calibration) -> Answer:
    """Where each number of the plan comes from: measured with its range, or the plan's own."""
    fields = found.fields
    measured = fields[fields["confidence"] == "measured"]
    numbers, currency = found.plan.numbers(), found.plan.currency
    rows = [
        _measured_row(row, numbers[path][1] if (path := str(row.path)) in numbers else None, currency)
        for row in measured.itertuples()
    ]
    others = len(fields) - len(measured)
    return Answer(
        f"**{count(len(measured), 'number')}** of the plan were measured in your orders; the other {others} "
        "are assumptions or your own, each with its source behind the ? of its slider.",
        table=pd.DataFrame(rows) if rows else None,
        notes=found.notes,
    )


def _measured_row(row: Any, mark: Assumption | None, currency: str) -> dict[str, str]:
    """What was measured, as texts; a season or a model has no declaration."""
    digits = 3 if mark is None else 4
    value, low, high = (float(f"{number:.{digits}g}") for number in (row.value, row.low, row.high))
    reading, span = f"{value:g}", f"{low:g} to {high:g}"
    if mark is not None:
        reading, span = mark.reading(value, currency), mark.span(low, high, currency)
    return {
        "Number": _called(row.path, mark),
        "Value": reading,
        "95% range": span if pd.notna(row.low) else "",
        "Where it comes from": row.source,
    }


def _story(events: Sequence[Event]) -> str:
    if not events:
        return "Nothing: its numbers alone make it one of the worst."
    happened = [f"month {event.month}: {_HAPPENED[event.kind].format(event.channel)}" for event in events]
    text = "; ".join(happened[:_STORIES])
    more = len(happened) - _STORIES
    return text[0].upper() + text[1:] + (f"; and {more} more." if more > 0 else ".")


def _unlucky(plan: Plan, drawn: Plan) -> str:
    """The uncertain numbers that lie farthest from the plan's, against their range."""
    numbers = plan.numbers()

    def distance(path: str) -> float:
        low, high = plan.uncertain[path]
        return abs(drawn.get(path) - plan.get(path)) / (high - low)

    unlucky = []
    for path in sorted(plan.uncertain, key=distance, reverse=True)[:_NUMBERS]:
        mark = numbers[path][1]
        value = mark.reading(float(f"{drawn.get(path):.3g}"), plan.currency)
        unlucky.append(f"{short(_called(path, mark))}: {value}")
    return "; ".join(unlucky) or "Nothing is uncertain."


def _called(path: str, mark: Assumption | None) -> str:
    """A number as one calls it, with its channel; a month of the season and a model have no declaration."""
    channel, _, name = path.removeprefix("channels.").rpartition(".")
    if mark is not None:
        return f"{mark.label}, {channel}" if channel else mark.label
    if channel == "seasonality":
        return f"Season, {name}"
    return f"{name.replace('purchase_model', 'Repeat orders in 12 months')}, {channel}"
