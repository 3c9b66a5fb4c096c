"""What Amazon books on the seller's account: sales, refunds, costs of the account, and payouts."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .exports import product, records, sold_lines
from .ledger import STREAMS, Brand
from .stated import AMAZON, CLOSED, DAY, FIRST_DAY, midnight, part_of

Kind = Literal["sale", "refund", "advertising", "subscription", "storage", "transfer", "unclassified"]

#: The kinds of bookings without an order behind them.
ACCOUNT_KINDS: tuple[Kind, ...] = ("advertising", "subscription", "storage", "transfer", "unclassified")
SETTLEMENT_DAYS, DAYS_TO_PAYOUT = 14, 2
SUBSCRIPTION = 3_999

#: A credit of a kind that no reader can know, on two days.
UNKNOWN_CREDIT = "PilotProgramCredit"
_UNKNOWN_CREDITS = (((2025, 6, 11), 420), ((2026, 9, 21), 735))


@dataclass(frozen=True)
class Booking:
    """One thing booked: cents by what they are for, positive where they are the seller's.

    An order's amounts are `goods, shipping, promotion, ship_promotion, tax, withheld, commission` and
    `fulfilment`; a booking without an order has `other` alone.
    """

    posted: int
    kind: Kind
    settlement: int
    amounts: dict[str, int]
    line: Any = None

    @property
    def total(self) -> int:
        """What the booking changes the account by."""
        return sum(self.amounts.values())


def settlement_of(posted: int) -> int:
    """The running number of the two weeks, counted from the opening, in which something was posted."""
    return posted // (SETTLEMENT_DAYS * DAY)


def settlement_id(settlement: int) -> str:
    """A number of the form that Amazon gives a settlement."""
    return str(18_400_123_011 + 21_604_177 * settlement)


def settlement_end(settlement: int) -> int:
    """The second at which a settlement closes."""
    return (settlement + 1) * SETTLEMENT_DAYS * DAY


def code(*parts: object) -> str:
    """Nine letters and digits as Amazon writes them for a shipment; the same for the same parts."""
    return "D" + hashlib.blake2b(repr(parts).encode(), digest_size=4).hexdigest()


def order_item_code(line: Any) -> str:
    """The fourteen digits that name a line of an order in all of Amazon's reports."""
    return f"{40_000_000_000_000 + 7_368_787 * line.order + line.line}"


def order_bookings(brand: Brand, channel: str) -> list[Booking]:
    """Every sale of an Amazon channel, booked when it was sent, and every refund; no fee is given back."""
    bookings = []
    for line in records(sold_lines(brand, channel)):
        sale = {
            "goods": line.item,
            "shipping": line.shipping,
            "promotion": -line.promotion,
            "ship_promotion": -line.ship_promotion,
            "tax": line.tax,
            "withheld": -line.tax,
            "commission": -line.referral_fee,
            "fulfilment": -line.fulfilment_fee,
        }
        bookings.append(Booking(line.updated, "sale", settlement_of(line.updated), sale, line))
        posted = line.refunded_at
        if posted >= 0:
            refund = {name: -sale[name] for name in ("goods", "promotion", "tax", "withheld")}
            bookings.append(Booking(posted, "refund", settlement_of(posted), refund, line))
    return bookings


def us_bookings(brand: Brand) -> list[Booking]:
    """All that Amazon.com booked in two years, by time."""
    orders = order_bookings(brand, AMAZON)
    rng = np.random.default_rng([brand.seed, STREAMS["account"]])
    costs = [
        Booking(posted, kind, settlement_of(posted), {"other": cents})
        for posted, kind, cents in (*_advertising(orders, rng), *_monthly(rng), *_unknown_credits())
    ]
    return sorted([*orders, *costs, *_transfers([*orders, *costs])], key=lambda booking: booking.posted)


def settlement_columns(seed: int, booking: Booking, marketplace: str) -> dict[str, str]:
    """What both forms of the settlement report tell of the order behind a booking."""
    line = booking.line
    is_sale = booking.kind == "sale"
    return {
        "transaction-type": "Order" if is_sale else "Refund",
        "order-id": line.number,
        "merchant-order-id": line.number,
        "adjustment-id": "" if is_sale else code(seed, "adjustment", line.order),
        "shipment-id": code(seed, line.order, 0) if is_sale else "",
        "marketplace-name": marketplace,
        "fulfillment-id": "MFN" if line.merchant_fulfilled else "AFN",
        "order-item-code": order_item_code(line),
        "merchant-adjustment-item-id": "" if is_sale else code(seed, "adjustment", line.order, line.line),
        "sku": product(line).sku,
    }


def sums(bookings: list[Booking]) -> dict[Kind, int]:
    """Cents by kind."""
    by_kind: dict[Kind, int] = {}
    for booking in bookings:
        by_kind[booking.kind] = by_kind.get(booking.kind, 0) + booking.total
    return by_kind


def _advertising(orders: list[Booking], rng: np.random.Generator) -> Iterator[tuple[int, Kind, int]]:
    """A bill a week, of 6 to 10% of the week's sales."""
    weeks = CLOSED // (7 * DAY)
    sold = np.zeros(weeks + 1, dtype=np.int64)
    for booking in orders:
        if booking.kind == "sale":
            sold[booking.posted // (7 * DAY)] += booking.amounts["goods"]
    for week in range(weeks):
        # Two hours before the week ends, and so inside its settlement.
        yield (
            (week + 1) * 7 * DAY - 7_200,
            "advertising",
            -part_of(int(sold[week]), int(rng.integers(600, 1_000))),
        )


def _monthly(rng: np.random.Generator) -> Iterator[tuple[int, Kind, int]]:
    """Subscription on the 16th and storage on the 18th of each month."""
    for month in range(FIRST_DAY.month - 1, FIRST_DAY.month + 23):
        year, name = FIRST_DAY.year + month // 12, month % 12 + 1
        yield midnight(year, name, 16) + 34_211, "subscription", -SUBSCRIPTION
        yield midnight(year, name, 18) + 51_907, "storage", -int(rng.integers(9_000, 16_000))


def _unknown_credits() -> Iterator[tuple[int, Kind, int]]:
    for day, cents in _UNKNOWN_CREDITS:
        yield midnight(*day) + 40_000, "unclassified", cents


def _transfers(bookings: list[Booking]) -> Iterator[Booking]:
    """What each closed settlement came to, paid out two days after it, where that is before the end."""
    totals: dict[int, int] = {}
    for booking in bookings:
        totals[booking.settlement] = totals.get(booking.settlement, 0) + booking.total
    for settlement, total in sorted(totals.items()):
        paid = settlement_end(settlement) + DAYS_TO_PAYOUT * DAY
        if paid < CLOSED:
            yield Booking(paid, "transfer", settlement, {"other": -total})
