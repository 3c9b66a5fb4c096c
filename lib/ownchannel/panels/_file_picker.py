"""Files from the page to Python, piece by piece, and none that would fill the memory on the way."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ownchannel.files import LARGEST_UPLOAD, own_name, size_text

#: Bytes in one message: the servers of JupyterLab and Voilà close a connection that sends more than 10 MiB.
PIECE = 4_000_000

_CHANGED = "{name} changed while it was handed over. Choose it again."

Files = list[tuple[str, bytes]]


class FilePicker(anywidget.AnyWidget):
    """The browser's own file field; `on_files` gets what was chosen as names and contents.

    More than LARGEST_UPLOAD bytes in one go are refused on the page, before any of them is sent. Nothing is
    kept once `on_files` returned.

    >>> picker = FilePicker(lambda files: print([(name, len(content)) for name, content in files]))
    >>> picker.hand_in([("orders.csv", b"Name,Email")])
    [('orders.csv', 10)]
    """

    _esm = Path(__file__).with_name("file_picker.js")
    largest = traitlets.Int(LARGEST_UPLOAD).tag(sync=True)
    piece = traitlets.Int(PIECE).tag(sync=True)
    refusal = traitlets.Unicode(
        f"{{files}}, and {size_text(LARGEST_UPLOAD)} is the most that goes through the page. "
        "Put large files in a folder on this machine and read that folder instead."
    ).tag(sync=True)

    def __init__(self, on_files: Callable[[Files], None]) -> None:
        super().__init__()
        self._on_files = on_files
        self._coming: _Coming | None = None
        self.on_msg(self._receive)

    def hand_in(self, files: Files) -> None:
        """Hand in files as a person would on the page; raises ValueError where they are too large."""
        self._check([(name, len(content)) for name, content in files])
        self._on_files(files)

    def _check(self, sizes: Sequence[tuple[str, int]]) -> None:
        total = sum(size for _, size in sizes)
        if total > self.largest:
            which = (
                f"{own_name(sizes[0][0])} is" if len(sizes) == 1 else f"These {len(sizes)} files together are"
            )
            raise ValueError(self.refusal.format(files=f"{which} {size_text(total)}"))

    def _receive(self, _: object, message: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        """Take a message of the page and answer it: the page waits for that before it sends the next."""
        problem = ""
        try:
            self._take(message, buffers)
        except ValueError as error:
            self._coming, problem = None, str(error)
        finally:
            self.send({"go": message["go"], "problem": problem})

    def _take(self, message: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        if message["kind"] == "files":
            sizes = [(file["name"], file["size"]) for file in message["files"]]
            self._check(sizes)
            self._coming = _Coming(message["go"], sizes)
            return
        if self._coming is None or self._coming.go != message["go"]:
            raise ValueError("Other files were chosen in the meantime, and are read in place of these.")
        if message["kind"] == "piece":
            self._coming.add(message["file"], buffers[0])
        else:
            files, self._coming = self._coming.files(), None
            self._on_files(files)

    def __repr__(self) -> str:
        return f"FilePicker(up to {size_text(self.largest)})"


class _Coming:
    """The files of one go, as far as they have come."""

    def __init__(self, go: str, sizes: Sequence[tuple[str, int]]) -> None:
        self.go = go
        self._files = [(name, size, io.BytesIO()) for name, size in sizes]

    def add(self, place: int, piece: memoryview) -> None:
        """Append to a file. Raises ValueError, and copies nothing, beyond the size that was announced."""
        name, size, content = self._files[place]
        if content.tell() + piece.nbytes > size:
            raise ValueError(_CHANGED.format(name=own_name(name)))
        content.write(piece)

    def files(self) -> Files:
        """All of them. Raises ValueError where one came short."""
        for name, size, content in self._files:
            if content.tell() != size:
                raise ValueError(_CHANGED.format(name=own_name(name)))
        return [(name, content.getvalue()) for name, _, content in self._files]
