"""How customers return: a habit in closed form, what a change of it brings, and what orders show of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ownchannel.customers import (
    DAYS_IN,
    ENOUGH_AT_RISK,
    Estimate,
    Floats,
    ReturnCurve,
    purchase_days,
    return_curve,
)
from ownchannel.formats import Shown, count

#: A month is a twelfth of a year.
DAYS_A_MONTH = DAYS_IN["months"]

#: Months that are looked ahead.
HORIZON = 24


@dataclass(frozen=True)
class Habit:
    """How customers come back after an order.

    After the first order a customer comes back with probability `first_rate`, after every further one with
    `later_rate`; whoever does so waits `interval` days on average, exponentially distributed. So the k-th
    repeat order comes with probability first_rate × later_rate^(k-1), after a gamma-distributed time of
    shape k, and the sum over k has a closed form:

        E[repeats by day t] = first_rate / (1 - later_rate) × (1 - exp(-(1 - later_rate) × t / interval))

    In the long run the interval drops out of it: shorter gaps bring the same orders forward.

    Raises ValueError for a rate outside 0 to 1, a `later_rate` of 1 (customers who never stop buying) and an
    interval that is not above 0.

    >>> habit = Habit(first_rate=0.4, later_rate=0.6, interval=100)
    >>> habit.repeats([365.25, 730.5]).round(3).tolist(), habit.in_the_end
    ([0.768, 0.946], 1.0)
    >>> replace(habit, interval=50).in_the_end
    1.0
    """

    first_rate: float
    later_rate: float
    interval: float

    def __post_init__(self) -> None:
        if not 0 <= self.first_rate <= 1:
            raise ValueError(f"{100 * self.first_rate:g}% of new customers would return: expected 0 to 100%.")
        if not 0 <= self.later_rate < 1:
            raise ValueError(
                f"{100 * self.later_rate:g}% would return after each further order: expected 0 to less than "
                "100%, for nobody buys for ever."
            )
        if not 0 < self.interval < np.inf:
            raise ValueError(
                f"Customers would order again after {self.interval:g} days on average: expected more than 0."
            )

    @property
    def in_the_end(self) -> float:
        """Repeat orders of a new customer, however late they come."""
        return self.first_rate / (1 - self.later_rate)

    def repeats(self, days: ArrayLike) -> Floats:
        """Repeat orders expected of a new customer within so many days of the first order."""
        return self.in_the_end * self._elapsed(days)

    def repeats_of_the_loyal(self, days: float) -> float:
        """The same of a customer who does come back at least once in that time; `days` above 0.

        >>> Habit(first_rate=0.4, later_rate=0, interval=100).repeats_of_the_loyal(365)
        1.0
        """
        back_at_all = -np.expm1(-days / self.interval)
        return float(self._elapsed(days) / back_at_all / (1 - self.later_rate))

    def orders_by_month(self, customers: float, months: int = HORIZON) -> Floats:
        """Repeat orders in each month from now if `customers` new ones come evenly through every month.

        The integral of `repeats` over the days on which they come. Customers of earlier days are not in it.

        >>> Habit(0.4, 0.6, 100).orders_by_month(customers=100, months=3).round(1).tolist()
        [5.8, 16.6, 26.2]
        """
        ends = np.arange(months + 1) * DAYS_A_MONTH
        memory = self.interval / (1 - self.later_rate)
        upto = self.in_the_end * customers / DAYS_A_MONTH * (ends - memory * self._elapsed(ends))
        return np.diff(upto)

    def _elapsed(self, days: ArrayLike) -> Floats:
        """The part of all repeat orders that has come by those days."""
        times = np.asarray(days, dtype=np.float64)
        return np.asarray(-np.expm1(-(1 - self.later_rate) * times / self.interval), dtype=np.float64)


@dataclass(frozen=True, repr=False)
class Gain(Shown):
    """Repeat orders by month before a change and after it; `after` is before + more + earlier."""

    before: Floats
    more: Floats
    """Further orders, from the higher rates at the interval as it was."""
    earlier: Floats
    """Orders that the shorter interval brings forward, from later months or from beyond the last."""

    @property
    def after(self) -> Floats:
        """Repeat orders by month after the change."""
        return self.before + self.more + self.earlier

    def __str__(self) -> str:
        before, after, more, earlier = (
            f"{round(orders.sum()):,}" for orders in (self.before, self.after, self.more, self.earlier)
        )
        months = count(len(self.before), "month")
        return f"{before} repeat orders in {months} become {after}: {more} more, {earlier} earlier."


def gain(before: Habit, after: Habit, customers: float, months: int = HORIZON) -> Gain:
    """What a change of habit brings, month by month, with `customers` new ones a month.

    >>> gain(Habit(0.4, 0.6, 100), Habit(0.4, 0.6, 80), customers=100)
    1,623 repeat orders in 24 months become 1,760: 0 more, 137 earlier.
    """
    slower = replace(after, interval=before.interval)
    orders = [habit.orders_by_month(customers, months) for habit in (before, slower, after)]
    return Gain(before=orders[0], more=orders[1] - orders[0], earlier=orders[2] - orders[1])


_YEAR = pd.Timedelta(days=365)


@dataclass(frozen=True, repr=False)
class MeasuredHabit(Shown):
    """What orders show of a habit, by Kaplan-Meier curves; None where fewer than 30 observations show it.

    Rates are the shares who have bought again at the longest age that 30 were watched for, so that they
    leave out whoever returns later still. `interval` is the average wait of those who returned by then.
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

    def expected_repeats(self, habit: Habit) -> float:
        """Repeat orders that a habit expects of these customers by the last day; `repeats` were placed."""
        return float(habit.repeats(self.ages).sum())

    def __str__(self) -> str:
        found = [f"{count(self.customers, 'customer')}, {count(self.repeats, 'repeat order')}"]
        found += [f"{self.first} order again"] if self.first else []
        found += [f"{self.later} order once more after each repeat order"] if self.later else []
        found += [f"{self.interval:,.0f} days between orders"] if self.interval else []
        return "; ".join(found) + "."


def measured_habit(orders: Any, channels: Collection[str]) -> MeasuredHabit | None:
    """Measure how customers of some channels, taken together, come back; None where none has a key.

    What counts as a purchase is what `customer_summary` says, and a purchase day is an order. Every order
    begins a wait for the next one, which the last day in the table cuts short. A customer who bought before
    the table begins looks new in it.

    Raises ValueError as `customer_summary` does.

    >>> from ownchannel.orders import sample_orders
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
    """The share back at the longest trusted age, and the average wait of those who are."""
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
