"""Kinds of brand that open the workbooks: each as the files that it would hand in, read once."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ownchannel.orders import read_orders, save_orders
from ownchannel.workspace import Workspace
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row
from tests.orders.exports import shopify as between_commas
from tests.orders.headers import woocommerce_columns

SAMPLES = Path(__file__).parents[2] / "data" / "samples"

_LAST_DAY = dt.date(2026, 9, 30)


@dataclass(frozen=True)
class Brand:
    """What a brand hands in: the sample's files by name, or files of its own and what their columns hold."""

    samples: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    mapping: Mapping[str, Any] | None = None
    timezone: str = "UTC"

    def save(self, folder: Path) -> None:
        """Read the files into the workspace of this folder, as workbook 00 does."""
        place = Workspace.at(folder)
        exports = [*(SAMPLES / name for name in self.samples), *self.files]
        orders = read_orders(exports, mapping=self.mapping, workspace=place, timezone=self.timezone)
        assert len(orders.sales), f"{orders.report}"
        save_orders(orders, place)


def _purchases(buyers: int, days: int, seed: int) -> Iterator[tuple[int, int, dt.date]]:
    """Number, buyer and day of every order: buyers come evenly, and after each order 4 in 10 come again."""
    drawn, found = random.Random(seed), []
    for buyer in range(buyers):
        day = drawn.randrange(days)
        while day < days:
            found.append((day, buyer))
            day = day + 1 + int(drawn.expovariate(1 / 70)) if drawn.random() < 0.4 else days
    for number, (day, buyer) in enumerate(sorted(found), start=1001):
        yield number, buyer, _LAST_DAY - dt.timedelta(days=days - 1 - day)


def _woocommerce() -> tuple[str, bytes]:
    """Two years of an own store in euros, a fifth of its orders with two items, some with a refund."""
    rows, drawn = [], random.Random(11)
    for number, buyer, day in _purchases(450, 730, seed=3):
        price, second = drawn.choice((19, 29, 49)), drawn.random() < 0.2
        refund = f"amount:{price}.00|reason:|date:{day} 20:00:00" if drawn.random() < 0.05 else ""
        row = dict.fromkeys(woocommerce_columns(2), "") | {
            "order_id": f"{number}",
            "order_number": f"{number}",
            "order_date": f"{day} 12:00:00",
            "status": "completed",
            "shipping_total": "4.90",
            "fee_total": "0.00",
            "tax_total": "0.00",
            "order_subtotal": f"{price + 12 * second}.00",
            "order_total": f"{price + 12 * second + 4.9:.2f}",
            "order_currency": "EUR",
            "billing_email": f"buyer{buyer}@example.com",
            "shipping_country": "DE",
            "refund_items": refund,
            "line_item_1": f"name:Pan|sku:PAN-{price}|quantity:1|total:{price}.00|sub_total:{price}.00",
        }
        if second:
            row["line_item_2"] = "name:Salt|sku:SALT|quantity:2|total:12.00|sub_total:12.00"
        rows.append(row)
    return "woocommerce.csv", between_commas(*rows, columns=woocommerce_columns(2))


def _till() -> tuple[str, bytes]:
    """Fourteen months of a small shop's own list, in pounds."""
    lines = ["Invoice,Date,Customer,Amount"]
    lines += [
        f"{number},{day},buyer{buyer}@example.com,{20 + number % 7 * 5}.50"
        for number, buyer, day in _purchases(160, 425, seed=5)
    ]
    return "till.csv", "\n".join(lines).encode()


def _few_orders() -> tuple[tuple[str, bytes], ...]:
    """Ten orders of one spring: six on a marketplace, four in the own store, one buyer of these twice."""
    on_amazon = [
        amazon_row(
            amazon_order_id=f"111-0000000-{at:07}",
            purchase_date=f"2026-0{3 + at % 3}-1{at}T05:30:00+00:00",
            item_price=f"{20 + 8 * at}.00",
        )
        for at in range(6)
    ]
    in_store = [
        shopify_row(
            {
                "Name": f"#{1001 + at}",
                "Email": f"buyer{at % 3}@example.com",
                "Created at": f"2026-0{3 + at % 3}-2{at} 10:00:00 -0500",
            }
        )
        for at in range(4)
    ]
    return ("report.txt", amazon(*on_amazon)), ("shop.csv", shopify(*in_store))


def _refunded() -> tuple[str, bytes]:
    """Half a year of a store that gave all its money back."""
    money_back = {"Financial Status": "refunded", "Refunded Amount": "84.00"}
    rows = [
        shopify_row(
            {
                "Name": f"#{number}",
                "Email": f"buyer{buyer}@example.com",
                "Created at": f"{day} 10:00:00 -0500",
                **money_back,
            }
        )
        for number, buyer, day in _purchases(20, 180, seed=13)
    ]
    return "shop.csv", shopify(*rows)


def _gifts() -> tuple[str, bytes]:
    """Two months on a marketplace that sold nothing: every order is a gift of value 0."""
    rows = [
        amazon_row(
            amazon_order_id=f"111-0000000-{number:07}",
            purchase_date=f"{day}T05:30:00+00:00",
            item_price="0.00",
        )
        for number, _, day in _purchases(20, 70, seed=17)
    ]
    return "report.txt", amazon(*rows)


def _many_currencies() -> tuple[tuple[str, bytes], ...]:
    """A year on three marketplaces, each in its own currency, and in a store in euros."""
    on_amazon, in_store = [], []
    for number, buyer, day in _purchases(220, 365, seed=7):
        if buyer % 4:
            place, code = (("Amazon.de", "EUR"), ("Amazon.co.uk", "GBP"), ("Amazon.se", "SEK"))[buyer % 4 - 1]
            on_amazon.append(
                amazon_row(
                    amazon_order_id=f"111-0000000-{number:07}",
                    purchase_date=f"{day}T09:00:00+00:00",
                    sales_channel=place,
                    currency=code,
                    item_price=f"{25 + number % 5 * 10}.00",
                )
            )
        else:
            price = f"{30 + number % 4 * 10}.00"
            in_store.append(
                shopify_row(
                    {
                        "Name": f"#{number}",
                        "Email": f"buyer{buyer}@example.com",
                        "Created at": f"{day} 09:00:00 +0000",
                        "Currency": "EUR",
                        "Subtotal": price,
                        "Total": price,
                        "Lineitem price": price,
                    }
                )
            )
    return ("report.txt", amazon(*on_amazon)), ("shop.csv", shopify(*in_store))


_ALL_ORDERS = ("amazon_all_orders_2024-10_2025-10.txt", "amazon_all_orders_2025-09_2026-09.txt")
_OF_THE_SAMPLE = partial(Brand, timezone="America/New_York")

#: By name. The sample brand is what a workspace without orders shows.
BRANDS: dict[str, Brand | None] = {
    "the sample brand": None,
    "Amazon.com alone": _OF_THE_SAMPLE(
        (
            *_ALL_ORDERS,
            "amazon_fulfilled_shipments.txt",
            "amazon_settlement_us.txt",
            "amazon_transactions_2024-10_2025-09.csv",
            "amazon_transactions_2025-10_2026-09.csv",
        )
    ),
    "Amazon orders alone": _OF_THE_SAMPLE(_ALL_ORDERS),
    "Amazon.de alone": _OF_THE_SAMPLE(("amazon_settlement_de.txt",)),
    "Shopify alone": _OF_THE_SAMPLE(("shopify_orders_export.csv", "shopify_payments_transactions.csv")),
    "Etsy alone": _OF_THE_SAMPLE(("etsy_orders_2026-08.csv", "etsy_order_items_2026-08.csv")),
    "WooCommerce alone": Brand(files=(_woocommerce(),)),
    "a table with named columns": Brand(
        files=(_till(),),
        mapping={
            "order_id": "Invoice",
            "ordered_at": "Date",
            "customer": "Customer",
            "item_value": "Amount",
            "currency": "GBP",
        },
    ),
    "many currencies": Brand(files=_many_currencies()),
    "ten orders": Brand(files=_few_orders()),
    "everything refunded": Brand(files=(_refunded(),)),
    "gifts alone": Brand(files=(_gifts(),)),
    "one order": Brand(files=(("report.txt", amazon(amazon_row())),)),
}
