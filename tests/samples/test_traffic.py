"""Amazon's Sales and Traffic says of September 2026 what the order report says of it."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.samples.plain_bookings import read_rows
from tests.samples.plain_reader import NEW_YORK, number, read_amazon, rounded

TRAFFIC, ORDERS = "amazon_sales_and_traffic_2026-09.csv", "amazon_all_orders_2025-09_2026-09.txt"
REPEATS = "brand_analytics_repeat_purchase_2026-09.csv"
BUSINESS = " - B2B"


@pytest.fixture(scope="module")
def traffic(samples: Path) -> list[dict[str, str]]:
    return read_rows(samples / TRAFFIC)


@pytest.fixture(scope="module")
def ordered(samples: Path) -> list[dict[str, str]]:
    """Amazon.com's rows of September that nobody cancelled."""
    return [
        row
        for row in read_amazon(samples / ORDERS).rows
        if "Cancelled" not in (row["order-status"], row["item-status"])
        and datetime.fromisoformat(row["purchase-date"]).astimezone(NEW_YORK).strftime("%Y-%m") == "2026-09"
    ]


def counted(text: str) -> int:
    return int(text.replace(",", ""))


def dollars(text: str) -> Decimal:
    assert text.startswith("$")
    return Decimal(text[1:].replace(",", ""))


def percent(part: int, whole: int) -> str:
    return f"{rounded(Decimal(100 * part) / whole) if whole else Decimal('0.00')}%"


@pytest.mark.parametrize("ending", ["", BUSINESS])
def test_units_and_sales_are_those_of_the_orders(
    traffic: list[dict[str, str]], ordered: list[dict[str, str]], ending: str
) -> None:
    by_asin: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in ordered:
        if not ending or row["is-business-order"] == "true":
            by_asin[row["asin"]].append(row)
    for row in traffic:
        lines = by_asin[row["(Child) ASIN"]]
        assert counted(row["Units Ordered" + ending]) == sum(int(line["quantity"]) for line in lines)
        assert counted(row["Total Order Items" + ending]) == len(lines)
        sales = dollars(row["Ordered Product Sales" + ending])
        assert sales == sum(number(line["item-price"]) or Decimal(0) for line in lines)
    assert by_asin.keys() == {row["(Child) ASIN"] for row in traffic}


def test_the_truth_knows_the_report(traffic: list[dict[str, str]], truth: dict[str, Any]) -> None:
    facts = truth["files"][TRAFFIC]
    assert len(traffic) == facts["data_rows"] == len(facts["products"]) == len(truth["stated"]["products"])
    for row in traffic:
        assert facts["products"][row["(Child) ASIN"]] == {
            "sessions": counted(row["Sessions - Total"]),
            "page_views": counted(row["Page Views - Total"]),
            "units": counted(row["Units Ordered"]),
            "order_items": counted(row["Total Order Items"]),
            "sales": str(dollars(row["Ordered Product Sales"])),
        }
    assert sum(counted(row["Units Ordered"]) for row in traffic) == facts["units"]
    assert sum(dollars(row["Ordered Product Sales"]) for row in traffic) == Decimal(facts["sales"])
    repeats = truth["files"][REPEATS]["products"]
    assert sum(Decimal(of["sales"]) for of in repeats.values()) == Decimal(facts["sales"])


@pytest.mark.parametrize("ending", ["", BUSINESS])
def test_shares_and_conversion_follow_from_the_counts(traffic: list[dict[str, str]], ending: str) -> None:
    sessions = sum(counted(row[f"Sessions - Total{ending}"]) for row in traffic)
    views = sum(counted(row[f"Page Views - Total{ending}"]) for row in traffic)
    for row in traffic:
        own, viewed = (counted(row[name + ending]) for name in ("Sessions - Total", "Page Views - Total"))
        assert counted(row[f"Total Order Items{ending}"]) <= own <= viewed
        assert row[f"Session Percentage - Total{ending}"] == percent(own, sessions)
        assert row[f"Page Views Percentage - Total{ending}"] == percent(viewed, views)
        units = counted(row[f"Units Ordered{ending}"])
        assert row[f"Unit Session Percentage{ending}"] == percent(units, own)


def test_one_product_has_the_featured_offer_less_than_the_others(traffic: list[dict[str, str]]) -> None:
    offer = {row["SKU"]: Decimal(row["Featured Offer (Buy Box) Percentage"].rstrip("%")) for row in traffic}
    contested = offer.pop("HL-SCALE")
    assert contested < 65 and min(offer.values()) >= 90 and max(offer.values()) < 100
