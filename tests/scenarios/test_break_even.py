"""Break-even: at its multiple the plan's and today's expected NPV are equal, and the last customer's cost."""

import pytest

from ownchannel.scenarios import PRESETS, Plan, break_even_cac, preset, simulate
from tests.scenarios.small_plans import eventful_plan, market, plan, store

DRAWS = 60


def gain(its_plan: Plan, multiple: float) -> float:
    """What the plan's mean NPV is above today's where every owned customer costs so many times as much."""
    dearer = {
        f"channels.{its.name}.cac": multiple * its.cac for its in its_plan.channels if its.kind == "owned"
    }
    npvs = [simulate(its.with_values(dearer), DRAWS).npv.mean() for its in (its_plan, its_plan.today())]
    return float(npvs[0] - npvs[1])


@pytest.mark.parametrize(
    "its_plan",
    [
        plan(owned_share_of_growth_budget=0.8),
        plan(owned_share_of_growth_budget=0.8, growth_budget=9_000),
        plan(
            market(ad_incrementality=0.2),
            store(cac=90),
            growth_budget=3_000,
            owned_share_of_growth_budget=0.7,
        ),
        plan(
            market(suspension_hazard=0.1, suspension_recovery=0.5),
            store(ad_loss_hazard=0.1, spend_elasticity=0.6, ramp_months=6, cannibalisation=0.2),
            growth_budget=3_000,
            owned_share_of_growth_budget=0.8,
            setup_cost=2_000,
        ),
        plan(
            market(),
            store(),
            store(name="Club", cac=60, repeat_rate=0.6),
            growth_budget=8_000,
            owned_share_of_growth_budget=0.6,
            uncertain={"discount_rate": (0.0, 0.3), "channels.Club.order_value": (20, 60)},
        ),
    ],
    ids=["dearer", "larger", "barely", "events", "two stores"],
)
def test_at_the_multiple_both_are_worth_the_same(its_plan):
    found = break_even_cac(its_plan, draws=DRAWS)
    assert found.verdict == ""
    scale = abs(simulate(its_plan, DRAWS).npv).mean()
    assert gain(its_plan, found.multiple) == pytest.approx(0, abs=1e-5 * scale)
    assert gain(its_plan, 0.99 * found.multiple) * gain(its_plan, 1.01 * found.multiple) < 0


def test_of_several_the_nearest_on_the_side_where_the_sign_changes():
    dear = plan(market(), store(cac=300), growth_budget=3_000, owned_share_of_growth_budget=0.8)
    found = break_even_cac(dear, draws=DRAWS)
    assert gain(dear, 1.0) < 0
    assert 0.01 < found.multiple < 1
    cheap = dear.with_values({"channels.Store.cac": 3.0})
    assert gain(cheap, 1.0) > 0
    assert 1 < break_even_cac(cheap, draws=DRAWS).multiple < 100
    assert found.multiple * 300 == pytest.approx(3 * break_even_cac(cheap, draws=DRAWS).multiple, rel=1e-4)


@pytest.mark.parametrize("name", PRESETS)
def test_todays_own_plan_breaks_even_at_any(name):
    found = break_even_cac(preset(name).today(), draws=20)
    assert (found.multiple, found.verdict) == (None, "any")


def test_a_plan_that_costs_and_brings_nothing_breaks_even_at_none():
    setup_alone = plan(growth_budget=3_000, owned_share_of_growth_budget=1 / 3, setup_cost=100)
    found = break_even_cac(setup_alone, draws=20)
    assert (found.multiple, found.verdict) == (None, "none")


def test_the_marginal_customer_costs_what_one_more_of_them_takes():
    its_plan = plan(
        market(),
        store(spend_elasticity=0.6, reference_spend=1_000, cac=25),
        store(name="Club", spend_elasticity=0.8, reference_spend=3_000, cac=40),
        store(name="Quiet", reference_spend=0, cac=0),
        growth_budget=10_000,
        owned_share_of_growth_budget=0.8,
    )
    found = break_even_cac(its_plan, draws=5).marginal
    assert set(found) == {"Store", "Club"}
    for name, budget, reference, elasticity, cac in (
        ("Store", 2_000, 1_000, 0.6, 25),
        ("Club", 6_000, 3_000, 0.8, 40),
    ):
        more, less = (reference / cac * ((budget + step) / reference) ** elasticity for step in (0.01, -0.01))
        assert found[name] == pytest.approx(0.02 / (more - less), rel=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2])
def test_up_to_todays_spend_the_marginal_customer_costs_as_any_other(share):
    its_plan = plan(
        market(), store(spend_elasticity=0.5), growth_budget=5_000, owned_share_of_growth_budget=share
    )
    assert break_even_cac(its_plan, draws=5).marginal == {"Store": pytest.approx(25)}


def test_an_uncertain_cac_moves_with_its_multiple():
    its_plan = eventful_plan(horizon_months=6)
    found = break_even_cac(its_plan, draws=30)
    assert found.verdict in ("", "none")
    assert set(found.marginal) == {"Store", "Club"}
