"""How long a reader waits: from opening a workbook to its first chart, and from a key to the paint.

python tests/bench/bench_panels.py [workbook] [--presses 60] [--lab] [--opens 20 --still 2]

In Voilà, or with --lab in JupyterLab. A press is timed in the page, from its keydown event to the animation
frame after the first chart was drawn. --opens opens the workbook so many times, and counts in how many of
them every chart followed a key when it was scrolled to.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, sync_playwright

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


def every_chart_follows(page: Page, still: list[int]) -> bool:
    """Whether each chart of the first panel, but those, shows something else after some keys."""
    harness.unfold(page)
    panel = page.locator(".oc-panel").first
    before = [shown(panel, place) for place in range(panel.locator(".oc-plot").count())]
    panel.get_by_role("slider").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(1_500)
    return all(shown(panel, place) != was for place, was in enumerate(before) if place not in still)


def shown(panel: Locator, place: int) -> str:
    """What a chart draws, scrolled into sight."""
    plot = panel.locator(".oc-plot").nth(place)
    plot.scroll_into_view_if_needed()
    plot.locator(".main-svg").first.wait_for()
    plot.page.wait_for_timeout(300)
    text: str = plot.evaluate("gd => JSON.stringify(gd._fullData.map(({x, y}) => [x, y]))")
    return text


def opened(page: Page, address: str, name: str, *, lab: bool) -> tuple[float, float, float]:
    """Open a workbook, and the seconds until its answer, its first chart and its sliders are there."""
    started = time.perf_counter()
    if lab:
        harness.run_all(harness.open_lab(page, address, name))
    else:
        at = urlsplit(address)
        page.goto(f"http://{at.netloc}/voila/render/{name}?{at.query}", wait_until="commit")
    harness.sentence(page).wait_for(timeout=harness.READY_MS)
    answered = time.perf_counter() - started
    page.locator(".oc-plot .main-svg").first.wait_for(timeout=harness.READY_MS)
    drawn = time.perf_counter() - started
    harness.wait_for_chart(page)
    return answered, drawn, time.perf_counter() - started


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
    parser.add_argument("--lab", action="store_true", help="in JupyterLab")
    parser.add_argument("--opens", type=int, default=0, help="open it so often, and see every chart follow")
    parser.add_argument(
        "--still", type=int, nargs="*", default=[], help="charts the first slider leaves alone"
    )
    given = parser.parse_args()
    name, serve = given.workbook.name, harness.serve_lab if given.lab else harness.serve_voila

    with serve(given.workbook.parent) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        page = context.new_page()
        cold = opened(page, address, name, lab=given.lab)
        page.wait_for_timeout(8_000)  # what is folded is worked out, and the kernels to come know the answers
        warm_page = context.new_page()
        warm = opened(warm_page, address, name, lab=given.lab)
        warm_page.close()
        waits = press_to_paint(page, given.presses)
        charts = page.locator(".oc-plot").count()
        page.close()
        followed = 0
        for _ in range(given.opens):
            page = browser.new_page(viewport={"width": 1280, "height": 1000})
            opened(page, address, name, lab=given.lab)
            followed += every_chart_follows(page, given.still)
            page.close()
        browser.close()

    print(f"{name} in {'JupyterLab' if given.lab else 'Voilà'}, {charts} charts, {given.presses} presses")
    for kind, (answered, drawn, live) in (("cold", cold), ("warm", warm)):
        print(f"open, {kind}: answer   {answered:8.1f} s, first chart {drawn:.1f} s, sliders {live:.1f} s")
    print(f"key to paint, median  {statistics.median(waits):8.0f} ms")
    print(f"key to paint, 95%     {statistics.quantiles(waits, n=20)[-1]:8.0f} ms")
    if given.opens:
        print(f"every chart followed in {followed} of {given.opens} opens")


if __name__ == "__main__":
    main()
