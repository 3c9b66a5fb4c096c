"""The sample files say what `truth.json` says, read by code apart from that which wrote them."""

import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.samples.sample_brand import generate, write
from tests.samples.plain_reader import File, Order, amazon_orders, read_amazon, read_shopify

AMAZON_FILES = ("amazon_all_orders_2024-10_2025-10.txt", "amazon_all_orders_2025-09_2026-09.txt")
STORE_FILE = "shopify_orders_export.csv"
GERMAN_FILE = "amazon_settlement_de.txt"
FILES = (
    *AMAZON_FILES,
    STORE_FILE,
    GERMAN_FILE,
    "amazon_fulfilled_shipments.txt",
    "amazon_sales_and_traffic_2026-09.csv",
    "amazon_settlement_us.txt",
    "amazon_transactions_2024-10_2025-09.csv",
    "amazon_transactions_2025-10_2026-09.csv",
    "brand_analytics_repeat_purchase_2026-09.csv",
    "ebay_orders_2025-05.csv",
    "etsy_order_items_2026-08.csv",
    "etsy_orders_2026-08.csv",
    "etsy_statement_2026-08.csv",
    "shopify_payments_transactions.csv",
    "truth.json",
)


@pytest.fixture(scope="module")
def reports(samples: Path) -> list[File]:
    return [read_amazon(samples / name) for name in AMAZON_FILES]


@pytest.fixture(scope="module")
def store(samples: Path, truth: dict[str, Any]) -> tuple[File, dict[str, Order]]:
    return read_shopify(samples / STORE_FILE, truth)


@pytest.fixture(scope="module")
def orders(
    reports: list[File], store: tuple[File, dict[str, Order]], truth: dict[str, Any]
) -> dict[str, dict[str, Order]]:
    return {"amazon": amazon_orders(reports, truth), "own_store": store[1]}


def sales(orders: dict[str, Order]) -> list[Order]:
    return [order for order in orders.values() if order.status in {"completed", "refunded"}]


def total(orders: list[Order], name: str) -> Decimal:
    return sum((getattr(order, name) for order in orders), Decimal(0))


# ------------------------------------------------------------------ the files are the script's


def test_the_script_rewrites_the_committed_files_byte_for_byte(samples: Path, tmp_path: Path) -> None:
    shutil.copytree(samples / "sample_brand", tmp_path / "sample_brand")
    script = shutil.copy(samples / "make_samples.py", tmp_path)
    subprocess.run([sys.executable, str(script)], check=True)
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (samples / name).read_bytes(), name


def test_the_truth_speaks_of_every_file_and_of_no_other(samples: Path, truth: dict[str, Any]) -> None:
    exports = {file.name for file in samples.iterdir() if file.suffix in {".csv", ".txt"}}
    assert truth["files"].keys() == exports == set(FILES) - {"truth.json"}


def test_a_seed_decides_everything(tmp_path: Path) -> None:
    written = []
    for place, seed in enumerate((7, 7, 8)):
        folder = tmp_path / str(place)
        folder.mkdir()
        write(generate(seed), folder)
        written.append([(folder / name).read_bytes() for name in FILES])
    assert written[0] == written[1]
    assert all(one != other for one, other in zip(written[0], written[2], strict=True))


def test_the_files_keep_the_platforms_forms(samples: Path) -> None:
    for name in AMAZON_FILES:
        text = (samples / name).read_bytes()
        assert text.endswith(b"\r\n\n\n\n\n\n")
        body = text.rstrip(b"\n").split(b"\n")
        assert all(row.endswith(b"\r") for row in body)
        widths = {row.count(b"\t") + 1 for row in body}
        assert widths == {32, 28}
    shop = (samples / STORE_FILE).read_bytes()
    assert b"\r" not in shop
    assert shop.split(b"\n")[0].count(b",") + 1 == 79
    assert b",'04101," in shop
    assert sum((samples / name).stat().st_size for name in FILES) < 14_000_000
    assert (samples / "amazon_fulfilled_shipments.txt").stat().st_size < 3_000_000
    assert (samples / "truth.json").stat().st_size < 60_000


# ------------------------------------------------------------------ the truth, from the files


@pytest.mark.parametrize("channel", ["amazon", "own_store"])
def test_channel_totals(channel: str, orders: dict[str, dict[str, Order]], truth: dict[str, Any]) -> None:
    told, of_channel = truth["channels"][channel], orders[channel]
    sold = sales(of_channel)
    counts = {
        "orders": len(of_channel),
        "lines": sum(order.lines for order in of_channel.values()),
        "pending_orders": sum(order.status == "pending" for order in of_channel.values()),
        "cancelled_orders": sum(order.status == "cancelled" for order in of_channel.values()),
        "sales_orders": len(sold),
        "sales_lines": sum(order.sold_lines for order in sold),
    }
    assert counts == {name: told[name] for name in counts}
    for name, column in (("item_value", "item_value"), ("discount", "discount"), ("fees", "fee")):
        assert total(sold, column) == Decimal(told[name]), name


@pytest.mark.parametrize("channel", ["amazon", "own_store"])
def test_months(channel: str, orders: dict[str, dict[str, Order]], truth: dict[str, Any]) -> None:
    months = truth["months"][channel]
    assert len(months) == 24
    for month, told in months.items():
        sold = [order for order in sales(orders[channel]) if order.month == month]
        paid = total(sold, "item_value") - total(sold, "discount")
        assert len(sold) == told["sales_orders"], month
        assert paid == Decimal(told["net_value"]) + Decimal(told["refund"]), month
    assert sum(told["sales_orders"] for told in months.values()) == len(sales(orders[channel]))


def test_customers_whom_the_files_identify(
    orders: dict[str, dict[str, Order]], truth: dict[str, Any]
) -> None:
    told = truth["channels"]["own_store"]
    identified = sorted((o for o in sales(orders["own_store"]) if o.email), key=lambda order: order.placed)
    latest = {order.email: order.consent for order in identified}
    assert len(identified) == told["identified_orders"]
    assert len(latest) == told["identified_customers"]
    assert sum(latest.values()) == told["consenting_customers"]


def test_customers_whom_only_the_ledger_knows(truth: dict[str, Any]) -> None:
    ledger = generate(truth["seed"]).orders
    for channel, told in truth["channels"].items():
        sold = ledger[(ledger["channel"] == channel) & ledger["status"].isin(["completed", "refunded"])]
        per_customer = sold.groupby("person").size()
        assert told["customers"] == told["first_orders"] == len(per_customer)
        assert told["repeat_orders"] == (per_customer - 1).sum()
        by_month = sum(month["first_orders"] for month in truth["months"][channel].values())
        assert by_month == told["first_orders"]


def test_every_row_is_accounted_for(
    reports: list[File],
    store: tuple[File, dict[str, Order]],
    orders: dict[str, dict[str, Order]],
    truth: dict[str, Any],
) -> None:
    for name, report in zip(AMAZON_FILES, reports, strict=True):
        told = truth["files"][name]
        assert told["data_rows"] == report.data_rows
        assert told["non_amazon_rows"] == report.non_amazon_rows
        assert told["bad_rows"] == report.bad_rows
        assert told["orders"] == len({row["amazon-order-id"] for row in report.rows})
    accepted = sum(len(report.rows) for report in reports) - truth["overlap"]["rows_in_both"]
    assert accepted == truth["channels"]["amazon"]["lines"]

    shop, told = store[0], truth["files"][STORE_FILE]
    assert told["bad_rows"] == shop.bad_rows
    assert (told["data_rows"], told["synced_rows"]) == (shop.data_rows, shop.synced_rows)
    assert told["synced_orders"] == len(shop.synced)
    assert sum(shop.synced.values()) == Decimal(told["synced_net_value"])
    lines = truth["channels"]["own_store"]["lines"]
    assert told["data_rows"] == lines + told["synced_rows"] + len(told["bad_rows"])
    for order_id, value in shop.synced.items():
        same = orders["amazon"][order_id]
        assert (same.status, same.item_value - same.discount) == ("completed", value)


def test_the_second_report_knows_more_of_the_month_that_both_hold(
    reports: list[File], truth: dict[str, Any]
) -> None:
    first, second = ({(r["amazon-order-id"], r["sku"]): r for r in report.rows} for report in reports)
    both = first.keys() & second.keys()
    changed = {key[0] for key in both if first[key]["order-status"] != second[key]["order-status"]}
    assert len(both) == truth["overlap"]["rows_in_both"]
    assert len({order for order, _ in both}) == truth["overlap"]["orders_in_both"]
    assert len(changed) == truth["overlap"]["orders_changed"]
    moves = {(first[key]["order-status"], second[key]["order-status"]) for key in both if key[0] in changed}
    assert ("Pending", "Shipped") in moves
    assert all(
        first[k]["last-updated-date"] < second[k]["last-updated-date"] for k in both if k[0] in changed
    )


def test_the_brand_has_the_shape_and_the_quirks_it_is_made_for(
    orders: dict[str, dict[str, Order]], reports: list[File], truth: dict[str, Any]
) -> None:
    amazon, store = (truth["channels"][channel] for channel in ("amazon", "own_store"))
    everything = amazon["orders"] + store["orders"]
    assert 11_500 < everything < 12_500
    assert 0.68 <= amazon["orders"] / everything <= 0.70
    months = {channel: truth["months"][channel] for channel in ("amazon", "own_store")}

    def store_share(month: str) -> float:
        here, there = (months[channel][month]["sales_orders"] for channel in ("own_store", "amazon"))
        return here / (here + there)

    assert store_share("2026-09") > store_share("2024-10") + 0.1
    assert max(months["amazon"], key=lambda month: months["amazon"][month]["sales_orders"]) == "2025-12"
    assert 25 <= sum(report.non_amazon_rows for report in reports) <= 30
    assert any(row["is-business-order"] == "true" for row in reports[0].rows)
    assert any(row["item-status"] != row["order-status"] == "Shipped" for row in reports[0].rows)
    assert any('"' in row["product-name"] for row in reports[0].rows)
    guests = [order for order in orders["own_store"].values() if not order.email]
    assert 10 < len(guests) < 120


# ------------------------------------------------------------------ nobody is real


def test_no_person_is_real(samples: Path) -> None:
    for name in FILES:
        text = (samples / name).read_text(encoding="cp1252" if name == GERMAN_FILE else "utf-8")
        domains = {address.lower() for address in re.findall(r"@([\w.-]+)", text)}
        assert domains <= {"example.com", "marketplace.example"}
        phones = re.findall(r"(?<![\d-])(?:\d{3}-)?\d{3}-\d{4}(?![\d-])", text)
        assert all(re.fullmatch(r"555-01\d\d", phone) for phone in phones), name
    shop = (samples / STORE_FILE).read_text(encoding="utf-8")
    assert "555-01" in shop
    names = re.findall(r",([A-Z]\w+ Buyer[^,]*),(\d+ [^,]*),", shop)
    assert len(names) > 3_000
    assert all(re.fullmatch(r"(Sample Buyer \d{5}|Marketplace Buyer)", buyer) for buyer, _ in names)
    assert all(re.fullmatch(r"\d+ Sample Street", street) for _, street in names)


def test_the_page_about_the_samples_tells_the_truth(samples: Path, truth: dict[str, Any]) -> None:
    page = (samples / "README.md").read_text(encoding="utf-8")
    for channel in truth["channels"].values():
        for name in ("orders", "sales_orders", "customers", "repeat_orders"):
            assert f" {channel[name]:,} " in page, name
        for name in (
            "item_value",
            "discount",
            "refund",
            "net_value",
            "shipping",
            "refund_of_shipping",
            "fees",
            "fulfilment_fees",
            "contribution",
        ):
            assert f" {Decimal(channel[name]):,} " in page, name
    for stated in truth["stated"]["channels"].values():
        process = stated["process"]
        assert " " + ", ".join(str(process[name]) for name in ("r", "alpha", "a", "b")) + " " in page
        assert f" {stated['expected_order_value']} " in page
    for name, facts in truth["files"].items():
        assert re.search(rf"\| `{re.escape(name)}` \| {facts['data_rows']:,} \|", page), name
