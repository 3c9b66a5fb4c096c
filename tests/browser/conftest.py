"""A Chromium for each test, with every request noted; trace and screenshot are kept when a test fails."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
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
    context.tracing.start(snapshots=True)  # of the page, not a film: filming slows every test
    context.on("request", lambda made: requests.append(made.url))
    page = context.new_page()
    page.on("websocket", lambda opened: requests.append(opened.url))
    yield page
    if request.node.stash.get(_FAILED, False):
        ARTIFACTS.mkdir(exist_ok=True)
        name = re.sub(r"[^\w-]+", "-", request.node.name)
        page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
        context.tracing.stop(path=ARTIFACTS / f"{name}.zip")
    for left in context.pages:
        left.goto("about:blank")  # which ends its kernel in the app
    context.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The workbooks as the app serves them to all tests: nobody writes to the workspace beside them."""
    return Path(shutil.copytree(root / "workbooks", tmp_path_factory.mktemp("app") / "workbooks"))


def started(server: AbstractContextManager[str], running: ExitStack) -> str:
    """Start a server without the run's own workspace: a kernel takes the one beside its workbook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("OWNCHANNEL_WORKSPACE")
        return running.enter_context(server)


@pytest.fixture(scope="session")
def app(served: Path) -> Iterator[str]:
    """The address of one app for all tests."""
    with ExitStack() as running:
        yield started(harness.serve_voila(served), running)


@pytest.fixture
def open_voila(page: Page, app: str, served: Path) -> Callable[[Path], Page]:
    """Opens a notebook of the served folder in Voilà, by its path."""
    return lambda notebook: harness.open_voila(page, app, notebook.relative_to(served).as_posix())


@pytest.fixture
def open_lab(page: Page) -> Iterator[Callable[[Path], Page]]:
    """Opens a notebook, by its path, in a JupyterLab of the test's own: it keeps settings and open tabs."""
    with ExitStack() as running:

        def opened(notebook: Path) -> Page:
            address = started(harness.serve_lab(notebook.parent), running)
            return harness.open_lab(page, address, notebook.name)

        yield opened


@pytest.fixture
def folder(served: Path) -> Path:
    """A folder of the test's own that the app serves, where a workspace may be beside the workbooks."""
    return Path(tempfile.mkdtemp(dir=served))


@pytest.fixture
def workbooks(folder: Path, root: Path) -> Path:
    """The workbooks in a folder of the test's own, with an empty workspace beside them."""
    return Path(shutil.copytree(root / "workbooks", folder / "workbooks"))
