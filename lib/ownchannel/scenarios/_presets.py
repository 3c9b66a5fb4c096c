"""Five brands to start from, in dollars: typical numbers, each inside the range that its source supports."""

from collections.abc import Callable, Mapping
from functools import partial
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
_EVEN = (1.0,) * 12

#: The brands, by the name that a person chooses one by; and below, in this order, what makes each of them.
_BRANDS = (
    "All-marketplace brand",  # beauty, nearly all on the marketplace, with a small test of an own store
    "Balanced brand",  # home goods, sold as much in the own store as on the marketplace
    "Own-store-first brand",  # apparel that is known by its own store, and found on the marketplace
    "Subscription-like consumable",  # coffee, bought again and again, as good as a subscription
    "One-off durable",  # furniture that a household buys once
)

_AMAZON: Mapping[str, tuple[Any, ...]] = {
    "organic_customers": (450, 300, 120, 250, 60),
    "existing_customers": (2_500, 1_800, 500, 1_600, 100),
    "reference_spend": (6_000, 4_500, 1_500, 3_500, 3_000),
    "cac": (16, 15, 18, 13, 40),
    "repeat_rate": (0.26, 0.22, 0.18, 0.4, 0.12),
    "days_between_orders": (90, 90, 90, 45, 300),
    "order_value": (36, 42, 48, 29, 210),
    "units_per_order": (1.3, 1.2, 1, 1.5, 1),
    "goods_cost": (10, 15, 18, 11, 85),
    "fee_rate": (0.15, 0.15, 0.17, 0.15, 0),
    "fee_category": (None, None, None, None, "furniture"),
    "fulfilment_cost": (6, 6.5, 6, 5.5, 13),
    "return_rate": (0.04, 0.05, 0.15, 0.01, 0.08),
    "resellable_rate": (0, 0, 0.8, 0, 0.6),
    "return_handling_cost": (0, 0, 4, 0, 18),
}

_OWN_STORE: Mapping[str, tuple[float, ...]] = {
    "organic_customers": (15, 140, 420, 30, 10),
    "organic_growth": (0, 0.005, 0.005, 0, 0),
    "existing_customers": (60, 1_500, 5_000, 200, 30),
    "reference_spend": (500, 4_000, 9_000, 1_200, 1_000),
    "cac": (30, 34, 44, 34, 70),
    "repeat_rate": (0.42, 0.38, 0.4, 0.62, 0.14),
    "days_between_orders": (90, 90, 90, 35, 270),
    "order_value": (56, 64, 78, 46, 225),
    "units_per_order": (1.6, 1.7, 1.5, 2, 1),
    "goods_cost": (13, 19, 26, 14, 85),
    "fulfilment_cost": (3.5, 4, 4, 3, 10),
    "shipping_cost": (6, 7, 7, 5.5, 15),
    "service_cost": (0.8, 1, 1.2, 0.6, 3),
    "return_rate": (0.05, 0.06, 0.18, 0.01, 0.08),
    "resellable_rate": (0, 0.7, 0.85, 0, 0.7),
    "return_handling_cost": (0, 6, 7, 0, 20),
}

_PLAN: Mapping[str, tuple[Any, ...]] = {
    "growth_budget": (6_500, 8_500, 10_500, 4_700, 4_000),
    "owned_share_of_growth_budget": (0.25, 0.6, 0.9, 0.5, 0.4),
    "setup_cost": (3_000, 3_000, 0, 3_000, 6_000),
    "cash": (60_000, 80_000, 120_000, 50_000, 70_000),
    "fixed_costs": (6_000, 9_000, 16_000, 4_500, 4_500),
    "seasonality": (_PRESENTS, _PRESENTS, _PRESENTS, _EVEN, _PRESENTS),
}


def preset(name: str) -> Plan:
    """The preset of that name; ValueError where there is none.

    >>> preset("Balanced brand").channel("Own store").order_value
    64.0
    """
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name}{did_you_mean(name, PRESETS)}")
    return PRESETS[name]()


def _brand(column: int) -> Plan:
    """The plan of a brand, with ranges around what nobody knows well."""

    def of_brand(table: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        return {field: values[column] for field, values in table.items()}

    amazon = MarketplaceChannel(name=AMAZON, **_ON_AMAZON, **of_brand(_AMAZON))
    own_store = OwnedChannel(name=OWN_STORE, **_IN_OWN_STORE, **of_brand(_OWN_STORE))
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
    return Plan(channels=(amazon, own_store), uncertain=uncertain, **of_brand(_PLAN))


def _around(channel: Channel, name: str, low: float, high: float) -> tuple[float, float]:
    """So many times the channel's own value, as far as its source goes."""
    value: float = getattr(channel, name)
    least, most = channel.declared()[name].plausible
    return max(least, round(low * value, 4)), min(most, round(high * value, 4))


#: What makes each preset, by the brand's name.
PRESETS: Mapping[str, Callable[[], Plan]] = {
    name: partial(_brand, column) for column, name in enumerate(_BRANDS)
}
