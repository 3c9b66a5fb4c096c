"""Files as people hand them in: each is read to the amounts that a person reads in it.

The files lie beside the project and are never part of it; each kind has a test of its own elsewhere.
"""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest

from ownchannel.orders import Orders, read_orders

MAPPED = {"order_id": "no", "ordered_at": "day", "item_value": "amt", "currency": "EUR"}


def booked(orders: Orders, event: str, part: str) -> Decimal:
    """The sum of what was booked so."""
    entries = orders.entries
    chosen = entries.filter(pc.and_(pc.equal(entries["event"], event), pc.equal(entries["part"], part)))
    return sum(chosen["amount"].to_pylist(), Decimal(0))


def transactions(currency: str, goods: str, fee: str, fulfilment: str) -> Callable[[Orders], None]:
    def check(orders: Orders) -> None:
        sale = [booked(orders, "sale", part) for part in ("goods", "fee", "fulfilment")]
        assert sale == [Decimal(amount) for amount in (goods, fee, fulfilment)]
        assert orders.currencies() == (currency,)
        (report,) = orders.report.files
        assert report.reconciled and not report.unclassified

    return check


def brazil(orders: Orders) -> None:
    transactions("BRL", "75.97", "-9.12", "-5.00")(orders)
    assert booked(orders, "refund", "goods") == Decimal("-75.97")
    assert booked(orders, "account", "transfer") == Decimal("-1076.13")


def india(orders: Orders) -> None:
    rows = orders.entries.filter(pc.equal(orders.entries["part"], "tax")).group_by("source_row")
    taxes = rows.aggregate([("amount", "sum")])["amount_sum"].to_pylist()
    assert taxes == [Decimal(amount) for amount in ("221.04", "221.03", "-221.04")]
    (report,) = orders.report.files
    assert report.reconciled and not report.unclassified


def lines(*expected: tuple[str, str], **columns: list[Any]) -> Callable[[Orders], None]:
    """Order ids with their item values, and further columns of the table."""

    def check(orders: Orders) -> None:
        table = orders.to_pandas()
        found = list(zip(table["order_id"], table["item_value"], strict=True))
        assert found == [(order, Decimal(value)) for order, value in expected]
        for column, values in columns.items():
            assert table[column].tolist() == values, column

    return check


def shop(orders: Orders) -> None:
    sums = orders.sales[["item_value", "discount", "shipping", "tax", "refund"]].sum()
    assert sums.tolist() == [Decimal(amount) for amount in ("40", "5", "6", "3.29", "10")]
    assert orders.sales["order_id"].nunique() == 1


def merchant(orders: Orders) -> None:
    assert orders.sales["item_value"].tolist() == [Decimal("9.88"), Decimal("19.76")]
    assert orders.sales["customer_key"].nunique() == 1


def statement(orders: Orders) -> None:
    assert booked(orders, "sale", "goods") == Decimal("76.00")
    fees = sum(booked(orders, event, "fee") for event in ("sale", "account"))
    assert fees == Decimal("-4.42")
    assert booked(orders, "account", "advertising") == Decimal("-5.00")


def statuses(orders: Orders) -> None:
    assert orders.table["status"].tolist() == ["completed"] * 9 + ["cancelled"]
    assert "refunded in part" in str(orders.report)


def january(orders: Orders) -> None:
    days = [day.isoformat() for day in orders.table["ordered_on"]]
    assert days == ["2026-01-05", "2026-01-31", "2026-02-03"]


CASES: dict[str, Callable[[Orders], None]] = {
    "01": brazil,
    "03": transactions("PLN", "129.90", "-19.49", "-11.20"),
    "05": india,
    "06": lines(
        ("12-34567-89012", "45.99"),
        ("24-14934-88735", "900.00"),
        ("24-14934-99999", "10.00"),
        ("24-14934-99999", "12.00"),
    ),
    "09": lines(("1001", "2999.00"), ("1002", "120.50"), status=["completed"] * 2),
    "11": merchant,
    "16": shop,
    "19": statement,
    "60": lines(("#1002", "10"), ("#1001", "10")),
    "61": lines(("3901203688", "68.40")),
    "63": statuses,
    "64": lines(("1", "12.50"), ("2", "1250"), ("3", "1250"), ("4", "3")),
    "65": transactions("ZAR", "199.00", "-29.85", "-20.00"),
    "67": lines(("171-0000000-0000001", "499"), status=["refunded"], refund=[Decimal(499)]),
    "68": lines(("#1001", "10")),
    "69": january,
}


@pytest.mark.parametrize("number", CASES)
def test_an_everyday_file_is_read_as_a_person_reads_it(everyday_files: Path, tmp_path: Path, number: str):
    (folder,) = everyday_files.glob(f"{number}-*")
    mapping = MAPPED | ({"status": "st"} if number == "63" else {})
    orders = read_orders(folder, mapping if number in ("63", "64", "69") else None, tmp_path)
    CASES[number](orders)
    assert "example" not in str(orders.to_pandas().to_dict())
