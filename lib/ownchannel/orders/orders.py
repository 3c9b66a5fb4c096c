"""Orders as the workbooks see them: one tidy table and the report of how it came to be."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.formats import count
from ownchannel.orders.report import Report, day
from ownchannel.orders.schema import NO_CURRENCY, SALES


@dataclass(frozen=True)
class Orders:
    """One row an order line, in `arrow` and, as a pandas view of it with exact decimals, in `table`.

    `report` says of every file what was read, what was not, and why. Printed, orders read as a sentence.

    >>> from ownchannel.orders.saved import sample_orders
    >>> orders = sample_orders()
    >>> orders
    11,911 orders on Amazon.com and Shopify in USD, 1 Oct 2024 to 30 Sep 2026.
    >>> orders.sales["discount"].sum()
    Decimal('8773.470000')
    """

    arrow: pa.Table
    report: Report

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every accepted line, cancelled and pending ones included."""
        return as_pandas(self.arrow)

    @cached_property
    def sales(self) -> pd.DataFrame:
        """The lines that count: completed and refunded."""
        return as_pandas(self.arrow.filter(pc.is_in(self.arrow["status"], pa.array(SALES))))

    def currencies(self) -> tuple[str, ...]:
        """Currencies in which something was sold."""
        return tuple(sorted(self.sales["currency"].unique()))

    @property
    def main_currency(self) -> str:
        """The currency of most sales lines, in which a workbook shows money; XXX where nothing was sold."""
        sold = self.sales["currency"].value_counts()
        return str(sold.index[0]) if len(sold) else NO_CURRENCY

    def channels(self) -> dict[str, str]:
        """Channel names with their kind, in order of their names."""
        pairs = self.sales[["channel", "kind"]].drop_duplicates().sort_values(["channel", "kind"])
        return dict(zip(pairs["channel"], pairs["kind"], strict=True))

    def __len__(self) -> int:
        return len(self.arrow)

    def __str__(self) -> str:
        if not len(self.sales):
            return f"No sales. {self.report.headline()}"
        days = self.sales["ordered_on"]
        orders = len(self.sales[["channel", "order_id"]].drop_duplicates())
        text = f"{count(orders, 'order')} on {_listed(self.channels())} in {_listed(self.currencies())}, "
        return f"{text}{day(days.min())} to {day(days.max())}."

    __repr__ = __str__


def as_pandas(table: pa.Table) -> pd.DataFrame:
    """An Arrow table as pandas, decimals exact and dates as dates."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def _listed(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last
