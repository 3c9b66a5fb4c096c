"""From a file's bytes to text: which encoding it is in, and where damage ends it."""

import codecs
import io
import re
from collections.abc import Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import cast

from ownchannel.files._archives import DAMAGED, Source

_CHUNK_BYTES = 1 << 20
_NONE, _LETTERS, _KANA = re.compile("\ufffd"), re.compile("[^\0-\x7f\ufffd]"), re.compile("[\u3041-\u30ff]")
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: So many letters in proper UTF-8 for each byte that is none: the file is UTF-8 with a few damaged cells.
_MOSTLY = 10
_MIXED = "Some characters are in another encoding than the rest of the file: they show as \ufffd."
_UTF8, _SHEET = "utf-8-sig", "xlsx"


@dataclass(frozen=True)
class Encoding:
    """How a file's bytes become text, and what to say of it."""

    name: str
    remark: str = ""


def detect_encoding(source: Source) -> Encoding:
    """UTF-16 by its mark, UTF-8 where the bytes agree, else Japanese Windows with kana, else Western."""
    if source.sheet:
        return Encoding(_SHEET)
    with source.open() as file:
        start = file.read(64)
    for mark, name in _WIDE.items():
        if start.startswith(mark):
            return Encoding(name)
    if len(start) >= 8 and start[1::2].count(0) >= len(start) // 2 - 2 > 0:
        return Encoding("utf-16-le")
    damaged = _count(source, _UTF8, _NONE)
    if not damaged or _count(source, _UTF8, _LETTERS) > _MOSTLY * damaged:
        return Encoding(_UTF8, _MIXED if damaged else "")
    is_japanese = _count(source, "cp932", _KANA) and not _count(source, "cp932", _NONE)
    return Encoding("cp932" if is_japanese else "cp1252")


def _count(source: Source, encoding: str, of: re.Pattern[str]) -> int:
    """How many characters are of a kind, up to the end or the damage."""
    number = 0
    with suppress(*DAMAGED), closing(texts(source, Encoding(encoding))) as found:
        for text in found:
            number += 0 if text.isascii() else len(of.findall(text))
    return number


def texts(source: Source, encoding: Encoding) -> Generator[str, None, None]:
    """The file's text, some at a time, each line ended by a line feed alone.

    Characters that are none in its encoding show as \ufffd. What damages the file is raised behind all text
    that stands before the damage.
    """
    codec = codecs.getincrementaldecoder("utf-8" if encoding.name == _SHEET else encoding.name)
    decoder = io.IncrementalNewlineDecoder(codec("replace"), translate=True)
    with source.open() as file:
        at_hand, piece, damage = cast(io.BufferedReader, file), b"begin", None
        while piece:
            try:
                piece = at_hand.read1(_CHUNK_BYTES)
            except DAMAGED as error:
                piece, damage = b"", error
            yield decoder.decode(piece, final=not (piece or damage))
    if damage:
        raise damage
