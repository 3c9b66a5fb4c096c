"""What holds for every plan, on plans drawn at random, and at the corners of what a plan may be."""

from functools import cache
from math import exp

import numpy as np
import pytest

from ownchannel.scenarios import (
    Plan,
    Projection,
    break_even_cac,
    compare,
    frontier,
    order_breakdown,
    project,
    runway,
    simulate,
    tornado,
)
from tests.scenarios.random_plans import random_events, random_plan
from tests.scenarios.small_plans import FITTED, market, plan, store

every_plan = pytest.mark.parametrize("seed", range(60))


@cache
def drawn(seed: int) -> Plan:
    return random_plan(np.random.default_rng(seed))


@cache
def path(seed: int) -> Projection:
    """The random plan under random events."""
    return project(drawn(seed), random_events(drawn(seed), np.random.default_rng(seed)))


def changed(its_plan: Plan, field: str, value: float) -> Plan:
    """The plan with another value of a field in each channel that has it."""
    return its_plan.with_values({p: value for p in its_plan.numbers() if p.endswith(f".{field}")})


# ---------------------------------------------------------------- what holds for every plan


def with_channels(its_plan: Plan, **fields: object) -> Plan:
    """The plan with the same fields in each channel that has them."""
    channels = [
        each.model_copy(update={name: value for name, value in fields.items() if hasattr(each, name)})
        for each in its_plan.channels
    ]
    return its_plan.model_copy(update={"channels": tuple(channels)})


@every_plan
def test_a_higher_fee_never_helps(seed):
    its_plan, checked = drawn(seed), 0
    if any(channel.fee_category for channel in its_plan.channels):
        its_plan = with_channels(its_plan, fee_category=None, fee_rate=0.1)
    events = random_events(its_plan, np.random.default_rng(seed))
    before = project(its_plan, events).npv
    for channel in its_plan.channels:
        path = f"channels.{channel.name}.fee_rate"
        dearer = its_plan.with_values({path: min(1.0, channel.fee_rate + 0.05)})
        assert project(dearer, events).npv <= before + 1e-9 * abs(before)
        checked += 1
    assert checked == len(its_plan.channels) > 0


@every_plan
def test_more_repeat_never_hurts_where_orders_leave_money_and_membership_is_no_cost(seed):
    costs = (
        *("goods_cost", "ad_rate", "return_rate", "fulfilment_cost", "shipping_cost", "service_cost"),
        *("payment_rate", "payment_fixed", "fee_tax_rate", "member_annual_cost"),
        # Besides: a member's reward on top of the whole price as a fee, and friends that could be too many.
        *("member_reward_rate", "referrals_per_order"),
    )
    cheap, checked = with_channels(drawn(seed), purchase_model=None, **dict.fromkeys(costs, 0.0)), 0
    before = project(cheap).npv
    for channel in cheap.channels:
        assert order_breakdown(cheap, channel.name)["amount"].iloc[-1] >= -1e-9
        more = channel.repeat_rate + 0.3 * (1 - channel.repeat_rate)
        after = project(cheap.with_values({f"channels.{channel.name}.repeat_rate": more})).npv
        assert after >= before - 1e-9 * abs(before)
        checked += 1
    assert checked == len(cheap.channels) > 0


@every_plan
def test_money_in_less_money_out_is_the_change_of_cash(seed):
    calm, moved = project(drawn(seed)), np.zeros(drawn(seed).horizon_months)
    for channel in drawn(seed).channels:
        rows = calm.months[calm.months["channel"] == channel.name]
        orders, left = rows["orders"].to_numpy(), rows["contribution"].to_numpy()
        parts = order_breakdown(drawn(seed), channel.name).set_index("part")["amount"]
        sold = (parts["Price"] + parts["Discount"] + parts["Returned money"]) * orders
        fee = fee_of(channel) * (1 - channel.return_rate) * orders
        bought = -parts["Goods"] * orders
        paid_otherwise = sold - fee - bought - left
        receipts = (1 - channel.payout_delay) * (sold - fee)
        receipts += channel.payout_delay * np.append((sold - fee)[:1], (sold - fee)[:-1])
        lead = channel.stock_lead_months
        purchases = np.append(bought[lead:], np.repeat(bought[-1:], min(lead, len(bought))))
        advertising = spent(drawn(seed), channel)
        fee = 0 if channel.planned and advertising == 0 else channel.platform_fee
        moved += receipts - purchases - paid_otherwise - fee - advertising
        if channel.kind == "owned":
            moved += membership(channel, rows["new_customers"].to_numpy())
    moved -= drawn(seed).fixed_costs
    assert np.diff(calm.cash_balance) == pytest.approx(moved, rel=1e-9, abs=1e-9 * np.abs(moved).max())
    assert calm.cash_balance[0] == drawn(seed).cash - drawn(seed).setup_cost


def fee_of(channel) -> float:
    """The platform's fee of an order, before what it keeps of returned ones: read off one without returns."""
    alone = plan(channel.model_dump() | {"return_rate": 0.0, "name": "It"}, horizon_months=1)
    return -order_breakdown(alone, "It").set_index("part")["amount"]["Platform fee"]


def spent(its_plan: Plan, channel) -> float:
    """The channel's part of the growth budget."""
    owned = its_plan.owned_share_of_growth_budget
    share = owned if channel.kind == "owned" else 1 - owned
    like_it = [its.reference_spend for its in its_plan.channels if its.kind == channel.kind]
    return share * its_plan.growth_budget * channel.reference_spend / (sum(like_it) or 1)


def membership(channel, new: np.ndarray) -> np.ndarray:
    """What members pay less what they cost, month by month: some leave, and some of the new ones stay."""
    if channel.purchase_model:
        return np.zeros(len(new))
    leaves = (1 - channel.repeat_rate) * (1 - channel.member_drop_reduction)
    stays = exp(-365.25 / 12 / channel.days_between_orders * leaves)
    members, income = channel.member_share * channel.existing_customers, []
    for arrived in new:
        members = (members + channel.member_share * (1 - leaves) * arrived) * stays
        income.append((channel.member_annual_fee - channel.member_annual_cost) / 12 * members)
    return np.array(income)


@every_plan
def test_orders_leave_what_the_parts_of_an_order_add_up_to(seed):
    nobody_joins = changed(drawn(seed), "member_share", 0.0)
    months = project(nobody_joins).months
    for channel in nobody_joins.channels:
        rows = months[months["channel"] == channel.name]
        parts = order_breakdown(nobody_joins, channel.name)["amount"]
        assert parts.iloc[-1] == pytest.approx(parts.iloc[:-1].sum(), abs=1e-9)
        # Small against the price where costs eat all of it.
        expected = (parts.iloc[-1] * rows["orders"]).to_numpy()
        small = 1e-12 * (channel.order_value * rows["orders"]).to_numpy().max()
        assert rows["contribution"].to_numpy() == pytest.approx(expected, rel=1e-9, abs=small)


@every_plan
def test_doubling_who_comes_and_who_is_there_doubles_orders(seed):
    sizes = ("organic_customers", "existing_customers", "reference_spend", "growth_budget")
    numbers = drawn(seed).numbers()
    doubled = {p: 2 * number for p, (number, _) in numbers.items() if p.rpartition(".")[2] in sizes}
    events = random_events(drawn(seed), np.random.default_rng(seed))
    found = project(drawn(seed).with_values(doubled), events).months
    for what in ("new_customers", "repeat_orders", "orders", "revenue", "contribution"):
        assert found[what].to_numpy() == pytest.approx(2 * path(seed).months[what].to_numpy(), rel=1e-9)


@every_plan
def test_shares_of_revenue_are_those_of_the_months_and_sum_to_one(seed):
    its_plan = drawn(seed)
    for field in ("suspension_hazard", "private_label_hazard", "fee_rise_hazard", "ad_loss_hazard"):
        its_plan = changed(its_plan, field, 0.0)
    months = project(its_plan).months
    last_year = months[months["month"] > its_plan.horizon_months - 12]
    by_kind = last_year.groupby("kind")["revenue"].sum()
    found = simulate(its_plan, 2).marketplace_share
    if by_kind.sum() > 0:
        assert found == pytest.approx(by_kind.get("marketplace", 0.0) / by_kind.sum())
        assert found + by_kind.get("owned", 0.0) / by_kind.sum() == pytest.approx(1)
    else:
        assert found == 0


@every_plan
def test_nothing_is_sold_below_zero_and_orders_are_first_and_repeat_ones(seed):
    months = path(seed).months
    for what in ("new_customers", "repeat_orders", "orders", "revenue"):
        assert (months[what] >= 0).all()
    assert months["orders"].to_numpy() == pytest.approx(months["new_customers"] + months["repeat_orders"])


# ---------------------------------------------------------------- neutral levers


@pytest.mark.parametrize(
    "values",
    [
        {"channels.Store.reach": 0.7},
        {"channels.Store.personalisation_uplift": 0.7},
        {"channels.Store.member_share": 0.6},
        {
            "channels.Store.member_frequency_uplift": 0.4,
            "channels.Store.member_drop_reduction": 0.4,
            "channels.Store.member_reward_rate": 0.1,
            "channels.Store.member_annual_fee": 50,
            "channels.Store.member_annual_cost": 20,
        },
        {"channels.Market.undercut_loss": 0.9},
        {
            "channels.Market.undercut_loss": 0.9,
            "channels.Store.discount": 0.2,
            "channels.Market.discount": 0.2,
        },
        {"channels.Store.ramp_months": 12, "channels.Market.ramp_months": 3},
        {"channels.Store.spend_elasticity": 0.5, "channels.Market.spend_elasticity": 0.3},
        {"channels.Store.cannibalisation": 1},
        {"channels.Store.rank_effect": 1, "channels.Market.rank_effect": 0.5},
        {"channels.Market.refund_fee_cap": 0, "channels.Market.return_handling_cost": 9},
        {"channels.Store.resellable_rate": 0.5, "channels.Store.return_handling_cost": 9},
        {"channels.Market.suspension_months": 9, "channels.Market.suspension_recovery": 0.2},
        {"channels.Market.private_label_loss": 0.9, "channels.Market.fee_rise_points": 0.2},
        {"channels.Store.ad_loss_months": 9},
        {"channels.Store.price_elasticity": 3, "channels.Market.price_elasticity": 3},
    ],
    ids=lambda values: ", ".join(path.removeprefix("channels.") for path in values),
)
def test_levers_that_nothing_stands_behind_change_nothing(values):
    """At today's spend; where prices are cut as well, against the plan with those cuts alone."""
    cuts = {path: value for path, value in values.items() if path.endswith(".discount")}
    today = plan().today().with_values(cuts)
    found, expected = project(today.with_values(values)), project(today)
    assert found.npv == pytest.approx(expected.npv, rel=1e-12)
    assert found.months["orders"].to_numpy() == pytest.approx(expected.months["orders"].to_numpy(), rel=1e-12)
    assert found.cash_balance == pytest.approx(expected.cash_balance, rel=1e-12)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("channels.Market.steering", 0.3),
        ("channels.Market.visibility", 0.8),
        ("channels.Store.discount", 0.1),
        ("channels.Store.cac_inflation", 0.2),
        ("channels.Market.organic_growth", 0.01),
        ("channels.Store.checkout_conversion", 1.1),
        ("channels.Store.referrals_per_order", 0.1),
        ("discount_rate", 0.2),
        ("setup_cost", 1_000),
    ],
)
def test_levers_that_something_stands_behind_change_the_answer(path, value):
    today = plan().today()
    assert project(today.with_values({path: value})).npv != pytest.approx(project(today).npv, rel=1e-6)


def test_seasons_start_in_the_plans_first_month():
    seasonality = [12.0] + [0.0] * 11
    its_plan = plan(market(existing_customers=0, repeat_rate=0), start="2027-11", seasonality=seasonality)
    months = project(its_plan).months
    assert months.loc[months["orders"] > 0, "month"].tolist() == [3, 15]


@pytest.mark.parametrize("model", [None, FITTED], ids=["one rate", "fitted"])
def test_repeat_orders_of_todays_customers_follow_the_season(model):
    seasonality = [0.5, 0.7, 1.3, 1.5, 1.0, 1.0, 0.8, 1.2, 1.1, 0.9, 0.6, 1.4]
    nobody_new = store(organic_customers=0, reference_spend=0, cac=0, purchase_model=model, repeat_rate=0)
    flat, uneven = (
        plan(nobody_new, start="2027-03"),
        plan(nobody_new, start="2027-03", seasonality=seasonality),
    )
    found, evenly = (project(its).months["repeat_orders"].to_numpy() for its in (uneven, flat))
    assert found / evenly == pytest.approx((seasonality[2:] + seasonality[:2]) * 2)


def new_of_marketplaces(organic: tuple[float, float], cannibalisation: float) -> list[float]:
    """New customers a month of two marketplaces, while a store's advertising brings 40 more than today."""
    its_plan = plan(
        *(market(name=f"Market {n}", organic_customers=n, reference_spend=0, cac=0) for n in organic),
        store(cannibalisation=cannibalisation),
        horizon_months=1,
        growth_budget=2_000,
        owned_share_of_growth_budget=1,
    )
    return project(its_plan).months["new_customers"].tolist()[:2]


def test_what_a_store_takes_from_marketplaces_is_shared_by_their_organic_customers():
    assert new_of_marketplaces((90, 30), 0.5) == pytest.approx([90 - 15, 30 - 5])


def test_a_store_takes_no_more_than_there_is():
    assert new_of_marketplaces((21, 7), 0.6) == pytest.approx([21 - 18, 7 - 6])
    assert new_of_marketplaces((21, 7), 1.0) == [0, 0]


# ---------------------------------------------------------------- corners


def test_referrals_without_bound_are_refused():
    with pytest.raises(ValueError, match="orders would grow without bound"):
        plan(store(referrals_per_order=0.65))
    with pytest.raises(ValueError, match="without bound"):
        plan(store(repeat_rate=1, referrals_per_order=0.001))
    # 0.3 · (1 + 0.4 / 0.6) is half.
    assert project(plan(store(referrals_per_order=0.3))).npv > project(plan(store())).npv


def test_referrals_near_the_bound_bring_what_a_series_of_friends_does():
    """Customers who order once and bring 0.9 friends each: 1, 1.9, 2.71 … of the organic ones."""
    its_plan = plan(
        store(organic_customers=10, existing_customers=0, repeat_rate=0, referrals_per_order=0.9),
        horizon_months=40,
    )
    expected = [10 * (1 - 0.9 ** (month + 1)) / 0.1 for month in range(40)]
    assert project(its_plan).months["orders"].tolist() == pytest.approx(expected)


def test_no_budget_is_simulated_and_has_no_frontier():
    its_plan = plan(growth_budget=0)
    found = simulate(its_plan, 5)
    assert found.npv == pytest.approx(np.full(5, project(its_plan).npv))
    assert project(its_plan).months["new_customers"].unique() == pytest.approx([200, 80])
    with pytest.raises(ValueError, match="no growth budget to share: set it above 0"):
        frontier(its_plan, draws=5)


@pytest.mark.parametrize("only", [market(), store(), market(purchase_model=FITTED, repeat_rate=0)])
def test_a_single_channel_has_every_answer_but_a_frontier(only):
    share = 1.0 if only["kind"] == "owned" else 0.0
    its_plan = plan(only, growth_budget=3_000, owned_share_of_growth_budget=share)
    assert simulate(its_plan, 20).marketplace_share == 1 - share
    assert np.isfinite(compare({"It": its_plan}, draws=20)[["npv", "cvar", "low_point"]].to_numpy()).all()
    assert len(tornado(its_plan)) > 5
    assert break_even_cac(its_plan, draws=20).verdict in ("", "none")
    assert runway(its_plan) in (None, 1)
    with pytest.raises(
        ValueError, match=r"A frontier needs (an own store|a marketplace) that advertises today"
    ):
        frontier(its_plan, draws=5)


def test_a_brand_of_marketplaces_has_no_customer_to_buy():
    found = break_even_cac(plan(market(), market(name="Bazaar"), growth_budget=9_000), draws=10)
    assert found.multiple is None
    assert found.marginal == {}


def test_a_channel_without_advertising_needs_no_cac():
    quiet = plan(market(reference_spend=0, cac=0), store(reference_spend=0, cac=0))
    assert np.isfinite(project(quiet).npv)
    assert project(quiet).months["new_customers"].unique() == pytest.approx([200, 80])


@pytest.mark.parametrize("months", [1, 2, 11, 12, 13, 120])
def test_horizons_from_one_month_to_ten_years(months):
    its_plan = plan(
        market(suspension_hazard=0.2, payout_delay=0.5, stock_lead_months=3),
        store(),
        horizon_months=months,
        growth_budget=4_000,
        owned_share_of_growth_budget=0.5,
    )
    found = simulate(its_plan, 30)
    assert found.cash_flow.shape == (months, 30)
    assert found.bands("cash balance").shape == (months + 1, 5)
    its, events = found.draw(3)
    assert project(its, events).npv == pytest.approx(found.npv[3], rel=1e-9)
    assert np.isfinite(frontier(its_plan, draws=30, points=3).table.to_numpy()).all()
    assert found.revenue_at_risk.mean > 0


@pytest.mark.parametrize("repeat_rate", [0, 1])
@pytest.mark.parametrize("return_rate", [0, 1])
def test_nobody_or_everybody_comes_back_or_sends_back(repeat_rate, return_rate):
    own = {"repeat_rate": repeat_rate, "return_rate": return_rate, "days_between_orders": 365.25 / 12}
    its_plan = plan(market(**own), store(**own))
    months = project(its_plan).months
    first = months[months["month"] == 1]
    # Who never leaves orders once a month, from the first month on; who always leaves orders no more.
    of_new = first["new_customers"].to_numpy() * repeat_rate
    assert first["repeat_orders"].to_numpy() == pytest.approx(
        [
            of_new[0] + 300 * (1 if repeat_rate else 1 - exp(-1)),
            of_new[1] + 200 * (1 if repeat_rate else 1 - exp(-1)),
        ]
    )
    assert (months["revenue"] == 0).all() == (return_rate == 1)
    assert simulate(its_plan, 3).npv == pytest.approx(np.full(3, project(its_plan).npv))
