"""Etsy's monthly statements made up at random, each with what it holds: see generated_orders."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from tests.orders.generated_truth import GeneratedFile, amount, in_order, styles, with_bad, written

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
    bad = [with_bad(row, columns[0]) for row in rows[: draw(st.integers(0, 2))]]
    return GeneratedFile(
        "etsy_statement_2026_9.csv",
        written(columns, [*rows, *bad], style),
        "entries",
        len(rows) + len(bad),
        len(bad),
        in_order(entry for _, _, entries in found for entry in entries),
        in_order((number, *[amount(0)] * 4) for number in orders),
        dict.fromkeys(orders),
    )
