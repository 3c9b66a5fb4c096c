"""A brand's own tables: how one is read once its columns are named, and what is remembered for the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from itertools import count as numbers
from typing import Any

import pandas as pd
import pyarrow as pa

from ownchannel.files import Input, Source, find_layout, timezone_named
from ownchannel.formats import count
from ownchannel.orders._guess import BESIDE, one_source, repeats
from ownchannel.orders._merge import local_days
from ownchannel.orders._one_file import read_file
from ownchannel.orders._readers import Context, MappedOrders
from ownchannel.orders._readers._named_columns import ColumnMapping
from ownchannel.orders._report import Report, rejected_table
from ownchannel.workspace import LONGEST_NAME, CustomerKeys, NamedDocuments, Workspace

_SHOWN_ROWS, _LOOKED_AT_BYTES = 5, 4_000_000
#: What is shown of a line, in this order, and what of it even where no column was named for it.
_SHOWN = ("order_id", "ordered_on", "sku", "product", "quantity", "item_value", *BESIDE)
_SHOWN_LAST = ("currency", "country", "status", "customer")
_ALWAYS = {"order_id", "ordered_on", "quantity", "item_value", "currency"}
_NOT_THERE = "A column that was named is not in the table. Choose another."
_PROBLEM = "{column} {reason}: {rows}, the first in line {first_line:,}. {remedy}"
_REMEMBERED = (
    "Read with the columns that you named for {name}. To change them, add the file on the first page again "
    "and press Change its columns."
)
_REPEATED = (
    "{0} has one amount on all rows of an order, and counts with each row. If that is the whole order's, say "
    "so in the mapping with of_order."
)
_NO_MAPPING = "It holds no names of columns. Delete it."


@dataclass(frozen=True)
class Preview:
    """The first rows of a table as a mapping reads them, and in sentences what is wrong with others."""

    rows: pd.DataFrame
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    """What to know of the reading beyond its rows."""
    unproven: tuple[str, ...]
    """Of `day_first` and `decimal` those that the sentences ask for."""


def preview(
    table: Input | Source, mapping: ColumnMapping | Mapping[str, Any], timezone: str = "UTC"
) -> Preview:
    """Five rows of a table as they would be read, or the reasons why not; nothing is kept.

    Of a large table its start is looked at. Raises ValueError where the table or mapping cannot be used.

    >>> columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Sum", "currency": "EUR"}
    >>> shown = preview(("till.csv", b"No,Day,Sum" + bytes([10]) + b"7,2026-03-31,12.50"), columns)
    >>> shown.rows[["order_id", "item_value"]].to_numpy().tolist()
    [['7', Decimal('12.500000')]]
    """
    named, zone = ColumnMapping.of(mapping), timezone_named(timezone)
    context = Context(CustomerKeys(lambda: bytes(32)), zone)
    read = read_file(_start_of(one_source(table)), [MappedOrders(named)], context)
    if not read.format:
        raise ValueError(_NOT_THERE)
    lines = read.table()
    rejected = rejected_table([(read.name, *row[:5]) for row in read.rejections])
    reasons = Report(rejected=rejected).reasons().to_dict("records")
    problems = tuple(_PROBLEM.format_map(each | {"rows": count(each["rows"], "row")}) for each in reasons)
    notes = (*read.warnings, *map(_REPEATED.format, _repeated(lines, named)))
    said = " ".join(problems + notes)
    unproven = tuple(option for option in ("day_first", "decimal") if f"{option}=" in said)
    return Preview(_as_kept(lines, named, zone), problems, notes, unproven)


def _start_of(source: Source) -> Source:
    """A file's first rows as a file, where it is large."""
    with source.open() as file:
        start = file.read(_LOOKED_AT_BYTES)
        if not file.read(1):
            return source
    whole = start.rpartition(b"\n")[0]
    return Source(source.name, lambda: BytesIO(whole))


def _as_kept(lines: pa.Table, mapping: ColumnMapping, zone: str) -> pd.DataFrame:
    """The first lines as the table will hold them; of customers only whether they are known."""
    first = lines.slice(0, _SHOWN_ROWS)
    shown: pd.DataFrame = first.to_pandas()
    shown["ordered_on"] = local_days(first["ordered_at"], zone).to_pandas()
    shown["customer"] = shown["customer_key"].notna().map({True: "known", False: ""})
    named = _ALWAYS | mapping.model_dump(exclude_none=True).keys()
    return shown[[name for name in (*_SHOWN, *_SHOWN_LAST) if name in named]]


def _repeated(lines: pa.Table, mapping: ColumnMapping) -> list[str]:
    """Named columns whose amounts seem to be the order's, though nobody said that they are."""
    named = {
        name: column for name in BESIDE if (column := getattr(mapping, name)) and name not in mapping.of_order
    }
    table = lines.select(["identity", *named]).to_pandas()
    return [column for name, column in named.items() if repeats(table[name], table["identity"])]


class RememberedOrders(MappedOrders):
    """A table whose columns are, to the last, those of one that a person named before."""

    def __init__(self, columns: Iterable[str], mapping: ColumnMapping) -> None:
        super().__init__(mapping)
        self.columns, self.mapping = frozenset(columns), mapping

    def recognises(self, columns: frozenset[str]) -> bool:
        return columns == self.columns

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """As the mapping says; what this file alone makes doubtful is noted."""
        for column in _repeated(lines, self.mapping):
            context.note(_REPEATED.format(column).replace("{", "{{").replace("}", "}}"))
        return super().finished(lines, context)


def _as_document(table: RememberedOrders) -> dict[str, Any]:
    return {"columns": sorted(table.columns), "means": table.mapping.model_dump(exclude_none=True)}


def _from_document(document: Any) -> RememberedOrders:
    try:
        return RememberedOrders(map(str, document["columns"]), ColumnMapping.of(document["means"]))
    except (TypeError, KeyError):
        raise ValueError(_NO_MAPPING) from None


class MappingLibrary(NamedDocuments[RememberedOrders]):
    """What the columns of tables mean, as a workspace remembers it: files with these columns are read so.

    A mapping bears the name of the file that it was made for.

    >>> import tempfile
    >>> mappings = MappingLibrary(Workspace.at(tempfile.mkdtemp()))
    >>> columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Sum", "currency": "EUR"}
    >>> mappings.remember(("till.csv", b"No,Day,Sum"), columns)
    'till.csv'
    >>> mappings.load("till.csv").mapping.currency
    'EUR'
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(
            workspace, "mappings", noun="mapping", as_document=_as_document, from_document=_from_document
        )

    def remember(self, table: Input | Source, mapping: ColumnMapping | Mapping[str, Any]) -> str:
        """Keep a table's mapping in place of an earlier one of such tables; gives the name that it has.

        Raises ValueError where the mapping names columns that are not there.
        """
        named, source = ColumnMapping.of(mapping), one_source(table)
        layout = find_layout(source, MappedOrders(named).recognises)
        if layout is None:
            raise ValueError(_NOT_THERE)
        before, reader = self.readers(), RememberedOrders(layout.columns, named)
        short = self.clean_name(source.name[-LONGEST_NAME:])
        names = chain([short], (f"{short[: LONGEST_NAME - 6]} ({number})" for number in numbers(2)))
        alike = (name for name, other in before.items() if other.columns == reader.columns)
        name = next(chain(alike, (name for name in names if name not in before)))
        return self.save(name, reader, overwrite=True)

    def readers(self) -> dict[str, RememberedOrders]:
        """What reads the next table of the same columns, by name."""
        readers = {name: self.load(name) for name in self.names()}
        for name, reader in readers.items():
            reader.lacks = _REMEMBERED.format(name=name)
        return readers

    def known_as(self, table: Source) -> str:
        """The name of what is remembered of such tables; empty where nothing is."""
        readers = self.readers().items()
        return next((name for name, reader in readers if find_layout(table, reader.recognises)), "")
