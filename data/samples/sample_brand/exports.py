"""What the two platforms' exports share: a file with its facts, and rows that nobody can read."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from .stated import PRODUCTS, Product


@dataclass(frozen=True)
class Export:
    """One file's text and what is true of it, told by the code that wrote each row."""

    name: str
    text: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class BadRow:
    """A row that belongs to no order of the ledger; `item_value` is null where the price cannot be read."""

    reason: str
    text: str
    item_value: str | None


def order_lines(orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Lines with their orders' columns (`order_item` where both have one), newest first."""
    totals = {name: f"order_{name}" for name in lines.columns.intersection(orders.columns)}
    joined = lines.merge(orders.rename(columns=totals), left_on="order", right_index=True)
    return joined.sort_values(["placed", "order", "line"], ascending=[False, False, True])


def product(line: Any) -> Product:
    """The product that a line sold."""
    return PRODUCTS[line.product]


def with_bad_rows(orders: list[list[str]], bad: list[BadRow]) -> tuple[list[str], list[dict[str, Any]]]:
    """The orders' rows with bad rows evenly between them, one at the top; and where these stand.

    Lines count from 1, the header's.
    """
    positions = {place * len(orders) // len(bad): row for place, row in enumerate(bad)}
    rows: list[str] = []
    facts = []
    for position, order in enumerate(orders):
        if row := positions.get(position):
            rows.append(row.text)
            facts.append({"line": len(rows) + 1, "reason": row.reason, "item_value": row.item_value})
        rows.extend(order)
    return rows, facts
