"""Dependence, measured from orders."""

from decimal import Decimal

import pytest

from ownchannel import Orders, dependence, read_orders
from ownchannel.customers.known import known_customers
from ownchannel.customers.months import channel_months
from ownchannel.marketplace.dependence import ALL
from ownchannel.marketplace.economics import Economics, contribution_by_month
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

TRUE_NAMES = {"Amazon.com": "amazon", "Shopify": "own_store"}


@pytest.fixture
def small(tmp_path) -> Orders:
    """Three marketplace orders of 50, and a shop with two customers: 30 and 20 of one, 100 of the other."""
    rented = [amazon_row(amazon_order_id=f"111-0000000-000000{i}", item_price="50.00") for i in range(3)]
    owned = [
        ("#1", "a@example.com", "no", "30.00"),
        ("#2", "a@example.com", "yes", "20.00"),
        ("#3", "b@example.com", "", "100.00"),
    ]
    rows = [
        shopify_row(
            {
                "Name": name,
                "Email": who,
                "Accepts Marketing": consent,
                "Lineitem price": price,
                "Subtotal": price,
                "Created at": f"2026-03-0{place} 12:00:00 -0500",
            }
        )
        for place, (name, who, consent, price) in enumerate(owned, start=1)
    ]
    return read_orders([("a.txt", amazon(*rented)), ("b.csv", shopify(*rows))], workspace=tmp_path)


def test_by_hand(small):
    measured = dependence(small)
    assert measured.share("revenue") == pytest.approx(150 / 300)
    assert measured.share("orders") == pytest.approx(3 / 6)
    assert measured.share("identified", ALL) == pytest.approx(3 / 6)
    assert measured.share("identified", "Shopify") == 1
    assert measured.share("reachable", "Shopify") == pytest.approx(1 / 2)
    assert measured.share("reachable") == 0
    assert measured.amount("repeat orders", "Shopify") == 1
    assert measured.share("concentration", ALL) == pytest.approx(0.5)
    assert str(measured) == (
        "50% of $300 revenue comes through marketplaces; you know who bought in 50% of all orders."
    )


def test_customers_weigh_by_the_probability_that_they_still_buy(small):
    keys = small.sales.dropna(subset="customer_key").groupby("customer_key")["order_id"].nunique()
    said_yes, said_nothing = keys.idxmax(), keys.idxmin()
    measured = dependence(small, alive={said_yes: 0.2, said_nothing: 0.6})
    assert measured.share("reachable", "Shopify") == pytest.approx(0.2 / 0.8)


def test_what_cannot_be_measured_says_why(small):
    measured = dependence(small)
    for measure, words in [
        ("contribution", "goods' costs"),
        ("repeat orders", "hides who bought"),
    ]:
        assert measured.share(measure) is None
        assert measured.rests_on(measure).startswith("not measurable from these files, because ")
        assert words in measured.rests_on(measure)
    assert measured.share("reachable", ALL) is None


def test_each_measure_rests_on_its_rows(small):
    table = dependence(small).table.set_index(["measure", "scope"])["rows"]
    assert table["revenue", "Amazon.com"] == 3
    assert table["identified", ALL] == 6


def test_currencies_are_never_added_up(tmp_path):
    rows = [amazon_row(), amazon_row(amazon_order_id="111-0000000-0000009", currency="EUR")]
    orders = read_orders(("a.txt", amazon(*rows)), workspace=tmp_path)
    measured = dependence(orders)
    assert measured.share("revenue") is None
    assert "EUR and USD, which are never added up" in measured.rests_on("revenue")
    assert measured.share("orders") == 1
    in_euro = dependence(orders, currency="EUR")
    assert in_euro.amount("revenue") == 84
    assert in_euro.table["rows"].iloc[0] == 1
    with pytest.raises(ValueError, match="Nothing was sold in GBP; the sales are in EUR, USD"):
        dependence(orders, currency="GBP")


def test_no_sales_is_no_dependence(tmp_path):
    orders = read_orders(("a.txt", amazon(amazon_row(order_status="Cancelled"))), workspace=tmp_path)
    measured = dependence(orders)
    assert measured.share("revenue") is None
    assert "hold no sales" in str(measured)


def test_the_sample_brand_equals_its_truth(sample, truth):
    measured = dependence(sample, costs=Economics())
    true = {name: truth["channels"][known] for name, known in TRUE_NAMES.items()}
    net = {name: Decimal(channel["net_value"]) for name, channel in true.items()}
    orders = {name: channel["sales_orders"] for name, channel in true.items()}
    for name, channel in true.items():
        assert Decimal(str(measured.amount("revenue", name))) == net[name]
        assert measured.share("revenue", name) == pytest.approx(
            float(net[name] / sum(net.values())), abs=1e-12
        )
        assert measured.amount("orders", name) == orders[name]
        assert measured.share("orders", name) == pytest.approx(orders[name] / sum(orders.values()), abs=1e-12)
        assert measured.amount("identified", name) == channel["identified_orders"]
    own = true["Shopify"]
    assert measured.amount("reachable", "Shopify") == own["consenting_customers"]
    assert measured.share("reachable", "Shopify") == own["consenting_customers"] / own["identified_customers"]
    assert (
        measured.amount("repeat orders", "Shopify") == own["identified_orders"] - own["identified_customers"]
    )
    shares = [float(value / sum(net.values())) for value in net.values()]
    assert measured.share("concentration", ALL) == pytest.approx(sum(s * s for s in shares), abs=1e-12)


def test_the_sample_brands_months_equal_its_truth(sample, truth):
    months = channel_months(sample)
    for name, known in TRUE_NAMES.items():
        its = months[months["channel"] == name]
        true = truth["months"][known]
        assert [str(month)[:7] for month in its["month"]] == list(true)
        assert its["orders"].tolist() == [month["sales_orders"] for month in true.values()]
        assert its["net_value"].tolist() == [Decimal(month["net_value"]) for month in true.values()]


def test_the_sample_brands_files_are_read_as_its_truth_says(sample, truth):
    for file in sample.report.files:
        known = truth["files"][file.name]
        assert file.rows_in == known["data_rows"]
        assert file.rejected == len(known["bad_rows"]) + known.get("non_amazon_rows", 0)
        lines = sample.report.rejected.query("file == @file.name")["line"]
        assert {bad["line"] for bad in known["bad_rows"]} <= set(lines)


def test_known_customers_end_at_what_dependence_counts(sample, truth):
    at_end = known_customers(sample).groupby("channel").last()
    own = truth["channels"]["own_store"]
    assert at_end.loc["Shopify", ["identified", "reachable"]].tolist() == [
        own["identified_customers"],
        own["consenting_customers"],
    ]
    assert at_end.loc["Amazon.com", ["identified", "reachable"]].tolist() == [0, 0]


def test_contribution_by_hand(small):
    costs = Economics(
        goods_cost_rate=0.5,
        marketplace_fee_rate=0.1,
        marketplace_fulfilment=4,
        marketplace_ad_rate=0.05,
        owned_payment_rate=0.02,
        owned_fulfilment=6,
        owned_ad_rate=0.2,
    )
    monthly = contribution_by_month(channel_months(small), costs).set_index("channel")["contribution"]
    assert monthly["Amazon.com"] == pytest.approx(150 - 75 - 15 - 7.5 - 12)
    assert monthly["Shopify"] == pytest.approx(150 - 75 - 3 - 30 - 18)
    measured = dependence(small, costs=costs)
    assert measured.share("contribution") == pytest.approx(40.5 / 64.5)
