"""A plan's numbers as the engine takes them: each one number, or in a simulation one a draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from ownchannel.clv.special import Floats

if TYPE_CHECKING:
    from ownchannel.scenarios.plan import Plan

Values = SimpleNamespace
"""The fields of a plan or channel by their names."""

Number = float | Floats
"""One number, or one a draw."""


@dataclass(frozen=True)
class PlanValues:
    """The fields of a plan, and of each of its channels."""

    plan: Values
    channels: tuple[Values, ...]

    @property
    def months(self) -> int:
        """How far the plan looks ahead."""
        return int(self.plan.horizon_months)

    def of_kind(self, kind: str) -> tuple[Values, ...]:
        """The channels of a kind, in their order."""
        return tuple(channel for channel in self.channels if channel.kind == kind)

    def with_plan(self, numbers: Mapping[str, Number]) -> "PlanValues":
        """The same with other numbers of the plan's own."""
        return PlanValues(Values(**{**vars(self.plan), **numbers}), self.channels)

    def with_channels(self, numbers: Mapping[str, Mapping[str, object]]) -> "PlanValues":
        """The same with other fields of channels, by their names."""
        channels = (Values(**{**vars(its), **numbers.get(its.name, {})}) for its in self.channels)
        return PlanValues(self.plan, tuple(channels))

    def season(self) -> Floats:
        """The seasonal factor of each month, in one column."""
        start = int(self.plan.start[5:7]) - 1
        factors = np.asarray(self.plan.seasonality, dtype=np.float64)
        return factors[(start + np.arange(self.months)) % 12, None]


def values_of(plan: "Plan", drawn: Mapping[str, Floats] | None = None) -> PlanValues:
    """A plan's numbers, with those in `drawn` (by field path) in their place."""
    own, channels = dict(vars(plan)), {channel.name: dict(vars(channel)) for channel in plan.channels}
    for path, numbers in (drawn or {}).items():
        channel, _, field = path.removeprefix("channels.").rpartition(".")
        (channels[channel] if channel else own)[field] = numbers
    return PlanValues(Values(**own), tuple(Values(**its) for its in channels.values()))


def width(channel: Values) -> int:
    """How many draws a channel's numbers tell apart: 1 where all are the same in each draw."""
    return max(number.size if isinstance(number, np.ndarray) else 1 for number in vars(channel).values())
