"""A plan's draws: its events, uncertain numbers and fitted models, in each of thousands of simulated futures.

Random numbers stay the same when a slider moves, a channel is added or the horizon grows: each belongs to a
key of words (a channel's name, an event or field), a month and a draw, and does not depend on how many draws,
months or channels there are besides.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b

import numpy as np
from scipy.special import betaincinv, expit

from ownchannel.clv import Floats
from ownchannel.scenarios._events import Effects, Event, EventKind, Starts, drawn_starts, effects, of_draw
from ownchannel.scenarios._plan import Plan, split_path
from ownchannel.scenarios._purchase_curve import drawn_curves
from ownchannel.scenarios._values import PlanValues, values_of

#: The shape of PERT: how much more the mode weighs than either end.
_PERT_SHAPE = 4.0
#: Quantiles between which a line is drawn: evenly spaced in log odds, dense where a tail bends.
_LOG_ODDS = np.linspace(-18.0, 18.0, 1025)

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

    plan: Plan
    number: int
    seed: int
    fields: Mapping[str, Floats]
    """By path of an uncertain field its value in each draw."""

    @cached_property
    def batches(self) -> tuple[Batch, ...]:
        """All draws, some at a time."""
        begins = range(0, self.number, BATCH)
        return tuple(self._batch(slice(begin, min(begin + BATCH, self.number))) for begin in begins)

    def draw(self, draw: int) -> tuple[Plan, tuple[Event, ...]]:
        """A draw as a plan without uncertainty, and its events."""
        if not 0 <= draw < self.number:
            raise ValueError(f"Draw {draw} was asked for: there are 0 to {self.number - 1}.")
        fields: dict[str | None, dict[str, object]] = defaultdict(dict)
        for path, numbers in self.fields.items():
            channel, field = split_path(path)
            fields[channel][field] = float(numbers[draw])
        for each in self.plan.channels:
            if each.purchase_model is not None:
                turn = each.purchase_model.turn(draw, PARAMETER_SETS, self._seed_of_model(each.name))
                fields[each.name][_MODEL] = turn
        channels = tuple(each.model_copy(update=fields[each.name]) for each in self.plan.channels)
        own = fields[None] | {"channels": channels, "uncertain": {}}
        only = self._batch(slice(draw, draw + 1))
        return self.plan.model_copy(update=own), of_draw(self._starts(only.values, only.draws), 0)

    def _batch(self, draws: slice) -> Batch:
        months = int(self.plan.horizon_months)
        curves = {
            each.name: drawn_curves(model, months, PARAMETER_SETS, self._seed_of_model(each.name))
            for each in self.plan.channels
            if (model := each.purchase_model) is not None and model.log_covariance
        }
        drawn = {path: numbers[draws] for path, numbers in self.fields.items()}
        values = values_of(self.plan, drawn, curves, draws.stop - draws.start)
        return Batch(draws, values, effects(values.channels, self._starts(values, draws)))

    def _starts(self, values: PlanValues, draws: slice) -> dict[str, dict[EventKind, Starts]]:
        """When events start in some draws, by channel's name and kind."""

        def numbers(channel: str, kind: EventKind) -> Floats:
            return uniforms(self.seed, (channel, kind), values.months, self.number)[:, draws]

        return drawn_starts(values.channels, numbers)

    def _seed_of_model(self, channel: str) -> int:
        return seed_of(self.seed, (channel, _MODEL))


def draws_of(plan: Plan, number: int, seed: int) -> Draws:
    """The draws of a plan, each uncertain field drawn around its value."""
    if number < 1:
        raise ValueError(f"{number} draws were asked for: expected 1 or more.")
    fields = {}
    for path, (low, high) in plan.uncertain.items():
        channel, field = split_path(path)
        uniform = uniforms(seed, (channel or "", field), 1, number)[0]
        fields[path] = pert(uniform, low, plan.get(path), high)
    return Draws(plan, number, seed, fields)


@lru_cache(maxsize=32)
def uniforms(seed: int, words: tuple[str, ...], months: int, draws: int) -> Floats:
    """Uniform numbers, a row per month and a column per draw; kept, and hence read-only.

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
