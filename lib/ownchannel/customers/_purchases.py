"""An order table of any engine as a lazy Narwhals frame, and which of its lines count.

Tables in memory go into an embedded DuckDB; a table that lives in another engine stays there.
"""

import datetime as dt
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders import SALES

Floats = NDArray[np.float64]
"""An array of real numbers."""


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
    """Times with a zone as its own clocks show them, where no column gives the day."""
    at = table.schema.get_field_index("ordered_at")
    has_zone = at >= 0 and getattr(table.schema.field(at).type, "tz", None) is not None
    if not has_zone or "ordered_on" in table.column_names:
        return table
    return table.set_column(at, "ordered_at", pc.local_timestamp(table["ordered_at"]))


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
            f"column {column} holds times in the zone {dtype.time_zone}, which does not show the day of a "
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


#: What identifies an order, where a table has it.
ORDER = ("channel", "order_id")

#: Columns that are made from purchases, so that the column of the channel cannot be called so.
TAKEN = frozenset(
    {"customer_key", "day", "value", "first", "later", "second", "days", "returned", "month", "cohort", "age"}
    | {"customers", "buyers", "share", "orders", "revenue", "currency", "highest_currency"}
)


def require_free_name(by: str, taken: Container[str] = TAKEN, why: str = "is taken") -> None:
    """Refuse a column of channels that has the name of one that is made."""
    if by in taken:
        raise ValueError(f"by names {by}, which {why}: expected another, such as 'channel'; rename yours.")


def as_day(until: dt.date | str) -> dt.date:
    """A last day of observation as a date.

    >>> as_day("2025-12-31T12:00")
    datetime.date(2025, 12, 31)
    """
    moment: dt.date | None = None
    with suppress(ValueError):
        moment = dt.datetime.fromisoformat(until) if isinstance(until, str) else until
    if not isinstance(moment, dt.date) or pd.isna(moment):
        raise ValueError(f"until is {until!r}: expected a date or text such as '2025-12-31'; write it so.")
    return moment.date() if isinstance(moment, dt.datetime) else moment


def purchase_lines(frame: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """One row per purchase line: keys, day, value, and what identifies the order where the table has it."""
    there = frame.collect_schema().names()
    if "item_value" in there and "value" not in there:
        amounts, day = ["item_value", "discount", "refund"], "ordered_on"
        require_columns(frame, [*keys, day, *amounts, "status"])
        lines, value = frame.filter(is_sale(), is_purchase()), net_value()
    else:
        amounts, day = ["value"], "ordered_on" if "ordered_on" in there else "ordered_at"
        require_columns(frame, [*keys, day, *amounts])
        lines, value = frame, nw.col("value")
    require_numbers(frame, amounts)
    columns = dict.fromkeys([*keys, *(name for name in ORDER if name in there)])
    return lines.select(*columns, day=calendar_day(frame, day), value=value)


def end_of_observation(purchases: nw.LazyFrame[Any], until: dt.date | None) -> dt.date:
    """The last day of observation, once the table is found to be in order."""
    day, value = nw.col("day"), nw.col("value")
    no_value = value.is_null()
    if purchases.collect_schema()["value"].is_float():
        no_value = no_value | ~value.is_finite()
    # Counted as numbers, for Spark does not add up truth values.
    facts = purchases.select(
        first=day.min(),
        last=day.max(),
        no_day=day.is_null().cast(nw.Int64).sum(),
        no_value=no_value.cast(nw.Int64).sum(),
    ).collect("pyarrow")
    first, last, *incomplete = facts.row(0)
    if first is None:
        raise ValueError("orders holds no purchase: expected at least one; check the file and its statuses.")
    for count, what in zip(incomplete, ("day", "value"), strict=True):
        if count:
            raise ValueError(
                f"orders holds {count} purchase lines without a {what}: expected none; fill them in."
            )
    if until is not None and until < first:
        raise ValueError(
            f"until is {until}, before the first purchase on {first}: expected that day or a later one; "
            "leave until out to take the last purchase."
        )
    return until or last


def ends_by_channel(purchases: nw.LazyFrame[Any], by: str, until: dt.date | None) -> dict[str, dt.date]:
    """The last day of observation of each channel: `until`, or its own last purchase, key or none.

    A channel whose files end earlier than the others' is not seen to lose its customers after that.

    Raises:
        ValueError: as `end_of_observation` does, and for a purchase without a channel.
    """
    end_of_observation(purchases, until)
    last_days = purchases.group_by(by).agg(last=nw.col("day").max()).collect("pyarrow").rows()
    if any(channel is None for channel, _ in last_days):
        raise ValueError(f"orders holds purchase lines without a {by}: expected none; fill them in.")
    return {channel: until or last for channel, last in sorted(last_days)}


def identified_until(purchases: nw.LazyFrame[Any], until: dt.date | None) -> nw.LazyFrame[Any]:
    """The purchases of customers with a key, none later than the last day."""
    known = purchases.filter(~nw.col("customer_key").is_null())
    return known if until is None else known.filter(nw.col("day") <= until)


def on_first_channel(purchases: nw.LazyFrame[Any], by: str) -> nw.LazyFrame[Any]:
    """The purchases on the channel of each customer's first one, with that day as `first`.

    Of several channels on the first day the first by name is taken. `purchases`: customers with a key, any
    number of rows for each `day`.
    """
    first = nw.col("first")
    channels = purchases.group_by("customer_key", by).agg(first=nw.col("day").min())
    earliest = channels.filter(first == first.min().over("customer_key"))
    # Joined, not marked in each row: a window over all purchases would take twice as long.
    homes = earliest.group_by("customer_key").agg(nw.col(by).min(), first.min())
    return purchases.join(homes, on=["customer_key", by], how="inner")


def month_number(day: nw.Expr) -> nw.Expr:
    """Months counted from year 0; engines turn a truncated date into a timestamp, some with a zone."""
    return day.dt.year().cast(nw.Int64) * 12 + day.dt.month().cast(nw.Int64) - 1


def first_days(months: pd.Series) -> pd.Series:
    """The first day of each month of that number, as Arrow dates."""
    dates = [dt.date(number // 12, number % 12 + 1, 1) for number in months]
    return pd.Series(dates, dtype=pd.ArrowDtype(pa.date32()))


def day_number(day: nw.Expr) -> nw.Expr:
    """The same number as date.toordinal gives, from year and day of the year: no clock or zone enters."""
    years = day.dt.year().cast(nw.Int64) - 1
    return years * 365 + years // 4 - years // 100 + years // 400 + day.dt.ordinal_day().cast(nw.Int64)


def purchase_days(orders: Any, until: dt.date | str | None = None, by: str | None = None) -> pd.DataFrame:
    """The days on which customers with a key bought: `customer_key`, `day`, `value` (net, a float).

    What counts as a purchase is what `customer_summary` says; `by` is a further column that splits rows, such
    as "channel". Sorted by customer and day; `attrs` hold `until`, the last day of observation.

    Raises ValueError as `customer_summary` does.

    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_key": ["ann", "ann", None],
    ...         "ordered_on": pd.to_datetime(["2025-01-03", "2025-01-03", "2025-01-09"]),
    ...         "value": [40.0, 5.0, 9.0],
    ...     }
    ... )
    >>> purchase_days(purchases).values.tolist()
    [['ann', Timestamp('2025-01-03 00:00:00'), 45.0]]
    """
    keys = ["customer_key"] if by is None else ["customer_key", by]
    last_day = None if until is None else as_day(until)
    with lazy_frame(orders) as frame:
        purchases = purchase_lines(frame, keys)
        end = end_of_observation(purchases, last_day)
        days = identified_until(purchases, end).group_by(*keys, "day").agg(nw.col("value").sum())
        table: pd.DataFrame = days.sort(*keys, "day").collect("pyarrow").to_native().to_pandas()
    table = table.assign(day=pd.to_datetime(table["day"]), value=table["value"].astype(float))
    table.attrs = {"until": end.isoformat()}
    return table[[*keys, "day", "value"]]
