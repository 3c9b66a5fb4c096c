"""The account of a brand: asked once, kept in plain words, refused in a sentence, used everywhere."""

import re
import stat
import tomllib
from pathlib import Path

import pytest

from ownchannel.answers import lifetimes, todays_plan, what_a_customer_is_worth, what_if_it_stopped
from ownchannel.orders import Opened, current_orders, read_orders, save_orders
from ownchannel.workspace import BrandAccount, Workspace, save_account, saved_account
from tests.orders.exports import amazon, amazon_row

ALL_OF_IT = {
    "name": 'Hearth & "Ladle"',
    "currency": "EUR",
    "timezone": "America/New_York",
    "cash": 12_345.5,
    "fixed_costs": 4_321.0,
    "horizon_months": 30,
    "discount_rate": 0.125,
    "costing": "fifo",
}


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_what_is_saved_comes_back_and_stands_there_in_plain_words(place):
    saved = save_account(place, **ALL_OF_IT)
    assert dict(saved) == dict(saved_account(place)) == ALL_OF_IT
    file = place.folder / "brand.toml"
    assert tomllib.loads(file.read_text(encoding="utf-8")) == ALL_OF_IT
    assert "fixed_costs = 4321.0  # what you pay every month" in file.read_text(encoding="utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_fields_are_changed_and_taken_away_one_by_one(place):
    save_account(place, **ALL_OF_IT)
    assert dict(save_account(place, cash=9, name="")) == ALL_OF_IT | {"cash": 9, "name": None}
    assert saved_account(place).name is None


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ({"cash": "much"}, "cash must be a number: you gave 'much'."),
        ({"cash": -5}, "cash must lie between 0 and 1,000,000,000: you gave -5."),
        ({"fixed_costs": float("nan")}, "fixed_costs must lie between 0 and 1,000,000,000: you gave nan."),
        ({"horizon_months": 2.5}, "horizon_months must be a whole number: you gave 2.5."),
        ({"costing": "lifo"}, "costing must be average or fifo: you gave 'lifo'."),
        ({"discount_rate": 12}, "discount_rate must lie between 0 and 1: you gave 12; did you mean 0.12?"),
        ({"currency": "dollars"}, "currency must be a code such as USD: you gave 'dollars'."),
        ({"timezone": "Mars"}, "timezone must be a name such as America/New_York: you gave 'Mars'."),
        ({"timezone": "../etc"}, "timezone must be a name such as America/New_York: you gave '../etc'."),
        ({"name": "a\x07b"}, "A brand's name is made of letters, digits and signs: this one holds others."),
        ({"fixed_cost": 5}, "fixed_cost is not known here: did you mean fixed_costs?"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_changed(place, field, sentence):
    save_account(place, **ALL_OF_IT)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        save_account(place, **field)
    assert dict(saved_account(place)) == ALL_OF_IT


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"cash = 12k", "brand.toml in the workspace cannot be read: each line must be such as cash = 12000"),
        (b"cash = '12k'", "brand.toml in the workspace cannot be used. cash must be a number"),
        (b"\xff\xfe", "brand.toml in the workspace is no text file that can be read. Delete it."),
    ],
)
def test_a_damaged_file_is_named_and_the_workbooks_open_without_it(place, content, sentence):
    save_orders(read_orders([("report.txt", amazon(amazon_row()))], workspace=place), place)
    (place.folder / "brand.toml").write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        saved_account(place)
    opened = current_orders(place)
    assert sentence in opened.remark
    assert opened.orders.account == BrandAccount()
    assert opened.brand == "Your brand"


# ---------------------------------------------------------------- where it is used


def opened(place: Workspace) -> Opened:
    """A brand with two orders in dollars and one in euros, in two months."""
    rows = [
        amazon_row(amazon_order_id=f"111-{at}", purchase_date=f"2026-0{at}-01T05:00:00+00:00", currency=code)
        for at, code in ((3, "USD"), (4, "USD"), (5, "EUR"))
    ]
    save_orders(read_orders([("report.txt", amazon(*rows))], workspace=place), place)
    return current_orders(place)


def test_it_names_the_brand_and_chooses_the_currency_that_it_sells_in(place):
    assert (opened(place).brand, opened(place).currency) == ("Your brand", "USD")
    save_account(place, name="Hearth", currency="EUR")
    assert (opened(place).brand, opened(place).currency) == ("Hearth", "EUR")


def test_a_currency_in_which_nothing_was_sold_is_said_and_its_money_not_used(place):
    before = what_if_it_stopped(opened(place).orders).settings
    save_account(place, currency="GBP", cash=77_777)
    found = opened(place)
    assert found.currency == "USD"
    assert "Your brand's account is in GBP, in which nothing was sold" in found.remark
    assert what_if_it_stopped(found.orders).settings == before


def test_every_workbook_starts_from_it(place):
    save_account(place, cash=12_345.5, fixed_costs=4_321, horizon_months=30, discount_rate=0.125)
    orders = opened(place).orders
    stop = what_if_it_stopped(orders)
    assert (stop.settings.cash, stop.settings.fixed_costs) == (12_345.5, 4_321)
    worth = what_a_customer_is_worth(lifetimes(orders)).settings
    assert (worth.horizon_months, worth.discount_rate) == (30, 0.125)
    plan = todays_plan(orders).plan
    assert (plan.cash, plan.fixed_costs, plan.horizon_months, plan.discount_rate) == (
        *(12_345.5, 4_321, 30, 0.125),
    )
    declared = stop.numbers["cash"][1]
    assert declared.source == "Your brand's account (brand.toml)"
    assert not [note for note in stop.answer.notes if "Cash" in note]


def test_a_horizon_beyond_what_a_workbook_counts_is_as_far_as_it_goes(place):
    save_account(place, horizon_months=120, cash=0, discount_rate=0)
    orders = opened(place).orders
    assert what_a_customer_is_worth(lifetimes(orders)).settings.horizon_months == 60
    assert todays_plan(orders).plan.horizon_months == 120
    assert what_if_it_stopped(orders).settings.cash == 0


def test_the_sample_brand_keeps_its_own_numbers(place):
    save_account(place, name="Hearth", cash=77_777)
    sample = current_orders(place)
    assert sample.is_sample
    assert sample.orders.account == BrandAccount()
    assert "sample brand" in sample.brand
