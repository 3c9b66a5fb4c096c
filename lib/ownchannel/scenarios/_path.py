"""A plan's months: what each channel sells and leaves, and what that does to the cash.

Arrays have a row per month, and a column per draw or one column for all draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ownchannel.clv import Floats
from ownchannel.scenarios._events import NOTHING, Effects
from ownchannel.scenarios._order_value import OrderValue
from ownchannel.scenarios._repeat_orders import Followed, follow
from ownchannel.scenarios._response import budgets, new_customers, one_more_customer
from ownchannel.scenarios._values import ChannelValues, Number, PlanValues


@dataclass(frozen=True)
class ChannelPath:
    """What a channel sells and leaves, by month."""

    channel: ChannelValues
    new_customers: Floats
    repeat_orders: Floats
    orders: Floats
    terms: OrderValue
    contribution: Floats
    """What the orders leave, before advertising, membership and monthly fees."""
    beside_orders: Floats | Number
    """Membership's net income less advertising and the monthly fee."""

    @property
    def revenue(self) -> Floats:
        """After discounts and returned money."""
        return self.orders * self.terms.revenue

    @property
    def cash_flow(self) -> Floats:
        """After all of the channel's own costs."""
        return self.contribution + self.beside_orders

    def timing(self) -> Floats | float:
        """What payouts that come later, and stock that is bought earlier, add to each month's cash."""
        added: Floats | float = 0.0
        if np.any(self.channel.payout_delay):
            payout = self.orders * self.terms.payout()
            added = -self.channel.payout_delay * np.diff(payout, axis=0, prepend=payout[:1])
        if lead := self.channel.stock_lead_months:
            goods = self.orders * self.terms.goods
            later = np.minimum(np.arange(len(goods)) + lead, len(goods) - 1)
            added = added + goods - goods[later]
        return added


@dataclass(frozen=True)
class Path:
    """All channels of a plan, and what they leave together."""

    channels: tuple[ChannelPath, ...]
    values: PlanValues
    floored: bool
    """Whether cannibalisation would have taken more customers than a marketplace has."""

    @cached_property
    def cash_flow(self) -> Floats:
        """What all channels leave, less fixed costs."""
        beside = sum((each.beside_orders for each in self.channels), -np.asarray(self.values.fixed_costs))
        flow = np.zeros((self.values.months, 1)) + beside
        for each in self.channels:
            flow = flow + each.contribution
        return np.asarray(flow)

    @cached_property
    def npv(self) -> Floats:
        """By draw what the months are worth today, less the set-up."""
        return np.asarray(discounted(self.cash_flow, self.values.discount_rate) - self.values.setup_cost)

    def timing(self) -> Floats | float:
        """What payouts and stock add to each month's cash."""
        return sum((each.timing() for each in self.channels), 0.0)

    def cash_balance(self) -> Floats:
        """The cash at the end of each month, from month 0."""
        return balance(self.cash_flow, self.timing(), self.values.cash - self.values.setup_cost)

    def revenue(self, kind: str = "") -> Floats:
        """Of all channels, or of those of a kind."""
        start = np.zeros((len(self.cash_flow), 1))
        return sum((each.revenue for each in self.channels if kind in ("", each.channel.kind)), start)


def follow_plan(values: PlanValues, effects: Mapping[str, Effects]) -> Path:
    """The path of a plan under events' effects by channel's name; a channel without any is left in peace."""
    arrivals, floored = new_customers(values, effects)
    season, paths = values.season(), []
    for channel, new, budget in zip(values.channels, arrivals, budgets(values), strict=True):
        followed, happening = follow(channel, new, season), effects.get(channel.name, NOTHING)
        paths.append(_channel_path(channel, followed, happening, budget + channel.platform_fee))
    return Path(tuple(paths), values, floored)


def follow_extra(values: PlanValues, effects: Mapping[str, Effects], name: str) -> tuple[ChannelPath, ...]:
    """What one more attributed customer a month changes, in the channel that wins them and elsewhere.

    Without `rank_effect`, and where no marketplace runs out of customers, so many times this is what as many
    customers change.
    """
    season, paths = values.season(), []
    for channel, new in one_more_customer(values, effects, name):
        followed = follow(channel.changed(existing_customers=0.0), new, season)
        paths.append(_channel_path(channel, followed, effects.get(channel.name, NOTHING), 0.0))
    return tuple(paths)


def discounted(flow: Floats, rate: Number) -> Floats:
    """What each draw's months are worth today."""
    factors = discount_factors(rate, len(flow))
    if factors.shape[1] == 1:
        return factors[:, 0] @ flow
    return np.asarray((factors * flow).sum(axis=0))


def discount_factors(rate: Number, months: int) -> Floats:
    """What a month's money is worth today, a row per month."""
    years = np.arange(1.0, months + 1.0)[:, None] / 12.0
    return np.asarray((1.0 + np.asarray(rate)) ** -years)


def balance(flow: Floats, timing: Floats | float, start: Number) -> Floats:
    """The cash at the end of each month, from month 0, when it is `start`."""
    moves = np.asarray(flow + timing)
    found = np.empty((len(moves) + 1, moves.shape[1]))
    found[0] = start
    for month, move in enumerate(moves):  # numpy's own sum is slow down a column
        np.add(found[month], move, out=found[month + 1])
    return found


def _channel_path(
    channel: ChannelValues, followed: Followed, happening: Effects, spent: Number
) -> ChannelPath:
    terms = OrderValue(channel, happening.fee_rises)
    repeats, closed = followed.repeat_orders, happening.closed
    if closed is not None:
        repeats = np.broadcast_to(repeats, np.broadcast_shapes(repeats.shape, closed.shape)).copy()
        repeats[np.broadcast_to(closed, repeats.shape)] = 0.0
    orders = followed.new_customers + repeats
    contribution = orders * terms.contribution()
    beside = -np.asarray(spent)
    if np.any(channel.member_share):
        of_members = channel.member_share * followed.new_customers + followed.members_repeat
        contribution = contribution - terms.reward * of_members
        a_month = (channel.member_annual_fee - channel.member_annual_cost) / 12.0
        beside = beside + a_month * followed.members
    return ChannelPath(channel, followed.new_customers, repeats, orders, terms, contribution, beside)
