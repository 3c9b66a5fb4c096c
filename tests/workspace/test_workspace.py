"""The folder that is the reader's own."""

import stat
from pathlib import Path

import pytest

from ownchannel.orders import read_orders
from ownchannel.workspace import Workspace, write_private
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


def test_a_private_file_is_closed_to_others_whatever_stood_there(tmp_path):
    file = tmp_path / "notes"
    file.write_bytes(b"open to all")
    file.chmod(0o644)
    write_private(file, b"mine")
    assert (file.read_bytes(), mode(file)) == (b"mine", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_keys_differ_by_their_fingerprints_which_do_not_hold_them(workspace, tmp_path):
    assert workspace.fingerprint() == ""
    assert not workspace.folder.exists()
    secret = workspace.secret()
    assert workspace.fingerprint() == Workspace(workspace.folder).fingerprint()
    assert workspace.fingerprint() not in secret.hex()
    other = Workspace(tmp_path / "another")
    other.secret()
    assert workspace.fingerprint() != other.fingerprint()
