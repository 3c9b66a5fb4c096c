"""What files that are no report of orders add to these."""

from collections import Counter
from contextlib import suppress

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import (
    CENT,
    MILLION,
    MILLIONTH,
    MONEY,
    Millionths,
    as_millionths,
    decimals,
    with_columns,
)
from ownchannel.orders._exchange import Rates
from ownchannel.orders._goods import Costing, goods_costs
from ownchannel.orders._merge import Given, local_days
from ownchannel.orders._readers._shopify import CHANNEL as SHOPIFY
from ownchannel.orders._schema import SALES

Quantities = NDArray[np.float64]


def with_consent(lines: pa.Table, customers: pa.Table) -> tuple[pa.Table, Given]:
    """The lines with what a shop's customers said of e-mails, where their orders do not say it.

    Of several exports the one in which a customer has more orders is newer; of two that are alike in that,
    the one in which the customer said no counts.
    """
    if not len(customers):
        return lines, Counter()
    said = customers.filter(pc.and_(customers["customer_key"].is_valid(), customers["consent"].is_valid()))
    said = said.sort_by([("orders", "descending"), ("consent", "ascending")])
    newest = said.group_by("customer_key", use_threads=False)
    answers = newest.aggregate([("consent", "first"), ("file_no", "first")])
    place = pc.index_in(lines["customer_key"], value_set=answers["customer_key"], skip_nulls=True)
    is_open = pc.and_(lines["consent"].is_null(), pc.equal(lines["channel"], SHOPIFY))
    place = pc.if_else(is_open, place, None)
    given = _given(lines, place, answers["file_no_first"], "consent")
    consent = pc.coalesce(lines["consent"], answers["consent_first"].take(place))
    return with_columns(lines, consent=consent), given


def _given(lines: pa.Table, place: pa.ChunkedArray, files: pa.ChunkedArray, column: str) -> Given:
    """In how many orders each file filled a column: of the lines with a place among what the files have."""
    filled = pa.table({"identity": lines["identity"], "file": files.take(place)}).filter(place.is_valid())
    once = filled.group_by("identity", use_threads=False).aggregate([("file", "first")])
    return Counter((number, column) for number in once["file_first"].to_pylist())


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
    if not len(returns):
        return lines, Counter()
    item, back = (
        pc.binary_join_element_wise(each["identity"], each["sku"], "|") for each in (lines, returns)
    )
    returned = pa.table({"item": back, "units": returns["units"], "file_no": returns["file_no"]})
    returned = returned.group_by("item", use_threads=False).aggregate(
        [("units", "sum"), ("file_no", "first")]
    )
    is_open = pc.and_(
        lines["refund"].is_null(), pc.equal(lines["status"].fill_null("completed"), "completed")
    )
    place = pc.if_else(is_open, pc.index_in(item, value_set=returned["item"], skip_nulls=True), None)
    rows, of_item = np.flatnonzero(place.is_valid().to_numpy()), place.drop_null()
    bought = lines["quantity"].to_numpy()[rows]
    before = pd.Series(bought).groupby(of_item.to_numpy()).cumsum().to_numpy() - bought
    units = np.clip(returned["units_sum"].take(of_item).to_numpy() - before, 0, bought)
    paid = np.maximum(as_millionths(lines["item_value"]) - as_millionths(lines["discount"]), 0)[rows]
    refund, known, whole = np.zeros(len(lines), np.int64), *np.zeros((2, len(lines)), np.bool_)
    refund[rows], known[rows] = _shares(paid, units, bought), units > 0
    whole[rows] = (units > 0) & (units == bought) & (paid > 0)
    given = _given(lines, pc.if_else(pa.array(known), place, None), returned["file_no_first"], "refund")
    lines = with_columns(lines, refund=pc.coalesce(lines["refund"], decimals(refund, known)))
    return with_columns(lines, status=pc.if_else(pa.array(whole), "refunded", lines["status"])), given


def _shares(paid: Millionths, units: Quantities, bought: Quantities) -> Millionths:
    """The share that so many units of those bought have of what was paid, to the cent."""
    part, whole = ((number * MILLION).round().astype(np.int64).astype(object) for number in (units, bought))
    cents = (2 * paid.astype(object) * part + whole * CENT) // np.maximum(2 * whole * CENT, 1)
    return np.where(part == whole, paid, cents * CENT).astype(np.int64)


#: What a campaign is known by across exports.
_CAMPAIGN = ["platform", "channel", "currency", "campaign"]


def newest_spend(spend: pa.Table) -> pa.Table:
    """What advertising cost, of each campaign and period from one export: the one that reaches furthest.

    Of two that reach as far the one that claims more orders is newer: platforms add to these for weeks. Days
    that one export has singly and another as a week or a month count once: singly where the first export has
    all of the longer period's days, else as that period.
    """
    rows = spend.select([*_CAMPAIGN, "claimed_orders", "file_no", "run"]).to_pandas()
    for name, day in {"first": "starts_on", "last": "ends_on"}.items():
        rows[name] = spend[day].cast(pa.int32()).to_numpy()
    exports = rows.groupby(["file_no", "run"])
    rows["export"], rows["begins"] = exports.ngroup(), exports["first"].transform("min")
    rows["reaches"] = exports["last"].transform("max")
    rows["period"] = rows.groupby([*_CAMPAIGN, "first", "last"], dropna=False).ngroup()
    rows["claims"] = rows.groupby(["period", "export"])["claimed_orders"].transform("sum")
    by_age = rows.sort_values(["reaches", "claims"], ascending=False, kind="stable")
    known = by_age.drop_duplicates("period")
    is_newest = rows["export"] == rows["period"].map(known.set_index("period")["export"])
    longer = known[known["last"] > known["first"]]
    pairs = longer.merge(known, on=_CAMPAIGN, suffixes=("", "_within"))
    is_within = (pairs["first_within"] >= pairs["first"]) & (pairs["last_within"] <= pairs["last"])
    pairs = pairs[is_within & (pairs["export"] != pairs["export_within"])]
    is_whole = (pairs["begins_within"] <= pairs["first"]) & (pairs["reaches_within"] >= pairs["last"])
    in_parts = pairs.loc[is_whole, "period"]
    in_one = pairs.loc[~pairs["period"].isin(in_parts), "period_within"]
    counts = is_newest & ~rows["period"].isin([*in_parts, *in_one])
    return spend if counts.all() else spend.filter(pa.array(counts))


def with_goods(
    lines: pa.Table, costs: pa.Table, rates: pa.Table, timezone: str, costing: Costing = "average"
) -> tuple[pa.Table, Given]:
    """The lines that were sold with the cost of their goods, in the order of their sale.

    A product's cost is that in the order's currency, else that in the one other currency that it is given in,
    at the rate of the order's day; without a rate, or where rates contradict each other, it is not known.
    """
    if not len(costs):
        return lines.append_column("goods", pa.nulls(len(lines), MONEY)), Counter()
    is_sold = np.asarray(pc.is_in(lines["status"], pa.array(SALES)))
    in_time = np.argsort(lines["ordered_at"].to_numpy(), kind="stable")
    in_time = in_time[is_sold[in_time]]
    sold = lines.select(["sku", "currency", "quantity", "ordered_at"]).take(pa.array(in_time)).to_pandas()
    day = local_days(lines["ordered_at"].take(pa.array(in_time)), timezone)
    codes = costs.select(["sku", "currency"]).to_pandas().drop_duplicates()
    alone = codes.drop_duplicates("sku", keep=False).set_index("sku")["currency"]
    has_own = pd.MultiIndex.from_frame(sold[["sku", "currency"]]).isin(pd.MultiIndex.from_frame(codes))
    paid_in = sold["currency"].where(has_own, sold["sku"].map(alone))
    table = pa.table({"sku": sold["sku"], "currency": paid_in, "day": day, "units": sold["quantity"]})
    cost = goods_costs(table, costs.rename_columns({"valid_from": "day"}), costing).to_pylist()
    is_known = np.array([each is not None for each in cost], dtype=np.bool_)
    at = Rates(rates.slice(0, 0))
    with suppress(ValueError):  # who asks for another currency hears which rates do not fit together
        at = Rates(rates)
    for row in np.flatnonzero(is_known & (paid_in != sold["currency"]).to_numpy()).tolist():
        rate = at.on(day[row].as_py(), paid_in[row], sold["currency"][row])
        cost[row] = rate and (cost[row] * rate).quantize(MILLIONTH)
    found = pa.array(cost, MONEY)
    taken = lines.take(pa.array(in_time))
    newest = costs.group_by("sku", use_threads=False).aggregate([("file_no", "last")])
    place = pc.if_else(found.is_valid(), pc.index_in(taken["sku"], value_set=newest["sku"]), None)
    given = _given(taken, place, newest["file_no_last"], "goods")
    back = np.full(len(lines), -1)
    back[in_time] = np.arange(len(in_time))
    return lines.append_column("goods", found.take(pa.array(back, mask=back < 0))), given
