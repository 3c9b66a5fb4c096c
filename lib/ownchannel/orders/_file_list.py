"""The brand's export files: each is read once, its rows are kept, and the orders are made of them all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ownchannel.files import (
    DAMAGED,
    TWICE,
    Found,
    Input,
    LeftAside,
    Source,
    Unopened,
    find_sources,
    timezone_named,
)
from ownchannel.formats import count, listed
from ownchannel.orders._goods import Costing
from ownchannel.orders._guess import MappingGuess, guess_mapping
from ownchannel.orders._import import assembled
from ownchannel.orders._one_file import FileBooks, FileRead, read_file
from ownchannel.orders._orders import Orders
from ownchannel.orders._own_tables import MappingLibrary
from ownchannel.orders._readers import READERS, Context, MappedOrders
from ownchannel.orders._readers._named_columns import ColumnMapping
from ownchannel.orders._report import Report
from ownchannel.orders._saved import KeptFiles, orders_made_of, reading_version, save_orders, tables_of
from ownchannel.workspace import Workspace, saved_account

#: Files that one sentence names; of more it says how many.
MOST_NAMED = 5
#: Formats of files that are read, if at all, by the columns that a person named.
_OF_NO_PLATFORM = ("", MappedOrders.name)

_ALREADY = "In the list already: {}."
_OTHER_ZONE = "Its times that name no zone were read as those of {read}: add it again to have them in {zone}."
_BEFORE = "The orders saved before, without a list of their files, are replaced: add those files as well."


class FileList:
    """The export files that a workspace's orders come from.

    Adding a file replaces no other, save one of its name whose content has changed. A file is known by its
    content: handed in again it is not read again. The workspace keeps the rows as they were read and never
    the file; the orders are made of all rows whenever the list changes, and kept as `saved_orders`.

    >>> import tempfile
    >>> mine = FileList(tempfile.mkdtemp())
    >>> rates = ("rates.csv", b"date,from,to,rate" + bytes([10]) + b"2026-03-01,EUR,USD,1.10")
    >>> mine.add(rates)
    ('Added: rates.csv.',)
    >>> mine.add(rates)
    ('In the list already: rates.csv.',)
    >>> mine.remove("rates.csv")
    >>> mine
    No files.
    """

    def __init__(self, workspace: Workspace | str | Path | None = None) -> None:
        self._workspace = workspace if isinstance(workspace, Workspace) else Workspace.at(workspace)
        self._kept, self._mappings = KeptFiles(self._workspace), MappingLibrary(self._workspace)
        self.tables: dict[str, Source] = {}
        """By name in the list, tables of no platform that were added here: their columns can be named."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files, in the order of the alphabet."""
        return tuple(books.name for books in self._kept.books().values())

    def add(self, paths: Input | Iterable[Input], timezone: str = "UTC") -> tuple[str, ...]:
        """Add files, folders, uploads or archives, as `read_orders` takes them, and say what came of it.

        A file that cannot be read is in the list with its reason, and takes the place of none that was.
        Raises ValueError where the time zone or the workspace's key cannot be used.

        >>> import tempfile
        >>> FileList(tempfile.mkdtemp()).add(("orders.csv", b""), timezone="New York")
        ('Not read, and in the list with its reason: orders.csv.',)
        """
        return self._add(find_sources(paths), timezone_named(timezone))

    def name_columns(self, name: str, mapping: ColumnMapping | Mapping[str, Any]) -> tuple[str, ...]:
        """Remember what the columns of one of `tables` mean, and read it and all that are like it.

        Raises ValueError where the name or the mapping cannot be used.

        >>> import tempfile
        >>> mine = FileList(tempfile.mkdtemp())
        >>> _ = mine.add(("till.csv", b"No,Day,Sum" + bytes([10]) + b"7,2026-03-31,12.50"))
        >>> columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Sum", "currency": "EUR"}
        >>> mine.name_columns("till.csv", columns)
        ('Added: till.csv.',)
        """
        self._mappings.remember(self.table(name), mapping)
        return self._add([t for t in self.tables.values() if self._mappings.known_as(t)], self._zone())

    def guess(self, name: str) -> MappingGuess:
        """What the columns of one of `tables` hold: as a person named them before, else as they show."""
        guess, known = guess_mapping(self.table(name)), self._mappings.known_as(self.table(name))
        if not known:
            return guess
        fields = self._mappings.load(known).mapping.model_dump(exclude_none=True)
        return replace(guess, fields=fields, notes=())

    def forget_columns(self, name: str) -> None:
        """Forget what the columns of one of `tables` mean: the next such table is asked about."""
        if known := self._mappings.known_as(self.table(name)):
            self._mappings.remove(known)

    def table(self, name: str) -> Source:
        """One of `tables`; raises ValueError where it is not there, or no longer."""
        if name not in self.tables or self.tables[name].fingerprint() == "gone":
            raise ValueError(f"Add {name} again: its columns can be named right after that.")
        return self.tables[name]

    def _add(self, sources: Iterable[Found], zone: str) -> tuple[str, ...]:
        keys, readers = self._workspace.customer_keys(), (*READERS, *self._mappings.readers().values())
        files, saved = self._kept.books(), self._saved_report()
        first = [] if files or saved is None else [_BEFORE]
        left_aside: list[str] = []
        said: dict[str, list[str]] = defaultdict(list)
        now: set[str] = set()
        for source in sources:  # one by one: what an archive holds is let go before the next
            if isinstance(source, LeftAside):
                left_aside.append(source.name)
                continue
            if isinstance(source, Unopened) and source.reason == TWICE:
                continue
            content, outcome = _hash(source), _ALREADY
            if content not in files or not self._is_up_to_date(content, files[content], zone):
                read = read_file(source, readers, Context(keys, zone))
                outcome = self._keep(content, read, files, now)
            name = files[content].name
            said[outcome].append(name)
            now.add(content)
            self.tables.pop(name, None)
            if isinstance(source, Source) and files[content].format in _OF_NO_PLATFORM:
                with suppress(ValueError):
                    guess_mapping(source)
                    self.tables[name] = source
        is_as_saved = saved and (saved.timezone, [*saved.left_aside]) == (zone, left_aside)
        if said.keys() - {_ALREADY} or not (is_as_saved and self._is_assembled()):
            self._assemble(zone, tuple(left_aside))
        sentences = (sentence.format(_named(names)) for sentence, names in said.items())
        return (*first, *sentences, *self._mappings.problems())

    def _keep(self, content: str, read: FileRead, files: dict[str, FileBooks], now: Collection[str]) -> str:
        """Keep what was read, in place of an earlier file where it takes one's, and say what came of it."""
        is_again = content in files and bool(files[content].format)
        read.name, earlier = _place(content, read, files, now)
        self._kept.keep(content, read, self._read_with(read))
        read.batches.clear()  # they are kept, and may be large
        files[content] = read
        if earlier:
            del files[earlier]
            self._kept.of(earlier).remove()
        if not read.format:
            return "Not read, and in the list with its reason: {}."
        if is_again:
            return "Read again: {}."
        return "Changed, and read in place of the earlier one: {}." if earlier else "Added: {}."

    def remove(self, name: str) -> None:
        """Take a file out of the list, and its rows out of the orders; raises ValueError for another name."""
        files = {books.name: content for content, books in self._kept.books().items()}
        if name not in files:
            there_are = f"there are {listed(files)}" if files else "the list is empty"
            raise ValueError(f"No file in the list is called {name}: {there_are}.")
        if len(files) == 1:
            self.clear()
            return
        zone = self._zone()
        self.tables.pop(name, None)
        self._kept.of(files[name]).remove()
        self._assemble(zone)

    def clear(self) -> None:
        """Take all files out of the list; the key of the workspace stays."""
        self.tables.clear()
        for content in self._kept.contents():
            self._kept.of(content).remove()
        tables_of(self._workspace).remove()

    def orders(self) -> Orders:
        """The orders of all files, as they are saved, or made anew where the list has changed since."""
        saved = orders_made_of(self._mark(), self._workspace)
        return self._assemble(self._zone()) if saved is None else saved

    def report(self) -> Report:
        """What was read of each file in the list, and what was not."""
        saved = self._saved_report() if self._is_assembled() else None
        return self.orders().report if saved is None else saved

    def _assemble(self, zone: str, left_aside: tuple[str, ...] = ()) -> Orders:
        """The orders of what is kept, which are saved."""
        files = self._kept.files()
        for file in files:
            if file.timezone not in ("", zone):
                file.warnings.append(_OTHER_ZONE.format(read=file.timezone, zone=zone))
        orders = assembled(files, Report(left_aside=left_aside, timezone=zone), self._costing())
        # What was saved of files whose rows are gone stays until they are added again.
        if files and not any(file.is_damaged for file in files):
            save_orders(orders, self._workspace, made_of=self._mark())
        return orders

    def _saved_report(self) -> Report | None:
        """The report of the saved orders; None where there are none, or none that can be opened."""
        with suppress(ValueError):
            return tables_of(self._workspace).open_note()
        return None

    def _zone(self) -> str:
        """The time zone of the saved orders, else one that a file was read in."""
        saved = self._saved_report()
        read_in = (books.timezone for books in self._kept.books().values() if books.timezone)
        return saved.timezone if saved else next(read_in, "UTC")

    def _mark(self) -> str:
        """What orders made of this list are marked with; empty for an empty list."""
        contents = " ".join(self._kept.contents())
        chosen = "" if self._costing() == "average" else f" {self._costing()}"
        return contents and sha256(f"{contents}{chosen}".encode()).hexdigest()

    def _costing(self) -> Costing:
        """How the brand's account says that goods bought in batches are costed."""
        return "fifo" if saved_account(self._workspace).costing == "fifo" else "average"

    def _is_assembled(self) -> bool:
        return tables_of(self._workspace).made_of() == self._mark()

    def _is_up_to_date(self, content: str, books: FileBooks, zone: str) -> bool:
        """Whether reading a file again would give what is kept of it."""
        kept = self._kept.of(content)
        is_read_so = kept.made_of() == self._read_with(books)
        return is_read_so and kept.fits_key() and books.timezone in ("", zone)

    def _read_with(self, books: FileBooks) -> str:
        """A mark of what reads such a file: our code, and for tables of no platform what is remembered."""
        readers = self._mappings.readers() if books.format in _OF_NO_PLATFORM else {}
        mappings = repr({name: reader.mapping for name, reader in readers.items()})
        return sha256((reading_version() + mappings).encode()).hexdigest()

    def __repr__(self) -> str:
        return f"{count(len(self.names), 'file')}: {listed(self.names)}." if self.names else "No files."


def _hash(source: Source | Unopened) -> str:
    """By what a file is known: its content, as far as it can be read, or why it is not opened."""
    if isinstance(source, Unopened):
        return sha256(f"{source.name}: {source.reason}".encode()).hexdigest()
    sheet, opened = source.sheet or ("", source.open)
    digest = sha256(sheet.encode(errors="replace"))
    try:
        with opened() as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except DAMAGED:
        digest.update(b"damaged")
    return digest.hexdigest()


def _place(
    content: str, read: FileRead, files: Mapping[str, FileBooks], now: Collection[str]
) -> tuple[str, str]:
    """The name of a file in the list, and the content whose place it takes, if it takes one's.

    No file of the same go loses its place, nor one that was read to one that was not: the other gets a name
    of its own.
    """
    if content in files:
        return files[content].name, ""
    named = {books.name: other for other, books in files.items()}
    name, number = read.name, 1
    while (earlier := named.get(name)) and (earlier in now or (files[earlier].format and not read.format)):
        number += 1
        name = f"{read.name} ({number})"
    return name, earlier or ""


def _named(names: list[str]) -> str:
    once = list(dict.fromkeys(names))
    return listed(once) if len(once) <= MOST_NAMED else count(len(once), "file")
