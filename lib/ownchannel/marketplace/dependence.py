"""How much of the business hangs on marketplaces: what can be measured from the files, and what cannot."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ownchannel.customers.months import channel_months
from ownchannel.formats import count, money, percent
from ownchannel.marketplace.economics import Economics, contribution_by_month

MARKETPLACES = "marketplaces"
ALL = "all channels"


@dataclass(frozen=True)
class Dependence:
    """Measures of dependence, by channel, for the marketplaces together and for all channels.

    `table` has a row for each measure and scope: `measure, scope, kind, amount, share, rows, rests_on`;
    `rows` counts the order lines behind it. Shares lie between 0 and 1; `concentration` is the HHI, the sum
    of squared revenue shares. Where a measure cannot be had, its share is missing and `rests_on` says why.
    """

    table: pd.DataFrame
    currency: str

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

    def _row(self, measure: str, scope: str) -> "pd.Series[Any]":
        found = self.table[(self.table["measure"] == measure) & (self.table["scope"] == scope)]
        if found.empty:
            raise KeyError(f"There is no {measure!r} of {scope!r}.")
        return found.iloc[0]

    def __str__(self) -> str:
        revenue, identified = self.share("revenue"), self.share("identified", ALL)
        if revenue is None:
            return f"How dependent the revenue is, is {self.rests_on('revenue')}"
        if not revenue:
            return "No revenue comes through a marketplace."
        whole = self.amount("revenue", ALL) or 0.0
        text = f"{percent(revenue)} of {money(whole, self.currency)} revenue comes through marketplaces"
        if identified is None:
            return f"{text}."
        return f"{text}; you know who bought in {percent(identified)} of all orders."

    __repr__ = __str__


def dependence(
    orders: Any,
    currency: str | None = None,
    costs: Economics | None = None,
    alive: Mapping[str, float] | None = None,
) -> Dependence:
    """Shares of revenue, contribution, orders, repeat orders, identified and reachable customers.

    `orders`: Orders. `currency`: the one in which money is measured; needed where sales are in several, for
    they are never added up. `costs`: what an order costs; contribution cannot be had without. `alive`: the
    probability by customer_key that the customer still buys; without it every customer counts alike.

    Revenue is item value less discount and refund. A repeat order is an identified customer's order after the
    first. Reachable is the share of customers who said yes to being written to; no answer is a no, and a
    marketplace's customers are not reachable outside its own tools. Raises ValueError where nothing was sold
    in `currency`.

    >>> from ownchannel import read_orders
    >>> columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Amount", "currency": "EUR"}
    >>> lines = (b"No,Day,Amount", b"1,2026-03-01,75", b"2,2026-03-02,25")
    >>> bazaar = ("bazaar.csv", bytes([10]).join(lines))
    >>> dependence(read_orders(bazaar, columns | {"channel": "Bazaar", "kind": "marketplace"}))
    100% of €100 revenue comes through marketplaces; you know who bought in 0% of all orders.
    """
    months = channel_months(orders)
    code, no_money = _currency(months, currency)
    in_code = months[months["currency"] == code]
    channels = _channels(orders.sales, months, alive)
    channels["revenue"] = _by_channel(in_code, "net_value")
    channels["lines in currency"] = _by_channel(in_code, "lines")
    channels["contribution"] = math.nan
    no_costs = no_money or "they hold neither the goods' costs nor all fees; give them with costs=…"
    if costs is not None and not no_money:
        channels["contribution"] = _by_channel(contribution_by_month(in_code, costs), "contribution")
    rows = [
        *_shares("revenue", channels, no_money),
        *_shares("contribution", channels, no_costs),
        *_shares("orders", channels, ""),
        *_shares("repeat orders", channels, _HIDDEN),
        *_ratios("identified", channels, "identified orders", "orders", ""),
        *_ratios("reachable", channels, "consenting", "customers", _UNCOUNTED),
        _concentration(channels, no_money),
    ]
    return Dependence(pd.DataFrame(rows), code)


_HIDDEN = "the marketplace hides who bought, so that nobody's second order can be told from a first"
_UNCOUNTED = "the marketplace hides who bought, so that its customers cannot be counted"


def _currency(months: pd.DataFrame, wanted: str | None) -> tuple[str, str]:
    """The currency in which money is measured, and why there is none."""
    sold_in = sorted(set(months["currency"]))
    if wanted is not None and wanted not in sold_in:
        raise ValueError(
            f"Nothing was sold in {wanted}; the sales are in {', '.join(sold_in) or 'no currency'}."
        )
    if wanted is not None or len(sold_in) == 1:
        return wanted or sold_in[0], ""
    if not sold_in:
        return "", "they hold no sales"
    return "", f"sales are in {' and '.join(sold_in)}, which are never added up; choose one with currency=…"


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


def _by_channel(months: pd.DataFrame, column: str) -> "pd.Series[float]":
    return months.groupby("channel")[column].sum().astype("float64")


def _scopes(channels: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Each channel, the marketplaces together, and all."""
    for name, row in channels.groupby(level=0):
        yield str(name), str(row["kind"].iloc[0]), row
    yield MARKETPLACES, "marketplace", channels[channels["kind"] == "marketplace"]
    yield ALL, "", channels


def _shares(measure: str, channels: pd.DataFrame, why_not: str) -> Iterator[dict[str, Any]]:
    """What each scope has of the whole; the whole must be known and positive."""
    whole = channels[measure].sum(skipna=False)
    for scope, kind, part in _scopes(channels):
        amount = part[measure].sum(skipna=False)
        known = not math.isnan(amount)
        share = amount / whole if known and whole > 0 else math.nan
        reason = "" if not math.isnan(share) else why_not or "it adds up to nothing"
        yield _row(measure, scope, kind, part, reason) | {"amount": amount, "share": share}


def _ratios(
    measure: str, channels: pd.DataFrame, part: str, whole: str, why_not: str
) -> Iterator[dict[str, Any]]:
    """The share of each scope's own orders or customers of which something holds."""
    for scope, kind, rows in _scopes(channels):
        if measure == "reachable" and kind == "marketplace":
            yield _row(measure, scope, kind, rows, "") | {"amount": 0.0, "share": 0.0}
            continue
        amount, base = rows[part].sum(skipna=False), rows[whole].sum(skipna=False)
        share = amount / base if base > 0 else math.nan
        reason = "" if not math.isnan(share) else why_not or "nothing was sold"
        yield _row(measure, scope, kind, rows, reason) | {"amount": amount, "share": share}


def _concentration(channels: pd.DataFrame, why_not: str) -> dict[str, Any]:
    """The Herfindahl–Hirschman index: 1 where one channel sells all."""
    whole = channels["revenue"].sum(skipna=False)
    index = float((channels["revenue"] / whole).pow(2).sum(skipna=False)) if whole > 0 else math.nan
    return _row("concentration", ALL, "", channels, why_not if math.isnan(index) else "") | {"share": index}


def _row(measure: str, scope: str, kind: str, part: pd.DataFrame, why_not: str) -> dict[str, Any]:
    in_money = measure in ("revenue", "contribution", "concentration")
    lines = int(part["lines in currency" if in_money else "lines"].sum())
    return {
        "measure": measure,
        "scope": scope,
        "kind": kind,
        "amount": math.nan,
        "share": math.nan,
        "rows": lines,
        "rests_on": f"not measurable from these files, because {why_not}"
        if why_not
        else count(lines, "order line"),
    }
