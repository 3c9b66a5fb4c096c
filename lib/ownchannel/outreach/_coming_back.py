"""The numbers behind "what if customers came back more, or sooner": each declared once."""

from dataclasses import replace
from typing import Annotated, Self

from pydantic import model_validator

from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.outreach._repeat_habit import Habit

_TODAY = "Your customers today"
_ORDER = "What an order brings"
_CHANGE = "If customers came back"
_FRIENDS = "If they told others"

_FROM_ORDERS = "Assumption, until orders with customer keys tell it"


class ComingBack(Assumptions):
    """How customers come back today, and what might change.

    >>> settings = ComingBack(points=0.05, days_sooner=20)
    >>> settings.today
    Habit(first_rate=0.25, later_rate=0.45, interval=120)
    >>> settings.changed
    Habit(first_rate=0.3, later_rate=0.5, interval=100.0)
    """

    points: Annotated[
        float,
        Assumption(
            label="More come back",
            unit="points",
            valid=(0, 1),
            slider=(0, 0.2),
            plausible=(0, 0.05),
            step=0.005,
            help="Added to the share who come back, after the first order and after every further one.",
            source="Assumption: try it on half of your customers, and measure",
            confidence="assumption",
            group=_CHANGE,
        ),
    ] = 0.03
    days_sooner: Annotated[
        float,
        Assumption(
            label="They come sooner by",
            unit="days",
            valid=(0, 3_650),
            slider=(0, 60),
            plausible=(0, 30),
            step=1,
            help="Taken off the mean time between two orders.",
            source="Assumption: try it on half of your customers, and measure",
            confidence="assumption",
            group=_CHANGE,
        ),
    ] = 20
    new_customers: Annotated[
        float,
        Assumption(
            label="New customers",
            unit="customers a month",
            valid=(0, 1_000_000_000),
            slider=(0, 500),
            plausible=(20, 400),
            step=1,
            help="First orders a month, the same in each of the next two years.",
            source=_FROM_ORDERS,
            confidence="assumption",
            group=_TODAY,
        ),
    ] = 100
    first_rate: Annotated[
        float,
        Assumption(
            label="Buy a second time",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.8),
            plausible=(0.1, 0.5),
            step=0.01,
            help="Of new customers, the share who come back at all.",
            source=_FROM_ORDERS,
            confidence="assumption",
            group=_TODAY,
        ),
    ] = 0.25
    later_rate: Annotated[
        float,
        Assumption(
            label="Then once more",
            unit="share",
            valid=(0, 0.95),
            slider=(0, 0.9),
            plausible=(0.2, 0.7),
            step=0.01,
            help="Of those who came back, the share who come back again, after each order.",
            source=_FROM_ORDERS,
            confidence="assumption",
            group=_TODAY,
        ),
    ] = 0.45
    interval: Annotated[
        float,
        Assumption(
            label="Time between orders",
            unit="days",
            valid=(1, 3_650),
            slider=(7, 365),
            plausible=(30, 240),
            step=1,
            help="From an order to the next, in the mean, of those who come back.",
            source=_FROM_ORDERS,
            confidence="assumption",
            group=_TODAY,
        ),
    ] = 120
    order_value: Annotated[
        float,
        Assumption(
            label="Order value",
            unit="money an order",
            valid=(0, 1_000_000_000),
            slider=(0, 200),
            plausible=(20, 120),
            step=0.5,
            help="Net value of an order: after discounts and refunds, before tax and shipping.",
            source="Assumption, until orders tell it",
            confidence="assumption",
            group=_ORDER,
        ),
    ] = 50
    left_by_order: Annotated[
        float,
        Assumption(
            label="A repeat order leaves",
            unit="money an order",
            valid=(-1_000_000_000, 1_000_000_000),
            slider=(0, 100),
            plausible=(5, 50),
            step=0.5,
            help="After goods, fees and parcels; no advertising, for you know how to reach who comes back.",
            source="Assumption, until orders tell it",
            confidence="assumption",
            group=_ORDER,
        ),
    ] = 15
    friends: Annotated[
        float,
        Assumption(
            label="Friends who buy",
            unit="customers",
            valid=(0, 100),
            slider=(0, 3),
            plausible=(0, 1),
            step=0.1,
            help="New customers whom one loyal customer brings. It enters the comparison of customers alone.",
            source="Assumption: ask every new customer who sent them, and count",
            confidence="assumption",
            group=_FRIENDS,
        ),
    ] = 0.5

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
