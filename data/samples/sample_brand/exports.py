"""What the platforms' exports share: a file with its facts, order lines, and rows that nobody can read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .ledger import Brand
from .stated import PRODUCTS, SALES, Product


@dataclass(frozen=True)
class Export:
    """One file's text and what is true of it, told by the code that wrote each row."""

    name: str
    text: str
    facts: dict[str, Any]
    encoding: str = "utf-8"


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


def sold_lines(brand: Brand, channel: str) -> pd.DataFrame:
    """Lines of the channel's sales orders, but the cancelled ones, with their orders' and buyers' columns."""
    sales = brand.orders[(brand.orders["channel"] == channel) & brand.orders["status"].isin(SALES)]
    lines = order_lines(sales, brand.lines[~brand.lines["cancelled"]])
    return lines.join(brand.people[["town", "business"]], on="person")


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """Its rows as named tuples of the columns."""
    return frame.itertuples()


def product(line: Any) -> Product:
    """The product that a line sold."""
    return PRODUCTS[line.product]


def user_name(order: Any) -> str:
    """The buyer's name as an account of a marketplace."""
    return f"samplebuyer{order.person:05d}"


def buyer_name(order: Any) -> str:
    """The buyer's name on the parcel: nobody's."""
    return f"Sample Buyer {order.person:05d}"


def buyer_street(order: Any) -> str:
    """A street that does not exist."""
    return f"{1 + order.person % 97} Sample Street"


def shares(cents: int, weights: list[int]) -> list[int]:
    """An amount over several by their weights, in whole cents; the last takes what is left."""
    parts = [cents * weight // sum(weights) for weight in weights[:-1]]
    return [*parts, cents - sum(parts)]


def csv_cell(text: str) -> str:
    """A field of a CSV file, in quotes where it must be."""
    return '"' + text.replace('"', '""') + '"' if {'"', ","} & set(text) else text


def csv_table(header: list[str], rows: list[dict[str, str]]) -> str:
    """A CSV file of the rows."""
    lines = [",".join(csv_cell(row.get(column, "")) for column in header) for row in rows]
    return "\n".join([",".join(header), *lines]) + "\n"


def quoted(text: str) -> str:
    """A field of a CSV file that quotes them all."""
    return '"' + text.replace('"', '""') + '"'


def tabbed(columns: list[str], fields: dict[str, str]) -> str:
    """One row of a tab-delimited file."""
    return "\t".join(fields.get(column, "") for column in columns)


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
