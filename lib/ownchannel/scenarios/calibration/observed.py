"""What the files hold of each channel, and from when until when they can be relied on."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from ownchannel.orders.orders import Orders

#: Orders of the last days may still be pending, and so be no sales yet.
SETTLING = dt.timedelta(days=7)
#: Returns of younger orders may be still to come.
RETURNING = dt.timedelta(days=60)
#: What an order is worth is taken from so many days: whole years, for the season's sake, and not long past.
RECENT = dt.timedelta(days=730)
#: Fewer days than these tell nothing: a judgement.
FEWEST_DAYS = 14
DAYS_A_MONTH = 365.25 / 12
#: A small shop may sell nothing on the first days of its first month.
_SLOW_START = 3


@dataclass(frozen=True)
class Observed:
    """The sales lines of one channel in one currency, and the time in which all of them are known."""

    channel: str
    kind: str
    sales: pd.DataFrame
    """Lines that have a price."""
    first: dt.date
    """The day of the channel's first sale."""
    last: dt.date
    """The last day that the channel's files cover whole."""

    @property
    def end(self) -> dt.date:
        """The last day of observation."""
        return self.last - SETTLING

    @property
    def months(self) -> float:
        """Months observed."""
        return ((self.end - self.first).days + 1) / DAYS_A_MONTH

    def whole_months(self, since: dt.date | None = None) -> int:
        """Calendar months that the files cover from the first day to the last, from some day on."""
        first = self.first if since is None else since
        begin = _month(first) + (first.day > _SLOW_START)
        # The day after the one that may be cut off: a file's last day counts here.
        return max(0, _month(self.last + dt.timedelta(days=2)) - begin)

    def recent(self, until: dt.date) -> pd.DataFrame:
        """The sales of the two years that end on a day."""
        days = self.sales["ordered_on"]
        return self.sales[(days > until - RECENT) & (days <= until)]


def observed_channels(orders: Orders, currency: str) -> dict[str, Observed]:
    """The channels that were observed for two weeks or longer in a currency.

    Observation ends, by channel, on the last day that its files cover whole, less a week. A file's last day
    may be cut off, so the day before counts as whole.

    >>> from ownchannel.orders.saved import sample_orders
    >>> {name: its.end.isoformat() for name, its in observed_channels(sample_orders(), "USD").items()}
    {'Amazon.com': '2026-09-22', 'Etsy': '2026-08-23', 'Shopify': '2026-09-22'}
    """
    sold = orders.sales
    sold = sold[(sold["currency"] == currency) & (sold["item_value"] > 0)]
    ends = orders.table.groupby("source_file")["ordered_on"].max()
    found = {}
    for (channel, kind), sales in sold.groupby(["channel", "kind"]):
        last = max(ends[list(sales["source_file"].unique())]) - dt.timedelta(days=1)
        its = Observed(str(channel), str(kind), sales, sales["ordered_on"].min(), last)
        if (its.end - its.first).days >= FEWEST_DAYS:
            found[its.channel] = its
    return found


def period(lines: pd.DataFrame) -> str:
    """The months in which lines were sold, as "2025-10 to 2026-09"."""
    first, last = (f"{day:%Y-%m}" for day in (lines["ordered_on"].min(), lines["ordered_on"].max()))
    return first if first == last else f"{first} to {last}"


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month
