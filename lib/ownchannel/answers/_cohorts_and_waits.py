"""The still answers of workbook 03: who comes back, after how long, and what goes with it."""

import math
from collections.abc import Sequence

import pandas as pd

from ownchannel.answers._answer import Answer
from ownchannel.charts import (
    cohorts_by_age,
    effect_name,
    hazard_ratios,
    one_time_shares,
    return_curves,
)
from ownchannel.customers import (
    DRIVERS,
    ENOUGH_AT_RISK,
    Driver,
    Effect,
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
    "No customer of these files can be told from another, so nobody can be seen to come back. Read a shop's "
    "orders, or a marketplace's report with buyers' relay addresses, in the first workbook."
)
_AGES = (1, 2, 3, 6, 12)
_YEAR = 365
_DAYS = (30, 90, 180, _YEAR)

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
    told = [f"**{percent(shares[channel, 1])}** of new customers of {channel}" for channel in channels]
    return Answer(
        f"In the month after their first order {listed(told)} buy again; later fewer do, month by month.",
        charts=tuple(cohorts_by_age(table, channel, darkest) for channel in channels),
        table=_cohort_table(table, shares, channels),
        notes=tuple(
            f"{channel} has no complete month after its first customers came, and is left out."
            for channel in sorted(set(table["channel"]) - set(channels))
        ),
    )


def _cohort_table(table: pd.DataFrame, shares: "pd.Series[float]", channels: Sequence[str]) -> pd.DataFrame:
    """A row a channel: the share of all complete cohorts together who bought in a month."""
    sizes = table[table["age"] == 0].groupby("channel")["customers"].sum()
    rows = [
        {"Channel": channel, "Customers": f"{sizes[channel]:,}"}
        | {
            f"Month {age}": percent(shares[channel, age], 1) if (channel, age) in shares.index else ""
            for age in _AGES
        }
        for channel in channels
    ]
    return pd.DataFrame(rows)


def one_time_buyers(orders: Orders) -> Answer:
    """The share who buy once and not again, counted fairly, beside the share seen once so far."""
    if _nobody_known(orders):
        return Answer(_NO_KEYS)
    found = time_to_second_order(orders)
    shares = found.one_time_shares()
    told = [
        f"**{percent(row['share'])}** on {row['channel']} (95% range {_range(row['lower'], row['upper'])}, "
        f"within {row['days']:.0f} days)"
        for row in shares.to_dict("records")
        if row["days"] >= _YOUNG
    ]
    sentence = f"Who buys once and not again: {listed(told)}." if told else str(found)
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
        | {f"By day {days}": _returned_by(curve, days) for days in _DAYS}
        | {"Half are back by": _median(curve), "Customers": curve.customers, "Came back": curve.returned}
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
    medians = [
        f"**{curve.median:.0f} days** on {channel}"
        for channel, curve in found.curves.items()
        if curve.median is not None
    ]
    halves = [
        f"**{days:.0f} days** on {channel}"
        for channel, curve in found.curves.items()
        if (days := _half_of_a_year(curve)) is not None
    ]
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


def _median(curve: ReturnCurve) -> str:
    return "not reached" if curve.median is None else f"{curve.median:.0f} days"


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
    clear = [effect for effect in found.effects if _is_clear(effect)]
    unclear = len(found.effects) - len(clear)
    young = {f"channel: {channel}" for channel in _young_channels(waits)}
    told = [str(effect) for effect in clear if effect.hazard.name not in young]
    if unclear:
        others = "other thing" if told else "thing"
        told.append(
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
        " ".join(told),
        (("Customers", f"{found.customers:,}"), ("Came back", f"{found.returned:,}")),
        (hazard_ratios(found.effects),),
        _effects_table(found),
        notes,
    )


def _most_drivers(orders: Orders) -> tuple[ReturnDrivers, list[str]]:
    """The regression on as many drivers as the orders bear, and why it is not on all of them.

    The last ones, of which a small brand has too few returns to tell anything, are given up first.
    """
    left_out: list[str] = []
    for drivers in (DRIVERS[:length] for length in range(len(DRIVERS), 1, -1)):
        try:
            return return_drivers(orders, drivers=drivers), left_out
        except ValueError as problem:
            left_out = [f"Without {_given_up(drivers)}: {problem}"]
    return return_drivers(orders, drivers=DRIVERS[:1]), left_out


def _given_up(drivers: Sequence[Driver]) -> str:
    return listed(DRIVERS[len(drivers) - 1 :])


def _is_clear(effect: Effect) -> bool:
    return not effect.hazard.lower <= 1 <= effect.hazard.upper


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
