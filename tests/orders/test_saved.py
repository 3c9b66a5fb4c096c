"""The orders that workbooks open with, and what is said where their key is lost."""

import io
import random
import stat
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ownchannel.files import MONEY
from ownchannel.orders import (
    ENTRIES,
    RATES,
    SIDE_TABLES,
    TEXT,
    FileList,
    Orders,
    current_orders,
    read_orders,
    sample_orders,
    save_orders,
    saved_orders,
)

# inside: what is said before files are read, and by what code
from ownchannel.orders._saved import key_remark, reading_version
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row

FILES = [("a.txt", amazon(amazon_row(), amazon_row(item_price="??"))), ("b.csv", shopify(shopify_row()))]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def orders_with_all_tables(workspace: Workspace) -> Orders:
    orders = read_orders(FILES, workspace=workspace, timezone="America/New_York")
    beside = {name: one_row(schema) for name, schema in SIDE_TABLES.items()}
    return replace(orders, entries=one_row(ENTRIES), **beside)


def one_row(schema: pa.Schema) -> pa.Table:
    values = {
        pa.string(): "a word",
        TEXT: "a word",
        pa.date32(): date(2026, 3, 1),
        pa.timestamp("us", tz="UTC"): datetime.fromisoformat("2026-03-01T12:00:00Z"),
        MONEY: Decimal("-12.345678"),
        RATES.field("rate").type: Decimal("1.0845"),
        pa.float64(): 0.25,
        pa.int64(): 3,
        pa.bool_(): True,
    }
    return pa.Table.from_pylist([{field.name: values[field.type] for field in schema}], schema=schema)


def test_saved_orders_come_back_as_they_were(workspace):
    orders = orders_with_all_tables(workspace)
    assert saved_orders(workspace) is None
    file = save_orders(orders, workspace)
    back = saved_orders(workspace)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for name in ("arrow", "entries", *SIDE_TABLES):
        assert getattr(back, name).equals(getattr(orders, name)), name
    assert back.report.files == orders.report.files
    assert str(back.report) == str(orders.report)
    assert back.report.rejected.equals(orders.report.rejected)


def test_a_list_that_is_cleared_leaves_the_key_alone(workspace):
    save_orders(read_orders(FILES, workspace=workspace), workspace)
    FileList(workspace).clear()
    FileList(workspace).clear()
    assert sorted(file.name for file in workspace.folder.iterdir()) == [".gitignore", "customer.key"]


def test_a_damaged_file_is_told_with_what_to_do(workspace):
    (workspace.open() / "orders.zip").write_bytes(b"no archive")
    assert key_remark(workspace) == ""  # reading files again is the remedy, and must not be in the way
    with pytest.raises(ValueError, match="read your files again"):
        saved_orders(workspace)


def test_a_file_with_a_bit_wrong_anywhere_opens_as_it_was_or_is_told(workspace):
    orders = orders_with_all_tables(workspace)
    file = save_orders(orders, workspace)
    whole, draw = file.read_bytes(), random.Random(7)
    told = 0
    for place in [*range(30), *(draw.randrange(len(whole)) for _ in range(150)), *range(-30, 0)]:
        broken = bytearray(whole)
        broken[place] ^= 1 << draw.randrange(8)
        file.write_bytes(broken)
        try:
            back = saved_orders(workspace)
        except ValueError:
            told += 1
        else:
            assert back.arrow.equals(orders.arrow)
    assert told > 100


def test_a_write_that_is_cut_off_leaves_the_orders_saved_before(workspace, monkeypatch):
    orders = read_orders(FILES, workspace=workspace)
    save_orders(orders, workspace)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            save_orders(read_orders([], workspace=workspace), workspace)
    assert saved_orders(workspace).arrow.equals(orders.arrow)
    assert not list(workspace.folder.glob("*.part"))


def test_a_key_that_is_lost_is_said_until_it_is_back_or_the_files_are_read_again(workspace):
    assert key_remark(workspace) == ""
    save_orders(read_orders(FILES, workspace=workspace), workspace)
    assert key_remark(workspace) == ""
    key = workspace.folder / "customer.key"
    copy = key.read_bytes()
    key.unlink()
    missing = key_remark(workspace)
    assert missing == (
        "customer.key in the workspace is missing: customers get new keys, which match none from before, in "
        "saved orders or given to others. Put your copy of the file back, or read all your files again."
    )
    assert str(current_orders(workspace)).endswith(f"2026. {missing}")
    again = read_orders(FILES, workspace=workspace)
    assert key_remark(workspace) == missing.replace("is missing", "holds another key than before")
    other_key = key.read_bytes()
    key.write_bytes(copy)
    assert key_remark(workspace) == ""
    key.write_bytes(other_key)
    save_orders(again, workspace)
    assert key_remark(workspace) == ""


def test_orders_without_customers_need_no_key(workspace):
    save_orders(read_orders(("a.txt", amazon(amazon_row())), workspace=workspace), workspace)
    assert not (workspace.folder / "customer.key").exists()
    assert key_remark(workspace) == ""
    workspace.secret()
    assert key_remark(workspace) == ""


def test_orders_saved_after_their_key_vanished_say_so(workspace):
    orders = read_orders(FILES, workspace=workspace)
    (workspace.folder / "customer.key").unlink()
    save_orders(orders, workspace)
    assert "is missing" in key_remark(workspace)
    workspace.secret()
    assert "another key than before" in key_remark(workspace)


def test_a_damaged_key_does_not_keep_saved_orders_from_opening(workspace):
    save_orders(read_orders(FILES, workspace=workspace), workspace)
    (workspace.folder / "customer.key").write_text("abcd")
    opened = current_orders(workspace)
    assert not opened.is_sample
    assert "64 hexadecimal digits" in opened.remark


@pytest.mark.parametrize(("missing", "opens"), [("traffic", True), ("spend", True), ("arrow", False)])
def test_orders_saved_by_an_earlier_version_open_and_those_that_lost_a_table_do_not(tmp_path, missing, opens):
    place = Workspace.at(tmp_path)
    file = save_orders(sample_orders(place), place)
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != f"{missing}.parquet"}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    if not opens:
        with pytest.raises(ValueError, match="cannot be opened"):
            saved_orders(place)
        return
    saved = saved_orders(place)
    assert saved is not None and len(saved) == len(sample_orders(place))
    assert len(getattr(saved, missing)) == 0


def test_the_mark_of_what_reads_is_of_both_rooms(monkeypatch: pytest.MonkeyPatch):
    read: list[str] = []
    whole = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda file: read.append(file.name) or whole(file))
    assert len(reading_version.__wrapped__()) == 64  # past its cache
    assert {"_layout.py", "_times.py", "_merge.py", "_shopify.py", "amazon_words.toml"} <= set(read)


@pytest.mark.parametrize(("column", "opens"), [("goods", True), ("fee", False)])
def test_a_column_that_earlier_versions_did_not_save_is_not_known(tmp_path: Path, column: str, opens: bool):
    place = Workspace.at(tmp_path)
    file = save_orders(sample_orders(place), place)
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    lines = pq.read_table(io.BytesIO(members["arrow.parquet"])).drop_columns(column)
    buffer = io.BytesIO()
    pq.write_table(lines, buffer)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (members | {"arrow.parquet": buffer.getvalue()}).items():
            archive.writestr(name, content)
    if not opens:
        with pytest.raises(ValueError, match="cannot be opened"):
            saved_orders(place)
        return
    saved = saved_orders(place)
    assert saved is not None and saved.arrow["goods"].null_count == len(lines)
