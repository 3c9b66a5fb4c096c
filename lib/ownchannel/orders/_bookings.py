"""What platforms booked: counted once, joined to the lines of its order, or made into lines."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._cells import Millionths, as_millionths, decimals, flags, spread, summed, with_columns
from ownchannel.orders._schema import LINES_AS_READ, TEXT

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


def coded(column: pa.ChunkedArray) -> tuple[Numbers, pa.Array]:
    """By row the place of its value among the distinct ones, and these; the last of them is null."""
    encoded = column.dictionary_encode().combine_chunks()
    values = pa.concat_arrays([encoded.dictionary, pa.nulls(1, encoded.dictionary.type)])
    return encoded.indices.fill_null(len(values) - 1).to_numpy(), values


def places(column: pa.ChunkedArray, among: pa.Array) -> Numbers:
    """By row the place of its value among others, none of which is there twice; -1 where it is none."""
    place, values = coded(column)
    return np.asarray(pc.index_in(values, value_set=among).fill_null(-1).to_numpy()[place])


def numbers(*columns: Numbers) -> Numbers:
    """By row a number for what stands in all columns together, from 0 on in the order of the rows."""
    together = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        apart = column - column.min(initial=0)
        together = pd.factorize(together * (apart.max(initial=0) + 1) + apart)[0]
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
    transactions report counts once however many reports hold it, and not at all where its settlement itself
    was read.
    """
    entries = _with_channels(entries)
    row, part = (_in_file(entries, name) for name in ("source_row", "run"))
    settlement, settlements = coded(entries["settlement_id"])
    has_key, is_settled = (entries[name].is_valid().to_numpy() for name in ("row_key", "settlement_id"))

    held = np.flatnonzero(is_settled & ~has_key)
    held_in = numbers(settlement[held], part[held])
    fullest = pd.Series(np.bincount(held_in)[held_in]).groupby(settlement[held]).idxmax()
    is_read = np.isin(np.arange(len(settlements)), fullest.index)
    keeps = ~is_read[settlement]
    keeps[held] = held_in == held_in[fullest.reindex(settlement[held]).to_numpy(np.intp)]

    first = np.flatnonzero(has_key & ~pd.Series(row).duplicated())
    rows = pd.DataFrame({"key": coded(entries["row_key"].take(pa.array(first)))[0], "part": part[first]})
    rows["occurrence"] = rows.groupby(["key", "part"]).cumcount()  # one run may hold several that are alike
    keeps &= ~pd.Series(row).isin(row[first][rows.duplicated(["key", "occurrence"])])
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
    known = entries.filter(pc.and_(channel.is_valid(), settlement.is_valid()))
    known = known.group_by(["settlement_id", "channel"]).aggregate([])
    texts = pa.table({name: known[name].cast(pa.string()) for name in known.column_names})
    named = texts.group_by("settlement_id").aggregate([("channel", "min")])
    place = places(settlement, named["settlement_id"].combine_chunks())
    filled = pc.coalesce(channel, named["channel_min"].take(pa.array(place, mask=place < 0)), _MARKETPLACE)
    return with_columns(entries, channel=filled.cast(TEXT))


def of_orders(entries: pa.Table) -> Where:
    """Which entries belong to an order."""
    of_order = pc.and_(entries["identity"].is_valid(), pc.not_equal(entries["event"], "account"))
    return np.asarray(of_order.to_numpy())


class _Booked:
    """Some rows of entries of orders, to be summed by group."""

    def __init__(self, entries: pa.Table, rows: Numbers, group: Numbers, groups: int) -> None:
        self._part, self._parts = coded(entries["part"].take(pa.array(rows)))
        self._amount = as_millionths(entries["amount"])[rows]
        self._group, self._groups = group, groups
        self.is_sale = pc.equal(entries["event"], "sale").to_numpy()[rows]

    def are(self, *parts: str, of: str = "") -> Where:
        """Where they are of these parts, of sales alone or of refunds alone where `of` says so."""
        are = pc.is_in(self._parts, pa.array(parts)).to_numpy(zero_copy_only=False)[self._part]
        return are & (self.is_sale == (of == "sale")) if of else np.asarray(are)

    def sums(self, *parts: str, of: str = "") -> Millionths:
        """By group the sum of the same."""
        are = self.are(*parts, of=of)
        return summed(self._group[are], self._amount[are], self._groups)


def joined(lines: pa.Table, entries: pa.Table) -> pa.Table:
    """Lines with the fees and refunds that were booked for their orders.

    An amount goes to the order's lines of its sku, else to all of its lines, in proportion to item value.
    Fees count where the sale itself was booked, for a refund alone shows only what was given back. What the
    order's own report has stays as it is, but for fees that it shows in part. Amounts in another currency
    than the order's are not joined.
    """
    names = ("identity", "sku", "currency")
    (order, orders), (sku, skus), (currency, currencies) = (coded(lines[name]) for name in names)
    of_order = places(entries["identity"], orders)
    rows = np.flatnonzero(of_orders(entries) & (of_order >= 0))
    of_order, its_currency = of_order[rows], places(entries["currency"], currencies)[rows]
    same = its_currency == currency[firsts(order, len(orders))[of_order]]
    rows, of_order = rows[same], of_order[same]
    if not len(rows):
        return lines
    item = numbers(np.append(order, of_order), np.append(sku, places(entries["sku"], skus)[rows]))
    item, of_item = np.split(item, [len(lines)])
    items, weights = item.max() + 1, np.tile(as_millionths(lines["item_value"]), 2)
    # Each line is of an item, and once more of its order: of no item is what no line of the order has.
    both, of_both = np.append(item, items + order), np.where(of_item < items, of_item, items + of_order)
    booked = _Booked(entries, rows, of_both, items + len(orders))

    def share(*parts: str, of: str = "") -> Millionths:
        shares = spread(booked.sums(*parts, of=of), both, weights)
        return np.asarray(shares[: len(lines)] + shares[len(lines) :])

    def has(where: Where) -> Where:
        return np.isin(order, of_order[where])

    returned = booked.are("goods", "discount", of="refund")
    fee, in_part = (
        -share("fee", "fulfilment"),
        flags(pc.equal(lines["channel"], _CARD_FEE_ALONE).fill_null(False)),
    )
    found = {
        "fee": decimals(fee, has(booked.is_sale) & ~(in_part & (fee == 0))),
        "fulfilment": decimals(-share("fulfilment"), has(booked.is_sale)),
        "refund": decimals(-share("goods", "discount", of="refund"), has(returned)),
    }
    values = {column: pc.coalesce(lines[column], amounts) for column, amounts in found.items()}
    values["fee"] = pc.if_else(in_part, pc.coalesce(found["fee"], lines["fee"]), values["fee"])
    for column in ("shipping", "tax"):  # what was given back of these is booked with a minus
        left = as_millionths(lines[column]) + share(column, of="refund")
        values[column] = decimals(left, lines[column].is_valid().to_numpy())
    lines = with_columns(lines, **values)
    refund, discount = as_millionths(lines["refund"]), as_millionths(lines["discount"])
    is_whole = (refund > 0) & (refund >= as_millionths(lines["item_value"]) - discount)
    is_refunded = pc.and_(pa.chunked_array([is_whole]), pc.equal(lines["status"], "completed"))
    return with_columns(lines, status=pc.if_else(is_refunded, "refunded", lines["status"]))


def lines_from(entries: pa.Table, reported: pa.ChunkedArray) -> pa.Table:
    """Order lines of the booked orders that are not `reported` by a report of orders: one by order and sku.

    They are dated by their first booking. Amounts without a sku go to the order's first line.
    """
    rows = np.flatnonzero(of_orders(entries) & (places(entries["identity"], pc.unique(reported)) < 0))
    rows = rows[np.argsort(entries["posted_at"].to_numpy()[rows], kind="stable")]
    schema = LINES_AS_READ.append(entries.schema.field("file_no"))
    if not len(rows):
        return schema.empty_table()
    booked = entries.select(["identity", "sku", "currency"]).take(pa.array(rows))
    (order, orders), (sku, _), (currency, _) = map(coded, booked.columns)
    has_sku, has_product = (entries[name].is_valid().to_numpy()[rows] for name in ("sku", "product"))
    with_sku = np.where(has_sku, np.arange(len(rows)), firsts(order, len(orders), has_sku)[order])
    line = numbers(order, np.where(with_sku < 0, -1, sku[with_sku]), currency)
    size = line.max() + 1
    first = firsts(line, size)
    booked = _Booked(entries, rows, line, size)

    def values(name: str, at: Numbers = first) -> pa.ChunkedArray:
        return entries[name].take(pa.array(rows[at], mask=at < 0))

    item_value, discount = booked.sums("goods", of="sale"), -booked.sums("discount", of="sale")
    refund, is_sold = (
        -booked.sums("goods", "discount", of="refund"),
        np.isin(line, line[booked.is_sale])[first],
    )
    units = entries["quantity"].fill_null(0).to_numpy()[rows] * booked.are("goods", of="sale")
    skus = values("sku", with_sku[first])
    made = {
        **{name: values(name) for name in ("identity", "order_id", "channel", "kind", "currency")},
        **{name: values(name) for name in ("source_row", "file_no")},
        "line_id": pc.binary_join_element_wise(pc.coalesce(skus, "item"), "1", "#"),
        "sku": skus,
        "product": values("product", firsts(line, size, has_product)),
        "ordered_at": values("posted_at"),
        "quantity": np.bincount(line, units),
        "item_value": decimals(item_value),
        "discount": decimals(discount),
        "shipping": decimals(booked.sums("shipping")),
        "tax": decimals(booked.sums("tax")),
        "refund": decimals(refund),
        "fee": decimals(-booked.sums("fee", "fulfilment"), is_sold),
        "fulfilment": decimals(-booked.sums("fulfilment"), is_sold),
        "status": np.where((refund > 0) & (refund >= item_value - discount), "refunded", "completed"),
        "amount": decimals(item_value),
        "rank": np.full(size, RANK),
    }
    arrays = [made.get(field.name, pa.nulls(size, field.type)) for field in schema]
    return pa.table(arrays, schema.names).cast(schema)
