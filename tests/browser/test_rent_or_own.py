"""Workbook 04 in a real browser: its sliders, its saved plans and its charts, against the same in Python."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ownchannel.answers import Answer, rent_or_own
from ownchannel.orders import sample_orders
from ownchannel.panels import ScenarioPanel
from ownchannel.workspace import Workspace
from tests.browser import harness
from tests.browser.harness import press, sentence, tile

pytestmark = pytest.mark.browser

Open = Callable[[Path], Page]

SHARE, SETUP, DISCOUNT = "owned_share_of_growth_budget", "setup_cost", "channels.Shopify.discount"
RISK = "channels.Amazon.com.suspension_hazard"


@pytest.fixture
def screen(tmp_path: Path) -> ScenarioPanel:
    """The screen of workbook 04, computed here and not by the page's kernel."""
    workspace = Workspace(tmp_path / "another workspace")
    return ScenarioPanel(rent_or_own(sample_orders(workspace)), workspace)


def assert_page_shows(page: Page, expected: Answer) -> None:
    """Sentence, tiles, table, the first chart's data, and each chart in turn by what is said of it."""
    panel = page.locator(".oc-panel")
    expect(sentence(panel)).to_have_text(expected.plain_sentence)
    for label, value in expected.numbers:
        expect(tile(panel, label)).to_have_text(value)
    expect(rows(page)).to_have_text(["".join(row) for row in expected.table.to_numpy()])
    plots = panel.locator(".oc-plot")
    expect(plots).to_have_count(len(expected.charts))
    harness.unfold(page)
    for place, chart in enumerate(expected.charts):
        plots.nth(place).scroll_into_view_if_needed()
        expect(plots.nth(place)).to_have_attribute("aria-label", chart.caption)
    drawn = expected.charts[0].figure.data
    harness.wait_for_data(page, 0, [[float(value) for value in trace.y] for trace in drawn])


def rows(page: Page) -> Locator:
    return page.locator(".oc-panel .oc-table tbody tr")


def said(page: Page, button: str, sentence: str) -> None:
    """Press a button of the scenarios, and wait for what is said of it."""
    bar = page.get_by_role("group", name="Scenarios")
    bar.get_by_role("button", name=button, exact=True).click()
    expect(bar.get_by_role("status")).to_have_text(sentence)


def save(page: Page, name: str) -> None:
    page.get_by_role("group", name="Scenarios").get_by_label("Name", exact=True).fill(name)
    said(page, "Save", f"Saved as ‘{name}’.")


def test_in_voila_a_plan_is_moved_saved_loaded_on_a_new_page_compared_switched_and_undone(
    open_voila: Open, workbooks: Path, screen: ScenarioPanel, requests: list[str]
) -> None:
    page = open_voila(workbooks / "04_rent_or_own.ipynb")
    opening = screen.answer
    assert_page_shows(page, opening)
    screen.bar.save("As it opened")

    declared = {path: mark for path, (_, mark) in screen.panel.question.numbers.items()}
    press(page, declared[SHARE].label, "End")
    press(page, declared[SETUP].label, "ArrowRight", "ArrowRight")
    press(page, declared[DISCOUNT].label, "ArrowRight")
    screen.set({SHARE: 1.0, SETUP: 2 * declared[SETUP].step, DISCOUNT: declared[DISCOUNT].step})
    moved = screen.answer
    charts = zip(opening.charts, moved.charts, strict=True)
    assert all(before.caption != after.caption for before, after in charts), "each chart has to follow"
    assert_page_shows(page, moved)
    save(page, "All my own")

    page.get_by_role("tab", name="Risks").click()
    risk = page.get_by_role("switch", name=declared[RISK].label, exact=True)
    risk.press("Space")
    assert_page_shows(page, screen.at({RISK: 0.0}))
    risk.press("Space")
    expect(sentence(page.locator(".oc-panel"))).to_have_text(moved.plain_sentence)
    undo = page.get_by_role("button", name="Undo")
    undo.press("Enter")
    expect(risk).not_to_be_checked()
    undo.press("Enter")
    undo.press("Enter")
    assert_page_shows(page, screen.at({DISCOUNT: 0.0}))

    page.reload()
    harness.wait_for_chart(page)
    assert_page_shows(page, screen.at({DISCOUNT: 0.0}))  # its settings survive
    page.get_by_role("button", name="Reset").press("Enter")
    assert_page_shows(page, opening)
    save(page, "As it opened")
    page.get_by_label("Saved plan or preset").select_option("All my own")
    said(page, "Load", "Loaded ‘All my own’.")
    assert_page_shows(page, moved)
    page.get_by_role("group", name="Scenarios").get_by_label("As it opened", exact=True).check()
    screen.bar.compare("As it opened")
    expect(page.locator(".oc-panel .oc-table thead th")).to_have_count(4)
    assert_page_shows(page, screen.answer)
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
    assert harness.outside_loopback(requests) == []
