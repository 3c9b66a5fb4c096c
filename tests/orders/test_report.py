"""What counts of a file, in plain words."""

from decimal import Decimal

import pyarrow as pa
import pytest

# inside: sums and words for files of every kind, without one made up for each
from ownchannel.orders import FileReport, Report, _report, _schema

ONE = {"identity": "amazon/1", "status": "completed"}
TWO = {"identity": "amazon/2", "status": "refunded"}


def table(gives: _schema.Gives, *rows: dict[str, object]) -> pa.Table:
    schema = _schema.AS_READ[gives]
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def said(
    gives: _schema.Gives, *rows: dict[str, object], filled: dict[str, int] | None = None, made: int = 0
) -> str:
    """What is said of a file with these rows."""
    lines = table("lines", *({"identity": f"amazon/{number}"} for number in range(made)))
    return _report.summary(gives, table(gives, *rows), filled or {}, lines)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], ""),
        ([ONE | {"status": "cancelled"}, TWO | {"status": "pending"}], ""),
        ([ONE], "1 order sold; buyers not included."),
        ([ONE, ONE, TWO], "2 orders sold; buyers not included."),
        ([ONE | {"customer_key": "k"}, TWO], "2 orders sold; buyer IDs for 1."),
        ([ONE | {"fee": Decimal(0)}, TWO], "2 orders sold; buyers not included; fees for 1."),
    ],
)
def test_orders_sold_are_named_with_what_is_known_of_them(rows, sentence):
    assert said("lines", *rows) == sentence


def test_what_a_file_knows_of_orders_that_another_holds():
    filled = {"customer_key": 1_200, "country": 7, "fulfilment": 2}
    words = "buyer IDs for 1,200, countries for 7 and fulfilment fees for 2."
    assert said("lines", filled=filled) == f"Adds to orders from other files: {words}"
    assert said("lines", ONE) == "1 order sold; buyers not included."


def booked(
    event: str, part: str, amount: str, identity: str | None = None, code: str = "USD"
) -> dict[str, object]:
    return {"event": event, "part": part, "amount": Decimal(amount), "identity": identity, "currency": code}


def test_bookings_are_summed_by_orders_and_the_account_by_sums():
    rows = [
        booked("sale", "goods", "9", "amazon/1"),
        booked("sale", "fee", "-1", "amazon/1"),
        booked("sale", "fee", "-1", "amazon/2"),
        booked("refund", "goods", "-9", "amazon/1"),
        booked("account", "advertising", "-1200.50"),
        booked("account", "advertising", "-100"),
        booked("account", "fee", "-40", code="EUR"),
        booked("account", "fee", "-39.99"),
        booked("account", "transfer", "-10"),
        booked("account", "reimbursement", "5"),
        booked("account", "reimbursement", "-5"),
    ]
    assert said("entries", *rows) == (
        "Fees of 2 orders and refunds of 1 order. Not tied to an order: advertising -$1,300.50, "
        "account fees -€40.00, account fees -$39.99 and transfers to your bank (not profit) -$10.00."
    )
    assert said("entries") == ""


def test_lines_that_are_made_of_bookings_are_said():
    assert said("entries", made=2) == (
        "2 orders appear only in this file; they were rebuilt from its transactions."
    )


def test_rates_are_counted():
    assert said("repeat_rates", {"orders": 5}) == "Share of customers who returned, for 1 product."
    assert said("rates", {"source_row": 1}, {"source_row": 2}) == "2 exchange rates."
    assert said("repeat_rates") == said("rates") == ""


def test_a_printed_report_says_all_that_the_page_says():
    settlement = FileReport(
        "s.txt",
        "Amazon settlement",
        rows_in=3,
        accepted=3,
        money={"USD": {"accepted": Decimal(10)}},
        reconciled=False,
        difference=Decimal("-7.77"),
        unclassified={"MoonFee": Decimal("-1.20")},
        gives="entries",
        summary="Fees of 2 orders.",
        warnings=("It ends early.",),
    )
    assert str(settlement) == (
        "s.txt: Amazon settlement, 3 rows: 3 accepted; $10.00 booked. It does not add up: $7.77 off. "
        "Fees of 2 orders. It ends early. Unrecognised charges: MoonFee -$1.20."
    )
    assert str(settlement) in str(Report(files=(settlement,)))
