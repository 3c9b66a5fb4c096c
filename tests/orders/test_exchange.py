"""Money converted at the day's rate, against plain decimals."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.files import MONEY
from ownchannel.orders import ENTRIES, RATES, TABLE, TEXT, Rates

#: Thursday, Friday, then Monday; made up.
WEEK = [
    (date(2024, 2, 29), "EUR", "USD", "1.0826"),
    (date(2024, 3, 1), "EUR", "USD", "1.0813"),
    (date(2024, 3, 4), "EUR", "USD", "1.0846"),
    (date(2024, 3, 1), "EUR", "GBP", "0.85645"),
]


def rates(*rows: tuple[object, ...]) -> Rates:
    return Rates(pd.DataFrame(list(rows), columns=["date", "from", "to", "rate"]))


def lines(*rows: tuple[date, str, str | None], **further: pa.Array) -> pa.Table:
    days, currencies, amounts = zip(*rows, strict=True)
    money = pa.array([None if a is None else Decimal(a) for a in amounts], MONEY)
    return pa.table(
        {"ordered_on": pa.array(days, pa.date32()), "fee": money, "currency": list(currencies), **further}
    )


def converted(table: pa.Table, at: Rates, to: str) -> list[Decimal | None]:
    return at.convert(table, to)["fee"].to_pylist()


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 2, 29), "108.26"),
        (date(2024, 3, 1), "108.13"),
        (date(2024, 3, 3), "108.13"),
        (date(2024, 3, 4), "108.46"),
        (date(2024, 3, 11), "108.46"),
    ],
)
def test_the_latest_rate_of_the_day_or_the_week_before_holds(day, expected):
    assert converted(lines((day, "EUR", "100")), rates(*WEEK), "USD") == [Decimal(expected)]


def test_a_missing_rate_is_told_with_its_pair_and_first_day():
    table = lines(
        (date(2024, 3, 20), "EUR", "1"),
        (date(2024, 3, 12), "EUR", "1"),
        (date(2024, 2, 28), "GBP", "1"),
        (date(2024, 3, 1), "EUR", "1"),
    )
    with pytest.raises(ValueError, match="EUR to USD on 12 Mar 2024; GBP to USD on 28 Feb 2024"):
        rates(*WEEK).convert(table, "USD")


def test_the_inverse_serves_where_only_the_other_direction_is_given():
    with localcontext(Context(prec=12)):
        inverse = 1 / Decimal("1.0813")
    assert rates(*WEEK).on(date(2024, 3, 1), "USD", "EUR") == inverse
    both = rates(*WEEK, (date(2024, 2, 26), "USD", "EUR", "0.9"))
    assert both.on(date(2024, 3, 1), "USD", "EUR") == Decimal("0.9")
    assert both.on(date(2024, 3, 5), "USD", "EUR") != Decimal("0.9")  # eight days on, the inverse is newer


def test_rates_through_a_third_currency_are_not_made_up():
    assert rates(*WEEK).on(date(2024, 3, 1), "USD", "GBP") is None
    with pytest.raises(ValueError, match="USD to GBP"):
        rates(*WEEK).convert(lines((date(2024, 3, 1), "USD", "1")), "GBP")


def test_money_already_there_no_money_and_nulls_need_no_rate():
    day = date(1999, 1, 1)
    table = lines((day, "USD", "999999999999.999999"), (day, "XXX", "0"), (day, "USD", None))
    result = rates(*WEEK).convert(table, "USD")
    assert result.equals(table)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["EUR", "GBP", "JPY"]),
            st.decimals(-(10**11), 10**11, places=6),
            st.integers(0, 30),
        ),
        min_size=1,
    ),
    st.lists(st.decimals("0.000001", "9.999999999", places=9), min_size=93, max_size=93),
)
def test_amounts_equal_plain_decimals_to_the_last_digit(rows, given_rates):
    """Independent of the table's path: one Decimal product a row, rounded half to even."""
    first = date(2026, 3, 1)
    of_day = {
        (code, n): given_rates[31 * i + n] for i, code in enumerate(["EUR", "GBP", "JPY"]) for n in range(31)
    }
    table = lines(*((first + timedelta(n), code, str(amount)) for code, amount, n in rows))
    at = rates(*((first + timedelta(n), code, "USD", rate) for (code, n), rate in of_day.items()))
    with localcontext(Context(prec=80)):
        expected = [
            (amount * of_day[code, n]).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
            for code, amount, n in rows
        ]
    if any(abs(amount) >= 10**12 for amount in expected):
        with pytest.raises(ValueError, match="a trillion USD or more"):
            converted(table, at, "USD")
    else:
        assert converted(table, at, "USD") == expected


@pytest.mark.parametrize(
    ("amount", "rate", "expected"),
    [
        ("0.000001", "0.5", "0"),
        ("0.000003", "0.5", "0.000002"),
        ("-0.000003", "0.5", "-0.000002"),
        ("0.000005", "0.5", "0.000002"),
        ("0.000001", "0.500000000000000000000001", "0.000001"),
        ("999999999999.999999", "0.999999999999999999999999", "999999999999.999999"),
        ("-999999999999.999999", "1e-12", "-1"),
        ("0.000001", "1e12", "1000000"),
    ],
)
def test_ties_and_the_largest_and_smallest_amounts(amount, rate, expected):
    at = rates((date(2026, 3, 1), "EUR", "USD", rate))
    assert converted(lines((date(2026, 3, 1), "EUR", amount)), at, "USD") == [Decimal(expected)]


@pytest.mark.parametrize("rate", ["1e-12", "1e12", "999999999999", "7.000000000001"])
def test_the_inverse_of_every_rate_that_is_accepted_fits(rate):
    at = rates((date(2026, 3, 1), "EUR", "USD", rate))
    with localcontext(Context(prec=12)):
        inverse = 1 / Decimal(rate)
    expected = (1000 * inverse).quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    if expected < 10**12:
        assert converted(lines((date(2026, 3, 1), "USD", "1000")), at, "EUR") == [expected]


def test_every_amount_of_lines_and_bookings_is_converted_and_nothing_else():
    at = rates((date(2026, 3, 1), "EUR", "USD", "2"))
    for schema, on in ((TABLE, "ordered_on"), (ENTRIES, "posted_on")):
        values = {
            pa.string(): "EUR",
            TEXT: "EUR",
            pa.date32(): date(2026, 3, 1),
            MONEY: Decimal(3),
            pa.float64(): 3.0,
            pa.int64(): 3,
            pa.bool_(): True,
        }
        at_noon = datetime.fromisoformat("2026-03-01T12:00:00Z")
        row = {field.name: values.get(field.type, at_noon) for field in schema}
        (result,) = at.convert(pa.Table.from_pylist([row], schema=schema), "USD", on=on).to_pylist()
        money = {field.name: Decimal(6) for field in schema if field.type == MONEY}
        assert money
        assert result == row | money | {"currency": "USD"}
        assert at.convert(schema.empty_table(), "USD", on=on).schema == schema


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("1 March", "EUR", "USD", "1"), "`date` is no date"),
        ((None, "EUR", "USD", "1"), "`date` is no date"),
        ((pd.NaT, "EUR", "USD", "1"), "`date` is no date"),
        (("2026-03-01", "euro", "USD", "1"), "is no currency"),
        (("2026-03-01", float("nan"), "USD", "1"), "is no currency"),
        (("2026-03-01", "EUR", "XXX", "1"), "is no currency"),
        (("2026-03-01", "EUR", "eur", "1"), "EUR is converted to itself"),
        (("2026-03-01", "EUR", "USD", "0"), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", "-1.1"), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", "1,1"), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", "NaN"), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", "inf"), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", None), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", "1e13"), "`rate` must be a number"),
        (("2026-03-01", "EUR", "USD", "1.0000000000000000000000001"), "`rate` must be a number"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_number(row, fault):
    with pytest.raises(ValueError, match=f"Row 2 of the exchange rates .*{fault}"):
        rates(("2026-03-02", "GBP", "USD", "1.3"), row)


def test_two_rates_for_one_pair_and_day_are_refused_and_one_given_twice_is_not():
    assert len(rates(*WEEK, *WEEK)) == len(WEEK)
    with pytest.raises(ValueError, match=r"Row 5 .* second rate from EUR to USD for 1 Mar 2024"):
        rates(*WEEK, ("2024-03-01", "EUR", "USD", "1.0814"))


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="no column from, rate"):
        Rates(pd.DataFrame({"date": [], "to": []}))


@pytest.mark.parametrize("to", ["", "dollars", "XXX", "U1D"])
def test_the_currency_to_convert_to_must_be_one(to):
    with pytest.raises(ValueError, match="three letters of the currency"):
        rates(*WEEK).convert(lines((date(2024, 3, 1), "EUR", "1")), to)


def test_rows_without_a_day_are_refused():
    with pytest.raises(ValueError, match="without a day"):
        rates(*WEEK).convert(lines((None, "EUR", "1")), "USD")  # type: ignore[arg-type]


def test_dates_and_rates_of_any_type_mean_the_same():
    day = date(2026, 3, 1)
    exact = pa.table(
        [[day], ["EUR"], ["USD"], pa.array([Decimal("1.0845")], RATES.field("rate").type)], RATES
    )
    frames = [
        pd.DataFrame({"date": [stamp], "from": ["eur "], "to": ["USD"], "rate": [rate], "source": ["bank"]})
        for stamp in (day, pd.Timestamp("2026-03-01 16:00", tz="UTC"), " 2026-03-01")
        for rate in (1.0845, "1.0845", Decimal("1.0845"))
    ]
    assert {Rates(table).on(day, "EUR", "USD") for table in (exact, *frames)} == {Decimal("1.0845")}
