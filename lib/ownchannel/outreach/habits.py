"""How a brand's customers come back, measured with Kaplan-Meier curves, for whom the recent count fairly."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ownchannel.customers.purchase_days import purchase_days
from ownchannel.customers.survival import ENOUGH_AT_RISK, Estimate, ReturnCurve, return_curve
from ownchannel.outreach.repeat import Habit

_YEAR = pd.Timedelta(days=365)


@dataclass(frozen=True)
class MeasuredHabit:
    """What orders tell of a habit; None stands for what fewer than 30 observations, or none, would tell.

    Rates are the shares who have bought again at the longest age that 30 were watched for, so that they
    leave out whoever comes back later still. `interval` is the mean wait of those who came back by then.
    """

    first: Estimate | None
    """Of new customers, the share who buy a second time."""
    later: Estimate | None
    """After each repeat order, the share who buy once more."""
    interval: float | None
    """Days from an order to the next, where there is a next."""
    customers: int
    new_customers: float
    """A month, over the last twelve months."""
    repeats: int
    """Repeat orders in the table."""
    ages: "pd.Series[float]"
    """Days since each customer's first order."""

    def told_by(self, habit: Habit) -> float:
        """Repeat orders that the habit expects of the same customers until the same day.

        `repeats` is what they really were.
        """
        return float(habit.repeats(self.ages).sum())


def measured_habit(orders: Any, channels: Collection[str]) -> MeasuredHabit | None:
    """Measure how customers of some channels, taken together, come back; None where none has a key.

    What counts as a purchase is what `customer_summary` says, and a purchase day is an order. Every order
    begins a wait for the next one, which the last day in the table cuts short. A customer who bought before
    the table begins looks new in it.

    Raises ValueError as `customer_summary` does.

    >>> from ownchannel.orders.saved import sample_orders
    >>> found = measured_habit(sample_orders(), ["Shopify"])
    >>> print(found.first, round(found.interval))
    41% (95% range 38% to 44%) 100
    """
    days = purchase_days(orders, by="channel")
    days = days[days["channel"].isin(list(channels))]
    if days.empty:
        return None
    days = days.drop_duplicates(["customer_key", "day"]).sort_values(["customer_key", "day"])
    customers, last_day = days.groupby("customer_key"), days["day"].max()
    following = customers["day"].shift(-1)
    returned = following.notna().to_numpy()
    waits = (following.fillna(last_day) - days["day"]).dt.days.to_numpy()
    is_first = (customers.cumcount() == 0).to_numpy()
    firsts = days["day"][is_first]
    _, interval = _plateau(waits, returned)
    return MeasuredHabit(
        first=_plateau(waits[is_first], returned[is_first])[0],
        later=_plateau(waits[~is_first], returned[~is_first])[0],
        interval=interval,
        customers=len(firsts),
        new_customers=float((firsts > last_day - _YEAR).sum()) / min(12.0, _months(firsts.min(), last_day)),
        repeats=int((~is_first).sum()),
        ages=(last_day - firsts).dt.days.astype("float64"),
    )


def _plateau(waits: Any, returned: Any) -> tuple[Estimate | None, float | None]:
    """The share back at the longest trusted age, and the mean wait of those who are."""
    if len(waits) < ENOUGH_AT_RISK:
        return None, None
    curve = return_curve(waits, returned)
    longest = float(curve.watched[-ENOUGH_AT_RISK])
    back = curve.returned_by(longest)
    return back, _mean_wait(curve, back) if back.share > 0 else None


def _mean_wait(curve: ReturnCurve, back: Estimate) -> float:
    """The area between the curve and its height at the last trusted age, as a share of that height."""
    steps = curve.table[curve.table["days"] <= back.days]
    widths = np.diff([*steps["days"], back.days])
    return float(((back.share - steps["share"]) * widths).sum() / back.share)


def _months(first: pd.Timestamp, last: pd.Timestamp) -> float:
    return max(1.0, ((last - first).days + 1) / (_YEAR.days / 12))
