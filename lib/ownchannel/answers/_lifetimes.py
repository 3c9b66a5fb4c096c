"""What is fitted once to every channel, and what its customers' repeat orders rest on."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from ownchannel.answers._answer import worked_out_once
from ownchannel.answers._starting_settings import (
    in_main_currency,
)
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
from ownchannel.customers import YEAR, Estimate, time_to_second_order
from ownchannel.formats import count, listed
from ownchannel.marketplace import (
    CustomerEconomics,
)
from ownchannel.orders import Orders

#: What a channel's repeat orders rest on.
BY_KEYS, BY_RATE = "buyer IDs", "repeat rate so far"
BY_REPORT, BY_ASSUMPTION = "the marketplace's repeat report", "your assumption"


@dataclass(frozen=True, eq=False)
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
    so_far: Mapping[str, Estimate]
    """The share who returned so far, of channels that show who bought and have too few for a model."""
    reports: Mapping[str, ReportedRepeats]
    """Of the channels whose marketplace reports on repeat customers."""

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each channel that sells in the main currency."""
        return dict(self.months.groupby("channel")["kind"].first())

    @property
    def rests_on(self) -> dict[str, str]:
        """What each channel's repeat orders are known by."""
        by_report, by_rate = dict.fromkeys(self.reports, BY_REPORT), dict.fromkeys(self.so_far, BY_RATE)
        known = by_report | by_rate | dict.fromkeys(self.curves, BY_KEYS)
        return {channel: known.get(channel, BY_ASSUMPTION) for channel in self.kinds}

    def curve(self, channel: str, chosen: CustomerEconomics) -> RepeatCurve:
        """The repeat orders of a channel's new customer, by the best source."""
        if channel in self.curves:
            return self.curves[channel]
        known = self.so_far.get(channel) or self.reports.get(channel)
        return curve_of_share(known.share if known else chosen.returning_share, self.order_value(channel))

    def sold(self, channel: str, column: str) -> float:
        """The sum of a column of the channel's months."""
        return float(self.months.loc[self.months["channel"] == channel, column].sum())

    def order_value(self, channel: str) -> float:
        """The mean net value of an order."""
        return self.sold(channel, "net_value") / self.sold(channel, "orders")

    def without_key(self, channel: str) -> float:
        """Orders whose buyer has no key."""
        return self.sold(channel, "orders") - self.sold(channel, "identified_orders")

    @property
    def uncertain(self) -> list[str]:
        """The channels of which no file shows a year's repeat orders."""
        short = [channel for channel, back in self.so_far.items() if back.days < YEAR]
        return [name for name, by in self.rests_on.items() if by == BY_ASSUMPTION or name in short]

    def why_no_model(self, channel: str) -> str:
        """Why a channel's repeat orders come from no model."""
        if not self.sold(channel, "identified_orders"):
            return f"{channel}'s files do not show who bought"
        return f"{channel}: {self.fits.not_fitted.get(channel, 'no model could be fitted')}"

    def what_to_add(self, channel: str) -> str:
        """Which file would show it."""
        if self.sold(channel, "identified_orders"):
            return "Add the order files of more months."
        return buyers_are_in(channel)

    def __repr__(self) -> str:
        if not self.fits.fitted:
            return "No channel has enough returning customers to fit a model."
        sizes = [
            f"{count(len(fit.customers), 'customer')} of {channel}"
            for channel, fit in self.fits.fitted.items()
        ]
        model = self.comparison.table.index[0] if self.comparison else "MBG/NBD"
        return f"Fitted {model} to {listed(sizes)}."

    _repr_markdown_ = __repr__


def buyers_are_in(channel: str) -> str:
    """Which files show who bought on a channel."""
    if channel.startswith("Amazon"):
        return (
            "Add Amazon's “Fulfilled Shipments” report, which has an anonymous buyer ID, or “Repeat Purchase "
            "Behavior” of Brand Analytics."
        )
    return "Add order files with the buyer's e-mail address or ID."


@worked_out_once
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
    so_far = _so_far(orders, [name for name in fits.not_fitted if not customers[name].empty])
    return Lifetimes(orders, currency, months, largest, comparison, fits, curves, so_far, reports)


def _so_far(orders: Orders, channels: Collection[str]) -> dict[str, Estimate]:
    """The share of each channel's customers who returned within a year, or as long as 30 were watched."""
    curves = time_to_second_order(orders).curves if channels else {}
    found = {channel: curves[channel].returned_within() for channel in channels if channel in curves}
    return {channel: back for channel, back in found.items() if back}


def _compared(orders: Orders, customers: pd.DataFrame, channel: str, currency: str) -> Comparison | None:
    """The models on one channel, judged by the last quarter of its time."""
    until = dt.date.fromisoformat(customers.attrs["until"])
    split = until - dt.timedelta(weeks=round(customers["T"].max() / 4))
    try:
        return compare_models(channel_orders(orders, channel, currency), split, until)
    except FitError:
        return None
