"""Fitted purchase models in a plan, against integration over how customers differ."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ownchannel.clv import BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel
from ownchannel.scenarios import FittedPurchases

# inside: many parameters at once, against one by one
from ownchannel.scenarios._purchase_curve import drawn_curves
from tests.scenarios import fitted_by_hand
from tests.scenarios.random_plans import GeneratorDice, fitted_purchases
from tests.scenarios.small_plans import FITTED, LOG_COVARIANCE

MONTHS = 14


def drawn(fitted: FittedPurchases, number: int, seed: int) -> tuple[FittedPurchases, ...]:
    """The models that the first `number` draws take."""
    return tuple(fitted.turn(draw, number, seed) for draw in range(number))


@pytest.mark.parametrize("seed", range(12))
def test_curves_by_integration(seed):
    fitted = FittedPurchases(**fitted_purchases(GeneratorDice(np.random.default_rng(seed))))
    new, existing = fitted.curves(MONTHS)
    assert (new[0], existing[0]) == (0, 0)
    for month in (1, 2, 7, MONTHS):
        assert new[month] == pytest.approx(fitted_by_hand.repeat_orders_of_new(fitted, month), rel=1e-6)
        assert existing[month] == pytest.approx(fitted_by_hand.orders_of_existing(fitted, month), rel=1e-6)
    assert (np.diff(new) >= 0).all()


@pytest.mark.parametrize("seed", range(12))
def test_active_customers_by_integration(seed):
    fitted = FittedPurchases(**fitted_purchases(GeneratorDice(np.random.default_rng(seed))))
    parameters = tuple(fitted.parameters.values())
    expected = sum(
        number * fitted_by_hand.probability_alive(fitted.model, parameters, x, last, age)
        for x, last, age, number in fitted.histories
    )
    assert fitted.active_customers() == pytest.approx(expected, rel=1e-6)


def test_without_histories_there_are_no_customers_of_today():
    fitted = FittedPurchases(**{**FITTED, "histories": []})
    assert fitted.curves(3)[1].tolist() == [0] * 4
    assert fitted.active_customers() == 0


def test_histories_count_by_their_weights():
    heavy = FittedPurchases(**{**FITTED, "histories": [(2, 30.4, 38.9, 3.0)]})
    thrice = FittedPurchases(**{**FITTED, "histories": [(2, 30.4, 38.9, 1.0)] * 3})
    assert heavy.curves(6)[1] == pytest.approx(thrice.curves(6)[1], rel=1e-12)
    assert heavy.active_customers() == pytest.approx(thrice.active_customers(), rel=1e-12)


# ---------------------------------------------------------------- draws of parameters


def logs_of_drawn(number: int, seed: int) -> np.ndarray:
    fitted = FittedPurchases(**FITTED)
    rows = [list(its.parameters.values()) for its in drawn(fitted, number, seed)]
    return np.log(rows) - np.log(list(fitted.parameters.values()))


def test_parameters_are_drawn_jointly_on_the_log_scale():
    number = 8_000
    logs = logs_of_drawn(number, 3)
    spread = np.sqrt(np.diag(LOG_COVARIANCE))
    assert logs.mean(axis=0) == pytest.approx(np.zeros(4), abs=4.5 * spread.max() / np.sqrt(number))
    error = 4.5 * np.outer(spread, spread) * np.sqrt(2 / number)
    assert (np.abs(np.cov(logs.T) - LOG_COVARIANCE) < error).all()


def test_drawn_models_are_known_and_keep_their_histories():
    fitted = FittedPurchases(**FITTED)
    models = drawn(fitted, 5, 1)
    assert all(its.log_covariance == () and its.histories == fitted.histories for its in models)
    assert models == drawn(fitted, 5, 1)
    assert models != drawn(fitted, 5, 2)


def test_curves_of_draws_are_those_of_the_drawn_models():
    fitted = FittedPurchases(**FITTED)
    curves = drawn_curves(fitted, MONTHS, 6, 2)
    for column, its in enumerate(drawn(fitted, 6, 2)):
        its_new, its_existing = its.curves(MONTHS)
        assert curves.new[:, column] == pytest.approx(its_new, rel=1e-12)
        assert curves.existing[:, column] == pytest.approx(its_existing, rel=1e-12)


def test_a_parameter_without_variance_stays_where_it_is():
    covariance = np.zeros((4, 4))
    covariance[0, 0] = 0.04
    fitted = FittedPurchases(**{**FITTED, "log_covariance": covariance.tolist()})
    parameters = [its.parameters for its in drawn(fitted, 20, 0)]
    assert len({its["r"] for its in parameters}) == 20
    assert {its["b"] for its in parameters} == {1.614}


def test_curves_of_a_model_ignore_how_unsure_it_is():
    known = FittedPurchases(**{**FITTED, "log_covariance": []})
    unsure = FittedPurchases(**FITTED)
    assert (known.curves(6)[0] == unsure.curves(6)[0]).all()


# ---------------------------------------------------------------- from a fit, and as a document


CUSTOMERS = pd.DataFrame(
    {
        "frequency": [0, 1, 2, 0, 5, 3, 1, 0, 8, 0],
        "recency": [0, 8, 20.0, 0, 30, 36, 2, 0, 38, 0],
        "T": [39.0, 38, 36, 30, 39, 38, 25, 20, 39, 12],
        "weights": [400, 60, 50, 300, 20, 25, 70, 200, 6, 150],
    }
)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(BetaGeoModel, "BG/NBD"), (ModifiedBetaGeoModel, "MBG/NBD"), (ParetoNBDModel, "Pareto/NBD")],
)
def test_a_fit_becomes_a_document_and_comes_back(kind, name):
    fit = kind(CUSTOMERS).fit()
    fitted = FittedPurchases.of(fit, CUSTOMERS)
    assert fitted.model == name
    assert fitted.curves(12)[0][12] == pytest.approx(
        fit.expected_purchases_new_customer(12, unit="months").iloc[0], rel=1e-9
    )
    alive = fit.expected_probability_alive(CUSTOMERS) @ CUSTOMERS["weights"]
    assert fitted.active_customers() == pytest.approx(alive, rel=1e-9)
    bought = fit.total_expected_purchases(CUSTOMERS, [12], unit="months").iloc[0]
    assert fitted.curves(12)[1][12] * alive == pytest.approx(bought, rel=1e-9)
    again = FittedPurchases.model_validate_json(fitted.model_dump_json())
    assert again == fitted
    assert hash(again) == hash(fitted)


def test_a_fit_in_days_is_refused():
    in_days = CUSTOMERS.assign(recency=7 * CUSTOMERS["recency"], T=7 * CUSTOMERS["T"])
    fit = BetaGeoModel(in_days, unit="days").fit()
    with pytest.raises(ValueError, match="fitted in weeks and without covariates"):
        FittedPurchases.of(fit, in_days)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": "NBD"}, "purchase_model is 'NBD': expected one of BG/NBD, MBG/NBD, Pareto/NBD"),
        ({"parameters": {"r": 1}}, "The parameters of MBG/NBD are r, alpha, a, b: you gave r."),
        ({"parameters": {}}, "you gave none"),
        ({"parameters": {"alpha": 6, "r": 1, "a": 1, "b": 2}}, "you gave alpha, r, a, b"),
        ({"parameters": {"r": -1, "alpha": 6, "a": 1, "b": 2}}, "must not be negative"),
        ({"log_covariance": [[1.0]]}, "log_covariance must have 4 rows of 4 numbers"),
        ({"histories": [(2, 40.0, 38.9, 1.0)]}, "recency"),
        ({"interval": 0.9}, "interval"),
    ],
)
def test_a_document_that_cannot_be_is_refused(changed: dict[str, Any], message):
    with pytest.raises(ValueError, match=message):
        FittedPurchases(**{**FITTED, **changed})


def test_a_document_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        FittedPurchases(**FITTED).model = "BG/NBD"
