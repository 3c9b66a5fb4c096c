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
import pyarrow.compute as pc

from ownchannel.orders.schema import SALES


class OrdersLike(Protocol):
    """What is asked of Orders here; `table` tells them from a DuckDB relation, whose `arrow` is a method."""

    @property
    def arrow(self) -> pa.Table:
        """The tidy order table."""

    @property
    def table(self) -> pd.DataFrame:
        """The same in pandas."""


@contextmanager
def lazy_frame(orders: Any) -> Iterator[nw.LazyFrame[Any]]:
    """The table as a lazy frame: one in memory inside a DuckDB that is closed at the end of the block.

    Raises:
        TypeError: for what is no table.
        ValueError: for a pandas column that holds values of several types.
    """
    if not is_in_memory(orders):
        yield _in_its_engine(orders)
        return
    # Without this setting DuckDB fetches missing extensions from the network in silence.
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        yield nw.from_native(connection.from_arrow(_typed(_as_arrow(orders))))


def is_in_memory(orders: Any) -> bool:
    """True for Orders and for tables of pandas and pyarrow."""
    return isinstance(getattr(orders, "arrow", orders), pa.Table) or isinstance(orders, pd.DataFrame)


def _as_arrow(orders: Any) -> pa.Table:
    if not isinstance(orders, pd.DataFrame):
        return _in_local_time(getattr(orders, "arrow", orders))
    try:
        return _in_local_time(pa.Table.from_pandas(orders, preserve_index=False))
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        # Only the last argument: the first quotes the value, which may be somebody's name.
        where = error.args[-1]
    raise ValueError(f"orders cannot be read ({where}): expected one type of value a column; convert it.")


def _typed(table: pa.Table) -> pa.Table:
    """A column that holds nothing has no type, and cannot be summed, until it is given one."""
    fields = [
        field.with_type(pa.int32()) if pa.types.is_null(field.type) else field for field in table.schema
    ]
    return table.cast(pa.schema(fields))


def _in_local_time(table: pa.Table) -> pa.Table:
    """Times with a zone as its own clocks show them, where no column tells the day."""
    there = table.column_names
    if "ordered_on" in there or "ordered_at" not in there:
        return table
    moments = table["ordered_at"]
    if not pa.types.is_timestamp(moments.type) or moments.type.tz is None:
        return table
    return table.set_column(there.index("ordered_at"), "ordered_at", pc.local_timestamp(moments))


def _in_its_engine(orders: Any) -> nw.LazyFrame[Any]:
    try:
        frame: nw.LazyFrame[Any] = nw.from_native(orders).lazy()
    except TypeError:
        raise TypeError(
            f"orders is of type {type(orders).__name__}: expected Orders, or a table of pandas, pyarrow, "
            "Polars, DuckDB or PySpark."
        ) from None
    return frame


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
            f"column {column} holds times in the zone {dtype.time_zone}, which does not tell the day of a "
            "purchase: expected a column ordered_on with the date in the brand's time zone; add it."
        )
    return nw.col(column).dt.date()


def require_numbers(frame: nw.LazyFrame[Any], names: Iterable[str]) -> None:
    """Refuse a column of amounts that holds something else, such as text."""
    schema = frame.collect_schema()
    for name in names:
        if not schema[name].is_numeric():
            raise ValueError(
                f"column {name} is of type {schema[name]}: expected numbers; convert it, best to decimals."
            )


def is_sale() -> nw.Expr:
    """True for the lines of the tidy order table that count (completed and refunded)."""
    return nw.col("status").is_in(SALES)


def is_purchase() -> nw.Expr:
    """True for lines that have a price, unlike a gift, a replacement or a refund without its order."""
    return nw.col("item_value") > 0


def net_value() -> nw.Expr:
    """What a line of the tidy order table brought in, exactly."""
    return nw.col("item_value") - nw.col("discount") - nw.col("refund")
