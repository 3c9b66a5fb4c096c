"""What counts as a purchase, where and until when it was observed: shared by summary, cohorts and returns."""

import datetime as dt
from contextlib import suppress
from typing import Any

import narwhals as nw
import pandas as pd

from ownchannel.customers.frames import (
    calendar_day,
    is_purchase,
    is_sale,
    net_value,
    require_columns,
    require_numbers,
)

#: What tells one order from another, where a table has it.
ORDER = ("channel", "order_id")


#: Columns that are made from purchases, so that the one that tells the channel cannot be called so.
TAKEN = frozenset(
    {"customer_key", "day", "value", "first", "later", "second", "days", "returned", "month", "cohort", "age"}
    | {"customers", "buyers", "share", "orders", "revenue", "currency", "highest_currency"}
)


def require_free_name(by: str) -> None:
    """Refuse a column of channels that has the name of one that is made."""
    if by in TAKEN:
        raise ValueError(f"by names {by}, which is taken: expected another, such as 'channel'; rename yours.")


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
    """One row a purchase line: keys, day, value, and what tells its order where the table has it."""
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


def day_number(day: nw.Expr) -> nw.Expr:
    """The same number as date.toordinal gives, from year and day of the year: no clock or zone enters."""
    years = day.dt.year().cast(nw.Int64) - 1
    return years * 365 + years // 4 - years // 100 + years // 400 + day.dt.ordinal_day().cast(nw.Int64)
