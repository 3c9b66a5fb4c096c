"""Numbers and instants as text, and amounts shared out."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders.cells import instant, masked, number, without_address
from ownchannel.orders.sharing import spread

cents = st.decimals("-99999999.99", "99999999.99", places=2)


@pytest.mark.parametrize(
    ("text", "decimal", "value"),
    [
        ("12", ".", "12"),
        ("1,234,567.891", ".", "1234567.891"),
        ("1,23,456.78", ".", "123456.78"),
        (" -7.50 ", ".", "-7.50"),
        ("\u22127.50", ".", "-7.50"),
        ("(7.50)", ".", "-7.50"),
        (".5", ".", "0.5"),
        ("1.2E3", ".", "1200"),
        ("0.30000000000000004", ".", "0.3"),
        ("1.234.567,89", ",", "1234567.89"),
        ("1 234,5", ",", "1234.5"),
    ],
)
def test_numbers_as_people_write_them(text, decimal, value):
    assert number(text, decimal) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", ".", "1,5", "1.2.3", "12-", "--1", "1e999999", "NaN", "inf", "1e12", "٣", "1,"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=r"not a number|trillion"):
        number(text)


@given(cents)
def test_a_formatted_amount_reads_back(amount):
    assert number(f"{amount:,.2f}") == amount
    assert number(f"{amount:,.2f}".translate(str.maketrans(",.", ".,")), ",") == amount


@given(cents, st.lists(st.decimals("0", "9999.99", places=2), min_size=1, max_size=9))
def test_shares_add_up_to_the_whole(total, weights):
    shares = spread(total, weights)
    assert sum(shares) == total
    whole = sum(weights)
    if whole:
        assert all(
            abs(s - total * w / whole) < Decimal("0.01") * len(weights)
            for s, w in zip(shares, weights, strict=True)
        )


@given(st.datetimes(datetime(1996, 1, 1), datetime(2090, 1, 1)))  # noqa: DTZ001
def test_an_instant_reads_back(moment):
    moment = moment.replace(microsecond=0)
    assert instant(moment.isoformat() + "+00:00") == moment.replace(tzinfo=UTC)
    assert instant(f"{moment:%Y-%m-%d %H:%M:%S} +0530") == instant(f"{moment:%Y-%m-%dT%H:%M:%S}+05:30")


@given(st.text())
def test_a_mask_holds_no_letter_and_no_digit_of_the_cell(text):
    assert set(masked(text)) & {c for c in text if c.isalnum()} <= {"a", "9"}


def test_an_address_in_a_label_is_removed():
    assert "@" not in without_address("for jane.roe@example.com, with love <j@x.org>")
