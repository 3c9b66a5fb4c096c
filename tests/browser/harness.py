"""Start JupyterLab or Voilà, and read a panel on its page as a person would: by label, sentence and tile."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from socket import create_connection, socket
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, TimeoutError, expect

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
READY_MS = 90_000
_DRAWN = "gd => gd._fullData.map(({name, x, y}) => ({name, x: Array.from(x ?? []), y: Array.from(y ?? [])}))"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\S*\?token=\S+")

# ---------------------------------------------------------------- servers


@contextmanager
def serve_voila(folder: Path) -> Iterator[str]:
    """Voilà, as `make app` starts it, for the notebooks in `folder`; gives its address with the token."""
    script = [str(ROOT / "etc/open_app.py"), "--no-browser", f"--port={_free_port()}", str(folder)]
    with _server(script, folder) as address:
        yield address


@contextmanager
def serve_lab(folder: Path) -> Iterator[str]:
    """JupyterLab with the project's settings for `folder`; gives its address with the token."""
    script = ["-m", "jupyterlab", "--no-browser", "--ServerApp.ip=127.0.0.1", f"--port={_free_port()}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        script.append("--allow-root")
    with _server([*script, str(folder)], folder) as address:
        yield address


@contextmanager
def _server(script: list[str], folder: Path) -> Iterator[str]:
    settings = Path(tempfile.mkdtemp(prefix="ownchannel-jupyter-"))
    environment = os.environ | {
        "JUPYTER_CONFIG_PATH": str(ROOT / "etc/jupyter"),
        "JUPYTER_CONFIG_DIR": str(settings),
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "lab"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, *script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines: Queue[str] = Queue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()])
    with process:
        reader.start()
        try:
            address = _first_address(lines)
            _wait_until_it_answers(address)
            yield address
        finally:
            ended = process.poll()
            process.terminate()
            reader.join()
    shutil.rmtree(settings, ignore_errors=True)
    if ended is not None:
        raise RuntimeError(f"The server ended before its tests, with {ended}:\n{''.join(lines.queue)}")


def _first_address(lines: Queue[str]) -> str:
    seen: list[str] = []
    while True:
        try:
            seen.append(lines.get(timeout=START_SECONDS))
        except Empty:
            raise RuntimeError("The server gave no address. It said:\n" + "".join(seen)) from None
        if found := _ADDRESS.search(seen[-1]):
            return found[0]


def _wait_until_it_answers(address: str) -> None:
    # JupyterLab names its address a moment before it listens there.
    at = urlsplit(address)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            create_connection((at.hostname, at.port), timeout=1).close()
            return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _free_port() -> int:
    # Voilà, told to take port 0, never says which one it got.
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that no page shows."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "This does not come true."
        time.sleep(0.05)


# ---------------------------------------------------------------- opening a workbook


def open_voila(page: Page, address: str, name: str) -> Page:
    """Open the notebook `name` of the Voilà at `address` and wait for its first chart."""
    at = urlsplit(address)
    page.goto(f"http://{at.netloc}/voila/render/{name}?{at.query}")
    wait_for_chart(page)
    return page


def open_lab(page: Page, address: str, name: str) -> Page:
    """Open the notebook `name` in the JupyterLab at `address` and wait until its kernel is idle."""
    at = urlsplit(address)
    page.goto(f"http://{at.netloc}/lab/tree/{name}?{at.query}")
    wait_until_idle(page)
    return page


def run_all(page: Page) -> Page:
    """Run every cell from JupyterLab's menu, and wait for the first chart."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name=re.compile("^Run All Cells")).click()
    wait_for_chart(page)
    return page


def save_and_reload(page: Page) -> Page:
    """Save the notebook and load JupyterLab's page again; the kernel goes on."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_role("menuitem", name="Save Notebook", exact=False).first.click()
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    page.reload()
    wait_until_idle(page)
    wait_for_chart(page)
    return page


def wait_until_idle(page: Page) -> None:
    """Wait until the notebook's kernel is connected and has nothing to do."""
    page.get_by_text(re.compile(r"Python 3 .*\| Idle$")).wait_for(timeout=READY_MS)


def wait_for_chart(page: Page) -> None:
    """Wait until the kernel's first chart is drawn; those out of sight wait until they are scrolled to."""
    expect(page.locator("#oc-first")).to_have_count(0, timeout=READY_MS)
    first = page.locator(".oc-plot").first
    first.wait_for(state="attached", timeout=READY_MS)
    first.scroll_into_view_if_needed()
    first.locator(".main-svg").first.wait_for(timeout=READY_MS)


# ---------------------------------------------------------------- reading and moving a panel


# Where a page holds several panels, give these `page.locator(".oc-panel").nth(1)` in place of the page.


def slider_by_label(page: Page | Locator, label: str) -> Locator:
    """The slider that a screen reader would announce by this label."""
    return page.get_by_role("slider", name=label, exact=True)


def reveal(page: Page | Locator, label: str) -> None:
    """Choose the tab and open the fold that a slider stands behind, if it stands behind one."""
    found = page.get_by_label(label, exact=True).and_(page.locator("[type=range]"))
    found.first.evaluate(
        """slider => {
            const panel = slider.closest('[role="tabpanel"][hidden]');
            if (panel) document.getElementById(panel.id.replace("-panel-", "-tab-")).click();
            const fold = slider.closest("details");
            if (fold) fold.open = true;
        }"""
    )


def unfold(page: Page) -> None:
    """Open what is folded, sliders and what is known of them aside."""
    page.evaluate(
        "document.querySelectorAll('.oc-unfold details, .oc-section').forEach(fold => (fold.open = true))"
    )


def sentence(page: Page | Locator) -> Locator:
    """The live sentence that answers the workbook's question."""
    return page.locator(".oc-answer .oc-sentence").first


def tile(page: Page | Locator, label: str) -> Locator:
    """The live value in the tile with this label."""
    with_label = page.locator(".oc-answer .oc-numbers span").get_by_text(label, exact=True)
    return with_label.locator("xpath=..").locator("strong").first


def sentence_text(page: Page | Locator) -> str:
    """What the sentence says now."""
    return sentence(page).inner_text()


def tile_text(page: Page | Locator, label: str) -> str:
    """What the tile with this label says now."""
    return tile(page, label).inner_text()


def chart_data(page: Page, index: int = 0) -> list[dict[str, Any]]:
    """What chart `index` draws: name, x and y of each trace, unfolded, scrolled to and drawn first."""
    unfold(page)
    plot = page.locator(".oc-plot").nth(index)
    plot.scroll_into_view_if_needed()
    plot.locator(".main-svg").first.wait_for(timeout=READY_MS)
    told: str = plot.evaluate(f"gd => JSON.stringify(({_DRAWN})(gd))")
    return json.loads(told)  # type: ignore[no-any-return]


def wait_for_data(page: Page, index: int, series: list[list[Any]]) -> None:
    """Wait until the y of chart `index`, trace by trace, is `series`; on failure say what it drew instead."""
    unfold(page)
    page.locator(".oc-plot").nth(index).scroll_into_view_if_needed()
    # Another process may sum in another order: its last digit means nothing.
    check = f"""([index, wanted]) => {{
        const gd = document.querySelectorAll(".oc-plot")[index];
        const drawn = gd._fullData ? ({_DRAWN})(gd).map((trace) => trace.y) : [];
        const near = (a, b) => a === b || Math.abs(a - b) <= 1e-9 * Math.abs(a);
        return drawn.length === wanted.length && wanted.every((series, i) =>
            series.length === drawn[i].length && series.every((value, j) => near(value, drawn[i][j])));
    }}"""
    try:
        page.wait_for_function(check, arg=[index, series])
    except TimeoutError:
        raise AssertionError(
            f"Chart {index} should draw {series}, and draws {chart_data(page, index)}"
        ) from None


def press(page: Page | Locator, label: str, *keys: str) -> None:
    """Put the focus on a slider and press keys; returns when the readout beside it shows the new value."""
    reveal(page, label)
    slider = slider_by_label(page, label)
    slider.focus()
    for key in keys:
        before = slider.get_attribute("aria-valuetext")
        slider.press(key)
        expect(slider).not_to_have_attribute("aria-valuetext", before or "")


def outside_loopback(addresses: list[str]) -> list[str]:
    """Those addresses that a page without a network could not reach."""
    return [
        address
        for address in addresses
        if (at := urlsplit(address)).scheme not in {"data", "blob", "about"}
        and at.hostname not in {"127.0.0.1", "localhost"}
    ]
