"""What a workbook answers at one position of its sliders, and how that reads as plain text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ownchannel.charts.theme import Chart

_MOST_POINTS = 13  # a line of 60 months is printed at about every fifth
_SEQUENCES = ("x", "y", "z", "labels", "values", "ids", "parents")


@dataclass(frozen=True, repr=False)
class Answer:
    """The answer in a sentence, then its numbers, charts, table and warnings.

    `sentence` is plain text with `**bold**` where the eye should fall; `numbers` are pairs of a label and a
    value, already in words; every chart brings its caption. Its printed form holds no widget and rounds the
    charts' own data, so a lesson that prints an answer can be checked against what it printed before.

    >>> Answer("You keep **$5** of $20.", numbers=(("Share kept", "25%"),))
    You keep $5 of $20.
      Share kept: 25%
    """

    sentence: str
    numbers: tuple[tuple[str, str], ...] = ()
    charts: tuple[Chart, ...] = ()
    table: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        lines = [self.plain_sentence]
        lines += [f"  {label}: {value}" for label, value in self.numbers]
        lines += [f"  Note: {note}" for note in self.notes]
        for chart in self.charts:
            lines += ["", f"Chart: {chart.caption}"]
            lines += [f"  {_trace_text(trace)}" for trace in chart.figure.data]
        if self.table is not None:
            lines += ["", self.table.to_string(index=False, float_format="{:,.4g}".format)]
        return "\n".join(lines)

    @property
    def plain_sentence(self) -> str:
        """The sentence without its marks for bold."""
        return re.sub(r"\*\*(.+?)\*\*", r"\1", self.sentence)


def _trace_text(trace: Any) -> str:
    """A trace's name and its data to four digits, a long series thinned evenly to its first and last."""
    series = [list(values) for key in _SEQUENCES if (values := getattr(trace, key, None)) is not None]
    points = list(zip(*series, strict=False))
    stride = -(-len(points) // _MOST_POINTS) or 1
    thinned = points[::-stride][::-1]
    told = ", ".join(" ".join(_number_text(value) for value in point) for point in thinned)
    return f"{trace.name or trace.type}: {told}"


def _number_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return "[" + " ".join(map(_number_text, value)) + "]"
    return f"{float(value):,.4g}" if _is_number(value) else str(value)


def _is_number(value: object) -> bool:
    return hasattr(value, "__float__") and not hasattr(value, "year")
