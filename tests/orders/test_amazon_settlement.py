"""Amazon's settlement report."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from ownchannel.orders import Orders, read_orders
from tests.orders.generated_bookings import (
    V1_COLUMNS,
    V2_COLUMNS,
    Generated,
    assert_read_as_generated,
    settlements,
)

REAL = "amazon_settlement_ca.txt"

A_V2_ROW = {
    "settlement-id": "11000000001",
    "transaction-type": "Order",
    "order-id": "111-0000000-0000001",
    "marketplace-name": "Amazon.com",
    "amount-type": "ItemPrice",
    "amount-description": "Principal",
    "amount": "84.00",
    "posted-date": "2026-03-01",
    "posted-date-time": "2026-03-01 05:30:00 UTC",
    "sku": "PAN-12",
    "quantity-purchased": "2",
}


def summary(total: str, currency: str = "USD", number: str = "11000000001") -> dict[str, str]:
    """A settlement's first row."""
    return {
        "settlement-id": number,
        "settlement-end-date": "2026-03-14 00:00:00 UTC",
        "total-amount": total,
        "currency": currency,
    }


def row(**cells: str) -> dict[str, str]:
    """A row of V2 with some cells changed; `order_id` stands for `order-id`."""
    return A_V2_ROW | {name.replace("_", "-"): cell for name, cell in cells.items()}


def written(*rows: dict[str, str], columns: list[str] = V2_COLUMNS) -> bytes:
    lines = [columns, *([each.get(column, "") for column in columns] for each in rows)]
    return "\n".join("\t".join(cells) for cells in lines).encode()


@pytest.fixture
def read(tmp_path: Path):
    def reading(*rows: dict[str, str], columns: list[str] = V2_COLUMNS) -> Orders:
        return read_orders(("settlement.txt", written(*rows, columns=columns)), workspace=tmp_path)

    return reading


@given(settlements())
def test_what_is_read_is_what_was_written(generated: Generated):
    assert_read_as_generated(generated)


def test_the_real_settlement_sums_to_its_total(real_exports: Path, tmp_path: Path):
    orders = read_orders(real_exports / REAL, workspace=tmp_path)
    (file,) = orders.report.files
    assert (file.format, file.rows_in, file.accepted) == ("Amazon settlement", 16, 16)
    assert file.money["CAD"]["in"] == Decimal("-62.31")
    assert (file.reconciled, file.difference, file.unclassified) == (True, 0, {})
    sums = orders.entries.to_pandas().groupby(["event", "part"])["amount"].sum()
    assert {key: amount for key, amount in sums.items() if amount} == {
        ("sale", "goods"): Decimal("35.00"),
        ("sale", "fee"): Decimal("-5.79"),
        ("sale", "fulfilment"): Decimal("-6.12"),
        ("refund", "goods"): Decimal("-60.00"),
        ("refund", "fee"): Decimal("7.99"),
        ("account", "fee"): Decimal("-32.23"),
        ("account", "advertising"): Decimal("-1.16"),
    }


def test_the_real_settlement_changed_by_a_cent_is_not_reconciled(real_exports: Path, tmp_path: Path):
    changed = (real_exports / REAL).read_bytes().replace(b"\t-5.62\t", b"\t-5.63\t")
    (file,) = read_orders(("changed.txt", changed), workspace=tmp_path).report.files
    assert (file.reconciled, file.difference) == (False, Decimal("0.01"))


def test_a_settlement_changed_by_a_cent_is_not_reconciled(read):
    (file,) = read(summary("84.00"), row()).report.files
    assert (file.reconciled, file.difference) == (True, 0)
    (file,) = read(summary("84.00"), row(amount="84.01")).report.files
    assert (file.reconciled, file.difference) == (False, Decimal("0.01"))


def test_a_stated_total_is_no_amount(read):
    orders = read(summary("84.00"), row())
    assert orders.report.files[0].money["USD"]["accepted"] == 84
    assert orders.entries["amount"].to_pylist() == [0, 84]


@pytest.mark.parametrize(
    ("amount", "other", "expected"),
    [
        ("1141,18", "-3,00", "1141.18"),
        ("1.141,18", "-3,00", "1141.18"),
        ("1,141.18", "-3.00", "1141.18"),
        ("84.00    ", "-3.00", "84.00"),
    ],
)
def test_the_decimal_mark_is_the_files(read, amount, other, expected):
    orders = read(summary(amount), row(amount=amount), row(amount=other, amount_description="Shipping"))
    assert orders.table["item_value"].tolist() == [Decimal(expected)]


@pytest.mark.parametrize(
    ("posted", "amount"), [("01.03.2026", "1141"), ("2026-03-01", "1.141"), ("2026-03-01T05:30:00Z", "1.141")]
)
def test_where_amounts_leave_the_decimal_mark_open_the_dates_tell(read, posted, amount):
    odd = row(amount="1.141", posted_date=posted, posted_date_time="")
    assert read(summary("1.141"), odd).entries["amount"].to_pylist()[-1] == Decimal(amount)


def test_rows_without_their_settlements_first_row_are_set_aside_with_a_sentence(read):
    report = read(row(), summary("1.00", number="12000000002"), row()).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 2)
    assert report.rejected["column"].tolist() == ["currency", "currency"]
    assert "first row" in report.rejected["reason"][0]
    assert "Download the settlement again" in report.rejected["remedy"][0]
    assert report.files[0].money["XXX"]["rejected"] == 168


def test_settlements_in_one_file_keep_their_currencies_and_totals_apart(read):
    euros = row(settlement_id="12000000002", marketplace_name="Amazon.de", amount="10.00", sku="LID")
    orders = read(summary("84.00"), row(), summary("9.00", "EUR", "12000000002"), euros)
    assert orders.currencies() == ("EUR", "USD")
    assert orders.report.files[0].difference == 1


def test_units_are_counted_once_where_v1_tells_them_in_a_row_of_their_own(read):
    base = {name: A_V2_ROW[name] for name in ("settlement-id", "transaction-type", "order-id", "sku")}
    base |= {"marketplace-name": "Amazon.com", "posted-date": "2026-03-01T05:30:00+00:00"}
    priced = base | {"price-type": "Principal", "price-amount": "20.00"}
    shipped = base | {"price-type": "Shipping", "price-amount": "5.00"}
    orders = read(
        summary("25.00"), base | {"quantity-purchased": "3"}, priced, shipped, columns=V1_COLUMNS[:33]
    )
    assert orders.table[["quantity", "item_value", "shipping"]].to_numpy().tolist() == [[3, 20, 5]]


def test_two_amounts_in_a_row_of_v1_are_two_entries(read):
    bill = {
        "settlement-id": "11000000001",
        "transaction-type": "ServiceFee",
        "posted-date": "2026-03-01T05:30:00+00:00",
        "item-related-fee-type": "Cost of Advertising",
        "item-related-fee-amount": "-1.16",
        "other-fee-amount": "-0.14",
        "other-fee-reason-description": "TaxAmount",
    }
    orders = read(summary("-1.30"), bill, columns=V1_COLUMNS)
    entries = orders.entries.select(["part", "description", "amount", "source_row"]).to_pylist()[1:]
    assert [tuple(entry.values()) for entry in entries] == [
        ("advertising", "Cost of Advertising", Decimal("-1.16"), 3),
        ("fee", "TaxAmount", Decimal("-0.14"), 3),
    ]
    assert orders.report.files[0].reconciled


def test_what_nobody_here_knows_is_summed_in_the_platforms_own_words(read):
    unknown = row(amount_type="MoonFees", amount_description="Tide", amount="-2.00", order_id="", sku="")
    (file,) = read(summary("80.00"), row(), unknown, unknown).report.files
    assert file.unclassified == {"MoonFees / Tide": -4}
    assert file.reconciled


def test_what_amazon_bills_for_delivering_another_shops_order_is_no_sale_of_amazons(read):
    sent = row(
        marketplace_name="Non-Amazon US",
        order_id="S01-0000000-0000001",
        amount_type="ItemFees",
        amount_description="FBAPerUnitFulfillmentFee",
        amount="-6.00",
    )
    orders = read(summary("78.00"), row(), sent)
    assert orders.table["order_id"].tolist() == ["111-0000000-0000001"]
    assert orders.entries.select(["event", "part", "channel"]).to_pylist()[-1] == {
        "event": "account",
        "part": "fee",
        "channel": "Amazon.com",
    }


@pytest.mark.parametrize(
    ("cell", "text", "column"),
    [
        ("amount", "12,5", "amount"),
        ("posted_date_time", "yesterday", "posted-date-time"),
        ("posted_date_time", "1970-01-01 00:00:00 UTC", "posted-date-time"),
        ("settlement_id", "", "settlement-id"),
        ("quantity_purchased", "two", "quantity-purchased"),
        ("currency", "dollars", "currency"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, cell, text, column):
    report = read(summary("84.00"), row(), row(**{cell: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (2, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[4, column]]


def test_a_row_without_a_day_is_set_aside(read):
    report = read(summary("84.00"), row(posted_date="", posted_date_time="")).report
    assert report.rejected[["column", "reason"]].to_numpy().tolist() == [["posted-date", "is empty"]]


def test_a_file_of_many_chunks_keeps_its_currency_and_decimal_mark(read):
    rows = [row(amount="1,25", order_id=f"111-0000000-{number:07}") for number in range(25_000)]
    (file,) = read(summary("31.250,00"), *rows).report.files
    assert (file.accepted, file.reconciled) == (25_001, True)
    assert file.money["USD"]["accepted"] == 31_250
