"""A panel in a real browser: in JupyterLab and in Voilà the page follows the keyboard, and stays current."""

import http.client
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser import harness
from tests.browser.harness import chart_data, press, sentence, slider_by_label, tile
from tests.panels import toy

pytestmark = pytest.mark.browser

Open = Callable[[Path], Page]


@pytest.fixture(scope="module")
def notebook(served: Path) -> Path:
    return write_notebook(served / "rent_or_own.ipynb", "panel", "panel.at(fee=0.2)")


def write_notebook(path: Path, panel: str, *more: str) -> Path:
    """A notebook whose one hidden cell is the toy workbook and ends with `panel`."""
    source = Path(toy.__file__).read_text(encoding="utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# Rent or own?\n\nMove a slider."),
        nbformat.v4.new_code_cell(f"{source}\n{panel}", metadata={"jupyter": {"source_hidden": True}}),
        *map(nbformat.v4.new_code_cell, more),
    ]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="module")
def folded(served: Path) -> Path:
    """The toy workbook with a few sliders in sight, a risk with a switch, and the rest folded away."""
    panel = 'Panel(Question(Rent(), answer, "USD", first=["order_value", "fee"], switches=["months"]))'
    return write_notebook(served / "folded.ipynb", panel)


def assert_page_shows(page: Page, rent: toy.Rent) -> None:
    """Sentence, tiles and both charts are those of `rent`, as computed here and not by the page's kernel."""
    expected = toy.answer(rent)
    expect(sentence(page)).to_have_text(expected.plain_sentence)
    for label, value in expected.numbers:
        expect(tile(page, label)).to_have_text(value)
    for index, chart in enumerate(expected.charts):
        expect(page.locator(".oc-plot").nth(index)).to_have_attribute("aria-label", chart.caption)
        harness.wait_for_data(page, index, [list(trace.y) for trace in chart.figure.data])
        assert [drawn["x"] for drawn in chart_data(page, index)] == [
            list(trace.x) for trace in chart.figure.data
        ]


def test_voila_follows_the_keyboard_and_asks_nothing_of_the_internet(
    open_voila: Open, notebook: Path, requests: list[str]
) -> None:
    page = open_voila(notebook)
    expect(page).to_have_title("Rent or own?")
    assert_page_shows(page, toy.Rent())
    press(page, "Referral fee", "ArrowRight", "ArrowUp")
    assert_page_shows(page, toy.Rent(fee=0.17))
    press(page, "Months without the marketplace", "End")
    assert_page_shows(page, toy.Rent(fee=0.17, months=12))
    press(page, "Growth budget", "PageUp")
    assert_page_shows(page, toy.Rent(fee=0.17, months=12, budget=6_000))
    page.get_by_role("button", name="Reset").press("Enter")
    assert_page_shows(page, toy.Rent())
    still = page.locator(".oc-page .oc-sentence").last
    expect(still).to_have_text(toy.answer(toy.Rent(fee=0.2)).plain_sentence)
    expect(page.locator(".oc-page .oc-table").last).to_contain_text("$21,120")
    expect(page.locator("mjx-container")).to_have_count(0)  # two sums in one line are no formula
    assert any(address.startswith("ws://") for address in requests)
    assert harness.outside_loopback(requests) == []


def test_a_problem_stands_in_place_of_the_answer_until_the_next_move(
    open_voila: Open, notebook: Path
) -> None:
    page = open_voila(notebook)
    press(page, "Referral fee", "End")
    expect(page.locator(".oc-problem")).to_contain_text("Above a fee of 40%")
    expect(page.locator(".oc-plot").first).to_be_hidden()
    press(page, "Referral fee", "Home")
    assert_page_shows(page, toy.Rent(fee=0))


def test_every_control_has_a_name_a_value_in_words_and_a_place_in_the_tab_order(
    open_voila: Open, notebook: Path
) -> None:
    page = open_voila(notebook)
    fee = slider_by_label(page, "Referral fee")
    expect(fee).to_have_attribute("aria-valuetext", "15%")
    fee.focus()
    page.keyboard.press("Tab")
    about = page.get_by_label("About Referral fee")
    expect(about).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Source: The marketplace's fee schedule (official).")).to_be_visible()
    page.keyboard.press("Tab")
    expect(slider_by_label(page, "Months without the marketplace")).to_be_focused()
    expect(page.locator("[aria-live=polite] .oc-sentence")).to_be_visible()


def test_a_fold_opens_with_the_keyboard_stays_open_and_tells_what_moved_inside(
    open_voila: Open, folded: Path
) -> None:
    page = open_voila(folded)
    fold = page.locator(".oc-fold > summary")
    expect(slider_by_label(page, "Growth budget")).to_have_count(0)  # hidden from a screen reader too
    page.get_by_role("tab", name="Key settings").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Advanced")).to_be_focused()
    expect(fold).to_have_text("Your own shop2 sliders")
    page.keyboard.press("Tab")
    expect(fold).to_be_focused()
    page.keyboard.press("Enter")
    press(page, "Growth budget", "PageUp")
    assert_page_shows(page, toy.Rent(budget=6_000))
    expect(fold).to_have_text("Your own shop2 sliders1 moved")
    expect(slider_by_label(page, "Growth budget")).to_be_visible()
    press(page, "Growth budget", "PageDown")
    expect(fold).to_have_text("Your own shop2 sliders")


def test_a_switch_turns_a_setting_off_and_on_again_to_where_it_stood(open_voila: Open, folded: Path) -> None:
    page = open_voila(folded)
    page.get_by_role("tab", name="Risks").click()
    slider = slider_by_label(page, "Months without the marketplace")
    switch = page.get_by_role("switch", name="Months without the marketplace", exact=True)
    press(page, "Months without the marketplace", "ArrowRight", "ArrowRight")
    expect(switch).to_be_checked()
    switch.press("Space")
    assert_page_shows(page, toy.Rent(months=0))
    expect(slider).to_be_disabled()
    expect(slider).to_have_attribute("aria-valuetext", "off")
    switch.press("Space")
    assert_page_shows(page, toy.Rent(months=3))
    expect(slider).to_be_enabled()

    press(page, "Months without the marketplace", "Home")  # dragged to nothing is off, and keeps the focus
    expect(switch).not_to_be_checked()
    expect(slider).to_be_focused()
    press(page, "Months without the marketplace", "ArrowRight")
    assert_page_shows(page, toy.Rent(months=1))
    expect(switch).to_be_checked()


def test_undo_by_button_and_by_key_goes_back_a_burst_at_a_time(open_voila: Open, folded: Path) -> None:
    page = open_voila(folded)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    slider_by_label(page, "Referral fee").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert_page_shows(page, toy.Rent(fee=0.19))
    press(page, "Months without the marketplace", "End")
    assert_page_shows(page, toy.Rent(fee=0.19, months=12))
    page.get_by_role("switch").press("Space")
    assert_page_shows(page, toy.Rent(fee=0.19, months=0))
    page.keyboard.press("Control+z")
    assert_page_shows(page, toy.Rent(fee=0.19, months=12))
    expect(page.get_by_role("switch")).to_be_checked()
    undo.press("Enter")
    assert_page_shows(page, toy.Rent(fee=0.19))
    undo.press("Enter")
    assert_page_shows(page, toy.Rent())
    expect(undo).to_be_disabled()


def test_the_answer_stands_beside_its_sliders_and_on_a_narrow_page_above_them(
    open_voila: Open, notebook: Path
) -> None:
    page = open_voila(notebook)
    boxes = (
        "['.oc-controls', '.oc-sentence'].map(part => document.querySelector(part).getBoundingClientRect())"
    )
    page.wait_for_function(f"() => {{ const [left, right] = {boxes}; return left.right <= right.left }}")
    page.set_viewport_size({"width": 600, "height": 900})
    page.wait_for_function(f"() => {{ const [below, above] = {boxes}; return above.bottom <= below.top }}")
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")


def test_voila_lists_the_workbooks_and_refuses_who_brings_no_token(
    page: Page, app: str, notebook: Path, requests: list[str]
) -> None:
    page.goto(app)
    expect(page.get_by_role("link", name="Rent or own", exact=True)).to_be_visible()
    assert harness.outside_loopback(requests) == []

    at = urlsplit(app)
    with closing(http.client.HTTPConnection(at.hostname or "", at.port)) as stranger:
        stranger.request("GET", f"/voila/render/{notebook.name}")
        answer = stranger.getresponse()
    assert (answer.status, answer.getheader("Location", "").split("?")[0]) == (302, "/login")


def test_jupyterlab_follows_the_keyboard_and_is_current_after_a_reload(
    open_lab: Open, notebook: Path, requests: list[str]
) -> None:
    page = harness.run_all(open_lab(notebook))
    assert_page_shows(page, toy.Rent())
    expect(page.locator(".jp-InputPlaceholder")).to_be_hidden()  # a hidden input leaves no stub
    press(page, "Referral fee", "ArrowRight", "ArrowRight")
    assert_page_shows(page, toy.Rent(fee=0.17))
    harness.save_and_reload(page)
    assert_page_shows(page, toy.Rent(fee=0.17))
    press(page, "Referral fee", "ArrowLeft")
    assert_page_shows(page, toy.Rent(fee=0.16))
    slider_by_label(page, "Referral fee").press("Control+z")  # the page's, and not the notebook's
    assert_page_shows(page, toy.Rent(fee=0.17))
    assert harness.outside_loopback(requests) == []


def test_charts_change_with_jupyterlabs_theme(open_lab: Open, notebook: Path) -> None:
    page = harness.run_all(open_lab(notebook))
    colour = "() => document.querySelector('.oc-plot')._fullLayout.font.color"
    light = page.evaluate(colour)
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-item", has_text="Theme").first.click()
    page.locator(".lm-Menu-item", has_text="JupyterLab Dark").first.click()
    page.wait_for_function(f"light => ({colour})() !== light", arg=light)
    press(page, "Referral fee", "ArrowRight")
    assert_page_shows(page, toy.Rent(fee=0.16))


def test_a_page_without_plotlys_extension_gets_plotly_from_the_kernel(
    page: Page, open_voila: Open, notebook: Path
) -> None:
    page.route("**/jupyterlab-plotly/**", lambda route: route.abort())
    open_voila(notebook)
    press(page, "Referral fee", "ArrowRight")
    assert_page_shows(page, toy.Rent(fee=0.16))
