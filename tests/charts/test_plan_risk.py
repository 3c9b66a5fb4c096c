"""Figures of what a plan hangs on by their data, and captions by their numbers."""

import pandas as pd
import pytest

from ownchannel.charts import (
    MARKETPLACE,
    NOTE,
    dependence_now_and_then,
    scenarios_side_by_side,
    tornado_chart,
)

TURNED = pd.DataFrame(
    {
        "label": ["Own store: repeat rate", "Own store: cost to win a customer", "Discount rate"],
        "npv_low": [300_000.0, 455_000, 417_000],
        "npv_high": [545_000.0, 360_000, 408_000],
        "low_reading": ["20%", "$22", "8%"],
        "high_reading": ["36%", "$41", "14%"],
    }
)


def test_bars_of_the_tornado_reach_from_the_plan_to_both_ends():
    chart = tornado_chart(TURNED, 400_000, "USD")
    low, high, _ = chart.figure.data
    assert [low.base + reach for reach in low.x] == list(TURNED["npv_low"])
    assert [high.base + reach for reach in high.x] == list(TURNED["npv_high"])
    assert (chart.figure.layout.yaxis.ticktext[0], chart.figure.layout.yaxis.range) == (
        "Own store: repeat rate",
        (2.5, -0.5),
    )
    assert (
        "Own store: repeat rate: $300,000 at 20% and $545,000 at 36%; then on Own store: cost"
        in chart.caption
    )


def test_readings_of_the_tornado_stand_outside_its_bars():
    *_, readings = tornado_chart(TURNED, 400_000, "USD").figure.data
    told = [
        (row, place, text.strip(), side)
        for row, place, text, side in zip(
            readings.y, readings.x, readings.text, readings.textposition, strict=True
        )
    ]
    assert told[:2] == [(0, 300_000, "20%", "middle left"), (0, 545_000, "36%", "middle right")]
    assert told[2:4] == [(1, 360_000, "$41", "middle left"), (1, 455_000, "$22", "middle right")]
    assert told[4:] == [(2, 400_000, "14%", "middle left"), (2, 417_000, "8%", "middle right")]


def test_only_the_widest_are_shown_and_long_names_take_two_lines():
    figure = tornado_chart(TURNED.iloc[1:], 400_000, "USD", most=1).figure
    assert figure.layout.yaxis.ticktext == ("Own store: cost to win a customer",)
    renamed = TURNED.assign(label="Own store: share of buyers who ever order again")
    assert tornado_chart(renamed, 400_000, "USD").figure.layout.yaxis.ticktext[0] == (
        "Own store: share of buyers who<br>ever order again"
    )


def test_a_plan_without_ranges_is_told_so():
    chart = tornado_chart(TURNED.iloc[:0], 400_000, "USD")
    assert (
        chart.caption == "If nothing goes wrong this plan is worth $400,000; none of its numbers has a range."
    )
    assert chart.figure.layout.xaxis.range[0] < 400_000 < chart.figure.layout.xaxis.range[1]


def shares(**measures: float) -> pd.DataFrame:
    table = pd.DataFrame({"marketplace_share": measures})
    return table.rename(index={"repeat_orders": "repeat orders"})


def test_dependence_of_today_and_of_the_plan():
    chart = dependence_now_and_then(
        shares(revenue=0.83, orders=0.85, repeat_orders=0.64),
        shares(repeat_orders=0.66, revenue=0.58, orders=0.85),
        ("Year 1", "Year 3"),
    )
    between, today, plan = chart.figure.data
    assert list(between.x) == [0.83, 0.58, None, 0.85, 0.85, None, 0.64, 0.66, None]
    assert list(today.y) == list(plan.y) == ["Revenue", "Orders", "Repeat orders"]
    assert (list(today.x), list(plan.x)) == ([0.83, 0.85, 0.64], [0.58, 0.85, 0.66])
    assert [text.strip() for text in today.text] == ["<b>Year 1</b> 83%", "85%", "64%"]
    assert [text.strip() for text in plan.text] == ["<b>Year 3</b> 58%", "85%", "66%"]
    assert today.textposition == ("middle right", "middle left", "middle left")
    assert plan.textposition == ("middle left", "middle right", "middle right")
    assert (plan.marker.color, today.marker.line.color) == (MARKETPLACE, NOTE)
    assert chart.caption == (
        "Through marketplaces. Year 1: 83% of revenue, 85% of orders, 64% of repeat orders. "
        "Year 3: 58% of revenue, 85% of orders, 66% of repeat orders."
    )


@pytest.mark.parametrize("missing", [{"then": float("nan")}, {"now": float("nan")}])
def test_a_share_that_is_not_known_is_left_out(missing):
    now, then = missing.get("now", 0.5), missing.get("then", 0.5)
    chart = dependence_now_and_then(
        shares(revenue=0.8, repeat_orders=now), shares(revenue=0.6, repeat_orders=then)
    )
    assert list(chart.figure.data[1].y) == ["Revenue"]
    assert "repeat" not in chart.caption


def test_a_share_above_the_whole_has_room():
    # Where the own store costs more than it leaves, the marketplace brings more than all contribution.
    figure = dependence_now_and_then(shares(contribution=1.4), shares(contribution=-0.2)).figure
    assert figure.layout.xaxis.range == pytest.approx((-0.35, 1.55))


def test_scenarios_from_expected_down_to_the_worst():
    table = pd.DataFrame(
        {
            "npv": [412_000.0, -60_000.0],
            "cvar": [-30_000.0, -220_000.0],
            "revenue_at_risk": [410_000.0, 50_000.0],
            "marketplace_share": [0.86, 0.3],
        },
        index=["All-marketplace brand", "One-off durable"],
    )
    chart = scenarios_side_by_side(table, "USD")
    bars, points = chart.figure.data
    assert list(bars.base) == [-30_000, -220_000]
    assert [base + reach for base, reach in zip(bars.base, bars.x, strict=True)] == [412_000, -60_000]
    assert list(points.x) == [412_000, -60_000, -30_000, -220_000]
    assert list(points.y) == [0, 1, 0, 1]
    assert [text.strip() for text in points.text] == [
        "<b>$412,000</b>",
        "<b>-$60,000</b>",
        "-$30,000",
        "-$220,000",
    ]
    assert list(chart.figure.layout.yaxis.ticktext) == [
        "<b>All-marketplace brand</b><br>86% through marketplaces,<br>$410,000 at risk",
        "<b>One-off durable</b><br>30% through marketplaces,<br>$50,000 at risk",
    ]
    low, high = chart.figure.layout.xaxis.range
    assert low < -220_000
    assert high > 412_000
    assert (
        "All-marketplace brand $412,000 and -$30,000; One-off durable -$60,000 and -$220,000."
        in chart.caption
    )
