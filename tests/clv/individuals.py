"""Customers' histories for the tests of purchase models: drawn by hypothesis, or lived through one by one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """A few histories: without a repeat, with the last one at T, very short and long ones."""
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        x, age = draw(st.integers(0, 60)), draw(st.floats(0.1, 200))
        rows.append((x, age * draw(st.floats(0.01, 1)) if x else 0.0, age, draw(st.integers(1, 5))))
    return pd.DataFrame(rows, columns=["frequency", "recency", "T", "weights"])


@dataclass(frozen=True)
class Lives:
    """What became of customers until `now`, and what nobody could see then."""

    seen: pd.DataFrame
    """`frequency`, `recency` and `T`, a row a customer."""
    alive: NDArray[np.bool_]
    later: Floats
    """Purchases in a time after now."""


def lived(times: Floats, until: Floats, now: float, then: float) -> Lives:
    """Lives of customers with these times of purchases (a row a customer) who leave at `until`."""
    there = times <= until[:, None]
    before = there & (times <= now)
    frequency = before.sum(axis=1)
    recency = np.where(before, times, 0.0).max(axis=1)
    seen = pd.DataFrame({"frequency": frequency, "recency": recency, "T": now})
    return Lives(seen, until > now, (there & (times > now) & (times <= then)).sum(axis=1).astype(float))


def purchase_times(rates: Floats, generator: np.random.Generator, most: int = 150) -> Floats:
    """Times of the first purchases after the very first, a row a customer."""
    return np.cumsum(generator.exponential(1.0, (len(rates), most)) / rates[:, None], axis=1)


def probability_of_all_histories(densities: Floats, nodes: Floats, weights: Floats, age: float) -> float:
    """The sum over x and the integral over t_x of the likelihood, 1 if it is one.

    `densities`: the likelihood, first of x = 0, then a row for each x from 1 and a column for each node.
    """
    first, rest = densities[0], densities[1:].reshape(-1, len(nodes))
    total = float(first)
    times = age * (nodes + 1) / 2
    arrangements = 1.0  # of the purchases before the last: t_x^(x - 1) / (x - 1)!
    for x, density in enumerate(rest, start=1):
        total += float(age / 2 * weights @ (density * times ** (x - 1) * arrangements))
        arrangements /= x
    return total


def all_histories(age: float, most: int, nodes: Floats) -> pd.DataFrame:
    """A row for x = 0, then for each x from 1 a row for each node."""
    rows = [(0, 0.0, age)]
    rows += [(x, age * (node + 1) / 2, age) for x in range(1, most + 1) for node in nodes]
    return pd.DataFrame(rows, columns=["frequency", "recency", "T"])
