"""Forecasts judged on what came: every number against a slow reading of the same purchases."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.clv import (
    MODELS,
    BetaGeoModel,
    FitError,
    HoldOut,
    ModifiedBetaGeoModel,
    compare_models,
    holdout,
)

# inside: the measure of ranking has exact values on tables too small to fit
from ownchannel.clv._comparison import gini

SPLIT, UNTIL = dt.date(2025, 9, 30), dt.date(2026, 3, 31)


def brand(seed: int, number: int = 1_500) -> pd.DataFrame:
    """Purchases of customers who came within a year, as an order table, some with two on a day."""
    generator = np.random.default_rng(seed)
    days = (UNTIL - dt.date(2025, 1, 1)).days
    born = generator.uniform(0, 270, number)
    rate, chance = generator.gamma(0.8, 1 / 40, number), generator.beta(0.9, 2.0, number)
    rows = []
    for person in range(number):
        clock = born[person]
        while clock < days:
            rows.append((f"c{person:04}", int(clock)))
            if generator.random() < chance[person]:
                break
            clock += generator.exponential(1 / rate[person])
    table = pd.DataFrame(rows, columns=["customer_key", "ordered_on"])
    table["ordered_on"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(table["ordered_on"], unit="D")
    return table.assign(value=10.0)


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    return brand(1)


@pytest.fixture(scope="module")
def judged(purchases: pd.DataFrame) -> HoldOut:
    return holdout(purchases, SPLIT, ModifiedBetaGeoModel, UNTIL)


def test_what_came_after_the_split_is_counted_day_by_day(purchases, judged):
    days = purchases.drop_duplicates().sort_values("ordered_on")
    for row in judged.by_customer.head(200).itertuples():
        own = days.loc[days["customer_key"] == row.customer_key, "ordered_on"]
        assert row.actual == (own > pd.Timestamp(SPLIT)).sum()
        assert row.frequency == (own <= pd.Timestamp(SPLIT)).sum() - 1
    known = days.loc[days["ordered_on"] <= pd.Timestamp(SPLIT), "customer_key"].nunique()
    assert len(judged.by_customer) == known
    expected = judged.results.expected_purchases(judged.by_customer, (UNTIL - SPLIT).days / 7)
    assert judged.by_customer["expected"].tolist() == pytest.approx(expected.tolist())
    assert judged.weeks == pytest.approx(26)


def test_a_model_of_its_own_customers_is_close(judged):
    found = judged.metrics
    assert abs(found["total_error"]) < 0.15
    assert found["calibration_error"] < 0.15
    assert 0.3 < found["gini"] < 1
    assert found["rmse"] >= found["mae"] >= abs(found["bias"])


def test_metrics_are_those_of_a_table_by_hand(judged):
    table = pd.DataFrame(
        {
            "frequency": [0.0, 0.0, 9.0, 7.0],
            "actual": [0.0, 2.0, 5.0, 1.0],
            "expected": [0.5, 0.5, 4.0, 4.0],
        }
    )
    by_hand = HoldOut(judged.results, SPLIT, UNTIL, table, judged.tracking)
    found = by_hand.metrics
    assert found["bias"] == pytest.approx(1 / 4)
    assert found["mae"] == pytest.approx((0.5 + 1.5 + 1 + 3) / 4)
    assert found["rmse"] == pytest.approx(np.sqrt((0.25 + 2.25 + 1 + 9) / 4))
    assert found["total_error"] == pytest.approx(1 / 8)
    assert by_hand.by_frequency.to_dict("index") == {
        0: {"customers": 2, "actual": 1.0, "expected": 0.5},
        7: {"customers": 2, "actual": 3.0, "expected": 4.0},
    }
    assert found["calibration_error"] == pytest.approx((0.5 * 2 + 1.0 * 2) / 4)


def test_tracking_counts_every_repeat_and_expects_by_age(purchases, judged):
    tracking = judged.tracking
    known = purchases[purchases["customer_key"].isin(judged.by_customer["customer_key"])].drop_duplicates()
    assert tracking["actual"].sum() == len(known) - known["customer_key"].nunique()
    assert tracking["week_ends"].iloc[-1] == pd.Timestamp(UNTIL)
    first = known.groupby("customer_key")["ordered_on"].min()
    ages = [(pd.Timestamp(UNTIL) - day).days / 7 for day in first]
    new = judged.results.expected_purchases_new_customer(sorted(set(ages)))
    assert tracking["expected_in_all"].iloc[-1] == pytest.approx(sum(new[age] for age in ages))
    assert tracking["expected"].cumsum().tolist() == pytest.approx(tracking["expected_in_all"].tolist())


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_gini_is_the_mean_over_all_orders_of_ties(pairs):
    actual, score = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    if actual.min() == actual.max():
        assert np.isnan(gini(actual, score))
        return

    def area(by: np.ndarray) -> float:
        """Pairs in the right order less those in the wrong one, weighted by how far apart they are."""
        gaps = actual[:, None] - actual[None, :]
        return float((np.sign(by[:, None] - by[None, :]) * gaps).sum())

    assert gini(actual, score) == pytest.approx(area(score) / area(actual), abs=1e-12)


def test_no_time_to_judge_is_refused(purchases):
    with pytest.raises(ValueError, match="split is 2026-03-31, and observation ends on 2026-03-31"):
        holdout(purchases, UNTIL, BetaGeoModel, UNTIL)


def test_models_are_ranked_and_the_best_is_told(purchases):
    found = compare_models(purchases, SPLIT, UNTIL)
    assert sorted(found.table.index) == sorted(MODELS)
    as_good = found.table["rmse"] <= found.table["rmse"].min() * 1.01
    assert found.table["bic"].iloc[0] == found.table.loc[as_good, "bic"].min()
    best = found.best.by_customer
    assert found.best is found.holdouts[found.table.index[0]]
    sentence = str(found)
    assert sentence.startswith(f"Use {found.table.index[0]}: for the last 26 weeks it predicted")
    assert f"{best['expected'].sum():,.0f} purchases, " in sentence
    assert f", and {best['actual'].sum():,.0f} came." in sentence


def test_a_model_that_cannot_be_fitted_is_left_out_with_its_reason(purchases):
    class Hopeless(BetaGeoModel):
        def fit(self, *_: object, **__: object):
            raise FitError("There is no hope.")

    found = compare_models(purchases, SPLIT, UNTIL, {"MBG/NBD": ModifiedBetaGeoModel, "None": Hopeless})
    assert found.not_fitted == {"None": "There is no hope."}
    assert "No other model could be fitted." in str(found)
    with pytest.raises(FitError, match=r"None of None could be fitted. There is no hope\."):
        compare_models(purchases, SPLIT, UNTIL, {"None": Hopeless})


def test_the_last_days_of_cdnow_are_foretold(published_data):
    """Fader, Hardie & Lee (2005), page 281: at week 78 BG/NBD expects 4% too few repeats in all."""
    log = pd.read_csv(
        published_data / "CDNOW_sample.txt",
        sep=r"\s+",
        header=None,
        names=["master", "customer_key", "ordered_on", "units", "value"],
        dtype={"customer_key": str, "ordered_on": str},
    )
    log["ordered_on"] = pd.to_datetime(log["ordered_on"])
    found = holdout(log, "1997-09-30", BetaGeoModel, "1998-06-30")
    end = found.tracking.iloc[-1]
    assert end["expected_in_all"] / end["actual_in_all"] == pytest.approx(0.96, abs=0.005)
    assert found.by_frequency["customers"].sum() == 2357
