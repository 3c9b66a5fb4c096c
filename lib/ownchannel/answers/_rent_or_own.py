"""The question of workbook 04: a plan's sliders, and one answer after another as they move."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from ownchannel.answers._answer import Question
from ownchannel.answers._plan_answer import AS_TODAY, SHARE, Baseline, PlanAnswer, channel_and_name, short
from ownchannel.assumptions import Assumption, Confidence, Numbers
from ownchannel.scenarios import (
    PRESETS,
    AgainstToday,
    Plan,
    Simulation,
    changed,
    compare,
    deciding,
    measures_of,
    simulate,
    tornado,
)

#: Simulated futures while sliders move: enough for a steady answer at once. From Python, 10,000 are usual.
LIVE_DRAWS = 1_000

#: How much of the growth budget the opening plan moves to the other kind of channel.
MOVED = 0.2


class RentOrOwn:
    """What workbook 04 asks of one plan after another; what did not change since the last is kept.

    `start` is the plan that it opens with, offered to load again under `start_name`, before other plans that
    are `offered` and the presets; `baseline` is what the files show of the brand as it is.

    >>> from ownchannel.scenarios import preset
    >>> asked = RentOrOwn(preset("Balanced brand").today(), draws=100)
    >>> question = asked.question(asked.start)
    >>> question.numbers["channels.Own store.discount"][1].label, question.switches[0]
    ('Discount, Own store', 'channels.Amazon.com.suspension_hazard')
    >>> question.answer_at(owned_share_of_growth_budget=1).plain_sentence.partition(" costs ")[0]
    'Shifting your growth budget from 47% to 100% own store'
    """

    def __init__(
        self,
        start: Plan,
        *,
        start_name: str = "Where I started",
        baseline: Baseline | None = None,
        offered: Mapping[str, Callable[[], Plan]] = MappingProxyType({}),
        draws: int = LIVE_DRAWS,
        seed: int = 0,
    ) -> None:
        self.start = start
        self.presets: dict[str, Callable[[], Plan]] = {start_name: lambda: start, **offered, **PRESETS}
        self.baseline = baseline or Baseline()
        self._draws, self._seed = draws, seed
        self._today: Simulation | None = None
        self._as_today = pd.DataFrame()
        self._compared: dict[str, tuple[dict[str, Plan], pd.DataFrame]] = {}

    def question(self, plan: Plan) -> Question[Plan]:
        """A slider for each number of the plan: the six that decide in sight, the risks with switches."""
        risks, idle = _risks(plan), _without_effect(plan)
        return Question(
            plan,
            lambda moved: self.of(moved).answer(),
            plan.currency,
            self._with_sources(plan, _sliders(plan, [path for path in plan.numbers() if path not in idle])),
            first=self._that_decide(plan, {*risks, *idle}),
            switches=risks,
            judges=False,
        )

    def _with_sources(self, plan: Plan, sliders: Numbers) -> Numbers:
        """The sliders, each that stands where the files put it with what it was measured from."""
        if self.baseline.calibration is None:
            return sliders
        found, known = self.baseline.calibration, dict(sliders)
        at_first = found.plan.numbers()
        for path, source in zip(
            map(str, found.fields["path"]), map(str, found.fields["source"]), strict=True
        ):
            if path not in known or source.startswith("your plan") or plan.get(path) != at_first[path][0]:
                continue
            value, declared = known[path]
            confidence: Confidence = "measured" if source.startswith("measured: ") else "assumption"
            declared = replace(declared, source=source.removeprefix("measured: "), confidence=confidence)
            known[path] = (value, declared)
        return known

    def _that_decide(self, plan: Plan, others: Collection[str]) -> list[str]:
        """The budget and where it goes, then the channels' assumptions that move the lead over today most.

        As today there is no lead: then those of a plan that moves a part of the budget.
        """
        chosen = [SHARE, "growth_budget", *(["setup_cost"] if plan.setup_cost else [])]
        compared = _moved(plan) if plan == plan.today() else plan
        widest = deciding(compared, self.baseline.measured) or tuple(tornado(plan, self._seed)["path"])
        chosen += [path for path in widest if path.startswith("channels.") and path not in others]
        return chosen[:_IN_SIGHT]

    def of(self, plan: Plan) -> PlanAnswer:
        """The answer for a plan."""
        plan = _growth_switched_off(plan)
        today = plan.today()
        if self._today is None or self._today.plan != today:
            self._today = simulate(today, self._draws, self._seed)
            measures = measures_of(AgainstToday(self._today, self._today))
            self._as_today = pd.DataFrame([measures], index=[AS_TODAY])
        found = AgainstToday(simulate(plan, self._draws, self._seed), self._today)
        others, table = self._compared.get(plan.currency, ({}, pd.DataFrame()))
        return PlanAnswer(found, pd.concat([self._as_today, table]), self.baseline, others)

    def compare(self, plans: Mapping[str, Plan]) -> None:
        """Lay these plans beside the next ones, each beside those in its own currency."""
        self._compared = {}
        for currency in {plan.currency for plan in plans.values()}:
            alike = {name: plan for name, plan in plans.items() if plan.currency == currency}
            self._compared[currency] = alike, compare(alike, self._draws, self._seed)


def _moved(plan: Plan) -> Plan:
    """The plan with a part of its budget moved, or as it is where that cannot be."""
    share = plan.owned_share_of_growth_budget
    try:
        return plan.with_values({SHARE: share + MOVED if share + MOVED <= 1 else share - MOVED})
    except ValueError:  # there is no channel to move it to
        return plan


def _growth_switched_off(plan: Plan) -> Plan:
    """The plan without a range of growth where growth was put to 0: who switches it off wants it flat.

    A range that was stretched to the switch ends there; one about 0, as presets have it, stays.
    """
    off = {
        f"channels.{channel.name}.organic_growth" for channel in plan.channels if channel.organic_growth == 0
    }
    uncertain = {
        path: ends for path, ends in plan.uncertain.items() if path not in off or ends[0] < 0 < ends[1]
    }
    if len(uncertain) == len(plan.uncertain):
        return plan
    return plan.model_copy(update={"uncertain": uncertain})


# ---------------------------------------------------------------- the sliders of a plan

#: How many sliders are in sight at first.
_IN_SIGHT = 6

#: The risks that can be switched off, by the kind of channel that has them; and growth, which may not come.
_SWITCHED: Mapping[str, tuple[str, ...]] = {
    "marketplace": (
        *("suspension_hazard", "fee_rise_hazard", "private_label_hazard", "steering", "undercut_loss"),
        "organic_growth",
    ),
    "owned": ("ad_loss_hazard", "cac_inflation", "cannibalisation", "organic_growth"),
}


def _sliders(plan: Plan, paths: Iterable[str]) -> Numbers:
    """The numbers at these paths, declared as the page shows them.

    A label names the channel where several channels have the number, and money sliders reach as far as the
    plan's own sums ask.
    """
    numbers = plan.numbers()
    names = [name for channel, name in map(channel_and_name, numbers) if channel]
    sliders = {}
    for path in paths:
        (value, declared), (channel, name) = numbers[path], channel_and_name(path)
        label = declared.label
        if channel and names.count(name) > 1:
            label = short(f"{label}, {channel}")
        group = "If growth stops" if name == "organic_growth" else declared.group
        sliders[path] = (value, replace(_sized(declared, value), label=label, group=group))
    return sliders


def _risks(plan: Plan) -> list[str]:
    """The paths of the risks, for each risk channel by channel."""
    return [
        f"channels.{channel.name}.{name}"
        for kind, names in _SWITCHED.items()
        for name in names
        for channel in plan.channels
        if channel.kind == kind and not (channel.planned and name == "organic_growth")
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
