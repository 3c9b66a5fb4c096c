"""Files handed in on the page reach the kernel as they are, in JupyterLab and Voilà; too large ones stay."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import harness
from tests.panels import toy

pytestmark = pytest.mark.browser

Open = Callable[[Path], Page]

PICKER = """
import hashlib
from ownchannel.panels._answer_view import LiveText, box
from ownchannel.panels._file_picker import FilePicker

came = LiveText(html="Nothing came.")

def show(files):
    came.html = " ".join(f"{name}={hashlib.sha256(content).hexdigest()}" for name, content in files)

box([FilePicker(show), came], "oc-page")
"""


@pytest.fixture(scope="module")
def notebook(served: Path) -> Path:
    path = served / "files.ipynb"
    source = Path(toy.__file__).read_text(encoding="utf-8")
    cells = [nbformat.v4.new_code_cell(source + "\npanel"), nbformat.v4.new_code_cell(PICKER)]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def sent(page: Page) -> list[bytes]:
    """What the page sent to its server, message by message."""
    messages: list[bytes] = []

    def note(message: str | bytes) -> None:
        messages.append(message.encode() if isinstance(message, str) else message)

    page.on("websocket", lambda socket: socket.on("framesent", note))
    return messages


def field(page: Page) -> Locator:
    """The file field, as a screen reader would announce it."""
    return page.get_by_label("Choose files")


def what_came(page: Page) -> Locator:
    return page.locator(".oc-page .oc-text").last


def status(page: Page) -> Locator:
    return page.locator(".oc-picker").get_by_role("status")


def assert_large_files_arrive(page: Page, folder: Path) -> None:
    files = [folder / name for name in ("large.csv", "empty.csv", "small.csv")]
    for file, size in zip(files, (13_000_001, 0, 10), strict=True):
        file.write_bytes(os.urandom(size))
    field(page).set_input_files(files)
    sums = " ".join(f"{file.name}={hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files)
    expect(what_came(page)).to_have_text(sums)
    expect(status(page)).to_be_empty()


def assert_a_huge_file_is_refused_on_the_page(page: Page, folder: Path, sent: list[bytes]) -> None:
    huge = folder / "huge.csv"
    huge.touch()
    os.truncate(huge, 2_300_000_000)
    field(page).set_input_files(huge)
    expect(status(page)).to_have_text(
        "huge.csv is 2.3 GB, and 200 MB is the most that goes through the page. Put large files in a folder "
        "on this machine and read that folder instead."
    )
    assert field(page).evaluate("field => field.files.length") == 0
    assert any(b"small.csv" in message for message in sent)
    assert not any(b"huge.csv" in message for message in sent)


def test_in_voila(open_voila: Open, notebook: Path, tmp_path: Path, sent: list[bytes]) -> None:
    page = open_voila(notebook)
    assert_large_files_arrive(page, tmp_path)
    assert_a_huge_file_is_refused_on_the_page(page, tmp_path, sent)


def test_in_jupyterlab(open_lab: Open, notebook: Path, tmp_path: Path, sent: list[bytes]) -> None:
    page = harness.run_all(open_lab(notebook))
    assert_large_files_arrive(page, tmp_path)
    assert_a_huge_file_is_refused_on_the_page(page, tmp_path, sent)
    for key in ("Enter", " "):
        field(page).focus()
        with page.expect_file_chooser() as chooser:
            page.keyboard.press(key)
        (tmp_path / "a.csv").write_bytes(key.encode())
        chooser.value.set_files(tmp_path / "a.csv")
        expect(what_came(page)).to_have_text(f"a.csv={hashlib.sha256(key.encode()).hexdigest()}")
