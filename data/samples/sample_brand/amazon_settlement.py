"""Amazon's settlement report, flat file V2: one row an amount, of the last two weeks that were closed."""

from collections.abc import Iterator

from .account import (
    DAYS_TO_PAYOUT,
    UNKNOWN_CREDIT,
    Booking,
    Kind,
    settlement_columns,
    settlement_end,
    settlement_id,
    sums,
    us_bookings,
)
from .exports import Export, tabbed
from .ledger import Brand
from .stated import CURRENCY, DAY, PROMOTION, instant, money

NAME = "amazon_settlement_us.txt"
_NAMES = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type "
    "amount-description amount fulfillment-id posted-date posted-date-time order-item-code "
    "merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased promotion-id"
)
HEADER = _NAMES.split(" ")

#: From 15 to 29 September 2026. It was paid out after the transactions end: they hold no transfer of it.
SETTLEMENT = 51

#: Type and description of an order's amounts.
WORDS = {
    "goods": ("ItemPrice", "Principal"),
    "tax": ("ItemPrice", "Tax"),
    "shipping": ("ItemPrice", "Shipping"),
    "withheld": ("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"),
    "commission": ("ItemFees", "Commission"),
    "fulfilment": ("ItemFees", "FBAPerUnitFulfillmentFee"),
    "promotion": ("Promotion", "Principal"),
    "ship_promotion": ("Promotion", "Shipping"),
}
#: Transaction type, amount type and description of what has no order.
ACCOUNT_WORDS: dict[Kind, tuple[str, str, str]] = {
    "advertising": ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount"),
    "subscription": ("other-transaction", "other-transaction", "Subscription Fee"),
    "storage": ("other-transaction", "other-transaction", "Storage Fee"),
    "unclassified": ("other-transaction", "other-transaction", UNKNOWN_CREDIT),
}


def export(brand: Brand) -> Export:
    """The report; facts: `data_rows` (the summary among them), `settlement_id, orders, totals, total`."""
    bookings = [booking for booking in us_bookings(brand) if booking.settlement == SETTLEMENT]
    total = sum(booking.total for booking in bookings)
    rows = [_summary(total), *(row for booking in bookings for row in _rows(brand.seed, booking))]
    facts = {
        "data_rows": len(rows),
        "settlement_id": settlement_id(SETTLEMENT),
        "orders": len({booking.line.number for booking in bookings if booking.kind == "sale"}),
        "totals": {kind: money(cents) for kind, cents in sums(bookings).items()},
        "total": money(total),
        "bad_rows": [],
    }
    return Export(NAME, "\n".join(["\t".join(HEADER), *rows]) + "\n", facts)


def _time(second: int) -> str:
    return f"{instant(second):%Y-%m-%d %H:%M:%S} UTC"


def _summary(total: int) -> str:
    """The first row: the settlement's dates and what it came to."""
    end = settlement_end(SETTLEMENT)
    fields = {
        "settlement-id": settlement_id(SETTLEMENT),
        "settlement-start-date": _time(settlement_end(SETTLEMENT - 1)),
        "settlement-end-date": _time(end),
        "deposit-date": _time(end + DAYS_TO_PAYOUT * DAY),
        "total-amount": money(total),
        "currency": CURRENCY,
    }
    return tabbed(HEADER, fields)


def _rows(seed: int, booking: Booking) -> Iterator[str]:
    """A row for each amount of a booking that is not zero."""
    posted = {
        "settlement-id": settlement_id(SETTLEMENT),
        "posted-date": _time(booking.posted)[:10],
        "posted-date-time": _time(booking.posted),
    }
    if booking.line is None:
        names = ("transaction-type", "amount-type", "amount-description")
        words = dict(zip(names, ACCOUNT_WORDS[booking.kind], strict=True))
        yield tabbed(HEADER, posted | words | {"amount": money(booking.total)})
        return
    fields = posted | settlement_columns(seed, booking, "Amazon.com")
    for name, cents in booking.amounts.items():
        if not cents:
            continue
        kind, description = WORDS[name]
        amount = {"amount-type": kind, "amount-description": description, "amount": money(cents)}
        if name == "goods" and booking.kind == "sale":
            amount["quantity-purchased"] = str(booking.line.quantity)
        if kind == "Promotion":
            amount["promotion-id"] = PROMOTION
        yield tabbed(HEADER, fields | amount)
