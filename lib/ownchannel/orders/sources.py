"""Where orders come from: files, folders, uploads and archives, each as a source that opens again."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

#: Ends of names that may hold orders; other files of a folder are left aside, and named.
TABLES = (".txt", ".csv", ".tsv", ".xlsx", ".gz", ".zip")
#: Archives may hold archives, but not without end.
DEEPEST_ARCHIVE = 3
#: What damaged, truncated, locked or vanished files and archives raise.
DAMAGED = (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)

Input = str | Path | Mapping[str, Any] | tuple[str, bytes]


@dataclass(frozen=True)
class Source:
    """A file by the name that a person knows it by, and a way to open its bytes from the start."""

    name: str
    open: Callable[[], AbstractContextManager[BinaryIO]]

    def starts_with(self, magic: bytes) -> bool:
        """Whether the content begins with these bytes."""
        with self.open() as file:
            return file.read(len(magic)) == magic


@dataclass(frozen=True)
class Unopened:
    """A file that could not even be opened, and why, as a sentence."""

    name: str
    reason: str


@dataclass(frozen=True)
class LeftAside:
    """A file of a folder that is no export by its name."""

    name: str


Found = Source | Unopened | LeftAside


def find_sources(inputs: Input | Iterable[Input]) -> Iterator[Found]:
    """Every file behind paths, folders, uploads (`name` and `content`) and archives, in a stable order."""
    single = isinstance(inputs, (str, Path, Mapping)) or _is_named_bytes(inputs)
    for item in [cast(Input, inputs)] if single else cast(Iterable[Input], inputs):
        if isinstance(item, (str, Path)):
            yield from _from_path(Path(item).expanduser())
        elif isinstance(item, Mapping):
            yield from _unpacked(_in_memory(str(item["name"]), bytes(item["content"])))
        else:
            name, content = item
            yield from _unpacked(_in_memory(name, content))


def _is_named_bytes(item: object) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], (bytes, bytearray, memoryview))


def _in_memory(name: str, content: bytes) -> Source:
    return Source(Path(name).name, lambda: io.BytesIO(content))


def _from_path(path: Path) -> Iterator[Found]:
    if path.is_dir():
        for file in sorted(p for p in path.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(path))):
            name = file.relative_to(path).as_posix()
            is_export = file.suffix.lower() in TABLES
            yield from _unpacked(_on_disk(name, file)) if is_export else [LeftAside(name)]
    elif path.is_file():
        yield from _unpacked(_on_disk(path.name, path))
    else:
        yield Unopened(path.name, "There is no such file or folder. Check the name and where it lies.")


def _on_disk(name: str, path: Path) -> Source:
    return Source(name, lambda: path.open("rb"))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$", "__MACOSX", "__pycache__")) for part in path.parts)


def _unpacked(source: Source, depth: int = 0) -> Iterator[Found]:
    """The source itself, or what an archive holds."""
    try:
        if source.starts_with(b"\x1f\x8b"):
            yield from _deeper(Source(source.name.removesuffix(".gz"), lambda: _gunzipped(source)), depth)
        elif source.starts_with(b"PK\x03\x04") and not is_workbook(source):
            for name in _members(source):
                yield from _deeper(Source(f"{source.name}/{name}", partial(_member, source, name)), depth)
        else:
            yield source
    except DAMAGED:
        yield Unopened(
            source.name, "The file is damaged, locked or needs a password. Fetch it again, or unlock it."
        )


def _deeper(source: Source, depth: int) -> Iterator[Found]:
    if depth == DEEPEST_ARCHIVE:
        yield Unopened(source.name, "It is an archive in an archive in an archive. Unpack it first.")
    else:
        yield from _unpacked(source, depth + 1)


def is_workbook(source: Source) -> bool:
    """Whether a zip is an Excel workbook."""
    with source.open() as file, zipfile.ZipFile(file) as archive:
        return "xl/workbook.xml" in archive.namelist()


def _members(source: Source) -> list[str]:
    with source.open() as file, zipfile.ZipFile(file) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    return sorted(name for name in names if not _is_hidden(Path(name)))


@contextmanager
def _gunzipped(source: Source) -> Iterator[BinaryIO]:
    with source.open() as file, gzip.open(file) as inner:
        yield cast(BinaryIO, inner)


@contextmanager
def _member(source: Source, name: str) -> Iterator[BinaryIO]:
    with source.open() as file, zipfile.ZipFile(file) as archive, archive.open(name) as inner:
        yield cast(BinaryIO, inner)
