"""Small plans that a test changes one thing of, and one plan in which everything may happen."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ownchannel.scenarios import Plan

Fields = Mapping[str, Any]

MARKET: Fields = {
    "name": "Market",
    "kind": "marketplace",
    "order_value": 40,
    "goods_cost": 12,
    "fee_rate": 0.15,
    "organic_customers": 200,
    "existing_customers": 300,
    "repeat_rate": 0.2,
    "reference_spend": 2_000,
    "cac": 20,
}
STORE: Fields = {
    "name": "Store",
    "kind": "owned",
    "order_value": 50,
    "goods_cost": 14,
    "payment_rate": 0.03,
    "organic_customers": 80,
    "existing_customers": 200,
    "repeat_rate": 0.4,
    "reference_spend": 1_000,
    "cac": 25,
}
HAZARDS = ("suspension_hazard", "private_label_hazard", "fee_rise_hazard", "ad_loss_hazard")

#: What the four parameters of a fitted model have in common, and what each has alone.
_TOGETHER = np.array([[0.05, 0.0], [0.08, 0.02], [0.0, 0.15], [-0.04, 0.12]])
LOG_COVARIANCE = _TOGETHER @ _TOGETHER.T + np.diag([0.001, 0.002, 0.003, 0.004])

FITTED: Fields = {
    "model": "MBG/NBD",
    "parameters": {"r": 0.524838, "alpha": 6.182993, "a": 0.891356, "b": 1.614},
    "log_covariance": LOG_COVARIANCE.tolist(),
    "histories": [(2, 30.4, 38.9, 40.0), (0, 0.0, 20.0, 90.0), (5, 18.0, 25.0, 12.0)],
}


def market(**fields: Any) -> dict[str, Any]:
    return {**MARKET, **fields}


def store(**fields: Any) -> dict[str, Any]:
    return {**STORE, **fields}


def plan(*channels: dict[str, Any], **fields: Any) -> Plan:
    """A marketplace and a store unless other channels are given, with 4,000 a month for their growth."""
    own = {"horizon_months": 24, "start": "2027-01", "discount_rate": 0.1}
    budget = {"growth_budget": 4_000, "owned_share_of_growth_budget": 0.5}
    if not channels:
        return Plan.model_validate({**own, **budget, **fields, "channels": [market(), store()]})
    return Plan.model_validate({**own, **fields, "channels": list(channels)})


def eventful_plan(**fields: Any) -> Plan:
    """Events of all kinds, uncertain fields of all sorts, a fitted model, members, referrals and a season."""
    channels = [
        market(
            suspension_hazard=0.06,
            suspension_months=3,
            suspension_recovery=0.8,
            private_label_hazard=0.03,
            private_label_loss=0.4,
            fee_rise_hazard=0.1,
            fee_rise_points=0.02,
            payout_delay=0.4,
            stock_lead_months=2,
            rank_effect=0.3,
            return_rate=0.05,
            refund_fee_rate=0.2,
            undercut_loss=0.1,
        ),
        market(
            name="Bazaar", suspension_hazard=0.04, fee_rise_hazard=0.05, fee_rise_points=0.03, steering=0.1
        ),
        store(
            ad_loss_hazard=0.05,
            ad_loss_months=2,
            cannibalisation=0.3,
            referrals_per_order=0.05,
            member_share=0.3,
            member_frequency_uplift=0.1,
            member_drop_reduction=0.1,
            member_reward_rate=0.05,
            member_annual_fee=20,
            member_annual_cost=12,
            ramp_months=4,
            discount=0.05,
            price_elasticity=1.2,
        ),
        store(
            name="Club",
            ad_loss_hazard=0.03,
            purchase_model=FITTED,
            referrals_per_order=0.02,
            member_share=0.2,
        ),
    ]
    uncertain = {
        "discount_rate": (0.05, 0.2),
        "setup_cost": (4_000, 9_000),
        "growth_budget": (7_000, 12_000),
        "channels.Market.suspension_hazard": (0.01, 0.1),
        "channels.Market.suspension_recovery": (0.5, 1.0),
        "channels.Market.fee_rise_points": (0.0, 0.05),
        "channels.Market.private_label_loss": (0.1, 0.7),
        "channels.Market.payout_delay": (0.2, 0.6),
        "channels.Bazaar.order_value": (30, 45),
        "channels.Store.cac": (18, 40),
        "channels.Store.spend_elasticity": (0.5, 1.0),
        "channels.Store.repeat_rate": (0.25, 0.5),
        "channels.Store.ad_incrementality": (0.4, 1.0),
        "channels.Club.goods_cost": (10, 20),
    }
    own = {
        "cash": 50_000,
        "fixed_costs": 3_000,
        "setup_cost": 5_000,
        "growth_budget": 9_000,
        "owned_share_of_growth_budget": 0.6,
        "seasonality": [0.8, 0.8, 0.9, 0.9, 1.0, 1.0, 0.9, 0.9, 1.0, 1.1, 1.3, 1.4],
        "uncertain": uncertain,
    }
    return plan(*channels, **{**own, **fields})


def without_events(its_plan: Plan) -> Plan:
    """The same plan where nothing may happen."""
    return its_plan.with_values({path: 0.0 for path in its_plan.numbers() if path.endswith(HAZARDS)})


def without_uncertainty(its_plan: Plan) -> Plan:
    return its_plan.model_copy(update={"uncertain": {}})
