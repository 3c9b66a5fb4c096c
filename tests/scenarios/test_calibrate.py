"""Calibration on brands whose truth was stated before anything was drawn: the sample brand, and others."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from data.samples.sample_brand import generate
from data.samples.sample_brand.stated import CHANNELS, DAY, FEES, SEASON, UNITS, midnight
from ownchannel.clv import ModifiedBetaGeoModel, curve_of_share
from ownchannel.orders import Orders, sample_orders
from ownchannel.scenarios import Calibration, MarketplaceChannel, OwnedChannel, Plan, calibrate

# inside: the curve of two plain rates, to hold found rates against it
from ownchannel.scenarios._observed_repeats import MatchedRates
from ownchannel.workspace import Workspace
from tests.scenarios.brands import SHOP, brand

WEEKS_A_YEAR = 365.25 / 7
STATED = {"Amazon.com": CHANNELS[0], "Shopify": CHANNELS[1]}
TRUTH = json.loads((Path(__file__).parents[2] / "data" / "samples" / "truth.json").read_text("utf-8"))

PLAN = Plan(
    channels=(
        MarketplaceChannel(
            name="Amazon.com", order_value=40, goods_cost=18, fee_rate=0.12, reference_spend=1_000, cac=8
        ),
        OwnedChannel(name="Shopify", order_value=40, goods_cost=18, reference_spend=900, cac=30),
    ),
    growth_budget=1_900,
    owned_share_of_growth_budget=0.5,
    uncertain={"channels.Shopify.repeat_rate": (0.0, 0.2), "channels.Shopify.cac": (20.0, 45.0)},
)


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="module")
def found(orders: Orders) -> Calibration:
    return calibrate(orders, PLAN)


def interval(found: Calibration, path: str) -> tuple[float, float, float]:
    row = found.fields.set_index("path").loc[path]
    assert row["low"] <= row["value"] <= row["high"]
    return row["low"], row["value"], row["high"]


def is_inside(truth: float, found: Calibration, path: str) -> bool:
    low, _, high = interval(found, path)
    return low <= truth <= high


# ---------------------------------------------------------------- an order


@pytest.mark.parametrize(("name", "key"), [("Amazon.com", "amazon"), ("Shopify", "own_store")])
def test_the_order_value_is_the_ledgers(found, name, key):
    sums = TRUTH["channels"][key]
    charged = sum(
        float(sums[part]) * sign for part, sign in (("item_value", 1), ("discount", -1), ("shipping", 1))
    )
    assert is_inside(charged / sums["sales_orders"], found, f"channels.{name}.order_value")


@pytest.mark.parametrize(("name", "key"), [("Amazon.com", "amazon"), ("Shopify", "own_store")])
def test_the_order_value_is_the_stated_one_and_what_is_charged_beside_it(found, name, key):
    sums = TRUTH["channels"][key]
    # The goods before discount are stated; discount and shipping depend on the basket, and are the ledger's.
    beside = (float(sums["shipping"]) - float(sums["discount"])) / sums["sales_orders"]
    stated = float(STATED[name].expected_order_value())
    low, _, high = interval(found, f"channels.{name}.order_value")
    assert low <= stated + beside <= high


@pytest.mark.parametrize("name", STATED)
def test_units_are_those_stated(found, name):
    assert is_inside(
        sum(units * share for units, share in UNITS.items()) / 100, found, f"channels.{name}.units_per_order"
    )


def test_the_marketplaces_fee_is_the_stated_rate_of_what_is_charged(found):
    # Each line's fee is rounded to the cent, and half cents up: on its prices that is 0.0067 points more.
    assert found.plan.channel("Amazon.com").fee_rate == pytest.approx(FEES.amazon_referral / 10_000, abs=1e-4)


def test_the_card_fee_is_its_rate_with_the_tax_inside_and_30_cents(found):
    shop = found.plan.channel("Shopify")
    rate, fixed = FEES.card / 10_000, FEES.card_fixed / 100
    # Tax is 0 to 6.63% of the goods, none of the shipping: the fixed amount takes up a little of it.
    assert rate < shop.payment_rate < rate * 1.0663
    assert shop.payment_fixed == pytest.approx(fixed, abs=0.02)
    sums = TRUTH["channels"]["own_store"]
    charged = shop.order_value * sums["sales_orders"]
    booked = shop.payment_rate * charged + shop.payment_fixed * sums["sales_orders"]
    assert booked == pytest.approx(float(sums["fees"]), rel=0.01)
    assert shop.fee_rate == 0


def test_parcels_cost_what_the_warehouses_booked(found):
    sent = TRUTH["files"]["amazon_fulfilled_shipments.txt"]["orders"]
    booked = float(TRUTH["channels"]["amazon"]["fulfilment_fees"])
    assert is_inside(booked / sent, found, "channels.Amazon.com.fulfilment_cost")


def test_returns_are_those_stated(found):
    # Amazon gives back the goods of 6% of its orders, and not what was paid for their shipping.
    assert is_inside(0.06, found, "channels.Amazon.com.return_rate")
    # The shop gives back 3.5% of its orders whole, and 20, 30 or 50% of the goods of another 2.5%. Shipping
    # given back is in no order table, so it is left out of both sums.
    sums = TRUTH["channels"]["own_store"]
    goods = float(sums["item_value"]) - float(sums["discount"])
    stated = (0.035 + 0.025 / 3) * goods / (goods + float(sums["shipping"]))
    assert is_inside(stated, found, "channels.Shopify.return_rate")


# ---------------------------------------------------------------- customers


@pytest.mark.parametrize("name", STATED)
def test_new_customers_and_their_growth_are_those_stated(found, name):
    stated, channel = STATED[name], found.plan.channel(name)
    assert is_inside(stated.growth_a_month, found, f"channels.{name}.organic_growth")
    # In the middle of the month after 22 September 2026.
    months = (stated.days - 8) / (365.25 / 12) + 0.5
    arrivals = stated.arrivals_a_day * 365.25 / 12 * (1 + stated.growth_a_month) ** months
    claimed = channel.reference_spend / channel.cac
    assert is_inside(arrivals - claimed, found, f"channels.{name}.organic_customers")


def test_the_season_is_the_one_stated(found):
    rows = found.fields[found.fields["path"].str.startswith("seasonality.")]
    truth = np.array(SEASON)
    # Of twelve intervals of 95% one misses or none, in nine brands of ten.
    assert ((rows["low"] <= truth) & (truth <= rows["high"])).sum() >= 11
    error = np.log(rows["high"] / rows["low"]) / (2 * 1.96)
    assert (np.abs(np.log(rows["value"] / truth)) < 4 * error).all()
    assert np.mean(found.plan.seasonality) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", STATED)
def test_the_repeat_curve_at_12_months_is_that_of_the_stated_process(found, name):
    process = dataclasses.asdict(STATED[name].process)
    truth = ModifiedBetaGeoModel.new_purchases(process, WEEKS_A_YEAR)[0]
    path = f"channels.{name}.purchase_model"
    assert is_inside(truth, found, path)
    # The brand opened with its files, so both ways to tell who is new must hold.
    assert is_inside(truth, found, f"{path}, everybody counted as new")
    curve, _ = found.plan.channel(name).purchase_model.curves(12)
    assert curve[12] == pytest.approx(interval(found, path)[1], rel=1e-9)


@pytest.mark.parametrize("name", STATED)
def test_active_customers_are_those_of_the_ledger(found, name):
    """Whether a customer left after the last order is never seen: expected, given each one's own nature."""
    ledger = generate(TRUTH["seed"])
    end = midnight(2026, 9, 23)
    bought = ledger.orders[
        (ledger.orders["channel"] == STATED[name].name)
        & (ledger.orders["purchase"] >= 0)
        & (ledger.orders["placed"] < end)
    ]
    last = bought.groupby("person")["placed"].max()
    people = ledger.people.loc[last.index]
    stayed = (1 - people["drop_out"]) * np.exp(-people["rate"] * (end - last) / (7 * DAY))
    alive = (stayed / (stayed + people["drop_out"])).sum()
    path = f"channels.{name}.existing_customers"
    assert is_inside(alive, found, path)
    channel = found.plan.channel(name)
    known = 1 - {"Amazon.com": 7_325 / 8_193, "Shopify": 3_657 / 3_718}[name]
    assert channel.purchase_model.active_customers() / (1 - known) == pytest.approx(
        interval(found, path)[1], rel=2e-3
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_brand_that_is_older_than_its_files_is_told_by_those_who_came_late(seed):
    shop = OwnedChannel(name="Shop", order_value=1)
    found = calibrate(brand(seed, years=5, seen=1, a_week=40), Plan(channels=(shop,)))
    truth = ModifiedBetaGeoModel.new_purchases(dataclasses.asdict(SHOP), WEEKS_A_YEAR)[0]
    path = "channels.Shop.purchase_model"
    assert is_inside(truth, found, path)
    assert interval(found, f"{path}, everybody counted as new")[0] > truth
    # Files of a year tell no season; growth they do.
    season = found.fields[found.fields["path"].str.startswith("seasonality.")]
    assert (season["source"] == "your plan: a season needs files of 24 whole months").all()
    assert found.plan.seasonality == (1.0,) * 12


def test_a_long_brand_gives_back_its_growth_season_and_level():
    season = dict(zip(range(1, 13), SEASON, strict=True))
    orders = brand(7, years=3, seen=3, a_week=40, growth=0.02, season=season)
    found = calibrate(orders, Plan(channels=(OwnedChannel(name="Shop", order_value=1),)))
    assert is_inside(0.02, found, "channels.Shop.organic_growth")
    level = 40 * 365.25 / 12 / 7 * 1.02 ** (0.5 - 8 / 30.4)
    assert is_inside(level, found, "channels.Shop.organic_customers")
    assert np.abs(np.array(found.plan.seasonality) - SEASON).max() < 0.2


# ---------------------------------------------------------------- the plan and its table


def test_every_number_says_where_it_comes_from(found):
    table = found.fields
    assert table["path"].is_unique
    numbers = found.plan.numbers()
    assert list(table["path"])[: len(numbers)] == list(numbers)
    np.testing.assert_array_equal(table["value"][: len(numbers)], [value for value, _ in numbers.values()])
    measured = table["source"].str.startswith("measured: ")
    assert (measured | table["source"].str.startswith("your plan")).all()
    assert (table["confidence"] == np.where(measured, "measured", "assumption")).all()
    assert table.loc[~measured, ["low", "high"]].isna().all(axis=None)


def test_what_orders_do_not_tell_is_the_users_own(found):
    for channel in PLAN.channels:
        its = found.plan.channel(channel.name)
        for name in ("goods_cost", "reference_spend", "cac", "discount", "ad_rate"):
            assert getattr(its, name) == getattr(channel, name)
    assert found.plan.growth_budget == PLAN.growth_budget


def test_intervals_are_drawn_from_and_ranges_of_what_is_measured_or_unused_are_not(found):
    uncertain = found.plan.uncertain
    assert "channels.Shopify.repeat_rate" not in uncertain
    assert uncertain["channels.Shopify.cac"] == PLAN.uncertain["channels.Shopify.cac"]
    for name in ("order_value", "return_rate", "organic_growth"):
        low, _, high = interval(found, f"channels.Shopify.{name}")
        assert uncertain[f"channels.Shopify.{name}"] == (low, high)


def test_a_second_calibration_changes_nothing(orders, found):
    assert calibrate(orders, found.plan).plan == found.plan


def test_a_channel_that_the_plan_lacks_is_added_without_a_budget(orders):
    found = calibrate(orders, Plan(channels=PLAN.channels[:1]))
    shop = found.plan.channel("Shopify")
    assert (shop.kind, shop.goods_cost, shop.reference_spend) == ("owned", 0, 0)
    assert any("Shopify sells in your files and was not in the plan" in note for note in found.notes)
    assert "Sales in EUR are left out, for the plan is in USD." in found.notes
    assert "Amazon.de" not in [channel.name for channel in found.plan.channels]


def test_a_month_of_orders_is_left_out_of_the_plan_and_said_unless_the_plan_has_the_channel(orders, found):
    left_out = "Etsy is left out of the plan: 31 days of orders are too few to carry on for years, and 90"
    left_out += " are needed."
    assert "Etsy" not in [channel.name for channel in found.plan.channels]
    assert left_out in found.notes
    asked = Plan(channels=(*PLAN.channels, MarketplaceChannel(name="Etsy", order_value=40, goods_cost=18)))
    again = calibrate(orders, asked)
    etsy = again.plan.channel("Etsy")
    assert left_out not in again.notes
    assert (etsy.organic_growth, etsy.growth_fade) == (0, 1), "a month shows no growth"
    assert etsy.organic_customers > 0


def test_etsys_fee_is_its_commission_where_a_statement_books_it_and_else_the_cards_alone(orders):
    asked = Plan(channels=(MarketplaceChannel(name="Etsy", order_value=40),))
    without = dataclasses.replace(orders, entries=orders.entries.slice(0, 0))
    measured = {
        name: calibrate(each, asked).fields.set_index("path")["confidence"] == "measured"
        for name, each in (("statement", orders), ("orders", without))
    }
    fees = ["channels.Etsy.fee_rate", "channels.Etsy.payment_rate"]
    assert measured["statement"][fees].tolist() == [True, False]
    assert measured["orders"][fees].tolist() == [False, True]
    rate = calibrate(orders, asked).plan.channel("Etsy").fee_rate
    # 6.5% and 3%, both of a few cents more than goods and shipping, and 25 cents an order.
    assert 0.095 < rate < 0.105


@pytest.mark.parametrize(("days", "is_in"), [(89, False), (90, True), (179, True)])
def test_90_days_of_orders_are_planned_on_and_less_than_180_show_no_growth_and_no_season(days, is_in):
    year = brand(3, years=1, seen=1, a_week=40)
    cut = year.sales["ordered_on"].max() - dt.timedelta(days=days - 1)
    kept = [day >= cut for day in year.arrow["ordered_on"].to_pylist()]
    other = MarketplaceChannel(name="Bazaar", order_value=40)
    found = calibrate(dataclasses.replace(year, arrow=year.arrow.filter(kept)), Plan(channels=(other,)))
    assert (len(found.plan.channels) == 2) == is_in
    assert found.plan.seasonality == (1.0,) * 12
    assert all(channel.organic_growth == 0 for channel in found.plan.channels)


def test_growth_that_was_measured_fades_and_a_fade_of_ones_own_stays(orders, found):
    for channel in found.plan.channels:
        assert channel.growth_fade == 0.9
    source = found.fields.set_index("path").loc["channels.Shopify.growth_fade", "source"]
    assert source == "your plan: growth that fades forecasts better than growth carried on"
    own = calibrate(orders, PLAN.with_values({"channels.Shopify.growth_fade": 0.8}))
    assert own.plan.channel("Shopify").growth_fade == 0.8


def test_a_channel_that_no_file_knows_keeps_its_values(orders):
    store = OwnedChannel(name="Own store", order_value=33, organic_customers=7)
    found = calibrate(orders, Plan(channels=(store,)))
    assert found.plan.channel("Own store") == store
    assert any("Your files show too little of Own store" in note for note in found.notes)


def test_where_advertising_claims_more_than_came_nobody_is_organic(orders):
    claims = PLAN.with_values({"channels.Shopify.cac": 1.0})
    found = calibrate(orders, claims.model_copy(update={"uncertain": {}}))
    assert found.plan.channel("Shopify").organic_customers == 0
    assert any("Shopify: advertising claims 900 new customers a month" in note for note in found.notes)


def test_members_who_pay_need_a_rate_and_the_rate_matches_the_model(orders, found):
    members = PLAN.with_values(
        {"channels.Shopify.member_share": 0.1, "channels.Shopify.member_annual_fee": 20}
    )
    shop = calibrate(orders, members.model_copy(update={"uncertain": {}})).plan.channel("Shopify")
    assert shop.purchase_model is None
    curve, _ = found.plan.channel("Shopify").purchase_model.curves(24)
    rates = MatchedRates(shop.repeat_rate, shop.days_between_orders)
    np.testing.assert_allclose(rates.repeat_orders(np.array([6.0, 24.0])), curve[[6, 24]], rtol=1e-6)


# ---------------------------------------------------------------- where buyers have no key


def without_keys(orders: Orders) -> Orders:
    keys = orders.arrow.schema.field("customer_key")
    hidden = pc.if_else(pc.equal(orders.arrow["channel"], "Amazon.com"), None, orders.arrow["customer_key"])
    at = orders.arrow.schema.get_field_index("customer_key")
    return dataclasses.replace(orders, arrow=orders.arrow.set_column(at, keys, hidden.cast(pa.string())))


def test_without_keys_the_marketplaces_own_report_tells_repeats(orders):
    found = calibrate(without_keys(orders), PLAN)
    amazon = found.plan.channel("Amazon.com")
    assert amazon.purchase_model is None
    rates = MatchedRates(amazon.repeat_rate, amazon.days_between_orders)
    # Its percentages have two decimals.
    reported = curve_of_share(3 / 471, 1.0).repeats
    np.testing.assert_allclose(rates.repeat_orders(np.array([6.0, 24.0])), reported[[5, 23]], rtol=2e-3)
    source = found.fields.set_index("path").loc["channels.Amazon.com.repeat_rate", "source"]
    assert "0.6% of 471 customers" in source and "a lower bound" in source


def test_without_keys_and_report_the_users_repeat_rate_stays_and_orders_are_split_by_it(orders):
    nothing = dataclasses.replace(without_keys(orders), repeat_rates=orders.repeat_rates.slice(0, 0))
    plan = Plan(channels=(MarketplaceChannel(name="Amazon.com", order_value=40, repeat_rate=0.25),))
    found = calibrate(nothing, plan)
    amazon = found.plan.channel("Amazon.com")
    assert (amazon.repeat_rate, amazon.days_between_orders, amazon.purchase_model) == (0.25, 90, None)
    # Repeat orders of a steady stream by hand: month by month, R at the ages of those who came before.
    rate = 0.75 * 365.25 / 12 / 90
    ages = np.arange(24) + 0.5
    share = 1 / np.mean(1 + (1 - np.exp(-rate * ages)) / 3)
    sold = calibrate(nothing, plan.with_values({"channels.Amazon.com.repeat_rate": 0})).plan.channel(
        "Amazon.com"
    )
    assert amazon.organic_customers == pytest.approx(sold.organic_customers * share)
    active = amazon.organic_customers * 0.25 * np.exp(-rate * ages).sum()
    assert amazon.existing_customers == pytest.approx(active)
