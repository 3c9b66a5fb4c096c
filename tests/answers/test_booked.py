"""The answer on what marketplaces booked."""

import pytest

from ownchannel.answers import what_the_platforms_booked
from ownchannel.orders import read_orders, sample_orders
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory):
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


def test_sentence_numbers_and_notes(orders):
    answer = what_the_platforms_booked(orders)
    assert answer.plain_sentence == (
        "Of every $100 that buyers paid on Amazon.com and Etsy, refunds took $6, selling fees $15, "
        "fulfilment $10, advertising $8 and storage and subscription $1. $60 was left for you and your goods."
    )
    assert dict(answer.numbers)["Left for you and your goods"] == "$275,559"
    assert answer.how_we_know == (
        "Booked by the platforms from 2 Oct 2024 to 30 Sep 2026.",
        "$11.55 is in unrecognised charges; the first workbook lists them by file.",
        "$268,686.46 was transferred to your bank. It is not profit: it is what was left, moved.",
    )
    assert answer.notes == ("Amounts are in USD. Charges in EUR are left out.",)


def test_the_table_names_each_use_with_its_amount(orders):
    table = what_the_platforms_booked(orders).table.set_index(["Channel", "What was booked"])
    amount_and_share = table[["Amount", "Of 100 sold there"]].T
    assert amount_and_share["Amazon.com", "Advertising"].tolist() == ["-$36,448.56", "-8.13"]
    assert amount_and_share["Etsy", "Advertising"].tolist() == ["-$365.82", "-4.06"]
    assert amount_and_share["Etsy", "Picking, packing, sending"].tolist() == ["-$1,072.74", "-11.92"]
    assert table.loc[("Amazon.com", "Unrecognised charges"), "Amount"] == "$11.55"
    assert set(table.xs("Transfers to your bank (not profit)", level=1)["Of 100 sold there"]) == {""}


def test_without_bookings_it_says_which_file_would_show_it(tmp_path):
    answer = what_the_platforms_booked(read_orders(("a.txt", amazon(amazon_row())), workspace=tmp_path))
    assert answer.sentence.startswith(
        "No file shows what a marketplace charged in USD. Add Amazon's settlements"
    )
    assert not answer.charts
