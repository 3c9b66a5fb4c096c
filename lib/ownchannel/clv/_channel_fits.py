"""Models of purchases and spend for each channel, where it has customers enough to tell."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.clv._gamma_gamma import GammaGammaModel, GammaGammaResults
from ownchannel.clv._optimum import FitError
from ownchannel.clv._purchase_model import PurchaseModel, PurchaseResults
from ownchannel.customers import customer_summary
from ownchannel.formats import count
from ownchannel.orders import Orders

#: With fewer a fit says little of the next customers: a judgement, not a theorem.
FEWEST_CUSTOMERS, FEWEST_REPEATERS = 500, 50


@dataclass(frozen=True)
class ChannelFit:
    """The customers of one channel, and the models fitted to them."""

    customers: pd.DataFrame
    purchases: PurchaseResults
    spend: GammaGammaResults | float
    """Where spend could not be modelled, the mean value of a repeat purchase."""


@dataclass(frozen=True)
class ChannelFits:
    """The channels for which models were fitted, and why the others have none."""

    fitted: Mapping[str, ChannelFit]
    not_fitted: Mapping[str, str]


def channel_orders(orders: Orders, channel: str, currency: str) -> pa.Table:
    """The order lines of one channel in one currency."""
    table = orders.arrow
    return table.filter(pc.and_(pc.equal(table["channel"], channel), pc.equal(table["currency"], currency)))


def customers_by_channel(orders: Orders, currency: str) -> dict[str, pd.DataFrame]:
    """The customer summary (in weeks) of each channel that sells in a currency; empty where nobody has a key.

    Observation ends, by channel, with the last day of purchase. Who buys on two channels is two customers.
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
    '1 of 3 customers came back, too few to fit a model'
    """
    repeaters = int((customers["frequency"] > 0).sum())
    if customers.empty:
        return "no file tells its buyers apart"
    if len(customers) < FEWEST_CUSTOMERS or repeaters < FEWEST_REPEATERS:
        return f"{repeaters:,} of {count(len(customers), 'customer')} came back, too few to fit a model"
    return ""


def fit_channels(customers: Mapping[str, pd.DataFrame], model: type[PurchaseModel]) -> ChannelFits:
    """Fit a model of purchases, and gamma-gamma for spend, to each channel with customers enough.

    `customers`: as `customers_by_channel` gives them.

    >>> from ownchannel.clv._beta_geo import ModifiedBetaGeoModel
    >>> from ownchannel.orders import sample_orders
    >>> found = fit_channels(customers_by_channel(sample_orders(), "USD"), ModifiedBetaGeoModel)
    >>> sorted(found.fitted), dict(found.not_fitted)
    (['Amazon.com', 'Shopify'], {'Etsy': '28 of 108 customers came back, too few to fit a model'})
    """
    fitted: dict[str, ChannelFit] = {}
    not_fitted: dict[str, str] = {}
    for channel, its in customers.items():
        if reason := too_few(its):
            not_fitted[channel] = reason
            continue
        try:
            purchases = model(its).fit()
        except FitError as error:
            not_fitted[channel] = f"no model could be fitted ({error})"
            continue
        assert isinstance(purchases, PurchaseResults)
        fitted[channel] = ChannelFit(its, purchases, _spend(its))
    return ChannelFits(fitted, not_fitted)


def _spend(customers: pd.DataFrame) -> GammaGammaResults | float:
    """Gamma-gamma, or the plain mean where all spend the same, or a few so much that there is no mean."""
    try:
        spend = GammaGammaModel(customers).fit()
    except (FitError, ValueError):
        return _mean_purchase(customers)
    assert isinstance(spend, GammaGammaResults)
    return spend if spend.population_mean < float("inf") else _mean_purchase(customers)


def _mean_purchase(customers: pd.DataFrame) -> float:
    repeats = customers["frequency"]
    return max(0.0, float((customers["monetary_value"] * repeats).sum() / repeats.sum()))
