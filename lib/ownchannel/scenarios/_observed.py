"""What the files hold of each channel: days observed, and what an order is worth and costs there."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from ownchannel.clv import Floats
from ownchannel.formats import count, percent
from ownchannel.orders import Orders
from ownchannel.outreach import DAYS_A_MONTH

#: Share of intervals that hold the truth.
INTERVAL = 0.95
#: Standard errors on either side of an estimate that hold it.
WIDTH = float(norm.ppf((1 + INTERVAL) / 2))

#: Orders of the last days may still be pending, and so be no sales yet.
SETTLING = dt.timedelta(days=7)
#: Returns of younger orders may be still to come.
RETURNING = dt.timedelta(days=60)
#: What an order is worth is taken from so many days: whole years, for the season's sake, and not long past.
RECENT = dt.timedelta(days=730)
#: The year whose cost of goods is carried on.
YEAR = dt.timedelta(days=365)
#: The share of sales whose goods must have a known cost, for the others to be taken like them: a judgement.
LEAST_KNOWN = 0.5
#: Fewer days than these show nothing: a judgement.
FEWEST_DAYS = 14
#: A small shop may sell nothing on the first days of its first month.
_SLOW_START = 3
#: With fewer orders the user's own values say more: a judgement.
FEWEST_ORDERS = 30
#: A channel with fewer days of orders is not carried on for years: a judgement.
FEWEST_PLANNED_DAYS = 90

#: Marketplaces whose exports of orders hold the card's fee and no other; their statements hold them all.
CARD_FEE_ALONE = frozenset({"Etsy"})

_AMOUNTS = ["item_value", "discount", "shipping", "refund", "quantity", "fulfilment"]


@dataclass(frozen=True)
class MeasuredNumber:
    """A number with its 95% interval (nan where none is known) and, in words, its source."""

    value: float
    low: float
    high: float
    source: str

    def times(self, factor: float, note: str = "") -> "MeasuredNumber":
        """The same, so many times larger, and why."""
        value, low, high = (end * factor for end in (self.value, self.low, self.high))
        return MeasuredNumber(value, low, high, self.source + note)

    def less(self, amount: float, note: str = "") -> "MeasuredNumber":
        """The same, less an amount that is known, never below 0; and why."""
        value, low, high = (max(0.0, end - amount) for end in (self.value, self.low, self.high))
        return MeasuredNumber(value, low, high, self.source + note)


def ratio(parts: Floats, wholes: Floats, source: str) -> MeasuredNumber:
    """The sum of parts over the sum of wholes, a pair an order; the interval is built on the log scale.

    The variance is that of a ratio of means by linearisation (Cochran 1977, Sampling Techniques, chapter 6).

    >>> found = ratio(np.array([0.0, 10.0, 0.0, 30.0]), np.full(4, 100.0), "four orders")
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.1, 0.011, 0.949)
    """
    number, total = len(parts), float(wholes.sum())
    value = float(parts.sum()) / total
    if value == 0 or number < 2:
        return MeasuredNumber(value, np.nan, np.nan, source)
    error = np.sqrt(number / (number - 1) * ((parts - value * wholes) ** 2).sum()) / total
    spread = float(np.exp(t.ppf((1 + INTERVAL) / 2, number - 1) * error / value))
    return MeasuredNumber(value, value / spread, value * spread, source)


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
    fees_are_the_cards: bool = False
    """Whether its orders' fees are the card's and no other."""

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

    def until_end(self) -> pd.DataFrame:
        """The sales up to the end of observation."""
        return self.sales[self.sales["ordered_on"] <= self.end]

    def recent(self, until: dt.date) -> pd.DataFrame:
        """The sales of the two years that end on a day."""
        days = self.sales["ordered_on"]
        return self.sales[(days > until - RECENT) & (days <= until)]


def observed_channels(orders: Orders, currency: str) -> dict[str, Observed]:
    """The channels that were observed for two weeks or longer in a currency.

    Observation ends, by channel, on the last day that its files cover whole, less a week. A file's last day
    may be cut off, so the day before counts as whole.

    >>> from ownchannel.orders import sample_orders
    >>> {name: each.end.isoformat() for name, each in observed_channels(sample_orders(), "USD").items()}
    {'Amazon.com': '2026-09-22', 'Etsy': '2026-08-23', 'Shopify': '2026-09-22', 'eBay': '2025-05-23'}
    """
    sold = orders.sales
    sold = sold[(sold["currency"] == currency) & (sold["item_value"] > 0)]
    ends = orders.table.groupby("source_file")["ordered_on"].max()
    card_fee_alone = CARD_FEE_ALONE - {*orders.entries["channel"].to_pylist()}
    found = {}
    for (channel, kind), sales in sold.groupby(["channel", "kind"]):
        last = max(ends[list(sales["source_file"].unique())]) - dt.timedelta(days=1)
        card_alone = kind != "marketplace" or channel in card_fee_alone
        observed = Observed(str(channel), str(kind), sales, sales["ordered_on"].min(), last, card_alone)
        if (observed.end - observed.first).days >= FEWEST_DAYS:
            found[observed.channel] = observed
    return found


def days_of_orders(orders: Orders, currency: str) -> dict[str, int]:
    """By channel the days from the first sale in a currency to the last, both counted.

    >>> from ownchannel.orders import sample_orders
    >>> days_of_orders(sample_orders(), "USD")
    {'Amazon.com': 730, 'Etsy': 31, 'Shopify': 730, 'eBay': 31}
    """
    sold = orders.sales
    days = sold[(sold["currency"] == currency) & (sold["item_value"] > 0)].groupby("channel")["ordered_on"]
    return {str(name): (each.max() - each.min()).days + 1 for name, each in days}


def period(lines: pd.DataFrame) -> str:
    """The months in which lines were sold, as "2025-10 to 2026-09"."""
    first, last = (f"{day:%Y-%m}" for day in (lines["ordered_on"].min(), lines["ordered_on"].max()))
    return first if first == last else f"{first} to {last}"


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month


def measured_orders(observed: Observed) -> dict[str, MeasuredNumber]:
    """By field of a channel what orders of two years show; what no file shows is left out.

    `order_value` is what customers were charged, shipping included, tax excluded, before returns.
    `return_rate` is money given back over that, of orders old enough. Shipping that was given back is in
    neither, for the order table does not keep it. `fee_rate` comes from orders without a refund: what became
    of the fee on the others is another matter. Fees of an own store, and of a marketplace that books no
    other, are the card's: `payment_rate` and `payment_fixed`, by least squares on the orders' values.
    `fulfilment_cost` is what the platform booked for an order that it sent. `goods_cost` is of the last year,
    for prices of goods change.

    >>> from ownchannel.orders import sample_orders
    >>> found = measured_orders(observed_channels(sample_orders(), "USD")["Amazon.com"])
    >>> sorted(found)
    ['fee_rate', 'fulfilment_cost', 'order_value', 'return_rate', 'units_per_order']
    >>> round(found["fee_rate"].value, 3)
    0.15
    """
    recent = observed.recent(observed.end)
    orders = _by_order(recent)
    if len(orders) < FEWEST_ORDERS:
        return {}
    months = period(recent)
    source = f"measured: {count(len(orders), 'order')} of {observed.channel}, {months}"
    one = np.ones(len(orders))
    found = {
        "order_value": ratio(orders["paid"].to_numpy(), one, source),
        "units_per_order": ratio(orders["quantity"].to_numpy(), one, source),
    }
    found |= _fees(observed, orders, months) | _parcels(observed, orders, months)
    return found | _returns(observed) | _goods(observed)


def _by_order(lines: pd.DataFrame) -> pd.DataFrame:
    """One row per order: exact sums as floats, `paid` before returns, and whether its fee is known."""
    known = {"fee_known": lines["fee"].notna()}
    known |= {"goods_base": lines["item_value"].where(lines["goods"].notna(), 0)}
    grouped = lines.assign(**known).groupby("order_id")
    orders = grouped[[*_AMOUNTS, "fee", "goods", "goods_base"]].sum().astype(float)
    orders = orders.assign(fee_known=grouped["fee_known"].all())
    return orders.assign(
        paid=orders["item_value"] - orders["discount"] + orders["shipping"],
        ordered_on=grouped["ordered_on"].min(),
    )


def _returns(observed: Observed) -> dict[str, MeasuredNumber]:
    """Nothing where no refund is booked: an export without refunds looks like a shop without returns."""
    lines = observed.recent(observed.last - RETURNING)
    orders = _by_order(lines)
    if len(orders) < FEWEST_ORDERS or not (orders["refund"] > 0).any():
        return {}
    older = (
        f"measured: {count(len(orders), 'order')} of {observed.channel} older than 60 days, {period(lines)}"
    )
    return {"return_rate": ratio(orders["refund"].to_numpy(), orders["paid"].to_numpy(), older)}


def _fees(observed: Observed, orders: pd.DataFrame, months: str) -> dict[str, MeasuredNumber]:
    known = orders[orders["fee_known"].astype(bool) & (orders["refund"] == 0) & (orders["paid"] > 0)]
    if len(known) < FEWEST_ORDERS:
        return {}
    source = f"measured: fees booked on {count(len(known), 'order')} of {observed.channel}, {months}"
    fee, paid = (known["fee"] - known["fulfilment"]).to_numpy(), known["paid"].to_numpy()
    return _card(fee, paid, source) if observed.fees_are_the_cards else {"fee_rate": ratio(fee, paid, source)}


def _card(fee: Floats, paid: Floats, source: str) -> dict[str, MeasuredNumber]:
    """A share of the value and a fixed amount; the share alone where orders do not separate the two."""
    from statsmodels.api import OLS, add_constant

    share_alone = {
        "payment_rate": ratio(fee, paid, source),
        "payment_fixed": MeasuredNumber(0.0, 0.0, 0.0, source),
    }
    if np.ptp(paid) == 0:
        return share_alone
    fit = OLS(fee, add_constant(paid)).fit(cov_type="HC1")
    if fit.params.min() < 0:
        return share_alone
    of_fixed, of_share = (
        MeasuredNumber(float(value), max(0.0, float(low)), float(high), source)
        for value, (low, high) in zip(fit.params, fit.conf_int(1 - INTERVAL), strict=True)
    )
    return {"payment_rate": of_share, "payment_fixed": of_fixed}


def _parcels(observed: Observed, orders: pd.DataFrame, months: str) -> dict[str, MeasuredNumber]:
    sent = orders.loc[orders["fulfilment"] > 0, "fulfilment"].to_numpy()
    if len(sent) < FEWEST_ORDERS:
        return {}
    source = f"measured: parcels booked on {count(len(sent), 'order')} of {observed.channel}, {months}"
    if others := len(orders) - len(sent):
        source += f"; the other {percent(others / len(orders))} are taken to cost the same"
    return {"fulfilment_cost": ratio(sent, np.ones(len(sent)), source)}


def _goods(observed: Observed) -> dict[str, MeasuredNumber]:
    """Goods whose cost no file says are taken to cost the same share of their price as the others."""
    sales = observed.recent(observed.end)
    lines = sales[sales["ordered_on"] > observed.end - YEAR]
    orders = _by_order(lines)
    known, value = orders["goods_base"].sum(), orders["item_value"].sum()
    if len(orders) < FEWEST_ORDERS or not known or known < LEAST_KNOWN * value:
        return {}
    rate = orders["goods"].sum() / known
    cost = orders["goods"] + rate * (orders["item_value"] - orders["goods_base"])
    source = f"measured: your files' cost of the goods of {count(len(orders), 'order')} of {observed.channel}"
    source += f", {period(lines)}"
    if known < value:
        source += f"; {percent(1 - known / value)} of sales are taken to cost the same share of their price"
    return {"goods_cost": ratio(cost.to_numpy(), np.ones(len(orders)), source)}
