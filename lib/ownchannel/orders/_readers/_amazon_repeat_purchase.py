"""Amazon Brand Analytics, Repeat Purchase Behavior: how many of a product's customers came back."""

from decimal import Decimal

import numpy as np
import pyarrow as pa

from ownchannel.orders._cells import BadCell, Millionths, decimals, number
from ownchannel.orders._readers._amazon_orders import decimal_of
from ownchannel.orders._readers._reader import Context
from ownchannel.orders._rows import Rows
from ownchannel.orders._schema import REPEAT_RATES_AS_READ, Gives

_ORDERS, _CUSTOMERS = "number of orders", "unique customer count"
_SALES = "repeat ordered product sales: sales"
_SALES_SHARE = "repeat ordered product sales: % share of total sales"
_CUSTOMERS_SHARE = "repeat customer share: % share of total customers"
_HEADER = frozenset({"asin", _ORDERS, _CUSTOMERS, _CUSTOMERS_SHARE})
_EXPORT_AGAIN = "Download the report again from Brand Analytics, as CSV."


class AmazonRepeatPurchase:
    """The ASIN view as the dashboard downloads it: a line on the period, then the header.

    The brand view has no products and is not read: beside the ASIN view it would count everything twice. What
    Amazon's interface for programs gives is JSON, no table, and is not read either.
    """

    name = "Amazon Brand Analytics repeat purchase"
    lacks = "This report tells neither its currency nor the day on which its period began."
    gives: Gives = "repeat_rates"
    order_starts = ""

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its products, its orders and customers, and the share of those who came back."""
        return columns >= _HEADER

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """A rate a product; its columns of shares are in percent, with or without the sign."""
        mark = decimal_of(rows, context, _SALES, _SALES_SHARE, _CUSTOMERS_SHARE)
        revenue = rows.amounts(_SALES, mark)
        return rows.batch(
            REPEAT_RATES_AS_READ,
            ends_on=rows.moments("reporting date", "UTC", required=False).astype("datetime64[D]"),
            channel="Amazon",
            product_id=rows.required("asin", _EXPORT_AGAIN),
            product=rows.labels("product title"),
            orders=_counts(rows, _ORDERS, mark),
            customers=_counts(rows, _CUSTOMERS, mark),
            repeat_customers_share=_shares(rows, _CUSTOMERS_SHARE, mark, required=True),
            repeat_revenue=decimals(revenue, rows.has_text(_SALES)),
            repeat_revenue_share=_shares(rows, _SALES_SHARE, mark),
            amount=revenue,
        )

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """What customers who came back paid; the report does not say in which currency."""
        return [""] * len(rows), rows.readable_amounts(_SALES, context.decimal)


def _counts(rows: Rows, column: str, mark: str) -> list[int]:
    def read(cell: str) -> int:
        try:
            count = number(cell, mark)
        except ValueError:
            count = Decimal(-1)
        if count < 0 or count % 1:
            raise BadCell(column, cell, "is not a count" if cell else "is empty", _EXPORT_AGAIN)
        return int(count)

    return rows.each(read, column, otherwise=0)


def _shares(rows: Rows, column: str, mark: str, required: bool = False) -> list[float | None]:
    """Percent as shares between 0 and 1; None where empty, unless one is required."""

    def read(cell: str) -> float | None:
        if not cell and not required:
            return None
        try:
            share = number(cell.removesuffix("%").rstrip(), mark) / 100
        except ValueError as error:
            reason = "is not a percentage that can be read" if cell else "is empty"
            raise BadCell(column, cell, reason, _EXPORT_AGAIN) from error
        if not Decimal(0) <= share <= Decimal(1):
            raise BadCell(column, cell, "is not between 0 and 100 percent", _EXPORT_AGAIN)
        return float(share)

    return rows.each(read, column, otherwise=np.nan)
