"""A curve's value against the fitted models' own predictions and numerical derivatives, and sums by hand."""

import numpy as np
import pytest
from statsmodels.tools.numdiff import approx_fprime

from ownchannel.clv import (
    LONGEST,
    BetaGeoModel,
    GammaGammaModel,
    ModifiedBetaGeoModel,
    OrderTerms,
    ParetoNBDModel,
    PurchaseResults,
    RepeatCurve,
    channel_orders,
    curve_of_share,
    fitted_curve,
    value_of_new_customer,
)
from ownchannel.customers import customer_summary
from ownchannel.orders import sample_orders
from ownchannel.workspace import Workspace

TERMS = [OrderTerms(), OrderTerms(0.4, 5.0, 0.1), OrderTerms(0.2, 30.0, 0.6), OrderTerms(0.5, -2.0, 0.0)]


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory):
    orders = sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))
    return customer_summary(channel_orders(orders, "Shopify", "USD"))


@pytest.mark.parametrize("model", [BetaGeoModel, ModifiedBetaGeoModel, ParetoNBDModel])
@pytest.mark.parametrize("terms", TERMS)
def test_the_value_is_that_of_the_fitted_models_with_its_range(customers, model, terms):
    """Each month by itself from the models' own predictions, its error from numerical derivatives."""
    purchases, spend = model(customers).fit(), GammaGammaModel(customers).fit()
    mean, _, upper = spend.population(0.6827).loc["mean"]
    each, of_each = (
        mean * terms.margin_rate - terms.cost_per_order,
        mean * np.log(upper / mean) * terms.margin_rate,
    )
    curve = fitted_curve(purchases, spend)
    for horizon in (1, 17):
        months = np.arange(horizon)

        def orders(point, months=months):
            p = dict(zip(model.parameters, np.exp(point), strict=True))
            ends = (months + 1) * 365.25 / 12 / 7
            repeats = np.diff([model.new_purchases(p, end)[0] for end in ends], prepend=0)
            return 1 + np.array([repeats @ (1 + terms.discount_rate) ** (-(months + 0.5) / 12)])

        expected, slope = orders(purchases.point)[0], approx_fprime(purchases.point, orders, centered=True)
        error = np.sqrt(slope @ purchases.log_covariance @ slope)
        width = 1.6448536 * np.hypot(each * error, of_each * expected)
        ends = expected * each - width, expected * each + width
        found = curve.value(horizon, terms, interval=0.9)
        assert found.loc[horizon, "expected"] == pytest.approx(expected * each, rel=1e-9)
        assert found.loc[horizon, ["lower", "upper"]].tolist() == pytest.approx(ends, rel=1e-4)
        whole = value_of_new_customer(purchases, spend, horizon, terms, interval=0.9)
        np.testing.assert_allclose(found, whole, rtol=1e-9)


def test_orders_and_their_range_are_those_of_the_model(customers):
    purchases = ModifiedBetaGeoModel(customers).fit()
    assert isinstance(purchases, PurchaseResults)
    expected = purchases.expected_purchases_new_customer([24.0], "months", interval=0.95).iloc[0]
    mean, low, high = fitted_curve(purchases, 50.0).orders(24)
    assert mean - 1 == pytest.approx(expected["expected"])
    # The model's range is one of the logarithm: close to symmetric where it is narrow.
    assert (low - 1, high - 1) == pytest.approx((expected["lower"], expected["upper"]), rel=0.01)


def test_a_share_of_customers_brings_one_order_each_and_it_is_discounted_by_month():
    terms = OrderTerms(0.5, 5.0, 0.21)
    found = curve_of_share(0.24, spend=50.0).value(14, terms)
    by_hand = sum(0.02 * 1.21 ** (-(month + 0.5) / 12) for month in range(12))
    assert found["expected"].iloc[-1] == pytest.approx((1 + by_hand) * 20)
    assert found["orders"].iloc[-1] == pytest.approx(1.24)
    assert (found["lower"] == found["upper"]).all()


def test_the_range_of_a_correlated_curve_is_that_of_draws_from_it():
    generator = np.random.default_rng(4)
    repeats = np.cumsum(np.full(12, 0.1))
    root = np.tril(generator.normal(0, 0.01, (12, 12)))
    curve = RepeatCurve(repeats, root @ root.T, 40.0, 2.0)
    terms = OrderTerms(0.5, 4.0, 0.3)
    draws = repeats + generator.normal(size=(40_000, 12)) @ root.T
    factors = 1.3 ** (-(np.arange(12) + 0.5) / 12)
    counts = 1 + np.diff(draws, axis=1, prepend=0.0) @ factors
    values = counts * (generator.normal(40.0, 2.0, 40_000) * 0.5 - 4.0)
    last = curve.value(12, terms).iloc[-1]
    assert (last["upper"] - last["expected"]) / 1.96 == pytest.approx(values.std(), rel=0.03)
    assert last["expected"] == pytest.approx(values.mean(), rel=0.01)


@pytest.mark.parametrize("horizon", [0, LONGEST + 1])
def test_a_horizon_beyond_the_curve_is_refused(horizon):
    with pytest.raises(ValueError, match=f"horizon is {horizon}: expected 1 to {LONGEST} months"):
        curve_of_share(0.2, 50.0).value(horizon)
