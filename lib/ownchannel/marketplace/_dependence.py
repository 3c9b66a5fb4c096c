"""How much of the business hangs on marketplaces: shares by channel, and what each rests on."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from ownchannel.customers import channel_months
from ownchannel.formats import Shown, count, listed, money, percent
from ownchannel.marketplace._economics import Economics, contribution_by_month
from ownchannel.marketplace._shocks import last_twelve_months
from ownchannel.orders import Orders

MARKETPLACES = "marketplaces"
ALL = "all channels"

#: Says of a scope's channels what a measure rests on, besides its order lines.
_Says = Callable[[pd.DataFrame], str]

#: Measures in money, of which the lines in its currency alone are counted.
_IN_MONEY = ("revenue", "contribution", "concentration")
#: What sums of money in floating point may be off by, as a share.
ROUNDING = 1e-9


@dataclass(frozen=True, repr=False)
class Dependence(Shown):
    """Measures of dependence, by channel, for the marketplaces together and for all channels.

    `table` has a row for each measure and scope: `measure, scope, kind, amount, share, rows, rests_on`;
    `rows` counts the order lines behind it. Shares lie between 0 and 1; `concentration` is the HHI, the sum
    of squared revenue shares. Where a measure cannot be had, its share is missing and `rests_on` says why.
    """

    table: pd.DataFrame
    currency: str

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def share(self, measure: str, scope: str = MARKETPLACES) -> float | None:
        """A share, or None where it is not measurable. Raises KeyError where there is no such row."""
        value = self._row(measure, scope)["share"]
        return None if pd.isna(value) else float(value)

    def amount(self, measure: str, scope: str = MARKETPLACES) -> float | None:
        """The amount behind a share: money, orders or customers."""
        value = self._row(measure, scope)["amount"]
        return None if pd.isna(value) else float(value)

    def rests_on(self, measure: str, scope: str = MARKETPLACES) -> str:
        """What the measure rests on, or why it cannot be had."""
        return str(self._row(measure, scope)["rests_on"])

    @property
    def known_orders(self) -> float:
        """Orders of your own channels whose buyer has a key: you know who bought."""
        return (self.amount("identified", ALL) or 0.0) - self.recognised_orders

    @property
    def recognised_orders(self) -> float:
        """Marketplace orders whose buyer has a key: anonymous, but recognised when ordering again."""
        return self.amount("identified") or 0.0

    @property
    def known(self) -> float | None:
        """The share of all orders whose buyer you know, or None where nothing was sold."""
        orders = self.amount("orders", ALL)
        return self.known_orders / orders if orders else None

    def _row(self, measure: str, scope: str) -> "pd.Series[Any]":
        found = self.table[(self.table["measure"] == measure) & (self.table["scope"] == scope)]
        if found.empty:
            raise KeyError(f"There is no {measure!r} of {scope!r}.")
        return found.iloc[0]

    def __str__(self) -> str:
        revenue, known = self.share("revenue"), self.known
        if revenue is None:
            return f"The marketplaces' share of revenue is {self.rests_on('revenue')}."
        if not revenue:
            return "None of the revenue comes through a marketplace."
        whole = self.amount("revenue", ALL) or 0.0
        text = f"{percent(revenue)} of {money(whole, self.currency)} revenue comes through marketplaces"
        if known is None:
            return f"{text}."
        return f"{text}; you know who bought in {percent(known)} of all orders."


def dependence(
    orders: Orders,
    currency: str | None = None,
    costs: Economics | None = None,
    alive: Mapping[str, float] | None = None,
) -> Dependence:
    """Shares of revenue, contribution, orders, repeat orders, identified and reachable customers.

    Money is measured in `currency`, without one in the main currency of the orders; sales in another have no
    part in revenue and contribution, for currencies are never added up. `costs`: what an order costs;
    contribution cannot be had without. `alive`: the probability by customer_key that the customer still buys;
    without it every customer counts alike.

    Revenue is item value less discount and refund. Identified orders have a customer key, which on a
    marketplace recognises a buyer and does not say who it is. A repeat order is an identified customer's
    order after the first. Reachable is the share of customers who said yes to being written to; no answer is
    a no, and a marketplace's customers are not reachable outside its own tools. Contribution is with the fees
    that were booked, where files include them. Raises ValueError where nothing was sold in `currency`.

    >>> from ownchannel.orders import read_orders
    >>> columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Amount", "currency": "EUR"}
    >>> lines = (b"No,Day,Amount", b"1,2026-03-01,75", b"2,2026-03-02,25")
    >>> bazaar = ("bazaar.csv", bytes([10]).join(lines))
    >>> dependence(read_orders(bazaar, columns | {"channel": "Bazaar", "kind": "marketplace"}))
    100% of €100 revenue comes through marketplaces; you know who bought in 0% of all orders.
    """
    months = channel_months(orders)
    code = _currency(orders, currency)
    no_money = "" if code else "they contain no sales"
    in_code = months[months["currency"] == code]
    channels = _channels(orders.sales, months, alive)
    channels["revenue"] = _by_channel(in_code, "net_value", channels, no_money)
    channels["lines in currency"] = _by_channel(in_code, "lines", channels, no_money)
    no_costs = no_money or ("" if costs else "they do not include the cost of goods; give it with costs=…")
    left = contribution_by_month(in_code, costs or Economics())
    for column in ("contribution", "fee_base", "fee_base_told", "goods_base", "goods_base_told"):
        channels[column] = _by_channel(left, column, channels, no_costs)
    hidden = " and ".join(channels.index[channels["identified orders"] == 0])
    nobody = f"no file shows who bought on {hidden}, so"
    no_second = f"{nobody} repeat orders cannot be counted"
    no_count = f"{nobody} its customers cannot be counted"
    rows = [
        *_shares("revenue", channels, no_money, says=_sold(code)),
        *_shares("contribution", channels, no_costs, says=_costs(code)),
        *_shares("orders", channels, ""),
        *_shares("repeat orders", channels, no_second, says=_keys),
        *_ratios("identified", channels, "identified orders", "orders", ""),
        *_ratios("reachable", channels, "consenting", "customers", no_count, says=_keys),
        _concentration(channels, no_money),
    ]
    return Dependence(pd.DataFrame(rows), code)


def _sold(currency: str) -> _Says:
    return lambda part: "" if part["lines in currency"].sum() else f"nothing was sold in {currency}"


def _costs(currency: str) -> _Says:
    """Whose fees and costs a contribution is after."""
    sold = _sold(currency)
    return lambda part: sold(part) or costs_in_words(part, "advertising", "your own parcels")


@dataclass(frozen=True)
class MarketplaceShare:
    """The marketplaces' share of revenue in the last twelve complete months, and in all files.

    A share is None where there was no revenue. Where no month is complete, `recent` is that of all files and
    `months` is 0.
    """

    recent: float | None
    all_files: float | None
    months: int
    """Complete months with sales among the last twelve."""


def marketplace_share(months: pd.DataFrame, last_day: date) -> MarketplaceShare:
    """What share of the revenue came through marketplaces; `months` is `channel_months` in one currency.

    >>> sold = {"month": [date(2026, 3, 1), date(2026, 4, 1)], "kind": ["owned", "marketplace"]}
    >>> marketplace_share(pd.DataFrame(sold | {"net_value": [60.0, 140.0]}), date(2026, 4, 2))
    MarketplaceShare(recent=0.0, all_files=0.7, months=1)
    """
    try:
        recent, _ = last_twelve_months(months, last_day)
    except ValueError:  # no month is complete
        return MarketplaceShare(_rented_part(months), _rented_part(months), 0)
    return MarketplaceShare(_rented_part(recent), _rented_part(months), recent["month"].nunique())


def _rented_part(months: pd.DataFrame) -> float | None:
    revenue, is_rented = months["net_value"].astype("float64"), months["kind"] == "marketplace"
    return float(revenue[is_rented].sum() / revenue.sum()) if revenue.sum() > 0 else None


def fees_in_words(months: pd.DataFrame) -> str:
    """On which fees a contribution rests, from its `fee_base_told` and `fee_base`.

    >>> fees_in_words(pd.DataFrame({"fee_base": [60.0, 40.0], "fee_base_told": [60.0, 30.0]}))
    'fees as booked for 90% of revenue, assumed for the rest'
    """
    base = months["fee_base"].sum()
    booked = months["fee_base_told"].sum() / base if base > 0 else 0.0
    if booked > 1 - ROUNDING:
        return "fees as booked"
    if booked < ROUNDING:
        return "assumed fees"
    return f"fees as booked for {_whole_percent(booked)} of revenue, assumed for the rest"


def costs_in_words(months: pd.DataFrame, *at_settings: str) -> str:
    """On which costs a contribution rests, from what `contribution_by_month` gives, and on which settings.

    >>> sold = {"fee_base": [90.0], "fee_base_told": [90.0], "goods_base": [90.0], "goods_base_told": [0.0]}
    >>> costs_in_words(pd.DataFrame(sold), "parcels")
    'fees as booked; goods and parcels at your settings'
    >>> costs_in_words(pd.DataFrame(sold | {"goods_base_told": [90.0]}), "parcels")
    'fees as booked; goods at the cost in your files; parcels at your settings'
    """
    fees, base = fees_in_words(months), months["goods_base"].sum()
    known = months["goods_base_told"].sum() / base if base > 0 else 0.0
    if known < ROUNDING:
        return f"{fees}; {listed(['goods', *at_settings])} at your settings"
    rest = "" if known > 1 - ROUNDING else f" for {_whole_percent(known)} of sales, assumed for the rest"
    return f"{fees}; goods at the cost in your files{rest}; {listed(at_settings)} at your settings"


def _keys(part: pd.DataFrame) -> str:
    """In how many orders the buyers have keys."""
    identified, orders = part["identified orders"].sum(), part["orders"].sum()
    if not 0 < identified < orders:
        return ""
    share = _whole_percent(identified / orders)
    return f"counts the {share} of orders whose buyer has an ID"


def _whole_percent(share: float) -> str:
    """A share of a part, which is neither 0% nor 100%."""
    return percent(min(max(share, 0.01), 0.99))


def _currency(orders: Orders, wanted: str | None) -> str:
    """The currency in which money is measured, empty where nothing was sold."""
    sold_in = orders.currencies()
    if wanted is not None and wanted not in sold_in:
        raise ValueError(
            f"Nothing was sold in {wanted}; the sales are in {', '.join(sold_in) or 'no currency'}."
        )
    return wanted or (orders.main_currency if sold_in else "")


def _channels(sales: pd.DataFrame, months: pd.DataFrame, alive: Mapping[str, float] | None) -> pd.DataFrame:
    """One row a channel: kind, lines, orders, and its customers; missing where the platform hides them."""
    counts = {"lines": "lines", "orders": "orders", "identified_orders": "identified orders"}
    counts["repeat_orders"] = "repeat orders"
    sums = months.groupby("channel")[list(counts)].sum().astype("float64").rename(columns=counts)
    channels = months.groupby("channel")[["kind"]].first().join(sums)
    channels.loc[channels["identified orders"] == 0, "repeat orders"] = math.nan
    return channels.join(_customers(sales, alive))


def _customers(sales: pd.DataFrame, alive: Mapping[str, float] | None) -> pd.DataFrame:
    """By channel, the customers with a key and those of them who last said yes, each by its P(alive)."""
    known = sales[sales["customer_key"].notna()].sort_values("ordered_at", kind="stable")
    last = known.groupby(["channel", "customer_key"])[["kind", "consent"]].last().reset_index()
    weight = pd.Series([1.0 if alive is None else alive.get(key, 0.0) for key in last["customer_key"]])
    said_yes = last["consent"].fillna(False).astype(bool) & (last["kind"] == "owned")
    weighed = last[["channel"]].assign(customers=weight, consenting=said_yes.astype("float64") * weight)
    return weighed.groupby("channel")[["customers", "consenting"]].sum()


def _by_channel(
    months: pd.DataFrame, column: str, channels: pd.DataFrame, why_not: str
) -> "pd.Series[float]":
    """The sum of a column, 0 for a channel without such months; missing where there is a reason for it."""
    if why_not:
        return pd.Series(math.nan, channels.index)
    return months.groupby("channel")[column].sum().astype("float64").reindex(channels.index, fill_value=0.0)


class _Scope(NamedTuple):
    """What a measure is of: a channel, the marketplaces together, or all."""

    name: str
    kind: str
    channels: pd.DataFrame


def _scopes(channels: pd.DataFrame) -> Iterator[_Scope]:
    for name, row in channels.groupby(level=0):
        yield _Scope(str(name), str(row["kind"].iloc[0]), row)
    yield _Scope(MARKETPLACES, "marketplace", channels[channels["kind"] == "marketplace"])
    yield _Scope(ALL, "", channels)


def _shares(
    measure: str, channels: pd.DataFrame, why_not: str, *, says: _Says = lambda part: ""
) -> Iterator[dict[str, Any]]:
    """What each scope has of the whole, which must be known and positive, as rows of the table.

    `channels` has one row per channel: `kind`, the measure, `lines` and `lines in currency`. `why_not` is the
    reason for which the whole may be missing.
    """
    whole = channels[measure].sum(skipna=False)
    for scope in _scopes(channels):
        amount = scope.channels[measure].sum(skipna=False)
        share = amount / whole if whole > 0 else math.nan
        row = _row(measure, scope, amount, share, says(scope.channels))
        if math.isnan(amount) or whole <= 0:
            row["rests_on"] = _unknown(why_not or "there is nothing to share out")
        elif math.isnan(whole):
            row["rests_on"] += f"; no share of the whole, because {why_not}"
        yield row


def _ratios(
    measure: str,
    channels: pd.DataFrame,
    part: str,
    whole: str,
    why_not: str,
    *,
    says: _Says = lambda part: "",
) -> Iterator[dict[str, Any]]:
    """The share of each scope's own orders or customers of which something holds, as rows of the table."""
    for scope in _scopes(channels):
        if measure == "reachable" and scope.kind == "marketplace":
            yield _row(measure, scope, 0.0, 0.0)
            continue
        amount, base = (scope.channels[column].sum(skipna=False) for column in (part, whole))
        row = _row(measure, scope, amount, amount / base if base > 0 else math.nan, says(scope.channels))
        if math.isnan(row["share"]):
            row["rests_on"] = _unknown(why_not or "nothing was sold")
        yield row


def _concentration(channels: pd.DataFrame, why_not: str) -> dict[str, Any]:
    """The Herfindahl–Hirschman index: 1 where one channel sells all."""
    whole = channels["revenue"].sum(skipna=False)
    index = float((channels["revenue"] / whole).pow(2).sum(skipna=False)) if whole > 0 else math.nan
    row = _row("concentration", _Scope(ALL, "", channels), math.nan, index)
    if math.isnan(index):
        row["rests_on"] = _unknown(why_not or "there is nothing to share out")
    return row


def _row(measure: str, scope: _Scope, amount: float, share: float, detail: str = "") -> dict[str, Any]:
    """A row that rests on the scope's order lines, and on what the detail says."""
    lines = int(scope.channels["lines in currency" if measure in _IN_MONEY else "lines"].sum())
    return {
        "measure": measure,
        "scope": scope.name,
        "kind": scope.kind,
        "amount": amount,
        "share": share,
        "rows": lines,
        "rests_on": ": ".join(filter(None, [count(lines, "order line"), detail])),
    }


def _unknown(why: str) -> str:
    return f"not measurable from these files, because {why}"
