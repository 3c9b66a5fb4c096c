"""What a customer costs to win, and what each of the customer's orders leaves, by channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from ownchannel.assumptions import Quantity, assumption
from ownchannel.clv import LONGEST, OrderTerms, RepeatCurve, payback_month
from ownchannel.formats import Shown, count
from ownchannel.marketplace._economics import MEASURED, Economics

_value = partial(assumption, group="How value is counted")
_winning = partial(assumption, group="What it costs to win a customer")
_no_key = partial(assumption, group="Where files do not show who bought")

#: The settings of advertising by kind of channel, and those of winning a customer that take their place.
COST_TO_WIN = {"marketplace": "marketplace_cac", "owned": "owned_cac"}
AD_RATES = {"marketplace": "marketplace_ad_rate", "owned": "owned_ad_rate"}

#: The share of new customers that advertising is credited with: an assumption, the same in every workbook.
CREDITED_TO_ADS = 0.5


class CustomerEconomics(Economics):
    """What an order costs, what a customer costs to win, and how later money counts.

    Advertising is what wins customers: here it is the cost to win one, and no cost of later orders.
    """

    horizon_months: float = _value(
        Quantity("Horizon", 24, "months", valid=(1, LONGEST), slider=(3, LONGEST), plausible=(12, 36)),
        help="How long a new customer's orders count. Later orders are left out.",
        source="Convention: one to three years for small brands",
    )
    discount_rate: float = _value(
        Quantity("Discount rate", 0.10, "share a year", slider=(0, 0.4), plausible=(0.05, 0.2)),
        help="What waiting a year for money costs you: about the interest on a loan.",
        source="Assumption: what small firms pay to borrow",
    )
    marketplace_cac: float = _winning(
        Quantity(
            "Cost per new customer, marketplace",
            6.0,
            "money per customer",
            slider=(0, 100),
            plausible=(2, 20),
        ),
        help="Marketplace advertising for each new customer: customer acquisition cost (CAC).",
        source="Assumption: a tenth of what a customer spends",
    )
    owned_cac: float = _winning(
        Quantity(
            "Cost per new customer, own store", 20.0, "money per customer", slider=(0, 100), plausible=(5, 60)
        ),
        help="Own-store advertising for each new customer: customer acquisition cost (CAC).",
        source="Assumption; vendors quote 58 dollars per new customer for household goods, 2024",
    )
    returning_share: float = _no_key(
        Quantity("Repeat rate, assumed", 0.15, "share", slider=(0, 0.6), plausible=(0.05, 0.3)),
        help="Share of new customers who order again within a year, used where no file shows it. Each is "
        "assumed to place one more order.",
        source="Assumption: no reliable rate is published",
    )

    def cost_to_win(self, kind: str) -> float:
        """What a new customer costs on a kind of channel."""
        return float(getattr(self, COST_TO_WIN[kind]))


@dataclass(frozen=True, repr=False)
class Worth(Shown):
    """What a new customer of a channel leaves, month by month, and costs to win."""

    channel: str
    kind: str
    by_month: pd.DataFrame
    """As `RepeatCurve.value` gives it, up to the horizon."""
    cost: float

    def __str__(self) -> str:
        within = count(len(self.by_month) - 1, "month")
        left = f"{self.at_horizon('expected'):,.2f} within {within}"
        return f"A new customer of {self.channel} leaves {left} and costs {self.cost:,.2f} to win."

    def at_horizon(self, column: str) -> float:
        """The last month's `orders`, `expected`, `lower` or `upper`."""
        return float(self.by_month[column].iloc[-1])

    @property
    def has_range(self) -> bool:
        """Whether a model says how sure the value is."""
        return self.at_horizon("lower") < self.at_horizon("upper")

    @property
    def after_cost(self) -> pd.Series:
        """By month what is left after the cost to win the customer."""
        return self.by_month["expected"] - self.cost

    @property
    def kept(self) -> float:
        """What is left after the cost at the horizon."""
        return float(self.after_cost.iloc[-1])

    @property
    def paid_back(self) -> int | None:
        """The month in which the cost has come back, 0 with the first order; None beyond the horizon."""
        return payback_month(self.by_month["expected"], self.cost)


def worth_by_channel(
    curves: Mapping[str, RepeatCurve],
    kinds: Mapping[str, str],
    terms: Mapping[str, OrderTerms],
    economics: CustomerEconomics,
) -> list[Worth]:
    """Of each channel that has terms, the dearest customers first."""
    horizon = int(economics.horizon_months)
    found = [
        Worth(name, kinds[name], curves[name].value(horizon, term), economics.cost_to_win(kinds[name]))
        for name, term in terms.items()
    ]
    return sorted(found, key=lambda worth: -worth.at_horizon("expected"))


def order_terms(months: pd.DataFrame, economics: CustomerEconomics) -> dict[str, OrderTerms]:
    """By channel what an order leaves: a share of its net value, less what every order costs.

    `months` is the table of `channel_months` in one currency. Goods and fees in percent grow with the value;
    parcels, whether booked or assumed, less the shipping that buyers pay, are a cost of each order. So
    margin rate × net value − cost × orders is what `contribution_by_month` gives without advertising.
    Channels that sold nothing of value are left out.

    >>> sold = {"orders": 10, "orders_sent": 0, "item_value": 1000, "net_value": 900, "shipping": 50}
    >>> sold |= {"channel": "Shop", "kind": "owned", "fee": 20, "fulfilment": 0, "fee_base_told": 950}
    >>> sold |= {"goods": 0, "goods_base_told": 0}
    >>> order_terms(pd.DataFrame([sold]), CustomerEconomics(goods_cost_rate=0.5))["Shop"].cost_per_order
    4.0
    """
    sums = months.groupby(["channel", "kind"])[[*MEASURED, "fulfilment"]].sum().astype(float).reset_index()
    sums = sums[(sums["net_value"] > 0) & (sums["orders"] > 0)]
    rented = (sums["kind"] == "marketplace").to_numpy(dtype=bool)
    fee_rate = np.where(rented, economics.marketplace_fee_rate, economics.owned_payment_rate)
    parcel = np.where(rented, economics.marketplace_fulfilment, economics.owned_fulfilment)
    fees = sums["fee"] - sums["fulfilment"]
    fees += fee_rate * (sums["net_value"] + sums["shipping"] - sums["fee_base_told"])
    parcels = sums["fulfilment"] + parcel * (sums["orders"] - sums["orders_sent"])
    goods = sums["goods"] + economics.goods_cost_rate * (sums["item_value"] - sums["goods_base_told"])
    margin = 1 - (goods + fees) / sums["net_value"]
    each = (parcels - sums["shipping"]) / sums["orders"]
    return {
        channel: OrderTerms(min(rate, 1.0), cost, economics.discount_rate)
        for channel, rate, cost in zip(sums["channel"], margin, each, strict=True)
    }


def revenue_a_new_customer(months: pd.DataFrame) -> dict[str, float]:
    """By kind of channel all net value over all new customers: advertising's share of it wins one.

    Of orders without a buyer's key, as many are taken for first orders as of those with one.

    >>> sold = {"channel": "Shop", "kind": "owned", "orders": 10, "identified_orders": 8, "first_orders": 6}
    >>> revenue_a_new_customer(pd.DataFrame([sold | {"net_value": 900}]))
    {'owned': 120.0}
    """
    sums = months.groupby(["channel", "kind"])[
        ["orders", "identified_orders", "first_orders", "net_value"]
    ].sum()
    known = sums["identified_orders"].where(sums["identified_orders"] > 0)
    first = (sums["first_orders"] / known).fillna(1.0).astype(float)
    new = (first * sums["orders"]).groupby("kind").sum()
    value = sums["net_value"].astype(float).groupby("kind").sum()
    return {str(kind): float(value[kind] / new[kind]) for kind in new.index if new[kind] > 0}
