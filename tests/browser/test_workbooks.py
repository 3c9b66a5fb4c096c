"""The workbooks themselves in a real browser, in JupyterLab and in Voilà."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ownchannel.answers import Answer, what_if_it_stopped
from ownchannel.orders import sample_orders
from ownchannel.panels import Panel
from ownchannel.workspace import Workspace
from tests.browser import harness
from tests.browser.harness import press, sentence, tile
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

pytestmark = pytest.mark.browser

Open = Callable[[Path], Page]


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """The panel of workbook 01, computed here and not by the page's kernel."""
    return Panel(what_if_it_stopped(sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))))


def assert_panel_shows(page: Page, expected: Answer) -> None:
    shown = page.locator(".oc-panel")
    expect(sentence(shown)).to_have_text(expected.plain_sentence)
    for label, value in expected.numbers:
        expect(tile(shown, label)).to_have_text(value)
    for place, chart in enumerate(expected.charts):
        series = [
            [round(float(y), 6) for y in trace.y] for trace in chart.figure.data if trace.orientation != "h"
        ]
        if series:
            harness.unfold(page)
            plot = shown.locator(".oc-plot").nth(place)
            plot.scroll_into_view_if_needed()
            expect(plot).to_have_attribute("aria-label", chart.caption)
            page.wait_for_function(  # what loads above may push a chart out of sight, where it is not drawn
                """([place, wanted]) => {
                    const gd = document.querySelectorAll(".oc-panel .oc-plot")[place];
                    gd.scrollIntoView({ block: "nearest" });
                    const drawn = (gd._fullData ?? []).map(({y}) => Array.from(y, Number));
                    return drawn.length === wanted.length && wanted.every((series, i) =>
                        series.every((value, j) => Math.abs(value - drawn[i][j]) < 1e-5));
                }""",
                arg=[place, series],
            )


def test_in_voila_sentence_numbers_and_charts_follow_the_keyboard(
    open_voila: Open, served: Path, panel: Panel, requests: list[str]
) -> None:
    page = open_voila(served / "01_marketplace_dependence.ipynb")
    assert_panel_shows(page, panel.answer)
    press(page, "Length of the stop", "ArrowRight", "ArrowRight")
    assert_panel_shows(page, panel.at(downtime_months=5))
    press(page, "Fee rise", "ArrowRight", "ArrowRight")
    assert_panel_shows(page, panel.at(downtime_months=5, fee_rise=0.03))
    page.get_by_role("button", name="Reset").press("Enter")
    assert_panel_shows(page, panel.answer)
    assert any(address.startswith("ws://") for address in requests)
    assert harness.outside_loopback(requests) == []


@pytest.mark.parametrize(
    ("name", "label", "opens_with"),
    [
        ("02_customer_lifetime_value", "Horizon", "A new customer leaves you about"),
        ("03_repeat_purchase", "More customers return", "order again within a year"),
    ],
)
def test_in_voila_the_later_workbooks_open_and_follow_the_keyboard(
    open_voila: Open, served: Path, name: str, label: str, opens_with: str
) -> None:
    page = open_voila(served / f"{name}.ipynb")
    shown = page.locator(".oc-panel")
    expect(sentence(shown)).to_contain_text(opens_with)
    before = sentence(shown).inner_text()
    plot = shown.locator(".oc-plot").first
    plot.scroll_into_view_if_needed()
    caption = plot.get_attribute("aria-label")
    press(page, label, "ArrowRight", "ArrowRight")
    expect(sentence(shown)).not_to_have_text(before)
    expect(plot).not_to_have_attribute("aria-label", str(caption))
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0


def test_in_jupyterlab_a_reloaded_page_shows_the_current_answer(
    open_lab: Open, workbooks: Path, panel: Panel, requests: list[str]
) -> None:
    page = open_lab(workbooks / "01_marketplace_dependence.ipynb")
    expect(page.locator(".jp-RenderedPlotly.js-plotly-plot").first).to_be_attached()  # saved, not yet run
    harness.run_all(page)
    press(page, "Length of the stop", "ArrowRight", "ArrowRight", "ArrowRight")
    expected = panel.at(downtime_months=6)
    assert_panel_shows(page, expected)
    harness.save_and_reload(page)
    assert_panel_shows(page, expected)
    assert harness.outside_loopback(requests) == []


def test_files_handed_in_at_the_first_workbook_open_the_second(
    open_voila: Open, workbooks: Path, tmp_path: Path
) -> None:
    (tmp_path / "report.txt").write_bytes(amazon(amazon_row(), amazon_row(item_price="??")))
    (tmp_path / "shop.csv").write_bytes(shopify(shopify_row()))
    page = open_voila(workbooks / "00_start_here.ipynb")
    expect(sentence(page)).to_contain_text("you owned 36% of your revenue and rented 64%")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files([tmp_path / "report.txt", tmp_path / "shop.csv"])
    expect(sentence(page)).to_contain_text("you owned 50% of your revenue and rented 50%")
    page.get_by_text("What could not be used, and why").click()
    expect(page.get_by_text("is not an amount that can be read")).to_be_visible()
    page.get_by_role("link", name="How dependent are you?", exact=True).click()
    expect(sentence(page)).to_contain_text("Your files cover no complete month", timeout=90_000)
    expect(page.get_by_text("Your brand")).to_be_visible()
    assert "buyer@example.com" not in page.content()


def test_files_are_added_and_removed_by_keyboard_alone(
    open_voila: Open, workbooks: Path, tmp_path: Path
) -> None:
    files = {
        "report.txt": amazon(amazon_row()),
        "shop.csv": shopify(shopify_row()),
        "sign-in.csv": b"<html>Sign in</html>",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    page = open_voila(workbooks / "00_start_here.ipynb")

    def add(name: str) -> None:
        with page.expect_file_chooser() as chooser:
            page.get_by_label("Choose files").press("Enter")
        chooser.value.set_files(tmp_path / name)
        expect(page.locator(".oc-files")).to_contain_text(name)

    def remove(name: str) -> Locator:
        return page.get_by_role("button", name=f"Remove {name}", exact=True)

    add("report.txt")
    expect(sentence(page)).not_to_contain_text("own store")
    add("shop.csv")
    expect(sentence(page)).to_contain_text("rented 50% from Amazon.com")
    answer = sentence(page).inner_text()
    add("sign-in.csv")
    expect(page.locator(".oc-files")).to_contain_text("It is a web page")
    expect(sentence(page)).to_have_text(answer)
    remove("sign-in.csv").press("Enter")
    expect(page.locator(".oc-files li", has_text="sign-in.csv")).to_have_count(0)
    expect(remove("shop.csv")).to_be_focused()
    remove("report.txt").press("Enter")
    expect(sentence(page)).not_to_contain_text("Amazon.com")
    remove("all files").press("Enter")
    expect(page.get_by_text("Press Remove all again to do so.")).to_be_visible()
    expect(sentence(page)).not_to_contain_text("rented 64%")
    remove("all files").press("Enter")
    expect(sentence(page)).to_contain_text("rented 64%")
    expect(remove("all files")).to_have_count(0)
