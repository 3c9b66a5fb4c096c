"""eBay's orders report: the one month in which the brand tried eBay. It holds none of eBay's fees."""

from itertools import groupby
from typing import Any

from .buyers import TOWNS
from .exports import Export, buyer_name, buyer_street, csv_cell, product, records, sold_lines, user_name
from .ledger import Brand
from .stated import BRAND, EBAY, PRODUCTS, local, money

NAME = "ebay_orders_2025-05.csv"
_NAMES = (
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer Address 1,"
    "Buyer Address 2,Buyer City,Buyer State,Buyer Zip,Buyer Country,Ship To Name,Ship To Phone,"
    "Ship To Address 1,Ship To Address 2,Ship To City,Ship To State,Ship To Zip,Ship To Country,Item Number,"
    "Item Title,Custom Label,Sold Via Promoted Listings,Quantity,Sold For,Shipping And Handling,"
    "eBay Collect And Remit Tax Rate,eBay Collect And Remit Tax Type,Seller Collected Tax,"
    "eBay Collected Tax,Total Price,eBay Collected Tax and Fees Included in Total,Payment Method,Sale Date,"
    "Paid On Date,Ship By Date,Shipped On Date,Feedback Left,Feedback Received,My Item Note,"
    "PayPal Transaction ID,Shipping Service,Tracking Number,Transaction ID,Variation Details"
)
HEADER = _NAMES.split(",")


def export(brand: Brand) -> Export:
    """The report; facts: `data_rows, sum_rows, orders, buyers, item_value, bad_rows`."""
    lines = sold_lines(brand, EBAY)
    orders = [list(of_order) for _, of_order in groupby(records(lines), key=lambda line: line.order)]
    first = min(order[0].order for order in orders)
    rows = [row for of_order in orders for row in _rows(of_order, 101 + of_order[0].order - first)]
    facts = {
        "data_rows": len(rows),
        "sum_rows": len(rows) - len(lines),
        "orders": len(orders),
        "buyers": lines["person"].nunique(),
        "item_value": money(lines["item"].sum()),
        "bad_rows": [],
    }
    empty = "," * (len(HEADER) - 1)
    cells = [",".join(csv_cell(row.get(column, "")) for column in HEADER) for row in rows]
    days = [f"{local(each.iloc[0]):%b-%d-%y}" for each in (lines["placed"].sort_values(), lines["placed"])]
    footer = f'"{len(rows)}","record(s) downloaded","from {days[0]} to {days[1]}"'
    text = [empty, ",".join(HEADER), empty, *cells, "", footer, "Seller ID : hearth-and-ladle"]
    return Export(NAME, "\n".join(text) + "\n", facts)


def _rows(lines: list[Any], record: int) -> list[dict[str, str]]:
    """An order of one line is one row; of several a row that sums them up, and one each."""
    order = lines[0]
    own = _of_buyer(order) | {
        "Sales Record Number": str(record),
        "Shipping And Handling": _dollars(order.order_shipping),
        "eBay Collected Tax": _dollars(order.order_tax),
        "Total Price": _dollars(order.order_item + order.order_shipping + order.order_tax),
    }
    if len(lines) == 1:
        return [own | _item(order)]
    units = sum(line.quantity for line in lines)
    whole = {"Quantity": str(units), "Sold For": _dollars(order.order_item)}
    known = ("Sales Record Number", "Order Number", "Buyer Username", "Sale Date", "Paid On Date")
    return [own | whole, *({name: own[name] for name in known} | _item(line) for line in lines)]


def _item(line: Any) -> dict[str, str]:
    sold = product(line)
    return {
        "Item Number": str(335_001_200_000 + 41 * PRODUCTS.index(sold)),
        "Item Title": f"{BRAND} {sold.name}",
        "Custom Label": sold.sku,
        "Sold Via Promoted Listings": "Yes" if line.variant < 25 else "No",
        "Quantity": str(line.quantity),
        "Sold For": _dollars(sold.price),
        "Transaction ID": str(2_857_300_000 + 10 * line.order + line.line),
    }


def _of_buyer(order: Any) -> dict[str, str]:
    """The days of an order, and to whom it goes: the same as buyer and as receiver."""
    town, state, _, postcode, _ = TOWNS[order.town]
    placed, sent = (f"{local(second):%b-%d-%y}" for second in (order.placed, order.updated))
    place = {"City": town, "State": state, "Zip": postcode, "Country": "United States"}
    return {
        "Order Number": order.number,
        "Buyer Username": user_name(order),
        "Buyer Name": buyer_name(order),
        "Buyer Address 1": buyer_street(order),
        "Ship To Name": buyer_name(order),
        "Ship To Phone": f"555-01{order.person % 100:02d}",
        "Ship To Address 1": buyer_street(order),
        **{f"{who} {name}": text for who in ("Buyer", "Ship To") for name, text in place.items()},
        "Payment Method": "Other",
        "Sale Date": placed,
        "Paid On Date": placed,
        "Shipped On Date": sent,
        "Shipping Service": "USPS Ground Advantage",
    }


def _dollars(cents: int) -> str:
    return f"${money(cents)}"
