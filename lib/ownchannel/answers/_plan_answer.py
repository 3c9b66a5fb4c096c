"""What workbook 04 answers of a plan against staying as you are: sentence, tiles, next steps, charts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ownchannel.answers._answer import Answer, LaterChart, amounts
from ownchannel.charts import (
    Chart,
    dependence_now_and_then,
    frontier_chart,
    npv_fan,
    order_waterfall,
    scenarios_side_by_side,
    tornado_chart,
)
from ownchannel.formats import count, listed, money, percent, round_money
from ownchannel.scenarios import (
    AgainstToday,
    AnyChannel,
    Calibration,
    Plan,
    Ranges,
    Simulation,
    TurningPoint,
    differences,
    frontier,
    measures_of,
    order_breakdown,
    plan_shares,
    project,
    runway,
    tornado,
    turning_points,
)

AS_TODAY, THIS_PLAN = "As you are", "This plan"

_POINTS = 11  # of the frontier
_NAMED = 3  # assumptions that turn the answer, by name
_MOST_STEPS = 3
_MOST_DIFFERENCES = 12
SHARE = "owned_share_of_growth_budget"
_YEAR = 12
_NUMBERS = ("no", "one", "two", "three", "four", "five")

#: Levers whose cost no other number of the plan holds.
_COST_SOMETHING = frozenset({"checkout_conversion", "reach", "personalisation_uplift"})


@dataclass(frozen=True)
class Baseline:
    """What the files show of the brand as it is, beside the plan that it was made into."""

    sold: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """By kind of channel the revenue of the last twelve complete months, where files cover them: without the
    shipping that customers pay, as workbook 01 counts it, and with it, as a plan does."""
    measured: Ranges = field(default_factory=dict)
    """By path of a number that was measured, how sure it is."""
    remarks: tuple[str, ...] = ()
    """What else is to be said of it, in sentences."""
    calibration: Calibration | None = None
    """Where each number of today's plan comes from."""
    stands_in: str = ""
    """What is said first where the files show no brand, and a typical one stands in."""


@dataclass(frozen=True)
class PlanAnswer:
    """All that the screen says of a plan; what takes long is worked out when it is asked for."""

    found: AgainstToday
    beside: pd.DataFrame
    """The rows of today's plan, and of scenarios that stand beside this one."""
    baseline: Baseline = field(default_factory=Baseline)
    others: Mapping[str, Plan] = field(default_factory=dict)
    """The plans of the scenarios that stand beside this one."""

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
        return Answer(
            self.sentence(),
            self.numbers(),
            self.charts(),
            self.table(),
            self.warnings(),
            self.next_steps(),
            self.how_we_know(),
        )

    # ---------------------------------------------------------------- the sentence

    def sentence(self) -> str:
        """What the plan costs at first, when it pays back, what it does to the risk, and against what."""
        return f"{self.baseline.stands_in} {self._effect()} {self.left_as_you_are()}".strip()

    def _effect(self) -> str:
        found, currency = self.found.plan, self.plan.currency
        if self.plan == self.today:
            worth, worst = (f"**{said(value, currency)}**" for value in (found.npv.mean(), found.cvar()))
            return (
                f"As you are, the next {self._horizon()} are worth about {worth} in today's money, and "
                f"{worst} in the worst 5% of simulated futures."
            )
        gained = self.found.first_year
        about = "nothing" if round(gained) == 0 else f"about **{said(abs(gained), currency)}**"
        verb = "brings" if gained >= 0.5 else "costs"
        costs = f"{self._what_is_done()} {verb} {about} in the first year and {self._pays_back()}."
        return f"{costs} {self._risk()}"

    def _what_is_done(self) -> str:
        """The decision, in the words of whoever takes it."""
        plan, today = self.plan, self.today
        others = [
            path
            for path, (value, declared) in plan.numbers().items()
            if declared.role == "decision" and value != today.get(path) and path not in (SHARE, "setup_cost")
        ]
        before, after = today.owned_share_of_growth_budget, plan.owned_share_of_growth_budget
        if before == after:
            return "This plan"
        together = ", with your other changes," if others else ""
        new = next((channel for channel in plan.channels if channel.planned), None)
        if new is not None:
            opens = "Opening your own store" if new.kind == "owned" else "Joining a marketplace"
            return f"{opens} with **{percent(abs(after - before))}** of your growth budget{together}"
        digits = 0 if percent(before) != percent(after) else 1
        stores = "stores" if len(self._of_kind("owned")) > 1 else "store"
        return (
            f"Shifting your growth budget from {percent(before, digits)} to **{percent(after, digits)}** own "
            f"{stores}{together}"
        )

    def _pays_back(self) -> str:
        within = f"within {self._horizon()}"
        middle, low, high = self.found.payback
        if middle == 0 and high == 0:
            return "is never behind staying as you are"
        if np.isinf(middle):
            if np.isinf(low):
                return f"**does not pay back** {within}"
            soon = f"by month {low:.0f}" if low else "at once"
            return f"**probably does not pay back** {within} (1 chance in 10 {soon})"
        when = f"in about **month {middle:.0f}**" if middle else "**at once**"
        ends = (in_months(end) for end in (low, high))
        spread = " to ".join(f"month {end}" if end.isdigit() else end for end in ends)
        return f"pays back {when} (8 chances in 10: {spread})"

    def _risk(self) -> str:
        before, after = (found.revenue_at_risk.cvar for found in (self.found.today, self.found.plan))
        then, now = (said(value, self.plan.currency) for value in (before, after))
        if round(before) == round(after) == 0:
            return "No risk is switched on, so no revenue is at risk."
        if then == now:
            return f"A bad year stays as bad: **{now}** of revenue is at risk."
        better, verb = ("less bad", "falls") if after < before else ("worse", "rises")
        return f"It makes a bad year {better}: revenue at risk {verb} from {then} to **{now}**."

    def left_as_you_are(self) -> str:
        """What today's plan leads to: a year's revenue of the store, or else of the marketplaces."""
        if self.baseline.stands_in:
            return ""
        found, currency = self.found.today, self.plan.currency
        kind = "owned" if any(not channel.planned for channel in self._of_kind("owned")) else "marketplace"
        names = [channel.name for channel in self._of_kind(kind) if not channel.planned]
        several = "your stores' revenue" if kind == "owned" else "your revenue on marketplaces"
        one = "your store's revenue" if kind == "owned" else f"your revenue on {names[0]}"
        what = several if len(names) > 1 else one
        rented = found.rented_revenue
        revenue = (rented if kind == "marketplace" else found.revenue - rented).mean(axis=1)
        now, when = said(revenue[:_YEAR].sum(), currency), "in year 1"
        if kind in self.baseline.sold:
            sold, charged = self.baseline.sold[kind]
            revenue = revenue * sold / charged
            now, when = said(sold, currency), "in the last 12 months"
        then = said(revenue[-_YEAR:].sum(), currency)
        if len(revenue) < 2 * _YEAR and kind not in self.baseline.sold:
            return f"Left as you are, {what} is {then} in {self._last_year()}."
        if now == then:
            return f"Left as you are, {what} stays at {now} a year."
        return f"Left as you are, {what} goes from {now} {when} to {then} in {self._last_year()}."

    def _of_kind(self, kind: str) -> list[AnyChannel]:
        return [channel for channel in self.plan.channels if channel.kind == kind]

    def _horizon(self) -> str:
        """How far the plan looks ahead, as one says it."""
        months = int(self.plan.horizon_months)
        years, rest = divmod(months, _YEAR)
        if rest or not years < len(_NUMBERS):
            return count(months, "month")
        return f"{_NUMBERS[years]} year{'s' if years > 1 else ''}"

    def _last_year(self) -> str:
        """The last twelve months of the plan, as one says it."""
        months = int(self.plan.horizon_months)
        if months < _YEAR:
            return f"the next {count(months, 'month')}"
        return f"year {months // _YEAR}" if months % _YEAR == 0 else "the plan's last 12 months"

    # ---------------------------------------------------------------- tiles, warnings and what to do

    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The tiles."""
        plan, today, currency = self.found.plan, self.found.today, self.plan.currency
        months = int(self.plan.horizon_months)
        gained = float((plan.npv - today.npv).mean())
        empty = runway(self.plan)
        runs_out = f"not in {self._horizon()}"
        if empty is not None:
            runs_out = f"month {empty}" if empty else "below 0 now"
        as_today = percent(today.marketplace_share)
        share = f"Through marketplaces in {self._last_year()} (as you are: {as_today})"
        return (
            (f"Expected value ({count(months, 'month')}, today's money)", money(plan.npv.mean(), currency)),
            ("Compared with staying as you are", f"{'+' if gained > 0 else ''}{money(gained, currency)}"),
            ("Expected value in the worst 5% of outcomes", money(plan.cvar(), currency)),
            (share, percent(plan.marketplace_share)),
            ("Cash runs out without marketplaces, on this plan", runs_out),
        )

    def warnings(self) -> tuple[str, ...]:
        """Settings that are unlikely, and levers that cost nothing."""
        return (*self._unlikely(), *self._free_levers())

    def _unlikely(self) -> list[str]:
        """What lies outside its source's range, but for what still stands as the brand's files put it.

        Sources speak of dollars, and a brand in yen knows its prices.
        """
        known, measured = [], self.baseline.measured
        found = self.baseline.calibration
        at_first = {} if found is None else found.plan.numbers()
        for path, (value, declared) in self.plan.numbers().items():
            channel, _ = channel_and_name(path)
            low, high = measured.get(path, (np.inf, -np.inf))
            is_first = path in at_first and (value == at_first[path][0] or path == "setup_cost")
            if low <= value <= high or is_first:
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

    def next_steps(self) -> tuple[str, ...]:
        """What follows from the answer, the first things first."""
        if self.plan == self.today:
            steps = [
                "Move **Budget to your own store**: the answer compares that plan with staying as you are.",
                "Replace the settings in sight by your own numbers, before you trust the comparison.",
            ]
            return tuple(steps)
        steps = [self._whether(), *self._cash_first(), self._check_first(), *self._offers()]
        if self.baseline.stands_in:
            steps.insert(
                0, "**Add more order files** in the first workbook, or put in your own numbers here."
            )
        return tuple(steps[:_MOST_STEPS])

    def _whether(self) -> str:
        """Whether to go."""
        found, currency = self.found, self.plan.currency
        middle, low, _ = found.payback
        gained = float((found.plan.npv - found.today.npv).mean())
        saved = found.today.revenue_at_risk.cvar - found.plan.revenue_at_risk.cvar
        if not np.isinf(middle):
            look = f"month {low:.0f}" if low > 3 else "month 3"
            return f"**Start**, and compare with this plan in {look}: carry on if you are not behind it."
        if saved >= 1 and gained < 0:
            return (
                f"Decide whether {said(saved, currency)} less revenue at risk is worth the "
                f"{said(-gained, currency)} that this plan costs over {self._horizon()}: **it is insurance, "
                "not profit**."
            )
        return "**Do not make this change for profit** at these numbers."

    def _cash_first(self) -> list[str]:
        """What is to be found or mended before anything else, where the cash does not last."""
        today, plan = (float(np.median(found.low_point)) for found in (self.found.today, self.found.plan))
        if plan >= 0:
            return []
        if today < 0:
            return ["**Mend the cash first**: it falls below zero even if you stay as you are."]
        return [
            f"Find **{said(-plan, self.plan.currency)}** first: with this plan the cash falls below zero."
        ]

    def _check_first(self) -> str:
        """What to find out before anything else: an assumption that alone turns the answer."""
        if not self._turning:
            return "Trust the direction: no single assumption turns it around."
        point = self._turning[0]
        measure = f"Measure first: **{short(point.label)}**."
        if point.beats_today != np.isinf(self.found.payback[0]):  # events turn what it would be without them
            return f"{measure} The answer depends on it most."
        turns = "this plan would beat" if point.beats_today else "this plan would no longer beat"
        return f"{measure} At {point.reading} {turns} staying as you are."

    def _offers(self) -> list[str]:
        if not self.plan.setup_cost or np.isinf(self.found.payback[0]):
            return []
        cost = said(self.plan.setup_cost, self.plan.currency)
        return [f"Ask for two offers for the set-up: this plan counts {cost}."]

    @cached_property
    def _turning(self) -> tuple[TurningPoint, ...]:
        return turning_points(self.plan, self.baseline.measured) if self.plan != self.today else ()

    def how_we_know(self) -> tuple[str, ...]:
        """What the answer rests on."""
        futures = count(self.found.plan.draws.number, "simulated future")
        unsure = count(len(self.plan.uncertain), "uncertain number")
        kept = {channel.growth_fade for channel in self.plan.channels if channel.organic_growth} - {1.0}
        grows = (
            f"Growth that was measured fades: each month keeps {' or '.join(map(percent, sorted(kept)))} of "
            "the growth of the month before. Under Risks a switch for each channel shows it flat."
        )
        return (
            "Every plan is compared with staying as you are: today's budget and prices, and nothing changed.",
            f"{futures}: what may go wrong, and {unsure}, with the same luck for both plans. Value is before "
            "income tax.",
            "Revenue at risk is what events take of the first year's revenue, on average in the worst 5% of "
            "outcomes.",
            *([grows] if kept else []),
            *self.baseline.remarks,
        )

    def table(self) -> pd.DataFrame:
        """A column for each scenario: what it leads to, then the settings that differ."""
        rows, currency = self.side_by_side, self.plan.currency
        others = rows[1:]  # today is what these are compared with
        last = self._last_year()
        measures = {
            "Expected value": amounts(rows["npv"], currency),
            "In the worst 5%": amounts(rows["cvar"], currency),
            "First year, compared with its today": ["–", *amounts(others["first_year"], currency)],
            "Pays back in month": ["–", *map(in_months, others["payback_month"])],
            "Revenue at risk in a bad year": amounts(rows["revenue_at_risk"], currency),
            f"Through marketplaces in {last}": [percent(value) for value in rows["marketplace_share"]],
            "Lowest cash (median outcome)": amounts(rows["low_point"], currency),
        }
        settings = differences([self.today, self.plan, *self.others.values()])
        shown = settings[:_MOST_DIFFERENCES].to_numpy().tolist()
        if (more := len(settings) - len(shown)) > 0:
            shown.append([f"and {count(more, 'more setting')}", *[""] * len(rows)])
        table = [[name, *values] for name, values in measures.items()] + shown
        return pd.DataFrame(table, columns=["", *rows.index])

    # ---------------------------------------------------------------- charts

    def charts(self) -> tuple[LaterChart, ...]:
        """Drawn when they are looked at."""
        draw = (self._frontier, self._fan, self._orders, self._tornado, self._dependence, self._scenarios)
        return tuple(map(LaterChart, draw))

    def _frontier(self) -> Chart:
        here, today = (plan.owned_share_of_growth_budget for plan in (self.plan, self.today))
        when = f"in {self._last_year()}"
        try:
            points = frontier(self.plan, points=_POINTS, simulation=self.found.plan).table
        except ValueError as reason:  # one kind of channel alone, or nothing to share
            chart = frontier_chart(self._own_point(), here, here, self.plan.currency, when)
            return replace(chart, caption=f"{chart.caption} {reason}")
        known = {here: self._own_point()}
        as_today = {SHARE: today}
        if any(channel.planned for channel in self.plan.channels):
            as_today["setup_cost"] = self.today.setup_cost  # nothing is set up for a channel that stays shut
        if self.plan.with_values(as_today) == self.today:
            known[today] = _point(self.found.today)
        others = points[~points["owned_share"].isin(known)]
        own = pd.concat([others, *known.values()]).sort_values("owned_share")
        return frontier_chart(own, here, today, self.plan.currency, when)

    def _own_point(self) -> pd.DataFrame:
        """The frontier where there is nothing to share."""
        return _point(self.found.plan)

    def _fan(self) -> Chart:
        median = self.found.today.bands("npv to date", (0.5,))[0.5]
        return npv_fan(self.found.plan.bands("npv to date"), median, self.plan.currency)

    def _orders(self) -> Chart:
        channels = self.plan.channels
        parts = {channel.name: order_breakdown(self.plan, channel.name) for channel in channels}
        return order_waterfall(parts, [channel.kind for channel in channels], self.plan.currency)

    def _tornado(self) -> Chart:
        swings = tornado(self.plan, measured=self.baseline.measured)
        swings = swings.assign(label=swings["label"].map(short))
        chart = tornado_chart(swings, project(self.plan).npv, self.plan.currency)
        return replace(chart, caption=f"{chart.caption} {self._hangs_on()}".rstrip())

    def _hangs_on(self) -> str:
        """The assumptions each of which decides alone whether the plan beats today."""
        found = self._turning
        if not found:
            return ""
        shown = [f"{short(point.label)} ({point.reading})" for point in found[:_NAMED]]
        if len(found) > _NAMED:
            shown.append(f"{len(found) - _NAMED} more")
        any_of = f"any one of {len(found)} assumptions turns" if len(found) > 1 else "one assumption turns"
        return f"Careful: {any_of} whether this plan beats staying as you are: {listed(shown)}."

    def _dependence(self) -> Chart:
        now, then = plan_shares(project(self.today), first_year=True), plan_shares(project(self.plan))
        # The share of revenue is the one on the tile: the average of the simulated futures.
        then.loc["revenue", "marketplace_share"] = self.found.plan.marketplace_share
        return dependence_now_and_then(now, then, ("As you are, year 1", f"This plan, {self._last_year()}"))

    def _scenarios(self) -> Chart:
        return scenarios_side_by_side(self.side_by_side, self.plan.currency)


def _point(found: Simulation) -> pd.DataFrame:
    """A point of the frontier that was simulated, and not read off a line."""
    share = found.plan.owned_share_of_growth_budget
    point = {"owned_share": share, "npv": float(found.npv.mean()), "cvar": found.cvar()}
    return pd.DataFrame([{**point, "marketplace_share": found.marketplace_share}])


def said(amount: float, currency: str) -> str:
    """Money as one says it; of large sums three digits count, because years are compared by them.

    >>> said(3_361, "USD"), said(132_412, "USD")
    ('$3,400', '$132,000')
    """
    return round_money(amount, currency, digits=2 if abs(amount) < 100_000 else 3)


def short(label: str) -> str:
    """The name of a number without what is said of its channel in brackets.

    >>> short("Returns, Your own store (not opened yet)")
    'Returns, your own store'
    """
    name, _, _ = label.partition(" (not ")
    return name.replace("Your own store", "your own store").replace("A marketplace", "the marketplace")


def in_months(month: float) -> str:
    """A month of payback as one says it; 0 is before the first.

    >>> in_months(17.0), in_months(0.0), in_months(float("inf"))
    ('17', 'at once', 'never')
    """
    if np.isinf(month):
        return "never"
    return f"{month:.0f}" if month else "at once"


def channel_and_name(path: str) -> tuple[str, str]:
    """A path's channel, empty for the plan's own numbers, and the number's name."""
    channel, _, name = path.removeprefix("channels.").rpartition(".")
    return channel, name
