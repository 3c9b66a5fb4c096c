"""The answers of workbook 03: who comes back, after how long, and what if more did, or sooner."""

import math
from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from ownchannel.answers._answer import Answer, Question, amounts
from ownchannel.answers._starting_settings import customers_within_reach, habit_numbers, settings_of
from ownchannel.charts import (
    cohorts_by_age,
    effect_name,
    hazard_ratios,
    kinds_of_customer,
    more_and_earlier,
    one_time_shares,
    repeat_revenue,
    repeats_by_age,
    return_curves,
)
from ownchannel.customers import (
    DRIVERS,
    ENOUGH_AT_RISK,
    ReturnCurve,
    ReturnDrivers,
    SecondOrder,
    retention_cohorts,
    return_drivers,
    time_to_second_order,
)
from ownchannel.formats import count, listed, money, percent
from ownchannel.orders import Orders
from ownchannel.outreach import DAYS_A_MONTH, HORIZON, ComingBack, Floats, Gain, MeasuredHabit, gain

_NO_KEYS = (
    "No customer of these files can be told from another, so nobody can be seen to come back. Read a shop's "
    "orders, or a marketplace's report with buyers' relay addresses, in the first workbook."
)
_AGES = (1, 2, 3, 6, 12)
_YEAR = 365
_AFTER = (30, 90, 180, _YEAR)

#: A channel watched for fewer days than this has shown only how customers begin.
_YOUNG = 90


def cohorts(orders: Orders) -> Answer:
    """Who comes back, by month of the first order and months since, a heat map a channel."""
    if _nobody_known(orders):
        return Answer(_NO_KEYS)
    table = retention_cohorts(orders)
    later = table[table["age"] > 0]
    channels = sorted(set(later["channel"]))
    if not channels:
        return Answer("No channel has been watched for a whole month after its first customers came.")
    by_age = later.groupby(["channel", "age"])[["buyers", "customers"]].sum()
    shares = (by_age["buyers"] / by_age["customers"]).astype("float64")
    darkest = float(later["share"].quantile(0.98))
    sizes = table[table["age"] == 0].groupby("channel")["customers"].sum()

    def row(channel: str) -> dict[str, str]:
        ages = {age: percent(shares[channel, age], 1) for age in _AGES if (channel, age) in shares.index}
        by_month = {f"Month {age}": ages.get(age, "") for age in _AGES}
        return {"Channel": channel, "Customers": f"{sizes[channel]:,}", **by_month}

    back = [f"**{percent(shares[channel, 1])}** of new customers of {channel}" for channel in channels]
    return Answer(
        f"In the month after their first order {listed(back)} buy again; later fewer do, month by month.",
        charts=tuple(cohorts_by_age(table, channel, darkest) for channel in channels),
        table=pd.DataFrame(map(row, channels)),
        notes=tuple(
            f"{channel} has no complete month after its first customers came, and is left out."
            for channel in sorted(set(table["channel"]) - set(channels))
        ),
    )


def one_time_buyers(orders: Orders) -> Answer:
    """The share who buy once and not again, counted fairly, beside the share seen once so far."""
    if _nobody_known(orders):
        return Answer(_NO_KEYS)
    found = time_to_second_order(orders)
    shares = found.one_time_shares()
    once = [
        f"**{percent(row['share'])}** on {row['channel']} (95% range {_range(row['lower'], row['upper'])}, "
        f"within {row['days']:.0f} days)"
        for row in shares.to_dict("records")
        if row["days"] >= _YOUNG
    ]
    sentence = f"Who buys once and not again: {listed(once)}." if once else str(found)
    old = shares[shares["days"] >= _YOUNG]
    charts = () if old.empty else (one_time_shares(old, orders.channels()),)
    table = pd.DataFrame(
        {
            "Channel": shares["channel"],
            "Buy once": list(map(_share, shares["share"], shares["lower"], shares["upper"])),
            "Within days": [f"{days:.0f}" if pd.notna(days) else "" for days in shares["days"]],
            "Seen once so far": [percent(share, 1) for share in shares["seen_once"]],
            "Customers": shares["customers"],
        }
    )
    return Answer(sentence, charts=charts, table=table, notes=_young(found))


def second_order(orders: Orders) -> Answer:
    """How long until the second order, a curve a channel, and whether the channels differ."""
    if _nobody_known(orders):
        return Answer(_NO_KEYS)
    found = time_to_second_order(orders)
    rows = [
        {"Channel": channel}
        | {f"By day {days}": _returned_by(curve, days) for days in _AFTER}
        | {"Half are back by": "not reached" if curve.median is None else f"{curve.median:.0f} days"}
        | {"Customers": curve.customers, "Came back": curve.returned}
        for channel, curve in found.curves.items()
    ]
    return Answer(
        _second_order_sentence(found),
        charts=(return_curves(found.curves, orders.channels()),),
        table=pd.DataFrame(rows),
        notes=_young(found),
    )


def _second_order_sentence(found: SecondOrder) -> str:
    """The medians, or where none is reached the half of those who come back; and whether channels differ."""

    def waits(measured: Callable[[ReturnCurve], float | None]) -> list[str]:
        days = {channel: measured(curve) for channel, curve in found.curves.items()}
        return [f"**{wait:.0f} days** on {channel}" for channel, wait in days.items() if wait is not None]

    medians, halves = waits(lambda curve: curve.median), waits(_half_of_a_year)
    sentences = [
        f"Half of all customers have bought again after {listed(medians)}."
        if medians
        else "On **no channel** have half of the customers bought again so far."
    ]
    if halves:
        sentences.append(f"Of those who come back within a year, half do so within {listed(halves)}.")
    if found.log_rank is not None:
        differ = "**differ** by more than chance" if found.log_rank.p < 0.05 else "may differ by chance alone"
        sentences.append(f"The channels {differ} (log-rank test, {_p(found.log_rank.p)}).")
    return " ".join(sentences)


def _half_of_a_year(curve: ReturnCurve) -> float | None:
    """Days after which half of those are back who come back within a year; None where that is not seen."""
    if int(curve.at_risk(_YEAR)) < ENOUGH_AT_RISK:
        return None
    within = curve.returned_by(_YEAR).share
    back = curve.table[curve.table["share"] >= within / 2]
    return float(back["days"].iloc[0]) if within > 0 else None


def _p(p: float) -> str:
    return "p below 0.001" if p < 0.001 else f"p {p:.3f}"


def _returned_by(curve: ReturnCurve, days: int) -> str:
    """The share back with its range, where 30 customers were watched for so long."""
    if int(curve.at_risk(days)) < ENOUGH_AT_RISK:
        return ""
    found = curve.returned_by(days)
    return _share(found.share, found.lower, found.upper)


def _share(share: float, lower: float, upper: float) -> str:
    """A share with its range, or nothing."""
    return "" if math.isnan(share) else f"{percent(share)} ({_range(lower, upper)})"


def _range(lower: float, upper: float) -> str:
    return "no range" if math.isnan(lower) else f"{percent(lower)} to {percent(upper)}"


def _young(found: SecondOrder) -> tuple[str, ...]:
    """A note for each channel of which only the first weeks of customers were seen."""
    return tuple(
        f"{channel} was watched for {count(days, 'day')} at most: that shows how its customers begin, and "
        "no more."
        for channel, days in _young_channels(found).items()
    )


def _young_channels(found: SecondOrder) -> dict[str, int]:
    longest = {channel: int(curve.watched[-1]) for channel, curve in found.curves.items()}
    return {channel: days for channel, days in longest.items() if days < _YOUNG}


def what_brings_back(orders: Orders) -> Answer:
    """What about the first order goes with coming back: hazard ratios in words, as a forest and a table."""
    if _nobody_known(orders):
        return Answer(_NO_KEYS)
    try:
        found, left_out = _most_drivers(orders)
    except ValueError as problem:
        return Answer(str(problem))
    waits = time_to_second_order(orders)
    clear = [each for each in found.effects if not each.hazard.lower <= 1 <= each.hazard.upper]
    unclear = len(found.effects) - len(clear)
    young = {f"channel: {channel}" for channel in _young_channels(waits)}
    said = [str(effect) for effect in clear if effect.hazard.name not in young]
    if unclear:
        others = "other thing" if said else "thing"
        said.append(
            f"Of {count(unclear, others)} known about the first order, none has an effect that shows."
        )
    notes = (
        *left_out,
        *found.remarks,
        *_young(waits),
        *_steadiness(found),
        "This describes and proves no cause: who got a discount, or found your own store, may differ in "
        "other ways. And one in twenty ranges misses by chance.",
    )
    return Answer(
        " ".join(said),
        (("Customers", f"{found.customers:,}"), ("Came back", f"{found.returned:,}")),
        (hazard_ratios(found.effects),),
        _effects_table(found),
        notes,
    )


def _most_drivers(orders: Orders) -> tuple[ReturnDrivers, list[str]]:
    """The regression on as many drivers as the orders bear, and why it is not on all of them.

    The last ones, for which a small brand has too few returns, are given up first.
    """
    left_out: list[str] = []
    for drivers in (DRIVERS[:length] for length in range(len(DRIVERS), 1, -1)):
        try:
            return return_drivers(orders, drivers=drivers), left_out
        except ValueError as problem:
            left_out = [f"Without {listed(DRIVERS[len(drivers) - 1 :])}: {problem}"]
    return return_drivers(orders, drivers=DRIVERS[:1]), left_out


def _steadiness(found: ReturnDrivers) -> list[str]:
    """The check of proportional hazards, in words."""
    if not found.unsteady:
        return ["The ratios hold at every age, as far as the Schoenfeld residuals tell."]
    names = [effect_name(effect) for effect in found.effects if effect.hazard.name in found.unsteady]
    return [
        f"Not the same at every age (Schoenfeld residuals): {listed(names)}. Read that ratio as a mean; the "
        "curves above show how it changes. The others hold at every age, as far as can be told."
    ]


def _effects_table(found: ReturnDrivers) -> pd.DataFrame:
    hazards = [effect.hazard for effect in found.effects]
    return pd.DataFrame(
        {
            "Who": [effect.who.rstrip(",") for effect in found.effects],
            "Times as often (95% range)": [
                f"{one.ratio:.2f} ({one.lower:.2f} to {one.upper:.2f})" for one in hazards
            ],
            "p of no effect": [_p(one.p).removeprefix("p ") for one in hazards],
            "p of a steady ratio": [_p(one.p_steady).removeprefix("p ") for one in hazards],
        }
    )


def _nobody_known(orders: Orders) -> bool:
    return bool(orders.sales["customer_key"].isna().all())


# ---------------------------------------------------------------- what if more came back, or sooner

_DAYS = HORIZON * DAYS_A_MONTH


def what_if_more_returned(orders: Orders) -> Question[ComingBack]:
    """Sliders for how many come back and how soon, starting at what the orders tell.

    They speak of the customers of the brand's own stores, whom it may write to; of all customers where it
    has no store with 30 of them.
    """
    currency = orders.main_currency
    channels, measured = customers_within_reach(orders)
    sliders = habit_numbers(orders, channels, measured)
    settings = settings_of(ComingBack, sliders)
    fixed_notes = _rests_on(channels, measured, settings)

    def answer(now: ComingBack) -> Answer:
        found = gain(now.today, now.changed, now.new_customers)
        habits = {"As today": now.today, "Only sooner": now.only_sooner, "Changed": now.changed}
        names, own, friends = _kinds(now)
        charts = (
            repeat_revenue(found, now.order_value, currency),
            more_and_earlier(found, now.order_value, currency),
            repeats_by_age(habits),
            kinds_of_customer(names, own * now.order_value, friends * now.order_value, currency),
        )
        return Answer(
            _sentence(now, found, currency),
            _numbers(now, found, currency),
            charts,
            _table(now, names, own, friends, currency),
            fixed_notes,
        )

    return Question(settings, answer, currency, sliders)


def _sentence(now: ComingBack, found: Gain, currency: str) -> str:
    orders = (found.before, found.more, found.earlier, found.after)
    before, more, earlier, after = amounts((part.sum() * now.order_value for part in orders), currency)
    wishes, gains = [], []
    if now.points:
        wishes.append(f"**{now.points * 100:g} points** more customers came back after each order")
        gains.append(f"**{more}** for orders that are **more**")
    if now.days_sooner:
        who = "they" if wishes else "customers"
        wishes.append(f"{who} came back **{now.days_sooner:g} days** sooner")
        gains.append(f"**{earlier}** for orders that only come **earlier**")
    if not wishes:
        return f"As things are, new customers bring **{before}** of repeat revenue in two years."
    return (
        f"If {listed(wishes)}, repeat revenue in two years would be **{after}** instead of {before}: "
        f"{listed(gains)}. {_in_the_end(now)}"
    )


def _in_the_end(now: ComingBack) -> str:
    """What remains of the change when all orders have come."""
    before, after = (f"{100 * habit.in_the_end:.0f}" for habit in (now.today, now.changed))
    if not now.days_sooner:
        return f"In the end 100 customers bring {after} repeat orders instead of {before}."
    same = f"In the end the shorter interval changes nothing: 100 customers bring {before} repeat orders"
    return f"{same} with it as without it" + (f"; the higher rate makes them {after}." if now.points else ".")


def _numbers(now: ComingBack, found: Gain, currency: str) -> tuple[tuple[str, str], ...]:
    gained = float((found.more + found.earlier).sum())
    share = percent(float(found.earlier.sum()) / gained) if gained > 0 else "no gain"
    lasting = (now.changed.in_the_end - now.today.in_the_end) * now.left_by_order
    return (
        ("Repeat orders in two years", f"{found.before.sum():,.0f} → {found.after.sum():,.0f}"),
        (
            "Left by the further orders in two years",
            money(float(found.more.sum()) * now.left_by_order, currency),
        ),
        ("Of the gain is only earlier", share),
        ("The higher rate may cost, a new customer", money(lasting, currency, 2)),
    )


def _kinds(now: ComingBack) -> tuple[list[str], Floats, Floats]:
    """Kinds of customer, the orders of each in two years, and those of the friends whom it brings."""
    loyal = 1 + now.today.repeats_of_the_loyal(_DAYS)
    friends = now.friends * (1 + float(now.today.repeats(_DAYS)))
    names = ["One-time buyer", "Loyal customer", "Referring customer"]
    return names, np.array([1.0, loyal, loyal]), np.array([0.0, 0.0, friends])


def _table(now: ComingBack, names: list[str], own: Floats, friends: Floats, currency: str) -> pd.DataFrame:
    means = [1 + float(habit.repeats(_DAYS)) for habit in (now.today, now.changed)]
    orders = np.array([*(own + friends), *means])
    return pd.DataFrame(
        {
            "Customer": [*names, "Average new customer, as today", "Average new customer, changed"],
            "Orders in two years": [f"{number:.2f}" for number in orders],
            "Revenue": amounts(orders * now.order_value, currency),
            "Left, before the cost of winning them": amounts(orders * now.left_by_order, currency),
        }
    )


def _rests_on(
    channels: Collection[str], measured: MeasuredHabit | None, started: ComingBack
) -> tuple[str, ...]:
    """Whose habit it is, how well the model foretells their own past, and what it leaves out."""
    left_out = (
        "Only customers who are new from now on count, not those that you have. Loyal is who comes back at "
        "least once in two years; friends are counted over two years of their own, without friends of theirs."
    )
    if measured is None or measured.first is None or measured.interval is None:
        return (
            "Too few customers of these files can be told apart to measure how they come back: every rate "
            "here is an assumption.",
            left_out,
        )
    expected = measured.expected_repeats(started.today)
    return (
        f"Measured on {count(measured.customers, 'customer')} of {listed(channels)} with Kaplan-Meier "
        "curves, which count the newest fairly; who comes back after day "
        f"{measured.first.days:.0f} is not in them.",
        "Put to the test on your own past: for the same customers the model tells "
        f"{expected:,.0f} repeat orders until today, and there were {measured.repeats:,}.",
        left_out,
    )
