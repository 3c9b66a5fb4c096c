"""Shipments, Etsy, eBay, Brand Analytics and the shop's payments say what the brand's ledger says."""

import csv
import re
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.samples.sample_brand import generate
from data.samples.sample_brand.exports import records
from data.samples.sample_brand.stated import PRODUCTS, local
from tests.samples.plain_bookings import read_rows, read_tabbed
from tests.samples.plain_reader import Order, read_amazon, read_shopify, rounded

ALL_ORDERS = ("amazon_all_orders_2024-10_2025-10.txt", "amazon_all_orders_2025-09_2026-09.txt")
SHOP = "shopify_orders_export.csv"
SHIPMENTS, PAYMENTS = "amazon_fulfilled_shipments.txt", "shopify_payments_transactions.csv"
ETSY_ORDERS, ETSY_ITEMS = "etsy_orders_2026-08.csv", "etsy_order_items_2026-08.csv"
EBAY = "ebay_orders_2025-05.csv"
REPEATS = "brand_analytics_repeat_purchase_2026-09.csv"


def amount(row: dict[str, str], column: str) -> Decimal:
    return Decimal(row[column] or "0")


def total(rows: list[dict[str, str]], column: str) -> Decimal:
    return sum((amount(row, column) for row in rows), Decimal(0))


# ------------------------------------------------------------------ Amazon Fulfilled Shipments


@pytest.fixture(scope="module")
def shipments(samples: Path) -> list[dict[str, str]]:
    return read_tabbed(samples / SHIPMENTS)


def test_shipments_are_the_lines_that_amazon_sent(
    samples: Path, shipments: list[dict[str, str]], truth: dict[str, Any]
) -> None:
    sent = {}
    for name in ALL_ORDERS:
        for row in read_amazon(samples / name).rows:
            if row["order-status"] == "Shipped" == row["item-status"]:
                sent[row["amazon-order-id"], row["sku"]] = row
    parcels = defaultdict(list)
    for row in shipments:
        parcels[row["amazon-order-id"], row["sku"]].append(row)
    assert parcels.keys() == sent.keys()
    for key, rows in parcels.items():
        line = sent[key]
        assert sum(int(row["quantity-shipped"]) for row in rows) == int(line["quantity"])
        for column in ("item-price", "item-tax", "shipping-price"):
            assert total(rows, column) == amount(line, column), key
        for column in ("item-promotion-discount", "ship-promotion-discount"):
            assert total(rows, column) == -amount(line, column), key
        assert {row["purchase-date"] for row in rows} == {line["purchase-date"]}
        assert len({row["shipment-id"] for row in rows}) == len(rows)
    facts = truth["files"][SHIPMENTS]
    assert (len(shipments), len(parcels)) == (facts["data_rows"], facts["lines"])
    assert sum(len(rows) == 2 for rows in parcels.values()) == facts["split_lines"] > 0
    assert len({order_id for order_id, _ in parcels}) == facts["orders"]
    assert total(shipments, "item-price") == Decimal(facts["item_value"])


def test_a_buyer_keeps_one_relay_address_over_all_files(
    samples: Path, shipments: list[dict[str, str]], truth: dict[str, Any]
) -> None:
    facts = truth["files"][SHIPMENTS]
    address = {row["amazon-order-id"]: row["buyer-email"] for row in shipments}
    shared = {text for text in address.values() if text.startswith("no-reply-")}
    assert len(shared) == 1
    assert sum(text in shared for text in address.values()) == facts["shared_address_orders"]
    assert len(set(address.values()) - shared) == facts["addresses"]
    ledger = generate(truth["seed"])
    buyer = dict(zip(ledger.orders["number"], ledger.orders["person"], strict=True))
    of_buyer = {(buyer[order_id], text) for order_id, text in address.items() if text not in shared}
    assert len(of_buyer) == facts["addresses"] == len({person for person, _ in of_buyer})
    for row in read_rows(samples / SHOP):
        order_id = row["Note Attributes"].removeprefix("Amazon Order Id: ")
        if order_id in address:
            assert row["Email"] == address[order_id]
    assert all(
        row["buyer-name"] == row["ship-address-1"] == row["buyer-phone-number"] == "" for row in shipments
    )


# ------------------------------------------------------------------ Etsy


@pytest.fixture(scope="module")
def etsy(samples: Path) -> tuple[list[dict[str, str]], dict[str, list[dict[str, str]]]]:
    """Orders, and items by order."""
    items = defaultdict(list)
    for row in read_rows(samples / ETSY_ITEMS):
        items[row["Order ID"]].append(row)
    return read_rows(samples / ETSY_ORDERS), items


def test_etsys_items_come_to_its_orders(
    etsy: tuple[list[dict[str, str]], dict[str, list[dict[str, str]]]], truth: dict[str, Any]
) -> None:
    orders, items = etsy
    assert [len(orders), sum(map(len, items.values()))] == [
        truth["files"][name]["data_rows"] for name in (ETSY_ORDERS, ETSY_ITEMS)
    ]
    assert {order["Order ID"] for order in orders} == items.keys()
    for order in orders:
        of_order = items[order["Order ID"]]
        for whole, part in (
            ("Order Value", "Item Total"),
            ("Discount Amount", "Discount Amount"),
            ("Shipping", "Order Shipping"),
            ("Sales Tax", "Order Sales Tax"),
            ("Number of Items", "Quantity"),
        ):
            assert amount(order, whole) == total(of_order, part), whole
        assert all(
            amount(row, "Price") * int(row["Quantity"]) == amount(row, "Item Total") for row in of_order
        )
        # The coupon comes off the value; the tax is the buyer's, and Etsy remits it.
        earned = amount(order, "Order Value") - amount(order, "Discount Amount") + amount(order, "Shipping")
        assert amount(order, "Order Total") == earned + amount(order, "Sales Tax")
        assert amount(order, "Order Net") == earned - amount(order, "Card Processing Fees")


def test_etsys_month_is_the_whole_channel(
    etsy: tuple[list[dict[str, str]], dict[str, list[dict[str, str]]]], truth: dict[str, Any]
) -> None:
    orders, items = etsy
    channel, facts, fees = truth["channels"]["etsy"], truth["files"][ETSY_ORDERS], truth["stated"]["fees"]
    buyers = {order["Buyer User ID"] for order in orders}
    assert len(orders) == channel["sales_orders"] == channel["orders"]
    assert sum(map(len, items.values())) == channel["sales_lines"]
    assert len(buyers) == channel["customers"] == facts["buyers"]
    assert len(orders) - len(buyers) == channel["repeat_orders"] > 0
    for column, name in (
        ("Order Value", "item_value"),
        ("Discount Amount", "discount"),
        ("Shipping", "shipping"),
    ):
        assert total(orders, column) == Decimal(channel[name]), name
    # The orders know the card's fee alone; the statement has the others.
    assert total(orders, "Card Processing Fees") == Decimal(facts["fees"]) < Decimal(channel["fees"])
    for order in orders:
        card = rounded(amount(order, "Order Total") * Decimal(fees["etsy_card_rate"]))
        assert amount(order, "Card Processing Fees") == card + Decimal(fees["etsy_card_fixed"])
    months = truth["months"]["etsy"]
    assert list(months) == ["2026-08"]
    assert months["2026-08"]["contribution"] == channel["contribution"]
    assert all(re.fullmatch(r"08/\d\d/26", order["Sale Date"]) for order in orders)
    assert 0 < sum(order["Coupon Code"] != "" for order in orders) < len(orders) / 2


# ------------------------------------------------------------------ eBay


def test_ebays_month_is_the_whole_channel(samples: Path, truth: dict[str, Any]) -> None:
    text = (samples / EBAY).read_text(encoding="utf-8").splitlines()
    blank, header, under_it, *body, end, footer, seller = text
    assert not f"{blank}{under_it}{end}".strip(",")
    assert footer == f'"{len(body)}","record(s) downloaded","from May-01-25 to May-31-25"'
    assert seller.startswith("Seller ID :")
    rows = [
        {name: cell.replace("$", "") for name, cell in row.items()}
        for row in csv.DictReader([header, *body], strict=True)
    ]
    items, sums = ([row for row in rows if (row["Item Number"] == "") == is_sum] for is_sum in (False, True))
    own = [row for row in rows if row["Total Price"]]
    channel, facts = truth["channels"]["ebay"], truth["files"][EBAY]
    assert [len(rows), len(sums)] == [facts["data_rows"], facts["sum_rows"]]
    assert len({row["Order Number"] for row in rows}) == len(own) == channel["sales_orders"]
    assert len(items) == channel["sales_lines"]
    assert len({row["Buyer Username"] for row in rows}) == channel["customers"] == facts["buyers"]
    assert total(own, "Shipping And Handling") == Decimal(channel["shipping"])
    of_orders: dict[str, Decimal] = defaultdict(Decimal)
    for row in items:
        of_orders[row["Order Number"]] += amount(row, "Sold For") * int(row["Quantity"])
    assert sum(of_orders.values()) == Decimal(channel["item_value"]) == Decimal(channel["net_value"])
    assert all(amount(row, "Sold For") == of_orders[row["Order Number"]] for row in sums)
    stated, fees = truth["stated"]["fees"], Decimal(0)
    for row in own:
        beside = amount(row, "Shipping And Handling") + amount(row, "eBay Collected Tax")
        assert amount(row, "Total Price") == of_orders[row["Order Number"]] + beside
        fees += rounded(amount(row, "Total Price") * Decimal(stated["ebay_rate"]))
    assert fees + len(own) * Decimal(stated["ebay_fixed"]) == Decimal(channel["fees"])
    assert list(truth["months"]["ebay"]) == ["2025-05"]


# ------------------------------------------------------------------ Brand Analytics


def test_repeat_purchases_are_those_of_the_ledgers_customers(samples: Path, truth: dict[str, Any]) -> None:
    first, _, _ = (samples / REPEATS).read_text(encoding="utf-8").partition("\n")
    assert first == 'Reporting Range=["Monthly"],Select year=["2026"],Select month=["September"]'
    ledger = generate(truth["seed"])
    of_month = ledger.orders[
        (ledger.orders["channel"] == "amazon") & (ledger.orders["status"] != "cancelled")
    ]
    # By product and buyer: the cents of each order, first to last.
    bought: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for order in records(of_month.sort_values("placed")):
        if local(order.placed).strftime("%Y-%m") == "2026-09":
            lines = ledger.lines[(ledger.lines["order"] == order.Index) & ~ledger.lines["cancelled"]]
            for line in records(lines):
                bought[PRODUCTS[line.product].asin][order.person].append(line.item)

    rows = (samples / REPEATS).read_text(encoding="utf-8").splitlines()[1:]
    names, *values = ([cell.strip('"') for cell in row.split('","')] for row in rows)
    assert len(names) == 17
    assert {row[0] for row in values} == bought.keys()
    for row in (dict(zip(names, value, strict=True)) for value in values):
        buyers = bought[row["ASIN"]]
        again = [cents for orders in buyers.values() for cents in orders[1:]]
        share = Decimal(100 * sum(len(orders) > 1 for orders in buyers.values())) / len(buyers)
        sales = Decimal(sum(sum(orders) for orders in buyers.values()))
        assert int(row["Number of Orders"]) == sum(map(len, buyers.values()))
        assert int(row["Unique Customer Count"]) == len(buyers)
        assert int(row["Repeat Customer Count: Count"]) == sum(len(orders) > 1 for orders in buyers.values())
        assert Decimal(row["Repeat Customer Share: % Share of Total Customers"]) == rounded(share)
        assert Decimal(row["Repeat Ordered Product Sales: Sales"]) == Decimal(sum(again)) / 100
        assert Decimal(row["Repeat Ordered Product Sales: % Share of Total Sales"]) == rounded(
            100 * sum(again) / sales
        )
        facts = truth["files"][REPEATS]["products"][row["ASIN"]]
        assert (facts["orders"], facts["customers"]) == (sum(map(len, buyers.values())), len(buyers))
        assert Decimal(facts["repeat_sales"]) == Decimal(sum(again)) / 100
    assert len(values) == truth["files"][REPEATS]["data_rows"]


# ------------------------------------------------------------------ Shopify Payments


@pytest.fixture(scope="module")
def payments(samples: Path) -> list[dict[str, str]]:
    return read_rows(samples / PAYMENTS)


@pytest.fixture(scope="module")
def shop(samples: Path, truth: dict[str, Any]) -> dict[str, Order]:
    """The shop's sales orders."""
    orders = read_shopify(samples / SHOP, truth)[1]
    return {name: order for name, order in orders.items() if order.status in {"completed", "refunded"}}


def test_payments_are_those_of_the_shops_sales_orders(
    payments: list[dict[str, str]], shop: dict[str, Order], truth: dict[str, Any]
) -> None:
    facts = truth["files"][PAYMENTS]
    charges = {row["Order"]: row for row in payments if row["Type"] == "charge"}
    refunds = {row["Order"]: row for row in payments if row["Type"] == "refund"}
    assert len(charges) + len(refunds) == len(payments) == facts["data_rows"]
    assert (len(charges), len(refunds)) == (facts["charges"], facts["refunds"])
    assert charges.keys() == shop.keys()
    for name, order in shop.items():
        given_back = -amount(refunds[name], "Amount") if name in refunds else 0
        assert given_back == order.given_back
        assert amount(charges[name], "Fee") == order.fee
    for row in payments:
        assert amount(row, "Net") == amount(row, "Amount") - amount(row, "Fee")
        assert amount(row, "Presentment Amount") == abs(amount(row, "Amount"))
        datetime.strptime(row["Transaction Date"], "%Y-%m-%d %H:%M:%S %z")
    assert total(list(charges.values()), "Amount") == Decimal(facts["charged"])
    assert total(payments, "Fee") == Decimal(facts["fees"]) == Decimal(truth["channels"]["own_store"]["fees"])
    assert total(list(refunds.values()), "Fee") == 0
    assert {row["Payout Status"] for row in payments} == {"paid", "pending"}


def test_the_shops_contribution_by_month(
    samples: Path, payments: list[dict[str, str]], shop: dict[str, Order], truth: dict[str, Any]
) -> None:
    fees = {row["Order"]: amount(row, "Fee") for row in payments if row["Type"] == "charge"}
    shipping = {
        row["Name"]: amount(row, "Shipping") for row in read_rows(samples / SHOP) if row["Financial Status"]
    }
    by_month: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for name, order in shop.items():
        is_whole = order.status == "refunded"
        found = by_month[order.month]
        found["refund"] += order.refund
        found["fees"] += fees[name]
        # A full refund leaves the fee alone.
        left = 0 if is_whole else order.item_value - order.discount - order.refund + shipping[name]
        found["contribution"] += left - fees[name]
    months = truth["months"]["own_store"]
    assert by_month.keys() == months.keys()
    for month, found in by_month.items():
        assert found == {name: Decimal(months[month][name]) for name in found}, month
    channel = truth["channels"]["own_store"]
    assert sum(found["contribution"] for found in by_month.values()) == Decimal(channel["contribution"])
    assert sum(found["refund"] for found in by_month.values()) == Decimal(channel["refund"])
    of_whole_orders = sum(shipping[name] for name, order in shop.items() if order.status == "refunded")
    assert of_whole_orders == Decimal(channel["refund_of_shipping"])
    paid = sum(shipping[name] for name in shop)
    assert paid - of_whole_orders == Decimal(channel["shipping"])


# ------------------------------------------------------------------ what contribution is


def test_contribution_is_what_its_parts_leave(truth: dict[str, Any]) -> None:
    for name, channel in truth["channels"].items():
        part = {key: Decimal(text) for key, text in channel.items() if isinstance(text, str) and "." in text}
        assert part["net_value"] == part["item_value"] - part["discount"] - part["refund"], name
        assert part["contribution"] == part["net_value"] + part["shipping"] - part["fees"], name
        assert 0 <= part["fulfilment_fees"] <= part["fees"]
        months = truth["months"][name].values()
        for key in ("contribution", "fees", "fulfilment_fees", "refund", "net_value"):
            assert sum(Decimal(month[key]) for month in months) == part[key], (name, key)
