"""The list of files: added one by one they give what reading all at once gives, and none is read twice."""

import stat
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import (
    SIDE_TABLES,
    FileList,
    Orders,
    current_orders,
    forget,
    read_orders,
    sample_orders,
    save_orders,
    saved_orders,
)
from ownchannel.workspace import CustomerKeys, Workspace, save_account
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row
from tests.orders.generated_orders import FORMATS
from tests.orders.shown import unpacked

File = tuple[str, bytes]

REPORT = ("report.txt", amazon(amazon_row(), amazon_row(item_price="??")))
SHOP = ("shop.csv", shopify(shopify_row()))
#: Its times name no zone.
ETSY = ("etsy.csv", next(Path(__file__).parents[2].glob("data/samples/etsy_order_items_*")).read_bytes())
BROKEN = b"<html>Sign in</html>"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def mine(workspace: Workspace) -> FileList:
    return FileList(workspace)


@pytest.fixture
def small_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample brand of two orders, sooner read than the large one."""
    for name, content in (SHOP, REPORT):
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr("ownchannel.orders._import._SAMPLES", (tmp_path,))


@pytest.fixture
def read_nothing_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Called, it has every export file refused that is read from then on."""

    def refuse(*_: object) -> None:
        raise AssertionError("A file was read again.")

    def later() -> None:
        for module in ("_import", "_file_list"):
            monkeypatch.setattr(f"ownchannel.orders.{module}.read_file", refuse)

    return later


def parts(orders: Orders) -> tuple[object, ...]:
    """All of orders and their report that counts, to compare."""
    tables = (getattr(orders, name) for name in ("arrow", "entries", *SIDE_TABLES))
    report = orders.report
    return (*(table.to_pydict() for table in tables), report.files, report.rejected.to_csv(), report.timezone)


# ---------------------------------------------------------------- what holds for any files


def files() -> st.SearchStrategy[list[File]]:
    """Up to four files of any platform, in any order of their names."""
    plain = [form for name, form in FORMATS.items() if name != "Table with named columns"]
    some = st.lists(st.one_of(plain).map(lambda file: file.content), min_size=1, max_size=4, unique=True)
    return some.map(lambda all_: [(f"{place}.txt", one) for place, one in enumerate(all_)]).flatmap(
        st.permutations
    )


def listed(folder: str, added: Iterable[File]) -> FileList:
    found = FileList(folder)
    for file in added:
        found.add(file, timezone="America/New_York")
    return found


@settings(max_examples=20)
@given(files())
def test_any_order_of_adding_gives_what_reading_all_at_once_gives(files):
    with tempfile.TemporaryDirectory() as folder:
        at_once = parts(read_orders(sorted(files), workspace=folder, timezone="America/New_York"))
        one_by_one = listed(folder, files)
        assert parts(one_by_one.orders()) == at_once
        assert one_by_one.names == tuple(sorted(name for name, _ in files))
        saved = saved_orders(Workspace(Path(folder)))
        assert saved is not None
        assert parts(saved) == at_once


@settings(max_examples=12)
@given(files(), st.data())
def test_adding_twice_changes_nothing_and_removing_gives_what_never_adding_gives(files, data):
    again, gone = data.draw(st.sampled_from(files)), data.draw(st.sampled_from(files))
    with tempfile.TemporaryDirectory() as folder:
        mine = listed(folder, files)
        before = parts(mine.orders())
        kept = {file.name: file.stat().st_mtime_ns for file in Path(folder, "files").iterdir()}
        assert mine.add([again, ("other name.csv", again[1])], timezone="New York") == (
            f"In the list already: {again[0]}.",
        )
        assert parts(mine.orders()) == before
        assert {file.name: file.stat().st_mtime_ns for file in Path(folder, "files").iterdir()} == kept
        mine.remove(gone[0])
        rest = sorted(file for file in files if file != gone)
        expected = read_orders(rest, workspace=folder, timezone="America/New_York" if rest else "UTC")
        assert parts(mine.orders()) == parts(expected)


# ---------------------------------------------------------------- one file after the other


def test_adding_replaces_nothing_and_the_second_opening_reads_nothing(mine, workspace, read_nothing_later):
    assert mine.add([SHOP], timezone="New York") == ("Added: shop.csv.",)
    assert mine.add([REPORT], timezone="new york") == ("Added: report.txt.",)
    assert mine.orders().channels() == {"Amazon.com": "marketplace", "Shopify": "owned"}
    assert mine.report().timezone == "America/New_York"
    read_nothing_later()
    again = FileList(workspace)
    assert repr(again) == "2 files: report.txt and shop.csv."
    assert again.add([SHOP, REPORT], "New York") == ("In the list already: shop.csv and report.txt.",)
    assert again.orders().arrow.equals(current_orders(workspace).orders.arrow)
    again.remove("shop.csv")
    assert current_orders(workspace).orders.channels() == {"Amazon.com": "marketplace"}
    again.remove("report.txt")
    assert saved_orders(workspace) is None
    with pytest.raises(ValueError, match=r"No file in the list is called shop\.csv: the list is empty"):
        again.remove("shop.csv")


def test_what_is_kept_is_private_and_holds_neither_the_file_nor_an_address(mine, workspace):
    mine.add([REPORT, SHOP])
    folder = workspace.folder / "files"
    kept = sorted(folder.iterdir())
    assert len(kept) == 2
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    content = b"".join(file.read_bytes() for file in kept)
    assert b"Lineitem" not in content
    assert b"buyer@example.com" not in content


def test_a_changed_file_takes_the_place_of_its_earlier_self(mine):
    mine.add([SHOP, REPORT])
    changed = ("shop.csv", shopify(shopify_row(), shopify_row({"Name": "#1002"})))
    assert mine.add(changed) == ("Changed, and read in place of the earlier one: shop.csv.",)
    assert mine.names == ("report.txt", "shop.csv")
    assert len(mine.orders().sales) == 3


def test_a_broken_file_leaves_the_orders_and_takes_the_place_of_none_that_was_read(mine):
    mine.add(SHOP)
    before = mine.orders().arrow
    said = mine.add([("sign-in.csv", BROKEN), ("shop.csv", BROKEN + b" ")])
    assert said == ("Not read, and in the list with its reason: sign-in.csv and shop.csv (2).",)
    assert mine.orders().arrow.equals(before)
    (reason,) = {file.warnings for file in mine.report().files if not file.was_read}
    assert "It is a web page" in reason[0]
    assert mine.add(("sign-in.csv", REPORT[1])) == (
        "Changed, and read in place of the earlier one: sign-in.csv.",
    )
    mine.remove("shop.csv (2)")
    assert mine.names == ("shop.csv", "sign-in.csv")


def test_two_files_of_one_name_in_one_go_are_both_kept(mine, tmp_path):
    for place, content in (("2025", SHOP[1]), ("2026", REPORT[1])):
        (tmp_path / place).mkdir()
        (tmp_path / place / "orders.csv").write_bytes(content)
    paths = [tmp_path / "2025" / "orders.csv", tmp_path / "2026" / "orders.csv"]
    mine.add(paths)
    assert mine.names == ("orders.csv", "orders.csv (2)")
    assert mine.add([*paths, paths[0]]) == ("In the list already: orders.csv and orders.csv (2).",)
    assert len(mine.orders().sales) == 2


def test_times_without_a_zone_say_in_which_they_were_read_until_the_file_is_added_again(mine):
    mine.add([ETSY, REPORT], timezone="UTC")
    mine.add(SHOP, timezone="Berlin")
    etsy, report, _ = mine.report().files
    assert etsy.warnings[-1] == (
        "Its times that name no zone were read as those of UTC: add it again to have them in Europe/Berlin."
    )
    assert not [warning for warning in report.warnings if "Berlin" in warning]
    assert mine.add(ETSY, timezone="Berlin") == ("Read again: etsy.csv.",)
    assert "Berlin" not in str(mine.report().files)


def test_files_are_read_again_where_other_code_reads_them(mine, monkeypatch):
    mine.add(SHOP)
    monkeypatch.setattr("ownchannel.orders._file_list.reading_version", lambda: "newer")
    assert mine.add(SHOP) == ("Read again: shop.csv.",)


def test_orders_saved_without_a_list_are_replaced_and_that_is_said(mine, workspace):
    save_orders(read_orders(SHOP, workspace=workspace), workspace)
    assert mine.orders().channels() == {"Shopify": "owned"}
    assert mine.add(REPORT) == (
        "The orders saved before, without a list of their files, are replaced: add those files as well.",
        "Added: report.txt.",
    )


def test_a_list_whose_orders_were_not_finished_makes_them_when_it_is_opened(mine, workspace, monkeypatch):
    mine.add(SHOP)
    with monkeypatch.context() as patch:
        patch.setattr("ownchannel.orders._file_list.assembled", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            mine.add(REPORT)
    assert len(current_orders(workspace).orders.sales) == 1  # as they were
    assert len(mine.report().files) == 2
    assert len(current_orders(workspace).orders.sales) == 2
    (workspace.folder / "orders.zip").unlink()
    assert len(mine.orders().sales) == 2


@pytest.mark.parametrize("place", [0, 2_000], ids=["note", "rows"])
def test_a_kept_file_that_is_damaged_stays_in_the_list_with_its_reason(mine, workspace, place):
    mine.add([SHOP, REPORT])
    file = max((workspace.folder / "files").iterdir())
    whole = file.read_bytes()
    file.write_bytes(whole[:place] + bytes(50) + whole[place + 50 :])
    mine.add(("rates.csv", b"date,from,to,rate\n2026-03-01,EUR,USD,1.10\n"))
    (damaged,) = (each for each in mine.report().files if not each.was_read)
    assert "cannot be opened" in damaged.warnings[0]
    assert len(mine.orders().sales) == 1
    mine.remove(damaged.name)
    mine.add([SHOP, REPORT])
    assert len(mine.orders().sales) == 2


# ---------------------------------------------------------------- customers and their key


def key_of(address: str, workspace: Workspace) -> str:
    key = CustomerKeys(workspace.secret).of_email(address)
    assert key is not None
    return key


def test_a_forgotten_customer_is_gone_from_every_kept_table(mine, workspace, small_sample):
    mine.add([SHOP, REPORT])
    key = key_of("buyer@example.com", workspace)
    assert key in sample_orders(workspace).arrow["customer_key"].to_pylist()
    assert key in mine.orders().arrow["customer_key"].to_pylist()
    assert forget("buyer@example.com", workspace).lines == 1
    assert key not in sample_orders(workspace).arrow["customer_key"].to_pylist()
    (workspace.folder / "orders.zip").unlink()
    mine.remove("report.txt")  # the orders are made anew of what is kept
    assert mine.orders().arrow["customer_key"].to_pylist() == [None]
    kept = [str(part) for file in workspace.folder.rglob("*.zip") for part in unpacked(file)]
    assert len(kept) > 3
    assert key not in "".join(kept)


def test_a_lost_key_is_said_until_all_files_are_read_again(mine, workspace):
    mine.add([SHOP, REPORT])
    (workspace.folder / "customer.key").unlink()
    assert "customer.key in the workspace is missing" in current_orders(workspace).remark
    (workspace.folder / "orders.zip").unlink()
    assert "customer.key in the workspace is missing" in current_orders(workspace).remark
    with pytest.raises(ValueError, match="cannot be found or forgotten yet"):
        forget("buyer@example.com", workspace)
    assert mine.add([SHOP, REPORT]) == (
        "Read again: shop.csv.",
        "In the list already: report.txt.",
    )
    assert current_orders(workspace).remark == ""


# ---------------------------------------------------------------- the sample brand


def test_the_sample_brand_is_read_once_in_a_workspace(workspace, read_nothing_later):
    first = sample_orders(workspace)
    read_nothing_later()
    second = current_orders(workspace).orders
    assert parts(second) == parts(first)
    assert stat.S_IMODE((workspace.folder / "sample.zip").stat().st_mode) == 0o600


def test_the_sample_brand_is_read_again_where_anything_is_not_as_it_was(workspace, tmp_path, small_sample):
    first = sample_orders(workspace)
    file = workspace.folder / "sample.zip"
    whole = file.read_bytes()
    file.write_bytes(whole[:-500])
    assert parts(sample_orders(workspace)) == parts(first)
    assert len(file.read_bytes()) > len(whole) - 500
    (workspace.folder / "customer.key").unlink()
    other = sample_orders(workspace)
    assert other.report.remark == ""
    keys = [set(orders.arrow["customer_key"].drop_null().to_pylist()) for orders in (first, other)]
    assert not keys[0] & keys[1]
    (tmp_path / "shop.csv").unlink()
    assert sample_orders(workspace).channels() == {"Amazon.com": "marketplace"}


def test_saved_orders_stay_where_kept_rows_cannot_be_opened_any_more(tmp_path: Path):
    """As where a later version, or another way of costing, would put the orders together anew."""
    place = Workspace.at(tmp_path)
    FileList(place).add([("orders.txt", amazon(amazon_row()))])
    (kept,) = (tmp_path / "files").glob("*.zip")
    kept.write_bytes(b"of another version")
    assert len(FileList(place).orders()) == 1, "the list is marked as it always was"
    save_account(place, costing="fifo")
    assert len(FileList(place).orders()) == 0
    save_account(place, costing=None)
    assert len(FileList(place).orders()) == 1
