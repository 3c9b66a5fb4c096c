"""Scenarios side by side, each against today: what it brings, when it pays back, what it risks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ownchannel.clv import Floats
from ownchannel.scenarios._path import follow_plan
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._simulation import YEAR, Simulation, simulate
from ownchannel.scenarios._values import values_of


@dataclass(frozen=True)
class AgainstToday:
    """A plan's draws against those of today's plan, draw by draw under the same luck."""

    plan: Simulation
    today: Simulation

    @cached_property
    def gained(self) -> Floats:
        """Cash flow less today's by month (row, from 0: the set-up) and draw."""
        setup = np.full((1, self.plan.draws.number), -float(self.plan.plan.setup_cost))
        return np.concatenate([setup, self.plan.cash_flow - self.today.cash_flow])

    @property
    def first_year(self) -> float:
        """The expected cash flow of the first year, set-up included, less today's."""
        return float(self.gained[: YEAR + 1].sum(axis=0).mean())

    @cached_property
    def payback(self) -> tuple[float, float, float]:
        """The month of payback in the middle of the draws, and the 10% and 90% draws; infinite for never."""
        months = np.sort(payback_months(self.gained))
        places = np.round(np.array([0.5, 0.1, 0.9]) * (len(months) - 1)).astype(np.intp)
        middle, low, high = months[places]
        return float(middle), float(low), float(high)


def against_today(plan: Plan, draws: int = 10_000, seed: int = 0) -> AgainstToday:
    """Both simulated with the same seed."""
    return AgainstToday(simulate(plan, draws, seed), simulate(plan.today(), draws, seed))


def compare(plans: Mapping[str, Plan], draws: int = 10_000, seed: int = 0) -> pd.DataFrame:
    """One row per scenario by its name, each against its own today.

    Columns: `npv, cvar, first_year, payback_month, payback_low, payback_high` (80% of the draws; infinite
    for never), `revenue_at_risk` (the first year's, mean of the worst 5%), `marketplace_share, low_point` (of
    cash, the draws' median).

    Raises ValueError for scenarios in several currencies, whose money cannot stand side by side.

    >>> from ownchannel.scenarios import preset
    >>> compare({"Balanced": preset("Balanced brand")}, draws=100).index.tolist()
    ['Balanced']
    """
    currencies = sorted({plan.currency for plan in plans.values()})
    if len(currencies) > 1:
        raise ValueError(
            f"Scenarios in {' and '.join(currencies)} cannot stand side by side: compare those of one "
            "currency."
        )
    rows = {name: measures_of(against_today(plan, draws, seed)) for name, plan in plans.items()}
    return pd.DataFrame.from_dict(rows, orient="index")


def measures_of(found: AgainstToday) -> dict[str, float]:
    """A row of `compare`."""
    middle, low, high = found.payback
    return {
        "npv": float(found.plan.npv.mean()),
        "cvar": found.plan.cvar(),
        "first_year": found.first_year,
        "payback_month": middle,
        "payback_low": low,
        "payback_high": high,
        "revenue_at_risk": found.plan.revenue_at_risk.cvar,
        "marketplace_share": found.plan.marketplace_share,
        "low_point": float(np.median(found.plan.low_point)),
    }


def runway(plan: Plan) -> int | None:
    """The first month with a negative cash balance if the marketplaces brought and cost nothing any more.

    None where the cash lasts for the whole horizon.
    """
    values = values_of(plan)
    alone = replace(values, channels=values.of_kind("owned"))
    return first_below_zero(follow_plan(alone, {}).cash_balance()[:, 0])


def payback_months(gained: Floats) -> Floats:
    """By draw the first month after which the cumulative gain stays at 0 or above; infinite where never.

    `gained`: of each month (row) and draw, months from 0: set-up costs stand in row 0.

    >>> payback_months(np.array([[-5.0, 0.0], [3.0, 1.0], [4.0, -2.0]]))
    array([ 2., inf])
    """
    below = np.cumsum(gained, axis=0) < -1e-9
    months = np.arange(len(gained) - 1, -1, -1)
    last_below = np.where(below.any(axis=0), months[np.argmax(below[::-1], axis=0)], -1)
    return np.where(last_below == len(gained) - 1, np.inf, last_below + 1.0)


def first_below_zero(balance: Floats) -> int | None:
    """The first month whose balance is below 0; None where there is none.

    >>> first_below_zero(np.array([10.0, 2.0, -1.0])), first_below_zero(np.array([1.0]))
    (2, None)
    """
    below = np.flatnonzero(balance < 0)
    return int(below[0]) if len(below) else None
