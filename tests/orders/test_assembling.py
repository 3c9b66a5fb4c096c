"""Many files as one reading: an order that several reports tell of is one, with each field from the best."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from ownchannel.orders import Orders, read_orders
from tests.orders.exports import AMAZON_COLUMNS, amazon, amazon_row, shopify, shopify_row
from tests.orders.test_amazon_fulfilled import shipments
from tests.orders.test_amazon_settlement import row as booking
from tests.orders.test_amazon_settlement import summary
from tests.orders.test_amazon_settlement import written as settlement

File = tuple[str, bytes]
Read = Callable[[Sequence[File]], Orders]

NUMBER = "111-0000000-0000001"
ANOTHER = "111-0000000-0000002"

ALL_ORDERS = (
    "all_orders.txt",
    amazon(
        amazon_row(sku="PAN", item_price="60.00", item_tax="4.80"),
        amazon_row(sku="LID", item_price="20.00", quantity="2"),
        # This report says that the other order is still on its way, and nothing of its price.
        amazon_row(
            amazon_order_id=ANOTHER, order_status="Pending", item_status="", currency="", item_price=""
        ),
    ),
)
FULFILLED = (
    "fulfilled.txt",
    shipments(
        {"amazon-order-id": NUMBER, "shipment-item-id": "i1", "sku": "PAN", "item-price": "60.00"},
        {"amazon-order-id": NUMBER, "shipment-item-id": "i2", "sku": "LID", "item-price": "20.00"},
    ),
)
SETTLEMENT = (
    "settlement.txt",
    settlement(
        summary("66.00"),
        booking(sku="PAN", amount="60.00"),
        booking(sku="LID", amount="20.00"),
        booking(**{"amount_type": "ItemFees", "amount_description": "Commission"}, sku="PAN", amount="-9.00"),
        booking(
            **{"amount_type": "ItemFees", "amount_description": "FBAPerUnitFulfillmentFee"},
            sku="LID",
            amount="-5.00",
        ),
    ),
)
SHOP_COPY = (
    "shop.csv",
    shopify(
        shopify_row({"Name": "#1", "Source": "amazon", "Tags": NUMBER, "Lineitem price": "81.00"}),
        shopify_row({"Name": "#2", "Id": "22", "Lineitem price": "33.00"}),
    ),
)
FILES = (ALL_ORDERS, FULFILLED, SETTLEMENT, SHOP_COPY)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda files: read_orders(list(files), workspace=tmp_path / "workspace")


def rows(orders: Orders) -> list[dict[str, object]]:
    found = orders.arrow.drop_columns(["source_row"]).to_pylist()
    return sorted(found, key=lambda row: (row["order_id"], row["line_id"]))


@pytest.mark.parametrize("files", list(permutations(FILES)))
def test_an_order_in_four_reports_is_one_whatever_the_order_of_the_files(read: Read, files):
    shop, lid, pan, pending = rows(read(files))
    of_order = {"channel": "Amazon.com", "order_id": NUMBER, "source_file": "all_orders.txt"}
    assert pan.items() >= (of_order | {"item_value": 60, "tax": Decimal("4.80"), "quantity": 1}).items()
    assert lid.items() >= (of_order | {"item_value": 20, "tax": 0, "quantity": 2}).items()
    # From Fulfilled Shipments and the settlement: who bought, and what the platform took.
    assert pan["customer_key"] == lid["customer_key"] is not None
    assert (pan["fee"], pan["fulfilment"]) == (9, 0)
    assert (lid["fee"], lid["fulfilment"]) == (5, 5)
    assert pending.items() >= {"order_id": ANOTHER, "status": "pending", "fee": None}.items()
    assert shop.items() >= {"channel": "Shopify", "item_value": 33, "kind": "owned"}.items()


def test_each_file_says_what_of_it_counts(read: Read):
    given = {file.name: (file.accepted, file.duplicates, file.summary) for file in read(FILES).report.files}
    assert given == {
        "all_orders.txt": (3, 0, "1 order sold; buyers not included."),
        "fulfilled.txt": (
            0,
            2,
            "Adds to orders from other files: buyer IDs for 1.",
        ),
        "settlement.txt": (5, 0, "Fees of 1 order."),
        "shop.csv": (1, 1, "1 order sold; buyer IDs for 1."),
    }


def test_without_the_best_report_the_next_one_gives_the_lines(read: Read):
    for files, source in (
        ((FULFILLED, SETTLEMENT, SHOP_COPY), "fulfilled.txt"),
        ((SETTLEMENT, SHOP_COPY), "shop.csv"),
        ((SETTLEMENT,), "settlement.txt"),
    ):
        of_order = [row for row in rows(read(files)) if row["kind"] == "marketplace"]
        assert {row["source_file"] for row in of_order} == {source}
        assert sum(row["item_value"] for row in of_order) == (81 if source == "shop.csv" else 80)
        assert sum(row["fee"] for row in of_order) == 14


def test_all_files_twice_are_the_same_orders_once(read: Read):
    once, twice = read(FILES), read([*FILES, *((f"copy-{name}", content) for name, content in FILES)])
    assert rows(once) == rows(twice)
    assert len(once.entries) == len(twice.entries)
    for file in twice.report.files[len(FILES) :]:
        assert (file.accepted, file.duplicates) == (0, file.rows_in)


def test_every_row_of_every_file_is_accepted_set_aside_or_a_repeat(read: Read):
    broken = ("broken.txt", ALL_ORDERS[1] + b"x\ty\r\n" + b"\t".join([b"z"] * 50) + b"\r\n")
    for file in read([*FILES, broken, ("empty.txt", b""), ("copy.txt", ALL_ORDERS[1])]).report.files:
        assert file.rows_in == file.accepted + file.rejected + file.duplicates
        for split in file.money.values():
            assert split["in"] == split["accepted"] + split["rejected"]


def test_nothing_at_all(read: Read):
    orders = read([])
    assert len(orders) == len(orders.entries) == len(orders.rates) == len(orders.repeat_rates) == 0
    assert str(orders) == "No sales. No files were given."


def test_files_of_one_name_are_told_apart(read: Read):
    columns = [column for column in AMAZON_COLUMNS if column != "item-tax"]
    other = amazon(amazon_row(amazon_order_id=ANOTHER), columns=columns)
    orders = read([("a.txt", amazon(amazon_row())), ("a.txt", other)])
    assert [(file.name, file.accepted) for file in orders.report.files] == [("a.txt", 1), ("a.txt", 1)]
    assert len(orders) == 2
