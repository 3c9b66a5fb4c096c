"""What an order of a channel brings and leaves, whether by members or by others."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv import Floats
from ownchannel.marketplace import fee_of_prices
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._values import ChannelValues, Number, values_of


@dataclass(frozen=True)
class OrderValue:
    """What an order of a channel brings and leaves; by month and draw where the channel's fee has risen."""

    channel: ChannelValues
    fee_rises: NDArray[np.int8] | None = None

    @property
    def revenue(self) -> Number:
        """What the customer pays, after discount and returned money."""
        return np.asarray(_price(self.channel) * (1.0 - self.channel.return_rate))

    @property
    def goods(self) -> Number:
        """What the goods cost that do not come back to the shelf."""
        returned = self.channel.return_rate * self.channel.resellable_rate
        return np.asarray(self.channel.goods_cost * (1.0 - returned))

    @property
    def reward(self) -> Number:
        """What a member's order costs more."""
        return np.asarray(self.channel.member_reward_rate * self.revenue)

    def payout(self) -> Floats | Number:
        """What the channel pays out."""
        return self._by_fee(lambda fee: (_price(self.channel) - fee) * (1.0 - self.channel.return_rate))

    def contribution(self) -> Floats | Number:
        """What is left after every cost that the order causes; a member's reward aside."""
        before = self.revenue - self.goods - _other_costs(self.channel)
        kept = 1.0 - self.channel.return_rate
        return self._by_fee(lambda fee: before - fee * kept - _refund_fee(self.channel, fee))

    def _by_fee(self, amount: Callable[[Floats | Number], Floats | Number]) -> Floats | Number:
        """What depends on the fee, with the fee as often risen; the whole fee base is the most it takes."""
        fee, base = _fee(self.channel), _fee_base(self.channel)
        if self.fee_rises is None:
            return np.asarray(amount(fee))
        rise = self.channel.fee_rise_points * base
        if self.channel.width > 1:
            return np.asarray(amount(np.minimum(base, fee + self.fee_rises * rise)))
        steps = np.minimum(base, fee + np.arange(self.fee_rises.max() + 1.0) * rise)
        return np.take(np.asarray(amount(steps)), self.fee_rises)  # few, against months × draws


def order_breakdown(plan: Plan, channel_name: str) -> pd.DataFrame:
    """From the price of an order to what it leaves: `part, amount`, costs below 0, the last row their sum.

    A member's reward is a part weighed by how many members there are.
    """
    channel = next(each for each in values_of(plan).channels if each.name == channel_name)
    price, back = _price(channel), channel.return_rate
    fee = _fee(channel)
    parts = {
        "Price": channel.order_value,
        "Discount": price - channel.order_value,
        "Returned money": -back * price,
        "Goods": -channel.goods_cost * (1.0 - back * channel.resellable_rate),
        "Platform fee": -fee * (1.0 - back) - _refund_fee(channel, fee),
        "Payment": -channel.payment_rate * price - channel.payment_fixed,
        "Running ads": -channel.ad_rate * price,
        "Parcel": -channel.fulfilment_cost - channel.shipping_cost,
        "Service": -channel.service_cost,
        "Handling returns": -back * channel.return_handling_cost,
        "Members' reward": -channel.member_share * OrderValue(channel).reward,
    }
    amounts = {part: float(amount) for part, amount in parts.items()}
    amounts["Contribution"] = sum(amounts.values())
    return pd.DataFrame({"part": list(amounts), "amount": list(amounts.values())})


def _price(channel: ChannelValues) -> Number:
    """What the customer pays."""
    return np.asarray(channel.order_value * (1.0 - channel.discount))


def _fee_base(channel: ChannelValues) -> Number:
    return np.asarray(_price(channel) * (1.0 + channel.fee_tax_rate))


def _fee(channel: ChannelValues) -> Number:
    """The platform's fee of an order, at most its base; a category's table tells that of each unit."""
    base, units = _fee_base(channel), channel.units_per_order
    if channel.fee_category is None:
        return np.asarray(np.minimum(base, channel.fee_rate * base))
    return np.asarray(np.minimum(base, units * fee_of_prices(channel.fee_category, base / units)))


def _refund_fee(channel: ChannelValues, fee: Floats | Number) -> Floats | Number:
    """What a marketplace keeps of its fee on returned units."""
    units = channel.units_per_order
    kept = np.minimum(channel.refund_fee_cap, channel.refund_fee_rate * fee / units)
    return np.asarray(channel.return_rate * units * kept)


def _other_costs(channel: ChannelValues) -> Number:
    """Payment, running advertising, parcel, service and the handling of what comes back."""
    return np.asarray(
        (channel.payment_rate + channel.ad_rate) * _price(channel)
        + channel.payment_fixed
        + channel.fulfilment_cost
        + channel.shipping_cost
        + channel.service_cost
        + channel.return_rate * channel.return_handling_cost
    )
