"""A slow reader of what platforms booked in the sample files, written apart from the library's."""

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

#: Columns of both transactions reports by what their amounts are for.
TRANSACTION_PARTS = {
    "product sales": "goods",
    "shipping credits": "shipping",
    "gift wrap credits": "shipping",
    "promotional rebates": "discount",
    "sales tax collected": "tax",
    "Marketplace Facilitator Tax": "tax",
    "product sales tax": "tax",
    "shipping credits tax": "tax",
    "giftwrap credits tax": "tax",
    "Regulatory Fee": "tax",
    "Tax On Regulatory Fee": "tax",
    "promotional rebates tax": "tax",
    "marketplace withheld tax": "tax",
    "selling fees": "fee",
    "fba fees": "fulfilment",
    "other transaction fees": "other",
    "other": "other",
}
V2_PARTS = {
    ("ItemPrice", "Principal"): "goods",
    ("ItemPrice", "Shipping"): "shipping",
    ("ItemPrice", "Tax"): "tax",
    ("ItemWithheldTax", "MarketplaceFacilitatorTax-Principal"): "tax",
    ("ItemFees", "Commission"): "fee",
    ("ItemFees", "FBAPerUnitFulfillmentFee"): "fulfilment",
    ("Promotion", "Principal"): "discount",
    ("Promotion", "Shipping"): "discount",
}
V1_PARTS = {
    ("price", "Principal"): "goods",
    ("price", "Shipping"): "shipping",
    ("item-related-fee", "Commission"): "fee",
    ("item-related-fee", "FBAPerUnitFulfillmentFee"): "fulfilment",
    ("promotion", "Principal"): "discount",
    ("promotion", "Shipping"): "shipping",
}
#: What no order stands behind, by words of the transactions and of the settlements.
KINDS = {
    "Cost of Advertising": "advertising",
    "Subscription": "subscription",
    "FBA storage fee": "storage",
    "To account ending with: 000": "transfer",
    "PilotProgramCredit": "unclassified",
    "TransactionTotalAmount": "advertising",
    "Subscription Fee": "subscription",
    "Storage Fee": "storage",
    "ServiceFee": "advertising",
}
EVENTS = {"Order": "sale", "Refund": "refund"}


@dataclass
class Booked:
    """One order line's sale or refund, or one amount without an order; amounts by part."""

    kind: str
    order_id: str = ""
    sku: str = ""
    settlement_id: str = ""
    deferred: bool = False
    quantity: str = ""
    parts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def total(self) -> Decimal:
        return sum(self.parts.values(), Decimal(0))

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.order_id, self.sku


@dataclass
class Settlement:
    """A settlement as its file tells it."""

    columns: int
    rows: int
    settlement_id: str
    currency: str
    stated_total: Decimal
    total: Decimal
    booked: list[Booked]


def read_transactions(path: Path) -> tuple[int, list[Booked]]:
    """How many lines stand above the header, and every row; its total must be the sum of its columns."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(place for place, line in enumerate(lines) if line.startswith('"date/time"'))
    booked = []
    for row in csv.DictReader(io.StringIO("".join(lines[start:]), newline="")):
        one = Booked(
            EVENTS.get(row["type"]) or KINDS[row["description"]],
            row["order id"],
            row["sku"],
            row["settlement id"],
            row.get("Transaction Status") == "Deferred",
            row["quantity"],
        )
        for column in TRANSACTION_PARTS.keys() & row.keys():
            one.parts[TRANSACTION_PARTS[column]] += Decimal(row[column].replace(",", ""))
        assert one.total == Decimal(row["total"].replace(",", "")), row
        booked.append(one)
    return start, booked


def read_settlement(path: Path) -> Settlement:
    """A flat file V2: the summary, then a row an amount."""
    header, summary, *rows = _tabbed(path.read_text(encoding="utf-8"))
    lines: dict[tuple[str, str, str], Booked] = {}
    total = Decimal(0)
    for row in rows:
        amount = Decimal(row["amount"])
        total += amount
        words = (row["amount-type"], row["amount-description"])
        kind = EVENTS.get(row["transaction-type"]) or KINDS[row["amount-description"]]
        key = (kind, row["order-id"], row["sku"])
        one = lines.setdefault(key, Booked(*key, settlement_id=row["settlement-id"]))
        one.parts[V2_PARTS[words] if row["order-id"] else "other"] += amount
        one.quantity = one.quantity or row["quantity-purchased"]
    return Settlement(
        columns=len(header),
        rows=1 + len(rows),
        settlement_id=summary["settlement-id"],
        currency=summary["currency"],
        stated_total=Decimal(summary["total-amount"]),
        total=total,
        booked=list(lines.values()),
    )


def read_german_settlement(path: Path) -> Settlement:
    """A flat file V1: an amount stands in one of several pairs of columns; 1.141,18 is 1141.18."""
    header, summary, *rows = _tabbed(path.read_bytes().decode("cp1252"))
    lines: dict[tuple[str, str, str], Booked] = {}
    total = Decimal(0)
    for row in rows:
        kind = EVENTS.get(row["transaction-type"]) or KINDS[row["transaction-type"]]
        key = (kind, row["order-id"], row["sku"])
        one = lines.setdefault(key, Booked(*key, settlement_id=row["settlement-id"]))
        one.quantity = one.quantity or row["quantity-purchased"]
        for column in header:
            if not column.endswith("-amount") or not row[column]:
                continue
            amount = german(row[column])
            total += amount
            pair = column.removesuffix("-amount")
            part = V1_PARTS[pair, row[f"{pair}-type"]] if row["order-id"] else "other"
            one.parts[part] += amount
    return Settlement(
        columns=len(header),
        rows=1 + len(rows),
        settlement_id=summary["settlement-id"],
        currency=summary["currency"],
        stated_total=german(summary["total-amount"]),
        total=total,
        booked=list(lines.values()),
    )


ETSY_PARTS = {
    "Payment for Order": "sale",
    "Sales tax paid by buyer": "tax",
    "Processing fee": "processing",
    "Transaction fee": "transaction",
    "Listing fee": "listing",
    "Etsy Ads": "etsy_ads",
    "Fee for sale made through Offsite Ads": "offsite_ads",
    "USPS shipping label": "label",
    "$": "deposit",
}
"""By the start of a title."""


@dataclass
class OfEtsy:
    """One row of Etsy's statement."""

    day: date
    part: str
    order_id: str
    amount: Decimal


def read_etsy_statement(path: Path) -> list[OfEtsy]:
    """Every row; its net must be its amount or its fees, and what a deposit took stands in its title."""
    booked = []
    for row in read_rows(path):
        (part,) = [name for start, name in ETSY_PARTS.items() if row["Title"].startswith(start)]
        cells = [row[column] for column in ("Amount", "Fees & Taxes") if row[column] != "--"]
        if part == "deposit":
            assert cells == [] and row["Net"] == "--", row
            amount = -_dollars(row["Title"].removesuffix(" sent to your bank account"))
        else:
            assert cells == [row["Net"]], row
            amount = _dollars(row["Net"])
        day = datetime.strptime(row["Date"], "%B %d, %Y").replace(tzinfo=UTC).date()
        order_id = "".join(re.findall(r"Order #(\d+)", row["Title"] + row["Info"]))
        booked.append(OfEtsy(day, part, order_id, amount))
    return booked


def _dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", ""))


def german(text: str) -> Decimal:
    return Decimal(text.replace(".", "").replace(",", "."))


def read_rows(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows by column."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def read_tabbed(path: Path) -> list[dict[str, str]]:
    """A tab-delimited file's rows by column."""
    return list(_tabbed(path.read_bytes().decode("utf-8"))[1:])


def _tabbed(text: str) -> list[dict[str, str]]:
    """The header as a row of its own names, then the rows."""
    names = text.splitlines()[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in text.splitlines()]
