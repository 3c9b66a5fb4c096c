"""Read export files into one tidy order table, losing nothing in silence."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ownchannel.orders.assembling import assembled
from ownchannel.orders.one_file import read_file
from ownchannel.orders.orders import Orders
from ownchannel.orders.readers import READERS, ColumnMapping, Context, MappedOrders
from ownchannel.orders.report import Report, rejected_table
from ownchannel.orders.saved import key_remark
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
    remark = key_remark(place)
    keys = place.customer_keys()
    readers = (*([MappedOrders(ColumnMapping.of(mapping))] if mapping is not None else []), *READERS)
    files, left_aside = [], []
    for source in find_sources(paths):  # one by one: what an archive holds is let go before the next
        if isinstance(source, LeftAside):
            left_aside.append(source.name)
        else:
            files.append(read_file(source, readers, Context(keys, timezone)))
    return assembled(files, Report((), rejected_table([]), tuple(left_aside), timezone, remark))


def _check_timezone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"There is no time zone {name!r}. Give an IANA name such as America/New_York."
        ) from error
