"""From a cell's text to an instant: ISO 8601, and dates as Amazon's reports write them in their languages."""

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

#: The oldest marketplace here opened in 1995; the far end catches the "never" dates of exports.
PLAUSIBLE_YEARS = range(1995, 2099)

# Japanese numbers its months. Canada shortens July otherwise than France; Lebanon and its neighbours have
# months of their own in Arabic. No other country adds a name.
_LOCALES = ("en", "de", "fr", "fr_CA", "it", "es", "nl", "sv", "pl", "pt", "tr", "ar", "ar_LB")

# Hours ahead of UTC. Abbreviations are ambiguous in the world at large (IST is also Irish, CST Chinese, BST
# Bangladeshi time); each stands here for the time of the Amazon shop whose reports use it.
_HOURS_AHEAD = {
    **{"z": 0, "utc": 0, "gmt": 0, "bst": 1},
    **{"pst": -8, "pdt": -7, "mst": -7, "mdt": -6, "cst": -6, "cdt": -5, "est": -5, "edt": -4},
    **{"wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "eet": 2, "eest": 3},
    **{"ist": 5.5, "sgt": 8, "jst": 9, "aest": 10, "aedt": 11},
}

#: Where IANA's names are those of cities: US/Eastern and the like are not.
_AREAS = (
    *("Africa/", "America/", "Asia/", "Atlantic/"),
    *("Australia/", "Europe/", "Indian/", "Pacific/"),
)

# The numbers of a date, with a month's name as `word`, and as `first` and `second` where slashes part them.
# In Arabic a month may have two words.
_WORD = r"(?P<word>[^\W\d_]+(?: [^\W\d_]+)??)\.?"
_DATES = tuple(
    re.compile(form)
    for form in (
        r"(?P<year>[0-9]{4})[-/.年] ?(?P<month>[0-9]{1,2})[-/.月] ?(?P<day>[0-9]{1,2})日?",
        r"(?P<day>[0-9]{1,2})\.(?P<month>[0-9]{1,2})\.(?P<year>[0-9]{4})",
        r"(?P<first>[0-9]{1,2})(?P<mark>[/-])(?P<second>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4}|[0-9]{2})",
        rf"{_WORD}-(?P<day>[0-9]{{1,2}})-(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        rf"(?P<day>[0-9]{{1,2}})-{_WORD}-(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        rf"{_WORD} (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}})",
        rf"(?P<day>[0-9]{{1,2}})\.? (?:de )?{_WORD},? (?:de )?(?P<year>[0-9]{{4}})",
    )
)
_TWO_NUMBERS = re.compile(r"[0-9]{1,2}([/-])[0-9]{1,2}\1(?:[0-9]{4}|[0-9]{2})(?![0-9])")
_CLOCK = re.compile(
    r"[,،]? ?(?P<before>午前|午後)? ?"
    r"(?P<hour>\d\d?)(?:[:.]| h )(?P<minute>\d\d)(?:(?:[:.]| min )(?P<second>\d\d)(?: s)?)?"
    r" ?(?P<after>[ap]\.? ?m\b\.?|[صم])? ?"
    r"(?P<zone>[a-z]+)?(?:(?P<sign>[-+])(?P<hours>0?\d|1[0-4])(?::?(?P<minutes>[0-5]\d))?)?\Z",
    re.ASCII,
)

# Arabic has figures of its own and marks that turn the direction of writing; small letters of a Turkish
# capital leave its dot behind.
_UNMARKED = {start + figure: str(figure) for start in (0x660, 0x6F0) for figure in range(10)}
_UNMARKED |= dict.fromkeys((0x200E, 0x200F, 0x61C, 0x307), "")


def timezone_named(text: str) -> str:
    """The IANA name of a time zone, given by that name or by its city, however that is written.

    Raises ValueError where there is none, with names like it.

    >>> timezone_named("São Paulo"), timezone_named("new york"), timezone_named("UTC")
    ('America/Sao_Paulo', 'America/New_York', 'UTC')
    """
    zones, plain = _zones(), _plain(text)
    if text in zones:
        return zones[text]
    if plain not in zones:
        near = dict.fromkeys(zones[name] for name in get_close_matches(plain, zones))
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise ValueError(
            f"There is no time zone {text!r}.{meant} Give a large city that has your time, such as New York, "
            "or an IANA name such as America/New_York."
        )
    return zones[plain]


@cache
def _zones() -> dict[str, str]:
    """The IANA names of time zones, by themselves and, in plain letters, by themselves and their cities."""
    # Of a city's names the shortest.
    names = sorted(available_timezones(), key=lambda name: (-len(name), name))
    cities = {_plain(name.rpartition("/")[2]): name for name in names if name.startswith(_AREAS)}
    # Offsets such as Etc/GMT+5 differ by their sign alone.
    plain = {_plain(name): name for name in names if not re.search(r"[+-]\d", name)}
    return plain | cities | {name: name for name in names}


def _plain(name: str) -> str:
    letters = _without_accents(name).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", re.sub("['’.]", "", letters)).split())


def moment(text: str, zone: str | None = None, day_first: bool | None = None) -> datetime:
    """A date, or a date and time, as an instant in UTC.

    Reads ISO 8601, and what Amazon writes in the languages of its sites; month names are those of CLDR. A
    time without an offset is read in `zone` (an IANA name). In a date with slashes the month comes first, as
    in the United States, unless `day_first`. Raises ValueError, with what is wrong as a sentence, for
    anything else and for years before 1995 or after 2098.

    >>> moment("2026-04-10 11:11:26 +0530").isoformat()
    '2026-04-10T05:41:26+00:00'
    >>> moment("Jan 5, 2026 11:03:05 PM PST").isoformat()
    '2026-01-06T07:03:05+00:00'
    >>> moment("5 févr. 2026 11:03:05 UTC") == moment("2026年2月5日 20:03:05 JST")
    True
    """
    found = _read(text, day_first)
    if found.tzinfo is None:
        if zone is None:
            raise ValueError("The time has no offset from UTC, and no time zone was named for it.")
        found = found.replace(tzinfo=ZoneInfo(zone))
    return found.astimezone(UTC)


def day_places(text: str) -> str:
    """Whether a date's day stands first (`d`) or second (`m`), as far as the date proves it.

    Both letters where it is another day with each, none where it makes no difference.

    >>> [day_places(cell) for cell in ("31/01/2026", "1/31/2026 9:15", "05/01/2026", "05/05/2026")]
    ['d', 'm', 'dm', '']
    """
    found = _TWO_NUMBERS.match(_plain_date(text))
    read: dict[str, tuple[int, int, int]] = {}
    for place, day_first in (("d", True), ("m", False)) if found else ():
        with suppress(ValueError):
            date = _date(found[0] if found else "", day_first)
            datetime(*date)  # noqa: DTZ001, only whether there is such a day
            read[place] = date
    return "" if len(read) == 2 and read["d"] == read["m"] else "".join(read)


def _plain_date(text: str) -> str:
    """A date as it is compared: in small letters and European figures."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_UNMARKED).split())


def _read(text: str, day_first: bool | None) -> datetime:
    """A date, perhaps with a time; without time zone where none is written."""
    plain = text.strip()
    try:
        found = datetime.fromisoformat(plain[:19] + plain[19:].replace(" ", "").replace("UTC", "+00:00"))
    except ValueError:
        plain = _plain_date(text)
        clock = _CLOCK.search(plain)
        found = datetime(*_date(plain[: clock.start()] if clock else plain, day_first))  # noqa: DTZ001
        if clock:
            minute, second = int(clock["minute"]), int(clock["second"] or 0)
            found = found.replace(hour=_hour(clock), minute=minute, second=second, tzinfo=_offset(clock))
    if found.year not in PLAUSIBLE_YEARS:
        raise ValueError("The year is not between 1995 and 2098.")
    return found


@lru_cache(maxsize=1024)  # a file has many times and few days
def _date(text: str, day_first: bool | None) -> tuple[int, int, int]:
    """Year, month and day."""
    date = next(filter(None, (form.fullmatch(text) for form in _DATES)), None)
    if date is None:
        raise ValueError("This is not a date in a form that is known; write it as 2026-01-31 10:15:00+00:00.")
    part = date.groupdict()
    year = int(part["year"]) + (2000 if len(part["year"]) == 2 else 0)  # Etsy opened in 2005
    if "first" in part:
        if part["mark"] == "-" and day_first is None:
            raise ValueError("Say whether days or months come first in this file.")
        month, day = (part["second"], part["first"]) if day_first else (part["first"], part["second"])
        if int(month) > 12 >= int(day):
            raise ValueError("Its month is above 12: say whether days or months come first in this file.")
        return year, int(month), int(day)
    if "month" in part:
        return year, int(part["month"]), int(part["day"])
    return year, _month(part["word"]), int(part["day"])


def _hour(clock: re.Match[str]) -> int:
    hour, half = int(clock["hour"]), clock["before"] or clock["after"]
    if not half:
        return hour
    if hour > 12:
        raise ValueError("Its hour is above 12 although it says which half of the day it is.")
    return hour % 12 + (12 if half == "午後" or half.startswith(("p", "م")) else 0)


def _offset(clock: re.Match[str]) -> timezone | None:
    """What a time zone's abbreviation, and a signed offset, say together."""
    zone, sign = clock["zone"], clock["sign"]
    if not zone and not sign:
        return None
    ahead = _HOURS_AHEAD.get(zone or "utc")
    if ahead is None or (sign and ahead):
        raise ValueError("Its time zone is not one that is known; write an offset such as +01:00 instead.")
    away = timedelta(hours=ahead or int(clock["hours"] or 0), minutes=int(clock["minutes"] or 0))
    return timezone(-away if sign == "-" else away)


@cache
def _month(word: str) -> int:
    """The number of a month by its name, shortened or in full, with or without accents."""
    if word == "mrz":  # so Java shortened the German March, and eBay's reports with it
        return 3
    for locale in _LOCALES:  # one by one, since each takes its time to load
        if month := _months(locale).get(_without_accents(word)):
            return month
    raise ValueError("Its month has no name in the languages of Amazon's sites.")


@cache
def _months(locale: str) -> dict[str, int]:
    from babel.dates import get_month_names

    return {
        _without_accents(_plain_date(name).rstrip(".")): month
        for width in ("abbreviated", "wide")
        for context in ("format", "stand-alone")
        for month, name in get_month_names(width, context, locale).items()
    }


def _without_accents(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.replace("ı", "i"))
    return "".join(c for c in letters if not unicodedata.combining(c))


Instants = NDArray[np.datetime64]

_NEVER = np.datetime64("NaT", "us")
#: A text with one clock in it, to the second and within a day.
_WITH_CLOCK = r"^[^:]*[^:\d]([01]?\d|2[0-3]):[0-5]\d:[0-5]\d([^:\d].*)?$"
#: Where a clock's figures stand, from its first colon, and how many seconds each counts.
_FIGURES, _SECONDS = np.array([-2, -1, 1, 2, 4, 5]), np.array([36_000, 3_600, 600, 60, 10, 1])
_HALF_A_DAY = 43_200


def instants(
    cells: pa.StringArray, zone: str | None, day_first: bool | None
) -> tuple[Instants, NDArray[np.intp]]:
    """UTC times of the cells that are plain to read, and the places of those to be looked at one by one.

    Arguments as for `moment`, with which every time agrees. A file has many times but few days: the clocks
    are set to midnight within the texts, of which few are left that differ, and added to what these say.
    """
    found = np.full(len(cells), _NEVER)
    places = np.flatnonzero(pc.match_substring_regex(cells, _WITH_CLOCK))
    if len(places):
        texts = cells.take(pa.array(places))
        _, starts, letters = texts.buffers()
        colon = np.frombuffer(starts, np.int32)[: len(texts)] + pc.find_substring(texts, ":").to_numpy()
        clock, at = np.frombuffer(letters, np.uint8).copy(), colon[:, None] + _FIGURES
        figures = clock[at] - ord("0")
        is_figure = figures < 10  # the first may be none
        clock[at[is_figure]] = ord("0")
        seconds = np.where(is_figure, figures, 0) @ _SECONDS
        days = pa.StringArray.from_buffers(len(texts), starts, pa.py_buffer(clock)).dictionary_encode()
        read = [_midnight(text, day_first) for text in days.dictionary.to_pylist()]
        of_row = days.indices.to_numpy()
        begins, is_local, in_halves = (np.array(each)[of_row] for each in zip(*read, strict=True))
        begins[in_halves & (seconds >= _HALF_A_DAY + 3_600)] = _NEVER
        times = begins + np.where(in_halves, seconds % _HALF_A_DAY, seconds).astype("timedelta64[s]")
        times[is_local] = _NEVER if zone is None else _from_local(times[is_local], zone)
        found[places] = times
    return found, np.flatnonzero(np.isnat(found))


@lru_cache(maxsize=4096)
def _midnight(text: str, day_first: bool | None) -> tuple[np.datetime64, bool, bool]:
    """The instant, whether it is local time, and whether its clock counts to twelve.

    No instant where the words are no day: they are looked at again, with the rest of their cell.
    """
    try:
        found = _read(text, day_first)
    except (ValueError, OverflowError):
        return _NEVER, False, False
    clock, is_local = _CLOCK.search(_plain_date(text)), found.tzinfo is None
    in_halves = bool(clock and (clock["before"] or clock["after"]))
    utc = found if is_local else found.astimezone(UTC).replace(tzinfo=None)
    return np.datetime64(utc, "us"), is_local, in_halves


def _from_local(times: Instants, zone: str) -> Instants:
    """Times in UTC; of an hour that comes twice the first, and no time within one left out."""
    is_summer = np.ones(len(times), dtype=np.bool_)
    local = pd.DatetimeIndex(times).tz_localize(ZoneInfo(zone), ambiguous=is_summer, nonexistent="NaT")
    return np.asarray(local.tz_convert("UTC").tz_localize(None), dtype="datetime64[us]")


def are_serials(cells: pa.StringArray) -> bool:
    """Whether all that stands in a column are days as Excel numbers them, from 1995 to 2098."""
    days = pc.match_substring_regex(cells, r"^(3(4[7-9]|[5-9]\d)|[4-6]\d\d|7([01]\d|2[0-6]))\d\d([.,]\d+)?$")
    return bool(pc.all(pc.or_(days, pc.equal(cells, ""))).as_py())


def from_serials(cells: pa.StringArray) -> pa.StringArray:
    """Such numbers as dates and times to the second.

    >>> from_serials(pa.array(["46027.4271"]))[0].as_py()
    '2026-01-05 10:15:01'
    """
    points = pc.replace_substring(pc.if_else(pc.equal(cells, ""), None, cells), ",", ".")
    seconds = pc.round(pc.multiply(points.cast(pa.float64()), 86_400)).cast(pa.int64())
    times = pc.add(seconds.cast(pa.duration("s")), pa.scalar(datetime(1899, 12, 30), pa.timestamp("s")))  # noqa: DTZ001
    return pc.strftime(times, "%Y-%m-%d %H:%M:%S").fill_null("")
