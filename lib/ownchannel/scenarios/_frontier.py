"""How much of the relationship is given up for how much profit: every way to share the growth budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from ownchannel.clv import Floats
from ownchannel.formats import Shown, money, percent
from ownchannel.scenarios._draws import Batch, draws_of
from ownchannel.scenarios._path import ChannelPath, discounted, follow_extra, follow_plan
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._response import budgets, extra_customers, new_customers, platform_fees
from ownchannel.scenarios._simulation import YEAR, Simulation, simulate, worst_mean
from ownchannel.scenarios._values import values_of

SHARE = "owned_share_of_growth_budget"

#: Points where each needs a simulation of its own.
FEW = 7

_Point = tuple[float, float, float]


@dataclass(frozen=True, repr=False)
class Frontier(Shown):
    """What each way to share the growth budget is worth, and how dependent it leaves the brand."""

    table: pd.DataFrame
    """A row per share of the growth budget: `owned_share, npv, cvar, marketplace_share`."""
    currency: str

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def __str__(self) -> str:
        rows = self.table.to_dict("records")
        best, last = max(rows, key=lambda row: row["npv"]), rows[-1]
        worth, then = (money(row["npv"], self.currency) for row in (best, last))
        rented, left = (percent(row["marketplace_share"]) for row in (best, last))
        return (
            f"Worth most, {worth}, with {percent(best['owned_share'])} of the growth budget in own stores: "
            f"{rented} of revenue then comes through marketplaces. With all of it there, {then} and {left}."
        )


def frontier(
    plan: Plan, draws: int = 10_000, seed: int = 0, points: int = 21, simulation: Simulation | None = None
) -> Frontier:
    """By the owned stores' share of the growth budget what a plan is worth, and how dependent it stays.

    The expected NPV, its mean in the worst 5% of the draws, and the marketplaces' part of the expected
    revenue of the last year. In each draw all of them are straight lines in the customers whom advertising
    wins, so what one more customer brings gives every point; where `rank_effect` bends the lines, or
    cannibalisation takes all customers of a marketplace, each of 7 points is simulated. `simulation`, of the
    same plan, saves one.

    Raises ValueError where there is no budget, or one kind of channel cannot take it.

    >>> from ownchannel.scenarios import preset
    >>> found = frontier(preset("Balanced brand"), draws=200, points=3)
    >>> found.table["owned_share"].tolist(), bool(found.table["marketplace_share"].is_monotonic_decreasing)
    ([0.0, 0.5, 1.0], True)
    """
    _check(plan, points)
    found = simulation or simulate(plan, draws, seed)
    straight = _is_straight(found)
    shares = np.linspace(0.0, 1.0, points if straight else min(points, FEW))
    at = _on_lines(found) if straight else partial(_simulated, found)
    table = pd.DataFrame(map(at, shares), columns=["npv", "cvar", "marketplace_share"])
    table.insert(0, "owned_share", shares)
    return Frontier(table, plan.currency)


def _on_lines(found: Simulation) -> Callable[[float], _Point]:
    """The point of a share, from what one more customer a month of each channel adds to each draw."""
    drawn = found.draws
    names = [channel.name for channel in drawn.plan.channels]
    # By channel and draw; revenue of the last year, of marketplaces and of all.
    npv, revenue = np.empty((len(names), drawn.number)), np.empty((2, len(names), drawn.number))
    for batch in drawn.batches:
        rate = batch.values.discount_rate
        for channel, name in enumerate(names):
            changed = follow_extra(batch.values, batch.effects, name)
            rented = [path for path in changed if path.channel.kind == "marketplace"]
            npv[channel, batch.draws] = sum(discounted(path.cash_flow, rate) for path in changed)
            revenue[0, channel, batch.draws] = _last_year(rented)
            revenue[1, channel, batch.draws] = _last_year(changed)
    values = values_of(drawn.plan, drawn.fields)
    here, fees_here = extra_customers(values), sum(platform_fees(values))
    sold_here = [whole[-YEAR:].sum() / drawn.number for whole in (found.rented_revenue, found.revenue)]

    def at(share: float) -> _Point:
        worth, sold = found.npv, np.array(sold_here)
        moved = replace(values, owned_share_of_growth_budget=share)
        dearer = sum(platform_fees(moved)) - fees_here
        if np.any(dearer):  # a channel that is not there yet opens, or does not
            worth = worth - dearer * discounted(np.ones((values.months, 1)), values.discount_rate)
        for channel, (now, then) in enumerate(zip(here, extra_customers(moved), strict=True)):
            worth = worth + (then - now) * npv[channel]
            sold += ((then - now) * revenue[:, channel]).mean(axis=-1)
        rented, whole = sold
        return float(worth.mean()), worst_mean(worth), float(rented / whole) if whole > 0 else 0.0

    return at


def _last_year(paths: Sequence[ChannelPath]) -> Floats | float:
    return sum((path.revenue[-YEAR:].sum(axis=0) for path in paths), 0.0)


def _is_straight(found: Simulation) -> bool:
    """Whether nothing bends the lines at any share."""
    plan = found.plan
    if any(channel.rank_effect for channel in plan.channels) or _draws_any(plan, "rank_effect"):
        return False
    takes = any(channel.kind == "owned" and channel.cannibalisation for channel in plan.channels)
    if not takes and not _draws_any(plan, "cannibalisation"):
        return True
    # At the owned end cannibalisation takes most, and marketplaces win fewest.
    return not found.floored and not any(
        new_customers(replace(batch.values, owned_share_of_growth_budget=1.0), batch.effects)[1]
        for batch in found.draws.batches
    )


def _draws_any(plan: Plan, field: str) -> bool:
    return any(path.endswith(f".{field}") for path in plan.uncertain)


def _simulated(found: Simulation, share: float) -> _Point:
    """The same draws at another share of the budget, which is not itself uncertain then."""
    known = {path: ends for path, ends in found.plan.uncertain.items() if path != SHARE}
    plan = found.plan.model_copy(update={SHARE: share, "uncertain": known})
    there = simulate(plan, found.draws.number, found.draws.seed)
    return float(there.npv.mean()), there.cvar(), there.marketplace_share


def _check(plan: Plan, points: int) -> None:
    if points < 2:
        raise ValueError(f"{points} points were asked for: a frontier needs 2 or more.")
    if plan.growth_budget <= 0:
        raise ValueError("There is no growth budget to share: set it above 0.")
    for kind, words in (("owned", "an own store"), ("marketplace", "a marketplace")):
        if not any(each.kind == kind and each.reference_spend > 0 for each in plan.channels):
            raise ValueError(
                f"A frontier needs {words} that advertises today: set ‘Advertising today’ above 0 for one."
            )


# ------------------------ How dear a customer of the own stores may become before the plan is no better

#: How much cheaper or dearer a customer may become: beyond, there is no answer.
_LEAST, _MOST = 0.01, 100.0


@dataclass(frozen=True, repr=False)
class BreakEven(Shown):
    """The one multiple of every owned `cac` at which a plan's expected NPV equals today's."""

    multiple: float | None
    verdict: Literal["", "none", "any"]
    """Why there is no multiple: at none the plan breaks even, or at any it equals today."""
    marginal: Mapping[str, float]
    """By owned channel with advertising, what the last customer costs at the plan's budget."""

    def __str__(self) -> str:
        if self.multiple is not None:
            return f"Worth what today is where each customer you win costs {self.multiple:.2f} times as much."
        return f"Worth what today is at {'any' if self.verdict == 'any' else 'no'} cost of a customer."

    def to_pandas(self) -> pd.DataFrame:
        """One row per owned channel: `channel, marginal_cac`."""
        return pd.DataFrame({"channel": list(self.marginal), "marginal_cac": list(self.marginal.values())})


def break_even_cac(plan: Plan, draws: int = 2_000, seed: int = 0) -> BreakEven:
    """The break-even of a plan; both it and today's plan bear the same multiple.

    Of several multiples it is the one nearest to 1 on the side where the sign changes.

    >>> from ownchannel.scenarios import preset
    >>> break_even_cac(preset("Balanced brand").today(), draws=50).verdict
    'any'
    """
    sides = [draws_of(each, draws, seed).batches for each in (plan, plan.today())]

    def gain(log_multiple: float) -> float:
        ours, todays = (_mean_npv(batches, float(np.exp(log_multiple))) for batches in sides)
        return ours - todays

    marginal = marginal_cac(plan)
    at_one = gain(0.0)
    ends = [gain(float(np.log(end))) for end in (_LEAST, _MOST)]
    if max(abs(at_one), *map(abs, ends)) <= 1e-9 * (1.0 + abs(plan.growth_budget)):
        return BreakEven(None, "any", marginal)
    for end, found in sorted(zip((_LEAST, _MOST), ends, strict=True), reverse=True):
        if at_one * found <= 0:
            root = brentq(gain, *sorted((0.0, float(np.log(end)))), xtol=1e-6)
            return BreakEven(float(np.exp(root)), "", marginal)
    return BreakEven(None, "none", marginal)


def marginal_cac(plan: Plan) -> dict[str, float]:
    """By owned channel with advertising, what one more attributed customer costs: cac/ε·(A/ref)^(1-ε).

    Below today's spend it is the `cac` itself.
    """
    found = {}
    for channel, budget in zip(plan.channels, budgets(values_of(plan)), strict=True):
        if channel.kind == "owned" and channel.reference_spend > 0:
            more = float(budget) / channel.reference_spend
            elasticity = channel.spend_elasticity
            dearer = more ** (1.0 - elasticity) / elasticity if more > 1 else 1.0
            found[channel.name] = channel.cac * dearer
    return found


def _mean_npv(batches: Sequence[Batch], multiple: float) -> float:
    """The expected NPV where every customer of an owned channel costs so many times as much."""
    means = []
    for batch in batches:
        dearer = {each.name: {"cac": each.cac * multiple} for each in batch.values.of_kind("owned")}
        means.append(follow_plan(batch.values.with_channels(dearer), batch.effects).npv.mean())
    sizes = [batch.draws.stop - batch.draws.start for batch in batches]
    return float(np.average(means, weights=sizes))
