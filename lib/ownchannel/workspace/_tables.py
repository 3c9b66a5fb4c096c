"""Tables kept in the workspace: some of them and a note in one private file, whole or not at all."""

import json
import zipfile
import zlib
from collections.abc import Mapping
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
_OF_KEY = {"has_customers", "fingerprint"}
#: What opening an archive that is damaged, or from another version, raises.
_UNUSABLE = (OSError, EOFError, RuntimeError, KeyError, ValueError, zlib.error, zipfile.BadZipFile)


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

    def save(self, tables: Mapping[str, pa.Table], note: N) -> Path:
        """Write tables and note in place of those saved before."""
        kept = {
            **TypeAdapter(self.note).dump_python(note, mode="json"),
            "has_customers": any(map(_has_customers, tables.values())),
            "fingerprint": self.workspace.fingerprint(),
        }
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(_NOTE, json.dumps(kept))
            for name, table in tables.items():
                with archive.open(f"{name}.parquet", "w", force_zip64=True) as part:
                    pq.write_table(table, part)
        file = self.workspace.open() / self.file_name
        write_private(file, buffer.getvalue())
        return file

    def open(self) -> tuple[dict[str, pa.Table], N] | None:
        """Tables and note, or None where nothing is saved; raises ValueError where they cannot be opened."""
        file = self.workspace.folder / self.file_name
        if not file.exists():
            return None
        try:
            with zipfile.ZipFile(file) as archive:
                kept = json.loads(archive.read(_NOTE))
                note = TypeAdapter(self.note).validate_python({k: kept[k] for k in kept.keys() - _OF_KEY})
                tables = {
                    name: pq.read_table(BytesIO(archive.read(f"{name}.parquet"))).cast(schema)
                    for name, schema in self.schemas.items()
                }
        except (*_UNUSABLE, pa.ArrowException) as error:
            raise ValueError(
                f"{self.file_name} in the workspace cannot be opened. Delete it and read your files again."
            ) from error
        return tables, note

    def fits_key(self) -> bool:
        """Whether what is saved is free of customers or has the workspace's key; True where nothing opens.

        Raises ValueError where the key is damaged.
        """
        mark = self.workspace.fingerprint()
        try:
            with zipfile.ZipFile(self.workspace.folder / self.file_name) as archive:
                kept = json.loads(archive.read(_NOTE))
            return not kept["has_customers"] or (bool(mark) and kept["fingerprint"] == mark)
        except (*_UNUSABLE, pa.ArrowException):
            return True  # nothing is saved, or nothing that can be opened, which opening it says

    def remove(self) -> None:
        """Delete the file; the workspace's key stays."""
        (self.workspace.folder / self.file_name).unlink(missing_ok=True)


def _has_customers(table: pa.Table) -> bool:
    return "customer_key" in table.column_names and bool(pc.any(table["customer_key"].is_valid()).as_py())
