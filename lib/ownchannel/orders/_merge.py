"""Lines of several reports, each order counted once and matched with its bookings; and the tables of it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._bookings import codes
from ownchannel.orders._cells import as_millionths, decimals, spread, summed, with_columns
from ownchannel.orders._schema import BY_NAME, ENTRIES, MONEY, TABLE


def matched(entries: pa.Table, lines: pa.Table) -> pa.Table:
    """The entries, those of an order without an identity having that of the one order of their name.

    A name is an `order_id` on a `channel`. Two shops may each have an order #1001: where several orders bear
    a name, or none does, an entry stays without an identity and is joined to no order.

    >>> lines = pa.table({"channel": ["Shopify"], "order_id": ["#1001"], "identity": ["shopify/55"]})
    >>> fee = {"channel": ["Shopify"], "order_id": ["#1001"], "event": ["sale"]}
    >>> entries = pa.table(fee | {"identity": pa.array([None], pa.string())})
    >>> matched(entries, lines)["identity"].to_pylist()
    ['shopify/55']
    """
    nameless = pc.and_(pc.not_equal(entries["event"], "account"), entries["identity"].is_null())
    if not pc.any(nameless).as_py():
        return entries
    name = ["channel", "order_id"]
    orders = lines.select([*name, "identity"]).to_pandas().drop_duplicates()
    wanted = entries.filter(nameless).select(name).cast(pa.schema([(column, pa.string()) for column in name]))
    named = wanted.to_pandas().merge(orders.drop_duplicates(name, keep=False), "left", name)["identity"]
    found = pa.array(named, pa.string(), from_pandas=True)
    identity = entries["identity"].cast(pa.string()).combine_chunks()
    named_too = pc.replace_with_mask(identity, nameless.combine_chunks(), found)
    return with_columns(entries, identity=named_too.cast(entries["identity"].type))


#: What one report may know of an order that another does not.
FACTS = ("status", "customer_key", "consent", "country")
MONEY_FACTS = ("discount", "shipping", "tax", "refund", "fee", "fulfilment")

Given = Counter[tuple[int, str]]
"""In how many orders a file (by number) filled a column that the lines' own file leaves open."""


def in_runs(rows: pa.Table, headers: Sequence[int]) -> pa.Table:
    """One file's rows with the run that each is of, where its reader does not say.

    A run ends where another order (of bookings, another moment) or a header follows. Equal rows of one run
    are several; in another run they repeat what was there, as where exports were pasted together.
    """
    if not rows["run"].null_count:
        return rows
    line = rows["source_row"].to_numpy()
    of = codes(rows["identity"]) if "item" in rows.column_names else rows["posted_at"].to_numpy()
    keys = pd.DataFrame({"line": line, "of": of, "part": np.searchsorted(headers, line)})
    keys = keys.sort_values("line", kind="stable")
    begins = (keys[["of", "part"]] != keys[["of", "part"]].shift()).any(axis=1)
    run = keys["line"].where(begins).ffill().sort_index().astype(np.int64)
    return with_columns(rows, run=pc.coalesce(rows["run"], pa.chunked_array([pa.array(run)])))


def numbered(lines: pa.Table) -> pa.Table:
    """One file's lines; those without an id of their own are named by item and occurrence in the order's run.

    So a line has the same name in every export of its order.
    """
    if not lines["line_id"].null_count:
        return lines
    keys = pd.DataFrame({"order": codes(lines["identity"]), "item": codes(lines["item"])})
    keys["run"] = lines["run"].fill_null(0).to_numpy()
    place = keys.groupby(["order", "run", "item"], sort=False).cumcount() + 1
    named = pc.binary_join_element_wise(lines["item"], pa.array(place.to_numpy()).cast(pa.string()), "#")
    return with_columns(lines, line_id=pc.coalesce(lines["line_id"], named))


def repeated_rows(lines: pa.Table) -> int:
    """How many rows of one file hold lines that another of its rows holds."""
    named = lines.filter(lines["line_id"].is_valid())
    keys = pd.DataFrame({name: codes(named[name]) for name in ("identity", "line_id")})
    return int(named["source_row"].to_pandas()[keys.duplicated()].nunique())


def known_by_id(lines: pa.Table) -> pa.Table:
    """Orders that an export knows by name and time alone have the identity of the one that has their id."""
    by_name = pc.and_(pc.equal(lines["kind"], "owned"), pc.equal(lines["rank"], BY_NAME))
    if not pc.any(by_name).as_py():
        return lines
    name = ["channel", "order_id", "ordered_at"]
    orders = lines.filter(pc.invert(by_name)).select([*name, "identity"]).to_pandas().drop_duplicates()
    once = orders.drop_duplicates(name, keep=False)
    found = lines.filter(by_name).select(name).to_pandas().merge(once, "left", name)["identity"]
    places = pa.array(np.flatnonzero(by_name.to_numpy()))
    known = pc.coalesce(pa.array(found, pa.string(), from_pandas=True), lines["identity"].take(places))
    identity = pc.replace_with_mask(
        lines["identity"].combine_chunks(), by_name.combine_chunks(), known.combine_chunks()
    )
    return with_columns(lines, identity=identity)


def counted_once(lines: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The lines that count, and those of reports that only fill in; repeats are in neither.

    Of the reports that hold an order the one of the lowest rank gives its lines; of one line's states the
    newest counts, and where the format does not say, the one from the export that reaches further; of one
    file's rows the last.
    """
    order, line = codes(lines["identity"]), codes(lines["line_id"])
    keys = pd.DataFrame({"order": order, "line": line, "rank": lines["rank"].to_numpy()})
    best = keys["rank"] == keys.groupby("order", sort=False)["rank"].transform("min")
    if not keys.duplicated().any():
        once = np.arange(len(keys))
    else:
        newest = lines.select(["updated_at", "ordered_at", "file_no"]).to_pandas()
        keys["updated_at"], keys["earlier_file"] = newest["updated_at"], -newest["file_no"]
        keys["reaches"] = newest.groupby("file_no")["ordered_at"].transform("max")
        keys["place"] = np.arange(len(keys))
        first = keys.sort_values(["updated_at", "reaches", "earlier_file", "place"], ascending=False)
        once = np.sort(first.drop_duplicates(["order", "line", "rank"]).index.to_numpy())
    counts = best.to_numpy()[once]
    return _taken(lines, once[counts]), _taken(lines, once[~counts])


def _taken(lines: pa.Table, places: NDArray[np.intp]) -> pa.Table:
    return lines if len(places) == len(lines) else lines.take(places)


def filled(lines: pa.Table, others: pa.Table) -> tuple[pa.Table, Given]:
    """What the lines' own report leaves open (null) taken from other reports of the same order, best first.

    An amount from another report is spread over the order's lines in proportion to their item value.
    """
    given: Given = Counter()
    if not len(others):
        return lines, given
    identities = pd.Index(lines["identity"].to_pandas().unique())
    order = identities.get_indexer(lines["identity"].to_pandas())
    rows = others.select(["rank", "file_no"]).to_pandas()
    rows["order"] = identities.get_indexer(others["identity"].to_pandas())
    rows["place"] = np.arange(len(others))
    currency = lines["currency"].to_pandas().groupby(order).first().reindex(rows["order"])
    own_file = lines["file_no"].to_pandas().groupby(order).first()
    same_money = others["currency"].to_pandas().to_numpy() == currency.to_numpy()
    weights = as_millionths(lines["item_value"])
    for column in (*FACTS, *MONEY_FACTS):
        is_money = column in MONEY_FACTS
        usable = same_money if is_money else (rows["order"] >= 0).to_numpy()
        known = rows[others[column].is_valid().to_numpy() & usable]
        best = known[known["rank"] == known.groupby("order")["rank"].transform("min")]
        first = best.drop_duplicates("order")
        if is_money:
            amounts = as_millionths(others[column])[best["place"]]
            shares = spread(summed(best["order"].to_numpy(), amounts, len(identities)), order, weights)
            fills = decimals(shares, np.isin(order, best["order"]))
        else:
            place = first.set_index("order")["place"].reindex(order).to_numpy(dtype=float)
            fills = others[column].combine_chunks().take(pa.array(place, from_pandas=True).cast(pa.int64()))
        gaps = pc.and_(lines[column].is_null(), fills.is_valid()).to_numpy()
        if gaps.any():
            is_news = gaps & (as_millionths(fills) != 0) if is_money else gaps
            is_other = first["file_no"].to_numpy() != own_file.reindex(first["order"]).to_numpy()
            files = first.loc[np.isin(first["order"], order[is_news]) & is_other, "file_no"]
            given.update((file_no, column) for file_no in files.tolist())
            lines = with_columns(lines, **{column: pc.coalesce(lines[column], fills)})
    return lines, given


def without_gaps(lines: pa.Table) -> pa.Table:
    """The lines with 0 for what no report has; fees excepted, for it matters whether they are known.

    An order of which no report has a status was sold. What came back without a sum came back whole.
    """
    whole = pc.and_(pc.equal(lines["status"], "refunded").fill_null(False), lines["refund"].is_null())
    if pc.any(whole).as_py():
        paid = pc.subtract(lines["item_value"], lines["discount"].fill_null(0)).cast(MONEY)
        lines = with_columns(lines, refund=pc.if_else(whole, paid, lines["refund"]))
        for column in ("shipping", "tax"):
            lines = with_columns(lines, **{column: pc.if_else(whole, pa.scalar(0, MONEY), lines[column])})
    for column in ("discount", "shipping", "tax", "refund", "status"):
        if lines[column].null_count:
            default = "completed" if column == "status" else pa.scalar(0, lines[column].type)
            lines = with_columns(lines, **{column: lines[column].fill_null(default)})
    return lines


def order_table(lines: pa.Table, names: list[str], timezone: str) -> pa.Table:
    """The order table: the schema's columns, with the day in the brand's time zone and the file's name."""
    # Without a key there is nobody who could have said yes.
    nobody = lines["customer_key"].is_null()
    consent = pc.if_else(nobody, pa.scalar(None, pa.bool_()), lines["consent"])
    days = local_days(lines["ordered_at"], timezone)
    return _finished(lines, TABLE, names, {"ordered_on": days, "consent": consent})


def entry_table(entries: pa.Table, names: list[str], timezone: str) -> pa.Table:
    """The bookings likewise."""
    return _finished(entries, ENTRIES, names, {"posted_on": local_days(entries["posted_at"], timezone)})


def side_table(table: pa.Table, schema: pa.Schema, names: list[str]) -> pa.Table:
    """A table beside these two; its `day` is that of the return."""
    days = {"returned_on": table["day"]} if "returned_on" in schema.names else {}
    return _finished(table, schema, names, days)


def local_days(moments: pa.ChunkedArray, timezone: str) -> pa.Array:
    """The calendar days of instants in a time zone."""
    local = pd.DatetimeIndex(moments.to_pandas()).tz_convert(timezone).tz_localize(None)
    return pa.array(local.normalize(), pa.timestamp("ns")).cast(pa.date32())


def _finished(
    table: pa.Table, schema: pa.Schema, names: list[str], computed: dict[str, pa.Array]
) -> pa.Table:
    files = pa.DictionaryArray.from_arrays(table["file_no"].combine_chunks(), pa.array(names, pa.string()))
    computed = computed | {"source_file": files.cast(pa.string())}
    columns = [computed[f.name] if f.name in computed else table[f.name] for f in schema]
    return pa.Table.from_arrays(
        [pa.chunked_array(c) if isinstance(c, pa.Array) else c for c in columns], schema=schema
    )
