"""Pareto/NBD against published estimates, integrals over both rates, and customers lived one by one."""

import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1
from scipy.stats import nbinom
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import ParetoNBDModel, histories

# inside: the quadrature is compared with the integral in exact arithmetic
from ownchannel.clv._pareto_nbd import having_left
from tests.clv.individuals import (
    all_histories,
    lived,
    probability_of_all_histories,
    purchase_times,
    tables,
)

positive = st.floats(0.05, 8)
scale = st.floats(0.2, 40)
parameters = st.fixed_dictionaries({"r": positive, "alpha": scale, "s": positive, "beta": scale})
TRUTH = {"r": 0.9, "alpha": 4.0, "s": 0.8, "beta": 15.0}


def values(p: dict[str, float]) -> list[float]:
    return [p[name] for name in ParetoNBDModel.parameters]


def rows_of(*rows: tuple[float, float, float]):
    return histories(pd.DataFrame(rows, columns=ParetoNBDModel.columns), ParetoNBDModel.columns)


# ---------------------------------------------------------------- published


def test_estimates_of_cdnow(cdnow_customers):
    results = ParetoNBDModel(cdnow_customers).fit()
    assert results.converged and results.boundary == ""
    assert results.params.to_dict() == pytest.approx(
        {"r": 0.553275, "alpha": 10.577612, "s": 0.606214, "beta": 11.667916}, rel=2e-6
    )
    assert results.llf == pytest.approx(-9594.974, abs=5e-4)


def test_best_customer_of_cdnow_is_alive_with_probability_0_9979(cdnow_customers):
    """X = 26, t_x = 30.86, T = 31, a customer shown in several programs' documentation."""
    results = ParetoNBDModel(cdnow_customers).fit()
    best = pd.DataFrame({"frequency": [26], "recency": [30.86], "T": [31.0]})
    alive = results.expected_probability_alive(best).iloc[0]
    assert alive == pytest.approx(0.9979, abs=5e-5)
    assert alive == pytest.approx(over_both_rates(results.params, 26, 30.86, 31.0, 1.0)[1], rel=1e-9)


# ---------------------------------------------------------------- the integral


def log_integral(p: dict[str, float], x: int, recency: float, age: float) -> float:
    """By adaptive quadrature, in the logarithm of the time since the smaller scale began."""
    near = min(p["alpha"], p["beta"]) + recency

    def of(v: float) -> float:
        later = near * np.expm1(v)
        fall = (p["r"] + x) * np.log1p(later / (p["alpha"] + recency))
        fall += (p["s"] + 1) * np.log1p(later / (p["beta"] + recency))
        return near * np.exp(v - fall)

    width = np.log1p((age - recency) / near)
    ends = [width * part for part in (0, 1e-4, 1e-3, 0.01, 0.1, 1)]
    whole = sum(quad(of, *piece, epsabs=0, epsrel=1e-12, limit=300)[0] for piece in pairwise(ends))
    at_begin = (p["r"] + x) * np.log(p["alpha"] + recency) + (p["s"] + 1) * np.log(p["beta"] + recency)
    return float(np.log(p["s"] * whole) - at_begin)


@pytest.mark.parametrize(
    "p",
    [
        {"r": 0.55, "alpha": 10.6, "s": 0.6, "beta": 11.7},
        {"r": 0.5, "alpha": 7.0, "s": 1.0, "beta": 7.0},
        {"r": 1e-3, "alpha": 0.05, "s": 2.0, "beta": 900.0},
        {"r": 3.0, "alpha": 900.0, "s": 0.2, "beta": 0.05},
        {"r": 20.0, "alpha": 1e4, "s": 30.0, "beta": 3e3},
        {"r": 0.1, "alpha": 2.0, "s": 1e-6, "beta": 40.0},
    ],
    ids=lambda p: f"alpha {p['alpha']:g} beta {p['beta']:g}",
)
@pytest.mark.parametrize("x", [0, 1, 7, 60, 500])
@pytest.mark.parametrize(("recency", "silence"), [(38.0, 1e-3), (38.0, 0.4), (38.0, 30.0), (0.2, 400.0)])
def test_integral_is_that_of_adaptive_quadrature(p, x, recency, silence):
    recency = recency if x else 0.0
    found = having_left(p, rows_of((x, recency, recency + silence)))[0][0]
    assert found == pytest.approx(log_integral(p, x, recency, recency + silence), abs=1e-10)


@pytest.mark.parametrize("beta", [2.0, 7.0, 10.6, 30.0])
@pytest.mark.parametrize(
    ("x", "recency", "age"), [(0, 0.0, 39.0), (2, 30.43, 38.86), (26, 30.86, 31.0), (5, 3.0, 60.0)]
)
def test_likelihood_is_the_closed_form_with_hypergeometric_functions(beta, x, recency, age):
    """Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions"."""
    r, alpha, s = 0.55, 10.6, 0.6
    whole, larger = r + s + x, max(alpha, beta)
    second = s + 1 if alpha >= beta else r + x

    def part(time: float) -> float:
        term = hyp2f1(whole, second, whole + 1, abs(alpha - beta) / (larger + time))
        return float(term / (larger + time) ** whole)

    stays = (alpha + age) ** -(r + x) * (beta + age) ** -s
    leaves = s / whole * (part(recency) - part(age))
    expected = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(stays + leaves)
    p, rows = {"r": r, "alpha": alpha, "s": s, "beta": beta}, rows_of((x, recency, age))
    assert ParetoNBDModel.row_likelihood(p, rows)[0][0] == pytest.approx(expected, abs=1e-10)
    assert ParetoNBDModel.alive(p, rows)[0] == pytest.approx(stays / (stays + leaves), rel=1e-9)


def test_customers_seen_no_longer_than_their_last_purchase_are_alive():
    rows = rows_of((0, 0.0, 0.0), (3, 9.0, 9.0), (500, 39.0, 39.0))
    assert ParetoNBDModel.alive(TRUTH, rows).tolist() == [1, 1, 1]
    found, slopes = ParetoNBDModel.row_likelihood(TRUTH, rows)
    assert np.isfinite([found, *slopes.values()]).all()
    assert found[0] == pytest.approx(0, abs=1e-12)


# ---------------------------------------------------------------- the likelihood


@given(parameters, tables())
def test_score_is_the_derivative(p, table):
    model = ParetoNBDModel(table)
    at = np.array(values(p))
    assert model.score(at) == pytest.approx(
        approx_fprime(at, model.loglike, centered=True), rel=1e-5, abs=1e-4
    )


@given(parameters, tables())
def test_weights_are_repeated_rows(p, table):
    repeated = table.loc[table.index.repeat(table["weights"])].drop(columns="weights")
    at = values(p)
    assert ParetoNBDModel(table).loglike(at) == pytest.approx(ParetoNBDModel(repeated).loglike(at), rel=1e-12)


@given(parameters, tables())
def test_other_units_of_time_change_the_density_only(p, table):
    in_days = table.assign(recency=table["recency"] * 7, T=table["T"] * 7)
    repeats = (table["frequency"] * table["weights"]).sum()
    weeks = ParetoNBDModel(table).loglike(values(p))
    longer = p | {"alpha": p["alpha"] * 7, "beta": p["beta"] * 7}
    days = ParetoNBDModel(in_days, unit="days").loglike(values(longer))
    assert days == pytest.approx(weeks - repeats * np.log(7), rel=1e-9, abs=1e-8)


@pytest.mark.parametrize("p", [TRUTH, {"r": 2.0, "alpha": 3.0, "s": 1.0, "beta": 0.3}])
def test_probabilities_of_all_histories_add_up_to_one(p):
    nodes, weights = np.polynomial.legendre.leggauss(30)
    rows = histories(all_histories(1.0, 40, nodes), ParetoNBDModel.columns)
    densities = np.exp(rows.spread(ParetoNBDModel.row_likelihood(p, rows)[0]))
    assert probability_of_all_histories(densities, nodes, weights, 1.0) == pytest.approx(1, abs=1e-10)


@given(st.floats(0.05, 8), scale, tables())
def test_where_nobody_leaves_the_likelihood_is_the_nbd(r, alpha, table):
    x, age = table["frequency"], table["T"]
    nbd = nbinom.logpmf(x, r, alpha / (alpha + age)) + gammaln(x + 1) - x * np.log(age)
    rows = histories(table, ParetoNBDModel.columns)
    found = ParetoNBDModel.row_likelihood({"r": r, "alpha": alpha, "s": 0.0, "beta": np.nan}, rows)[0]
    assert rows.spread(found) == pytest.approx(nbd, rel=1e-9, abs=1e-9)


def test_ever_fewer_who_leave_end_in_the_nbd():
    rows = rows_of((0, 0, 39.0), (2, 20.0, 30.0))
    nobody, few = (
        ParetoNBDModel.row_likelihood({"r": 0.9, "alpha": 4.0, "s": s, "beta": beta}, rows)[0]
        for s, beta in ((0.0, np.nan), (1e-13, 10.0))
    )
    assert few == pytest.approx(nobody, rel=1e-10)


def test_rows_are_integrated_in_blocks_as_they_are_alone():
    ages = np.linspace(1, 400, 4_500)
    table = pd.DataFrame({"frequency": np.arange(4_500) % 9, "recency": 0.3, "T": ages})
    table.loc[table["frequency"] == 0, "recency"] = 0.0
    rows = histories(table, ParetoNBDModel.columns)
    whole, means = having_left(TRUTH, rows)
    for at in (0, 1_999, 2_000, 4_499):
        alone, mean = having_left(TRUTH, rows.some(np.array([at])))
        assert (alone[0], mean.per_beta[0]) == pytest.approx((whole[at], means.per_beta[at]), rel=1e-12)


# ---------------------------------------------------------------- predictions


def over_both_rates(p, x, recency, age, t):
    """Likelihood, P(alive) and purchases to come, by sums over a grid of both rates."""
    log_rate, log_drop = np.meshgrid(np.linspace(-45, 5, 700), np.linspace(-60, 5, 700), indexing="ij")
    rate, drop = np.exp(log_rate), np.exp(log_drop)
    prior = p["r"] * (log_rate + np.log(p["alpha"])) - p["alpha"] * rate - gammaln(p["r"])
    prior += p["s"] * (log_drop + np.log(p["beta"])) - p["beta"] * drop - gammaln(p["s"])
    both = rate + drop
    here = np.exp(prior + x * log_rate - both * age)
    left_between = drop / both * np.exp(-both * recency) * -np.expm1(-both * (age - recency))
    gone = np.exp(prior + x * log_rate) * left_between
    to_come = rate * -np.expm1(-drop * t) / drop
    whole = here.sum() + gone.sum()
    step = (50 / 699) * (65 / 699)
    return np.log(whole * step), here.sum() / whole, (here * to_come).sum() / whole


@pytest.mark.parametrize("p", [TRUTH, TRUTH | {"s": 1.0}, {"r": 2.0, "alpha": 30.0, "s": 2.9, "beta": 3.0}])
@pytest.mark.parametrize(
    ("x", "recency", "age"), [(0, 0, 30.0), (1, 2.0, 30.0), (4, 28.0, 30.0), (30, 38.0, 39.0)]
)
def test_closed_forms_are_integrals_over_both_rates(p, x, recency, age):
    rows = rows_of((x, recency, age))
    likelihood, alive, to_come = over_both_rates(p, x, recency, age, 39.0)
    assert ParetoNBDModel.row_likelihood(p, rows)[0][0] == pytest.approx(likelihood, abs=1e-9)
    assert ParetoNBDModel.alive(p, rows)[0] == pytest.approx(alive, rel=1e-9)
    assert ParetoNBDModel.future_purchases(p, rows, 39.0)[0] == pytest.approx(to_come, rel=1e-9)


def test_predictions_are_those_of_customers_who_lived():
    generator, number, now, then = np.random.default_rng(7), 60_000, 20.0, 35.0
    rates = generator.gamma(TRUTH["r"], 1 / TRUTH["alpha"], number)
    lifetimes = generator.exponential(1.0, number) / generator.gamma(TRUTH["s"], 1 / TRUTH["beta"], number)
    lives = lived(purchase_times(rates, generator), lifetimes, now, then)
    rows = histories(lives.seen, ParetoNBDModel.columns)
    for found, true in (
        (ParetoNBDModel.alive(TRUTH, rows), lives.alive),
        (ParetoNBDModel.future_purchases(TRUTH, rows, then - now), lives.later),
    ):
        difference = rows.spread(found) - true
        assert abs(difference.mean()) < 4 * difference.std() / np.sqrt(number)
    repeats = lives.seen["frequency"]
    error = 4 * repeats.std() / np.sqrt(number)
    assert ParetoNBDModel.new_purchases(TRUTH, now)[0] == pytest.approx(repeats.mean(), abs=error)
    simulated, recency = ParetoNBDModel.simulated(TRUTH, np.full(number, now), generator)
    assert simulated.mean() == pytest.approx(repeats.mean(), abs=1.5 * error)
    assert recency.mean() == pytest.approx(lives.seen["recency"].mean(), rel=0.03)


@given(parameters, tables(), st.floats(0.1, 200))
def test_predictions_are_plausible_whatever_the_parameters(p, table, t):
    rows = histories(table, ParetoNBDModel.columns)
    alive, expected = ParetoNBDModel.alive(p, rows), ParetoNBDModel.future_purchases(p, rows, t)
    rate = (p["r"] + rows["frequency"]) / (p["alpha"] + rows["T"])
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (expected >= 0).all() and (expected <= alive * rate * t * (1 + 1e-9)).all()


def test_where_nobody_leaves_purchases_go_on_for_ever():
    nobody = {"r": 0.9, "alpha": 4.0, "s": 0.0, "beta": np.nan}
    rows = rows_of((2, 5.0, 30.0), (0, 0.0, 10.0))
    assert ParetoNBDModel.alive(nobody, rows).tolist() == [1, 1]
    assert ParetoNBDModel.future_purchases(nobody, rows, 17.0) == pytest.approx(
        [2.9 / 34 * 17, 0.9 / 14 * 17]
    )
    assert ParetoNBDModel.new_purchases(nobody, 8.0) == pytest.approx([1.8])


# ---------------------------------------------------------------- the fit


def test_a_fit_finds_the_customers_that_were_simulated_and_can_be_kept():
    generator = np.random.default_rng(3)
    ages = np.round(generator.uniform(20, 80, 6_000))
    frequency, recency = ParetoNBDModel.simulated(TRUTH, ages, generator)
    customers = pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})
    results = ParetoNBDModel(customers).fit()
    inside = results.conf_int(alpha=0.001)
    assert all(inside.loc[name, "lower"] < value < inside.loc[name, "upper"] for name, value in TRUTH.items())
    in_days = customers.assign(recency=recency * 7, T=ages * 7)
    days = ParetoNBDModel(in_days, unit="days").fit().params
    assert days.to_numpy() == pytest.approx(results.params.to_numpy() * [1, 7, 1, 7], rel=1e-4)
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_frame_equal(
        kept.expected_purchases(customers, 9, interval=0.9),
        results.expected_purchases(customers, 9, interval=0.9),
    )


def test_customers_who_never_leave_end_at_the_boundary():
    generator = np.random.default_rng(5)
    ages = np.full(2_000, 30.0)
    nobody = {"r": 2.0, "alpha": 6.0, "s": 0.0, "beta": np.nan}
    frequency, recency = ParetoNBDModel.simulated(nobody, ages, generator)
    customers = pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})
    results = ParetoNBDModel(customers).fit(cov_type="robust")
    assert results.params["s"] == 0 and "do not seem to leave" in results.boundary
    assert np.isfinite(results.bse[["r", "alpha"]]).all()
    assert (results.expected_probability_alive(customers) == 1).all()
