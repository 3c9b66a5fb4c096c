"""A plan's path if nothing but the given events happens."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ownchannel.clv import Floats
from ownchannel.scenarios._events import Event, effects, scripted
from ownchannel.scenarios._order_value import OrderValue
from ownchannel.scenarios._path import ChannelPath, Path, balance, discount_factors, follow_plan
from ownchannel.scenarios._purchase_curve import drawn_curves
from ownchannel.scenarios._repeat_orders import (
    PurchaseCurves,
    Segment,
    order_rate,
    orders_a_month,
    segments,
)
from ownchannel.scenarios._response import PlanValues, Values, values_of

if TYPE_CHECKING:
    from ownchannel.scenarios._plan import Plan

_COLUMNS = ("new_customers", "repeat_orders", "orders", "revenue", "contribution")

#: Months beyond the horizon that are counted where a fitted model has no closed form.
_BEYOND = 120


@dataclass(frozen=True)
class Projection:
    """A plan month by month."""

    path: Path

    @cached_property
    def months(self) -> pd.DataFrame:
        """`month, channel, kind, new_customers, repeat_orders, orders, revenue, contribution`.

        Contribution is what orders leave before advertising, membership and monthly fees.
        """
        its = self.path.channels
        horizon = self.path.values.months
        columns = {
            "month": np.tile(np.arange(1, horizon + 1), len(its)),
            "channel": np.repeat([one.channel.name for one in its], horizon),
            "kind": np.repeat([one.channel.kind for one in its], horizon),
        }
        amounts = {name: np.concatenate([getattr(one, name)[:, 0] for one in its]) for name in _COLUMNS}
        return pd.DataFrame(columns | amounts)

    @property
    def cash_flow(self) -> Floats:
        """Of each month, payouts and stock at their time of sale."""
        return self.path.cash_flow[:, 0]

    @property
    def cash_balance(self) -> Floats:
        """At the end of each month, from month 0, with payouts and stock at the time when they are paid."""
        plan = self.path.values.plan
        return balance(self.path.cash_flow, self.path.timing(), plan.cash - plan.setup_cost)[:, 0]

    @property
    def npv(self) -> float:
        """What the months are worth today, less the set-up; before income tax."""
        return float(self.path.npv[0])

    @property
    def value_of_new_customer(self) -> dict[str, float]:
        """By channel what the orders of a new customer leave up to the horizon, discounted."""
        values = self.path.values
        factors = discount_factors(values.plan.discount_rate, values.months)[:, 0]
        return {its.channel.name: _value_of_new(its, factors) for its in self.path.channels}

    @property
    def terminal_value(self) -> float:
        """What repeat orders beyond the horizon leave of those who are customers then; never in the NPV.

        Infinite where customers never leave and later money counts in full.
        """
        return sum(_value_beyond(its, self.path.values) for its in self.path.channels)


def project(plan: "Plan", events: Iterable[Event] = ()) -> Projection:
    """The path of a plan under scripted events.

    Raises ValueError for an event that cannot be: of an unknown channel, outside the horizon, while an
    earlier one lasts.

    >>> from ownchannel.scenarios._presets import preset
    >>> projection = project(preset("Balanced brand"))
    >>> list(projection.months.columns)[:4], len(projection.cash_balance)
    (['month', 'channel', 'kind', 'new_customers'], 37)
    """
    values = with_curves(values_of(plan))
    starts = scripted(events, values.channels, values.months)
    happening = {
        channel.name: effects(channel, starts[channel.name])
        for channel in values.channels
        if starts[channel.name]
    }
    return Projection(follow_plan(values, happening))


def with_curves(values: PlanValues) -> PlanValues:
    """The values with the curves of their fitted models, as the models' parameters stand."""
    for channel in values.channels:
        if channel.purchase_model is not None:
            channel.purchase_curves = known_curves(channel, values.months)
    return values


def known_curves(channel: Values, months: int) -> PurchaseCurves:
    """The curves of a channel's fitted model, its parameters taken as known."""
    known = channel.purchase_model.model_copy(update={"log_covariance": ()})
    return PurchaseCurves(*drawn_curves(known, months, 1, 0))


def _value_of_new(its: ChannelPath, factors: Floats) -> float:
    channel, value = its.channel, 0.0
    for segment in segments(channel):
        repeats = segment.scale * _repeats_by_age(channel, segment, len(factors))
        repeats[0] += 1.0
        value += float(segment.share * _left(OrderValue(channel), segment) * (repeats @ factors))
    return float(value)


def _left(terms: OrderValue, segment: Segment) -> float:
    """What an order leaves at the end."""
    return float(np.ravel(terms.contribution())[-1] - segment.is_member * terms.reward)


def _repeats_by_age(channel: Values, segment: Segment, months: int) -> Floats:
    """Repeat orders of a new customer in each month, before a segment's scale."""
    if channel.purchase_model is not None:
        return known_curves(channel, months).by_age[:, 0]
    rate = order_rate(channel)
    fades = np.exp(-rate * segment.leaves * np.arange(months))
    return np.asarray((1.0 - segment.leaves) * orders_a_month(rate, segment.leaves) * fades)


def _value_beyond(its: ChannelPath, values: PlanValues) -> float:
    channel, months = its.channel, values.months
    a_month = (1.0 + values.plan.discount_rate) ** (-1.0 / 12.0)
    new, value = its.new_customers[:, 0], 0.0
    for segment in segments(channel):
        weight = segment.share * segment.scale * _left(its.terms, segment)
        if channel.purchase_model is None:
            slow = float(order_rate(channel) * segment.leaves)
            active = (1.0 - segment.leaves) * float(new @ np.exp(-slow * np.arange(months, 0, -1)))
            active += channel.existing_customers * np.exp(-slow * months)
            later = active * float(orders_a_month(order_rate(channel), segment.leaves))
            fades = -np.expm1(-slow + np.log(a_month))
            if later == 0:
                later_worth = 0.0
            else:
                later_worth = later * a_month ** (months + 1) / fades if fades > 0 else np.inf
        else:
            curves = known_curves(channel, months + _BEYOND)
            ahead = np.arange(_BEYOND)
            by_month = channel.existing_customers * curves.of_today[months + ahead, 0]
            for month, arrived in enumerate(new, 1):
                by_month = by_month + arrived * curves.by_age[months - month + 1 + ahead, 0]
            later_worth = float(by_month @ a_month ** (months + 1.0 + ahead))
        value += float(weight * later_worth) if weight else 0.0
    return value


# ------------------------ How dependent a plan is

#: The measures of a share, and the columns of `Projection.months` that they are taken from.
MEASURES = {
    "revenue": "revenue",
    "contribution": "contribution",
    "orders": "orders",
    "repeat orders": "repeat_orders",
}

_YEAR = 12


def plan_shares(projection: Projection, *, first_year: bool = False) -> pd.DataFrame:
    """By measure the share of each channel in the plan's last year, or its first: a column a channel.

    Further columns: `marketplace_share`, and `concentration` (Herfindahl-Hirschman index: the sum of squared
    shares, 1 where one channel has all). Missing where a measure's sum is not above 0, and where a loss on
    one channel would make shares of contribution mean nothing.

    >>> from ownchannel.scenarios._presets import preset
    >>> plan_shares(project(preset("Balanced brand"))).columns.tolist()
    ['Amazon.com', 'Own store', 'marketplace_share', 'concentration']
    """
    months = projection.months
    last = months["month"].max()
    year = months["month"] <= _YEAR if first_year else months["month"] > last - _YEAR
    sums = months[year].groupby("channel", sort=False)[list(MEASURES.values())].sum()
    known = (sums.min() >= 0) & (sums.sum() > 0)
    shares = (sums / sums.sum().where(known)).T.set_axis(list(MEASURES))
    rented = months.loc[months["kind"] == "marketplace", "channel"].unique()
    return shares.assign(
        marketplace_share=shares[rented].sum(axis=1, skipna=False),
        concentration=(shares**2).sum(axis=1, skipna=False),
    )
