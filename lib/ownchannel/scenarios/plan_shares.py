"""How dependent a plan is: the marketplaces' share of what is sold, and how concentrated it is."""

import pandas as pd

from ownchannel.scenarios.project import Projection

#: The measures of a share, and the columns of `Projection.months` that they are taken from.
MEASURES = {
    "revenue": "revenue",
    "contribution": "contribution",
    "orders": "orders",
    "repeat orders": "repeat_orders",
}

_YEAR = 12


def plan_shares(projection: Projection, *, first_year: bool = False) -> pd.DataFrame:
    """By measure the share of each channel in the plan's last year, or its first: a column a channel.

    Further columns: `marketplace_share`, and `concentration` (Herfindahl-Hirschman index: the sum of squared
    shares, 1 where one channel has all). Missing where a measure's sum is not above 0, and where a loss on
    one channel would make shares of contribution mean nothing.

    >>> from ownchannel.scenarios.presets import preset
    >>> from ownchannel.scenarios.project import project
    >>> plan_shares(project(preset("Balanced brand"))).columns.tolist()
    ['Amazon.com', 'Own store', 'marketplace_share', 'concentration']
    """
    months = projection.months
    last = months["month"].max()
    year = months["month"] <= _YEAR if first_year else months["month"] > last - _YEAR
    sums = months[year].groupby("channel", sort=False)[list(MEASURES.values())].sum()
    known = (sums.min() >= 0) & (sums.sum() > 0)
    shares = (sums / sums.sum().where(known)).T.set_axis(list(MEASURES))
    rented = months.loc[months["kind"] == "marketplace", "channel"].unique()
    return shares.assign(
        marketplace_share=shares[rented].sum(axis=1, skipna=False),
        concentration=(shares**2).sum(axis=1, skipna=False),
    )
