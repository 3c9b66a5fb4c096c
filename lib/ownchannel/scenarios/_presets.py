"""Five brands to start from, in dollars: typical numbers, each inside the range that its source supports."""

from collections.abc import Callable, Mapping
from typing import Any

from ownchannel.assumptions import did_you_mean
from ownchannel.scenarios._channels import Channel, MarketplaceChannel, OwnedChannel
from ownchannel.scenarios._plan import Plan

AMAZON = "Amazon.com"
OWN_STORE = "Own store"

#: What most sellers on Amazon meet. Nobody knows how often accounts are suspended: here one in twenty a year.
_ON_AMAZON: Mapping[str, Any] = {
    "platform_fee": 39.99,
    "refund_fee_rate": 0.2,
    "payout_delay": 0.3,
    "stock_lead_months": 2,
    "undercut_loss": 0.3,
    "suspension_hazard": 0.004,
    "suspension_months": 2,
    "suspension_recovery": 0.7,
    "private_label_hazard": 0.003,
    "private_label_loss": 0.2,
    "fee_rise_hazard": 0.01,
    "fee_rise_points": 0.01,
    "ad_incrementality": 0.6,
    "cac_inflation": 0.05,
    "spend_elasticity": 0.7,
}

#: What most own stores meet.
_IN_OWN_STORE: Mapping[str, Any] = {
    "platform_fee": 105,
    "payment_rate": 0.027,
    "payment_fixed": 0.3,
    "stock_lead_months": 2,
    "ad_loss_hazard": 0.004,
    "ad_loss_months": 1,
    "ad_incrementality": 0.8,
    "cac_inflation": 0.05,
    "spend_elasticity": 0.85,
    "ramp_months": 3,
    "cannibalisation": 0.1,
}

#: More in November and December, as shops for presents know it; the mean is 1.
_PRESENTS = (0.9, 0.85, 0.9, 0.9, 0.95, 0.9, 1.0, 0.95, 0.95, 1.0, 1.25, 1.45)


def all_marketplace() -> Plan:
    """Beauty, nearly all of it sold on the marketplace, with a small test of an own store."""
    amazon = _amazon(
        organic_customers=450,
        existing_customers=2_500,
        reference_spend=6_000,
        cac=16,
        repeat_rate=0.26,
        order_value=36,
        units_per_order=1.3,
        goods_cost=10,
        fee_rate=0.15,
        fulfilment_cost=6,
        return_rate=0.04,
    )
    own_store = _own_store(
        organic_customers=15,
        existing_customers=60,
        reference_spend=500,
        cac=30,
        repeat_rate=0.42,
        order_value=56,
        units_per_order=1.6,
        goods_cost=13,
        fulfilment_cost=3.5,
        shipping_cost=6,
        service_cost=0.8,
        return_rate=0.05,
    )
    return _plan(
        amazon,
        own_store,
        growth_budget=6_500,
        owned_share_of_growth_budget=0.25,
        setup_cost=3_000,
        cash=60_000,
        fixed_costs=6_000,
        seasonality=_PRESENTS,
    )


def balanced() -> Plan:
    """Home goods, sold as much in the own store as on the marketplace."""
    amazon = _amazon(
        organic_customers=300,
        existing_customers=1_800,
        reference_spend=4_500,
        cac=15,
        repeat_rate=0.22,
        order_value=42,
        units_per_order=1.2,
        goods_cost=15,
        fee_rate=0.15,
        fulfilment_cost=6.5,
        return_rate=0.05,
    )
    own_store = _own_store(
        organic_customers=140,
        organic_growth=0.005,
        existing_customers=1_500,
        reference_spend=4_000,
        cac=34,
        repeat_rate=0.38,
        order_value=64,
        units_per_order=1.7,
        goods_cost=19,
        fulfilment_cost=4,
        shipping_cost=7,
        service_cost=1,
        return_rate=0.06,
        resellable_rate=0.7,
        return_handling_cost=6,
    )
    return _plan(
        amazon,
        own_store,
        growth_budget=8_500,
        owned_share_of_growth_budget=0.6,
        setup_cost=3_000,
        cash=80_000,
        fixed_costs=9_000,
        seasonality=_PRESENTS,
    )


def own_store_first() -> Plan:
    """Apparel that is known by its own store, and uses the marketplace to be found."""
    amazon = _amazon(
        organic_customers=120,
        existing_customers=500,
        reference_spend=1_500,
        cac=18,
        repeat_rate=0.18,
        order_value=48,
        goods_cost=18,
        fee_rate=0.17,
        fulfilment_cost=6,
        return_rate=0.15,
        resellable_rate=0.8,
        return_handling_cost=4,
    )
    own_store = _own_store(
        organic_customers=420,
        organic_growth=0.005,
        existing_customers=5_000,
        reference_spend=9_000,
        cac=44,
        repeat_rate=0.4,
        order_value=78,
        units_per_order=1.5,
        goods_cost=26,
        fulfilment_cost=4,
        shipping_cost=7,
        service_cost=1.2,
        return_rate=0.18,
        resellable_rate=0.85,
        return_handling_cost=7,
    )
    return _plan(
        amazon,
        own_store,
        growth_budget=10_500,
        owned_share_of_growth_budget=0.9,
        cash=120_000,
        fixed_costs=16_000,
        seasonality=_PRESENTS,
    )


def consumable() -> Plan:
    """Coffee, bought again and again, as good as a subscription."""
    amazon = _amazon(
        organic_customers=250,
        existing_customers=1_600,
        reference_spend=3_500,
        cac=13,
        repeat_rate=0.4,
        days_between_orders=45,
        order_value=29,
        units_per_order=1.5,
        goods_cost=11,
        fee_rate=0.15,
        fulfilment_cost=5.5,
        return_rate=0.01,
    )
    own_store = _own_store(
        organic_customers=30,
        existing_customers=200,
        reference_spend=1_200,
        cac=34,
        repeat_rate=0.62,
        days_between_orders=35,
        order_value=46,
        units_per_order=2,
        goods_cost=14,
        fulfilment_cost=3,
        shipping_cost=5.5,
        service_cost=0.6,
        return_rate=0.01,
    )
    return _plan(
        amazon,
        own_store,
        growth_budget=4_700,
        owned_share_of_growth_budget=0.5,
        setup_cost=3_000,
        cash=50_000,
        fixed_costs=4_500,
    )


def durable() -> Plan:
    """Furniture that a household buys once."""
    amazon = _amazon(
        organic_customers=60,
        existing_customers=100,
        reference_spend=3_000,
        cac=40,
        repeat_rate=0.12,
        days_between_orders=300,
        order_value=210,
        goods_cost=85,
        fee_category="furniture",
        fulfilment_cost=13,
        return_rate=0.08,
        resellable_rate=0.6,
        return_handling_cost=18,
    )
    own_store = _own_store(
        organic_customers=10,
        existing_customers=30,
        reference_spend=1_000,
        cac=70,
        repeat_rate=0.14,
        days_between_orders=270,
        order_value=225,
        goods_cost=85,
        fulfilment_cost=10,
        shipping_cost=15,
        service_cost=3,
        return_rate=0.08,
        resellable_rate=0.7,
        return_handling_cost=20,
    )
    return _plan(
        amazon,
        own_store,
        growth_budget=4_000,
        owned_share_of_growth_budget=0.4,
        setup_cost=6_000,
        cash=70_000,
        fixed_costs=4_500,
        seasonality=_PRESENTS,
    )


#: What makes each preset, by the name that a person chooses it by.
PRESETS: Mapping[str, Callable[[], Plan]] = {
    "All-marketplace brand": all_marketplace,
    "Balanced brand": balanced,
    "Own-store-first brand": own_store_first,
    "Subscription-like consumable": consumable,
    "One-off durable": durable,
}


def preset(name: str) -> Plan:
    """The preset of that name; ValueError where there is none.

    >>> preset("Balanced brand").channel("Own store").order_value
    64.0
    """
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name}{did_you_mean(name, PRESETS)}")
    return PRESETS[name]()


def _amazon(**fields: Any) -> MarketplaceChannel:
    return MarketplaceChannel(name=AMAZON, **{**_ON_AMAZON, **fields})


def _own_store(**fields: Any) -> OwnedChannel:
    return OwnedChannel(name=OWN_STORE, **{**_IN_OWN_STORE, **fields})


def _plan(amazon: MarketplaceChannel, own_store: OwnedChannel, **fields: Any) -> Plan:
    """A plan of the two, with ranges around what nobody knows well."""
    uncertain = {
        f"channels.{AMAZON}.ad_incrementality": (0.3, 0.9),
        f"channels.{AMAZON}.organic_growth": (-0.02, 0.02),
        f"channels.{AMAZON}.repeat_rate": _around(amazon, "repeat_rate", 0.75, 1.25),
        f"channels.{OWN_STORE}.ad_incrementality": (0.4, 1.0),
        f"channels.{OWN_STORE}.cac": _around(own_store, "cac", 0.8, 1.35),
        f"channels.{OWN_STORE}.order_value": _around(own_store, "order_value", 0.9, 1.1),
        f"channels.{OWN_STORE}.repeat_rate": _around(own_store, "repeat_rate", 0.7, 1.25),
        f"channels.{OWN_STORE}.spend_elasticity": (0.65, 1.0),
    }
    return Plan(channels=(amazon, own_store), uncertain=uncertain, **fields)


def _around(channel: Channel, name: str, low: float, high: float) -> tuple[float, float]:
    """So many times the channel's own value, as far as its source goes."""
    value: float = getattr(channel, name)
    least, most = channel.declared()[name].plausible
    return max(least, round(low * value, 4)), min(most, round(high * value, 4))
