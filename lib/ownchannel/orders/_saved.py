"""What is kept of orders in the workspace, and customers taken out of all of it who ask for that."""

import re
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import with_columns
from ownchannel.formats import count
from ownchannel.orders._one_file import FileBooks, FileRead
from ownchannel.orders._orders import Orders
from ownchannel.orders._report import Report
from ownchannel.orders._schema import AS_READ, ENTRIES, SIDE_TABLES, TABLE, Gives
from ownchannel.workspace import KEY_FILE, CustomerKeys, SavedTables, Workspace

ORDERS_FILE, SAMPLE_FILE, FILES = "orders.zip", "sample.zip", "files"
#: Texts that are only compared with each other. They may hold what a person typed, and are kept as hashes.
_COMPARED = {"identity", "row_key"}
_KEY = re.compile("[0-9a-f]{32}")
_NOT_KNOWN = "is not known in the saved orders."
_LATER = "Files read later will not bring the customer back; the files themselves are unchanged."

#: The tables of `Orders` by their names there; and tables and columns that earlier versions did not save.
_TABLES = {"arrow": TABLE, "entries": ENTRIES} | {str(name): schema for name, schema in SIDE_TABLES.items()}
_NEWER = ("returns", "traffic", "baskets", "spend", "costs", "goods")


def tables_of(workspace: Workspace, file_name: str = ORDERS_FILE) -> SavedTables[Report]:
    """The file of the workspace with orders and their report."""
    return SavedTables(workspace, file_name, _TABLES, Report, _NEWER)


def save_orders(
    orders: Orders, workspace: Workspace, file_name: str = ORDERS_FILE, made_of: str = ""
) -> Path:
    """Write orders and report into one file of the workspace, for its owner only; they hold no addresses.

    Customers who were forgotten since these orders were read are left out. `made_of` is a mark of what the
    orders were made of.

    >>> import tempfile
    >>> from ownchannel.orders import read_orders
    >>> place = Workspace.at(tempfile.mkdtemp())
    >>> save_orders(read_orders([], workspace=place), place).name
    'orders.zip'
    >>> saved_orders(place)
    No sales. No files were given.
    """
    tables = {name: getattr(orders, name) for name in _TABLES}
    tables["arrow"] = without(tables["arrow"], workspace.forgotten())
    # What there is to remark is found out anew at each opening.
    return tables_of(workspace, file_name).save(tables, replace(orders.report, remark=""), made_of)


def saved_orders(workspace: Workspace, file_name: str = ORDERS_FILE) -> Orders | None:
    """The orders last saved in the workspace, or None.

    Raises ValueError where the file is there and is no saved orders.
    """
    opened = tables_of(workspace, file_name).open()
    return opened and Orders(**opened[0], report=opened[1])


def orders_made_of(mark: str, workspace: Workspace, file_name: str = ORDERS_FILE) -> Orders | None:
    """The saved orders if they have this mark and can be opened, else None."""
    with suppress(ValueError):
        if tables_of(workspace, file_name).made_of() == mark:
            return saved_orders(workspace, file_name)
    return None


@cache
def reading_version() -> str:
    """A mark of the code that reads: what other code has read is read again."""
    room = Path(__file__).parent
    rooms = (room.with_name("files"), room)
    code = sorted(f for each in rooms for f in each.rglob("*") if f.suffix in (".py", ".toml"))
    return sha256(b"".join(file.read_bytes() for file in code)).hexdigest()


class KeptFiles:
    """What is kept of export files, by the hash of the content of each."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def of(self, content: str, gives: Gives = "lines") -> SavedTables[FileBooks]:
        """What is kept of one: its rows as they were read, and its books."""
        return SavedTables(self._workspace, f"{FILES}/{content}.zip", {gives: AS_READ[gives]}, FileBooks)

    def contents(self) -> list[str]:
        """The hash of the content of every file that is kept."""
        return sorted(file.stem for file in (self._workspace.folder / FILES).glob("*.zip"))

    def books(self) -> dict[str, FileBooks]:
        """The books of every file in the order of their names; where one cannot be opened, they say so."""
        books = {}
        for content in self.contents():
            try:
                books[content] = self.of(content).open_note() or FileBooks(content)
            except ValueError as damaged:
                books[content] = FileBooks(content, warnings=[str(damaged)])
        return dict(sorted(books.items(), key=lambda item: (item[1].name, item[0])))

    def files(self) -> list[FileRead]:
        """Every file as it was read; where its rows cannot be opened, without them, and saying so."""
        files = []
        for content, books in self.books().items():
            try:
                opened = self.of(content, books.gives).open()
                batches = opened[0][books.gives].to_batches() if opened else []
                files.append(FileRead(**vars(books), batches=batches))
            except ValueError as damaged:
                files.append(FileRead(books.name, warnings=[str(damaged)], is_damaged=True))
        return files

    def keep(self, content: str, read: FileRead, read_with: str) -> None:
        """Keep a file in place of what was kept of this content before.

        `read_with` is a mark of what read it: another would have to read it again.
        """
        rows = without(read.table(), self._workspace.forgotten())
        rows = with_columns(rows, **{name: _hashed(rows[name]) for name in _COMPARED & {*rows.column_names}})
        self.of(content, read.gives).save({read.gives: rows}, read, read_with)


def _hashed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    encoded = texts.dictionary_encode("encode").combine_chunks()
    hashes = pd.util.hash_array(encoded.dictionary.to_numpy(zero_copy_only=False))
    return pa.chunked_array([pa.array(hashes).cast(pa.string()).take(encoded.indices)]).cast(texts.type)


def key_remark(workspace: Workspace) -> str:
    """What it means where the key that hides customers is lost, while something rests on it; else empty.

    Ask before files are read: a missing key is made anew then.

    >>> import tempfile
    >>> key_remark(Workspace.at(tempfile.mkdtemp()))
    ''
    """
    try:
        forgotten = workspace.lost_forgotten()
        if not forgotten and _fits_key(workspace):
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


def _fits_key(workspace: Workspace) -> bool:
    """Whether all that is kept has the workspace's key, the sample's orders aside: these are read again."""
    kept = KeptFiles(workspace)
    of_files = (kept.of(content).fits_key() for content in kept.contents())
    return tables_of(workspace).fits_key() and all(of_files)


def without(lines: pa.Table, forgotten: Container[str]) -> pa.Table:
    """Order lines as sales of nobody where their customer is forgotten; other tables as they are."""
    if "customer_key" not in lines.column_names:
        return lines
    gone = [key for key in lines["customer_key"].unique().to_pylist() if key in forgotten]
    theirs = pc.is_in(lines["customer_key"], pa.array(gone, pa.string()))
    return with_columns(
        lines, **{name: pc.if_else(theirs, None, lines[name]) for name in ("customer_key", "consent")}
    )


@dataclass(frozen=True)
class Forgotten:
    """What forgetting a customer changed; printed, a sentence that names nobody."""

    lines: int
    """Order lines that lost their customer."""

    def __str__(self) -> str:
        lines = count(self.lines, "order line")
        done = f"is forgotten: {lines} now without a customer." if self.lines else _NOT_KNOWN
        return f"The customer {done} {_LATER}"

    __repr__ = __str__


def forget(customer: str, workspace: Workspace | str | Path | None = None) -> Forgotten:
    """Take a customer's key and consent out of all that is kept, and out of all that is read from now on.

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
    if not _fits_key(place):
        raise ValueError(f"The customer cannot be found or forgotten yet. {key_remark(place)}")
    text = customer.strip().lower()
    key = text if _KEY.fullmatch(text) else CustomerKeys(place.secret).of_email(customer)
    if key is None:
        raise ValueError(
            "This is neither an e-mail address nor a customer's key. Give the address, or the key: 32 "
            "hexadecimal digits."
        )
    # Remembered first: where this is interrupted, forgetting again finishes it.
    place.remember_forgotten(key)
    for unfinished in place.folder.rglob("*.part"):  # left by a write that was cut off
        unfinished.unlink(missing_ok=True)
    tables_of(place, SAMPLE_FILE).remove()  # read again when it is next asked for
    kept = KeptFiles(place)
    for content, books in kept.books().items():
        _take_out(kept.of(content, books.gives), key)
    return Forgotten(_take_out(tables_of(place), key))


def _take_out(saved: SavedTables[Any], key: str) -> int:
    """Take a customer out of saved tables; how many lines that concerned."""
    tables, note = saved.open() or ({}, None)
    lines = sum(
        pc.sum(pc.equal(table["customer_key"], key)).as_py() or 0
        for table in tables.values()
        if "customer_key" in table.column_names
    )
    if lines:
        forgotten = saved.workspace.forgotten()
        left = {name: without(table, forgotten) for name, table in tables.items()}
        saved.save(left, note, saved.made_of())
    return lines
