"""Lines of several reports, each order counted once and matched with its bookings; and the tables of it."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import MONEY, as_millionths, decimals, spread, summed, with_columns
from ownchannel.orders._bookings import Numbers, coded, firsts, numbers, places
from ownchannel.orders._schema import BY_NAME, BY_NUMBER, SALES


def matched(entries: pa.Table, lines: pa.Table) -> pa.Table:
    """The entries, those of an order without an identity having that of the one order of their name.

    A name is an `order_id` on a `channel`. Two shops may each have an order #1001: where several orders bear
    a name, or none does, an entry stays without an identity and is joined to no order.
    """
    nameless = pc.and_(pc.not_equal(entries["event"], "account"), entries["identity"].is_null())
    return _known_by(entries, nameless, lines, "channel", "order_id")


def known_by_id(lines: pa.Table) -> pa.Table:
    """Orders that an export knows by name and time alone have the identity of the one that has their id."""
    ranks = pa.array([BY_NAME, *BY_NUMBER], lines["rank"].type)
    by_name = pc.and_(pc.equal(lines["kind"], "owned"), pc.is_in(lines["rank"], ranks))
    if not pc.any(by_name).as_py():
        return lines
    # Some exports show no seconds.
    lines = lines.append_column("minute", pc.floor_temporal(lines["ordered_at"], unit="minute"))
    others = lines.filter(pc.invert(by_name))
    return _known_by(lines, by_name, others, "channel", "order_id", "minute").drop_columns("minute")


def _known_by(rows: pa.Table, where: pa.ChunkedArray, orders: pa.Table, *name: str) -> pa.Table:
    """The rows, some with the identity of the one order of their name, where there is one."""
    if not pc.any(where).as_py():
        return rows
    keys, among = (
        pc.binary_join_element_wise(*(table[column].cast(pa.string()) for column in name), "|")
        for table in (rows.filter(where), orders)
    )
    identities = pa.table({"key": among, "identity": orders["identity"]}).group_by("key")
    found = identities.aggregate([("identity", "min"), ("identity", "count_distinct")])
    found = found.filter(pc.equal(found["identity_count_distinct"], 1))
    known = found["identity_min"].take(pc.index_in(keys, value_set=found["key"], skip_nulls=True))
    identity = rows["identity"].cast(pa.string()).combine_chunks()
    known = pc.coalesce(known, identity.filter(where)).combine_chunks()
    identity = pc.replace_with_mask(identity, where.combine_chunks(), known)
    return with_columns(rows, identity=identity.cast(rows["identity"].type))


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
    of = coded(rows["identity"])[0] if "item" in rows.column_names else rows["posted_at"].to_numpy()
    line = rows["source_row"].to_numpy()
    in_order = np.argsort(line, kind="stable")
    line, of = line[in_order], of[in_order]
    goes_on = (of[1:] == of[:-1]) & (np.diff(np.searchsorted(headers, line)) == 0)
    begins = np.flatnonzero(np.append(True, ~goes_on)[: len(line)])
    run = np.empty_like(line)
    run[in_order] = np.repeat(line[begins], np.diff(begins, append=len(line)))
    return with_columns(rows, run=pc.coalesce(rows["run"], pa.chunked_array([run])))


def numbered(lines: pa.Table) -> pa.Table:
    """One file's lines; those without an id of their own are named by item and occurrence in the order's run.

    So a line has the same name in every export of its order.
    """
    if not lines["line_id"].null_count:
        return lines
    run = lines["run"].fill_null(0).to_numpy()
    item = numbers(coded(lines["identity"])[0], coded(lines["item"])[0])
    alike = numbers(item, run)
    place = np.asarray(pd.Series(alike).groupby(alike).cumcount(), dtype=np.int64)
    if alike.max(initial=0) > item.max(initial=0):
        place = _with_scattered(lines, item, run, place)
    named = pc.binary_join_element_wise(lines["item"], pa.array(place + 1).cast(pa.string()), "#")
    return with_columns(lines, line_id=pc.coalesce(lines["line_id"], named))


def _with_scattered(lines: pa.Table, item: Numbers, run: Numbers, place: Numbers) -> Numbers:
    """Places where an order's item stands in several runs.

    An export that was sorted has scattered the order's lines: those with other amounts, and of the same
    state, are other lines.
    """
    keys = pd.DataFrame({"item": item, "run": run, "place": place})
    value = as_millionths(lines["item_value"])
    keys["amounts"] = numbers(
        value, *(as_millionths(lines[name]) for name in ("discount", "shipping", "tax"))
    )
    keys["updated"] = lines["updated_at"].cast(pa.int64()).fill_null(0).to_numpy()
    # What waits for its price, or was cancelled without one, is the same line as what was sold.
    is_sale = pc.is_in(lines["status"].fill_null(SALES[0]), pa.array(SALES)).to_numpy()
    keys = keys[is_sale | (value != 0)]
    keys = keys[keys.groupby("item")["updated"].transform("nunique") == 1]
    keys = keys[keys.groupby("item")["amounts"].transform("nunique") > 1]
    keys["place"] = keys.groupby(["item", "amounts", "run"]).cumcount()
    once = keys.drop_duplicates(["item", "amounts", "place"])
    once = once.assign(line=once.groupby("item").cumcount())
    found = keys.reset_index().merge(once.drop(columns="run"), "left", ["item", "amounts", "place"])
    changed = place.copy()
    changed[found["index"].to_numpy()] = found["line"].to_numpy()
    return changed


def repeated_rows(lines: pa.Table) -> int:
    """How many rows of one file hold lines that another of its rows holds."""
    named = lines.select(["identity", "line_id", "source_row"]).filter(lines["line_id"].is_valid())
    line = numbers(coded(named["identity"])[0], coded(named["line_id"])[0])
    return len(np.unique(named["source_row"].to_numpy()[pd.Series(line).duplicated()]))


def counted_once(lines: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The lines that count, and those of reports that only fill in; repeats are in neither.

    Of the reports that hold an order the one of the lowest rank gives its lines; of one line's states the
    newest counts, and where the format does not say, the one from the export that reaches further; of one
    file's rows the last.
    """
    (order, _), (line, _) = coded(lines["identity"]), coded(lines["line_id"])
    rank, file = lines["rank"].to_numpy(), lines["file_no"].to_numpy()
    line = numbers(order, line, rank)
    once, several = np.arange(len(lines)), line.max(initial=-1) + 1
    if several < len(lines):
        updated, ordered = (
            lines[name].cast(pa.int64()).fill_null(0) for name in ("updated_at", "ordered_at")
        )
        reaches = pd.Series(ordered.to_numpy()).groupby(file).transform("max")
        newest = np.lexsort((-file, reaches, updated.to_numpy()))[::-1]
        once = np.sort(newest[firsts(line[newest], several)])
    counts = (rank == pd.Series(rank).groupby(order).transform("min"))[once]
    return _taken(lines, once[counts]), _taken(lines, once[~counts])


def _taken(lines: pa.Table, rows: Numbers) -> pa.Table:
    return lines if len(rows) == len(lines) else lines.take(rows)


def filled(lines: pa.Table, others: pa.Table) -> tuple[pa.Table, Given]:
    """What the lines' own report leaves open (null) taken from other reports of the same order, best first.

    An amount from another report is spread over the order's lines in proportion to their item value.
    """
    given: Given = Counter()
    if not len(others):
        return lines, given
    (order, orders), (currency, currencies) = coded(lines["identity"]), coded(lines["currency"])
    others = others.filter(pa.array(places(others["identity"], orders) >= 0)).sort_by("rank")
    of_order, rank = places(others["identity"], orders), others["rank"].to_numpy()
    own = firsts(order, len(orders))
    has_money = places(others["currency"], currencies) == currency[own[of_order]]
    own_file, of_file = (table["file_no"].to_numpy() for table in (lines, others))
    weights = as_millionths(lines["item_value"])
    for column in (*FACTS, *MONEY_FACTS):
        is_money = column in MONEY_FACTS
        is_known = others[column].is_valid().to_numpy() & (has_money | (not is_money))
        first = firsts(of_order, len(orders), is_known)
        if is_money:
            best = is_known & (rank == rank[first[of_order]])
            totals = summed(of_order[best], as_millionths(others[column])[best], len(orders))
            values = decimals(spread(totals, order, weights), first[order] >= 0)
        else:
            values = others[column].take(pa.array(first[order], mask=first[order] < 0))
        gaps = pc.and_(lines[column].is_null(), values.is_valid()).to_numpy()
        if gaps.any():
            is_news = gaps & (as_millionths(values) != 0) if is_money else gaps
            news = np.unique(order[is_news])
            files = of_file[first[news]]
            given.update((file_no, column) for file_no in files[files != own_file[own[news]]].tolist())
            lines = with_columns(lines, **{column: pc.coalesce(lines[column], values)})
    return lines, given


def without_gaps(lines: pa.Table) -> pa.Table:
    """The lines with 0 for what no report has; fees excepted, for it matters whether they are known.

    An order of which no report has a status was sold. What came back without a sum came back whole.
    """
    nothing = pa.scalar(0, MONEY)
    whole = pc.and_(pc.equal(lines["status"], "refunded").fill_null(False), lines["refund"].is_null())
    if pc.any(whole).as_py():
        paid = pc.subtract(lines["item_value"], lines["discount"].fill_null(nothing)).cast(MONEY)
        for column, amount in {"refund": paid, "shipping": nothing, "tax": nothing}.items():
            lines = with_columns(lines, **{column: pc.if_else(whole, amount, lines[column])})
    defaults = dict.fromkeys(("discount", "shipping", "tax", "refund"), nothing) | {"status": "completed"}
    gaps = {column: lines[column] for column in defaults if lines[column].null_count}
    return with_columns(lines, **{name: values.fill_null(defaults[name]) for name, values in gaps.items()})


#: The days of a table, and the moments whose days they are.
_DAYS = {"ordered_on": "ordered_at", "posted_on": "posted_at", "returned_on": "returned_at"}


def finished(table: pa.Table, schema: pa.Schema, names: list[str], timezone: str) -> pa.Table:
    """What was read as a table of this schema, with days in the brand's time zone and the files' names."""
    columns = {name: table[name] for name in schema.names if name in table.column_names}
    for day in _DAYS.keys() & set(schema.names):
        is_known = "day" in table.column_names
        columns[day] = table["day"] if is_known else local_days(table[_DAYS[day]], timezone)
    if "consent" in columns:  # without a key there is nobody who could have said yes
        columns["consent"] = pc.if_else(table["customer_key"].is_valid(), table["consent"], None)
    if "source_file" in schema.names:
        file = pa.DictionaryArray.from_arrays(table["file_no"].combine_chunks(), pa.array(names, pa.string()))
        columns["source_file"] = file.cast(schema.field("source_file").type)
    return pa.table([columns[name] for name in schema.names], schema=schema)


def local_days(moments: pa.ChunkedArray, timezone: str) -> pa.Array:
    """The calendar days of instants in a time zone."""
    local = pd.DatetimeIndex(moments.to_pandas()).tz_convert(timezone).tz_localize(None)
    return pa.array(local.normalize(), pa.timestamp("ns")).cast(pa.date32())
