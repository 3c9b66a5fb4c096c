"""What an order brings, and what it costs."""

from typing import Annotated

from ownchannel.assumptions import Assumption, Assumptions

_PRICE = "Price"
_COSTS = "What an order costs"
_RETURNS = "Returns"
_CASH = "Cash tied up"


class Order(Assumptions):
    """The price of an order, its costs, its returns, and when the money comes.

    >>> Order(order_value=50, fee_rate=0.15).return_rate
    0
    """

    order_value: Annotated[
        float,
        Assumption(
            label="Order value",
            unit="money an order",
            valid=(0, 1_000_000_000),
            slider=(1, 300),
            plausible=(10, 250),
            step=0.5,
            help="What a customer pays for one order today: shipping charged included, tax excluded, before "
            "returns.",
            source="Your own orders",
            confidence="assumption",
            group=_PRICE,
        ),
    ]
    discount: Annotated[
        float,
        Assumption(
            label="Discount",
            unit="share",
            valid=(-0.5, 0.9),
            slider=(-0.2, 0.4),
            plausible=(-0.1, 0.3),
            step=0.01,
            help="Share off today's price; below 0 a price rise. The goods cost what they cost.",
            source="Your own choice; 0 is today's price",
            confidence="assumption",
            group=_PRICE,
            role="decision",
        ),
    ] = 0
    price_elasticity: Annotated[
        float,
        Assumption(
            label="Price elasticity",
            unit="number",
            valid=(0, 20),
            slider=(0, 5),
            plausible=(0, 4),
            step=0.1,
            help="A price 1% lower brings about this many percent more new customers.",
            source="Assumption: try a price for some weeks, and measure",
            confidence="assumption",
            group=_PRICE,
        ),
    ] = 0
    units_per_order: Annotated[
        float,
        Assumption(
            label="Units an order",
            unit="units",
            valid=(0.01, 100_000),
            slider=(1, 10),
            plausible=(1, 5),
            step=0.1,
            help="Fees by category and refund fees are taken from each unit.",
            source="Your own orders",
            confidence="assumption",
            group=_PRICE,
        ),
    ] = 1
    goods_cost: Annotated[
        float,
        Assumption(
            label="Cost of goods",
            unit="money an order",
            valid=(0, 1_000_000_000),
            slider=(0, 150),
            plausible=(0, 150),
            step=0.5,
            help="What the goods of one order cost you, freight to your warehouse included.",
            source="Your own books; gross margins of 30 to 80% by category, as vendors quote them, 2026-11",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    fee_rate: Annotated[
        float,
        Assumption(
            label="Platform fee",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.3),
            plausible=(0, 0.2),
            step=0.005,
            help="The platform's share of what the customer pays, shipping included.",
            source="Amazon US, 8 to 17% for most categories, as three vendors quote it, 2026-11; none in an "
            "own store",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    fee_category: str | None = None
    """A category of the fee table, in place of `fee_rate`."""
    fee_tax_rate: Annotated[
        float,
        Assumption(
            label="Tax in the fee's base",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.3),
            plausible=(0, 0.27),
            step=0.01,
            help="Where the platform takes its fee from the price with tax: the rate of that tax.",
            source="Value-added tax in the European Union reaches 27%; 0 in the United States, 2026-11",
            confidence="official",
            group=_COSTS,
        ),
    ] = 0
    ad_rate: Annotated[
        float,
        Assumption(
            label="Always-on advertising",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.4),
            plausible=(0, 0.15),
            step=0.005,
            help="Advertising that every order pays, as a share of its value, outside the growth budget.",
            source="5 to 15% of all sales is called healthy by vendors, 2026-11, any growth budget included",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    fulfilment_cost: Annotated[
        float,
        Assumption(
            label="Picking and packing",
            unit="money an order",
            valid=(0, 1_000_000),
            slider=(0, 25),
            plausible=(0, 13),
            step=0.1,
            help="Handling one order; where the platform sends it, its fulfilment fee.",
            source="3.06 to 6.50 dollars a unit, quoted by vendors, for one to two units, 2026-11",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    shipping_cost: Annotated[
        float,
        Assumption(
            label="Postage",
            unit="money an order",
            valid=(0, 1_000_000),
            slider=(0, 25),
            plausible=(0, 15),
            step=0.1,
            help="What you pay the carrier for one order.",
            source="Assumption: a parcel at small-business rates",
            confidence="assumption",
            group=_COSTS,
        ),
    ] = 0
    payment_rate: Annotated[
        float,
        Assumption(
            label="Card fee",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.06),
            plausible=(0, 0.035),
            step=0.001,
            help="The payment provider's share of what the customer pays. It keeps it when goods come back.",
            source="2.4 to 2.9% by plan, up to 0.6 points more with another provider, vendors' price lists, "
            "2026-11",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    payment_fixed: Annotated[
        float,
        Assumption(
            label="Card fee, fixed",
            unit="money an order",
            valid=(0, 1_000_000),
            slider=(0, 1),
            plausible=(0, 0.5),
            step=0.05,
            help="The payment provider's fixed fee for one order.",
            source="30 cents, vendors' price lists, 2026-11",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    service_cost: Annotated[
        float,
        Assumption(
            label="Customer service",
            unit="money an order",
            valid=(0, 1_000_000),
            slider=(0, 10),
            plausible=(0, 5),
            step=0.1,
            help="Answering the customer, for one order in the mean.",
            source="Your own books; the range is an assumption",
            confidence="assumption",
            group=_COSTS,
        ),
    ] = 0
    platform_fee: Annotated[
        float,
        Assumption(
            label="Plan of the platform",
            unit="money a month",
            valid=(0, 1_000_000_000),
            slider=(0, 1_000),
            plausible=(0, 500),
            step=1,
            help="What the platform or the shop software costs a month, whatever you sell.",
            source="39.99 dollars for a professional seller, 39 to 399 for a shop, vendors' lists, 2026-11",
            confidence="vendor",
            group=_COSTS,
        ),
    ] = 0
    return_rate: Annotated[
        float,
        Assumption(
            label="Returns",
            unit="share",
            valid=(0, 1),
            slider=(0, 0.5),
            plausible=(0, 0.3),
            step=0.01,
            help="Money paid back as a share of what was sold, of orders older than 60 days.",
            source="Your own orders; the range is an assumption",
            confidence="assumption",
            group=_RETURNS,
        ),
    ] = 0
    resellable_rate: Annotated[
        float,
        Assumption(
            label="Sold again",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 1),
            step=0.05,
            help="Of the goods that come back, the share that you can sell again.",
            source="Your own books",
            confidence="assumption",
            group=_RETURNS,
        ),
    ] = 0
    return_handling_cost: Annotated[
        float,
        Assumption(
            label="Cost of a return",
            unit="money an order",
            valid=(0, 1_000_000),
            slider=(0, 30),
            plausible=(0, 20),
            step=0.5,
            help="Postage and work for one order that comes back.",
            source="Assumption: a parcel at small-business rates, and a quarter of an hour",
            confidence="assumption",
            group=_RETURNS,
        ),
    ] = 0
    payout_delay: Annotated[
        float,
        Assumption(
            label="Paid a month later",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 1),
            step=0.05,
            help="Share of receipts that the platform pays out a month later.",
            source="Amazon in Europe holds money until 7 days after delivery, by a moderator of its forum, "
            "2026-11: about a third of a month",
            confidence="official",
            group=_CASH,
            role="fear",
        ),
    ] = 0
    stock_lead_months: Annotated[
        int,
        Assumption(
            label="Stock paid ahead",
            unit="months",
            valid=(0, 36),
            slider=(0, 6),
            plausible=(0, 4),
            step=1,
            help="How many months before their sale the goods are paid for.",
            source="Your own books; the range is an assumption",
            confidence="assumption",
            group=_CASH,
            role="fear",
            whole=True,
        ),
    ] = 0
