"""Amazon's Sales and Traffic by child ASIN: a month's visits beside what was ordered in it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .exports import Export, csv_table, order_lines
from .ledger import STREAMS, Brand
from .stated import AMAZON, BRAND, PRODUCTS, Product, midnight, money

NAME = "amazon_sales_and_traffic_2026-09.csv"
_NAMES = (
    "(Parent) ASIN,(Child) ASIN,Title,SKU,Sessions - Total,Sessions - Total - B2B,"
    "Session Percentage - Total,Session Percentage - Total - B2B,Page Views - Total,"
    "Page Views - Total - B2B,Page Views Percentage - Total,Page Views Percentage - Total - B2B,"
    "Featured Offer (Buy Box) Percentage,Featured Offer (Buy Box) Percentage - B2B,Units Ordered,"
    "Units Ordered - B2B,Unit Session Percentage,Unit Session Percentage - B2B,Ordered Product Sales,"
    "Ordered Product Sales - B2B,Total Order Items,Total Order Items - B2B"
)
HEADER = _NAMES.split(",")

#: What others sell as well, so that the featured offer is often theirs.
CONTESTED = "HL-SCALE"
#: Basis points: orders a session, page views a session, and how often the featured offer is the brand's.
CONVERSION, VIEWS, OFFER, CONTESTED_OFFER = (700, 1_800), (11_500, 16_000), (9_000, 9_900), (5_500, 6_500)
BUSINESS_SESSIONS = 300

Counts = Mapping[str, int]


def export(brand: Brand) -> Export:
    """The report; facts: `data_rows, products` (the true counts by ASIN), `units, sales, bad_rows`."""
    whole, business = _ordered(brand)
    visits = _visits(whole, business, np.random.default_rng([brand.seed, STREAMS["traffic"]]))
    counts = pd.concat([whole, business.add_suffix("_b2b"), visits], axis=1)
    totals: dict[Any, int] = counts.sum().to_dict()
    by_product: dict[Any, dict[Any, int]] = counts.to_dict("index")
    by_visits = sorted(by_product.items(), key=lambda of: -of[1]["sessions"])
    rows = [_row(PRODUCTS[place], of, totals) for place, of in by_visits]
    facts = {
        "data_rows": len(rows),
        "products": {PRODUCTS[place].asin: _facts(of) for place, of in by_product.items()},
        "units": totals["units"],
        "sales": money(totals["sales"]),
        "bad_rows": [],
    }
    return Export(NAME, csv_table(HEADER, rows), facts)


def _ordered(brand: Brand) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By product `units, items, sales` of September, pending orders included; of all and of businesses."""
    ordered = brand.orders[(brand.orders["channel"] == AMAZON) & (brand.orders["status"] != "cancelled")]
    lines = order_lines(ordered, brand.lines[~brand.lines["cancelled"]]).join(
        brand.people["business"], on="person"
    )
    september, october = midnight(2026, 9, 1), midnight(2026, 10, 1)
    of_month = lines[lines["placed"].between(september, october, inclusive="left")]
    return _sums(of_month), _sums(of_month[of_month["business"]])


def _sums(lines: pd.DataFrame) -> pd.DataFrame:
    of = lines.groupby("product")
    sums = {"units": of["quantity"].sum(), "items": of.size(), "sales": of["item"].sum()}
    return pd.DataFrame(sums, index=range(len(PRODUCTS))).fillna(0).astype("int64")


def _visits(whole: pd.DataFrame, business: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Sessions that hold the orders at a rate drawn for each product, page views, and the featured offer."""
    number = len(PRODUCTS)
    sessions = 60 + whole["items"] * 10_000 // rng.integers(*CONVERSION, number)
    views = sessions * rng.integers(*VIEWS, number) // 10_000
    contested = np.array([sold.sku == CONTESTED for sold in PRODUCTS])
    offer = np.where(contested, rng.integers(*CONTESTED_OFFER, number), rng.integers(*OFFER, number))
    of_business = np.maximum(business["items"], sessions * BUSINESS_SESSIONS // 10_000)
    return pd.DataFrame(
        {
            "sessions": sessions,
            "views": views,
            "offer": offer,
            "sessions_b2b": of_business,
            "views_b2b": of_business * views // sessions,
        }
    )


def _facts(of: Counts) -> dict[str, Any]:
    return {
        "sessions": of["sessions"],
        "page_views": of["views"],
        "units": of["units"],
        "order_items": of["items"],
        "sales": money(of["sales"]),
    }


def _row(sold: Product, of: Counts, totals: Counts) -> dict[str, str]:
    return {
        "(Parent) ASIN": sold.asin.replace("SAMPLE", "SAMPLP"),
        "(Child) ASIN": sold.asin,
        "Title": f"{BRAND} {sold.name}",
        "SKU": sold.sku,
        **_columns(of, totals, "", ""),
        **_columns(of, totals, "_b2b", " - B2B"),
    }


def _columns(of: Counts, totals: Counts, which: str, ending: str) -> dict[str, str]:
    """The counts of all customers or of businesses, with their shares of the report's totals."""
    sessions, views, units = (of[name + which] for name in ("sessions", "views", "units"))
    columns = {
        "Sessions - Total": f"{sessions:,}",
        "Session Percentage - Total": _percent(sessions, totals["sessions" + which]),
        "Page Views - Total": f"{views:,}",
        "Page Views Percentage - Total": _percent(views, totals["views" + which]),
        "Featured Offer (Buy Box) Percentage": f"{money(of['offer'])}%",
        "Units Ordered": f"{units:,}",
        "Unit Session Percentage": _percent(units, sessions),
        "Ordered Product Sales": f"${of['sales' + which] // 100:,}.{of['sales' + which] % 100:02d}",
        "Total Order Items": f"{of['items' + which]:,}",
    }
    return {name + ending: text for name, text in columns.items()}


def _percent(part: int, whole: int) -> str:
    """To two decimals, half up; 0 of nothing is 0."""
    return f"{money((2 * part * 10_000 + whole) // (2 * whole) if whole else 0)}%"
