"""Files, folders, uploads and archives; a bad one never sinks the rest."""

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# inside: which files are opened, before anything of them is read
from ownchannel.files import LARGEST_UPLOAD, _sources
from ownchannel.orders import read_orders
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

AMAZON, SHOPIFY = amazon(amazon_row()), shopify(shopify_row())


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_folder_reads_with_its_archives_and_names_what_is_left_aside(tmp_path: Path):
    folder = tmp_path / "exports"
    (folder / "older").mkdir(parents=True)
    (folder / "shop.zip").write_bytes(zipped(**{"orders.csv": SHOPIFY, "__MACOSX/orders.csv": b"x"}))
    (folder / "older" / "report.txt.gz").write_bytes(gzip.compress(AMAZON))
    (folder / "notes.docx").write_bytes(b"to do")
    (folder / ".DS_Store").write_bytes(b"x")
    orders = read_orders(folder, workspace=tmp_path / "workspace")
    assert [file.name for file in orders.report.files] == ["older/report.txt", "shop.zip/orders.csv"]
    assert orders.report.left_aside == ("notes.docx",)
    assert len(orders) == 2


def test_uploads_and_paths_mix(tmp_path: Path):
    path = tmp_path / "report.txt"
    path.write_bytes(AMAZON)
    uploads = ({"name": "shop.csv", "content": memoryview(SHOPIFY)},)
    assert len(read_orders([path, *uploads], workspace=tmp_path)) == 2
    assert len(read_orders(uploads, workspace=tmp_path)) == 1
    assert len(read_orders(str(path), workspace=tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "It is empty"),
        ("letter.txt", b"Dear all,\nplease find attached\n", "None of its first 15 lines is a known header"),
        ("photo.csv", bytes(range(256)) * 20, "its content is not text"),
        ("cut.csv.gz", gzip.compress(SHOPIFY * 200)[:-40], "damaged"),
        ("cut.zip", zipped(a=SHOPIFY)[:-30], "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path, name, content, words):
    orders = read_orders([(name, content), ("report.txt", AMAZON)], workspace=tmp_path)
    bad, good = orders.report.files
    assert words in str(bad)
    assert good.accepted == 1


def test_a_path_that_is_not_there_is_told(tmp_path: Path):
    orders = read_orders([tmp_path / "nowhere.csv"], workspace=tmp_path)
    assert "no such file" in str(orders.report)
    assert len(orders.sales) == 0
    assert str(orders).startswith("No sales.")


def test_nothing_is_read_from_nothing(tmp_path: Path):
    assert str(read_orders([], workspace=tmp_path).report) == "No files were given."


def test_rows_before_the_damage_are_kept(tmp_path: Path):
    rows = [amazon_row(amazon_order_id=f"111-0000000-{i:07}") for i in range(20_000)]
    cut = gzip.compress(amazon(*rows))[:-2_000]
    (file,) = read_orders(("report.txt.gz", cut), workspace=tmp_path).report.files
    assert 0 < file.accepted < 20_000
    assert file.rows_in == file.accepted + file.rejected
    assert any("ends early" in warning for warning in file.warnings)


@pytest.mark.parametrize(
    ("encoding", "product"),
    [("utf-8", "Töpfe"), ("utf-8-sig", "鍋"), ("cp1252", "Töpfe – groß"), ("cp932", "フライパン")],
)
def test_the_encoding_is_found_and_said(tmp_path: Path, encoding, product):
    content = amazon(amazon_row(product_name=product)).decode().encode(encoding)
    orders = read_orders(("report.txt", content), workspace=tmp_path)
    assert orders.table["product"].tolist() == [product]
    assert orders.report.files[0].encoding == encoding.replace("utf-8", "utf-8-sig").replace(
        "-sig-sig", "-sig"
    )


# ---------------------------------------------------------------- what must not, or cannot, be opened


def told(*inputs: Any) -> dict[str, str]:
    """Name and sentence of all that was not opened."""
    return {
        found.name: found.reason
        for found in _sources.find_sources(inputs)
        if isinstance(found, _sources.Unopened)
    }


def readable(*inputs: Any) -> list[str]:
    return [found.name for found in _sources.find_sources(inputs) if isinstance(found, _sources.Source)]


NO_FILE = "There is no such file or folder. Check the name and where it lies."


@pytest.mark.parametrize(
    ("path", "name", "sentence"),
    [
        ("nowhere.csv", "nowhere.csv", NO_FILE),
        ("/nowhere/of/mine/orders.csv", "orders.csv", NO_FILE),
        ("a\0b.csv", "ab.csv", NO_FILE),
        ("~nobody-of-this-name/orders.csv", "orders.csv", NO_FILE),
        ("n" * 5_000, "…" + "n" * 119, NO_FILE),
        ("", "a file without a name", "No file or folder is named. Write where it lies."),
        (" ", " ", NO_FILE),
    ],
)
def test_a_path_to_nothing_is_told_without_its_folder(path, name, sentence):
    assert told(path) == {name: sentence}


def test_a_pipe_is_not_opened_and_holds_nothing_up(tmp_path: Path):
    os.mkfifo(tmp_path / "orders.csv")
    sentence = "It is a pipe or a device, and reading it may never end. Save what it gives to a file."
    assert told(tmp_path) == told(tmp_path / "orders.csv") == {"orders.csv": sentence}
    assert told("/dev/zero") == {"zero": sentence}


def test_links_in_a_folder_are_told_and_not_followed(tmp_path: Path):
    exports = tmp_path / "exports"
    exports.mkdir()
    (tmp_path / "secret.csv").write_bytes(SHOPIFY)
    (exports / "orders.csv").symlink_to(tmp_path / "secret.csv")
    (exports / "loop").symlink_to(exports)
    assert told(exports) == {
        "orders.csv": "It is a link, and links in a folder are not followed. Hand in the file or folder that "
        "it leads to."
    }
    assert [
        found.name for found in _sources.find_sources(exports) if isinstance(found, _sources.LeftAside)
    ] == ["loop"]
    assert readable(exports / "orders.csv") == ["orders.csv"], "a link that is named is meant"


TWICE = "It was handed in before, maybe under another name, and is read once."


def test_what_is_handed_in_twice_is_read_once(tmp_path: Path):
    (tmp_path / "older").mkdir()
    (tmp_path / "older" / "orders.csv").write_bytes(SHOPIFY)
    os.link(tmp_path / "older" / "orders.csv", tmp_path / "same.csv")
    assert readable(tmp_path, tmp_path, tmp_path / "older") == ["older/orders.csv"]
    assert told(tmp_path, tmp_path) == {"same.csv": TWICE, tmp_path.name: TWICE}
    assert told(tmp_path, tmp_path / "older")["orders.csv"] == TWICE
    assert len(read_orders([tmp_path, tmp_path], workspace=tmp_path / "workspace")) == 1


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "orders.csv").write_bytes(SHOPIFY)

    def forbid(*_: object, **__: object) -> None:  # root, in a container, may read every file
        raise PermissionError

    for called in ("open", "stat"):
        with monkeypatch.context() as patched:
            patched.setattr(Path, called, forbid)
            sentence = told(tmp_path / "orders.csv")["orders.csv"]
            assert (
                sentence == "You may not read it. Change its permissions, or copy it to a folder of your own."
            )


# ---------------------------------------------------------------- too large


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path):
    for name in ("orders.csv", "orders.zip"):
        (tmp_path / name).touch()
        os.truncate(tmp_path / name, 2_300_000_000)
    sentence = (
        "It is 2.3 GB, and 2 GB is the most that is read of one file. Fetch it in parts, by date range."
    )
    assert told(tmp_path) == {"orders.csv": sentence, "orders.zip": sentence}


def test_a_file_that_grows_too_large_while_it_is_read_is_not_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "orders.csv"
    path.write_bytes(SHOPIFY)
    (source,) = _sources.find_sources(path)
    assert isinstance(source, _sources.Source)
    monkeypatch.setattr(_sources, "LARGEST_FILE", 2_000_000)

    def read_on() -> None:
        with source.open() as file, path.open("ab") as growing:
            while file.read(10_000):
                growing.write(bytes(10_000))
                growing.flush()

    with pytest.raises(_sources.TooLarge, match=r"2\.1 MB, and 2 MB is the most"):
        read_on()
    assert path.stat().st_size < 3_000_000


def test_an_upload_that_is_too_large_is_refused_before_it_is_copied(tmp_path: Path):
    name = r"C:\Users\Jane\orders.csv"
    content = bytes(LARGEST_UPLOAD + 1)
    sentence = (
        "It is 200.1 MB, and 200 MB is the most that is taken from a page or from memory. Put it in a folder "
        "on this machine and read that folder."
    )
    for upload in ((name, content), {"name": name, "content": memoryview(content)}):
        assert told(upload) == {"orders.csv": sentence}


# ---------------------------------------------------------------- a file that changes


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


def overwrite(path: Path) -> None:
    path.write_bytes(b"Another\n")


def replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


@pytest.mark.parametrize(
    "change",
    [
        append,
        lambda path: os.truncate(path, 10),
        overwrite,
        replace,
        Path.unlink,
    ],
    ids=["grows", "shrinks", "is overwritten", "is replaced", "vanishes"],
)
@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_a_change_on_disk_shows_in_the_fingerprint(tmp_path: Path, change: Callable[[Path], Any], name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(SHOPIFY) if name.endswith("gz") else SHOPIFY)
    (source,) = _sources.find_sources(path)
    assert isinstance(source, _sources.Source)
    before = source.fingerprint()
    assert before is not None
    with source.open() as file:
        file.read()
    assert source.fingerprint() == before
    change(path)
    assert source.fingerprint() != before


def test_what_lies_in_memory_has_no_fingerprint():
    (source,) = _sources.find_sources(("orders.csv", SHOPIFY))
    assert isinstance(source, _sources.Source)
    assert source.fingerprint() is None


def test_a_file_that_vanishes_before_it_is_opened_is_told(tmp_path: Path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(SHOPIFY)
    found = _sources.find_sources(tmp_path)
    next(found)
    (tmp_path / "b.csv").unlink()
    (gone,) = found
    assert isinstance(gone, _sources.Unopened)
    assert gone.reason == "It was there a moment ago and is gone. Hand it in again once it stays where it is."


def test_an_old_or_locked_workbook_is_told():
    content = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
    assert told(("orders.xlsx", content))["orders.xlsx"].startswith(
        "It is an old Excel workbook (.xls), or one"
    )


def test_no_folder_is_in_a_source_or_its_text(tmp_path: Path):
    (tmp_path / "orders.csv").write_bytes(SHOPIFY)
    assert str(tmp_path) not in repr(list(_sources.find_sources(tmp_path)))
