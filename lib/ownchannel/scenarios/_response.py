"""New customers of each channel by month: those who come by themselves, and those whom the budget wins.

Arrays have a row per month, and a column per draw or one column for all draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ownchannel.clv import Floats
from ownchannel.scenarios._events import NOTHING, Effects
from ownchannel.scenarios._values import ChannelValues, Number, PlanValues


def budgets(values: PlanValues) -> tuple[Number, ...]:
    """The advertising money a month of each channel: its kind's part, shared by today's spend."""
    share, whole = values.owned_share_of_growth_budget, values.growth_budget
    parts = {"owned": share * whole, "marketplace": (1.0 - share) * whole}
    spent = {kind: sum(channel.reference_spend for channel in values.of_kind(kind)) for kind in parts}
    return tuple(
        parts[channel.kind] * _ratio(channel.reference_spend, spent[channel.kind])
        for channel in values.channels
    )


def extra_customers(values: PlanValues) -> tuple[Number, ...]:
    """Customers a month that each channel's budget wins beyond today's, as the platform's report counts."""
    found = []
    for channel, budget in zip(values.channels, budgets(values), strict=True):
        at_reference, more = (
            _ratio(channel.reference_spend, channel.cac),
            _ratio(budget, channel.reference_spend),
        )
        dearer = np.maximum(more, 1.0) ** channel.spend_elasticity
        won = at_reference * np.where(np.asarray(more) > 1.0, dearer, more)
        found.append(np.asarray(won - _customers_today(channel)))
    return tuple(found)


def platform_fees(values: PlanValues) -> tuple[Number, ...]:
    """The monthly fee of each channel; one that is planned has none while it gets no budget."""
    return tuple(
        np.asarray(channel.platform_fee * (np.asarray(budget) > 0))
        if channel.planned
        else channel.platform_fee
        for channel, budget in zip(values.channels, budgets(values), strict=True)
    )


def new_customers(values: PlanValues, effects: Mapping[str, Effects]) -> tuple[list[Floats], bool]:
    """New customers of each channel, referred ones aside, and whether a marketplace runs out of them."""
    demands = [
        _demand(channel, extra, _level(channel, values), values.months)
        for channel, extra in zip(values.channels, extra_customers(values), strict=True)
    ]
    taken, floored, found = _cannibalised(values, demands, effects), False, []
    for channel, wanted in zip(values.channels, demands, strict=True):
        happening = effects.get(channel.name, NOTHING)
        arrivals = _under_events(channel, wanted, happening)
        if channel.kind == "marketplace" and np.ndim(taken):
            arrivals = arrivals - _share_of_taken(channel, values) * taken
            if arrivals.min() < 0:
                arrivals, floored = np.maximum(arrivals, 0.0), True
        found.append(_after_suspensions(arrivals, happening))
    return found, floored


def one_more_customer(
    values: PlanValues, effects: Mapping[str, Effects], name: str
) -> list[tuple[ChannelValues, Floats]]:
    """New customers that one more attributed one a month brings a channel, and takes from marketplaces."""
    source = next(channel for channel in values.channels if channel.name == name)
    more = _level(source, values) * _extra_paid(source, 1.0, values.months)
    nobody, happening = np.zeros((1, 1)), effects.get(name, NOTHING)
    won = _under_events(source, Demand(more, nobody, more, nobody), happening)
    moved = [(source, won)]
    if np.any(source.cannibalisation):
        taken = source.cannibalisation * won
        rented = values.of_kind("marketplace")
        moved += [(channel, -_share_of_taken(channel, values) * taken) for channel in rented]
    return [
        (channel, _after_suspensions(arrivals, effects.get(channel.name, NOTHING)))
        for channel, arrivals in moved
    ]


@dataclass(frozen=True)
class Demand:
    """New customers of a channel before events."""

    with_ads: Floats
    """Organic and paid."""
    without_ads: Floats
    """Those who come while the advertising account is lost."""
    extra_with_ads: Floats
    """Paid customers beyond those of today's spend."""
    extra_without_ads: Floats
    """The same, below 0, while the account is lost."""


def _demand(channel: ChannelValues, extra: Number, level: Floats, months: int) -> Demand:
    """`extra` are customers a month that today's spend would not win, before ramp-up and inflation."""
    today, real = _customers_today(channel), channel.ad_incrementality
    as_today = real * today * _cheaper(channel, months)
    more = _extra_paid(channel, extra, months)
    paid = as_today + more
    organic = channel.organic_customers * _grown(channel.organic_growth, channel.growth_fade, months)
    organic = organic + (1.0 - real) * today
    base = organic + real * today
    return Demand(
        with_ads=level * (organic * _rank(organic + paid, base, channel.rank_effect) + paid),
        without_ads=level * (organic * _rank(organic, base, channel.rank_effect)),
        extra_with_ads=level * more,
        extra_without_ads=level * -as_today,
    )


def _under_events(channel: ChannelValues, wanted: Demand, happening: Effects) -> Floats:
    """New customers while advertising is lost, or the platform sells a product of its own."""
    if happening.ads_lost is not None:
        return np.where(happening.ads_lost, wanted.without_ads, wanted.with_ads)
    if happening.entered is not None:
        left = wanted.with_ads * (1.0 - channel.private_label_loss)
        return np.where(happening.entered, left, wanted.with_ads)
    return wanted.with_ads


def _after_suspensions(arrivals: Floats, happening: Effects) -> Floats:
    """New customers less those whom suspensions, now or before, keep away."""
    if happening.closed is None:
        return arrivals
    left = np.ones(happening.closed.shape) if happening.recovered is None else happening.recovered
    arrivals = arrivals * left
    arrivals[np.broadcast_to(happening.closed, arrivals.shape)] = 0.0
    return arrivals


def _cannibalised(
    values: PlanValues, demands: Sequence[Demand], effects: Mapping[str, Effects]
) -> Floats | float:
    """Extra paid customers of owned channels who would have bought on a marketplace."""
    taken: Floats | float = 0.0
    for channel, wanted in zip(values.channels, demands, strict=True):
        if np.any(channel.cannibalisation):
            lost, extra = effects.get(channel.name, NOTHING).ads_lost, wanted.extra_with_ads
            if lost is not None:
                extra = np.where(lost, wanted.extra_without_ads, extra)
            taken = taken + channel.cannibalisation * extra
    return taken


def _share_of_taken(channel: ChannelValues, values: PlanValues) -> Number:
    """A marketplace's part of what is cannibalised: as of organic customers."""
    whole = sum(each.organic_customers for each in values.of_kind("marketplace"))
    return _ratio(channel.organic_customers, whole)


def _customers_today(channel: ChannelValues) -> Number:
    """Customers a month that today's advertising is credited with; none where nothing is spent yet."""
    return 0.0 if channel.planned else _ratio(channel.reference_spend, channel.cac)


def _extra_paid(channel: ChannelValues, extra: Number, months: int) -> Floats:
    """Paid customers by month beyond those of today's spend, before season, price and ease."""
    ramps, elapsed = np.asarray(channel.ramp_months, dtype=np.float64), np.arange(1.0, months + 1.0)[:, None]
    ramp = np.where(ramps > 0, -np.expm1(-elapsed / np.where(ramps > 0, ramps, 1.0)), 1.0)
    return np.asarray(channel.ad_incrementality * extra * (ramp * _cheaper(channel, months)))


def _level(channel: ChannelValues, values: PlanValues) -> Floats:
    """Season, price and how easily a visitor becomes a buyer, as one factor of new customers by month."""
    price = (1.0 - channel.discount) ** -channel.price_elasticity
    if channel.kind == "owned":
        return np.asarray(values.season() * (price * channel.checkout_conversion))
    undercut: NDArray[np.bool_] | bool = False
    for own in values.of_kind("owned"):
        undercut = np.logical_or(undercut, own.discount > channel.discount)
    seen = channel.visibility * (1.0 - channel.undercut_loss * np.asarray(undercut))
    return np.asarray(values.season() * (price * seen))


def _cheaper(channel: ChannelValues, months: int) -> Floats:
    """What inflation leaves of the customers whom a sum wins, by month."""
    return _compounded((1.0 + channel.cac_inflation) ** (-1.0 / 12.0), months)


def _compounded(factor: Number, months: int) -> Floats:
    """1, factor, factor², … by month; row by row where it differs by draw, for powers are slow."""
    if np.ndim(factor) == 0:
        return np.asarray(factor ** np.arange(months, dtype=np.float64)[:, None])
    found = np.ones((months, np.size(factor)))
    for before, row in pairwise(found):
        np.multiply(before, factor, out=row)
    return found


def _grown(rate: Number, fade: Number, months: int) -> Floats:
    """1, then each month larger by a rate of which `fade` is left from one month to the next."""
    if np.ndim(fade) == 0 and fade == 1:
        return _compounded(1.0 + rate, months)
    found = np.ones((months, np.broadcast(rate, fade).size))
    for before, row in pairwise(found):
        np.multiply(before, 1.0 + rate, out=row)
        rate = rate * fade
    return found


def _rank(now: Floats, base: Floats, effect: Number) -> Floats | float:
    """How much higher the platform ranks a brand that sells more."""
    if np.ndim(effect) == 0 and effect == 0:
        return 1.0
    return np.asarray(np.where(base > 0, now / np.where(base > 0, base, 1.0), 1.0) ** effect)


def _ratio(part: Number, whole: Number) -> Floats:
    """The part over the whole; 0 where there is no whole."""
    whole = np.asarray(whole, dtype=np.float64)
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0))
