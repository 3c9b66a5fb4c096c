"""Every number that a brand's workbooks show, by where it stands: read off the pages as a person would."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ownchannel.answers import Answer, Place, Question
from ownchannel.marketplace import ALL

#: `-$1,234.50`, `68%`, `12 months`, `month 5`: sign, digits, and what stands right behind them.
_NUMBER = re.compile(r"([-−]?)[^\d\-−]*?(\d[\d,]*(?:\.\d+)?)(%?)")


@dataclass(frozen=True)
class Reading:
    """A number as it is shown, and how far it may lie from the true one for being rounded."""

    value: float
    rounding: float

    @classmethod
    def of(cls, text: str) -> "Reading | None":
        """The first number of a text; None where there is none."""
        found = _NUMBER.search(text)
        if found is None:
            return None
        sign, digits, percent = found.groups()
        unit = (0.01 if percent else 1.0) * 10.0 ** -len(digits.partition(".")[2])
        value = float(digits.replace(",", "")) * (0.01 if percent else 1.0)
        return cls(-value if sign else value, 0.5 * unit)

    def agrees(self, other: "Reading") -> bool:
        """Whether both may be the same number."""
        return abs(self.value - other.value) <= self.rounding + other.rounding + 1e-9


#: By workbook, kind of place (tile, column, row, slider, sentence) and label: numbers by what they are of.
Shown = dict[tuple[str, str, str], dict[str, Reading]]


def at(shown: Shown, place: Place) -> dict[str, Reading]:
    """What is shown at a place that a measure names."""
    gap = r"(\S+)" if place.kind == "sentence" else "(.+?)"
    pattern = re.escape(place.label).replace("…", ".*").replace(re.escape("{}"), gap)
    found: dict[str, Reading] = {}
    for (workbook, kind, label), readings in shown.items():
        if (workbook, kind) != (place.workbook, place.kind):
            continue
        if kind == "sentence":
            said = re.search(pattern, label)
            reading = Reading.of(said[1]) if said else None
            found |= {"": reading} if reading else {}
        elif named := re.fullmatch(pattern, label):
            found |= {named[1]: readings[""]} if named.groups() else readings
    return found


def read_off(answers: list[tuple[str, Answer]], questions: list[tuple[str, Question[Any]]]) -> Shown:
    """The numbers of tiles, tables and sliders. A table's rows are named by its first column."""
    shown: Shown = defaultdict(dict)

    def note(place: tuple[str, str, str], scope: str, reading: Reading | None) -> None:
        if reading is not None:
            shown[place].setdefault(scope, reading)

    for workbook, answer in answers:
        shown[workbook, "sentence", answer.plain_sentence] = {}
        for label, text in answer.numbers:
            note((workbook, "tile", label), "", Reading.of(text))
        if answer.table is None or answer.table.empty:
            continue
        names = list(answer.table.columns)
        for row in answer.table.to_dict("records"):
            for column in names[1:]:
                reading = Reading.of(f"{row[column]}")
                note((workbook, "column", column), f"{row[names[0]]}", reading)
                if names[1] == "Of":  # a row says which measure it is, and of what
                    of = "" if row["Of"] == ALL else f"{row['Of']}"
                    note((workbook, "row", f"{row[names[0]]}: {column}"), of, reading)
    for workbook, question in questions:
        for path, (value, declared) in question.numbers.items():
            channel, _, name = path.removeprefix("channels.").rpartition(".")
            # A setting of one kind of channel says so in its name.
            of = name.removesuffix("_cac") if name.endswith("_cac") else channel
            note((workbook, "slider", name), of, Reading(value, declared.step / 2))
    return dict(shown)


def shown_by(workbook: Path, values: Iterable[Any], namespace: Mapping[str, Any]) -> Shown:
    """What a workbook that ran shows at its own settings: in what its cells gave, and on its panel."""
    name = workbook.stem[:2]
    answers = [(name, answer) for value in values for answer in _answers(value)]
    screen = namespace.get("screen")  # of the plan, which has its panel in it
    panel = namespace.get("panel") if screen is None else screen.panel
    if panel is None:
        return read_off(answers, [])
    return read_off([*answers, (name, panel.answer)], [(name, panel.question)])


def _answers(value: Any) -> Iterator[Answer]:
    if isinstance(value, Answer):
        yield value
    elif isinstance(getattr(value, "answer", None), Answer):
        yield value.answer
