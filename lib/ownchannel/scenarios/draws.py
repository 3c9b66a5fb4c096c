"""What a plan's draws hold: uncertain fields, parameters of fitted models, and events, draw by draw."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from ownchannel.clv.special import Floats
from ownchannel.scenarios.events import Effects, Event, EventKind, Starts, effects, event_starts, of_draw
from ownchannel.scenarios.project import with_curves
from ownchannel.scenarios.purchase_curve import FittedPurchases, drawn_curves
from ownchannel.scenarios.randomness import pert, seed_of, uniforms
from ownchannel.scenarios.repeat_orders import PurchaseCurves
from ownchannel.scenarios.values import PlanValues, Values, values_of

if TYPE_CHECKING:
    from ownchannel.scenarios.plan import Plan

#: Sets of parameters that are drawn of a fitted model, for each channel apart. The draws take them in turn,
#: so a set of one channel always meets the same set of another.
PARAMETER_SETS = 200
_MODEL = "purchase_model"

#: Draws that are computed together, so that their months stay in the processor's cache: whole turns.
BATCH = 5 * PARAMETER_SETS


@dataclass(frozen=True)
class Batch:
    """Some draws of a plan: which they are, the plan's numbers in them, and what events do by channel."""

    draws: slice
    values: PlanValues
    effects: Mapping[str, Effects]


@dataclass(frozen=True)
class Draws:
    """The draws of a plan: the same for a seed, whatever else the plan says."""

    plan: "Plan"
    number: int
    seed: int
    fields: Mapping[str, Floats]
    """By path of an uncertain field its value in each draw."""

    @cached_property
    def batches(self) -> tuple[Batch, ...]:
        """All draws, some at a time."""
        begins = range(0, self.number, BATCH)
        return tuple(self._batch(slice(begin, min(begin + BATCH, self.number))) for begin in begins)

    def starts(self, channel: Values, months: int, draws: slice) -> dict[EventKind, Starts]:
        """By kind, when the events of a channel start in some draws."""

        def numbers(kind: EventKind) -> Floats:
            return uniforms(self.seed, (channel.name, kind), months, self.number)[:, draws]

        return event_starts(channel, numbers)

    def draw(self, draw: int) -> tuple["Plan", tuple[Event, ...]]:
        """A draw as a plan without uncertainty, and its events."""
        if not 0 <= draw < self.number:
            raise ValueError(f"Draw {draw} was asked for: there are 0 to {self.number - 1}.")
        only = slice(draw, draw + 1)
        batch = self._batch(only)
        starts = {its.name: self.starts(its, batch.values.months, only) for its in batch.values.channels}
        changed: dict[str, dict[str, object]] = defaultdict(dict)
        for path, numbers in self.fields.items():
            channel, _, field = path.removeprefix("channels.").rpartition(".")
            changed[channel][field] = float(numbers[draw])
        for its in self.plan.channels:
            if its.purchase_model is not None:
                own_seed = seed_of(self.seed, (its.name, _MODEL))
                changed[its.name][_MODEL] = its.purchase_model.turn(draw, PARAMETER_SETS, own_seed)
        channels = tuple(its.model_copy(update=changed[its.name]) for its in self.plan.channels)
        own = changed[""] | {"channels": channels, "uncertain": {}}
        return self.plan.model_copy(update=own), of_draw(starts, 0)

    def _batch(self, draws: slice) -> Batch:
        values = with_curves(values_of(self.plan, {path: its[draws] for path, its in self.fields.items()}))
        for channel in values.channels:
            model = channel.purchase_model
            if model is not None and model.log_covariance:
                channel.purchase_curves = _curves(model, channel.name, values.months, self.seed)
                channel.draws = draws.stop - draws.start
        happening = {}
        for channel in values.channels:
            if starts := self.starts(channel, values.months, draws):
                happening[channel.name] = effects(channel, starts)
        return Batch(draws, values, happening)


def draws_of(plan: "Plan", number: int, seed: int) -> Draws:
    """The draws of a plan, each uncertain field drawn around its value."""
    if number < 1:
        raise ValueError(f"{number} draws were asked for: expected 1 or more.")
    fields = {}
    for path, (low, high) in plan.uncertain.items():
        channel, _, field = path.removeprefix("channels.").rpartition(".")
        fields[path] = pert(uniforms(seed, (channel, field), 1, number)[0], low, plan.get(path), high)
    return Draws(plan, number, seed, fields)


@lru_cache(maxsize=8)
def _curves(model: FittedPurchases, channel: str, months: int, seed: int) -> PurchaseCurves:
    """The curves of a model's parameter sets."""
    new, existing = drawn_curves(model, months, PARAMETER_SETS, seed_of(seed, (channel, _MODEL)))
    return PurchaseCurves(new, existing)
