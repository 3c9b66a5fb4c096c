"""Numbers as people and locales write them, and amounts shared out."""

from decimal import Decimal

import numpy as np
import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders._cells import (
    amount_of,
    decimal_mark,
    masked,
    millionths,
    number,
    spread,
    without_address,
)

cents = st.decimals("-99999999.99", "99999999.99", places=2)
#: The decimal mark of each language in which the reports come, and of two that group digits otherwise.
DECIMAL_MARKS = {
    "en": ".",
    "de": ",",
    "fr": ",",
    "it": ",",
    "es": ",",
    "ja": ".",
    "en_IN": ".",
    "de_CH": ".",
    "fr_CH": ",",
}
locales = st.sampled_from(sorted(DECIMAL_MARKS))


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
        ("1\u202f234\u202f567,5", ",", "1234567.5"),
        ("1'234.50", ".", "1234.50"),
        ("1’234’567.50", ".", "1234567.50"),
        ("12.00-", ".", "-12.00"),
        ("+12.00", ".", "12.00"),
        ("\uff11\uff0c\uff12\uff13\uff14\uff0e\uff15\uff10", ".", "1234.50"),
        ("\uff0d\uff11\uff12", ".", "-12"),
        ("$1,234.50", ".", "1234.50"),
        ("-$1,234.50", ".", "-1234.50"),
        ("($1,234.50)", ".", "-1234.50"),
        ("¥1,200", ".", "1200"),
        ("\uffe51,200", ".", "1200"),
        ("1,200円", ".", "1200"),
        ("CA$5.00", ".", "5.00"),
        ("€ 12,00", ",", "12.00"),
        ("€ -12,00", ",", "-12.00"),
        ("1.141,18 €", ",", "1141.18"),
        ("1.141,18\u00a0€", ",", "1141.18"),
        ("EUR 12.00", ".", "12.00"),
        ("12.00 USD", ".", "12.00"),
    ],
)
def test_numbers_as_people_write_them(text, decimal, value):
    assert number(text, decimal) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        *["", ".", "-", "$", "EUR", "1,5", "1.5.2", "1.2.3", "1,", "1,234,56", "1,234'567", "0,500", "12 34"],
        *["--1", "-1-", "(-1)", "(1", "1)", "1e999999", "1e12", "NaN", "inf", "٣", "1_000", "1 EURO", "12%"],
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=r"not a number|trillion"):
        number(text)


@pytest.mark.parametrize("text", ["1.5", "1,5,2", "12.34", "1,234.50", "0.500"])
def test_what_is_no_number_with_a_decimal_comma_is_refused(text):
    with pytest.raises(ValueError, match="not a number"):
        number(text, ",")


@given(cents, locales)
def test_an_amount_reads_back_as_its_locale_writes_it(amount, locale):
    mark = DECIMAL_MARKS[locale]
    assert number(format_decimal(amount, locale=locale), mark) == amount
    assert number(format_currency(amount, "EUR", locale=locale), mark) == amount


@given(st.lists(cents, min_size=1), locales)
def test_a_file_of_one_locale_tells_its_decimal_mark(amounts, locale):
    texts = [format_currency(amount, "EUR", locale=locale) for amount in amounts]
    assert decimal_mark(texts) == decimal_mark(texts, ",") == DECIMAL_MARKS[locale]


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["12,34", "1.141"], ","),
        (["1.141,18"], ","),
        (["12.34", "1,141"], "."),
        (["1,141.18"], "."),
        (["12.34", "12,34", "1,5"], ","),
        (["12.34", "0.5", "1,5"], "."),
        (["0.500"], "."),
    ],
)
def test_cells_that_can_be_read_one_way_tell_the_decimal_mark(texts, mark):
    assert decimal_mark(texts, ".") == decimal_mark(texts, ",") == mark


@pytest.mark.parametrize("texts", [[], ["", "12", "1.141", "1,141", "n/a"], ["12.34", "12,34"]])
def test_cells_that_tell_nothing_leave_the_decimal_mark_as_it_was(texts):
    assert decimal_mark(texts, ".") == "."
    assert decimal_mark(texts, ",") == ","


@given(cents)
def test_a_formatted_amount_reads_back(amount):
    assert number(f"{amount:,.2f}") == amount
    assert number(f"{amount:,.2f}".translate(str.maketrans(",.", ".,")), ",") == amount


@given(cents, st.lists(st.decimals("0", "9999.99", places=2), min_size=1, max_size=9))
def test_shares_add_up_to_the_whole(total, weights):
    one_group = np.zeros(len(weights), dtype=np.intp)
    shared = spread(np.array([millionths(total)]), one_group, np.array([millionths(w) for w in weights]))
    shares = [amount_of(share) for share in shared.tolist()]
    assert sum(shares) == total
    whole = sum(weights)
    if whole:
        assert all(
            abs(s - total * w / whole) < Decimal("0.01") * len(weights)
            for s, w in zip(shares, weights, strict=True)
        )


@given(st.text())
def test_a_mask_holds_no_letter_and_no_digit_of_the_cell(text):
    assert set(masked(text)) & {c for c in text if c.isalnum()} <= {"a", "9"}


def test_an_address_in_a_label_is_removed():
    assert "@" not in without_address("for jane.roe@example.com, with love <j@x.org>")
