"""What goods cost: lists and batches as people write them, and what becomes of them on order lines."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import amazon, amazon_row

RATES = ("rates.csv", b"date,from,to,rate\n2026-03-01,USD,EUR,0.90\n")


def table(*rows: str, header: str = "sku,valid from,unit cost,currency") -> tuple[str, bytes]:
    return "costs.csv", "\n".join([header, *rows, ""]).encode()


def costs_of(file: tuple[str, bytes], tmp_path: Path) -> list[tuple[str, str, str, str]]:
    found = read_orders(file, workspace=tmp_path, timezone="UTC").costs.to_pylist()
    return [
        (row["sku"], str(row["valid_from"]), f"{row['unit_cost']:f}".rstrip("0").rstrip("."), row["currency"])
        for row in found
    ]


def refused(file: tuple[str, bytes], tmp_path: Path) -> list[tuple[int, str, str]]:
    report = read_orders(file, workspace=tmp_path, timezone="UTC").report
    return [(row.line, row.column, row.reason) for row in report.rejected.itertuples()]


def sold(*orders: tuple[str, str, str, int], currency: str = "USD") -> tuple[str, bytes]:
    """Orders as number, day, SKU and units, at 20 each."""
    rows = [
        amazon_row(
            **{
                "amazon-order-id": number,
                "purchase-date": f"{day}T12:00:00+00:00",
                "sku": sku,
                "quantity": str(units),
                "item-price": f"{20 * units}.00",
                "currency": currency,
            }
        )
        for number, day, sku, units in orders
    ]
    return "orders.txt", amazon(*rows)


def goods(orders: Orders) -> dict[str, Decimal | None]:
    lines = orders.arrow.select(["order_id", "goods"]).to_pylist()
    return {line["order_id"]: line["goods"] for line in lines}


# ---------------------------------------------------------------- as people write them


@pytest.mark.parametrize(
    "file",
    [
        table("A,2026-01-05,4.20,USD"),
        table("A;05.01.2026;4,20;USD", header="Artikelnummer;Gültig ab;EK-Preis;Währung"),
        table("A\t4.00\t0.15\t0.05\tUSD\t2026-01-05", header="SKU\tUnit_Cost\tFreight\tDuty\tCurrency\tFrom"),
        table("A,5 janv. 2026,4.20,usd", header="Référence,À partir du,Coût unitaire,Devise"),
    ],
)
def test_a_list_is_read_in_its_language_and_costs_are_all_in(file: tuple[str, bytes], tmp_path: Path) -> None:
    assert costs_of(file, tmp_path) == [("A", "2026-01-05", "4.2", "USD")]


def test_a_day_is_read_as_is_usual_with_the_currency_and_that_is_said(tmp_path: Path) -> None:
    assert costs_of(table("A,03/04/2026,4,GBP"), tmp_path)[0][1] == "2026-04-03"
    assert costs_of(table("A,03/04/2026,4,USD"), tmp_path)[0][1] == "2026-03-04"
    (file,) = read_orders(table("A,03/04/2026,4,USD"), workspace=tmp_path).report.files
    assert "If that is wrong, write its dates as 2026-01-31." in " ".join(file.warnings)


def test_what_is_no_cost_is_set_aside_with_its_line(tmp_path: Path) -> None:
    file = table(
        *("A,,-4,USD", "B,,,USD", "C,,4,", "D,,4,USD", "D,,5,USD", "E,,4,USD", "E,,4,USD", ",,4,USD"),
    )
    assert refused(file, tmp_path) == [
        (2, "unit cost", "is not known: a cost is 0 or more"),
        (3, "unit cost", "is empty"),
        (4, "currency", "is empty"),
        (6, "unit cost", "is another cost of the same product from the same day"),
        (9, "sku", "is empty"),
    ]


def test_a_row_that_is_set_aside_takes_no_other_rows_place(tmp_path: Path) -> None:
    file = table("A,,,USD", "A,,4,USD", "B,,-1,USD", "B,,5,USD")
    assert [line for line, *_ in refused(file, tmp_path)] == [2, 4]
    assert [cost for _, _, cost, _ in costs_of(file, tmp_path)] == ["4", "5"]


def test_a_batch_has_units_and_a_day_and_two_may_come_on_one(tmp_path: Path) -> None:
    header = "sku,received_on,quantity,unit_cost,currency"
    file = table(*("A,2026-01-01,5,4,USD", "A,2026-01-01,5,6,USD", "A,,5,4,USD"), header=header)
    assert refused(file, tmp_path) == [(4, "valid from", "is empty for a batch")]
    stock = table("A,17,4,USD", header="sku,quantity,cost,currency")
    assert costs_of(stock, tmp_path) == [("A", "None", "4", "USD")]


def test_a_table_that_names_orders_is_no_list_of_costs(tmp_path: Path) -> None:
    file = table("1,A,4,USD", header="order id,sku,cost,currency")
    assert not read_orders(file, workspace=tmp_path).costs.num_rows


# ---------------------------------------------------------------- on order lines


def read(*files: tuple[str, bytes], tmp_path: Path) -> Orders:
    return read_orders(files, workspace=tmp_path, timezone="UTC")


def test_an_order_has_the_cost_of_its_day(tmp_path: Path) -> None:
    orders = sold(("1", "2026-03-01", "A", 2), ("2", "2026-03-09", "A", 1), ("3", "2026-03-09", "B", 1))
    found = read(orders, table("A,,4,USD", "A,2026-03-05,5,USD"), tmp_path=tmp_path)
    assert goods(found) == {"1": Decimal(8), "2": Decimal(5), "3": None}
    (_, file) = found.report.files
    assert file.summary == "2 unit costs. Says what the goods of 2 orders cost."


def test_a_batch_is_used_up_in_the_order_of_sale_whatever_the_files_order(tmp_path: Path) -> None:
    orders = sold(("2", "2026-03-09", "A", 3), ("1", "2026-03-02", "A", 3))
    header = "sku,received on,units,unit cost,currency"
    batches = table("A,2026-03-01,4,4,USD", "A,2026-03-05,4,8,USD", header=header)
    # One is left of the first batch when the second comes: (4 + 32) / 5 = 7.20 each.
    assert goods(read(batches, orders, tmp_path=tmp_path)) == {"1": Decimal(12), "2": Decimal("21.6")}
    # fifo: one at 4 and two at 8
    fifo = read_orders([batches, orders], workspace=tmp_path, timezone="UTC", costing="fifo")
    assert goods(fifo) == {"1": Decimal(12), "2": Decimal(20)}


@pytest.mark.parametrize(
    ("rates", "cost"),
    [
        ([RATES], Decimal("3.60")),
        ([], None),
        ([RATES, ("others.csv", RATES[1].replace(b"0.90", b"0.95"))], None),
    ],
    ids=["a rate", "none", "two rates for one day"],
)
def test_a_cost_in_another_currency_needs_a_rate(
    rates: Sequence[tuple[str, bytes]], cost: Decimal | None, tmp_path: Path
) -> None:
    orders = sold(("1", "2026-03-02", "A", 1), currency="EUR")
    assert goods(read(orders, table("A,,4,USD"), *rates, tmp_path=tmp_path)) == {"1": cost}


def test_a_later_file_with_the_same_day_counts(tmp_path: Path) -> None:
    orders = sold(("1", "2026-03-02", "A", 1))
    corrected = ("corrected.csv", table("A,2026-03-01,5,USD")[1])
    assert goods(read(orders, table("A,2026-03-01,4,USD"), corrected, tmp_path=tmp_path)) == {"1": Decimal(5)}
