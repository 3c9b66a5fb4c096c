"""What Amazon booked on the account: transactions and settlements say what the brand's ledger says."""

import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.samples.plain_bookings import (
    Booked,
    Settlement,
    german,
    read_german_settlement,
    read_settlement,
    read_transactions,
)
from tests.samples.plain_reader import Order, amazon_orders, read_amazon

YEARS = ("amazon_transactions_2024-10_2025-09.csv", "amazon_transactions_2025-10_2026-09.csv")
US, GERMANY = "amazon_settlement_us.txt", "amazon_settlement_de.txt"
ALL_ORDERS = ("amazon_all_orders_2024-10_2025-10.txt", "amazon_all_orders_2025-09_2026-09.txt")


@pytest.fixture(scope="module")
def years(samples: Path) -> list[tuple[int, list[Booked]]]:
    return [read_transactions(samples / name) for name in YEARS]


@pytest.fixture(scope="module")
def booked(years: list[tuple[int, list[Booked]]]) -> list[Booked]:
    return [one for _, rows in years for one in rows]


@pytest.fixture(scope="module")
def sold(samples: Path, truth: dict[str, Any]) -> dict[str, Order]:
    """Amazon.com's sales orders of the order reports."""
    orders = amazon_orders([read_amazon(samples / name) for name in ALL_ORDERS], truth)
    return {order_id: order for order_id, order in orders.items() if order.status == "completed"}


@pytest.fixture(scope="module")
def settlement(samples: Path) -> Settlement:
    return read_settlement(samples / US)


@pytest.fixture(scope="module")
def germany(samples: Path) -> Settlement:
    return read_german_settlement(samples / GERMANY)


def sums(booked: list[Booked], part: str = "") -> dict[str, Decimal]:
    """By kind, the totals or one part."""
    by_kind: dict[str, Decimal] = defaultdict(Decimal)
    for one in booked:
        by_kind[one.kind] += one.parts[part] if part else one.total
    return by_kind


def told(facts: dict[str, Any]) -> dict[str, Decimal]:
    return {kind: Decimal(amount) for kind, amount in facts["totals"].items()}


# ------------------------------------------------------------------ transactions


def test_the_transactions_say_what_the_truth_says_of_each_file(
    years: list[tuple[int, list[Booked]]], truth: dict[str, Any]
) -> None:
    for name, (preamble, rows), lines_above in zip(YEARS, years, (7, 8), strict=True):
        facts = truth["files"][name]
        assert preamble == lines_above
        assert len(rows) == facts["data_rows"]
        assert sums(rows) == told(facts)
        assert sum(one.total for one in rows) == Decimal(facts["total"])
        assert len({one.order_id for one in rows if one.kind == "sale"}) == facts["orders"]
        assert sum(one.deferred for one in rows) == facts["deferred_rows"]
    assert truth["files"][YEARS[1]]["deferred_rows"] > 0


def test_the_reports_keep_their_columns_and_forms(samples: Path) -> None:
    for name, columns, date in zip(
        YEARS,
        (23, 32),
        (r"Oct 2, 2024 4:01:06 AM PDT", r"Jan \d+, 2026 \d+:\d\d:\d\d [AP]M PST"),
        strict=True,
    ):
        text = (samples / name).read_text(encoding="utf-8")
        header = next(line for line in text.splitlines() if line.startswith('"date/time"'))
        assert header.count('","') + 1 == columns
        assert re.search(f'\n"{date}"', text)
        assert re.search(r'"-\d,\d{3}\.\d\d"', text)


def test_every_sale_is_booked_once_with_its_fees(
    booked: list[Booked], sold: dict[str, Order], truth: dict[str, Any]
) -> None:
    channel = truth["channels"]["amazon"]
    sales = [one for one in booked if one.kind == "sale"]
    assert {one.order_id for one in sales} == set(sold)
    assert len(sales) == len({one.key for one in sales}) == channel["sales_lines"]
    assert sums(sales, "goods")["sale"] == Decimal(channel["item_value"])
    fulfilment = -sums(sales, "fulfilment")["sale"]
    assert fulfilment == Decimal(channel["fulfilment_fees"])
    assert fulfilment - sums(sales, "fee")["sale"] == Decimal(channel["fees"])
    # Rebates hold shipping promotions too, which the truth counts with shipping.
    rebates, shipping = (sums(sales, part)["sale"] for part in ("discount", "shipping"))
    assert rebates + shipping == Decimal(channel["shipping"]) - Decimal(channel["discount"])
    assert all(one.parts["tax"] == 0 for one in booked)


def test_refunds_give_back_goods_and_no_fee(booked: list[Booked], truth: dict[str, Any]) -> None:
    channel = truth["channels"]["amazon"]
    refunds = [one for one in booked if one.kind == "refund"]
    sales = {one.key[1:]: one for one in booked if one.kind == "sale"}
    assert len({one.order_id for one in refunds}) == channel["refunded_orders"]
    assert -sum(one.total for one in refunds) == Decimal(channel["refund"])
    for one in refunds:
        assert one.parts["goods"] == -sales[one.key[1:]].parts["goods"]
        assert {name for name, amount in one.parts.items() if amount} <= {"goods", "discount"}


def test_contribution_by_month_of_the_order(
    booked: list[Booked], sold: dict[str, Order], truth: dict[str, Any]
) -> None:
    by_month: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in booked:
        if one.order_id:
            sums_of_month = by_month[sold[one.order_id].month]
            sums_of_month["contribution"] += one.total
            sums_of_month["fees"] -= one.parts["fee"] + one.parts["fulfilment"]
            sums_of_month["fulfilment_fees"] -= one.parts["fulfilment"]
            sums_of_month["refund"] -= one.total if one.kind == "refund" else 0
    months = truth["months"]["amazon"]
    assert by_month.keys() == months.keys()
    for month, found in by_month.items():
        assert found == {name: Decimal(months[month][name]) for name in found}, month
    whole = sum(found["contribution"] for found in by_month.values())
    assert whole == Decimal(truth["channels"]["amazon"]["contribution"])


def test_each_closed_settlement_is_paid_out(booked: list[Booked]) -> None:
    transfers = {one.settlement_id: one.total for one in booked if one.kind == "transfer"}
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for one in booked:
        if one.kind != "transfer":
            earned[one.settlement_id] += one.total
    in_order = list(earned)
    # The last two are paid out after the files end.
    assert list(transfers) == in_order[:-2]
    assert all(paid == -earned[name] for name, paid in transfers.items())
    assert len(in_order) == 53
    assert {one.settlement_id for one in booked if one.deferred} == {in_order[-1]}


# ------------------------------------------------------------------ settlements


def test_the_settlement_is_what_its_rows_come_to(settlement: Settlement, truth: dict[str, Any]) -> None:
    facts = truth["files"][US]
    assert (settlement.columns, settlement.currency) == (24, "USD")
    assert (settlement.rows, settlement.settlement_id) == (facts["data_rows"], facts["settlement_id"])
    assert settlement.stated_total == settlement.total == Decimal(facts["total"])
    assert sums(settlement.booked) == told(facts)


def test_the_settlement_books_what_the_transactions_book_under_its_id(
    settlement: Settlement, booked: list[Booked]
) -> None:
    there = {one.key: one for one in booked if one.settlement_id == settlement.settlement_id}
    here = {one.key: one for one in settlement.booked}
    accounts = {key for key in here if not key[1]}
    assert {kind for kind, _, _ in accounts} == {"advertising", "subscription", "storage", "unclassified"}
    assert here.keys() == there.keys()
    for key in here.keys() - accounts:
        amounts = [{k: v for k, v in one.parts.items() if v} for one in (here[key], there[key])]
        assert amounts[0] == amounts[1], key
        if key[0] == "sale":
            assert here[key].quantity == there[key].quantity
    assert sums(settlement.booked) == sums(
        [one for one in booked if one.settlement_id == settlement.settlement_id]
    )


def test_the_german_settlement_is_what_its_rows_come_to(
    samples: Path, germany: Settlement, truth: dict[str, Any]
) -> None:
    facts = truth["files"][GERMANY]
    assert (germany.columns, germany.currency) == (33, "EUR")
    assert (germany.rows, germany.settlement_id) == (facts["data_rows"], facts["settlement_id"])
    assert germany.stated_total == germany.total == Decimal(facts["total"])
    assert sums(germany.booked) == told(facts)
    raw = (samples / GERMANY).read_bytes()
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    text = raw.decode("cp1252")
    assert "Küchenwochen für Genießer" in text and "Lagergebühr" in text
    assert re.search(r"\t-1\.\d{3},\d\d\t", text) and "\t03.08.2026 20:57:47 UTC\t" in text
    assert german("-1.141,18") == Decimal("-1141.18")


def test_germany_is_told_by_its_settlement_alone(germany: Settlement, truth: dict[str, Any]) -> None:
    channel = truth["channels"]["amazon_de"]
    orders = [one for one in germany.booked if one.order_id]
    sales = [one for one in orders if one.kind == "sale"]
    assert channel["currency"] == "EUR"
    assert len({one.order_id for one in sales}) == channel["sales_orders"]
    assert len(sales) == channel["sales_lines"]
    assert all(int(one.quantity) > 0 for one in sales)
    sale, refund = "sale", "refund"
    assert sums(orders, "goods")[sale] == Decimal(channel["item_value"])
    assert -sums(orders, "discount")[sale] == Decimal(channel["discount"])
    assert sums(orders, "shipping")[sale] == Decimal(channel["shipping"])
    assert -sums(orders)[refund] == Decimal(channel["refund"])
    fulfilment = -sums(orders, "fulfilment")[sale]
    assert fulfilment == Decimal(channel["fulfilment_fees"])
    assert fulfilment - sums(orders, "fee")[sale] == Decimal(channel["fees"])
    assert sum(one.total for one in orders) == Decimal(channel["contribution"])
    by_month = truth["months"]["amazon_de"]
    assert list(by_month) == ["2026-08", "2026-09"]
    assert sum(Decimal(month["contribution"]) for month in by_month.values()) == Decimal(
        channel["contribution"]
    )
