"""Random numbers that stay the same when a slider moves, a channel is added or the horizon grows.

Each number belongs to a key of words (a channel's name, an event or field), a month and a draw. A draw's
number does not depend on how many draws, months or channels there are besides.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, expit

from ownchannel.clv import Floats
from ownchannel.scenarios._events import (
    Effects,
    Event,
    EventKind,
    Starts,
    effects,
    event_starts,
    of_draw,
)
from ownchannel.scenarios._project import with_curves
from ownchannel.scenarios._purchase_curve import FittedPurchases, drawn_curves
from ownchannel.scenarios._repeat_orders import PurchaseCurves
from ownchannel.scenarios._response import PlanValues, Values, values_of

if TYPE_CHECKING:
    from ownchannel.scenarios._plan import Plan

#: The shape of PERT: how much more the mode weighs than either end.
_PERT_SHAPE = 4.0
#: Quantiles between which a line is drawn: evenly spaced in log odds, dense where a tail bends.
_LOG_ODDS = np.linspace(-18.0, 18.0, 1025)


@lru_cache(maxsize=32)
def uniforms(seed: int, words: tuple[str, ...], months: int, draws: int) -> Floats:
    """Uniform numbers, a row a month and a column a draw; kept, and hence read-only.

    >>> few, more = uniforms(0, ("Shop", "ad_loss"), 2, 3), uniforms(0, ("Shop", "ad_loss"), 5, 9)
    >>> bool((few == more[:2, :3]).all())
    True
    """
    rows = np.empty((months, draws))
    for month in range(months):
        _generator(seed, words, month).random(out=rows[month])
    rows.setflags(write=False)
    return rows


def seed_of(seed: int, words: tuple[str, ...]) -> int:
    """A seed for what draws its own random numbers, from the same key."""
    return int(_generator(seed, words, 0).integers(2**63))


def pert(uniform: Floats, low: float, mode: float, high: float) -> Floats:
    """Numbers of a PERT distribution (a beta between `low` and `high`), from uniform ones.

    Good to 2e-5 of the range: the beta's quantiles are read off a line between 1,025 of them.
    Source: Malcolm, Roseboom, Clark & Fazar (1959), "Application of a technique for research and development
    program evaluation", Operations Research 7(5), 646-669.

    >>> pert(np.array([0.0, 0.5, 1.0]), 10, 20, 30).round(3).tolist()
    [10.0, 20.0, 30.0]
    """
    rise = _PERT_SHAPE * (mode - low) / (high - low)
    share = np.interp(uniform, *_quantiles(1.0 + rise, 1.0 + _PERT_SHAPE - rise))
    return np.asarray(low + (high - low) * share)


@lru_cache(maxsize=64)
def _quantiles(a: float, b: float) -> tuple[Floats, Floats]:
    """Shares, and the beta's quantiles at them."""
    shares = np.concatenate([[0.0], expit(_LOG_ODDS), [1.0]])
    return shares, betaincinv(a, b, shares)


def _generator(seed: int, words: tuple[str, ...], month: int) -> np.random.Generator:
    key = blake2b("\0".join([str(seed), *words, str(month)]).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))


# ------------------------ What a plan's draws hold

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
