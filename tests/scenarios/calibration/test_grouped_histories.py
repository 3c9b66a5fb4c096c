"""A hundred histories against all the customers they stand for."""

import numpy as np
import pandas as pd
import pytest

from ownchannel.clv import ModifiedBetaGeoModel
from ownchannel.scenarios import FittedPurchases

# inside: the groups before they enter a plan
from ownchannel.scenarios._purchase_curve import grouped_histories

#: The sample brand's shop, its marketplace, and CDNOW.
PROCESSES = [(1.1, 12.0, 1.8, 1.4), (0.9, 15.0, 2.4, 0.9), (0.525, 6.183, 0.891, 1.614)]


def customers(process: tuple[float, ...], seed: int = 0, number: int = 6_000) -> pd.DataFrame:
    """Customers who came in any week of two years, their days whole as in orders."""
    generator = np.random.default_rng(seed)
    age = generator.integers(0, 730, number) / 7
    parameters = dict(zip(("r", "alpha", "a", "b"), process, strict=True))
    frequency, recency = ModifiedBetaGeoModel.simulated(parameters, age, generator)
    return pd.DataFrame({"frequency": frequency, "recency": np.floor(recency * 7) / 7, "T": age})


@pytest.fixture(params=PROCESSES, ids=["shop", "marketplace", "CDNOW"])
def fitted(request: pytest.FixtureRequest):
    table = customers(request.param)
    return ModifiedBetaGeoModel(table).fit(), table


def test_the_expected_purchases_of_all_are_kept(fitted):
    fit, table = fitted
    grouped = grouped_histories(fit, table)
    assert len(grouped) <= 100
    few, all_of_them = (FittedPurchases.of(fit, rows) for rows in (grouped, table.assign(weights=1.0)))
    assert few.active_customers() == pytest.approx(all_of_them.active_customers(), rel=1e-9)
    np.testing.assert_allclose(few.curves(60)[1][1:], all_of_them.curves(60)[1][1:], rtol=0.005)
    # And at other parameters that the data do not exclude.
    for other in (few.turn(draw, 5, seed=1) for draw in range(5)):
        here = all_of_them.model_copy(update={"parameters": other.parameters, "log_covariance": ()})
        assert other.active_customers() == pytest.approx(here.active_customers(), rel=0.005)
        np.testing.assert_allclose(other.curves(60)[1][1:], here.curves(60)[1][1:], rtol=0.005)


def test_few_histories_are_left_as_they_are():
    table = customers(PROCESSES[0], number=40)
    fit = ModifiedBetaGeoModel(customers(PROCESSES[0])).fit()
    grouped = grouped_histories(fit, table)
    distinct = table.groupby(["frequency", "recency", "T"]).size().reset_index(name="weights")
    np.testing.assert_allclose(grouped, distinct.astype(float), rtol=1e-6, atol=1e-6)


def test_histories_are_possible_ones(fitted):
    grouped = grouped_histories(*fitted)
    assert (grouped["recency"] <= grouped["T"]).all()
    assert (grouped.loc[grouped["frequency"] == 0, "recency"] == 0).all()
    assert (grouped["frequency"] % 1 == 0).all() and (grouped["weights"] > 0).all()
