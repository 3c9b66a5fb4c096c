"""A slow reader of the sample files, written apart from the library's and from the code that makes them."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

CENT = Decimal("0.01")
NEW_YORK = ZoneInfo("America/New_York")


@dataclass
class Order:
    """One order as the files show it; amounts over the lines that count."""

    status: str
    month: str
    lines: int
    sold_lines: int = 0
    item_value: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    given_back: Decimal = Decimal(0)
    """Of all that was paid, shipping and tax too."""
    refund: Decimal = Decimal(0)
    """Of the goods."""
    fee: Decimal = Decimal(0)
    email: str = ""
    consent: bool = False
    placed: datetime | None = None


@dataclass
class File:
    """One file's rows, counted."""

    data_rows: int = 0
    non_amazon_rows: int = 0
    synced: dict[str, Decimal] = field(default_factory=dict)
    synced_rows: int = 0
    bad_rows: list[dict[str, Any]] = field(default_factory=list)
    rows: list[dict[str, str]] = field(default_factory=list)


def number(text: str) -> Decimal | None:
    """An amount, 0 where nothing stands, None where it cannot be read."""
    try:
        return Decimal(text or "0")
    except ArithmeticError:
        return None


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def when(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).astimezone(NEW_YORK)
    except ValueError:
        return None


def fault(row: dict[str, str], id_field: str, price_field: str, date: datetime | None, currency: str) -> str:
    """Why a row cannot be read, or nothing."""
    if not row[id_field]:
        return "missing order id"
    if date is None:
        return "unreadable date"
    if number(row[price_field]) is None:
        return "unreadable price"
    return "" if currency else "missing currency"


def bad_row(line: int, reason: str, price: str) -> dict[str, Any]:
    value = number(price)
    return {"line": line, "reason": reason, "item_value": None if value is None else str(rounded(value))}


def read_amazon(path: Path) -> File:
    """Good rows as dictionaries with a `when`; the others counted or listed."""
    header, *lines = path.read_bytes().decode("utf-8").split("\n")
    names = header.rstrip("\r").split("\t")
    result = File()
    for line, text in enumerate(lines, start=2):
        if not text.strip():
            continue
        cells = text.rstrip("\r").split("\t")
        row = dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=True))
        result.data_rows += 1
        date = when(row["purchase-date"], "%Y-%m-%dT%H:%M:%S%z")
        reason = fault(row, "amazon-order-id", "item-price", date, row["currency"])
        if row["sales-channel"] == "Non-Amazon":
            result.non_amazon_rows += 1
        elif reason:
            result.bad_rows.append(bad_row(line, reason, row["item-price"]))
        else:
            result.rows.append(row)
    return result


def amazon_orders(files: list[File], truth: dict[str, Any]) -> dict[str, Order]:
    """Orders over all reports: of a row that two reports hold, the one updated last."""
    newest: dict[tuple[str, str], dict[str, str]] = {}
    for row in (row for file in files for row in file.rows):
        key = row["amazon-order-id"], row["sku"]
        if key not in newest or row["last-updated-date"] >= newest[key]["last-updated-date"]:
            newest[key] = row
    by_order: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in newest.values():
        by_order[row["amazon-order-id"]].append(row)
    return {order_id: _amazon_order(rows, truth["stated"]) for order_id, rows in by_order.items()}


def _amazon_order(rows: list[dict[str, str]], stated: dict[str, Any]) -> Order:
    placed = when(rows[0]["purchase-date"], "%Y-%m-%dT%H:%M:%S%z")
    words = {"Shipped": "completed", "Shipped - Delivered to Buyer": "completed", "Cancelled": "cancelled"}
    order = Order(
        words.get(rows[0]["order-status"], "pending"), placed.strftime("%Y-%m"), len(rows), placed=placed
    )
    for row in rows:
        if order.status != "completed" or row["item-status"] == "Cancelled":
            continue
        item, off = Decimal(row["item-price"]), Decimal(row["item-promotion-discount"] or "0")
        shipping = Decimal(row["shipping-price"] or "0") - Decimal(row["ship-promotion-discount"] or "0")
        order.sold_lines += 1
        order.item_value += item
        order.discount += off
        order.fee += rounded((item + shipping - off) * Decimal(stated["fees"]["amazon_referral_rate"]))
        if row["fulfillment-channel"] == "Amazon":
            order.fee += int(row["quantity"]) * Decimal(stated["products"][row["sku"]]["fulfilment_fee"])
    return order


def read_shopify(path: Path, truth: dict[str, Any]) -> tuple[File, dict[str, Order]]:
    """The shop's own orders; bad rows listed and synced ones counted apart."""
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
    result, groups = File(data_rows=len(rows)), defaultdict(list)
    name = ""
    for line, row in enumerate(rows, start=2):
        is_first = row["Financial Status"] != ""
        row["Name"] = row["Name"] if is_first else row["Name"] or name
        name = row["Name"]
        date = when(row["Created at"], "%Y-%m-%d %H:%M:%S %z")
        currency = row["Currency"] if is_first else "that of the first row"
        reason = fault(row, "Name", "Lineitem price", date, currency)
        if reason:
            result.bad_rows.append(bad_row(line, reason, row["Lineitem price"]))
        else:
            groups[name].append(row)
    orders = {}
    for key, lines in groups.items():
        if lines[0]["Source"] == "amazon":
            amazon_id = lines[0]["Note Attributes"].removeprefix("Amazon Order Id: ")
            result.synced[amazon_id] = Decimal(lines[0]["Subtotal"])
            result.synced_rows += len(lines)
        else:
            orders[key] = _shopify_order(lines, truth["stated"]["fees"])
    return result, orders


def _shopify_order(lines: list[dict[str, str]], fees: dict[str, str]) -> Order:
    first = lines[0]
    placed = when(first["Created at"], "%Y-%m-%d %H:%M:%S %z")
    words = {
        "paid": "completed",
        "partially_refunded": "completed",
        "refunded": "refunded",
        "voided": "cancelled",
    }
    status = words.get(first["Financial Status"], "pending")
    if first["Cancelled at"] and status != "refunded":
        status = "cancelled"
    order = Order(status, placed.strftime("%Y-%m"), len(lines), placed=placed)
    order.email = first["Email"].strip().lower()
    order.consent = first["Accepts Marketing"] == "yes"
    if status in {"completed", "refunded"}:
        order.sold_lines = len(lines)
        order.item_value = sum(
            (Decimal(line["Lineitem price"]) * int(line["Lineitem quantity"]) for line in lines), Decimal(0)
        )
        order.discount = Decimal(first["Discount Amount"])
        order.given_back = Decimal(first["Refunded Amount"])
        order.refund = min(order.given_back, order.item_value - order.discount)
        order.fee = rounded(Decimal(first["Total"]) * Decimal(fees["card_rate"])) + Decimal(
            fees["card_fixed"]
        )
    return order
