"""Dates and times as they are written: one by one, and by columns."""

import re
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo, available_timezones

import dateutil.parser
import numpy as np
import pyarrow as pa
import pytest
from babel.dates import format_date, format_datetime, get_date_format, get_month_names
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel

# inside: thousands of ways to write a moment, against another parser
from ownchannel.files._times import are_serials, from_serials, instants, moment, timezone_named
from ownchannel.orders import ColumnMapping, read_orders

#: Each language in the countries of Amazon's sites; those in which the day comes first between slashes.
LANGUAGES = (
    *("en", "en_GB", "en_CA", "en_AU", "en_IN", "de", "fr", "fr_CA", "fr_BE", "it", "es", "es_MX"),
    *("nl", "nl_BE", "sv", "pl", "pt", "pt_PT", "tr", "ar", "ar_AE", "ar_SA", "ar_EG", "ar_LB", "ja"),
)

seconds = st.datetimes(datetime(1996, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda time: time.replace(microsecond=0, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("Jan 5, 2026 11:03:05 AM PST", "2026-01-05 19:03:05"),
        ("Jul 5, 2026 12:03:05 AM PDT", "2026-07-05 07:03:05"),
        ("Jan. 5, 2026 12:03:05 p.m. PST", "2026-01-05 20:03:05"),
        ("1 Jul 2026 4:24:44 am UTC", "2026-07-01 04:24:44"),
        ("1 Jul 2026 4:24:44 pm GMT+1", "2026-07-01 15:24:44"),
        ("5 Sept 2026 15:03:05 BST", "2026-09-05 14:03:05"),
        ("2026-01-05 11:03:05 UTC", "2026-01-05 11:03:05"),
        ("05.01.2026 11:03:05 UTC", "2026-01-05 11:03:05"),
        ("05.01.2026 11:03:05 MEZ", "2026-01-05 10:03:05"),
        ("5. Januar 2026 11:03 MESZ", "2026-01-05 09:03:00"),
        ("5 janv. 2026 11:03:05 UTC", "2026-01-05 11:03:05"),
        ("5 fevr. 2026 11:03:05 UTC", "2026-02-05 11:03:05"),
        ("5 juill. 2026 11:03:05 EDT", "2026-07-05 15:03:05"),
        ("5 août 2026 11:03:05 CEST", "2026-08-05 09:03:05"),
        ("5 gen 2026 11:03:05 UTC", "2026-01-05 11:03:05"),
        ("5 set 2026 11.03.05 GMT-07:00", "2026-09-05 18:03:05"),
        ("5 ene 2026 11:03:05 UTC", "2026-01-05 11:03:05"),
        ("5 de enero de 2026, 3:03:05 p. m. GMT-8", "2026-01-05 23:03:05"),
        ("2026/01/05 11:03:05JST", "2026-01-05 02:03:05"),
        ("2026年1月5日 11:03:05 JST", "2026-01-05 02:03:05"),
        ("2026年1月5日 午前0:03:05 JST", "2026-01-04 15:03:05"),
        ("2026年1月5日 午後0:03:05 JST", "2026-01-05 03:03:05"),
        ("２０２６/０１/０５ １１:０３:０５ JST", "2026-01-05 02:03:05"),
        ("2026-04-10 11:11:26 +0530", "2026-04-10 05:41:26"),
        ("10 Apr 2026 11:11:26 IST", "2026-04-10 05:41:26"),
        ("10 Apr 2026 11:11:26 +5:30", "2026-04-10 05:41:26"),
        ("10 Apr 2026 11:11:26 AEDT", "2026-04-10 00:11:26"),
        ("1 de mar. de 2026 00:15:19 GMT-8", "2026-03-01 08:15:19"),
        ("16 de mar. de 2026 06:14:14 GMT-7", "2026-03-16 13:14:14"),
        ("5 sty 2026 10:11:12 UTC", "2026-01-05 10:11:12"),
        ("12 paź 2026 10:11:12 UTC", "2026-10-12 10:11:12"),
        ("5 mrt 2026 10:11:12 UTC", "2026-03-05 10:11:12"),
        ("5 maj 2026 10:11:12 UTC", "2026-05-05 10:11:12"),
        ("1 Haz 2026 12:55:55 UTC", "2026-06-01 12:55:55"),
        ("5 Ağu 2026 12:55:55 UTC", "2026-08-05 12:55:55"),
        ("5 KASIM 2026 12:55:55 UTC", "2026-11-05 12:55:55"),
        ("5 NİSAN 2026 12:55:55 UTC", "2026-04-05 12:55:55"),
        ("5 يناير 2026 11:03:05 ص UTC", "2026-01-05 11:03:05"),
        ("٥ مارس ٢٠٢٦ ٣:٠٣:٠٥ م UTC", "2026-03-05 15:03:05"),
        ("٥ كانون الثاني ٢٠٢٦ ١١:٠٣:٠٥ UTC", "2026-01-05 11:03:05"),
        ("5 تشرين الأول 2026 11:03:05 UTC", "2026-10-05 11:03:05"),
        ("2026-01-05T11:03:05.250Z", "2026-01-05 11:03:05.250000"),
    ],
)
def test_a_time_as_a_report_writes_it(text, utc):
    assert moment(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["05.01.2026", "2026-01-05", "01/05/26", "1/5/2026", "5 janv. 2026"])
def test_a_date_alone_begins_at_midnight_of_the_zone(text):
    assert moment(text, zone="Europe/Berlin") == datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("text", ["Jul-21-26", "21-Jul-26", "21-juil.-2026", "21-Juli-26", "JUL-21-2026"])
def test_a_months_name_may_stand_between_dashes(text):
    assert moment(text, "UTC") == datetime(2026, 7, 21, tzinfo=UTC)


def test_a_file_may_put_days_first():
    assert moment("05/01/2026", "UTC", day_first=True) == moment("01/05/2026", "UTC", day_first=False)
    assert moment("05-01-2026", "UTC", day_first=True) == moment("01-05-2026", "UTC", day_first=False)
    with pytest.raises(ValueError, match="whether days or months come first"):
        moment("05-01-2026", "UTC")
    assert moment("25/12/2026 10:00 UTC", day_first=True) == datetime(2026, 12, 25, 10, tzinfo=UTC)


def test_a_zone_in_the_text_counts_before_the_one_that_is_named():
    assert moment("5 Jan 2026 11:03:05 UTC", zone="Asia/Tokyo").hour == 11


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not a date in a form that is known"),
        ("yesterday", "not a date in a form that is known"),
        ("2026-01", "not a date in a form that is known"),
        ("5 Jan 26 11:03:05 UTC", "not a date in a form that is known"),
        ("05.01.26", "not a date in a form that is known"),
        ("5 Jan 2026 11:03:05 UTC+25:00", "not a date in a form that is known"),
        ("5 Jan 2026 11:03:05", "no offset from UTC"),
        ("5 Jan 2026 11:03:05 XYZ", "time zone is not one that is known"),
        ("5 Jan 2026 11:03:05 PST+1", "time zone is not one that is known"),
        ("5 Brumaire 2026 11:03:05 UTC", "month has no name in the languages"),
        ("25/12/2026 11:03:05 UTC", "say whether days or months come first"),
        ("5 Jan 2026 13:03:05 PM UTC", "hour is above 12"),
        ("31.02.2026 11:03:05 UTC", "day"),
        ("05.01.2026 24:03:05 UTC", "hour must be in"),
        ("Jan 5, 1970 11:03:05 AM PST", "between 1995 and 2098"),
        ("05.01.2099 11:03:05 UTC", "between 1995 and 2098"),
        ("0001-01-01T00:00:00+00:00", "between 1995 and 2098"),
    ],
)
def test_what_is_no_time_gets_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        moment(text)


@given(st.text() | st.text("0123456789./-:, +apmutcjst年月日午前後"))
def test_any_text_is_a_time_or_is_refused(text):
    with suppress(ValueError):
        assert moment(text, "UTC").tzinfo is UTC


@given(seconds)
def test_an_iso_time_reads_back(time):
    assert moment(time.isoformat()) == time
    assert moment(f"{time:%Y-%m-%d %H:%M:%S} UTC") == time
    assert moment(f"{time:%Y-%m-%d %H:%M:%S} +0530") == time - timedelta(hours=5, minutes=30)


def has_day_first(language: str) -> bool:
    pattern = get_date_format("short", language).pattern
    return pattern.find("d") < pattern.find("M")


@given(seconds, st.sampled_from(LANGUAGES))
def test_a_time_reads_back_as_its_language_writes_it(time, language):
    day_first = has_day_first(language)
    assert moment(format_datetime(time, "medium", locale=language), "UTC", day_first) == time
    assert moment(f"{format_datetime(time, 'medium', locale=language)} UTC", None, day_first) == time


@given(seconds, st.sampled_from(LANGUAGES), st.sampled_from(["short", "medium", "long"]))
def test_a_day_reads_back_as_its_language_writes_it(time, language, width):
    pattern = re.sub("y+", "y", get_date_format(width, language).pattern)
    text = format_date(time, pattern, locale=language)
    assert moment(text, "UTC", has_day_first(language)).date() == time.date(), text


def test_a_months_name_is_that_of_one_month():
    named = defaultdict(set)
    for language, width, context in product(LANGUAGES, ("abbreviated", "wide"), ("format", "stand-alone")):
        for month, name in get_month_names(width, context, language).items():
            if language != "ja":
                named[name.casefold().rstrip(".")].add(month)
                assert moment(f"5 {name} 2026", "UTC").month == month
    assert not [name for name, months in named.items() if len(months) > 1]


@given(seconds, st.sampled_from(["%B %d, %Y", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%m/%d/%Y", "%Y/%m/%d"]))
def test_english_dates_are_those_that_dateutil_reads(time, form):
    text = f"{time:{form}} {time:%I:%M:%S %p} UTC"
    assert moment(text) == dateutil.parser.parse(text)


@given(seconds)
def test_a_twelve_hour_clock_reads_back(time):
    assert moment(f"{time:%b} {time.day}, {time:%Y %I:%M:%S %p} PST") == time + timedelta(hours=8)
    half = "午前" if time.hour < 12 else "午後"
    assert moment(f"{time:%Y/%m/%d} {half}{time.hour % 12}:{time:%M:%S}JST") == time - timedelta(hours=9)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", ["MMM", "MMMM", "LLL", "LLLL"])
def test_every_month_of_a_language_reads_back(language, width):
    pattern = f"y年{width}d日" if language == "ja" else f"d {width} y"
    for month in range(1, 13):
        day = datetime(2026, month, 5, tzinfo=UTC)
        text = format_date(day, pattern, locale=language)
        assert moment(text, "UTC") == moment(text.upper(), "UTC") == day, text


FORMS = (
    "%Y-%m-%dT%H:%M:%S+00:00",
    "%Y-%m-%d %H:%M:%S -0500",
    "%Y-%m-%dT%H:%M:%S.%fZ",
    "%Y-%m-%d %H:%M:%S UTC",
    "%b %d, %Y %I:%M:%S %p PDT",
    "%d %b %Y %I:%M:%S%p UTC",
    "%d.%m.%Y %H:%M:%S CET",
    "%Y/%m/%d %H:%M:%S JST",
    "%d.%m.%Y",
    "%m/%d/%y",
)
ODD = ("", "soon", "2026-02-30T10:00:00Z", "Jan 5, 2026 13:03:05 PM PST", "Jan 5, 2026 10:03:05 AM QQQ")

#: From 1990 to 2100, which is more than is plausible on either side.
times = st.integers(631_152_000, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))
written = st.builds(lambda when, form: when.strftime(form), times, st.sampled_from(FORMS))
texts = st.one_of(written, written, st.sampled_from(ODD))


def one_by_one(text: str) -> datetime | None:
    try:
        return moment(text, "Europe/Berlin").replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


@given(st.lists(texts, max_size=30))
def test_a_column_agrees_with_its_cells(cells):
    found, others = instants(pa.array(cells, pa.string()), "Europe/Berlin", None)
    plain = np.setdiff1d(np.arange(len(cells)), others)
    assert [found[place].item() for place in plain] == [one_by_one(cells[place]) for place in plain]


@pytest.mark.parametrize("form", FORMS[:8])
def test_what_reports_write_is_read_as_a_column(form):
    months = [(month, day) for month in range(1, 13) for day in (1, 28, 30) if (month, day) != (2, 30)]
    days = [datetime(2026, month, day, 23, 5, 9, tzinfo=UTC) for month, day in months]
    _, others = instants(pa.array([day.strftime(form) for day in days]), None, None)
    assert not len(others)


@pytest.mark.parametrize(
    "form", ["1 de mar. de 2026 00:15:19 GMT-8", "5 sty 2026 10:11:12 UTC", "5 Oca 2026 10:11:12 UTC"]
)
def test_what_other_languages_write_is_read_as_a_column(form):
    found, others = instants(pa.array([form]), None, None)
    assert (found[0].item(), len(others)) == (moment(form).replace(tzinfo=None), 0)


# ---------------------------------------------------------------- Excel's numbers of days


@given(seconds)
def test_a_day_that_excel_numbered_reads_back(time):
    number = (time - datetime(1899, 12, 30, tzinfo=UTC)) / timedelta(days=1)
    cells = pa.array([f"{number:.6f}", str(number).replace(".", ","), ""])
    assert are_serials(cells)
    read = [moment(text, "UTC") for text in from_serials(cells).to_pylist()[:2]]
    assert [abs(each - time) <= timedelta(seconds=1) for each in read] == [True, True]


def test_numbers_of_days_are_excels_own():
    # As openpyxl, which reads workbooks, knows them.
    for number in (34_700, 36_526, 46_027, 72_686):
        assert from_serials(pa.array([str(number)]))[0].as_py() == str(from_excel(number))


@pytest.mark.parametrize("cell", ["34699", "72700", "2026", "460270", "5 Jan 2026", "46027.4.2", "-46027"])
def test_a_column_with_anything_else_has_no_numbers_of_days(cell):
    assert not are_serials(pa.array(["46027", cell]))


TABLE = ColumnMapping(order_id="Nr", ordered_at="Day", unit_price="Price", currency="EUR")


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["46027", "46028.5"], [date(2026, 1, 5), date(2026, 1, 6)]),
        (["46027", "2026-01-06"], [date(2026, 1, 6)]),
    ],
)
def test_numbers_of_days_count_where_a_column_holds_nothing_else(cells, days, tmp_path):
    table = "Nr,Day,Price\n" + "".join(f"{number},{cell},9.50\n" for number, cell in enumerate(cells, 1))
    orders = read_orders(("table.csv", table.encode()), mapping=TABLE, timezone="UTC", workspace=tmp_path)
    assert [day.date() for day in orders.table["ordered_at"]] == days
    assert orders.report.files[0].rejected == len(cells) - len(days)


# ---------------------------------------------------------------- time zones by name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("New York", "America/New_York"),
        (" new  york ", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("sao paulo", "America/Sao_Paulo"),
        ("Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ("St. John's", "America/St_Johns"),
        ("Port-au-Prince", "America/Port-au-Prince"),
        ("utc", "UTC"),
    ],
)
def test_a_city_finds_its_time_zone_however_it_is_written(written, name):
    orders = read_orders([], timezone=written)
    assert orders.report.timezone == name


def test_every_name_of_a_time_zone_is_its_own():
    assert all(timezone_named(name) == name for name in available_timezones())


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Berlni", r"no time zone 'Berlni'. Did you mean Europe/Berlin\b.* Give a large city"),
        ("New Yorck", "Did you mean America/New_York"),
        (
            "Mars/Olympus",
            "no time zone 'Mars/Olympus'. Give a large city that has your time, such as New York",
        ),
        ("Eastern", "There is no time zone 'Eastern'"),
        ("", "There is no time zone ''"),
        ("America", "There is no time zone 'America'"),
        ("Etc/GMT~5", "There is no time zone"),
    ],
)
def test_an_unknown_time_zone_is_refused_and_near_names_are_offered(written, said):
    with pytest.raises(ValueError, match=said):
        read_orders([], timezone=written)
