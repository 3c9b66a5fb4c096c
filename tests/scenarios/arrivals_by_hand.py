"""New customers of a month read from the plan's equations, and what events do; see `by_hand`."""

from collections.abc import Sequence
from math import exp
from typing import Any


def arrivals(plan: Any, channel: Any, events: Sequence[Any], t: int) -> float:
    """New customers of a month, those aside whom other customers refer."""
    if is_suspended(channel, events, t):
        return 0.0
    people = organic(plan, channel, events, t) + paid(plan, channel, events, t)
    found = season(plan, t) * price_response(channel) * ease(plan, channel) * people
    if channel.kind == "owned":
        return found
    if _happened(channel, events, "private_label", t):
        found *= 1 - channel.private_label_loss
    found = max(found - cannibalised(plan, channel, events, t), 0.0)
    for suspension in events_of(channel, events, "suspension"):
        if t >= suspension.month + channel.suspension_months:
            found *= channel.suspension_recovery
    return found


def organic(plan: Any, channel: Any, events: Sequence[Any], t: int) -> float:
    """Customers who come by themselves, with what advertising does to the rank in search."""
    today = attributed_today(channel)
    found = channel.organic_customers
    for k in range(1, t):
        found *= 1 + channel.organic_growth * channel.growth_fade ** (k - 1)
    found += (1 - channel.ad_incrementality) * today
    before = found + channel.ad_incrementality * today
    if before == 0:
        return float(found)
    ratio = (found + paid(plan, channel, events, t)) / before
    return float(found * ratio**channel.rank_effect)


def paid(plan: Any, channel: Any, events: Sequence[Any], t: int) -> float:
    """Customers whom advertising brings who would not have come anyway."""
    for lost in events_of(channel, events, "ad_loss"):
        if lost.month <= t < lost.month + channel.ad_loss_months:
            return 0.0
    today = attributed_today(channel)
    then = attributed(channel, budget(plan, channel))
    reached = 1.0 if channel.ramp_months == 0 else 1 - exp(-t / channel.ramp_months)
    return float(channel.ad_incrementality * (today + (then - today) * reached) / inflation(channel, t))


def inflation(channel: Any, t: int) -> float:
    """How much dearer advertising is in month t than in the first."""
    return float((1 + channel.cac_inflation) ** ((t - 1) / 12))


def attributed_today(channel: Any) -> float:
    """Customers whom the platform's report counts today; none where the channel is not there yet."""
    return 0.0 if channel.planned else attributed(channel, channel.reference_spend)


def attributed(channel: Any, spend: float) -> float:
    """Customers whom the platform's report counts at this spend, before inflation."""
    reference = channel.reference_spend
    if reference == 0:
        return 0.0
    if spend <= reference:
        return float(spend / channel.cac)
    return float(reference / channel.cac * (spend / reference) ** channel.spend_elasticity)


def budget(plan: Any, channel: Any) -> float:
    """Of the growth budget what is spent on this channel in a month."""
    owned = plan.owned_share_of_growth_budget
    share = owned if channel.kind == "owned" else 1 - owned
    of_kind = sum(other.reference_spend for other in plan.channels if other.kind == channel.kind)
    if share * plan.growth_budget == 0:
        return 0.0
    return float(share * plan.growth_budget * channel.reference_spend / of_kind)


def cannibalised(plan: Any, marketplace: Any, events: Sequence[Any], t: int) -> float:
    """Customers of this marketplace whom the extra advertising of the owned channels takes over."""
    everywhere = sum(other.organic_customers for other in plan.channels if other.kind == "marketplace")
    if everywhere == 0:
        return 0.0
    taken = 0.0
    for other in plan.channels:
        if other.kind == "owned":
            today = other.ad_incrementality * attributed_today(other) / inflation(other, t)
            extra = paid(plan, other, events, t) - today
            taken += (
                other.cannibalisation * season(plan, t) * price_response(other) * ease(plan, other) * extra
            )
    return float(taken * marketplace.organic_customers / everywhere)


def ease(plan: Any, channel: Any) -> float:
    """k: how many of those who come do buy, against today."""
    if channel.kind == "owned":
        return float(channel.checkout_conversion)
    for other in plan.channels:
        if other.kind == "owned" and other.discount > channel.discount:
            return float(channel.visibility * (1 - channel.undercut_loss))
    return float(channel.visibility)


def price_response(channel: Any) -> float:
    """How many more come because of a discount."""
    return float((1 - channel.discount) ** -channel.price_elasticity)


def season(plan: Any, t: int) -> float:
    """The factor of the calendar month in which month t of the plan falls."""
    first = int(plan.start[5:7])
    return float(plan.seasonality[(first - 1 + t - 1) % 12])


# ---------------------------------------------------------------- events


def events_of(channel: Any, events: Sequence[Any], kind: str) -> list[Any]:
    return [event for event in events if event.channel == channel.name and event.kind == kind]


def _happened(channel: Any, events: Sequence[Any], kind: str, t: int) -> bool:
    return any(event.month <= t for event in events_of(channel, events, kind))


def fee_rises_until(channel: Any, events: Sequence[Any], t: int) -> int:
    return sum(event.month <= t for event in events_of(channel, events, "fee_rise"))


def is_suspended(channel: Any, events: Sequence[Any], t: int) -> bool:
    """Whether a suspension lasts in month t."""
    for suspension in events_of(channel, events, "suspension"):
        if suspension.month <= t < suspension.month + channel.suspension_months:
            return True
    return False
