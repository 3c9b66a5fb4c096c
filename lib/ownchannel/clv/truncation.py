"""Files that begin in the middle of a brand's life: who looks new in them is not always new.

An old customer's first purchase in the files looks like a first one. Such customers have proved loyal, so
repeats of new customers are overestimated. Whoever is first seen late in the files was probably not there
before; so the first part of the time only serves to recognise the old customers: it is burned in.
"""

import datetime as dt

import pandas as pd

from ownchannel.clv.units import DAYS, unit_of


def burn_in_day(first_day: dt.date, until: dt.date) -> dt.date:
    """The day from which customers count as new: the middle of the time that the files cover.

    An assumption that trades customers for certainty: an earlier day leaves more old customers in, a later
    one leaves less time to see repeats.

    >>> burn_in_day(dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    datetime.date(2025, 7, 2)
    """
    return first_day + (until - first_day) / 2


def first_seen_since(customers: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """The customers whose first purchase in the files is on that day or later.

    `customers`: as `customer_summary` gives them, whose `attrs` tell unit and last day.

    >>> table = pd.DataFrame({"frequency": [0, 1], "recency": [0.0, 2.0], "T": [1.0, 9.0]})
    >>> table.attrs = {"unit": "W", "until": "2025-12-31"}
    >>> first_seen_since(table, dt.date(2025, 12, 1))["T"].tolist()
    [1.0]
    """
    until = dt.date.fromisoformat(customers.attrs["until"])
    longest = (until - day).days / DAYS[unit_of(customers)]
    # Half an hour more, for ages are fractions of days.
    return customers[customers["T"] <= longest + 0.02 / DAYS[unit_of(customers)]]
