"""How many customers buy a second time, and after how many days, by channel."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from ownchannel.customers._purchases import (
    as_day,
    day_number,
    ends_by_channel,
    identified_until,
    lazy_frame,
    on_first_channel,
    purchase_lines,
    require_free_name,
)
from ownchannel.customers._survival import Estimate, LogRank, ReturnCurve, log_rank, return_curve
from ownchannel.formats import Shown, listed, percent


@dataclass(frozen=True, repr=False)
class SecondOrder(Shown):
    """The time to the second order, a curve a channel, and whether the channels differ.

    `log_rank` is None where fewer than two channels can be compared.
    """

    curves: dict[str, ReturnCurve]
    log_rank: LogRank | None

    def one_time_shares(self, horizon: float = 365) -> pd.DataFrame:
        """A row a channel: `channel, days, share, lower, upper, seen_once, customers`.

        `share` is of customers who buy once and not again within `days`, with its 95% interval: see
        `ReturnCurve.one_time_share`; missing where fewer than 30 customers were watched. `seen_once` is the
        plain share of customers seen once so far.
        """
        columns = ["channel", "days", "share", "lower", "upper", "seen_once", "customers"]
        unknown = Estimate(np.nan, np.nan, np.nan, np.nan)
        rows = [
            {"channel": channel, "seen_once": curve.seen_once, "customers": curve.customers}
            | vars(curve.one_time_share(horizon) or unknown)
            for channel, curve in self.curves.items()
        ]
        return pd.DataFrame(rows, columns=columns)

    def __str__(self) -> str:
        back = [
            f"{percent(1 - once.share)} on {channel} within {once.days:.0f} days"
            for channel, curve in self.curves.items()
            if (once := curve.one_time_share())
        ]
        if not back:
            return "Too few customers are known to say how many order again."
        text = f"Customers who order again: {listed(back)}."
        if self.log_rank is None:
            return text
        differ = "differ by more than chance" if self.log_rank.p < 0.05 else "may differ by chance alone"
        p = "below 0.001" if self.log_rank.p < 0.001 else f"{self.log_rank.p:.3f}"
        return f"{text} The channels {differ} (log-rank test, p {p})."

    def repeat_rates(self) -> dict[str, Estimate]:
        """`ReturnCurve.repeat_rate` of each channel whose customers were watched for a year."""
        rates = {channel: curve.repeat_rate() for channel, curve in self.curves.items()}
        return {channel: rate for channel, rate in rates.items() if rate is not None}

    to_pandas = one_time_shares


def time_to_second_order(orders: Any, by: str = "channel", until: dt.date | str | None = None) -> SecondOrder:
    """Estimate by channel how many customers buy a second time, and after how many days.

    Purchases and the channel of a customer are those of `retention_cohorts`: several orders on a day are one,
    and the second purchase is one on the same channel. Who has not bought again is censored at the channel's
    last day of observation. A customer who bought before the table begins looks new in it.

    Args:
        orders: as for `customer_summary`.
        by: the column of the channel.
        until: last day that the table covers, inclusive, on every channel; without it each channel's own last
            purchase.

    Raises:
        ValueError: as `retention_cohorts` does.

    >>> purchases = pd.DataFrame(
    ...     {
    ...         "customer_key": ["ann", "bob", "cem", "ann"],
    ...         "channel": "Own store",
    ...         "ordered_on": pd.to_datetime(["2025-01-01", "2025-01-01", "2025-01-21", "2025-01-15"]),
    ...         "value": 40.0,
    ...     }
    ... )
    >>> curve = time_to_second_order(purchases, until="2025-01-31").curves["Own store"]
    >>> curve.table[["days", "share", "at_risk", "events"]]
       days  share  at_risk  events
    0   0.0    0.0        3       0
    1  14.0    0.5        2       1
    """
    waits = waits_for_second_order(orders, by, until)
    curves = {str(name): return_curve(rows["days"], rows["returned"]) for name, rows in waits.groupby(by)}
    return SecondOrder(curves, log_rank(waits["days"], waits["returned"], waits[by]))


def waits_for_second_order(
    orders: Any, by: str = "channel", until: dt.date | str | None = None
) -> pd.DataFrame:
    """One row per customer: `customer_key`, the channel, `days` watched since the first purchase, `returned`.

    `days` ends with the second purchase on the channel of the first (`returned` is true) or with observation.
    Sorted by customer_key. Arguments and errors are those of `time_to_second_order`.
    """
    require_free_name(by)
    last_day = None if until is None else as_day(until)
    with lazy_frame(orders) as frame:
        lines = purchase_lines(frame, ["customer_key", by])
        ends = ends_by_channel(lines, by, last_day)
        later = nw.when(nw.col("day") > nw.col("first")).then(nw.col("day"))
        customers = (
            on_first_channel(identified_until(lines, last_day), by)
            .with_columns(later=later)
            .group_by("customer_key", by)
            .agg(nw.col("first").min(), second=nw.col("later").min())
            .with_columns(first=day_number(nw.col("first")), second=day_number(nw.col("second")))
            .sort("customer_key")
        )
        found: pd.DataFrame = customers.collect("pyarrow").to_native().to_pandas()
    end = found[by].map({channel: last.toordinal() for channel, last in ends.items()})
    days = (found["second"].fillna(end) - found["first"]).astype("int64")
    return found[["customer_key", by]].assign(days=days, returned=found["second"].notna())
