"""The orders last read, kept in the workspace; and customers taken out of them who ask for it."""

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.formats import count
from ownchannel.orders._cells import with_columns
from ownchannel.orders._orders import Orders
from ownchannel.orders._report import Report
from ownchannel.orders._schema import ENTRIES, RATES, REPEAT_RATES, TABLE
from ownchannel.workspace import KEY_FILE, CustomerKeys, SavedTables, Workspace

ORDERS_FILE = "orders.zip"
_KEY = re.compile("[0-9a-f]{32}")

#: The tables of `Orders` by their names there.
_TABLES = {"arrow": TABLE, "entries": ENTRIES, "repeat_rates": REPEAT_RATES, "rates": RATES}


def _saved(workspace: Workspace) -> SavedTables[Report]:
    return SavedTables(workspace, ORDERS_FILE, _TABLES, Report)


def save_orders(orders: Orders, workspace: Workspace) -> Path:
    """Write orders and report into one file of the workspace, for its owner only; they hold no addresses.

    Customers who were forgotten since these orders were read are left out.

    >>> import tempfile
    >>> from ownchannel.orders import read_orders
    >>> place = Workspace.at(tempfile.mkdtemp())
    >>> save_orders(read_orders([], workspace=place), place).name
    'orders.zip'
    >>> saved_orders(place)
    No sales. No files were given.
    """
    tables = {name: getattr(orders, name) for name in _TABLES}
    tables["arrow"] = _without(tables["arrow"], workspace.forgotten())
    # What there is to remark is found out anew at each opening.
    return _saved(workspace).save(tables, replace(orders.report, remark=""))


def saved_orders(workspace: Workspace) -> Orders | None:
    """The orders last saved in the workspace, or None.

    Raises ValueError where the file is there and is no saved orders.
    """
    opened = _saved(workspace).open()
    if opened is None:
        return None
    tables, report = opened
    return Orders(**tables, report=report)


def key_remark(workspace: Workspace) -> str:
    """What it means where the key that hides customers is lost, while something rests on it; else empty.

    Ask before files are read: a missing key is made anew then.

    >>> import tempfile
    >>> key_remark(Workspace.at(tempfile.mkdtemp()))
    ''
    """
    try:
        forgotten = workspace.lost_forgotten()
        if not forgotten and _saved(workspace).fits_key():
            return ""
    except ValueError as damaged:
        return str(damaged)
    lost = "holds another key than before" if workspace.fingerprint() else "is missing"
    again = f" and forget once more the {count(forgotten, 'customer')} whom you had forgotten"
    return (
        f"{KEY_FILE} in the workspace {lost}: customers get new keys, which match none from before, in saved "
        f"orders or given to others. Put your copy of the file back, or read all your files again"
        f"{again if forgotten else ''}."
    )


def _without(lines: pa.Table, forgotten: Container[str]) -> pa.Table:
    """Order lines as sales of nobody where their customer is forgotten."""
    keys = lines["customer_key"].unique().drop_null().to_pylist()
    theirs = pc.is_in(lines["customer_key"], pa.array([k for k in keys if k in forgotten], pa.string()))
    for name in ("customer_key", "consent"):
        nobody = pa.scalar(None, lines[name].type)
        lines = with_columns(lines, **{name: pc.if_else(theirs, nobody, lines[name])})
    return lines


def forget_orders(workspace: Workspace) -> None:
    """Delete the saved orders; the key of the workspace stays."""
    _saved(workspace).remove()


@dataclass(frozen=True)
class Forgotten:
    """What forgetting a customer changed; printed, a sentence that names nobody."""

    lines: int
    """Order lines that lost their customer."""

    def __str__(self) -> str:
        if self.lines:
            done = f"The customer is forgotten: {count(self.lines, 'order line')} now without a customer."
        else:
            done = "The customer is not known in the saved orders."
        return (
            f"{done} Files read later will not bring the customer back; the files themselves are unchanged."
        )

    __repr__ = __str__


def forget(customer: str, workspace: Workspace | str | Path | None = None) -> Forgotten:
    """Take a customer's key and consent out of the saved orders, and out of all that is read from now on.

    `customer` is an e-mail address, or a key as it stands in the column `customer_key` (32 hexadecimal
    digits), needed where a platform's files know customers by a number and not by their address. The orders
    stay, with their numbers, as sales of nobody, so that every sum stays true. What is kept of the customer
    is a hash of the key under the workspace's secret, from which neither key nor address can be found. Export
    files are not touched, and tables that are open in a workbook keep the key until it is run again.

    Raises ValueError where `customer` is neither address nor key, and where the workspace's key is lost:
    under another key the customer could not be known again.

    >>> import tempfile
    >>> str(forget("buyer@example.com", tempfile.mkdtemp())).partition(".")[0]
    'The customer is not known in the saved orders'
    """
    place = workspace if isinstance(workspace, Workspace) else Workspace.at(workspace)
    if not _saved(place).fits_key():
        raise ValueError(f"The customer cannot be found or forgotten yet. {key_remark(place)}")
    key = _key(customer, place)
    saved = saved_orders(place)
    # Remembered first: where this is interrupted, forgetting again finishes it.
    place.remember_forgotten(key)
    for unfinished in place.folder.glob("*.part"):  # left by a write that was cut off
        unfinished.unlink(missing_ok=True)
    lines = 0 if saved is None else pc.sum(pc.equal(saved.arrow["customer_key"], key)).as_py() or 0
    if saved is not None and lines:
        save_orders(saved, place)
    return Forgotten(lines)


def _key(customer: str, place: Workspace) -> str:
    text = customer.strip().lower()
    key = text if _KEY.fullmatch(text) else CustomerKeys(place.secret).of_email(customer)
    if key is None:
        raise ValueError(
            "This is neither an e-mail address nor a customer's key. Give the address, or the 32 hexadecimal "
            "digits from the column customer_key."
        )
    return key
