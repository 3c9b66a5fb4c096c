"""A plan's months: what each channel sells and leaves, and what that does to the cash.

Arrays have a row a month, and a column a draw or one column for all draws.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ownchannel.clv import Floats
from ownchannel.scenarios._events import NOTHING, Effects
from ownchannel.scenarios._order_value import OrderValue
from ownchannel.scenarios._repeat_orders import Followed, follow
from ownchannel.scenarios._response import (
    Demand,
    Number,
    PlanValues,
    Values,
    budgets,
    customers_today,
    customers_won,
    demand,
    extra_paid,
    level,
)


@dataclass(frozen=True)
class ChannelPath:
    """What a channel sells and leaves, by month."""

    channel: Values
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
        if lead := int(self.channel.stock_lead_months):
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
        beside = sum((its.beside_orders for its in self.channels), -np.asarray(self.values.plan.fixed_costs))
        flow = np.zeros((self.values.months, 1)) + beside
        for its in self.channels:
            flow = flow + its.contribution
        return np.asarray(flow)

    @cached_property
    def npv(self) -> Floats:
        """By draw what the months are worth today, less the set-up."""
        plan = self.values.plan
        return np.asarray(discounted(self.cash_flow, plan.discount_rate) - plan.setup_cost)

    def timing(self) -> Floats | float:
        """What payouts and stock add to each month's cash."""
        return sum((its.timing() for its in self.channels), 0.0)

    def revenue(self, kind: str = "") -> Floats:
        """Of all channels, or of those of a kind."""
        start = np.zeros((len(self.cash_flow), 1))
        return sum((its.revenue for its in self.channels if kind in ("", its.channel.kind)), start)


def follow_plan(values: PlanValues, effects: Mapping[str, Effects]) -> Path:
    """The path of a plan under events' effects by channel's name; a channel without any is left in peace."""
    arrivals, floored = arriving(values, effects)
    season, paths = values.season(), []
    for channel, new, budget in zip(values.channels, arrivals, budgets(values), strict=True):
        its = effects.get(channel.name, NOTHING)
        followed = follow(channel, _after_suspensions(new, its), season)
        paths.append(_channel_path(channel, followed, its, budget + channel.platform_fee))
    return Path(tuple(paths), values, floored)


def arriving(values: PlanValues, effects: Mapping[str, Effects]) -> tuple[list[Floats], bool]:
    """New customers of each channel but for suspensions and referrals, and whether a marketplace runs out."""
    demands = [
        demand(channel, extra, level(channel, values), values.months)
        for channel, extra in zip(values.channels, extra_customers(values, budgets(values)), strict=True)
    ]
    taken, floored, found = _cannibalised(values, demands, effects), False, []
    for channel, wanted in zip(values.channels, demands, strict=True):
        arrivals = _arrivals(channel, wanted, effects.get(channel.name, NOTHING))
        if channel.kind == "marketplace" and np.ndim(taken):
            arrivals = arrivals - _share(channel, values) * taken
            if arrivals.min() < 0:
                arrivals, floored = np.maximum(arrivals, 0.0), True
        found.append(arrivals)
    return found, floored


def follow_extra(values: PlanValues, effects: Mapping[str, Effects], name: str) -> tuple[ChannelPath, ...]:
    """What one more attributed customer a month changes, in the channel that wins them and elsewhere.

    Without `rank_effect`, and where no marketplace runs out of customers, so many times this is what as many
    customers change.
    """
    source = next(channel for channel in values.channels if channel.name == name)
    more = level(source, values) * extra_paid(source, 1.0, values.months)
    nobody = np.zeros((1, 1))
    wanted, its = Demand(more, nobody, more, nobody), effects.get(name, NOTHING)
    changed = [(source, _arrivals(source, wanted, its))]
    if source.kind == "owned" and np.any(source.cannibalisation):
        taken = source.cannibalisation * changed[0][1]
        changed += [(its, -_share(its, values) * taken) for its in values.of_kind("marketplace")]
    paths = []
    for channel, arrivals in changed:
        its, empty = (
            effects.get(channel.name, NOTHING),
            Values(**{**vars(channel), "existing_customers": 0.0}),
        )
        followed = follow(empty, _after_suspensions(arrivals, its), values.season())
        paths.append(_channel_path(channel, followed, its, 0.0))
    return tuple(paths)


def extra_customers(values: PlanValues, spent: Sequence[Number]) -> tuple[Number, ...]:
    """What each channel's budget wins beyond today's spend, a month."""
    return tuple(
        np.asarray(customers_won(channel, budget) - customers_today(channel))
        for channel, budget in zip(values.channels, spent, strict=True)
    )


def discounted(flow: Floats, rate: Number) -> Floats:
    """What each draw's months are worth today."""
    factors = discount_factors(rate, len(flow))
    if factors.shape[1] == 1:
        return factors[:, 0] @ flow
    return np.asarray((factors * flow).sum(axis=0))


def discount_factors(rate: Number, months: int) -> Floats:
    """What a month's money is worth today, a row a month."""
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


def _arrivals(channel: Values, wanted: Demand, effects: Effects) -> Floats:
    """New customers who come by themselves or by advertising."""
    if effects.ads_lost is not None:
        return np.where(effects.ads_lost, wanted.without_ads, wanted.with_ads)
    if effects.entered is not None:
        left = wanted.with_ads * (1.0 - channel.private_label_loss)
        return np.where(effects.entered, left, wanted.with_ads)
    return wanted.with_ads


def _after_suspensions(arrivals: Floats, effects: Effects) -> Floats:
    """New customers less those whom suspensions, now or before, keep away."""
    if effects.closed is None:
        return arrivals
    arrivals = arrivals * (np.ones(effects.closed.shape) if effects.recovered is None else effects.recovered)
    arrivals[np.broadcast_to(effects.closed, arrivals.shape)] = 0.0
    return arrivals


def _cannibalised(
    values: PlanValues, demands: Sequence[Demand], effects: Mapping[str, Effects]
) -> Floats | float:
    """Extra paid customers of owned channels who would have bought on a marketplace."""
    taken: Floats | float = 0.0
    for channel, wanted in zip(values.channels, demands, strict=True):
        if channel.kind == "owned" and np.any(channel.cannibalisation):
            lost = effects.get(channel.name, NOTHING).ads_lost
            extra = wanted.extra_with_ads
            if lost is not None:
                extra = np.where(lost, wanted.extra_without_ads, extra)
            taken = taken + channel.cannibalisation * extra
    return taken


def _share(channel: Values, values: PlanValues) -> Number:
    """A marketplace's part of what is cannibalised."""
    whole = np.asarray(sum(its.organic_customers for its in values.of_kind("marketplace")))
    return np.asarray(np.where(whole > 0, channel.organic_customers / np.where(whole > 0, whole, 1.0), 0.0))


def _channel_path(channel: Values, followed: Followed, effects: Effects, spent: Number) -> ChannelPath:
    terms, repeats = OrderValue(channel, effects.fee_rises), followed.repeat_orders
    if effects.closed is not None:
        repeats = np.broadcast_to(repeats, np.broadcast_shapes(repeats.shape, effects.closed.shape)).copy()
        repeats[np.broadcast_to(effects.closed, repeats.shape)] = 0.0
    orders = followed.new_customers + repeats
    contribution = orders * terms.contribution()
    beside = -np.asarray(spent)
    if channel.kind == "owned" and np.any(channel.member_share):
        of_members = channel.member_share * followed.new_customers + followed.members_repeat
        contribution = contribution - terms.reward * of_members
        a_month = (channel.member_annual_fee - channel.member_annual_cost) / 12.0
        beside = beside + a_month * followed.members
    return ChannelPath(channel, followed.new_customers, repeats, orders, terms, contribution, beside)
