"""From a file's bytes to numbered lines of text: which encoding it is in, and where damage ends it."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ownchannel.orders._archives import DAMAGED, CheckedReader, Source
from ownchannel.orders._delimited import Lines

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK_BYTES = 1 << 20
_KANA = re.compile("[\u3041-\u30ff]")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: So many letters in proper UTF-8 for each byte that is none: the file is UTF-8 with a few damaged cells.
_MOSTLY = 10
_MIXED = "Some characters are in another encoding than the rest of the file: they show as \ufffd."


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text, and what to say of it."""

    name: str
    remark: str = ""


def detect_encoding(source: Source) -> Encoding:
    """UTF-16 by its mark, UTF-8 where the bytes agree, else Japanese Windows with kana, else Western."""
    with source.open() as file:
        start = file.read(64)
    for mark, name in _WIDE.items():
        if start.startswith(mark):
            return Encoding(name)
    if len(start) >= 8 and start[1::2].count(0) >= len(start) // 2 - 2 > 0:
        return Encoding("utf-16-le")
    letters, damaged = _counted_as_utf8(source)
    if not damaged:
        return Encoding("utf-8-sig")
    if letters > _MOSTLY * damaged:
        return Encoding("utf-8-sig", _MIXED)
    return Encoding("cp932" if _is_japanese(source) else "cp1252")


def _counted_as_utf8(source: Source) -> tuple[int, int]:
    """Letters beyond ASCII that are proper UTF-8, and bytes that are none, up to the end or the damage."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    letters = damaged = 0
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                if chunk.isascii() and not decoder.getstate()[0]:
                    continue
                text = decoder.decode(chunk)
                wrong = text.count("\ufffd")
                damaged += wrong
                letters += len(text) - len(text.encode("ascii", "ignore")) - wrong
            damaged += decoder.decode(b"", final=True).count("\ufffd")
        except DAMAGED:
            pass
    return letters, damaged


def _is_japanese(source: Source) -> bool:
    """Whether the bytes decode as Japanese Windows up to the end or the damage, and give kana."""
    decoder = codecs.getincrementaldecoder("cp932")()
    found = False
    with source.open() as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                found = bool(_KANA.search(decoder.decode(chunk))) or found
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        except DAMAGED:
            return found
    return found


class _UpToDamage(CheckedReader):
    """A file's bytes, which end where it is damaged: so what was decoded until there is not lost."""

    _damage: Exception | None = None

    def readinto(self, buffer: "WriteableBuffer") -> int:
        try:
            return super().readinto(buffer)
        except DAMAGED as error:
            self._damage = error
            return 0

    def check(self) -> None:
        """Raise what the damage raised, if there is any."""
        if self._damage:
            raise self._damage


@contextmanager
def open_lines(source: Source, encoding: Encoding) -> Iterator[Lines]:
    """The file's numbered lines; characters that are none in its encoding show as \ufffd."""
    with source.open() as file:
        whole = _UpToDamage(cast(io.BufferedIOBase, file))
        buffered = io.BufferedReader(whole, _CHUNK_BYTES)
        with io.TextIOWrapper(buffered, encoding=encoding.name, errors="replace") as text:
            yield Lines(text, whole.check)
