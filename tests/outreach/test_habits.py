"""What is measured from orders, against the habits that made them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ownchannel.orders import sample_orders
from ownchannel.outreach import Habit, measured_habit
from ownchannel.workspace import Workspace

LAST = pd.Timestamp("2025-12-31")


def bought(habit: Habit, customers: int, years: int, seed: int) -> pd.DataFrame:
    """Orders of customers who come evenly through the years and follow the habit; nobody sees the future."""
    draw = np.random.default_rng(seed)
    rows: list[dict[str, Any]] = []
    for number, start in enumerate(draw.integers(0, 365 * years, customers)):
        day, rate = float(start), habit.first_rate
        while day < 365 * years:
            rows.append({"customer_key": f"c{number:05}", "day": int(day)})
            if draw.random() >= rate:
                break
            day, rate = day + 1 + draw.exponential(habit.interval - 1), habit.later_rate
    days = pd.DataFrame(rows)
    first_day = LAST - pd.Timedelta(days=365 * years - 1)
    return pd.DataFrame(
        {
            "customer_key": days["customer_key"],
            "channel": "Shop",
            "ordered_on": first_day + pd.to_timedelta(days["day"], unit="D"),
            "value": 10.0,
        }
    )


def test_a_known_habit_is_found_though_observation_cuts_it_short():
    truth = Habit(0.4, 0.6, 60)
    found = measured_habit(bought(truth, 6_000, years=4, seed=11), ["Shop"])
    assert found is not None and found.first is not None and found.later is not None
    assert found.first.lower < truth.first_rate < found.first.upper
    assert found.later.share == pytest.approx(truth.later_rate, abs=0.02)
    assert found.interval == pytest.approx(truth.interval, rel=0.04)
    assert found.new_customers == pytest.approx(6_000 / 48, rel=0.1)
    assert found.expected_repeats(truth) == pytest.approx(found.repeats, rel=0.03)


def test_rates_and_interval_by_hand():
    table = pd.DataFrame(
        {
            "customer_key": [f"c{n}" for n in range(40)] + [f"c{n}" for n in range(10)],
            "channel": "Shop",
            "ordered_on": [LAST - pd.Timedelta(days=100)] * 40
            + [LAST - pd.Timedelta(days=100 - wait) for wait in [20] * 5 + [30] * 5],
            "value": 1.0,
        }
    )
    table = pd.concat([table, table.tail(1).assign(customer_key=None, ordered_on=LAST)])
    found = measured_habit(table, ["Shop"])
    assert found is not None and found.first is not None
    assert (found.customers, found.repeats) == (40, 10)
    assert found.first.share == pytest.approx(10 / 40)
    assert found.later is None
    # Of 50 waits 5 end on day 20 and 5 on day 30: of those who come back half waited 20 days, half 30.
    assert found.interval == pytest.approx(25)


def test_the_sample_brands_own_past_is_found_within_a_tenth(tmp_path):
    found = measured_habit(sample_orders(Workspace(tmp_path)), ["Shopify"])
    assert found is not None and found.first is not None and found.later is not None
    assert found.interval is not None
    habit = Habit(found.first.share, found.later.share, found.interval)
    assert found.expected_repeats(habit) == pytest.approx(found.repeats, rel=0.1)


@pytest.mark.parametrize("days", [73, 365, 730])
def test_new_customers_a_month_are_a_twelfth_of_a_years(days: int) -> None:
    """One new customer a day is 365 a year, whether the files cover fewer than twelve months or more."""
    table = pd.DataFrame(
        {
            "customer_key": [f"c{day}" for day in range(days)],
            "channel": "Shop",
            "ordered_on": LAST - pd.to_timedelta(range(days), unit="D"),
            "value": 1.0,
        }
    )
    found = measured_habit(table, ["Shop"])
    assert found is not None
    assert found.new_customers == pytest.approx(365 / 12, rel=1e-12)


def test_what_was_measured_is_shown_in_a_line() -> None:
    table = pd.DataFrame(
        {"customer_key": ["ann", "ann"], "channel": "Shop", "ordered_on": [LAST, LAST], "value": 1.0}
    )
    found = measured_habit(table, ["Shop"])
    assert repr(found) == "1 customer, 0 repeat orders."
    assert found is not None and found._repr_html_() == "<p>1 customer, 0 repeat orders.</p>"


def test_several_orders_on_a_day_are_one_and_other_channels_do_not_count():
    table = pd.DataFrame(
        {
            "customer_key": ["ann", "ann", "ann", "bob"],
            "channel": ["Shop", "Shop", "Market", "Market"],
            "ordered_on": [LAST] * 4,
            "value": 1.0,
        }
    )
    found = measured_habit(table, ["Shop"])
    assert found is not None
    assert (found.customers, found.repeats) == (1, 0)
    assert (found.first, found.later, found.interval) == (None, None, None)
    assert measured_habit(table, ["Kiosk"]) is None
