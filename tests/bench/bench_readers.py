"""How long a reader takes beside pandas, DuckDB and polars on the same file: rows a second and peak memory.

Run as a script: `python tests/bench/bench_readers.py --rows 1000000 --only Shopify`. The files are the sample
brand's exports (WooCommerce's is made up here), repeated under other order numbers, buyers and times. Each
measurement is a process of its own: its seconds are those of reading alone, its peak holds the imports, too.
The peers read text into columns; exact amounts, times, repeats and books are ours alone.
"""

import argparse
import csv
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.orders.headers import woocommerce_columns  # noqa: E402

MOST_MEGABYTES = 700
#: Rows a second; 100,000 where nothing is said.
LEAST_SPEED = dict.fromkeys(
    (
        "Amazon All Orders",
        "Amazon All Orders, ragged",
        "Amazon Fulfilled Shipments",
        "Shopify Payments",
    ),
    200_000,
)
PEERS = ("pandas", "DuckDB", "polars")

Row = list[str]


@dataclass(frozen=True)
class Export:
    """A sample file, and the columns whose numbers tell one copy's orders from the next one's."""

    sample: str
    numbers: tuple[str, ...]
    delimiter: str = "\t"
    lines_above: int = 0
    encoding: str = "utf-8"
    mapping: dict[str, str] = field(default_factory=dict)
    is_ragged: bool = False
    """Whether rows end with their last cell that holds something."""


_ORDERS = "amazon_all_orders_2025-09_2026-09.txt"
EXPORTS = {
    "Amazon All Orders": Export(_ORDERS, ("amazon-order-id",)),
    "Amazon All Orders, ragged": Export(_ORDERS, ("amazon-order-id",), is_ragged=True),
    "Amazon Fulfilled Shipments": Export(
        "amazon_fulfilled_shipments.txt",
        ("amazon-order-id", "shipment-id", "shipment-item-id", "buyer-email"),
    ),
    "Amazon settlement V1": Export(
        "amazon_settlement_de.txt", ("settlement-id", "order-id"), encoding="cp1252"
    ),
    "Amazon settlement V2": Export("amazon_settlement_us.txt", ("settlement-id", "order-id")),
    "Amazon transactions": Export(
        "amazon_transactions_2025-10_2026-09.csv", ("settlement id", "order id"), ",", lines_above=8
    ),
    "Amazon repeat purchase": Export(
        "brand_analytics_repeat_purchase_2026-09.csv", ("ASIN",), ",", lines_above=1
    ),
    "Shopify orders": Export("shopify_orders_export.csv", ("Name", "Id", "Email"), ","),
    "Shopify Payments": Export("shopify_payments_transactions.csv", ("Order", "Checkout"), ","),
    "WooCommerce orders": Export("", ("order_id", "order_number", "billing_email"), ","),
    "Etsy orders": Export("etsy_orders_2026-08.csv", ("Order ID", "Buyer User ID"), ","),
    "Etsy order items": Export("etsy_order_items_2026-08.csv", ("Order ID", "Transaction ID"), ","),
    "Named columns": Export(
        _ORDERS,
        ("amazon-order-id",),
        mapping={
            "order_id": "amazon-order-id",
            "ordered_at": "purchase-date",
            "item_value": "item-price",
            "sku": "sku",
            "product": "product-name",
            "quantity": "quantity",
            "tax": "item-tax",
            "country": "ship-country",
            "currency": "USD",
        },
    ),
}
"""By name what is measured."""


def header_and_rows(export: Export) -> tuple[Row, list[Row]]:
    """The header and the rows of a sample, those that end early filled up."""
    if not export.sample:
        columns, orders = woocommerce_columns(3), map(shop_order, range(2_000))
        return columns, [[order.get(column, "") for column in columns] for order in orders]
    with Path(ROOT, "data", "samples", export.sample).open(encoding=export.encoding, newline="") as lines:
        below = islice(lines, export.lines_above, None)
        header, *rows = csv.reader(below, delimiter=export.delimiter, quoting=quoting(export))
    return header, [row + [""] * (len(header) - len(row)) for row in rows if row]


def without_last(row: Row) -> Row:
    """A row without the empty cells that it ends with."""
    return row[: max((place for place, cell in enumerate(row, start=1) if cell), default=1)]


def quoting(export: Export) -> Literal[0, 3]:
    """Between tabs quotes are plain characters."""
    return csv.QUOTE_NONE if export.delimiter == "\t" else csv.QUOTE_MINIMAL


def shop_order(number: int) -> dict[str, str]:
    """An order of a WooCommerce shop, with one to three items."""
    items = {
        f"line_item_{place}": f"name:Pan {place}|product_id:{place}|sku:PAN-{place}|quantity:{place}"
        f"|total:{place * 12}.00|sub_total:{place * 13}.50|tax:1.00"
        for place in range(1, 2 + number % 3)
    }
    order = {
        "order_id": str(10_000 + number),
        "order_number": f"#{10_000 + number}",
        "order_date": "2026-03-01 10:00:00",
        "status": "completed",
        "shipping_total": "4.90",
        "tax_total": f"{number % 7}.10",
        "order_subtotal": f"{sum(range(2 + number % 3)) * 13.5:.2f}",
        "order_currency": "EUR",
        "billing_email": f"buyer{number}@shop.example",
        "shipping_country": "DE",
    }
    return order | items


def write(export: Export, rows: int, path: Path) -> None:
    """So many rows: the sample again and again."""
    header, sample = header_and_rows(export)
    with path.open("w", encoding="utf-8", newline="") as file:
        quote = None if quoting(export) == csv.QUOTE_NONE else '"'
        writer = csv.writer(
            file, delimiter=export.delimiter, quoting=quoting(export), quotechar=quote, lineterminator="\n"
        )
        writer.writerow(header)
        found = repeated(export, header, sample, rows)
        writer.writerows(map(without_last, found) if export.is_ragged else found)


def repeated(export: Export, header: Row, sample: Sequence[Row], rows: int) -> Iterator[Row]:
    """Copies of the sample's rows with numbers and times of their own."""
    numbers = [place for place, column in enumerate(header) if column in export.numbers]
    number = count()
    for copy in range(1 + rows // len(sample)):
        for row in sample:
            at = next(number)
            if at == rows:
                return
            clock = f":{at // 60 % 60:02}:{at % 60:02}"
            changed = [re.sub(r":\d\d:\d\d", clock, cell) if ":" in cell else cell for cell in row]
            for place in numbers:
                changed[place] = of_copy(row[place], copy)
            yield changed


def of_copy(cell: str, copy: int) -> str:
    """An order's number, or an address, as another copy has it; Amazon's keep their form."""
    if cell[3:4] == "-":
        return f"{copy % 1_000:03}{cell[3:]}"
    return re.sub(r"\d", rf"{copy:04}\g<0>", cell, count=1)


# ---------------------------------------------------------------- measuring


def ours(export: Export, path: str) -> int:
    from ownchannel.orders import read_orders

    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(path, mapping=export.mapping or None, workspace=workspace)
    (report,) = orders.report.files
    if report.rejected > report.rows_in // 10:
        raise SystemExit(f"Too many rows were set aside to tell how fast they are read: {report}")
    return report.rows_in


def with_pandas(export: Export, path: str) -> int:
    import pandas as pd

    return len(pd.read_csv(path, sep=export.delimiter, quoting=quoting(export), low_memory=False))


def with_duckdb(export: Export, path: str) -> int:
    import duckdb

    quote = "''" if quoting(export) == csv.QUOTE_NONE else "'\"'"
    table = f"read_csv('{path}', delim='{export.delimiter}', quote={quote}, header=true, null_padding=true)"
    return len(duckdb.connect().sql(f"select * from {table}").to_arrow_table())


def with_polars(export: Export, path: str) -> int:
    import polars

    quote = None if quoting(export) == csv.QUOTE_NONE else '"'
    return len(
        polars.read_csv(
            path,
            separator=export.delimiter,
            quote_char=quote,
            truncate_ragged_lines=True,
            infer_schema_length=10_000,
            ignore_errors=True,
        )
    )


WAYS = {"ours": ours, "pandas": with_pandas, "duckdb": with_duckdb, "polars": with_polars}


def measure(way: str, name: str, path: str) -> dict[str, float]:
    """One run in this process: rows, seconds by the clock and of the processor, peak memory in MB."""
    import pandas as pd  # noqa: F401, so that its import counts for neither

    import ownchannel  # noqa: F401

    clock, processor = time.perf_counter(), time.process_time()
    rows = WAYS[way](EXPORTS[name], path)
    return {
        "rows": rows,
        "seconds": time.perf_counter() - clock,
        "processor": time.process_time() - processor,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure_apart(way: str, name: str, path: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--only", name, "--path", path]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return dict(json.loads(answer))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", default="", help="measure the readers with this in their names")
    parser.add_argument("--way", choices=WAYS, help="measure this one, in this process")
    parser.add_argument("--path", help="the file that --way reads")
    arguments = parser.parse_args()
    if arguments.way:
        print(json.dumps(measure(arguments.way, arguments.only, arguments.path)))
        return
    report(arguments.rows, [name for name in EXPORTS if arguments.only in name])


def report(rows: int, names: Iterable[str]) -> None:
    print(
        f"{f'{rows:,} rows':<28}{'rows/s':>9}{'seconds':>9}{'processor':>11}{'MB':>7}{'file MB':>9}", end=""
    )
    print("".join(f"{f'{way}, rows/s':>17}{'MB':>7}{'times':>7}" for way in PEERS), sep="", flush=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "export.txt")
            write(EXPORTS[name], rows, path)
            megabytes = path.stat().st_size / 1e6
            found, *peers = map(partial(measure_apart, name=name, path=str(path)), WAYS)
        speed = found["rows"] / found["seconds"]
        within = speed >= LEAST_SPEED.get(name, 100_000) and found["peak"] <= MOST_MEGABYTES
        print(
            f"{name:<28}{speed:>9,.0f}{found['seconds']:>9.2f}"
            f"{found['processor']:>11.2f}{found['peak']:>7.0f}{megabytes:>9.0f}",
            *(
                f"{peer['rows'] / peer['seconds']:>17,.0f}{peer['peak']:>7.0f}"
                f"{found['seconds'] / peer['seconds']:>6.1f}x"
                for peer in peers
            ),
            "" if within else "  short of the goal",
            sep="",
            flush=True,
        )


if __name__ == "__main__":
    main()
