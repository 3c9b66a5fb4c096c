"""One row for each day on which a customer bought."""

import datetime as dt
from typing import Any

import narwhals as nw
import pandas as pd

from ownchannel.customers.frames import lazy_frame
from ownchannel.customers.purchases import as_day, end_of_observation, identified_until, purchase_lines


def purchase_days(orders: Any, until: dt.date | str | None = None, by: str | None = None) -> pd.DataFrame:
    """The days on which customers with a key bought: `customer_key`, `day`, `value` (net, a float).

    What counts as a purchase is what `customer_summary` says; `by` is a further column that tells rows apart,
    such as "channel". Sorted by customer and day; `attrs` tell `until`, the last day of observation.

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
