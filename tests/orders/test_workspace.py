"""The folder that is the reader's own."""

import stat
from pathlib import Path

import pytest

from ownchannel import Workspace, read_orders
from ownchannel.orders.saved import save_orders, saved_orders
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_for_each_workspace_and_closed_to_others(workspace, tmp_path):
    key = workspace.secret()
    assert key == Workspace(workspace.folder).secret()
    assert key != Workspace(tmp_path / "another").secret()
    assert mode(workspace.folder / "customer.key") == 0o600
    assert mode(workspace.folder) == 0o700
    assert (workspace.folder / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("content", ["", "not hexadecimal", "abcd"])
def test_a_damaged_key_is_told_with_what_to_do(workspace, content):
    workspace.open()
    (workspace.folder / "customer.key").write_text(content)
    with pytest.raises(ValueError, match=r"64 hexadecimal digits.*delete it"):
        workspace.secret()


def test_customers_keep_their_keys_in_one_workspace_and_have_others_elsewhere(workspace, tmp_path):
    content = ("shop.csv", shopify(shopify_row()))
    (first,) = read_orders(content, workspace=workspace).table["customer_key"]
    (again,) = read_orders(content, workspace=workspace.folder).table["customer_key"]
    (other,) = read_orders(content, workspace=tmp_path / "another").table["customer_key"]
    assert first == again != other


def test_no_key_is_made_before_a_customer_is_met(workspace):
    read_orders(("report.txt", amazon(amazon_row())), workspace=workspace)
    assert not workspace.folder.exists()


def test_saved_orders_come_back_as_they_were(workspace):
    files = [("a.txt", amazon(amazon_row(), amazon_row(item_price="??"))), ("b.csv", shopify(shopify_row()))]
    orders = read_orders(files, workspace=workspace, timezone="America/New_York")
    assert saved_orders(workspace) is None
    file = save_orders(orders, workspace)
    back = saved_orders(workspace)
    assert mode(file) == 0o600
    assert back.arrow.equals(orders.arrow)
    assert back.report.files == orders.report.files
    assert str(back.report) == str(orders.report)
    assert back.report.rejected.equals(orders.report.rejected)


def test_a_damaged_file_is_told_with_what_to_do(workspace):
    (workspace.open() / "orders.parquet").write_bytes(b"not parquet")
    with pytest.raises(ValueError, match="read your files again"):
        saved_orders(workspace)
