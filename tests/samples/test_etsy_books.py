"""Etsy's statement and Etsy's exports of the same month say what the brand's ledger says."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.samples.plain_bookings import OfEtsy, read_etsy_statement, read_rows
from tests.samples.plain_reader import rounded

ORDERS, ITEMS, STATEMENT = (
    "etsy_orders_2026-08.csv",
    "etsy_order_items_2026-08.csv",
    "etsy_statement_2026-08.csv",
)


@pytest.fixture(scope="module")
def booked(samples: Path) -> list[OfEtsy]:
    return read_etsy_statement(samples / STATEMENT)


@pytest.fixture(scope="module")
def by_order(booked: list[OfEtsy]) -> dict[str, dict[str, Decimal]]:
    """By order and part, what was booked."""
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in booked:
        if one.order_id:
            sums[one.order_id][one.part] += one.amount
    return sums


def test_the_statement_says_what_the_truth_says_of_it(booked: list[OfEtsy], truth: dict[str, Any]) -> None:
    facts = truth["files"][STATEMENT]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in booked:
        sums[one.part] += one.amount
    assert len(booked) == facts["data_rows"]
    assert sums == {part: Decimal(amount) for part, amount in facts["totals"].items()}
    assert sum(sums.values()) == Decimal(facts["total"])
    assert sum(one.part == "sale" for one in booked) == facts["orders"]
    assert {one.day.strftime("%Y-%m") for one in booked} == {"2026-08"}


def test_each_order_is_booked_with_every_fee_on_its_day(
    samples: Path, booked: list[OfEtsy], by_order: dict[str, dict[str, Decimal]], truth: dict[str, Any]
) -> None:
    stated = {name: Decimal(number) for name, number in truth["stated"]["fees"].items()}
    products = truth["stated"]["products"]
    labels: dict[str, Decimal] = defaultdict(Decimal)
    for item in read_rows(samples / ITEMS):
        sending = Decimal(products[item["SKU"]]["fulfilment_fee"]) * int(item["Quantity"])
        labels[item["Order ID"]] += rounded(sending / 2)
    days: dict[str, set[str]] = defaultdict(set)
    for one in booked:
        days[one.order_id].add(one.day.strftime("%m/%d/%y"))
    orders = read_rows(samples / ORDERS)
    assert by_order.keys() == {order["Order ID"] for order in orders}
    for order in orders:
        found = by_order[order["Order ID"]]
        goods = Decimal(order["Order Value"]) - Decimal(order["Discount Amount"])
        shipping = Decimal(order["Shipping"])
        fee = stated["etsy_transaction_rate"]
        assert days[order["Order ID"]] == {order["Sale Date"]}
        assert found["sale"] == Decimal(order["Order Total"])
        assert -found["tax"] == Decimal(order["Sales Tax"])
        assert -found["processing"] == Decimal(order["Card Processing Fees"])
        assert -found["transaction"] == rounded(goods * fee) + rounded(shipping * fee)
        assert -found["label"] == stated["etsy_label"] + labels[order["Order ID"]]
        if "offsite_ads" in found:
            assert -found["offsite_ads"] == rounded((goods + shipping) * stated["etsy_offsite_ads_rate"])
    by_ads = sum("offsite_ads" in found for found in by_order.values())
    assert 0 < by_ads == truth["files"][STATEMENT]["offsite_ads_orders"] < len(orders) / 5


def test_etsys_contribution_is_what_its_statement_leaves(
    by_order: dict[str, dict[str, Decimal]], truth: dict[str, Any]
) -> None:
    channel, month = truth["channels"]["etsy"], truth["months"]["etsy"]["2026-08"]

    def total(*parts: str) -> Decimal:
        return sum((found[part] for found in by_order.values() for part in parts), Decimal(0))

    for told in (channel, month):
        assert -total("label") == Decimal(told["fulfilment_fees"])
        assert -total("processing", "transaction", "label") == Decimal(told["fees"])
        left = total("sale", "tax", "processing", "transaction", "label")
        assert left == Decimal(told["contribution"])
    assert total("sale", "tax") == Decimal(channel["net_value"]) + Decimal(channel["shipping"])


def test_listings_are_paid_for_once_and_for_every_unit_sold(
    samples: Path, booked: list[OfEtsy], truth: dict[str, Any]
) -> None:
    units = sum(int(item["Quantity"]) for item in read_rows(samples / ITEMS))
    listed = units + len(truth["stated"]["products"])
    paid = -sum(one.amount for one in booked if one.part == "listing")
    assert paid == listed * Decimal(truth["stated"]["fees"]["etsy_listing"])


def test_each_monday_all_that_was_there_goes_to_the_bank(booked: list[OfEtsy]) -> None:
    deposits = {one.day: one.amount for one in booked if one.part == "deposit"}
    assert list(deposits) == [date(2026, 8, 31) - timedelta(weeks=week) for week in range(5)]
    for monday, paid in deposits.items():
        assert sum(one.amount for one in booked if one.day < monday) == -paid > 0, monday
