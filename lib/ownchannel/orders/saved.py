"""The orders that workbooks open with: those last read, kept in the workspace, or the sample brand's."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from ownchannel.orders.orders import Orders
from ownchannel.orders.read import read_orders
from ownchannel.orders.report import FileReport, Report, rejected_table
from ownchannel.orders.schema import TABLE
from ownchannel.orders.workspace import Workspace, project_folder, write_private

ORDERS_FILE = "orders.parquet"
SAMPLE_BRAND = "Hearth & Ladle"
SAMPLE_TIMEZONE = "America/New_York"

_FILES = TypeAdapter(tuple[FileReport, ...])
_NAMES = TypeAdapter(tuple[str, ...])


def save_orders(orders: Orders, workspace: Workspace) -> Path:
    """Write orders and report into one file of the workspace, for its owner only; they hold no addresses.

    >>> import tempfile
    >>> place = Workspace.at(tempfile.mkdtemp())
    >>> save_orders(read_orders([], workspace=place), place).name
    'orders.parquet'
    >>> saved_orders(place)
    No sales. No files were given.
    """
    report = orders.report
    notes = {
        "files": _FILES.dump_json(report.files),
        "rejected": report.rejected.to_json(orient="values").encode(),
        "left_aside": _NAMES.dump_json(report.left_aside),
        "timezone": report.timezone.encode(),
    }
    buffer = pa.BufferOutputStream()
    pq.write_table(orders.arrow.replace_schema_metadata(notes), buffer)
    file = workspace.open() / ORDERS_FILE
    write_private(file, buffer.getvalue().to_pybytes())
    return file


def saved_orders(workspace: Workspace) -> Orders | None:
    """The orders last saved in the workspace, or None.

    Raises ValueError where the file is there and is no saved orders.
    """
    file = workspace.folder / ORDERS_FILE
    if not file.exists():
        return None
    try:
        table = pq.read_table(file)
        notes = {key.decode(): value for key, value in (table.schema.metadata or {}).items()}
        table = table.replace_schema_metadata(None).cast(TABLE)
        rejected = pd.read_json(pa.BufferReader(notes["rejected"]), orient="values", dtype=False)
        report = Report(
            _FILES.validate_json(notes["files"]),
            rejected_table([tuple(row) for row in rejected.itertuples(index=False)]),
            _NAMES.validate_json(notes["left_aside"]),
            notes["timezone"].decode(),
        )
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise ValueError(
            f"{ORDERS_FILE} in the workspace cannot be opened. Delete it and read your files again."
        ) from error
    return Orders(table, report)


def forget_orders(workspace: Workspace) -> None:
    """Delete the saved orders; the key of the workspace stays."""
    (workspace.folder / ORDERS_FILE).unlink(missing_ok=True)


@dataclass(frozen=True)
class Opened:
    """The orders that a workbook works with, and whether they are the sample brand's."""

    orders: Orders
    is_sample: bool

    def __str__(self) -> str:
        whose = f"The sample brand, {SAMPLE_BRAND}" if self.is_sample else "Your orders"
        return f"{whose}: {self.orders}"

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return str(self)


def current_orders(workspace: Workspace | None = None) -> Opened:
    """The orders last read in the first workbook, else the sample brand's."""
    place = workspace or Workspace()
    saved = saved_orders(place)
    return Opened(sample_orders(place), is_sample=True) if saved is None else Opened(saved, is_sample=False)


def sample_orders(workspace: Workspace | None = None) -> Orders:
    """The sample brand's orders, read from its export files.

    Raises FileNotFoundError where the sample files do not lie beside the workbooks.
    """
    folder = project_folder() / "data" / "samples"
    if not folder.is_dir():
        raise FileNotFoundError(
            "The sample files are missing: data/samples lies beside the folder workbooks."
        )
    exports = sorted(file for file in folder.iterdir() if file.suffix in (".csv", ".txt"))
    return read_orders(exports, workspace=workspace, timezone=SAMPLE_TIMEZONE)
