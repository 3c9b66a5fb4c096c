"""Lines of several reports, each order counted once: the best report gives its lines, others fill in."""

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders.amounts import Millionths, as_millionths, decimals
from ownchannel.orders.codes import codes
from ownchannel.orders.sharing import spread

#: What one report may know of an order that another does not.
FACTS = ("status", "customer_key", "consent", "country")
MONEY_FACTS = ("discount", "shipping", "tax", "refund", "fee", "fulfilment")

Given = Counter[tuple[int, str]]
"""How many orders a file (by number) gave a fact (by column) that the report with the lines does not tell."""


def numbered(lines: pa.Table) -> pa.Table:
    """One file's lines; those without an id of their own are named by item and occurrence in the order.

    So a line has the same name in every export of its order.
    """
    if not lines["line_id"].null_count:
        return lines
    keys = pd.DataFrame({"order": codes(lines["identity"]), "item": codes(lines["item"])})
    place = keys.groupby(["order", "item"], sort=False).cumcount() + 1
    named = pc.binary_join_element_wise(lines["item"], pa.array(place.to_numpy()).cast(pa.string()), "#")
    at = lines.column_names.index("line_id")
    return lines.set_column(at, "line_id", pc.coalesce(lines["line_id"], named))


def counted_once(lines: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The lines that count, and those of reports that only fill in; repeats are in neither.

    Of the reports that hold an order the one of the lowest rank gives its lines; of one line's states the
    newest counts, and where the format does not tell, the one from the export that reaches further.
    """
    order, line = codes(lines["identity"]), codes(lines["line_id"])
    keys = pd.DataFrame({"order": order, "line": line, "rank": lines["rank"].to_numpy()})
    best = keys["rank"] == keys.groupby("order", sort=False)["rank"].transform("min")
    if not keys.duplicated().any():
        once = np.arange(len(keys))
    else:
        newest = lines.select(["updated_at", "ordered_at", "file_no"]).to_pandas()
        keys["updated_at"] = newest["updated_at"]
        keys["reaches"] = newest.groupby("file_no")["ordered_at"].transform("max")
        first = keys.sort_values(["updated_at", "reaches"], ascending=False, kind="stable")
        once = np.sort(first.drop_duplicates(["order", "line", "rank"]).index.to_numpy())
    counts = best.to_numpy()[once]
    return _taken(lines, once[counts]), _taken(lines, once[~counts])


def _taken(lines: pa.Table, places: NDArray[np.intp]) -> pa.Table:
    return lines if len(places) == len(lines) else lines.take(places)


def filled(lines: pa.Table, others: pa.Table) -> tuple[pa.Table, Given]:
    """What the lines' own report does not tell (null) taken from other reports of the same order, best first.

    An amount that another report tells is spread over the order's lines in proportion to their item value.
    """
    given: Given = Counter()
    if not len(others):
        return lines, given
    reports = _OtherReports(lines, others)
    weights = as_millionths(lines["item_value"])
    for column in (*FACTS, *MONEY_FACTS):
        best = reports.best(column)
        fills = (
            reports.amounts(column, best, weights) if column in MONEY_FACTS else reports.facts(column, best)
        )
        gaps = pc.and_(lines[column].is_null(), fills.is_valid()).to_numpy()
        if gaps.any():
            is_news = gaps & (as_millionths(fills) != 0) if column in MONEY_FACTS else gaps
            for file_no, orders in reports.files(best, is_news).items():
                given[file_no, column] += orders
            lines = lines.set_column(
                lines.column_names.index(column), column, pc.coalesce(lines[column], fills)
            )
    return lines, given


class _OtherReports:
    """Rows of other reports, each with the place of its order among those of the lines."""

    def __init__(self, lines: pa.Table, others: pa.Table) -> None:
        identities = pd.Index(lines["identity"].to_pandas().unique())
        self._others = others
        self._orders = len(identities)
        self._order = identities.get_indexer(lines["identity"].to_pandas())
        self._told = others.select(["rank", "file_no"]).to_pandas()
        self._told["order"] = identities.get_indexer(others["identity"].to_pandas())
        self._told["place"] = np.arange(len(others))
        of_order = lines["currency"].to_pandas().groupby(self._order).first().reindex(self._told["order"])
        self._told["same_money"] = others["currency"].to_pandas().to_numpy() == of_order.to_numpy()

    def best(self, column: str) -> pd.DataFrame:
        """The rows that tell a column, of each order's best report alone; amounts in its currency only."""
        is_told = self._others[column].is_valid().to_pandas().to_numpy(dtype=bool)
        usable = self._told["same_money"] if column in MONEY_FACTS else self._told["order"] >= 0
        tells = self._told[is_told & usable]
        lowest = tells["rank"] == tells.groupby("order")["rank"].transform("min")
        best: pd.DataFrame = tells[lowest]
        return best

    def facts(self, column: str, best: pd.DataFrame) -> pa.Array:
        """For every line, what is told of its order; null where nothing is."""
        first = best.drop_duplicates("order").set_index("order")["place"]
        place = first.reindex(self._order).to_numpy(dtype=float, na_value=np.nan)
        at = pa.array(place, from_pandas=True).cast(pa.int64())
        return self._others[column].combine_chunks().take(at)

    def amounts(self, column: str, best: pd.DataFrame, weights: Millionths) -> pa.Array:
        """For every line, its part of the amount that is told of its order; null where none is."""
        totals = np.zeros(self._orders, dtype=np.int64)
        np.add.at(totals, best["order"], as_millionths(self._others[column])[best["place"]])
        told = np.isin(self._order, best["order"])
        return decimals(spread(totals, self._order, weights), told)

    def files(self, best: pd.DataFrame, gaps: NDArray[np.bool_]) -> dict[int, int]:
        """How many orders with gaps each file tells of."""
        first = best.drop_duplicates("order")
        filled_in = first["file_no"].to_numpy()[np.isin(first["order"], self._order[gaps])]
        files, orders = np.unique(filled_in, return_counts=True)
        return dict(zip(files.tolist(), orders.tolist(), strict=True))


def without_gaps(lines: pa.Table) -> pa.Table:
    """The lines with 0 for what no report tells; fees excepted, for it matters whether they are known.

    An order of which no report tells a status was sold.
    """
    for column in ("discount", "shipping", "tax", "refund", "status"):
        if lines[column].null_count:
            told = "completed" if column == "status" else pa.scalar(0, lines[column].type)
            lines = lines.set_column(lines.column_names.index(column), column, lines[column].fill_null(told))
    return lines
