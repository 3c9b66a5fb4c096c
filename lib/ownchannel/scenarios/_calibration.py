"""A plan filled with what orders show, where each of its numbers comes from, and what else is to be said."""

import math
from calendar import month_name
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ownchannel.assumptions import Assumption
from ownchannel.formats import Shown, count, listed
from ownchannel.orders import Orders
from ownchannel.scenarios._arrivals import FOR_GROWTH, FOR_SEASON, Arrivals, arrivals
from ownchannel.scenarios._channels import KINDS, AnyChannel
from ownchannel.scenarios._observed import (
    FEWEST_PLANNED_DAYS,
    MeasuredNumber,
    Observed,
    days_of_orders,
    measured_orders,
    observed_channels,
)
from ownchannel.scenarios._observed_repeats import (
    ObservedCustomers,
    Repeats,
    Returning,
    counted,
    existing,
    fitted_repeats,
    new_a_month,
    observed_customers,
    returning,
)
from ownchannel.scenarios._plan import Plan

COLUMNS = ("path", "value", "low", "high", "source", "confidence")

YOURS = "your plan"

_Row = tuple[str, float, float, float, str, str]

#: What belongs to one channel alone, and so is not copied.
_NOT_COPIED = (
    *("organic_customers", "organic_growth", "existing_customers"),
    *("reference_spend", "purchase_model", "planned"),
)

#: What a month leaves of the growth that was measured: growth that fades forecasts better than growth carried
#: on (the M3 and M4 competitions; Gardner & McKenzie 1985, Forecasting trends in time series).
GROWTH_FADE = 0.9

#: Measured numbers whose intervals become uncertain ranges of the plan.
UNCERTAIN = ("order_value", "return_rate", "organic_growth", "repeat_rate")


@dataclass(frozen=True)
class MeasuredChannel:
    """A channel of a plan beside what its files show."""

    channel: AnyChannel
    observed: Observed
    customers: ObservedCustomers
    repeats: Repeats | str
    """Or why no model was fitted."""
    back: Returning
    measured: dict[str, MeasuredNumber]
    """By field of the channel."""
    notes: tuple[str, ...] = ()
    """What is to be said of them, in sentences."""


@dataclass(frozen=True, repr=False)
class Calibration(Shown):
    """A plan with measured numbers in it, and where each of its numbers comes from."""

    plan: Plan
    fields: pd.DataFrame
    """As `calibrated_fields` gives it: `path, value, low, high, source, confidence`."""
    notes: tuple[str, ...] = ()
    """What else is to be said, in sentences."""

    def __str__(self) -> str:
        measured = (self.fields["confidence"] == "measured").sum()
        return (
            f"{measured} of {count(len(self.fields), 'number')} are measured, the others are yours "
            f"({count(len(self.notes), 'note')}). {self.plan}"
        )

    def to_pandas(self) -> pd.DataFrame:
        """The table of `fields`."""
        return self.fields


def calibrate(orders: Orders, plan: Plan, *, add_channels: bool = True) -> Calibration:
    """Fill a plan with what orders show, channel by channel, matched by name.

    - An order: value, units, booked fees and parcels, and returns, of two years.
    - New customers: observed less reference_spend / cac, their growth, and the season where files cover 24
      months; the level is that of the month after the end of observation.
    - Repeat orders: MBG/NBD fitted to who has a key and was first seen half a year after the files begin (in
      the later half of short ones), for before that old customers look new; else the marketplace's own
      repeat report; else the user's numbers.
    - Active customers: the sum of P(alive).

    Observation ends, by channel, on the last day that its files cover whole, less a week. Measured growth
    fades. Channels that sell in the plan's currency and are not in it are added, where they have 90 days of
    orders or more, unless `add_channels` is False. What orders do not show stays the user's own.

    >>> from ownchannel.orders import sample_orders
    >>> from ownchannel.scenarios import OwnedChannel, Plan
    >>> store = OwnedChannel(name="Shopify", order_value=50, goods_cost=20)
    >>> found = calibrate(sample_orders(), Plan(channels=(store,)))
    >>> [channel.name for channel in found.plan.channels]
    ['Shopify', 'Amazon.com']
    >>> found.fields.set_index("path").loc["channels.Shopify.goods_cost", "source"]
    'your plan'
    >>> round(found.plan.channel("Shopify").order_value, 2)
    62.4
    """
    observed = observed_channels(orders, plan.currency)
    planned = [channel.name for channel in plan.channels]
    days = days_of_orders(orders, plan.currency)
    short = [name for name, number in days.items() if name not in planned and number < FEWEST_PLANNED_DAYS]
    left = {*short} if add_channels else observed.keys() - {*planned}
    observed = {name: each for name, each in observed.items() if name not in left}
    added = [channel_like(plan, each) for name, each in observed.items() if name not in planned]
    channels = [*plan.channels, *added]
    looked_at = [
        measured_channel(orders, channel, observed[channel.name], plan.currency)
        for channel in channels
        if channel.name in observed
    ]
    new = {each.channel.name: counted(each.observed, each.customers, each.repeats) for each in looked_at}
    came = arrivals(new, plan.seasonality)
    found = [possible(with_customers(each, came)) for each in looked_at]
    filled = _filled(plan, channels, found, came)
    left_out = (left_out_of_plan(name, days[name]) for name in short)
    notes = (*left_out, *_notes(plan, orders, observed), *(note for each in found for note in each.notes))
    return Calibration(filled, calibrated_fields(filled, found, came), notes)


def left_out_of_plan(channel: str, days: int) -> str:
    """The sentence on a channel whose orders are too few days to carry on for years."""
    return (
        f"{channel} is left out of the plan: {count(days, 'day')} of orders are too few to carry on for "
        f"years, and {FEWEST_PLANNED_DAYS} are needed."
    )


def _filled(
    plan: Plan, channels: Sequence[AnyChannel], found: Sequence[MeasuredChannel], came: Arrivals
) -> Plan:
    """The plan with the measured numbers, and their intervals where they are to be drawn."""
    by_name = {channel.name: channel for channel in channels}
    uncertain = dict(plan.uncertain)
    for each in found:
        name = each.channel.name
        values: dict[str, Any] = {field: number.value for field, number in each.measured.items()}
        if "fee_rate" in values:
            values["fee_category"] = None
        if "organic_growth" in values and each.channel.growth_fade == 1:
            values["growth_fade"] = GROWTH_FADE
        if each.back.model is not None:
            values["purchase_model"] = each.back.model
        by_name[name] = each.channel.with_values(values)
        for known in (*each.measured, *by_name[name].unused()):
            uncertain.pop(f"channels.{name}.{known}", None)
        for drawn in UNCERTAIN:
            ends = _range(each.measured.get(drawn), each.channel.declared()[drawn])
            if ends:
                uncertain[f"channels.{name}.{drawn}"] = ends
    season = np.array([month.value for month in came.season] or plan.seasonality)
    changes = {
        "channels": tuple(by_name.values()),
        "uncertain": uncertain,
        "seasonality": tuple((season / season.mean()).tolist()),
    }
    return type(plan)(**{**dict(plan), **changes})


def _range(found: MeasuredNumber | None, declared: Assumption) -> tuple[float, float] | None:
    """The interval inside what is valid; None where there is none."""
    if found is None or not math.isfinite(found.low + found.high):
        return None
    low, high = max(found.low, declared.valid[0]), min(found.high, declared.valid[1])
    return (low, high) if low <= found.value <= high and low < high else None


def measured_channel(
    orders: Orders, channel: AnyChannel, observed: Observed, currency: str
) -> MeasuredChannel:
    """What a channel's orders show without the other channels'."""
    customers = observed_customers(orders, observed, currency)
    repeats = fitted_repeats(customers)
    back = returning(channel, customers, repeats, orders.repeat_rates)
    measured = measured_orders(observed) | dict(back.measured)
    if "fee_rate" in measured:
        # The plan's fee base holds the tax; the value measured does not.
        measured["fee_rate"] = measured["fee_rate"].times(1 / (1 + channel.fee_tax_rate))
    return MeasuredChannel(channel, observed, customers, repeats, back, measured)


def with_customers(found: MeasuredChannel, came: Arrivals) -> MeasuredChannel:
    """The same with new customers, their growth, and those who are active today."""
    name, channel, rates = found.observed.channel, found.channel, found.back.rates
    new, measured, notes = None, dict(found.measured), found.notes
    if name in came.level:
        new = new_a_month(came.level[name], found.observed, found.customers, rates)
        claimed = channel.reference_spend / channel.cac if channel.reference_spend else 0.0
        measured["organic_customers"] = new
        if claimed:
            note = f"; less {claimed:,.0f} a month whom advertising claims"
            measured["organic_customers"] = new.less(claimed, note)
        if claimed > new.value:
            notes += (
                f"{name}: advertising claims {claimed:,.0f} new customers a month, and your files show "
                f"{new.value:,.0f} in all, so nobody is taken to come without it. Check what you spend and "
                "what a new customer costs; or the report claims customers who would have come anyway.",
            )
    if name in came.growth:
        measured["organic_growth"] = came.growth[name]
    fit = found.repeats.fit if isinstance(found.repeats, Repeats) else None
    base = existing(fit, new, found.observed, found.customers, rates)
    if base is not None:
        measured["existing_customers"] = base
    return replace(found, measured=measured, notes=notes)


def possible(found: MeasuredChannel) -> MeasuredChannel:
    """The same without numbers that a plan cannot take, and a sentence on each."""
    measured, notes, declared = {}, found.notes, found.channel.declared()
    for name, number in found.measured.items():
        low, high = declared[name].valid
        if low <= number.value <= high:
            measured[name] = number
            continue
        shown = declared[name].reading(float(f"{number.value:.3g}"))
        notes += (
            f"{found.channel.name}: ‘{declared[name].label}’ comes to {shown} in your files, outside "
            f"{declared[name].span(low, high)}: your own value stays.",
        )
    return replace(found, measured=measured, notes=notes)


def calibrated_fields(plan: Plan, found: Sequence[MeasuredChannel], came: Arrivals) -> pd.DataFrame:
    """One row per number of the plan, then the season by month, then what the fitted models say.

    Columns as COLUMNS; `low` and `high` hold the number with 95%, nan where no interval is known. What was
    not measured is the user's own, with the reason where there is one.
    """
    months = [f"seasonality.{month}" for month in list(month_name)[1:]]
    values = {path: value for path, (value, _) in plan.numbers().items()}
    values |= dict(zip(months, plan.seasonality, strict=True))
    measured = dict(zip(months, came.season, strict=False))  # which is empty where files are short
    why = dict.fromkeys(months, f"a season needs files of {FOR_SEASON} whole months")
    for each in found:
        prefix = f"channels.{each.channel.name}."
        measured |= {prefix + name: number for name, number in each.measured.items()}
        why |= {prefix + name: reason for name, reason in _reasons(each).items()}
        if isinstance(each.repeats, Repeats):  # by both ways to say who is new: the first is the one used
            models = {"purchase_model": each.repeats.chosen}
            if each.repeats.late is not None:
                models["purchase_model, everybody counted as new"] = each.repeats.everybody
            measured |= {prefix + name: number for name, number in models.items()}
            values |= {prefix + name: number.value for name, number in models.items()}
    rows = [_row(path, value, measured.get(path), why.get(path, "")) for path, value in values.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(path: str, own: float, found: MeasuredNumber | None, why: str) -> _Row:
    if found is not None:
        return path, found.value, found.low, found.high, found.source, "measured"
    return path, float(own), np.nan, np.nan, f"{YOURS}: {why}" if why else YOURS, "assumption"


def _reasons(found: MeasuredChannel) -> dict[str, str]:
    """By field why it could not be measured, where files might have shown it."""
    short = f"growth needs files of {FOR_GROWTH} whole months, and there are {found.observed.whole_months()}"
    reasons = {"return_rate": "your files show no refund", "organic_growth": short}
    reasons["growth_fade"] = "growth that fades forecasts better than growth carried on"
    card = "payment_rate" in found.measured
    reasons["fee_rate"] = "the fee that was booked is the card's" if card else "your files do not show it"
    if found.back.model is not None:
        reasons |= dict.fromkeys(("repeat_rate", "days_between_orders"), "not used, for a model was fitted")
    elif found.back.why_no_model:
        reasons |= dict.fromkeys(("repeat_rate", "days_between_orders"), found.back.why_no_model)
    return reasons


def channel_like(plan: Plan, observed: Observed) -> AnyChannel:
    """A channel with the settings of the plan's first of the same kind, no lever moved and no budget.

    Where the plan has none of that kind, everything but the order value is neutral.
    """
    kind, template = KINDS[observed.kind], _template(plan, observed)
    settings: dict[str, Any] = {} if template is None else dict(template)
    levers = [name for name, mark in kind.declared().items() if mark.role == "decision"]
    for name in (*levers, *_NOT_COPIED):
        settings.pop(name, None)
    sums = observed.sales[["item_value", "discount", "shipping"]].sum()
    paid = float(sums["item_value"] - sums["discount"] + sums["shipping"])
    order_value = paid / observed.sales["order_id"].nunique()
    return kind(**settings | {"name": observed.channel, "kind": observed.kind, "order_value": order_value})


def _template(plan: Plan, observed: Observed) -> AnyChannel | None:
    return next((channel for channel in plan.channels if channel.kind == observed.kind), None)


def _notes(plan: Plan, orders: Orders, observed: Mapping[str, Observed]) -> Iterator[str]:
    """A sentence on each channel that was added, on those that no file knows, and on other currencies."""
    planned = [channel.name for channel in plan.channels]
    for name, added in observed.items():
        if name not in planned:
            like = _template(plan, added)
            given = "neutral settings" if like is None else f"the settings of {like.name}"
            yield (
                f"{name} sells in your files and was not in the plan: it was added with {given}, and "
                "without advertising. Set what you spend there, or take it out."
            )
    if alone := [each.name for each in plan.channels if not each.planned and each.name not in observed]:
        keeps = "keep" if len(alone) > 1 else "keeps"
        yield (
            f"Your files show too little of {listed(alone)}, which {keeps} your own values. A channel that "
            "goes by another name in your files counts twice: rename it, or take it out."
        )
    if others := [code for code in orders.currencies() if code != plan.currency]:
        yield f"Sales in {listed(others)} are left out, for the plan is in {plan.currency}."
