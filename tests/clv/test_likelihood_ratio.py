"""Whether customers differ: the test's own error rate, its power, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from ownchannel.clv import ModifiedBetaGeoModel, ParetoNBDModel, likelihood_ratio_test

P = {"r": 1.2, "alpha": 4.0, "a": 1.5, "b": 3.0}


def customers(number: int, seed: int, times: float = 1.0) -> pd.DataFrame:
    """Of two channels, whose second buys so many times as often."""
    generator = np.random.default_rng(seed)
    ages = np.full(number, 40.0)
    halves = [
        ModifiedBetaGeoModel.simulated(P | {"alpha": P["alpha"] / each}, ages, generator)
        for each in (1, times)
    ]
    frequency, recency = np.concatenate(halves, axis=1)
    channel = np.repeat(["Marketplace", "Own store"], number)
    return pd.DataFrame({"frequency": frequency, "recency": recency, "T": 40.0, "channel": channel})


def compared(table: pd.DataFrame):
    general = ModifiedBetaGeoModel.from_formula("~ channel", table).fit()
    return likelihood_ratio_test(general, ModifiedBetaGeoModel(table).fit())


def test_channels_that_differ_are_told_apart():
    found = compared(customers(800, 1, times=1.6))
    assert found.df == 3 and found.pvalue < 1e-4
    assert found.sentence.startswith("Customers differ by channel[T.Own store] (likelihood ratio ")
    table = customers(800, 1, times=1.6)
    general = ModifiedBetaGeoModel.from_formula("~ channel", table).fit()
    assert found.statistic == pytest.approx(2 * (general.llf - ModifiedBetaGeoModel(table).fit().llf))


def test_channels_that_do_not_differ_are_taken_to_in_one_case_of_twenty():
    pvalues = [compared(customers(300, seed)).pvalue for seed in range(40)]
    # More than this would happen once in a thousand times if the test kept its 5%.
    assert sum(pvalue < 0.05 for pvalue in pvalues) <= binom.ppf(0.999, 40, 0.05)
    assert 0.3 < np.mean(pvalues) < 0.7
    assert compared(customers(300, 0)).sentence.startswith("Nothing shows that customers differ by channel")


def test_what_cannot_be_compared_is_refused():
    table, others = customers(300, 1), customers(300, 2)
    plain, general = (
        ModifiedBetaGeoModel(table).fit(),
        ModifiedBetaGeoModel.from_formula("~ channel", table).fit(),
    )
    with pytest.raises(ValueError, match="must have all covariates of the second and further ones"):
        likelihood_ratio_test(plain, general)
    with pytest.raises(ValueError, match="ParetoNBDModel is not nested in ModifiedBetaGeoModel"):
        likelihood_ratio_test(general, ParetoNBDModel(table).fit())
    for other in (others, table.iloc[::-1], table.head(400)):
        with pytest.raises(
            ValueError, match="fitted to different customers, or to the same in another order"
        ):
            likelihood_ratio_test(general, ModifiedBetaGeoModel(other).fit())
