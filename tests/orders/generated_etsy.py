"""Etsy's exports made up at random, each with what it holds: see generated_orders."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from tests.orders.generated_truth import (
    GeneratedFile,
    amount,
    day_of,
    file_of,
    in_order,
    made_up_orders,
    plain_number,
    styles,
    truth_of,
)
from tests.orders.headers import ETSY_ITEM_COLUMNS, ETSY_ORDER_COLUMNS


@st.composite
def etsy_orders(draw: st.DrawFn) -> GeneratedFile:
    """Etsy's orders: a line an order, by days; refunds in the adjusted total, below the whole."""
    style = draw(styles(".,"))
    words = {"completed": "Completed", "pending": "Payment Processing", "cancelled": "Canceled"}
    orders = draw(made_up_orders(style, tuple(words)))
    orders = tuple(order if order.refund < order.total else order._replace(refund=0) for order in orders)
    rows = [
        {
            "Sale Date": order.placed.strftime("%m/%d/%y"),
            "Order ID": str(order.number),
            "Buyer User ID": "" if order.buyer is None else f"buyer{order.buyer}",
            "Number of Items": str(sum(item.units for item in order.items)),
            "Ship Country": "Germany",
            "Currency": order.currency,
            "Order Value": style.money(order.value),
            "Discount Amount": style.money(order.discount),
            "Shipping Discount": style.money(100),
            "Shipping": style.money(order.shipping + 100),
            "Sales Tax": style.money(order.tax),
            "Order Total": style.money(order.total),
            "Status": words[order.status],
            "Card Processing Fees": style.money(150),
            "Adjusted Order Total": style.money(order.total - order.refund if order.refund else 0),
        }
        for order in orders
    ]
    truth = truth_of(orders, "Etsy", plain_number)
    truth["holds"] = in_order(
        (
            "Etsy", str(order.number), day_of(order), None, None, float(sum(i.units for i in order.items)),
            amount(order.value), order.currency, order.status,
        )
        for order in orders
    )  # fmt: skip
    return file_of(draw, "etsy_orders.csv", ETSY_ORDER_COLUMNS, rows, style, wrong="Order Value", **truth)


@st.composite
def etsy_items(draw: st.DrawFn) -> GeneratedFile:
    """Etsy's order items: prices for one; what is the order's own is left to the orders."""
    style = draw(styles(".,"))
    orders = draw(made_up_orders(style, ("completed",)))
    rows = [
        {
            "Sale Date": order.placed.strftime("%m/%d/%y"),
            "Item Name": item.product,
            "Quantity": str(item.units),
            "Price": style.money(item.price),
            "Discount Amount": style.money(0 if place else order.discount),
            "Order Shipping": style.money(order.shipping),
            "Order Sales Tax": style.money(order.tax),
            "Item Total": style.money(item.units * item.price),
            "Currency": order.currency,
            "Transaction ID": f"{order.number}{place}",
            "Order ID": f"#{order.number}",
            "Ship Country": "United States",
            "SKU": item.sku,
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    untold = ["shipping", "tax", "refund"]
    truth = truth_of(orders, "Etsy", plain_number, untold=untold, hides_buyers=True, placed=day_of)
    return file_of(draw, "etsy_items.csv", ETSY_ITEM_COLUMNS, rows, style, wrong="Price", **truth)


_HEADERS = {
    "en": "Date,Type,Title,Info,Currency,Amount,Fees & Taxes,Net,Tax Details",
    "de": "Datum,Art,Titel,Info,Währung,Betrag,Gebühren & Steuern,Netto,Steuerliche Angaben",
}


class Booked(NamedTuple):
    """A row of the statement and what it is; `{}` stands for an order's number."""

    type: str
    title: str
    info: str
    event: str
    part: str


SALE = {
    "en": Booked("Sale", "Payment for Order #{}", "", "sale", "goods"),
    "de": Booked("Verkauf", "Zahlung für Bestellung #{}", "", "sale", "goods"),
}
OF_SALES = {
    "en": [
        Booked("Tax", "Sales tax paid by buyer", "Order #{}", "sale", "goods"),
        Booked("Fee", "Processing fee", "Order #{}", "sale", "fee"),
        Booked("Fee", "Transaction fee: Mug, order of 2", "Order #{}", "sale", "fee"),
        Booked("Fee", "Credit for processing fee", "Order #{}", "refund", "fee"),
        Booked("Shipping", "USPS shipping label", "Order #{}", "sale", "fulfilment"),
        Booked("Marketing", "Fee for sale made through Offsite Ads", "Order #{}", "account", "advertising"),
        Booked("Moonlight", "Something new for {}", "Order #{}", "sale", "unclassified"),
    ],
    "de": [
        Booked("Gebühr", "Transaktionsgebühr: Becher", "Bestellnr. {}", "sale", "fee"),
        Booked("Gebühr", "Gutschrift für Transaktionsgebühr", "Bestellnr. {}", "refund", "fee"),
        Booked("Versand", "Versandetikett", "Bestellung #{}", "sale", "fulfilment"),
    ],
}
OF_ACCOUNT = {
    "en": [
        Booked("Fee", "Listing fee", "Listing #15", "account", "fee"),
        Booked("Marketing", "Etsy Ads", "Bill for click-throughs on Sep 1, 2026", "account", "advertising"),
        Booked("Subscription", "Etsy Plus", "", "account", "fee"),
        Booked("Payment", "Payment by card", "", "account", "transfer"),
    ],
    "de": [
        Booked("Gebühr", "Einstellgebühr", "Artikel Nr. 15", "account", "fee"),
        Booked("Marketing", "Etsy-Anzeigen", "", "account", "advertising"),
    ],
}


@st.composite
def etsy_statements(draw: st.DrawFn) -> GeneratedFile:
    """A month, the newest day first; a sale's fees may stand in its own row, equal rows follow each other."""
    style = draw(styles(".,").filter(lambda style: style.encoding.startswith("utf")))
    language = "en" if style.decimal == "." else draw(st.sampled_from(["en", "de"]))
    sign = draw(st.sampled_from(["$", "CA$", "€"]))
    currency = {"$": "USD", "CA$": "CAD", "€": "EUR"}[sign]
    cents = st.integers(1, 2_000_000)

    def money(number: int) -> str:
        text = style.money(abs(number))
        return "--" if not number else f"{'-' if number < 0 else ''}{sign}{text}"

    columns = _HEADERS[language].split(",")
    found: list[tuple[datetime, dict[str, str], list[tuple]]] = []

    def book(kind: Booked, order: str | None, gross: int, fees: int) -> None:
        day = datetime(2026, 9, 30, tzinfo=UTC) - timedelta(days=draw(st.integers(0, 4)))
        written_day = (
            f"{day:%B} {day.day}, {day.year}" if language == "en" else f"{day.day}. {day:%B} {day.year}"
        )
        cells = [written_day, kind.type, kind.title.format(order), kind.info.format(order), currency]
        cells += [money(gross), money(fees), money(gross + fees), "--"]
        parts = [(kind.part, gross), ("fee" if kind.part == "goods" and gross else kind.part, fees)]
        entries = [
            (day, kind.event, part, order, amount(number), currency) for part, number in parts if number
        ]
        found.extend(
            [(day, dict(zip(columns, cells, strict=True)), entries)] * draw(st.sampled_from([1, 1, 2]))
        )

    orders = []
    for number in map(str, draw(st.lists(st.integers(10_000_000, 10_000_099), max_size=4, unique=True))):
        book(SALE[language], number, draw(cents), draw(st.sampled_from([0, 0, -144])))
        for kind in draw(st.lists(st.sampled_from(OF_SALES[language]), max_size=4)):
            book(kind, number, 0, draw(cents) * (1 if kind.event == "refund" else -1))
        orders.append(number)
    for kind in draw(st.lists(st.sampled_from(OF_ACCOUNT[language]), max_size=4)):
        book(kind, None, 0, -draw(cents))
    found.sort(key=lambda each: each[0], reverse=True)
    rows = [cells for _, cells, _ in found]
    truth = {
        "gives": "entries",
        "holds": in_order(entry for _, _, entries in found for entry in entries),
        "of_orders": in_order((number, *[amount(0)] * 4) for number in orders),
        "buyers": dict.fromkeys(orders),
    }
    return file_of(draw, "etsy_statement_2026_9.csv", columns, rows, style, wrong=columns[0], **truth)
