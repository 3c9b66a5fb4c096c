"""What files that are no report of orders add to these."""

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders._cells import CENT, Millionths, as_millionths, decimals, with_columns
from ownchannel.orders._merge import Given

_THOUSANDTHS = 1_000


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
