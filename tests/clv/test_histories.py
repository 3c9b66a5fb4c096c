"""Tables of customers: what is wrong is named, what is equal counted once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.clv import histories

NAMES = ("frequency", "recency", "T")


def customers(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(
        {"frequency": [0, 2], "recency": [0, 5.0], "T": [9.0, 9.0]} | columns, index=["ann", "bob"]
    )


@given(st.lists(st.tuples(st.integers(1, 2), st.sampled_from([1.0, 2.5]), st.integers(3, 4)), min_size=1))
def test_distinct_rows_stand_for_all(rows):
    table = pd.DataFrame(rows, columns=list(NAMES))
    found = histories(table, NAMES)
    assert len(found) == len(set(rows))
    assert found.customers == len(rows)
    for name in NAMES:
        assert found.spread(found[name]).tolist() == table[name].tolist()


def test_weights_add_up():
    found = histories(customers(weights=[3, 4]).iloc[[0, 1, 0]], NAMES)
    assert found.weights.tolist() == [6, 4]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (customers().drop(columns="T"), "customers has no column T: it holds frequency, recency"),
        (customers(T=["x", 9]), "Column T holds something else than numbers"),
        (
            customers(frequency=[0, -1]),
            "Frequency must not be negative: row 'bob' of customers has frequency -1",
        ),
        (customers(frequency=[0, 1.5]), "Frequency must be a whole number: row 'bob'"),
        (customers(recency=[0, np.nan]), "Recency must be a finite number: row 'bob'"),
        (customers(T=[np.inf, 9]), "T must be a finite number: row 'ann'"),
        (customers(recency=[0, 10]), "Recency must not exceed T: row 'bob' .* recency 10, T 9 .1 such rows"),
        (customers(recency=[1, 5]), "Recency must be 0 where frequency is 0: row 'ann'"),
        (customers(weights=[1, -1]), "Weights must not be negative: row 'bob'"),
        (customers().head(0), "customers is empty"),
    ],
)
def test_what_no_customer_can_have_is_named_with_its_row(table, message):
    with pytest.raises(ValueError, match=message):
        histories(table, NAMES)
