"""Amazon.de's settlement, flat file V1: 33 wide columns, German numbers and dates, Windows letters."""

from collections.abc import Iterator

from .account import DAYS_TO_PAYOUT, Booking, order_bookings, settlement_columns, sums
from .exports import Export, tabbed
from .ledger import Brand
from .stated import ALL_CHANNELS, AMAZON_DE, CLOSED, DAY, instant, midnight, money, part_of

NAME = "amazon_settlement_de.txt"
#: The 36 columns of other V1 files without the last three: direct payments and other-amount.
_NAMES = (
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name "
    "shipment-fee-type shipment-fee-amount order-fee-type order-fee-amount fulfillment-id posted-date "
    "order-item-code merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased price-type "
    "price-amount item-related-fee-type item-related-fee-amount misc-fee-amount other-fee-amount "
    "other-fee-reason-description promotion-id promotion-type promotion-amount"
)
HEADER = _NAMES.split(" ")
SETTLEMENT_ID = "23911704512"
PROMOTION = "Küchenwochen für Genießer"
ADVERTISING_RATE, SUBSCRIPTION = 1_200, 3_900
_STORAGE = (((2026, 8, 18), 2_914), ((2026, 9, 18), 4_137))

#: The pair of columns, type and amount, and the type's word, by what an amount is for.
WORDS = {
    "goods": ("price", "Principal"),
    "shipping": ("price", "Shipping"),
    "commission": ("item-related-fee", "Commission"),
    "fulfilment": ("item-related-fee", "FBAPerUnitFulfillmentFee"),
    "promotion": ("promotion", "Principal"),
    "ship_promotion": ("promotion", "Shipping"),
}


def export(brand: Brand) -> Export:
    """The report; facts: `data_rows` (the summary among them), `settlement_id, orders, totals, total`."""
    orders = order_bookings(brand, AMAZON_DE)
    bookings = sorted([*orders, *_costs(orders)], key=lambda booking: booking.posted)
    total = sum(booking.total for booking in bookings)
    rows = [_summary(total), *(row for booking in bookings for row in _rows(brand.seed, booking))]
    facts = {
        "data_rows": len(rows),
        "settlement_id": SETTLEMENT_ID,
        "orders": len({booking.line.number for booking in orders if booking.kind == "sale"}),
        "totals": {kind: money(cents) for kind, cents in sums(bookings).items()},
        "total": money(total),
        "bad_rows": [],
    }
    return Export(NAME, "\r\n".join(["\t".join(HEADER), *rows]) + "\r\n", facts, encoding="cp1252")


def _costs(orders: list[Booking]) -> Iterator[Booking]:
    """One bill for advertising, the subscription and storage of both months."""
    sold = sum(booking.amounts["goods"] for booking in orders if booking.kind == "sale")
    yield Booking(midnight(2026, 9, 29), "advertising", 0, {"other": -part_of(sold, ADVERTISING_RATE)})
    for (year, month, day), cents in _STORAGE:
        yield Booking(midnight(year, month, 16), "subscription", 0, {"other": -SUBSCRIPTION})
        yield Booking(midnight(year, month, day), "storage", 0, {"other": -cents})


def _time(second: int) -> str:
    return f"{instant(second):%d.%m.%Y %H:%M:%S} UTC"


def _amount(cents: int) -> str:
    """Decimal comma and thousands points: -1141.18 is -1.141,18."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{f'{whole:,}'.replace(',', '.')},{part:02d}"


def _summary(total: int) -> str:
    """The first row: the settlement's dates, from the channel's opening on, and what it came to."""
    germany = next(channel for channel in ALL_CHANNELS if channel.name == AMAZON_DE)
    fields = {
        "settlement-id": SETTLEMENT_ID,
        "settlement-start-date": _time(germany.opened),
        "settlement-end-date": _time(CLOSED),
        "deposit-date": _time(CLOSED + DAYS_TO_PAYOUT * DAY),
        "total-amount": _amount(total),
        "currency": germany.currency,
    }
    return tabbed(HEADER, fields)


def _rows(seed: int, booking: Booking) -> Iterator[str]:
    """A row with a sale's quantity, then a row for each amount that is not zero."""
    posted = {"settlement-id": SETTLEMENT_ID, "posted-date": _time(booking.posted)}
    if booking.line is None:
        yield tabbed(HEADER, posted | _cost_fields(booking))
        return
    fields = posted | settlement_columns(seed, booking, "Amazon.de")
    if booking.kind == "sale":
        yield tabbed(HEADER, fields | {"quantity-purchased": str(booking.line.quantity)})
    for name, cents in booking.amounts.items():
        if cents:
            columns, word = WORDS[name]
            amount = {f"{columns}-type": word, f"{columns}-amount": _amount(cents)}
            if columns == "promotion":
                amount["promotion-id"] = PROMOTION
            yield tabbed(HEADER, fields | amount)


def _cost_fields(booking: Booking) -> dict[str, str]:
    """Advertising is a fee of the item, as in other V1 files; the others give a reason."""
    if booking.kind == "advertising":
        return {
            "transaction-type": "ServiceFee",
            "item-related-fee-type": "Cost of Advertising",
            "item-related-fee-amount": _amount(booking.total),
        }
    is_storage = booking.kind == "storage"
    return {
        "transaction-type": "Storage Fee" if is_storage else "Subscription Fee",
        "other-fee-amount": _amount(booking.total),
        "other-fee-reason-description": "Lagergebühr" if is_storage else "Monatliche Verkäufergebühr",
    }
