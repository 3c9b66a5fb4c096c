"""Order tables for the tests of this room: made by hypothesis, and turned into what the functions take."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from ownchannel.orders import TABLE

#: Two ends of years, and the end of a leap year's February.
DAYS = [
    start + dt.timedelta(days=further)
    for start in (dt.date(2023, 12, 29), dt.date(2024, 2, 27), dt.date(2024, 12, 31))
    for further in (0, 1, 2, 3, 30)
]
CHANNELS = {"Marketplace": "marketplace", "Own store": "owned", "Second store": "owned"}

Line = dict[str, Any]


@dataclass
class OrdersInMemory:
    """As Orders: whatever has the tidy table as `arrow`."""

    arrow: pa.Table


def as_orders(lines: list[Line]) -> OrdersInMemory:
    return OrdersInMemory(pa.Table.from_pylist(lines, schema=TABLE))


def line(**told: Any) -> Line:
    """One line of the tidy table, unremarkable in all that is not told."""
    day = told.get("ordered_on", dt.date(2025, 1, 1))
    return {
        "order_id": "1",
        "line_id": "1",
        "channel": "Own store",
        "kind": "owned",
        "ordered_at": dt.datetime.combine(day, dt.time(12), dt.UTC),
        "ordered_on": day,
        "customer_key": "ann",
        "sku": None,
        "product": None,
        "quantity": 1.0,
        "item_value": Decimal("10.00"),
        "discount": Decimal(0),
        "shipping": Decimal(0),
        "tax": Decimal(0),
        "refund": Decimal(0),
        "fee": None,
        "fulfilment": None,
        "goods": None,
        "currency": "EUR",
        "country": None,
        "status": "completed",
        "consent": None,
        "source_file": "generated.csv",
        "source_row": 1,
    } | told


def cents(largest: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, largest).map(lambda amount: Decimal(amount) / 100)


@st.composite
def order_lines(draw: st.DrawFn) -> list[Line]:
    """Orders of one to three lines: on one day, refunded, cancelled, without a key, in two currencies."""
    lines: list[Line] = []
    orders_on = Counter[str]()
    for _ in range(draw(st.integers(1, 20))):
        channel = draw(st.sampled_from(list(CHANNELS)))
        orders_on[channel] += 1
        day = draw(st.sampled_from(DAYS))
        order = {
            # Numbered anew on each channel: the same id on another channel is another order.
            "order_id": str(orders_on[channel]),
            "channel": channel,
            "kind": CHANNELS[channel],
            "ordered_on": day,
            "ordered_at": dt.datetime.combine(day, dt.time(draw(st.integers(0, 2))), dt.UTC),
            "customer_key": draw(st.sampled_from(["ann", "bob", "cem", None])),
            "currency": draw(st.sampled_from(["EUR", "USD"])),
            "status": draw(st.sampled_from(["completed", "completed", "refunded", "pending", "cancelled"])),
        }
        for _ in range(draw(st.integers(1, 3))):
            amounts = {
                "item_value": draw(st.just(Decimal(0)) | cents(99_999)),
                "discount": draw(st.just(Decimal(0)) | cents(999)),
                "refund": draw(st.just(Decimal(0)) | cents(99_999)),
                "shipping": draw(cents(999)),
                "fee": draw(st.none() | cents(999)),
                "fulfilment": draw(st.none() | st.just(Decimal(0)) | cents(999)),
                "goods": draw(st.none() | st.just(Decimal(0)) | cents(999)),
                "quantity": float(draw(st.integers(1, 3))),
            }
            lines.append(line(**order, **amounts, line_id=str(len(lines)), source_row=len(lines)))
    return lines


def is_sale(line: Line) -> bool:
    return line["status"] in ("completed", "refunded")


def is_purchase(line: Line) -> bool:
    return is_sale(line) and line["item_value"] > 0


def net(line: Line) -> Decimal:
    return Decimal(line["item_value"] - line["discount"] - line["refund"])
