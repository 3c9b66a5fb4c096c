"""The numbers behind "what if customers came back more, or sooner": each declared once."""

from dataclasses import replace
from functools import partial
from typing import Self

from pydantic import model_validator

from ownchannel.assumptions import Assumptions, Quantity, assumption
from ownchannel.outreach._repeat_habit import Habit

_today = partial(assumption, group="Your customers today")
_order = partial(assumption, group="What an order brings")
_change = partial(assumption, group="If customers came back")
_friends = partial(assumption, group="If they told others")

_ANY_SUM = (0, 1_000_000_000)
_SIGNED = (-1_000_000_000, 1_000_000_000)
_FROM_ORDERS = "Assumption, until orders with customer keys tell it"


class ComingBack(Assumptions):
    """How customers come back today, and what might change.

    >>> settings = ComingBack(points=0.05, days_sooner=20)
    >>> settings.today
    Habit(first_rate=0.25, later_rate=0.45, interval=120)
    >>> settings.changed
    Habit(first_rate=0.3, later_rate=0.5, interval=100.0)
    """

    points: float = _change(
        Quantity("More come back", 0.03, "points", slider=(0, 0.2), plausible=(0, 0.05)),
        help="Added to the share who come back, after the first order and after every further one.",
        source="Assumption: try it on half of your customers, and measure",
    )
    days_sooner: float = _change(
        Quantity("They come sooner by", 20, "days", valid=(0, 3_650), slider=(0, 60), plausible=(0, 30)),
        help="Taken off the mean time between two orders.",
        source="Assumption: try it on half of your customers, and measure",
    )
    new_customers: float = _today(
        Quantity("New customers", 100, "customers a month", slider=(0, 500), plausible=(20, 400), step=1),
        help="First orders a month, the same in each of the next two years.",
        source=_FROM_ORDERS,
    )
    first_rate: float = _today(
        Quantity("Buy a second time", 0.25, "share", slider=(0, 0.8), plausible=(0.1, 0.5)),
        help="Of new customers, the share who come back at all.",
        source=_FROM_ORDERS,
    )
    later_rate: float = _today(
        Quantity("Then once more", 0.45, "share", valid=(0, 0.95), slider=(0, 0.9), plausible=(0.2, 0.7)),
        help="Of those who came back, the share who come back again, after each order.",
        source=_FROM_ORDERS,
    )
    interval: float = _today(
        Quantity("Time between orders", 120, "days", valid=(1, 3_650), slider=(7, 365), plausible=(30, 240)),
        help="From an order to the next, in the mean, of those who come back.",
        source=_FROM_ORDERS,
    )
    order_value: float = _order(
        Quantity("Order value", 50, "money an order", valid=_ANY_SUM, slider=(0, 200), plausible=(20, 120)),
        help="Net value of an order: after discounts and refunds, before tax and shipping.",
        source="Assumption, until orders tell it",
    )
    left_by_order: float = _order(
        Quantity(
            "A repeat order leaves", 15, "money an order", valid=_SIGNED, slider=(0, 100), plausible=(5, 50)
        ),
        help="After goods, fees and parcels; no advertising, for you know how to reach who comes back.",
        source="Assumption, until orders tell it",
    )
    friends: float = _friends(
        Quantity(
            "Friends who buy", 0.5, "customers", valid=(0, 100), slider=(0, 3), plausible=(0, 1), step=0.1
        ),
        help="New customers whom one loyal customer brings. It enters the comparison of customers alone.",
        source="Assumption: ask every new customer who sent them, and count",
    )

    @property
    def today(self) -> Habit:
        """How customers come back as things are."""
        return Habit(self.first_rate, self.later_rate, self.interval)

    @property
    def changed(self) -> Habit:
        """How they come back after the change; ValueError where a rate or the interval is impossible."""
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
