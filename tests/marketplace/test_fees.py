"""Referral fees against examples worked by hand from Amazon's wording, and cent by cent."""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.marketplace import (
    AMAZON_US,
    FeeBands,
    FeeSchedule,
    FeeTable,
    categories,
    fee_of_prices,
    fee_table,
    referral_fee,
)

#: Category, price, fee: worked by hand from the wording of Amazon's list.
BY_HAND = [
    ("beauty", "10.00", "0.80"),
    ("beauty", "10.01", "1.50"),  # 1.5015
    ("health", "9.99", "0.80"),  # 0.7992
    ("baby", "30", "4.50"),
    ("grocery", "15.00", "1.20"),
    ("grocery", "15.01", "2.25"),  # 2.2515
    ("grocery", "1.00", "0.08"),  # no minimum
    ("apparel", "15.00", "0.75"),
    ("apparel", "15.01", "1.50"),  # 1.501
    ("apparel", "20.00", "2.00"),
    ("apparel", "20.01", "3.40"),  # 3.4017
    ("furniture", "200", "30.00"),
    ("furniture", "300", "40.00"),
    ("jewellery", "250", "50.00"),
    ("jewellery", "1000", "87.50"),
    ("electronics accessories", "100", "15.00"),
    ("electronics accessories", "150", "19.00"),
    ("watches", "1500", "240.00"),
    ("watches", "2000", "255.00"),
    ("compact appliances", "400", "53.00"),
    ("fine art", "6000", "605.00"),  # 20 + 135 + 400 + 50
    ("fine art", "4", "1.00"),
    ("lawn mowers", "500", "75.00"),
    ("lawn mowers", "501", "40.08"),
    ("own-device accessories", "10", "4.50"),
    ("home", "2.00", "0.30"),
    ("home", "2.10", "0.32"),  # half a cent goes up: 0.315
    ("home", "0", "0.30"),
    ("electronics", "3.75", "0.30"),
    ("books", "0.50", "0.08"),
    ("automotive", "50", "6.00"),
    ("veterinary diets", "50", "11.00"),
]

cents = st.integers(0, 1_000_000)


def cent_by_cent(schedule: FeeSchedule, most: int) -> list[Decimal]:
    """The fee at each price of 0 to `most` cents, adding what each further cent pays."""
    bands = schedule.bands
    edges = [int(100 * edge) for edge in bands.edges]

    def rate(cent: int) -> Decimal:
        return bands.rates[sum(cent > edge for edge in edges)]

    fees, paid = [schedule.minimum], Decimal(0)
    for cent in range(1, most + 1):
        paid = paid + rate(cent) if bands.marginal else rate(cent) * cent
        fees.append(max(paid / 100, schedule.minimum))
    return fees


@pytest.mark.parametrize(("category", "price", "fee"), BY_HAND)
def test_fee_equals_what_one_works_out_by_hand(category, price, fee):
    assert str(referral_fee(category, price)) == fee
    assert fee_of_prices(category, [float(price)])[0] == pytest.approx(float(fee), abs=0.005 + 1e-9)


def test_every_switch_and_band_of_the_table_is_worked_by_hand():
    with_edges = {
        name for schedule in AMAZON_US.schedules if schedule.bands.edges for name in schedule.categories
    }
    assert with_edges <= {category for category, *_ in BY_HAND}


@pytest.mark.parametrize(
    "bands",
    [
        FeeBands(
            (Decimal("0.10"), Decimal("3")), (Decimal("0.2"), Decimal("0.5"), Decimal("0.07")), marginal=True
        ),
        FeeBands((Decimal("0.10"), Decimal("3")), (Decimal("0.2"), Decimal("0.5"), Decimal("0.07"))),
        *(schedule.bands for schedule in AMAZON_US.schedules),
    ],
)
def test_fees_equal_a_count_cent_by_cent(bands):
    most = int(100 * bands.edges[-1]) + 150 if bands.edges else 1_000
    schedule = a_schedule(bands=bands, minimum=Decimal("0.02"))
    table = FeeTable("USD", (schedule,))
    counted = np.array([float(fee) for fee in cent_by_cent(schedule, most)])
    fees = fee_of_prices("tea", np.arange(most + 1) / 100, table=table)
    np.testing.assert_allclose(fees, counted, rtol=0, atol=1e-9)


@given(category=st.sampled_from(categories()), price=cents)
def test_many_prices_pay_what_one_pays_to_within_half_a_cent(category, price):
    exact = referral_fee(category, Decimal(price) / 100)
    assert exact == exact.quantize(Decimal("0.01"))
    assert abs(fee_of_prices(category, price / 100) - float(exact)) <= 0.005 + 1e-9


@given(category=st.sampled_from(categories()), price=cents)
def test_every_way_to_write_a_price_means_the_same(category, price):
    amount = Decimal(price) / 100
    assert referral_fee(category, amount) == referral_fee(category, str(amount))
    assert referral_fee(category, amount) == referral_fee(category, price / 100)
    assert referral_fee(category, Decimal(price)) == referral_fee(category, price)


@given(category=st.sampled_from(categories()), price=cents, more=cents)
def test_only_lawn_mowers_pay_less_at_a_higher_price(category, price, more):
    low, high = Decimal(price) / 100, Decimal(price + more) / 100
    fees = [referral_fee(category, low), referral_fee(category, high)]
    assert fees == sorted(fees) or (category == "lawn mowers" and low <= 500 < high)


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 1, 4)])
def test_fees_have_the_shape_of_the_prices(shape):
    fees = fee_of_prices("home", np.full(shape, 100.0))
    assert isinstance(fees, np.ndarray) and fees.dtype == np.float64
    np.testing.assert_array_equal(fees, np.full(shape, 15.0))


def test_a_price_a_hair_above_its_band_through_float_arithmetic_stays_in_it():
    price = 3 * (10 / 3) * (1 + 2**-52)
    assert price > 10
    assert fee_of_prices("beauty", [price])[0] == pytest.approx(0.8)


def test_a_mean_fee_is_not_rounded():
    assert fee_of_prices("home", [33.33])[0] == pytest.approx(4.9995, abs=1e-12)


TENTH, FIFTH = (FeeBands((), (Decimal(rate),)) for rate in ("0.1", "0.2"))


def a_schedule(
    day: dt.date = dt.date(2024, 1, 1),
    *,
    bands: FeeBands = TENTH,
    minimum: Decimal = Decimal(0),
    category: str = "tea",
) -> FeeSchedule:
    return FeeSchedule(
        categories=(category,),
        bands=bands,
        minimum=minimum,
        valid_from=day,
        source="a test",
        checked=None,
        confidence="assumption",
    )


def dated() -> FeeTable:
    later = a_schedule(dt.date(2025, 6, 1), bands=FIFTH)
    return FeeTable("EUR", (later, a_schedule(), a_schedule(dt.date(2025, 1, 1), category="coffee")))


@pytest.mark.parametrize(
    ("date", "fee"),
    [
        (dt.date(2024, 1, 1), "1.00"),
        (dt.date(2025, 5, 31), "1.00"),
        (dt.date(2025, 6, 1), "2.00"),
        (None, "2.00"),
    ],
)
def test_the_fee_is_that_of_its_day(date, fee):
    assert str(referral_fee("tea", 10, date=date, table=dated())) == fee
    assert fee_of_prices("tea", 10, date=date, table=dated()) == float(fee)


def test_a_day_before_the_first_schedule_is_refused():
    with pytest.raises(
        ValueError, match=r"^Fees of 'beauty' are known from 2024-01-15 on: .* for 2023-12-31\.$"
    ):
        referral_fee("beauty", 10, date=dt.date(2023, 12, 31))
    with pytest.raises(ValueError, match=r"^Fees are known from 2024-01-01 on: you asked for 2020-01-01\.$"):
        fee_table(date=dt.date(2020, 1, 1), table=dated())


def test_an_unknown_category_is_refused_with_the_nearest_and_all():
    with pytest.raises(ValueError, match="did you mean 'jewellery'") as refused:
        referral_fee("jewelry", 10)
    assert all(name in str(refused.value) for name in categories())
    with pytest.raises(ValueError, match="did you mean 'beauty'"):
        fee_of_prices("Beauty", [10])


def test_an_unknown_marketplace_is_refused():
    with pytest.raises(ValueError, match=r"No fees are known of the marketplace 'UK': .*There are: US\."):
        referral_fee("beauty", 10, marketplace="UK")
    with pytest.raises(ValueError, match="'UK'"):
        categories("UK")


@pytest.mark.parametrize("price", ["-0.01", -1, "NaN", math.inf, "1e13", Decimal("sNaN")])
def test_a_price_out_of_range_is_refused(price):
    with pytest.raises(ValueError, match=r"^A price must lie between 0 and 1,000,000,000,000: you gave "):
        referral_fee("home", price)


@pytest.mark.parametrize("price", ["", "$10", "10,00", "ten"])
def test_a_price_that_is_no_number_is_refused(price):
    with pytest.raises(ValueError, match=r"^A price must be a plain number such as 19\.99: you gave "):
        referral_fee("home", price)


@pytest.mark.parametrize("price", [-0.01, math.nan, math.inf])
def test_one_price_out_of_range_among_many_is_refused(price):
    with pytest.raises(
        ValueError, match=rf"^A price must be a finite number of 0 or more: you gave {price}\.$"
    ):
        fee_of_prices("home", [[10.0, price], [20.0, 30.0]])


def test_a_currency_without_cents_is_rounded_to_its_unit():
    table = FeeTable("JPY", (a_schedule(),))
    assert str(referral_fee("tea", 1_005, table=table)) == "101"


def test_the_table_says_each_rule_in_words_and_who_says_so():
    shown = fee_table().set_index("category")
    assert tuple(shown.index) == categories()
    assert shown["rule"]["home"] == "15% of the price"
    assert shown["rule"]["apparel"] == "5% up to $15, 10% up to $20, 17% above, each of the whole price"
    assert shown["rule"]["watches"] == "16% up to $1,500, 3% above, each of its part of the price"
    assert (shown["minimum"]["home"], shown["minimum"]["grocery"]) == (Decimal("0.30"), Decimal(0))
    assert set(shown["checked"]) == {dt.date(2026, 11, 22)}
    assert set(shown["currency"]) == {"USD"}
    assert shown["confidence"]["apparel"] == "assumption" and "17%" in shown["note"]["apparel"]
    assert set(shown["confidence"].drop("apparel")) == {"vendor"}


def test_the_table_of_a_day_has_the_rules_of_that_day():
    early = fee_table(date=dt.date(2024, 6, 1), table=dated())
    assert list(early["category"]) == ["tea"] and list(early["rule"]) == ["10% of the price"]
    assert list(fee_table(table=dated())["rule"]) == ["10% of the price", "20% of the price"]


@pytest.mark.parametrize(
    ("edges", "rates", "why"),
    [
        ((10,), ("0.1",), "1 edges need one rate more: 1 were given"),
        ((10, 10), ("0.1", "0.2", "0.3"), "Edges must lie above 0 and rise: 10, 10 were given"),
        ((0,), ("0.1", "0.2"), "Edges must lie above 0 and rise: 0 were given"),
        ((), ("1.5",), "Rates must lie between 0 and 1: 1.5 were given"),
    ],
)
def test_bands_that_make_no_sense_are_refused(edges, rates, why):
    with pytest.raises(ValueError, match=why):
        FeeBands(tuple(map(Decimal, edges)), tuple(map(Decimal, rates)))


def test_tables_and_schedules_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="'tea' has two fee schedules from 2024-01-01"):
        FeeTable("USD", (a_schedule(), a_schedule()))
    with pytest.raises(ValueError, match="at least one schedule"):
        FeeTable("USD", ())
    with pytest.raises(ValueError, match="each a name"):
        a_schedule(category=" ")
    with pytest.raises(ValueError, match=r"must be 0 or more: -1 was given"):
        a_schedule(minimum=Decimal(-1))
