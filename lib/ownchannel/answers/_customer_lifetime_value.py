"""The first answers of workbook 02: what a customer is worth on each channel, and what that rests on."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ownchannel.answers._answer import Answer, Question, amounts
from ownchannel.answers._starting_settings import (
    costs_counted,
    customer_costs,
    etsy_is_incomplete,
    in_main_currency,
    only_in,
    settings_of,
    without_effect,
)
from ownchannel.charts import left_by_source, paid_back, value_and_cost
from ownchannel.clv import (
    ChannelFits,
    Comparison,
    FitError,
    ModifiedBetaGeoModel,
    PurchaseModel,
    RepeatCurve,
    ReportedRepeats,
    channel_orders,
    compare_models,
    curve_of_share,
    customers_by_channel,
    fit_channels,
    fitted_curve,
    reported_repeats,
    too_few,
)
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import (
    AD_RATES,
    CustomerEconomics,
    Worth,
    contribution_by_month,
    order_terms,
    worth_by_channel,
)
from ownchannel.orders import Orders, day

#: What a channel's repeat orders rest on.
BY_KEYS, BY_REPORT, BY_ASSUMPTION = "buyers' keys", "its repeat report", "your assumption"


@dataclass(frozen=True)
class Lifetimes:
    """What is fitted once for the whole page: no slider moves it."""

    orders: Orders
    currency: str
    months: pd.DataFrame
    """`channel_months` in the main currency, as floats."""
    compared_on: str
    """The channel with the most customers, on which models are compared; empty where none has enough."""
    comparison: Comparison | None
    fits: ChannelFits
    curves: Mapping[str, RepeatCurve]
    """Of the fitted channels."""
    reports: Mapping[str, ReportedRepeats]
    """Of the channels whose marketplace reports on repeat customers."""

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each channel that sells in the main currency."""
        return dict(self.months.groupby("channel")["kind"].first())

    @property
    def rests_on(self) -> dict[str, str]:
        """What each channel's repeat orders are known by."""
        by_report = dict.fromkeys(self.reports, BY_REPORT)
        known = by_report | dict.fromkeys(self.curves, BY_KEYS)
        return {channel: known.get(channel, BY_ASSUMPTION) for channel in self.kinds}

    def curve(self, channel: str, chosen: CustomerEconomics) -> RepeatCurve:
        """The repeat orders of a channel's new customer, by the best source."""
        if channel in self.curves:
            return self.curves[channel]
        report = self.reports.get(channel)
        return curve_of_share(report.share if report else chosen.returning_share, self.order_value(channel))

    def sold(self, channel: str, column: str) -> float:
        """The sum of a column of the channel's months."""
        return float(self.months.loc[self.months["channel"] == channel, column].sum())

    def order_value(self, channel: str) -> float:
        """The mean net value of an order."""
        return self.sold(channel, "net_value") / self.sold(channel, "orders")

    def without_key(self, channel: str) -> float:
        """Orders whose buyer has no key."""
        return self.sold(channel, "orders") - self.sold(channel, "identified_orders")

    def __repr__(self) -> str:
        if self.comparison is None:
            return "No channel has customers enough to fit a model."
        sizes = [
            f"{count(len(fit.customers), 'customer')} of {channel}"
            for channel, fit in self.fits.fitted.items()
        ]
        return f"Fitted {self.comparison.table.index[0]} to {listed(sizes)}."

    _repr_markdown_ = __repr__


def lifetimes(orders: Orders) -> Lifetimes:
    """Compare the models on the largest channel, and fit the one to use to every channel.

    >>> from ownchannel.orders import current_orders
    >>> lifetimes(current_orders().orders)
    Fitted MBG/NBD to 5,688 customers of Amazon.com and 2,203 customers of Shopify.
    """
    currency, months = orders.main_currency, in_main_currency(orders)
    customers = customers_by_channel(orders, currency)
    enough = [channel for channel, table in customers.items() if not too_few(table)]
    largest = max(enough, key=lambda channel: len(customers[channel]), default="")
    comparison = _compared(orders, customers[largest], largest, currency) if largest else None
    model: type[PurchaseModel] = (
        ModifiedBetaGeoModel if comparison is None else type(comparison.best.results.model)
    )
    fits = fit_channels(customers, model)
    curves = {channel: fitted_curve(fit.purchases, fit.spend) for channel, fit in fits.fitted.items()}
    found = {channel: reported_repeats(orders.repeat_rates, channel) for channel in set(months["channel"])}
    reports = {channel: report for channel, report in found.items() if report}
    return Lifetimes(orders, currency, months, largest, comparison, fits, curves, reports)


def _compared(orders: Orders, customers: pd.DataFrame, channel: str, currency: str) -> Comparison | None:
    """The models on one channel, judged by the last quarter of its time."""
    until = dt.date.fromisoformat(customers.attrs["until"])
    split = until - dt.timedelta(weeks=round(customers["T"].max() / 4))
    try:
        return compare_models(channel_orders(orders, channel, currency), split, until)
    except FitError:
        return None


def what_a_customer_is_worth(found: Lifetimes) -> Question[CustomerEconomics]:
    """Sliders for horizon, discount, costs and what a customer costs to win; nothing is fitted again."""
    sliders = customer_costs(found.orders, found.months)
    settings = settings_of(CustomerEconomics, sliders)
    # No slider for what files show, nor for advertising, which is the cost to win.
    hidden = (*without_effect(found.months), *AD_RATES.values())
    if BY_ASSUMPTION not in found.rests_on.values():
        hidden = (*hidden, "returning_share")
    notes = _notes(found, settings)

    def answer(chosen: CustomerEconomics) -> Answer:
        worths = _worths(found, chosen)
        horizon = int(chosen.horizon_months)
        kept = amounts((worth.kept for worth in worths), found.currency, 2)
        labels = (f"{worth.channel}: left after winning" for worth in worths)
        rows = [_row(worth, found.rests_on[worth.channel], horizon, found.currency) for worth in worths]
        return Answer(
            _sentence(worths, horizon, found.currency),
            tuple(zip(labels, kept, strict=True)),
            (value_and_cost(worths, horizon, found.currency), paid_back(worths, found.currency)),
            pd.DataFrame(rows),
            notes,
        )

    return Question(settings, answer, found.currency, sliders, hidden)


def _worths(found: Lifetimes, chosen: CustomerEconomics) -> list[Worth]:
    terms = order_terms(found.months, chosen)
    if not terms:
        raise ValueError(f"Nothing was sold in {found.currency} that was not given back: read more orders.")
    curves = {channel: found.curve(channel, chosen) for channel in terms}
    return worth_by_channel(curves, found.kinds, terms, chosen)


def _sentence(worths: list[Worth], horizon: int, currency: str) -> str:
    each = [f"**{money(worth.at_horizon('expected'), currency, 2)}** on {worth.channel}" for worth in worths]
    best = max(worths, key=lambda worth: worth.kept)
    most = "most, " if len(worths) > 1 else ""
    never = [worth.channel for worth in worths if worth.paid_back is None]
    lost = f"; the cost does not come back on **{listed(never)}**." if never else "."
    return (
        f"Over **{count(horizon, 'month')}** a new customer leaves {listed(each)}, in contribution and "
        f"before the cost to win one. After that cost {best.channel} keeps {most}"
        f"**{money(best.kept, currency, 2)}**{lost}"
    )


def _row(worth: Worth, rests_on: str, horizon: int, currency: str) -> dict[str, str]:
    low, high = amounts(map(worth.at_horizon, ("lower", "upper")), currency, 2)
    expected = worth.at_horizon("expected")
    return {
        "Channel": worth.channel,
        "Repeats told by": rests_on,
        f"Orders in {count(horizon, 'month')}": f"{worth.at_horizon('orders'):.2f}",
        "A customer leaves": money(expected, currency, 2),
        "95% range": f"{low} to {high}" if rests_on == BY_KEYS else "",
        "Costs to win": money(worth.cost, currency, 2),
        "Value over cost": f"{expected / worth.cost:.1f}" if worth.cost > 0 else "",
        "Paid back": _when(worth.paid_back),
    }


def _when(month: int | None) -> str:
    if month is None:
        return "not within the horizon"
    return "with the first order" if month == 0 else f"in month {month}"


def _notes(found: Lifetimes, settings: CustomerEconomics) -> tuple[str, ...]:
    """What every channel's repeats rest on, which costs are counted, and what is left out."""
    notes = [
        costs_counted(contribution_by_month(found.months, settings), "goods and parcels"),
        "A range is that of the models' parameters, not of what single customers do.",
    ]
    notes += [_basis(found, channel) for channel in found.kinds if found.rests_on[channel] != BY_KEYS]
    hidden_orders = [
        f"{found.without_key(channel):,.0f} of {found.sold(channel, 'orders'):,.0f} on {channel}"
        for channel in found.curves
        if found.without_key(channel)
    ]
    if hidden_orders:
        notes.append(
            "Orders without a buyer's key are left out, so customers come back a little more often than is "
            f"counted: {listed(hidden_orders)}."
        )
    notes += etsy_is_incomplete(found.sold("Etsy", "fee"))
    return (*notes, *only_in(found.currency, found.orders.currencies()))


def _basis(found: Lifetimes, channel: str) -> str:
    """How repeats are known where buyers have no keys."""
    why = f"{channel}: {found.fits.not_fitted.get(channel, 'no file tells its buyers apart')}, so "
    report = found.reports.get(channel)
    if report is None:
        return f"{why}the share who are back within a year is your own assumption, without a range."
    return (
        f"{why}its own report of repeat customers is used, a lower bound: {percent(report.share, 1)} of "
        f"{count(report.customers, 'customer')} bought a product again within its period."
    )


def without_buyer_keys(found: Lifetimes, settings: CustomerEconomics) -> Answer:
    """A marketplace's customer by keys, by its repeat report and by an assumption, side by side."""
    horizon = int(settings.horizon_months)
    rented = [channel for channel, kind in found.kinds.items() if kind == "marketplace"]
    if not rented:
        return Answer("You sell on no marketplace: your own files tell who came back.")
    channel = max(rented, key=lambda name: found.sold(name, "orders"))
    terms = order_terms(found.months, settings).get(channel)
    if terms is None:
        return Answer(f"Nothing was sold on {channel} that was not given back.")
    sources = _sources(found, channel, settings)
    found_by = {name: curve.value(horizon, terms).iloc[-1] for name, curve in sources.items()}
    left = [float(by["expected"]) for by in found_by.values()]
    in_money = amounts(left, found.currency, 2)
    names = [name.capitalize() for name in sources]
    table = pd.DataFrame(
        {
            "Told by": names,
            f"Orders in {count(horizon, 'month')}": [f"{by['orders']:.2f}" for by in found_by.values()],
            "A customer leaves": in_money,
        }
    )
    each = [f"**{amount}** by {name}" for name, amount in zip(sources, in_money, strict=True)]
    return Answer(
        f"A new customer of {channel} leaves, over {count(horizon, 'month')}, {listed(each)}.",
        charts=(left_by_source(names, left, horizon, found.currency),),
        table=table,
        notes=(_rule(found, channel),),
    )


def _sources(found: Lifetimes, channel: str, settings: CustomerEconomics) -> dict[str, RepeatCurve]:
    spend = found.order_value(channel)
    sources = {BY_KEYS: found.curves[channel]} if channel in found.curves else {}
    if report := found.reports.get(channel):
        sources[BY_REPORT] = curve_of_share(report.share, spend)
    return sources | {BY_ASSUMPTION: curve_of_share(settings.returning_share, spend)}


def _rule(found: Lifetimes, channel: str) -> str:
    rule = "By report and by assumption each customer who returns places one further order: a lower bound."
    report = found.reports.get(channel)
    if report is None or report.ends_on is None:
        return rule
    return (
        f"{rule} The report ends on {day(report.ends_on)}; the longer its period, the more returns it sees."
    )
