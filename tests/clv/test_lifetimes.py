"""Lifetimes in periods against the integral over chances to leave, and their limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln

from ownchannel.clv._shifted_beta_geo import chances, churn, lifetimes

positive = st.floats(0.05, 20)


@given(positive, positive, st.integers(1, 60))
def test_everybody_leaves_in_some_period_or_stays(alpha, beta, periods):
    survival, leaving = lifetimes(alpha, beta, periods)
    assert np.exp(leaving[0]).sum() + np.exp(survival[0, -1]) == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("period", [1, 4, 12])
def test_survival_is_the_integral_over_chances_to_leave(period):
    alpha, beta = 0.7, 1.2
    weight = {"weight": "alg", "wvar": (alpha - 1, beta - 1)}
    whole = quad(lambda chance: (1 - chance) ** period, 0, 1, **weight)[0] / np.exp(betaln(alpha, beta))
    assert np.exp(lifetimes(alpha, beta, period)[0][0, period]) == pytest.approx(whole, rel=1e-9)


def test_at_the_limits_all_leave_at_the_same_rate_or_nobody_does():
    for kind in (0, 1):
        near, at = lifetimes(1e9, 3e9, 5)[kind], lifetimes(np.inf, 3.0, 5)[kind]
        assert at[0] == pytest.approx(near[0], rel=1e-7)
        # Of both parameters' derivatives the ratio's is that of beta, while alpha is held.
        assert not at[1].any() and at[2] == pytest.approx(near[2], abs=1e-8)
    assert churn(np.inf, 3.0, 2).tolist() == [0.25, 0.25]
    assert not lifetimes(0.0, np.nan, 3)[0][0].any()


def test_chances_are_drawn_at_the_limits_too():
    generator = np.random.default_rng(1)
    assert chances(generator, 2.0, 6.0, 50_000).mean() == pytest.approx(0.25, abs=0.005)
    assert chances(generator, np.inf, 3.0, 2).tolist() == [0.25, 0.25]
    assert chances(generator, 0.0, np.nan, 2).tolist() == [0, 0]
