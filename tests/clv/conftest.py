"""Real customers to fit."""

from pathlib import Path

import pandas as pd
import pytest

from ownchannel.customers import customer_summary


@pytest.fixture(scope="session")
def cdnow_customers(published_data: Path) -> pd.DataFrame:
    """CDNOW's 2,357 customers to week 39, with the columns that the models take."""
    table = pd.read_csv(published_data / "cdnow_customers_summary_with_transactions.csv")
    names = {"x": "frequency", "t_x": "recency", "zbar": "monetary_value"}
    return table.rename(columns=names)


@pytest.fixture(scope="session")
def online_retail_customers(online_retail: Path) -> pd.DataFrame:
    """Online Retail's customers to 2011-08-31."""
    lines = pd.read_csv(online_retail)
    sold = lines["CustomerID"].notna() & ~lines["InvoiceNo"].astype(str).str.startswith("C")
    lines = lines[sold & (lines["Quantity"] > 0) & (lines["UnitPrice"] > 0)]
    purchases = pd.DataFrame(
        {
            "customer_key": lines["CustomerID"].astype(int).astype(str),
            "ordered_on": pd.to_datetime(lines["InvoiceDate"]).dt.normalize(),
            "value": lines["Quantity"] * lines["UnitPrice"],
        }
    )
    return customer_summary(purchases, until="2011-08-31")
