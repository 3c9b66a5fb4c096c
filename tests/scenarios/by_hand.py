"""A plan's path read from its equations, one month and one channel after the other: slow, and plain to check.

Only numbers, loops and sums. A plan is anything with the fields of the model; an event has `month`, `channel`
and `kind`. Repeat orders are the double sum over the months in which customers came.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, expm1, inf, log1p
from typing import Any

from tests.scenarios import fitted_by_hand, referral_fees_by_hand
from tests.scenarios.arrivals_by_hand import arrivals, budget, fee_rises_until, is_suspended, season

DAYS_A_MONTH = 365.25 / 12
#: A fitted model has no closed end: its orders are counted for so many months beyond the horizon.
MONTHS_BEYOND = 120


@dataclass(frozen=True)
class ChannelMonth:
    """What happened on one channel in one month."""

    new_customers: float
    repeat_orders: float
    orders: float
    revenue: float
    contribution: float


@dataclass(frozen=True)
class Path:
    """What became of a plan; lists by month begin with month 1, `cash_balance` with month 0."""

    months: dict[tuple[int, str], ChannelMonth]
    cash_flow: list[float]
    cash_balance: list[float]
    npv: float
    value_of_new_customer: dict[str, float]
    terminal_value: float


@dataclass(frozen=True)
class Segment:
    """Customers who are alike: a share of a channel's, and what they order after their first order."""

    share: float
    scale: float
    """Their repeat orders, against those of the plain curve."""
    is_member: bool
    new: Callable[[float], float]
    """R: repeat orders of one new customer until this age in months."""
    existing: Callable[[float], float]
    """E: orders of one customer who is active at month 0, until this month."""


def path(plan: Any, events: Sequence[Any] = ()) -> Path:
    """The path of a plan on which these events happen."""
    last = plan.horizon_months
    months: dict[tuple[int, str], ChannelMonth] = {}
    cash_flow, receipts, goods = [], {}, {}
    for channel in plan.channels:
        for t in range(1, last + 1):
            found = channel_month(plan, channel, events, t, months)
            months[t, channel.name] = found
            fee = platform_fee_of_order(channel, fee_rises_until(channel, events, t))
            kept = price(channel) - fee
            receipts[t, channel.name] = found.orders * kept * (1 - channel.return_rate)
            used = 1 - channel.return_rate * channel.resellable_rate
            goods[t, channel.name] = found.orders * channel.goods_cost * used
    for t in range(1, last + 1):
        flow = -plan.fixed_costs
        for channel in plan.channels:
            flow += months[t, channel.name].contribution
            flow += members_income(channel, months, t)
            spent = budget(plan, channel)
            flow -= spent + (0 if channel.planned and spent == 0 else channel.platform_fee)
        cash_flow.append(flow)
    balance = [plan.cash - plan.setup_cost]
    for t in range(1, last + 1):
        moved = cash_flow[t - 1]
        for channel in plan.channels:
            before = receipts[max(t - 1, 1), channel.name]
            moved += channel.payout_delay * (before - receipts[t, channel.name])
            bought = min(t + channel.stock_lead_months, last)
            moved += goods[t, channel.name] - goods[bought, channel.name]
        balance.append(balance[-1] + moved)
    npv = -plan.setup_cost
    for t in range(1, last + 1):
        npv += cash_flow[t - 1] * discount_factor(plan, t)
    return Path(
        months=months,
        cash_flow=cash_flow,
        cash_balance=balance,
        npv=npv,
        value_of_new_customer={
            channel.name: value_of_new_customer(plan, channel) for channel in plan.channels
        },
        terminal_value=sum(terminal_value(plan, channel, events, months) for channel in plan.channels),
    )


def channel_month(
    plan: Any, channel: Any, events: Sequence[Any], t: int, before: dict[tuple[int, str], ChannelMonth]
) -> ChannelMonth:
    """One month of one channel, given the months before."""
    new = arrivals(plan, channel, events, t)
    if channel.kind == "owned" and t > 1:
        new += channel.referrals_per_order * before[t - 1, channel.name].orders
    repeat = contribution = 0.0
    for segment in segments(channel):
        again = 0.0
        for j in range(1, t):
            came = before[j, channel.name].new_customers
            again += came * (segment.new(t - j + 1) - segment.new(t - j))
        again += new * segment.new(1)
        again += channel.existing_customers * (segment.existing(t) - segment.existing(t - 1))
        again *= season(plan, t) * segment.share * segment.scale
        if is_suspended(channel, events, t):
            again = 0.0
        repeat += again
        left = contribution_of_order(channel, segment.is_member, fee_rises_until(channel, events, t))
        contribution += (segment.share * new + again) * left
    orders = new + repeat
    revenue = orders * price(channel) * (1 - channel.return_rate)
    return ChannelMonth(new, repeat, orders, revenue, contribution)


# ---------------------------------------------------------------- repeat orders


def segments(channel: Any) -> list[Segment]:
    """Those who are not members, and those who are."""
    if channel.kind == "marketplace":
        return [_segment(channel, 1.0, 1 - channel.steering, leave(channel), is_member=False)]
    written_to = 1 + channel.reach * channel.personalisation_uplift
    member = channel.member_share
    more = written_to * (1 + channel.member_frequency_uplift)
    return [
        _segment(channel, 1 - member, written_to, leave(channel), is_member=False),
        _segment(channel, member, more, leave_of_member(channel), is_member=True),
    ]


def _segment(channel: Any, share: float, scale: float, p: float, *, is_member: bool) -> Segment:
    model = channel.purchase_model
    if model is not None:
        return Segment(
            share,
            scale,
            is_member,
            new=lambda age: fitted_by_hand.repeat_orders_of_new(model, age),
            existing=lambda age: fitted_by_hand.orders_of_existing(model, age),
        )
    rate = order_rate(channel)
    return Segment(
        share,
        scale,
        is_member,
        new=lambda age: (1 - p) * orders_of_active(rate, p, age),
        existing=lambda age: orders_of_active(rate, p, age),
    )


def orders_of_active(rate: float, p: float, months: float) -> float:
    """Orders of one active customer who leaves with chance p after each."""
    return rate * months if p == 0 else -expm1(-rate * p * months) / p


def order_rate(channel: Any) -> float:
    """λ: orders a month of a customer while active."""
    return float(DAYS_A_MONTH / channel.days_between_orders)


def leave(channel: Any) -> float:
    """p: the chance that an order is a customer's last."""
    return float(1 - channel.repeat_rate)


def leave_of_member(channel: Any) -> float:
    return leave(channel) * float(1 - channel.member_drop_reduction)


def active(channel: Any, p: float, months: dict[tuple[int, str], ChannelMonth], t: int) -> float:
    """Customers still active at the end of month t if all leave with chance p."""
    rate = order_rate(channel)
    found = channel.existing_customers * exp(-rate * p * t)
    for j in range(1, t + 1):
        came = months[j, channel.name].new_customers
        found += came * (1 - p) * exp(-rate * p * (t - j + 1))
    return float(found)


def members_income(channel: Any, months: dict[tuple[int, str], ChannelMonth], t: int) -> float:
    """What members pay for membership in a month, less what it costs."""
    if channel.kind == "marketplace" or channel.purchase_model is not None:
        return 0.0
    a_month = (channel.member_annual_fee - channel.member_annual_cost) / 12
    return float(a_month * channel.member_share * active(channel, leave_of_member(channel), months, t))


# ---------------------------------------------------------------- an order


def price(channel: Any) -> float:
    """v: what a customer pays."""
    return float(channel.order_value * (1 - channel.discount))


def platform_fee_of_order(channel: Any, fee_rises: int) -> float:
    """f: the referral fee of all units of an order, after so many rises."""
    base = price(channel) * (1 + channel.fee_tax_rate)
    units = channel.units_per_order
    if channel.fee_category is None:
        fee = channel.fee_rate * base
    else:
        fee = units * referral_fees_by_hand.referral_fee(channel.fee_category, base / units)
    if fee_rises:
        fee += fee_rises * channel.fee_rise_points * base
    return float(min(base, fee))


def contribution_of_order(channel: Any, is_member: bool, fee_rises: int = 0) -> float:
    """κ: what an order leaves."""
    v, fee = price(channel), platform_fee_of_order(channel, fee_rises)
    returned = channel.return_rate
    left = v * (1 - returned)
    left -= channel.goods_cost * (1 - returned * channel.resellable_rate)
    left -= fee * (1 - returned)
    if channel.kind == "marketplace":
        units = channel.units_per_order
        left -= returned * units * min(channel.refund_fee_cap, channel.refund_fee_rate * fee / units)
    left -= channel.payment_rate * v + channel.payment_fixed
    left -= channel.ad_rate * v
    left -= channel.fulfilment_cost + channel.shipping_cost + channel.service_cost
    left -= returned * channel.return_handling_cost
    if is_member:
        left -= channel.member_reward_rate * v * (1 - returned)
    return float(left)


# ---------------------------------------------------------------- values


def discount_factor(plan: Any, t: int) -> float:
    return float((1 + plan.discount_rate) ** (-t / 12))


def value_of_new_customer(plan: Any, channel: Any) -> float:
    """What a customer leaves who comes in month 1, if nothing happens."""
    value = 0.0
    for segment in segments(channel):
        left = contribution_of_order(channel, segment.is_member)
        for t in range(1, plan.horizon_months + 1):
            orders = segment.scale * (segment.new(t) - segment.new(t - 1))
            if t == 1:
                orders += 1
            value += segment.share * left * orders * discount_factor(plan, t)
    return value


def terminal_value(
    plan: Any, channel: Any, events: Sequence[Any], months: dict[tuple[int, str], ChannelMonth]
) -> float:
    """What orders beyond the horizon leave of customers who have come within it, at the last month's fees."""
    last = plan.horizon_months
    value = 0.0
    for segment in segments(channel):
        left = contribution_of_order(channel, segment.is_member, fee_rises_until(channel, events, last))
        each = segment.share * segment.scale * left
        if channel.purchase_model is not None:
            value += each * _fitted_orders_beyond(plan, channel, segment, months)
            continue
        p = leave_of_member(channel) if segment.is_member else leave(channel)
        value += each * _orders_beyond(plan, channel, p, active(channel, p, months, last)) if each else 0.0
    return value


def _orders_beyond(plan: Any, channel: Any, p: float, customers: float) -> float:
    """Discounted orders of active customers: those have no memory, and all months beyond are counted."""
    rate = order_rate(channel)
    first = customers * orders_of_active(rate, p, 1) * discount_factor(plan, plan.horizon_months + 1)
    # Each further month's are the same share of those of the month before.
    lost = -expm1(-rate * p - log1p(plan.discount_rate) / 12)
    if first == 0:
        return 0.0
    return float(first / lost) if lost else inf


def _fitted_orders_beyond(
    plan: Any, channel: Any, segment: Segment, months: dict[tuple[int, str], ChannelMonth]
) -> float:
    last = plan.horizon_months
    found = 0.0
    for t in range(last + 1, last + MONTHS_BEYOND + 1):
        orders = channel.existing_customers * (segment.existing(t) - segment.existing(t - 1))
        for j in range(1, last + 1):
            came = months[j, channel.name].new_customers
            orders += came * (segment.new(t - j + 1) - segment.new(t - j))
        found += orders * discount_factor(plan, t)
    return float(found)
