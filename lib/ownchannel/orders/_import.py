"""What a file gave, in plain words: for the founder who handed it in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.formats import count, listed, money
from ownchannel.orders._bookings import entries_once, joined, lines_from
from ownchannel.orders._files import Input, LeftAside, find_sources
from ownchannel.orders._merge import (
    Given,
    counted_once,
    filled,
    local_days,
    matched,
    numbered,
    tidy,
    tidy_entries,
    tidy_repeat_rates,
    without_gaps,
)
from ownchannel.orders._one_file import FileRead, read_file
from ownchannel.orders._orders import Orders
from ownchannel.orders._readers import READERS
from ownchannel.orders._readers._named_columns import ColumnMapping, MappedOrders
from ownchannel.orders._readers._reader import Context
from ownchannel.orders._report import FileReport, Report, rejected_table
from ownchannel.orders._saved import key_remark
from ownchannel.orders._schema import AS_READ, RATES, SALES, Gives
from ownchannel.workspace import Workspace

_FACTS = {
    "status": "the status",
    "customer_key": "the buyers (as keys)",
    "consent": "the buyers' consent",
    "country": "the countries",
    "discount": "the discounts",
    "shipping": "the shipping",
    "tax": "the taxes",
    "refund": "the refunds",
    "fee": "the fees",
    "fulfilment": "the fulfilment fees",
}
_PARTS = {
    "advertising": "advertising",
    "fee": "fees of the account",
    "fulfilment": "storage and handling",
    "reimbursement": "reimbursements",
    "unclassified": "what nobody here can name",
    "transfer": "transfers, which are no profit",
}


def gave(file: FileRead, kept: pa.Table, number: int, given: Given, made: pa.Table) -> str:
    """A sentence or two on what of a file counts; empty where nothing does.

    `kept` is what counts of it, `given` what each file told of orders whose lines another report gives, and
    `made` the order lines that were made of its bookings.
    """
    if file.gives == "lines":
        return " ".join(filter(None, [_orders(kept), _filled_in(number, given)]))
    if file.gives == "entries":
        return " ".join(filter(None, [_booked(kept), _account(kept), _made(made)]))
    if file.gives == "repeat_rates" and len(kept):
        return f"How many customers came back, for {count(len(kept), 'product')}."
    return f"{count(len(kept), 'rate')} of exchange." if len(kept) else ""


def _orders(kept: pa.Table) -> str:
    told = kept.select(["identity", "customer_key", "fee"])
    sold = told.filter(pc.is_in(kept["status"].fill_null(SALES[0]), pa.array(SALES)))
    if not len(sold):
        return ""
    orders = len(pc.unique(sold["identity"]))
    text = count(orders, "order sold", "orders sold")
    known = len(pc.unique(sold.filter(sold["customer_key"].is_valid())["identity"]))
    text += f", the buyers (as keys) of {known:,}" if known else ", without their buyers"
    fees = len(pc.unique(sold.filter(sold["fee"].is_valid())["identity"]))
    return f"{text}{f', the fees of {fees:,}' if fees else ''}."


def _filled_in(number: int, given: Given) -> str:
    parts = [f"{_FACTS[column]} of {orders:,}" for (file, column), orders in given.items() if file == number]
    return f"For orders that another report holds: {listed(parts)}." if parts else ""


def _booked(kept: pa.Table) -> str:
    parts = []
    for event, words in (("sale", "the fees of"), ("refund", "the refunds of")):
        orders = len(pc.unique(kept.filter(pc.equal(kept["event"], event))["identity"].drop_null()))
        parts += [f"{words} {count(orders, 'order')}"] if orders else []
    text = listed(parts) if parts else ""
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _account(kept: pa.Table) -> str:
    account = kept.filter(pc.equal(kept["event"], "account"))
    sums = account.group_by(["part", "currency"]).aggregate([("amount", "sum")]).to_pylist()
    by_part = {(row["part"], row["currency"]): row["amount_sum"] for row in sums if row["amount_sum"]}
    parts = [
        f"{words} {money(amount, currency, 2)}"
        for part, words in _PARTS.items()
        for (booked, currency), amount in sorted(by_part.items())
        if booked == part
    ]
    return f"Besides orders: {listed(parts)}." if parts else ""


def _made(made: pa.Table) -> str:
    if not len(made):
        return ""
    orders = count(len(pc.unique(made["identity"])), "order")
    return (
        f"No order report holds {orders} of it: their lines are made of the bookings, and bear their dates."
    )


# ------------------------ What several files gave, as one

#: Columns that a file's report is made from.
_REPORTED = {
    *("source_row", "currency", "amount", "settlement_id", "part", "event", "description", "status"),
    *("identity", "customer_key", "fee", "day"),
}


def assembled(files: Sequence[FileRead], report: Report) -> Orders:
    """One table of all files' lines, each counted once, what was booked, and how it all came to be.

    `report` says of the reading what holds beyond its files.
    """
    timezone = report.timezone
    names = [file.name for file in files]
    entries = entries_once(_together(files, "entries"))
    counting, others = counted_once(_together(files, "lines"))
    entries = matched(entries, counting)
    lines, given = filled(joined(counting, entries), others)
    from_bookings = lines_from(entries, lines["identity"])
    lines = without_gaps(pa.concat_tables([lines, from_bookings]))
    kept: dict[Gives, pa.Table] = {
        "lines": _with_days(counting, "ordered_at", timezone),
        "entries": _with_days(entries, "posted_at", timezone),
        "repeat_rates": _once(_together(files, "repeat_rates")),
        "rates": _once(_together(files, "rates")),
    }
    reports = tuple(_report(file, number, kept, given, from_bookings) for number, file in enumerate(files))
    rejected = rejected_table([(file.name, *row[:5]) for file in files for row in file.rejections])
    return Orders(
        tidy(lines, names, timezone),
        replace(report, files=reports, rejected=rejected),
        entries=tidy_entries(entries, names, timezone),
        repeat_rates=tidy_repeat_rates(kept["repeat_rates"], names),
        rates=kept["rates"].select(RATES.names),
    )


def _together(files: Sequence[FileRead], gives: Gives) -> pa.Table:
    """What all files of one kind gave, with the number of the file that each row came from."""
    tables = [_read(FileRead("", gives=gives), 0)]
    tables += [_read(file, number) for number, file in enumerate(files) if file.gives == gives]
    return pa.concat_tables(tables).unify_dictionaries()


def _read(file: FileRead, number: int) -> pa.Table:
    table = pa.Table.from_batches(file.batches, schema=AS_READ[file.gives])
    table = numbered(table) if file.gives == "lines" else table
    return table.append_column("file_no", pa.repeat(pa.scalar(number, pa.int32()), len(table)))


def _once(table: pa.Table) -> pa.Table:
    """The table without rows that another file, or the same, holds just as they are."""
    rows = table.drop_columns(["file_no", "source_row"]).to_pandas(types_mapper=pd.ArrowDtype)
    repeats = rows.duplicated()
    return table.filter(pa.array(~repeats)) if repeats.any() else table


def _with_days(table: pa.Table, moments: str, timezone: str) -> pa.Table:
    return table.append_column("day", local_days(table[moments], timezone))


def _report(
    file: FileRead, number: int, kept: dict[Gives, pa.Table], given: Given, from_bookings: pa.Table
) -> FileReport:
    of_file = _of_file(kept[file.gives], number)
    return file.report(of_file, gave(file, of_file, number, given, _of_file(from_bookings, number)))


def _of_file(table: pa.Table, number: int) -> pa.Table:
    """One file's rows, without the columns that no report looks at: they are most of the memory."""
    looked_at = [name for name in table.column_names if name in _REPORTED]
    of_file = pc.equal(table["file_no"], number)
    return table.select(looked_at) if pc.all(of_file).as_py() else table.select(looked_at).filter(of_file)


# ------------------------ Read export files into one tidy order table, losing nothing in silence


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
