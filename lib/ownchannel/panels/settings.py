"""Where the sliders of workbook 01 start: at the declared defaults, made to fit the brand and its files."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

import pandas as pd
from pydantic import create_model

from ownchannel.assumptions import scaled
from ownchannel.marketplace.booked import advertising_share
from ownchannel.marketplace.dependence import ROUNDING
from ownchannel.marketplace.shocks import Shocks
from ownchannel.orders.orders import Orders
from ownchannel.orders.report import day

#: The brand that the declared defaults suit: revenue a month and an order's value, in dollars.
TYPICAL_REVENUE, TYPICAL_ORDER = 30_000, 50

_YEAR = timedelta(days=365)


def starting_settings(orders: Orders, months: pd.DataFrame) -> Shocks:
    """The declared defaults, fitted to the brand; advertising as marketplaces booked it, where they did.

    Money is ten times as high for a brand ten times as large or in a smaller coin. `months` is the table of
    `channel_months` in the main currency.
    """
    model = Shocks
    by_month = months.groupby("month")[["net_value", "orders"]].sum()
    revenue, number = by_month["net_value"].mean(), by_month["orders"].mean()
    if revenue > 0 and number > 0:
        size = _power_of_ten(revenue / TYPICAL_REVENUE)
        order = _power_of_ten(revenue / number / TYPICAL_ORDER)
        model = scaled(model, {"money": size, "money a month": size, "money an order": order})
    return _with_booked_advertising(model, orders)()


def _power_of_ten(ratio: float) -> float:
    return float(10.0 ** round(math.log10(ratio)))


def _with_booked_advertising(model: type[Shocks], orders: Orders) -> type[Shocks]:
    """The declarations with the last year's advertising as the default, to a step of its slider."""
    if orders.sales.empty:
        return model
    last_day = orders.sales["ordered_on"].max()
    share = advertising_share(orders.entries, orders.main_currency, since=last_day - _YEAR)
    if share is None:
        return model
    declared = model.declared()["marketplace_ad_rate"]
    share = min(round(round(share / declared.step) * declared.step, 6), declared.valid[1])
    low, high = declared.plausible
    measured = replace(
        declared,
        plausible=(min(low, share), max(high, share)),
        source=f"Measured in your files: booked by marketplaces in the year to {day(last_day)}",
        confidence="measured",
    )
    return create_model(
        model.__name__, __base__=model, marketplace_ad_rate=(Annotated[float, measured], share)
    )


def without_effect(months: pd.DataFrame) -> tuple[str, ...]:
    """The settings that change nothing, because files tell what they stand for; they need no slider."""
    rented, owned = (months[months["kind"] == kind] for kind in ("marketplace", "owned"))
    told = {
        "marketplace_fee_rate": _all_fees_are_told(rented),
        "marketplace_fulfilment": len(rented) > 0 and (rented["orders"] == rented["orders_sent"]).all(),
        "owned_payment_rate": _all_fees_are_told(owned),
    }
    return tuple(name for name, is_told in told.items() if is_told)


def _all_fees_are_told(months: pd.DataFrame) -> bool:
    told, base = months["fee_base_told"].sum(), (months["net_value"] + months["shipping"]).sum()
    return bool(base > 0 and abs(told - base) <= ROUNDING * base)
