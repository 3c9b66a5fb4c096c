"""Files come from the page in pieces, whole or not at all, and nothing of them is kept."""

import gc
import os
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from ownchannel.files import LARGEST_UPLOAD
from ownchannel.panels._file_picker import PIECE, FilePicker, Files  # inside: its messages


class Page:
    """The page's side: sends what a browser would, and hears the answers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read: list[Files] = []
        self.picker = FilePicker(self.read.append)
        self.answers: list[dict[str, Any]] = []
        monkeypatch.setattr(self.picker, "send", self.answers.append)

    def send(self, kind: str, go: str = "1", piece: bytes | None = None, **message: Any) -> str:
        """Send a message; gives the problem in the answer to it."""
        self.picker._handle_custom_msg(
            {"kind": kind, "go": go, **message}, [] if piece is None else [memoryview(piece)]
        )
        answer = self.answers.pop()
        assert answer["go"] == go
        assert not self.answers
        return str(answer["problem"])

    def announce(self, *sizes: tuple[str, int], go: str = "1") -> str:
        return self.send("files", go, files=[{"name": name, "size": size} for name, size in sizes])


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    page = Page(monkeypatch)
    yield page
    assert page.picker._coming is None, "something of an upload was kept"


def test_pieces_are_put_together_file_by_file(page: Page) -> None:
    first = os.urandom(10_000)
    assert page.announce(("a.csv", 10_000), ("empty.csv", 0), ("b.csv", 3)) == ""
    for at in range(0, 10_000, 4_000):
        assert page.send("piece", file=0, piece=first[at : at + 4_000]) == ""
    assert page.send("piece", file=2, piece=b"xyz") == ""
    assert page.send("end") == ""
    assert page.read == [[("a.csv", first), ("empty.csv", b""), ("b.csv", b"xyz")]]


@pytest.mark.parametrize(
    ("sizes", "which"),
    [
        ([LARGEST_UPLOAD + 1], "0.csv is 200.1 MB"),
        ([LARGEST_UPLOAD // 2, LARGEST_UPLOAD], "These 2 files together are 300 MB"),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_sent(page: Page, sizes: list[int], which: str) -> None:
    sentence = page.announce(*((f"{i}.csv", size) for i, size in enumerate(sizes)))
    assert sentence == (
        f"{which}, and 200 MB is the most that goes through the page. Put large files in a folder on this "
        "machine and read that folder instead."
    )
    assert page.send("piece", file=0, piece=b"x") != ""
    with pytest.raises(ValueError, match="200 MB is the most"):
        page.picker.hand_in([("a.csv", bytes(LARGEST_UPLOAD + 1))])
    assert page.read == []


@pytest.mark.parametrize(
    ("pieces", "place"), [([b"1234", b"56"], 1), ([b"1234"], 1), ([], 0)], ids=["more", "less", "none"]
)
def test_other_sizes_than_announced_are_refused(page: Page, pieces: list[bytes], place: int) -> None:
    page.announce(("/somewhere/jane/a.csv", 5))
    problems = [page.send("piece", file=0, piece=piece) for piece in pieces] + [page.send("end")]
    assert problems[place] == "a.csv changed while it was handed over. Choose it again."
    assert not any(problems[:place])
    assert page.read == []


def test_files_chosen_in_the_meantime_take_the_place_of_the_others(page: Page) -> None:
    page.announce(("a.csv", 2), go="1")
    page.announce(("b.csv", 1), go="2")
    assert page.send("piece", go="2", file=0, piece=b"b") == ""
    assert page.send("end", go="2") == ""
    assert page.send("piece", go="1", file=0, piece=b"a").startswith(
        "Other files were chosen in the meantime"
    )
    assert page.read == [[("b.csv", b"b")]]


def test_the_page_is_answered_whatever_goes_wrong_with_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Files) -> None:
        raise ValueError("No sales were found.")

    page = Page(monkeypatch)
    page.picker._on_files = fail
    page.announce(("a.csv", 0))
    assert page.send("end") == "No sales were found."


def test_a_large_upload_lies_in_memory_once(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch)
    page.picker._on_files = lambda _: None
    piece = os.urandom(PIECE)
    tracemalloc.start()
    page.announce(("a.csv", 10 * PIECE))
    for _ in range(10):
        page.send("piece", file=0, piece=piece)
    page.send("end")
    gc.collect()
    left, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * PIECE * 1.3
    assert left < 1_000_000


def test_a_message_is_smaller_than_the_servers_take() -> None:
    from tornado import websocket

    assert websocket._default_max_message_size / 2 > PIECE


def test_nothing_of_the_files_is_in_the_state_that_a_notebook_stores(page: Page) -> None:
    page.picker.hand_in([("jane.csv", b"jane@example.com")])
    assert "jane" not in repr(page.picker.get_state()) + repr(page.picker)
