"""Exports made up at random in every format, language and encoding: what was written is read, and no more.

500 of them in every run and 5,000 in `make test-slow`, evenly over the formats.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Sequence
from itertools import chain, groupby
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import SIDE_TABLES, Orders, read_orders
from tests.orders import generated_orders
from tests.orders.generated_bookings import Generated, assert_read_as_generated, settlements
from tests.orders.generated_transactions import transactions
from tests.orders.generated_truth import (
    GeneratedFile,
    check_reading,
    in_order,
    told,
    told_buyers,
    told_of_orders,
)

ORDERS = generated_orders.FORMATS
BOOKINGS = {"Amazon settlement": settlements(), "Amazon transactions": transactions()}
FORMATS = {**ORDERS, **BOOKINGS}
NORMALLY, SLOWLY = 500, 5_000

of_every_format = pytest.mark.parametrize("name", FORMATS)
Check = Callable[..., None]


def each(examples: int) -> Callable[[Check], Check]:
    """So many examples of all formats together."""
    return settings(max_examples=-(-examples // len(FORMATS)))


def is_read_as_written(file: GeneratedFile | Generated) -> None:
    if isinstance(file, Generated):
        assert_read_as_generated(file)
    else:
        with tempfile.TemporaryDirectory() as workspace:
            check_reading(file, workspace)


@of_every_format
@each(NORMALLY)
@given(data=st.data())
def test_500_exports_are_read_as_they_were_written(name: str, data: st.DataObject):
    is_read_as_written(data.draw(FORMATS[name]))


@pytest.mark.slow
@of_every_format
@each(SLOWLY)
@given(data=st.data())
def test_5000_exports_are_read_as_they_were_written(name: str, data: st.DataObject):
    is_read_as_written(data.draw(FORMATS[name]))


# ---------------------------------------------------------------- several files


def read(files: Sequence[tuple[str, bytes]], mapping: Any = None) -> Orders:
    """All files in one go, each with its books in order."""
    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(list(files), mapping=mapping, workspace=workspace)
    for file in orders.report.files:
        assert file.rows_in == file.accepted + file.rejected + file.duplicates
        assert all(split["in"] == split["accepted"] + split["rejected"] for split in file.money.values())
        assert not any("The amounts read do not add up" in warning for warning in file.warnings)
    assert sum(file.rejected for file in orders.report.files) == len(orders.report.rejected)
    return orders


@settings(max_examples=10)  # each has a file of every format
@given(data=st.data())
def test_several_files_give_what_each_gives_alone(data: st.DataObject):
    # Two of Amazon's order reports, or two tables of the same shop, may hold the same order.
    apart = [name for name in ORDERS if name not in ("Amazon Fulfilled Shipments", "Etsy orders")]
    files = [data.draw(ORDERS[name]) for name in apart]
    booked = [data.draw(strategy) for strategy in BOOKINGS.values()]
    mapping = next(file.mapping for file in files if file.mapping)
    orders = read([(file.name, file.content) for file in [*files, *booked]], mapping)
    for gives in ("lines", *SIDE_TABLES):
        held = [row for file in files if file.gives == gives for row in file.holds]
        from_bookings: set[Any] = {entry.order_id for file in booked for entry in file.entries}
        booked_orders = {order[0] for file in files if file.gives == "entries" for order in file.of_orders}
        # Another shop may have an order of the same number.
        from_bookings |= {(channel, order) for channel in ("Etsy", "Shopify") for order in booked_orders}
        found = [
            row
            for row in told(orders, gives)
            if gives != "lines" or not {row[1], tuple(row[:2])} & from_bookings
        ]
        assert in_order(found) == in_order(held)
    entries = [entry.amount for file in booked for entry in file.entries]
    entries += [row[4] for file in files if file.gives == "entries" for row in file.holds]
    assert sorted(orders.entries["amount"].to_pylist()) == sorted(entries)
    for file, report in zip([*files, *booked], orders.report.files, strict=True):
        rejected = file.rejected if isinstance(file.rejected, int) else len(file.rejected)
        repeats = getattr(file, "repeats", 0)
        assert (report.rows_in, report.rejected, report.duplicates) == (file.rows, rejected, repeats)


@of_every_format
@settings(max_examples=5)
@given(data=st.data())
def test_a_file_that_is_read_twice_counts_once(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    mapping = file.mapping if isinstance(file, GeneratedFile) else None
    once = read([(file.name, file.content)], mapping)
    twice = read([(file.name, file.content), (f"again-{file.name}", file.content)], mapping)
    for table in ("arrow", "entries", *SIDE_TABLES):
        assert known(getattr(twice, table)) == known(getattr(once, table))
    assert [report.accepted for report in twice.report.files] == [once.report.files[0].accepted, 0]


def known(table: pa.Table) -> list[dict[str, Any]]:
    """The rows; a customer is known or not, for another workspace gives another key."""
    rows = table.to_pylist()
    return [
        {name: bool(cell) if name == "customer_key" else cell for name, cell in row.items()} for row in rows
    ]


#: By format, the column that tells orders apart.
NUMBER: dict[str, str | tuple[str, ...]] = {
    "Amazon All Orders": "amazon-order-id",
    "Amazon Fulfilled Shipments": "amazon-order-id",
    "Amazon Order Report": "order-id",
    "Shopify orders": "Name",
    "WooCommerce orders": "order_id",
    "WooCommerce order items": "order_id",
    "WooCommerce Analytics orders": "Order #",
    "Etsy orders": "Order ID",
    "Etsy order items": "Order ID",
    "eBay orders": ("Order Number", "Order number", "Bestellnummer"),
    "TikTok Shop orders": "Order ID",
    "Table with named columns": "Invoice",
}


@pytest.mark.parametrize("name", NUMBER)
@settings(max_examples=8)
@given(data=st.data())
def test_files_that_overlap_give_what_the_whole_gives(name: str, data: st.DataObject):
    file = data.draw(ORDERS[name])
    encoding = "utf-16" if file.content.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    head, *rows = io.StringIO(file.content.decode(encoding), newline="\n")
    orders = [list(of_order) for _, of_order in groupby(rows, number_in(head, NUMBER[name]))]
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(orders))] * 2)))
    parts = [head + "".join(chain(*part)) for part in (orders[:end], orders[start:])]
    whole = read(
        [(f"{at}-{file.name}", part.encode(encoding)) for at, part in enumerate(parts)], file.mapping
    )
    assert told(whole, "lines") == file.holds
    assert told_of_orders(whole) == file.of_orders
    keys = told_buyers(whole)
    assert all((keys[number] is None) == (buyer is None) for number, buyer in file.buyers.items())
    assert [report.rows_in for report in whole.report.files] == [
        sum(map(len, orders[:end])),
        sum(map(len, orders[start:])),
    ]


def number_in(head: str, column: str | tuple[str, ...]) -> Callable[[str], str]:
    """What tells the number of a row's order; no cell of these files has a line end in it."""
    delimiter = next(mark for mark in "\t;|," if mark in head)

    def cells(line: str) -> list[str]:
        if delimiter == "\t":
            return line.split(delimiter)
        return next(csv.reader([line], delimiter=delimiter))

    # A byte order mark may stand before the first name.
    place = next(place for place, name in enumerate(cells(head)) if name.endswith(column))
    return lambda line: cells(line)[place]
