"""How long a reader waits in Voilà: from opening a workbook to its first chart, and from a key to the paint.

python tests/bench/bench_panels.py [workbook] [--presses 60]

A press is timed in the page, from its keydown event to the animation frame after the first chart was drawn.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import harness  # noqa: E402
from tests.browser.conftest import ARGUMENTS, browser_path  # noqa: E402

WATCH = """(plot) => {
    window.waits = [];
    let pressed = null;
    addEventListener("keydown", () => { pressed ??= performance.now() }, true);
    plot.on("plotly_afterplot", () => {
        const since = pressed;
        pressed = null;
        if (since !== null) requestAnimationFrame(() => waits.push(performance.now() - since));
    });
}"""


def press_to_paint(page: Page, presses: int) -> list[float]:
    """Milliseconds of each press on the first panel's first slider, back and forth, one paint at a time."""
    panel = page.locator(".oc-panel").first
    plot = panel.locator(".oc-plot").first
    panel.get_by_role("slider").first.focus()
    plot.scroll_into_view_if_needed()
    plot.locator(".main-svg").first.wait_for()
    plot.evaluate(WATCH)
    for done in range(presses):
        page.keyboard.press("ArrowLeft" if done % 2 else "ArrowRight")
        page.wait_for_function("done => waits.length > done", arg=done)
    waits: list[float] = page.evaluate("waits")
    return waits


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "workbook",
        type=lambda name: Path(name).resolve(),
        nargs="?",
        default=ROOT / "workbooks/01_marketplace_dependence.ipynb",
    )
    parser.add_argument("--presses", type=int, default=60)
    given = parser.parse_args()

    with harness.serve_voila(given.workbook.parent) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        started = time.perf_counter()
        harness.open_voila(page, address, given.workbook.name)
        opened = time.perf_counter() - started
        waits = press_to_paint(page, given.presses)
        charts = page.locator(".oc-plot").count()
        browser.close()

    print(f"{given.workbook.name}, {charts} charts, {given.presses} presses")
    print(f"open to first chart   {opened:8.1f} s")
    print(f"key to paint, median  {statistics.median(waits):8.0f} ms")
    print(f"key to paint, 95%     {statistics.quantiles(waits, n=20)[-1]:8.0f} ms")


if __name__ == "__main__":
    main()
