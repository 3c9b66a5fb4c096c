"""What marketplaces booked: of all that buyers paid, where it went and what was left."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.orders.schema import Event, Part


class Use:
    """What became of the money that buyers paid."""

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


#: In the order in which they are shown; cash that only moved comes last.
USES = (
    *(Use.SALES, Use.REFUNDS, Use.FEES, Use.FULFILMENT, Use.ADVERTISING, Use.ACCOUNT, Use.REIMBURSEMENTS),
    *(Use.TAXES, Use.UNCLASSIFIED, Use.TRANSFERS),
)

_OF_ORDERS: dict[Part, str] = {
    "fee": Use.FEES,
    "fulfilment": Use.FULFILMENT,
    "tax": Use.TAXES,
    "advertising": Use.ADVERTISING,
    "reimbursement": Use.REIMBURSEMENTS,
    "transfer": Use.TRANSFERS,
    "unclassified": Use.UNCLASSIFIED,
}
_PAID: tuple[Part, ...] = ("goods", "shipping", "discount")


@dataclass(frozen=True)
class Booked:
    """What one or more marketplaces booked in one currency.

    `table` has a row for each channel and use of the money that was booked: `channel, use, amount`, amounts
    exact and positive where they are the seller's.
    """

    table: pd.DataFrame
    currency: str
    first_day: date
    last_day: date

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
    """What marketplaces booked in one currency, or None where no file tells of a sale there.

    `entries` is the table of `Orders.entries`. Sales are goods and shipping less discounts, refunds what was
    given back of them; taxes are those collected less those withheld.

    >>> from ownchannel.orders.saved import sample_orders
    >>> found = what_was_booked(sample_orders().entries, "EUR")
    >>> found.total(Use.SALES), found.total(Use.ADVERTISING), round(found.share(Use.FEES), 2)
    (Decimal('9714.690000'), Decimal('-1169.280000'), -0.15)
    """
    wanted = pc.and_(pc.equal(entries["kind"], "marketplace"), pc.equal(entries["currency"], currency))
    entries = entries.filter(wanted)
    sums = entries.group_by(["channel", "event", "part"]).aggregate([("amount", "sum")]).to_pylist()
    amounts: dict[tuple[str, str], Decimal] = {}
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


def _use(event: Event, part: Part) -> str:
    if part in _PAID:
        return {"sale": Use.SALES, "refund": Use.REFUNDS, "account": Use.UNCLASSIFIED}[event]
    if event == "account" and part in ("fee", "fulfilment"):
        return Use.ACCOUNT
    return _OF_ORDERS[part]


def advertising_share(entries: pa.Table, currency: str, since: date) -> float | None:
    """Advertising that marketplaces booked since a day, as a share of their sales less refunds.

    None where they booked no advertising: it may have been paid otherwise.

    >>> from ownchannel.orders.saved import sample_orders
    >>> round(advertising_share(sample_orders().entries, "USD", date(2025, 10, 1)), 3)
    0.086
    """
    booked = what_was_booked(entries.filter(pc.greater_equal(entries["posted_on"], since)), currency)
    if booked is None or booked.total(Use.ADVERTISING) >= 0:
        return None
    net = booked.total(Use.SALES) + booked.total(Use.REFUNDS)
    return float(-booked.total(Use.ADVERTISING) / net) if net > 0 else None
