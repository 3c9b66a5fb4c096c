"""The form of a table that no format knows, by keyboard alone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.harness import sentence

pytestmark = pytest.mark.browser

Open = Callable[[Path], Page]

MARCH = "Order,Date,Total,Net,E-mail\n1,2026-03-30,24.90,20.90,ann@example.com\n2,2026-03-31,8.10,6.81,\n"
APRIL = "Order,Date,Total,Net,E-mail\n3,2026-04-01,91.00,76.47,\n"


def test_an_unknown_table_is_read_once_its_columns_are_named_and_the_next_without_asking(
    open_voila: Open, workbooks: Path, tmp_path: Path
) -> None:
    page = open_voila(workbooks / "00_start_here.ipynb")
    form = page.locator(".oc-mapping")

    def add(name: str, content: str) -> None:
        (tmp_path / name).write_text(content, encoding="utf-8")
        with page.expect_file_chooser() as chooser:
            page.get_by_label("Choose files").press("Enter")
        chooser.value.set_files(tmp_path / name)
        expect(page.locator(".oc-files")).to_contain_text(name)

    def tab_to(field: Locator) -> None:
        for _ in range(30):
            if field.evaluate("field => field === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError("The keyboard does not get there.")

    add("march.csv", MARCH)
    expect(form.get_by_role("heading", name="Which column of march.csv holds what?")).to_be_visible()
    expect(form).to_contain_text("Choose first: goods: total of the row and currency.")
    order = form.get_by_label("Order number")
    expect(order).to_have_value("order")
    order.focus()
    tab_to(form.get_by_label("Goods: total of the row"))
    page.keyboard.type("net")
    tab_to(form.get_by_label("Currency"))
    page.keyboard.type("usd")
    page.keyboard.press("Tab")
    expect(form.get_by_role("row").nth(1)).to_contain_text("$20.90")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    tab_to(form.get_by_label("Sold through"))
    page.keyboard.press("ArrowDown")
    expect(form.get_by_label("Name of the store or marketplace")).to_have_value("Marketplace")
    tab_to(form.get_by_text("More columns"))
    page.keyboard.press("Enter")
    expect(form.get_by_label("Customer")).to_have_value("e-mail")
    tab_to(form.get_by_role("button", name="Read this file"))
    page.keyboard.press("Enter")
    expect(sentence(page)).to_contain_text("all of it came through Marketplace")
    expect(page.get_by_text("$28", exact=True)).to_be_visible()
    expect(form).to_be_empty()

    add("april.csv", APRIL)
    expect(page.locator(".oc-files")).to_contain_text("Read with the columns that you named for march.csv.")
    expect(page.get_by_text("$104", exact=True)).to_be_visible()
    expect(form).to_be_empty()
    assert "ann@example.com" not in page.content()

    page.get_by_role("button", name="Change its columns: april.csv").press("Enter")
    goods = form.get_by_label("Goods: total of the row")
    expect(goods).to_have_value("net")
    goods.focus()
    page.keyboard.type("total")
    form.get_by_role("button", name="Read this file").press("Enter")
    expect(page.get_by_text("$124", exact=True)).to_be_visible()
