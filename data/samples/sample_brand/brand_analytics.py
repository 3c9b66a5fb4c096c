"""Amazon Brand Analytics, Repeat Purchase Behavior: the ASIN view of a month as the dashboard downloads it.

Amazon knows its customers, and counts within the month: a repeat customer ordered the same product twice in
it, and repeat sales are those of all orders but a customer's first. The first line tells the period.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from .exports import Export, order_lines, quoted, records
from .ledger import Brand
from .stated import AMAZON, BRAND, PRODUCTS, midnight, money

NAME = "brand_analytics_repeat_purchase_2026-09.csv"
PERIOD = 'Reporting Range=["Monthly"],Select year=["2026"],Select month=["September"]'
_NAMES = (
    "ASIN,Product Title,Brand Name,Category Name,Number of Orders,Unique Customer Count,"
    "Repeat Ordered Product Sales: Sales,Repeat Ordered Product Sales: Change vs. Prior Period,"
    "Repeat Ordered Product Sales: % Share of Total Sales,Repeat Ordered Units: Units,"
    "Repeat Ordered Units: Change vs. Prior Period,Repeat Ordered Units: % Share of Total Units,"
    "Repeat Customer Count: Count,Repeat Customer Count: Change vs. Prior Period,"
    "Repeat Customer Share: % Share of Total Customers,Repeat Customer Share: Change vs. Prior Period,"
    "Reporting Date"
)
HEADER = _NAMES.split(",")


def export(brand: Brand) -> Export:
    """The report; facts: `data_rows, products` (the true counts by ASIN), `bad_rows`."""
    august, september, october = midnight(2026, 8, 1), midnight(2026, 9, 1), midnight(2026, 10, 1)
    ordered = brand.orders[(brand.orders["channel"] == AMAZON) & (brand.orders["status"] != "cancelled")]
    lines = order_lines(ordered, brand.lines[~brand.lines["cancelled"]])
    before = _counts(lines[lines["placed"].between(august, september, inclusive="left")])
    counts = _counts(lines[lines["placed"].between(september, october, inclusive="left")])
    rows = [
        ",".join(map(quoted, _row(now, then)))
        for now, then in zip(records(counts), records(before), strict=True)
        if now.orders
    ]
    facts = {
        "data_rows": len(rows),
        "products": {
            PRODUCTS[of.Index].asin: {
                "orders": of.orders,
                "customers": of.customers,
                "repeat_customers": of.repeat_customers,
                "sales": money(of.sales),
                "repeat_sales": money(of.repeat_sales),
            }
            for of in records(counts)
            if of.orders
        },
        "bad_rows": [],
    }
    return Export(NAME, "\n".join([PERIOD, ",".join(map(quoted, HEADER)), *rows]) + "\n", facts)


def _counts(lines: pd.DataFrame) -> pd.DataFrame:
    """By product: `orders, customers, sales, units` and those of repeat orders; a line is an order of it."""
    lines = lines.sort_values("placed")
    repeat = lines[lines.duplicated(["product", "person"])]
    whole, again = lines.groupby("product"), repeat.groupby("product")
    counts = {
        "orders": whole["order"].nunique(),
        "customers": whole["person"].nunique(),
        "sales": whole["item"].sum(),
        "units": whole["quantity"].sum(),
        "repeat_customers": again["person"].nunique(),
        "repeat_sales": again["item"].sum(),
        "repeat_units": again["quantity"].sum(),
    }
    return pd.DataFrame(counts, index=range(len(PRODUCTS))).fillna(0).astype("int64")


def _row(now: Any, before: Any) -> list[str]:
    sold = PRODUCTS[now.Index]
    share = _percent(now.repeat_customers, now.customers)
    share_before = _percent(before.repeat_customers, before.customers)
    return [
        sold.asin,
        f"{BRAND} {sold.name}",
        BRAND,
        "Kitchen & Dining",
        str(now.orders),
        str(now.customers),
        money(now.repeat_sales),
        _change(now.repeat_sales, before.repeat_sales),
        _text(_percent(now.repeat_sales, now.sales)),
        str(now.repeat_units),
        _change(now.repeat_units, before.repeat_units),
        _text(_percent(now.repeat_units, now.units)),
        str(now.repeat_customers),
        _change(now.repeat_customers, before.repeat_customers),
        _text(share),
        _text(share - share_before),
        "2026-09-30",
    ]


def _percent(part: int, whole: int) -> Decimal:
    """To two decimals; 0 of nothing is 0."""
    percent = Decimal(int(part) * 100) / int(whole) if whole else Decimal(0)
    return percent.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _text(percent: Decimal) -> str:
    return f"{percent.normalize():f}"


def _change(now: int, before: int) -> str:
    """In percent of the month before; nothing where that had none."""
    return _text(_percent(now - before, before)) if before else ""
