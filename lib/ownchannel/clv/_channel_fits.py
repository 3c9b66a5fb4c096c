"""Each channel's customers and the models fitted to them, or what a channel that hides buyers reports."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.clv._gamma_gamma import GammaGammaModel, GammaGammaResults
from ownchannel.clv._optimum import FitError
from ownchannel.clv._purchase_model import PurchaseModel, PurchaseResults
from ownchannel.customers import customer_summary
from ownchannel.formats import Shown, count
from ownchannel.orders import Orders

#: With fewer a fit says little of the next customers: a judgement, not a theorem.
FEWEST_CUSTOMERS, FEWEST_REPEATERS = 500, 50


@dataclass(frozen=True, repr=False)
class ChannelFit(Shown):
    """The customers of one channel, and the models fitted to them; see `fit_channels` for an example."""

    customers: pd.DataFrame
    purchases: PurchaseResults
    spend: GammaGammaResults | float
    """Where spend could not be modelled, the average value of a repeat purchase."""

    @property
    def mean_spend(self) -> float:
        """What customers of the channel spend per purchase on average."""
        return self.spend if isinstance(self.spend, float) else self.spend.population_mean

    def __str__(self) -> str:
        return f"{self.purchases} Mean spend per purchase: {self.mean_spend:,.2f}."

    def to_pandas(self) -> pd.DataFrame:
        """The parameters of the model of purchases: estimates, standard errors, intervals."""
        return self.purchases.to_pandas()


@dataclass(frozen=True, repr=False)
class ChannelFits(Shown):
    """The channels for which models were fitted, and why the others have none; see `fit_channels`."""

    fitted: Mapping[str, ChannelFit]
    not_fitted: Mapping[str, str]

    def __str__(self) -> str:
        fitted = [
            f"{channel}: {count(len(fit.customers), 'customer')}" for channel, fit in self.fitted.items()
        ]
        left_out = [f"{channel}: {reason}" for channel, reason in self.not_fitted.items()]
        return "\n".join([f"Models fitted to {count(len(fitted), 'channel')}.", *fitted, *left_out])

    def to_pandas(self) -> pd.DataFrame:
        """One row per fitted channel: its customers, each parameter, and the mean spend per purchase."""
        rows = {
            channel: {"customers": len(fit.customers), **fit.purchases.params, "mean_spend": fit.mean_spend}
            for channel, fit in self.fitted.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index")


def channel_orders(orders: Orders, channel: str, currency: str) -> pa.Table:
    """The order lines of one channel in one currency.

    >>> from ownchannel.orders import sample_orders
    >>> channel_orders(sample_orders(), "Etsy", "USD").num_rows
    214
    """
    table = orders.arrow
    return table.filter(pc.and_(pc.equal(table["channel"], channel), pc.equal(table["currency"], currency)))


def customers_by_channel(orders: Orders, currency: str) -> dict[str, pd.DataFrame]:
    """The customer summary (in weeks) of each channel that sells in a currency; empty where nobody has a key.

    Observation ends, by channel, with the last day of purchase. Who buys on two channels is two customers.

    >>> from ownchannel.orders import sample_orders
    >>> {channel: len(table) for channel, table in customers_by_channel(sample_orders(), "USD").items()}
    {'Amazon.com': 5688, 'Etsy': 108, 'Shopify': 2203, 'eBay': 66}
    """
    sold = orders.sales[orders.sales["currency"] == currency]
    priced = sold[sold["item_value"] > 0]
    return {
        channel: customer_summary(channel_orders(orders, channel, currency))
        for channel in sorted(priced["channel"].unique())
    }


def too_few(customers: pd.DataFrame) -> str:
    """Why customers are too few to fit a model, in words; empty where they are enough.

    >>> too_few(pd.DataFrame({"frequency": [0, 0, 2]}))
    '1 of 3 customers returned, too few to fit a model'
    """
    repeaters = int((customers["frequency"] > 0).sum())
    if customers.empty:
        return "the files do not show who bought"
    if len(customers) < FEWEST_CUSTOMERS or repeaters < FEWEST_REPEATERS:
        return f"{repeaters:,} of {count(len(customers), 'customer')} returned, too few to fit a model"
    return ""


def fit_channels(customers: Mapping[str, pd.DataFrame], model: type[PurchaseModel]) -> ChannelFits:
    """Fit a model of purchases, and gamma-gamma for spend, to each channel with customers enough.

    `customers`: as `customers_by_channel` gives them.

    >>> from ownchannel.clv import ModifiedBetaGeoModel
    >>> from ownchannel.orders import sample_orders
    >>> found = fit_channels(customers_by_channel(sample_orders(), "USD"), ModifiedBetaGeoModel)
    >>> sorted(found.fitted), found.not_fitted["Etsy"]
    (['Amazon.com', 'Shopify'], '28 of 108 customers returned, too few to fit a model')
    """
    fitted: dict[str, ChannelFit] = {}
    not_fitted: dict[str, str] = {}
    for channel, table in customers.items():
        if reason := too_few(table):
            not_fitted[channel] = reason
            continue
        try:
            fitted[channel] = ChannelFit(table, model(table).fit(), _spend(table))
        except FitError as error:
            not_fitted[channel] = f"no model could be fitted ({error})"
    return ChannelFits(fitted, not_fitted)


def _spend(customers: pd.DataFrame) -> GammaGammaResults | float:
    """Gamma-gamma, or the plain mean where all spend the same, or a few so much that there is no mean."""
    with suppress(FitError, ValueError):
        spend = GammaGammaModel(customers).fit()
        if spend.population_mean < float("inf"):
            return spend
    repeats = customers["frequency"]
    return max(0.0, float((customers["monetary_value"] * repeats).sum() / repeats.sum()))


@dataclass(frozen=True)
class ReportedRepeats:
    """What a marketplace says of the customers of its latest period, all products together.

    For channels whose orders do not show who buys.

    >>> ReportedRepeats(share=0.25, customers=80, ends_on=None).share
    0.25
    """

    share: float
    """Of a product's customers, those who bought it more than once in the period."""
    customers: int
    ends_on: dt.date | None


def reported_repeats(repeat_rates: pa.Table, channel: str) -> ReportedRepeats | None:
    """The share of repeat customers in the latest report of a channel; None where there is no report.

    `repeat_rates` is the table of `Orders.repeat_rates`. A report of "Amazon" stands for "Amazon.com", for it
    does not say the country. A product counts by its customers. Who buys two products is no repeat customer
    of either, and only the period itself is looked at: a lower bound of those who ever come back.

    >>> from ownchannel.orders import sample_orders
    >>> found = reported_repeats(sample_orders().repeat_rates, "Amazon.com")
    >>> found.customers, round(found.share, 4)
    (471, 0.0064)
    >>> reported_repeats(sample_orders().repeat_rates, "Etsy") is None
    True
    """
    names = [
        name
        for name in repeat_rates["channel"].unique().to_pylist()
        if channel == name or channel.startswith(f"{name}.")
    ]
    rates = repeat_rates.filter(pc.is_in(repeat_rates["channel"], pa.array(names, pa.string())))
    ends_on = pc.max(rates["ends_on"]).as_py()
    if ends_on is not None:
        rates = rates.filter(pc.equal(rates["ends_on"], ends_on))
    customers = pc.sum(rates["customers"]).as_py() or 0
    if not customers:
        return None
    repeats = pc.sum(pc.multiply(rates["repeat_customers_share"], rates["customers"])).as_py()
    return ReportedRepeats(repeats / customers, customers, ends_on)
