"""The first page: files in, an answer and an account of them out."""

from pathlib import Path

import pytest

from ownchannel import Workspace
from ownchannel.orders.saved import current_orders
from ownchannel.panels.opening import Opening
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
    assert "69%" in start.answer.plain_sentence
    assert "Hearth & Ladle" in repr(start)
    assert "What was not, and why: 44 rows" in start._files.html


def test_an_upload_is_read_kept_and_shown(start):
    start._upload.hand_in(FILES)
    assert not start.opened.is_sample
    assert start.answer.plain_sentence == (
        "You rent 50% of your revenue from marketplaces, and you know who bought in 50% of your orders."
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
    shown = repr(start) + start._files.html + start.answer._repr_html_()
    assert "buyer@example.com" not in shown
