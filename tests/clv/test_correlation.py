"""Weighted correlations against scipy's of repeated rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ownchannel.clv._gamma_gamma import correlation

rows = st.lists(st.tuples(st.integers(0, 5), st.integers(-4, 4), st.integers(1, 4)), min_size=3, max_size=20)


@given(rows)
def test_weights_are_repeated_rows(table):
    one, other, weights = np.array(table, dtype=float).T
    found = correlation(one, other, weights)
    repeated = [np.repeat(column, weights.astype(int)) for column in (one, other)]
    if min(np.ptp(one), np.ptp(other)) == 0:
        assert np.isnan(found).all()
    else:
        assert found.pearson == pytest.approx(stats.pearsonr(*repeated).statistic, abs=1e-12)
        assert found.spearman == pytest.approx(stats.spearmanr(*repeated).statistic, abs=1e-12)
