"""A plan filled with what orders show, where each of its numbers comes from, and what else is to be said."""

import math
from calendar import month_name
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ownchannel.assumptions import Assumption
from ownchannel.formats import Shown, count, listed
from ownchannel.orders import Orders
from ownchannel.scenarios._arrivals import FOR_GROWTH, FOR_SEASON, Arrivals, Counted, arrivals
from ownchannel.scenarios._channels import AnyChannel, MarketplaceChannel, OwnedChannel
from ownchannel.scenarios._observed import MeasuredNumber, Observed, measured_orders, observed_channels
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
    *("reference_spend", "purchase_model"),
)

_KINDS: Mapping[str, type[MarketplaceChannel] | type[OwnedChannel]] = {
    "marketplace": MarketplaceChannel,
    "owned": OwnedChannel,
}

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

    def counted(self) -> Counted:
        """Its new customers, day by day."""
        return counted(self.observed, self.customers, self.repeats)


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


def calibrate(orders: Orders, plan: Plan) -> Calibration:
    """Fill a plan with what orders show, channel by channel, matched by name.

    - An order: value, units, booked fees and parcels, and returns, of two years.
    - New customers: observed less reference_spend / cac, their growth, and the season where files cover 24
      months; the level is that of the month after the end of observation.
    - Repeat orders: MBG/NBD fitted to who has a key and was first seen half a year after the files begin (in
      the later half of short ones), for before that old customers look new; else the marketplace's own
      repeat report; else the user's numbers.
    - Active customers: the sum of P(alive).

    Observation ends, by channel, on the last day that its files cover whole, less a week. Channels that sell
    in the plan's currency and are not in it are added. What orders do not show stays the user's own.

    >>> from ownchannel.orders import sample_orders
    >>> from ownchannel.scenarios import OwnedChannel, Plan
    >>> store = OwnedChannel(name="Shopify", order_value=50, goods_cost=20)
    >>> found = calibrate(sample_orders(), Plan(channels=(store,)))
    >>> [channel.name for channel in found.plan.channels]
    ['Shopify', 'Amazon.com', 'Etsy']
    >>> found.fields.set_index("path").loc["channels.Shopify.goods_cost", "source"]
    'your plan'
    >>> round(found.plan.channel("Shopify").order_value, 2)
    62.4
    """
    observed = observed_channels(orders, plan.currency)
    there = [channel.name for channel in plan.channels]
    added = [each for name, each in observed.items() if name not in there]
    channels = [*plan.channels, *(channel_like(plan, each) for each in added)]
    looked_at = [
        measured_channel(orders, channel, observed[channel.name], plan.currency)
        for channel in channels
        if channel.name in observed
    ]
    came = arrivals({each.observed.channel: each.counted() for each in looked_at}, plan.seasonality)
    found = [possible(with_customers(each, came)) for each in looked_at]
    filled = _filled(plan, channels, found, came)
    of_channels = tuple(note for each in found for note in each.notes)
    notes = (*why_added(plan, added), *why_kept(plan, observed), *_left_out(orders, plan), *of_channels)
    return Calibration(filled, calibrated_fields(filled, found, came), notes)


def _filled(
    plan: Plan, channels: Sequence[AnyChannel], found: Sequence[MeasuredChannel], came: Arrivals
) -> Plan:
    """The plan with the measured numbers, and their intervals where they are to be drawn."""
    by_name = {channel.name: channel for channel in channels}
    uncertain = dict(plan.uncertain)
    for each in found:
        name = each.channel.name
        by_name[name] = _with_numbers(each)
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


def _with_numbers(found: MeasuredChannel) -> AnyChannel:
    values: dict[str, Any] = {name: number.value for name, number in found.measured.items()}
    if "fee_rate" in values:
        values["fee_category"] = None
    if found.back.model is not None:
        values["purchase_model"] = found.back.model
    return type(found.channel)(**{**dict(found.channel), **values})


def _range(found: MeasuredNumber | None, declared: Assumption) -> tuple[float, float] | None:
    """The interval inside what is valid; None where there is none."""
    if found is None or not math.isfinite(found.low + found.high):
        return None
    low, high = max(found.low, declared.valid[0]), min(found.high, declared.valid[1])
    return (low, high) if low <= found.value <= high and low < high else None


def _left_out(orders: Orders, plan: Plan) -> tuple[str, ...]:
    """A sentence where files hold sales in another currency."""
    others = [code for code in orders.currencies() if code != plan.currency]
    if not others:
        return ()
    return (f"Sales in {listed(others)} are left out, for the plan is in {plan.currency}.",)


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
            source = f"{new.source}; less {claimed:,.0f} a month whom advertising claims"
            measured["organic_customers"] = replace(new.less(claimed), source=source)
        if claimed > new.value:
            notes += (_floor(name, claimed, new.value),)
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
        notes += (
            f"{found.channel.name}: {name} comes to {number.value:,.3g} in your files, outside {low:g} to "
            f"{high:g}: your own value stays.",
        )
    return replace(found, measured=measured, notes=notes)


def _floor(name: str, claimed: float, observed: float) -> str:
    return (
        f"{name}: advertising claims {claimed:,.0f} customers a month (reference_spend / cac), and "
        f"{observed:,.0f} were observed in all, so organic_customers is 0. Check spend and cac, or take it "
        "as a sign that the platform's report claims customers who would have come anyway."
    )


def calibrated_fields(plan: Plan, found: Sequence[MeasuredChannel], came: Arrivals) -> pd.DataFrame:
    """One row per number of the plan, then the season by month, then what the fitted models say.

    Columns as COLUMNS; `low` and `high` hold the number with 95%, nan where no interval is known. What was
    not measured is the user's own, with the reason where there is one.
    """
    measured: dict[str, MeasuredNumber] = {}
    why: dict[str, str] = {}
    for each in found:
        prefix = f"channels.{each.channel.name}."
        measured |= {prefix + name: number for name, number in each.measured.items()}
        why |= {prefix + name: reason for name, reason in _reasons(each).items()}
    rows = [
        _measured(path, measured[path]) if path in measured else _own(path, value, why.get(path, ""))
        for path, (value, _) in plan.numbers().items()
    ]
    rows += _season(plan, came)
    rows += [row for each in found for row in _model(each)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _measured(path: str, found: MeasuredNumber) -> _Row:
    return path, found.value, found.low, found.high, found.source, "measured"


def _own(path: str, value: float, why: str) -> _Row:
    return path, float(value), np.nan, np.nan, f"{YOURS}: {why}" if why else YOURS, "assumption"


def _reasons(found: MeasuredChannel) -> dict[str, str]:
    """By field why it could not be measured, where files might have shown it."""
    short = f"growth needs files of {FOR_GROWTH} whole months, and there are {found.observed.whole_months()}"
    reasons = {"return_rate": "no file tells a refund", "organic_growth": short}
    reasons["fee_rate"] = (
        "the fee that was booked is the card's" if "payment_rate" in found.measured else "no file tells it"
    )
    if found.back.model is not None:
        reasons |= dict.fromkeys(("repeat_rate", "days_between_orders"), "not used, for a model was fitted")
    elif found.back.why_no_model:
        reasons |= dict.fromkeys(("repeat_rate", "days_between_orders"), found.back.why_no_model)
    return reasons


def _season(plan: Plan, came: Arrivals) -> list[_Row]:
    paths = [f"seasonality.{month}" for month in list(month_name)[1:]]
    if came.season:
        return [_measured(path, month) for path, month in zip(paths, came.season, strict=True)]
    why = f"a season needs files of {FOR_SEASON} whole months"
    return [_own(path, value, why) for path, value in zip(paths, plan.seasonality, strict=True)]


def _model(found: MeasuredChannel) -> list[_Row]:
    """Repeat orders of a new customer by both ways to say who is new; the first is the one used."""
    if not isinstance(found.repeats, Repeats):
        return []
    path = f"channels.{found.channel.name}.purchase_model"
    rows = [_measured(path, found.repeats.chosen)]
    if found.repeats.late is not None:
        rows.append(_measured(f"{path}, everybody counted as new", found.repeats.everybody))
    return rows


def channel_like(plan: Plan, observed: Observed) -> AnyChannel:
    """A channel with the settings of the plan's first of the same kind, no lever moved and no budget.

    Where the plan has none of that kind, everything but the order value is neutral.
    """
    kind = _KINDS[observed.kind]
    template = next((channel for channel in plan.channels if channel.kind == observed.kind), None)
    settings: dict[str, Any] = {} if template is None else dict(template)
    levers = [name for name, mark in kind.declared().items() if mark.role == "decision"]
    for name in (*levers, *_NOT_COPIED):
        settings.pop(name, None)
    return kind(
        **settings | {"name": observed.channel, "kind": observed.kind, "order_value": _mean_order(observed)}
    )


def why_added(plan: Plan, added: list[Observed]) -> tuple[str, ...]:
    """A sentence for each channel that was added: what it was given."""
    sentences = []
    for observed in added:
        like = next((channel.name for channel in plan.channels if channel.kind == observed.kind), None)
        given = "neutral settings" if like is None else f"the settings of {like}"
        sentences.append(
            f"{observed.channel} sells in your files and was not in the plan: it was added with {given}, and "
            "without advertising. Set what you spend there, or take it out."
        )
    return tuple(sentences)


def why_kept(plan: Plan, observed: Mapping[str, Observed]) -> tuple[str, ...]:
    """A sentence where the plan has channels that no file knows."""
    alone = [channel.name for channel in plan.channels if channel.name not in observed]
    if not alone:
        return ()
    keeps = "keep" if len(alone) > 1 else "keeps"
    return (
        f"No file tells of {listed(alone)}, which {keeps} your own values. A channel of your files under "
        "another name counts twice: rename it, or take it out.",
    )


def _mean_order(observed: Observed) -> float:
    sums = observed.sales[["item_value", "discount", "shipping"]].sum()
    paid = float(sums["item_value"] - sums["discount"] + sums["shipping"])
    return paid / observed.sales["order_id"].nunique()
