"""Amazon's All Orders report: tab-delimited, a row an item, no buyer, no fees and no refunds."""

from itertools import groupby
from typing import Any

from .buyers import TOWNS
from .exports import BadRow, Export, order_lines, product, records, with_bad_rows
from .ledger import Brand
from .stated import (
    AMAZON,
    BRAND,
    CLOSED,
    CURRENCY,
    DAY,
    OWN_STORE,
    PRODUCTS,
    PROMOTION,
    instant,
    midnight,
    money,
)

_NAMES = (
    "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel "
    "sales-channel order-channel url ship-service-level product-name sku asin item-status quantity currency "
    "item-price item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount "
    "ship-promotion-discount ship-city ship-state ship-postal-code ship-country promotion-ids "
    "is-business-order purchase-order-number price-designation"
)
HEADER = _NAMES.split(" ")
FIELDS = [name.replace("-", "_") for name in HEADER]
LAST_OF_SHORT_ROWS = HEADER.index("ship-country") + 1
ROW_END, FILE_END = "\r\n", "\n" * 5

BROKEN = (
    ("missing order id", "amazon-order-id", ""),
    ("unreadable price", "item-price", "TBC"),
    ("unreadable date", "purchase-date", "2025-13-45T09:00:00+00:00"),
    ("missing currency", "currency", ""),
    ("unreadable price", "item-price", "n/a"),
    ("unreadable date", "purchase-date", "not known"),
)
NON_AMAZON_ORDERS = 25


#: Name, first and last moment of each export; both hold 16 September to 15 October 2025.
EXPORTS = (
    ("amazon_all_orders_2024-10_2025-10.txt", 0, midnight(2025, 10, 16)),
    ("amazon_all_orders_2025-09_2026-09.txt", midnight(2025, 9, 16), CLOSED),
)


def exports(brand: Brand) -> list[Export]:
    """Both reports; facts: `data_rows, orders, non_amazon_rows, bad_rows`."""
    lines = order_lines(brand.orders, brand.lines).join(brand.people[["town", "business"]], on="person")
    sold = lines[lines["channel"] == AMAZON]
    # The shop's orders that Amazon's warehouse sent: every so many of those with one line.
    alone = lines[(lines["channel"] == OWN_STORE) & (lines["status"] == "completed")]
    alone = alone[~alone["order"].duplicated(keep=False)]
    sent_for_store = alone.iloc[:: len(alone) // NON_AMAZON_ORDERS].iloc[:NON_AMAZON_ORDERS]

    files = []
    for name, first, last in EXPORTS:
        own = [
            (line.placed, line.number, _sale(line, seen_at=last))
            for line in records(sold[sold["placed"].between(first, last, inclusive="left")])
        ]
        non_amazon = [
            (line.placed, line.store_name, _sent_for_store(line))
            for line in records(sent_for_store[sent_for_store["updated"].between(first, last)])
            if line.placed >= first
        ]
        newest_first = sorted(own + non_amazon, key=lambda row: -row[0])
        blocks = [[row[2] for row in rows] for _, rows in groupby(newest_first, key=lambda row: row[1])]
        rows, bad = with_bad_rows(blocks, _bad_rows(first, last))
        facts = {
            "data_rows": len(rows),
            "orders": len({number for _, number, _ in own}),
            "non_amazon_rows": len(non_amazon),
            "bad_rows": bad,
        }
        files.append(Export(name, ROW_END.join(["\t".join(HEADER), *rows]) + ROW_END + FILE_END, facts))
    return files


def overlap(brand: Brand) -> dict[str, int]:
    """Orders and rows that both exports hold, and the orders whose status is newer in the second."""
    (_, _, end_of_first), (_, start_of_second, _) = EXPORTS
    orders = brand.orders[brand.orders["channel"] == AMAZON]
    both = orders[orders["placed"].between(start_of_second, end_of_first, inclusive="left")]
    return {
        "orders_in_both": len(both),
        "rows_in_both": int(brand.lines["order"].isin(both.index).sum()),
        "orders_changed": int((both["updated"] > end_of_first).sum()),
    }


def _time(second: int) -> str:
    return instant(second).isoformat(timespec="seconds")


def _amount(cents: int) -> str:
    """As the report writes amounts: 24.9, 20.0, and nothing for zero."""
    return str(cents / 100) if cents else ""


def _row(**fields: str) -> str:
    """One row from its columns, hyphens written as underscores."""
    return "\t".join(fields.get(name, "") for name in FIELDS)


def _sale(line: Any, seen_at: int) -> str:
    """One item of an Amazon order as the report shows it at the moment of the export."""
    settled = line.updated <= seen_at
    sent = "Shipped - Delivered to Buyer" if line.merchant_fulfilled else "Shipped"
    final = "Cancelled" if line.status == "cancelled" else sent
    waiting = "Pending" if seen_at - line.placed < DAY // 2 else "Unshipped"
    order_status = final if settled else waiting
    cancelled = line.cancelled or order_status == "Cancelled"
    town, state, _, postcode, _ = TOWNS[line.town]
    row = _row(
        **_identity(line.number, line.placed, line.updated if settled else line.placed),
        order_status=order_status,
        fulfillment_channel="Merchant" if line.merchant_fulfilled else "Amazon",
        sales_channel="Amazon.com",
        ship_service_level="Standard" if line.shipping else "Expedited",
        **_goods(line, "0" if cancelled else str(line.quantity)),
        item_status="Cancelled" if cancelled else "Shipped" if settled else "Unshipped",
        **({} if cancelled else _amounts(line)),
        ship_city=town.upper() if line.variant % 3 == 0 else town,
        ship_state=state,
        ship_postal_code=postcode,
        ship_country="US",
        promotion_ids=PROMOTION if line.promotion and not cancelled else "",
        is_business_order="true" if line.business else "false",
        purchase_order_number=f"PO-{line.order:05d}" if line.business and line.variant < 50 else "",
        price_designation="Business Price" if line.business else "",
    )
    short = line.variant < 3 and not line.business and not line.promotion
    return "\t".join(row.split("\t")[:LAST_OF_SHORT_ROWS]) if short else row


def _identity(number: str, placed: int, updated: int) -> dict[str, str]:
    return {
        "amazon_order_id": number,
        "merchant_order_id": number,
        "purchase_date": _time(placed),
        "last_updated_date": _time(updated),
    }


def _goods(line: Any, quantity: str) -> dict[str, str]:
    sold = product(line)
    return {
        "product_name": f"{BRAND} {sold.name}",
        "sku": sold.sku,
        "asin": sold.asin,
        "quantity": quantity,
        "currency": CURRENCY,
    }


def _amounts(line: Any) -> dict[str, str]:
    return {
        "item_price": _amount(line.item),
        "item_tax": _amount(line.tax),
        "shipping_price": _amount(line.shipping),
        "item_promotion_discount": _amount(line.promotion),
        "ship_promotion_discount": _amount(line.ship_promotion),
    }


def _sent_for_store(line: Any) -> str:
    """An order of the brand's own shop that Amazon's warehouse sent: in the report, without a price."""
    town, state, _, postcode, _ = TOWNS[line.town]
    identity = _identity(f"S01-{line.order:07d}-{line.person:07d}", line.placed, line.updated)
    return _row(
        **identity | {"merchant_order_id": line.store_name},
        order_status="Shipped",
        fulfillment_channel="Amazon",
        sales_channel="Non-Amazon",
        ship_service_level="Standard",
        **_goods(line, str(line.quantity)),
        item_status="Shipped",
        ship_city=town,
        ship_state=state,
        ship_postal_code=postcode,
        ship_country="US",
        is_business_order="false",
    )


def _bad_rows(first: int, last: int) -> list[BadRow]:
    """Rows with one field broken, dated inside the export."""
    rows = []
    for place, (reason, field, value) in enumerate(BROKEN):
        placed = first + (place + 1) * (last - first) // (len(BROKEN) + 1)
        sold = PRODUCTS[place]
        good = _identity(f"114-{9_000_000 + place}-{first + place:07d}", placed, placed + DAY) | {
            "order_status": "Shipped",
            "fulfillment_channel": "Amazon",
            "sales_channel": "Amazon.com",
            "ship_service_level": "Expedited",
            "product_name": f"{BRAND} {sold.name}",
            "sku": sold.sku,
            "asin": sold.asin,
            "item_status": "Shipped",
            "quantity": "1",
            "currency": CURRENCY,
            "item_price": _amount(sold.price),
            "ship_country": "US",
            "is_business_order": "false",
        }
        broken = good | {field.replace("-", "_"): value}
        if field == "amazon-order-id":
            broken["merchant_order_id"] = value
        price = None if field == "item-price" else money(sold.price)
        rows.append(BadRow(reason, _row(**broken), price))
    return rows
