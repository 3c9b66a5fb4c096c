"""The plain reading of the plan's equations, against numbers worked out on paper and known limits."""

from itertools import pairwise
from math import exp, inf
from typing import Any

import numpy as np
import pytest

from ownchannel.scenarios import Event, FittedPurchases, Plan
from tests.scenarios import fitted_by_hand
from tests.scenarios.by_hand import Path, path
from tests.scenarios.random_plans import GeneratorDice, plan_document

MARKET: dict[str, Any] = {
    "name": "Market",
    "kind": "marketplace",
    "order_value": 100,
    "organic_customers": 10,
    "days_between_orders": 365.25 / 12,
}
SHOP: dict[str, Any] = {**MARKET, "name": "Shop", "kind": "owned"}
#: Repeat orders of one new customer in the first month, and in the first two: half leave after each order.
R1, R2 = 1 - exp(-0.5), 1 - exp(-1)


def plan(*channels: dict[str, Any], months: int = 2, **fields: Any) -> Plan:
    return Plan.model_validate(
        {"horizon_months": months, "start": "2026-11", "discount_rate": 0, "currency": "USD"}
        | fields
        | {"channels": list(channels)}
    )


def by_month(found: Path, channel: str, what: str) -> list[float]:
    months = range(1, len(found.cash_flow) + 1)
    return [getattr(found.months[t, channel], what) for t in months]


def test_costs_of_an_order_cash_and_npv():
    costs = {
        "fee_rate": 0.15,
        "goods_cost": 30,
        "return_rate": 0.1,
        "resellable_rate": 0.5,
        "platform_fee": 40,
    }
    channel = {**MARKET, **costs, "refund_fee_rate": 0.2, "units_per_order": 2, "payout_delay": 0.5}
    found = path(plan(channel, fixed_costs=60, setup_cost=500, cash=1000, discount_rate=0.21, months=24))
    # 100 · 0.9 − 30 · 0.95 − 15 · 0.9, less a tenth of 2 · min(5, 0.2 · 7.5)
    of_order = 90 - 28.5 - 13.5 - 0.3
    assert by_month(found, "Market", "contribution") == pytest.approx([10 * of_order] * 24)
    assert by_month(found, "Market", "revenue") == pytest.approx([900] * 24)
    assert found.cash_flow == pytest.approx([377] * 24)
    assert found.cash_balance == pytest.approx([500 + 377 * t for t in range(25)])
    ratio = 1.21 ** (-1 / 12)
    assert found.npv == pytest.approx(-500 + 377 * ratio * (1 - 1 / 1.21**2) / (1 - ratio))
    assert found.value_of_new_customer["Market"] == pytest.approx(of_order * ratio)


def test_repeat_orders_of_new_and_existing_customers():
    found = path(plan({**MARKET, "repeat_rate": 0.5, "existing_customers": 8, "steering": 0.25}))
    # E is twice R here: who is active has not left after the first order.
    expected = [0.75 * (10 * R1 + 16 * R1), 0.75 * (10 * R2 + 16 * (R2 - R1))]
    assert by_month(found, "Market", "repeat_orders") == pytest.approx(expected)
    assert by_month(found, "Market", "orders") == pytest.approx([10 + each for each in expected])
    assert found.value_of_new_customer["Market"] == pytest.approx(100 * (1 + 0.75 * R2))


def test_members_order_more_and_pay():
    club = {"member_share": 0.5, "member_frequency_uplift": 1, "member_drop_reduction": 0.5}
    money = {"member_annual_fee": 36, "member_annual_cost": 12, "member_reward_rate": 0.1}
    found = path(
        plan({**SHOP, **club, **money, "repeat_rate": 0.5, "reach": 0.5, "personalisation_uplift": 0.4})
    )
    of_member = 0.75 / 0.25 * (1 - exp(-0.25))
    others, members = 5 * 1.2 * R1, 5 * 2.4 * of_member
    first = found.months[1, "Shop"]
    assert first.repeat_orders == pytest.approx(others + members)
    assert first.contribution == pytest.approx((5 + others) * 100 + (5 + members) * 90)
    active = 5 * 0.75 * exp(-0.25)
    assert found.cash_flow[0] - first.contribution == pytest.approx(2 * active)
    later = 2 * (active + active * exp(-0.25))
    assert found.cash_flow[1] - found.months[2, "Shop"].contribution == pytest.approx(later)


def test_referrals_follow_last_months_orders():
    found = path(plan({**SHOP, "referrals_per_order": 0.2}, months=4))
    assert by_month(found, "Shop", "new_customers") == pytest.approx([10, 12, 12.4, 12.48])


def test_budget_response_and_inflation():
    ads = {"reference_spend": 100, "cac": 10, "spend_elasticity": 0.5, "ad_incrementality": 0.8}
    slow = {"cac_inflation": 0.21, "ramp_months": 2}
    money = {"growth_budget": 800, "owned_share_of_growth_budget": 0.5}
    found = path(
        plan({**MARKET, "reference_spend": 1, "cac": 1}, {**SHOP, **ads, **slow}, months=13, **money)
    )
    # Four times the spend brings twice the customers, once the ramp is over.
    expected = [10 + 2 + 0.8 * (10 + 10 * (1 - exp(-t / 2))) / 1.21 ** ((t - 1) / 12) for t in range(1, 14)]
    assert by_month(found, "Shop", "new_customers") == pytest.approx(expected)


def test_extra_advertising_takes_from_the_marketplace_and_a_deeper_discount_costs_visibility():
    ads = {"reference_spend": 100, "cac": 10, "cannibalisation": 0.3}
    shop = {**SHOP, **ads, "discount": 0.2, "price_elasticity": 2, "checkout_conversion": 1.5}
    other = {**MARKET, "name": "Other", "organic_customers": 30, "discount": 0.3}
    money = {"growth_budget": 200, "owned_share_of_growth_budget": 1}
    found = path(plan({**MARKET, "undercut_loss": 0.1}, shop, other, **money))
    more = 1.5 / 0.64
    assert found.months[1, "Shop"].new_customers == pytest.approx(more * 30)
    assert found.months[1, "Market"].new_customers == pytest.approx(9 - 0.3 * more * 10 / 4)
    assert found.months[1, "Other"].new_customers == pytest.approx(30 - 0.3 * more * 10 * 3 / 4)
    lost = path(plan(MARKET, shop, **money), [Event(1, "Shop", "ad_loss")])
    assert lost.months[1, "Market"].new_customers == pytest.approx(10 + 0.3 * more * 10)


def test_growth_fades():
    found = path(plan({**MARKET, "organic_growth": 0.1, "growth_fade": 0.5}, months=4))
    expected = [10, 11, 11 * 1.05, 11 * 1.05 * 1.025]
    assert by_month(found, "Market", "new_customers") == pytest.approx(expected)


def test_a_channel_that_is_not_there_yet_has_only_what_the_budget_wins():
    ads = {"reference_spend": 100, "cac": 10, "ramp_months": 2, "ad_incrementality": 0.8}
    shop = {
        **SHOP,
        **ads,
        "organic_customers": 0,
        "planned": True,
        "platform_fee": 30,
        "cannibalisation": 0.5,
    }
    found = path(plan(MARKET, shop, growth_budget=100, owned_share_of_growth_budget=1))
    won = 0.8 * 10 * (1 - exp(-1 / 2))
    assert found.months[1, "Shop"].new_customers == pytest.approx(won)
    assert found.months[1, "Market"].new_customers == pytest.approx(10 - won / 2)
    spent = found.months[1, "Shop"].contribution + found.months[1, "Market"].contribution - found.cash_flow[0]
    assert spent == pytest.approx(100 + 30)
    unopened = path(plan({**MARKET, "reference_spend": 1, "cac": 1}, shop, growth_budget=1))
    assert unopened.months[2, "Shop"].orders == 0
    assert unopened.cash_flow[1] == pytest.approx(unopened.months[2, "Market"].contribution - 1)


def test_advertising_moves_the_rank():
    ads = {"reference_spend": 100, "cac": 10, "rank_effect": 0.5, "ad_incrementality": 0.5}
    found = path(plan({**MARKET, **ads}, growth_budget=500))
    # 15 come by themselves and 25 by advertising, where 15 and 5 did.
    assert found.months[1, "Market"].new_customers == pytest.approx(15 * 2**0.5 + 25)


def test_seasons_by_calendar_month():
    seasons = [0.5] * 6 + [1.5] * 6
    found = path(plan({**MARKET, "repeat_rate": 0.5}, months=3, seasonality=seasons))
    assert by_month(found, "Market", "new_customers") == pytest.approx([15, 15, 5])
    assert found.months[3, "Market"].repeat_orders == pytest.approx(
        0.5 * (15 * (1 - exp(-1.5) - R2) + 15 * (R2 - R1) + 5 * R1)
    )


def test_suspension_entry_and_fee_rise():
    risky = {"suspension_months": 2, "suspension_recovery": 0.8, "private_label_loss": 0.5}
    channel = {**MARKET, **risky, "fee_rise_points": 0.3, "fee_rate": 0.5, "existing_customers": 5}
    events = [
        Event(2, "Market", "suspension"),
        Event(4, "Market", "suspension"),
        Event(7, "Market", "private_label"),
        *(Event(month, "Market", "fee_rise") for month in (3, 6, 8)),
    ]
    found = path(plan(channel, months=8), events)
    assert by_month(found, "Market", "new_customers") == pytest.approx([10, 0, 0, 0, 0, 6.4, 3.2, 3.2])
    repeat = [5 * (exp(1 - t) - exp(-t)) for t in range(1, 9)]
    repeat[1:5] = [0] * 4
    assert by_month(found, "Market", "repeat_orders") == pytest.approx(repeat)
    left = [50, 50, 20, 20, 20, 0, 0, 0]
    orders = by_month(found, "Market", "orders")
    expected = [each * number for each, number in zip(left, orders, strict=True)]
    assert by_month(found, "Market", "contribution") == pytest.approx(expected)
    # Beyond the horizon the last month's fee holds, which leaves nothing of an order.
    assert found.terminal_value == 0


def test_stock_is_paid_ahead_and_receipts_come_late():
    channel = {**MARKET, "organic_growth": 0.1, "goods_cost": 40, "fee_rate": 0.1, "payout_delay": 0.5}
    found = path(plan({**channel, "stock_lead_months": 2}, months=4))
    orders = [10 * 1.1**t for t in range(4)]
    bought = [orders[2], orders[3], orders[3], orders[3]]
    late = [0, *(0.5 * 90 * (before - now) for before, now in pairwise(orders))]
    moves = [50 * o + paid + 40 * (o - b) for o, paid, b in zip(orders, late, bought, strict=True)]
    assert found.cash_balance == pytest.approx([0, *np.cumsum(moves)])


def test_who_never_leaves_is_the_limit():
    never = plan({**SHOP, "repeat_rate": 1, "existing_customers": 7}, months=30)
    hardly = plan({**SHOP, "repeat_rate": 1 - 1e-9, "existing_customers": 7}, months=30)
    assert path(never).cash_flow == pytest.approx(path(hardly).cash_flow, rel=1e-6)
    assert path(never).terminal_value == inf


def test_a_longer_horizon_makes_npv_of_terminal_value():
    now = {**SHOP, "organic_customers": 0, "existing_customers": 100, "repeat_rate": 0.9, "discount": 0.2}
    short = path(plan(now, months=7, discount_rate=0.1))
    long = path(plan(now, months=120, discount_rate=0.1))
    assert short.npv + short.terminal_value == pytest.approx(long.npv + long.terminal_value)
    assert long.terminal_value < short.terminal_value / 100


def test_fitted_models_expect_what_was_published():
    # Fader, Hardie & Lee (2005), "Implementing the BG/NBD model in Excel": customer 0001, 39 weeks.
    weeks = 39 / fitted_by_hand.WEEKS_A_MONTH
    names = ("r", "alpha", "a", "b")
    parameters = dict(zip(names, (0.242595, 4.413602, 0.792918, 2.425895), strict=True))
    history = (2.0, 30.43, 38.86, 1.0)
    alive = fitted_by_hand.probability_alive("BG/NBD", tuple(parameters.values()), *history[:3])
    model = FittedPurchases(model="BG/NBD", parameters=parameters, histories=(history,))
    expected = fitted_by_hand.orders_of_existing(model, weeks)
    assert alive * expected == pytest.approx(1.2259, abs=2e-4)


def test_twice_as_many_customers_order_twice_as_much():
    generator = np.random.default_rng(11)
    for _ in range(10):
        document = plan_document(GeneratorDice(generator))
        document["horizon_months"] = min(document["horizon_months"], 24)
        twice = document | {"growth_budget": 2 * document.get("growth_budget", 0)}
        sizes = ("organic_customers", "existing_customers", "reference_spend")
        twice["channels"] = [
            channel | {size: 2 * channel[size] for size in sizes if size in channel}
            for channel in document["channels"]
        ]
        one, two = path(Plan.model_validate(document)), path(Plan.model_validate(twice))
        for at, month in one.months.items():
            assert two.months[at].orders == pytest.approx(2 * month.orders)
