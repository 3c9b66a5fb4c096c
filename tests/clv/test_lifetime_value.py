"""Value of customers against sums written out, and customers simulated one by one."""

import numpy as np
import pandas as pd
import pytest

from ownchannel.clv import (
    BetaGeoModel,
    GammaGammaModel,
    GammaGammaResults,
    ModifiedBetaGeoModel,
    OrderTerms,
    PurchaseResults,
    expected_customer_lifetime_value,
    payback_month,
    value_of_new_customer,
)

WEEKS_A_MONTH = 365.25 / 12 / 7
TERMS = OrderTerms(margin_rate=0.4, cost_per_order=3.0, discount_rate=0.1)


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    generator = np.random.default_rng(11)
    ages = generator.uniform(20, 100, 4_000)
    truth = {"r": 0.7, "alpha": 6.0, "a": 0.8, "b": 2.4}
    frequency, recency = ModifiedBetaGeoModel.simulated(truth, ages, generator)
    mean = 30 / generator.gamma(4.0, size=4_000) * 4
    value = np.where(frequency > 0, generator.gamma(5 * np.maximum(frequency, 1)) * mean / 5, 0)
    value = np.where(frequency > 0, value / np.maximum(frequency, 1), 0)
    return pd.DataFrame({"frequency": frequency, "recency": recency, "T": ages, "monetary_value": value})


@pytest.fixture(scope="module")
def purchases(customers: pd.DataFrame) -> PurchaseResults:
    return ModifiedBetaGeoModel(customers).fit()


@pytest.fixture(scope="module")
def spend(customers: pd.DataFrame) -> GammaGammaResults:
    return GammaGammaModel(customers).fit()


def test_a_customer_is_worth_the_discounted_sum_of_what_each_month_leaves(customers, purchases, spend):
    some = customers.head(40)
    found = expected_customer_lifetime_value(purchases, spend, some, 7, TERMS)
    each = spend.expected_customer_spend(some) * 0.4 - 3.0
    expected = np.zeros(len(some))
    for month in range(7):
        ends = [(month + more) * WEEKS_A_MONTH for more in (0, 1)]
        bought = purchases.expected_purchases(some, ends[1], since=ends[0])
        expected += bought * each * 1.1 ** (-(month + 0.5) / 12)
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)
    assert found.name == "value of 7 months"


def test_without_discount_and_costs_value_is_purchases_times_spend(customers, purchases):
    found = expected_customer_lifetime_value(purchases, 25.0, customers, 12)
    bought = purchases.expected_purchases(customers, 12, "months")
    assert found.to_numpy() == pytest.approx(25 * bought.to_numpy(), rel=1e-9)


def test_intervals_grow_out_of_both_models(customers, purchases, spend):
    some = customers[customers["frequency"] > 0].head(30)
    both = expected_customer_lifetime_value(purchases, spend, some, 12, TERMS, interval=0.95)
    spends = spend.expected_customer_spend(some)
    for (lower, upper), expected, amount in zip(
        both[["lower", "upper"]].to_numpy(), both["expected"], spends, strict=True
    ):
        assert lower < expected < upper
        assert expected == pytest.approx((lower + upper) / 2)
        assert amount > 0
    fixed = expected_customer_lifetime_value(purchases, float(spends.iloc[0]), some, 12, TERMS, interval=0.95)
    width = both["upper"] - both["lower"]
    assert width.iloc[0] > (fixed["upper"] - fixed["lower"]).iloc[0]


def test_interval_of_a_new_customer_is_that_of_drawn_parameters(purchases, spend):
    """The delta method against ten thousand draws of both models' parameters."""
    table = value_of_new_customer(purchases, spend, 12, TERMS, interval=0.9)
    generator = np.random.default_rng(5)
    points = generator.multivariate_normal(purchases.point, purchases.log_covariance, 4_000)
    month_ends = np.arange(1, 13) * WEEKS_A_MONTH
    factors = 1.1 ** (-(np.arange(12) + 0.5) / 12)
    orders = []
    for point in points:
        p = dict(zip(purchases.model.parameters, np.exp(point), strict=True))
        upto = np.array([ModifiedBetaGeoModel.new_purchases(p, end)[0] for end in month_ends])
        orders.append(1 + factors @ np.diff(upto, prepend=0))
    population = spend.population(0.6827).loc["mean"]
    error = population["expected"] * np.log(population["upper"] / population["expected"])
    means = generator.normal(population["expected"], error, 4_000)
    drawn = np.quantile(np.array(orders) * (means * 0.4 - 3), [0.05, 0.95])
    assert table.loc[12, ["lower", "upper"]].to_numpy(float) == pytest.approx(drawn, rel=0.02)


def test_a_new_customer_begins_with_an_order_and_pays_back_in_time(purchases):
    table = value_of_new_customer(purchases, 50.0, 24, OrderTerms(margin_rate=0.5, cost_per_order=5))
    assert table.index.tolist() == list(range(25))
    assert table.loc[0].tolist() == pytest.approx([1, 20, 20, 20])
    bought = purchases.expected_purchases_new_customer([24], "months").iloc[0]
    assert table.loc[24, "orders"] == pytest.approx(1 + bought)
    assert table["expected"].to_numpy() == pytest.approx(20 * table["orders"].to_numpy())
    assert payback_month(table["expected"], 20) == 0
    month = payback_month(table["expected"], 30)
    assert month and table.loc[month - 1, "expected"] < 30 <= table.loc[month, "expected"]
    assert payback_month(table["expected"], 1e6) is None


def test_costs_that_an_order_does_not_cover_make_more_orders_worse(purchases):
    table = value_of_new_customer(purchases, 10.0, 12, OrderTerms(margin_rate=0.4, cost_per_order=6))
    assert (np.diff(table["expected"]) < 0).all()
    assert (table["lower"] <= table["upper"]).all()


def test_a_model_whose_customers_do_not_leave_has_a_value_too():
    customers = pd.DataFrame({"frequency": [1, 2, 3] * 20, "recency": [8, 9, 9.5] * 20, "T": [10.0] * 60})
    results = BetaGeoModel(customers).fit()
    assert results.boundary
    value = expected_customer_lifetime_value(results, 10.0, customers, 6, interval=0.95)
    assert np.isfinite(value).all(axis=None)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"margin_rate": 1.2}, "margin_rate is 1.2"),
        ({"cost_per_order": np.inf}, "cost_per_order inf"),
        ({"discount_rate": -0.1}, "discount_rate is -0.1"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms, message):
    with pytest.raises(ValueError, match=message):
        OrderTerms(**terms)


def test_a_horizon_or_spend_that_cannot_be_is_refused(customers, purchases):
    with pytest.raises(ValueError, match="horizon is 0"):
        value_of_new_customer(purchases, 10.0, 0)
    with pytest.raises(ValueError, match=r"spend is -1\.0"):
        expected_customer_lifetime_value(purchases, -1.0, customers, 3)
