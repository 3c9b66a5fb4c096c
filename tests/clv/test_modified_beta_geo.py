"""MBG/NBD against published estimates, integrals over rates and chances, and customers lived one by one."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln, gammaln
from scipy.stats import nbinom
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import ModifiedBetaGeoModel, histories
from tests.clv.individuals import (
    all_histories,
    lived,
    probability_of_all_histories,
    purchase_times,
    tables,
)

positive = st.floats(0.05, 8)
parameters = st.fixed_dictionaries({"r": positive, "alpha": st.floats(0.2, 40), "a": positive, "b": positive})
TRUTH = {"r": 0.9, "alpha": 4.0, "a": 0.8, "b": 2.5}


def values(p: dict[str, float]) -> list[float]:
    return [p[name] for name in ModifiedBetaGeoModel.parameters]


def rows_of(*rows: tuple[float, float, float]):
    return histories(pd.DataFrame(rows, columns=ModifiedBetaGeoModel.columns), ModifiedBetaGeoModel.columns)


# ---------------------------------------------------------------- published


def test_estimates_of_cdnow(cdnow_customers):
    """As recomputed by several programs: the paper of 2007 has other data."""
    results = ModifiedBetaGeoModel(cdnow_customers).fit()
    assert results.converged and results.boundary == ""
    assert results.params.to_dict() == pytest.approx(
        {"r": 0.524838, "alpha": 6.182993, "a": 0.891356, "b": 1.614000}, rel=1e-6
    )
    assert results.llf == pytest.approx(-9582.133, abs=5e-4)


# ---------------------------------------------------------------- the likelihood


@given(parameters, tables())
def test_score_is_the_derivative(p, table):
    model = ModifiedBetaGeoModel(table)
    at = np.array(values(p))
    assert model.score(at) == pytest.approx(
        approx_fprime(at, model.loglike, centered=True), rel=1e-5, abs=1e-4
    )


@given(parameters, tables())
def test_weights_are_repeated_rows(p, table):
    repeated = table.loc[table.index.repeat(table["weights"])].drop(columns="weights")
    at = values(p)
    assert ModifiedBetaGeoModel(table).loglike(at) == pytest.approx(
        ModifiedBetaGeoModel(repeated).loglike(at), rel=1e-12
    )


@given(parameters, tables())
def test_other_units_of_time_change_the_density_only(p, table):
    in_days = table.assign(recency=table["recency"] * 7, T=table["T"] * 7)
    repeats = (table["frequency"] * table["weights"]).sum()
    weeks = ModifiedBetaGeoModel(table).loglike(values(p))
    days = ModifiedBetaGeoModel(in_days, unit="days").loglike(values(p | {"alpha": p["alpha"] * 7}))
    assert days == pytest.approx(weeks - repeats * np.log(7), rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("p", [TRUTH, {"r": 2.0, "alpha": 3.0, "a": 1.0, "b": 0.3}])
def test_probabilities_of_all_histories_add_up_to_one(p):
    nodes, weights = np.polynomial.legendre.leggauss(30)
    rows = histories(all_histories(1.0, 40, nodes), ModifiedBetaGeoModel.columns)
    densities = np.exp(rows.spread(ModifiedBetaGeoModel.row_likelihood(p, rows)[0]))
    assert probability_of_all_histories(densities, nodes, weights, 1.0) == pytest.approx(1, abs=1e-10)


@given(st.floats(0.05, 8), st.floats(0.2, 40), tables())
def test_where_nobody_leaves_the_likelihood_is_the_nbd(r, alpha, table):
    x, age = table["frequency"], table["T"]
    nbd = nbinom.logpmf(x, r, alpha / (alpha + age)) + gammaln(x + 1) - x * np.log(age)
    rows = histories(table, ModifiedBetaGeoModel.columns)
    for a, b in ((0.0, np.nan), (1e-13, 1.0)):
        found = ModifiedBetaGeoModel.row_likelihood({"r": r, "alpha": alpha, "a": a, "b": b}, rows)[0]
        # A tiny chance to leave still tells where a long silence is all but impossible otherwise.
        longest = ((alpha + rows["T"]) / (alpha + rows["recency"])) ** (r + rows["frequency"])
        same = rows.spread(longest < 1e4) if a else np.ones(len(table), dtype=bool)
        assert rows.spread(found)[same] == pytest.approx(nbd[same], rel=1e-8, abs=1e-8)


# ---------------------------------------------------------------- predictions


def over_rates_and_chances(p, x, recency, age, t):
    """P(alive) and purchases to come, by sums over a grid of rates and odds of leaving."""
    log_rate, log_odds = np.meshgrid(np.linspace(-45, 5, 700), np.linspace(-60, 40, 700), indexing="ij")
    rate, stay, leave = np.exp(log_rate), -np.logaddexp(0, log_odds), -np.logaddexp(0, -log_odds)
    prior = p["r"] * (log_rate + np.log(p["alpha"])) - p["alpha"] * rate - gammaln(p["r"])
    prior += p["a"] * leave + p["b"] * stay - betaln(p["a"], p["b"])
    here = np.exp(prior + x * log_rate + (x + 1) * stay - rate * age)
    gone = np.exp(prior + x * log_rate + x * stay + leave - rate * recency)
    chance = np.exp(leave)
    to_come = -np.expm1(-rate * chance * t) / chance
    whole = here.sum() + gone.sum()
    step = (50 / 699) * (100 / 699)
    return np.log(whole * step), here.sum() / whole, (here * to_come).sum() / whole


@pytest.mark.parametrize("p", [TRUTH, TRUTH | {"a": 1.0}, {"r": 0.5, "alpha": 6.2, "a": 2.9, "b": 1.6}])
@pytest.mark.parametrize(
    ("x", "recency", "age"), [(0, 0, 30.0), (1, 2.0, 30.0), (4, 28.0, 30.0), (30, 38.0, 39.0)]
)
def test_closed_forms_are_integrals_over_rates_and_chances(p, x, recency, age):
    rows = rows_of((x, recency, age))
    likelihood, alive, to_come = over_rates_and_chances(p, x, recency, age, 39.0)
    assert ModifiedBetaGeoModel.row_likelihood(p, rows)[0][0] == pytest.approx(likelihood, abs=1e-9)
    assert ModifiedBetaGeoModel.alive(p, rows)[0] == pytest.approx(alive, rel=1e-9)
    # Where a is 1 the closed form is a line between both sides, good to seven digits.
    assert ModifiedBetaGeoModel.future_purchases(p, rows, 39.0)[0] == pytest.approx(to_come, rel=1e-7)


def test_predictions_are_those_of_customers_who_lived():
    generator, number, now, then = np.random.default_rng(7), 60_000, 20.0, 35.0
    rates = generator.gamma(TRUTH["r"], 1 / TRUTH["alpha"], number)
    times = purchase_times(rates, generator)
    # The last purchase that each customer makes: 0 is the first of all.
    last = generator.geometric(generator.beta(TRUTH["a"], TRUTH["b"], number).clip(1e-12)) - 1
    at_last = np.column_stack([np.zeros(number), times])[np.arange(number), np.minimum(last, 150)]
    lives = lived(times, np.where(last < 150, at_last, np.inf), now, then)
    rows = histories(lives.seen, ModifiedBetaGeoModel.columns)
    for found, true in (
        (ModifiedBetaGeoModel.alive(TRUTH, rows), lives.alive),
        (ModifiedBetaGeoModel.future_purchases(TRUTH, rows, then - now), lives.later),
    ):
        difference = rows.spread(found) - true
        assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(number)
    repeats = lives.seen["frequency"]
    error = 4 * repeats.std() / np.sqrt(number)
    assert ModifiedBetaGeoModel.new_purchases(TRUTH, now)[0] == pytest.approx(repeats.mean(), abs=error)
    simulated, recency = ModifiedBetaGeoModel.simulated(TRUTH, np.full(number, now), generator)
    assert simulated.mean() == pytest.approx(repeats.mean(), abs=1.5 * error)
    assert recency.mean() == pytest.approx(lives.seen["recency"].mean(), rel=0.03)


@given(parameters, tables(), st.floats(0.1, 200))
def test_predictions_are_plausible_whatever_the_parameters(p, table, t):
    rows = histories(table, ModifiedBetaGeoModel.columns)
    alive, expected = (
        ModifiedBetaGeoModel.alive(p, rows),
        ModifiedBetaGeoModel.future_purchases(p, rows, t),
    )
    rate = (p["r"] + rows["frequency"]) / (p["alpha"] + rows["T"])
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (expected >= 0).all() and (expected <= alive * rate * t * (1 + 1e-6)).all()


def test_where_nobody_leaves_purchases_go_on_for_ever():
    nobody = {"r": 0.9, "alpha": 4.0, "a": 0.0, "b": np.nan}
    rows = rows_of((2, 5.0, 30.0), (0, 0.0, 10.0))
    assert ModifiedBetaGeoModel.alive(nobody, rows).tolist() == [1, 1]
    assert ModifiedBetaGeoModel.future_purchases(nobody, rows, 17.0) == pytest.approx(
        [2.9 / 34 * 17, 0.9 / 14 * 17]
    )
    assert ModifiedBetaGeoModel.new_purchases(nobody, 8.0) == pytest.approx([1.8])


# ---------------------------------------------------------------- the fit


def test_a_fit_finds_the_customers_that_were_simulated_and_can_be_kept():
    generator = np.random.default_rng(3)
    ages = np.round(generator.uniform(20, 80, 6_000))
    frequency, recency = ModifiedBetaGeoModel.simulated(TRUTH, ages, generator)
    customers = pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})
    results = ModifiedBetaGeoModel(customers).fit()
    inside = results.conf_int(alpha=0.001)
    assert all(inside.loc[name, "lower"] < value < inside.loc[name, "upper"] for name, value in TRUTH.items())
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_frame_equal(
        kept.expected_purchases(customers, 9, interval=0.9),
        results.expected_purchases(customers, 9, interval=0.9),
    )


def test_customers_who_never_leave_end_at_the_boundary():
    generator = np.random.default_rng(5)
    ages = np.full(2_000, 30.0)
    nobody = {"r": 2.0, "alpha": 6.0, "a": 0.0, "b": np.nan}
    frequency, recency = ModifiedBetaGeoModel.simulated(nobody, ages, generator)
    customers = pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})
    results = ModifiedBetaGeoModel(customers).fit(cov_type="robust")
    assert results.params["a"] == 0 and "do not seem to leave" in results.boundary
    assert np.isfinite(results.bse[["r", "alpha"]]).all()
    assert (results.expected_probability_alive(customers) == 1).all()
