"""Keep the orders last read in the workspace, so that the next workbook opens with them."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from ownchannel.orders.orders import Orders
from ownchannel.orders.report import FileReport, Report, rejected_table
from ownchannel.orders.schema import TABLE
from ownchannel.orders.workspace import Workspace, write_private

ORDERS_FILE = "orders.parquet"

_FILES = TypeAdapter(tuple[FileReport, ...])
_NAMES = TypeAdapter(tuple[str, ...])


def save_orders(orders: Orders, workspace: Workspace) -> Path:
    """Write orders and report into one file of the workspace, for its owner only; they hold no addresses."""
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
