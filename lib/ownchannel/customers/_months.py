"""What each channel sold month by month, how many orders were repeats, and how many customers it knows."""

from typing import Any

import narwhals as nw
import pandas as pd
import pyarrow as pa

from ownchannel.customers._purchases import (
    calendar_day,
    first_days,
    is_purchase,
    is_sale,
    lazy_frame,
    month_number,
    net_value,
    require_columns,
    require_numbers,
)
from ownchannel.files import MONEY

AMOUNTS = ("item_value", "discount", "refund", "shipping", "fee", "fulfilment", "goods")
GROUP = ("month", "channel", "kind", "currency")

#: Counted from whole orders; a month with refunds alone has none of them.
COUNTS = ("orders", "orders_sent", "identified_orders", "first_orders", "repeat_orders", "new_customers")

#: Exact sums; `fee`, `fulfilment` and `goods` over the lines for which a file has them.
SUMS = (*AMOUNTS, "net_value", "fee_base_told", "goods_base_told")

#: The result: money as exact as in the order table.
MONTHS = pa.schema(
    [
        ("month", pa.date32()),
        *((name, pa.string()) for name in GROUP[1:]),
        ("orders", pa.int64()),
        ("units", pa.float64()),
        *((name, MONEY) for name in SUMS),
        *((name, pa.int64()) for name in ("fee_lines", "lines", *COUNTS[1:])),
    ]
)


def channel_months(orders: Any) -> pd.DataFrame:
    """Sum the sales of each month, channel, kind and currency.

    Completed and refunded lines count, in the month of `ordered_on`. Columns:

    - `month` (its first day), `channel`, `kind`, `currency`;
    - `orders`, `units`: distinct orders and the units sold; what has no price (a gift, a replacement, a
      refund without its order) is neither;
    - `item_value`, `discount`, `refund`, `net_value`, `shipping`: exact sums over all lines;
    - `fee`: sum over the `fee_lines` of the `lines` for which a file has the fee, and `fee_base_told`, the
      net value and shipping of the same lines;
    - `fulfilment`: the part of `fee` for picking, packing and sending, over the lines that have it, and
      `orders_sent`, the orders of which some line does: the platform sent them;
    - `goods`: what the goods cost, over the lines for which a file says it, and `goods_base_told`, the item
      value of the same lines;
    - `identified_orders`: orders with a customer_key, each either one of `first_orders` (the customer's
      earliest on that channel) or one of `repeat_orders`;
    - `new_customers`: those of the first orders that are the customer's earliest on any channel; the others
      came from customers whom another channel had already.

    A channel has a row for every month from its first to its last, zero where it sold nothing.

    Args:
        orders: Orders, or a table with the tidy order table's columns in pandas, pyarrow, DuckDB, Polars or
            PySpark.

    Returns:
        A pandas DataFrame of Arrow types (money as decimals), sorted by month, channel, kind and currency.

    Raises:
        ValueError: for a missing column, a day that is no date, or amounts that are no numbers.

    >>> import datetime as dt
    >>> lines = pd.DataFrame(
    ...     {
    ...         "order_id": ["1", "2"],
    ...         "channel": "Own store",
    ...         "kind": "owned",
    ...         "currency": "EUR",
    ...         "ordered_at": pd.to_datetime(["2025-01-05 10:00", "2025-03-02 12:00"]),
    ...         "ordered_on": [dt.date(2025, 1, 5), dt.date(2025, 3, 2)],
    ...         "customer_key": "ann",
    ...         "quantity": 1.0,
    ...         "item_value": [20, 30],
    ...         "discount": [0, 5],
    ...         "refund": 0,
    ...         "shipping": 4,
    ...         "fee": [1.0, None],
    ...         "fulfilment": [0.0, None],
    ...         "goods": [8.0, None],
    ...         "status": "completed",
    ...     }
    ... )
    >>> channel_months(lines)[["month", "orders", "net_value", "fee_lines", "repeat_orders"]]
            month  orders  net_value  fee_lines  repeat_orders
    0  2025-01-01       1  20.000000          1              0
    1  2025-02-01       0   0.000000          0              0
    2  2025-03-01       1  25.000000          0              1
    """
    with lazy_frame(orders) as frame:
        lines = _sales(frame)
        sums = lines.group_by(*GROUP).agg(
            nw.col("units", *SUMS).sum(), fee_lines=nw.col("fee").count(), lines=nw.len()
        )
        months = sums.join(_order_counts(lines), on=list(GROUP), how="left")
        found = months.with_columns(nw.col(*COUNTS).fill_null(0)).collect("pyarrow").to_native()
    # Cast, for engines widen what they sum: to 38 digits, with which pandas can no longer add.
    numbered = MONTHS.set(0, pa.field("month", pa.int64()))
    return _complete(found.select(MONTHS.names).cast(numbered).to_pandas(types_mapper=pd.ArrowDtype))


def _sales(frame: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    keys = ("channel", "kind", "currency", "order_id", "customer_key", "ordered_at")
    require_columns(frame, [*keys, "ordered_on", "quantity", "status", *AMOUNTS])
    require_numbers(frame, ["quantity", *AMOUNTS])
    day = calendar_day(frame, "ordered_on")
    return frame.filter(is_sale()).select(
        *keys,
        *AMOUNTS,
        month=month_number(day),
        units=nw.when(is_purchase()).then(nw.col("quantity")).otherwise(0),
        net_value=net_value(),
        fee_base_told=nw.when(~nw.col("fee").is_null()).then(net_value() + nw.col("shipping")),
        goods_base_told=nw.when(~nw.col("goods").is_null()).then(nw.col("item_value")),
        purchase=is_purchase(),
        sent=nw.when(nw.col("fulfilment") > 0).then(1).otherwise(0),
    )


def _order_counts(lines: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    orders = (
        lines.filter(nw.col("purchase"))
        .group_by(*GROUP, "order_id")
        .agg(nw.col("customer_key", "sent").max(), nw.col("ordered_at").min())
    )
    all_orders = orders.group_by(*GROUP).agg(orders=nw.len(), orders_sent=nw.col("sent").sum())
    # Orders without a key are set apart first: as one huge customer they would be sorted together.
    identified = orders.filter(~nw.col("customer_key").is_null())
    place = nw.col("order_id").cum_count()
    in_time = ["ordered_at", "order_id", *GROUP]
    identified = identified.with_columns(
        first_orders=(place.over("channel", "customer_key", order_by=in_time) == 1).cast(nw.Int64),
        new_customers=(place.over("customer_key", order_by=in_time) == 1).cast(nw.Int64),
    )
    known = identified.group_by(*GROUP).agg(
        nw.col("first_orders", "new_customers").sum(), identified_orders=nw.len()
    )
    known = known.with_columns(repeat_orders=nw.col("identified_orders") - nw.col("first_orders"))
    return all_orders.join(known, on=list(GROUP), how="left")


def _complete(found: pd.DataFrame) -> pd.DataFrame:
    """Every month from a channel's first to its last, as dates."""
    if found[list(GROUP)].isna().any(axis=None):
        raise ValueError(
            "orders holds sales lines without ordered_on, channel, kind or currency: expected all four; "
            "fill them in."
        )
    calendar = [
        (month, *sold)
        for _, rows in found.groupby("channel")
        for month in range(rows["month"].min(), rows["month"].max() + 1)
        for sold in set(rows[list(GROUP[1:])].itertuples(index=False, name=None))
    ]
    complete = found.set_index(list(GROUP)).reindex(sorted(calendar), fill_value=0).reset_index()
    complete["month"] = first_days(complete["month"])
    # Once more, for an index of text comes back as pandas' own text.
    return complete.astype({field.name: pd.ArrowDtype(field.type) for field in MONTHS})


def known_customers(orders: Any) -> pd.DataFrame:
    """Customers with a key by channel and month, added up from the first month on.

    `orders`: Orders. Columns `month` (its first day), `channel`, `kind`, `identified`, `recognised` and
    `reachable`, sorted by month and channel, every month of the files for every channel. A customer counts
    from the month of the first order: identified on an owned channel, recognised on a marketplace, whose keys
    separate buyers without naming them. Reachable are the identified whose latest answer to "may we write
    to you?" is yes. Channels that hide their buyers have zeros.

    >>> from ownchannel.orders import read_orders
    >>> columns = {"order_id": "No", "ordered_at": "Day", "item_value": "Amount", "currency": "EUR"}
    >>> lines = (b"No,Day,Amount,Who,May", b"1,2026-03-01,75,ann,yes", b"2,2026-03-02,25,bob,no")
    >>> shop = ("shop.csv", bytes([10]).join(lines))
    >>> known_customers(read_orders(shop, columns | {"customer": "Who", "consent": "May"})).values.tolist()
    [[datetime.date(2026, 3, 1), 'Own store', 'owned', 2, 0, 1]]
    """
    counts = ["identified", "recognised", "reachable"]
    columns = ["month", "channel", "kind", *counts]
    sales = orders.sales
    if sales.empty:
        return pd.DataFrame(columns=columns)
    months = sales["ordered_on"].astype("datetime64[s]").dt.to_period("M")
    known = sales.assign(month=months)[sales["customer_key"].notna()].sort_values("ordered_at", kind="stable")
    people = known.groupby(["channel", "customer_key"]).agg(
        month=("month", "first"), kind=("kind", "last"), consent=("consent", "last")
    )
    owned = people["kind"] == "owned"
    said_yes = people["consent"].fillna(False).astype(bool) & owned
    new = people.assign(identified=owned, recognised=~owned, reachable=said_yes).astype(
        dict.fromkeys(counts, "int64")
    )
    by_month = new.groupby(["channel", "month"])[counts].sum()
    kinds = sales.groupby("channel")["kind"].first()
    calendar = pd.period_range(months.min(), months.max(), freq="M")
    every: pd.MultiIndex = pd.MultiIndex.from_product([kinds.index, calendar], names=["channel", "month"])
    totals = by_month.reindex(every, fill_value=0).groupby("channel").cumsum().reset_index()
    totals["kind"] = totals["channel"].map(kinds)
    totals["month"] = [month.start_time.date() for month in totals["month"]]
    in_order: pd.DataFrame = totals[columns].sort_values(["month", "channel"], ignore_index=True)
    return in_order
