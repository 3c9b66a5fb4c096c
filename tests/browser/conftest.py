"""A Chromium for each test, with every request noted; trace and screenshot are kept when a test fails."""

import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.browser import harness

ARTIFACTS = harness.ROOT / "test-artifacts"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_FAILED] = report.failed
    return report


def browser_path() -> str | None:
    """The system's own browser; None, where there is none, means the one that playwright installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=ARGUMENTS)
        except Error:
            if os.environ.get("REQUIRE_BROWSER"):
                raise
            pytest.skip("browser absent")
        expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
        yield browser
        browser.close()


@pytest.fixture
def requests() -> list[str]:
    """The address of every request and socket that the test's page made, in order."""
    return []


@pytest.fixture
def page(chromium: Browser, requests: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.tracing.start(screenshots=True, snapshots=True)
    context.on("request", lambda made: requests.append(made.url))
    page = context.new_page()
    page.on("websocket", lambda opened: requests.append(opened.url))
    yield page
    if request.node.stash.get(_FAILED, False):
        ARTIFACTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "-", request.node.name)
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
        context.tracing.stop(path=ARTIFACTS / f"{name}.zip")
    context.close()


@pytest.fixture
def servers() -> Iterator[ExitStack]:
    """Where a test's servers are entered, to be ended with it."""
    with ExitStack() as running:
        yield running


@pytest.fixture
def open_voila(page: Page, servers: ExitStack) -> Callable[[Path], Page]:
    """Opens a notebook in Voilà, by its path."""

    def opened(notebook: Path) -> Page:
        address = servers.enter_context(harness.serve_voila(notebook.parent))
        return harness.open_voila(page, address, notebook.name)

    return opened


@pytest.fixture
def open_lab(page: Page, servers: ExitStack) -> Callable[[Path], Page]:
    """Opens a notebook in JupyterLab, by its path."""

    def opened(notebook: Path) -> Page:
        address = servers.enter_context(harness.serve_lab(notebook.parent))
        return harness.open_lab(page, address, notebook.name)

    return opened


@pytest.fixture
def workbooks(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workbooks and samples in a folder of their own, with an empty workspace beside them."""
    monkeypatch.setenv("OWNCHANNEL_WORKSPACE", str(tmp_path / "workspace"))
    shutil.copytree(root / "data" / "samples", tmp_path / "data" / "samples")
    return Path(shutil.copytree(root / "workbooks", tmp_path / "workbooks"))
