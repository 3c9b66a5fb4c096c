"""Who comes to a channel without being paid for, and who is there already."""

from typing import Annotated, Self

from pydantic import model_validator

from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.scenarios._purchase_curve import FittedPurchases

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


# ------------------------ What advertising brings to a channel, and what it would have had anyway

_ADVERTISING = "Advertising"


class Advertising(Assumptions):
    """Today's spend, what it wins, and how that changes with more of it.

    >>> Advertising(reference_spend=2_000, cac=40).ad_incrementality
    1
    """

    reference_spend: Annotated[
        float,
        Assumption(
            label="Advertising today",
            unit="money a month",
            valid=(0, 1_000_000_000),
            slider=(0, 20_000),
            plausible=(0, 15_000),
            step=100,
            help="What you spend a month today to win customers here. The growth budget of its kind is "
            "shared out in proportion to it.",
            source="Your own books",
            confidence="assumption",
            group=_ADVERTISING,
        ),
    ] = 0
    cac: Annotated[
        float,
        Assumption(
            label="Cost to win a customer",
            unit="money a customer",
            valid=(0, 1_000_000),
            slider=(1, 150),
            plausible=(5, 95),
            step=0.5,
            help="Today's spend for each customer whom the platform's report says it brought. 0 means not "
            "given.",
            source="53 to 91 dollars in own stores by category, as a vendor quotes them, 2024; less on a "
            "marketplace, where the buyer is there already: assumption",
            confidence="vendor",
            group=_ADVERTISING,
        ),
    ] = 0
    spend_elasticity: Annotated[
        float,
        Assumption(
            label="Effect of more spend",
            unit="number",
            valid=(0.01, 1),
            slider=(0.3, 1),
            plausible=(0.5, 1),
            step=0.05,
            help="Beyond today's spend, 1% more of it brings this many percent more customers. 1 means that "
            "each next customer costs no more than the last.",
            source="Assumption: no elasticity of spend for small brands is published; below 1 by experience",
            confidence="assumption",
            group=_ADVERTISING,
        ),
    ] = 1
    ad_incrementality: Annotated[
        float,
        Assumption(
            label="Brought by advertising",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0.3, 1),
            step=0.05,
            help="Of the customers whom the platform's report claims, the share who would not have come "
            "anyway. It often decides the answer.",
            source="Assumption: pause the advertising in some regions, and measure",
            confidence="assumption",
            group=_ADVERTISING,
            role="fear",
        ),
    ] = 1
    cac_inflation: Annotated[
        float,
        Assumption(
            label="Advertising gets dearer",
            unit="share a year",
            valid=(-0.5, 1),
            slider=(0, 0.3),
            plausible=(0, 0.2),
            step=0.01,
            help="How much more a customer costs to win each year.",
            source="Assumption: no trustworthy series is published",
            confidence="assumption",
            group=_ADVERTISING,
            role="fear",
        ),
    ] = 0
    ramp_months: Annotated[
        float,
        Assumption(
            label="Time to take effect",
            unit="months",
            valid=(0, 120),
            slider=(0, 12),
            plausible=(0, 6),
            step=0.5,
            help="A change of spend has done 63% of its work after this long. 0 means at once.",
            source="Assumption: a few months of learning for a new campaign",
            confidence="assumption",
            group=_ADVERTISING,
            role="fear",
        ),
    ] = 0
    rank_effect: Annotated[
        float,
        Assumption(
            label="Sales lift the rank",
            unit="number",
            valid=(0, 2),
            slider=(0, 0.5),
            plausible=(0, 0.3),
            step=0.01,
            help="1% more or fewer new customers than today bring this many percent more or fewer organic "
            "ones, through the rank in search.",
            source="Assumption: no platform publishes how sales move the rank",
            confidence="assumption",
            group=_ADVERTISING,
        ),
    ] = 0

    @model_validator(mode="after")
    def _spend_has_a_cost_a_customer(self) -> Self:
        if self.reference_spend > 0 and self.cac == 0:
            raise ValueError(
                "cac is missing: where reference_spend is above 0, say what a customer costs to win."
            )
        return self


# ------------------------ Who comes back, and when

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
