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
RATES = b"date,from,to,rate\n2026-03-01,EUR,USD,1.10\n"


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Opening:
    return Opening(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture
def small_sample(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample brand of two orders, sooner read than the large one."""
    folder = tmp_path_factory.mktemp("samples")
    for name, content in FILES:
        (folder / f"sample_{Path(name).stem}.txt").write_bytes(content)
    monkeypatch.setattr("ownchannel.orders._import._SAMPLES", (folder,))


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


def test_a_file_that_cannot_be_read_leaves_the_answer_and_stays_with_its_reason(start, tmp_path: Path):
    start.add(FILES)
    before = start.answer
    start._folder.value = str(tmp_path / "nowhere")
    start._read_folder.click()
    assert start.answer.numbers == before.numbers
    assert "Not read, and in the list with its reason: nowhere." in start._said.html
    assert "no such file or folder" in start._files.html
    assert "✗ not read" in start._files.html
    press(start, "nowhere")
    assert "nowhere" not in start._files.html
    assert "Removed: nowhere." in start._said.html


def test_files_in_which_nothing_was_sold_leave_the_sample_brand_and_say_so(tmp_path: Path, small_sample):
    start = Opening(Workspace(tmp_path))
    start.add([("rates.csv", RATES)], timezone="UTC")
    assert start.opened.is_sample
    assert "No sales were found" in start._said.html
    assert "rates.csv" in start._files.html
    assert "rates.csv" in Opening(Workspace(tmp_path))._files.html


def test_files_are_added_one_after_the_other_and_each_can_be_removed(tmp_path: Path, small_sample):
    start = Opening(Workspace(tmp_path))
    assert "<button" not in start._files.html
    for file, channels in zip(FILES, (["Amazon.com"], ["Amazon.com", "Shopify"]), strict=True):
        start._upload.hand_in([file])
        assert [*start.opened.orders.channels()] == channels
    assert "rented 50% from Amazon.com" in start.answer.plain_sentence
    again = Opening(Workspace(tmp_path))
    assert again.answer.numbers == start.answer.numbers
    assert again._files.html == start._files.html
    assert 'value="report.txt" aria-label="Remove report.txt">Remove</button>' in again._files.html
    press(again, "report.txt")
    assert [*again.opened.orders.channels()] == ["Shopify"]
    assert "Amazon" not in again.answer.plain_sentence
    press(again, "report.txt")
    assert "No file in the list is called report.txt: there are shop.csv." in again._said.html
    press(again, "shop.csv")
    assert again.opened.is_sample
    assert "<button" not in again._files.html


def press(page: Opening, name: str) -> None:
    """Press Remove beside a file; without a name, Remove all."""
    page._files._handle_custom_msg({"pressed": name}, [])


@pytest.mark.parametrize("what", ["Remove all", "Use the sample brand"])
def test_what_takes_all_files_asks_first(tmp_path: Path, what: str, small_sample):
    start = Opening(Workspace(tmp_path))
    start.add(FILES)

    def ask() -> None:
        press(start, "") if what == "Remove all" else start._sample.click()

    ask()
    assert f"All {'your ' * (what != 'Remove all')}files will be removed" in start._said.html
    start.add(FILES)  # something else in between: it asks again
    ask()
    assert not start.opened.is_sample
    ask()
    assert start.opened.is_sample
    assert current_orders(start._workspace).is_sample
    assert not list((tmp_path / "files").iterdir())
    start._sample.click()  # nothing to lose any more
    assert "will be removed" not in start._said.html


@pytest.mark.parametrize(("written", "meant"), [("são paulo", "America/Sao_Paulo"), ("UTC", "UTC")])
def test_a_city_names_its_time_zone(tmp_path: Path, written: str, meant: str, small_sample):
    start = Opening(Workspace(tmp_path))
    start._timezone.value = written
    start._upload.hand_in(FILES)
    assert start._timezone.value == start.opened.orders.report.timezone == meant
    assert Opening(Workspace(tmp_path))._timezone.value == meant


def test_an_unknown_time_zone_is_refused_in_a_sentence_and_nothing_changes(start):
    before = start.answer
    start._timezone.value = "Mars/Olympus"
    start._upload.hand_in(FILES)
    assert "no time zone &#x27;Mars/Olympus&#x27;" in start._said.html
    assert start.answer is before


def test_no_address_is_on_the_page(start):
    start.add(FILES, timezone="UTC")
    shown = str(start) + start._files.html + start.answer._repr_html_()
    assert "buyer@example.com" not in shown


def test_money_of_several_currencies_is_shown_in_one_where_rates_are_read(tmp_path: Path, small_sample):
    pan = amazon_row(amazon_order_id="111-0000000-0000009", currency="EUR", item_price="100.00")
    orders = ("report.txt", amazon(amazon_row(), amazon_row(amazon_order_id="111-2"), pan))
    rates = ("rates.csv", RATES)
    start = Opening(Workspace(tmp_path))
    start.add([orders, rates], timezone="UTC")
    assert dict(start.answer.numbers)["Revenue, all files"] == "$278"
    assert start.opened.remark == "Money in EUR is shown in USD, at the rate of each day."
    assert current_orders(Workspace(tmp_path)).orders.currencies() == ("USD",)
    start.add([orders, ("rates.csv", rates[1].replace(b"2026", b"2024"))], timezone="UTC")
    assert start.opened.remark.startswith(
        "Money stays in USD, EUR. Exchange rates are missing, first for: EUR"
    )
    assert dict(start.answer.numbers)["Revenue, all files"] == "$168"


def test_a_customer_is_forgotten_and_the_address_is_not_kept(tmp_path: Path, small_sample):
    start = Opening(Workspace(tmp_path))
    start.add(FILES, timezone="UTC")
    assert dict(start.answer.numbers)["Buyers you know"] == "1"
    start._forget._customer.value = " Buyer@Example.com "
    start._forget._button.click()
    assert start._forget._customer.value == ""
    assert "Press Forget again" in start._forget.outcome.html
    assert dict(start.answer.numbers)["Buyers you know"] == "1"
    start._forget._button.click()
    assert "The customer is forgotten: 1 order line now without a customer." in start._forget.outcome.html
    assert dict(start.answer.numbers)["Buyers you know"] == "0"
    start.add(FILES, timezone="UTC")
    assert dict(start.answer.numbers)["Buyers you know"] == "0"


def test_what_is_no_customer_is_refused_without_repeating_it(tmp_path: Path, small_sample):
    start = Opening(Workspace(tmp_path))
    start._forget._customer.value = "Ann Smith"
    start._forget._button.click()
    start._forget._button.click()
    assert "neither an e-mail address nor a customer" in start._forget.outcome.html
    assert "Smith" not in start._forget.outcome.html
    start._forget._button.click()
    assert "neither" in start._forget.outcome.html
