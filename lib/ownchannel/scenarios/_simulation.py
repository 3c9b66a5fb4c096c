"""A plan in thousands of simulated futures: what it is worth, how bad bad ones are, and against today."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv import Floats
from ownchannel.formats import Shown, count, money
from ownchannel.scenarios._draws import Draws, draws_of
from ownchannel.scenarios._events import Event
from ownchannel.scenarios._path import balance, discount_factors, discounted, follow_plan
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._values import Number, PlanValues

Series = Literal["npv to date", "cash balance", "cash flow", "revenue"]

#: Months of the first and of the last year.
YEAR = 12


@dataclass(frozen=True)
class Loss:
    """What is lost: on average, at most in 95% of the draws, and on average in the worst 5%."""

    mean: float
    var: float
    cvar: float


def how_many(share: float, draws: int) -> int:
    """⌈share·n⌉: how many draws are the worst share of them.

    >>> how_many(0.07, 100), how_many(0.05, 10)
    (7, 1)
    """
    if not 0 < share <= 1:
        raise ValueError(f"The share of worst draws is {share}: expected above 0 and at most 1.")
    return int(np.ceil(round(share * draws, 9)))


def worst_mean(values: Floats, share: float = 0.05) -> float:
    """The mean of the lowest ⌈share·n⌉ values: conditional value at risk.

    Source: Rockafellar & Uryasev (2002), "Conditional value-at-risk for general loss distributions", Journal
    of Banking & Finance 26(7), 1443-1471.

    >>> worst_mean(np.arange(100.0), 0.05)
    2.0
    """
    number = how_many(share, len(values))
    return float(np.partition(values, number - 1)[:number].mean())


def loss_of(lost: Floats) -> Loss:
    """The measures of a loss by draw; the VaR is the best of the worst 5%.

    >>> loss_of(np.arange(100.0))
    Loss(mean=49.5, var=95.0, cvar=97.0)
    """
    worst = how_many(0.05, len(lost))
    return Loss(float(lost.mean()), float(-np.partition(-lost, worst - 1)[worst - 1]), -worst_mean(-lost))


@dataclass(frozen=True, repr=False)
class Simulation(Shown):
    """A plan in each draw; arrays have a row per month and a column per draw."""

    draws: Draws
    cash_flow: Floats
    timing: Floats | float
    """What payouts that come later, and stock that is bought earlier, add to each month's cash."""
    revenue: Floats
    rented_revenue: Floats
    """Of marketplaces."""
    calm_revenue: Floats
    """By draw, of the first year if no event came."""
    floored: bool
    """Whether, in some draw, cannibalisation took all customers of a marketplace."""

    def __str__(self) -> str:
        currency, risk = self.plan.currency, self.revenue_at_risk.cvar
        return (
            f"{count(self.draws.number, 'simulated future')} of {count(len(self.cash_flow), 'month')}: worth "
            f"{money(self.npv.mean(), currency)} today on average, and {money(self.cvar(), currency)} in the "
            f"worst 5%. At worst (5%) events take {money(risk, currency)} of the first year's revenue."
        )

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.to_pandas().describe([0.1, 0.5, 0.9]).to_html()}"

    def to_pandas(self) -> pd.DataFrame:
        """One row per draw: `npv, low_point` (of cash), `revenue` of the first year."""
        first = self.revenue[:YEAR].sum(axis=0)
        return pd.DataFrame({"npv": self.npv, "low_point": self.low_point, "revenue": first})

    @property
    def plan(self) -> Plan:
        """What was simulated."""
        return self.draws.plan

    @cached_property
    def npv(self) -> Floats:
        """By draw what the months are worth today, less the set-up."""
        return discounted(self.cash_flow, self._number("discount_rate")) - self._number("setup_cost")

    @cached_property
    def cash_balance(self) -> Floats:
        """At the end of each month, from month 0."""
        start = self._number("cash") - self._number("setup_cost")
        return balance(self.cash_flow, self.timing, start)

    @property
    def low_point(self) -> Floats:
        """The lowest cash balance of each draw."""
        return np.asarray(self.cash_balance.min(axis=0))

    def cvar(self, share: float = 0.05) -> float:
        """The mean NPV of the worst draws."""
        return worst_mean(self.npv, share)

    @cached_property
    def revenue_at_risk(self) -> Loss:
        """What events take of the first year's revenue, against the same draw without any."""
        return loss_of(self.calm_revenue - self.revenue[:YEAR].sum(axis=0))

    @property
    def marketplace_share(self) -> float:
        """The marketplaces' part of the expected revenue of the last year; 0 without revenue."""
        rented, whole = self.rented_revenue[-YEAR:].sum(), self.revenue[-YEAR:].sum()
        return float(rented / whole) if whole > 0 else 0.0

    def bands(self, what: Series, levels: tuple[float, ...] = (0.1, 0.25, 0.5, 0.75, 0.9)) -> pd.DataFrame:
        """Quantiles by month, a column per level; from month 0 where something adds up."""
        rows, first = self._rows(what)
        places = np.round(np.array(levels) * (self.draws.number - 1)).astype(np.intp)
        quantiles = np.sort(rows, axis=1)[:, places]
        return pd.DataFrame(quantiles, pd.RangeIndex(first, first + len(rows), name="month"), list(levels))

    def worst(self, share: float = 0.05) -> NDArray[np.intp]:
        """The draws with the lowest NPV, the worst first."""
        return np.argsort(self.npv, kind="stable")[: how_many(share, self.draws.number)]

    def draw(self, draw: int) -> tuple[Plan, tuple[Event, ...]]:
        """A draw as a plan without uncertainty, and its events: `project` of them is that draw."""
        return self.draws.draw(draw)

    def _number(self, field: str) -> Number:
        """A number of the plan's own, by draw where it is uncertain."""
        number: Number = self.draws.fields.get(field, getattr(self.plan, field))
        return number

    def _rows(self, what: Series) -> tuple[Floats, int]:
        """A series by month and draw, and its first month."""
        if what == "npv to date":
            factors = discount_factors(self._number("discount_rate"), len(self.cash_flow))
            return balance(self.cash_flow * factors, 0.0, -self._number("setup_cost")), 0
        if what == "cash balance":
            return self.cash_balance, 0
        if what not in ("cash flow", "revenue"):
            raise ValueError(
                f"There are no bands of {what!r}: expected one of {', '.join(get_args(Series))}."
            )
        return (self.cash_flow if what == "cash flow" else self.revenue), 1


def simulate(plan: Plan, draws: int = 10_000, seed: int = 0) -> Simulation:
    """The plan under `draws` draws of its events, uncertain fields and fitted models.

    The same seed gives the same draws whatever the plan's numbers are, with a channel more or a longer
    horizon, too.

    >>> from ownchannel.scenarios import preset, project
    >>> simulation = simulate(preset("Balanced brand"), draws=500)
    >>> plan, events = simulation.draw(int(simulation.worst()[0]))
    >>> bool(np.isclose(project(plan, events).npv, simulation.npv.min(), rtol=1e-9))
    True
    """
    drawn = draws_of(plan, draws, seed)
    shape = (int(plan.horizon_months), draws)
    flow, revenue, rented = np.empty(shape), np.empty(shape), np.empty(shape)
    is_drawn = any(path.endswith(".payout_delay") for path in plan.uncertain)
    is_late = any(each.payout_delay or each.stock_lead_months for each in plan.channels)
    timing = np.empty(shape) if is_drawn or is_late else None
    calm, floored = np.empty(draws), False
    for batch in drawn.batches:
        path = follow_plan(batch.values, batch.effects)
        flow[:, batch.draws] = path.cash_flow
        rented[:, batch.draws] = path.revenue("marketplace")
        revenue[:, batch.draws] = path.revenue("owned")
        calm[batch.draws] = _calm_revenue(batch.values)
        floored |= path.floored
        if timing is not None:
            timing[:, batch.draws] = path.timing()
    revenue += rented
    return Simulation(drawn, flow, 0.0 if timing is None else timing, revenue, rented, calm, floored)


def _calm_revenue(values: PlanValues) -> Floats:
    """What the channels would sell in the first year without events, by draw or for all."""
    first = replace(values, months=min(YEAR, values.months))
    return np.asarray(follow_plan(first, {}).revenue().sum(axis=0))


@dataclass(frozen=True, repr=False)
class AgainstToday(Shown):
    """A plan's draws against those of today's plan, draw by draw under the same luck."""

    plan: Simulation
    today: Simulation

    def __str__(self) -> str:
        currency = self.plan.plan.currency
        gain = money(self.plan.npv.mean() - self.today.npv.mean(), currency)
        middle, low, high = ("never" if month == np.inf else f"month {month:.0f}" for month in self.payback)
        return (
            f"Against today: {gain} in today's money on average, {money(self.first_year, currency)} of it in "
            f"the first year. Paid back: {middle} (80% of futures: {low} to {high})."
        )

    def to_pandas(self) -> pd.DataFrame:
        """The columns of `compare`, of this plan alone."""
        return pd.DataFrame.from_dict({"This plan": measures_of(self)}, orient="index")

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
