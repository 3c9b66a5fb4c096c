"""A plan's months: what an order leaves, what each channel sells, and what that does to the cash.

Arrays have a row per month, and a column per draw or one column for all draws.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv import Floats
from ownchannel.marketplace import fee_of_prices
from ownchannel.scenarios._events import NOTHING, Effects
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._repeat_orders import Followed, follow
from ownchannel.scenarios._response import budgets, new_customers, one_more_customer, platform_fees
from ownchannel.scenarios._values import ChannelValues, Number, PlanValues, values_of


@dataclass(frozen=True)
class OrderValue:
    """What an order of a channel brings and leaves; by month and draw where the channel's fee has risen."""

    channel: ChannelValues
    fee_rises: NDArray[np.int8] | None = None

    @property
    def price(self) -> Floats:
        """What the customer pays."""
        return np.asarray(self.channel.order_value * (1.0 - self.channel.discount))

    @property
    def revenue(self) -> Floats:
        """The same after returned money."""
        return np.asarray(self.price * self._not_returned)

    @property
    def goods(self) -> Floats:
        """What the goods cost that do not come back to the shelf."""
        returned = self.channel.return_rate * self.channel.resellable_rate
        return np.asarray(self.channel.goods_cost * (1.0 - returned))

    @property
    def reward(self) -> Floats:
        """What a member's order costs more."""
        return np.asarray(self.channel.member_reward_rate * self.revenue)

    @property
    def fee(self) -> Floats:
        """The platform's fee today, at most its base; a category's table gives that of each unit."""
        channel, base = self.channel, self._fee_base
        if channel.fee_category is None:
            return np.asarray(np.minimum(base, channel.fee_rate * base))
        units = channel.units_per_order
        return np.asarray(np.minimum(base, units * fee_of_prices(channel.fee_category, base / units)))

    def refund_fee(self, fee: Number) -> Floats:
        """What a marketplace keeps of its fee on returned units."""
        units = self.channel.units_per_order
        kept = np.minimum(self.channel.refund_fee_cap, self.channel.refund_fee_rate * fee / units)
        return np.asarray(self.channel.return_rate * units * kept)

    def payout(self) -> Floats:
        """What the channel pays out."""
        price, kept = self.price, self._not_returned
        return self._by_fee(lambda fee: (price - fee) * kept)

    def contribution(self) -> Floats:
        """What is left after every cost that the order causes; a member's reward aside."""
        before, kept = self.revenue - self.goods - self._other_costs, self._not_returned
        return self._by_fee(lambda fee: before - fee * kept - self.refund_fee(fee))

    @property
    def _not_returned(self) -> Number:
        return 1.0 - self.channel.return_rate

    @property
    def _fee_base(self) -> Floats:
        return np.asarray(self.price * (1.0 + self.channel.fee_tax_rate))

    @property
    def _other_costs(self) -> Floats:
        """Payment, running advertising, parcel, service and the handling of what comes back."""
        channel = self.channel
        return np.asarray(
            (channel.payment_rate + channel.ad_rate) * self.price
            + channel.payment_fixed
            + channel.fulfilment_cost
            + channel.shipping_cost
            + channel.service_cost
            + channel.return_rate * channel.return_handling_cost
        )

    def _by_fee(self, amount: Callable[[Number], Number]) -> Floats:
        """What depends on the fee, with the fee as often risen; the whole fee base is the most it takes."""
        fee, base = self.fee, self._fee_base
        if self.fee_rises is None:
            return np.asarray(amount(fee))
        rise = self.channel.fee_rise_points * base
        if self.channel.width > 1:
            return np.asarray(amount(np.minimum(base, fee + self.fee_rises * rise)))
        steps = np.minimum(base, fee + np.arange(self.fee_rises.max() + 1.0) * rise)
        return np.take(np.asarray(amount(steps)), self.fee_rises)  # few, against months × draws


def order_breakdown(plan: Plan, channel_name: str) -> pd.DataFrame:
    """From the price of an order to what it leaves: `part, amount`, costs below 0, the last row their sum.

    A member's reward is a part weighed by how many members there are. Raises ValueError for an unknown
    channel.

    >>> from ownchannel.scenarios import preset
    >>> order_breakdown(preset("Balanced brand"), "Own store").round(2).iloc[[0, -1]].to_numpy().tolist()
    [['Price', 64.0], ['Contribution', 27.57]]
    """
    plan.channel(channel_name)
    channel = next(each for each in values_of(plan).channels if each.name == channel_name)
    order, back = OrderValue(channel), channel.return_rate
    parts = {
        "Price": channel.order_value,
        "Discount": order.price - channel.order_value,
        "Returned money": -back * order.price,
        "Goods": -order.goods,
        "Platform fee": -order.fee * (1.0 - back) - order.refund_fee(order.fee),
        "Payment": -channel.payment_rate * order.price - channel.payment_fixed,
        "Running ads": -channel.ad_rate * order.price,
        "Parcel": -channel.fulfilment_cost - channel.shipping_cost,
        "Service": -channel.service_cost,
        "Handling returns": -back * channel.return_handling_cost,
        "Members' reward": -channel.member_share * order.reward,
    }
    amounts = {part: float(amount) for part, amount in parts.items()}
    amounts["Contribution"] = sum(amounts.values())
    return pd.DataFrame({"part": list(amounts), "amount": list(amounts.values())})


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
    beside_orders: Number
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
    spent = zip(budgets(values), platform_fees(values), strict=True)
    for channel, new, (budget, fee) in zip(values.channels, arrivals, spent, strict=True):
        followed, happening = follow(channel, new, season), effects.get(channel.name, NOTHING)
        paths.append(_channel_path(channel, followed, happening, budget + fee))
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
