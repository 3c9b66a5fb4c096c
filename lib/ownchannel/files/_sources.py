"""Where orders come from: files, folders, uploads and archives, each as a source that opens again."""

import io
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from ownchannel.files._archives import (
    DAMAGED,
    LARGEST_FILE,
    Source,
    TooLarge,
    Unopened,
    Unpacking,
    checked,
    contents,
    gunzipped,
    listed,
    own_name,
    shown_name,
    size_text,
)
from ownchannel.files._excel import check_workbook, sheet_names, sheet_text

#: Ends of names that may hold orders; other files of a folder are left aside, and named.
TABLES = (".txt", ".csv", ".tsv", ".xlsx", ".gz", ".zip")
#: Archives may hold archives, but not without end.
DEEPEST_ARCHIVE = 3
#: Bytes handed over in memory, all of one go together: an upload lies in the browser's and the kernel's.
LARGEST_UPLOAD = 200_000_000

_GZIP, _ZIP, _EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_NO_NAME = "No file or folder is named. Write where it lies."
_NO_FILE = "There is no such file or folder. Check the name and where it lies."
_TOO_LARGE_FILE = (
    "It is {size}, and {most} is the most that is read of one file. Fetch it in parts, by date range."
)
_TOO_LARGE_UPLOAD = (
    "It is {size}, and {most} is the most that is taken from a page or from memory. Put it in a folder on "
    "this machine and read that folder."
)
TWICE = "It was handed in before, maybe under another name, and is read once."
_LINK = "It is a link, and links in a folder are not followed. Hand in the file or folder that it leads to."
_NOT_A_FILE = "It is a pipe or a device, and reading it may never end. Save what it gives to a file."
_DAMAGED = "The file is damaged, locked or needs a password. Download it again, or unlock it."
_FORBIDDEN = "You may not read it. Change its permissions, or copy it to a folder of your own."
_GONE = "It was there a moment ago and is gone. Hand it in again once it stays where it is."
_TOO_DEEP = "It is an archive in an archive in an archive. Unpack it first."
_NOTHING_IN_IT = "The archive holds no files."
_OLD_WORKBOOK = (
    "It is an old Excel workbook (.xls), or one that is locked with a password. Save it as .xlsx without a "
    "password, or as CSV."
)

Input = str | Path | Mapping[str, Any] | tuple[str, bytes]


@dataclass(frozen=True)
class LeftAside:
    """A file of a folder that is no export by its name.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Path(folder, "notes.pdf").touch()
    ...     list(find_sources(folder))
    [LeftAside(name='notes.pdf')]
    """

    name: str


Found = Source | Unopened | LeftAside


def find_sources(inputs: Input | Iterable[Input]) -> Iterator[Found]:
    """Every file behind paths, folders, uploads (`name` and `content`) and archives, in a stable order.

    What cannot or must not be opened is reported as `Unopened`; nothing is written to disk.

    >>> [found.name for found in find_sources([("May.csv", b"Order,Total"), "nowhere.csv"])]
    ['May.csv', 'nowhere.csv']
    """
    single = isinstance(inputs, (str, Path, Mapping)) or _is_named_bytes(inputs)
    seen: set[tuple[int, int]] = set()
    for item in [cast(Input, inputs)] if single else cast(Iterable[Input], inputs):
        if isinstance(item, (str, Path)):
            yield from _from_path(item, seen)
        elif isinstance(item, Mapping):
            yield from _in_memory(str(item["name"]), item["content"])
        else:
            yield from _in_memory(*item)


def _is_named_bytes(item: object) -> bool:
    return isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], (bytes, bytearray, memoryview))


def _in_memory(name: str, content: bytes | bytearray | memoryview) -> Iterator[Found]:
    size = memoryview(content).nbytes
    if size > LARGEST_UPLOAD:
        too_large = _TOO_LARGE_UPLOAD.format(size=size_text(size), most=size_text(LARGEST_UPLOAD))
        yield Unopened(own_name(name), too_large)
    else:
        whole = bytes(content)
        yield from _unpacked(Source(own_name(name), lambda: io.BytesIO(whole)), Unpacking())


def _from_path(given: str | Path, seen: set[tuple[int, int]]) -> Iterator[Found]:
    name = own_name(str(given))
    try:
        path = Path(given).expanduser()
        status = path.stat()
    except PermissionError:
        yield Unopened(name, _FORBIDDEN)
    except (OSError, RuntimeError, ValueError):  # a name too long, of nobody's home, or with a NUL
        yield Unopened(name, _NO_FILE)
    else:
        # An empty name would mean the folder that the kernel happens to stand in.
        yield from _from_disk(name, path, status, seen) if str(given).strip() else [Unopened(name, _NO_NAME)]


def _from_disk(name: str, path: Path, status: os.stat_result, seen: set[tuple[int, int]]) -> Iterator[Found]:
    identity = (status.st_dev, status.st_ino)
    if identity in seen:
        yield Unopened(name, TWICE)
        return
    seen.add(identity)
    if stat.S_ISDIR(status.st_mode):
        yield from _from_folder(path, seen)
    elif stat.S_ISLNK(status.st_mode):
        yield Unopened(name, _LINK)
    elif not stat.S_ISREG(status.st_mode):
        yield Unopened(name, _NOT_A_FILE)
    else:
        yield from _unpacked(Source(name, lambda: _open(path), path), Unpacking())


def _from_folder(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Found]:
    """Every file of a folder and of the folders in it, by its name below the folder."""
    files: list[Path] = []
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                for entry in entries:
                    if not _is_hidden(entry.name):
                        is_folder = entry.is_dir(follow_symlinks=False)
                        (waiting if is_folder else files).append(Path(entry.path))
        except OSError as error:
            yield Unopened(_below(folder, here), _why(error))
    for path in sorted(files):
        name = _below(folder, path)
        if path.suffix.lower() not in TABLES:
            yield LeftAside(name)
            continue
        try:
            status = path.lstat()
        except OSError as error:
            yield Unopened(name, _why(error))
        else:
            yield from _from_disk(name, path, status, seen)


def _below(folder: Path, path: Path) -> str:
    return shown_name(path.relative_to(folder).as_posix())


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "~$", "__MACOSX", "__pycache__")) for part in parts)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        _check_size(os.fstat(file.fileno()).st_size)
        yield checked(file, _check_size)  # again while it is read, since a file may grow without end


def _check_size(size: int) -> None:
    if size > LARGEST_FILE:
        raise TooLarge(_TOO_LARGE_FILE.format(size=size_text(size), most=size_text(LARGEST_FILE)))


def _unpacked(source: Source, unpacking: Unpacking, depth: int = 0) -> Iterator[Found]:
    """The source itself, or what it holds where it is an archive."""
    try:
        with source.open() as file:
            magic = file.read(8)
        if magic == _OLD_EXCEL:
            yield Unopened(source.name, _OLD_WORKBOOK)
        elif magic.startswith((_ZIP, _EMPTY_ZIP)):
            yield from _from_zip(source, unpacking, depth)
        elif not magic.startswith(_GZIP):
            yield source
        elif depth == DEEPEST_ARCHIVE:
            yield Unopened(source.name, _TOO_DEEP)
        else:
            name = source.name.removesuffix(".gz")
            inner = replace(source, name=name, open=gunzipped(source.open, unpacking))
            yield from _unpacked(inner, unpacking, depth + 1)
    except DAMAGED as error:
        yield Unopened(source.name, _why(error))


def _from_zip(source: Source, unpacking: Unpacking, depth: int) -> Iterator[Found]:
    whole = replace(source, open=unpacking.keep(source.open)) if depth else source
    if any(info.filename == "xl/workbook.xml" for info in listed(whole.open)):
        check_workbook(whole.open, unpacking)
        names = sheet_names(whole.open)
        for name in names:
            shown = f"{source.name}, sheet {shown_name(name)}" if len(names) > 1 else source.name
            text = partial(sheet_text, whole.open, name)
            yield replace(whole, name=shown, open=text, sheet=(name, whole.open))
        return
    if depth == DEEPEST_ARCHIVE:
        yield Unopened(source.name, _TOO_DEEP)
        return
    members = [member for member in contents(whole.open, unpacking) if not _is_hidden(member.name)]
    unpacking.add_members(len(members))
    if not members:
        yield Unopened(source.name, _NOTHING_IN_IT)
    for member in members:
        name = f"{source.name}/{member.name}"
        if isinstance(member, Unopened):
            yield replace(member, name=name)
        else:
            yield from _unpacked(replace(source, name=name, open=member.open), unpacking, depth + 1)


def _why(error: Exception) -> str:
    """What to say of one of DAMAGED."""
    if isinstance(error, TooLarge):
        return str(error)
    if isinstance(error, PermissionError):
        return _FORBIDDEN
    return _GONE if isinstance(error, FileNotFoundError) else _DAMAGED
