"""Figures by their data, labels and captions."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from ownchannel.charts import (
    MARKETPLACE,
    OWNED,
    by_month,
    cash_when_stopped,
    fee_and_contribution,
    left_by_an_order,
    owned_and_rented,
)
from ownchannel.marketplace import Year, dependence, raise_fee, stop
from ownchannel.orders import sample_orders
from ownchannel.workspace import Workspace

YEAR = Year(
    months=tuple(date(2026 + (9 + i) // 12, (9 + i) % 12 + 1, 1) for i in range(24)),
    owned=np.full(12, 100.0),
    marketplace=np.full(12, 400.0),
    fee_base=np.full(12, 2_000.0),
    marketplace_orders=120.0,
    months_seen=12,
)


def test_parts_of_a_whole_add_up_to_it(tmp_path):
    chart = owned_and_rented(dependence(sample_orders(Workspace(tmp_path)), "USD"))
    parts = {
        (row, trace.name): share
        for trace in chart.figure.data
        for row, share in zip(trace.y, trace.x, strict=True)
    }
    for row in ("Orders", "Revenue", "Buyers"):
        assert sum(share for (of, _), share in parts.items() if of == row) == pytest.approx(1)
    assert parts["Orders", "Amazon.com"] == pytest.approx(8193 / 12300)
    assert parts["Revenue", "Amazon.de"] == 0
    assert parts["Buyers", "Known to you"] == pytest.approx(3657 / 12300)
    assert parts["Buyers", "Anonymous ID"] == pytest.approx((7325 + 153 + 73) / 12300)
    assert chart.caption == (
        "In all your files, 68% of revenue and 70% of orders came through marketplaces. You know who placed "
        "30% of the orders; 61% show an anonymous ID."
    )
    in_legend = {trace.name for trace in chart.figure.data if trace.showlegend}
    assert in_legend == {"Amazon.de", "Etsy", "eBay", "Hidden from you"}  # too narrow for their names
    colours = {trace.name: trace.marker.color for trace in chart.figure.data}
    assert (colours["Amazon.com"], colours["Shopify"]) == (MARKETPLACE, OWNED)


def test_a_line_a_channel_with_its_last_value_in_the_caption():
    table = pd.DataFrame(
        {
            "month": [date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 2, 1)],
            "channel": ["Amazon.com", "Shopify"] * 2,
            "kind": ["marketplace", "owned"] * 2,
            "net_value": [10.0, 20.0, 30.0, 40.0],
        }
    )
    chart = by_month(table, "net_value", "Revenue", "EUR")
    assert {trace.name: list(trace.y) for trace in chart.figure.data} == {
        "Amazon.com": [10, 30],
        "Shopify": [20, 40],
    }
    assert chart.caption == "Revenue in February 2026: Amazon.com €30, Shopify €40."
    assert chart.figure.layout.yaxis.tickprefix == "€"
    assert by_month(table, "net_value", "Customers").caption.endswith("Amazon.com 30, Shopify 40.")


def test_a_channel_that_ended_has_its_own_month_and_a_single_month_is_a_point():
    table = pd.DataFrame(
        {
            "month": [date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1)],
            "channel": ["Etsy", "Shopify", "Shopify"],
            "kind": ["marketplace", "owned", "owned"],
            "net_value": [10.0, 20.0, 40.0],
        }
    )
    chart = by_month(table, "net_value", "Revenue", "EUR")
    assert chart.caption.endswith("in February 2026: Etsy €10 (in January 2026), Shopify €40.")
    assert [trace.mode for trace in chart.figure.data] == ["markers", "lines"]


def test_cash_starts_today_and_says_how_low_it_gets():
    stopped = stop(YEAR, downtime_months=4, fixed_costs=200, cash=1_000)
    chart = cash_when_stopped(YEAR, stopped, "USD")
    as_today, low = chart.figure.data
    assert (as_today.x[0], as_today.x[1]) == (date(2026, 9, 1), date(2026, 10, 1))
    assert list(as_today.y[:3]) == [1000, 1300, 1600]
    assert list(low.y[:6]) == [1000, 900, 800, 700, 600, 900]
    assert chart.caption.endswith("never below $600 with the stop, never below $1,000 as things are.")
    broke = cash_when_stopped(YEAR, stop(YEAR, downtime_months=4, fixed_costs=600, cash=1_000), "USD")
    assert broke.caption.endswith(
        "below zero from month 3 with the stop, below zero from month 11 as things are."
    )
    assert "-$2,000" in broke.figure.layout.yaxis.ticktext


def test_without_a_marketplace_there_is_one_line_of_cash():
    alone = replace(YEAR, marketplace=np.zeros(12))
    chart = cash_when_stopped(alone, stop(alone, downtime_months=4, fixed_costs=50, cash=1_000), "USD")
    assert [trace.name for trace in chart.figure.data] == ["Your cash"]
    assert chart.caption == "Cash at the end of each month: never below $1,000."


def test_the_fee_line_goes_through_the_setting_and_past_nothing():
    chart = fee_and_contribution(raise_fee(YEAR, 0.05), 0.05, float(YEAR.fee_base.sum()), "USD")
    line, setting = chart.figure.data
    assert list(setting.y) == [pytest.approx(4_800 - 0.05 * 24_000)]
    assert line.y[0] == 4_800
    assert line.y[-1] < 0 < line.y[-4]
    assert "from $4,800 to $3,600; one 20.0 points higher would erase it." in chart.caption


def test_a_bar_a_channel():
    kinds = {"Amazon.com": "marketplace", "Shopify": "owned"}
    chart = left_by_an_order(["Amazon.com", "Shopify"], [1.5, -2.0], kinds, "USD")
    (bars,) = chart.figure.data
    assert (list(bars.y), list(bars.x)) == (["Amazon.com", "Shopify"], [1.5, -2.0])
    assert list(bars.text) == ["$1.50", "-$2.00"]
    assert list(bars.marker.color) == [MARKETPLACE, OWNED]


def test_a_channel_has_one_colour_in_every_chart(tmp_path):
    kinds = {"Amazon.com": "marketplace", "Amazon.de": "marketplace", "Etsy": "marketplace"}
    sold = {"month": [date(2026, 3, 1)], "channel": ["Etsy"], "kind": ["marketplace"], "net_value": [9.0]}
    (etsy,) = by_month(pd.DataFrame(sold), "net_value", "Revenue", "USD", kinds=kinds).figure.data
    bar = left_by_an_order(["Etsy"], [1.5], kinds, "USD").figure.data[0]
    parts = owned_and_rented(dependence(sample_orders(Workspace(tmp_path)), "USD")).figure.data
    part = next(trace for trace in parts if trace.name == "Etsy")
    assert etsy.line.color == bar.marker.color[0] == part.marker.color
