"""Dependence, measured from orders."""

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from ownchannel.customers import channel_months, known_customers
from ownchannel.marketplace import ALL, Economics, contribution_by_month, dependence, marketplace_share
from ownchannel.orders import Orders, read_orders
from tests.marketplace.amazon_files import settlement, shipments
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

TRUE_NAMES = {
    "Amazon.com": "amazon",
    "Amazon.de": "amazon_de",
    "Etsy": "etsy",
    "Shopify": "own_store",
    "eBay": "ebay",
}
NO_COSTS = Economics(**dict.fromkeys(Economics.declared(), 0.0))
CENT = Decimal("0.01")


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
        ("contribution", "the cost of goods"),
        ("repeat orders", "no file shows who bought on Amazon.com"),
    ]:
        assert measured.share(measure) is None
        assert measured.rests_on(measure).startswith("not measurable from these files, because ")
        assert words in measured.rests_on(measure)
    assert measured.share("reachable", ALL) is None
    assert measured.amount("repeat orders", "Shopify") == 1
    assert measured.rests_on("repeat orders", "Shopify").startswith("3 order lines; no share of the whole")


def test_each_measure_rests_on_its_rows(small):
    table = dependence(small).table.set_index(["measure", "scope"])["rows"]
    assert table["revenue", "Amazon.com"] == 3
    assert table["identified", ALL] == 6


def test_currencies_are_never_added_up_and_the_main_one_is_taken_without_another(tmp_path):
    rows = [
        amazon_row(),
        amazon_row(amazon_order_id="111-0000000-0000008"),
        amazon_row(amazon_order_id="111-0000000-0000009", currency="EUR", item_price="500.00"),
    ]
    orders = read_orders(("a.txt", amazon(*rows)), workspace=tmp_path)
    for code, revenue, lines in (("USD", 168, 2), ("EUR", 500, 1)):
        measured = dependence(orders, currency=code)
        assert measured.currency == code
        assert measured.amount("revenue") == revenue
        assert measured.table["rows"].iloc[0] == lines
        assert measured.share("revenue", ALL) == 1
        assert measured.share("orders") == 1
    in_main = dependence(orders)
    assert in_main.currency == orders.main_currency == "USD"
    pd.testing.assert_frame_equal(in_main.table, dependence(orders, currency="USD").table)
    assert str(in_main).startswith("100% of $168 revenue comes through marketplaces")
    with pytest.raises(ValueError, match=r"^Nothing was sold in GBP; the sales are in EUR, USD\.$"):
        dependence(orders, currency="GBP")


def test_no_sales_are_in_no_currency(tmp_path):
    orders = read_orders(("a.txt", amazon(amazon_row(order_status="Cancelled"))), workspace=tmp_path)
    with pytest.raises(ValueError, match=r"^Nothing was sold in USD; the sales are in no currency\.$"):
        dependence(orders, currency="USD")


def test_no_sales_is_no_dependence(tmp_path):
    orders = read_orders(("a.txt", amazon(amazon_row(order_status="Cancelled"))), workspace=tmp_path)
    measured = dependence(orders)
    assert measured.share("revenue") is None
    assert "contain no sales" in str(measured)


def test_a_channel_of_another_currency_has_no_part_in_the_money(sample):
    measured = dependence(sample, "USD", costs=Economics())
    assert measured.amount("revenue", "Amazon.de") == 0
    assert measured.rests_on("contribution", "Amazon.de") == "0 order lines: nothing was sold in USD"
    assert measured.amount("orders", "Amazon.de") == 163


def test_marketplace_keys_tell_buyers_apart_and_not_who_they_are(tmp_path):
    """Of four marketplace orders three have a relay address, two of one buyer."""
    numbers = [f"111-0000000-000000{place}" for place in range(4)]
    buyers = ["one@marketplace.amazon.com", "one@marketplace.amazon.com", "two@marketplace.amazon.com"]
    report = amazon(*(amazon_row(amazon_order_id=number) for number in numbers))
    shipped = shipments(dict(zip(numbers, buyers, strict=False)))
    files = [("a.txt", report), ("f.txt", shipped), ("b.csv", shopify(shopify_row()))]
    measured = dependence(read_orders(files, workspace=tmp_path))
    assert measured.amount("identified") == measured.recognised_orders == 3
    assert (measured.known_orders, measured.known) == (1, pytest.approx(1 / 5))
    assert str(measured).endswith("you know who bought in 20% of all orders.")
    assert measured.amount("repeat orders") == 1
    assert measured.share("repeat orders", "Shopify") == 0
    assert "counts the 75% of orders whose buyer has an ID" in measured.rests_on("repeat orders")
    assert measured.share("reachable") == 0


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_the_sample_brand_equals_its_truth(sample, truth, currency):
    measured = dependence(sample, currency)
    true = {name: truth["channels"][known] for name, known in TRUE_NAMES.items()}
    net = {
        name: Decimal(channel["net_value"]) if channel["currency"] == currency else Decimal(0)
        for name, channel in true.items()
    }
    orders = {name: channel["sales_orders"] for name, channel in true.items()}
    for name in true:
        assert Decimal(str(measured.amount("revenue", name))) == net[name]
        assert measured.share("revenue", name) == pytest.approx(
            float(net[name] / sum(net.values())), abs=1e-12
        )
        assert measured.amount("orders", name) == orders[name]
        assert measured.share("orders", name) == pytest.approx(orders[name] / sum(orders.values()), abs=1e-12)
    own = true["Shopify"]
    assert measured.known_orders == measured.amount("identified", "Shopify") == own["identified_orders"]
    assert measured.amount("reachable", "Shopify") == own["consenting_customers"]
    assert measured.share("reachable", "Shopify") == own["consenting_customers"] / own["identified_customers"]
    assert (
        measured.amount("repeat orders", "Shopify") == own["identified_orders"] - own["identified_customers"]
    )
    shares = [float(value / sum(net.values())) for value in net.values()]
    assert measured.share("concentration", ALL) == pytest.approx(sum(s * s for s in shares), abs=1e-12)


def test_marketplace_keys_of_the_sample_brand_are_those_that_its_files_hold(sample, truth):
    """Of shipments with a relay address of one buyer each, and of Etsy's and eBay's buyers."""
    measured = dependence(sample, "USD")
    for name in ("Etsy", "eBay"):
        assert measured.amount("identified", name) == truth["channels"][TRUE_NAMES[name]]["sales_orders"]
        assert measured.amount("repeat orders", name) == truth["channels"][TRUE_NAMES[name]]["repeat_orders"]
    assert measured.amount("identified", "Amazon.de") == 0
    shipped = truth["files"]["amazon_fulfilled_shipments.txt"]
    assert measured.amount("identified", "Amazon.com") == shipped["orders"] - shipped["shared_address_orders"]
    keys = measured.amount("identified", "Amazon.com") - measured.amount("repeat orders", "Amazon.com")
    assert keys == shipped["addresses"]


def amounts_and_contribution(months: pd.DataFrame) -> pd.DataFrame:
    """Exact sums and, with every assumed cost at nothing, contribution to the cent."""
    left = contribution_by_month(months, NO_COSTS)
    assert left["fees_assumed"].abs().max() < 1e-9
    exact = months[["item_value", "discount", "shipping", "fee", "fulfilment", "refund", "net_value"]]
    names = {"fee": "fees", "fulfilment": "fulfilment_fees"}
    to_the_cent = [Decimal(value).quantize(CENT) for value in left["contribution"]]
    return exact.rename(columns=names).assign(contribution=to_the_cent)


def in_files(true: dict[str, str], name: str) -> dict[str, Decimal]:
    """The truth as far as files hold it: no file has eBay's fees, so contribution is before them."""
    amounts = (
        "item_value",
        "discount",
        "shipping",
        "fees",
        "fulfilment_fees",
        "refund",
        "net_value",
        "contribution",
    )
    known = {column: Decimal(true[column]) for column in amounts if column in true}
    if name == "eBay":
        known |= {"fees": Decimal(0), "contribution": known["contribution"] + known["fees"]}
    return known


@pytest.mark.parametrize("name", TRUE_NAMES)
def test_fees_refunds_and_contribution_equal_the_truth_to_the_cent(sample, truth, name):
    true, months = truth["channels"][TRUE_NAMES[name]], channel_months(sample)
    of_channel = months[months["channel"] == name].reset_index(drop=True)
    assert set(of_channel["currency"]) == {true["currency"]}
    assert (of_channel["fee_lines"] == (0 if name == "eBay" else of_channel["lines"])).all()
    found = amounts_and_contribution(of_channel)
    assert {column: sum(found[column]) for column in found} == {c: in_files(true, name)[c] for c in found}


@pytest.mark.parametrize("name", [name for name in TRUE_NAMES if name != "Amazon.de"])
def test_they_equal_it_in_every_month(sample, truth, name):
    """Amazon.de's orders come from the settlement alone, which dates them by the day of their booking."""
    by_month, months = truth["months"][TRUE_NAMES[name]], channel_months(sample)
    of_channel = months[months["channel"] == name].reset_index(drop=True)
    assert [str(month)[:7] for month in of_channel["month"]] == list(by_month)
    assert of_channel["orders"].tolist() == [month["sales_orders"] for month in by_month.values()]
    found = amounts_and_contribution(of_channel)
    for column in ("fees", "fulfilment_fees", "refund", "net_value", "contribution"):
        assert found[column].tolist() == [in_files(month, name)[column] for month in by_month.values()], (
            column
        )


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
    measured = dependence(sample, "USD")
    for name in ("Amazon.com", "Etsy", "eBay"):
        recognised = measured.amount("identified", name) - measured.amount("repeat orders", name)
        assert at_end.loc[name, ["identified", "recognised", "reachable"]].tolist() == [0, recognised, 0]


def test_contribution_is_after_the_fees_that_were_booked(tmp_path):
    """One of three marketplace orders was settled: fees of 8 and 5, so the table is for the other two."""
    amounts = {"goods": "50.00", "fee": "-8.00", "fulfilment": "-5.00"}
    booked = settlement("111-0000000-0000000", amounts)
    costs = Economics(
        goods_cost_rate=0,
        marketplace_fee_rate=0.1,
        marketplace_fulfilment=4,
        marketplace_ad_rate=0,
        owned_payment_rate=0,
        owned_fulfilment=0,
        owned_ad_rate=0,
    )
    rented = [amazon_row(amazon_order_id=f"111-0000000-000000{i}", item_price="50.00") for i in range(3)]
    orders = read_orders([("a.txt", amazon(*rented)), ("s.txt", booked)], workspace=tmp_path)
    (month,) = contribution_by_month(channel_months(orders), costs).to_dict("records")
    assert (month["fees_told"], month["fees_assumed"]) == (13, pytest.approx(10))
    assert month["contribution"] == pytest.approx(150 - 13 - 10 - 2 * 4)
    words = dependence(orders, costs=costs).rests_on("contribution")
    assert words == (
        "3 order lines: fees as booked for 33% of revenue, assumed for the rest; "
        "goods, advertising and your own parcels at your settings"
    )


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


def test_the_share_of_a_year_leaves_out_older_months_and_the_one_that_is_not_over():
    sold = [(date(2025, 3, 1), "marketplace", 900), (date(2025, 4, 1), "marketplace", 10)]
    sold += [(date(2026, 3, 1), "owned", 30), (date(2026, 4, 1), "owned", 500)]
    months = pd.DataFrame(sold, columns=["month", "kind", "net_value"])
    share = marketplace_share(months, date(2026, 4, 12))
    assert (share.recent, share.months) == (pytest.approx(10 / 40), 2)
    assert share.all_files == pytest.approx(910 / 1440)
    part = marketplace_share(months.iloc[3:], date(2026, 4, 12))
    assert (part.recent, part.months) == (0, 0)
    assert marketplace_share(months.assign(net_value=0), date(2026, 4, 12)).recent is None
