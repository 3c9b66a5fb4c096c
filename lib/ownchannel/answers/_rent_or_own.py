"""The question of workbook 04: a plan's sliders, and what it answers of the plan against today."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ownchannel.answers._answer import Answer, LaterChart, Question, amounts
from ownchannel.assumptions import Assumption, Numbers
from ownchannel.charts import (
    Chart,
    dependence_now_and_then,
    frontier_chart,
    npv_fan,
    order_waterfall,
    scenarios_side_by_side,
    tornado_chart,
)
from ownchannel.formats import count, listed, money, percent
from ownchannel.scenarios import (
    PRESETS,
    AgainstToday,
    Plan,
    Ranges,
    Simulation,
    changed,
    compare,
    frontier,
    measures_of,
    order_breakdown,
    plan_shares,
    project,
    runway,
    simulate,
    tornado,
    turning_points,
)

#: Draws while sliders move: enough for a steady answer at once. From Python, 10,000 are the default.
LIVE_DRAWS = 1_000

AS_TODAY, THIS_PLAN = "As today", "This plan"

_POINTS = 11  # of the frontier
_NAMED = 3  # assumptions that turn the answer, by name
_SHARE = "owned_share_of_growth_budget"

#: Levers whose cost no other number of the plan holds.
_COST_SOMETHING = frozenset({"checkout_conversion", "reach", "personalisation_uplift"})


@dataclass(frozen=True)
class PlanAnswer:
    """All that the screen says of a plan; what takes long is worked out when it is asked for."""

    found: AgainstToday
    beside: pd.DataFrame
    """The rows of today's plan, and of scenarios that stand beside this one."""
    measured: Ranges
    """By path of a number that was measured, how sure it is."""

    @property
    def plan(self) -> Plan:
        """The plan that is answered for."""
        return self.found.plan.plan

    @property
    def today(self) -> Plan:
        """Things as they are."""
        return self.found.today.plan

    @cached_property
    def side_by_side(self) -> pd.DataFrame:
        """Today, this plan, and the others."""
        own = pd.DataFrame([measures_of(self.found)], index=[THIS_PLAN])
        return pd.concat([self.beside[:1], own, self.beside[1:]])

    def answer(self) -> Answer:
        """The sentence, numbers, charts and table."""
        draws, uncertain = self.found.plan.draws.number, len(self.plan.uncertain)
        rests_on = (
            "Every plan is held against today: today's spend and prices, and no lever moved. "
            f"{count(draws, 'draw')} of what may go wrong and of {count(uncertain, 'uncertain number')}; "
            "a bad year is the mean of the worst 1 in 20."
        )
        notes = (*self.warnings(), rests_on)
        return Answer(self.sentence(), self.numbers(), self.charts(), self.table(), notes)

    def sentence(self) -> str:
        """What the plan costs at first, when it pays back, and what it does to the risk."""
        found, currency = self.found.plan, self.plan.currency
        if self.plan == self.today:
            return (
                f"As things are, the next {count(int(self.plan.horizon_months), 'month')} are worth "
                f"**{money(float(found.npv.mean()), currency)}** today, and "
                f"**{money(found.cvar(), currency)}** in the worst 5% of draws. Move what you decide."
            )
        gained = self.found.first_year
        first_year = f"{'costs' if gained < 0 else 'brings'} **{money(abs(gained), currency)}** in year 1"
        return f"{self._what_is_done()} {first_year}, {self._pays_back()}, and {self._risk()}."

    def _what_is_done(self) -> str:
        """The decision, in the words of whoever takes it."""
        plan, today = self.plan, self.today
        moved = 100 * (plan.owned_share_of_growth_budget - today.owned_share_of_growth_budget)
        moved = round(moved) or round(moved, 1)
        others = [
            path
            for path, (value, declared) in plan.numbers().items()
            if declared.role == "decision" and value != today.get(path) and path != _SHARE
        ]
        if not moved:
            return "What you decide here" if others else "Your setting"
        one = sum(channel.kind == "owned" for channel in plan.channels) == 1
        stores = "your own store" if one else "your own stores"
        place = stores if moved > 0 else "the marketplace"
        said = f"Moving **{abs(moved):g} points** of the growth budget to {place}"
        return said + (", with the rest that you decide," if others else "")

    def _pays_back(self) -> str:
        months = int(self.plan.horizon_months)
        middle, low, high = self.found.payback
        if middle == 0 and high == 0:
            return "is never behind today"
        if np.isinf(middle):
            soon = f"by month {low:.0f}" if low else "at once"
            likely = "" if np.isinf(low) else f" (in 1 of 10 draws {soon})"
            return f"does **not pay back** within {count(months, 'month')}{likely}"
        when = f"in **month {middle:.0f}**" if middle else "**at once**"
        return f"pays back {when} (80% range {in_months(low)} to {in_months(high)})"

    def _risk(self) -> str:
        before, after = (found.revenue_at_risk.cvar for found in (self.found.today, self.found.plan))
        then, now = amounts((before, after), self.plan.currency)
        if then == now:
            return f"leaves what events can take of a bad year's revenue at **{now}**"
        verb = "lowers" if after < before else "raises"
        return f"{verb} what events can take of a bad year's revenue from {then} to **{now}**"

    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The tiles."""
        plan, currency = self.found.plan, self.plan.currency
        gained = float((plan.npv - self.found.today.npv).mean())
        empty = runway(self.plan)
        lasts = f"over {count(int(self.plan.horizon_months), 'month')}"
        if empty is not None:
            lasts = count(empty - 1, "month") if empty else "is below 0 now"
        return (
            ("Worth today, expected", money(float(plan.npv.mean()), currency)),
            ("In the worst 5% of draws", money(plan.cvar(), currency)),
            ("Against today", f"{'+' if gained > 0 else ''}{money(gained, currency)}"),
            ("Rented: marketplaces' revenue", percent(plan.marketplace_share)),
            ("Lowest cash, middle draw", money(float(np.median(plan.low_point)), currency)),
            ("Without marketplaces, cash lasts", lasts),
        )

    def warnings(self) -> tuple[str, ...]:
        """Settings that are unlikely, and levers that cost nothing."""
        return (*self._unlikely(), *self._free_levers())

    def _unlikely(self) -> list[str]:
        """What lies outside its source's range, but for what was measured and still stands so."""
        known, numbers = [], self.plan.numbers()
        for path in self.measured.keys() & numbers.keys():
            (low, high), (value, declared) = self.measured[path], numbers[path]
            channel, _ = _channel_and_name(path)
            if low <= value <= high:
                known.append(f"{channel}: {declared.label}: " if channel else f"{declared.label}: ")
        unlikely = self.plan.unlikely(self.plan.currency)
        return [sentence for sentence in unlikely if not sentence.startswith(tuple(known))]

    def _free_levers(self) -> tuple[str, ...]:
        """What is moved and costs nothing in the plan, though somebody will have to be paid for it."""
        if self.plan.setup_cost:
            return ()
        free = {
            f"‘{declared.label}’"
            for path, (value, declared) in self.plan.numbers().items()
            if path.rpartition(".")[2] in _COST_SOMETHING and value > self.today.get(path)
        }
        if not free:
            return ()
        verb = "costs" if len(free) == 1 else "cost"
        return (f"{listed(sorted(free))} {verb} nothing in this plan: enter the price as the set-up cost.",)

    def table(self) -> pd.DataFrame:
        """Today, the plan and what stands beside them, a row each."""
        rows, currency = self.side_by_side, self.plan.currency
        others = rows[1:]  # today is what these are compared with
        return pd.DataFrame(
            {
                "Scenario": list(rows.index),
                "Worth today": amounts(rows["npv"], currency),
                "In the worst 5%": amounts(rows["cvar"], currency),
                "Year 1 against its today": ["–", *amounts(others["first_year"], currency)],
                "Pays back in month": ["–", *map(in_months, others["payback_month"])],
                "At risk in a bad year": amounts(rows["revenue_at_risk"], currency),
                "Rented": [percent(value) for value in rows["marketplace_share"]],
                "Lowest cash": amounts(rows["low_point"], currency),
            }
        )

    def charts(self) -> tuple[LaterChart, ...]:
        """Drawn when they are looked at."""
        draw = (self._frontier, self._fan, self._orders, self._tornado, self._dependence, self._scenarios)
        return tuple(map(LaterChart, draw))

    def _frontier(self) -> Chart:
        here, today = (plan.owned_share_of_growth_budget for plan in (self.plan, self.today))
        try:
            points = frontier(self.plan, points=_POINTS, simulation=self.found.plan).table
        except ValueError as reason:  # one kind of channel alone, or nothing to share
            chart = frontier_chart(self._own_point(), here, here, self.plan.currency)
            return replace(chart, caption=f"{chart.caption} {reason}")
        others = points[points["owned_share"] != here]
        own = pd.concat([others, self._own_point()]).sort_values("owned_share")
        return frontier_chart(own, here, today, self.plan.currency)

    def _own_point(self) -> pd.DataFrame:
        """The frontier where there is nothing to share."""
        found, share = self.found.plan, self.plan.owned_share_of_growth_budget
        point = {"owned_share": share, "npv": float(found.npv.mean()), "cvar": found.cvar()}
        return pd.DataFrame([{**point, "marketplace_share": found.marketplace_share}])

    def _fan(self) -> Chart:
        median = self.found.today.bands("npv to date", (0.5,))[0.5]
        return npv_fan(self.found.plan.bands("npv to date"), median, self.plan.currency)

    def _orders(self) -> Chart:
        channels = self.plan.channels
        parts = {channel.name: order_breakdown(self.plan, channel.name) for channel in channels}
        return order_waterfall(parts, [channel.kind for channel in channels], self.plan.currency)

    def _tornado(self) -> Chart:
        swings, base = tornado(self.plan, measured=self.measured), project(self.plan).npv
        chart = tornado_chart(swings, base, self.plan.currency)
        return replace(chart, caption=f"{chart.caption} {self._hangs_on()}".rstrip())

    def _hangs_on(self) -> str:
        """The assumptions each of which decides alone whether the plan beats today."""
        found = turning_points(self.plan, self.measured) if self.plan != self.today else ()
        if not found:
            return ""
        shown = [f"{point.label} ({point.reading})" for point in found[:_NAMED]]
        if len(found) > _NAMED:
            shown.append(f"{len(found) - _NAMED} more")
        any_of = f"any one of {len(found)} assumptions turns" if len(found) > 1 else "one assumption turns"
        return f"Careful: {any_of} whether this plan beats today: {listed(shown)}."

    def _dependence(self) -> Chart:
        as_today = project(self.today)
        now, then = plan_shares(as_today, first_year=True), plan_shares(project(self.plan))
        chart = dependence_now_and_then(now, then)
        left_alone = plan_shares(as_today)["marketplace_share"].to_dict()["revenue"]
        if np.isnan(left_alone):
            return chart
        untouched = f"Left as it is, it would be {percent(left_alone)} of revenue by then."
        return replace(chart, caption=f"{chart.caption} {untouched}")

    def _scenarios(self) -> Chart:
        return scenarios_side_by_side(self.side_by_side, self.plan.currency)


class RentOrOwn:
    """What workbook 04 asks of one plan after another; what did not change since the last is kept.

    `start` is the plan that it opens with, offered to load again under `start_name`; `measured` says, by
    path, how sure its measured numbers are.

    >>> from ownchannel.scenarios import preset
    >>> asked = RentOrOwn(preset("Balanced brand").today(), draws=100)
    >>> question = asked.question(asked.start)
    >>> question.numbers["channels.Own store.discount"][1].label, question.switches[0]
    ('Discount, Own store', 'channels.Amazon.com.suspension_hazard')
    >>> question.answer_at(owned_share_of_growth_budget=1).plain_sentence.partition(" costs ")[0]
    'Moving 53 points of the growth budget to your own store'
    """

    def __init__(
        self,
        start: Plan,
        *,
        start_name: str = "Where I started",
        measured: Ranges | None = None,
        draws: int = LIVE_DRAWS,
        seed: int = 0,
    ) -> None:
        self.start = start
        self.presets: dict[str, Callable[[], Plan]] = {start_name: lambda: start, **PRESETS}
        self._draws, self._seed, self._measured = draws, seed, measured or {}
        self._today: Simulation | None = None
        self._as_today = pd.DataFrame()
        self._compared: dict[str, pd.DataFrame] = {}

    def question(self, plan: Plan) -> Question[Plan]:
        """A slider for each number of the plan: the six that decide in sight, the risks with switches."""
        risks, idle = _risks(plan), _without_effect(plan)
        return Question(
            plan,
            lambda moved: self.of(moved).answer(),
            plan.currency,
            _sliders(plan, [path for path in plan.numbers() if path not in idle]),
            first=self._that_decide(plan, {*risks, *idle}),
            switches=risks,
            judges=False,
        )

    def _that_decide(self, plan: Plan, others: Collection[str]) -> list[str]:
        """The budget and where it goes, then the channels' assumptions that move the plan's worth most."""
        swings = tornado(plan, self._seed, self._measured)["path"]
        widest = [path for path in swings if path.startswith("channels.") and path not in others]
        return [_SHARE, "growth_budget", *widest][:_IN_SIGHT]

    def of(self, plan: Plan) -> PlanAnswer:
        """The answer for a plan."""
        today = plan.today()
        if self._today is None or self._today.plan != today:
            self._today = simulate(today, self._draws, self._seed)
            measures = measures_of(AgainstToday(self._today, self._today))
            self._as_today = pd.DataFrame([measures], index=[AS_TODAY])
        found = AgainstToday(simulate(plan, self._draws, self._seed), self._today)
        others = self._compared.get(plan.currency, pd.DataFrame())
        return PlanAnswer(found, pd.concat([self._as_today, others]), self._measured)

    def compare(self, plans: Mapping[str, Plan]) -> None:
        """Lay these plans beside the next ones, each beside those in its own currency."""
        self._compared = {}
        for currency in {plan.currency for plan in plans.values()}:
            alike = {name: plan for name, plan in plans.items() if plan.currency == currency}
            self._compared[currency] = compare(alike, self._draws, self._seed)


def in_months(month: float) -> str:
    """A month of payback as one says it; 0 is before the first.

    >>> in_months(17.0), in_months(0.0), in_months(float("inf"))
    ('17', 'at once', 'never')
    """
    if np.isinf(month):
        return "never"
    return f"{month:.0f}" if month else "at once"


# ---------------------------------------------------------------- the sliders of a plan

#: How many sliders are in sight at first.
_IN_SIGHT = 6

#: The risks that can be switched off, by the kind of channel that has them.
_SWITCHED: Mapping[str, tuple[str, ...]] = {
    "marketplace": (
        *("suspension_hazard", "fee_rise_hazard", "private_label_hazard", "steering", "undercut_loss"),
    ),
    "owned": ("ad_loss_hazard", "cac_inflation", "cannibalisation"),
}


def _sliders(plan: Plan, paths: Iterable[str]) -> Numbers:
    """The numbers at these paths, declared as the page shows them.

    A label names the channel where several channels have the number, and money sliders reach as far as the
    plan's own sums ask.
    """
    numbers = plan.numbers()
    names = [name for channel, name in map(_channel_and_name, numbers) if channel]
    sliders = {}
    for path in paths:
        (value, declared), (channel, name) = numbers[path], _channel_and_name(path)
        label = f"{declared.label}, {channel}" if channel and names.count(name) > 1 else declared.label
        sliders[path] = (value, replace(_sized(declared, value), label=label))
    return sliders


def _channel_and_name(path: str) -> tuple[str, str]:
    """A path's channel, empty for the plan's own numbers, and the number's name."""
    channel, _, name = path.removeprefix("channels.").rpartition(".")
    return channel, name


def _risks(plan: Plan) -> list[str]:
    """The paths of the risks, for each risk channel by channel."""
    return [
        f"channels.{channel.name}.{name}"
        for kind, names in _SWITCHED.items()
        for name in names
        for channel in plan.channels
        if channel.kind == kind
    ]


def _without_effect(plan: Plan) -> set[str]:
    """Paths that change nothing wherever the sliders stand: a fitted model or a fee table stands for them."""
    # Without advertising today its numbers are idle too; but a slider can change that.
    return {
        f"channels.{channel.name}.{name}"
        for channel in plan.channels
        for name in changed(channel, {"reference_spend": 1, "cac": 1}).unused()
    }


def _sized(declared: Assumption, value: float) -> Assumption:
    """The declaration with a slider ten times as long, or a tenth, as often as the plan's own value needs."""
    reach = declared.slider[1]
    is_size = declared.unit.startswith(("money", "customers")) and reach >= 1
    if not is_size or value <= 0 or reach / 50 <= value <= 0.8 * reach:
        return declared
    factor = 10.0 ** math.ceil(math.log10(value / (0.8 * reach)))
    # What the size of the plan's own brand makes of it was never the source's claim, if nobody measured it.
    plausible = declared.plausible
    if declared.confidence == "assumption":
        plausible = _within(declared.valid, plausible, factor)
    slider = _within(declared.valid, declared.slider, factor)
    return replace(declared, slider=slider, plausible=plausible, step=round(declared.step * factor, 9))


def _within(valid: tuple[float, float], ends: tuple[float, float], factor: float) -> tuple[float, float]:
    low, high = (round(min(max(end * factor, valid[0]), valid[1]), 9) for end in ends)
    return low, high
