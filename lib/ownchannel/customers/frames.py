"""An order table of any engine as a lazy Narwhals frame, and which of its lines count.

Tables in memory go into an embedded DuckDB; a table that lives in another engine stays there.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import duckdb
import narwhals as nw
import pandas as pd
import pyarrow as pa

from ownchannel.orders.schema import SALES


class HasArrow(Protocol):
    """Orders, or anything else that holds the tidy order table as Arrow."""

    @property
    def arrow(self) -> pa.Table: ...


#: Tables in memory.
InMemory = HasArrow | pd.DataFrame | pa.Table


def in_memory(orders: Any) -> pa.Table | None:
    """The Arrow table of Orders, pandas or pyarrow; None where the table lives in another engine."""
    table = getattr(orders, "arrow", orders)
    if isinstance(table, pa.Table):
        return table
    if isinstance(orders, pd.DataFrame):
        try:
            return pa.Table.from_pandas(orders, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise ValueError(
                f"orders holds a column with values of several types ({error.args[-1]}): expected one type a "
                "column; convert it, for example with .astype(str)."
            ) from error
    return None


@contextmanager
def embedded(table: pa.Table) -> Iterator[nw.LazyFrame[Any]]:
    """A lazy frame over an Arrow table in a DuckDB of its own, closed at the end of the block."""
    # Without this setting DuckDB would fetch missing extensions from the network in silence.
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        yield nw.from_native(connection.from_arrow(table))


def in_its_engine(orders: Any) -> nw.LazyFrame[Any]:
    """A lazy frame over a table of another engine (DuckDB relation, Polars, PySpark)."""
    try:
        return nw.from_native(orders).lazy()
    except TypeError:
        raise TypeError(
            f"orders is of type {type(orders).__name__}: expected Orders, or a table of pandas, pyarrow, "
            "Polars, DuckDB or PySpark."
        ) from None


def require_columns(frame: nw.LazyFrame[Any], names: Iterable[str]) -> None:
    """Refuse a table that lacks one of the columns.

    Raises:
        ValueError: naming each column that is missing, and those that are there.
    """
    there = frame.collect_schema().names()
    missing = [name for name in names if name not in there]
    if missing:
        raise ValueError(
            f"orders has no column {', '.join(missing)}: it holds {', '.join(there)}. "
            "Add the column, or rename the one that holds it."
        )


def calendar_day(frame: nw.LazyFrame[Any], column: str) -> nw.Expr:
    """The date in a column of dates or of times without a zone.

    Raises:
        ValueError: for another type, and for times with a zone: engines disagree on whose day they fall on.
    """
    dtype = frame.collect_schema()[column]
    if dtype == nw.Date:
        return nw.col(column)
    if not isinstance(dtype, nw.Datetime):
        raise ValueError(
            f"column {column} is of type {dtype}: expected dates or timestamps; convert it first, "
            "for example with pandas.to_datetime."
        )
    if dtype.time_zone is not None:
        raise ValueError(
            f"column {column} holds times in the zone {dtype.time_zone}, so the calendar day of a purchase is "
            "not told: expected a column ordered_on with the date in the brand's time zone; add it."
        )
    return nw.col(column).dt.date()


def is_sale() -> nw.Expr:
    """True for the lines of the tidy order table that count (completed and refunded)."""
    return nw.col("status").is_in(SALES)


def is_refund_only() -> nw.Expr:
    """True for a refund whose order no file holds: it gives money back and is no purchase."""
    return (nw.col("item_value") == 0) & (nw.col("refund") > 0)


def net_value() -> nw.Expr:
    """What a line of the tidy order table brought in, exactly."""
    return nw.col("item_value") - nw.col("discount") - nw.col("refund")
