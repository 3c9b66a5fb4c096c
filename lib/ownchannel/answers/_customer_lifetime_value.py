"""The first answers of workbook 02: what a customer is worth on each channel, and what that rests on."""

from collections.abc import Collection

import pandas as pd

from ownchannel.answers._answer import Answer, LaterChart, Question, amounts, worked_out_once
from ownchannel.answers._lifetimes import (
    BY_ASSUMPTION,
    BY_KEYS,
    BY_RATE,
    BY_REPORT,
    Lifetimes,
)
from ownchannel.answers._starting_settings import (
    costs_counted,
    customer_costs,
    etsy_is_incomplete,
    only_in,
    settings_of,
    without_effect,
)
from ownchannel.charts import left_by_source, paid_back, value_and_cost
from ownchannel.clv import (
    RepeatCurve,
    ReportedRepeats,
    curve_of_share,
)
from ownchannel.customers import YEAR
from ownchannel.formats import count, listed, money, percent, round_money
from ownchannel.marketplace import (
    AD_RATES,
    COST_TO_WIN,
    CustomerEconomics,
    Worth,
    contribution_by_month,
    order_terms,
    worth_by_channel,
)
from ownchannel.orders import day

#: The settings that decide, the first six that this brand has.
_DECIDE = (
    *COST_TO_WIN.values(),
    *("returning_share", "goods_cost_rate", "horizon_months", "owned_fulfilment", "marketplace_fulfilment"),
    *("discount_rate", "marketplace_fee_rate", "owned_payment_rate"),
)
_IN_SIGHT = 6
#: So many channels have their name in the sentence, and tiles of their own.
_NAMED = 3
_TILES = 5


@worked_out_once
def what_a_customer_is_worth(found: Lifetimes) -> Question[CustomerEconomics]:
    """Sliders for horizon, discount, costs and what a customer costs to win; nothing is fitted again."""
    sliders = customer_costs(found.orders, found.months)
    settings = settings_of(CustomerEconomics, sliders)
    hidden = _without_slider(found, sliders)
    first = [name for name in _DECIDE if name not in hidden][:_IN_SIGHT]
    how_we_know = _how_we_know(found, settings)

    def answer(chosen: CustomerEconomics) -> Answer:
        worths = _worths(found, chosen)
        if not worths:
            return Answer(
                f"Your files show **no revenue** in {found.currency} after refunds, so what a customer is "
                "worth cannot be known yet.",
                next_steps=("**Add more order files** in the first workbook.",),
            )
        horizon = int(chosen.horizon_months)
        rows = [_row(worth, found.rests_on[worth.channel], horizon, found.currency) for worth in worths]
        return Answer(
            _sentence(worths, horizon, found.currency),
            _numbers(worths, horizon, found.currency),
            (
                value_and_cost(worths, horizon, found.currency),
                LaterChart(lambda: paid_back(worths, found.currency)),
            ),
            pd.DataFrame(rows),
            _warnings(found, chosen),
            _next_steps(found, worths),
            how_we_know,
        )

    return Question(settings, answer, found.currency, sliders, hidden, first)


def _without_slider(found: Lifetimes, sliders: Collection[str]) -> tuple[str, ...]:
    """What files show, what the brand does not have, and advertising, which is the cost to win."""
    kinds = set(found.kinds.values())
    absent = [kind for kind in COST_TO_WIN if kinds and kind not in kinds]
    hidden = [name for name in sliders if name.startswith(tuple(f"{kind}_" for kind in absent))]
    if BY_ASSUMPTION not in found.rests_on.values():
        hidden.append("returning_share")
    return tuple(dict.fromkeys([*without_effect(found.months), *AD_RATES.values(), *hidden]))


def _worths(found: Lifetimes, chosen: CustomerEconomics) -> list[Worth]:
    terms = order_terms(found.months, chosen)
    curves = {channel: found.curve(channel, chosen) for channel in terms}
    return worth_by_channel(curves, found.kinds, terms, chosen)


def _sentence(worths: list[Worth], horizon: int, currency: str) -> str:
    each = [
        f"**{round_money(worth.at_horizon('expected'), currency)}**{{}} on {worth.channel}"
        for worth in worths[:_NAMED]
    ]
    first, *others = each
    leaves = listed([first.format(f" in {_in_words(horizon)}"), *(text.format("") for text in others)])
    text = f"A new customer leaves you about {leaves}, and costs {_costs(worths, currency)} to win."
    never = [worth.channel for worth in worths if worth.paid_back is None]
    return f"{text} On **{listed(never)}** that cost does not come back." if never else text


def _costs(worths: list[Worth], currency: str) -> str:
    """What winning one costs; by kind of channel where that differs."""
    costs = {worth.kind: round_money(worth.cost, currency) for worth in worths}
    if len(costs) == 1:
        return f"**{costs[worths[0].kind]}**"
    place = {"owned": "in your own store", "marketplace": "on marketplaces"}
    return listed([f"**{cost}** {place[kind]}" for kind, cost in costs.items()])


def _in_words(months: int) -> str:
    """A horizon as one says it.

    >>> _in_words(24), _in_words(12), _in_words(7)
    ('two years', 'a year', '7 months')
    """
    years = {12: "a year", 24: "two years", 36: "three years", 48: "four years", 60: "five years"}
    return years.get(months, count(months, "month"))


def _numbers(worths: list[Worth], horizon: int, currency: str) -> tuple[tuple[str, str], ...]:
    if len(worths) > 1:
        kept = [
            (f"{worth.channel}: left after the cost to win one", money(worth.kept, currency, 2))
            for worth in worths[:_NAMED]
        ]
        paid = [
            (f"{worth.channel}: cost paid back by", _when(worth.paid_back, horizon)) for worth in worths[:2]
        ]
        return (*kept, *paid)
    (worth,) = worths
    ends = (worth.at_horizon(end) for end in ("lower", "upper"))
    spread = (("95% range", " to ".join(amounts(ends, currency, 2))),) if worth.has_range else ()
    return (
        (f"A customer leaves in {count(horizon, 'month')}", money(worth.at_horizon("expected"), currency, 2)),
        *spread,
        ("Costs to win", money(worth.cost, currency, 2)),
        ("Left after that cost", money(worth.kept, currency, 2)),
        ("Cost paid back by", _when(worth.paid_back, horizon)),
    )


def _row(worth: Worth, rests_on: str, horizon: int, currency: str) -> dict[str, str]:
    low, high = amounts(map(worth.at_horizon, ("lower", "upper")), currency, 2)
    expected = worth.at_horizon("expected")
    return {
        "Channel": worth.channel,
        "Repeat orders known from": rests_on,
        f"Orders in {count(horizon, 'month')}": f"{worth.at_horizon('orders'):.2f}",
        "A customer leaves": money(expected, currency, 2),
        "95% range": f"{low} to {high}" if rests_on == BY_KEYS else "",
        "Costs to win": money(worth.cost, currency, 2),
        "Value over cost": f"{expected / worth.cost:.1f}" if worth.cost > 0 else "",
        "Paid back by": _when(worth.paid_back, horizon),
    }


def _when(month: int | None, horizon: int) -> str:
    if month is None:
        return f"not in {count(horizon, 'month')}"
    return "first order" if month == 0 else f"month {month}"


# ---------------------------------------------------------------- what to do next


def _next_steps(found: Lifetimes, worths: list[Worth]) -> tuple[str, ...]:
    """Stop or cap what does not pay, measure what is assumed, wait for what pays late, grow what pays."""
    currency = found.currency
    steps = [_cap(worth, currency) for worth in worths if worth.paid_back is None][:2]
    largest = max(worths, key=lambda worth: found.sold(worth.channel, "net_value")).channel
    if largest in found.uncertain:
        steps.append(f"**Measure how many customers return on {largest}.** {found.what_to_add(largest)}")
    late = [worth for worth in worths if (worth.paid_back or 0) > 1]
    if late:
        slowest = max(late, key=lambda worth: worth.paid_back or 0)
        missing = round_money(slowest.cost - float(slowest.by_month["expected"].iloc[0]), currency)
        steps.append(
            f"**Ask whether you can wait on {slowest.channel}.** A new customer pays back in month "
            f"{slowest.paid_back}; until then each one ties up {missing} of your cash."
        )
    grown = ""
    at_once = [worth for worth in worths if worth.paid_back in (0, 1)]
    if at_once:
        best = max(at_once, key=lambda worth: worth.kept)
        grown, most = best.channel, round_money(best.at_horizon("expected"), currency)
        steps.append(
            f"**Spend more to win customers on {best.channel}, step by step.** It pays back at once on "
            f"average. Stop when the next customers cost {most} each."
        )
    if len(worths) > 1:
        steps += [
            _room(worth, currency) for worth in worths if worth.channel == largest != grown and worth.kept > 0
        ]
        steps += [
            f"**Measure how many customers return on {channel}.** {found.what_to_add(channel)}"
            for channel in found.uncertain
            if channel != largest
        ]
    else:
        steps.append(
            f"**See what a second channel would change.** You sell on {largest} alone: open “Rent or own?”."
        )
    return tuple(steps[:3])


def _room(worth: Worth, currency: str) -> str:
    value, cost = (round_money(amount, currency) for amount in (worth.at_horizon("expected"), worth.cost))
    return (
        f"**Watch what a customer costs on {worth.channel}**, your largest channel: from {cost} today it may "
        f"rise to {value} before winning one loses money."
    )


def _cap(worth: Worth, currency: str) -> str:
    value, cost = (round_money(amount, currency) for amount in (worth.at_horizon("expected"), worth.cost))
    if worth.at_horizon("expected") <= 0:
        return (
            f"**Stop paying for new customers on {worth.channel}.** Each one loses money even before "
            "advertising: raise the price or cut what an order costs."
        )
    return (
        f"**Stop or cap advertising on {worth.channel}.** A new customer costs {cost} and leaves {value}: "
        f"pay {value} at most."
    )


# ---------------------------------------------------------------- what it rests on


def _warnings(found: Lifetimes, chosen: CustomerEconomics) -> tuple[str, ...]:
    share = percent(chosen.returning_share)
    notes = [
        f"{found.why_no_model(channel)}, so we assume that {share} of customers order again within a year."
        for channel in found.uncertain
        if channel not in found.so_far
    ]
    notes += [_lower_bound(found, channel) for channel in found.uncertain if channel in found.so_far]
    return (*notes, *only_in(found.currency, found.orders.currencies()))


def _lower_bound(found: Lifetimes, channel: str) -> str:
    back = found.so_far[channel]
    within = "a year" if back.days == YEAR else count(round(back.days), "day")
    return (
        f"{found.why_no_model(channel)}, so only the {percent(back.share)} who returned within {within} "
        "count: a lower bound."
    )


def _how_we_know(found: Lifetimes, settings: CustomerEconomics) -> tuple[str, ...]:
    """The models, their ranges, the costs that are counted, and who is left out."""
    grounds = [
        "What a customer leaves is contribution: order value less goods, fees, parcels and payment. "
        "Advertising is the cost to win a customer, and no cost of later orders. Later money is discounted.",
        costs_counted(contribution_by_month(found.months, settings), "parcels"),
    ]
    if found.curves:
        grounds.append(
            f"{found!r} The 95% range shows how sure the model's parameters are, not how much customers "
            "differ."
        )
    grounds += [_lower_bound(found, channel) for channel in found.so_far if channel not in found.uncertain]
    grounds += [_report(channel, report) for channel, report in found.reports.items()]
    hidden_orders = [
        f"{found.without_key(channel):,.0f} of {found.sold(channel, 'orders'):,.0f} on {channel}"
        for channel in found.curves
        if found.without_key(channel)
    ]
    if hidden_orders:
        grounds.append(
            "Orders without a buyer ID are set aside, so customers return a little more often than is "
            f"counted: {listed(hidden_orders)}."
        )
    return (*grounds, *etsy_is_incomplete(found.sold("Etsy", "fee"), found.orders))


def _report(channel: str, report: ReportedRepeats) -> str:
    until = "" if report.ends_on is None else f" to {day(report.ends_on)}"
    return (
        f"{channel}'s own report: {percent(report.share, 1)} of {count(report.customers, 'customer')} bought "
        f"a product again in the period{until}. It is a lower bound, and is used where no buyer ID is known."
    )


# ---------------------------------------------------------------- a marketplace that hides its buyers


def without_buyer_keys(found: Lifetimes, settings: CustomerEconomics) -> Answer:
    """A marketplace's customer by buyer IDs, by the repeat report and by an assumption, side by side."""
    horizon = int(settings.horizon_months)
    rented = [channel for channel, kind in found.kinds.items() if kind == "marketplace"]
    if not rented:
        return Answer(
            "You sell on no marketplace, so nobody hides your buyers: your files show who returned."
        )
    channel = max(rented, key=lambda name: found.sold(name, "orders"))
    terms = order_terms(found.months, settings).get(channel)
    if terms is None:
        return Answer(f"{channel} shows no revenue after refunds, so there is nothing to compare.")
    sources = _sources(found, channel, settings)
    found_by = {name: curve.value(horizon, terms).iloc[-1] for name, curve in sources.items()}
    left = [float(by["expected"]) for by in found_by.values()]
    in_money = amounts(left, found.currency, 2)
    names = [f"{name[0].upper()}{name[1:]}" for name in sources]
    table = pd.DataFrame(
        {
            "Known from": names,
            f"Orders in {count(horizon, 'month')}": [f"{by['orders']:.2f}" for by in found_by.values()],
            "A customer leaves": in_money,
        }
    )
    each = [f"**{amount}** by {name}" for name, amount in zip(sources, in_money, strict=True)]
    report = found.reports.get(channel)
    return Answer(
        f"In {_in_words(horizon)} a new customer of {channel} leaves {listed(each)}.",
        charts=(left_by_source(names, left, horizon, found.currency),),
        table=table,
        how_we_know=(
            "Rates, report and assumption count one more order per returning customer: a lower bound.",
            *([_report(channel, report)] if report else []),
        ),
    )


def _sources(found: Lifetimes, channel: str, settings: CustomerEconomics) -> dict[str, RepeatCurve]:
    spend = found.order_value(channel)
    sources = {BY_KEYS: found.curves[channel]} if channel in found.curves else {}
    if back := found.so_far.get(channel):
        sources[BY_RATE] = curve_of_share(back.share, spend)
    if report := found.reports.get(channel):
        sources[BY_REPORT] = curve_of_share(report.share, spend)
    return sources | {BY_ASSUMPTION: curve_of_share(settings.returning_share, spend)}
