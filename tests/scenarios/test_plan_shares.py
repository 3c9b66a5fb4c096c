"""How dependent a plan is, against shares counted by hand."""

import math
from types import SimpleNamespace

import pandas as pd
import pytest

from ownchannel.scenarios import plan_shares, project
from tests.scenarios.small_plans import eventful_plan, plan, store

MEASURES = {name: name.replace(" ", "_") for name in ("revenue", "contribution", "orders", "repeat orders")}


def months_of(**revenue: list[float]) -> SimpleNamespace:
    """What a projection of these channels would give: every measure is the revenue, month by month."""
    rows = [
        {"month": month, "channel": channel, "kind": "owned" if channel == "Store" else "marketplace"}
        | dict.fromkeys(MEASURES.values(), value)
        for channel, values in revenue.items()
        for month, value in enumerate(values, start=1)
    ]
    return SimpleNamespace(months=pd.DataFrame(rows))


def test_shares_are_of_the_last_twelve_months_or_of_the_first():
    found = months_of(Market=[3.0] * 12 + [100.0] + [1.0] * 12, Store=[1.0] * 13 + [4.0] * 12)
    then, now = plan_shares(found), plan_shares(found, first_year=True)
    assert list(then.index) == list(MEASURES)
    assert then.loc["revenue"].to_dict() == pytest.approx(
        {"Market": 0.2, "Store": 0.8, "marketplace_share": 0.2, "concentration": 0.2**2 + 0.8**2}
    )
    assert now.loc["revenue"].to_dict() == pytest.approx(
        {"Market": 0.75, "Store": 0.25, "marketplace_share": 0.75, "concentration": 0.75**2 + 0.25**2}
    )


def test_a_plan_shorter_than_a_year_is_taken_whole():
    found = months_of(Market=[6.0, 0.0], Store=[1.0, 1.0])
    assert plan_shares(found).equals(plan_shares(found, first_year=True))
    assert plan_shares(found).loc["orders", "Market"] == pytest.approx(0.75)


def test_several_marketplaces_are_rented_together():
    row = plan_shares(months_of(Market=[2.0], Bazaar=[3.0], Store=[5.0])).loc["revenue"]
    assert row["marketplace_share"] == pytest.approx(0.5)
    assert row["concentration"] == pytest.approx(0.04 + 0.09 + 0.25)


@pytest.mark.parametrize("values", [{"Market": [0.0], "Store": [0.0]}, {"Market": [-1.0], "Store": [5.0]}])
def test_nothing_or_a_loss_on_one_channel_has_no_shares(values):
    assert plan_shares(months_of(**values)).isna().all(axis=None)


def test_a_single_channel_has_all():
    alone = plan(store(), growth_budget=500, owned_share_of_growth_budget=1)
    row = plan_shares(project(alone)).loc["revenue"]
    assert row.to_dict() == {"Store": 1.0, "marketplace_share": 0.0, "concentration": 1.0}


def test_shares_of_a_projection_add_up_and_are_its_months():
    projection = project(eventful_plan())
    shares = plan_shares(projection)
    names = [channel.name for channel in eventful_plan().channels]
    assert shares[names].sum(axis=1).tolist() == pytest.approx([1.0] * 4)
    assert (shares["concentration"] >= 1 / len(names)).all()
    last = [row for row in projection.months.itertuples() if row.month > 12]  # of 24 months
    for measure, column in MEASURES.items():
        rented = math.fsum(getattr(row, column) for row in last if row.kind == "marketplace")
        whole = math.fsum(getattr(row, column) for row in last)
        assert shares.loc[measure, "marketplace_share"] == pytest.approx(rented / whole)
