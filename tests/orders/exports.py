"""Exports as the platforms write them, from rows that a test makes up; the test knows what is in them."""

import csv
import io
from collections.abc import Mapping, Sequence

AMAZON_COLUMNS = (  # noqa: SIM905
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status "
    "fulfillment-channel sales-channel order-channel ship-service-level product-name sku asin "
    "item-status quantity currency item-price item-tax shipping-price shipping-tax gift-wrap-price "
    "gift-wrap-tax item-promotion-discount ship-promotion-discount ship-city ship-state "
    "ship-postal-code ship-country promotion-ids is-business-order purchase-order-number "
    "price-designation"
).split()

SHOPIFY_COLUMNS = (  # noqa: SIM905
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,"
    "Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,"
    "Billing Street,Billing Phone,Shipping Name,Shipping Street,Shipping Zip,Shipping Country,"
    "Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Refunded Amount,Vendor,Id,"
    "Tags,Source,Lineitem discount,Phone"
).split(",")

AN_AMAZON_ROW = {
    "amazon-order-id": "111-0000000-0000001",
    "purchase-date": "2026-03-01T05:30:00+00:00",
    "last-updated-date": "2026-03-02T10:00:00+00:00",
    "order-status": "Shipped",
    "sales-channel": "Amazon.com",
    "product-name": 'Cast-iron pan 12" x 2"',
    "sku": "PAN-12",
    "item-status": "Shipped",
    "quantity": "1",
    "currency": "USD",
    "item-price": "84.00",
    "ship-country": "US",
}

A_SHOPIFY_ROW = {
    "Name": "#1001",
    "Email": "buyer@example.com",
    "Financial Status": "paid",
    "Accepts Marketing": "yes",
    "Currency": "USD",
    "Subtotal": "84.00",
    "Shipping": "0.00",
    "Taxes": "0.00",
    "Total": "84.00",
    "Discount Amount": "0.00",
    "Created at": "2026-03-01 00:30:00 -0500",
    "Lineitem quantity": "1",
    "Lineitem name": "Pan",
    "Lineitem price": "84.00",
    "Lineitem sku": "PAN-12",
    "Shipping Country": "US",
    "Refunded Amount": "0.00",
    "Source": "web",
}

Rows = Sequence[Mapping[str, str]]


def amazon(*rows: Mapping[str, str], columns: Sequence[str] = AMAZON_COLUMNS) -> bytes:
    """An All Orders report: tabs, CRLF, quotes as plain characters, a blank last line."""
    lines = ["\t".join(columns), *("\t".join(row.get(c, "") for c in columns) for row in rows), ""]
    return "\r\n".join(lines).encode()


def shopify(*rows: Mapping[str, str], columns: Sequence[str] = SHOPIFY_COLUMNS) -> bytes:
    """A Shopify orders export: commas, quoted where needed."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def amazon_row(**cells: str) -> dict[str, str]:
    """A shipped item with some cells changed; `item_price` stands for `item-price`."""
    return AN_AMAZON_ROW | {name.replace("_", "-"): cell for name, cell in cells.items()}


def shopify_row(cells: Mapping[str, str] | None = None) -> dict[str, str]:
    """A paid order of one line with some cells changed."""
    return A_SHOPIFY_ROW | dict(cells or {})


def continued(cells: Mapping[str, str] | None = None) -> dict[str, str]:
    """A further line of the order above it: the order's own fields are left empty."""
    kept = (
        "Name",
        "Email",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Lineitem sku",
    )
    return {name: A_SHOPIFY_ROW[name] for name in kept} | dict(cells or {})
