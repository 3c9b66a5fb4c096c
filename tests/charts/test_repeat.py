"""Figures of the what-if by their data, and captions by their numbers."""

import numpy as np
import pytest

from ownchannel.charts import NOTE, OWNED, kinds_of_customer, more_and_earlier, repeat_revenue, repeats_by_age
from ownchannel.outreach import Gain, Habit

GAIN = Gain(
    before=np.array([10.0, 20.0, 30.0]), more=np.array([1.0, 2.0, 3.0]), earlier=np.array([2.0, 4.0, 1.0])
)


def test_revenue_before_and_after_the_change():
    chart = repeat_revenue(GAIN, 50, "EUR")
    before, after = chart.figure.data
    assert list(before.y) == [500, 1000, 1500]
    assert list(after.y) == [650, 1300, 1700]
    assert (before.line.color, after.line.color) == (NOTE, OWNED)
    assert chart.caption == (
        "In month 3 customers who are new from now on bring €1,700 of repeat orders instead of €1,500."
    )
    assert chart.figure.layout.yaxis.tickprefix == "€"


def test_the_two_parts_of_the_gain_stand_on_each_other():
    chart = more_and_earlier(GAIN, 50, "USD")
    more, earlier = chart.figure.data
    assert (list(more.y), list(earlier.y)) == ([50, 100, 150], [100, 200, 50])
    assert chart.figure.layout.barmode == "stack"
    assert "$150 in month 3" in chart.caption
    assert "fade: from $200 in month 2 to $50 in month 3" in chart.caption


def test_lines_of_different_intervals_meet():
    habits = {
        "As today": Habit(0.4, 0.6, 100),
        "Only sooner": Habit(0.4, 0.6, 80),
        "Changed": Habit(0.45, 0.65, 80),
    }
    chart = repeats_by_age(habits)
    today, sooner, changed = chart.figure.data
    assert (today.y[0], today.x[-1]) == (0, 60)
    assert sooner.y[6] > 1.1 * today.y[6]
    assert sooner.y[-1] == pytest.approx(today.y[-1], rel=0.001)
    assert changed.y[-1] == pytest.approx(100 * 0.45 / 0.35, rel=0.001)
    assert "in the end: as today 100, only sooner 100, changed 129." in chart.caption


def test_friends_stand_behind_own_orders_and_the_sum_is_written():
    names = ["One-time buyer", "Loyal customer", "Referring customer"]
    chart = kinds_of_customer(names, np.array([50.0, 150, 150]), np.array([0.0, 0, 60]), "USD")
    own, friends = chart.figure.data
    assert (list(own.x), list(friends.x)) == ([50, 150, 150], [0, 0, 60])
    assert list(friends.text) == ["$50", "$150", "$210"]
    assert chart.figure.layout.xaxis.range[1] > 210
    assert chart.caption.endswith("one-time buyer $50, loyal customer $150, referring customer $210.")
