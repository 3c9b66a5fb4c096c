"""What a plan's draws hold: uncertain fields, parameters of fitted models, and events, draw by draw."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ownchannel.clv.special import Floats
from ownchannel.scenarios.events import HAZARDS, Effects, Event, Kind, Starts, allowed, effects, of_draw
from ownchannel.scenarios.project import with_curves
from ownchannel.scenarios.purchase_curve import FittedPurchases, drawn_curves
from ownchannel.scenarios.randomness import pert, seed_of, uniforms
from ownchannel.scenarios.repeat_orders import PurchaseCurves
from ownchannel.scenarios.values import PlanValues, Values, values_of

if TYPE_CHECKING:
    from ownchannel.scenarios.plan import Plan

#: Sets of parameters that are drawn of a fitted model: each stands for as many draws.
PARAMETER_SETS = 200
_MODEL = "purchase_model"

#: Draws that are computed together, so that their months stay in the processor's cache.
BATCH = 2_500


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

    def batches(self) -> Iterator[Batch]:
        """All draws, some at a time."""
        for begin in range(0, self.number, BATCH):
            yield self._batch(slice(begin, min(begin + BATCH, self.number)))

    def starts(self, channel: Values, months: int, draws: slice) -> dict[Kind, Starts]:
        """By kind, when the events of a channel start in some draws."""
        found = {}
        for kind, field in HAZARDS[channel.kind].items():
            if np.any(hazard := getattr(channel, field)):
                numbers = uniforms(self.seed, (channel.name, kind), months, self.number)
                found[kind] = allowed(kind, channel, numbers[:, draws] < hazard)
        return found

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
                sets = its.purchase_model.drawn(PARAMETER_SETS, seed_of(self.seed, (its.name, _MODEL)))
                taken = self._taken(its.name)[draw] if its.purchase_model.log_covariance else 0
                changed[its.name][_MODEL] = sets[taken]
        channels = tuple(its.model_copy(update=changed[its.name]) for its in self.plan.channels)
        own = changed[""] | {"channels": channels, "uncertain": {}}
        return self.plan.model_copy(update=own), of_draw(starts, 0)

    def _batch(self, draws: slice) -> Batch:
        values = with_curves(values_of(self.plan, {path: its[draws] for path, its in self.fields.items()}))
        for channel in values.channels:
            model = channel.purchase_model
            if model is not None and model.log_covariance:
                sets = self._taken(channel.name)[draws]
                channel.purchase_curves = _curves(model, channel.name, values.months, self.seed).of(sets)
        happening = {}
        for channel in values.channels:
            if starts := self.starts(channel, values.months, draws):
                happening[channel.name] = effects(channel, starts)
        return Batch(draws, values, happening)

    def _taken(self, channel: str) -> NDArray[np.intp]:
        """Which set of a fitted model's parameters each draw takes."""
        uniform = uniforms(self.seed, (channel, _MODEL), 1, self.number)[0]
        return np.asarray(np.floor(PARAMETER_SETS * uniform), dtype=np.intp)


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
    return PurchaseCurves(new, existing, np.arange(PARAMETER_SETS))
