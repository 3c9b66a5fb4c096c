"""The lessons of workbook 03: who comes back, after how long, and what returning customers have in common."""

import math
from collections.abc import Callable

import pandas as pd

from ownchannel.answers._answer import Answer, when_seen
from ownchannel.charts import cohorts_by_age, effect_name, hazard_ratios, one_time_shares, return_curves
from ownchannel.customers import (
    DRIVERS,
    ENOUGH_AT_RISK,
    YEAR,
    ReturnCurve,
    ReturnDrivers,
    SecondOrder,
    retention_cohorts,
    return_drivers,
    time_to_second_order,
)
from ownchannel.formats import count, listed, percent
from ownchannel.orders import Orders

_NO_KEYS = (
    "Your files do not show who bought, so nobody can be seen to return. Add a store's orders, or Amazon's "
    "“Fulfilled Shipments” report with its anonymous buyer IDs, in the first workbook."
)
_AGES = (1, 2, 3, 6, 12)
_AFTER = (30, 90, 180, YEAR)

#: A channel watched for fewer days than this has shown only how customers begin.
_YOUNG = 90


@when_seen
def cohorts(orders: Orders) -> Answer:
    """Who comes back, by month of the first order and months since, a heat map a channel."""
    if nobody_known(orders):
        return Answer(_NO_KEYS)
    table = retention_cohorts(orders)
    later = table[table["age"] > 0]
    channels = sorted(set(later["channel"]))
    if not channels:
        return Answer("No channel's files cover a whole month after the month of its first customers.")
    by_age = later.groupby(["channel", "age"])[["buyers", "customers"]].sum()
    shares = (by_age["buyers"] / by_age["customers"]).astype("float64")
    darkest = float(later["share"].quantile(0.98))
    sizes = table[table["age"] == 0].groupby("channel")["customers"].sum()

    def row(channel: str) -> dict[str, str]:
        ages = {age: percent(shares[channel, age], 1) for age in _AGES if (channel, age) in shares.index}
        by_month = {f"Month {age}": ages.get(age, "") for age in _AGES}
        return {"Channel": channel, "Customers": f"{sizes[channel]:,}", **by_month}

    back = [f"**{percent(shares[channel, 1])}** of new customers on {channel}" for channel in channels]
    return Answer(
        f"In the month after their first order, {listed(back)} order again.",
        charts=tuple(cohorts_by_age(table, channel, darkest) for channel in channels),
        table=pd.DataFrame(map(row, channels)),
        notes=tuple(
            f"{channel} is left out: its files cover no whole month after the month of its first customers."
            for channel in sorted(set(table["channel"]) - set(channels))
        ),
    )


@when_seen
def one_time_buyers(orders: Orders) -> Answer:
    """The share who do not return, counted fairly, beside the share seen once so far."""
    if nobody_known(orders):
        return Answer(_NO_KEYS)
    found = time_to_second_order(orders)
    shares = found.one_time_shares()
    old = shares[shares["days"] >= _YOUNG]
    once = [
        f"**{percent(row['share'])}** on {row['channel']} do not return within {_days(row['days'])}"
        for row in old.to_dict("records")
    ]
    sentence = f"Of new customers, {listed(once)}." if once else str(found)
    charts = () if old.empty else (one_time_shares(old, orders.channels()),)
    table = pd.DataFrame(
        {
            "Channel": shares["channel"],
            "Do not return": list(map(_share, shares["share"], shares["lower"], shares["upper"])),
            "Within days": [f"{days:.0f}" if pd.notna(days) else "" for days in shares["days"]],
            "Seen once so far": [percent(share, 1) for share in shares["seen_once"]],
            "Customers": shares["customers"],
        }
    )
    return Answer(sentence, charts=charts, table=table, notes=too_young(found))


@when_seen
def second_order(orders: Orders) -> Answer:
    """How long until the second order, a curve per channel, and whether the channels differ."""
    if nobody_known(orders):
        return Answer(_NO_KEYS)
    found = time_to_second_order(orders)
    rows = [
        {"Channel": channel}
        | {f"By day {days}": _returned_by(curve, days) for days in _AFTER}
        | {"Half are back by": "not reached" if curve.median is None else f"{curve.median:.0f} days"}
        | {"Customers": curve.customers, "Returned": curve.returned}
        for channel, curve in found.curves.items()
    ]
    return Answer(
        _second_order_sentence(found),
        charts=(return_curves(found.curves, orders.channels()),),
        table=pd.DataFrame(rows),
        notes=too_young(found),
    )


def _second_order_sentence(found: SecondOrder) -> str:
    """The medians, or where none is reached the half of those who come back; and whether channels differ."""

    def waits(measured: Callable[[ReturnCurve], float | None]) -> list[str]:
        days = {channel: measured(curve) for channel, curve in found.curves.items()}
        return [f"**{wait:.0f} days** on {channel}" for channel, wait in days.items() if wait is not None]

    medians, halves = waits(lambda curve: curve.median), waits(half_of_a_year)
    sentences = [
        f"Half of all customers have ordered again after {listed(medians)}."
        if medians
        else "On **no channel** have half of the customers ordered again so far."
    ]
    if halves:
        sentences.append(f"Of those who return within a year, half do so within {listed(halves)}.")
    if found.log_rank is not None:
        differ = "**differ** by more than chance" if found.log_rank.p < 0.05 else "may differ by chance alone"
        sentences.append(f"The channels {differ} (log-rank test, {_p(found.log_rank.p)}).")
    return " ".join(sentences)


def half_of_a_year(curve: ReturnCurve) -> float | None:
    """Days after which half of those are back who return within a year; None where that is not known."""
    rate = curve.repeat_rate()
    if rate is None or rate.share == 0:
        return None
    back = curve.table[curve.table["share"] >= rate.share / 2]
    return float(back["days"].iloc[0])


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


def too_young(found: SecondOrder) -> tuple[str, ...]:
    """A note for each channel of which only the first weeks of customers were seen."""
    return tuple(
        f"{channel}: your files follow its customers for {count(days, 'day')} at most, too short to say how "
        "many return."
        for channel, days in _young_channels(found).items()
    )


def _young_channels(found: SecondOrder) -> dict[str, int]:
    longest = {channel: int(curve.watched[-1]) for channel, curve in found.curves.items()}
    return {channel: days for channel, days in longest.items() if days < _YOUNG}


@when_seen
def what_brings_back(orders: Orders) -> Answer:
    """What returning customers have in common: hazard ratios in words, as a forest and a table."""
    if nobody_known(orders):
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
            f"Of {count(unclear, others)} known about the first order, none makes a clear difference."
        )
    return Answer(
        " ".join(said),
        (("Customers", f"{found.customers:,}"), ("Returned", f"{found.returned:,}")),
        (hazard_ratios(found.effects),),
        _effects_table(found),
        (
            "This proves no cause: customers who got a discount, or found your own store, may differ in "
            "other ways.",
        ),
        how_we_know=(
            *left_out,
            *found.remarks,
            *too_young(waits),
            *_steadiness(found),
            "One in twenty ranges misses the truth by chance.",
        ),
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
        return ["The ratios hold at every age, as far as the Schoenfeld residuals show."]
    names = [effect_name(effect) for effect in found.effects if effect.hazard.name in found.unsteady]
    return [
        f"Not the same at every age (Schoenfeld residuals): {listed(names)}. Read that ratio as an average; "
        "the curves above show how it changes. The others hold at every age, as far as the orders show."
    ]


def _effects_table(found: ReturnDrivers) -> pd.DataFrame:
    hazards = [effect.hazard for effect in found.effects]
    return pd.DataFrame(
        {
            "Customers": [effect.who.rstrip(",") for effect in found.effects],
            "Return times as often (95% range)": [
                f"{one.ratio:.2f} ({one.lower:.2f} to {one.upper:.2f})" for one in hazards
            ],
            "p of no effect": [_p(one.p).removeprefix("p ") for one in hazards],
            "p of a steady ratio": [_p(one.p_steady).removeprefix("p ") for one in hazards],
        }
    )


def nobody_known(orders: Orders) -> bool:
    sold = orders.sales
    return bool(sold.loc[sold["item_value"] > 0, "customer_key"].isna().all())  # a gift is no purchase


def _days(days: float) -> str:
    return "a year" if days == YEAR else count(round(days), "day")
