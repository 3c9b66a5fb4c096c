"""Figures of who comes back by their data, and captions by their numbers."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ownchannel.charts import (
    MARKETPLACE,
    NOTE,
    OWNED,
    cohorts_by_age,
    hazard_ratios,
    one_time_shares,
    return_curves,
)
from ownchannel.customers import Effect, HazardRatio, retention_cohorts, return_curve

KINDS = {"Shop": "owned", "Market": "marketplace"}


def test_cells_are_the_shares_and_what_is_not_complete_is_empty():
    purchases = pd.DataFrame(
        {
            "customer_key": ["ann", "bob", "ann", "cem", "ann"],
            "channel": "Shop",
            "ordered_on": pd.to_datetime(
                ["2025-01-05", "2025-01-31", "2025-02-02", "2025-02-20", "2025-04-02"]
            ),
            "value": 30.0,
        }
    )
    cohorts = retention_cohorts(purchases, until=dt.date(2025, 4, 15))
    chart = cohorts_by_age(cohorts, "Shop", darkest=0.5)
    (cells,) = chart.figure.data
    assert list(cells.y) == ["Jan 2025 · 2", "Feb 2025 · 1"]
    assert list(cells.x) == [1, 2]
    assert [list(row) for row in cells.z] == [[0.5, 0.0], [0.0, None]]
    assert cells.zmax == 0.5
    assert chart.caption.startswith("33.3% of Shop's new customers order again in the month after")


def test_intervals_of_one_time_shares_reach_from_lower_to_upper():
    shares = pd.DataFrame(
        {
            "channel": ["Market", "Shop"],
            "days": [365.0, 300.0],
            "share": [0.8, 0.6],
            "lower": [0.78, 0.55],
            "upper": [0.83, 0.64],
            "seen_once": [0.85, 0.7],
        }
    )
    chart = one_time_shares(shares, KINDS)
    fair, seen = chart.figure.data
    assert list(fair.error_x.array) == pytest.approx([0.03, 0.04])
    assert list(fair.error_x.arrayminus) == pytest.approx([0.02, 0.05])
    assert list(fair.marker.color) == [MARKETPLACE, OWNED]
    assert list(seen.x) == [0.85, 0.7]
    assert chart.caption.endswith("Market 80% within 365 days and Shop 60% within 300 days.")


def test_a_curve_ends_where_fewer_than_thirty_are_watched_and_its_band_holds_it():
    days = np.arange(1, 101)
    chart = return_curves({"Shop": return_curve(days, days % 2)}, KINDS)
    line, band = chart.figure.data
    assert (line.name, line.line.shape, max(line.x)) == ("Shop", "hv", 71)
    half = len(band.x) // 2
    lower, upper = np.array(band.y[:half]), np.array(band.y[half:][::-1])
    assert list(band.x[:half]) == list(band.x[half:][::-1])
    assert (lower <= upper).all()
    at = dict(zip(line.x, line.y, strict=True))
    assert all(
        low <= at[day] <= high
        for day, low, high in zip(band.x[2:half:2], lower[2::2], upper[2::2], strict=True)
        if day in at
    )
    assert f"Shop {100 * line.y[-1]:.0f}% after 71 days" in chart.caption


def test_a_channel_of_few_customers_is_a_point():
    chart = return_curves({"Shop": return_curve([3, 5], [1, 0])}, KINDS)
    assert chart.figure.data[0].mode == "markers"


def test_what_is_clear_of_one_is_coloured():
    effects = [
        Effect("Customers of Shop", HazardRatio("channel: Shop", 2.0, 1.5, 2.5, 0.001, 0.4)),
        Effect("Customers with a discount", HazardRatio("discount", 0.9, 0.7, 1.2, 0.4, 0.4)),
    ]
    chart = hazard_ratios(effects)
    (points,) = chart.figure.data
    assert list(points.y) == ["Channel: Shop", "Discount: 10 percentage points more"]
    assert list(points.marker.color) == [OWNED, NOTE]
    assert list(points.error_x.array) == pytest.approx([0.5, 0.3])
    assert chart.figure.layout.xaxis.type == "log"
    assert chart.caption.startswith("Stands out: Channel: Shop.")
    assert hazard_ratios(effects[1:]).caption.startswith("Nothing stands out.")
