"""A plan's path if nothing but the given events happens, what it is worth, and how dependent it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ownchannel.clv import Floats
from ownchannel.formats import Shown, count, money
from ownchannel.scenarios._events import Event, effects, scripted
from ownchannel.scenarios._path import ChannelPath, OrderValue, Path, discount_factors, follow_plan
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._purchase_curve import known_curves
from ownchannel.scenarios._repeat_orders import Segment, order_rate, orders_a_month, segments
from ownchannel.scenarios._values import ChannelValues, PlanValues, values_of

_COLUMNS = ("new_customers", "repeat_orders", "orders", "revenue", "contribution")

#: Months beyond the horizon that are counted where a fitted model has no closed form.
_BEYOND = 120

#: The measures of a share, and the columns of `Projection.months` that they are taken from.
_MEASURES = {name: name.replace(" ", "_") for name in ("revenue", "contribution", "orders", "repeat orders")}

_YEAR = 12


@dataclass(frozen=True, repr=False)
class Projection(Shown):
    """A plan month by month."""

    path: Path
    plan: Plan

    def __str__(self) -> str:
        currency, balance = self.plan.currency, self.cash_balance
        return (
            f"{count(len(self.cash_flow), 'month')} leave {money(self.cash_flow.sum(), currency)}, worth "
            f"{money(self.npv, currency)} today, on revenue of "
            f"{money(self.months['revenue'].sum(), currency)}. Cash is lowest at the end of month "
            f"{balance.argmin()}: {money(balance.min(), currency)}."
        )

    def to_pandas(self) -> pd.DataFrame:
        """The table of `months`."""
        return self.months

    @cached_property
    def months(self) -> pd.DataFrame:
        """`month, channel, kind, new_customers, repeat_orders, orders, revenue, contribution`.

        Contribution is what orders leave before advertising, membership and monthly fees.
        """
        paths, horizon = self.path.channels, self.path.values.months
        columns = {
            "month": np.tile(np.arange(1, horizon + 1), len(paths)),
            "channel": np.repeat([each.channel.name for each in paths], horizon),
            "kind": np.repeat([each.channel.kind for each in paths], horizon),
        }
        amounts = {name: np.concatenate([getattr(each, name)[:, 0] for each in paths]) for name in _COLUMNS}
        return pd.DataFrame(columns | amounts)

    @property
    def cash_flow(self) -> Floats:
        """Of each month, payouts and stock at their time of sale."""
        return self.path.cash_flow[:, 0]

    @property
    def cash_balance(self) -> Floats:
        """At the end of each month, from month 0, with payouts and stock at the time when they are paid."""
        return self.path.cash_balance()[:, 0]

    @property
    def npv(self) -> float:
        """What the months are worth today, less the set-up; before income tax."""
        return float(self.path.npv[0])

    @property
    def value_of_new_customer(self) -> dict[str, float]:
        """By channel what the orders of a new customer leave up to the horizon, discounted."""
        values = self.path.values
        factors = discount_factors(values.discount_rate, values.months)[:, 0]
        return {each.channel.name: _value_of_new(each.channel, factors) for each in self.path.channels}

    @property
    def terminal_value(self) -> float:
        """What repeat orders beyond the horizon leave of those who are customers then; never in the NPV.

        Infinite where customers never leave and later money counts in full.
        """
        return sum(_value_beyond(each, self.path.values) for each in self.path.channels)


def project(plan: Plan, events: Iterable[Event] = ()) -> Projection:
    """The path of a plan under scripted events.

    Raises ValueError for an event that cannot be: of an unknown channel, outside the horizon, while an
    earlier one lasts.

    >>> from ownchannel.scenarios import preset
    >>> projection = project(preset("Balanced brand"))
    >>> list(projection.months.columns)[:4], len(projection.cash_balance)
    (['month', 'channel', 'kind', 'new_customers'], 37)
    """
    values = values_of(plan)
    starts = scripted(events, values.channels, values.months)
    return Projection(follow_plan(values, effects(values.channels, starts)), plan)


def _value_of_new(channel: ChannelValues, factors: Floats) -> float:
    value = 0.0
    for segment in segments(channel):
        repeats = segment.scale * _repeats_by_age(channel, segment, len(factors))
        repeats[0] += 1.0
        value += float(segment.share * _left(OrderValue(channel), segment) * (repeats @ factors))
    return value


def _left(terms: OrderValue, segment: Segment) -> float:
    """What an order leaves at the end."""
    return float(np.ravel(terms.contribution())[-1] - segment.is_member * terms.reward)


def _repeats_by_age(channel: ChannelValues, segment: Segment, months: int) -> Floats:
    """Repeat orders of a new customer in each month, before a segment's scale."""
    if channel.curves is not None:
        return channel.curves.by_age[:, 0]
    rate = order_rate(channel)
    fades = np.exp(-rate * segment.leaves * np.arange(months))
    return np.asarray((1.0 - segment.leaves) * orders_a_month(rate, segment.leaves) * fades)


def _value_beyond(path: ChannelPath, values: PlanValues) -> float:
    channel, value = path.channel, 0.0
    a_month = float((1.0 + np.asarray(values.discount_rate)) ** (-1.0 / 12.0))
    for segment in segments(channel):
        worth = _segment_beyond if channel.purchase_model is None else _curve_beyond
        later = worth(path, segment, values.months, a_month)
        weight = float(segment.share * segment.scale * _left(path.terms, segment))
        value += weight * later if weight else 0.0
    return value


def _segment_beyond(path: ChannelPath, segment: Segment, months: int, a_month: float) -> float:
    """The later orders of a segment, discounted: a geometric series of who is active at the horizon."""
    channel, rate = path.channel, order_rate(path.channel)
    slow = float(rate * segment.leaves)
    stayed = np.exp(-slow * np.arange(months, 0, -1))
    active = (1.0 - segment.leaves) * float(path.new_customers[:, 0] @ stayed)
    active += channel.existing_customers * np.exp(-slow * months)
    later = float(active * orders_a_month(rate, segment.leaves))
    fades = -np.expm1(-slow + np.log(a_month))
    if later == 0:
        return 0.0
    return float(later * a_month ** (months + 1) / fades) if fades > 0 else np.inf


def _curve_beyond(path: ChannelPath, _segment: Segment, months: int, a_month: float) -> float:
    """The same month by month, for a fitted model has no closed form."""
    channel, ahead = path.channel, np.arange(_BEYOND)
    assert channel.purchase_model is not None
    curves = known_curves(channel.purchase_model, months + _BEYOND)
    by_month = channel.existing_customers * curves.of_today[months + ahead, 0]
    for month, arrived in enumerate(path.new_customers[:, 0], 1):
        by_month = by_month + arrived * curves.by_age[months - month + 1 + ahead, 0]
    return float(by_month @ a_month ** (months + 1.0 + ahead))


def runway(plan: Plan) -> int | None:
    """The first month with a negative cash balance if the marketplaces brought and cost nothing any more.

    None where the cash lasts for the whole horizon.
    """
    values = values_of(plan)
    alone = replace(values, channels=values.of_kind("owned"))
    return first_below_zero(follow_plan(alone, {}).cash_balance()[:, 0])


def first_below_zero(balance: Floats) -> int | None:
    """The first month whose balance is below 0; None where there is none.

    >>> first_below_zero(np.array([10.0, 2.0, -1.0])), first_below_zero(np.array([1.0]))
    (2, None)
    """
    below = np.flatnonzero(balance < 0)
    return int(below[0]) if len(below) else None


def plan_shares(projection: Projection, *, first_year: bool = False) -> pd.DataFrame:
    """By measure the share of each channel in the plan's last year, or its first: a column per channel.

    Further columns: `marketplace_share`, and `concentration` (Herfindahl-Hirschman index: the sum of squared
    shares, 1 where one channel has all). Missing where a measure's sum is not above 0, and where a loss on
    one channel would make shares of contribution mean nothing.

    >>> from ownchannel.scenarios import preset
    >>> plan_shares(project(preset("Balanced brand"))).columns.tolist()
    ['Amazon.com', 'Own store', 'marketplace_share', 'concentration']
    """
    months = projection.months
    last = months["month"].max()
    year = months["month"] <= _YEAR if first_year else months["month"] > last - _YEAR
    sums = months[year].groupby("channel", sort=False)[list(_MEASURES.values())].sum()
    known = (sums.min() >= 0) & (sums.sum() > 0)
    shares = (sums / sums.sum().where(known)).T.set_axis(list(_MEASURES))
    rented = months.loc[months["kind"] == "marketplace", "channel"].unique()
    return shares.assign(
        marketplace_share=shares[rented].sum(axis=1, skipna=False),
        concentration=(shares**2).sum(axis=1, skipna=False),
    )
