"""One declaration gives the check, the reading, the warning and the documentation."""

import dataclasses
import math
from functools import partial
from typing import Annotated, Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError, model_validator

from ownchannel.assumptions import Assumption, Assumptions, Quantity, Unit, assumption, why_refused

FEE = Assumption(
    label="Referral fee",
    unit="share",
    valid=(0, 1),
    slider=(0, 0.3),
    plausible=(0.08, 0.17),
    step=0.01,
    help="What the marketplace keeps.",
    source="Fee schedule",
    confidence="official",
)
SALARY = dataclasses.replace(
    FEE,
    label="Salary",
    unit="money a month",
    valid=(0, 1e6),
    slider=(0, 9_000),
    plausible=(1, 6_000),
    step=50,
)


OVENS = dataclasses.replace(
    FEE, label="Ovens", unit="units", valid=(1, 10), slider=(1, 10), plausible=(1, 4), step=1, whole=True
)


class Rent(Assumptions):
    fee: Annotated[float, FEE] = 0.15
    salary: Annotated[float, SALARY] = 3_000
    currency: str = "USD"

    @model_validator(mode="after")
    def _no_free_lunch(self) -> "Rent":
        if self.fee == 0 and self.salary == 0:
            raise ValueError("A fee and a salary of 0 leave nothing to compare.")
        return self


def refusal(model: type[Assumptions], **given: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    return why_refused(refused.value)


def test_only_marked_fields_are_declared_in_the_order_of_the_class() -> None:
    assert list(Rent.declared().items()) == [("fee", FEE), ("salary", SALARY)]


def test_one_more_statement_is_one_more_row_of_documentation() -> None:
    class Wider(Rent):
        tax: float = assumption(
            Quantity("Tax", 0.1, "share", plausible=(0, 0.2)), help="On sales.", source="Tax office"
        )

    assert list(Wider().documentation()["setting"]) == ["Referral fee", "Salary", "Tax"]


def test_what_a_statement_leaves_out_comes_from_its_unit_and_what_it_says_is_taken() -> None:
    hands = Quantity(
        "Staff", None, "number", valid=(0, 50), slider=(1, 9), plausible=(2, 7), step=1, whole=True
    )
    fear = partial(assumption, group="People", role="fear")

    class Shop(Assumptions):
        returns: float = assumption(
            Quantity("Returns", 0.1, "share", plausible=(0, 0.3)), help="Paid back.", source="Your orders"
        )
        staff: int = fear(hands, help="Behind the counter.", source="A survey", confidence="vendor")

    returns = Assumption(
        label="Returns",
        unit="share",
        valid=(0, 1),
        slider=(0, 1),
        plausible=(0, 0.3),
        step=0.01,
        help="Paid back.",
        source="Your orders",
        confidence="assumption",
    )
    hired = Assumption(
        label="Staff",
        unit="number",
        valid=(0, 50),
        slider=(1, 9),
        plausible=(2, 7),
        step=1,
        help="Behind the counter.",
        source="A survey",
        confidence="vendor",
        group="People",
        role="fear",
        whole=True,
    )
    assert list(Shop.declared().items()) == [("returns", returns), ("staff", hired)]
    assert refusal(Shop) == "staff is missing."
    assert Shop(staff=3).returns == 0.1


def test_a_statement_that_contradicts_itself_is_refused_in_a_sentence() -> None:
    with pytest.raises(
        ValueError, match=r"^Returns: plausible \(0, 2\) must rise and lie within valid \(0, 1\)"
    ):
        assumption(
            Quantity("Returns", 0.1, "share", plausible=(0, 2)), help="Paid back.", source="Your orders"
        )


@pytest.mark.parametrize("unit", get_args(Unit))
def test_every_unit_knows_what_its_numbers_have_in_common(unit: Unit) -> None:
    assert assumption(Quantity("X", 1, unit, valid=(0, 1e9), plausible=(0, 1)), help="Y", source="Z")


@given(st.floats(0, 1))
def test_any_value_inside_the_valid_range_is_taken(fee: float) -> None:
    assert Rent(fee=fee).fee == fee


@given(st.floats().filter(lambda value: not 0 <= value <= 1))
def test_any_value_outside_the_valid_range_is_refused(fee: float) -> None:
    with pytest.raises(ValueError, match=r"^fee must lie between 0 and 1"):
        Rent(fee=fee)


def test_a_percentage_given_as_a_share_is_recognised() -> None:
    with pytest.raises(ValueError, match="15") as refused:
        Rent(fee=15)
    assert str(refused.value) == "fee must lie between 0 and 1: you gave 15; did you mean 0.15?"


def test_a_refusal_is_the_sentence_of_the_rule_that_was_broken() -> None:
    with pytest.raises(ValueError, match="nothing") as refused:
        Rent(fee=0, salary=0)
    assert str(refused.value) == "A fee and a salary of 0 leave nothing to compare."


def test_a_refusal_names_the_field_that_is_no_number_or_not_declared() -> None:
    assert refusal(Rent, fee="much") == "fee must be a number: you gave 'much'."
    assert refusal(Rent, salery=3_000) == "salery is not known here: did you mean salary?"
    assert refusal(Rent, tip=1, fe=0.1) == "tip is not known here. fe is not known here: did you mean fee?"


class Kitchen(Assumptions):
    ovens: Annotated[int, OVENS]
    name: str = ""
    sizes: tuple[float, ...] = ()
    prices: dict[str, tuple[float, float]] = {}  # noqa: RUF012
    fuel: Literal["gas", "wood"] = "gas"
    rent: Rent = Rent()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "ovens is missing."),
        ({"ovens": 2.5}, "ovens must be a whole number: you gave 2.5."),
        ({"ovens": "two"}, "ovens must be a whole number: you gave 'two'."),
        ({"ovens": 2, "name": 5}, "name must be text: you gave 5."),
        ({"ovens": 2, "sizes": 5}, "sizes must be a list: you gave 5."),
        ({"ovens": 2, "sizes": [1, "big"]}, "sizes, item 2 must be a number: you gave 'big'."),
        ({"ovens": 2, "prices": [1]}, "prices must be a table of names and values: you gave [1]."),
        ({"ovens": 2, "prices": {"tea": [1]}}, "prices.tea, item 2 is missing."),
        ({"ovens": 2, "prices": {"tea": [1, 2, 3]}}, "prices.tea must hold at most 2 values: you gave 3."),
        ({"ovens": 2, "fuel": "tea"}, "fuel must be 'gas' or 'wood': you gave 'tea'."),
        ({"ovens": "2" * 80 + "x"}, f"ovens must be a whole number: you gave '{'2' * 12}...{'2' * 12}x'."),
        ({"ovens": 2, "rent": 5}, "rent must be a table of names and values: you gave 5."),
        ({"ovens": 2, "rent": {"fee": 15}}, "fee must lie between 0 and 1: you gave 15; did you mean 0.15?"),
        (
            {"ovens": None, "name": None},
            "ovens must be a whole number: you gave None. name must be text: you gave None.",
        ),
    ],
)
def test_every_mistake_is_said_in_plain_words(given: dict[str, Any], sentence: str) -> None:
    assert refusal(Kitchen, **given) == sentence


def test_a_whole_number_is_wanted_whatever_the_type_of_the_field() -> None:
    class Loose(Assumptions):
        ovens: Annotated[float, OVENS] = 2

    assert Loose(ovens=3.0).ovens == 3
    assert refusal(Loose, ovens=2.5) == "ovens must be a whole number: you gave 2.5."


def test_a_setting_that_changes_nothing_is_not_called_unlikely() -> None:
    class Furnished(Rent):
        def unused(self) -> frozenset[str]:
            return frozenset({"fee"})

    assert Furnished(fee=0.2).unlikely() == []
    assert len(Furnished(salary=7_000).unlikely()) == 1


def test_a_setting_outside_its_source_is_called_unlikely_in_its_own_unit() -> None:
    assert Rent().unlikely() == []
    assert Rent(fee=0.2, salary=7_000).unlikely("EUR") == [
        "Referral fee: 20% lies outside 8% to 17% (Fee schedule).",
        "Salary: €7,000 a month lies outside €1 to €6,000 a month (Fee schedule).",
    ]


@pytest.mark.parametrize(
    ("unit", "step", "value", "reading"),
    [
        ("share", 0.01, 0.25, "25%"),
        ("share", 0.005, 0.25, "25.0%"),
        ("share", 0.01, 1 / 3, "33.33%"),
        ("share a year", 0.01, 0.08, "8% a year"),
        ("share a month", 0.001, 0.004, "0.4% a month"),
        ("money a year", 1, 20, "$20 a year"),
        ("money per unit", 0.5, 5, "$5.00 per unit"),
        ("units", 1, 1, "1 unit"),
        ("percentage points", 0.01, 0.01, "1 percentage point"),
        ("money", 100, 12_000, "$12,000"),
        ("money per order", 0.5, 4.5, "$4.50 per order"),
        ("money per order", 1, 4.25, "$4.25 per order"),
        ("months", 1, 1, "1 month"),
        ("months", 1, 3.0, "3 months"),
        ("customers a month", 1, 1, "1 customer a month"),
        ("customers a month", 10, 1_200, "1,200 customers a month"),
        ("number", 0.1, 2.5, "2.5"),
    ],
)
def test_a_value_reads_with_its_unit(unit: Unit, step: float, value: float, reading: str) -> None:
    wide = dataclasses.replace(FEE, unit=unit, step=step, valid=(0, 1e6), slider=(0, 1e5), plausible=(0, 1e5))
    assert wide.reading(value, "USD") == reading


@given(st.floats(0, 0.3))
def test_a_share_is_read_to_a_hundredth_of_a_point(fee: float) -> None:
    assert math.isclose(float(FEE.reading(fee).removesuffix("%")), 100 * fee, abs_tol=0.005_001)


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ({"slider": (0, 1.5)}, "slider"),
        ({"plausible": (0.17, 0.08)}, "plausible"),
        ({"step": 0}, "step"),
        ({"step": 0.4}, "step"),
        ({"source": " "}, "source must say something"),
        ({"help": ""}, "help must say something"),
        ({"whole": True}, "step 0.01 must be whole"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(mistake: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(FEE, **mistake)
