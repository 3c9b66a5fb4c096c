"""Correlations of columns whose rows stand for several customers each."""

from typing import NamedTuple

import numpy as np

from ownchannel.clv.special import Floats


class Correlation(NamedTuple):
    """Pearson's and Spearman's (of ranks) coefficients; nan where one column is the same for all."""

    pearson: float
    spearman: float


def correlation(one: Floats, other: Floats, weights: Floats) -> Correlation:
    """How two columns go together, each row counted as often as its weight says.

    >>> correlation(np.array([1.0, 2, 3]), np.array([9.0, 5, 1]), np.ones(3))
    Correlation(pearson=-1.0, spearman=-1.0)
    """
    ranks = _mid_ranks(one, weights), _mid_ranks(other, weights)
    return Correlation(_pearson(one, other, weights), _pearson(*ranks, weights))


def _mid_ranks(values: Floats, weights: Floats) -> Floats:
    """Ranks of which equal values share the middle."""
    _, place = np.unique(values, return_inverse=True)
    counts = np.bincount(place, weights)
    ranks: Floats = (counts.cumsum() - counts / 2)[place]
    return ranks


def _pearson(one: Floats, other: Floats, weights: Floats) -> float:
    of_one, of_other = (values - np.average(values, weights=weights) for values in (one, other))
    size = np.sqrt((weights @ of_one**2) * (weights @ of_other**2))
    return float(weights @ (of_one * of_other) / size) if size > 0 else np.nan
