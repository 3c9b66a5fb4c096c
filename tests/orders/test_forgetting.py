"""A customer who is forgotten does not come back, and the sums stay."""

import hmac
import re
import stat
from pathlib import Path

import pytest

from ownchannel.orders import Orders, forget, read_orders, save_orders, saved_orders

# inside: what is said before files are read
from ownchannel.orders._saved import key_remark
from ownchannel.workspace import CustomerKeys, Workspace
from tests.orders.exports import shopify, shopify_row

ANN, BOB = "ann.sentinel@example.com", "bob.sentinel@example.com"
FILE = (
    "shop.csv",
    shopify(
        shopify_row({"Name": "#1", "Email": ANN}),
        shopify_row({"Name": "#2", "Email": BOB}),
        shopify_row({"Name": "#3", "Email": ANN.upper()}),
    ),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def read(workspace: Workspace) -> Orders:
    return read_orders(FILE, workspace=workspace)


def saved(workspace: Workspace) -> Orders:
    orders = saved_orders(workspace)
    assert orders is not None
    return orders


def key_of(address: str, workspace: Workspace) -> str:
    key = CustomerKeys(workspace.secret).of_email(address)
    assert key is not None
    return key


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


@pytest.mark.parametrize("customer", [f" {ANN.title()} ", None], ids=["address", "key"])
def test_orders_of_a_forgotten_customer_stay_as_sales_of_nobody(workspace, customer):
    before = read(workspace)
    save_orders(before, workspace)
    ann, bob = key_of(ANN, workspace), key_of(BOB, workspace)
    result = forget(customer or f" {ann.upper()}", workspace)
    assert result.lines == 2
    assert str(result).startswith("The customer is forgotten: 2 order lines now without a customer.")
    after = saved(workspace)
    assert after.arrow["customer_key"].to_pylist() == [None, bob, None]
    assert after.arrow["consent"].to_pylist() == [None, True, None]
    rest = ["customer_key", "consent"]
    assert after.arrow.drop_columns(rest).equals(before.arrow.drop_columns(rest))


def test_reading_the_same_files_again_does_not_bring_the_customer_back(workspace):
    before = read(workspace)
    forget(ANN, workspace)
    again = read(workspace)
    assert again.arrow["customer_key"].to_pylist() == [None, key_of(BOB, workspace), None]
    assert again.arrow["consent"].to_pylist() == [None, True, None]
    rest = ["customer_key", "consent"]
    assert again.arrow.drop_columns(rest).equals(before.arrow.drop_columns(rest))


def test_orders_read_before_lose_the_customer_when_they_are_saved_after(workspace):
    open_in_a_workbook = read(workspace)
    assert forget(ANN, workspace).lines == 0
    save_orders(open_in_a_workbook, workspace)
    assert saved(workspace).arrow["customer_key"].to_pylist() == [None, key_of(BOB, workspace), None]


def test_neither_address_nor_key_is_in_any_file_or_sentence(workspace):
    save_orders(read(workspace), workspace)
    key = key_of(ANN, workspace)
    (workspace.folder / "orders.zip.abc.part").write_bytes(b"a write cut off, with " + key.encode())
    held = everything_in(workspace.folder)
    assert key.encode() in held  # the search can find it
    said = repr(forget(ANN, workspace)) + str(forget(key, workspace))
    held = everything_in(workspace.folder)
    for told in (key, ANN, "sentinel"):
        assert told.encode() not in held.lower()
        assert told not in said
    assert key_of(BOB, workspace).encode() in held


def test_only_the_secret_links_the_list_to_a_customer(workspace):
    forget(ANN, workspace)
    (line,) = (workspace.folder / "forgotten.txt").read_text().splitlines()
    key = key_of(ANN, workspace)
    own, other = (
        hmac.digest(by, f"forgotten:{key}".encode(), "sha256").hex() for by in (workspace.secret(), bytes(32))
    )
    assert line.split()[1] == own != other
    assert key in workspace.forgotten()
    (workspace.folder / "customer.key").write_text(bytes(32).hex())
    assert key not in workspace.forgotten()


def test_the_list_is_for_its_owner_only_and_notes_a_customer_once(workspace):
    for customer in (ANN, BOB, ANN):
        forget(customer, workspace)
    file = workspace.folder / "forgotten.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().splitlines()) == 2
    assert sorted(f.name for f in workspace.folder.iterdir()) == [
        ".gitignore",
        "customer.key",
        "forgotten.txt",
    ]


def test_a_customer_who_is_not_known_is_said_and_remembered(workspace):
    save_orders(read(workspace), workspace)
    assert str(forget("eve@example.com", workspace)).startswith(
        "The customer is not known in the saved orders."
    )
    assert workspace.customer_keys().of_email("eve@example.com") is None


@pytest.mark.parametrize("customer", ["", "Ann Sentinel", "ann@", "0123abcd"])
def test_what_is_neither_address_nor_key_is_refused_without_being_repeated(workspace, customer):
    with pytest.raises(ValueError, match=r"neither an e-mail address nor a customer's key") as refusal:
        forget(customer, workspace)
    assert not customer or customer not in str(refusal.value)


def test_an_interruption_is_made_good_by_forgetting_again(workspace, monkeypatch):
    save_orders(read(workspace), workspace)
    with monkeypatch.context() as patch:
        patch.setattr("ownchannel.workspace.SavedTables.save", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(ANN, workspace)
    assert workspace.customer_keys().of_email(ANN) is None
    assert forget(ANN, workspace).lines == 2


def test_while_saved_orders_have_another_key_nobody_is_forgotten_by_halves(workspace):
    save_orders(read(workspace), workspace)
    (workspace.folder / "customer.key").unlink()
    with pytest.raises(ValueError, match=r"forgotten yet\. customer\.key .* is missing") as refusal:
        forget(ANN, workspace)
    assert "sentinel" not in str(refusal.value)
    assert not (workspace.folder / "forgotten.txt").exists()


def test_a_lost_key_would_bring_forgotten_customers_back_and_that_is_said(workspace):
    forget(ANN, workspace)
    copy = (workspace.folder / "customer.key").read_bytes()
    (workspace.folder / "customer.key").unlink()
    missing = key_remark(workspace)
    assert "is missing" in missing
    assert missing.endswith("again and forget once more the 1 customer whom you had forgotten.")
    workspace.secret()
    assert "another key than before" in key_remark(workspace)
    assert workspace.customer_keys().of_email(ANN) is not None
    other = (workspace.folder / "customer.key").read_bytes()
    (workspace.folder / "customer.key").write_bytes(copy)
    assert key_remark(workspace) == ""
    assert workspace.customer_keys().of_email(ANN) is None
    (workspace.folder / "customer.key").write_bytes(other)
    forget(ANN, workspace)
    assert key_remark(workspace) == ""
    assert workspace.customer_keys().of_email(ANN) is None


@pytest.mark.parametrize("content", [b"abc def\n", b"\xff\xfe", f"{32 * 'a'} {64 * 'a'}\n\n".encode()])
def test_a_damaged_list_is_told_with_what_to_do(workspace, content):
    forget(ANN, workspace)
    (workspace.folder / "forgotten.txt").write_bytes(content)
    told = re.compile(r"forgotten\.txt in the folder workspace is damaged.*Put back your copy")
    with pytest.raises(ValueError, match=told):
        workspace.customer_keys()
    assert told.match(key_remark(workspace))
