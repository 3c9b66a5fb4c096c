"""What may happen to a channel, and what it does to each of its months."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from ownchannel.assumptions import did_you_mean
from ownchannel.clv import Floats
from ownchannel.scenarios._values import ChannelValues

EventKind = Literal["suspension", "private_label", "fee_rise", "ad_loss"]
Starts = NDArray[np.bool_]
"""Whether an event starts: a row per month, a column per draw."""

Flag = TypeVar("Flag", np.bool_, np.int8)

#: The events of each kind of channel, and the field that says how often they come.
HAZARDS: Mapping[str, Mapping[EventKind, str]] = {
    "marketplace": {
        "suspension": "suspension_hazard",
        "private_label": "private_label_hazard",
        "fee_rise": "fee_rise_hazard",
    },
    "owned": {"ad_loss": "ad_loss_hazard"},
}


@dataclass(frozen=True)
class Event:
    """Something that happens to a channel at the start of a month (1 is the plan's first).

    Raises ValueError for a kind that is not known.

    >>> Event(3, "Amazon.com", "suspention")
    Traceback (most recent call last):
    ValueError: Event in month 3 of Amazon.com: 'suspention' is no kind of event: did you mean suspension?
    """

    month: int
    channel: str
    kind: EventKind

    def __post_init__(self) -> None:
        if self.kind not in (known := get_args(EventKind)):
            where = f"Event in month {self.month} of {self.channel}"
            hint = did_you_mean(str(self.kind), known)
            raise ValueError(f"{where}: {self.kind!r} is no kind of event{hint}")

    def __str__(self) -> str:
        return f"Event {self.kind} in month {self.month} of {self.channel}"


@dataclass(frozen=True)
class Effects:
    """What the events of a channel do, a row per month and a column per draw; None where nothing happens."""

    closed: Starts | None = None
    """Whether the channel is suspended."""
    recovered: Floats | None = None
    """The factor of new customers that past suspensions left."""
    entered: Starts | None = None
    """Whether the platform sells a product of its own."""
    fee_rises: NDArray[np.int8] | None = None
    """How often the fee has risen so far."""
    ads_lost: Starts | None = None
    """Whether the advertising account is lost."""


NOTHING = Effects()


def effects(
    channels: Iterable[ChannelValues], starts: Mapping[str, Mapping[EventKind, Starts]]
) -> dict[str, Effects]:
    """What the starts of events, by channel's name and kind, do to the months of those channels."""
    return {channel.name: _effects(channel, found) for channel in channels if (found := starts[channel.name])}


def _effects(channel: ChannelValues, starts: Mapping[EventKind, Starts]) -> Effects:
    closed = recovered = entered = fee_rises = ads_lost = None
    if "ad_loss" in starts:
        ads_lost = _lasting(starts["ad_loss"], channel.ad_loss_months)
    if "suspension" in starts:
        closed = _lasting(starts["suspension"], channel.suspension_months)
        if np.any(channel.suspension_recovery != 1):
            recovered = _after_suspension(channel, starts["suspension"])
    if "private_label" in starts:
        entered = _running(np.logical_or, starts["private_label"])
    if "fee_rise" in starts:
        fee_rises = _running(np.add, starts["fee_rise"].astype(np.int8))
    return Effects(closed, recovered, entered, fee_rises, ads_lost)


def allowed(kind: EventKind, channel: ChannelValues, happens: Starts) -> Starts:
    """Of the months in which an event might start, those in which it does.

    A suspension or a lost account cannot start while it lasts; a product is entered once.
    """
    if kind == "private_label":
        first = happens.copy()
        first[1:] &= ~_running(np.logical_or, happens)[:-1]
        return first
    if kind == "fee_rise":
        return happens
    lasts = channel.suspension_months if kind == "suspension" else channel.ad_loss_months
    if lasts == 1:
        return happens
    starts = happens.copy()
    free_from = np.zeros(happens.shape[1], dtype=np.int16)
    for month in range(len(starts)):
        if starts[month].any():
            starts[month] &= free_from <= month
            free_from[starts[month]] = month + lasts
    return starts


def drawn_starts(
    channels: Iterable[ChannelValues], uniform: Callable[[str, EventKind], Floats]
) -> dict[str, dict[EventKind, Starts]]:
    """When events start, by channel's name and kind: where its uniform number lies below its hazard."""
    return {
        channel.name: {
            kind: allowed(kind, channel, uniform(channel.name, kind) < hazard)
            for kind, field in HAZARDS[channel.kind].items()
            if np.any(hazard := getattr(channel, field))
        }
        for channel in channels
    }


def scripted(
    events: Iterable[Event], channels: Iterable[ChannelValues], months: int
) -> dict[str, dict[EventKind, Starts]]:
    """The starts of a script's events by channel, in one column.

    Raises ValueError, naming the event, for one that no draw could hold.
    """
    by_name = {channel.name: channel for channel in channels}
    starts: dict[str, dict[EventKind, Starts]] = {name: {} for name in by_name}
    for event in events:
        channel = by_name.get(event.channel)
        if channel is None:
            raise ValueError(f"{event}: the plan's channels are {', '.join(by_name)}.")
        if event.kind not in HAZARDS[channel.kind]:
            known = ", ".join(HAZARDS[channel.kind])
            raise ValueError(f"{event}: to a channel of this kind may happen {known}.")
        if not 1 <= event.month <= months:
            raise ValueError(f"{event}: months are 1 to {months}.")
        column = starts[event.channel].setdefault(event.kind, np.zeros((months, 1), dtype=np.bool_))
        if column[event.month - 1]:
            raise ValueError(f"{event}: it is there twice.")
        column[event.month - 1] = True
    for name, kinds in starts.items():
        for kind, column in kinds.items():
            if (refused := column & ~allowed(kind, by_name[name], column)).any():
                event = Event(int(np.argmax(refused)) + 1, name, kind)
                raise ValueError(f"{event}: the one before it lasts still.")
    return starts


def of_draw(starts: Mapping[str, Mapping[EventKind, Starts]], draw: int) -> tuple[Event, ...]:
    """The events of one draw, in order of time."""
    found = [
        Event(int(month) + 1, channel, kind)
        for channel, kinds in starts.items()
        for kind, happens in kinds.items()
        for month in np.flatnonzero(happens[:, draw])
    ]
    return tuple(sorted(found, key=lambda event: event.month))


def _lasting(starts: Starts, months: int) -> Starts:
    """The months in which what has started goes on."""
    goes_on = starts.copy()
    for later in range(1, min(months, len(starts))):
        goes_on[later:] |= starts[:-later]
    return goes_on


def _after_suspension(channel: ChannelValues, starts: Starts) -> Floats:
    """What is left of new customers once suspensions are over: the recovery, again for each of them."""
    left, months = np.ones(starts.shape), channel.suspension_months
    factors = np.broadcast_to(channel.suspension_recovery, starts.shape[1])
    for month in range(months, len(starts)):
        left[month] = left[month - 1]
        over = starts[month - months]
        left[month, over] *= factors[over]
    return left


def _running(operation: np.ufunc, rows: NDArray[Flag]) -> NDArray[Flag]:
    """Row by row the operation on all rows so far: numpy's own `accumulate` is slow down a column."""
    found = rows.copy()
    for before, row in pairwise(found):
        operation(before, row, out=row)
    return found
