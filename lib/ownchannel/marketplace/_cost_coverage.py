"""Of which products a brand has said what they cost, and the table that asks for the others."""

from dataclasses import dataclass

import pandas as pd

from ownchannel.formats import Shown, listed, money, percent
from ownchannel.orders import Orders

#: The columns of a table of costs; the first three say which product is meant.
TEMPLATE = (
    "sku",
    "product",
    "revenue",
    "valid_from",
    "unit_cost",
    "freight",
    "duty",
    "packaging",
    "currency",
)
_MOST_NAMED = 3


@dataclass(frozen=True, repr=False)
class CostCoverage(Shown):
    """Revenue by product in one currency, and how much of it has a known cost of goods.

    `table` has a row a product, the dearest to guess first: `sku, product, revenue, known`, revenue before
    returns and discounts, exact.
    """

    table: pd.DataFrame
    currency: str

    def __str__(self) -> str:
        if not self.share:
            return "No file says what your goods cost."
        text = f"The cost of goods is known for {percent(self.share)} of sales"
        unknown = self.unknown
        if unknown.empty:
            return f"{text}."
        named = [
            f"{sku} ({money(revenue, self.currency)})"
            for sku, revenue in zip(unknown["sku"], unknown["revenue"] - unknown["known"], strict=True)
        ]
        further = len(named) - _MOST_NAMED
        more = [f"{further} more"] if further > 0 else []
        return f"{text}; it is missing for {listed([*named[:_MOST_NAMED], *more])}."

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        return self.table

    @property
    def share(self) -> float:
        """The share of revenue whose cost is known."""
        revenue = self.table["revenue"].sum()
        return float(self.table["known"].sum() / revenue) if revenue else 0.0

    @property
    def unknown(self) -> pd.DataFrame:
        """The products of which some sales have no known cost."""
        return self.table[self.table["known"] < self.table["revenue"]]


def cost_coverage(orders: Orders) -> CostCoverage:
    """Of which products, sold in the main currency, a file says what they cost.

    >>> from ownchannel.orders import sample_orders
    >>> found = cost_coverage(sample_orders())
    >>> found.table.columns.to_list(), 0 <= found.share <= 1
    (['sku', 'product', 'revenue', 'known'], True)
    """
    sales = orders.sales
    sales = sales[(sales["currency"] == orders.main_currency) & (sales["item_value"] > 0)]
    sales = sales.assign(
        sku=sales["sku"].fillna("no SKU"), known=sales["item_value"].where(sales["goods"].notna(), 0)
    )
    table = sales.groupby("sku", as_index=False).agg(
        product=("product", "last"), revenue=("item_value", "sum"), known=("known", "sum")
    )
    # As Python's decimals: Arrow's sums are too wide to be reckoned with.
    table = table.astype({"revenue": object, "known": object})
    table = table.assign(unknown=table["revenue"] - table["known"])
    in_order = table.sort_values(["unknown", "revenue"], ascending=False, kind="stable", ignore_index=True)
    return CostCoverage(in_order.drop(columns="unknown"), orders.main_currency)


def cost_template(orders: Orders) -> pd.DataFrame:
    """A table of costs to fill in: the brand's products, those with most revenue of unknown cost first.

    >>> from ownchannel.orders import sample_orders
    >>> cost_template(sample_orders())[["valid_from", "unit_cost", "currency"]].head(1).values.tolist()
    [['', '', 'USD']]
    """
    coverage = cost_coverage(orders)
    products = coverage.table[coverage.table["sku"] != "no SKU"]
    return products.reindex(columns=TEMPLATE, fill_value="").assign(currency=coverage.currency)
