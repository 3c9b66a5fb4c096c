"""Amazon's date-range transactions report: a row a booking, in the older columns and in those since 2025."""

from zoneinfo import ZoneInfo

from .account import UNKNOWN_CREDIT, Booking, Kind, settlement_id, settlement_of, sums, us_bookings
from .buyers import TOWNS
from .exports import Export, product, quoted
from .ledger import Brand
from .stated import BRAND, CLOSED, CURRENCY, DAY, instant, midnight, money

PREAMBLE = (
    "Includes Amazon Marketplace, Fulfillment by Amazon (FBA), and Amazon Webstore transactions",
    f"All amounts in {CURRENCY}, unless specified",
    "Definitions:",
    "Sales tax collected: Includes sales tax collected from buyers for product sales, shipping, and gift "
    "wrap.",
    "Selling fees: Includes variable closing fees and referral fees.",
    "Other transaction fees: Includes shipping chargebacks, shipping holdbacks, per-item fees and sales tax "
    "collection fees.",
    'Other: Includes non-order transaction amounts. For more details, see the "Type" and "Description" '
    "columns for each order ID.",
)
NOTE_SINCE_2025 = (
    "Note: Reports with start date of Jan 1, 2025 or later are indexed by posted date, include both released "
    "and deferred transactions and have two new columns."
)
_FIRST = "date/time,settlement id,type,order id,sku,description,quantity,marketplace,"
_OLDER = (
    "fulfillment,order city,order state,order postal,product sales,shipping credits,gift wrap credits,"
    "promotional rebates,sales tax collected,Marketplace Facilitator Tax,selling fees,fba fees,"
    "other transaction fees,other,total"
)
_NEWER = (
    "account type,fulfillment,order city,order state,order postal,tax collection model,product sales,"
    "product sales tax,shipping credits,shipping credits tax,gift wrap credits,giftwrap credits tax,"
    "Regulatory Fee,Tax On Regulatory Fee,promotional rebates,promotional rebates tax,"
    "marketplace withheld tax,selling fees,fba fees,other transaction fees,other,total,"
    "Transaction Status,Transaction Release Date"
)
OLDER, NEWER = (_FIRST + _OLDER).split(","), (_FIRST + _NEWER).split(",")
PACIFIC = ZoneInfo("America/Los_Angeles")
#: Amazon's year ends at midnight in California, three hours after the brand's.
SECOND_YEAR = midnight(2025, 10, 1) + DAY // 8

#: A booking's type and description as the report words them.
WORDS: dict[Kind, tuple[str, str]] = {
    "advertising": ("Service Fee", "Cost of Advertising"),
    "subscription": ("Service Fee", "Subscription"),
    "storage": ("FBA Inventory Fee", "FBA storage fee"),
    "transfer": ("Transfer", "To account ending with: 000"),
    "unclassified": ("Pilot Program Credit", UNKNOWN_CREDIT),
}
#: Columns of amounts that this brand never has.
_ALWAYS_ZERO = (
    "shipping credits tax",
    "gift wrap credits",
    "giftwrap credits tax",
    "Regulatory Fee",
    "Tax On Regulatory Fee",
    "promotional rebates tax",
)


def exports(brand: Brand) -> list[Export]:
    """Both years; facts: `data_rows, orders, deferred_rows, totals` (by kind of booking), `total`."""
    bookings = us_bookings(brand)
    return [
        _export(
            "amazon_transactions_2024-10_2025-09.csv",
            OLDER,
            PREAMBLE,
            [booking for booking in bookings if booking.posted < SECOND_YEAR],
        ),
        _export(
            "amazon_transactions_2025-10_2026-09.csv",
            NEWER,
            (*PREAMBLE, NOTE_SINCE_2025),
            [booking for booking in bookings if booking.posted >= SECOND_YEAR],
        ),
    ]


def _export(name: str, header: list[str], preamble: tuple[str, ...], bookings: list[Booking]) -> Export:
    rows = []
    for booking in bookings:
        fields = {**_words(booking), **_amounts(booking)}
        rows.append(",".join(quoted(fields[column]) for column in header))
    text = "\n".join([*map(quoted, preamble), ",".join(map(quoted, header)), *rows]) + "\n"
    facts = {
        "data_rows": len(rows),
        "orders": len({booking.line.number for booking in bookings if booking.kind == "sale"}),
        "deferred_rows": sum(map(_deferred, bookings)) if header is NEWER else 0,
        "totals": {kind: money(cents) for kind, cents in sums(bookings).items()},
        "total": money(sum(booking.total for booking in bookings)),
        "bad_rows": [],
    }
    return Export(name, text, facts)


def _deferred(booking: Booking) -> bool:
    """Whether the money is held back: an order's, while its settlement is open."""
    return booking.line is not None and booking.settlement == settlement_of(CLOSED)


def _time(second: int) -> str:
    at = instant(second).astimezone(PACIFIC)
    return f"{at:%b} {at.day}, {at.year} {at.hour % 12 or 12}:{at:%M:%S %p %Z}"


def _amount(cents: int) -> str:
    """Two decimals and thousands commas; a bare 0 for nothing."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}.{part:02d}" if cents else "0"


def _words(booking: Booking) -> dict[str, str]:
    """All columns that hold no amount."""
    deferred = _deferred(booking)
    fields = dict.fromkeys([*OLDER, *NEWER], "") | {
        "date/time": _time(booking.posted),
        "settlement id": settlement_id(booking.settlement),
        "Transaction Status": "Deferred" if deferred else "Released",
        "Transaction Release Date": "" if deferred else _time(booking.posted),
    }
    if booking.line is None:
        kind, description = WORDS[booking.kind]
        marketplace = "" if booking.kind == "transfer" else "amazon.com"
        return fields | {"type": kind, "description": description, "marketplace": marketplace}
    line = booking.line
    town, state, _, postcode, _ = TOWNS[line.town]
    return fields | {
        "type": "Order" if booking.kind == "sale" else "Refund",
        "order id": line.number,
        "sku": product(line).sku,
        "description": f"{BRAND} {product(line).name}",
        "quantity": str(line.quantity),
        "marketplace": "amazon.com",
        "account type": "Standard Orders",
        "fulfillment": "Seller" if line.merchant_fulfilled else "Amazon",
        "order city": town,
        "order state": state,
        "order postal": postcode,
        "tax collection model": "MarketplaceFacilitator",
    }


def _amounts(booking: Booking) -> dict[str, str]:
    """The columns of amounts of both headers; both have the same ones of tax, under two names."""
    cents = booking.amounts.get
    tax, withheld, other = cents("tax", 0), cents("withheld", 0), cents("other", 0)
    is_advertising = booking.kind == "advertising"
    amounts = {
        **dict.fromkeys(_ALWAYS_ZERO, 0),
        "product sales": cents("goods", 0),
        "shipping credits": cents("shipping", 0),
        "promotional rebates": cents("promotion", 0) + cents("ship_promotion", 0),
        "product sales tax": tax,
        "sales tax collected": tax,
        "marketplace withheld tax": withheld,
        "Marketplace Facilitator Tax": withheld,
        "selling fees": cents("commission", 0),
        "fba fees": cents("fulfilment", 0),
        "other transaction fees": other if is_advertising else 0,
        "other": 0 if is_advertising else other,
        "total": booking.total,
    }
    return {column: _amount(value) for column, value in amounts.items()}
