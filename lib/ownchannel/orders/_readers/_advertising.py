"""What advertising cost and what the platforms claim for it: reports of Amazon, Meta, Google and TikTok Ads.

Their columns, in other languages too, stand in `advertising_words.toml`, which says how well each is known.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import MILLION, Choice, Rows, decimals, flags, moment, with_columns
from ownchannel.orders._readers._amazon_bookings import WORDS
from ownchannel.orders._readers._amazon_business import DATES_REMEDY, whole_numbers
from ownchannel.orders._readers._currency_signs import currency_in
from ownchannel.orders._readers._reader import Context, Reader, country_code

Days = NDArray[np.datetime64]

_NAMES = tomllib.loads(Path(__file__).with_name("advertising_words.toml").read_text("utf-8"))
#: Behind a column's name, its currency or what it counts: (USD), (€), (#).
_UNIT = re.compile(r" ?[(（]([a-z]{3}|[a-z]{0,2}[^\w\s])[)）]$")
_TOTAL_WORDS = "totals?|totale|totales|totaux|gesamt|insgesamt|summe|合計|总计"
_IS_TOTAL = rf"(?i)^({_TOTAL_WORDS})( ?[:：]|$| (of|de|von) \d)"
_NO_NAME = r"^[-–—]*$"
_NO_CURRENCY = "names no currency: the report has no column of it, and no amount shows one"
_ADD_CURRENCY = "Add the column of the currency to the report and export it again."
_NO_DAY = "is missing, and no dates stand above the header: the report does not say when this was spent"
_BY_DAY = "Export it by day, or with its first and last day as columns."
_NEGATIVE, _NOT_SPENT = "is negative", "Spend is no credit: export the report again."
_BACKWARDS, _NO_COUNT = "is before the first day", "is not a count"
_EXPORT_AGAIN = "Export the report again."


class AdReport(Reader):
    """A report with one row per campaign and day, week, month or whole period, or per part of a campaign."""

    gives = "spend"
    habits: Mapping[Choice, str] = MappingProxyType({})  # each as the owner's language has it
    remedies = MappingProxyType(DATES_REMEDY)
    campaign, spend, clicks, orders, revenue = "campaign name", "cost", "clicks", "conversions", ""
    day, first_day, last_day = "date", "start date", "end date"
    sums_up_unnamed = False
    """Whether a row without a campaign sums up the others."""
    marks: tuple[frozenset[str], ...] = (frozenset(),)
    """Names, in English, that stand in no brand's own table: those of one of the sets."""

    def __init__(self) -> None:
        self.worth = (self.spend,)

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether it is this platform's header, whatever currency its columns name."""
        bare = frozenset(_UNIT.sub("", column) for column in columns)
        return super().recognises(columns) and any(bare >= each for each in self.marks)

    def canonical(self, columns: Iterable[str]) -> dict[str, str]:
        """The same with any currency behind a column's name."""
        bare = {column: _UNIT.sub("", column) for column in columns}
        found = super().canonical(bare.values())
        return {column: found[name] for column, name in bare.items() if name in found}

    def renamed(self, rows: Rows) -> Rows:
        """The rows but those of totals, each with its currency, and counts without marks for thousands."""
        code = self._currency_above(rows.columns)
        rows = super().renamed(rows)
        rows = rows.without(self._are_totals(rows))
        if self.currency not in rows.columns:
            code = code or rows.words(currency_in, self.spend)
        stated = rows.column(self.currency)
        counts = {column: whole_numbers(rows, column) for column in (self.clicks, self.orders)}
        return rows.replaced({self.currency: pc.if_else(pc.equal(stated, ""), code, stated), **counts})

    def _currency_above(self, columns: Iterable[str]) -> str:
        """The currency in the header of the spend, such as Amount spent (USD)."""
        known = self.canonical(columns)
        units = (_UNIT.search(column) for column, name in known.items() if name == self.spend)
        return next((currency_in(unit[1].upper()) for unit in units if unit), "")

    def _are_totals(self, rows: Rows) -> NDArray[np.bool_]:
        first = min(rows.columns, key=rows.columns.__getitem__)
        says, also = (_match(rows.column(name), _IS_TOTAL) for name in (first, self.campaign))
        unnamed = _match(rows.column(self.campaign), _NO_NAME)
        dates = rows.column(self.day if self.day in rows.columns else self.first_day)
        undated = ~_match(dates, r"\d") | _match(dates, _IS_TOTAL)
        return undated & (says | also | unnamed) | (unnamed & self.sums_up_unnamed)

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """What each row spent; what a platform claims is unknown where it stands in no column."""
        starts, ends = self.period(rows, context)
        spend = rows.amounts(self.spend)
        rows.reject_where(spend < 0, self.spend, _NEGATIVE, _NOT_SPENT)
        unknown = flags(pc.equal(rows.column(self.currency), ""))
        rows.reject_where(unknown, self.spend, _NO_CURRENCY, _ADD_CURRENCY)
        clicks, rest = np.divmod(rows.amounts(self.clicks), MILLION)
        rows.reject_where((clicks < 0) | (rest != 0), self.clicks, _NO_COUNT, _EXPORT_AGAIN)
        orders, are_claimed = self.claimed(rows)
        return {
            "starts_on": starts,
            "ends_on": ends,
            "platform": self.name,
            "channel": self.site(rows),
            "campaign": rows.required(self.campaign),
            "spend": spend,
            "clicks": pa.array(clicks, mask=~_has_value(rows, self.clicks)),
            "claimed_orders": pa.array(orders, mask=~are_claimed),
            "claimed_revenue": decimals(rows.amounts(self.revenue), _has_value(rows, self.revenue)),
            "currency": rows.currencies(self.currency),
            "amount": spend,
            "row_key": pc.binary_join_element_wise(*map(rows.column, sorted(rows.columns)), "\t"),
        }

    def period(self, rows: Rows, context: Context) -> tuple[Days, Days]:
        """By row, the first and the last day; of a report without days, those above its header."""
        if self.day in rows.columns:
            days = _days(rows, self.day)
            return days, days
        if self.first_day in rows.columns:
            starts, ends = _days(rows, self.first_day), _days(rows, self.last_day, required=False)
            ends = np.where(np.isnat(ends), starts, ends)
            rows.reject_where(ends < starts, self.last_day, _BACKWARDS, _EXPORT_AGAIN)
            return starts, ends
        found = _period_in(context.above_header)
        rows.reject_where(np.full(len(rows), not found), self.day, _NO_DAY, _BY_DAY)
        first, last = found or ("1970-01-01",) * 2
        return np.full(len(rows), first, "datetime64[D]"), np.full(len(rows), last, "datetime64[D]")

    def claimed(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """By row, the orders that the platform claims, and where it says how many."""
        return rows.quantities(self.orders), _has_value(rows, self.orders)

    def site(self, rows: Rows) -> Any:
        """By row, the marketplace that was advertised; none where it was the brand's own store."""
        return None

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """The rows, each with the export that it is of where several were pasted together."""
        run = np.searchsorted(context.headers, lines["source_row"].to_numpy())
        return with_columns(lines, run=pa.array(run.astype(np.int64)))


def _match(cells: pa.StringArray, form: str) -> NDArray[np.bool_]:
    return flags(pc.match_substring_regex(cells, form))


def _has_value(rows: Rows, column: str) -> NDArray[np.bool_]:
    """Where a cell is neither empty nor dashes, as Google writes what it does not know."""
    return ~_match(rows.column(column), _NO_NAME)


def _days(rows: Rows, column: str, required: bool = True) -> Days:
    return rows.moments(column, "UTC", required).astype("datetime64[D]")


def _period_in(above: Iterable[str]) -> tuple[str, str] | None:
    """The days that stand above a report's header, such as September 1, 2026 - September 30, 2026.

    >>> _period_in(["Campaign report", "1 sept. 2026 - 2 sept. 2026"])
    ('2026-09-01', '2026-09-02')
    """
    cells = [cell.strip() for cell in above]
    for text in (*cells, ", ".join(cells[1:])):  # a date may have a comma, and so two cells
        first, _, last = re.sub(r"\s+[-–—]\s+|\s*[~～〜]\s*", "\n", text).partition("\n")
        with suppress(ValueError, OverflowError):
            days = [str(moment(each, "UTC").date()) for each in (first, last or first) if "/" not in each]
            if len(days) == 2:
                return days[0], days[1]
    return None


@cache
def _site_of() -> dict[str, str]:
    """Amazon's sites by country, and by currency where there is one alone."""
    of_currency = {code: sites[0] for code, sites in WORDS["currencies"].items() if len(sites) == 1}
    sites = [site for each in WORDS["currencies"].values() for site in each]
    of_country = {site.rpartition(".")[2].upper(): site for site in sites} | {"US": "com", "GB": "co.uk"}
    return {key: f"Amazon.{site}" for key, site in (of_currency | of_country).items()}


def _in_days(words: Iterable[str]) -> list[str]:
    return [word.format(days) for days in (7, 14, 30) for word in words]


class AmazonAds(AdReport):
    """Sponsored Products, Brands and Display, as the advertising console's reports have them."""

    name = "Amazon Ads"
    spend, orders, revenue = "spend", "7 day total orders", "7 day total sales"
    headers = (frozenset({"campaign name", "spend", revenue}),)
    names = _NAMES["amazon"] | {name: _in_days(_NAMES["amazon"][name]) for name in (orders, revenue)}
    #: Sales alone stand in many tables of a brand's own; Amazon's newest reports have them beside these.
    newest = frozenset({"total cost", "sales", "purchases"})

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether it is Amazon's header, whatever currency its columns name."""
        bare = frozenset(_UNIT.sub("", column) for column in columns)
        return super().recognises(bare if bare >= self.newest else bare - {"sales"})

    def site(self, rows: Rows) -> pa.StringArray:
        """Amazon's site of the country or, where none is named, of the currency."""

        def of(country: str, code: str) -> str | None:
            return _site_of().get((country_code(country) or "").upper() if country else code.upper())

        return rows.words(of, "country", self.currency)


class OwnStoreAds(AdReport):
    """Advertising that leads to the brand's own store."""

    kind = "owned"


class MetaAds(OwnStoreAds):
    """Meta Ads Manager's table: the spend's header names the currency, and results may be anything."""

    name = "Meta Ads"
    lacks = "Orders are claimed only where the export has the column Purchases or results that are purchases."
    spend, clicks, orders = "amount spent", "link clicks", "purchases"
    revenue = "purchases conversion value"
    day, first_day, last_day = "day", "reporting starts", "reporting ends"
    sums_up_unnamed = True
    headers = tuple(frozenset({"campaign name", "amount spent", day}) for day in ("reporting starts", "day"))
    names = _NAMES["meta"]

    def claimed(self, rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Purchases; where these are no column, results that are purchases."""
        if self.orders in rows.columns:
            return super().claimed(rows)
        are_purchases = _match(rows.column("result indicator"), "(?i)purchase")
        return rows.quantities("results"), are_purchases & _has_value(rows, "results")


class GoogleAds(OwnStoreAds):
    """Google Ads' campaign report: its title and dates above the header, its totals below."""

    name = "Google Ads"
    campaign, currency, revenue, day = "campaign", "currency code", "conv. value", "day"
    headers = tuple(
        frozenset({"campaign", "cost", mark})
        for mark in ("currency code", "impr.", "conv. value", "campaign status", "campaign type")
    )
    names = _NAMES["google"]

    def period(self, rows: Rows, context: Context) -> tuple[Days, Days]:
        """The day; of a report by week or month, all of its days."""
        if self.day not in rows.columns:
            if "week" in rows.columns:
                starts = _days(rows, "week")
                return starts, starts + np.timedelta64(6, "D")
            if "month" in rows.columns:
                starts = _days(rows, "month")
                return starts, (starts.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
        return super().period(rows, context)


class TikTokAds(OwnStoreAds):
    """TikTok Ads Manager's report of campaigns, in English."""

    name = "TikTok Ads"
    clicks, orders = "clicks (destination)", "complete payment"
    revenue = "total complete payment value"
    headers = (frozenset({"campaign name", "cost"}),)
    marks = tuple(
        frozenset(names)
        for names in (
            *(["date", "currency", "conversions"], ["clicks (destination)"]),
            *(["complete payment"], ["complete payment value"]),
            *(["total complete payment"], ["total complete payment value"]),
        )
    )
    names = _NAMES["tiktok"]
