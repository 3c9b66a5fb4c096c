"""Tables kept in the workspace: some of them and a note in one private file, whole or not at all."""

import json
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Generic, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from ownchannel.workspace._folder import Workspace, write_private

N = TypeVar("N")

_NOTE = "notes.json"
#: What is noted of the tables themselves.
_MARKS = {"has_customers", "fingerprint", "made_of"}
#: What opening an archive that is damaged, or from another version, raises.
_UNUSABLE = (
    *(OSError, EOFError, RuntimeError, KeyError, TypeError, ValueError),
    *(zlib.error, zipfile.BadZipFile, pa.ArrowException),
)


@dataclass(frozen=True)
class SavedTables(Generic[N]):
    """A file of the workspace with a Parquet file for each of `schemas` and a note: a dict or a dataclass.

    It holds the fingerprint of the key that its customers' keys (columns `customer_key`) were made with.

    >>> import tempfile
    >>> place = Workspace.at(tempfile.mkdtemp())
    >>> saved = SavedTables(place, "sums.zip", {"sums": pa.schema({"sum": pa.int64()})}, dict)
    >>> saved.save({"sums": pa.table({"sum": [3]})}, {"of": "Monday"}).name
    'sums.zip'
    >>> tables, note = saved.open()
    >>> tables["sums"].to_pylist(), note, saved.fits_key()
    ([{'sum': 3}], {'of': 'Monday'}, True)
    """

    workspace: Workspace
    file_name: str
    schemas: Mapping[str, pa.Schema]
    note: type[N]
    newer: Collection[str] = ()
    """Tables, and columns of tables, that earlier versions did not write: a missing one opens empty."""

    def save(self, tables: Mapping[str, pa.Table], note: N, made_of: str = "") -> Path:
        """Write tables and note in place of those saved before, with a mark of what they were made of."""
        kept = {
            **TypeAdapter(self.note).dump_python(note, mode="json"),
            "has_customers": any(map(_has_customers, tables.values())),
            "fingerprint": self.workspace.fingerprint(),
            "made_of": made_of,
        }
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(_NOTE, json.dumps(kept))
            for name, table in tables.items():
                with archive.open(f"{name}.parquet", "w", force_zip64=True) as part:
                    pq.write_table(table, part)
        file = self.workspace.open() / self.file_name
        file.parent.mkdir(mode=0o700, exist_ok=True)
        write_private(file, buffer.getvalue())
        return file

    def open(self) -> tuple[dict[str, pa.Table], N] | None:
        """Tables and note, or None where nothing is saved; raises ValueError where they cannot be opened."""
        return self._opened(self.schemas)

    def open_note(self) -> N | None:
        """The note alone, which takes no time; raises ValueError where it cannot be opened."""
        opened = self._opened({})
        return None if opened is None else opened[1]

    def _opened(self, schemas: Mapping[str, pa.Schema]) -> tuple[dict[str, pa.Table], N] | None:
        file = self.workspace.folder / self.file_name
        if not file.exists():
            return None
        try:
            with zipfile.ZipFile(file) as archive:
                kept = json.loads(archive.read(_NOTE))
                note = TypeAdapter(self.note).validate_python({k: kept[k] for k in kept.keys() - _MARKS})
                tables = {name: self._table(archive, name, schema) for name, schema in schemas.items()}
        except _UNUSABLE as error:
            raise ValueError(
                f"{self.file_name} in the workspace cannot be opened. Delete it and read your files again."
            ) from error
        return tables, note

    def _table(self, archive: zipfile.ZipFile, name: str, schema: pa.Schema) -> pa.Table:
        if name in self.newer and f"{name}.parquet" not in archive.namelist():
            return schema.empty_table()
        table = pq.read_table(BytesIO(archive.read(f"{name}.parquet")))
        for at, field in enumerate(schema):
            if field.name in self.newer and field.name not in table.column_names:
                table = table.add_column(at, field, pa.nulls(len(table), field.type))
        return table.cast(schema)

    def fits_key(self) -> bool:
        """Whether what is saved is free of customers or has the workspace's key; True where nothing opens.

        Raises ValueError where the key is damaged.
        """
        mark, saved = self.workspace.fingerprint(), self._marks()
        return not saved.get("has_customers") or (bool(mark) and saved.get("fingerprint") == mark)

    def made_of(self) -> str:
        """The mark of what the saved tables were made of; empty where there is none."""
        return str(self._marks().get("made_of", ""))

    def _marks(self) -> dict[str, object]:
        """What is noted of the saved tables; nothing where they cannot be opened, which opening them says."""
        try:
            with zipfile.ZipFile(self.workspace.folder / self.file_name) as archive:
                return dict(json.loads(archive.read(_NOTE)))
        except _UNUSABLE:
            return {}

    def remove(self) -> None:
        """Delete the file; the workspace's key stays."""
        (self.workspace.folder / self.file_name).unlink(missing_ok=True)


def _has_customers(table: pa.Table) -> bool:
    return "customer_key" in table.column_names and bool(pc.any(table["customer_key"].is_valid()).as_py())
