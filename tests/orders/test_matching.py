"""Bookings that name an order, and the order of that name."""

from decimal import Decimal

import pyarrow as pa
import pytest

from ownchannel.orders._bookings import joined
from ownchannel.orders._files import find_sources
from ownchannel.orders._merge import matched
from ownchannel.orders._one_file import read_file
from ownchannel.orders._readers import READERS
from ownchannel.orders._readers._reader import Context
from ownchannel.workspace import CustomerKeys
from tests.orders.exports import shopify, shopify_row
from tests.orders.test_shopify_payments import A_CHARGE, payments


def lines(*orders: tuple[str, str, str]) -> pa.Table:
    channel, order_id, identity = zip(*orders, strict=True) if orders else ((), (), ())
    columns = {"channel": channel, "order_id": order_id, "identity": identity}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def entry(order_id: str | None, event: str = "sale", identity: str | None = None) -> pa.Table:
    row = {"channel": "Shopify", "order_id": order_id, "event": event, "identity": identity}
    return pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})


@pytest.mark.parametrize(
    ("orders", "identity"),
    [
        ([("Shopify", "#1001", "shopify/55")], "shopify/55"),
        ([("Shopify", "#1001", "shopify/55")] * 3, "shopify/55"),
        ([("Shopify", "#1001", "shopify/55"), ("Shopify", "#1001", "shopify/66")], None),
        ([("Etsy", "#1001", "etsy/55")], None),
        ([("Shopify", "#1002", "shopify/55")], None),
        ([], None),
    ],
)
def test_an_entry_belongs_to_the_one_order_of_its_name_on_its_channel(orders, identity):
    assert matched(entry("#1001"), lines(*orders))["identity"].to_pylist() == [identity]


def test_what_has_an_identity_keeps_it_and_what_is_no_orders_gets_none():
    held = lines(("Shopify", "#1001", "shopify/55"))
    assert matched(entry("#1001", identity="amazon/1"), held)["identity"].to_pylist() == ["amazon/1"]
    assert matched(entry("#1001", event="account"), held)["identity"].to_pylist() == [None]
    assert matched(entry(None), held)["identity"].to_pylist() == [None]


def test_without_entries_there_is_nothing_to_match():
    assert matched(entry("#1001").slice(1), lines()).num_rows == 0


def test_the_fee_of_a_card_comes_to_the_order_that_it_paid():
    def read(content: bytes) -> pa.Table:
        (source,) = find_sources(("export.csv", content))
        return read_file(source, READERS, Context(CustomerKeys(lambda: b"secret"), "UTC")).table()

    orders = read(shopify(shopify_row({"Id": "55"}), shopify_row({"Name": "#1002", "Id": "56"})))
    lines = joined(orders, matched(read(payments(A_CHARGE)), orders))
    assert lines["identity"].to_pylist() == ["shopify/55", "shopify/56"]
    assert lines["fee"].to_pylist() == [Decimal("2.74"), None]
