"""Five brands to start from, whose numbers stand in `brands.toml`; and the channel that a brand lacks."""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ownchannel.assumptions import did_you_mean
from ownchannel.scenarios._channels import KINDS, AnyChannel, Channel, MarketplaceChannel, OwnedChannel
from ownchannel.scenarios._observed_repeats import MATCHED_AT, matched
from ownchannel.scenarios._plan import Plan

AMAZON = "Amazon.com"
OWN_STORE = "Own store"

_GIVEN = tomllib.loads(Path(__file__).with_name("brands.toml").read_text(encoding="utf-8"))


def preset(name: str) -> Plan:
    """The preset of that name; ValueError where there is none.

    >>> preset("Balanced brand").channel("Own store").order_value
    64.0
    """
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name}{did_you_mean(name, PRESETS)}")
    return PRESETS[name]()


def _brand(name: str) -> Plan:
    """The plan of a brand, with ranges around what nobody knows well."""
    fields = dict(_GIVEN["brands"][name])
    amazon = MarketplaceChannel(name=AMAZON, **_GIVEN["on_amazon"], **fields.pop("amazon"))
    own_store = OwnedChannel(name=OWN_STORE, **_GIVEN["in_own_store"], **fields.pop("own_store"))
    fields["seasonality"] = _GIVEN["seasons"][fields.pop("season")]
    uncertain = {
        f"channels.{AMAZON}.ad_incrementality": (0.3, 0.9),
        f"channels.{AMAZON}.organic_growth": (-0.02, 0.02),
        f"channels.{AMAZON}.repeat_rate": _around(amazon, "repeat_rate", 0.75, 1.25),
        f"channels.{OWN_STORE}.ad_incrementality": (0.4, 1.0),
        f"channels.{OWN_STORE}.cac": _around(own_store, "cac", 0.8, 1.35),
        f"channels.{OWN_STORE}.order_value": _around(own_store, "order_value", 0.9, 1.1),
        f"channels.{OWN_STORE}.repeat_rate": _around(own_store, "repeat_rate", 0.7, 1.25),
        f"channels.{OWN_STORE}.spend_elasticity": (0.65, 1.0),
    }
    return Plan(channels=(amazon, own_store), uncertain=uncertain, **fields)


def _around(channel: Channel, name: str, low: float, high: float) -> tuple[float, float]:
    """So many times the channel's own value, as far as its source goes."""
    value: float = getattr(channel, name)
    least, most = channel.declared()[name].plausible
    return max(least, round(low * value, 4)), min(most, round(high * value, 4))


#: What makes each preset, by the brand's name.
PRESETS: Mapping[str, Callable[[], Plan]] = {name: partial(_brand, name) for name in _GIVEN["brands"]}


# ------------------------ The channel that a brand lacks

#: What a channel that is not there yet is called, by its kind.
PLANNED = {"owned": "Your own store (not opened yet)", "marketplace": "A marketplace (not joined yet)"}

#: An order of about so much needs no other coin than the presets' dollars.
_TYPICAL_ORDER = 50
#: The fee in place of a fee table, which is in dollars alone.
_USUAL_FEE = 0.15
#: How far what nobody knows yet may be from its value.
_UNSURE = {"cac": (0.7, 1.4), "order_value": (0.9, 1.1), "repeat_rate": (0.7, 1.25)}


@dataclass(frozen=True)
class PlannedChannel:
    """A channel that is not there yet: all of its numbers are those of a typical brand."""

    channel: AnyChannel
    setup_cost: float
    like: str
    """The preset that it is taken from."""
    uncertain: Mapping[str, tuple[float, float]]
    """By path what nobody knows well, from low to high."""


def planned_channel(plan: Plan, spend: float) -> PlannedChannel | None:
    """The store, or the marketplace, that a brand lacks; None where it has both.

    Its numbers are those of the preset whose orders and repeat customers are nearest to the brand's largest
    channel: money in the brand's own coin (times a power of ten), order value and cost of goods in the
    proportion that the preset's two channels have to one another. `spend` is what a plan gives it a month to
    win customers: there its cost of winning one holds.

    >>> alone = preset("One-off durable")
    >>> alone = Plan(channels=alone.channels[:1], growth_budget=3_000)
    >>> found = planned_channel(alone, spend=600)
    >>> found.like, found.channel.name, found.channel.order_value, found.setup_cost
    ('One-off durable', 'Your own store (not opened yet)', 225.0, 6000.0)
    """
    there = [channel for channel in plan.channels if not channel.planned]
    if len({channel.kind for channel in there}) != 1:
        return None
    largest = max(there, key=lambda channel: channel.reference_spend)
    name, coin = _nearest(largest)
    typical = PRESETS[name]()
    alike = next(channel for channel in typical.channels if channel.kind == largest.kind)
    model = next(channel for channel in typical.channels if channel.kind != largest.kind)
    fields: dict[str, Any] = dict(model)
    for field, declared in model.declared().items():
        if declared.unit.startswith("money"):
            fields[field] = round(coin * fields[field], 2)
    for field in ("order_value", "goods_cost"):
        proportion = getattr(model, field) / getattr(alike, field)
        fields[field] = round(proportion * getattr(largest, field), 2)
    if model.fee_category is not None:
        fields |= {"fee_category": None, "fee_rate": _USUAL_FEE}
    fields |= {"name": PLANNED[model.kind], "planned": True}
    fields["reference_spend"] = spend or fields["reference_spend"]
    fields |= {"organic_customers": 0.0, "organic_growth": 0.0, "existing_customers": 0.0}
    channel = KINDS[model.kind](**fields)
    low, high = channel.declared()["ad_incrementality"].plausible
    unsure = {"ad_incrementality": (low, high)}
    for field, (least, most) in _UNSURE.items():
        unsure[field] = (round(least * fields[field], 4), round(most * fields[field], 4))
    uncertain = {
        f"channels.{channel.name}.{field}": ends for field, ends in unsure.items() if ends[0] < ends[1]
    }
    return PlannedChannel(channel, coin * typical.setup_cost, name, uncertain)


def _nearest(channel: AnyChannel) -> tuple[str, float]:
    """The preset whose channel is most like this one, and the power of ten from dollars to its coin."""
    scale = 10.0 ** max(0, round(math.log10(channel.order_value / _TYPICAL_ORDER)))
    # A dear order is not another coin: furniture for 225 dollars is no vase for 22.
    coins = [scale, scale / 10] if scale > 1 else [scale]

    def distance(name: str, coin: float) -> float:
        like = next(each for each in PRESETS[name]().channels if each.kind == channel.kind)
        orders = math.log(channel.order_value / (coin * like.order_value))
        return math.hypot(orders, math.log(_repeat_odds(channel) / _repeat_odds(like)))

    return min(((name, coin) for name in PRESETS for coin in coins), key=lambda each: distance(*each))


def _repeat_odds(channel: AnyChannel) -> float:
    """Repeat orders of a customer in a lifetime, at the repeat rate or the one that matches the model."""
    rate = channel.repeat_rate
    if channel.purchase_model is not None:
        curve, _ = channel.purchase_model.curves(MATCHED_AT[1])
        early, late = (float(curve[month]) for month in MATCHED_AT)
        rate = matched(early, late).repeat_rate if early > 0 else 0.0
    rate = min(max(rate, 0.02), 0.98)
    return rate / (1 - rate)
