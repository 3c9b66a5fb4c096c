"""What platforms booked: counted once, joined to the lines of its order, or made into lines."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import Millionths, as_millionths, decimals, flags, spread, summed, with_columns

#: By row a number from 0 on.
Numbers = NDArray[np.int64]
Where = NDArray[np.bool_]

#: Of a line that only bookings have; orders of any report go before.
RANK = 9

#: The channel of a booking where nothing names it: Amazon's alone leave it out.
_MARKETPLACE = "Amazon"
#: The channel whose orders show the card's fee alone: what was booked holds all fees.
_CARD_FEE_ALONE = "Etsy"
#: No file has so many lines.
_MOST_LINES = 1 << 40
#: What a line of bookings has of the first of them.
_OF_FIRST = ["identity", "order_id", "channel", "kind", "currency", "source_row", "file_no", "posted_at"]


def coded(column: pa.ChunkedArray) -> tuple[Numbers, pa.Array]:
    """By row the place of its value among the distinct ones, and these; the last of them is null."""
    encoded = column.dictionary_encode().combine_chunks()
    values = pa.concat_arrays([encoded.dictionary, pa.nulls(1, encoded.dictionary.type)])
    return encoded.indices.fill_null(len(values) - 1).to_numpy(), values


def places(column: pa.ChunkedArray, among: pa.Array) -> Numbers:
    """By row the place of its value among others, none of which is there twice; -1 where it is none."""
    place, values = coded(column)
    return np.asarray(pc.index_in(values, value_set=among).fill_null(-1).to_numpy()[place])


def numbers(*columns: NDArray[np.integer[Any]]) -> Numbers:
    """By row a number for what stands in all columns together, from 0 on in the order of the rows."""
    together = pd.factorize(columns[0])[0]
    for column in columns[1:]:
        together = pd.factorize(together * len(column) + pd.factorize(column)[0])[0]
    return together


def firsts(group: Numbers, groups: int, where: Where | None = None) -> Numbers:
    """By group its first row, or its first of those that count; -1 where there is none."""
    rows = np.flatnonzero(np.ones(len(group)) if where is None else where)[::-1]
    first = np.full(groups, -1)
    first[group[rows]] = rows  # what is written last stays
    return first


def entries_once(entries: pa.Table) -> pa.Table:
    """The entries without repeats, each of a channel.

    A settlement that two files hold, or one file twice, counts as the one with more of it has it. A row of a
    transactions report counts once however many reports hold it, and not at all where a settlement was read
    that one of them names for it: an earlier report shows it as not settled yet.
    """
    entries = _with_channels(entries)
    row, part = (_in_file(entries, name) for name in ("source_row", "run"))
    settlement, settlements = coded(entries["settlement_id"])
    has_key, is_settled = (entries[name].is_valid().to_numpy() for name in ("row_key", "settlement_id"))

    of_settlement = np.flatnonzero(is_settled & ~has_key)
    of_run = numbers(settlement[of_settlement], part[of_settlement])
    fullest = pd.Series(np.bincount(of_run)[of_run]).groupby(settlement[of_settlement]).idxmax()
    is_read = np.isin(np.arange(len(settlements)), fullest.index)
    keeps = ~is_read[settlement]
    keeps[of_settlement] = of_run == of_run[fullest.reindex(settlement[of_settlement]).to_numpy(np.intp)]

    first = np.flatnonzero(has_key & ~pd.Series(row).duplicated())
    key, _ = coded(entries["row_key"].take(pa.array(first)))
    alike = pd.Series(numbers(key, part[first]))  # one run may hold several rows that are alike
    transaction = numbers(key, alike.groupby(alike).cumcount().to_numpy())
    repeats = pd.Series(transaction).duplicated() | np.isin(transaction, transaction[~keeps[first]])
    keeps &= ~pd.Series(row).isin(row[first][repeats])
    return entries if keeps.all() else entries.filter(pa.array(keeps))


def _in_file(entries: pa.Table, name: str) -> Numbers:
    """A line's number, with that of its file before it."""
    line = entries[name].fill_null(0).to_numpy()
    return np.asarray(entries["file_no"].to_numpy().astype(np.int64) * _MOST_LINES + line)


def _with_channels(entries: pa.Table) -> pa.Table:
    """Bookings that name no marketplace are of that which another booking of their settlement names."""
    channel, settlement = entries["channel"], entries["settlement_id"]
    if not channel.null_count:
        return entries
    known = entries.select(["settlement_id", "channel"]).group_by(["settlement_id", "channel"]).aggregate([])
    texts = pa.table({name: known[name].cast(pa.string()) for name in known.column_names})
    named = texts.drop_null().group_by("settlement_id").aggregate([("channel", "min")]).combine_chunks()
    site, sites = coded(channel)
    sites = pc.unique(pa.concat_arrays([sites.drop_null(), pa.array([_MARKETPLACE])]))
    of_settlement = np.append(places(named["channel_min"], sites), sites.index(_MARKETPLACE).as_py())
    found = of_settlement[places(settlement, named["settlement_id"].combine_chunks())]
    site = np.where(flags(channel.is_null()), found, site).astype(np.int32)
    return with_columns(entries, channel=pa.DictionaryArray.from_arrays(site, sites))


def with_bookings(lines: pa.Table, entries: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The lines with what was booked for their orders; and lines of the orders that bookings alone have."""
    if not len(entries):
        return lines, lines.schema.empty_table()
    booked = _by_line(entries, pc.unique(lines["identity"]))
    is_reported = booked["is_reported"]
    made = _made(booked.filter(pc.invert(is_reported)), lines.schema)
    return _joined(lines, booked.filter(is_reported)), made


def _by_line(entries: pa.Table, reported: pa.Array) -> pa.Table:
    """What was booked by order, sku and currency, in millionths, beside what the first of the bookings has.

    Amounts without a sku go to the order's first line, but stay apart where the order is `reported`.
    """
    rows = np.flatnonzero(pc.and_(entries["identity"].is_valid(), pc.not_equal(entries["event"], "account")))
    rows = rows[np.argsort(entries["posted_at"].to_numpy()[rows], kind="stable")]
    names = ("identity", "sku", "currency", "part")
    (order, orders), (sku, _), (currency, _), (part, parts) = (coded(entries[n].take(rows)) for n in names)
    is_reported = np.asarray(pc.is_in(orders, value_set=reported))[order]
    has_sku, has_product = (entries[name].is_valid().to_numpy()[rows] for name in ("sku", "product"))
    with_sku = np.where(has_sku, np.arange(len(rows)), firsts(order, len(orders), has_sku)[order])
    with_sku[is_reported & ~has_sku] = -1
    line = numbers(order, np.where(with_sku < 0, -1, sku[with_sku]), currency)
    first = firsts(line, line.max(initial=-1) + 1)
    amount = as_millionths(entries["amount"])[rows]
    is_sale = pc.equal(entries["event"], "sale").to_numpy()[rows]

    def values(name: str, at: Numbers = first) -> pa.ChunkedArray:
        return entries[name].take(pa.array(rows[at], mask=at < 0))

    def are(*names: str) -> Where:
        return np.asarray(pc.is_in(parts, value_set=pa.array(names)))[part]

    def sums(where: Where) -> Millionths:
        return summed(line[where], amount[where], len(first))

    units = entries["quantity"].fill_null(0).to_numpy()[rows] * (are("goods") & is_sale)
    goods_back = are("goods", "discount") & ~is_sale
    of_line = {
        "is_reported": is_reported[first],
        "is_sold": firsts(line, len(first), is_sale) >= 0,
        "is_returned": firsts(line, len(first), goods_back) >= 0,
        "sku": values("sku", with_sku[first]),
        "product": values("product", firsts(line, len(first), has_product)),
        "quantity": np.bincount(line, units, len(first)),
        "item_value": sums(are("goods") & is_sale),
        "discount": -sums(are("discount") & is_sale),
        "shipping": sums(are("shipping")),
        "tax": sums(are("tax")),
        "shipping_back": sums(are("shipping") & ~is_sale),
        "tax_back": sums(are("tax") & ~is_sale),
        "refund": -sums(goods_back),
        "fee": -sums(are("fee", "fulfilment")),
        "fulfilment": -sums(are("fulfilment")),
    }
    return pa.table({name: values(name) for name in _OF_FIRST} | of_line)


def _joined(lines: pa.Table, booked: pa.Table) -> pa.Table:
    """Lines with the fees and refunds that were booked for their orders.

    An amount goes to the order's lines of its sku, else to all of its lines, in proportion to item value.
    Fees count where the sale itself was booked, for a refund alone shows only what was given back. What the
    order's own report has stays as it is, but for fees that it shows in part. Amounts in another currency
    than the order's are not joined.
    """
    names = ("identity", "sku", "currency")
    (order, orders), (sku, skus), (currency, currencies) = (coded(lines[name]) for name in names)
    its_currency = currency[firsts(order, len(orders))[places(booked["identity"], orders)]]
    booked = booked.filter(pa.array(places(booked["currency"], currencies) == its_currency))
    if not len(booked):
        return lines
    of_order = places(booked["identity"], orders)
    item = numbers(np.append(order, of_order), np.append(sku, places(booked["sku"], skus)))
    item, of_item = np.split(item, [len(lines)])
    items, weights = item.max(initial=-1) + 1, np.tile(as_millionths(lines["item_value"]), 2)
    # Each line is of an item, and once more of its order: of no item is what no line of the order has.
    both, of_both = np.append(item, items + order), np.where(of_item < items, of_item, items + of_order)

    def share(column: str) -> Millionths:
        totals = summed(of_both, booked[column].to_numpy(), items + len(orders))
        shares = spread(totals, both, weights)
        return shares[: len(lines)] + shares[len(lines) :]

    def where(column: str) -> Where:
        return np.isin(order, of_order[booked[column].to_numpy()])

    shows_part = flags(pc.equal(lines["channel"], _CARD_FEE_ALONE).fill_null(False))
    for column, known in (("fee", "is_sold"), ("fulfilment", "is_sold"), ("refund", "is_returned")):
        amounts, is_known, own = share(column), where(known), lines[column]
        if column == "fee":
            is_known &= ~shows_part | (amounts != 0)
            own = pc.if_else(pa.array(shows_part & is_known), pa.scalar(None, own.type), own)
        lines = with_columns(lines, **{column: pc.coalesce(own, decimals(amounts, is_known))})
    for column in ("shipping", "tax"):  # what was given back of these is booked with a minus
        left = as_millionths(lines[column]) + share(f"{column}_back")
        lines = with_columns(lines, **{column: decimals(left, lines[column].is_valid().to_numpy())})
    return _with_status(lines)


def _made(booked: pa.Table, schema: pa.Schema) -> pa.Table:
    """Order lines of what was booked, dated by their first booking."""
    made = {name: booked[name] for name in booked.column_names if name in schema.names}
    for name in ("item_value", "discount", "shipping", "tax", "refund"):
        made[name] = decimals(booked[name].to_numpy())
    for name in ("fee", "fulfilment"):
        made[name] = decimals(booked[name].to_numpy(), booked["is_sold"].to_numpy())
    made |= {"ordered_at": booked["posted_at"], "amount": made["item_value"]}
    made |= {"status": ["completed"] * len(booked), "rank": np.full(len(booked), RANK)}
    made["line_id"] = pc.binary_join_element_wise(pc.coalesce(made["sku"], "item"), "1", "#")
    arrays = [made.get(field.name, pa.nulls(len(booked), field.type)) for field in schema]
    return _with_status(pa.table(arrays, schema.names).cast(schema))


def _with_status(lines: pa.Table) -> pa.Table:
    """Lines whose goods were given back in full are refunded."""
    value, discount, refund = (as_millionths(lines[name]) for name in ("item_value", "discount", "refund"))
    is_whole = pa.chunked_array([(refund > 0) & (refund >= value - discount)])
    is_refunded = pc.and_(is_whole, pc.equal(lines["status"], "completed"))
    return with_columns(lines, status=pc.if_else(is_refunded, "refunded", lines["status"]))
