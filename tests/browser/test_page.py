"""The page around every workbook: what it is called, who can read it, on paper, and when its kernel ends."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from ownchannel.answers import WORKBOOKS
from ownchannel.orders import FileList
from tests.browser import harness
from tests.browser.harness import press, sentence, slider_by_label

pytestmark = pytest.mark.browser

Open = Callable[[str], Page]

DEPENDENCE = "01_marketplace_dependence"


@pytest.fixture
def open_page(open_voila: Callable[[Path], Page], served: Path) -> Open:
    """Opens a workbook by its name."""
    return lambda name: open_voila(served / f"{name}.ipynb")


def serious(page: Page) -> list[str]:
    """What an automated audit finds that would keep somebody out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{finding['id']}: {node['html'][:160]}"
        for finding in found
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
    ]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_nobody_is_kept_out_in_light_or_dark(open_page: Open, name: str) -> None:
    page = open_page(name)
    assert serious(page) == []
    page.get_by_label("Theme").select_option("dark")
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    harness.unfold(page)
    assert serious(page) == []


def test_the_head_leads_to_every_workbook_and_marks_this_one(open_page: Open) -> None:
    page = open_page(DEPENDENCE)
    links = page.get_by_role("navigation", name="Workbooks").get_by_role("link")
    expect(links).to_have_text(["All answers", *WORKBOOKS.values()])
    along = page.get_by_role("navigation", name="Back and next").get_by_role("link")
    expect(along).to_have_text(["← What do you own?", "What is a customer worth? →"])
    expect(links.and_(page.locator("[aria-current=page]"))).to_have_text(WORKBOOKS[DEPENDENCE])
    expect(page.locator("h1")).to_contain_text(WORKBOOKS[DEPENDENCE])
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the answer")).to_be_focused()


def test_the_list_answers_every_question_and_a_page_answers_before_its_kernel(page: Page, app: str) -> None:
    page.goto(app)
    answers = page.locator(".workbooks .oc-sentence")
    expect(answers).to_have_count(len(WORKBOOKS), timeout=harness.READY_MS)
    first = answers.nth(list(WORKBOOKS).index(DEPENDENCE)).inner_text()
    page.get_by_role("link", name=WORKBOOKS[DEPENDENCE]).click(no_wait_after=True)
    expect(page.locator("#oc-first .oc-sentence")).to_have_text(first)
    expect(page.locator("#oc-first")).to_be_hidden(timeout=harness.READY_MS)
    expect(sentence(page)).to_have_text(first)


def test_other_orders_make_other_first_answers(
    page: Page, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNCHANNEL_WORKSPACE", str(tmp_path))
    with harness.serve_voila(root / "workbooks") as address:
        page.goto(address)
        expect(page.get_by_text("Hearth & Ladle")).to_be_visible(timeout=harness.READY_MS)
        FileList(tmp_path).add(root / "data/samples/shopify_orders_export.csv")
        page.reload()
        expect(page.get_by_text("Your brand")).to_be_visible(timeout=harness.READY_MS)
        expect(page.locator(".workbooks .oc-sentence").first).to_contain_text("you owned 91%")


def test_kernels_start_though_what_they_are_forked_from_has_ended(
    page: Page, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNCHANNEL_WORKSPACE", str(tmp_path))
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    with harness.serve_voila(root / "workbooks") as address:
        page.goto(address)
        expect(page.get_by_text("Hearth & Ladle")).to_be_visible(timeout=harness.READY_MS)
        here = [each for each in psutil.Process().children(recursive=True) if each.pid not in before]
        imported = next(each for each in here if each.children() and "spawn_main" in " ".join(each.cmdline()))
        imported.children()[0].kill()  # what has the answers
        harness.open_voila(page, address, f"{DEPENDENCE}.ipynb")
        for each in [*imported.children(), imported]:
            each.kill()
        harness.open_voila(page, address, f"{DEPENDENCE}.ipynb")


def test_a_link_in_a_fresh_browser_asks_for_the_token_and_leads_on(page: Page, app: str) -> None:
    at = urlsplit(app)
    page.goto(f"http://{at.netloc}/voila/render/{DEPENDENCE}.ipynb?plan=cut")
    expect(page.get_by_role("heading")).to_have_text("Whose page is this?")
    page.get_by_label("Token").fill(at.query.partition("token=")[2])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(WORKBOOKS[DEPENDENCE])
    assert page.url.endswith("plan=cut")
    expect(sentence(page)).to_be_visible(timeout=harness.READY_MS)


def test_settings_survive_a_reload_and_reset_forgets_them(open_page: Open) -> None:
    page = open_page(DEPENDENCE)
    opened = sentence(page).inner_text()
    press(page, "Length of the stop", "ArrowRight")  # once: after two it may show the first
    expect(sentence(page)).not_to_have_text(opened)
    moved = sentence(page).inner_text()
    page.reload()
    harness.wait_for_chart(page)
    expect(sentence(page)).to_have_text(moved)
    page.get_by_role("button", name="Reset").click()
    expect(sentence(page)).to_have_text(opened)
    page.reload()
    harness.wait_for_chart(page)
    expect(sentence(page)).to_have_text(opened)


def test_on_paper_all_of_it_stands_and_nothing_is_cut(open_page: Open) -> None:
    page = open_page(DEPENDENCE)
    last = page.locator(".oc-section > summary").last.inner_text()
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    text = " ".join(" ".join(part.extract_text().split()) for part in pages)
    assert len(pages) > 1
    assert last in text
    for label in ("Length of the stop", "Cash in the bank"):
        assert label in text


def test_a_kernel_that_dies_is_said_and_its_sliders_rest(open_page: Open) -> None:
    page = open_page(DEPENDENCE)
    kernel = json.loads(page.locator("#jupyter-config-data").inner_text())["kernelId"]
    slider = slider_by_label(page, "Length of the stop")
    expect(slider).to_be_enabled()
    page.evaluate(
        """kernel => fetch(`/voila/api/shutdown/${kernel}`, { method: "POST",
            headers: { "X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1] } })""",
        kernel,
    )
    expect(page.get_by_role("alert")).to_contain_text("has stopped", timeout=5_000)
    expect(slider).to_be_disabled()


def test_a_page_that_is_closed_ends_its_kernel(page: Page, open_page: Open, app: str) -> None:
    open_page(DEPENDENCE)
    at = urlsplit(app)
    kernels = f"http://{at.netloc}/api/kernels/"
    kernel = json.loads(page.locator("#jupyter-config-data").inner_text())["kernelId"]
    assert page.request.get(kernels + kernel).status == 200
    page.goto("about:blank")
    harness.wait_until(lambda: page.request.get(kernels + kernel).status == 404)


def test_another_tab_with_other_orders_is_said(page: Page, open_page: Open) -> None:
    open_page(DEPENDENCE)
    notice = page.locator("#oc-changed")
    expect(notice).to_be_hidden()
    other = page.context.new_page()
    other.goto(page.url.replace(DEPENDENCE, "00_start_here"))
    harness.wait_for_chart(other)
    expect(notice).to_be_hidden()
    other.evaluate("document.querySelector('[data-orders]').dataset.orders = 'others'")
    other.evaluate("document.body.append('')")
    expect(notice).to_contain_text("have changed in another tab")


def test_the_page_fits_narrow_screens(open_page: Open) -> None:
    page = open_page(DEPENDENCE)
    harness.unfold(page)
    for width in (1440, 1024, 640, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
