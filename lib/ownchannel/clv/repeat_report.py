"""A marketplace's own report of repeat customers, for channels whose buyers have no key."""

import datetime as dt
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class ReportedRepeats:
    """What a marketplace says of the customers of its latest period, all products together."""

    share: float
    """Of a product's customers, those who bought it more than once in the period."""
    customers: int
    ends_on: dt.date | None


def reported_repeats(repeat_rates: pa.Table, channel: str) -> ReportedRepeats | None:
    """The share of repeat customers in the latest report of a channel; None where there is no report.

    `repeat_rates` is the table of `Orders.repeat_rates`. A report of "Amazon" stands for "Amazon.com", for it
    does not say the country. A product counts by its customers. Who buys two products is no repeat customer
    of either, and only the period itself is looked at: a lower bound of those who ever come back.

    >>> from ownchannel.orders.saved import sample_orders
    >>> found = reported_repeats(sample_orders().repeat_rates, "Amazon.com")
    >>> found.customers, round(found.share, 4)
    (471, 0.0064)
    >>> reported_repeats(sample_orders().repeat_rates, "Etsy") is None
    True
    """
    names = [
        name
        for name in repeat_rates["channel"].unique().to_pylist()
        if channel == name or channel.startswith(f"{name}.")
    ]
    its = repeat_rates.filter(pc.is_in(repeat_rates["channel"], pa.array(names, pa.string())))
    ends_on = pc.max(its["ends_on"]).as_py()
    if ends_on is not None:
        its = its.filter(pc.equal(its["ends_on"], ends_on))
    customers = pc.sum(its["customers"]).as_py() or 0
    if not customers:
        return None
    repeats = pc.sum(pc.multiply(its["repeat_customers_share"], its["customers"])).as_py()
    return ReportedRepeats(repeats / customers, customers, ends_on)
