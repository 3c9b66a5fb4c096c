"""What if more customers came back, or came back sooner: repeat orders by age and month in closed form."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: A month is a twelfth of a year.
DAYS_A_MONTH = 365.25 / 12

#: Months that are looked ahead.
HORIZON = 24


@dataclass(frozen=True)
class Habit:
    """How customers come back after an order.

    After the first order a customer comes back with probability `first_rate`, after every further one with
    `later_rate`; whoever does so waits `interval` days in the mean, exponentially distributed. So the k-th
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
            raise ValueError(
                f"{100 * self.first_rate:g}% of new customers would come back: expected 0 to 100%."
            )
        if not 0 <= self.later_rate < 1:
            raise ValueError(
                f"{100 * self.later_rate:g}% would come back after every further order: expected 0 to less "
                "than 100%, for nobody buys for ever."
            )
        if not 0 < self.interval < np.inf:
            raise ValueError(f"Customers would wait {self.interval:g} days in the mean: expected above 0.")

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


@dataclass(frozen=True)
class Gain:
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


def gain(before: Habit, after: Habit, customers: float, months: int = HORIZON) -> Gain:
    """What a change of habit brings, month by month, with `customers` new ones a month.

    >>> found = gain(Habit(0.4, 0.6, 100), Habit(0.4, 0.6, 80), customers=100)
    >>> float(found.more.sum()), round(float(found.earlier.sum()))
    (0.0, 137)
    """
    slower = replace(after, interval=before.interval)
    orders = [habit.orders_by_month(customers, months) for habit in (before, slower, after)]
    return Gain(before=orders[0], more=orders[1] - orders[0], earlier=orders[2] - orders[1])
