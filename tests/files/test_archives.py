"""Archives that lie, swell, hide or break: each is told of in a sentence, and none costs memory or time."""

import gzip
import io
import os
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

# inside: the bytes that each part of an archive gives, and the limits
from ownchannel.files import _archives, _sources

DAMAGED_SENTENCE = "The file is damaged, locked or needs a password. Download it again, or unlock it."
CSV = b"Name,Email\n#1001,\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content, compress_type=method)
    return buffer.getvalue()


def read(name: str, content: bytes) -> dict[str, bytes | str]:
    """What each file gave when it was read to its end: its bytes, or the sentence that it got."""
    gave: dict[str, bytes | str] = {}
    for found in _sources.find_sources((name, content)):
        assert not isinstance(found, _sources.LeftAside)
        gave[found.name] = content_or_sentence(found) if isinstance(found, _sources.Source) else found.reason
    return gave


def content_or_sentence(source: _sources.Source) -> bytes | str:
    pieces = []
    try:
        with source.open() as file:
            while piece := file.read(1 << 16):
                pieces.append(piece[:100])  # enough to know it by
    except _sources.TooLarge as error:
        return str(error)
    except _sources.DAMAGED:
        return "damaged while it is read"
    return b"".join(pieces)


def peak_bytes(run: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def with_bytes(content: bytes, at: int, changed: bytes) -> bytes:
    return content[:at] + changed + content[at + len(changed) :]


def directory(content: bytes) -> int:
    """Where a zip's directory starts."""
    return content.index(b"PK\x01\x02")


# ---------------------------------------------------------------- too much

ZEROS = bytes(100_000_000)


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: ("a.zip", zipped(("zeros.csv", ZEROS))), id="zip"),
        pytest.param(lambda: ("a.csv.gz", gzip.compress(ZEROS, 1)), id="gzip"),
        pytest.param(lambda: ("a.csv.gz.gz", gzip.compress(gzip.compress(ZEROS, 9))), id="gzip in gzip"),
        pytest.param(lambda: ("a.zip", zipped(("b.zip", zipped(("zeros.csv", ZEROS))))), id="zip in zip"),
    ],
)
def test_a_bomb_is_refused_before_it_fills_memory(bomb):
    name, content = bomb()
    sentences: list[bytes | str] = []
    peak = peak_bytes(lambda: sentences.extend(read(name, content).values()))
    assert sentences == [
        "It unpacks to more than 200 times its packed size, as no export does: it was not read on. "
        "Fetch the file again."
    ]
    assert peak < 5_000_000


def test_a_high_ratio_is_no_matter_in_a_small_file():
    content = bytes(_archives.RATIO_COUNTS_FROM)
    packed = gzip.compress(content)
    assert len(content) > _archives.HIGHEST_RATIO * len(packed)
    assert isinstance(read("a.csv.gz", packed)["a.csv"], bytes)


def test_an_archive_that_says_it_is_too_large_is_believed():
    content = zipped(("a.csv", CSV))
    claims = with_bytes(content, directory(content) + 24, struct.pack("<L", 2_000_000_001))
    assert read("a.zip", claims) == {
        "a.zip": "It unpacks to more than 2 GB, which is the most that is read of one archive. Unpack it and "
        "hand in the folder."
    }


def test_what_an_archive_unpacks_to_is_counted_over_all_its_files(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_archives, "LARGEST_FILE", 150_000)
    members = [(f"{i}.csv.gz", gzip.compress(os.urandom(100) * 600)) for i in range(3)]
    first, *others = read("a.zip", zipped(*members)).values()
    assert isinstance(first, bytes)
    assert all(isinstance(other, bytes) or "which is the most" in other for other in others)
    assert isinstance(others[-1], str)


def test_a_file_counts_once_however_often_it_is_opened(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_archives, "LARGEST_FILE", 150_000)
    (source,) = _sources.find_sources(("a.zip", zipped(("a.csv", os.urandom(100_000)))))
    assert isinstance(source, _sources.Source)
    assert [type(content_or_sentence(source)) for _ in range(5)] == [bytes] * 5


MANY = (
    "It holds more than 1,000 files, the most that are read of one archive. Unpack it and hand in the folder."
)


@pytest.mark.parametrize("number", [_archives.MOST_MEMBERS + 1, 30_000])
def test_an_archive_of_too_many_files_is_refused_whole(number):
    content = zipped(*((f"{i}.csv", b"") for i in range(number)))
    gave: list[dict[str, bytes | str]] = []
    peak = peak_bytes(lambda: gave.append(read("a.zip", content)))
    assert gave == [{"a.zip": MANY}]
    assert peak < len(content) + 5_000_000


def test_files_are_counted_over_the_archives_in_an_archive():
    inner = zipped(*((f"{i}.csv", b"") for i in range(600)))
    gave = read("a.zip", zipped(("b.zip", inner), ("c.zip", inner)))
    assert gave["a.zip/c.zip"] == MANY
    assert len(gave) == 601


def test_archives_in_an_archive_are_kept_in_memory_up_to_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(_archives, "LARGEST_INNER", 15_000)
    inner = zipped(("a.csv", os.urandom(10_000)))
    assert read("a.zip", zipped(("b.zip", inner), ("c.zip", inner)))["a.zip/c.zip"] == (
        "The archives and workbooks inside it are over 0.1 MB, and have to be kept in memory. Unpack it and "
        "hand in the folder."
    )


def test_archives_in_archives_end_somewhere():
    content = CSV
    for _ in range(3):
        content = zipped(("a", content))
    assert read("a", content) == {"a/a/a/a": CSV}
    assert read("a", zipped(("a", content))) == {
        "a/a/a/a": "It is an archive in an archive in an archive. Unpack it first."
    }


# ---------------------------------------------------------------- names and kinds


@pytest.mark.parametrize(
    "name",
    ["../x.csv", "/etc/x.csv", "C:\\x.csv", "C:x.csv", "a/../../x.csv", "a\\x.csv", "..\\x.csv"],
)
def test_a_name_that_leads_out_of_the_archive_is_refused_and_shown_by_its_last_part(
    name, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    info = zipfile.ZipInfo("x")
    info.filename = name
    gave = read("a.zip", zipped((info, CSV), ("good.csv", CSV)))
    refused = {shown: reason for shown, reason in gave.items() if isinstance(reason, str)}
    assert gave["a.zip/good.csv"] == CSV
    ((shown, reason),) = refused.items()
    assert shown in ("a.zip/x.csv", "a.zip/C:x.csv")
    assert reason.startswith("Its name in the archive leads out of the archive")
    assert not list(tmp_path.iterdir())


def test_a_name_is_shown_without_what_could_disguise_it():
    gave = read("a.zip", zipped(("or\x1bders\u202e.csv", CSV), ("n" * 900, CSV), ("m" * 1001, CSV)))
    assert gave["a.zip/orders.csv"] == CSV
    assert gave["a.zip/…" + "n" * 119] == CSV
    assert gave["a.zip/…" + "m" * 119] == (
        "Its name in the archive is over 1,000 characters long. Give it a shorter one."
    )


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_an_archive_are_not_followed(kind):
    info = zipfile.ZipInfo("orders.csv")
    info.external_attr = (kind | 0o777) << 16
    assert read("a.zip", zipped((info, b"/etc/passwd"))) == {
        "a.zip/orders.csv": "In the archive it is a link or a device and no file. Pack the file itself."
    }


def test_of_two_files_of_one_name_the_later_is_read_and_the_other_told():
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(("a.csv", b"early"), ("a.csv", b"late"))
    found = list(_sources.find_sources(("a.zip", content)))
    assert [content_or_sentence(each) for each in found if isinstance(each, _sources.Source)] == [b"late"]
    ((name, reason),) = [(each.name, each.reason) for each in found if hasattr(each, "reason")]
    assert name == "a.zip/a.csv"
    assert reason.startswith("The archive holds another file of this name behind it, and that one was read")


def test_a_locked_file_is_told_and_the_others_are_read():
    content = zipped(("a.csv", CSV), ("b.csv", CSV))
    locked = with_bytes(content, directory(content) + 8, b"\x01\x00")
    assert read("a.zip", locked) == {
        "a.zip/a.csv": "It is locked with a password. Pack it again without one.",
        "a.zip/b.csv": CSV,
    }


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_whose_memory_cannot_be_bounded_are_not_read(method):
    assert read("a.zip", zipped(("a.csv", CSV), method=method)) == {
        "a.zip/a.csv": "It is packed in a way that is not read here. Pack it again as an ordinary zip."
    }


@pytest.mark.parametrize("content", [zipped(), zipped(("folder/", b"")), zipped(("__MACOSX/a.csv", CSV))])
def test_an_archive_of_nothing_is_told(content):
    assert read("a.zip", content) == {"a.zip": "The archive holds no files."}


def test_zip64_is_read():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, archive.open("a.csv", "w", force_zip64=True) as member:
        member.write(CSV)
    assert read("a.zip", buffer.getvalue()) == {"a.zip/a.csv": CSV}


# ---------------------------------------------------------------- damage


def test_a_directory_that_makes_a_file_smaller_than_it_is_is_found_out():
    content = zipped(("a.csv", bytes(30_000_000)))
    smaller = with_bytes(content, directory(content) + 24, struct.pack("<L", 10))
    assert read("a.zip", smaller) == {"a.zip/a.csv": DAMAGED_SENTENCE}


@pytest.mark.parametrize(
    ("offset", "changed"),
    [
        pytest.param(42, struct.pack("<L", 0xFFFF_FFF0), id="a file behind the end"),
        pytest.param(42, struct.pack("<L", 7), id="a file in the midst of another"),
        pytest.param(16, b"abcd", id="wrong checksum"),
        pytest.param(6, b"\xff\xff", id="a version to come"),
    ],
)
def test_a_lying_directory_is_damage(offset, changed):
    content = zipped(("a.csv", os.urandom(1_000)), method=zipfile.ZIP_STORED)
    (gave,) = read("a.zip", with_bytes(content, directory(content) + offset, changed)).values()
    assert gave in (DAMAGED_SENTENCE, "damaged while it is read")


def test_a_name_that_is_no_text_is_damage():
    content = zipped(("ä.csv", CSV)).replace("ä.csv".encode(), b"\xff\xfe.csv")
    assert read("a.zip", content) == {"a.zip": DAMAGED_SENTENCE}


@pytest.mark.parametrize("cut", [1, 10, 30, 60, 100])
def test_a_truncated_archive_is_damage(cut):
    for name, content in (
        ("a.zip", zipped(("a.csv", CSV * 9))),
        ("a.csv.gz", gzip.compress(os.urandom(999))),
    ):
        (gave,) = read(name, content[:-cut]).values()
        assert gave in (DAMAGED_SENTENCE, "damaged while it is read")


def test_all_that_stands_before_the_damage_is_read():
    cut = gzip.compress(b"".join(b"#%06d\n" % i for i in range(100_000)))[:-100]
    (source,) = _sources.find_sources(("a.csv.gz", cut))
    assert isinstance(source, _sources.Source)
    got = bytearray()

    def read_on() -> None:
        with source.open() as file:
            while piece := file.read1(8192):
                got.extend(piece)

    with pytest.raises(EOFError):
        read_on()
    assert got == zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(cut)


INTACT = [
    zipped(("a.csv", CSV), ("b/c.csv.gz", gzip.compress(CSV))),
    zipped(("a.zip", zipped(("a.csv", CSV), method=zipfile.ZIP_STORED))),
    gzip.compress(zipped(("a.csv", CSV))),
]
PATCH = st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=8))


@given(
    content=st.sampled_from(INTACT), patches=st.lists(PATCH, min_size=1, max_size=4), cut=st.integers(0, 40)
)
def test_no_damage_raises_anything_but_damage(content, patches, cut):
    for at, changed in patches:
        content = with_bytes(content, at % len(content), changed)
    read("a", content[: len(content) - cut])


def test_a_member_without_a_name_is_left_out():
    archive = bytearray(zipped(("a.csv", CSV), ("b", CSV)))
    # In the directory the length of its name becomes 0, and its one letter that of an extra field.
    struct.pack_into("<HH", archive, archive.rindex(b"PK\x01\x02") + 28, 0, 1)
    assert list(read("a.zip", bytes(archive))) == ["a.zip/a.csv"]
