"""Amazon's counts: visits (Sales and Traffic), what is bought together and again (Brand Analytics)."""

from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import (
    DAYS,
    MARKS,
    MILLION,
    NO_CURRENCY,
    Millionths,
    Rows,
    as_millionths,
    decimals,
    with_columns,
)
from ownchannel.orders._readers._currency_signs import note_dollars, with_signs_apart
from ownchannel.orders._readers._reader import Context, Reader

_DATE, _CHILD, _PARENT = "date", "(child) asin", "(parent) asin"
_SESSIONS, _VIEWS, _OFFER = "sessions - total", "page views - total", "featured offer (buy box) percentage"
_UNITS, _ITEMS, _SALES = "units ordered", "total order items", "ordered product sales"
_CURRENCY = f"{_SALES}: currency"
#: What columns are or were called besides.
_NAMES = {
    _SESSIONS: ("sessions – total", "sessions"),
    _VIEWS: ("page views – total", "page views"),
    _OFFER: ("featured offer percentage", "buy box percentage"),
}
_DOWNLOAD_AGAIN = "Download the report again, as CSV."
#: What to do with a downloaded report whose dates may be read in two ways.
DATES_REMEDY = {DAYS: "write its dates as 2026-03-01, or download it for days after the 12th as well"}


class AmazonTraffic(Reader):
    """Sales and Traffic by product or by date, in English; its totals hold what business customers did, too.

    What its columns mean: https://github.com/amzn/selling-partner-api-models, the schema
    `sellerSalesAndTrafficReport.json`.
    """

    name = "Amazon Sales and Traffic"
    lacks = (
        "This report does not include its marketplace, by product not its period, and by date not whether a "
        "date stands for a day, a week or a month."
    )
    gives = "traffic"
    headers = tuple(frozenset({by, _SESSIONS, _UNITS, _SALES}) for by in (_DATE, _CHILD, _PARENT))
    currency = _CURRENCY
    worth = (_SALES,)
    names = _NAMES
    habits = MappingProxyType({MARKS: "."})  # dates are as the seller's country has them
    remedies = MappingProxyType(DATES_REMEDY)
    plain = f"product_id = {_CHILD}, parent_id = {_PARENT}, sku, product = title"

    def renamed(self, rows: Rows) -> Rows:
        """The currency apart from the sales."""
        return with_signs_apart(super().renamed(rows), _SALES)

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One row each, by product or by date."""
        by_date = _DATE in rows.columns
        if not by_date:
            rows.required(_CHILD if _CHILD in rows.columns else _PARENT, _DOWNLOAD_AGAIN)
        sales = rows.amounts(_SALES, required=True)
        currency = rows.currencies(_CURRENCY, unless=np.ones(len(rows), dtype=np.bool_))
        note_dollars(rows, _SALES, context)
        return {
            "date": rows.moments(_DATE, "UTC").astype("datetime64[D]") if by_date else None,
            "sessions": counts(rows, _SESSIONS),
            "page_views": counts(rows, _VIEWS) if _VIEWS in rows.columns else None,
            "featured_offer_share": rows.shares(_OFFER),
            "units": counts(rows, _UNITS),
            "order_items": counts(rows, _ITEMS) if _ITEMS in rows.columns else None,
            "sales": sales,
            "amount": sales,
            "currency": pc.if_else(pc.equal(currency, NO_CURRENCY), None, currency),
        }

    def finished(self, lines: pa.Table, context: Context) -> pa.Table:
        """Figures by product are repeats only where the whole report is: it names no period."""
        total = int(as_millionths(lines["sales"]).sum()), pc.sum(lines["sessions"]).as_py()
        key = pc.if_else(lines["date"].is_null(), str(total), None)
        return with_columns(lines, row_key=key.cast(pa.string()))


_WITH, _RANK, _SHARE = "purchased with asin", "purchased with rank", "combination %"
_TOP_PAIRS = (1, 2, 3)


class AmazonBaskets(Reader):
    """Market Basket Analysis of Brand Analytics: the three products met most often, or one per row.

    What its columns mean: https://github.com/amzn/selling-partner-api-models, the schema
    `sellingPartnerMarketBasketAnalysisReport.json`.
    """

    name = "Amazon Brand Analytics market basket"
    lacks = "This report does not include the number of orders, or the first day of its period."
    gives = "baskets"
    headers = (
        frozenset({"asin", "#1 purchased asin", f"#1 {_SHARE}"}),
        frozenset({"asin", _WITH, _RANK, _SHARE}),
    )
    currency = ""

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One row per pair; a product without one is set aside."""
        one_each = _WITH in rows.columns
        names = [(_WITH, "purchased with title", _SHARE)] if one_each else [*map(_names_of, _TOP_PAIRS)]
        product = rows.required("asin", _DOWNLOAD_AGAIN)
        has_pair = [rows.has_text(asin) for asin, *_ in names]
        rows.reject_where(~np.any(has_pair, axis=0), names[0][0], "is empty", _DOWNLOAD_AGAIN)
        for has, (*_, share) in zip(has_pair, names, strict=True):
            rows.reject_where(has & ~rows.has_text(share), share, "is empty", _DOWNLOAD_AGAIN)
        shares = [rows.shares(share) for *_, share in names]
        ranks = [counts(rows, _RANK)] if one_each else [*_TOP_PAIRS]
        batches = [
            self.batch(
                rows,
                ends_on=_ends_on(rows),
                product_id=product,
                product=rows.first_label("product title", "title"),
                with_product_id=rows.labels(asin),
                with_product=rows.first_label(title, title.replace("title", "product title")),
                rank=rank,
                share=share,
            )
            for (asin, title, _), rank, share in zip(names, ranks, shares, strict=True)
        ]
        return pa.concat_batches([batch.filter(batch["with_product_id"].is_valid()) for batch in batches])


def _names_of(rank: int) -> tuple[str, str, str]:
    """The columns of a pair: the other product's number and title, and the pair's share."""
    return f"#{rank} purchased asin", f"#{rank} purchased title", f"#{rank} {_SHARE}"


_ORDERS, _CUSTOMERS = "number of orders", "unique customer count"
_REVENUE = "repeat ordered product sales: sales"
_REVENUE_SHARE = "repeat ordered product sales: % share of total sales"
_CUSTOMERS_SHARE = "repeat customer share: % share of total customers"
_THOUSANDS = r"^\d{1,3}([.,' \x{a0}\x{202f}]\d{3})+$"


class AmazonRepeatPurchase(Reader):
    """The ASIN view as the dashboard downloads it: a line on the period, then the header.

    The brand view has no products and is not read: beside the ASIN view it would count everything twice. What
    Amazon's interface for programs gives is JSON, no table, and is not read either.
    """

    name = "Amazon Brand Analytics repeat purchase"
    lacks = "This report does not include its currency or the first day of its period."
    gives = "repeat_rates"
    headers = (frozenset({"asin", _ORDERS, _CUSTOMERS, _CUSTOMERS_SHARE}),)
    worth = (_REVENUE,)
    currency = ""  # the report does not say
    plain = "product = product title"

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One rate per product; its columns of shares are in percent, with or without the sign."""
        revenue = rows.amounts(_REVENUE)
        return {
            "ends_on": _ends_on(rows),
            "product_id": rows.required("asin", _DOWNLOAD_AGAIN),
            "orders": counts(rows, _ORDERS),
            "customers": counts(rows, _CUSTOMERS),
            "repeat_customers_share": rows.shares(_CUSTOMERS_SHARE, required=True),
            "repeat_revenue": decimals(revenue, rows.has_text(_REVENUE)),
            "repeat_revenue_share": rows.shares(_REVENUE_SHARE),
            "amount": revenue,
        }


def whole_numbers(rows: Rows, column: str) -> pa.StringArray:
    """The cells, those with marks between thousands without them."""
    cells = rows.column(column)
    digits = pc.replace_substring_regex(cells, r"\D", "")
    return pc.if_else(pc.match_substring_regex(cells, _THOUSANDS), digits, cells)


def counts(rows: Rows, column: str) -> Millionths:
    """Required whole numbers from 0 on: a mark between thousands is none of decimals."""
    rows.required(column, _DOWNLOAD_AGAIN)
    rows = rows.replaced({column: whole_numbers(rows, column)})
    number, rest = np.divmod(rows.amounts(column, required=True), MILLION)
    rows.reject_where((number < 0) | (rest != 0), column, "is not a count", _DOWNLOAD_AGAIN)
    return number


def _ends_on(rows: Rows) -> NDArray[np.datetime64]:
    """The last day of a row's period."""
    return rows.moments("reporting date", "UTC", required=False).astype("datetime64[D]")
