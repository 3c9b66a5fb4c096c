"""Thousands of customers' histories as a hundred: each group is one history that stands for all of them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv.purchases import PurchaseResults
from ownchannel.clv.special import Floats

#: Histories that a plan carries for each channel, so that a draw of parameters is cheap.
GROUPS = 100

Places = NDArray[np.intp]

_COLUMNS = ("frequency", "recency", "T")


def grouped_histories(fit: PurchaseResults, customers: pd.DataFrame, groups: int = GROUPS) -> pd.DataFrame:
    """At most `groups` histories for all customers: `frequency, recency, T, weights`.

    The groups are cut as a median-cut palette is (Heckbert 1982): the group that varies most is split in two
    at its mean, along what varies most in it, until there are enough. What varies is what the models see:
    purchases, time watched and P(alive), each customer counting with P(alive). Different frequencies stand
    apart from the start unless there are very many, and weights are such that each group's sum of P(alive)
    is kept.

    >>> from ownchannel.clv.modified_beta_geo import ModifiedBetaGeoModel
    >>> table = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> fit = ModifiedBetaGeoModel(table.assign(weights=[50, 9, 20, 21])).fit()
    >>> grouped_histories(fit, table)["weights"].round(6).tolist()
    [2.0, 1.0, 1.0]
    """
    table = customers[list(_COLUMNS)].astype(float).reset_index(drop=True)
    alive = fit.expected_probability_alive(table).to_numpy(np.float64)
    # So that customers who are surely gone have a place in some group too.
    counted = np.maximum(alive, 1e-12)
    rate = 1 / (fit.params["alpha"] + table["T"].to_numpy())
    longer = rate * (fit.params["alpha"] + table["recency"].to_numpy())
    seen = np.column_stack([np.log1p(table["frequency"]), np.log(rate), np.log(longer), alive])
    apart = [np.asarray(its) for its in table.groupby("frequency").indices.values()]
    start = apart if len(apart) <= groups // 2 else [np.arange(len(table))]
    rows = []
    for its in _cut(seen, counted, start, groups):
        mean = {name: float(np.average(table.loc[its, name], weights=counted[its])) for name in _COLUMNS}
        mean["frequency"] = float(np.rint(mean["frequency"]))
        # Purchases to come go with 1 / (alpha + T): so its mean is kept, not that of T.
        mean["T"] = max(
            1 / np.average(rate[its], weights=counted[its]) - fit.params["alpha"], mean["recency"]
        )
        rows.append(mean | {"alive": alive[its].sum()})
    found = pd.DataFrame(rows)
    found.loc[found["frequency"] == 0, "recency"] = 0.0
    weights = found["alive"] / fit.expected_probability_alive(found[list(_COLUMNS)]).to_numpy()
    return found[list(_COLUMNS)].assign(weights=weights).sort_values(list(_COLUMNS), ignore_index=True)


def _cut(seen: Floats, counted: Floats, start: list[Places], groups: int) -> list[Places]:
    """The members of each group, as places of rows, cut from those to start with."""
    members = list(start)
    variations = [_variation(seen, counted, its) for its in members]
    while len(members) < groups:
        widest = int(np.argmax([variation.max() for variation in variations]))
        its, axis = members[widest], int(np.argmax(variations[widest]))
        if variations[widest][axis] <= 0:
            break
        values = seen[its, axis]
        below = values <= np.average(values, weights=counted[its])
        halves = its[below], its[~below]
        if not all(len(half) for half in halves):
            variations[widest][axis] = 0.0  # a difference of rounding alone
            continue
        members[widest : widest + 1] = halves
        variations[widest : widest + 1] = [_variation(seen, counted, half) for half in halves]
    return members


def _variation(seen: Floats, counted: Floats, its: Places) -> Floats:
    """The sum of squares about the group's mean, along each axis."""
    weights = counted[its][:, None]
    mean = (weights * seen[its]).sum(axis=0) / weights.sum()
    return np.asarray((weights * (seen[its] - mean) ** 2).sum(axis=0))
