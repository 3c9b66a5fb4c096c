"""Brands whose truth is known: orders made from it, as readers would give them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

from data.samples.sample_brand.buyers import purchases
from data.samples.sample_brand.stated import Process
from ownchannel.orders import TABLE, Orders, Report

SHOP = Process(r=1.1, alpha=12.0, a=1.8, b=1.4)


def orders_on(days: pd.Series, customers: pd.Series, **told: object) -> Orders:
    """Orders of one own store, each of one line for 40.00, on these days and by these customers."""
    number = len(days)
    columns = {
        "order_id": [str(at) for at in range(number)],
        "line_id": ["1"] * number,
        "channel": ["Shop"] * number,
        "kind": ["owned"] * number,
        "ordered_at": pd.to_datetime(days).dt.tz_localize("UTC"),
        "ordered_on": pd.to_datetime(days).dt.date,
        "customer_key": customers.astype(str),
        "quantity": [1.0] * number,
        "item_value": [Decimal(40)] * number,
        **{name: [Decimal(0)] * number for name in ("discount", "shipping", "tax", "refund")},
        "currency": ["USD"] * number,
        "status": ["completed"] * number,
        "source_file": ["shop.csv"] * number,
        "source_row": range(number),
    }
    columns |= {name: [value] * number for name, value in told.items()}
    empty = {field.name: pa.nulls(number, field.type) for field in TABLE if field.name not in columns}
    arrays = {name: pa.array(values, TABLE.field(name).type) for name, values in columns.items()}
    table = pa.table({field.name: (arrays | empty)[field.name] for field in TABLE}, schema=TABLE)
    return Orders(table, Report())


def brand(
    seed: int,
    *,
    years: float,
    seen: float,
    a_week: float = 25.0,
    growth: float = 0.0,
    season: Mapping[int, float] | None = None,
    process: Process = SHOP,
) -> Orders:
    """A shop of so many years, of which the files hold the last, up to 31 December 2025.

    New customers come at a rate that grows by `growth` a month and ends at `a_week`, times the factor of the
    calendar month.
    """
    generator = np.random.default_rng(seed)
    last = dt.date(2025, 12, 31)
    length = round(years * 365)
    day = np.array([last - dt.timedelta(days=back) for back in range(length - 1, -1, -1)])
    factors = np.array([(season or {}).get(each.month, 1.0) for each in day])
    rates = a_week / 7 * (1 + growth) ** ((np.arange(length) - length) / (365.25 / 12)) * factors
    born = np.repeat(np.arange(length), generator.poisson(rates))
    born = (born + np.sort(generator.random(len(born)))) / 7
    _, bought = purchases(born, process, length / 7, generator)
    days = pd.Series(pd.to_datetime(day[(bought["week"] * 7).astype(int)]))
    kept = days > pd.Timestamp(last - dt.timedelta(days=round(seen * 365)))
    return orders_on(days[kept], bought["person"][kept])
