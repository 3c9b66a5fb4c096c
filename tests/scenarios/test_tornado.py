"""The tornado, against a projection, or a simulation, of each end of each range."""

import numpy as np
import pytest

from ownchannel.scenarios import project, simulate, tornado

# inside: the ranges that are tried, which the table shows only where they matter
from ownchannel.scenarios._tornado import swings
from tests.scenarios.random_plans import random_plan
from tests.scenarios.small_plans import (
    FITTED,
    HAZARDS,
    eventful_plan,
    market,
    plan,
    store,
    without_uncertainty,
)

#: As many as its description says.
DRAWS = 200
OF_EVENTS = ("suspension_", "private_label_", "fee_rise_", "ad_loss_")


def is_of_events(path: str) -> bool:
    return path.rpartition(".")[2].startswith(OF_EVENTS)


def assert_rows_are_projections(its_plan) -> int:
    rows = [row for row in tornado(its_plan).itertuples() if not is_of_events(row.path)]
    for row in rows:
        for end, npv in ((row.low, row.npv_low), (row.high, row.npv_high)):
            there = without_uncertainty(its_plan).with_values({row.path: end})
            assert npv == pytest.approx(project(there).npv, rel=1e-9, abs=1e-6), row.path
    return len(rows)


def test_every_calm_row_is_what_project_gives_at_its_ends():
    assert assert_rows_are_projections(eventful_plan()) > 40


@pytest.mark.parametrize("seed", [5, 8, 21])
def test_rows_of_random_plans_are_what_project_gives(seed):
    its_plan = random_plan(np.random.default_rng(seed))
    # No event, so that no row is a simulation; and nobody whom referrals could make too many.
    calm = {p: 0.0 for p in its_plan.numbers() if p.endswith((*HAZARDS, "referrals_per_order"))}
    assert assert_rows_are_projections(its_plan.with_values(calm)) > 5


def test_rows_of_events_are_means_of_draws_about_the_path_without_events():
    its_plan = plan(
        market(
            suspension_hazard=0.02,
            suspension_recovery=0.8,
            private_label_hazard=0.003,
            private_label_loss=0.3,
        ),
        store(),
        uncertain={"channels.Market.suspension_recovery": (0.5, 0.9)},
    )
    known = without_uncertainty(its_plan)
    table = tornado(its_plan, seed=4).set_index("path")
    assert table.loc["channels.Market.suspension_recovery", ["low", "high"]].tolist() == [0.5, 0.9]
    calm, mean = project(known).npv, simulate(known, DRAWS, seed=4).npv.mean()
    rows = table[[is_of_events(path) for path in table.index]]
    assert len(rows) >= 4
    for row in rows.itertuples():
        for end, npv in ((row.low, row.npv_low), (row.high, row.npv_high)):
            there = simulate(known.with_values({row.Index: end}), DRAWS, seed=4)
            assert npv == pytest.approx(calm + there.npv.mean() - mean, rel=1e-9), row.Index


def test_the_widest_swing_comes_first():
    table = tornado(eventful_plan())
    assert table["swing"].is_monotonic_decreasing
    assert table["swing"].to_numpy() == pytest.approx((table["npv_high"] - table["npv_low"]).abs().to_numpy())
    assert table["path"].is_unique
    assert table.index.tolist() == list(range(len(table)))


def test_ranges_are_those_given_else_plausible_else_a_fifth_of_the_brands_own():
    its_plan = plan(
        market(repeat_rate=0.2, fee_rate=0.9),
        store(purchase_model=FITTED, repeat_rate=0),
        uncertain={"channels.Market.repeat_rate": (0.1, 0.5)},
    )
    found, numbers = swings(its_plan), its_plan.numbers()
    assert found["channels.Market.repeat_rate"] == (0.1, 0.5)
    assert found["channels.Market.cac"] == pytest.approx((16, 24))
    assert found["channels.Market.order_value"] == pytest.approx((32, 48))
    assert found["channels.Market.fee_rate"][1] == 0.9
    assert found["channels.Market.fee_rate"][0] == numbers["channels.Market.fee_rate"][1].plausible[0]
    for path, (low, high) in found.items():
        value, declared = numbers[path]
        assert low <= value <= high
        assert declared.role != "decision"
        assert not declared.whole
    assert not {"growth_budget", "setup_cost", "horizon_months", "channels.Store.discount"} & set(found)


def test_a_row_tells_its_channel_its_value_and_its_ends_in_words():
    table = tornado(plan(uncertain={"channels.Store.cac": (20, 30)})).set_index("path")
    row = table.loc["channels.Store.cac"]
    assert row["label"].endswith(", Store")
    assert row[["value", "low", "high"]].tolist() == [25, 20, 30]
    assert "20" in row["low_reading"]
    assert "30" in row["high_reading"]
    assert row["npv_low"] > row["npv_high"]


def test_what_moves_nothing_is_left_out():
    table = tornado(plan())
    assert (table["swing"] > 0).all()
    assert "channels.Market.resellable_rate" not in set(table["path"])
