"""Files, folders, uploads and archives; a bad one never sinks the rest."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from ownchannel import read_orders
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
        ("letter.txt", b"Dear all,\nplease find attached\n", "None of its first lines is a header"),
        ("photo.csv", bytes(range(256)) * 20, "None of its first lines is a header"),
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
