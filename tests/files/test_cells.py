"""From a cell to an exact number, and amounts spread over lines: against the same in decimals."""

from decimal import ROUND_DOWN, Decimal, localcontext

import numpy as np
import pyarrow as pa
import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.files import MONEY, amount_of, as_millionths, decimals, millionths, number, spread, total
from ownchannel.files._cells import decimal_marks  # inside: marks of single cells
from ownchannel.files._labels import masked, without_address  # inside: single cells

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
#: How amounts are written where Amazon sells: locale, decimal mark, currency.
SITES = [
    *[("en_US", ".", "USD"), ("en_CA", ".", "CAD"), ("es_MX", ".", "MXN"), ("pt_BR", ",", "BRL")],
    *[("en_GB", ".", "GBP"), ("de_DE", ",", "EUR"), ("nl_NL", ",", "EUR"), ("sv_SE", ",", "SEK")],
    *[("pl_PL", ",", "PLN"), ("tr_TR", ",", "TRY"), ("en_AE", ".", "AED"), ("en_IN", ".", "INR")],
    *[("ja_JP", ".", "JPY"), ("en_AU", ".", "AUD"), ("en_SG", ".", "SGD")],
]


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


@given(cents, st.sampled_from(SITES), st.booleans())
def test_an_amount_reads_back_as_each_site_of_amazon_writes_it(amount, site, named):
    locale, mark, currency = site
    amount = amount.quantize(Decimal(1)) if currency == "JPY" else amount
    text = format_currency(amount, currency, locale=locale)
    if named:
        text = f"{currency} {format_decimal(amount, format='#,##0.00', locale=locale)}"
    assert number(text, mark) == amount
    assert decimal_marks(text) in (mark, ".,", "")


@given(st.lists(cents, min_size=1), locales)
def test_amounts_of_one_locale_prove_its_decimal_mark_or_nothing(amounts, locale):
    proven = {decimal_marks(format_currency(amount, "EUR", locale=locale)) for amount in amounts}
    assert proven <= {DECIMAL_MARKS[locale], ".,", ""}


@pytest.mark.parametrize(
    ("text", "marks"),
    [("12,34", ","), ("1.141,18", ","), ("12.34", "."), ("1.141", ".,"), ("1,23,456", "."), ("12.5%", ".")],
)
def test_the_decimal_mark_that_a_cell_proves(text, marks):
    assert decimal_marks(text) == marks


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
    assert without_address("jane@exampjane@example.com") == "[address removed]"


LARGEST = 10**18 - 1
numbers = st.lists(st.integers(-LARGEST, LARGEST), max_size=20)


@given(st.integers(-LARGEST, LARGEST))
def test_an_amount_and_its_millionths_are_one(number):
    assert amount_of(number) == Decimal(number) / 10**6
    assert millionths(amount_of(number)) == number


@given(numbers)
def test_a_column_holds_the_exact_amounts(whole):
    column = decimals(np.array(whole, dtype=np.int64))
    assert column.type == MONEY
    assert column.to_pylist() == [Decimal(number) / 10**6 for number in whole]
    column.validate(full=True)


@given(st.lists(st.tuples(st.integers(-LARGEST, LARGEST), st.booleans()), max_size=20))
def test_what_is_not_told_is_null_and_counts_as_nothing(cells):
    whole, told = np.array([n for n, _ in cells], dtype=np.int64), np.array([t for _, t in cells], dtype=bool)
    column = decimals(whole, told)
    assert column.to_pylist() == [Decimal(n) / 10**6 if t else None for n, t in cells]
    assert as_millionths(column).tolist() == [n if t else 0 for n, t in cells]


@given(numbers, numbers, st.integers(0, 20), st.integers(0, 20))
def test_parts_and_chunks_of_columns_are_read_from_where_they_begin(first, second, start, length):
    parts = [decimals(np.array(part, dtype=np.int64)).slice(start, length) for part in (first, second)]
    expected = [part[start : start + length] for part in (first, second)]
    assert [as_millionths(part).tolist() for part in parts] == expected
    assert as_millionths(pa.chunked_array(parts, MONEY)).tolist() == [*expected[0], *expected[1]]


def test_what_is_given_may_be_changed():
    column = decimals(np.array([1, 2]))
    as_millionths(column)[0] = 99
    assert column.to_pylist() == [Decimal("0.000001"), Decimal("0.000002")]


@given(st.lists(st.integers(LARGEST - 10, LARGEST), min_size=20, max_size=30))
def test_a_sum_beyond_64_bits_is_exact(whole):
    assert total(np.array(whole, dtype=np.int64)) == total(whole) == sum(map(Decimal, whole)) > 2**63


#: Below a trillion, in millionths: totals times weights pass 64 bits by far.
JUST_BELOW_A_TRILLION = 10**18 - 1
totals = st.one_of(
    st.integers(-JUST_BELOW_A_TRILLION, JUST_BELOW_A_TRILLION),
    st.integers(JUST_BELOW_A_TRILLION // 2, JUST_BELOW_A_TRILLION),
    st.integers(-10_000, 10_000).map(lambda n: n * 10_000),
)
weights = st.one_of(st.just(0), st.integers(0, 10**8), st.integers(0, JUST_BELOW_A_TRILLION))


def spread_in_decimals(total: int, parts: list[int]) -> list[int]:
    """Each line's proportional part rounded towards 0, to the cent where the total has whole cents."""
    with localcontext(prec=100):
        amount, whole = Decimal(total).scaleb(-6), sum(map(Decimal, parts))
        step = Decimal("0.01") if amount % Decimal("0.01") == 0 else Decimal("0.000001")
        with_all_digits = [amount * part / whole if whole else Decimal(0) for part in parts[:-1]]
        shares = [share.quantize(step, ROUND_DOWN) for share in with_all_digits]
        return [int(share.scaleb(6)) for share in [*shares, amount - sum(shares)]]


@given(st.lists(st.tuples(totals, st.lists(weights, max_size=6)), min_size=1, max_size=6), st.randoms())
def test_every_group_is_spread_as_in_decimals(groups, random):
    lines = [(at, weight) for at, (_, of_lines) in enumerate(groups) for weight in of_lines]
    random.shuffle(lines)  # groups need not stand together
    shares = spread(
        np.array([whole for whole, _ in groups], dtype=np.int64),
        np.array([at for at, _ in lines], dtype=np.intp),
        np.array([weight for _, weight in lines], dtype=np.int64),
    )
    for at, (whole, of_lines) in enumerate(groups):
        here = [place for place, (group, _) in enumerate(lines) if group == at]
        if of_lines:
            expected = spread_in_decimals(whole, [lines[place][1] for place in here])
            assert shares[here].tolist() == expected
            assert sum(expected) == whole


def test_without_weights_the_last_line_takes_all():
    assert spread(np.array([-1]), np.array([0, 0, 0]), np.array([0, 0, 0])).tolist() == [0, 0, -1]


def test_weights_may_add_up_beyond_64_bits():
    shares = spread(np.array([12 * 10**6]), np.zeros(12, dtype=np.intp), np.full(12, JUST_BELOW_A_TRILLION))
    assert shares.tolist() == [10**6] * 12


def test_a_cent_is_never_cut():
    shares = spread(np.array([10_000]), np.zeros(7, dtype=np.intp), np.ones(7, dtype=np.int64))
    assert shares.tolist() == [0, 0, 0, 0, 0, 0, 10_000]


def test_the_total_of_a_group_without_lines_is_left_out():
    assert spread(np.array([5, 7]), np.array([1]), np.array([3])).tolist() == [7]


def test_nothing_at_all():
    empty = np.array([], dtype=np.int64)
    assert spread(empty, empty.astype(np.intp), empty).tolist() == []
