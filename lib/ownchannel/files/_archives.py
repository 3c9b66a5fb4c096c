"""Archives unpacked under limits: no header is believed, the bytes are counted as they come."""

import gzip
import io
import math
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from ownchannel.files._labels import without_address

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Bytes of one file, and of all that one archive unpacks to. Ten years of a busy shop's orders are below it.
LARGEST_FILE = 2_000_000_000
#: Files in an archive, and in the archives that it holds. A year of daily exports from two platforms is 730.
MOST_MEMBERS = 1_000
#: Unpacked bytes for each packed one. Exports give 5 to 50; 1,032 is the most that deflate can give.
HIGHEST_RATIO = 200
#: Below this size a high ratio does no harm, and small files of like rows reach it honestly.
RATIO_COUNTS_FROM = 10_000_000
#: Bytes of all archives and workbooks inside one archive: read from their end, they have to be kept whole.
LARGEST_INNER = 100_000_000
#: Bytes of a zip's list of members, which is read in one go: room for 1,000 long names.
LARGEST_DIRECTORY = 1_000_000
#: Characters of a member's name, with its folders.
LONGEST_NAME = 1_000

#: What damaged, truncated, locked or vanished files and archives raise.
DAMAGED = (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile)

_CHUNK, _BUFFER = 1 << 20, 1 << 16
_LONGEST_SHOWN = 120
_LEADS_OUT = re.compile(r"^/|^[A-Za-z]:|\\|(^|/)\.\.(/|$)")
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_IS_ENCRYPTED = 0x1

_UNPACK_IT = "Unpack it and hand in the folder."
_RATIO = (
    f"It unpacks to more than {HIGHEST_RATIO} times its packed size, as no export does: it was not read on. "
    "Fetch the file again."
)
_TOTAL = "It unpacks to more than {most}, which is the most that is read of one archive. " + _UNPACK_IT
_MANY = f"It holds more than {MOST_MEMBERS:,} files, the most that are read of one archive. {_UNPACK_IT}"
_INNER = "The archives and workbooks inside it are over {most}, and have to be kept in memory. " + _UNPACK_IT

_BAD_NAME = (
    "Its name in the archive leads out of the archive (by .., a drive or a backslash): it was not read. "
    "Pack the file again under a plain name."
)
_LONG_NAME = f"Its name in the archive is over {LONGEST_NAME:,} characters long. Give it a shorter one."
_NOT_A_FILE = "In the archive it is a link or a device and no file. Pack the file itself."
_LOCKED = "It is locked with a password. Pack it again without one."
_METHOD = "It is packed in a way that is not read here. Pack it again as an ordinary zip."
_LATER_NAMESAKE = (
    "The archive holds another file of this name behind it, and that one was read. Give them different names."
)

Opener = Callable[[], AbstractContextManager[BinaryIO]]


class TooLarge(OSError):
    """More than is read of a file or an archive; its message is the sentence for the person.

    >>> isinstance(TooLarge("It is 3 GB, and 2 GB is the most that is read of one file."), DAMAGED)
    True
    """


@dataclass(frozen=True)
class Source:
    """A file by the name that a person knows it by, and a way to open its bytes from the start.

    >>> source = Source("orders.csv", lambda: io.BytesIO(b"Order,Total"))
    >>> with source.open() as file:
    ...     file.read()
    b'Order,Total'
    """

    name: str
    open: Opener = field(repr=False)
    path: Path | None = field(default=None, repr=False)
    """The file on disk, or the archive on disk that holds it; None for what lies in memory."""
    sheet: tuple[str, Opener] | None = field(default=None, repr=False)
    """Of a workbook's sheet, which opens as text between tabs: its name, and the way to the workbook."""

    def fingerprint(self) -> object | None:
        """Differs once the file on disk is written to, replaced or removed; None for what lies in memory."""
        try:
            status = self.path.stat() if self.path else None
        except OSError:
            return "gone"
        return status and (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True)
class Unopened:
    """A file that is not opened, and why, as a sentence.

    >>> from ownchannel.files import find_sources
    >>> next(find_sources("nowhere.csv"))
    Unopened(name='nowhere.csv', reason='There is no such file or folder. Check the name and where it lies.')
    """

    name: str
    reason: str


class Unpacking:
    """What an archive and those in it have unpacked to so far; raises TooLarge at the limits."""

    def __init__(self) -> None:
        self._bytes: dict[object, int] = {}
        self._kept = self._members = 0

    def add_members(self, number: int) -> None:
        """So many further files."""
        self._members += number
        if self._members > MOST_MEMBERS:
            raise TooLarge(_MANY)

    def reach(self, file: object, unpacked: int, packed: int) -> None:
        """A file, counted once however often it is opened, was read so far, out of so many packed bytes."""
        if unpacked > RATIO_COUNTS_FROM and unpacked > HIGHEST_RATIO * packed:
            raise TooLarge(_RATIO)
        self._bytes[file] = max(unpacked, self._bytes.get(file, 0))
        _check_total(sum(self._bytes.values()))

    def keep(self, opened: Opener) -> Opener:
        """An archive inside the archive, unpacked into memory: its end can only be read from there."""
        memory = io.BytesIO()
        with opened() as file:
            while piece := file.read(_CHUNK):
                self._kept += memory.write(piece)
                if self._kept > LARGEST_INNER:
                    raise TooLarge(_INNER.format(most=size_text(LARGEST_INNER)))
        return lambda: io.BytesIO(memory.getvalue())


def _check_total(size: int) -> None:
    if size > LARGEST_FILE:
        raise TooLarge(_TOTAL.format(most=size_text(LARGEST_FILE)))


def size_text(number: int) -> str:
    """Bytes in the unit in which a file manager shows them, rounded up.

    >>> size_text(2_000_000_000), size_text(200_000_001)
    ('2 GB', '200.1 MB')
    """
    unit, name = (10**9, "GB") if number >= 10**9 else (10**6, "MB")
    return f"{math.ceil(10 * number / unit) / 10:g} {name}"


def shown_name(name: str) -> str:
    """A name fit for a page: no e-mail address, none of the characters that disguise it, and no endless one.

    >>> shown_name("orders" + chr(27) + "[31m.csv"), shown_name("to ann@example.com/orders.csv")
    ('orders[31m.csv', 'to [address removed]/orders.csv')
    """
    plain = "/".join(map(without_address, "".join(filter(str.isprintable, name)).split("/")))
    return plain if len(plain) <= _LONGEST_SHOWN else f"…{plain[1 - _LONGEST_SHOWN :]}"


def own_name(name: str) -> str:
    """The last part of a path in the style of any system.

    >>> own_name("C:" + chr(92) + "exports" + chr(92) + "orders.csv"), own_name("../../orders.csv")
    ('orders.csv', 'orders.csv')
    """
    return shown_name(re.split(r"[/\\]", name.rstrip("/\\"))[-1]) or "a file without a name"


class _Counted(io.RawIOBase):
    """Bytes of `file`, never many at once; `check` hears how far the reading came, and may raise."""

    def __init__(self, file: io.BufferedIOBase, check: Callable[[int], None]) -> None:
        self._file, self._check, self._at = file, check, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        data = self._file.read1(min(len(view), _CHUNK))  # what is at hand: damage may follow
        view[: len(data)] = data
        self._at += len(data)
        self._check(self._at)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = self._file.seek(offset, whence)
        return self._at


def checked(file: BinaryIO | io.BufferedIOBase, check: Callable[[int], None]) -> BinaryIO:
    """The file with a check on how far it was read."""
    return io.BufferedReader(_Counted(cast(io.BufferedIOBase, file), check), _BUFFER)


class _Directory(io.BufferedReader):
    """A zip as it is listed. Raises TooLarge where its list is longer than is read, whatever it claims."""

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes: only the list is asked for in one go."""
        if size and size > LARGEST_DIRECTORY:
            raise TooLarge(_MANY)
        return super().read(size)


def gunzipped(opened: Opener, unpacking: Unpacking) -> Opener:
    """A way to open what a gzip holds."""

    @contextmanager
    def inner() -> Iterator[BinaryIO]:
        with opened() as file, gzip.GzipFile(fileobj=file) as unpacked:
            yield checked(unpacked, lambda at: unpacking.reach(opened, at, file.tell()))

    return inner


def listed(opened: Opener) -> list[zipfile.ZipInfo]:
    """What a zip lists, its folders left out. Raises one of DAMAGED where it cannot be read."""
    with opened() as file, as_damage(), zipfile.ZipFile(_Directory(cast(io.RawIOBase, file))) as archive:
        # A member without a name is none; `is_dir` looks at the last letter of it.
        return [info for info in archive.infolist() if info.filename and not info.is_dir()]


def contents(opened: Opener, unpacking: Unpacking) -> list[Source | Unopened]:
    """The files of a zip, by name. Raises one of DAMAGED where it cannot be read."""
    infos = listed(opened)
    _check_total(sum(info.file_size for info in infos))
    last = {info.filename: info for info in infos}
    found: list[Source | Unopened] = []
    for info in sorted(infos, key=lambda info: info.filename):
        name = shown_name(info.filename)
        if _LEADS_OUT.search(info.orig_filename):
            found.append(Unopened(own_name(info.orig_filename), _BAD_NAME))
        elif last[info.filename] is not info:
            found.append(Unopened(name, _LATER_NAMESAKE))
        elif len(info.filename) > LONGEST_NAME:
            found.append(Unopened(name, _LONG_NAME))
        elif stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            found.append(Unopened(name, _NOT_A_FILE))
        elif info.flag_bits & _IS_ENCRYPTED:
            found.append(Unopened(name, _LOCKED))
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            found.append(Unopened(name, _METHOD))
        else:
            found.append(Source(name, partial(_member, opened, info, unpacking)))
    return found


@contextmanager
def _member(opened: Opener, info: zipfile.ZipInfo, unpacking: Unpacking) -> Iterator[BinaryIO]:
    # ZipFile.open would read the directory again for each of a thousand members.
    with opened() as file:
        with as_damage():
            file.seek(info.header_offset)
            signature, *lengths = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
            if signature != b"PK\x03\x04":
                raise zipfile.BadZipFile("There is no file where the directory says.")
            start = file.seek(sum(lengths), io.SEEK_CUR)
        with zipfile.ZipExtFile(file, "r", info) as unpacked:
            yield checked(unpacked, lambda at: unpacking.reach(info, at, file.tell() - start))


_BROKEN = (ArithmeticError, AttributeError, LookupError, SyntaxError, TypeError, ValueError)


@contextmanager
def as_damage() -> Iterator[None]:
    """As damage what zipfile and openpyxl raise where a part is missing, cut short or no such part."""
    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        SyntaxError,
        TypeError,
        ValueError,
        struct.error,
    ) as error:
        raise zipfile.BadZipFile("The archive or workbook is damaged.") from error
