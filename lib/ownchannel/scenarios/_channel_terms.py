"""What every channel has: orders and their costs, customers, advertising, repeat orders."""

from functools import partial
from typing import Self

from pydantic import model_validator

from ownchannel.assumptions import Assumptions, Quantity, assumption
from ownchannel.scenarios._purchase_curve import FittedPurchases

_price = partial(assumption, group="Price")
_costs = partial(assumption, group="What an order costs")
_returns = partial(assumption, group="Returns")
_cash = partial(assumption, group="Cash tied up", role="fear")
_customers = partial(assumption, group="Customers")
_advertising = partial(assumption, group="Advertising")
_repeat = partial(assumption, group="Repeat orders")

_ANY_SUM = (0, 1_000_000_000)


class Order(Assumptions):
    """The price of an order, its costs, its returns, and when the money comes.

    >>> Order(order_value=50, fee_rate=0.15).return_rate
    0
    """

    order_value: float = _price(
        Quantity(
            "Order value", None, "money per order", valid=_ANY_SUM, slider=(1, 300), plausible=(10, 250)
        ),
        help="What a customer pays for one order today: shipping charged included, tax excluded, before "
        "returns.",
        source="Your own orders",
    )
    discount: float = _price(
        Quantity("Discount", 0, "share", valid=(-0.5, 0.9), slider=(-0.2, 0.4), plausible=(-0.1, 0.3)),
        help="Share off today's price; below 0 it is a price rise. The cost of goods stays the same.",
        source="Your own choice; 0 is today's price",
        role="decision",
    )
    price_elasticity: float = _price(
        Quantity("Price elasticity", 0, "number", slider=(0, 5), plausible=(0, 4), step=0.1),
        help="A price that is 1% lower brings about this many percent more new customers.",
        source="Assumption: try another price for some weeks, and measure",
    )
    units_per_order: float = _price(
        Quantity("Units per order", 1, "units", slider=(1, 10), plausible=(1, 5)),
        help="How many units one order holds. Fees by category and refund fees are charged per unit.",
        source="Your own orders",
    )
    goods_cost: float = _costs(
        Quantity("Cost of goods", 0, "money per order", valid=_ANY_SUM, slider=(0, 150), plausible=(0, 150)),
        help="What the goods of one order cost you, freight to your warehouse included.",
        source="Your own books; gross margins of 30 to 80% by category, as vendors quote them, 2026-11",
        confidence="vendor",
    )
    fee_rate: float = _costs(
        Quantity("Platform fee", 0, "share", slider=(0, 0.3), plausible=(0, 0.2), step=0.005),
        help="The platform's share of what the customer pays, shipping included.",
        source="Amazon US: 8 to 17% for most categories, as three vendors quote it, 2026-11; none in an own "
        "store",
        confidence="vendor",
    )
    fee_category: str | None = None
    """A category of the fee table, in place of `fee_rate`."""
    fee_tax_rate: float = _costs(
        Quantity("Tax in the fee's base", 0, "share", slider=(0, 0.3), plausible=(0, 0.27)),
        help="The tax rate, where the platform charges its fee on the price with tax.",
        source="Value-added tax in the European Union reaches 27%; 0 in the United States, 2026-11",
        confidence="official",
    )
    ad_rate: float = _costs(
        Quantity("Always-on advertising", 0, "share", slider=(0, 0.4), plausible=(0, 0.15), step=0.005),
        help="Advertising that runs all the time, as a share of order value. It is not in the growth budget.",
        source="5 to 15% of all sales is called healthy by vendors, 2026-11, any growth budget included",
        confidence="vendor",
    )
    fulfilment_cost: float = _costs(
        Quantity("Picking and packing", 0, "money per order", slider=(0, 25), plausible=(0, 13), step=0.1),
        help="What handling one order costs; where the platform sends it, its fulfilment fee.",
        source="3.06 to 6.50 dollars per unit, quoted by vendors, for one to two units, 2026-11",
        confidence="vendor",
    )
    shipping_cost: float = _costs(
        Quantity("Postage", 0, "money per order", slider=(0, 25), plausible=(0, 15), step=0.1),
        help="What you pay the carrier for one order.",
        source="Assumption: a parcel at small-business rates",
    )
    payment_rate: float = _costs(
        Quantity("Card fee", 0, "share", slider=(0, 0.06), plausible=(0, 0.035), step=0.001),
        help="The payment provider's share of what the customer pays. You do not get it back for returns.",
        source="2.4 to 2.9% by plan, up to 0.6 percentage points more with another provider, vendors' price "
        "lists, 2026-11",
        confidence="vendor",
    )
    payment_fixed: float = _costs(
        Quantity("Card fee, fixed", 0, "money per order", slider=(0, 1), plausible=(0, 0.5), step=0.05),
        help="The payment provider's fixed fee for one order.",
        source="30 cents, vendors' price lists, 2026-11",
        confidence="vendor",
    )
    service_cost: float = _costs(
        Quantity("Customer service", 0, "money per order", slider=(0, 10), plausible=(0, 5), step=0.1),
        help="What answering customers costs per order, on average.",
        source="Your own books; the range is an assumption",
    )
    platform_fee: float = _costs(
        Quantity("Platform's monthly fee", 0, "money a month", slider=(0, 1_000), plausible=(0, 500), step=1),
        help="What the platform or the shop software costs a month, whatever you sell.",
        source="39.99 dollars for a professional seller, 39 to 399 for a shop, vendors' lists, 2026-11",
        confidence="vendor",
    )
    return_rate: float = _returns(
        Quantity("Returns", 0, "share", slider=(0, 0.5), plausible=(0, 0.3)),
        help="Money paid back as a share of what was sold, of orders older than 60 days.",
        source="Your own orders; the range is an assumption",
    )
    resellable_rate: float = _returns(
        Quantity("Returns sold again", 0, "share", plausible=(0, 1), step=0.05),
        help="The share of returned goods that you can sell again.",
        source="Your own books",
    )
    return_handling_cost: float = _returns(
        Quantity("Cost of a return", 0, "money per order", slider=(0, 30), plausible=(0, 20)),
        help="Postage and work for one returned order.",
        source="Assumption: a parcel at small-business rates, and a quarter of an hour",
    )
    payout_delay: float = _cash(
        Quantity("Paid out a month later", 0, "share", plausible=(0, 1), step=0.05),
        help="Share of receipts that the platform pays out a month later.",
        source="Amazon in Europe holds money until 7 days after delivery, by a moderator of its forum, "
        "2026-11: about a third of a month",
        confidence="official",
    )
    stock_lead_months: int = _cash(
        Quantity("Stock paid ahead", 0, "months", valid=(0, 36), slider=(0, 6), plausible=(0, 4), whole=True),
        help="How many months before their sale the goods are paid for.",
        source="Your own books; the range is an assumption",
    )


class Customers(Assumptions):
    """New customers whom no advertising claims, and the customers of today.

    >>> Customers(organic_customers=120).existing_customers
    0
    """

    organic_customers: float = _customers(
        Quantity("Organic customers", 0, "customers a month", slider=(0, 2_000), plausible=(0, 1_500)),
        help="New customers a month who come without advertising: search, word of mouth, the press.",
        source="Your own orders: all new customers less those credited to advertising",
    )
    organic_growth: float = _customers(
        Quantity(
            "Organic growth",
            0,
            "share a month",
            valid=(-0.5, 0.5),
            slider=(-0.05, 0.1),
            plausible=(-0.02, 0.04),
        ),
        help="How much the organic customers grow from one month to the next; below 0 they fall.",
        source="Assumption: from a fifth less to six tenths more in a year",
    )
    growth_fade: float = _customers(
        Quantity("Growth kept each month", 1, "share", slider=(0.5, 1), plausible=(0.8, 1)),
        help="Growth fades: each month keeps this share of the growth rate of the month before. At 90% half "
        "of the growth is gone in seven months; at 100% it never fades.",
        source="Assumption: 90%. Fading growth forecast better than constant growth in the M3 and M4 "
        "competitions (Gardner & McKenzie 1985, Forecasting trends in time series)",
    )
    existing_customers: float = _customers(
        Quantity("Active customers today", 0, "customers", slider=(0, 20_000), plausible=(0, 15_000)),
        help="How many of your past buyers will probably buy again. Not all of last year's buyers will.",
        source="Your own orders: the sum of each customer's probability of being active",
    )


class Advertising(Assumptions):
    """Today's spend, what it wins, and how that changes with more of it.

    >>> Advertising(reference_spend=2_000, cac=40).ad_incrementality
    1
    """

    reference_spend: float = _advertising(
        Quantity("Advertising today", 0, "money a month", slider=(0, 20_000), plausible=(0, 15_000)),
        help="What you spend a month today to win customers here. The growth budget of its kind is shared "
        "out in proportion to it.",
        source="Your own books",
    )
    cac: float = _advertising(
        Quantity("Cost per new customer", 0, "money per customer", slider=(1, 150), plausible=(5, 95)),
        help="Advertising spend for each new customer whom the platform credits to it (CAC), at today's "
        "spend. 0 means not given.",
        source="53 to 91 dollars in own stores by category, as a vendor quotes it, 2024; less on a "
        "marketplace, where buyers are already there: assumption",
        confidence="vendor",
    )
    spend_elasticity: float = _advertising(
        Quantity("Response to more spend", 1, "number", valid=(0.01, 1), slider=(0.3, 1), plausible=(0.5, 1)),
        help="Above today's spend, 1% more of it brings this many percent more customers. At 1 each next "
        "customer costs no more than the last; below 1 each costs more.",
        source="Assumption: no elasticity of spend for small brands is published; below 1 by experience",
    )
    ad_incrementality: float = _advertising(
        Quantity("Came only because of ads", 1, "share", plausible=(0.3, 1), step=0.05),
        help="Of the new customers whom the platform credits to ads, the share who would not have come "
        "anyway. It often decides the answer.",
        source="Assumption: pause the advertising in some regions, and measure",
        role="fear",
    )
    cac_inflation: float = _advertising(
        Quantity(
            "Ads get more expensive",
            0,
            "share a year",
            valid=(-0.5, 1),
            slider=(0, 0.3),
            plausible=(0, 0.2),
        ),
        help="How much more a customer costs to win each year.",
        source="Assumption: no trustworthy series is published",
        role="fear",
    )
    ramp_months: float = _advertising(
        Quantity(
            "Time to take effect", 0, "months", valid=(0, 120), slider=(0, 12), plausible=(0, 6), step=0.5
        ),
        help="After this long a change of spend has 63% of its full effect. 0 means at once.",
        source="Assumption: a few months of learning for a new campaign",
        role="fear",
    )
    rank_effect: float = _advertising(
        Quantity(
            "Sales lift search rank",
            0,
            "number",
            valid=(0, 2),
            slider=(0, 0.5),
            plausible=(0, 0.3),
            step=0.01,
        ),
        help="1% more new customers than today bring this many percent more organic ones, through a better "
        "rank in search; likewise for fewer.",
        source="Assumption: no platform publishes how sales move the rank",
    )

    @model_validator(mode="after")
    def _spend_has_a_cost_a_customer(self) -> Self:
        if self.reference_spend > 0 and self.cac == 0:
            raise ValueError("Advertising today is above 0: say what a new customer costs, too.")
        return self


class Repeat(Assumptions):
    """How customers of a channel order again.

    >>> Repeat(repeat_rate=0.28).days_between_orders
    90
    """

    repeat_rate: float = _repeat(
        Quantity("Ever order again", 0, "share", slider=(0, 0.8), plausible=(0.1, 0.65)),
        help="The share of customers who order again after any order, ever.",
        source="10% for luxury, 21 to 31.5% for most brands, 65% for groceries, as vendors quote them "
        "without saying over what time, 2026-11",
        confidence="vendor",
    )
    days_between_orders: float = _repeat(
        Quantity("Days between orders", 90, "days", slider=(7, 365), plausible=(20, 300)),
        help="The average time from one order to the next while a customer is active. It moves orders in "
        "time and does not change how many there are in the end.",
        source="Assumption, until your orders show it",
    )
    purchase_model: FittedPurchases | None = None
    """A model fitted to orders: it takes the place of the two numbers."""
