"""The first thirty things that an analyst does with ownchannel, in the order of a first afternoon.

Read it from top to bottom: each step is a question, two or three lines of Python, and what came of it. The
numbers are the sample brand's.
"""

from pathlib import Path

import polars as pl
import pytest

import ownchannel as oc

TO_DOLLARS = "date,from,to,rate\n" + "\n".join(
    f"2026-{month:02}-{day:02},EUR,USD,1.10" for month in (7, 8, 9) for day in (1, 8, 15, 22, 29)
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> oc.Workspace:
    return oc.Workspace.at(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def orders(place: oc.Workspace) -> oc.Orders:
    return oc.sample_orders(place)


@pytest.fixture(scope="module")
def store(orders: oc.Orders):
    """The customers of the own store, as purchase models take them."""
    sales = orders.sales
    return oc.customer_summary(sales[sales["channel"] == "Shopify"], unit="weeks", until="2026-09-30")


@pytest.fixture(scope="module")
def purchases(store):
    return oc.clv.ModifiedBetaGeoModel(store).fit()


@pytest.fixture(scope="module")
def spend(store):
    return oc.clv.GammaGammaModel(store).fit()


@pytest.fixture(scope="module")
def plan() -> oc.Plan:
    return oc.scenarios.preset("Balanced brand")


# ---------------------------------------------------------------- my files


def test_01_open_the_sample_brand_from_any_folder(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert str(oc.sample_orders(place)).startswith(
        "12,300 orders on Amazon.com, Amazon.de, Etsy, Shopify and eBay"
    )


def test_02_see_what_could_not_be_read_and_why(orders):
    reasons = orders.report.reasons()
    assert reasons["rows"].sum() == len(orders.report.rejected) == 44


def test_03_take_the_order_lines_as_a_pandas_table(orders):
    lines = orders.to_pandas()
    assert len(lines) == len(orders) and {"channel", "ordered_on", "item_value", "currency"} <= set(lines)


def test_04_or_hand_them_to_another_engine(orders):
    assert pl.DataFrame(orders).height == len(orders)


def test_05_add_up_revenue_by_channel_and_currency_exactly(orders):
    revenue = orders.sales.groupby(["channel", "currency"])["item_value"].sum()
    assert f"{revenue['Amazon.com', 'USD']:.2f}" == "449904.40"
    assert f"{revenue['Amazon.de', 'EUR']:.2f}" == "9744.00"


def test_06_put_all_money_into_one_currency(orders, place, tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text(TO_DOLLARS)
    read = oc.read_orders([rates], workspace=place)
    in_dollars = orders.in_currency("USD", oc.Rates(read.rates))
    assert in_dollars.currencies() == ("USD",)


def test_07_read_a_table_of_my_own(place, tmp_path):
    table = tmp_path / "shop.csv"
    table.write_text(
        "no,day,total,mail\n1,2026-01-05,30.00,ann@example.com\n2,2026-02-05,45.50,ann@example.com\n"
    )
    mapping = {
        "order_id": "no",
        "ordered_at": "day",
        "item_value": "total",
        "customer": "mail",
        "currency": "EUR",
    }
    mine = oc.read_orders([table], workspace=place, mapping=mapping, timezone="Europe/Berlin")
    assert str(mine).startswith("2 orders on Own store in EUR")
    assert mine.table["customer_key"].nunique() == 1
    assert "@" not in mine.to_pandas().to_string()


def test_08_be_told_what_is_wrong_with_a_mapping(place, tmp_path):
    with pytest.raises(ValueError, match="mapping of columns cannot be used"):
        oc.read_orders([tmp_path], workspace=place, mapping={"order_id": "no"})


def test_09_forget_a_customer(place):
    assert "will not bring the customer back" in str(oc.forget("ann@example.com", place))


# ---------------------------------------------------------------- how dependent am I?


def test_10_ask_how_dependent_the_brand_is(orders):
    found = oc.dependence(orders)
    assert str(found).startswith("68% of $635,604 revenue comes through marketplaces")
    assert found.share("revenue") == pytest.approx(0.68, abs=0.005)


def test_11_see_it_month_by_month(orders):
    months = oc.channel_months(orders)
    assert len(months[months["channel"] == "Amazon.com"]) == 24


def test_12_ask_what_a_stop_of_the_marketplaces_would_cost(orders):
    question = oc.answers.what_if_it_stopped(orders)
    assert "stopped on Monday for **3 months**" in question.answer.sentence


def test_13_look_up_a_referral_fee():
    fee = oc.marketplace.referral_fee
    assert [str(fee("beauty", price)) for price in ("10.00", "10.01")] == ["0.80", "1.50"]


# ---------------------------------------------------------------- who comes back?


def test_14_summarise_customers(store):
    assert list(store) == ["customer_key", "frequency", "recency", "T", "monetary_value"]
    assert (store["recency"] <= store["T"]).all()


def test_15_lay_cohorts_beside_each_other(orders):
    cohorts = oc.retention_cohorts(orders)
    assert (cohorts.loc[cohorts["age"] == 0, "channel"].nunique()) >= 2


def test_16_ask_how_long_the_second_order_takes(orders):
    assert "38% on Shopify within 365 days" in str(oc.time_to_second_order(orders))


def test_17_ask_what_returning_customers_have_in_common(orders):
    assert "Customers of Shopify" in str(oc.return_drivers(orders))


# ---------------------------------------------------------------- what is a customer worth?


def test_18_fit_a_model_and_read_its_parameters(purchases):
    interval = purchases.conf_int()
    assert list(purchases.params.index) == ["r", "alpha", "a", "b"]
    assert (interval["lower"] < purchases.params).all() and (purchases.params < interval["upper"]).all()
    assert "ModifiedBetaGeoModel" in str(purchases.summary())


def test_19_ask_which_model_to_use(orders):
    found = oc.clv.compare_models(orders, "2026-06-30", "2026-09-30")
    assert str(found).startswith("Use ")


def test_20_ask_who_is_still_a_customer(purchases, store):
    alive = purchases.expected_probability_alive(store)
    assert alive.between(0, 1).all()


def test_21_expect_the_orders_of_the_next_quarter(purchases, store):
    expected = purchases.expected_purchases(store, t=3, unit="months")
    assert 0 < expected.sum() < len(store)


def test_22_know_what_they_spend(spend, store):
    amounts = spend.expected_customer_spend(store)
    assert 50 < amounts.mean() < 150


def test_23_value_each_customer_with_a_range(purchases, spend, store):
    terms = oc.clv.OrderTerms(margin_rate=0.4, cost_per_order=6, discount_rate=0.1)
    value = oc.clv.expected_customer_lifetime_value(purchases, spend, store, 24, terms, interval=0.95)
    assert (value["lower"] <= value["expected"]).all() and (value["expected"] <= value["upper"]).all()


def test_24_ask_when_a_new_customer_is_paid_back(purchases, spend):
    terms = oc.clv.OrderTerms(margin_rate=0.4, cost_per_order=6)
    by_month = oc.clv.value_of_new_customer(purchases, spend, 24, terms)
    assert oc.clv.payback_month(by_month["expected"], 10) == 0
    assert oc.clv.payback_month(by_month["expected"], 10_000) is None


# ---------------------------------------------------------------- rent or own?


def test_25_start_from_a_typical_brand_and_change_a_number(plan):
    changed = plan.with_values({"channels.Own store.repeat_rate": 0.4}, growth_budget=9_000)
    assert (changed.growth_budget, changed.channel("Own store").repeat_rate) == (9_000, 0.4)
    with pytest.raises(ValueError, match="did you mean growth_budget"):
        plan.with_values(growth_bugdet=9_000)


def test_26_project_it_month_by_month(plan):
    months = oc.scenarios.project(plan).months
    assert months.groupby("channel").size().to_dict() == {"Amazon.com": 36, "Own store": 36}


def test_27_ask_what_may_happen(plan):
    found = oc.simulate(plan, draws=500)
    assert found.cvar() < found.npv.mean()
    assert len(repr(found)) < 1_000


def test_28_weigh_it_against_staying_as_today(plan):
    table = oc.scenarios.compare({"more own store": plan}, draws=500)
    assert {"npv", "payback_month", "marketplace_share"} <= set(table)


def test_29_ask_which_assumption_decides(plan):
    bars = oc.scenarios.tornado(plan)
    assert bars["swing"].is_monotonic_decreasing
    assert oc.scenarios.break_even_cac(plan).multiple == pytest.approx(0.99, abs=0.1)


def test_30_start_from_my_own_orders_and_keep_the_plan(orders, tmp_path):
    today = oc.answers.todays_plan(orders)
    assert "measured" in set(today.fields["confidence"])
    file = Path(tmp_path) / "plan.json"
    file.write_text(oc.scenarios.dumps(today.plan))
    assert oc.scenarios.loads(file.read_text()) == today.plan
