"""Figures of customer value by their data, labels and captions."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ownchannel.charts import (
    MARKETPLACE,
    OWNED,
    alive_map,
    by_frequency,
    estimates,
    left_by_source,
    orders_by_month,
    paid_back,
    tracking_by_week,
    tracking_in_all,
    value_and_cost,
)
from ownchannel.clv import HoldOut, ModifiedBetaGeoModel, holdout
from ownchannel.marketplace import Worth


def worth(channel: str, kind: str, expected: list[float], cost: float, margin: float = 0.0) -> Worth:
    value = np.array(expected)
    columns = {"orders": 1.0, "expected": value, "lower": value - margin, "upper": value + 2 * margin}
    return Worth(channel, kind, pd.DataFrame(columns), cost)


WORTHS = [
    worth("Shop", "owned", [20.0, 40.0], 16.0, margin=3.0),
    worth("Etsy", "marketplace", [10.0, 12.0], 15.0),
    worth("Amazon", "marketplace", [8.0, 9.0], 5.0),
]


def test_bars_of_value_with_their_range_and_the_cost_on_them():
    chart = value_and_cost(WORTHS, 12, "EUR")
    bars, ranges, costs = chart.figure.data
    assert list(bars.x) == [40.0, 12.0, 9.0]
    assert list(bars.y) == list(costs.y) == ["Shop €40.00", "Etsy €12.00", "Amazon €9.00"]
    assert list(costs.x) == [16.0, 15.0, 5.0]
    assert (list(ranges.y), list(ranges.x)) == (["Shop €40.00"], [40.0])
    assert (list(ranges.error_x.array), list(ranges.error_x.arrayminus)) == ([6.0], [3.0])
    assert chart.caption == (
        "On Etsy a new customer costs more than it leaves in 12 months: Shop €40.00 against €16.00, Etsy "
        "€12.00 against €15.00, Amazon €9.00 against €5.00. Grey lines are 95% ranges."
    )
    assert value_and_cost(WORTHS[2:], 12, "EUR").caption == (
        "A new customer leaves more in 12 months than it costs to win: Amazon €9.00 against €5.00."
    )


def test_a_channel_keeps_its_colour_wherever_it_ranks():
    for worths in (WORTHS, WORTHS[::-1]):
        bars, *_ = value_and_cost(worths, 12, "EUR").figure.data
        colours = dict(zip((each.channel for each in worths), bars.marker.color, strict=True))
        assert (colours["Amazon"], colours["Shop"]) == (MARKETPLACE, OWNED)
        lines = paid_back(worths, "EUR").figure.data
        assert {line.name: line.line.color for line in lines} == colours


def test_lines_of_what_is_left_after_the_cost():
    chart = paid_back(WORTHS[:2], "USD")
    assert {line.name: list(line.y) for line in chart.figure.data} == {"Shop": [4, 24], "Etsy": [-5, -3]}
    assert chart.caption == (
        "After the cost to win one, a new customer's worth goes from $4.00 to $24.00 on Shop and from -$5.00 "
        "to -$3.00 on Etsy; above zero it is paid back."
    )


def test_bars_by_source_leave_room_below_zero():
    chart = left_by_source(["Keys", "Report"], [10.0, -5.0], 6, "USD")
    assert tuple(chart.figure.layout.xaxis.range) == (-6.0, 12.0)


@pytest.fixture(scope="module")
def held() -> HoldOut:
    """A model held against 26 weeks of 600 simulated customers."""
    generator = np.random.default_rng(3)
    rows = []
    for customer, weeks in enumerate(generator.integers(60, 90, 600)):
        rate, chance, at = generator.gamma(0.8, 1 / 6.0), generator.beta(0.9, 2.0), 0.0
        while at <= weeks:
            rows.append((f"c{customer}", dt.date(2026, 6, 30) - dt.timedelta(weeks=float(weeks - at))))
            if generator.random() < chance:
                break
            at += generator.exponential(1 / rate)
    orders = pd.DataFrame(rows, columns=["customer_key", "ordered_on"]).assign(value=10.0)
    return holdout(orders, "2025-12-30", ModifiedBetaGeoModel, "2026-06-30")


def test_tracking_draws_what_came_and_was_expected_and_marks_the_split(held):
    for chart, columns in (
        (tracking_by_week(held), ["actual", "expected"]),
        (tracking_in_all(held), ["actual_in_all", "expected_in_all"]),
    ):
        assert [line.name for line in chart.figure.data] == ["Actual", "Predicted"]
        for line, column in zip(chart.figure.data, columns, strict=True):
            assert list(line.y) == held.tracking[column].tolist()
        (split,) = chart.figure.layout.shapes
        assert split.x0 == split.x1 == dt.date(2025, 12, 30)
        assert "30 Dec 2025" in chart.caption
    assert f"by 30 Jun 2026: {held.tracking['actual'].sum():,.0f} came" in tracking_in_all(held).caption


def test_groups_by_frequency_tell_their_size(held):
    chart = by_frequency(held)
    came, expected = chart.figure.data
    assert list(came.y) == held.by_frequency["actual"].tolist()
    assert list(expected.y) == held.by_frequency["expected"].tolist()
    assert sum(came.customdata) == 600
    assert came.x[-1] in ("7+", str(held.by_frequency.index[-1]))


def test_a_tile_for_each_silence_and_frequency():
    alive = pd.DataFrame([[0.8, 0.9], [0.3, 0.1]], index=[0.0, 20.0], columns=[1, 2])
    chart = alive_map(alive, "Shop", 50.0)
    (tiles,) = chart.figure.data
    assert [list(row) for row in tiles.z] == [[0.8, 0.9], [0.3, 0.1]]
    assert (list(tiles.x), list(tiles.y)) == (["1", "2"], ["0", "20"])
    assert chart.caption.endswith(
        "on Shop, after 2 repeat orders, 90% when the last is 0 weeks old and 10% when it is 20 (50 weeks "
        "after the first)."
    )


def test_a_line_and_a_band_a_channel():
    table = pd.DataFrame({"expected": [1.0, 1.5], "lower": [1.0, 1.4], "upper": [1.0, 1.7]})
    chart = orders_by_month({"Shop": table}, ["owned"])
    line, band = chart.figure.data
    assert list(line.y) == [1.0, 1.5]
    assert list(zip(band.x, band.y, strict=True)) == [(0, 1.0), (1, 1.4), (1, 1.7), (0, 1.0)]
    assert "after 1 month, the first included: Shop 1.50." in chart.caption


def test_estimates_with_whiskers_to_their_ends():
    (points,) = estimates(["All"], [(2.0, 1.5, 3.0)], "Orders").figure.data
    assert (list(points.error_x.arrayminus), list(points.error_x.array)) == ([0.5], [1.0])
