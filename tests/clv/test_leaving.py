"""Limits of the models whose customers may leave, and what BG/NBD and MBG/NBD have in common."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln

from ownchannel.clv import BetaGeoModel, ModifiedBetaGeoModel, PurchaseModel, histories

MODELS = [BetaGeoModel, ModifiedBetaGeoModel]
TABLE = pd.DataFrame(
    {
        "frequency": [0, 1, 4, 12],
        "recency": [0, 3.5, 19, 40.0],
        "T": [30, 31.0, 20, 41],
        "weights": [9, 5, 2, 1],
    }
)


def fitted(model: type[PurchaseModel], r: float, alpha: float, chance: float | None, seed: int):
    """Customers who all leave with one chance, or never, and the model fitted to them."""
    generator = np.random.default_rng(seed)
    p = {"r": r, "alpha": alpha, "a": 0.0 if chance is None else np.inf, "b": 1 / (chance or 0.5) - 1}
    ages = generator.uniform(10, 60, 6_000)
    frequency, recency = model.simulated(p, ages, generator)
    return model(pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages})).fit()


@pytest.mark.parametrize("model", MODELS)
def test_customers_who_never_leave_are_told_so(model):
    results = fitted(model, 0.8, 9.0, None, seed=7)
    assert results.boundary.startswith("These customers do not seem to leave:")
    assert "r grew" not in results.boundary
    inside = results.conf_int(alpha=0.001)
    assert inside.loc["r", "lower"] < 0.8 < inside.loc["r", "upper"]
    assert results.expected_probability_alive(TABLE).tolist() == [1.0] * 4
    assert results.expected_purchases_new_customer([10]).iloc[0] == pytest.approx(
        10 * results.params["r"] / results.params["alpha"]
    )


@pytest.mark.parametrize("model", MODELS)
def test_customers_who_are_all_alike_are_told_so(model):
    results = fitted(model, 0.8, 9.0, 0.3, seed=1)
    if results.boundary:  # a finite a fits as well by chance in half of all data
        assert results.boundary.startswith("These customers all seem to have the same chance to leave")
        assert "r grew" not in results.boundary
        assert 1 / (1 + results.params["b"]) == pytest.approx(0.3, abs=0.03)
    simulated = results.simulate(np.full(40_000, 50.0), seed=3)
    expected = results.expected_purchases_new_customer([50]).iloc[0]
    assert simulated["frequency"].mean() == pytest.approx(expected, rel=0.03)
    assert "nan" not in str(results.expected_purchases(TABLE, 20, interval=0.95))


def test_customers_who_buy_at_one_rate_are_told_so():
    customers = pd.DataFrame({"frequency": [1, 2, 3] * 20, "recency": [8, 9, 9.5] * 20, "T": [10.0] * 60})
    results = BetaGeoModel(customers).fit()
    assert results.boundary.startswith("These customers all seem to buy at the same rate")
    assert "These customers do not seem to leave:" in results.boundary
    assert results.params["r"] / results.params["alpha"] == pytest.approx(0.2, rel=1e-3)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("t", [1.0, 40.0, 2_000.0])
def test_limits_are_what_the_model_comes_close_to(model, t):
    rows = histories(TABLE, model.columns)
    for limit, near in (
        ({"a": np.inf, "b": 1.7}, {"a": 1e6, "b": 1.7e6}),
        ({"a": 0.0, "b": np.nan}, {"a": 1e-9, "b": 3.0}),
    ):
        at, close = {"r": 0.6, "alpha": 7.0} | limit, {"r": 0.6, "alpha": 7.0} | near
        assert model.row_likelihood(at, rows)[0] == pytest.approx(
            model.row_likelihood(close, rows)[0], rel=1e-4
        )
        assert model.alive(at, rows) == pytest.approx(model.alive(close, rows), rel=1e-4)
        for future in (model.future_purchases(at, rows, t), model.new_purchases(at, t)):
            assert np.isfinite(future).all() and (future > 0).all()
    at, close = (
        {"r": 0.6, "alpha": 7.0, "a": 0.0, "b": np.nan},
        {"r": 0.6, "alpha": 7.0, "a": 1e-9, "b": 3.0},
    )
    assert model.future_purchases(at, rows, t) == pytest.approx(
        model.future_purchases(close, rows, t), rel=1e-4
    )


@pytest.mark.parametrize("model", MODELS)
@given(st.floats(0.1, 5), st.floats(0.5, 30), st.floats(-3, 3))
def test_score_holds_at_the_limit_of_one_chance_for_all(model, r, alpha, log_b):
    rows = histories(TABLE, model.columns)

    def at(point: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        r, alpha, b = np.exp(point)
        return model.row_likelihood({"r": r, "alpha": alpha, "a": np.inf, "b": b}, rows)

    point = np.array([np.log(r), np.log(alpha), log_b])
    slopes = at(point)[1]
    for place, name in enumerate(("r", "alpha", "b")):
        step = 1e-5 * (np.arange(3) == place)
        numeric = (at(point + step)[0] - at(point - step)[0]) / 2e-5
        assert slopes[name] == pytest.approx(numeric, rel=1e-4, abs=1e-6)
    assert not np.any(slopes["a"])


@given(st.floats(0.1, 5), st.floats(0.5, 30), st.floats(0.1, 8), st.floats(0.1, 8))
def test_both_models_differ_by_one_occasion_to_leave(r, alpha, a, b):
    """Given that nobody left after the first purchase, MBG/NBD is BG/NBD with one occasion passed."""
    rows = histories(TABLE.iloc[[0]], BetaGeoModel.columns)
    p = {"r": r, "alpha": alpha, "a": a, "b": b}
    never_back = r * np.log(alpha / (alpha + 30.0))
    assert BetaGeoModel.row_likelihood(p, rows)[0] == pytest.approx(never_back)
    stays = np.exp(gammaln(a + b) - gammaln(b) + gammaln(b + 1) - gammaln(a + b + 1))
    either = np.log(stays * np.exp(never_back) + 1 - stays)
    assert ModifiedBetaGeoModel.row_likelihood(p, rows)[0] == pytest.approx(either, rel=1e-9)
    later = {**p, "b": b + 1}
    expected = stays * BetaGeoModel.new_purchases(later, 9.0)
    assert ModifiedBetaGeoModel.new_purchases(p, 9.0) == pytest.approx(expected)
