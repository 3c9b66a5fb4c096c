"""Etsy's sold orders and sold order items: the one month in which the brand tried Etsy."""

from itertools import groupby
from typing import Any

from .buyers import TOWNS
from .exports import (
    Export,
    buyer_name,
    buyer_street,
    csv_table,
    product,
    records,
    shares,
    sold_lines,
    user_name,
)
from .ledger import Brand
from .stated import BRAND, CURRENCY, ETSY, ETSY_COUPON, PRODUCTS, Product, local, money

ORDERS, ITEMS = "etsy_orders_2026-08.csv", "etsy_order_items_2026-08.csv"
_ORDER_NAMES = (
    "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,"
    "Date Shipped,Street 1,Street 2,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,"
    "Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,"
    "Card Processing Fees,Order Net,Adjusted Order Total,Adjusted Card Processing Fees,"
    "Adjusted Net Order Amount,Buyer,Order Type,Payment Type,InPerson Discount,InPerson Location,SKU"
)
_ITEM_NAMES = (
    "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,"
    "Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,"
    "Ship Name,Ship Address1,Ship Address2,Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,"
    "Variations,Order Type,Listings Type,Payment Type,InPerson Discount,InPerson Location,"
    "VAT Paid by Buyer,SKU"
)
ORDER_HEADER, ITEM_HEADER = _ORDER_NAMES.split(","), _ITEM_NAMES.split(",")


def exports(brand: Brand) -> list[Export]:
    """Orders and items; facts: `data_rows, orders, buyers, item_value, discount, fees, bad_rows`."""
    lines = sold_lines(brand, ETSY)
    orders = [list(of_order) for _, of_order in groupby(records(lines), key=lambda line: line.order)]
    order_rows = [_order(of_order) for of_order in orders]
    item_rows = [row for of_order in orders for row in _items(of_order)]
    totals = brand.orders.loc[lines["order"].unique(), ["item", "discount", "card_fee"]].sum()
    facts = {
        "orders": len(orders),
        "buyers": lines["person"].nunique(),
        "item_value": money(totals["item"]),
        "discount": money(totals["discount"]),
        "bad_rows": [],
    }
    return [
        Export(
            ORDERS,
            csv_table(ORDER_HEADER, order_rows),
            {"data_rows": len(order_rows)} | facts | {"fees": money(totals["card_fee"])},
        ),
        Export(ITEMS, csv_table(ITEM_HEADER, item_rows), {"data_rows": len(item_rows)} | facts),
    ]


def _date(second: int) -> str:
    return local(second).strftime("%m/%d/%y")


def _order(lines: list[Any]) -> dict[str, str]:
    """An order: its value is before the coupon, its total what the buyer pays; Etsy remits the tax."""
    order = lines[0]
    net_of_tax = order.order_item - order.discount + order.order_shipping
    return _of_order(order) | {
        "Buyer User ID": user_name(order),
        "Full Name": buyer_name(order),
        "First Name": "Sample",
        "Last Name": buyer_name(order).removeprefix("Sample "),
        "Number of Items": str(sum(line.quantity for line in lines)),
        "Payment Method": "Credit Card",
        "Street 1": buyer_street(order),
        "Order Value": money(order.order_item),
        "Discount Amount": money(order.discount),
        "Shipping": money(order.order_shipping),
        "Sales Tax": money(order.order_tax),
        "Order Total": money(net_of_tax + order.order_tax),
        "Status": "Completed",
        "Card Processing Fees": money(order.card_fee),
        "Order Net": money(net_of_tax - order.card_fee),
        "Adjusted Order Total": "0.00",
        "Adjusted Card Processing Fees": "0.00",
        "Adjusted Net Order Amount": "0.00",
        "SKU": ",".join(product(line).sku for line in lines),
    }


def _items(lines: list[Any]) -> list[dict[str, str]]:
    """An order's items; the coupon is spread over them, shipping and tax stand on the first."""
    order = lines[0]
    discounts = shares(order.discount, [line.item for line in lines])
    return [
        _of_order(line)
        | {
            "Item Name": f"{BRAND} {product(line).name}",
            "Quantity": str(line.quantity),
            "Price": money(product(line).price),
            "Discount Amount": money(discount),
            "Order Shipping": money(order.order_shipping if line is order else 0),
            "Order Sales Tax": money(order.order_tax if line is order else 0),
            "Item Total": money(line.item),
            "Transaction ID": str(4_700_000_000 + 10 * line.order + line.line),
            "Listing ID": listing_id(product(line)),
            "Date Paid": _date(line.placed),
            "Ship Name": buyer_name(line),
            "Ship Address1": buyer_street(line),
            "Listings Type": "listing",
            "VAT Paid by Buyer": "0.00",
            "SKU": product(line).sku,
        }
        for line, discount in zip(lines, discounts, strict=True)
    ]


def listing_id(listed: Product) -> str:
    """The number of a product's page on Etsy."""
    return str(1_750_000_000 + 37 * PRODUCTS.index(listed))


def _of_order(order: Any) -> dict[str, str]:
    """What both files tell of an order."""
    town, state, _, postcode, _ = TOWNS[order.town]
    return {
        "Sale Date": _date(order.placed),
        "Order ID": order.number,
        "Buyer": user_name(order),
        "Date Shipped": _date(order.updated),
        "Ship City": town,
        "Ship State": state,
        "Ship Zipcode": postcode,
        "Ship Country": "United States",
        "Currency": CURRENCY,
        "Coupon Code": ETSY_COUPON if order.discount else "",
        "Coupon Details": f"{ETSY_COUPON} - 10% off" if order.discount else "",
        "Shipping Discount": "0.00",
        "Order Type": "online",
        "Payment Type": "online_cc",
    }
