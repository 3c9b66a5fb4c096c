"""More reports made up at random with what they hold: of sellers who ship, returns, visits, customers."""

from hypothesis import strategies as st

from tests.orders.generated_truth import (
    GeneratedFile,
    Order,
    address,
    buyers_of,
    lines_of,
    made_up_orders,
    styles,
    sums_of,
    with_bad,
    written,
)
from tests.orders.headers import MERCHANT_COLUMNS


def amazon_number(order: Order) -> str:
    return f"113-0000000-{order.number:07}"


@st.composite
def amazon_merchant(draw: st.DrawFn) -> GeneratedFile:
    """The Order Report of a seller who ships."""
    style = draw(styles(".,"))
    orders = draw(made_up_orders(style, ("completed",)))
    rows = [
        {
            "order-id": amazon_number(order),
            "order-item-id": f"5968637984{place:04}",
            "purchase-date": order.placed.isoformat(),
            "buyer-email": address(order, "marketplace.amazon.com"),
            "sku": item.sku,
            "product-name": item.product,
            "quantity-purchased": str(item.units),
            "currency": order.currency,
            "item-price": style.money(item.units * item.price),
            "item-tax": style.money(0 if place else order.tax),
            "shipping-price": style.money(0 if place else order.shipping),
            "item-promotion-discount": style.money(0 if place else -order.discount),
            "ship-country": "US",
            "sales-channel": "Amazon.com",
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    bad = [with_bad(row, "purchase-date") for row in rows[: draw(st.integers(0, 2))]]
    return GeneratedFile(
        "merchant.txt",
        written(MERCHANT_COLUMNS, [*rows, *bad], style, "\t"),
        "lines",
        len(rows) + len(bad),
        len(bad),
        lines_of(orders, "Amazon.com", amazon_number),
        sums_of(orders, amazon_number, untold=["refund"]),
        buyers_of(orders, amazon_number),
    )
