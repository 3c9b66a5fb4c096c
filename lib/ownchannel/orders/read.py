"""Read export files into one tidy order table, losing nothing in silence."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders.collected import as_read, counted_once, tidy
from ownchannel.orders.customer_keys import CustomerKeys
from ownchannel.orders.one_file import FileRead, read_file
from ownchannel.orders.orders import Orders
from ownchannel.orders.readers import READERS, ColumnMapping, Context, MappedOrders
from ownchannel.orders.report import Report, rejected_table
from ownchannel.orders.sources import Input, LeftAside, find_sources
from ownchannel.orders.workspace import Workspace


def read_orders(
    paths: Input | Iterable[Input],
    mapping: ColumnMapping | Mapping[str, Any] | None = None,
    workspace: Workspace | str | Path | None = None,
    timezone: str = "UTC",
) -> Orders:
    """Orders from the platforms' own export files.

    `paths`: files, folders, uploads (`name` and `content`), `.gz`, `.zip`, one or many; each is recognised by
    its content. `mapping` names the columns of tables that no reader knows (see `ColumnMapping`).
    `workspace` is the folder with the key that hides customers. `timezone` (an IANA name) is the brand's, in
    which its days are counted.

    Gives `Orders`. A bad row is set aside and a bad file told of in `.report`; neither stops the rest. Raises
    ValueError where the mapping, the time zone or the workspace's key cannot be used.

    >>> till = ("till.csv", b"Invoice,Date,Amount" + bytes([10]) + b"1,2026-03-01,12.50")
    >>> columns = {"order_id": "Invoice", "ordered_at": "Date", "item_value": "Amount", "currency": "EUR"}
    >>> read_orders(till, mapping=columns)
    1 order on Own store in EUR, 1 Mar 2026 to 1 Mar 2026.
    """
    _check_timezone(timezone)
    place = workspace if isinstance(workspace, Workspace) else Workspace.at(workspace)
    keys = CustomerKeys(place.secret)
    readers = (*([MappedOrders(ColumnMapping.of(mapping))] if mapping is not None else []), *READERS)
    found = list(find_sources(paths))
    left_aside = tuple(source.name for source in found if isinstance(source, LeftAside))
    sources = [source for source in found if not isinstance(source, LeftAside)]
    files = [read_file(source, readers, Context(keys, timezone)) for source in sources]
    return _assembled(files, left_aside, timezone)


def _assembled(files: list[FileRead], left_aside: tuple[str, ...], timezone: str) -> Orders:
    """One table of all files' lines, each counted once, and the report of how it came to be."""
    names = [file.name for file in files]
    once = counted_once(
        pa.concat_tables([as_read([], 0), *(as_read(f.batches, i) for i, f in enumerate(files))])
    )
    table = tidy(once, names, timezone)
    dated = once.append_column("ordered_on", table["ordered_on"])
    reports = tuple(file.report(dated.filter(pc.equal(dated["file_no"], i))) for i, file in enumerate(files))
    rejected = rejected_table([(file.name, *row[:5]) for file in files for row in file.rejections])
    return Orders(table, Report(reports, rejected, left_aside, timezone))


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"There is no time zone {name!r}. Give an IANA name such as America/New_York."
        ) from error
