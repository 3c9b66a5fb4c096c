"""A file that is not recognised: its columns are asked for once, shown as they would be read, remembered."""

from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import MappingLibrary
from ownchannel.panels import Opening
from ownchannel.workspace import Workspace, save_account
from tests.orders.exports import shopify, shopify_row

ROWS = "Nr;Datum;Summe;Netto;Versand;E-Mail;Name\n"
TILL = (ROWS + "1;03.04.2026;12,90;10,84;4,90;ann@example.com;Ann Roe\n").encode()
MAY = (ROWS + "2;01.05.2026;24,50;20,59;0,00;bob@example.com;Bob Roe\n").encode()


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opening:
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "shop.csv").write_bytes(shopify(shopify_row()))
    monkeypatch.setattr("ownchannel.orders._import._SAMPLES", (samples,))
    return Opening(Workspace(tmp_path / "workspace"))


def choose(page: Opening, **values: str) -> None:
    page._form.values = page._form.values | values


def press(page: Opening, what: str) -> None:
    page._form._handle_custom_msg({"pressed": what}, [])


def goods(page: Opening) -> Decimal:
    return sum(page.opened.orders.table["item_value"], Decimal(0))


def test_a_file_that_is_not_recognised_is_asked_about_read_and_the_next_is_read_at_once(
    start: Opening,
) -> None:
    start._upload.hand_in([("till.csv", TILL)])
    assert start._form.words["title"] == "Which column of till.csv holds what?"
    assert "Name the columns of till.csv below." in start._said.html
    assert 'value="\ttill.csv" aria-label="Name its columns: till.csv"' in start._files.html
    assert "Choose first: order number, goods: total of the row and currency." in start._form.preview
    press(start, "read")
    assert "Choose first: order number" in start._said.html
    choose(start, order_id="nr", item_value="summe", currency="EUR")
    assert "<td>€12.90</td>" in start._form.preview.replace(' class="oc-number"', "")
    press(start, "read")
    assert (start.opened.is_sample, goods(start), start._form.words) == (False, Decimal("12.90"), {})
    assert "Added: till.csv." in start._said.html
    start._upload.hand_in([("may.csv", MAY)])
    assert (goods(start), start._form.words) == (Decimal("37.40"), {})
    assert "Read with the columns that you named for till.csv." in start._files.html


def test_what_was_named_is_changed_and_forgotten(start: Opening) -> None:
    start.add([("till.csv", TILL)])
    assert [words for _, words in start._form.words["buttons"]] == ["Read this file", "Not now"]
    choose(start, order_id="nr", item_value="summe", currency="EUR")
    press(start, "read")
    start._files._handle_custom_msg({"pressed": "\ttill.csv"}, [])
    assert start._form.values["item_value"] == "summe"
    assert [what for what, _ in start._form.words["buttons"]] == ["read", "close", "forget"]
    choose(start, item_value="netto", kind="marketplace")
    press(start, "read")
    assert (goods(start), start.opened.orders.channels()) == (
        Decimal("10.84"),
        {"Marketplace": "marketplace"},
    )
    start._files._handle_custom_msg({"pressed": "\ttill.csv"}, [])
    press(start, "forget")
    assert MappingLibrary(start._workspace).names() == ()
    assert "Forgotten: the next file with these columns is asked about." in start._said.html
    start.add([("may.csv", MAY)])
    assert start._form.name == "may.csv"


def test_several_files_are_asked_about_one_after_the_other(start: Opening) -> None:
    other = ("other.csv", b"Order,Date,Price (USD)\n7,2026-03-01,5\n")
    start.add([("till.csv", TILL), other, ("may.csv", MAY)])
    assert "Name the columns of till.csv, other.csv and may.csv below." in start._said.html
    choose(start, order_id="nr", item_value="summe", currency="EUR")
    press(start, "read")
    assert "Added: till.csv and may.csv." in start._said.html
    assert start._form.name == "other.csv"
    press(start, "close")
    assert start._form.words == {}
    start._files._handle_custom_msg({"pressed": "\tother.csv"}, [])
    start.remove("other.csv")
    assert start._form.words == {}


def test_nobody_is_shown_and_people_are_offered_for_the_customer_alone(start: Opening) -> None:
    start.add([("till.csv", TILL)])
    choose(start, order_id="nr", item_value="summe", currency="EUR")
    shown = repr(start._form.get_state()) + str(start) + start._files.html
    assert "known" in start._form.preview
    assert not [secret for secret in ("ann@", "Ann Roe") if secret in shown]
    offered = {row["name"]: [column for column, _ in row["choices"]] for row in start._form.rows}
    assert {"e-mail", "name"} <= set(offered["customer"])
    assert not [name for name in offered if name != "customer" and {"e-mail", "name"} & set(offered[name])]


def test_what_columns_do_not_prove_is_asked_in_words_of_the_page(start: Opening) -> None:
    save_account(start._workspace, currency="CAD")
    start.add([("till.csv", b"Order,Date,Price\n7,03/04/2026,5\n")])
    form = start._form
    assert form.values["currency"] == "CAD"
    assert (form.asked, form.values["day_first"]) == (["day_first"], "")
    assert "Choose above how dates are written." in form.preview
    assert "day_first" not in form.preview
    choose(start, day_first="yes")
    assert "3 Apr 2026" in form.preview
    assert form.asked == ["day_first"]  # so that it can be chosen otherwise
    choose(start, day_first="no")
    assert "4 Mar 2026" in form.preview


def test_fields_that_exclude_each_other_follow(start: Opening) -> None:
    start.add([("till.csv", TILL)])
    choose(start, order_id="nr", item_value="summe", currency="EUR")
    choose(start, unit_price="netto")
    assert (start._form.values["item_value"], start._form.mapping.unit_price) == ("", "netto")
    choose(start, item_value="summe")
    assert (start._form.values["unit_price"], start._form.mapping.item_value) == ("", "summe")
    choose(start, channel="Markt", kind="marketplace")
    assert start._form.mapping.channel == "Markt"


def test_amounts_of_the_whole_order_count_once(start: Opening) -> None:
    twice = TILL + b"1;03.04.2026;3,00;2,00;4,90;ann@example.com;Ann Roe\n"
    start.add([("till.csv", twice)])
    choose(start, order_id="nr", item_value="summe", currency="EUR")
    assert "choose above that these amounts belong to the whole order" in start._form.preview.replace(
        "say", ""
    )
    choose(start, of_order="all")
    assert start._form.mapping.of_order == ("shipping",)
    press(start, "read")
    assert sum(start.opened.orders.table["shipping"]) == Decimal("4.90")


def test_a_column_that_cannot_be_read_is_a_sentence_and_nothing_is_remembered(start: Opening) -> None:
    start.add([("till.csv", TILL)])
    choose(start, order_id="nr", item_value="name", currency="EUR")
    assert "No row can be read like this." in start._form.preview
    assert "name is not an amount that can be read: 1 row, the first in line 2." in start._form.preview
    assert "Ann" not in start._form.preview
    choose(start, item_value="summe", currency="summe")
    assert "summe is not a currency code" in start._form.preview
    assert MappingLibrary(start._workspace).names() == ()
