"""Who comes back month by month: cohorts of customers by channel and month of the first purchase."""

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from ownchannel.customers._purchases import (
    as_day,
    ends_by_channel,
    first_days,
    identified_until,
    lazy_frame,
    month_number,
    on_first_channel,
    purchase_lines,
    require_free_name,
)
from ownchannel.files import MONEY

#: The result's columns after the channel, `revenue` as exact as the table's own values.
COHORTS = {
    "cohort": pa.date32(),
    "age": pa.int64(),
    "customers": pa.int64(),
    "buyers": pa.int64(),
    "share": pa.float64(),
    "orders": pa.int64(),
    "revenue": MONEY,
    "currency": pa.string(),
}


def retention_cohorts(orders: Any, by: str = "channel", until: dt.date | str | None = None) -> pd.DataFrame:
    """Count how many customers of each month buy again, and for how much, by age in calendar months.

    What counts as a purchase is what `customer_summary` says. A customer belongs to the channel and the month
    of the first purchase in the table (of several channels on that day, the first by name), and only what is
    bought on that channel counts. A customer who bought before the table begins looks new in it, so read its
    first months with care. Columns:

    - `channel` (or what `by` names) and `cohort`, the first day of the month of the first purchase;
    - `age`: months since, 0 for that month itself;
    - `customers` of the cohort, and `buyers`, those who bought at that age, with their `share`;
    - `orders`: purchase days; `revenue`: net value, exactly; `currency`, where the table has it.

    Only complete months are shown: one that observation cuts short would look like a fall. A channel is
    observed until its own last purchase in the table, so give `until` where files go further than that.
    Money in several currencies is never added up: a channel that has them gets no revenue and no currency;
    `Orders.in_currency` converts it.

    Args:
        orders: as for `customer_summary`.
        by: the column of the channel.
        until: last day that the table covers, inclusive, on every channel.

    Returns:
        A pandas DataFrame of Arrow types, sorted by channel, cohort and age, with every age up to the last
        complete month. A channel without customer keys or without a complete month has no row.

    Raises:
        ValueError: as `customer_summary` does, and for a purchase without a channel.

    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_key": ["ann", "bob", "ann"],
    ...         "channel": "Own store",
    ...         "ordered_on": pd.to_datetime(["2025-01-05", "2025-01-31", "2025-03-02"]),
    ...         "value": [40.0, 25.0, 30.0],
    ...     }
    ... )
    >>> cohorts = retention_cohorts(purchases, until="2025-03-31")
    >>> print(cohorts.drop(columns="channel").to_string(index=False))
        cohort  age  customers  buyers  share  orders  revenue
    2025-01-01    0          2       2    1.0       2     65.0
    2025-01-01    1          2       0    0.0       0      0.0
    2025-01-01    2          2       1    0.5       1     30.0
    """
    require_free_name(by)
    last_day = None if until is None else as_day(until)
    with lazy_frame(orders) as frame:
        currency = [name for name in ("currency",) if name in frame.collect_schema().names()]
        lines = purchase_lines(frame, ["customer_key", by, *currency])
        ends = ends_by_channel(lines, by, last_day)
        sums = _sums(identified_until(lines, last_day), by).collect("pyarrow").to_native()
    months = _complete(_with_money(sums, by), by, ends)
    names = [name for name in COHORTS if name in months]
    types = {name: pd.ArrowDtype(COHORTS[name]) for name in names if name != "revenue"}  # that keeps its own
    return months[[by, *names]].astype(types)


def _sums(lines: nw.LazyFrame[Any], by: str) -> nw.LazyFrame[Any]:
    """Buyers, orders and revenue of each cohort in each month in which somebody of it bought."""
    known = [name for name in ("currency",) if name in lines.collect_schema().names()]
    lowest = {name: nw.col(name).min() for name in known}
    highest = {f"highest_{name}": nw.col(name).max() for name in known}
    days = lines.group_by("customer_key", by, "day").agg(nw.col("value").sum(), **lowest, **highest)
    return (
        on_first_channel(days, by)
        .with_columns(cohort=month_number(nw.col("first")), month=month_number(nw.col("day")))
        .group_by(by, "cohort", "month")
        .agg(
            buyers=nw.col("customer_key").n_unique().cast(nw.Int64),
            orders=nw.len().cast(nw.Int64),
            revenue=nw.col("value").sum(),
            **lowest,
            **{name: nw.col(name).max() for name in highest},
        )
    )


def _with_money(sums: pa.Table, by: str) -> pd.DataFrame:
    """The sums in pandas, without revenue on channels that sold in several currencies."""
    place = sums.column_names.index("revenue")
    if not pa.types.is_floating(sums["revenue"].type):
        # Engines widen what they sum, to 38 digits, with which pandas can no longer add.
        exact = sums["revenue"].cast(pa.decimal128(38, MONEY.scale)).cast(MONEY)
        sums = sums.set_column(place, "revenue", exact)
    found: pd.DataFrame = sums.to_pandas(types_mapper=pd.ArrowDtype)
    if "currency" in found:
        channels = found.groupby(by)
        lowest, highest = channels["currency"].transform("min"), channels["highest_currency"].transform("max")
        found["currency"] = lowest.where(lowest == highest)
        found["revenue"] = found["revenue"].where(found["currency"].notna())
    return found


def _complete(found: pd.DataFrame, by: str, ends: dict[str, dt.date]) -> pd.DataFrame:
    """Every month from each cohort's first to its channel's last complete one."""
    last_complete = {channel: _last_complete_month(end) for channel, end in ends.items()}
    calendar = [
        (channel, cohort, month)
        for channel, cohort in sorted(set(zip(found[by], found["cohort"], strict=True)))
        for month in range(cohort, last_complete[channel] + 1)
    ]
    keys = [by, "cohort", "month"]
    every: pd.MultiIndex = pd.MultiIndex.from_frame(pd.DataFrame(calendar, columns=keys))
    months = found.set_index(keys).reindex(every).reset_index()
    nobody = months["buyers"].isna()
    months["age"] = months["month"] - months["cohort"]
    months.loc[nobody, ["buyers", "orders"]] = 0
    if "currency" in months:
        months["currency"] = months[by].map(found.groupby(by)["currency"].first())
        nobody &= months["currency"].notna()
    months.loc[nobody, "revenue"] = 0
    months["customers"] = months.groupby([by, "cohort"])["buyers"].transform("first")
    months["share"] = months["buyers"] / months["customers"]
    months["cohort"] = first_days(months["cohort"])
    return months


def _last_complete_month(end: dt.date) -> int:
    following = end + dt.timedelta(days=1)
    return following.year * 12 + following.month - 2
