"""BG/NBD against the paper's numbers, numerical integration and customers simulated one by one."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta, betaln
from statsmodels.tools.numdiff import approx_fprime, approx_hess

from ownchannel.clv import BetaGeoModel, histories

# inside: the closed form is compared with the integral
from ownchannel.clv._beta_geo import purchases_until_gone

positive = st.floats(0.05, 8)
parameters = st.fixed_dictionaries({"r": positive, "alpha": st.floats(0.2, 40), "a": positive, "b": positive})


def values(p: dict[str, float]) -> list[float]:
    return [p[name] for name in BetaGeoModel.parameters]


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        x, age = draw(st.integers(0, 30)), draw(st.floats(1, 100))
        rows.append((x, age * draw(st.floats(0.01, 1)) if x else 0.0, age, draw(st.integers(1, 5))))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "weights"])


# ---------------------------------------------------------------- the paper of 2005


def test_fader_hardie_lee_2005_table_2_estimates(cdnow_customers):
    results = BetaGeoModel(cdnow_customers).fit()
    assert results.converged and results.boundary == ""
    assert results.params.to_dict() == pytest.approx(
        {"r": 0.242593, "alpha": 4.413532, "a": 0.792886, "b": 2.425754}, rel=1e-6
    )
    assert results.bse.to_dict() == pytest.approx(
        {"r": 0.012557, "alpha": 0.378221, "a": 0.185719, "b": 0.705345}, rel=1e-4
    )
    assert results.llf == pytest.approx(-9582.426, abs=5e-4)
    assert results.nobs == 2357


def test_fader_hardie_lee_2005_customer_with_two_repeats_buys_1_226_times_in_39_weeks(cdnow_customers):
    """The worked example of the authors' note on BG/NBD in Excel: x = 2, t_x = 30.43, T = 38.86."""
    results = BetaGeoModel(cdnow_customers).fit()
    customer = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})
    assert results.expected_purchases(customer, 39).iloc[0] == pytest.approx(1.226, abs=5e-4)


def test_online_retail_ends_at_the_boundary(online_retail_customers):
    customers = online_retail_customers
    results = BetaGeoModel(customers).fit()
    assert results.llf == pytest.approx(-21755.35, abs=5e-3)
    assert results.params[["r", "alpha"]].tolist() == pytest.approx([0.7226, 9.4245], rel=1e-4)
    assert results.params["a"] == 0 and np.isnan(results.params["b"])
    assert "do not seem to leave" in results.boundary and results.boundary in str(results.summary())
    expected = results.expected_purchases(customers, 100, "days", interval=0.95)
    assert np.isfinite(expected).all(axis=None)
    assert expected["expected"].between(0, 100).all()
    assert (results.expected_probability_alive(customers) == 1).all()


# ---------------------------------------------------------------- the likelihood


@given(parameters, tables())
def test_score_and_curvature_are_the_derivatives(p, table):
    model = BetaGeoModel(table)
    at = np.array(values(p))
    assert model.score(at) == pytest.approx(
        approx_fprime(at, model.loglike, centered=True), rel=1e-4, abs=1e-4
    )
    assert model.loglikeobs(at).sum() == pytest.approx(model.loglike(at), rel=1e-12)


@given(parameters)
def test_curvature_is_the_second_derivative(p):
    table = pd.DataFrame({"frequency": [0, 3, 1], "recency": [0, 20.5, 3], "T": [30, 33, 12.0]})
    model = BetaGeoModel(table)
    at = np.array(values(p))
    size = abs(model.hessian(at)).max()
    assert model.hessian(at) == pytest.approx(approx_hess(at, model.loglike), rel=1e-3, abs=1e-3 * size)


@given(parameters, tables())
def test_weights_are_repeated_rows(p, table):
    repeated = table.loc[table.index.repeat(table["weights"])].drop(columns="weights")
    at = values(p)
    assert BetaGeoModel(table).loglike(at) == pytest.approx(BetaGeoModel(repeated).loglike(at), rel=1e-12)


@given(parameters, tables())
def test_other_units_of_time_change_the_density_only(p, table):
    in_days = table.assign(recency=table["recency"] * 7, T=table["T"] * 7)
    repeats = (table["frequency"] * table["weights"]).sum()
    weeks = BetaGeoModel(table).loglike(values(p))
    days = BetaGeoModel(in_days, unit="days").loglike(values(p | {"alpha": p["alpha"] * 7}))
    assert days == pytest.approx(weeks - repeats * np.log(7), rel=1e-9, abs=1e-8)


def test_likelihood_is_that_of_a_rate_and_a_chance_integrated_out():
    """X purchases, the last at t_x, by brute force over a grid of both."""
    p = {"r": 1.3, "alpha": 5.0, "a": 1.7, "b": 2.2}
    table = pd.DataFrame({"frequency": [0, 1, 4], "recency": [0, 2.0, 9.5], "T": [10.0] * 3})
    nodes, weights = np.polynomial.legendre.leggauss(400)
    rate, chance = (nodes[:, None] + 1) * 4, (nodes[None, :] + 1) / 2
    measure = 4 * weights[:, None] * weights[None, :] / 2
    prior = rate ** (p["r"] - 1) * np.exp(-p["alpha"] * rate + p["r"] * np.log(p["alpha"])) / 0.8974706963
    prior = prior * np.exp(
        (p["a"] - 1) * np.log(chance) + (p["b"] - 1) * np.log1p(-chance) - betaln(1.7, 2.2)
    )
    found = BetaGeoModel(table).loglikeobs(values(p))
    for row, at in zip(table.itertuples(), found, strict=True):
        stays = (1 - chance) ** row.frequency * np.exp(-rate * row.T)
        leaves = chance * (1 - chance) ** max(row.frequency - 1, 0) * np.exp(-rate * row.recency)
        given_both = rate**row.frequency * (stays + (leaves if row.frequency else 0))
        assert at == pytest.approx(np.log((measure * prior * given_both).sum()), abs=2e-4)


# ---------------------------------------------------------------- predictions


@pytest.mark.parametrize("a", [0.2, 0.999, 1.0, 1.00005, 1.0001, 1.5, 3.0, 40.0])
@pytest.mark.parametrize(
    ("shape", "time", "b", "t"), [(0.24, 4.4, 2.4, 52), (7.2, 30, 9.0, 400), (1, 2, 0.4, 1)]
)
def test_purchases_to_come_are_the_integral_over_chances_to_leave(a, shape, time, b, t):
    def of(chance: float) -> float:
        return (1 - (time / (time + chance * t)) ** shape) / chance if chance else shape * t / time

    # The density of the chance, which is infinite at its ends, is the integral's weight.
    whole = quad(of, 0, 1, weight="alg", wvar=(a - 1, b - 1), epsrel=1e-10, limit=400)[0]
    assert purchases_until_gone(shape, time, a, b, t)[0] == pytest.approx(whole / beta(a, b), rel=1e-6)


def test_predictions_are_those_of_simulated_customers():
    p = {"r": 0.9, "alpha": 4.0, "a": 0.8, "b": 2.5}
    now, later, number = 20.0, 15.0, 400_000
    generator = np.random.default_rng(7)
    frequency, recency = BetaGeoModel.simulated(p, np.full(number, now + later), generator)
    assert frequency.mean() == pytest.approx(BetaGeoModel.new_purchases(p, now + later)[0], rel=0.01)
    # Seen until `now`: of those without a repeat by then, what came later is known exactly.
    none_yet = (frequency == 0) | (recency > now)
    table = pd.DataFrame({"frequency": [0.0], "recency": [0.0], "T": [now]})
    rows = histories(table, BetaGeoModel.columns)
    quiet = BetaGeoModel.future_purchases(p, rows, later)[0]
    first_after = frequency[none_yet & (frequency <= 1)]
    assert none_yet.mean() > first_after.size / number > 0
    assert quiet > first_after.sum() / none_yet.sum()


@given(parameters, tables(), st.floats(0.1, 200), st.floats(1.01, 5))
def test_predictions_are_plausible_whatever_the_parameters(p, table, t, times):
    rows = histories(table, BetaGeoModel.columns)
    alive = BetaGeoModel.alive(p, rows)
    sooner, later = (BetaGeoModel.future_purchases(p, rows, end) for end in (t, t * times))
    rate = (p["r"] + rows["frequency"]) / (p["alpha"] + rows["T"])
    assert ((alive >= 0) & (alive <= 1)).all()
    assert (sooner >= 0).all() and (later >= sooner * (1 - 1e-9)).all()
    assert (sooner <= alive * rate * t * (1 + 1e-6)).all()


def test_intervals_hold_the_estimate_and_widen_with_confidence(cdnow_customers):
    customers = cdnow_customers
    results = BetaGeoModel(customers).fit()
    narrow, wide = (results.expected_purchases(customers, 39, interval=share) for share in (0.5, 0.95))
    assert (wide["lower"] < narrow["lower"]).all() and (narrow["upper"] < wide["upper"]).all()
    assert (narrow["lower"] < narrow["expected"]).all() and (narrow["expected"] < narrow["upper"]).all()
    first_half, both = (results.expected_purchases(customers, end) for end in (20, 39))
    since = results.expected_purchases(customers, 39, since=20)
    assert since.to_numpy() == pytest.approx((both - first_half).to_numpy())
    total = results.total_expected_purchases(customers, [20, 39])
    assert total.tolist() == pytest.approx([first_half.sum(), both.sum()])


def test_time_may_be_told_in_any_unit(cdnow_customers):
    customers = cdnow_customers
    in_days = customers.assign(recency=customers["recency"] * 7, T=customers["T"] * 7)
    weeks, days = BetaGeoModel(customers).fit(), BetaGeoModel(in_days, unit="days").fit()
    assert days.params["alpha"] == pytest.approx(7 * weeks.params["alpha"], rel=1e-5)
    expected = [
        weeks.expected_purchases(customers, 3, "months"),
        days.expected_purchases(in_days, 3, "months"),
    ]
    assert expected[0].to_numpy() == pytest.approx(expected[1].to_numpy(), rel=1e-5)
    assert expected[0].name == "purchases in 3 months"


# ---------------------------------------------------------------- the fit


def test_a_fit_finds_the_customers_that_were_simulated_and_can_be_kept():
    truth = {"r": 0.6, "alpha": 6.0, "a": 0.9, "b": 2.6}
    generator = np.random.default_rng(3)
    ages = generator.uniform(20, 80, 20_000)
    frequency, recency = BetaGeoModel.simulated(truth, ages, generator)
    customers = pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})
    results = BetaGeoModel(customers).fit()
    inside = results.conf_int(alpha=0.001)
    assert all(inside.loc[name, "lower"] < value < inside.loc[name, "upper"] for name, value in truth.items())
    robust = BetaGeoModel(customers).fit(cov_type="robust")
    assert robust.bse.to_numpy() == pytest.approx(results.bse.to_numpy(), rel=0.1)
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_series_equal(
        kept.expected_purchases(customers, 9), results.expected_purchases(customers, 9)
    )
    again = results.simulate(ages, seed=1)
    assert again["frequency"].mean() == pytest.approx(frequency.mean(), rel=0.05)


def test_many_customers_are_fitted_as_a_few_are():
    """Of many rows a part is fitted first."""
    generator = np.random.default_rng(5)
    ages = generator.uniform(20, 80, 30_000)
    frequency, recency = BetaGeoModel.simulated({"r": 0.5, "alpha": 5.0, "a": 0.7, "b": 2.0}, ages, generator)
    model = BetaGeoModel(pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages}))
    assert len(model.data_rows) > 20_000
    gradient = model.score(model.fit().params)
    assert abs(gradient).max() < 1e-3


def test_what_is_no_question_gets_a_sentence():
    customers = pd.DataFrame({"frequency": [0, 2, 1], "recency": [0, 5, 2.0], "T": [9.0, 9, 9]})
    with pytest.raises(ValueError, match="cov_type is 'HC3': expected 'nonrobust' or 'robust'"):
        BetaGeoModel(customers).fit(cov_type="HC3")
    with pytest.raises(ValueError, match="unit is 'years'"):
        BetaGeoModel(customers, unit="years")
