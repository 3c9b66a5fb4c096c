"""How a file writes its amounts and dates: judged by whole columns, never by a row."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files._cells import decimal_marks
from ownchannel.files._columns import flags
from ownchannel.files._times import are_serials, day_places

if TYPE_CHECKING:
    from ownchannel.files._rows import Rows


@dataclass(frozen=True, eq=False)
class Choice:
    """Two ways to read a column, of which one holds for all its cells.

    >>> MARKS.ways("12,50"), MARKS.ways("1.250"), MARKS.words[","]
    (',', '.,', 'a decimal comma')
    """

    ways: Callable[[str], str]
    """The ways, a letter each, in which a cell alone can be read; both where they differ."""
    words: Mapping[str, str]
    """What each way is called."""
    options: Mapping[str, str]
    """How a mapping names each way."""
    part: str
    """The form of what of a cell shows a way; all of it where empty."""
    at_once: Mapping[str, str]
    """By way, or none, the form of what plainly shows it: it need not be looked at singly."""

    @property
    def either(self) -> str:
        """What a cell shows that can be read both ways."""
        return "".join(self.words)

    @property
    def said(self) -> str:
        """Both options in words."""
        return " or ".join(self.options.values())

    def shown(self, rows: "Rows", column: str) -> pa.StringArray:
        """By row the ways that a column's cell shows."""
        if self.part:
            parts = pc.extract_regex(rows.column(column), f"(?P<part>{self.part})")
            encoded = pc.struct_field(parts, "part").fill_null("").dictionary_encode()
        else:
            encoded = rows.encoded(column)
        distinct = encoded.dictionary
        found = np.full(len(distinct), None, dtype=object)
        for way, form in self.at_once.items():
            found[flags(pc.match_substring_regex(distinct, form))] = way
        for place in np.flatnonzero(found == None):  # noqa: E711, element by element
            found[place] = self.ways(distinct[int(place)].as_py())
        return pa.array(found, pa.string()).take(encoded.indices)


MARKS = Choice(
    decimal_marks,
    {".": "a decimal point", ",": "a decimal comma"},
    {".": "decimal='.'", ",": "decimal=','"},
    "",
    {"": r"^(-?\d+)?$", ".": r"^-?\d+\.(\d\d?|\d{4,6})$", ",": r"^-?\d+,(\d\d?|\d{4,6})$"},
)
DAYS = Choice(
    day_places,
    {"d": "the day first", "m": "the month first"},
    {"d": "day_first=True", "m": "day_first=False"},
    r"^\d{1,2}[/-]\d{1,2}[/-]\d{2,4}",
    {"": "^$"},
)

#: Order of day and month, and decimal mark, that are usual with a currency or in a time zone. Where people
#: write in several ways (the euro's decimal mark, Canada's dates), nothing is said.
_HABITS = {
    "USD": ("m", "."),
    **dict.fromkeys(("GBP", "AUD", "NZD", "INR", "SGD", "MXN"), ("d", ".")),
    **dict.fromkeys(("BRL", "PLN", "CZK", "DKK", "NOK", "TRY", "RON"), ("d", ",")),
    **dict.fromkeys(("JPY", "CNY", "HKD", "KRW"), ("", ".")),
    "EUR": ("d", ""),
}
_ZONES = {
    "Europe/": ("d", ""),
    "Australia/": ("d", "."),
    **dict.fromkeys(("America/New_York", "America/Chicago", "America/Denver"), ("m", ".")),
    **dict.fromkeys(("America/Los_Angeles", "America/Phoenix"), ("m", ".")),
}
_POINTED_DATE = r"^\d{1,2}\.\d{1,2}\.\d{4}"
_TWO_WAYS = "is in a column that is written two ways: {lines}"
_OPEN = "can be read with {words}, and nothing in the file proves which"
_ONE_WAY = "Write the whole column one way, or {remedy}."
_SAY = "say {option} in the mapping"
_NOTHING_PROVES = (
    "Cells of {column} that can be read in two ways, such as in line {line}: {{n}}. Nothing in the column "
    "proves which; they were read with {way}, {why}. If that is wrong, {remedy}."
)


@dataclass
class Notation:
    """How one file writes amounts and dates.

    A file is read on while its first rows prove how its columns are written. Where they do not, or where
    later ones prove otherwise, `is_open` says that all rows have to be looked at (`survey`) and read again.

    >>> from ownchannel.files import Rows
    >>> rows = Rows([2, 3], pa.table({"Price": ["1.250", "12,50"]}), {"price": 0})
    >>> Notation().way(MARKS, rows, "price")
    ','
    """

    habits: Mapping[Choice, str] = field(default_factory=lambda: {MARKS: ".", DAYS: "m"})
    """How the platform writes where nothing proves it; without one, what is usual elsewhere decides."""
    given: Mapping[str, str] = field(default_factory=dict)
    """By column, the way that a person has named."""
    remedies: Mapping[Choice, str] = field(default_factory=dict)
    """What to do where nothing proves a way; else an option of the mapping is named."""
    zone: str = "UTC"
    codes: set[str] = field(default_factory=set)
    """Currencies in the file."""
    note: Callable[[str, int], None] = lambda sentence, rows: None
    seen: dict[Choice, defaultdict[str, dict[str, int]]] = field(
        default_factory=lambda: {MARKS: defaultdict(dict), DAYS: defaultdict(dict)}
    )
    """By column, the first line that shows each way."""
    whole: set[tuple[Choice, str]] = field(default_factory=set)
    """Columns of which all rows were looked at."""
    is_open: bool = False
    serials: dict[str, bool] = field(default_factory=dict)
    """By column of dates, whether it holds nothing but Excel's numbers of days."""
    has_pointed_dates: bool = False
    """Whether a date is written as 31.01.2026."""

    def survey(self, chunks: Iterable["Rows"], currency: str) -> None:
        """Look at all rows: at the columns that were asked for so far, and at that of the currency."""
        asked = {(choice, column) for choice, columns in self.seen.items() for column in columns}
        for rows in chunks:
            dates = (rows.column(column) for column in self.seen[DAYS])
            pointed = (pc.any(pc.match_substring_regex(cells, _POINTED_DATE)).as_py() for cells in dates)
            self.has_pointed_dates |= any(pointed)
            self.codes.update(map(str.upper, pc.unique(rows.column(currency)).to_pylist()))
            for choice, column in asked:
                self._look(choice, rows, column)
        self.whole, self.is_open = self.whole | asked, False

    def way(self, choice: Choice, rows: "Rows", column: str) -> str:
        """The one way to read a column; empty where it makes no difference, or its rows were set aside."""
        shown = self._look(choice, rows, column)
        seen = self.seen[choice][column]
        proven = "".join(way for way in choice.words if way in seen)
        if column in self.given or len(proven) == 1:
            return self.given.get(column) or proven
        if not proven and choice.either not in seen:
            return ""
        if (choice, column) not in self.whole:
            self.is_open = True
            return ""
        if proven and choice in self.habits:
            # Some cells of a platform's column are damaged: those that can be read two ways may be, too.
            self._reject_both(choice, rows, column, pc.equal(shown, choice.either))
            return self.habits[choice]
        if proven:
            self._reject_both(choice, rows, column, pc.not_equal(shown, ""))
            return ""
        return self._usual_way(choice, rows, column, pc.equal(shown, choice.either))

    def _look(self, choice: Choice, rows: "Rows", column: str) -> pa.StringArray:
        """By row the ways that it shows; takes down the first line of each."""
        if (choice, column) in rows.shown:
            return rows.shown[choice, column]
        shown, seen = choice.shown(rows, column), self.seen[choice][column]
        rows.shown[choice, column] = shown
        for way in pc.unique(shown).to_pylist():
            if way and way not in seen:
                seen[way] = int(rows.lines[pc.index(shown, way).as_py()])
        if choice is DAYS and self.serials.get(column, True) and rows.has_text(column).any():
            is_serial = are_serials(rows.column(column))
            # Earlier rows were read as Excel's numbers of days.
            self.is_open |= self.serials.get(column, False) and not is_serial
            self.serials[column] = is_serial
        return shown

    def _reject_both(self, choice: Choice, rows: "Rows", column: str, where: pa.BooleanArray) -> None:
        seen = self.seen[choice][column]
        lines = " and ".join(f"{choice.words[way]} in line {seen[way]}" for way in choice.words)
        reason = _TWO_WAYS.format(lines=lines)
        remedy = self._remedy(choice, choice.said)
        rows.reject_where(flags(where), column, reason, _ONE_WAY.format(remedy=remedy))

    def _usual_way(self, choice: Choice, rows: "Rows", column: str, either: pa.BooleanArray) -> str:
        """What the rest of the file shows, what the platform does, or what is usual with the currency."""
        others = {"".join(w for w in choice.words if w in seen) for seen in self.seen[choice].values()} - {""}
        elsewhere = others.pop() if len(others) == 1 else ""
        if elsewhere in choice.words:
            way, why = elsewhere, "as in the file's other columns"
        elif choice in self.habits:
            # Who writes 31.01.2026 writes 12,50.
            return "," if choice is MARKS and self.has_pointed_dates else self.habits[choice]
        else:
            way, why = self._usual(choice)
        if not way:
            reason = _OPEN.format(words=" or with ".join(choice.words.values()))
            remedy = self._remedy(choice, choice.said)
            rows.reject_where(flags(either), column, reason, f"{remedy[0].upper()}{remedy[1:]}.")
            return ""
        sentence = _NOTHING_PROVES.format(
            column=column.replace("{", "{{").replace("}", "}}"),
            line=self.seen[choice][column][choice.either],
            way=choice.words[way],
            why=why,
            remedy=self._remedy(choice, choice.options[choice.either.replace(way, "")]),
        )
        self.note(sentence, pc.sum(either).as_py() or 0)
        return way

    def _remedy(self, choice: Choice, option: str) -> str:
        return self.remedies.get(choice) or _SAY.format(option=option)

    def _usual(self, choice: Choice) -> tuple[str, str]:
        """The way that is usual with currencies and time zone, and why; nothing where they differ."""
        of = 0 if choice is DAYS else 1
        habits = {each: _HABITS[each][of] for each in sorted(self.codes) if each in _HABITS}
        zone = next((way[of] for start, way in _ZONES.items() if self.zone.startswith(start)), "")
        places = [place for place, way in (habits | {self.zone: zone}).items() if way]
        ways = {*habits.values(), zone} - {""}
        return (ways.pop(), f"as is usual with {' and '.join(places)}") if len(ways) == 1 else ("", "")
