"""The plan that workbook 04 opens with, against the orders themselves, and for brands of every kind."""

from pathlib import Path

import pandas as pd
import pytest

from ownchannel.answers import (
    LIVE_DRAWS,
    RentOrOwn,
    calibrated,
    lifetimes,
    opening_plan,
    rent_or_own,
    todays_plan,
    what_a_customer_is_worth,
    what_a_customer_may_cost,
    worst_stories,
)
from ownchannel.formats import money
from ownchannel.marketplace import CustomerEconomics
from ownchannel.orders import Orders, read_orders, sample_orders
from ownchannel.scenarios import PRESETS, Calibration, preset, project, simulate
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
    assert kinds == {"Amazon.com": "marketplace", "Shopify": "owned"}
    assert today.plan.currency == "USD"
    *left_out, euros = today.notes
    assert [note.partition(" days ")[0] for note in left_out] == [
        f"{channel} is left out of the plan: 31" for channel in ("Etsy", "eBay")
    ]
    assert euros == "Sales in EUR are left out, for the plan is in USD."


def test_what_is_left_out_is_offered_back(orders):
    asked = rent_or_own(orders)
    name = "With Etsy (31 days of orders) and eBay (31 days of orders)"
    assert list(asked.presets)[:2] == ["Where I started", name]
    assert f"To take them in, load ‘{name}’." in asked.question(asked.start).answer.how_we_know
    with_both = asked.presets[name]()
    assert [channel.name for channel in with_both.channels] == ["Amazon.com", "Etsy", "Shopify", "eBay"]
    assert {with_both.channel(tried).organic_growth for tried in ("Etsy", "eBay")} == {0}


def test_the_budget_is_what_is_spent_and_no_lever_is_moved(today):
    spent = {channel.name: channel.reference_spend for channel in today.plan.channels}
    assert today.plan.growth_budget == sum(spent.values()) > 0
    assert today.plan.owned_share_of_growth_budget == spent["Shopify"] / sum(spent.values())
    assert today.plan == today.plan.today()


@pytest.mark.parametrize(("channel", "rate"), [("Amazon.com", 0.085), ("Shopify", 0.18)])
def test_advertising_is_a_share_of_sales_and_wins_customers_at_what_workbook_02_says(
    orders, today, channel, rate
):
    net, _, new = year_of(orders, channel)
    found = today.plan.channel(channel)
    assert found.reference_spend == pytest.approx(rate * net / 12, abs=0.5)
    costs = what_a_customer_is_worth(lifetimes(orders)).settings
    assert found.cac == costs.cost_to_win(found.kind)
    # Over half of the new customers, of two years and of all channels of the kind.
    assert found.cac == pytest.approx(rate * net / (0.5 * new), rel=0.15)


def test_goods_cost_a_share_of_what_an_orders_items_cost(tmp_path):
    till = todays_plan(shops(tmp_path, Till=4)).plan.channel("Till")  # every order is worth 20.00
    assert till.goods_cost == pytest.approx(20 * CustomerEconomics().goods_cost_rate)


def test_what_orders_tell_is_measured_and_the_rest_says_it_is_borrowed(today):
    fields = today.fields.set_index("path")
    for number in ("order_value", "organic_customers", "return_rate"):
        assert fields.loc[f"channels.Shopify.{number}", "confidence"] == "measured"
    amazon_like, store_like = preset("Balanced brand").channels
    for number in ("suspension_hazard", "fee_rise_points", "payout_delay"):
        assert getattr(today.plan.channel("Amazon.com"), number) == getattr(amazon_like, number)
    assert today.plan.channel("Shopify").ad_loss_hazard == store_like.ad_loss_hazard
    assert today.plan.channel("Shopify").ramp_months == store_like.ramp_months


def test_what_nobody_knows_well_has_a_range_about_its_value(today):
    for channel in today.plan.channels:
        low, high = today.plan.uncertain[f"channels.{channel.name}.cac"]
        assert (low, high) == (round(0.7 * channel.cac, 2), round(1.4 * channel.cac, 2))
        low, high = today.plan.uncertain[f"channels.{channel.name}.ad_incrementality"]
        assert low <= channel.ad_incrementality <= high


@pytest.mark.parametrize("channel", ["Amazon.com", "Shopify"])
def test_growth_goes_on_and_fades(orders, today, channel):
    months = project(today.plan).months
    own = months[months["channel"] == channel].groupby((months["month"] - 1) // 12)["orders"].sum()
    _, before, _ = year_of(orders, channel, since="2024-10-01")
    _, last, _ = year_of(orders, channel)
    rises = [last / before, own[0] / last, own[1] / own[0], own[2] / own[1]]
    assert rises == sorted(rises, reverse=True), "each year grows less than the one before"
    assert 1 < rises[-1] < 1.2


def test_what_was_sold_is_the_revenue_of_workbook_01_beside_what_customers_were_charged(orders):
    net, _, _ = year_of(orders, "Shopify")
    sold, charged = rent_or_own(orders).baseline.sold["owned"]
    assert sold == pytest.approx(net)
    assert 1 < charged / sold < 1.15
    assert f"from {money(round(sold, -3), 'USD')} in the last 12 months" in (
        rent_or_own(orders).question(opening_plan(todays_plan(orders).plan)).answer.sentence
    )


def test_the_page_opens_with_a_fifth_of_the_budget_moved(today):
    moved = opening_plan(today.plan)
    share = today.plan.owned_share_of_growth_budget
    assert moved == today.plan.with_values({"owned_share_of_growth_budget": round(share + 0.2, 2)})
    nearly = today.plan.with_values({"owned_share_of_growth_budget": 0.93})
    assert opening_plan(nearly).owned_share_of_growth_budget == 1


@pytest.mark.parametrize("name", FEW)
def test_brands_with_few_orders_open_and_every_lesson_has_an_answer(name: str, tmp_path: Path):
    asked = rent_or_own(read_orders(FEW[name], workspace=tmp_path))
    start = asked.start
    assert {channel.kind for channel in start.channels} == {"marketplace", "owned"}
    assert start != start.today(), "there is somewhere to move to"
    question = RentOrOwn(start, baseline=asked.baseline, draws=100).question(start)
    found = asked.baseline.calibration
    answers = [question.answer, worst_stories(start, 100), what_a_customer_may_cost(start), calibrated(found)]
    for answer in answers:
        assert "nan" not in str(answer)
        assert "Empty DataFrame" not in str(answer)
    assert "A frontier needs" not in question.answer.charts[0].caption
    assert len(question.first) == 6


def four_months(value: str, currency: str) -> list[dict[str, str]]:
    days = [f"2026-0{month}-{day:02}T12:00:00+00:00" for month in (1, 2, 3, 4) for day in (3, 12, 21, 28)]
    return [
        amazon_row(
            amazon_order_id=f"503-0000000-{at:07}", purchase_date=day, item_price=value, currency=currency
        )
        for at, day in enumerate(days)
    ]


@pytest.mark.parametrize(("value", "currency", "coin"), [("6000", "JPY", 100), ("42.00", "EUR", 1)])
def test_a_store_that_is_not_open_yet_is_counted_in_the_brands_own_coin(tmp_path, value, currency, coin):
    found = todays_plan(read_orders(("a.txt", amazon(*four_months(value, currency))), workspace=tmp_path))
    rented, store = found.plan.channels
    assert (store.name, store.planned, store.kind) == ("Your own store (not opened yet)", True, "owned")
    assert found.plan.owned_share_of_growth_budget == 0
    like = next(name for name in PRESETS if f"‘{name}’" in found.notes[0])
    their_market, their_store = preset(like).channels
    assert store.cac == coin * their_store.cac
    assert store.shipping_cost == pytest.approx(coin * their_store.shipping_cost)
    for field in ("order_value", "goods_cost"):
        ratio = getattr(their_store, field) / getattr(their_market, field)
        assert getattr(store, field) == pytest.approx(ratio * getattr(rented, field), rel=1e-3)
    rows = found.fields[found.fields["path"].str.startswith(f"channels.{store.name}.")]
    assert set(rows["confidence"]) == {"assumption"}
    assert set(rows["source"]) == {f"as in ‘{like}’"}
    start = opening_plan(found.plan)
    assert start.owned_share_of_growth_budget == 0.2
    assert start.setup_cost == coin * preset(like).setup_cost
    assert store.reference_spend == pytest.approx(0.2 * start.growth_budget)
    assert start.today() == found.plan


def test_a_brand_in_yen_is_warned_of_what_is_moved_alone(tmp_path):
    asked = rent_or_own(read_orders(("a.txt", amazon(*four_months("6000", "JPY"))), workspace=tmp_path))
    question = asked.question(asked.start)
    assert question.answer.notes == ()
    (note,) = question.answer_at({"channels.Amazon.com.return_rate": 0.45}).notes
    assert note.startswith("Amazon.com: Returns: 45% lies outside ")


def test_a_slider_says_what_it_was_measured_from_or_which_typical_brand_it_is_like(orders, tmp_path):
    asked = rent_or_own(orders)
    growth = asked.question(asked.start).numbers["channels.Shopify.organic_growth"][1]
    assert (growth.confidence, growth.group) == ("measured", "If growth stops")
    assert "new customers of Shopify, 2024-10 to 2026-09" in growth.source
    moved = asked.start.with_values({"channels.Shopify.organic_growth": 0.01})
    assert asked.question(moved).numbers["channels.Shopify.organic_growth"][1].confidence == "assumption"
    alone = rent_or_own(read_orders(("a.txt", amazon(*four_months("42.00", "EUR"))), workspace=tmp_path))
    path = "channels.Your own store (not opened yet).cac"
    assert alone.question(alone.start).numbers[path][1].source.startswith("as in ‘")


def test_staying_as_you_are_opens_no_store_and_pays_for_none(tmp_path):
    asked = rent_or_own(read_orders(("a.txt", amazon(*four_months("42.00", "EUR"))), workspace=tmp_path))
    answer = asked.question(asked.start).answer
    drawn = {trace.name: trace for trace in answer.charts[0].figure.data}
    as_today = simulate(asked.start.today(), LIVE_DRAWS)
    assert list(drawn["Today's split"].y[1:]) == pytest.approx([as_today.npv.mean(), as_today.cvar()])
    assert list(drawn["Today's split"].x) == [1, 1, 1]
    assert answer.sentence.startswith("Opening your own store with **20%** of your growth budget ")
    labels = [
        asked.question(asked.start).numbers[path][1].label for path in asked.question(asked.start).first
    ]
    assert not any("not opened yet" in label for label in labels)


def test_a_brand_with_a_store_alone_may_join_a_marketplace(tmp_path):
    found = todays_plan(read_orders(BRANDS["own store only"], workspace=tmp_path))
    _, market = found.plan.channels
    assert (market.name, market.planned) == ("A marketplace (not joined yet)", True)
    start = opening_plan(found.plan)
    assert start.owned_share_of_growth_budget == 0.8
    answer = RentOrOwn(start, draws=100).question(start).answer
    assert answer.sentence.startswith("Joining a marketplace with **20%** of your growth budget ")
    assert "Left as you are, your store's revenue " in answer.sentence


def test_orders_whose_money_all_went_back_are_refused_in_a_sentence(tmp_path):
    orders = read_orders(BRANDS["everything refunded"], workspace=tmp_path)
    with pytest.raises(ValueError, match=r"^These orders brought no revenue in USD: "):
        todays_plan(orders)


def test_a_typical_brand_stands_in_where_everything_was_refunded(tmp_path):
    asked = rent_or_own(read_orders(BRANDS["everything refunded"], workspace=tmp_path))
    answer = asked.question(asked.start).answer
    assert answer.sentence.startswith(
        "Your files show **no revenue** in USD after refunds, so this page starts from a typical brand"
    )
    assert "Left as you are" not in answer.sentence
    assert answer.next_steps[0].startswith("**Add more order files**")
