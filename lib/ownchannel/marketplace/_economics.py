"""What an order costs on either kind of channel and what it leaves, and what marketplaces booked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.assumptions import Assumptions, Quantity, assumption
from ownchannel.formats import Shown, money
from ownchannel.orders import Event, Part, day

#: The columns of `channel_months` that contribution is made of.
MEASURED = (
    *("item_value", "net_value", "shipping", "orders", "orders_sent", "fee", "fee_base_told"),
    *("goods", "goods_base_told"),
)

_order = partial(assumption, group="What an order costs")
_marketplace = partial(assumption, group="On the marketplace")
_owned = partial(assumption, group="In your own store")


class Economics(Assumptions):
    """Costs that an order causes, where no file shows them.

    >>> Economics(marketplace_fee_rate=0.12).owned_payment_rate
    0.029
    """

    goods_cost_rate: float = _order(
        Quantity("Cost of goods", 0.45, "share", slider=(0.1, 0.8), plausible=(0.45, 0.65)),
        help="What the goods cost you, as a share of their price before discounts. Used for products whose "
        "cost is in no file. Returned goods count as lost.",
        source="Vendors quote gross margins of 35 to 55% for home goods, November 2026",
        confidence="vendor",
    )
    marketplace_fee_rate: float = _marketplace(
        Quantity("Referral fee", 0.15, "share", slider=(0, 0.3), plausible=(0.08, 0.17), step=0.005),
        help="The marketplace's share of what the buyer pays, shipping included. Used for orders whose fee "
        "is in no file.",
        source="Amazon US: 8 to 17% by category, 15% for home, as three vendors quote it, November 2026",
        confidence="vendor",
    )
    marketplace_fulfilment: float = _marketplace(
        Quantity(
            "Marketplace fulfilment", 6.0, "money per order", slider=(0, 25), plausible=(3, 13), step=0.1
        ),
        help="Picking, packing and sending one order. Used for orders whose fulfilment fee is in no file.",
        source="Vendors quote 3.06 to 6.50 dollars per unit, here for one to two units, November 2026",
        confidence="vendor",
    )
    marketplace_ad_rate: float = _marketplace(
        Quantity(
            "Marketplace advertising", 0.10, "share", slider=(0, 0.4), plausible=(0.05, 0.15), step=0.005
        ),
        help="What you spend on marketplace ads, as a share of all your sales there.",
        source="Vendors call 5 to 15% healthy, November 2026",
        confidence="vendor",
    )
    owned_payment_rate: float = _owned(
        Quantity("Card fee", 0.029, "share", slider=(0, 0.06), plausible=(0.024, 0.029), step=0.001),
        help="The payment provider's share of what the buyer pays. Used for orders whose fee is in no file.",
        source="2.4 to 2.9% by plan, from vendors' price lists, November 2026",
        confidence="vendor",
    )
    owned_fulfilment: float = _owned(
        Quantity("Own-store fulfilment", 9.0, "money per order", slider=(0, 25), plausible=(4, 15), step=0.1),
        help="Picking, packing and postage of one order, including the card's fixed 30 cents where the card "
        "fee is in no file.",
        source="Assumption: one parcel at small-business rates",
    )
    owned_ad_rate: float = _owned(
        Quantity("Own-store advertising", 0.18, "share", slider=(0, 0.5), plausible=(0.05, 0.35), step=0.005),
        help="What you spend to bring buyers to your own store, as a share of all your sales there.",
        source="Assumption; vendors quote 58 dollars per new customer for household goods, 2024",
    )


def contribution_by_month(months: pd.DataFrame, economics: Economics) -> pd.DataFrame:
    """What each channel's orders leave, by month: the columns of `channel_months` that matter, as floats.

    `months` is the table of `channel_months`, in one currency. The result has `month, channel, kind, orders,
    revenue, fee_base, fee_base_told, fees_told, fees_assumed, goods_base, goods_base_told, contribution`, in
    the order of `months`. Revenue is the net value of goods; the fee base adds the shipping that buyers pay.
    Fees are those booked where a file includes them, and the assumed rate of the fee base for the rest; goods
    cost what a file says, and the assumed rate of the item value of the rest; parcels cost the assumed money
    for each order that the platform did not send for a booked fee.
    contribution = fee base − goods − booked and assumed fees − parcels − advertising.

    >>> sold = {"month": "2026-01-01", "channel": "Shop", "kind": "owned", "orders": 10, "orders_sent": 0}
    >>> sold |= {"item_value": 1000, "net_value": 900, "shipping": 50, "fee": 20, "fee_base_told": 750}
    >>> sold |= {"goods": 360, "goods_base_told": 900}
    >>> months = pd.DataFrame([sold])
    >>> found = contribution_by_month(months, Economics()).iloc[0]
    >>> found[["fees_told", "fees_assumed", "contribution"]].astype(float).round(2).tolist()
    [20.0, 5.8, 267.2]
    """
    item_value, revenue, shipping, orders, sent, fees_told, fee_base_told, goods_told, goods_base_told = (
        months[name].astype("float64").to_numpy() for name in MEASURED
    )
    rented = (months["kind"] == "marketplace").to_numpy(dtype=bool)
    fee_base = revenue + shipping
    fee_rate = np.where(rented, economics.marketplace_fee_rate, economics.owned_payment_rate)
    ad_rate = np.where(rented, economics.marketplace_ad_rate, economics.owned_ad_rate)
    parcel = np.where(rented, economics.marketplace_fulfilment, economics.owned_fulfilment)
    fees_assumed = fee_rate * (fee_base - fee_base_told)
    goods = goods_told + economics.goods_cost_rate * (item_value - goods_base_told)
    costs = goods + parcel * (orders - sent) + ad_rate * revenue
    return months[["month", "channel", "kind"]].assign(
        orders=orders,
        revenue=revenue,
        fee_base=fee_base,
        fee_base_told=fee_base_told,
        fees_told=fees_told,
        fees_assumed=fees_assumed,
        goods_base=item_value,
        goods_base_told=goods_base_told,
        contribution=fee_base - fees_told - fees_assumed - costs,
    )


class Use(StrEnum):
    """What became of the money that buyers paid, as it is shown: cash that only moved last.

    >>> print(Use.FEES)
    selling fees
    """

    SALES = "sales"
    REFUNDS = "refunds"
    FEES = "selling fees"
    FULFILMENT = "fulfilment"
    ADVERTISING = "advertising"
    ACCOUNT = "storage and subscription"
    REIMBURSEMENTS = "reimbursements"
    TAXES = "taxes"
    UNCLASSIFIED = "unclassified"
    TRANSFERS = "transfers"


USES = tuple(Use)

_OF_ORDERS: dict[Part, Use] = {
    "fee": Use.FEES,
    "fulfilment": Use.FULFILMENT,
    "tax": Use.TAXES,
    "advertising": Use.ADVERTISING,
    "reimbursement": Use.REIMBURSEMENTS,
    "transfer": Use.TRANSFERS,
    "unclassified": Use.UNCLASSIFIED,
}
_PAID: tuple[Part, ...] = ("goods", "shipping", "discount")


@dataclass(frozen=True, repr=False)
class Booked(Shown):
    """What one or more marketplaces booked in one currency.

    `table` has a row for each channel and use of the money that was booked: `channel, use, amount`, amounts
    exact and positive where they are the seller's.
    """

    table: pd.DataFrame
    currency: str
    first_day: date
    last_day: date

    def __str__(self) -> str:
        sold, left = (money(amount, self.currency) for amount in (self.total(Use.SALES), self.left()))
        return f"Of {sold} in sales {left} remained, {day(self.first_day)} to {day(self.last_day)}."

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def total(self, use: str) -> Decimal:
        """What was booked for one use, on all channels."""
        return sum(self.table.loc[self.table["use"] == use, "amount"], Decimal(0))

    def left(self) -> Decimal:
        """What remained of the sales: everything but transfers, which only move what is left."""
        return sum(self.table.loc[self.table["use"] != Use.TRANSFERS, "amount"], Decimal(0))

    def share(self, use: str) -> float:
        """What was booked for one use as a share of the sales, positive where it is the seller's."""
        return float(self.total(use) / self.total(Use.SALES))


def what_was_booked(entries: pa.Table, currency: str) -> Booked | None:
    """What marketplaces booked in one currency, or None where no file has a sale there.

    `entries` is the table of `Orders.entries`. Sales are goods and shipping less discounts, refunds what was
    given back of them; taxes are those collected less those withheld.

    >>> from ownchannel.orders import sample_orders
    >>> found = what_was_booked(sample_orders().entries, "EUR")
    >>> found
    Of €9,715 in sales €5,771 remained, 3 Aug 2026 to 1 Oct 2026.
    >>> found.total(Use.SALES), found.total(Use.ADVERTISING), round(found.share(Use.FEES), 2)
    (Decimal('9714.690000'), Decimal('-1169.280000'), -0.15)
    """
    wanted = pc.and_(pc.equal(entries["kind"], "marketplace"), pc.equal(entries["currency"], currency))
    entries = entries.filter(wanted)
    sums = entries.group_by(["channel", "event", "part"]).aggregate([("amount", "sum")]).to_pylist()
    amounts: dict[tuple[str, Use], Decimal] = {}
    for row in sums:
        use = row["channel"], _use(row["event"], row["part"])
        amounts[use] = amounts.get(use, Decimal(0)) + row["amount_sum"]
    rows = sorted(
        ((channel, use, amount) for (channel, use), amount in amounts.items() if amount),
        key=lambda row: (row[0], USES.index(row[1])),
    )
    booked = Booked(
        pd.DataFrame(rows, columns=["channel", "use", "amount"]),
        currency,
        pc.min(entries["posted_on"]).as_py(),
        pc.max(entries["posted_on"]).as_py(),
    )
    return booked if booked.total(Use.SALES) > 0 else None


def _use(event: Event, part: Part) -> Use:
    if part in _PAID:
        return {"sale": Use.SALES, "refund": Use.REFUNDS, "account": Use.UNCLASSIFIED}[event]
    if event == "account" and part in ("fee", "fulfilment"):
        return Use.ACCOUNT
    return _OF_ORDERS[part]


def advertising_share(entries: pa.Table, currency: str, since: date) -> float | None:
    """Advertising that marketplaces booked since a day, as a share of their sales less refunds.

    None where they booked no advertising: it may have been paid otherwise.

    >>> from ownchannel.orders import sample_orders
    >>> round(advertising_share(sample_orders().entries, "USD", date(2025, 10, 1)), 3)
    0.084
    """
    booked = what_was_booked(entries.filter(pc.greater_equal(entries["posted_on"], since)), currency)
    if booked is None or booked.total(Use.ADVERTISING) >= 0:
        return None
    net = booked.total(Use.SALES) + booked.total(Use.REFUNDS)
    return float(-booked.total(Use.ADVERTISING) / net) if net > 0 else None
