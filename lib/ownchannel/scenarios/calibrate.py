"""A plan filled with what orders can tell; the rest stays the user's own, and each number says whose."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ownchannel.assumptions import Assumption
from ownchannel.formats import listed
from ownchannel.orders.orders import Orders
from ownchannel.scenarios.calibration.added_channels import channel_like, why_added, why_kept
from ownchannel.scenarios.calibration.calibrated_fields import calibrated_fields
from ownchannel.scenarios.calibration.measured import MeasuredNumber
from ownchannel.scenarios.calibration.measured_arrivals import Arrivals, arrivals
from ownchannel.scenarios.calibration.measured_channel import (
    MeasuredChannel,
    measured_channel,
    possible,
    with_customers,
)
from ownchannel.scenarios.calibration.observed import observed_channels
from ownchannel.scenarios.channels import AnyChannel
from ownchannel.scenarios.plan import Plan

#: MeasuredNumber numbers whose intervals become uncertain ranges of the plan.
UNCERTAIN = ("order_value", "return_rate", "organic_growth", "repeat_rate")


@dataclass(frozen=True)
class Calibration:
    """A plan with measured numbers in it, and where each of its numbers comes from."""

    plan: Plan
    fields: pd.DataFrame
    """As `calibrated_fields` gives it: `path, value, low, high, source, confidence`."""
    notes: tuple[str, ...] = ()
    """What else is to be said, in sentences."""


def calibrate(orders: Orders, plan: Plan) -> Calibration:
    """Fill a plan with what orders tell, channel by channel, matched by name.

    - An order: value, units, booked fees and parcels, and returns, of two years.
    - New customers: observed less reference_spend / cac, their growth, and the season where files cover 24
      months; the level is that of the month after the end of observation.
    - Repeat orders: MBG/NBD fitted to who has a key and was first seen half a year after the files begin (in
      the later half of short ones), for before that old customers look new; else the marketplace's own
      repeat report; else the user's numbers.
    - Active customers: the sum of P(alive).

    Observation ends, by channel, on the last day that its files cover whole, less a week. Channels that sell
    in the plan's currency and are not in it are added. What orders do not tell stays the user's own.

    >>> from ownchannel.orders.saved import sample_orders
    >>> from ownchannel.scenarios.channels import OwnedChannel
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
    added = [its for name, its in observed.items() if name not in there]
    channels = [*plan.channels, *(channel_like(plan, its) for its in added)]
    looked_at = [
        measured_channel(orders, channel, observed[channel.name], plan.currency)
        for channel in channels
        if channel.name in observed
    ]
    came = arrivals({each.its.channel: each.counted() for each in looked_at}, plan.seasonality)
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
    """A sentence where files tell of sales in another currency."""
    others = [code for code in orders.currencies() if code != plan.currency]
    if not others:
        return ()
    return (f"Sales in {listed(others)} are left out, for the plan is in {plan.currency}.",)
