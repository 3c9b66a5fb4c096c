"""What fuzzing starts from: small files of every format, made up by the generators of the tests."""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.orders.generated_bookings import settlements
from tests.orders.generated_orders import FORMATS
from tests.orders.generated_transactions import transactions

LARGEST = 6_000
FILES: dict[str, st.SearchStrategy[Any]] = {
    "amazon_orders": FORMATS["Amazon All Orders"],
    "amazon_fulfilled": FORMATS["Amazon Fulfilled Shipments"],
    "amazon_merchant": FORMATS["Amazon Order Report"],
    "amazon_returns": FORMATS["Amazon FBA returns"],
    "amazon_traffic": FORMATS["Amazon Sales and Traffic"],
    "amazon_baskets": FORMATS["Amazon Brand Analytics market basket"],
    "amazon_repeat_purchase": FORMATS["Amazon Brand Analytics repeat purchase"],
    "amazon_settlement": settlements(),
    "amazon_transactions": transactions(),
    "shopify_orders": FORMATS["Shopify orders"],
    "shopify_payments": FORMATS["Shopify Payments transactions"],
    "shopify_customers": FORMATS["Shopify customers"],
    "shopify_payouts": FORMATS["Shopify payouts"],
    "woocommerce": FORMATS["WooCommerce orders"],
    "woocommerce_items": FORMATS["WooCommerce order items"],
    "woocommerce_analytics": FORMATS["WooCommerce Analytics orders"],
    "etsy_orders": FORMATS["Etsy orders"],
    "etsy_items": FORMATS["Etsy order items"],
    "etsy_statement": FORMATS["Etsy statement"],
    "ebay": FORMATS["eBay orders"],
    "tiktok": FORMATS["TikTok Shop orders"],
    "amazon_ads": FORMATS["Amazon Ads"],
    "meta_ads": FORMATS["Meta Ads"],
    "google_ads": FORMATS["Google Ads"],
    "tiktok_ads": FORMATS["TikTok Ads"],
    "exchange_rates": FORMATS["Exchange rates"],
    "costs": FORMATS["Cost of goods"],
    "named_columns": FORMATS["Table with named columns"],
}


def drawn(strategy: st.SearchStrategy[Any], number: int) -> list[bytes]:
    """So many small files, the same at each call."""
    found: set[bytes] = set()

    @settings(max_examples=number, derandomize=True, database=None, deadline=None)
    @given(strategy)
    def collect(file: Any) -> None:
        if len(file.content) <= LARGEST:
            found.add(file.content)

    collect()
    return sorted(found)


def of_any_format(number: int) -> list[bytes]:
    return [content for strategy in FILES.values() for content in drawn(strategy, number)]


def workbook(rows: list[list[Any]]) -> bytes:
    """An Excel workbook whose parts lie in it unpacked, so that a changed byte is a changed cell."""
    book, packed = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(packed)
    with zipfile.ZipFile(packed) as parts:
        return zipped({name: parts.read(name) for name in parts.namelist()})


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive of these files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return archive.getvalue()


def workbooks() -> Iterator[bytes]:
    """Exports as a spreadsheet saves them."""
    for content in drawn(FORMATS["Etsy order items"], 10):
        if content.isascii():
            yield workbook([line.split(",") for line in content.decode().splitlines()])
    yield workbook(
        [["Date", "From", "To", "Rate"], ["2026-03-01", "EUR", "USD", 1.0845], [True, None, 1e300]]
    )
    yield workbook([])


def archives() -> Iterator[bytes]:
    """Exports in archives, and archives in archives."""
    files = of_any_format(3)
    for content in files:
        yield gzip.compress(content)
        yield zipped({"orders.csv": content}, zipfile.ZIP_DEFLATED)
    inner = zipped({"a/orders.csv": files[0], "b.csv.gz": gzip.compress(files[1])})
    yield zipped({"inner.zip": inner, "../out.csv": files[0], "book.xlsx": workbook([["Date"]])})
    yield gzip.compress(inner)


SEEDS: dict[str, Callable[[], Iterator[bytes]]] = {
    **{name: lambda strategy=strategy: iter(drawn(strategy, 40)) for name, strategy in FILES.items()},
    "any_format": lambda: iter(of_any_format(5)),
    "layouts": lambda: iter(of_any_format(5)),
    "workbooks": workbooks,
    "archives": archives,
}
