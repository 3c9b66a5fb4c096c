"""The numbers behind "what if more customers returned, or sooner": each declared once."""

from dataclasses import replace
from functools import partial
from typing import Self

from pydantic import model_validator

from ownchannel.assumptions import Assumptions, Quantity, assumption
from ownchannel.outreach._repeat_habit import Habit

_today = partial(assumption, group="Your customers today")
_order = partial(assumption, group="What an order brings")
_change = partial(assumption, group="If more customers returned")
_friends = partial(assumption, group="If customers brought friends")

_ANY_SUM = (0, 1_000_000_000)
_SIGNED = (-1_000_000_000, 1_000_000_000)
_FROM_ORDERS = "Assumption, until your orders show it (they need a buyer ID)"


class ComingBack(Assumptions):
    """How customers return today, and what might change.

    >>> settings = ComingBack(points=0.05, days_sooner=20)
    >>> settings.today
    Habit(first_rate=0.25, later_rate=0.45, interval=120)
    >>> settings.changed
    Habit(first_rate=0.3, later_rate=0.5, interval=100.0)
    """

    points: float = _change(
        Quantity("More customers return", 0.03, "percentage points", slider=(0, 0.2), plausible=(0, 0.05)),
        help="Added to the share who order again, after the first order and after each further one. "
        "3 percentage points are 3 more of every 100 customers.",
        source="Assumption: test it on half of your customers",
    )
    days_sooner: float = _change(
        Quantity("They return sooner by", 20, "days", valid=(0, 3_650), slider=(0, 60), plausible=(0, 30)),
        help="Taken off the average time between two orders.",
        source="Assumption: test it on half of your customers",
    )
    new_customers: float = _today(
        Quantity("New customers", 100, "customers a month", slider=(0, 500), plausible=(20, 400), step=1),
        help="First orders a month, the same in each of the next two years.",
        source=_FROM_ORDERS,
    )
    first_rate: float = _today(
        Quantity("Ever order again", 0.25, "share", slider=(0, 0.8), plausible=(0.1, 0.5)),
        help="Of new customers, the share who ever place a second order. The repeat rate within a year is "
        "lower.",
        source=_FROM_ORDERS,
    )
    later_rate: float = _today(
        Quantity(
            "Then order once more", 0.45, "share", valid=(0, 0.95), slider=(0, 0.9), plausible=(0.2, 0.7)
        ),
        help="Of returning customers, the share who order once more, after each repeat order.",
        source=_FROM_ORDERS,
    )
    interval: float = _today(
        Quantity("Days between orders", 120, "days", valid=(1, 3_650), slider=(7, 365), plausible=(30, 240)),
        help="From one order to the next, on average, for customers who return.",
        source=_FROM_ORDERS,
    )
    order_value: float = _order(
        Quantity(
            "Net order value", 50, "money per order", valid=_ANY_SUM, slider=(0, 200), plausible=(20, 120)
        ),
        help="What an order brings after discounts and refunds, before tax and shipping.",
        source="Assumption, until your orders show it",
    )
    left_by_order: float = _order(
        Quantity(
            "A repeat order leaves", 15, "money per order", valid=_SIGNED, slider=(0, 100), plausible=(5, 50)
        ),
        help="Contribution: what is left after goods, fees and parcels. No advertising is needed to reach a "
        "customer whom you already have.",
        source="Assumption, until your orders show it",
    )
    friends: float = _friends(
        Quantity(
            "Friends per loyal customer",
            0.5,
            "customers",
            valid=(0, 100),
            slider=(0, 3),
            plausible=(0, 1),
            step=0.1,
        ),
        help="New customers whom one loyal customer brings. Used only to compare kinds of customers.",
        source="Assumption: ask new customers who sent them",
    )

    @property
    def today(self) -> Habit:
        """How customers return as things are."""
        return Habit(self.first_rate, self.later_rate, self.interval)

    @property
    def changed(self) -> Habit:
        """How they return after the change; ValueError where a rate or the interval is impossible."""
        if self.days_sooner >= self.interval:
            raise ValueError(
                f"Customers order again after {self.interval:g} days on average and cannot return "
                f"{self.days_sooner:g} days sooner: choose fewer days."
            )
        return Habit(
            round(self.first_rate + self.points, 9),
            round(self.later_rate + self.points, 9),
            self.interval - self.days_sooner,
        )

    @property
    def only_sooner(self) -> Habit:
        """The habit with the shorter interval, and the rates as they are."""
        return replace(self.today, interval=self.changed.interval)

    @model_validator(mode="after")
    def _change_is_possible(self) -> Self:
        _ = self.changed
        return self
