"""The bar of saved plans in a real browser; that they outlive the page is seen in workbook 04."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from ownchannel.scenarios import ScenarioLibrary
from ownchannel.workspace import Workspace
from tests.browser import harness, toy_scenarios

pytestmark = pytest.mark.browser

Open = Callable[[Path], Page]

START = toy_scenarios.sentence(toy_scenarios.BASE)


@pytest.fixture
def library(folder: Path) -> ScenarioLibrary:
    return ScenarioLibrary(Workspace(folder / "workspace"))


@pytest.fixture
def notebook(folder: Path) -> Path:
    path = folder / "workbooks" / "scenarios.ipynb"
    path.parent.mkdir()
    source = Path(toy_scenarios.__file__).read_text(encoding="utf-8")
    cells = [nbformat.v4.new_code_cell(text) for text in (source, "screen")]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def bar(page: Page) -> Locator:
    return page.get_by_role("group", name="Scenarios")


def click(page: Page, button: str) -> None:
    bar(page).get_by_role("button", name=button, exact=True).click()


def expect_said(page: Page, sentence: str) -> None:
    expect(bar(page).get_by_role("status")).to_have_text(sentence)


def expect_answer(page: Page, sentence: str) -> None:
    expect(harness.sentence(page)).to_have_text(sentence)


def name_field(page: Page) -> Locator:
    return bar(page).get_by_label("Name", exact=True)


def save(page: Page, name: str) -> None:
    name_field(page).fill(name)
    click(page, "Save")
    expect_said(page, f"Saved as ‘{name}’.")


def move_three_sliders(page: Page) -> str:
    """Moves each slider of the toy; gives the sentence that then stands."""
    harness.press(page, "Repeat rate", "ArrowRight", "ArrowRight")
    harness.press(page, "Discount rate", "ArrowLeft")
    harness.press(page, "Cash", "PageUp")
    expect(harness.sentence(page)).not_to_have_text(START)
    values = {toy_scenarios.REPEAT: 0.22, toy_scenarios.DISCOUNT: 0.09, toy_scenarios.CASH: 150_000}
    moved = toy_scenarios.BASE.with_values(values)
    expect_answer(page, toy_scenarios.sentence(moved))
    return toy_scenarios.sentence(moved)


def compared(page: Page) -> Locator:
    return page.locator(".oc-panel .oc-table tbody tr")


@pytest.mark.slow
def test_in_voila_plans_are_copied_renamed_and_removed_when_asked_twice(
    open_voila: Open, notebook: Path, library: ScenarioLibrary
) -> None:
    page = open_voila(notebook)
    save(page, "A")
    click(page, "Save")
    expect_said(page, "‘A’ is saved already: press Save again to replace it.")
    click(page, "Duplicate")
    expect_said(page, "Copied ‘A’ to ‘A (copy)’.")
    name_field(page).fill("B")
    click(page, "Rename")
    expect_said(page, "‘A (copy)’ is now called ‘B’.")
    click(page, "Remove")
    expect_said(page, "‘B’ will be deleted: press Remove again to do so.")
    assert library.names() == ("A", "B")
    click(page, "Remove")
    expect_said(page, "Removed ‘B’.")
    expect(bar(page).locator("optgroup[label=Saved] option")).to_have_text(["A"])
    assert library.names() == ("A",)


@pytest.mark.slow
def test_the_sixth_plan_waits_until_one_of_five_steps_aside(
    open_voila: Open, notebook: Path, library: ScenarioLibrary
) -> None:
    for number in range(6):
        library.save(f"Plan {number}", toy_scenarios.BASE)
    page = open_voila(notebook)
    boxes = bar(page).get_by_role("checkbox")
    for number in range(5):
        boxes.nth(number).check()
    expect(boxes.nth(5)).to_be_disabled()
    expect(compared(page)).to_have_count(5)
    boxes.nth(0).uncheck()
    boxes.nth(5).check()
    expect(compared(page).last).to_contain_text("Plan 5")


def copied_address(page: Page) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    click(page, "Copy link")
    expect_said(page, "The link to this plan is copied.")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_copied_address_gives_no_token_away_and_opens_as_it_was_unless_it_was_cut(
    open_voila: Open, notebook: Path
) -> None:
    page = open_voila(notebook)
    moved = move_three_sliders(page)
    address = copied_address(page)
    assert list(parse_qs(urlsplit(address).query)) == ["plan"]
    page.goto("about:blank")
    page.goto(address)
    harness.wait_for_chart(page)
    expect_answer(page, moved)
    expect_said(page, "This is the plan in the page's address.")
    assert copied_address(page) == address

    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    field = bar(page).get_by_label("Link to this plan")
    expect(field).to_be_hidden()
    click(page, "Copy link")
    expect_said(page, "Copy the link to this plan from the field.")
    expect(field).to_be_focused()
    assert page.evaluate("getSelection().toString()") == field.input_value() == address

    page.goto(address[:-20])
    harness.wait_for_chart(page)
    expect_answer(page, START)
    expect(bar(page).get_by_role("status")).to_contain_text("The plan in this address is damaged")


def test_a_downloaded_plan_opens_again(open_voila: Open, notebook: Path, tmp_path: Path) -> None:
    page = open_voila(notebook)
    moved = move_three_sliders(page)
    with page.expect_download() as download:
        click(page, "Download")
    assert download.value.suggested_filename == "plan.json"
    download.value.save_as(tmp_path / "plan.json")
    page.get_by_role("button", name="Reset").press("Enter")
    expect_answer(page, START)
    bar(page).get_by_label("Open file").set_input_files(tmp_path / "plan.json")
    expect_answer(page, moved)
    expect_said(page, "Opened plan.json. Give it a name and save it to keep it.")
    page.reload()
    harness.wait_for_chart(page)
    expect_answer(page, moved)


def test_the_keyboard_alone_saves_compares_copies_and_downloads(open_voila: Open, notebook: Path) -> None:
    page = open_voila(notebook)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    name_field(page).focus()
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    expect_said(page, "Saved as ‘By hand’.")

    def tab_to(wanted: Locator) -> None:
        for _ in range(20):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError("twenty presses of Tab do not lead there")

    tab_to(bar(page).get_by_role("button", name="Copy link", exact=True))
    page.keyboard.press("Enter")
    expect_said(page, "The link to this plan is copied.")
    tab_to(bar(page).get_by_role("button", name="Download", exact=True))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "By hand.json"
    tab_to(bar(page).get_by_label("Open file"))
    tab_to(bar(page).get_by_role("checkbox", name="By hand"))
    page.keyboard.press("Space")
    expect_said(page, "Side by side: ‘By hand’.")
    expect(compared(page).filter(has_text="By hand")).to_be_attached()


@pytest.mark.slow
def test_in_jupyterlab_the_keyboard_alone_saves_and_loads_and_the_notebook_stays(
    open_lab: Open, notebook: Path, library: ScenarioLibrary
) -> None:
    page = harness.run_all(open_lab(notebook))
    moved = move_three_sliders(page)
    name_field(page).focus()
    page.keyboard.type("xx dd a b")  # commands of the notebook: cut cells, delete them, insert others
    page.keyboard.press("Enter")
    expect_said(page, "Saved as ‘xx dd a b’.")
    page.keyboard.press("Tab")
    expect(bar(page).get_by_role("button", name="Save")).to_be_focused()
    expect(bar(page).get_by_role("button", name="Copy link")).to_be_hidden()
    for control in (
        bar(page).get_by_role("button", name="Download"),
        bar(page).get_by_label("Open file"),
        bar(page).get_by_label("Saved plan or preset"),
    ):
        page.keyboard.press("Tab")
        expect(control).to_be_focused()

    harness.save_and_reload(page)
    expect_answer(page, moved)
    page.get_by_role("button", name="Reset").press("Enter")
    expect_answer(page, START)
    bar(page).get_by_label("Saved plan or preset").select_option("xx dd a b")
    page.keyboard.press("Tab")
    bar(page).get_by_role("button", name="Load", exact=True).press("Enter")
    expect_answer(page, moved)
    expect(page.locator(".jp-CodeCell")).to_have_count(2)
