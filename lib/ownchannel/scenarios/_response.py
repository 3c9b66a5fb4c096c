"""A plan's numbers as the engine takes them: each one number, or in a simulation one a draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from ownchannel.clv import Floats

if TYPE_CHECKING:
    from ownchannel.scenarios._plan import Plan

Values = SimpleNamespace
"""The fields of a plan or channel by their names."""

Number = float | Floats
"""One number, or one a draw."""


@dataclass(frozen=True)
class PlanValues:
    """The fields of a plan, and of each of its channels."""

    plan: Values
    channels: tuple[Values, ...]

    @property
    def months(self) -> int:
        """How far the plan looks ahead."""
        return int(self.plan.horizon_months)

    def of_kind(self, kind: str) -> tuple[Values, ...]:
        """The channels of a kind, in their order."""
        return tuple(channel for channel in self.channels if channel.kind == kind)

    def with_plan(self, numbers: Mapping[str, Number]) -> "PlanValues":
        """The same with other numbers of the plan's own."""
        return PlanValues(Values(**{**vars(self.plan), **numbers}), self.channels)

    def with_channels(self, numbers: Mapping[str, Mapping[str, object]]) -> "PlanValues":
        """The same with other fields of channels, by their names."""
        channels = (Values(**{**vars(its), **numbers.get(its.name, {})}) for its in self.channels)
        return PlanValues(self.plan, tuple(channels))

    def season(self) -> Floats:
        """The seasonal factor of each month, in one column."""
        start = int(self.plan.start[5:7]) - 1
        factors = np.asarray(self.plan.seasonality, dtype=np.float64)
        return factors[(start + np.arange(self.months)) % 12, None]


def values_of(plan: "Plan", drawn: Mapping[str, Floats] | None = None) -> PlanValues:
    """A plan's numbers, with those in `drawn` (by field path) in their place."""
    own, channels = dict(vars(plan)), {channel.name: dict(vars(channel)) for channel in plan.channels}
    for path, numbers in (drawn or {}).items():
        channel, _, field = path.removeprefix("channels.").rpartition(".")
        (channels[channel] if channel else own)[field] = numbers
    return PlanValues(Values(**own), tuple(Values(**its) for its in channels.values()))


def width(channel: Values) -> int:
    """How many draws a channel's numbers tell apart: 1 where all are the same in each draw."""
    return max(number.size if isinstance(number, np.ndarray) else 1 for number in vars(channel).values())


# ------------------------ What the growth budget brings


def budgets(values: PlanValues) -> tuple[Number, ...]:
    """The advertising money a month of each channel: its kind's part, shared by today's spend."""
    share, whole = values.plan.owned_share_of_growth_budget, values.plan.growth_budget
    parts = {"owned": share * whole, "marketplace": (1.0 - share) * whole}
    spent = {kind: sum(channel.reference_spend for channel in values.of_kind(kind)) for kind in parts}
    return tuple(
        parts[channel.kind] * _ratio(channel.reference_spend, spent[channel.kind])
        for channel in values.channels
    )


def customers_won(channel: Values, budget: Number) -> Number:
    """Customers a month that the platform's report attributes to so much advertising."""
    more = _ratio(budget, channel.reference_spend)
    dearer = np.maximum(more, 1.0) ** channel.spend_elasticity
    return np.asarray(customers_today(channel) * np.where(np.asarray(more) > 1.0, dearer, more))


def customers_today(channel: Values) -> Number:
    """The same at today's spend."""
    return _ratio(channel.reference_spend, channel.cac)


@dataclass(frozen=True)
class Demand:
    """New customers of a channel by month, before events; a row a month, a column a draw or one for all."""

    with_ads: Floats
    """Organic and paid."""
    without_ads: Floats
    """Those who come while the advertising account is lost."""
    extra_with_ads: Floats
    """Paid customers beyond those of today's spend."""
    extra_without_ads: Floats
    """The same, below 0, while the account is lost."""


def demand(channel: Values, extra: Number, level: Floats | Number, months: int) -> Demand:
    """The new customers that come by themselves and by advertising, at a `level` of season, price and ease.

    `extra` are customers a month that today's spend would not win, before ramp-up and inflation.
    """
    today, real = customers_today(channel), channel.ad_incrementality
    as_today = real * today * _cheaper(channel, months)
    more = extra_paid(channel, extra, months)
    paid = as_today + more
    organic = channel.organic_customers * _compounded(1.0 + channel.organic_growth, months)
    organic = organic + (1.0 - real) * today
    base = organic + real * today
    return Demand(
        with_ads=level * (organic * _rank(organic + paid, base, channel.rank_effect) + paid),
        without_ads=level * (organic * _rank(organic, base, channel.rank_effect)),
        extra_with_ads=level * more,
        extra_without_ads=level * -as_today,
    )


def extra_paid(channel: Values, extra: Number, months: int) -> Floats:
    """Paid customers by month beyond those of today's spend, before season, price and ease."""
    ramp = _ramp(np.arange(1.0, months + 1.0)[:, None], channel.ramp_months)
    return np.asarray(channel.ad_incrementality * extra * (ramp * _cheaper(channel, months)))


def level(channel: Values, values: PlanValues) -> Floats:
    """Season, price and how easily a visitor becomes a buyer, as one factor of new customers by month."""
    price = (1.0 - channel.discount) ** -channel.price_elasticity
    return np.asarray(values.season() * (price * _ease(channel, values)))


def _ease(channel: Values, values: PlanValues) -> Number:
    if channel.kind == "owned":
        return np.asarray(channel.checkout_conversion)
    undercut = np.any([own.discount > channel.discount for own in values.of_kind("owned")] or [False], axis=0)
    return np.asarray(channel.visibility * (1.0 - channel.undercut_loss * undercut))


def _cheaper(channel: Values, months: int) -> Floats:
    """What inflation leaves of the customers whom a sum wins, by month."""
    return _compounded((1.0 + channel.cac_inflation) ** (-1.0 / 12.0), months)


def _compounded(factor: Number, months: int) -> Floats:
    """1, factor, factor², …: a row a month; row by row where it differs by draw, for powers are slow."""
    if np.ndim(factor) == 0:
        return np.asarray(factor ** np.arange(months, dtype=np.float64)[:, None])
    found = np.ones((months, np.size(factor)))
    for before, row in pairwise(found):
        np.multiply(before, factor, out=row)
    return found


def _ramp(t: Floats, months: Number) -> Floats:
    """The part of the extra customers that comes already; all of them where there is no ramp."""
    months = np.asarray(months, dtype=np.float64)
    slow = np.where(months > 0, months, 1.0)
    return np.where(months > 0, -np.expm1(-t / slow), 1.0)


def _rank(now: Floats, base: Floats, effect: Number) -> Floats | float:
    """How much higher the platform ranks a brand that sells more."""
    if np.ndim(effect) == 0 and effect == 0:
        return 1.0
    return np.where(base > 0, now / np.where(base > 0, base, 1.0), 1.0) ** effect


def _ratio(part: Number, whole: Number) -> Number:
    """The part over the whole; 0 where there is no whole."""
    whole = np.asarray(whole, dtype=np.float64)
    return np.asarray(np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0))
