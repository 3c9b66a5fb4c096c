"""The first page: files in, an answer and an account of them out."""

from pathlib import Path

import pytest

from ownchannel.orders import current_orders
from ownchannel.panels import Opening
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

FILES = [
    ("report.txt", amazon(amazon_row(), amazon_row(item_price="??"))),
    ("shop.csv", shopify(shopify_row())),
]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    return Opening(Workspace(tmp_path_factory.mktemp("workspace")))


def test_without_files_it_shows_the_sample_brand(start):
    assert start.opened.is_sample
    assert "rented 64% from marketplaces" in start.answer.plain_sentence
    assert "Hearth & Ladle" in repr(start)
    assert len(repr(start)) < 1_000 < len(str(start))
    assert "What could not be used, and why: 44 rows" in start._files.html


def test_an_upload_is_read_kept_and_shown(start):
    start._upload.hand_in(FILES)
    assert not start.opened.is_sample
    assert start.answer.plain_sentence == (
        "So far you owned 50% of your revenue and rented 50% from Amazon.com. You know who placed 50% "
        "of the orders in your files and may write to 1 customer."
    )
    assert "is not an amount that can be read" in start._files.html
    again = current_orders(start._workspace)
    assert not again.is_sample
    assert str(again) == "Your orders: 2 orders on Amazon.com and Shopify in USD, 1 Mar 2026 to 1 Mar 2026."


def test_files_without_sales_are_refused_in_a_sentence_and_the_kept_orders_stay(start, tmp_path: Path):
    start.read(FILES)
    start._folder.value = str(tmp_path / "nowhere")
    start._read_folder.click()
    with pytest.raises(ValueError, match="No sales were found"):
        _ = start.answer
    assert "no such file or folder" in start._files.html
    assert "✗ not read" in start._files.html
    assert not current_orders(start._workspace).is_sample


def test_an_unknown_time_zone_is_refused_in_a_sentence(start):
    start._timezone.value = "Mars/Olympus"
    start._upload.hand_in(FILES)
    assert "no time zone 'Mars/Olympus'" in repr(start._view)


def test_the_sample_comes_back_at_a_click(start):
    start.read(FILES, timezone="UTC")
    start._sample.click()
    assert start.opened.is_sample
    assert current_orders(start._workspace).is_sample


def test_no_address_is_on_the_page(start):
    start.read(FILES, timezone="UTC")
    shown = str(start) + start._files.html + start.answer._repr_html_()
    assert "buyer@example.com" not in shown


def test_money_of_several_currencies_is_shown_in_one_where_rates_are_read(tmp_path: Path):
    pan = amazon_row(amazon_order_id="111-0000000-0000009", currency="EUR", item_price="100.00")
    orders = ("report.txt", amazon(amazon_row(), amazon_row(amazon_order_id="111-2"), pan))
    rates = ("rates.csv", b"date,from,to,rate\n2026-03-01,EUR,USD,1.10\n")
    start = Opening(Workspace(tmp_path))
    start.read([orders, rates], timezone="UTC")
    assert dict(start.answer.numbers)["Revenue, all files"] == "$278"
    assert start.opened.remark == "Money in EUR is shown in USD, at the rate of each day."
    assert current_orders(Workspace(tmp_path)).orders.currencies() == ("USD",)
    start.read([orders, ("rates.csv", rates[1].replace(b"2026", b"2024"))], timezone="UTC")
    assert start.opened.remark.startswith(
        "Money stays in USD, EUR. Exchange rates are missing, first for: EUR"
    )
    assert dict(start.answer.numbers)["Revenue, all files"] == "$168"


def test_a_customer_is_forgotten_and_the_address_is_not_kept(tmp_path: Path):
    start = Opening(Workspace(tmp_path))
    start.read(FILES, timezone="UTC")
    assert dict(start.answer.numbers)["Buyers you know"] == "1"
    start._forget._customer.value = " Buyer@Example.com "
    start._forget._button.click()
    assert start._forget._customer.value == ""
    assert "The customer is forgotten: 1 order line now without a customer." in start._forget.outcome.html
    assert dict(start.answer.numbers)["Buyers you know"] == "0"
    start.read(FILES, timezone="UTC")
    assert dict(start.answer.numbers)["Buyers you know"] == "0"


def test_what_is_no_customer_is_refused_without_repeating_it(tmp_path: Path):
    start = Opening(Workspace(tmp_path))
    start._forget._customer.value = "Ann Smith"
    start._forget._button.click()
    assert "neither an e-mail address nor a customer" in start._forget.outcome.html
    assert "Smith" not in start._forget.outcome.html
    start._forget._button.click()
    assert "neither" in start._forget.outcome.html
