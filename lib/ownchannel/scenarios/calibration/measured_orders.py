"""What an order of a channel is worth and costs, as its files tell: value, units, fees, parcels, returns."""

import numpy as np
import pandas as pd

from ownchannel.clv.special import Floats
from ownchannel.formats import count, percent
from ownchannel.scenarios.calibration.measured import INTERVAL, MeasuredNumber, ratio
from ownchannel.scenarios.calibration.observed import RETURNING, Observed, period

#: With fewer orders the user's own values say more: a judgement.
FEWEST_ORDERS = 30

#: Marketplaces whose exports tell the card's fee and no other.
CARD_FEE_ALONE = frozenset({"Etsy"})

_AMOUNTS = ["item_value", "discount", "shipping", "refund", "quantity", "fulfilment"]


def measured_orders(its: Observed) -> dict[str, MeasuredNumber]:
    """By field of a channel what its orders of two years tell; what no file tells is left out.

    `order_value` is what customers were charged, shipping included, tax excluded, before returns.
    `return_rate` is money given back over that, of orders old enough. Shipping that was given back is in
    neither, for the order table does not keep it. `fee_rate` comes from orders without a refund: what became
    of the fee on the others is another matter. Fees of an own store, and of a marketplace that tells no
    other, are the card's: `payment_rate` and `payment_fixed`, by least squares on the orders' values.
    `fulfilment_cost` is what the platform booked for an order that it sent.

    >>> from ownchannel.orders.saved import sample_orders
    >>> from ownchannel.scenarios.calibration.observed import observed_channels
    >>> found = measured_orders(observed_channels(sample_orders(), "USD")["Amazon.com"])
    >>> sorted(found)
    ['fee_rate', 'fulfilment_cost', 'order_value', 'return_rate', 'units_per_order']
    >>> round(found["fee_rate"].value, 3)
    0.15
    """
    recent = its.recent(its.end)
    orders = _by_order(recent)
    if len(orders) < FEWEST_ORDERS:
        return {}
    months = period(recent)
    source = f"measured: {count(len(orders), 'order')} of {its.channel}, {months}"
    one = np.ones(len(orders))
    found = {
        "order_value": ratio(orders["paid"].to_numpy(), one, source),
        "units_per_order": ratio(orders["quantity"].to_numpy(), one, source),
    }
    return found | _fees(its, orders, months) | _parcels(its, orders, months) | _returns(its)


def _by_order(lines: pd.DataFrame) -> pd.DataFrame:
    """A row an order: exact sums as floats, `paid` before returns, and whether its fee is told."""
    grouped = lines.assign(fee_told=lines["fee"].notna()).groupby("order_id")
    orders = grouped[[*_AMOUNTS, "fee"]].sum().astype(float).assign(fee_told=grouped["fee_told"].all())
    return orders.assign(
        paid=orders["item_value"] - orders["discount"] + orders["shipping"],
        ordered_on=grouped["ordered_on"].min(),
    )


def _returns(its: Observed) -> dict[str, MeasuredNumber]:
    """Nothing where no refund is told: an export without refunds looks like a shop without returns."""
    lines = its.recent(its.last - RETURNING)
    orders = _by_order(lines)
    if len(orders) < FEWEST_ORDERS or not (orders["refund"] > 0).any():
        return {}
    older = f"measured: {count(len(orders), 'order')} of {its.channel} older than 60 days, {period(lines)}"
    return {"return_rate": ratio(orders["refund"].to_numpy(), orders["paid"].to_numpy(), older)}


def _fees(its: Observed, orders: pd.DataFrame, months: str) -> dict[str, MeasuredNumber]:
    told = orders[orders["fee_told"].astype(bool) & (orders["refund"] == 0) & (orders["paid"] > 0)]
    if len(told) < FEWEST_ORDERS:
        return {}
    source = f"measured: fees booked on {count(len(told), 'order')} of {its.channel}, {months}"
    fee, paid = (told["fee"] - told["fulfilment"]).to_numpy(), told["paid"].to_numpy()
    if its.kind == "marketplace" and its.channel not in CARD_FEE_ALONE:
        return {"fee_rate": ratio(fee, paid, source)}
    return _card(fee, paid, source)


def _card(fee: Floats, paid: Floats, source: str) -> dict[str, MeasuredNumber]:
    """A share of the value and a fixed amount; the share alone where orders do not tell the two apart."""
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


def _parcels(its: Observed, orders: pd.DataFrame, months: str) -> dict[str, MeasuredNumber]:
    sent = orders.loc[orders["fulfilment"] > 0, "fulfilment"].to_numpy()
    if len(sent) < FEWEST_ORDERS:
        return {}
    source = f"measured: parcels booked on {count(len(sent), 'order')} of {its.channel}, {months}"
    if others := len(orders) - len(sent):
        source += f"; the other {percent(others / len(orders))} are taken to cost the same"
    return {"fulfilment_cost": ratio(sent, np.ones(len(sent)), source)}
