"""Which column of a table holds what: guessed, shown as it would be read, corrected by a person."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ownchannel.answers import (
    MAPPING_ASKS,
    MAPPING_ASKS_MORE,
    MAPPING_CHOICES,
    MAPPING_WORDS,
    preview_html,
    problem_html,
    still_to_name,
)
from ownchannel.orders import ColumnMapping, FileList, MappingGuess, preview

#: Texts with suggestions in place of a choice among columns.
_TEXTS = {"currency", "channel"}
_CHANNELS = {"owned": "Own store", "marketplace": "Marketplace"}
_SWITCHES = {"yes": True, "no": False}
_AMOUNTS = ("discount", "shipping", "tax", "refund", "fee")
_CODES = ("USD", "EUR", "GBP", "CAD", "AUD")


class MappingForm(anywidget.AnyWidget):
    """A form for one of the tables in a list of files; nothing is on the page until `ask` is called.

    `on_press` gets what is done: read, close or forget. What is chosen on the page and in `values` is the
    same, and `mapping` is what it says.

    >>> import tempfile
    >>> mine = FileList(tempfile.mkdtemp())
    >>> _ = mine.add(("till.csv", b"Order,Date,Total" + bytes([10]) + b"7,2026-03-31,12.50"))
    >>> form = MappingForm(mine, print)
    >>> form.ask("till.csv")
    >>> form.values = form.values | {"currency": "EUR"}
    >>> form.mapping.item_value, "€12.50" in form.preview
    ('total', True)
    """

    _esm = Path(__file__).with_name("mapping_form.js")
    words = traitlets.Dict().tag(sync=True)
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    asked: traitlets.List[Any] = traitlets.List().tag(sync=True)
    preview = traitlets.Unicode().tag(sync=True)

    def __init__(self, files: FileList, on_press: Callable[[str], None]) -> None:
        super().__init__()
        self._files = files
        self.name = ""
        """The table that is asked about; empty where none is."""
        self.on_msg(lambda _, message, __: on_press(message["pressed"]))
        self.observe(lambda change: self._follow(change["old"], change["new"]), "values")

    def ask(self, name: str, currency: str = "") -> None:
        """Ask about this table; `currency` is the brand's, for a table that shows none."""
        guess, self.name = self._files.guess(name), name
        is_known = not guess.asks and "kind" in guess.fields
        buttons = [(what, MAPPING_WORDS[what]) for what in ("read", "close", *["forget"] * is_known)]
        with self.hold_sync():
            self.asked, self.preview = [], ""
            self.rows = [
                *(_row(field, guess, is_first=True) for field in MAPPING_ASKS),
                *(_row(field, guess, is_first=False) for field in MAPPING_ASKS_MORE),
            ]
            self.values = {}
            self.values = _as_values(guess.fields, currency)
            about = [] if is_known else [MAPPING_WORDS["about"]]
            self.words = {
                "title": MAPPING_WORDS["title"].format(name=name),
                "about": [*about, *guess.notes],
                "more": MAPPING_WORDS["more"],
                "buttons": buttons,
            }

    def dismiss(self) -> None:
        """Ask about no table."""
        self.name, self.words = "", {}

    @property
    def mapping(self) -> ColumnMapping:
        """What the form says; raises ValueError, in the page's words, where something is missing."""
        given = {name: value for name, value in self.values.items() if value}
        has_value = {"item_value", "unit_price"} & given.keys()
        needed = {"order_id", "ordered_at", "currency", *([] if has_value else ["item_value"])}
        missing = [name for name in MAPPING_ASKS if name in needed - given.keys()]
        if missing:
            raise ValueError(still_to_name(missing))
        if "day_first" in given:
            given["day_first"] = _SWITCHES[given["day_first"]]
        named = [name for name in _AMOUNTS if name in given]
        once = given.pop("of_order", "")
        given["of_order"] = named if once == "all" else [name for name in once.split(",") if name in named]
        return ColumnMapping(**given)

    def _follow(self, old: dict[str, str], new: dict[str, str]) -> None:
        """Let fields follow that go with the one that was changed, then show what would be read."""
        follow = {}
        if old and new.get("item_value") and new.get("unit_price"):  # the value of goods stands in one column
            follow["item_value" if old["item_value"] else "unit_price"] = ""
        if old and new and new["channel"] == _CHANNELS[old["kind"]]:
            follow["channel"] = _CHANNELS[new["kind"]]
        if new != (new | follow):
            self.values = new | follow
        elif new:
            self._show()

    def _show(self) -> None:
        try:
            zone = self._files.report().timezone
            shown = preview(self._files.table(self.name), self.mapping, zone)
        except ValueError as problem:
            self.preview = problem_html(str(problem))
            return
        given = [name for name in ("day_first", "decimal") if self.values.get(name)]
        with self.hold_sync():
            self.preview, self.asked = preview_html(shown), sorted({*given, *shown.unproven})

    def __repr__(self) -> str:
        return f"MappingForm({self.name!r})"


def _row(name: str, guess: MappingGuess, *, is_first: bool) -> dict[str, Any]:
    """What the page needs to draw a field: words, and what may be chosen."""
    label, hint = (MAPPING_ASKS if is_first else MAPPING_ASKS_MORE)[name]
    columns = [
        (column, column) for column in guess.columns if name == "customer" or column not in guess.private
    ]
    choices = list(MAPPING_CHOICES.get(name, [("", "–"), *columns]))
    if name in _TEXTS:
        choices = columns if name == "channel" else [*columns, *((code, code) for code in _CODES)]
    if name == "of_order" and (once := guess.fields.get("of_order")):
        choices.insert(1, (",".join(once), f"the whole order: {', '.join(once)}"))
    return {
        "name": name,
        "label": label,
        "hint": hint,
        "choices": choices,
        "is_first": is_first,
        "is_text": name in _TEXTS,
    }


def _as_values(fields: Mapping[str, Any], currency: str) -> dict[str, str]:
    """The fields of a mapping as the page has them: texts, empty where nothing is known."""
    known = {"kind": "owned", "channel": "Own store", "currency": currency} | dict(fields)
    known["of_order"] = ",".join(known.get("of_order", ()))
    if isinstance(known.get("day_first"), bool):
        known["day_first"] = "yes" if known["day_first"] else "no"
    return {name: str(known.get(name) or "") for name in (*MAPPING_ASKS, *MAPPING_ASKS_MORE)}
