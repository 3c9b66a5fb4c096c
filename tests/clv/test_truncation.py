"""A brand seen from the middle of its life: who looks new is not, until the first half is burned in."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from ownchannel.clv import ModifiedBetaGeoModel, burn_in_day, first_seen_since
from ownchannel.customers import customer_summary

TRUTH = {"r": 1.1, "alpha": 12.0, "a": 1.8, "b": 1.4}
OPENED, UNTIL = dt.date(2020, 1, 1), dt.date(2025, 12, 30)
CUT = dt.date(2025, 1, 1)


def brand(seed: int, a_week: int = 60) -> pd.DataFrame:
    """Six years of purchases, day by day."""
    generator = np.random.default_rng(seed)
    weeks = (UNTIL - OPENED).days / 7
    born = generator.uniform(0, weeks, int(a_week * weeks))
    rate = generator.gamma(TRUTH["r"], 1 / TRUTH["alpha"], len(born))
    chance = generator.beta(TRUTH["a"], TRUTH["b"], len(born))
    person, clock, rounds = np.arange(len(born)), born, []
    while len(person):
        rounds.append(pd.DataFrame({"customer_key": person, "week": clock}))
        stays = generator.random(len(person)) >= chance[person]
        person, clock = person[stays], clock[stays]
        clock = clock + generator.exponential(1 / rate[person])
        person, clock = person[clock < weeks], clock[clock < weeks]
    table = pd.concat(rounds, ignore_index=True)
    days = pd.Timestamp(OPENED) + pd.to_timedelta(np.floor(table["week"] * 7), unit="D")
    return pd.DataFrame({"customer_key": table["customer_key"].astype(str), "ordered_on": days, "value": 1.0})


@pytest.mark.parametrize("seed", range(4))
def test_a_brand_cut_to_one_year_is_overestimated_unless_its_first_half_is_burned_in(seed):
    purchases = brand(seed)
    last_year = purchases[purchases["ordered_on"] >= pd.Timestamp(CUT)]
    customers = customer_summary(last_year, until=UNTIL)
    truth = ModifiedBetaGeoModel.new_purchases(TRUTH, 52.0)[0]
    naive, burned_in = (
        ModifiedBetaGeoModel(table).fit().expected_purchases_new_customer([52], interval=0.95).iloc[0]
        for table in (customers, first_seen_since(customers, burn_in_day(CUT, UNTIL)))
    )
    assert burned_in["lower"] < truth < burned_in["upper"]
    assert naive["lower"] > truth


def test_customers_first_seen_on_the_day_itself_count():
    days = pd.to_datetime(["2025-06-30", "2025-07-01", "2025-07-02"])
    purchases = pd.DataFrame({"customer_key": ["a", "b", "c"], "ordered_on": days, "value": 1.0})
    for unit in ("D", "W", "M"):
        customers = customer_summary(purchases, unit=unit, until="2025-12-31")
        assert first_seen_since(customers, dt.date(2025, 7, 1))["customer_key"].tolist() == ["b", "c"]
