"""Who comes back: from new customers by month to their repeat orders, those of today's customers included.

Arrays have a row per month, and a column per draw or one column for all draws.
"""

from dataclasses import dataclass

import numpy as np

from ownchannel.clv import Floats
from ownchannel.outreach import DAYS_A_MONTH
from ownchannel.scenarios._purchase_curve import PurchaseCurves
from ownchannel.scenarios._values import ChannelValues, Number


@dataclass(frozen=True)
class Segment:
    """Customers of a channel who are alike: their share, and how many orders against the observed rate."""

    share: Number
    scale: Number
    leaves: Number
    """The chance to leave after an order."""
    is_member: bool


@dataclass(frozen=True)
class Followed:
    """A channel's customers over time."""

    new_customers: Floats
    """Referred ones included."""
    repeat_orders: Floats
    members_repeat: Floats | float
    """Those of members."""
    members: Floats | float
    """Members who are active at the month's end."""


def segments(channel: ChannelValues) -> list[Segment]:
    """Others, and members where there are some."""
    leaves, share = 1.0 - channel.repeat_rate, channel.member_share
    reached = (1.0 - channel.steering) * (1.0 + channel.reach * channel.personalisation_uplift)
    others = Segment(1.0 - share, reached, leaves, is_member=False)
    if not np.any(share):
        return [others]
    more, stays = reached * (1.0 + channel.member_frequency_uplift), 1.0 - channel.member_drop_reduction
    return [others, Segment(share, more, leaves * stays, is_member=True)]


def follow(channel: ChannelValues, arrivals: Floats, season: Floats) -> Followed:
    """The repeat orders of a channel's `arrivals`, and the customers whom those orders bring."""
    if channel.curves is None:
        return _follow_rate(channel, arrivals, season)
    return _follow_curves(channel, channel.curves, arrivals, season)


def order_rate(channel: ChannelValues) -> Number:
    """Orders a month of an active customer."""
    return np.asarray(DAYS_A_MONTH / channel.days_between_orders)


def orders_a_month(rate: Number, leaves: Number) -> Number:
    """Orders in the coming month of a customer who is active now: (1 - exp(-rate·p)) / p.

    >>> float(orders_a_month(np.array(0.5), 0.0)), round(float(orders_a_month(np.array(0.5), 1.0)), 6)
    (0.5, 0.393469)
    """
    gone = np.asarray(rate * leaves)
    return np.asarray(rate * np.where(gone > 0, -np.expm1(-gone) / np.where(gone > 0, gone, 1.0), 1.0))


def _follow_rate(channel: ChannelValues, arrivals: Floats, season: Floats) -> Followed:
    """Everybody of a segment leaves at the same rate, so active customers give a month's orders.

    Of N new customers (1-p)·N stay after the first order, and of the active ones exp(-λp) stay a month.
    """
    rate, found = order_rate(channel), segments(channel)
    shape = (len(arrivals), max(arrivals.shape[1], channel.width))
    stay = [np.exp(-rate * segment.leaves) for segment in found]
    enter = [segment.share * (1.0 - segment.leaves) for segment in found]
    each = [segment.scale * orders_a_month(rate, segment.leaves) for segment in found]
    referred, refers = channel.referrals_per_order, bool(np.any(channel.referrals_per_order))
    new = np.broadcast_to(arrivals, shape).copy() if refers else np.broadcast_to(arrivals, shape)
    active = np.empty((len(found), *shape))
    for month in range(len(new)):
        if refers and month:
            orders = sum(often * active[at, month - 1] for at, often in enumerate(each))
            new[month] += referred * (new[month - 1] + season[month - 1] * orders)
        for at, segment in enumerate(found):
            row = active[at, month]
            if month:
                np.multiply(active[at, month - 1], stay[at], out=row)
            else:
                row[:] = segment.share * channel.existing_customers
            row += enter[at] * new[month]
    repeats = [season * each[at] * active[at] for at in range(len(found))]
    if len(found) == 1:
        return Followed(new, repeats[0], 0.0, 0.0)
    return Followed(new, repeats[0] + repeats[1], repeats[1], active[1] * stay[1])


def _follow_curves(
    channel: ChannelValues, curves: PurchaseCurves, arrivals: Floats, season: Floats
) -> Followed:
    """Every customer's repeat orders follow the curve of their age, scaled for the segment.

    Curves may reach beyond the months of the arrivals.
    """
    months = len(arrivals)
    scales = [segment.share * segment.scale for segment in segments(channel)]
    draws = channel.draws  # parameters may differ by draw where nothing else does
    scale, base = sum(scales), channel.existing_customers * _in_turn(curves.of_today[:months], draws)
    if np.any(channel.referrals_per_order):
        by_age, referred = _in_turn(curves.by_age[:months], draws), channel.referrals_per_order
        new, repeats = _with_referred(by_age, arrivals, season * scale, base, referred)
    else:
        new, repeats = arrivals, season * scale * (_convolved(curves, arrivals, draws) + base)
    members = scales[1] / scale * repeats if len(scales) > 1 else 0.0
    return Followed(np.broadcast_to(new, repeats.shape), repeats, members, 0.0)


def _in_turn(rows: Floats, draws: int) -> Floats:
    """By draw, of rows with a column per set of parameters; one column where there is one set."""
    sets = rows.shape[1]
    return rows if sets == 1 else np.tile(rows, -(-draws // sets))[:, :draws]


def _convolved(curves: PurchaseCurves, new: Floats, draws: int) -> Floats:
    """Repeat orders of new customers: one product of matrices for each set of parameters."""
    sets, months = len(curves.kernels), len(new)
    kernels = curves.kernels[:, :months, :months]
    if sets == 1:
        return np.asarray(kernels[0] @ new)
    if new.shape[1] == 1:
        return _in_turn((kernels @ new)[:, :, 0].T, draws)
    turns = -(-draws // sets)
    whole = np.zeros((months, turns * sets))
    whole[:, :draws] = new
    by_set = np.ascontiguousarray(whole.reshape(months, turns, sets).transpose(2, 0, 1))
    found = (kernels @ by_set).transpose(1, 2, 0)
    return np.ascontiguousarray(found).reshape(months, turns * sets)[:, :draws]


def _with_referred(
    by_age: Floats, arrivals: Floats, scale: Floats, base: Floats, referred: Number
) -> tuple[Floats, Floats]:
    """New customers with those whom the orders of the month before brought, and repeat orders."""
    shape = np.broadcast_shapes(arrivals.shape, by_age.shape, scale.shape, base.shape, np.shape(referred))
    new, repeats = np.broadcast_to(arrivals, shape).copy(), np.empty(shape)
    by_age = np.broadcast_to(by_age, shape)
    for month in range(len(new)):
        if month:
            new[month] += referred * (new[month - 1] + repeats[month - 1])
        from_new = np.einsum("ad,ad->d", by_age[month::-1], new[: month + 1])
        repeats[month] = scale[month] * (from_new + base[month])
    return new, repeats
