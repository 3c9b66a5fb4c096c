"""How dear a customer of the own stores may become before the plan is no better than today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import brentq

from ownchannel.scenarios.draws import Batch, draws_of
from ownchannel.scenarios.path import follow_plan
from ownchannel.scenarios.response import budgets
from ownchannel.scenarios.values import PlanValues, values_of

if TYPE_CHECKING:
    from ownchannel.scenarios.plan import Plan

#: How much cheaper or dearer a customer may become: beyond, there is no answer.
_LEAST, _MOST = 0.01, 100.0


@dataclass(frozen=True)
class BreakEven:
    """The one multiple of every owned `cac` at which a plan's expected NPV equals today's."""

    multiple: float | None
    verdict: Literal["", "none", "any"]
    """Why there is no multiple: at none the plan breaks even, or at any it equals today."""
    marginal: Mapping[str, float]
    """By owned channel with advertising, what the last customer costs at the plan's budget."""


def break_even_cac(plan: "Plan", draws: int = 2_000, seed: int = 0) -> BreakEven:
    """The break-even of a plan; both it and today's plan bear the same multiple.

    Of several multiples it is the one nearest to 1 on the side where the sign changes.

    >>> from ownchannel.scenarios.presets import preset
    >>> break_even_cac(preset("Balanced brand").today(), draws=50).verdict
    'any'
    """
    sides = [draws_of(its, draws, seed).batches for its in (plan, plan.today())]

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


def marginal_cac(plan: "Plan") -> dict[str, float]:
    """By owned channel with advertising, what one more attributed customer costs: cac/ε·(A/ref)^(1-ε).

    Below today's spend it is the `cac` itself.
    """
    values = values_of(plan)
    found = {}
    for channel, budget in zip(values.channels, budgets(values), strict=True):
        if channel.kind == "owned" and channel.reference_spend > 0:
            more = float(budget) / channel.reference_spend
            elasticity = channel.spend_elasticity
            dearer = more ** (1.0 - elasticity) / elasticity if more > 1 else 1.0
            found[channel.name] = channel.cac * dearer
    return found


def _mean_npv(batches: Sequence[Batch], multiple: float) -> float:
    """The expected NPV where every customer of an owned channel costs so many times as much."""
    npvs = [follow_plan(_dearer(its.values, multiple), its.effects).npv for its in batches]
    sizes = [its.draws.stop - its.draws.start for its in batches]
    return float(np.average([npv.mean() for npv in npvs], weights=sizes))


def _dearer(values: PlanValues, multiple: float) -> PlanValues:
    return values.with_channels({its.name: {"cac": its.cac * multiple} for its in values.of_kind("owned")})
