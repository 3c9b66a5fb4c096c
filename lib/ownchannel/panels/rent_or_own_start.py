"""The plan that workbook 04 opens with: what orders tell, and the other workbooks' settings for the rest."""

from typing import Any

import pandas as pd

from ownchannel.customers.months import channel_months
from ownchannel.marketplace.customer_terms import AD_RATES, CustomerEconomics
from ownchannel.marketplace.economics import MEASURED
from ownchannel.marketplace.shocks import Shocks
from ownchannel.orders.orders import Orders
from ownchannel.panels.customer_settings import customer_settings
from ownchannel.panels.settings import starting_settings
from ownchannel.scenarios.calibrate import Calibration, calibrate
from ownchannel.scenarios.channels import AnyChannel, MarketplaceChannel, OwnedChannel
from ownchannel.scenarios.plan import Plan
from ownchannel.scenarios.presets import preset

#: Of new customers, those whom the platforms' reports credit to advertising: an assumption, to be replaced.
CREDITED_TO_ADS = 0.5

#: How much of the growth budget the opening plan moves to the own stores.
MOVED = 0.2

_YEAR = 12

#: What may go wrong, and how advertising answers: no order tells, so the balanced brand's numbers stand in.
_BORROWED = {
    "marketplace": (
        *("undercut_loss", "suspension_hazard", "suspension_months", "suspension_recovery"),
        *("private_label_hazard", "private_label_loss", "fee_rise_hazard", "fee_rise_points"),
        *("ad_incrementality", "cac_inflation", "spend_elasticity", "payout_delay", "stock_lead_months"),
        *("repeat_rate", "days_between_orders", "refund_fee_rate"),
    ),
    "owned": (
        *("ad_loss_hazard", "ad_loss_months", "ad_incrementality", "cac_inflation", "spend_elasticity"),
        *("ramp_months", "cannibalisation", "stock_lead_months", "payment_fixed"),
        *("repeat_rate", "days_between_orders"),
    ),
}


def todays_plan(orders: Orders) -> Calibration:
    """The brand as it is: its channels, measured where orders tell, and where each number comes from.

    Advertising is the share of sales that workbook 01 starts with, credited with half of the new customers.
    Raises ValueError where nothing was sold.
    """
    currency = orders.main_currency
    months = channel_months(orders)
    months = months[months["currency"] == currency].astype(dict.fromkeys(MEASURED, "float64"))
    costs, shocks = customer_settings(orders, months), starting_settings(orders, months)
    channels = [
        _channel(str(name), of_channel, costs)
        for name, of_channel in months.groupby("channel")
        if of_channel["net_value"].sum() > 0
    ]
    if not channels:
        raise ValueError(
            f"Nothing was sold in {currency} that was not given back: no plan can start from it."
        )
    plan = _plan(channels, shocks, currency)
    return calibrate(orders, plan)


def opening_plan(today: Plan) -> Plan:
    """Today's plan with a fifth of the growth budget moved to the own stores, where there are some."""
    share = min(1.0, round(today.owned_share_of_growth_budget + MOVED, 2))
    kinds = {its.kind for its in today.channels if its.reference_spend > 0}
    return today.with_values({"owned_share_of_growth_budget": share}) if len(kinds) > 1 else today


def measured_ranges(found: Calibration) -> dict[str, tuple[float, float]]:
    """By path of each number that was measured, its interval."""
    fields = found.fields[(found.fields["confidence"] == "measured") & found.fields["low"].notna()]
    numbers = found.plan.numbers()
    rows = zip(fields["path"], fields["low"], fields["high"], strict=True)
    return {str(path): (float(low), float(high)) for path, low, high in rows if path in numbers}


def _plan(channels: list[AnyChannel], shocks: Shocks, currency: str) -> Plan:
    plan = Plan(
        channels=tuple(channels),
        currency=currency,
        cash=shocks.cash,
        fixed_costs=shocks.fixed_costs,
        uncertain=_uncertain(channels),
    )
    return plan.today()


def _channel(name: str, months: pd.DataFrame, costs: CustomerEconomics) -> AnyChannel:
    kind = str(months["kind"].iloc[0])
    last = months[months["month"].isin(sorted(months["month"].unique())[-_YEAR:])]
    a_month = last[["net_value", "item_value", "shipping", "orders", "first_orders"]].astype(float).sum()
    a_month /= last["month"].nunique()
    orders = max(a_month["orders"], 1e-9)
    spend = getattr(costs, AD_RATES[kind]) * max(a_month["net_value"], 0.0)
    won = CREDITED_TO_ADS * (a_month["first_orders"] or orders)
    rented = kind == "marketplace"
    given: dict[str, Any] = {
        "name": name,
        "order_value": max((a_month["net_value"] + a_month["shipping"]) / orders, 0.01),
        "goods_cost": costs.goods_cost_rate * a_month["item_value"] / orders,
        "fulfilment_cost": costs.marketplace_fulfilment if rented else costs.owned_fulfilment,
        "reference_spend": round(spend),
        "cac": round(spend / won, 2) if won else 0.0,
    }
    fee = {"fee_rate": costs.marketplace_fee_rate} if rented else {"payment_rate": costs.owned_payment_rate}
    like = preset("Balanced brand").channels[0 if rented else 1]
    given |= fee | {field: getattr(like, field) for field in _BORROWED[kind]}
    return (MarketplaceChannel if rented else OwnedChannel)(**given)


def _uncertain(channels: list[AnyChannel]) -> dict[str, tuple[float, float]]:
    """What nobody knows well: how many would have come without advertising, and what a customer costs."""
    found: dict[str, tuple[float, float]] = {}
    for its in channels:
        if its.reference_spend > 0:
            low, high = its.declared()["ad_incrementality"].plausible
            path = f"channels.{its.name}"
            found[f"{path}.ad_incrementality"] = (
                min(low, its.ad_incrementality),
                max(high, its.ad_incrementality),
            )
            found[f"{path}.cac"] = (round(0.7 * its.cac, 2), round(1.4 * its.cac, 2))
    return found
