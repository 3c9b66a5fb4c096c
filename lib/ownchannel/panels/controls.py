"""Sliders for a declared set of assumptions: one row a field, nothing to write but the declaration."""

from collections.abc import Callable, Collection
from itertools import groupby
from pathlib import Path
from typing import Any, Generic, TypeVar

import anywidget
import traitlets

from ownchannel.assumptions import Assumption, Assumptions, why_refused

Settings = TypeVar("Settings", bound=Assumptions)


class Controls(anywidget.AnyWidget, Generic[Settings]):
    """A slider for each declared field of `settings`, under its group's heading, and a button to reset all.

    The sliders are the browser's own, so that arrow keys, Page Up, Home and a screen reader work as anywhere
    else. `currency` is what money is shown in, and `hidden` names settings without a slider. What is set here
    and on the page is the same.

    >>> from ownchannel.marketplace.economics import Economics
    >>> controls = Controls(Economics(), currency="USD")
    >>> controls.set(marketplace_fee_rate=0.1)
    >>> controls.value.marketplace_fee_rate, controls.readouts["marketplace_fulfilment"]
    (0.1, '$6.00 an order')
    """

    _esm = Path(__file__).with_name("controls.js")
    groups: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    defaults = traitlets.Dict().tag(sync=True)
    readouts = traitlets.Dict().tag(sync=True)

    def __init__(self, settings: Settings, currency: str, hidden: Collection[str] = ()) -> None:
        self._settings = settings
        self._currency = currency
        self._declared = settings.declared()
        values = {name: getattr(settings, name) for name in self._declared}
        super().__init__(
            groups=_groups({n: d for n, d in self._declared.items() if n not in hidden}, values),
            values=values,
            defaults=values,
            readouts=self._read(values),
        )
        self.observe(self._update_readouts, "values")

    @property
    def value(self) -> Settings:
        """The settings as the sliders stand; raises ValueError where they do not go together."""
        return self._settings_with(self.values)

    def set(self, **values: float) -> None:
        """Move some sliders, all at once; raises ValueError, and moves none, where a value is refused."""
        unknown = values.keys() - self._declared.keys()
        if unknown:
            raise ValueError(f"No slider is called {sorted(unknown)}: there are {list(self._declared)}.")
        moved = self._settings_with({**self.values, **values})
        self.values = {name: getattr(moved, name) for name in self._declared}

    def reset(self) -> None:
        """Put every slider back to the settings that the controls were made with."""
        self.values = self.defaults

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each move, whether from the page or from `set`; once, however many moved."""
        self.observe(lambda _: callback(), "values")

    def _settings_with(self, values: dict[str, float]) -> Settings:
        try:
            return type(self._settings)(**{**dict(self._settings), **values})
        except ValueError as error:
            raise ValueError(why_refused(error)) from None

    def _update_readouts(self, change: dict[str, Any]) -> None:
        self.readouts = self._read(change["new"])

    def _read(self, values: dict[str, float]) -> dict[str, str]:
        return {
            name: declared.reading(values[name], self._currency) for name, declared in self._declared.items()
        }

    def __repr__(self) -> str:
        return f"Controls({', '.join(f'{name}={value:g}' for name, value in self.values.items())})"


def _groups(declared: dict[str, Assumption], values: dict[str, float]) -> list[dict[str, Any]]:
    """What the page needs to draw the rows, group by group in the order of the declarations."""
    titles = list(dict.fromkeys(assumption.group for assumption in declared.values()))
    members = sorted(declared.items(), key=lambda item: titles.index(item[1].group))
    return [
        {"title": title, "rows": [_row(name, assumption, values[name]) for name, assumption in group]}
        for title, group in groupby(members, key=lambda item: item[1].group)
    ]


def _row(name: str, assumption: Assumption, value: float) -> dict[str, Any]:
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
    }
