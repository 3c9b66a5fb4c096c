"""The shop's `orders_export.csv`: 79 columns, an order's own fields on its first row only."""

from itertools import groupby
from typing import Any

from .buyers import TOWNS
from .exports import BadRow, Export, order_lines, product, with_bad_rows
from .ledger import Brand, relay_address
from .stated import AMAZON, BRAND, CURRENCY, DAY, PRODUCTS, WELCOME_CODE, local, money

NAME = "shopify_orders_export.csv"
_NAMES = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,"
    "Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,"
    "Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,"
    "Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,Billing Province,"
    "Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,"
    "Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,"
    "Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,"
    "Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,"
    "Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name,"
    "Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
HEADER = _NAMES.split(",")
#: The export writes an empty text of these as "" on an order's first row, and nothing elsewhere.
QUOTED_WHEN_EMPTY = frozenset(
    (
        "Discount Code",
        "Shipping Method",
        "Shipping Address2",
        "Shipping Company",
        "Shipping Phone",
        "Notes",
        "Tags",
    )
)

BROKEN = (
    # First in the file, where no order stands above it that it could continue.
    ("missing order id", "Name", ""),
    ("unreadable price", "Lineitem price", "twelve"),
    ("unreadable date", "Created at", "31/31/2025 at noon"),
    ("missing currency", "Currency", ""),
    ("unreadable price", "Lineitem price", "n/a"),
    ("unreadable date", "Created at", "last Tuesday"),
)
ABANDONED_PAYMENTS = ("voided", "voided", "pending", "voided")


def export(brand: Brand) -> Export:
    """The export; facts: `data_rows, orders, synced_orders, synced_rows, synced_net_value, bad_rows`."""
    held = brand.orders[brand.orders["store_name"] != ""]
    lines = order_lines(held, brand.lines).join(brand.people[["town", "guest"]], on="person")
    by_order = groupby(lines.itertuples(), key=lambda line: line.order)
    orders = [_order(brand, list(of_order)) for _, of_order in by_order]
    rows, bad = with_bad_rows(orders, _bad_rows())
    synced = held[held["channel"] == AMAZON]
    facts = {
        "data_rows": len(rows),
        "orders": len(held) - len(synced),
        "synced_orders": len(synced),
        "synced_rows": int((lines["channel"] == AMAZON).sum()),
        "synced_net_value": money((synced["item"] - synced["discount"]).sum()),
        "bad_rows": bad,
    }
    return Export(NAME, "\n".join([",".join(HEADER), *rows]) + "\n", facts)


def _time(second: int) -> str:
    return local(second).strftime("%Y-%m-%d %H:%M:%S %z")


def _csv(fields: dict[str, str], first: bool) -> str:
    """One row, quoted as the platform quotes."""

    def cell(name: str) -> str:
        text = fields.get(name, "")
        if '"' in text or "," in text:
            return '"' + text.replace('"', '""') + '"'
        return '""' if first and not text and name in QUOTED_WHEN_EMPTY else text

    return ",".join(map(cell, HEADER))


def _order(brand: Brand, lines: list[Any]) -> list[str]:
    """An order's rows: the first with everything, the others with what belongs to a line."""
    order = lines[0]
    email = _email(brand, order)
    rows = [_csv(_first_row(order, email) | _line_fields(order, email), first=True)]
    # Some exports leave the name of a continuation row out.
    name = "" if order.variant == 0 else order.store_name
    rows.extend(_csv(_line_fields(line, email) | {"Name": name}, first=False) for line in lines[1:])
    return rows


def _email(brand: Brand, order: Any) -> str:
    """The buyer's address; a returning buyer types it in capitals or with a trailing space now and then."""
    if order.channel == AMAZON:
        return relay_address(brand, order.person)
    if order.guest:
        return ""
    address = f"buyer{order.person:05d}@example.com"
    if order.purchase > 0 and order.variant < 6:
        return address.upper() if order.variant % 2 else address + " "
    return address


def _line_fields(line: Any, email: str) -> dict[str, str]:
    sold = product(line)
    sent = line.status in {"completed", "refunded"} and not line.cancelled_first
    return {
        "Name": line.store_name,
        "Email": email,
        "Created at": _time(line.placed),
        "Lineitem quantity": str(line.quantity),
        "Lineitem name": sold.name,
        "Lineitem price": money(sold.price),
        "Lineitem sku": sold.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": "fulfilled" if sent else "pending",
        "Vendor": BRAND,
        "Lineitem discount": "0.00",
    }


def _first_row(order: Any, email: str) -> dict[str, str]:
    """What belongs to the order: payment, amounts, addresses and where it came from."""
    sent = order.status in {"completed", "refunded"} and not order.cancelled_first
    goods = order.order_item - order.discount
    total = goods + order.order_shipping + order.order_tax
    synced = order.channel == AMAZON
    state, tax_rate = TOWNS[order.town][2], TOWNS[order.town][4]
    return {
        **_payment(order, total),
        "Fulfillment Status": "fulfilled" if sent else "unfulfilled",
        "Fulfilled at": _time(order.updated) if sent else "",
        "Accepts Marketing": "yes" if order.consent and not synced else "no",
        "Currency": CURRENCY,
        "Subtotal": money(goods),
        "Shipping": money(order.order_shipping),
        "Taxes": money(order.order_tax),
        "Total": money(total),
        "Discount Code": WELCOME_CODE if order.discount and not synced else "",
        "Discount Amount": money(order.discount),
        "Shipping Method": "Standard" if order.order_shipping else "Free shipping",
        **_addresses(order),
        "Note Attributes": f"Amazon Order Id: {order.number}" if synced else "",
        "Refunded Amount": "0.00" if synced else money(order.order_refund),
        "Id": str(5_900_000_000_000 + 32_768 * order.order),
        "Tags": "amazon" if synced else "",
        "Risk Level": "Low",
        "Source": "amazon" if synced else "web",
        "Tax 1 Name": f"{state} State Tax {tax_rate / 100:g}%" if order.order_tax else "",
        "Tax 1 Value": money(order.order_tax) if order.order_tax else "",
    }


def _payment(order: Any, total: int) -> dict[str, str]:
    """Financial status, what was paid when, and the cancellation (which a refund may follow)."""
    cancelled_at = ""
    if order.status == "cancelled":
        status = ABANDONED_PAYMENTS[order.variant % 4]
        # A payment that failed voids an order without a cancellation.
        cancelled_at = "" if order.variant % 4 == 3 else _time(order.updated)
    elif order.status == "pending":
        status = ("authorized", "pending")[order.variant % 2]
    elif order.status == "refunded":
        status = "refunded"
        cancelled_at = _time(order.updated) if order.cancelled_first else ""
    else:
        status = "partially_refunded" if order.channel != AMAZON and order.order_refund else "paid"
    taken = order.status in {"completed", "refunded"}
    return {
        "Financial Status": status,
        "Paid at": _time(order.placed + 5) if taken else "",
        "Cancelled at": cancelled_at,
        "Payment Method": "amazon" if order.channel == AMAZON else "Shopify Payments",
        "Outstanding Balance": "0.00" if taken or cancelled_at else money(total),
    }


def _addresses(order: Any) -> dict[str, str]:
    """Invented name, street and phone; the zip with the apostrophe that keeps its zero in a spreadsheet."""
    town, state, state_name, postcode, _ = TOWNS[order.town]
    street = f"{1 + order.person % 97} Sample Street"
    name = "Marketplace Buyer" if order.channel == AMAZON else f"Sample Buyer {order.person:05d}"
    both = {
        "Name": name,
        "Street": street,
        "Address1": street,
        "City": town,
        "Zip": "'" + postcode,
        "Province": state,
        "Country": "US",
        "Province Name": state_name,
    }
    fields = {f"{kind} {field}": text for kind in ("Billing", "Shipping") for field, text in both.items()}
    if order.channel == AMAZON or order.variant % 4:
        return fields
    return fields | {"Phone": f"555-01{order.person % 100:02d}"}


def _bad_rows() -> list[BadRow]:
    """Orders of one row with one field broken."""
    rows = []
    for place, (reason, field, value) in enumerate(BROKEN):
        sold = PRODUCTS[place]
        price = money(sold.price)
        good = {
            "Name": f"#{900 + place}",
            "Email": f"buyer{99_990 + place}@example.com",
            "Financial Status": "paid",
            "Accepts Marketing": "no",
            "Currency": CURRENCY,
            "Subtotal": price,
            "Shipping": "0.00",
            "Taxes": "0.00",
            "Total": price,
            "Discount Amount": "0.00",
            "Created at": _time((100 + 100 * place) * DAY),
            "Lineitem quantity": "1",
            "Lineitem name": sold.name,
            "Lineitem price": price,
            "Lineitem sku": sold.sku,
            "Refunded Amount": "0.00",
            "Vendor": BRAND,
            "Source": "web",
        }
        unreadable = field == "Lineitem price"
        rows.append(BadRow(reason, _csv(good | {field: value}, first=True), None if unreadable else price))
    return rows
