"""BG/BB against the paper's numbers, brute force over all histories, and customers simulated one by one."""

import itertools
import pickle
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaln, gammaln
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import BetaGeoBetaBinomModel, histories
from tests.oracles import donations

positive = st.floats(0.1, 9)
parameters = st.tuples(positive, positive, positive, positive)


def named(at) -> dict[str, float]:
    return dict(zip(BetaGeoBetaBinomModel.parameters, map(float, at), strict=True))


def rows_of(table: pd.DataFrame):
    return histories(table, BetaGeoBetaBinomModel.columns)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    rows = [(1, 2, 4, 2)]
    for _ in range(draw(st.integers(0, 5))):
        age = draw(st.integers(0, 12))
        recency = draw(st.integers(0, age))
        x = draw(st.integers(1, recency)) if recency else 0
        rows.append((x, recency, age, draw(st.integers(1, 4))))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "weights"])


def all_histories(periods: int) -> pd.DataFrame:
    """Every frequency and recency, with the number of ways to get there."""
    rows = [(0, 0, periods, 1)]
    rows += [(x, t, periods, comb(t - 1, x - 1)) for t in range(1, periods + 1) for x in range(1, t + 1)]
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "ways"])


def seen_in(bought: np.ndarray) -> pd.DataFrame:
    """Of customers (rows) who bought or not in each period (columns) what the model takes."""
    periods = bought.shape[1]
    last = (bought * np.arange(1, periods + 1)).max(axis=1)
    return pd.DataFrame({"frequency": bought.sum(axis=1), "recency": last, "T": periods})


@pytest.fixture(scope="module")
def donors(published_data: Path) -> pd.DataFrame:
    return pd.read_csv(published_data / "donations.csv").rename(columns={"periods": "T"})


# ---------------------------------------------------------------- the paper of 2010


def test_fader_hardie_shang_2010_estimates(donors):
    results = BetaGeoBetaBinomModel(donors).fit()
    assert results.converged and results.boundary == ""
    assert results.params.tolist() == pytest.approx([1.2035, 0.7497, 0.6567, 2.7834], rel=1e-4)
    assert results.llf == pytest.approx(-33225.581, abs=5e-4)
    assert results.nobs == donations.DONORS


def test_fader_hardie_shang_2010_table_6_who_is_alive_in_2002(donors):
    """The chance to be there a period after the last one observed, as the paper has it."""
    results = BetaGeoBetaBinomModel(donors).fit()
    _, _, gamma, delta = results.params
    alive = donors.assign(p=results.expected_probability_alive(donors) * (delta + 6) / (gamma + delta + 6))
    found = alive.set_index(["frequency", "recency"])["p"]
    assert {at: round(found[at], 2) for at in donations.ALIVE} == donations.ALIVE


def test_fader_hardie_shang_2010_gifts_and_donors_of_the_spreadsheet(donors):
    results = BetaGeoBetaBinomModel(donors).fit()
    assert results.total_expected_purchases(donors, [5]).iloc[0] == pytest.approx(donations.GIFTS, abs=0.05)
    table = all_histories(6)
    chance = np.exp(BetaGeoBetaBinomModel(table).row_likelihood(results.params, rows_of(table))[0])
    by_gifts = (chance * table["ways"]).groupby(table["frequency"]).sum() * donations.DONORS
    found = {x: by_gifts[x] for x in donations.DONORS_WITH}
    assert found == pytest.approx(donations.DONORS_WITH, abs=0.05)


# ---------------------------------------------------------------- the likelihood


@given(parameters)
def test_chances_of_all_histories_sum_to_1(at):
    table = all_histories(6)
    chance = np.exp(BetaGeoBetaBinomModel.row_likelihood(named(at), rows_of(table))[0])
    assert chance @ table["ways"] == pytest.approx(1, rel=1e-12)


@given(parameters, tables())
def test_likelihood_is_the_paper_s_by_beta_functions(at, table):
    alpha, beta, gamma, delta = at
    values, _ = BetaGeoBetaBinomModel.row_likelihood(named(at), rows_of(table))
    rows = rows_of(table)
    for x, t, n, found in zip(rows["frequency"], rows["recency"], rows["T"], values, strict=True):
        whole = np.exp(betaln(alpha + x, beta + n - x) + betaln(gamma, delta + n))
        for i in range(int(n - t)):
            whole += np.exp(betaln(alpha + x, beta + t - x + i) + betaln(gamma + 1, delta + t + i))
        assert found == pytest.approx(np.log(whole) - betaln(alpha, beta) - betaln(gamma, delta), rel=1e-9)


@given(parameters, tables())
def test_score_is_the_derivative(at, table):
    model = BetaGeoBetaBinomModel(table)
    numeric = approx_fprime(np.array(at), model.loglike, centered=True)
    assert model.score(at) == pytest.approx(numeric, rel=1e-5, abs=1e-5)


@pytest.mark.parametrize(
    "held", [{"alpha": np.inf}, {"gamma": np.inf}, {"gamma": -np.inf, "delta": np.nan}], ids=str
)
@given(at=parameters, table=tables())
def test_score_is_the_derivative_at_the_limits(held, at, table):
    model = BetaGeoBetaBinomModel(table)
    point = np.array([held.get(name, np.log(value)) for name, value in named(at).items()])
    left = np.isfinite(point)

    def loglike(of_left):
        whole = point.copy()
        whole[left] = of_left
        return model.likelihood(whole)[0]

    numeric = approx_fprime(point[left], loglike, centered=True)
    assert model.likelihood(point)[1][left] == pytest.approx(numeric, rel=1e-5, abs=1e-5)


@given(parameters, tables())
def test_limits_are_what_extreme_parameters_come_near(at, table):
    alpha, beta, gamma, delta = at
    large, loglike = 1e9, BetaGeoBetaBinomModel(table).loglike
    assert loglike([np.inf, beta, gamma, delta]) == pytest.approx(
        loglike([large, beta * large, gamma, delta]), rel=1e-5
    )
    assert loglike([alpha, beta, np.inf, delta]) == pytest.approx(
        loglike([alpha, beta, large, delta * large]), rel=1e-5
    )
    assert loglike([alpha, beta, 0, np.nan]) == pytest.approx(loglike([alpha, beta, 1e-9, delta]), rel=1e-5)


@given(parameters, tables())
def test_weights_are_repeated_rows(at, table):
    repeated = table.loc[table.index.repeat(table["weights"])].drop(columns="weights")
    one, other = BetaGeoBetaBinomModel(table), BetaGeoBetaBinomModel(repeated)
    assert one.loglike(at) == pytest.approx(other.loglike(at), rel=1e-12)


# ---------------------------------------------------------------- predictions


@given(parameters)
def test_predictions_are_sums_over_all_that_may_follow(at):
    """Three periods seen, two to come: by the chances of all histories of five periods."""
    p = named(at)
    bought = np.array(list(itertools.product((0, 1), repeat=5)))
    whole = rows_of(seen_in(bought))
    chance = np.exp(whole.spread(BetaGeoBetaBinomModel.row_likelihood(p, whole)[0]))
    # Of eight ways through the first three periods each is followed by four.
    expected = (chance * bought[:, 3:].sum(axis=1)).reshape(8, 4).sum(axis=1)
    seen = rows_of(seen_in(bought[::4, :3]))
    found = seen.spread(BetaGeoBetaBinomModel.future_purchases(p, seen, 2))
    assert found == pytest.approx(expected / chance.reshape(8, 4).sum(axis=1), rel=1e-9)
    newcomer = BetaGeoBetaBinomModel.new_purchases(p, 5)[0]
    assert newcomer == pytest.approx(chance @ bought.sum(axis=1), rel=1e-9)


@given(parameters, tables(), st.integers(0, 40))
def test_purchases_to_come_are_the_paper_s_closed_form(at, table, t):
    alpha, beta, gamma, delta = at
    if abs(gamma - 1) < 1e-3:  # There the closed form divides nothing by nothing.
        gamma = 1.5
    p, rows = named((alpha, beta, gamma, delta)), rows_of(table)
    n, x = rows["T"], rows["frequency"]
    values, _ = BetaGeoBetaBinomModel.row_likelihood(p, rows)
    now, then = (
        np.exp(gammaln(1 + delta + end) - gammaln(gamma + delta + end) + gammaln(gamma + delta))
        for end in (n, n + t)
    )
    chance = np.exp(betaln(alpha + x + 1, beta + n - x) - betaln(alpha, beta) - values)
    expected = chance * (now - then) / ((gamma - 1) * np.exp(gammaln(delta)))
    found = BetaGeoBetaBinomModel.future_purchases(p, rows, t)
    assert found == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("gamma", [0.999999, 1.0, 1.000001])
def test_purchases_to_come_do_not_jump_where_gamma_is_1(gamma):
    table = pd.DataFrame({"frequency": [2], "recency": [3], "T": [6]})
    found, near = (
        BetaGeoBetaBinomModel.future_purchases(named((1.2, 0.7, at, 2.8)), rows_of(table), 10)
        for at in (gamma, 1.0)
    )
    assert found == pytest.approx(near, rel=1e-5)


@pytest.mark.parametrize(
    "p",
    [
        (1.2, 0.75, 0.66, 2.8),
        (np.inf, 1.5, 0.66, 2.8),
        (1.2, 0.75, np.inf, 6.0),
        (1.2, 0.75, 0.0, np.nan),
    ],
)
def test_predictions_are_those_of_simulated_customers(p):
    p, number = named(p), 200_000
    generator = np.random.default_rng(11)
    frequency, recency = BetaGeoBetaBinomModel.simulated(p, np.full(number, 6.0), generator)
    assert frequency.mean() == pytest.approx(BetaGeoBetaBinomModel.new_purchases(p, 6)[0], rel=0.01)
    seen = pd.DataFrame({"frequency": frequency, "recency": recency}).value_counts(normalize=True)
    table = all_histories(6)
    chance = np.exp(BetaGeoBetaBinomModel.row_likelihood(p, rows_of(table))[0]) * table["ways"]
    share = seen.reindex(list(zip(table["frequency"], table["recency"], strict=True)), fill_value=0)
    error = np.sqrt(chance * (1 - chance) / number)
    assert (abs(share.to_numpy() - chance) <= 4.5 * error + 1e-9).all()


@given(parameters, tables(), st.integers(0, 30))
def test_predictions_are_plausible_whatever_the_parameters(at, table, t):
    p, rows = named(at), rows_of(table)
    alive = BetaGeoBetaBinomModel.alive(p, rows)
    sooner, later = (BetaGeoBetaBinomModel.future_purchases(p, rows, end) for end in (t, t + 1))
    assert ((alive > 0) & (alive <= 1)).all()
    assert alive[rows["recency"] == rows["T"]] == pytest.approx(1)
    assert (later >= sooner).all() and (sooner <= t).all()


def test_intervals_hold_the_estimate(donors):
    results = BetaGeoBetaBinomModel(donors).fit()
    table = results.expected_purchases(donors, 5, interval=0.95)
    assert (table["lower"] < table["expected"]).all() and (table["expected"] < table["upper"]).all()
    new = results.expected_purchases_new_customer([1, 6], interval=0.95)
    assert new.index.name == "periods" and (new["lower"] < new["upper"]).all()


# ---------------------------------------------------------------- the fit


def test_a_fit_finds_the_customers_that_were_simulated_and_can_be_kept():
    truth = named((1.2, 0.75, 0.66, 2.8))
    generator = np.random.default_rng(3)
    ages = generator.integers(4, 10, 30_000).astype(float)
    frequency, recency = BetaGeoBetaBinomModel.simulated(truth, ages, generator)
    customers = pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})
    results = BetaGeoBetaBinomModel(customers).fit()
    inside = results.conf_int(alpha=0.001)
    assert all(inside.loc[name, "lower"] < value < inside.loc[name, "upper"] for name, value in truth.items())
    robust = BetaGeoBetaBinomModel(customers).fit(cov_type="robust")
    assert robust.bse.to_numpy() == pytest.approx(results.bse.to_numpy(), rel=0.15)
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_series_equal(
        kept.expected_purchases(customers, 3), results.expected_purchases(customers, 3)
    )
    assert results.simulate(ages, seed=1)["frequency"].mean() == pytest.approx(frequency.mean(), rel=0.03)


@pytest.mark.parametrize(
    ("p", "infinite", "says"),
    [
        ((1.2, 0.75, 0.0, np.nan), {"gamma": 0.0}, "do not seem to leave"),
        ((1.2, 0.75, np.inf, 6.0), {"gamma": np.inf}, "chance to leave: gamma ended at infinity"),
        ((np.inf, 1.5, 0.66, 2.8), {"alpha": np.inf}, "how often they buy: alpha ended at infinity"),
        ((np.inf, 1.5, np.inf, 6.0), {"alpha": np.inf, "gamma": np.inf}, "purchases are binomial"),
    ],
)
def test_customers_at_a_limit_are_found_there(p, infinite, says):
    """Each history as often as the limit expects it: no luck makes it look different."""
    table = all_histories(8)
    chance = np.exp(BetaGeoBetaBinomModel.row_likelihood(named(p), rows_of(table))[0])
    customers = table.assign(weights=chance * table["ways"] * 5_000)
    results = BetaGeoBetaBinomModel(customers).fit()
    assert results.params[list(infinite)].to_dict() == infinite
    assert results.params.to_numpy() == pytest.approx(np.array(p), rel=1e-3, nan_ok=True)
    assert says in results.boundary and results.boundary in str(results.summary())
    expected = results.expected_purchases(customers, 4, interval=0.9)
    assert np.isfinite(expected).all(axis=None)
    assert (expected["lower"] <= expected["expected"]).all()
    if infinite == {"gamma": 0.0}:
        assert (results.expected_probability_alive(customers) == 1).all()


# ---------------------------------------------------------------- mistakes

GOOD = {"frequency": [1, 2], "recency": [1, 3], "T": [4, 4]}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (GOOD | {"recency": [1, 2.5]}, "Recency must be a whole number: row 1"),
        (GOOD | {"T": [4, 4.5]}, "T must be a whole number: row 1"),
        (GOOD | {"T": [4, 2]}, "Recency must not exceed T: row 1"),
        (GOOD | {"frequency": [1, 4]}, "Frequency must not exceed recency.*row 1 of customers"),
        (GOOD | {"frequency": [0, 0], "recency": [0, 0]}, "Nobody has bought again"),
        ({"frequency": [1], "recency": [1]}, "has no column T"),
    ],
)
def test_impossible_histories_are_answered_in_sentences(columns, says):
    with pytest.raises(ValueError, match=says):
        BetaGeoBetaBinomModel(pd.DataFrame(columns))


def test_impossible_questions_are_answered_in_sentences(donors):
    results = BetaGeoBetaBinomModel(donors).fit()
    with pytest.raises(ValueError, match="this model knows periods alone"):
        results.expected_purchases(donors, 5, "weeks")
    for t in (0.5, -1, np.nan):
        with pytest.raises(ValueError, match="whole numbers of periods from 0 on"):
            results.expected_purchases(donors, t)
    with pytest.raises(ValueError, match="ages are counted in periods"):
        results.simulate([2.5], seed=1)
