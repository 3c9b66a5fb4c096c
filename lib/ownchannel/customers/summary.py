"""One row a customer: how often, how lately, for how long and for how much (frequency, recency, T, value)."""

import datetime as dt
from typing import Any, Literal, get_args, overload

import narwhals as nw
import pandas as pd

from ownchannel.customers.frames import (
    InMemory,
    calendar_day,
    embedded,
    in_its_engine,
    in_memory,
    is_refund_only,
    is_sale,
    net_value,
    require_columns,
)

Unit = Literal["D", "W", "M"]

#: Days in a unit of time; a month is a twelfth of a year.
DAYS: dict[Unit, float] = {"D": 1.0, "W": 7.0, "M": 365.25 / 12}

RESULT = ("frequency", "recency", "T", "monetary_value")


@overload
def customer_summary(
    orders: InMemory,
    unit: Unit = ...,
    until: dt.date | str | None = ...,
    by: str | list[str] | None = ...,
) -> pd.DataFrame: ...
@overload
def customer_summary(
    orders: Any, unit: Unit = ..., until: dt.date | str | None = ..., by: str | list[str] | None = ...
) -> Any: ...
def customer_summary(
    orders: Any,
    unit: Unit = "W",
    until: dt.date | str | None = None,
    by: str | list[str] | None = None,
) -> Any:
    """Summarise purchases by customer, as the purchase models take them.

    - `frequency`: calendar days with a purchase, less the first;
    - `recency`: time from the first purchase day to the last, in `unit`, 0 where there is no repeat;
    - `T`: time from the first purchase day to `until`, in `unit`;
    - `monetary_value`: mean net value of the repeat purchase days, 0 where there is none.

    In the tidy order table (Orders, or its columns in any engine) completed and refunded lines count, each at
    item_value - discount - refund on the day `ordered_on`. A refund without an order is no purchase; an order
    that was refunded in full is. Any other table needs the columns `customer_key`, `value` and `ordered_on`,
    or `ordered_at` whose date is then taken. Customers without a key are left out; `without_key` counts them.

    Args:
        orders: Orders, or a table of pandas, pyarrow, DuckDB, Polars or PySpark. A first short query looks
            for the first and the last purchase day.
        unit: "D" days, "W" weeks or "M" months of 365.25 / 12 days.
        until: last day of observation, inclusive; without it, the last day with a purchase in the table.
        by: further columns, such as "channel": one row for each customer and value of them.

    Returns:
        For tables in memory a pandas DataFrame sorted by customer_key, then by `by`; its `attrs` tell
        `unit`, `until`, `lines_without_key` and, where orders have an id, `orders_without_key`. For a table of
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
    if unit not in DAYS:
        raise ValueError(f"unit is {unit!r}: expected one of {', '.join(get_args(Unit))}; choose 'W' for weeks.")
    further = [by] if isinstance(by, str) else list(by or [])
    last_day = None if until is None else _as_day(until)

    table = in_memory(orders)
    if table is None:
        purchases = _purchases(in_its_engine(orders), further)
        return _summary(purchases, unit, _observed_until(purchases, last_day), further).to_native()
    with embedded(table) as frame:
        purchases = _purchases(frame, further)
        end = _observed_until(purchases, last_day)
        summary = _summary(purchases, unit, end, further).sort("customer_key", *further).collect("pyarrow")
        counts = _count_without_key(purchases, end)
    result: pd.DataFrame = summary.to_native().to_pandas()
    result.attrs = {"unit": unit, "until": end.isoformat()} | {
        f"{name}_without_key": count for name, count in counts.items()
    }
    return result


def without_key(orders: Any, until: dt.date | str | None = None) -> dict[str, int]:
    """How many purchases have no `customer_key`, so that no summary holds them; on any engine.

    Gives `lines`, and `orders` where the table has the column `order_id` (with `channel`, an id counts once
    for each channel).

    >>> without_key(pd.DataFrame({
    ...     "customer_key": ["ann", None, None], "order_id": ["1", "2", "2"], "value": [9.0, 5.0, 4.0],
    ...     "ordered_on": [dt.date(2025, 1, 1)] * 3,
    ... }))
    {'lines': 2, 'orders': 1}
    """
    last_day = None if until is None else _as_day(until)
    table = in_memory(orders)
    if table is None:
        purchases = _purchases(in_its_engine(orders), [])
        return _count_without_key(purchases, _observed_until(purchases, last_day))
    with embedded(table) as frame:
        purchases = _purchases(frame, [])
        return _count_without_key(purchases, _observed_until(purchases, last_day))
