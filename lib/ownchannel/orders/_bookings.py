"""What platforms booked: counted once, joined to the lines of its order, or made into lines."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._cells import Millionths, as_millionths, decimals, spread, summed, with_columns
from ownchannel.orders._schema import LINES_AS_READ, TEXT

Codes = NDArray[np.int32]


def codes(texts: pa.ChunkedArray) -> Codes:
    """By row a number that stands for its text, from 0 on: sooner compared. Null has a number of its own."""
    encoded = texts.dictionary_encode("encode").combine_chunks()
    numbers: Codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
    return numbers


#: Of a line that only bookings have; orders of any report go before.
RANK = 9

#: The channel of a booking where nothing names it: Amazon's alone leave it out.
_MARKETPLACE = "Amazon"

#: What makes a line of bookings, and what it takes from the first of them that has it.
_LINE = ["identity", "sku", "currency"]
_OF_LINE = ["order_id", "channel", "kind", "product", "posted_at", "quantity", "source_row", "file_no"]
#: A code that no text has, and a number that no file has.
_NO_SKU = _NO_FILE = -1
#: Bits of the number of a file's line, behind those of the file.
_RUN_BITS = 40

_BOOKED = [*_LINE, *_OF_LINE, "event", "part", "amount"]


def entries_once(entries: pa.Table) -> pa.Table:
    """The entries without repeats, each of a channel.

    A settlement that two files hold, or one file twice, counts as the one with more of it has it. A row of a
    transactions report counts once however many reports hold it, and not at all where its settlement itself
    was read.
    """
    entries = _with_channels(entries)
    if not len(entries):
        return entries
    settlement = codes(entries["settlement_id"])
    file = (
        entries["file_no"].to_numpy().astype(np.int64) << _RUN_BITS | entries["run"].fill_null(0).to_numpy()
    )
    of_settlement = entries["row_key"].is_null().to_numpy()
    counts_in = _fullest_files(settlement[of_settlement], file[of_settlement], int(settlement.max()) + 1)
    counts_in[settlement[entries["settlement_id"].is_null().to_numpy()]] = _NO_FILE
    counted_in = counts_in[settlement]
    apart = counted_in == _NO_FILE
    keeps = np.where(
        of_settlement, apart | (counted_in == file), apart & _first_seen(entries, ~of_settlement)
    )
    return entries if keeps.all() else entries.filter(pa.array(keeps))


def _fullest_files(settlement: Codes, file: NDArray[np.int64], settlements: int) -> NDArray[np.int64]:
    """By settlement the run of a file that holds most of it, the first of several; none where not read."""
    fullest = np.full(settlements, _NO_FILE, dtype=np.int64)
    sizes = pd.DataFrame({"settlement": settlement, "file": file}).value_counts(sort=False).reset_index()
    most = sizes.sort_values(["count", "file"], ascending=[False, True]).drop_duplicates("settlement")
    fullest[most["settlement"]] = most["file"]
    return fullest


def _first_seen(entries: pa.Table, of_rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where an entry's row is the first of its kind; False for entries that are not `of_rows`."""
    keys = pd.DataFrame({name: entries[name].to_numpy() for name in ("file_no", "source_row")})
    keys["run"] = entries["run"].fill_null(0).to_numpy()
    keys["row_key"] = codes(entries["row_key"])
    row = keys.groupby(["file_no", "source_row"], sort=False).ngroup().to_numpy()
    at = np.flatnonzero(of_rows & ~pd.Series(row).duplicated().to_numpy())
    rows = keys.iloc[at]
    # One run may hold two rows that are alike; the second is none of another run's first.
    occurrence = rows.groupby(["file_no", "run", "row_key"]).cumcount()
    first = np.zeros(len(row), dtype=np.bool_)
    first[row[at]] = ~rows[["row_key"]].assign(occurrence=occurrence).duplicated().to_numpy()
    return first[row] & of_rows


def _with_channels(entries: pa.Table) -> pa.Table:
    """Bookings that name no marketplace are of that which another booking of their settlement names."""
    channel = entries["channel"]
    if not channel.null_count:
        return entries
    known = entries.filter(channel.is_valid()).group_by(["settlement_id", "channel"]).aggregate([])
    texts = pa.table({name: known[name].cast(pa.string()) for name in known.column_names})
    named = texts.group_by("settlement_id").aggregate([("channel", "min")])
    place = pc.index_in(entries["settlement_id"], value_set=named["settlement_id"], skip_nulls=True)
    filled = pc.coalesce(channel, named["channel_min"].take(place), _MARKETPLACE)
    return with_columns(entries, channel=filled.cast(TEXT))


def joined(lines: pa.Table, entries: pa.Table) -> pa.Table:
    """Lines with the fees and refunds that were booked for their orders.

    An amount goes to the order's lines of its sku, else to all of its lines, in proportion to item value.
    Fees count where the sale itself was booked, for a refund alone shows only what was given back. What the
    order's own report has stays as it is. Amounts in another currency than the order's are not joined.
    """
    if not len(entries) or not len(lines):
        return lines
    index = pd.Index(lines["identity"].to_pandas().unique())
    order = index.get_indexer(lines["identity"].to_pandas())
    booked = _of_orders(entries, index)
    line_currency = lines["currency"].to_pandas().groupby(order).first()
    booked = booked[booked["currency"].to_numpy() == line_currency.reindex(booked["order"]).to_numpy()]
    if booked.empty:
        return lines
    items = pd.MultiIndex.from_arrays([order, lines["sku"].to_pandas().fillna("")])
    distinct, weights = items.unique(), as_millionths(lines["item_value"])
    item = distinct.get_indexer(items)
    booked["item"] = distinct.get_indexer(
        pd.MultiIndex.from_arrays([booked["order"], booked["sku"].fillna("")])
    )

    def share(which: "pd.Series[bool]") -> Millionths:
        """What each line has of these amounts."""
        chosen = {name: booked[name].to_numpy()[which.to_numpy()] for name in ("item", "order", "amount")}
        of_item, amounts = chosen["item"] >= 0, chosen["amount"]
        by_item = summed(chosen["item"][of_item], amounts[of_item], len(distinct))
        by_order = summed(chosen["order"][~of_item], amounts[~of_item], len(index))
        return spread(by_item, item, weights) + spread(by_order, order, weights)

    sale, back = booked["event"] == "sale", booked["event"] == "refund"
    goods_back = back & booked["part"].isin(["goods", "discount"])
    sold = np.isin(order, booked.loc[sale, "order"].unique())
    returned = np.isin(order, booked.loc[goods_back, "order"].unique())
    is_fulfilment = booked["part"] == "fulfilment"
    found = {
        "fee": decimals(-share(is_fulfilment | (booked["part"] == "fee")), sold),
        "fulfilment": decimals(-share(is_fulfilment), sold),
        "refund": decimals(-share(goods_back), returned),
    }
    # What was given back of these is booked with a minus.
    left = {
        column: decimals(
            as_millionths(lines[column]) + share(back & (booked["part"] == column)),
            lines[column].is_valid().to_numpy(),
        )
        for column in ("shipping", "tax")
    }
    filled = {column: pc.coalesce(lines[column], values) for column, values in found.items()}
    return _with_status(with_columns(lines, **filled, **left))


def _of_orders(entries: pa.Table, index: "pd.Index[str]") -> pd.DataFrame:
    """The amounts that belong to an order of the index, in millionths, with the order's place in it."""
    found = of_orders(entries)
    order = _places(found["identity"], index)
    known = order >= 0
    found = found.select(["sku", "event", "part", "currency", "amount"]).filter(pa.array(known))
    booked = pd.DataFrame(
        {name: found[name].cast(pa.string()).to_pandas() for name in found.column_names[:-1]}
    )
    return booked.assign(amount=as_millionths(found["amount"]), order=order[known])


def _places(texts: pa.ChunkedArray, index: "pd.Index[str]") -> NDArray[np.intp]:
    """By row the place of its text in the index; -1 where it has none."""
    distinct = texts.combine_chunks()
    of_distinct = np.append(index.get_indexer(distinct.dictionary.to_pandas()), -1)
    return np.asarray(of_distinct[codes(texts)])


def of_orders(entries: pa.Table) -> pa.Table:
    """The entries that belong to an order."""
    return entries.filter(pc.and_(entries["identity"].is_valid(), pc.not_equal(entries["event"], "account")))


def _with_status(lines: pa.Table) -> pa.Table:
    """Lines whose goods were given back in full are refunded."""
    paid = as_millionths(lines["item_value"]) - as_millionths(lines["discount"])
    refund = as_millionths(lines["refund"])
    whole = pa.chunked_array([pa.array((refund > 0) & (refund >= paid))])
    completed = pc.equal(lines["status"], "completed")
    status = pc.if_else(pc.and_(whole, completed), "refunded", lines["status"])
    return with_columns(lines, status=status)


def lines_from(entries: pa.Table, reported: pa.ChunkedArray) -> pa.Table:
    """Order lines of the booked orders that are not `reported` by a report of orders: one by order and sku.

    They are dated by their first booking. Amounts without a sku go to the order's first line.
    """
    booked = of_orders(entries.select(_BOOKED))
    booked = booked.filter(pc.invert(pc.is_in(booked["identity"], value_set=pc.unique(reported))))
    schema = LINES_AS_READ.append(entries.schema.field("file_no"))
    if not len(booked):
        return schema.empty_table()
    booked = booked.take(pa.array(np.argsort(booked["posted_at"].to_numpy(), kind="stable")))
    line, first, sku = _numbered_lines(booked)
    amount = as_millionths(booked["amount"])
    sale = pc.equal(booked["event"], "sale").to_numpy()

    def sums(events: NDArray[np.bool_], *parts: str) -> Millionths:
        of_parts = events & pc.is_in(booked["part"], pa.array(parts)).to_numpy()
        return summed(line[of_parts], amount[of_parts], len(first))

    item_value, discount = sums(sale, "goods"), -sums(sale, "discount")
    refund = -sums(~sale, "goods", "discount")
    sold = summed(line, sale.astype(np.int64), len(first)) > 0
    both = np.ones(len(line), dtype=np.bool_)
    units = np.where(
        sale & pc.equal(booked["part"], "goods").to_numpy(), booked["quantity"].fill_null(0).to_numpy(), 0
    )
    products = booked["product"].cast(pa.string()).to_pandas()
    of_first = booked.take(pa.array(first)).combine_chunks()
    made = {
        **{name: of_first[name] for name in ("identity", "order_id", "channel", "kind", "currency")},
        **{name: of_first[name] for name in ("source_row", "file_no")},
        "line_id": pc.binary_join_element_wise(sku.fill_null("item"), "1", "#"),
        "sku": sku,
        "product": pa.array(products.groupby(line).first(), pa.string(), from_pandas=True),
        "ordered_at": of_first["posted_at"],
        "quantity": np.bincount(line, units, len(first)),
        "item_value": decimals(item_value),
        "discount": decimals(discount),
        "shipping": decimals(sums(both, "shipping")),
        "tax": decimals(sums(both, "tax")),
        "refund": decimals(refund),
        "fee": decimals(-sums(both, "fee", "fulfilment"), sold),
        "fulfilment": decimals(-sums(both, "fulfilment"), sold),
        "status": np.where((refund > 0) & (refund >= item_value - discount), "refunded", "completed"),
        "amount": decimals(item_value),
        "rank": np.full(len(first), RANK),
    }
    known = pa.table(made)
    arrays = [known[f.name] if f.name in made else pa.nulls(len(first), f.type) for f in schema]
    return pa.table(arrays, schema.names).cast(schema)


def _numbered_lines(booked: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.int64], pa.Array]:
    """By booking the number of its line; by line the place of its first booking, and its sku."""
    keys = pd.DataFrame({name: codes(booked[name]) for name in _LINE})
    has_sku = booked["sku"].is_valid().to_numpy()
    first_sku = keys[has_sku].drop_duplicates("identity").set_index("identity")["sku"]
    of_order = keys["identity"].map(first_sku).fillna(_NO_SKU)
    keys["sku"] = keys["sku"].where(has_sku, of_order).astype(np.int64)
    line = np.asarray(keys.groupby(_LINE, sort=False).ngroup(), dtype=np.int64)
    first = np.unique(line, return_index=True)[1].astype(np.int64)
    skus = booked["sku"].dictionary_encode("encode").combine_chunks().dictionary
    of_line = keys["sku"].to_numpy()[first]
    return line, first, skus.take(pa.array(of_line, mask=of_line == _NO_SKU))
