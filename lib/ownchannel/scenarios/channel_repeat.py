"""Who comes back, and when: two plain numbers, or a model fitted to orders."""

from typing import Annotated

from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.scenarios.purchase_curve import FittedPurchases

_REPEAT = "Repeat orders"


class Repeat(Assumptions):
    """How customers of a channel order again.

    >>> Repeat(repeat_rate=0.28).days_between_orders
    90
    """

    repeat_rate: Annotated[
        float,
        Assumption(
            label="Come back",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.8),
            plausible=(0.1, 0.65),
            step=0.01,
            help="After any order, the share of customers who ever order again.",
            source="10% for luxury, 21 to 31.5% for most brands, 65% for groceries, as vendors quote them "
            "without saying over what time, 2026-11",
            confidence="vendor",
            group=_REPEAT,
        ),
    ] = 0
    days_between_orders: Annotated[
        float,
        Assumption(
            label="Days between orders",
            unit="days",
            valid=(1, 36_525),
            slider=(7, 365),
            plausible=(20, 300),
            step=1,
            help="From an order to the next, in the mean, while a customer is active. It moves orders in "
            "time, and does not change how many there are in the end.",
            source="Assumption, until orders with customer keys tell it",
            confidence="assumption",
            group=_REPEAT,
        ),
    ] = 90
    purchase_model: FittedPurchases | None = None
    """A model fitted to orders: it takes the place of the two numbers."""
