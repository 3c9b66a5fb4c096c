"""What files that are no report of orders add to these."""

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders._cells import CENT, Millionths, as_millionths, decimals, with_columns
from ownchannel.orders._merge import Given
from ownchannel.orders._readers._shopify import CHANNEL as SHOPIFY
from ownchannel.orders._schema import MONEY

_THOUSANDTHS = 1_000


def with_consent(lines: pa.Table, customers: pa.Table) -> tuple[pa.Table, Given]:
    """The lines with what a shop's customers said of e-mails, where their orders do not say it.

    Of several exports the one in which a customer has more orders is newer; of two that are alike in that,
    the one in which the customer said no counts.
    """
    said = customers.filter(pc.and_(customers["customer_key"].is_valid(), customers["consent"].is_valid()))
    said = said.sort_by([("orders", "descending"), ("consent", "ascending")])
    answers = said.select(["customer_key", "consent", "file_no"]).to_pandas().drop_duplicates("customer_key")
    keys = pa.array(answers["customer_key"], pa.string())
    place = pc.index_in(lines["customer_key"], value_set=keys, skip_nulls=True)
    is_open = pc.and_(lines["consent"].is_null(), pc.equal(lines["channel"], SHOPIFY))
    place = pc.if_else(is_open, place, None)
    consent = pa.array(answers["consent"], pa.bool_()).take(place.combine_chunks())
    orders = pa.table({"identity": lines["identity"], "place": place}).filter(place.is_valid()).to_pandas()
    orders = answers["file_no"].to_numpy()[orders.drop_duplicates("identity")["place"].to_numpy(dtype=int)]
    given = Counter((int(number), "consent") for number in orders)
    return with_columns(lines, consent=pc.coalesce(lines["consent"], consent)), given


def without_restated(entries: pa.Table) -> pa.Table:
    """The entries without those that sum up a payout whose transactions are there, too.

    Of its fees stays what these do not have: an export may end within a payout.
    """
    restated = pc.is_in(entries["sums_up"], value_set=pc.unique(entries["payout"]), skip_nulls=True)
    if not pc.any(restated).as_py():
        return entries
    is_fee = pc.equal(entries["part"], "fee")
    fees = entries.filter(is_fee).group_by("payout").aggregate([("amount", "sum")])
    place = pc.index_in(entries["sums_up"], value_set=fees["payout"], skip_nulls=True)
    booked = fees["amount_sum"].take(place).cast(MONEY)
    amount = as_millionths(entries["amount"]) - as_millionths(booked)
    left = pc.and_(pc.and_(restated, is_fee), pa.array(amount < 0))
    entries = with_columns(entries, amount=pc.if_else(left, decimals(amount), entries["amount"]))
    return entries.filter(pc.or_(pc.invert(restated), left))


def with_returns(lines: pa.Table, returns: pa.Table) -> tuple[pa.Table, Given]:
    """The lines, those that came back having their refund, where no other file shows one.

    It is the returned share of what was paid for the goods; a line that came back whole is refunded. Units
    count up to those bought, on one line after the other where an order has several of an item.
    """
    open_yet = pc.and_(
        lines["refund"].is_null(), pc.equal(lines["status"].fill_null("completed"), "completed")
    )
    if not len(returns) or not pc.any(open_yet).as_py():
        return lines, Counter()
    item = ["identity", "sku"]
    back = returns.select([*item, "units", "file_no"]).to_pandas()
    of_items = back.groupby(item).agg(units=("units", "sum"), file_no=("file_no", "first")).reset_index()
    places = np.flatnonzero(open_yet.to_numpy())
    sold = lines.select([*item, "quantity"]).take(pa.array(places)).to_pandas()
    sold["place"] = places
    sold = sold.merge(of_items, on=item)
    earlier = sold.groupby(item)["quantity"].cumsum() - sold["quantity"]
    sold["units"] = (sold["units"] - earlier).clip(0, sold["quantity"])
    sold = sold[sold["units"] > 0]
    place = sold["place"].to_numpy()
    paid = (as_millionths(lines["item_value"]) - as_millionths(lines["discount"]))[place]
    refund, known = np.zeros(len(lines), dtype=np.int64), np.zeros(len(lines), dtype=np.bool_)
    whole = known.copy()
    refund[place], known[place] = _shares(paid, sold["units"], sold["quantity"]), True
    whole[place] = (sold["units"] == sold["quantity"]) & (paid > 0)
    lines = with_columns(
        lines,
        refund=pc.coalesce(lines["refund"], decimals(refund, known)),
        status=pc.if_else(pa.array(whole), "refunded", lines["status"]),
    )
    orders = sold.drop_duplicates("identity")["file_no"].value_counts()
    return lines, Counter({(int(number), "refund"): int(count) for number, count in orders.items()})


def _shares(paid: Millionths, units: "pd.Series[float]", quantity: "pd.Series[float]") -> Millionths:
    """The share that so many units of a quantity have of what was paid, to the cent."""
    part, whole = (
        (number * _THOUSANDTHS).round().astype("int64").to_numpy().astype(object)
        for number in (units, quantity)
    )
    cents = (2 * np.maximum(paid, 0).astype(object) * part + whole * CENT) // (2 * whole * CENT)
    return np.where(part == whole, np.maximum(paid, 0), cents * CENT).astype(np.int64)
