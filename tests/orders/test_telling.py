"""What a file gave, in plain words."""

from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest

from ownchannel.orders._import import gave
from ownchannel.orders._one_file import FileRead
from ownchannel.orders._schema import AS_READ, Gives

ONE = {"identity": "amazon/1", "status": "completed"}
TWO = {"identity": "amazon/2", "status": "refunded"}


def table(gives: Gives, *rows: dict[str, object]) -> pa.Table:
    schema = AS_READ[gives]
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


def told(
    gives: Gives, *rows: dict[str, object], filled: dict[tuple[int, str], int] | None = None, made: int = 0
) -> str:
    """What the second file gave."""
    lines = table("lines", *({"identity": f"amazon/{number}"} for number in range(made)))
    return gave(FileRead("a.txt", gives=gives), table(gives, *rows), 1, Counter(filled or {}), lines)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], ""),
        ([ONE | {"status": "cancelled"}, TWO | {"status": "pending"}], ""),
        ([ONE], "1 order sold, without their buyers."),
        ([ONE, ONE, TWO], "2 orders sold, without their buyers."),
        ([ONE | {"customer_key": "k"}, TWO], "2 orders sold, the buyers (as keys) of 1."),
        ([ONE | {"fee": Decimal(0)}, TWO], "2 orders sold, without their buyers, the fees of 1."),
    ],
)
def test_orders_sold_are_told_with_what_is_known_of_them(rows, sentence):
    assert told("lines", *rows) == sentence


def test_what_a_file_told_of_orders_that_another_holds():
    filled = {(1, "customer_key"): 1_200, (0, "fee"): 9, (1, "country"): 7, (1, "fulfilment"): 2}
    words = "the buyers (as keys) of 1,200, the countries of 7 and the fulfilment fees of 2."
    assert told("lines", filled=filled) == f"For orders that another report holds: {words}"
    assert told("lines", ONE, filled={(0, "fee"): 9}) == "1 order sold, without their buyers."


def booked(
    event: str, part: str, amount: str, identity: str | None = None, code: str = "USD"
) -> dict[str, object]:
    return {"event": event, "part": part, "amount": Decimal(amount), "identity": identity, "currency": code}


def test_bookings_are_told_by_orders_and_the_account_by_sums():
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
    assert told("entries", *rows) == (
        "The fees of 2 orders and the refunds of 1 order. Besides orders: advertising -$1,300.50, "
        "fees of the account -€40.00, fees of the account -$39.99 and transfers, which are no profit -$10.00."
    )
    assert told("entries") == ""


def test_lines_that_are_made_of_bookings_are_told():
    assert told("entries", made=2) == (
        "No order report holds 2 orders of it: their lines are made of the bookings, and bear their dates."
    )


def test_rates_are_counted():
    assert told("repeat_rates", {"orders": 5}) == "How many customers came back, for 1 product."
    assert told("rates", {"source_row": 1}, {"source_row": 2}) == "2 rates of exchange."
    assert told("repeat_rates") == told("rates") == ""
