"""Gamma-gamma against the authors' numbers, numerical integration and simulated customers."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import GammaGammaModel

# inside: weighted correlations of tables too small to fit
from ownchannel.clv._gamma_gamma import correlation
from tests.oracles import cdnow

#: Spread so, means do not differ by chance from what their distribution says.
EVENLY = (np.arange(100) + 0.5) / 100

positive = st.floats(0.3, 12)
parameters = st.tuples(positive, positive, st.floats(0.5, 60))


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    row = st.tuples(st.integers(1, 30), st.floats(0.5, 500), st.integers(1, 5))
    rows = [(1, 20.0, 1), (3, 21.0, 2), *draw(st.lists(row, max_size=5))]
    return pd.DataFrame(rows, columns=["frequency", "monetary_value", "weights"])


def simulated(seed: int, customers: int, p: float, q: float, v: float) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    x = generator.integers(1, 12, customers).astype(float)
    rate = generator.gamma(q, 1 / v, customers)
    return pd.DataFrame({"frequency": x, "monetary_value": generator.gamma(p * x) / (rate * x)})


# ---------------------------------------------------------------- the authors' numbers


def test_fader_hardie_2013_cdnow_estimates(cdnow_customers):
    results = GammaGammaModel(cdnow_customers).fit()
    assert results.converged and results.boundary == "" and results.remarks == []
    assert results.params.to_dict() == pytest.approx({"p": 6.2488, "q": 3.7446, "v": 15.4478}, rel=1e-5)
    assert results.llf == pytest.approx(-4055.923, abs=5e-4)
    assert results.nobs == cdnow.REPEATERS
    assert results.model.left_out == (cdnow.CUSTOMERS - cdnow.REPEATERS, 0)


def test_fader_hardie_2013_expected_spend_of_the_first_ten_customers(cdnow_customers):
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    results = GammaGammaModel(cdnow_customers).fit()
    found = results.expected_customer_spend(cdnow_customers.head(10))
    # Their spreadsheet holds rounded parameters.
    assert found.tolist() == pytest.approx(published, abs=0.01)
    assert results.population_mean == pytest.approx(35.17, abs=5e-3)


def test_fader_hardie_lee_2005_correlation_of_spend_and_frequency(cdnow_customers):
    repeaters = cdnow_customers[cdnow_customers["frequency"] > 0]
    found = GammaGammaModel(cdnow_customers).fit().correlation
    assert found.pearson == pytest.approx(0.11, abs=5e-3)
    columns = repeaters["frequency"], repeaters["monetary_value"]
    assert found.pearson == pytest.approx(stats.pearsonr(*columns).statistic, rel=1e-12)
    assert found.spearman == pytest.approx(stats.spearmanr(*columns).statistic, rel=1e-12)


# ---------------------------------------------------------------- the likelihood


@given(parameters, tables())
def test_score_is_the_derivative(at, table):
    model = GammaGammaModel(table)
    assert model.score(at) == pytest.approx(
        approx_fprime(np.array(at), model.loglike, centered=True), rel=1e-5, abs=1e-5
    )


@pytest.mark.parametrize("infinite", ["p", "q"])
@given(at=parameters, table=tables())
def test_score_is_the_derivative_at_the_limits(infinite, at, table):
    model = GammaGammaModel(table)
    point = model.to_point(at)
    held = model.parameters.index(infinite)
    point[held] = np.inf
    left = np.delete(np.arange(3), held)

    def loglike(of_left):
        return model.likelihood(np.insert(of_left, held, np.inf))[0]

    numeric = approx_fprime(point[left], loglike, centered=True)
    assert model.likelihood(point)[1][left] == pytest.approx(numeric, rel=1e-5, abs=1e-4)


@given(parameters, tables())
def test_limits_are_what_large_parameters_come_near(at, table):
    p, q, v = at
    model = GammaGammaModel(table)
    large = 1e7
    assert model.loglike([np.inf, q, v]) == pytest.approx(model.loglike([large, q, v / large]), rel=1e-3)
    assert model.loglike([p, np.inf, v]) == pytest.approx(model.loglike([p, large, v * large]), rel=1e-3)


@pytest.mark.parametrize("x", [1, 2, 7])
@pytest.mark.parametrize("z", [3.0, 30.0, 200.0])
def test_density_and_expected_spend_are_integrals_over_the_rate_of_a_customer(x, z):
    p, q, v = 2.3, 3.1, 21.0
    model = GammaGammaModel(pd.DataFrame({"frequency": [x, 1], "monetary_value": [z, 1.0]}))

    def joint(rate):
        return stats.gamma.pdf(z, p * x, scale=1 / (rate * x)) * stats.gamma.pdf(rate, q, scale=1 / v)

    # The bulk lies around the mode of the rate given the spend.
    mode = (p * x + q - 1) / (v + x * z)
    ends = {"a": 0, "b": 40 * mode, "points": [mode / 4, mode, 4 * mode], "epsabs": 0, "limit": 200}
    density = quad(joint, **ends)[0]
    mean = quad(lambda rate: p / rate * joint(rate), **ends)[0] / density
    assert model.loglikeobs([p, q, v])[0] == pytest.approx(np.log(density), rel=1e-7)
    results = model.fit()
    results.point = model.to_point([p, q, v])
    found = results.expected_customer_spend(pd.DataFrame({"frequency": [x], "monetary_value": [z]}))
    assert found.iloc[0] == pytest.approx(mean, rel=1e-7)


@given(parameters, tables())
def test_weights_are_repeated_rows(at, table):
    repeated = table.loc[table.index.repeat(table["weights"])].drop(columns="weights")
    one, other = GammaGammaModel(table), GammaGammaModel(repeated)
    assert one.loglike(at) == pytest.approx(other.loglike(at), rel=1e-12)
    assert one.data_rows.customers == other.data_rows.customers == len(repeated)


@pytest.mark.parametrize("times", [0.01, 100.0, 1e9])
def test_other_units_of_money_scale_v_alone(times):
    customers = simulated(1, 400, 4.0, 3.5, 30.0)
    of_one = GammaGammaModel(customers).fit()
    scaled = customers.assign(monetary_value=customers["monetary_value"] * times)
    of_other = GammaGammaModel(scaled).fit()
    expected = of_one.params * [1, 1, times]
    assert of_other.params.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-6)
    assert of_other.bse.to_numpy() == pytest.approx((of_one.bse * [1, 1, times]).to_numpy(), rel=1e-4)
    assert of_other.llf == pytest.approx(of_one.llf - 400 * np.log(times), rel=1e-9)
    spend = of_one.expected_customer_spend(customers) * times
    assert of_other.expected_customer_spend(scaled).to_numpy() == pytest.approx(spend.to_numpy(), rel=1e-6)


# ---------------------------------------------------------------- the fit


def test_a_fit_finds_the_customers_that_were_simulated_and_can_be_kept():
    truth = {"p": 4.0, "q": 3.5, "v": 30.0}
    customers = simulated(2, 10_000, **truth)
    results = GammaGammaModel(customers).fit()
    inside = results.conf_int(alpha=0.001)
    assert all(inside.loc[name, "lower"] < value < inside.loc[name, "upper"] for name, value in truth.items())
    population = results.population(0.999)
    for name, value in {
        "mean": 4.0 * 30 / 2.5,
        "between customers": 1.5**-0.5,
        "within a customer": 0.5,
    }.items():
        assert population.loc[name, "lower"] < value < population.loc[name, "upper"]
    robust = GammaGammaModel(customers).fit(cov_type="robust")
    assert robust.bse.to_numpy() == pytest.approx(results.bse.to_numpy(), rel=0.15)
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_series_equal(
        kept.expected_customer_spend(customers), results.expected_customer_spend(customers)
    )
    again = GammaGammaModel(results.simulate(customers["frequency"], seed=3)).fit()
    assert again.params.to_numpy() == pytest.approx(results.params.to_numpy(), rel=0.15)


def test_intervals_hold_the_estimate_and_widen_with_confidence():
    customers = simulated(4, 300, 4.0, 3.5, 30.0)
    results = GammaGammaModel(customers).fit()
    narrow, wide = (results.expected_customer_spend(customers, interval=share) for share in (0.5, 0.95))
    assert (wide["lower"] < narrow["lower"]).all() and (narrow["upper"] < wide["upper"]).all()
    assert (narrow["lower"] < narrow["expected"]).all() and (narrow["expected"] < narrow["upper"]).all()


def test_customers_who_always_spend_the_same_end_at_the_boundary():
    means = stats.invgamma.ppf(np.tile(EVENLY, 4), 3.0, scale=60.0)
    customers = pd.DataFrame({"frequency": np.repeat([1, 2, 4, 8], 100), "monetary_value": means})
    results = GammaGammaModel(customers).fit()
    q, _, scale = stats.invgamma.fit(means, floc=0)
    assert results.params["p"] == np.inf and np.isnan(results.bse["p"])
    assert results.params[["q", "v"]].tolist() == pytest.approx([q, scale], rel=1e-3)
    assert results.llf == pytest.approx(stats.invgamma.logpdf(means, q, scale=scale).sum(), abs=1e-3)
    assert "spend the same at every purchase" in results.boundary
    assert results.boundary in str(results.summary())
    table = pd.DataFrame({"frequency": [3, 0], "monetary_value": [77.0, 0]})
    expected = results.expected_customer_spend(table, interval=0.9)
    assert expected["expected"].tolist() == pytest.approx([77, scale / (q - 1)], rel=1e-3)
    assert expected.loc[0].tolist() == pytest.approx([77, 77, 77])
    assert expected.loc[1, "lower"] < expected.loc[1, "expected"] < expected.loc[1, "upper"]
    assert results.population().loc["within a customer"].tolist() == [0, 0, 0]
    again = results.simulate(np.ones(20_000), seed=1)["monetary_value"]
    assert stats.kstest(again, stats.invgamma(q, scale=scale).cdf).pvalue > 1e-3
    assert np.isfinite(GammaGammaModel(customers).fit(cov_type="robust").bse[["q", "v"]]).all()


def test_customers_who_do_not_differ_end_at_the_boundary():
    x = np.repeat([1, 2, 4, 8], 100)
    means = stats.gamma.ppf(np.tile(EVENLY, 4), 2.0 * x) / x * 10
    customers = pd.DataFrame({"frequency": x, "monetary_value": means})
    results = GammaGammaModel(customers).fit()
    assert results.params["q"] == np.inf
    assert results.params[["p", "v"]].tolist() == pytest.approx([2, 10], rel=0.03)
    assert "do not seem to differ" in results.boundary
    mean = results.population_mean
    assert mean == pytest.approx(np.average(customers["monetary_value"], weights=x), rel=1e-6)
    assert (results.expected_customer_spend(customers) == mean).all()
    assert results.population().loc["between customers"].tolist() == [0, 0, 0]
    again = results.simulate(np.full(20_000, 3.0), seed=1)["monetary_value"]
    p, _, v = results.params
    assert stats.kstest(again, stats.gamma(3 * p, scale=v / 3).cdf).pvalue > 1e-3


def test_an_infinite_mean_is_said_in_words():
    customers = simulated(6, 3_000, 3.0, 0.7, 10.0)
    results = GammaGammaModel(customers).fit()
    assert results.params["q"] < 1 and results.population_mean == np.inf
    assert "the mean spend of all customers is infinite" in str(results.summary())
    nobody = pd.DataFrame({"frequency": [0, 2], "monetary_value": [0, 9.0]})
    expected = results.expected_customer_spend(nobody, interval=0.9)
    assert expected.loc[0].tolist() == [np.inf] * 3
    assert np.isfinite(expected.loc[1]).all()


def test_a_few_huge_values_do_not_stop_the_fit():
    truth = {"p": 1.5, "q": 0.35, "v": 20.0}
    results = GammaGammaModel(simulated(10, 2_000, **truth)).fit()
    inside = results.conf_int(alpha=0.001)
    assert all(inside.loc[name, "lower"] < value < inside.loc[name, "upper"] for name, value in truth.items())


# ---------------------------------------------------------------- what is left out, and mistakes


def test_customers_of_whom_nothing_is_learnt_are_counted():
    customers = pd.DataFrame(
        {
            "frequency": [2, 0, 1, 5, 3, 4],
            "monetary_value": [20.0, 0, -5, 35, 0, 50],
            "weights": [1, 7, 2, 1, 3, 1],
        }
    )
    model = GammaGammaModel(customers)
    assert model.left_out == (7, 5)
    assert model.data_rows.customers == 3
    results = model.fit()
    expected = results.expected_customer_spend(customers)
    assert len(expected) == 6 and expected[1] == pytest.approx(results.population_mean)
    as_nothing = customers.assign(monetary_value=customers["monetary_value"].clip(lower=0))
    pd.testing.assert_series_equal(expected, results.expected_customer_spend(as_nothing))


def test_a_dependence_of_spend_on_frequency_is_said_in_words():
    customers = simulated(7, 500, 4.0, 3.5, 30.0)
    customers["monetary_value"] *= customers["frequency"]
    results = GammaGammaModel(customers).fit()
    assert results.correlation.spearman > 0.5
    assert "Customers who buy more often spend more a purchase" in str(results.summary())
    turned = customers.assign(monetary_value=1 / customers["monetary_value"])
    assert "spend less a purchase" in " ".join(GammaGammaModel(turned).fit().remarks)


GOOD = {"frequency": [1, 2], "monetary_value": [10.0, 12.0]}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"frequency": [1]}, "has no column monetary_value: it holds frequency"),
        ({"monetary_value": [1]}, "has no column frequency"),
        (GOOD | {"frequency": [1, 1.5]}, r"Frequency must be a whole number: row 1 .* frequency 1.5"),
        (GOOD | {"frequency": [-1, 1]}, r"Frequency must not be negative: row 0"),
        (GOOD | {"monetary_value": [np.nan, 1]}, r"Monetary_value must be a finite number: row 0"),
        (GOOD | {"monetary_value": ["ten", "twelve"]}, r"Monetary_value must be a finite number: row 0"),
        (
            GOOD | {"frequency": [0, 3], "monetary_value": [0, -1]},
            "1 customers have no repeat, 1 a mean of 0",
        ),
        (GOOD | {"monetary_value": [10, 10]}, "Every customer spends 10 a purchase"),
    ],
)
def test_mistakes_are_answered_in_sentences(columns, says):
    with pytest.raises(ValueError, match=says):
        GammaGammaModel(pd.DataFrame(columns))


# ---------------------------------------------------------------- weighted correlations

pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(-4, 4), st.integers(1, 4)), min_size=3, max_size=20)


@given(pairs)
def test_weighted_correlations_are_those_of_repeated_rows(table):
    one, other, weights = np.array(table, dtype=float).T
    found = correlation(one, other, weights)
    repeated = [np.repeat(column, weights.astype(int)) for column in (one, other)]
    if min(np.ptp(one), np.ptp(other)) == 0:
        assert np.isnan(found).all()
    else:
        assert found.pearson == pytest.approx(stats.pearsonr(*repeated).statistic, abs=1e-12)
        assert found.spearman == pytest.approx(stats.spearmanr(*repeated).statistic, abs=1e-12)
