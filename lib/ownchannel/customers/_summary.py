"""One row per customer: how often, how lately, for how long, for how much (frequency, recency, T, value)."""

import datetime as dt
from typing import Any, Literal, overload

import narwhals as nw
import pandas as pd

from ownchannel.customers._purchases import (
    ORDER,
    as_day,
    day_number,
    end_of_observation,
    identified_until,
    is_in_memory,
    lazy_frame,
    purchase_lines,
    require_free_name,
)
from ownchannel.orders import Orders

TimeUnit = Literal["days", "weeks", "months"]
"""The units of time that arguments and results name."""

#: How many days a unit of time has; a month is a twelfth of a year.
DAYS_IN: dict[TimeUnit, float] = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12}


#: Columns that the summary makes, so that `by` cannot name them.
MADE = ("customer_key", "day", "value", "frequency", "recency", "T", "monetary_value")


def time_unit(name: str) -> TimeUnit:
    """The unit of a name, or of the letters "D", "W" and "M"; ValueError for another.

    >>> time_unit("weeks"), time_unit("M")
    ('weeks', 'months')
    """
    for unit in DAYS_IN:
        if name in (unit, unit[0].upper()):
            return unit
    raise ValueError(f"unit is {name!r}: expected one of {', '.join(DAYS_IN)}.")


@overload
def customer_summary(
    orders: Orders | pd.DataFrame,
    unit: str = ...,
    until: dt.date | str | None = ...,
    by: str | list[str] | None = ...,
) -> pd.DataFrame: ...
@overload
def customer_summary(
    orders: Any, unit: str = ..., until: dt.date | str | None = ..., by: str | list[str] | None = ...
) -> Any: ...
def customer_summary(
    orders: Any,
    unit: TimeUnit | str = "weeks",
    until: dt.date | str | None = None,
    by: str | list[str] | None = None,
) -> Any:
    """Summarise purchases by customer, as the purchase models take them.

    - `frequency`: calendar days with a purchase, less the first;
    - `recency`: time from the first purchase day to the last, in `unit`, 0 where there is no repeat;
    - `T`: time from the first purchase day to `until`, in `unit`;
    - `monetary_value`: mean net value of the repeat purchase days, 0 where there is none.

    In the tidy order table (Orders, or its columns in any engine) completed and refunded lines count, each at
    item_value - discount - refund on the day `ordered_on`. What has no price (a gift, a replacement, a refund
    without its order) is no purchase; an order that was refunded in full is. Any other table needs columns
    `customer_key`, `value` and `ordered_on`, or `ordered_at` whose date, in its own zone, is then taken.
    Customers without a key are left out; `without_key` counts them.

    Args:
        orders: Orders, or a table of pandas, pyarrow, DuckDB, Polars or PySpark. A first short query looks
            for the first and the last purchase day.
        unit: "days", "weeks" or "months" (of 365.25 / 12 days), or their first letters "D", "W", "M".
        until: last day of observation, inclusive; without it, the last day with a purchase in the table.
        by: further columns, such as "channel": one row for each customer and value of them.

    Returns:
        For tables in memory a pandas DataFrame sorted by customer_key, then by `by`; its `attrs` hold `unit`,
        `until`, `lines_without_key` and, where orders have an id, `orders_without_key`. For a table of
        another engine that engine's own lazy table, unsorted.

    Raises:
        ValueError: for a missing column, a column that is no date, a purchase without day or value, an
            unknown unit, or a last day before the first purchase.

    Source: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2).

    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_key": ["ann", "ann", "ann", "bob"],
    ...         "ordered_on": pd.to_datetime(["2025-01-01", "2025-01-15", "2025-01-15", "2025-01-08"]),
    ...         "value": [40.0, 25.0, 5.0, 60.0],
    ...     }
    ... )
    >>> print(customer_summary(purchases, until="2025-01-29").to_string(index=False))
    customer_key  frequency  recency   T  monetary_value
             ann          1      2.0 4.0            30.0
             bob          0      0.0 3.0             0.0
    """
    unit = time_unit(unit)
    further = [by] if isinstance(by, str) else list(dict.fromkeys(by or []))
    for name in further:
        require_free_name(name, MADE, "the summary makes itself")
    keys = ["customer_key", *further]
    last_day = None if until is None else as_day(until)
    with lazy_frame(orders) as frame:
        purchases = purchase_lines(frame, keys)
        end = end_of_observation(purchases, last_day)
        summary = _summary(purchases, keys, DAYS_IN[unit], end)
        if not is_in_memory(orders):
            return summary.to_native()
        result: pd.DataFrame = summary.sort(*keys).collect("pyarrow").to_native().to_pandas()
        counts = _count_without_key(purchases, end)
    result.attrs = {"unit": unit, "until": end.isoformat()} | {
        f"{name}_without_key": count for name, count in counts.items()
    }
    return result


def without_key(orders: Any, until: dt.date | str | None = None) -> dict[str, int]:
    """How many purchases have no `customer_key`, so that no summary holds them; on any engine.

    Gives `lines`, and `orders` where the table has the column `order_id` (with `channel`, an id counts once
    for each channel).

    >>> without_key(
    ...     pd.DataFrame(
    ...         {
    ...             "customer_key": ["ann", None, None],
    ...             "order_id": ["1", "2", "2"],
    ...             "value": [9.0, 5.0, 4.0],
    ...             "ordered_on": [dt.date(2025, 1, 1)] * 3,
    ...         }
    ...     )
    ... )
    {'lines': 2, 'orders': 1}
    """
    last_day = None if until is None else as_day(until)
    with lazy_frame(orders) as frame:
        purchases = purchase_lines(frame, ["customer_key"])
        return _count_without_key(purchases, end_of_observation(purchases, last_day))


def _summary(
    purchases: nw.LazyFrame[Any], keys: list[str], days_in_unit: float, end: dt.date
) -> nw.LazyFrame[Any]:
    days = identified_until(purchases, end).group_by(*keys, "day").agg(nw.col("value").sum())
    customers = _customers(days, keys).with_columns(
        first=day_number(nw.col("first")), last=day_number(nw.col("last")), frequency=nw.col("days") - 1
    )
    frequency, repeat_value = nw.col("frequency"), nw.col("value") - nw.col("first_value")
    return customers.select(
        *keys,
        "frequency",
        recency=(nw.col("last") - nw.col("first")) / days_in_unit,
        T=(end.toordinal() - nw.col("first")) / days_in_unit,
        # The sum is exact until here: only the mean is a float.
        monetary_value=nw.when(frequency > 0).then(repeat_value.cast(nw.Float64) / frequency).otherwise(0.0),
    )


def _customers(days: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """One row per customer: days, first and last day, value in all and on the first day."""
    first_value = nw.col("value").first(order_by="day")
    if days.implementation.is_spark_like():
        # Spark has no ordered first. Elsewhere the window would take half as long again.
        days = _mark_first_value(days, keys)
        first_value = nw.col("first_value").max()
    return days.group_by(*keys).agg(
        nw.col("value").sum(),
        days=nw.len().cast(nw.Int64),
        first=nw.col("day").min(),
        last=nw.col("day").max(),
        first_value=first_value,
    )


def _mark_first_value(days: nw.LazyFrame[Any], keys: list[str]) -> nw.LazyFrame[Any]:
    """The value on a customer's first day, null on the others."""
    is_first = nw.col("day") == nw.col("day").min().over(*keys)
    return days.with_columns(first_value=nw.when(is_first).then(nw.col("value")))


def _count_without_key(purchases: nw.LazyFrame[Any], end: dt.date) -> dict[str, int]:
    unknown = purchases.filter(nw.col("customer_key").is_null(), nw.col("day") <= end)
    order = [name for name in ORDER if name in purchases.collect_schema().names()]
    if "order_id" not in order:
        return {"lines": int(unknown.select(nw.len()).collect("pyarrow").item())}
    counts = unknown.group_by(*order).agg(lines=nw.len()).select(lines=nw.col("lines").sum(), orders=nw.len())
    lines, orders = counts.collect("pyarrow").row(0)
    return {"lines": int(lines or 0), "orders": int(orders)}
