"""What can be undone: the positions that the sliders were moved away from."""

import time
from collections.abc import Callable, Mapping

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
