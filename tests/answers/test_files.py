"""What the first page says of each file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ownchannel.answers import files_html, what_was_opened
from ownchannel.orders import SIDE_TABLES, FileReport, Opened, Report, read_orders
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

SETTLEMENT = FileReport(
    name="settlement.txt",
    format="Amazon settlement",
    encoding="utf-8",
    rows_in=3,
    accepted=3,
    money={"EUR": {"in": Decimal("9.50"), "accepted": Decimal("9.50"), "rejected": Decimal(0)}},
    dates=(date(2026, 3, 1), date(2026, 3, 14)),
    warnings=("This report names no products.",),
    reconciled=True,
    difference=Decimal(0),
    unclassified={"Pilot <b>Credit</b>": Decimal("7.35")},
    gives="entries",
    summary="The fees of 2 orders.",
)


def shown(*files: FileReport, remark: str = "", left_aside: tuple[str, ...] = ()) -> str:
    return files_html(Report(files, left_aside=left_aside, remark=remark))


def test_a_card_says_what_the_file_adds_and_whether_it_adds_up():
    html = shown(SETTLEMENT)
    assert "✓ read" in html
    assert "✓ adds up to the cent" in html
    assert "Amazon settlement · 1 Mar 2026 to 14 Mar 2026" in html
    assert "<p>The fees of 2 orders.</p>" in html
    assert "This report names no products." in html
    assert "Unrecognised charges: Pilot &lt;b&gt;Credit&lt;/b&gt; €7.35." in html


def test_what_does_not_add_up_is_shown_with_the_difference():
    html = shown(replace(SETTLEMENT, reconciled=False, difference=Decimal("-0.01")))
    assert "✗ does not add up: €0.01 off" in html
    assert "adds up to the cent" not in html


def test_a_file_without_a_sum_of_its_own_has_no_mark_for_it():
    assert "✓ add" not in shown(replace(SETTLEMENT, reconciled=None, difference=None))


def test_a_file_that_was_not_read_says_why():
    html = shown(FileReport("photo.png", "", warnings=("It is a picture.",)))
    assert "✗ not read" in html
    assert "It is a picture." in html
    assert "Nothing in this file was used." in html


def test_a_file_whose_rows_other_files_hold_says_so():
    html = shown(replace(SETTLEMENT, summary="", accepted=0, duplicates=3))
    assert "Everything in it is in other files already." in html


def test_rows_are_counted_behind_a_fold_by_what_they_are():
    html = shown(SETTLEMENT)
    folded = html[html.index("<details>") :]
    assert "<summary>Row by row</summary>" in folded
    assert "bookings" in folded
    assert "€9.50" in folded
    assert "order lines" not in html


def test_a_lost_key_and_skipped_files_are_named():
    html = shown(SETTLEMENT, remark="The key is lost.", left_aside=("a.txt", "b.txt", "c.txt", "d.txt"))
    assert html.startswith('<ul class="oc-notes oc-warnings"><li>The key is lost.</li></ul>')
    assert "4 files (a.txt, b.txt, c.txt, …)" in html


@pytest.mark.parametrize(
    ("files", "first", "second"),
    [
        ([("a.txt", amazon(amazon_row()))], "Amazon's transactions report", "what your goods cost"),
        ([("s.csv", shopify(shopify_row()))], "what your goods cost", "Shopify's export of payment"),
    ],
)
def test_the_file_that_would_add_most_is_asked_for_first(files, first, second, tmp_path):
    orders = read_orders(files, workspace=tmp_path)
    steps = what_was_opened(Opened.of(orders, is_sample=False)).next_steps
    assert first in steps[0]
    assert second in steps[1]
    assert "How dependent are you?" in steps[2]
    assert "This brand is made up" in what_was_opened(Opened.of(orders, is_sample=True)).next_steps[0]


def test_sales_in_another_currency_are_left_out_and_it_is_said(tmp_path):
    in_euro = amazon_row(amazon_order_id="111-2", currency="EUR")
    orders = read_orders(
        ("a.txt", amazon(amazon_row(), amazon_row(amazon_order_id="111-3"), in_euro)), workspace=tmp_path
    )
    answer = what_was_opened(Opened.of(orders, is_sample=False))
    assert answer.notes == ("Amounts are in USD. Sales in EUR are left out.",)


@pytest.mark.parametrize("gives", ["lines", "entries", "customers", *SIDE_TABLES])
def test_a_file_of_any_kind_has_its_card(gives):
    file = FileReport("a.csv", "Some report", "utf-8", rows_in=3, accepted=3, gives=gives)
    html = files_html(Report(files=(file,)))
    assert file.rows_are in html and file.rows_are.endswith("s")
    assert "a.csv" in str(Report(files=(file,)))
