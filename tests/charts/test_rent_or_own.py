"""Figures of what a plan leaves by their data, and captions by their numbers."""

import pandas as pd
import pytest

from ownchannel.charts import MARKETPLACE, NOTE, OWNED, frontier_chart, npv_fan, order_waterfall

FRONTIER = pd.DataFrame(
    {
        "owned_share": [0.0, 0.25, 0.5, 1.0],
        "npv": [410_000.0, 438_000, 430_000, 342_000],
        "cvar": [-38_000.0, 2_000, 40_000, 50_000],
        "marketplace_share": [0.86, 0.76, 0.66, 0.45],
    }
)


def test_the_frontier_and_the_marks_on_it():
    expected, worst, today, you = frontier_chart(FRONTIER, here=0.75, today=0.25, currency="USD").figure.data
    assert list(expected.x) == list(worst.x) == [0.45, 0.66, 0.76, 0.86]
    assert list(expected.y) == [342_000, 430_000, 438_000, 410_000]
    assert list(worst.y) == [50_000, 40_000, 2_000, -38_000]
    assert list(you.y)[1:] == [386_000, 45_000]
    assert list(you.x) == pytest.approx([0.555] * 3)
    assert (today.x[0], *today.y[1:]) == (0.76, 438_000, 2_000)
    assert (you.line.color, today.line.color) == (OWNED, NOTE)


def test_the_caption_tells_what_a_smaller_share_costs():
    caption = frontier_chart(FRONTIER, here=0.75, today=0, currency="USD", when="in year 3").caption
    assert "This plan: 56% of revenue through marketplaces in year 3, worth $386,000." in caption
    assert "Today's split: 86%, worth $410,000." in caption
    assert "You give up $52,000 against the most profitable split (76%)." in caption
    assert caption.endswith("The smallest share, 45%, would give up $96,000.")


@pytest.mark.parametrize(
    ("here", "told"),
    [
        (0.25, "No other split of the budget is expected to leave more."),
        (0.0, "Down to 76%, relying less on marketplaces would bring $28,000 more."),
    ],
)
def test_the_caption_where_nothing_is_given_up_for_a_smaller_share(here, told):
    assert told in frontier_chart(FRONTIER, here=here, today=1, currency="USD").caption


def test_whoever_owns_most_is_not_told_so_twice():
    assert frontier_chart(FRONTIER, here=1, today=0, currency="USD").caption.count("$96,000") == 1


def test_you_as_today_are_one_mark():
    chart = frontier_chart(FRONTIER, here=0.25, today=0.25, currency="USD")
    assert [trace.name for trace in chart.figure.data][2:] == ["As you are"]
    assert "Today" not in chart.caption


@pytest.mark.parametrize(
    ("here", "today", "sides"),
    [
        (0.5, 0.4, ("top left", "top right")),
        (0.4, 0.5, ("top right", "top left")),
        (1, 0, ("top center",) * 2),
    ],
)
def test_names_above_the_frontier_stand_to_either_side_where_they_are_close(here, today, sides):
    *_, as_today, you = frontier_chart(FRONTIER, here=here, today=today, currency="USD").figure.data
    assert (you.textposition, as_today.textposition) == sides


def test_a_frontier_without_risk_or_choice_is_drawn():
    flat = FRONTIER.assign(npv=1000.0, cvar=1000.0, marketplace_share=1.0)
    figure = frontier_chart(flat, here=0.5, today=0, currency="USD").figure
    expected, worst, _ = figure.data
    assert (expected.textposition, worst.textposition) == ("top right", "bottom right")
    for axis, value in ((figure.layout.xaxis, 1), (figure.layout.yaxis, 1000)):
        assert axis.range[0] < value < axis.range[1]


def bands(median: float) -> pd.DataFrame:
    ends = {0.1: -10_000.0, 0.25: 20_000.0, 0.5: median, 0.75: 70_000.0, 0.9: 100_000.0}
    return pd.DataFrame({level: [-5000.0, 0.0, end] for level, end in ends.items()})


def test_the_fan_and_todays_median():
    today = pd.Series([0.0, 15_000, 30_000])
    chart = npv_fan(bands(median=50_000), today, "EUR")
    outer, inner, as_today, median = chart.figure.data
    assert list(outer.y) == [-5000, 0, -10_000, 100_000, 0, -5000]
    assert list(inner.y) == [-5000, 0, 20_000, 70_000, 0, -5000]
    assert list(outer.x) == [0, 1, 2, 2, 1, 0]
    assert (list(median.y), list(as_today.y)) == ([-5000, 0, 50_000], [0, 15_000, 30_000])
    assert as_today.line.dash == "dot"
    assert (
        "After 2 months this plan is worth €50,000 so far (median); half of the outcomes lie from €20,000 to"
        in chart.caption
    )
    assert chart.caption.endswith("8 in 10 from -€10,000 to €100,000. As you are: €30,000.")


def test_the_fan_without_today():
    chart = npv_fan(bands(median=50_000), None, "EUR")
    assert [trace.name for trace in chart.figure.data] == ["8 in 10", "Half", "This plan"]
    assert "As you are" not in chart.caption


@pytest.mark.parametrize(("median", "sides"), [(31_000, ("top", "bottom")), (29_000, ("bottom", "top"))])
def test_names_of_medians_that_end_together_stand_above_and_below(median, sides):
    *_, today, plan = npv_fan(bands(median), pd.Series([0.0, 1, 30_000]), "EUR").figure.data
    assert (plan.textposition, today.textposition) == tuple(f"{side} right" for side in sides)


def order(**amounts: float) -> pd.DataFrame:
    amounts |= {"Contribution": sum(amounts.values())}
    return pd.DataFrame({"part": list(amounts), "amount": list(amounts.values())})


def test_the_parts_of_an_order_fall_from_its_price_to_what_is_left():
    tables = {
        "Market": order(Price=40.0, Goods=-12.0, Fee=-6.0, Payment=0.0, Loyalty=0.0),
        "Shop": order(Price=44.0, Goods=-12.0, Fee=0.0, Payment=-1.5, Loyalty=0.0),
    }
    chart = order_waterfall(tables, ["marketplace", "owned"], "USD")
    market, shop = chart.figure.data
    assert list(market.y) == list(shop.y) == ["Price", "Goods", "Fee", "Payment", "Contribution"]
    assert list(market.base) == [0, 28, 22, 22, 0]
    assert list(market.x) == [40, 12, 6, 0, 22]
    assert list(shop.text) == ["$44.00", "-$12.00", "", "-$1.50", "$30.50"]
    assert (market.marker.color[-1], shop.marker.color[-1]) == (MARKETPLACE, OWNED)
    assert (market.xaxis, shop.xaxis) == ("x", "x2")
    assert chart.figure.layout.xaxis.range == chart.figure.layout.xaxis2.range
    assert chart.figure.layout.xaxis.domain[1] < chart.figure.layout.xaxis2.domain[0]
    assert "Market $22.00 of $40.00, the largest cost goods with $12.00; Shop $30.50" in chart.caption


def test_an_order_at_a_loss_falls_below_zero():
    chart = order_waterfall({"Market": order(Price=20.0, Goods=-15.0, Fee=-9.0)}, ["marketplace"], "USD")
    (bars,) = chart.figure.data
    assert list(zip(bars.base, bars.x, strict=True)) == [(0, 20), (5, 15), (-4, 9), (-4, 4)]
    assert chart.figure.layout.xaxis.range[0] == -4
    assert "Market -$4.00 of $20.00" in chart.caption


def test_an_order_without_costs_is_told_without_one():
    assert order_waterfall({"Shop": order(Price=5.0)}, ["owned"], "USD").caption.endswith(
        "Shop $5.00 of $5.00."
    )
