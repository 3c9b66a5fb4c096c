"""What the goods of order lines cost: by a list of prices, or by the batches that they were bought in."""

from fractions import Fraction
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from ownchannel.files import LARGEST_AMOUNT, MILLION, Millionths, as_millionths, decimals, millionths

#: Goods bought in batches: each unit at the average of the stock that there is, or the oldest batch first.
Costing = Literal["average", "fifo"]
Numbers = NDArray[np.intp]
_ITEM = ["sku", "currency"]
#: From when a price holds that has no day.
_EVER = np.datetime64("1970-01-01", "s")


def goods_costs(lines: pa.Table, costs: pa.Table, costing: Costing = "average") -> pa.Array:
    """By line the cost of its goods, as exact money; null where no file says it.

    `lines` has the columns `sku, currency, day, units`, in the order in which they were sold. `costs` has
    `sku, currency, day, unit_cost, units`: a row without units is a price that holds from its day until the
    next (from ever where it has no day); one with units is a batch of so many, received on its day. An item
    with batches is costed by these alone. What was sold before an item's first price or batch is not known.
    Where more was sold than was bought, the rest costs what the last batch did. Costs are rounded to the
    millionth; those of the oldest batches first so that a batch's shares add up to what it cost.

    >>> from datetime import date
    >>> def table(**columns):
    ...     return pa.table({"sku": ["A", "A"], "currency": ["USD", "USD"], **columns})
    >>> sold = table(day=[date(2026, 3, 1), date(2026, 3, 9)], units=[2.0, 2.0])
    >>> price = decimals(np.array([4_000_000, 5_000_000]))
    >>> listed = table(day=[None, date(2026, 3, 5)], unit_cost=price, units=pa.nulls(2, pa.float64()))
    >>> [str(cost) for cost in goods_costs(sold, listed).to_pylist()]
    ['8.000000', '10.000000']
    """
    sold, known_costs = _frame(lines), _frame(costs)
    known_costs["unit_cost"] = as_millionths(costs["unit_cost"])
    cost, is_known = np.zeros(len(sold), np.int64), np.zeros(len(sold), np.bool_)
    rows_of = sold.groupby(_ITEM).indices
    for item, of_item in known_costs.sort_values("day", kind="stable").groupby(_ITEM):
        rows = np.asarray(rows_of.get(item, []), dtype=np.intp)
        batches = of_item[of_item["units"] > 0]
        listed = batches if len(batches) else of_item
        begins, day = (each["day"].to_numpy() for each in (listed, sold))
        latest: Numbers = np.asarray(np.searchsorted(begins, day[rows], side="right")) - 1
        rows, latest = rows[latest >= 0], latest[latest >= 0]
        units = sold["units"].to_numpy()[rows]
        if len(batches) and costing == "fifo":
            found = _oldest_first(batches, units)
        else:
            price = _averages(batches, latest, units) if len(batches) else listed["unit_cost"].to_numpy()
            found = (price[latest].astype(object) * units + MILLION // 2) // MILLION
        is_known[rows] = found < millionths(LARGEST_AMOUNT)
        cost[rows] = np.where(is_known[rows], found, 0)
    return decimals(cost, is_known)


def _frame(table: pa.Table) -> pd.DataFrame:
    """Items, days and units in millionths, nothing where there are none."""
    texts = {name: table[name].cast(pa.string()).to_pandas() for name in _ITEM}
    day = table["day"].cast(pa.timestamp("s")).to_pandas().fillna(_EVER)
    units = np.rint(table["units"].fill_null(0).to_numpy() * MILLION).astype(np.int64)
    return pd.DataFrame(texts | {"day": day, "units": units})


def _averages(batches: pd.DataFrame, latest: Numbers, units: Millionths) -> NDArray[np.object_]:
    """By batch what a unit costs from then on: the average of what was left in stock and what came.

    `latest` is by sale the last batch before it.
    """
    sold = np.bincount(latest, units, len(batches)).astype(np.int64)
    stock, average = 0, Fraction(0)
    averages: list[Fraction] = []
    for came, cost, left in zip(batches["units"], batches["unit_cost"], sold, strict=True):
        average = (stock * average + int(came) * int(cost)) / Fraction(stock + int(came))
        averages.append(average)
        stock = max(stock + int(came) - int(left), 0)
    return np.array(averages, dtype=object)


def _oldest_first(batches: pd.DataFrame, units: Millionths) -> NDArray[np.object_]:
    """By sale what its units cost, taken from one batch after the other."""
    came, cost = (batches[name].to_numpy().astype(object) for name in ("units", "unit_cost"))
    ends = np.append(0, np.cumsum(came))  # units until the end of each batch, and what they cost together
    paid = np.append(0, np.cumsum(came * cost))
    taken = np.append(0, np.cumsum(units.astype(object)))
    batch = np.clip(np.searchsorted(ends, taken, side="right") - 1, 0, len(batches) - 1)
    until = (paid[batch] + (taken - ends[batch]) * cost[batch] + MILLION // 2) // MILLION
    return np.diff(until)
