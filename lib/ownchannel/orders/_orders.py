"""Orders as the workbooks see them: one tidy table and the report of how it came to be."""

from codecs import BOM_UTF8
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ownchannel.files import NO_CURRENCY
from ownchannel.formats import count, listed
from ownchannel.orders._exchange import Rates
from ownchannel.orders._report import Report, day
from ownchannel.orders._schema import (
    BASKETS,
    COSTS,
    ENTRIES,
    RATES,
    REPEAT_RATES,
    RETURNS,
    SALES,
    SPEND,
    TRAFFIC,
)
from ownchannel.workspace import BrandAccount

#: Text that a spreadsheet could run, since a product's name is written by strangers: it begins with = + - @,
#: full-width or behind blanks and unseen characters, or with a tab, a line end or NUL. Apostrophes may stand
#: before these: such text gets one more, so that taking one away always gives the original back.
#: Sources: OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection; NUL is from OWASP's
#: Application Security Verification Standard 5.0, requirement 1.2.10.
_ACTIVE = r"^('*(?:[\x00\t\r\n]|[\s\pZ\pC]*[=+\-@＝＋－＠]))"


@dataclass(frozen=True, eq=False)
class Orders:
    """Order lines, one row each: in `arrow`, and with exact decimals in pandas as `table` and `to_pandas()`.

    `report` says of every file what was read, what was not, and why. Printed, orders read as a sentence.
    Libraries that know the Arrow protocol take orders as they are: `polars.DataFrame(orders)`.

    >>> from ownchannel.orders import sample_orders
    >>> orders = sample_orders()
    >>> orders
    12,300 orders on Amazon.com, Amazon.de, Etsy, Shopify and eBay in EUR and USD, 1 Oct 2024 to 30 Sep 2026.
    >>> orders.sales.groupby("currency")["discount"].sum()["USD"]
    Decimal('8923.240000')
    >>> orders.head(2)[["order_id", "channel", "item_value", "currency"]]
                  order_id     channel  item_value currency
    0  112-1709383-1694019  Amazon.com   72.000000      USD
    1  113-8028893-3732890  Amazon.com   14.900000      USD
    """

    arrow: pa.Table
    report: Report
    entries: pa.Table = field(default_factory=ENTRIES.empty_table, repr=False)
    """What platforms booked, one row per amount: see `ENTRIES`."""
    repeat_rates: pa.Table = field(default_factory=REPEAT_RATES.empty_table, repr=False)
    """A marketplace's own count of repeat customers, by product: see `REPEAT_RATES`."""
    rates: pa.Table = field(default_factory=RATES.empty_table, repr=False)
    """Exchange rates that were read: see `in_currency`."""
    returns: pa.Table = field(default_factory=RETURNS.empty_table, repr=False)
    """What came back to a marketplace's warehouse, and why: see `RETURNS`."""
    traffic: pa.Table = field(default_factory=TRAFFIC.empty_table, repr=False)
    """A marketplace's count of visits, and of what they led to, by product or by date: see `TRAFFIC`."""
    baskets: pa.Table = field(default_factory=BASKETS.empty_table, repr=False)
    """What a marketplace's customers buy together: see `BASKETS`."""
    spend: pa.Table = field(default_factory=SPEND.empty_table, repr=False)
    """What advertising cost by day and campaign, and what the platforms claim for it: see `SPEND`."""
    costs: pa.Table = field(default_factory=COSTS.empty_table, repr=False)
    """What the brand's goods cost it: see `COSTS`."""
    account: BrandAccount = field(default_factory=BrandAccount, repr=False)
    """What the brand says of itself, where it was asked."""

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every accepted line, cancelled and pending ones included."""
        return as_pandas(self.arrow)

    @cached_property
    def sales(self) -> pd.DataFrame:
        """The lines that count: completed and refunded."""
        return as_pandas(self.arrow.filter(pc.is_in(self.arrow["status"], pa.array(SALES))))

    def currencies(self) -> tuple[str, ...]:
        """Currencies in which something was sold."""
        return tuple(sorted(self.sales["currency"].unique()))

    @property
    def main_currency(self) -> str:
        """The currency in which a workbook shows money; XXX where nothing was sold.

        It is the one that the brand counts in, where something was sold in it, else that of most sales lines.
        """
        sold = self.sales["currency"].value_counts()
        if self.account.currency in sold.index:
            return str(self.account.currency)
        return str(sold.index[0]) if len(sold) else NO_CURRENCY

    @property
    def period(self) -> str:
        """From the first day of sales to the last; empty where nothing was sold."""
        days = self.sales["ordered_on"]
        return f"{day(days.min())} to {day(days.max())}" if len(days) else ""

    def channels(self) -> dict[str, str]:
        """Channel names with their kind, in order of their names."""
        pairs = self.sales[["channel", "kind"]].drop_duplicates().sort_values(["channel", "kind"])
        return dict(zip(pairs["channel"], pairs["kind"], strict=True))

    def in_currency(self, code: str, rates: Rates | None = None) -> "Orders":
        """The same with all money in one currency, at the rate of each order's or booking's day.

        `rates` are those that were read with the orders where none are given. Raises ValueError where a rate
        is missing.
        """
        at = rates or Rates(self.rates)
        lines, entries = at.convert(self.arrow, code), at.convert(self.entries, code, on="posted_on")
        return replace(self, arrow=lines, entries=entries)

    def to_pandas(self) -> pd.DataFrame:
        """A new table of every accepted line, decimals exact and dates as dates (columns: see `TABLE`)."""
        return as_pandas(self.arrow)

    def head(self, rows: int = 5) -> pd.DataFrame:
        """The first lines, as they were read."""
        return as_pandas(self.arrow.slice(0, rows))

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The order table by the Arrow protocol."""
        return self.arrow.__arrow_c_stream__(requested_schema)

    def to_csv(self, path: str | Path) -> None:
        """Write the order table as CSV, safe to open in a spreadsheet."""
        Path(path).write_bytes(as_csv(self.arrow))

    def __len__(self) -> int:
        return len(self.arrow)

    def __str__(self) -> str:
        if not len(self.sales):
            return f"No sales. {self.report.headline()}"
        orders = count(len(self.sales[["channel", "order_id"]].drop_duplicates()), "order")
        return f"{orders} on {listed(self.channels())} in {listed(self.currencies())}, {self.period}."

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.head().to_html(index=False)}"


def as_pandas(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as pandas, decimals exact and dates as dates."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def as_csv(table: pa.Table) -> bytes:
    """A table as CSV that a spreadsheet opens as it is and in which nothing runs.

    UTF-8 with a byte order mark, commas, a header; every text in quotes, so that no other delimiter splits
    it, and behind an apostrophe where it could run (see `neutral`); decimals written out; nulls empty.

    >>> as_csv(pa.table({"sku": ["A", "B"], "units": [1, 2]})).decode("utf-8-sig").splitlines()
    ['"sku","units"', '"A",1', '"B",2']
    """
    columns = [neutral(each) if each.type == pa.string() else each for each in table.columns]
    names = neutral(pa.array(table.column_names)).to_pylist()
    written = pa.BufferOutputStream()
    pa_csv.write_csv(pa.table(columns, names), written)
    # Without the mark Excel takes UTF-8 for the machine's old code page.
    return BOM_UTF8 + bytes(written.getvalue())


def neutral(texts: Any) -> Any:
    """Texts of Arrow, each behind an apostrophe where a spreadsheet could take it for a formula.

    >>> neutral(pa.array(["=1+1", "Pan =10 inch", "-5.00"])).to_pylist()
    ["'=1+1", 'Pan =10 inch', "'-5.00"]
    """
    return pc.replace_substring_regex(texts, _ACTIVE, r"'\1", max_replacements=1)
