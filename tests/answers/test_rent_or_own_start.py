"""The plan that workbook 04 opens with, against the orders themselves, and for brands of every kind."""

from pathlib import Path

import pandas as pd
import pytest

from ownchannel.answers import (
    RentOrOwn,
    calibrated,
    opening_plan,
    todays_plan,
    what_a_customer_may_cost,
    worst_stories,
)
from ownchannel.marketplace import CustomerEconomics
from ownchannel.orders import Orders, read_orders, sample_orders
from ownchannel.scenarios import Calibration, preset, project
from ownchannel.workspace import Workspace
from tests.answers.test_dependence import BRANDS
from tests.answers.test_repeat import shops
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

ONE_ON_AMAZON = ("a.txt", amazon(amazon_row()))
ONE_IN_THE_SHOP = ("s.csv", shopify(shopify_row()))
FEW = {
    **{name: files for name, files in BRANDS.items() if name != "everything refunded"},
    "one order on a marketplace": [ONE_ON_AMAZON],
    "one order in an own store": [ONE_IN_THE_SHOP],
    "an order on each": [ONE_ON_AMAZON, ONE_IN_THE_SHOP],
}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="module")
def today(orders: Orders) -> Calibration:
    return todays_plan(orders)


def year_of(orders: Orders, channel: str, since: str = "2025-10-01") -> tuple[float, int, int]:
    """Net sales, orders and new customers of a channel in twelve months."""
    sold = orders.sales[(orders.sales["channel"] == channel) & (orders.sales["currency"] == "USD")]
    sold = sold[sold["status"].isin(["completed", "refunded"]) & (sold["item_value"] > 0)]
    first = pd.to_datetime(sold.groupby("customer_key")["ordered_on"].min())
    start = pd.Timestamp(since)
    end = start + pd.DateOffset(years=1)
    year = sold[pd.to_datetime(sold["ordered_on"]).between(start, end, inclusive="left")]
    net = (year["item_value"] - year["discount"] - year["refund"]).astype(float).sum()
    return net, year["order_id"].nunique(), int(first.between(start, end, inclusive="left").sum())


def test_the_sample_brand_starts_with_its_channels_in_dollars(today):
    kinds = {channel.name: channel.kind for channel in today.plan.channels}
    assert kinds == {"Amazon.com": "marketplace", "Etsy": "marketplace", "Shopify": "owned"}
    assert today.plan.currency == "USD"
    assert today.notes == ("Sales in EUR are left out, for the plan is in USD.",)


def test_the_budget_is_what_is_spent_and_no_lever_is_moved(today):
    spent = {channel.name: channel.reference_spend for channel in today.plan.channels}
    assert today.plan.growth_budget == sum(spent.values()) > 0
    assert today.plan.owned_share_of_growth_budget == spent["Shopify"] / sum(spent.values())
    assert today.plan == today.plan.today()


@pytest.mark.parametrize(("channel", "rate"), [("Amazon.com", 0.085), ("Shopify", 0.18)])
def test_advertising_is_a_share_of_sales_and_wins_half_of_the_new_customers(orders, today, channel, rate):
    net, _, new = year_of(orders, channel)
    its = today.plan.channel(channel)
    assert its.reference_spend == pytest.approx(rate * net / 12, abs=0.5)
    assert its.cac == pytest.approx(rate * net / (0.5 * new), abs=0.01)


def test_goods_cost_a_share_of_what_an_orders_items_cost(tmp_path):
    till = todays_plan(shops(tmp_path, Till=4)).plan.channel("Till")  # every order is worth 20.00
    assert till.goods_cost == pytest.approx(20 * CustomerEconomics().goods_cost_rate)


def test_what_orders_tell_is_measured_and_the_rest_says_it_is_borrowed(today):
    fields = today.fields.set_index("path")
    for number in ("order_value", "organic_customers", "return_rate"):
        assert fields.loc[f"channels.Shopify.{number}", "confidence"] == "measured"
    amazon_like, store_like = preset("Balanced brand").channels
    for number in ("suspension_hazard", "fee_rise_points", "payout_delay"):
        assert today.plan.channel("Etsy").declared()[number]
        assert getattr(today.plan.channel("Etsy"), number) == getattr(amazon_like, number)
    assert today.plan.channel("Shopify").ad_loss_hazard == store_like.ad_loss_hazard
    assert today.plan.channel("Shopify").ramp_months == store_like.ramp_months


def test_what_nobody_knows_well_has_a_range_about_its_value(today):
    for channel in today.plan.channels:
        low, high = today.plan.uncertain[f"channels.{channel.name}.cac"]
        assert (low, high) == (round(0.7 * channel.cac, 2), round(1.4 * channel.cac, 2))
        low, high = today.plan.uncertain[f"channels.{channel.name}.ad_incrementality"]
        assert low <= channel.ad_incrementality <= high


@pytest.mark.parametrize("channel", ["Amazon.com", "Shopify"])
def test_the_next_year_grows_as_the_last_one_did(orders, today, channel):
    months = project(today.plan).months
    coming = months[(months["month"] <= 12) & (months["channel"] == channel)]["orders"].sum()
    _, before, _ = year_of(orders, channel, since="2024-10-01")
    _, last, _ = year_of(orders, channel)
    assert coming / last == pytest.approx(last / before, rel=0.1)


def test_the_page_opens_with_a_fifth_of_the_budget_moved(today):
    moved = opening_plan(today.plan)
    share = today.plan.owned_share_of_growth_budget
    assert moved == today.plan.with_values({"owned_share_of_growth_budget": round(share + 0.2, 2)})
    nearly = today.plan.with_values({"owned_share_of_growth_budget": 0.93})
    assert opening_plan(nearly).owned_share_of_growth_budget == 1


@pytest.mark.parametrize("name", FEW)
def test_brands_with_few_orders_open_and_every_lesson_has_an_answer(name: str, tmp_path: Path):
    found = todays_plan(read_orders(FEW[name], workspace=tmp_path))
    start = opening_plan(found.plan)
    kinds = {channel.kind for channel in start.channels}
    assert (start != found.plan) == (len(kinds) == 2), "a single channel has nowhere to move to"
    question = RentOrOwn(start, draws=100).question(start)
    answers = [question.answer, worst_stories(start, 100), what_a_customer_may_cost(start), calibrated(found)]
    for answer in answers:
        assert "nan" not in str(answer)
        assert "Empty DataFrame" not in str(answer)


def test_orders_whose_money_all_went_back_are_refused_in_a_sentence(tmp_path):
    orders = read_orders(BRANDS["everything refunded"], workspace=tmp_path)
    with pytest.raises(ValueError, match=r"^Nothing was sold in USD that was not given back"):
        todays_plan(orders)
