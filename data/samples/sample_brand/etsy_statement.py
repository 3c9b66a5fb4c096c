"""Etsy's statement of the month in which the brand tried it: sales, every fee, advertising and deposits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from .etsy import listing_id
from .exports import Export, csv_table, product, records, shares, sold_lines
from .ledger import STREAMS, Brand
from .stated import (
    BRAND,
    CURRENCY,
    DAY,
    ETSY,
    FEES,
    OFFSITE_ADS_SHARE,
    PRODUCTS,
    local,
    midnight,
    money,
    part_of,
)

NAME = "etsy_statement_2026-08.csv"
HEADER = ["Date", "Type", "Title", "Info", "Currency", "Amount", "Fees & Taxes", "Net", "Tax Details"]
NOTHING = "--"
OPENED, DAYS = midnight(2026, 8, 1), 31
FIRST_MONDAY = midnight(2026, 8, 3)


@dataclass(frozen=True)
class Booked:
    """One row: cents by what they are for, positive where they are the seller's."""

    posted: int
    part: str
    kind: str
    title: str
    info: str
    cents: int


def export(brand: Brand) -> Export:
    """The statement; facts: `data_rows, orders, totals` by what an amount is for, `total, bad_rows`."""
    lines = sold_lines(brand, ETSY)
    orders = [list(of_order) for _, of_order in groupby(records(lines), key=lambda line: line.order)]
    rng = np.random.default_rng([brand.seed, STREAMS["etsy statement"]])
    booked = [*_listed(), *_ads(rng), *(row for of_order in orders for row in _of_order(of_order))]
    by_ads = rng.random(len(orders)) < OFFSITE_ADS_SHARE / 100
    booked += [_offsite_ads(of_order[0]) for of_order, is_one in zip(orders, by_ads, strict=True) if is_one]
    booked += list(_deposits(booked))
    totals: Counter[str] = Counter()
    for row in booked:
        totals[row.part] += row.cents
    facts = {
        "data_rows": len(booked),
        "orders": len(orders),
        "offsite_ads_orders": int(by_ads.sum()),
        "totals": {part: money(cents) for part, cents in totals.items()},
        "total": money(totals.total()),
        "bad_rows": [],
    }
    newest_first = sorted(booked, key=lambda row: -row.posted)
    return Export(NAME, csv_table(HEADER, [_row(row) for row in newest_first]), facts)


def _listed() -> Iterator[Booked]:
    """Each product's page opened on the first day."""
    for listed in PRODUCTS:
        yield _listing(OPENED, listing_id(listed))


def _listing(posted: int, listing: str, units: int = 1) -> Booked:
    return Booked(posted, "listing", "Fee", "Listing fee", f"Listing #{listing}", -units * FEES.etsy_listing)


def _ads(rng: np.random.Generator) -> Iterator[Booked]:
    """A bill for each day but the last, on the next."""
    for day, cents in enumerate(rng.integers(450, 1_150, DAYS - 1)):
        clicked = local(OPENED + day * DAY)
        info = f"Bill for click-throughs to your shop on {clicked:%b} {clicked.day}, {clicked.year}"
        yield Booked(OPENED + (day + 1) * DAY, "etsy_ads", "Marketing", "Etsy Ads", info, -int(cents))


def _of_order(lines: list[Any]) -> Iterator[Booked]:
    """What the buyer paid and all that Etsy took of it, on the day of the order."""
    order = lines[0]
    goods, info = order.order_item - order.discount, f"Order #{order.number}"
    paid = goods + order.order_shipping + order.order_tax

    def fee(part: str, title: str, cents: int, kind: str = "Fee") -> Booked:
        return Booked(order.placed, part, kind, title, info, -cents)

    yield Booked(order.placed, "sale", "Sale", f"Payment for {info}", "", paid)
    if order.order_tax:
        yield fee("tax", "Sales tax paid by buyer", order.order_tax, "Tax")
    yield fee("processing", "Processing fee", order.card_fee)
    on_goods = part_of(goods, FEES.etsy_transaction)
    for line, cents in zip(lines, shares(on_goods, [line.item for line in lines]), strict=True):
        yield fee("transaction", f"Transaction fee: {BRAND} {product(line).name}", cents)
        yield _listing(order.placed, listing_id(product(line)), line.quantity)
    if order.order_shipping:
        on_shipping = part_of(order.order_shipping, FEES.etsy_transaction)
        yield fee("transaction", "Transaction fee: Shipping", on_shipping)
    label = sum(line.fulfilment_fee for line in lines)
    yield fee("label", "USPS shipping label", label, "Shipping")


def _offsite_ads(order: Any) -> Booked:
    """Etsy's share of an order that an ad on another site brought."""
    cents = part_of(order.order_item - order.discount + order.order_shipping, FEES.etsy_offsite_ads)
    title = "Fee for sale made through Offsite Ads"
    return Booked(order.placed, "offsite_ads", "Marketing", title, f"Order #{order.number}", -cents)


def _deposits(booked: list[Booked]) -> Iterator[Booked]:
    """On each Monday morning what the days before it left."""
    for monday in range(FIRST_MONDAY, OPENED + DAYS * DAY, 7 * DAY):
        since = monday - 7 * DAY
        cents = sum(row.cents for row in booked if since <= row.posted < monday)
        title = f"{_dollars(cents)} sent to your bank account"
        yield Booked(monday, "deposit", "Deposit", title, "", -cents)


def _dollars(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def _row(row: Booked) -> dict[str, str]:
    """What a buyer paid is an amount, all else is fees; a deposit stands in its title."""
    day, text = local(row.posted), _dollars(row.cents)
    is_sale, is_deposit = row.part == "sale", row.part == "deposit"
    return {
        "Date": f"{day:%B} {day.day}, {day.year}",
        "Type": row.kind,
        "Title": row.title,
        "Info": row.info,
        "Currency": CURRENCY,
        "Amount": text if is_sale else NOTHING,
        "Fees & Taxes": NOTHING if is_sale or is_deposit else text,
        "Net": NOTHING if is_deposit else text,
        "Tax Details": NOTHING,
    }
