"""sBG against the paper's cohorts, brute-force sums and simulated customers."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import betaln
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import ShiftedBetaGeoModel

# inside: lifetimes in periods have an integral of their own to be compared with
from ownchannel.clv._shifted_beta_geo import chances, churn, lifetimes
from tests.oracles import retention

positive = st.floats(0.05, 20)


def fitted(cohort: str):
    return ShiftedBetaGeoModel(retention.SURVIVORS[cohort][:8]).fit()


@st.composite
def cohorts(draw: st.DrawFn) -> list[int]:
    lost = draw(st.lists(st.integers(0, 40), min_size=3, max_size=9))
    there = draw(st.integers(0, 50)) + np.append(np.cumsum(lost[::-1])[::-1], 0)
    return [int(there[0]) + 2, int(there[0]) + 1, *map(int, there)]


# ---------------------------------------------------------------- the paper of 2007


@pytest.mark.parametrize(
    ("cohort", "alpha", "beta", "llf"),
    [("Regular", 0.70408, 1.18204, -1680.265), ("High end", 0.66809, 3.80610, -1611.158)],
)
def test_fader_hardie_2007_estimates_from_years_0_to_7(cohort, alpha, beta, llf):
    results = fitted(cohort)
    assert results.converged and results.boundary == ""
    assert results.params.tolist() == pytest.approx([alpha, beta], rel=2e-5)
    assert results.llf == pytest.approx(llf, abs=5e-4)
    assert results.nobs == 1000


@pytest.mark.parametrize("cohort", retention.SURVIVORS)
def test_fader_hardie_2007_projection_of_years_8_to_12_holds(cohort):
    """The years that the fit did not see: the paper's figures show the projection on top of them."""
    seen_later = np.array(retention.SURVIVORS[cohort][8:]) / 1000
    found = fitted(cohort).survival(range(8, 13))
    assert found.to_numpy() == pytest.approx(seen_later, abs=0.02)


# ---------------------------------------------------------------- the likelihood


@given(positive, positive, cohorts())
def test_score_is_the_derivative(alpha, beta, survivors):
    model, at = ShiftedBetaGeoModel(survivors), np.array([alpha, beta])
    numeric = approx_fprime(at, model.loglike, centered=True)
    assert model.score(at) == pytest.approx(numeric, rel=1e-5, abs=1e-4)


@given(positive, positive, cohorts())
def test_likelihood_is_the_textbook_s_by_beta_functions(alpha, beta, survivors):
    there = np.array(survivors)
    period = np.arange(1, len(there))
    left = betaln(alpha + 1, beta + period - 1) - betaln(alpha, beta)
    stayed = betaln(alpha, beta + period[-1]) - betaln(alpha, beta)
    expected = -np.diff(there) @ left + there[-1] * stayed
    found = ShiftedBetaGeoModel(survivors).loglike([alpha, beta])
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_cohorts_of_different_age_are_counted_together():
    table = pd.DataFrame({"January": [100, 80, 70, 65], "March": [50, 41, np.nan, np.nan]})
    at = [0.8, 3.0]
    one = ShiftedBetaGeoModel(table["January"])
    both = ShiftedBetaGeoModel(table)
    # Of March's customers 9 left in the first period, and 41 were there after it.
    leaves = 0.8 / 3.8
    assert both.loglike(at) == pytest.approx(
        one.loglike(at) + 9 * np.log(leaves) + 41 * np.log(1 - leaves), rel=1e-12
    )
    assert both.fit().nobs == 150


# ---------------------------------------------------------------- projections


@given(positive, st.floats(0.2, 20), st.integers(1, 30), st.floats(0.05, 1))
def test_residual_lifetime_is_the_sum_over_renewals(alpha, beta, period, rate):
    results = fitted("Regular")
    results.point = results.model.to_point([alpha, beta])
    stays = 1 - churn(alpha, beta, 2_000)[period - 1 :]
    expected = (stays.cumprod() * (1 + rate) ** -np.arange(len(stays), dtype=float)).sum()
    found = results.expected_residual_lifetime([period], rate)
    assert found.loc[period] == pytest.approx(expected, rel=1e-8)


def test_projections_have_intervals_around_them():
    results = fitted("High end")
    periods = [1, 5, 12]
    for projected in (
        results.survival,
        results.retention_rate,
        lambda periods, interval=None: results.expected_residual_lifetime(periods, 0.1, interval),
    ):
        table = projected(periods, interval=0.95)
        assert table["expected"].tolist() == projected(periods).tolist()
        assert (table["lower"] < table["expected"]).all() and (table["expected"] < table["upper"]).all()
        assert table.index.tolist() == periods and table.index.name == "periods"
    assert results.survival([0], interval=0.9).loc[0].tolist() == [1, 1, 1]
    rates, share = results.retention_rate(range(1, 13)), results.survival([12])
    assert rates.is_monotonic_increasing
    assert rates.prod() == pytest.approx(share.loc[12], rel=1e-12)


# ---------------------------------------------------------------- the fit


def test_a_fit_finds_the_customers_that_were_simulated_and_can_be_kept():
    truth = fitted("High end")
    survivors = truth.simulate(50_000, 10, seed=1)
    assert survivors.iloc[0] == 50_000
    share = truth.survival(range(11))
    error = np.sqrt(share * (1 - share) / 50_000)
    assert (abs(survivors / 50_000 - share) <= 4 * error).all()
    results = ShiftedBetaGeoModel(survivors).fit()
    inside = results.conf_int(alpha=0.001)
    assert (inside["lower"] < truth.params).all() and (truth.params < inside["upper"]).all()
    robust = ShiftedBetaGeoModel(survivors).fit(cov_type="robust")
    assert robust.bse.to_numpy() == pytest.approx(results.bse.to_numpy(), rel=0.1)
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_series_equal(kept.survival([3, 9]), results.survival([3, 9]))


@pytest.mark.parametrize(
    "survivors", [[1000, 700, 490, 343, 240, 168], [1000, 900, 780, 630, 450, 250], [64, 32, 16, 8]]
)
def test_customers_who_do_not_differ_end_at_the_boundary(survivors):
    results = ShiftedBetaGeoModel(survivors).fit()
    there = np.array(survivors)
    left, renewed = there[0] - there[-1], there[1:].sum()
    leaves = left / (left + renewed)
    assert results.params["alpha"] == np.inf and "do not seem to differ" in results.boundary
    assert results.retention_rate([1, 50]).tolist() == pytest.approx([1 - leaves] * 2, rel=1e-6)
    geometric = minimize_scalar(
        lambda chance: -left * np.log(chance) - renewed * np.log1p(-chance), bounds=(0, 1)
    )
    assert results.llf == pytest.approx(-geometric.fun, abs=1e-6)
    renewals = (1 - leaves) ** np.arange(1, 2_000) * 1.1 ** -np.arange(1_999.0)
    assert results.expected_residual_lifetime([4], 0.1).iloc[0] == pytest.approx(renewals.sum(), rel=1e-6)
    table = results.survival([5], interval=0.95)
    assert table["lower"].iloc[0] < (1 - leaves) ** 5 < table["upper"].iloc[0]
    again = results.simulate(50_000, 3, seed=2) / 50_000
    assert again.to_numpy() == pytest.approx((1 - leaves) ** np.arange(4), abs=0.01)


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("survivors", "says"),
    [
        ([100, 80], "fewer than 3 periods"),
        ([], "fewer than 3 periods"),
        ([100, 80, 81], r"more than the period before in period 2 \(81\)"),
        ([100, 80, -1], r"is negative in period 2 \(-1\)"),
        ([100, 63.1, 46.8], r"is no whole number in period 1 \(63.1\).*Turn shares into customers"),
        ([100, np.nan, 80], "is not finite in period 1"),
        ([100, "many", 80], "something else than numbers"),
        (pd.DataFrame({"May": [9, 8, 7], "June": [9, 10, None]}), "survivors of June is more than"),
        ([100, 80, 80, 80], "Nobody left after the first period"),
        ([100, 100, 100], "Nobody left after the first period"),
        ([100, 0, 0], "Nobody left after the first period"),
    ],
)
def test_impossible_survivors_are_answered_in_sentences(survivors, says):
    with pytest.raises(ValueError, match=says):
        ShiftedBetaGeoModel(survivors)


def test_impossible_questions_are_answered_in_sentences():
    results = fitted("Regular")
    for periods in ([], [-1], [0.5], [np.nan]):
        with pytest.raises(ValueError, match="whole numbers from 0 on"):
            results.survival(periods)
    with pytest.raises(ValueError, match="whole numbers from 1 on"):
        results.retention_rate([0])
    for rate in (0, -0.1, np.nan):
        with pytest.raises(ValueError, match="expected a rate a period above 0"):
            results.expected_residual_lifetime([1], rate)


# ---------------------------------------------------------------- lifetimes in periods


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
