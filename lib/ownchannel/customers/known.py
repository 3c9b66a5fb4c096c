"""How many customers a brand knows, month by month, and how many of them it may write to."""

from typing import Any

import pandas as pd


def known_customers(orders: Any) -> pd.DataFrame:
    """Customers with a key by channel and month, added up from the first month on.

    `orders`: Orders. Columns `month` (its first day), `channel`, `kind`, `identified`, `recognised` and
    `reachable`, sorted by month and channel, every month of the files for every channel. A customer counts
    from the month of the first order: identified on an owned channel, recognised on a marketplace, whose keys
    tell buyers apart and not who they are. Reachable are the identified whose latest answer to "may we write
    to you?" is yes. Channels that hide their buyers have zeros.

    >>> from ownchannel import read_orders
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
