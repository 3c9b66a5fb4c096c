"""Covariates by formula: what they refuse, what they keep, and that fits with them find the truth."""

import pickle

import numpy as np
import pandas as pd
import pytest
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel

# inside: how formulas become numbers, without a fit
from ownchannel.clv._covariates import Design

MODELS = [BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel]
PEOPLE = pd.DataFrame(
    {
        "channel": ["Marketplace", "Own store", "Second store", "Marketplace"],
        "value": [10.0, 20.0, 40.0, 80.0],
        "wave": [1, 2, 1, 2],
    },
    index=["ann", "bob", "cem", "dan"],
)
#: The owned channel's customers buy 1.5 times as often and leave at half the rate.
FASTER, LEAVING = np.log(1.5), np.log(0.5)


def of_two_channels(model, p: dict[str, float], number: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    further = {"alpha": -FASTER, "a": LEAVING, "b": LEAVING, "beta": -LEAVING}
    parts = []
    for channel in ("Marketplace", "Own store"):
        own = channel == "Own store"
        of_channel = {name: at * np.exp(own * further.get(name, 0.0)) for name, at in p.items()}
        ages = np.round(generator.uniform(20, 80, number))
        frequency, recency = model.simulated(of_channel, ages, generator)
        part = {"frequency": frequency, "recency": recency, "T": ages, "channel": channel}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


# ---------------------------------------------------------------- the design


def test_levels_become_columns_compared_with_the_first():
    design = Design.of("~ channel + np.log(value)", PEOPLE)
    assert design.names == ["channel[T.Own store]", "channel[T.Second store]", "np.log(value)"]
    expected = [[0, 0, np.log(10)], [1, 0, np.log(20)], [0, 1, np.log(40)], [0, 0, np.log(80)]]
    assert design.matrix(PEOPLE).tolist() == expected


def test_other_customers_are_coded_as_those_of_the_fit():
    design = Design.of("~ channel + scale(value)", PEOPLE)
    one = PEOPLE.loc[["cem"]]
    assert design.matrix(one).tolist() == [design.matrix(PEOPLE)[2].tolist()]


def test_a_formula_without_covariates_has_none():
    design = Design.of("~ 1", PEOPLE)
    assert design.names == [] and design.matrix(PEOPLE).shape == (4, 0)


@pytest.mark.parametrize("formula", ["~ channel", "~ C(wave) + scale(value)", "~ bs(value, df=3)"])
def test_a_pickle_holds_nothing_of_single_customers(formula):
    many = pd.concat([PEOPLE] * 500, ignore_index=True).assign(value=np.linspace(1, 2, 2_000), key="secret")
    kept = pickle.dumps(Design.of(formula, many))
    assert b"secret" not in kept
    assert len(kept) < 6_000  # far less than a number for each customer
    again = pickle.loads(kept)
    assert again.matrix(many).tolist() == Design.of(formula, many).matrix(many).tolist()


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("~ chanel", "names the column chanel, which customers do not have: they have channel, value, wave"),
        ("channel ~ value", "has two sides: expected covariates alone"),
        ("~ 0 + channel", "leaves out the intercept"),
        ("~ channel value", "is no formula: Missing operator between `channel` and `value`"),
        ("~ np.log(channel)", "cannot be computed"),
        (
            "~ np.log(value - 20)",
            r"np.log\(value - 20\) is not finite in row 'ann' of customers \(2 such rows",
        ),
        ("~ value + I(2 * value)", "cannot be separated"),
        ("~ PEOPLE", "names the column PEOPLE"),
    ],
)
def test_what_is_no_formula_for_these_customers_gets_a_sentence(formula, told):
    with pytest.raises(ValueError, match=told):
        Design.of(formula, PEOPLE)


def test_an_empty_cell_is_named_with_its_first_row():
    holed = PEOPLE.assign(channel=["Own store", None, "Own store", None])
    with pytest.raises(ValueError, match=r"channel of the formula is empty in row 'bob' .*\(2 such rows"):
        Design.of("~ channel", holed)


def test_one_level_tells_nobody_apart():
    with pytest.raises(ValueError, match="channel holds one level only"):
        Design.of("~ channel", PEOPLE.assign(channel="Own store"))
    with pytest.raises(ValueError, match="the same for all customers"):
        Design.of("~ value", PEOPLE.assign(value=3.0))


@pytest.mark.parametrize(
    ("formula", "changed", "told"),
    [
        ("~ channel", {"channel": ["Own store", "Bazaar", "Own store", "Fair"]}, "'Bazaar' in row 'bob'"),
        ("~ C(wave)", {"wave": [1, 2, 3, 1]}, "Column wave holds '3' in row 'cem' .* expected one of 1, 2"),
        ("~ C(wave > 1)", {"wave": [1, 2, 3, 1]}, None),
        ("~ C(np.floor(value))", {"value": [10, 11, 20, 40.0]}, "level that was not there in the fit"),
    ],
)
def test_a_level_that_was_not_there_in_the_fit_is_refused(formula, changed, told):
    design, others = Design.of(formula, PEOPLE), PEOPLE.assign(**changed)
    if told is None:
        assert design.matrix(others).ravel().tolist() == [0, 1, 1, 0]
    else:
        with pytest.raises(ValueError, match=told):
            design.matrix(others)


# ---------------------------------------------------------------- models with covariates


@pytest.mark.parametrize("model", MODELS)
def test_a_formula_without_covariates_is_the_plain_model(model):
    customers = of_two_channels(ParetoNBDModel, {"r": 0.9, "alpha": 4.0, "s": 0.8, "beta": 15.0}, 200, 1)
    plain, by_formula = model(customers).fit(), model.from_formula("~ 1", customers).fit()
    pd.testing.assert_series_equal(plain.params, by_formula.params)
    assert plain.llf == by_formula.llf


@pytest.mark.parametrize("model", MODELS)
def test_score_with_covariates_is_the_derivative(model):
    customers = of_two_channels(ParetoNBDModel, {"r": 0.9, "alpha": 4.0, "s": 0.8, "beta": 15.0}, 40, 1)
    customers["wave"] = np.arange(len(customers)) % 3
    with_both = model.from_formula("~ channel + wave", customers)
    at = np.linspace(0.4, 1.9, len(with_both.names))
    numerical = approx_fprime(at, with_both.loglike, centered=True)
    assert with_both.score(at) == pytest.approx(numerical, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize(
    ("model", "p"),
    [
        (BetaGeoModel, {"r": 0.8, "alpha": 4.0, "a": 1.5, "b": 3.0}),
        (ModifiedBetaGeoModel, {"r": 0.8, "alpha": 4.0, "a": 1.5, "b": 3.0}),
        (ParetoNBDModel, {"r": 0.8, "alpha": 4.0, "s": 0.8, "beta": 15.0}),
    ],
)
def test_a_fit_with_covariates_finds_how_two_channels_differ(model, p):
    customers = of_two_channels(model, p, 1_500, 11)
    results = model.from_formula("~ channel", customers).fit()
    truth = {name: FASTER if name == "alpha" else LEAVING for name in model.scaled_by_covariates}
    truth = p | {f"{name}[channel[T.Own store]]": at for name, at in truth.items()}
    inside = results.conf_int(alpha=0.01)
    assert list(inside.index) == list(truth)
    for name, value in truth.items():
        assert inside.loc[name, "lower"] < value < inside.loc[name, "upper"], name


def test_predictions_with_a_covariate_are_those_of_the_groups_own_parameters():
    p = {"r": 0.8, "alpha": 4.0, "s": 0.8, "beta": 15.0}
    customers = of_two_channels(ParetoNBDModel, p, 400, 2)
    results = ParetoNBDModel.from_formula("~ channel", customers).fit()
    own = customers[customers["channel"] == "Own store"]
    at = results.params
    of_own = dict(at[["r", "alpha", "s", "beta"]])
    of_own["alpha"] *= np.exp(-at["alpha[channel[T.Own store]]"])
    of_own["beta"] *= np.exp(-at["beta[channel[T.Own store]]"])
    plain = ParetoNBDModel(own)
    expected = plain.data_rows.spread(ParetoNBDModel.future_purchases(of_own, plain.data_rows, 12.0))
    assert results.expected_purchases(own, 12).to_numpy() == pytest.approx(expected, rel=1e-12)
    new = results.expected_purchases_new_customer(12, covariates=own)
    assert new.to_numpy() == pytest.approx(ParetoNBDModel.new_purchases(of_own, 12.0), rel=1e-12)
    kept = pickle.loads(pickle.dumps(results))
    pd.testing.assert_series_equal(kept.expected_purchases(own, 12), results.expected_purchases(own, 12))
