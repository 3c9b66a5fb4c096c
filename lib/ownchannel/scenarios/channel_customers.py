"""Who comes to a channel without being paid for, and who is there already."""

from typing import Annotated

from ownchannel.assumptions import Assumption, Assumptions

_CUSTOMERS = "Customers"


class Customers(Assumptions):
    """New customers whom no advertising claims, and the customers of today.

    >>> Customers(organic_customers=120).existing_customers
    0
    """

    organic_customers: Annotated[
        float,
        Assumption(
            label="Organic customers",
            unit="customers a month",
            valid=(0, 1_000_000_000),
            slider=(0, 2_000),
            plausible=(0, 1_500),
            step=5,
            help="New customers a month whom no advertising claims: search, word of mouth, the press.",
            source="Your own orders: all new customers less those that advertising claims",
            confidence="assumption",
            group=_CUSTOMERS,
        ),
    ] = 0
    organic_growth: Annotated[
        float,
        Assumption(
            label="Organic growth",
            unit="share a month",
            valid=(-0.5, 0.5),
            slider=(-0.05, 0.1),
            plausible=(-0.02, 0.04),
            step=0.001,
            help="How much the organic customers grow from one month to the next; below 0 they fall.",
            source="Assumption: from a fifth less to six tenths more in a year",
            confidence="assumption",
            group=_CUSTOMERS,
        ),
    ] = 0
    existing_customers: Annotated[
        float,
        Assumption(
            label="Active customers today",
            unit="customers",
            valid=(0, 1_000_000_000),
            slider=(0, 20_000),
            plausible=(0, 15_000),
            step=50,
            help="The expected number of today's customers who are customers still, not all of last year's "
            "buyers.",
            source="Your own orders: the sum of each customer's probability of being active",
            confidence="assumption",
            group=_CUSTOMERS,
        ),
    ] = 0
