"""The form of a brand's account: what is entered is kept, what is wrong is said."""

import pytest

from ownchannel.panels import Opening
from ownchannel.workspace import Workspace, saved_account


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    return Opening(Workspace(tmp_path_factory.mktemp("workspace")))


def enter(opening: Opening, **fields: str) -> None:
    for name, text in fields.items():
        opening.account.fields[name].value = text
    opening.account.save()


def test_numbers_are_taken_as_people_write_them_and_shown_again(opening: Opening) -> None:
    enter(opening, name="Hearth", currency="eur", cash="12,000", fixed_costs="5 000", discount_rate="12.5%")
    account = saved_account(opening._workspace)
    assert (account.name, account.currency) == ("Hearth", "EUR")
    assert (account.cash, account.fixed_costs, account.discount_rate) == (12_000, 5_000, 0.125)
    assert account.horizon_months is None
    again = Opening(opening._workspace).account.fields
    assert {name: field.value for name, field in again.items()} == {
        "name": "Hearth",
        "currency": "EUR",
        "cash": "12,000",
        "fixed_costs": "5,000",
        "horizon_months": "",
        "discount_rate": "12.5%",
    }


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("cash", "a lot", "Cash in the bank must be a number, such as 12,000: you gave"),
        ("currency", "dollars", "currency must be a code such as USD"),
        ("horizon_months", "500", "horizon_months must lie between 1 and 120"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(
    opening: Opening, field: str, text: str, said: str
) -> None:
    before = saved_account(opening._workspace)
    kept = opening.account.fields[field].value
    enter(opening, **{field: text})
    assert said in opening.account.outcome.html
    assert saved_account(opening._workspace) == before
    enter(opening, **{field: kept})


def test_an_emptied_field_is_forgotten(opening: Opening) -> None:
    enter(opening, cash="")
    assert saved_account(opening._workspace).cash is None
