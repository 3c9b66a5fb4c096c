"""The sample brand's generator and the model that it follows, seed by seed."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from data.samples.sample_brand.buyers import arrivals, purchases
from data.samples.sample_brand.stated import CHANNELS, FIRST_DAY, Channel
from ownchannel.clv import ModifiedBetaGeoModel
from ownchannel.customers import customer_summary


def likelihood_ratio(channel: Channel, seed: int) -> float:
    """Of the best parameters against the generator's own, on one channel's purchases day by day."""
    generator = np.random.default_rng(seed)
    _, bought = purchases(arrivals(channel, generator), channel.process, channel.days / 7, generator)
    day = pd.Timestamp(FIRST_DAY) + pd.to_timedelta(np.floor(bought["week"] * 7), unit="D")
    table = pd.DataFrame({"customer_key": bought["person"].astype(str), "ordered_on": day, "value": 1.0})
    last_day = (pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=channel.days - 1)).date()
    model = ModifiedBetaGeoModel(customer_summary(table, until=last_day))
    truth = channel.process
    return 2 * (model.fit().llf - model.loglike([truth.r, truth.alpha, truth.a, truth.b]))


def below_the_99_percent_point(seeds: range) -> int:
    """In how many brands the true parameters of both channels, four each, are not refused together."""
    joint = [
        sum(likelihood_ratio(channel, 2 * seed + at) for at, channel in enumerate(CHANNELS)) for seed in seeds
    ]
    assert min(joint) > 0
    return int((np.array(joint) < chi2.ppf(0.99, 4 * len(CHANNELS))).sum())


def test_the_generators_parameters_are_not_refused_in_four_brands():
    assert below_the_99_percent_point(range(4)) == 4


@pytest.mark.slow
def test_the_generators_parameters_are_refused_in_at_most_3_of_50_brands():
    assert below_the_99_percent_point(range(50)) >= 47
