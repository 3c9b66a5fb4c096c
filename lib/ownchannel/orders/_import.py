"""Export files in, one tidy order table out, nothing lost in silence; the sample brand's files as well."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import NO_CURRENCY, Input, LeftAside, find_sources, timezone_named
from ownchannel.orders._additions import (
    newest_spend,
    with_consent,
    with_goods,
    with_returns,
    without_restated,
)
from ownchannel.orders._bookings import entries_once, with_bookings
from ownchannel.orders._goods import Costing
from ownchannel.orders._merge import (
    counted_once,
    filled,
    finished,
    known_by_id,
    local_days,
    matched,
    without_gaps,
)
from ownchannel.orders._one_file import FileRead, read_file
from ownchannel.orders._orders import Orders
from ownchannel.orders._own_tables import MappingLibrary
from ownchannel.orders._readers import READERS
from ownchannel.orders._readers._named_columns import ColumnMapping, MappedOrders
from ownchannel.orders._readers._reader import Context
from ownchannel.orders._report import Report, rejected_table, summary
from ownchannel.orders._saved import (
    SAMPLE_FILE,
    key_remark,
    orders_made_of,
    reading_version,
    save_orders,
    saved_orders,
)
from ownchannel.orders._schema import ENTRIES, SIDE_TABLES, TABLE, Gives
from ownchannel.workspace import Workspace, saved_account

SAMPLE_BRAND = "Hearth & Ladle"
SAMPLE_TIMEZONE = "America/New_York"
#: In an installed package the samples lie in it, in the repository beside lib.
_SAMPLES = (Path(__file__).parents[1] / "samples", Path(__file__).parents[3] / "data" / "samples")

#: Columns that a file's report is made from.
_REPORTED = {
    *("source_row", "currency", "amount", "part", "event", "description", "status"),
    *("identity", "customer_key", "fee", "day", "platform", "starts_on", "ends_on"),
}

#: By what the moments of a file's rows are called.
_DATED: dict[Gives, str] = {"lines": "ordered_at", "entries": "posted_at", "returns": "returned_at"}


def read_orders(
    paths: Input | Iterable[Input],
    mapping: ColumnMapping | Mapping[str, Any] | None = None,
    workspace: Workspace | str | Path | None = None,
    timezone: str = "UTC",
    costing: Costing = "average",
) -> Orders:
    """Orders from the platforms' own export files.

    `paths`: files, folders, uploads (`name` and `content`), `.gz`, `.zip`, one or many; each is recognised by
    its content. `mapping` names the columns of tables that no reader knows (see `ColumnMapping`); others are
    read as the workspace remembers (see `MappingLibrary`). `workspace` is the folder with the key that hides
    customers. `timezone` is the brand's, in which its days
    are counted: an IANA name, or a city's such as New York. `costing` says how goods that were bought in
    batches are costed: at the average of the stock, or the oldest batch first (`fifo`).

    Returns `Orders`. A bad row is set aside and a bad file named in `.report`; neither stops the rest. Raises
    ValueError where the mapping, the time zone or the workspace's key cannot be used.

    >>> till = ("till.csv", b"Invoice,Date,Amount" + bytes([10]) + b"1,2026-03-01,12.50")
    >>> columns = {"order_id": "Invoice", "ordered_at": "Date", "item_value": "Amount", "currency": "EUR"}
    >>> read_orders(till, mapping=columns)
    1 order on Own store in EUR, 1 Mar 2026 to 1 Mar 2026.
    """
    timezone = timezone_named(timezone)
    place = workspace if isinstance(workspace, Workspace) else Workspace.at(workspace)
    remark = key_remark(place)
    keys = place.customer_keys()
    named = [MappedOrders(ColumnMapping.of(mapping))] if mapping is not None else []
    readers = (*named, *READERS, *MappingLibrary(place).readers().values())
    files, left_aside = [], []
    for source in find_sources(paths):  # one by one: what an archive holds is let go before the next
        if isinstance(source, LeftAside):
            left_aside.append(source.name)
        else:
            files.append(read_file(source, readers, Context(keys, timezone)))
    report = Report(left_aside=tuple(left_aside), timezone=timezone, remark=remark)
    return assembled(files, report, costing)


@dataclass(frozen=True)
class Opened:
    """The orders that a workbook works with, and whether they are the sample brand's."""

    orders: Orders
    is_sample: bool
    remark: str = ""
    """What it means that the workspace's key is lost, where it is, and what became of other currencies."""

    @classmethod
    def of(cls, orders: Orders, *, is_sample: bool, remark: str = "") -> "Opened":
        """Orders with all money in the main currency, where exchange rates for it were read.

        Where a rate is missing they stay as they are, and the remark says which.
        """
        code, of_money = orders.main_currency, ""
        others = [other for other in orders.currencies() if other != code]
        if others and len(orders.rates):
            try:
                orders = orders.in_currency(code)
                of_money = f"Money in {' and '.join(others)} is shown in {code}, at the rate of each day."
            except ValueError as problem:
                of_money = f"Money stays in {', '.join([code, *others])}. {problem}"
        return cls(orders, is_sample, " ".join(filter(None, [remark, of_money])))

    @property
    def brand(self) -> str:
        """Whose orders these are."""
        if self.is_sample:
            return f"{SAMPLE_BRAND}, the sample brand"
        return self.orders.account.name or "Your brand"

    @property
    def currency(self) -> str:
        """The currency that the workbooks count in; empty where nothing was sold."""
        return self.orders.main_currency if len(self.orders.sales) else ""

    def __str__(self) -> str:
        whose = f"The sample brand, {SAMPLE_BRAND}" if self.is_sample else "Your orders"
        return " ".join(filter(None, [f"{whose}: {self.orders}", self.remark]))

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return str(self)


def current_orders(workspace: Workspace | None = None) -> Opened:
    """The orders of the files in the first workbook; the sample brand's where nothing was sold in any.

    As long as the workspace stays as it is they are read once, and are the same object.

    >>> import tempfile
    >>> current_orders(Workspace.at(tempfile.mkdtemp())).is_sample
    True
    """
    place = workspace or Workspace()
    return _opened(place, place.mark())


@lru_cache(maxsize=1)
def _opened(place: Workspace, _: object) -> Opened:
    saved, remark = saved_orders(place), key_remark(place)
    if saved is None or not len(saved.sales):
        return Opened.of(sample_orders(place), is_sample=True, remark=remark)
    try:  # what the brand says of itself goes with its orders
        saved, of_account = replace(saved, account=saved_account(place)), ""
    except ValueError as problem:
        of_account = str(problem)
    if (code := saved.account.currency) and code not in saved.currencies():
        of_account = (
            f"Your brand's account is in {code}, in which nothing was sold: its cash and fixed costs are not "
            "used."
        )
    return Opened.of(saved, is_sample=False, remark=" ".join(filter(None, [remark, of_account])))


def sample_orders(workspace: Workspace | None = None) -> Orders:
    """The sample brand's orders, read from its export files, wherever Python runs.

    The workspace keeps them, so that the files are read once. Raises FileNotFoundError where the sample files
    were not installed.

    >>> import tempfile
    >>> channels = sample_orders(Workspace.at(tempfile.mkdtemp())).channels()
    >>> [name for name, kind in channels.items() if kind == "marketplace"]
    ['Amazon.com', 'Amazon.de', 'Etsy', 'eBay']
    """
    folder = next(filter(Path.is_dir, _SAMPLES), None)
    if folder is None:
        raise FileNotFoundError(
            "The sample files are missing: data/samples lies beside lib. Clone the repository again."
        )
    exports = sorted(file for file in folder.iterdir() if file.suffix in (".csv", ".txt"))
    place = workspace or Workspace()
    made_of = sha256(b"".join(map(Path.read_bytes, exports))).hexdigest() + reading_version()
    saved = orders_made_of(made_of + place.fingerprint(), place, SAMPLE_FILE)
    if saved is not None:
        return replace(saved, report=replace(saved.report, remark=key_remark(place)))
    orders = read_orders(exports, workspace=place, timezone=SAMPLE_TIMEZONE)
    with suppress(OSError):  # without room on the disk they are read again
        save_orders(orders, place, SAMPLE_FILE, made_of + place.fingerprint())
    return orders


def assembled(files: Sequence[FileRead], report: Report, costing: Costing = "average") -> Orders:
    """One table of all files' lines, each counted once, what was booked, and how it all came to be.

    `report` says of the reading what holds beyond its files.
    """
    timezone = report.timezone
    names = [file.name for file in files]
    entries = without_restated(entries_once(_together(files, "entries")))
    counting, others = counted_once(known_by_id(_together(files, "lines")))
    entries = matched(entries, counting)
    counting, unpriced = _without_unpriced(counting, entries)
    lines, from_bookings = with_bookings(counting, entries)
    lines, given = filled(pa.concat_tables([lines, from_bookings]), pa.concat_tables([others, unpriced]))
    kept: dict[Gives, pa.Table] = {
        "lines": counting,
        "entries": entries,
        "customers": _once(_together(files, "customers")),
        **{name: _once(_together(files, name)) for name in SIDE_TABLES if name != "spend"},
        "spend": _once(newest_spend(_together(files, "spend"))),
    }
    lines, of_returns = with_returns(lines, kept["returns"])
    lines, of_customers = with_consent(lines, kept["customers"])
    lines, of_costs = with_goods(without_gaps(lines), kept["costs"], kept["rates"], timezone, costing)
    given += of_returns + of_customers + of_costs
    for gives, moment in _DATED.items():
        days = local_days(kept[gives][moment], timezone)
        kept[gives] = kept[gives].append_column("day", days)
    reports = []
    for number, file in enumerate(files):
        counted, made = _of_file(kept[file.gives], number), _of_file(from_bookings, number)
        filled_in = {column: orders for (other, column), orders in given.items() if other == number}
        reports.append(file.report(counted, summary(file.gives, counted, filled_in, made)))
    rejected = rejected_table([(file.name, *row[:5]) for file in files for row in file.rejections])
    return Orders(
        finished(lines, TABLE, names, timezone),
        replace(report, files=tuple(reports), rejected=rejected),
        entries=finished(kept["entries"], ENTRIES, names, timezone),
        **{name: finished(kept[name], schema, names, timezone) for name, schema in SIDE_TABLES.items()},
    )


def _without_unpriced(lines: pa.Table, entries: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The lines, and apart those of orders without a price yet that were booked since: bookings have it."""
    open_yet = pc.and_(pc.equal(lines["currency"], NO_CURRENCY), pc.equal(lines["status"], "pending"))
    sold = pc.unique(entries["identity"].filter(pc.equal(entries["event"], "sale"))).dictionary_decode()
    booked = pc.fill_null(pc.and_(open_yet, pc.is_in(lines["identity"], value_set=sold)), False)
    none = not pc.any(booked).as_py()
    return lines if none else lines.filter(pc.invert(booked)), lines.filter(booked)


def _together(files: Sequence[FileRead], gives: Gives) -> pa.Table:
    """What was read of all files of one kind, with the number of the file that each row came from."""
    tables = []
    for number, file in enumerate([*files, FileRead("", gives=gives)]):  # one without rows, for the columns
        if file.gives == gives:
            table = file.table()
            file_no = pa.repeat(pa.scalar(number, pa.int32()), len(table))
            tables.append(table.append_column("file_no", file_no))
    return pa.concat_tables(tables).unify_dictionaries()


def _once(table: pa.Table) -> pa.Table:
    """The table without rows that another file, or the same, holds just as they are."""
    rows = table.drop_columns(["file_no", "source_row"]).to_pandas(types_mapper=pd.ArrowDtype)
    repeats = rows.duplicated()
    return table.filter(pa.array(~repeats)) if repeats.any() else table


def _of_file(table: pa.Table, number: int) -> pa.Table:
    """One file's rows, without the columns that no report looks at: they are most of the memory."""
    looked_at = [name for name in table.column_names if name in _REPORTED]
    of_file = pc.equal(table["file_no"], number)
    return table.select(looked_at) if pc.all(of_file).as_py() else table.select(looked_at).filter(of_file)
