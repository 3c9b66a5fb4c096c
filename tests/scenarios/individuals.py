"""A plan's customers lived through one by one: they come by chance, order by chance and leave by chance.

Only the mean number of those whom nobody refers is taken from the equations read by hand; who is a member,
when each orders again, whether that order is the last and whom it refers is drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.scenarios import arrivals_by_hand, by_hand, fitted_by_hand

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mean:
    """The mean of many runs by month, and its standard error."""

    value: Floats
    error: Floats


@dataclass(frozen=True)
class Lived:
    """What became of one channel's customers, on average by month."""

    new_customers: Mean
    repeat_orders: Mean
    active_members: Mean
    """At the end of the month."""


@dataclass(frozen=True)
class _Customers:
    """Customers of one channel, an element each."""

    run: NDArray[np.intp]
    is_member: NDArray[np.bool_]
    rate: Floats
    """Orders a month."""
    leaves: Floats
    """The chance that an order is the last."""
    first_may_be_last: bool


def lived(plan: Any, events: Sequence[Any] = (), *, runs: int, seed: int) -> dict[str, Lived]:
    """Many runs of a plan with these events, by channel; `existing_customers` must be whole."""
    generator = np.random.default_rng(seed)
    return {
        channel.name: _Channel(plan, channel, events, runs, generator).lived() for channel in plan.channels
    }


class _Channel:
    def __init__(
        self, plan: Any, channel: Any, events: Sequence[Any], runs: int, generator: np.random.Generator
    ) -> None:
        months = range(1, plan.horizon_months + 1)
        self.plan, self.channel, self.runs, self.generator = plan, channel, runs, generator
        self.arrivals = [arrivals_by_hand.arrivals(plan, channel, events, t) for t in months]
        self.is_open = np.array([not arrivals_by_hand.is_suspended(channel, events, t) for t in months])
        self.seasons = np.array([arrivals_by_hand.season(plan, t) for t in months])
        self.scales = {part.is_member: part.scale for part in by_hand.segments(channel)}
        self.new, self.again, self.members = np.zeros((3, runs, plan.horizon_months))

    def lived(self) -> Lived:
        everybody = np.arange(self.runs)
        existing = round(self.channel.existing_customers)
        self._live(self._existing(np.repeat(everybody, existing)), 0)
        for month, mean in enumerate(self.arrivals):
            came = self.generator.poisson(mean, self.runs)
            if self.channel.kind == "owned" and month:
                before = self.new[:, month - 1] + self.again[:, month - 1]
                came += self.generator.poisson(self.channel.referrals_per_order * before)
            self.new[:, month] = came
            self._live(self._newcomers(np.repeat(everybody, came)), month)
        return Lived(*map(_mean, (self.new, self.again, self.members)))

    def _live(self, customers: _Customers, start: int) -> None:
        """All orders of these customers from the start of month `start`, 0 being the first."""
        horizon = self.plan.horizon_months
        gone = np.full(len(customers.run), np.inf)
        there = np.arange(len(gone))
        if customers.first_may_be_last:
            last = self.generator.random(len(gone)) < customers.leaves
            gone[last] = start
            there = there[~last]
        clock = np.full(len(gone), float(start))
        while len(there):
            gaps = self.generator.exponential(1.0, len(there)) / np.maximum(customers.rate[there], 1e-300)
            clock[there] += gaps
            there = there[clock[there] < horizon]
            self._order(customers, there, np.floor(clock[there]).astype(np.intp))
            last = self.generator.random(len(there)) < customers.leaves[there]
            gone[there[last]] = clock[there[last]]
            there = there[~last]
        for month in range(start, horizon):
            stay = customers.is_member & (gone > month + 1)
            self.members[:, month] += np.bincount(customers.run[stay], minlength=self.runs)

    def _order(self, customers: _Customers, who: NDArray[np.intp], month: NDArray[np.intp]) -> None:
        """One order each, or as many as scale and season make of it on average."""
        scale = np.where(customers.is_member[who], self.scales.get(True, 1.0), self.scales[False])
        mean = scale * self.seasons[month] * self.is_open[month]
        number = np.floor(mean) + (self.generator.random(len(who)) < mean % 1)
        np.add.at(self.again, (customers.run[who], month), number)

    def _newcomers(self, run: NDArray[np.intp]) -> _Customers:
        model, number = self.channel.purchase_model, len(run)
        is_member = self._are_members(number)
        if model is None:
            return _Customers(run, is_member, *self._alike(is_member), first_may_be_last=True)
        r, alpha, a, b = model.parameters.values()
        rate = self.generator.gamma(r, 1 / alpha, number) * fitted_by_hand.WEEKS_A_MONTH
        leaves = self.generator.beta(a, b, number)
        return _Customers(run, is_member, rate, leaves, first_may_be_last=model.model == "MBG/NBD")

    def _existing(self, run: NDArray[np.intp]) -> _Customers:
        model, number = self.channel.purchase_model, len(run)
        is_member = self._are_members(number)
        if model is None:
            return _Customers(run, is_member, *self._alike(is_member), first_may_be_last=False)
        r, alpha, a, b = model.parameters.values()
        known = np.array(model.histories)
        x, age = known[:, 0], known[:, 2]
        parameters = tuple(model.parameters.values())
        alive = [n * fitted_by_hand.probability_alive(model.model, parameters, *row) for *row, n in known]
        which = self.generator.choice(len(known), number, p=np.array(alive) / sum(alive))
        rate = self.generator.gamma(r + x[which], 1 / (alpha + age[which])) * fitted_by_hand.WEEKS_A_MONTH
        leaves = self.generator.beta(a, b + x[which] + (model.model == "MBG/NBD"))
        return _Customers(run, is_member, rate, leaves, first_may_be_last=False)

    def _are_members(self, number: int) -> NDArray[np.bool_]:
        share = self.channel.member_share if self.channel.kind == "owned" else 0.0
        return self.generator.random(number) < share

    def _alike(self, is_member: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        rate = np.full(len(is_member), by_hand.order_rate(self.channel))
        leaves = np.full(len(is_member), by_hand.leave(self.channel))
        if is_member.any():
            leaves[is_member] = by_hand.leave_of_member(self.channel)
        return rate, leaves


def _mean(runs: Floats) -> Mean:
    return Mean(runs.mean(axis=0), runs.std(axis=0, ddof=1) / np.sqrt(len(runs)))
