"""A slider for each number, and a step back for each move."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import anywidget
import traitlets

from ownchannel.assumptions import Assumption, Numbers

Position = Mapping[str, float]

#: Moves of the same slider within so many seconds of each other are one step: a drag, a key held down.
BURST_SECONDS = 1.0


class History:
    """A step back for each burst of moves of the same sliders; `clock` gives seconds.

    >>> history = History(clock=iter([0.0, 0.4, 5.0]).__next__)
    >>> history.note({"fee": 0.1, "cash": 9}, {"fee": 0.2, "cash": 9})
    >>> history.note({"fee": 0.2, "cash": 9}, {"fee": 0.3, "cash": 9})
    >>> history.note({"fee": 0.3, "cash": 9}, {"fee": 0.3, "cash": 5})
    >>> len(history), history.take_back(), history.take_back()
    (2, {'fee': 0.3, 'cash': 9}, {'fee': 0.1, 'cash': 9})
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._positions: list[Position] = []
        self._last_moved: set[str] = set()
        self._last_at = 0.0

    def note(self, before: Position, after: Position, *, alone: bool = False) -> None:
        """Note a move; one that is `alone` is a step of its own, whatever came just before or comes after."""
        moved = {name for name in after if after[name] != before.get(name)}
        now = self._clock()
        if alone or moved != self._last_moved or now - self._last_at > BURST_SECONDS:
            self._positions.append(before)
        self._last_moved, self._last_at = set() if alone else moved, now
        if after == self._positions[-1]:
            self.take_back()  # moved and moved back: nothing is left to undo

    def take_back(self) -> Position:
        """The position before the last step, which is forgotten; raises IndexError where there is none."""
        self._last_moved = set()
        return self._positions.pop()

    def __len__(self) -> int:
        return len(self._positions)


class Controls(anywidget.AnyWidget):
    """A slider for each of the declared `numbers`, under its group's heading; buttons to undo and reset.

    The sliders are the browser's own, so that arrow keys, Page Up, Home and a screen reader work as anywhere
    else. `currency` is what money is shown in, and `hidden` names numbers without a slider. `switches` names
    risks, numbers that can be switched off as well, which puts them to 0, or to the value that a mapping
    gives: a number at that value is off. `first` names the few that are in sight, in their order; then risks
    stand behind a second tab, and all others behind a third, folded by theme. What is set here and on the
    page is the same.

    >>> from ownchannel.marketplace import Economics
    >>> controls = Controls(Economics().numbers(), currency="USD")
    >>> controls.set(marketplace_fee_rate=0.1)
    >>> controls.values["marketplace_fee_rate"], controls.readouts["marketplace_fulfilment"]
    (0.1, '$6.00 per order')
    >>> controls.undo()
    >>> controls.values["marketplace_fee_rate"]
    0.15
    """

    _esm = Path(__file__).with_name("controls.js")
    tabs: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    defaults = traitlets.Dict().tag(sync=True)
    readouts = traitlets.Dict().tag(sync=True)
    undoable = traitlets.Bool(False).tag(sync=True)
    # The page counts the undos that it asks for: a message of its own could overtake the end of a drag.
    undos_asked = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        numbers: Numbers,
        currency: str,
        hidden: Collection[str] = (),
        *,
        first: Collection[str] = (),
        switches: Collection[str] | Mapping[str, float] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._currency = currency
        self._declared = {name: declared for name, (_, declared) in numbers.items()}
        self._history = History(clock)
        self._noting = True
        values = {name: value for name, (value, _) in numbers.items()}
        offered = {name: declared for name, declared in self._declared.items() if name not in hidden}
        self._off = dict(switches) if isinstance(switches, Mapping) else dict.fromkeys(switches, 0.0)
        _refuse_unknown("No slider", {*first, *self._off} - offered.keys(), offered)
        rows = {
            name: _row(name, declared, values[name], self._off.get(name))
            for name, declared in offered.items()
        }
        super().__init__(
            tabs=_tabs(rows, {name: declared.group for name, declared in offered.items()}, first, self._off),
            values=values,
            defaults=values,
            readouts=self._read(values),
        )
        self.observe(self._note_move, "values")
        self.observe(lambda _: self.undo(), "undos_asked")

    def set(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> None:
        """Move some sliders, all at once; raises ValueError, and moves none, where a value is refused."""
        moved = {**values, **more}
        _refuse_unknown("No slider", moved.keys() - self._declared.keys(), self._declared)
        for name, value in moved.items():
            self._declared[name].check(name, value)
        self.values = {**self.values, **moved}

    def reset(self) -> None:
        """Put every slider back to the settings that the controls were made with."""
        self.values = self.defaults

    def undo(self) -> None:
        """Take back the last step, if any: a drag or burst of keys on one slider, a set, a reset."""
        if self._history:
            with self._unnoted():
                self.values = dict(self._history.take_back())
            self.undoable = bool(self._history)

    @contextmanager
    def moved(self, values: Mapping[str, float]) -> Iterator[None]:
        """Some sliders moved for a while, with no step to undo; raises as `set`."""
        before = self.values
        with self._unnoted():
            try:
                self.set(values)
                yield
            finally:
                self.values = before

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each move, whether from the page or from `set`; once, however many moved."""
        self.observe(lambda _: callback(), "values")

    def _note_move(self, change: dict[str, Any]) -> None:
        before, after = change["old"], change["new"]
        with self.hold_sync():
            moved = {name: value for name, value in after.items() if value != before.get(name)}
            self.readouts = self.readouts | self._read(moved)
            if self._noting:
                self._history.note(before, after, alone=self._off_in(before) != self._off_in(after))
                self.undoable = bool(self._history)

    def _off_in(self, values: Mapping[str, float]) -> list[str]:
        return [name for name, off in self._off.items() if values[name] == off]

    @contextmanager
    def _unnoted(self) -> Iterator[None]:
        self._noting = False
        try:
            yield
        finally:
            self._noting = True

    def _read(self, values: dict[str, float]) -> dict[str, str]:
        return {name: self._declared[name].reading(value, self._currency) for name, value in values.items()}

    def __repr__(self) -> str:
        return f"Controls({', '.join(f'{name}={value:g}' for name, value in self.values.items())})"


def _refuse_unknown(what: str, unknown: Collection[str], known: Collection[str]) -> None:
    if unknown:
        raise ValueError(f"{what} is called {sorted(unknown)}: there are {list(known)}.")


_Row = dict[str, Any]


def _tabs(
    rows: Mapping[str, _Row], themes: Mapping[str, str], first: Collection[str], risks: Collection[str]
) -> list[dict[str, Any]]:
    """What the page needs to draw the rows, tab by tab; a single tab where nothing comes first."""
    if not first:
        return [{"title": "", "groups": _groups(rows, themes)}]
    in_sight = {name: rows[name] for name in first}
    feared = {name: row for name, row in rows.items() if name in risks and name not in in_sight}
    rest = {name: row for name, row in rows.items() if name not in {*in_sight, *feared}}
    tabs = {
        "Key settings": [{"title": "", "folded": False, "rows": list(in_sight.values())}],
        "Risks": _groups(feared, themes),
        "Advanced": _groups(rest, themes, folded=True),
    }
    return [{"title": title, "groups": groups} for title, groups in tabs.items() if groups]


def _groups(
    rows: Mapping[str, _Row], themes: Mapping[str, str], *, folded: bool = False
) -> list[dict[str, Any]]:
    """Rows under the heading of their theme, in the order in which the themes come up."""
    by_theme: dict[str, list[_Row]] = {}
    for name, row in rows.items():
        by_theme.setdefault(themes[name], []).append(row)
    return [{"title": theme, "folded": folded, "rows": members} for theme, members in by_theme.items()]


def _row(name: str, assumption: Assumption, value: float, off: float | None) -> _Row:
    # A value from a file or from a fit may lie outside the slider: then the slider reaches as far.
    low, high = min(assumption.slider[0], value), max(assumption.slider[1], value)
    marks = {"low": assumption.plausible[0], "high": assumption.plausible[1], "home": value}
    return {
        "name": name,
        "label": assumption.label,
        "min": low,
        "max": high,
        "step": assumption.step,
        "marks": {mark: min(max((at - low) / (high - low), 0), 1) for mark, at in marks.items()},
        "about": [assumption.help, f"Source: {assumption.source} ({assumption.confidence})."],
        "switch": None if off is None else {"off": off, "on": _on_value(assumption, value, off)},
    }


def _on_value(assumption: Assumption, value: float, off: float) -> float:
    """Where a switch puts its slider at first: where the slider stood, else amid what the source supports."""
    if value != off:
        return value
    low, high = assumption.plausible
    steps = max(1, round((low + high) / 2 / assumption.step))
    return min(round(steps * assumption.step, 9), high)
