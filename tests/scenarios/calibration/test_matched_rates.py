"""Rates that match a curve, against the curves they came from and customers simulated one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.scenarios import FittedPurchases

# inside: the curve of two plain rates, which a plan only holds the rates of
from ownchannel.scenarios._observed_repeats import MatchedRates, matched, rates_of_model

AGES = np.array([6.0, 24.0])


@given(st.floats(0.02, 0.95), st.floats(10, 400))
def test_a_curve_gives_back_the_rates_that_drew_it(repeat_rate, days):
    curve = MatchedRates(repeat_rate, days).repeat_orders(AGES)
    if curve[1] / curve[0] < 1.001:
        return  # all is over before month 6: the curve no longer tells when
    found = matched(*curve)
    assert found.repeat_rate == pytest.approx(repeat_rate, rel=1e-6)
    assert found.days_between_orders == pytest.approx(days, rel=1e-4)


@pytest.mark.parametrize(("at_6", "at_24"), [(0.2, 0.2), (0.2, 0.9)])
def test_a_curve_that_no_rates_draw_is_matched_at_6_months(at_6, at_24):
    assert matched(at_6, at_24).repeat_orders(AGES)[0] == pytest.approx(at_6)


@pytest.mark.parametrize(("at_6", "at_24"), [(0.0, 0.0), (0.3, 0.2)])
def test_a_curve_that_does_not_rise_is_refused(at_6, at_24):
    with pytest.raises(ValueError, match="expected them to rise"):
        matched(at_6, at_24)


def test_repeat_orders_and_active_customers_are_those_of_customers_simulated_one_by_one():
    generator, number = np.random.default_rng(3), 200_000
    clock, orders = np.zeros(number), np.zeros(number)
    active = generator.random(number) < 0.4
    while (going := np.flatnonzero(active & (clock < 9))).size:
        clock[going] += generator.exponential(60 / (365.25 / 12), going.size)
        bought = going[clock[going] < 9]
        orders[bought] += 1
        active[bought] = generator.random(bought.size) < 0.4
    rates = MatchedRates(0.4, 60.0)
    at_9 = np.array([9.0])
    assert rates.repeat_orders(at_9)[0] == pytest.approx(orders.mean(), rel=0.01)
    assert rates.active_share(at_9)[0] == pytest.approx(active.mean(), rel=0.03)


def test_customers_who_never_leave_buy_at_their_rate():
    assert MatchedRates(1.0, 365.25 / 12).repeat_orders(AGES).tolist() == [6.0, 24.0]
    assert MatchedRates(1.0, 30.0).active_share(AGES).tolist() == [1.0, 1.0]


def test_the_rates_of_a_model_have_its_uncertainty():
    parameters = {"r": 1.1, "alpha": 12.0, "a": 1.8, "b": 1.4}
    sure = FittedPurchases(model="MBG/NBD", parameters=parameters)
    unsure = sure.model_copy(update={"log_covariance": tuple(map(tuple, 0.01 * np.eye(4)))})
    rates, rate, days = rates_of_model(unsure)
    assert rates == rates_of_model(sure)[0]
    assert rate.low < rates.repeat_rate < rate.high
    assert days.low < rates.days_between_orders < days.high
    _, known, _ = rates_of_model(sure)
    assert known.low == pytest.approx(known.high)
