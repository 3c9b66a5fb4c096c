"""Who arrives and when they buy: arrivals with trend and season, then each customer's own process."""

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from .stated import CONSENT_SHARE, TIERS, Channel, Process

#: Towns with their tax in basis points; buyers in them are invented.
TOWNS = (
    ("Portland", "ME", "Maine", "04101", 550),
    ("Boston", "MA", "Massachusetts", "02108", 625),
    ("New York", "NY", "New York", "10001", 400),
    ("Newark", "NJ", "New Jersey", "07102", 663),
    ("Philadelphia", "PA", "Pennsylvania", "19103", 600),
    ("Atlanta", "GA", "Georgia", "30303", 400),
    ("Columbus", "OH", "Ohio", "43215", 575),
    ("Chicago", "IL", "Illinois", "60601", 625),
    ("Austin", "TX", "Texas", "78701", 625),
    ("Denver", "CO", "Colorado", "80202", 290),
    ("Portland", "OR", "Oregon", "97201", 0),
    ("Seattle", "WA", "Washington", "98101", 650),
)


def arrivals(channel: Channel, rng: Generator) -> NDArray[np.float64]:
    """Weeks from the channel's opening at which new customers place their first order, ascending."""
    newcomers = rng.poisson(channel.arrival_rates())
    days = np.repeat(np.arange(channel.days), newcomers)
    return np.sort(days + rng.random(days.size)) / 7


def purchases(
    born: NDArray[np.float64], process: Process, weeks: float, rng: Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every customer's own rate and drop-out, and every purchase that they make within so many weeks.

    Columns of the first: `rate` (purchases a week while active), `drop_out` (after each purchase). Of the
    second: `person` (row of the first), `purchase` (0 is the first), `week`.
    """
    rate = rng.gamma(process.r, 1 / process.alpha, born.size)
    drop_out = rng.beta(process.a, process.b, born.size)
    person, week = np.arange(born.size), born
    rounds: list[pd.DataFrame] = []
    while person.size:
        rounds.append(pd.DataFrame({"person": person, "purchase": len(rounds), "week": week}))
        stays = rng.random(person.size) >= drop_out[person]
        person, week = person[stays], week[stays]
        week = week + rng.exponential(1 / rate[person])
        inside = week < weeks
        person, week = person[inside], week[inside]
    return pd.DataFrame({"rate": rate, "drop_out": drop_out}), pd.concat(rounds, ignore_index=True)


def traits(number: int, channel: Channel, rng: Generator) -> pd.DataFrame:
    """What does not depend on how often a person buys: tier, town, consent, guest or business."""
    return pd.DataFrame(
        {
            "tier": rng.choice(len(TIERS), number, p=np.array(channel.tier_shares) / 100),
            "town": rng.integers(len(TOWNS), size=number),
            "consents": rng.random(number) < CONSENT_SHARE / 100,
            "changes_consent": rng.random(number) < 0.08,
            "guest": rng.random(number) < 0.01,
            "business": rng.random(number) < 0.03,
        }
    )
