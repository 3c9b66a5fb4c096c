"""All that a reading leaves behind: what is printed, kept, logged and written, as one text to search in."""

import io
import logging
import os
import sys
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ownchannel.answers import files_html
from ownchannel.orders import SIDE_TABLES, Opened, Orders, save_orders, saved_orders
from ownchannel.workspace import Workspace

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def everything_shown(orders: Orders, workspace: Path) -> str:
    """Tables, exports, reports and prints of orders, and the files of the workspace where they are kept."""
    save_orders(orders, Workspace(workspace))
    orders.to_csv(workspace / "orders.csv")
    saved, report = saved_orders(Workspace(workspace)), orders.report
    assert saved is not None
    kept = Opened.of(saved, is_sample=False)
    parts = [str(kept), kept._repr_markdown_(), str(orders), str(orders.channels()), str(orders.currencies())]
    parts += [str(report), repr(report.files), files_html(report), report.reasons().to_csv()]
    parts += [report.rejected.to_csv(), orders.table.to_csv(), orders.sales.to_csv()]
    parts += [str(getattr(orders, name).to_pydict()) for name in ("arrow", "entries", *SIDE_TABLES)]
    parts += [file.read_bytes().decode("latin-1") for file in sorted(workspace.rglob("*")) if file.is_file()]
    archives = sorted(workspace.rglob("*.zip"))
    return "\n".join([*parts, *(part for archive in archives for part in unpacked(archive))])


def unpacked(archive: Path) -> Iterator[str]:
    """The parts of saved orders, or of a file's rows; tables in it are compressed."""
    with zipfile.ZipFile(archive) as parts:
        for name in parts.namelist():
            content = parts.read(name)
            is_table = name.endswith(".parquet")
            yield str(pq.read_table(io.BytesIO(content)).to_pydict()) if is_table else content.decode()


@dataclass
class Heard:
    """What went on meanwhile."""

    said: list[str] = field(default_factory=list)
    """What was logged or warned of, by whomever."""
    written: list[Path] = field(default_factory=list)
    """Files opened for writing, those that are gone since included."""


@contextmanager
def listening() -> Iterator[Heard]:
    """Hear all that is logged, warned of or written to a file meanwhile."""
    heard, root = Heard(), logging.getLogger()
    handler, level = logging.Handler(), root.level
    handler.emit = lambda record: heard.said.append(record.getMessage())  # type: ignore[method-assign]
    root.addHandler(handler)
    root.setLevel(logging.NOTSET)
    _listeners().append(heard)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield heard
        heard.said += [str(warning.message) for warning in warned]
    finally:
        _listeners().remove(heard)
        root.removeHandler(handler)
        root.setLevel(level)


@cache
def _listeners() -> list[Heard]:
    """Those who listen. The hook that tells them cannot be taken away again: it is set once."""
    listeners: list[Heard] = []

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        # A number is that of a file which was opened, and noted, before.
        if event == "open" and not isinstance(arguments[0], int) and arguments[2] & _WRITES:
            for heard in listeners:
                heard.written.append(Path(os.fsdecode(arguments[0])))

    sys.addaudithook(note)
    return listeners
