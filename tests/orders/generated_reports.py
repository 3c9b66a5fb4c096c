"""More reports made up at random with what they hold: of sellers who ship, returns, visits, customers."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from tests.orders.generated_truth import (
    GeneratedFile,
    Order,
    address,
    buyers_of,
    in_order,
    lines_of,
    made_up_orders,
    styles,
    sums_of,
    with_bad,
    written,
)
from tests.orders.headers import MERCHANT_COLUMNS, RETURN_COLUMNS

_START = datetime(2024, 1, 1, tzinfo=UTC)


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


@st.composite
def amazon_returns(draw: st.DrawFn) -> GeneratedFile:
    """FBA returns, a label for each unit."""
    style = draw(styles())
    back = st.tuples(
        st.integers(1, 99),
        st.sampled_from(["PAN-12", "POT 3", "A:B"]),
        st.integers(0, 86_400 * 1_000).map(lambda seconds: _START + timedelta(seconds=seconds)),
        st.integers(1, 3),
        st.sampled_from(["DEFECTIVE", "UNWANTED_ITEM"]),
        st.sampled_from(["SELLABLE", "CUSTOMER_DAMAGED"]),
    )
    truth = [
        (f"114-0000000-{number:07}", sku, at, units, reason, state)
        for number, sku, at, units, reason, state in draw(st.lists(back, max_size=6))
    ]
    hours = draw(st.integers(-11, 13))
    rows = [
        {
            "return-date": (at + timedelta(hours=hours)).strftime(f"%Y-%m-%dT%H:%M:%S{hours:+03}:00"),
            "order-id": order,
            "sku": sku,
            "asin": "B000000001",
            "product-name": "Pan",
            "quantity": str(units),
            "detailed-disposition": state,
            "reason": reason,
            "status": "Unit returned to inventory",
            "license-plate-number": f"LPN{place}",
        }
        for place, (order, sku, at, units, reason, state) in enumerate(truth)
    ]
    bad = [with_bad(row, "quantity") for row in rows[: draw(st.integers(0, 2))]]
    return GeneratedFile(
        "returns.txt",
        written(RETURN_COLUMNS, [*rows, *bad], style, draw(st.sampled_from(["\t", ","]))),
        "returns",
        len(rows) + len(bad),
        len(bad),
        in_order(
            (order, sku, at.date(), float(units), reason, state, "Amazon")
            for order, sku, at, units, reason, state in truth
        ),
    )
