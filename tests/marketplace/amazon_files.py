"""What Amazon reports beside the order report: who was sent what, and what it booked."""

from collections.abc import Mapping
from decimal import Decimal

from tests.orders.exports import amazon
from tests.orders.generated_bookings import V2_COLUMNS
from tests.orders.headers import FULFILLED_COLUMNS

#: Amount types and descriptions by the part of `schema.ENTRIES` that they are.
_DESCRIPTIONS = {
    "goods": ("ItemPrice", "Principal"),
    "fee": ("ItemFees", "Commission"),
    "fulfilment": ("ItemFees", "FBAPerUnitFulfillmentFee"),
}


def shipments(buyers: Mapping[str, str]) -> bytes:
    """A Fulfilled Shipments report of one pan to each order's buyer, by order number."""
    sent = {
        "shipment-id": "S1",
        "purchase-date": "2026-03-01T05:30:00+00:00",
        "shipment-date": "2026-03-02T05:30:00+00:00",
        "sku": "PAN-12",
        "quantity-shipped": "1",
        "currency": "USD",
        "item-price": "84.00",
        "sales-channel": "Amazon.com",
    }
    rows = [
        sent | {"amazon-order-id": number, "shipment-item-id": number, "buyer-email": buyer}
        for number, buyer in buyers.items()
    ]
    return amazon(*rows, columns=FULFILLED_COLUMNS)


def settlement(order_id: str, amounts: Mapping[str, str]) -> bytes:
    """A settlement of one order, its amounts by part."""
    summary = {
        "settlement-id": "11000000001",
        "settlement-end-date": "2026-03-14 00:00:00 UTC",
        "total-amount": str(sum(map(Decimal, amounts.values()))),
        "currency": "USD",
    }
    booked = [
        {
            "settlement-id": "11000000001",
            "transaction-type": "Order",
            "order-id": order_id,
            "marketplace-name": "Amazon.com",
            "amount-type": _DESCRIPTIONS[part][0],
            "amount-description": _DESCRIPTIONS[part][1],
            "amount": amount,
            "posted-date": "2026-03-01",
            "posted-date-time": "2026-03-01 05:30:00 UTC",
            "sku": "PAN-12",
            "quantity-purchased": "1",
        }
        for part, amount in amounts.items()
    ]
    return amazon(summary, *booked, columns=V2_COLUMNS)
