"""Shopify Payments' transactions."""

import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import shopify as between_commas
from tests.orders.exports import shopify_row
from tests.orders.generated_tables import shopify_payments
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import PAYMENT_COLUMNS, SECRETS, sentinel

A_CHARGE = {
    "Transaction Date": "2026-03-01 00:31:00 -0500",
    "Type": "charge",
    "Order": "#1001",
    "Payout Status": "paid",
    "Payout ID": "148156579998",
    "Amount": "84.00",
    "Fee": "2.74",
    "Net": "81.26",
    "Checkout": "#43736360550558",
    "Currency": "USD",
}
A_REFUND = A_CHARGE | {"Type": "refund", "Amount": "-10.00", "Fee": "0.00", "Net": "-10.00"}


def payments(*rows: dict[str, str]) -> bytes:
    filled = [{name: sentinel(name) for name in PAYMENT_COLUMNS} | row for row in rows]
    return between_commas(*filled, columns=PAYMENT_COLUMNS)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace")

    return reading


def booked(orders: Orders) -> list[tuple]:
    columns = ("event", "part", "description", "order_id", "amount")
    return list(zip(*(orders.entries[column].to_pylist() for column in columns), strict=True))


@settings(max_examples=25)
@given(shopify_payments())
def test_a_generated_export_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_a_charge_is_cash_on_its_way_and_the_fee_of_a_sale(read):
    orders = read(payments(A_CHARGE, A_REFUND))
    assert booked(orders) == [
        ("account", "transfer", "charge", None, Decimal("84")),
        ("account", "transfer", "refund", None, Decimal("-10")),
        ("sale", "fee", "charge", "#1001", Decimal("-2.74")),
    ]
    assert orders.report.files[0].money["USD"]["accepted"] == Decimal("71.26")


def test_no_order_is_made_up_from_a_payment(read):
    assert len(read(payments(A_CHARGE)).table) == 0


def test_what_orders_are_worth_is_told_by_the_shop_alone(read):
    orders = read(payments(A_CHARGE, A_REFUND), between_commas(shopify_row()))
    assert orders.table[["item_value", "refund"]].to_numpy().tolist() == [[84, 0]]


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("chargeback", "reimbursement"),
        ("chargeback won", "reimbursement"),
        ("dispute_reversal", "reimbursement"),
        ("payout", "transfer"),
        ("reserved_funds", "transfer"),
        ("adjustment", "unclassified"),
        ("shop cash credit", "unclassified"),
    ],
)
def test_what_belongs_to_no_order_is_the_accounts(read, word, part):
    row = A_CHARGE | {"Type": word, "Amount": "-84.00", "Fee": "15.00", "Net": "-99.00"}
    assert booked(read(payments(row))) == [
        ("account", part, word, None, Decimal("-84")),
        ("account", "fee", word, None, Decimal("-15")),
    ]


def test_a_fee_is_all_that_did_not_arrive_with_any_tax_on_it(read):
    row = A_CHARGE | {"Fee": "2.74", "Net": "80.74"}
    assert booked(read(payments(row)))[1][-1] == Decimal("-3.26")


def test_money_that_is_not_paid_out_yet_is_deferred(read):
    states = ("pending", "scheduled", "in_transit", "paid")
    rows = [A_CHARGE | {"Payout Status": state, "Order": f"#{at}"} for at, state in enumerate(states)]
    entries = read(payments(*rows)).entries.to_pylist()
    deferred = {entry["order_id"]: entry["deferred"] for entry in entries if entry["order_id"]}
    assert deferred == {"#0": True, "#1": True, "#2": True, "#3": False}


def test_a_row_that_two_exports_hold_counts_once_also_when_it_was_paid_out_since(read):
    before = A_CHARGE | {"Payout Status": "pending", "Payout ID": ""}
    orders = read(payments(before), payments(A_CHARGE, A_REFUND))
    assert orders.entries["amount"].to_pylist().count(Decimal("84")) == 1
    assert sum(orders.entries["amount"].to_pylist()) == Decimal("71.26")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("Net", ""),
        ("Amount", "much"),
        ("Transaction Date", ""),
        ("Currency", "dollars"),
        ("Type", ""),
        ("Net", "1e15"),
    ],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    report = read(payments(A_CHARGE, A_REFUND | {column: text})).report
    assert (report.files[0].accepted, report.files[0].rejected) == (1, 1)
    assert report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column.casefold()]]


def test_nobody_is_shown(read):
    orders = read(payments(A_CHARGE, A_CHARGE | {"Net": "jane.sentinel@example.com"}))
    shown = str(orders.entries.to_pylist()) + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in SECRETS if secret in shown]
