"""Amazon Fulfilled Shipments: what its warehouses sent, with a buyer's relay address and no fees."""

from typing import Any

import numpy as np

from .account import code, order_item_code
from .buyers import TOWNS
from .exports import Export, product, records, shares, sold_lines, tabbed
from .ledger import STREAMS, Brand, relay_address
from .stated import AMAZON, BRAND, CURRENCY, instant, money

NAME = "amazon_fulfilled_shipments.txt"
_NAMES = (
    "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id "
    "merchant-order-item-id purchase-date payments-date shipment-date reporting-date buyer-email buyer-name "
    "buyer-phone-number sku product-name quantity-shipped currency item-price item-tax shipping-price "
    "shipping-tax gift-wrap-price gift-wrap-tax ship-service-level recipient-name ship-address-1 "
    "ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country ship-phone-number "
    "bill-address-1 bill-address-2 bill-address-3 bill-city bill-state bill-postal-code bill-country "
    "item-promotion-discount ship-promotion-discount carrier tracking-number estimated-arrival-date "
    "fulfillment-center-id fulfillment-channel sales-channel"
)
HEADER = _NAMES.split(" ")
AMOUNTS = ("item", "tax", "shipping", "promotion", "ship_promotion")
SPLIT_SHARE = 0.3  # of the lines with several units
BETWEEN_PARCELS = 7_200


def export(brand: Brand) -> Export:
    """The report; facts: its counts, how many lines went in two parcels, and whose addresses it shows."""
    lines = sold_lines(brand, AMAZON)
    lines = lines[~lines["merchant_fulfilled"]].sort_values(["updated", "order", "line"])
    rng = np.random.default_rng([brand.seed, STREAMS["shipments"]])
    split = (rng.random(len(lines)) < SPLIT_SHARE) & (lines["quantity"] > 1).to_numpy()
    rows: list[str] = []
    for line, in_two in zip(records(lines), split, strict=True):
        parcels = [1, line.quantity - 1] if in_two else [line.quantity]
        rows.extend(_row(brand, line, parcels, parcel) for parcel in range(len(parcels)))
    facts = {
        "data_rows": len(rows),
        "orders": lines["order"].nunique(),
        "lines": len(lines),
        "split_lines": int(split.sum()),
        "item_value": money(lines["item"].sum()),
        "addresses": lines.loc[~lines["business"], "person"].nunique(),
        "shared_address_orders": lines.loc[lines["business"], "order"].nunique(),
        "bad_rows": [],
    }
    return Export(NAME, "\r\n".join(["\t".join(HEADER), *rows]) + "\r\n", facts)


def _time(second: int) -> str:
    return instant(second).isoformat(timespec="seconds")


def _row(brand: Brand, line: Any, parcels: list[int], parcel: int) -> str:
    """One parcel of a line; here promotions are negative."""
    amount = {name: shares(getattr(line, name), parcels)[parcel] for name in AMOUNTS}
    town, state, _, postcode, _ = TOWNS[line.town]
    sent = line.updated - BETWEEN_PARCELS * (len(parcels) - 1 - parcel)
    fields = {
        "amazon-order-id": line.number,
        "shipment-id": code(brand.seed, line.order, parcel),
        "shipment-item-id": code(brand.seed, line.order, parcel, line.line),
        "amazon-order-item-id": order_item_code(line),
        "purchase-date": _time(line.placed),
        "shipment-date": _time(sent),
        "buyer-email": relay_address(brand, line.person),
        "sku": product(line).sku,
        "product-name": f"{BRAND} {product(line).name}",
        "quantity-shipped": str(parcels[parcel]),
        "currency": CURRENCY,
        "item-price": money(amount["item"]),
        "item-tax": money(amount["tax"]),
        "shipping-price": money(amount["shipping"]),
        "ship-city": town,
        "ship-state": state,
        "ship-postal-code": postcode,
        "ship-country": "US",
        "item-promotion-discount": money(-amount["promotion"]),
        "ship-promotion-discount": money(-amount["ship_promotion"]),
        "fulfillment-channel": "AFN",
        "sales-channel": "Amazon.com",
    }
    return tabbed(HEADER, fields)
