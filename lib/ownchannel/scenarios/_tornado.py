"""Which single assumption moves the answer most: each is set to the ends of its range, the others stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from ownchannel.assumptions import Assumption
from ownchannel.clv import Floats
from ownchannel.scenarios._draws import uniforms
from ownchannel.scenarios._events import EventKind, drawn_starts, effects
from ownchannel.scenarios._path import follow_plan
from ownchannel.scenarios._plan import Plan, split_path
from ownchannel.scenarios._values import PlanValues, values_of

#: Where a number is the brand's own, a source's range says nothing of it: it swings by this share.
OWN_SWING = 0.2
_OWN_UNITS = (
    *("money", "money a month", "money per order", "money per customer"),
    *("customers", "customers a month"),
)
#: Draws for the fields that matter only when something happens.
_DRAWS = 200
#: A swing below this part of the widest is left out.
_LEAST = 1e-6


Ranges = Mapping[str, tuple[float, float]]
"""By path the lowest and the highest value that is tried."""


def tornado(plan: Plan, seed: int = 0, measured: Ranges = MappingProxyType({})) -> pd.DataFrame:
    """By assumption the NPV at either end of its range, the widest swing first.

    Columns: `path, label, value, low, high, low_reading, high_reading, npv_low, npv_high, swing`. The range
    is that in `uncertain`, else that in `measured` (by path, of a number that was measured), else 20% on
    either side where the number is the brand's own size or price, else the declaration's plausible one,
    stretched to the value. Decisions are no assumptions, and facts at their neutral value are not in use.
    Events count where they happen: their fields swing the mean NPV of 200 draws about the no-event path.

    >>> from ownchannel.scenarios import preset
    >>> tornado(preset("Balanced brand"))["swing"].is_monotonic_decreasing
    True
    """
    ranges = swings(plan, measured)
    plan = plan.model_copy(update={"uncertain": {}})
    numbers = plan.numbers()
    of_events = {path: ends for path, ends in ranges.items() if _is_of_events(path)}
    npvs = _ends(plan, {path: ends for path, ends in ranges.items() if path not in of_events})
    npvs |= _ends_of_events(plan, of_events, seed)
    rows = []
    for path, ends in ranges.items():
        value, declared = numbers[path]
        readings = [_reading(end, declared, plan.currency) for end in ends]
        swing = abs(float(npvs[path][1] - npvs[path][0]))
        rows.append((path, _label(path, declared), value, *ends, *readings, *npvs[path], swing))
    table = pd.DataFrame(rows, columns=_COLUMNS).sort_values("swing", ascending=False, kind="stable")
    matters = table["swing"] > _LEAST * table["swing"].max()
    found: pd.DataFrame = table[matters].reset_index(drop=True)
    return found


_COLUMNS = [
    *("path", "label", "value", "low", "high", "low_reading", "high_reading"),
    *("npv_low", "npv_high", "swing"),
]


@dataclass(frozen=True)
class TurningPoint:
    """An assumption at one end of whose range a plan leaves less than today, and at the other more."""

    label: str
    reading: str
    """The end at which it is the other way round than as the plan stands."""
    beats_today: bool
    """Whether the plan leaves more than today's at that end."""


def turning_points(plan: Plan, measured: Ranges = MappingProxyType({})) -> tuple[TurningPoint, ...]:
    """The assumptions each of which decides whether a plan beats today's, without events, the widest first.

    >>> from ownchannel.scenarios import preset
    >>> turning_points(preset("Balanced brand").today())
    ()
    """
    ranges, gains = _gains(plan, measured)
    here, numbers = float(gains.pop("")[0]), plan.numbers()
    found = []
    for path in _widest(gains):
        turned = (gains[path] > 0) != (here > 0)
        if here != 0 and turned.any():
            declared = numbers[path][1]
            reading = _reading(ranges[path][int(np.argmax(turned))], declared, plan.currency)
            found.append(TurningPoint(_label(path, declared), reading, here <= 0))
    return tuple(found)


def deciding(plan: Plan, measured: Ranges = MappingProxyType({})) -> tuple[str, ...]:
    """The paths of the assumptions that move a plan's lead over today's, without events, the widest first.

    >>> from ownchannel.scenarios import preset
    >>> deciding(preset("Balanced brand"))[:2]
    ('channels.Amazon.com.order_value', 'channels.Amazon.com.ad_incrementality')
    """
    _, gains = _gains(plan, measured)
    gains.pop("")
    return tuple(_widest(gains))


def _widest(ends: Mapping[str, Floats]) -> list[str]:
    """The paths whose two ends differ, the widest swing first."""
    widths = {path: abs(float(high - low)) for path, (low, high) in ends.items()}
    least = _LEAST * max(widths.values(), default=0.0)
    return sorted((path for path in widths if widths[path] > least), key=lambda path: -widths[path])


def _gains(plan: Plan, measured: Ranges) -> tuple[Ranges, dict[str, Floats]]:
    """The ranges, and by path what a plan leaves more than today's at both ends, by "" as it is."""
    found = {path: ends for path, ends in swings(plan, measured).items() if not _is_of_events(path)}
    ours, todays = (_ends(each.model_copy(update={"uncertain": {}}), found) for each in (plan, plan.today()))
    return found, {path: ours[path] - todays[path] for path in ours}


def swings(plan: Plan, measured: Ranges = MappingProxyType({})) -> dict[str, tuple[float, float]]:
    """By path of every number that is an assumption, the range in which it is tried."""
    found = {}
    for path, (value, declared) in plan.numbers().items():
        if declared.role == "decision" or declared.whole:
            continue
        ends = plan.uncertain.get(path) or measured.get(path)
        if ends is None or not ends[0] <= value <= ends[1]:
            if declared.role == "fact" and value == plan.neutral(path):
                continue
            ends = _plausible(value, declared)
        if ends[0] < ends[1]:
            found[path] = ends
    return found


def _plausible(value: float, declared: Assumption) -> tuple[float, float]:
    if declared.unit in _OWN_UNITS:
        return value * (1.0 - OWN_SWING), min(value * (1.0 + OWN_SWING), declared.valid[1])
    low, high = declared.plausible
    return min(low, value), max(high, value)


def _ends(plan: Plan, ranges: Ranges) -> dict[str, Floats]:
    """By path the NPV at both ends without events, and by "" as it is: each is a draw of one run."""
    npv = follow_plan(_stacked(plan, ranges, 1), {}).npv
    return _by_path(np.broadcast_to(npv, 2 * len(ranges) + 1)[:, None], ranges)


def _ends_of_events(plan: Plan, ranges: Ranges, seed: int) -> dict[str, Floats]:
    """By path the NPV without events, and what either end changes in the mean of draws with events."""
    values = _stacked(plan, ranges, _DRAWS)
    times = 2 * len(ranges) + 1

    def numbers(channel: str, kind: EventKind) -> Floats:
        return np.tile(uniforms(seed, (channel, kind), values.months, _DRAWS), times)

    happening = effects(values.channels, drawn_starts(values.channels, numbers))
    npv = np.broadcast_to(follow_plan(values, happening).npv, times * _DRAWS)
    found = _by_path(npv.reshape(times, _DRAWS), ranges)
    moved = float(_ends(plan, {})[""][0]) - found.pop("")[0]
    return {path: moved + ends for path, ends in found.items()}


def _stacked(plan: Plan, ranges: Ranges, draws: int) -> PlanValues:
    """So many draws of the plan for each end of each range, and last as it is."""
    columns, drawn = (2 * len(ranges) + 1) * draws, {}
    for place, (path, (low, high)) in enumerate(ranges.items()):
        drawn[path] = np.full(columns, plan.get(path), dtype=np.float64)
        begin = 2 * place * draws
        drawn[path][begin : begin + draws] = low
        drawn[path][begin + draws : begin + 2 * draws] = high
    return values_of(plan, drawn)


def _by_path(npv: Floats, ranges: Ranges) -> dict[str, Floats]:
    """The mean at both ends of each path, and by "" as it is."""
    means = npv.mean(axis=1)
    return {"": means[-1:]} | {path: means[2 * at : 2 * at + 2] for at, path in enumerate(ranges)}


def _is_of_events(path: str) -> bool:
    return split_path(path)[1].startswith(("suspension_", "private_label_", "fee_rise_", "ad_loss_"))


def _label(path: str, declared: Assumption) -> str:
    channel, _ = split_path(path)
    return f"{declared.label}, {channel}" if channel else declared.label


def _reading(end: float, declared: Assumption, currency: str) -> str:
    """An end as one says it: more than three digits would claim too much."""
    return declared.reading(float(f"{end:.3g}"), currency)
