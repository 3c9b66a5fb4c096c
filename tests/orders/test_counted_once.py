"""An order counts once, however many files hold it."""

from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import read_orders
from tests.orders.exports import amazon, amazon_row, shopify, shopify_row


@pytest.fixture
def read(tmp_path: Path):
    return lambda *files: read_orders(list(files), workspace=tmp_path / "workspace")


def outcome(orders) -> list[tuple[int, int, int, int]]:
    return [(f.rows_in, f.accepted, f.rejected, f.duplicates) for f in orders.report.files]


def test_a_file_read_twice_counts_once(read):
    content = amazon(amazon_row(), amazon_row(), amazon_row(sku="LID-12"))
    orders = read(("a.txt", content), ("b.txt", content))
    assert outcome(orders) == [(3, 3, 0, 0), (3, 0, 0, 3)]
    assert orders.report.files[1].money["USD"] == {"in": 0, "accepted": 0, "rejected": 0, "duplicates": 252}


def test_the_newest_state_of_a_line_counts(read):
    pending = amazon_row(order_status="Pending", item_status="Unshipped", item_price="", currency="")
    shipped = amazon_row(last_updated_date="2026-03-09T00:00:00+00:00")
    for files in ([pending, shipped], [shipped, pending]):
        orders = read(*[(f"{i}.txt", amazon(row)) for i, row in enumerate(files)])
        assert orders.table[["status", "item_value"]].to_numpy().tolist() == [["completed", Decimal(84)]]


def test_of_two_shop_exports_the_later_one_counts(read):
    before = shopify(shopify_row())
    after = shopify(
        shopify_row({"Refunded Amount": "84.00", "Financial Status": "refunded"}),
        shopify_row({"Name": "#1002", "Created at": "2026-04-01 00:00:00 -0400"}),
    )
    for files in ([before, after], [after, before]):
        orders = read(*[(f"{i}.csv", content) for i, content in enumerate(files)])
        assert orders.table["refund"].sum() == 84
        assert len(orders.table) == 2


def test_a_synced_copy_gives_way_to_the_platforms_own_report(read):
    number = "111-0000000-0000001"
    copies = [
        shopify_row({"Source": "amazon", "Tags": f"amazon, {number}", "Lineitem sku": "ANOTHER-NAME"}),
        shopify_row({"Name": "#1002"}),
    ]
    report, shop = ("all_orders.txt", amazon(amazon_row())), ("shop.csv", shopify(*copies))
    for files in ([report, shop], [shop, report]):
        orders = read(*files)
        assert orders.table.groupby("channel")["item_value"].sum().to_dict() == {
            "Amazon.com": 84,
            "Shopify": 84,
        }
    assert outcome(read(report, shop)) == [(1, 1, 0, 0), (2, 1, 0, 1)]


def test_two_shops_orders_of_one_name_are_two(read):
    files = [("a.csv", shopify(shopify_row({"Id": "1"}))), ("b.csv", shopify(shopify_row({"Id": "2"})))]
    assert len(read(*files).table) == 2
