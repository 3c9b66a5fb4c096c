"""A simulation against projections of its own draws, one by one, and what its draws hold."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ownchannel.scenarios import Event, Plan, Projection, Simulation, project, simulate
from tests.scenarios.random_plans import random_plan
from tests.scenarios.small_plans import (
    FITTED,
    eventful_plan,
    market,
    plan,
    store,
    without_events,
    without_uncertainty,
)

DRAWS = 8_000
OPENED = np.random.default_rng(1).choice(DRAWS, 400, replace=False).tolist()


@cache
def eventful() -> Simulation:
    return simulate(eventful_plan(), DRAWS, seed=5)


@cache
def opened() -> list[tuple[Plan, tuple[Event, ...]]]:
    return [eventful().draw(draw) for draw in OPENED]


# ---------------------------------------------------------------- simulate is project, draw by draw


@pytest.mark.parametrize("seed", range(40))
def test_without_hazards_every_draw_is_the_projection(seed):
    its_plan = without_events(random_plan(np.random.default_rng(seed)))
    found, expected = simulate(its_plan, 3, seed), project(its_plan)
    for draw in range(3):
        assert found.npv[draw] == pytest.approx(expected.npv, rel=1e-9)
        assert found.cash_flow[:, draw] == pytest.approx(expected.cash_flow, rel=1e-9)
        assert found.cash_balance[:, draw] == pytest.approx(expected.cash_balance, rel=1e-9)
    revenue = expected.months.groupby("month")["revenue"].sum()
    assert found.bands("revenue")[0.5].to_numpy() == pytest.approx(revenue.to_numpy(), rel=1e-9)
    assert found.low_point == pytest.approx(np.full(3, expected.cash_balance.min()), rel=1e-9)
    assert found.revenue_at_risk.cvar == pytest.approx(0, abs=1e-9 * (1 + revenue.sum()))


def test_draws_that_are_opened_are_the_draws():
    found = eventful()
    for draw, story_told in zip(OPENED, opened(), strict=True):
        alone = project(*story_told)
        assert found.npv[draw] == pytest.approx(alone.npv, rel=1e-9)
        assert found.cash_flow[:, draw] == pytest.approx(alone.cash_flow, rel=1e-9)
        assert found.cash_balance[:, draw] == pytest.approx(alone.cash_balance, rel=1e-9)
        assert found.low_point[draw] == pytest.approx(alone.cash_balance.min(), rel=1e-9)


def test_draws_that_are_opened_hold_all_that_may_happen():
    """So that the test above sees it all."""
    kinds = {(event.channel, event.kind) for _, events in opened() for event in events}
    assert len(kinds) == 7
    assert len({its.channel("Club").purchase_model for its, _ in opened()}) > 100


@pytest.mark.parametrize("seed", range(25))
def test_draws_of_random_plans_are_the_draws(seed):
    its_plan = random_plan(np.random.default_rng(seed))
    found = simulate(its_plan, 12, seed)
    for draw in range(0, 12, 4):
        alone = project(*found.draw(draw))
        assert found.npv[draw] == pytest.approx(alone.npv, rel=1e-9)
        assert found.cash_balance[:, draw] == pytest.approx(alone.cash_balance, rel=1e-9)


def test_bands_are_quantiles_of_the_draws():
    its_plan = eventful_plan(horizon_months=8)
    found = simulate(its_plan, 101)
    alone = [project(*found.draw(draw)) for draw in range(101)]
    drawn = [found.draw(draw)[0] for draw in range(101)]
    rates, setups = (
        np.array([getattr(one, name) for one in drawn]) for name in ("discount_rate", "setup_cost")
    )
    flow = np.array([its.cash_flow for its in alone])
    worth = flow * (1 + rates[:, None]) ** (-np.arange(1, 9) / 12)
    expected = {
        "cash flow": flow,
        "cash balance": np.array([its.cash_balance for its in alone]),
        "revenue": np.array([its.months.groupby("month")["revenue"].sum() for its in alone]),
        "npv to date": np.cumsum(np.column_stack([-setups, worth]), axis=1),
    }
    for what, rows in expected.items():
        bands = found.bands(what, levels=(0.0, 0.1, 0.5, 0.9, 1.0))
        assert bands.columns.tolist() == [0.0, 0.1, 0.5, 0.9, 1.0]
        assert bands.index.tolist() == list(range(9 - rows.shape[1], 9))
        for level in bands:
            assert bands[level].to_numpy() == pytest.approx(np.quantile(rows, level, axis=0), rel=1e-9)
    assert found.bands("npv to date", (0.0,)).iloc[-1, 0] == pytest.approx(found.npv.min())


def test_revenue_at_risk_is_against_the_same_draw_without_events():
    found = simulate(eventful_plan(), 60, seed=2)
    lost = []
    for draw in range(60):
        its, events = found.draw(draw)
        calm, then = (first_year(project(its, script)) for script in ((), events))
        lost.append(calm - then)
    worst = sorted(lost)[-3:]
    assert found.revenue_at_risk.mean == pytest.approx(np.mean(lost), rel=1e-9)
    assert found.revenue_at_risk.var == pytest.approx(worst[0], rel=1e-9)
    assert found.revenue_at_risk.cvar == pytest.approx(np.mean(worst), rel=1e-9)


def first_year(projection: Projection) -> float:
    months = projection.months
    return float(months.loc[months["month"] <= 12, "revenue"].sum())


def test_marketplace_share_cvar_and_worst_draws():
    found = simulate(eventful_plan(), 60, seed=2)
    alone = [project(*found.draw(draw)) for draw in range(60)]
    months = pd.concat([its.months for its in alone])
    last = months[months["month"] > 12]
    rented = last.loc[last["kind"] == "marketplace", "revenue"].sum()
    assert found.marketplace_share == pytest.approx(rented / last["revenue"].sum(), rel=1e-9)
    npvs = [its.npv for its in alone]
    assert found.cvar() == pytest.approx(np.mean(sorted(npvs)[:3]), rel=1e-9)
    assert found.cvar(0.5) == pytest.approx(np.mean(sorted(npvs)[:30]), rel=1e-9)
    assert found.worst().tolist() == np.argsort(npvs)[:3].tolist()


@pytest.mark.parametrize(("draws", "share", "number"), [(100, 0.07, 7), (100, 0.29, 29), (10, 0.01, 1)])
def test_worst_draws_are_those_of_the_cvar(draws, share, number):
    found = simulate(plan(market(suspension_hazard=0.1, suspension_recovery=0.9)), draws)
    assert len(found.worst(share)) == number
    assert found.npv[found.worst(share)].mean() == pytest.approx(found.cvar(share), rel=1e-12)


def test_what_cannot_be_asked_is_told():
    found = simulate(plan(), 3)
    with pytest.raises(ValueError, match="Draw 3 was asked for: there are 0 to 2"):
        found.draw(3)
    with pytest.raises(ValueError, match="Draw -1 was asked for"):
        found.draw(-1)
    with pytest.raises(ValueError, match="no bands of 'profit': expected one of npv to date"):
        found.bands("profit")
    with pytest.raises(ValueError, match="0 draws were asked for"):
        simulate(plan(), 0)


# ---------------------------------------------------------------- what draws hold


def story(found: Simulation, draw: int) -> tuple[dict[str, float], tuple, dict[str, float]]:
    """The uncertain values of a draw, its events, and the parameters of its fitted model."""
    its, events = found.draw(draw)
    fitted = its.channel("Club").purchase_model
    values = {path: its.get(path) for path in found.plan.uncertain}
    return values, events, fitted.parameters if fitted else {}


MOVED = {
    "channels.Market.order_value": 55.0,
    "channels.Store.organic_customers": 10.0,
    "channels.Market.visibility": 0.5,
    "owned_share_of_growth_budget": 0.1,
    "cash": 0.0,
    "channels.Store.member_share": 0.0,
}


def test_the_same_seed_gives_the_same_draws_whatever_else_the_plan_says():
    base = simulate(eventful_plan(), 40, seed=9)
    others = {
        "sliders": eventful_plan().with_values(MOVED),
        "a channel more": with_channel(eventful_plan(), store(name="Second store", ad_loss_hazard=0.5)),
        "channels in another order": reordered(eventful_plan()),
        "longer": eventful_plan(horizon_months=37),
    }
    for name, other in others.items():
        found = simulate(other, 90, seed=9)
        for draw in range(0, 40, 5):
            values, events, parameters = story(base, draw)
            its_values, its_events, its_parameters = story(found, draw)
            before = {e for e in its_events if e.month <= 24 and e.channel != "Second store"}
            assert (its_values, before, its_parameters) == (values, set(events), parameters), name


def with_channel(its_plan: Plan, channel: dict) -> Plan:
    return Plan.model_validate(
        {**its_plan.model_dump(), "channels": [channel, *its_plan.model_dump()["channels"]]}
    )


def reordered(its_plan: Plan) -> Plan:
    return its_plan.model_copy(update={"channels": its_plan.channels[::-1]})


def test_more_draws_begin_with_the_same_ones():
    few, many = simulate(eventful_plan(), 70, seed=9), simulate(eventful_plan(), 3_000, seed=9)
    assert many.npv[:70] == pytest.approx(few.npv, rel=1e-9)


def test_a_hazard_that_grows_keeps_the_events_that_were():
    def events(hazard: float) -> list[set]:
        found = simulate(plan(market(fee_rise_hazard=hazard)), 50)
        return [set(found.draw(draw)[1]) for draw in range(50)]

    rare, often = events(0.05), events(0.2)
    assert all(few <= many for few, many in zip(rare, often, strict=True))
    assert sum(map(len, often)) > 2 * sum(map(len, rare)) > 0


def test_seeds_differ():
    one, other = (simulate(eventful_plan(), 2_000, seed=seed).npv for seed in (1, 2))
    assert abs(np.corrcoef(one, other)[0, 1]) < 4.5 / np.sqrt(2_000)
    assert (simulate(eventful_plan(), 30, seed=1).npv == simulate(eventful_plan(), 30, seed=1).npv).all()


@cache
def values_drawn() -> pd.DataFrame:
    return pd.DataFrame([{path: its.get(path) for path in eventful().plan.uncertain} for its, _ in opened()])


@pytest.mark.parametrize("path", eventful_plan().uncertain)
def test_uncertain_fields_are_drawn_from_a_pert_between_their_ends(path):
    low, high = eventful().plan.uncertain[path]
    shape = 4 * (eventful().plan.get(path) - low) / (high - low)
    beta = stats.beta(1 + shape, 5 - shape, loc=low, scale=high - low)
    assert stats.kstest(values_drawn()[path], beta.cdf).pvalue > 1e-4


def test_uncertain_fields_know_nothing_of_each_other():
    between = values_drawn().rank().corr().to_numpy() - np.eye(values_drawn().shape[1])
    assert np.abs(between).max() < 4.5 / np.sqrt(len(values_drawn()))


def test_a_draw_is_a_plan_without_uncertainty_and_the_rest_as_it_was():
    before, (its, _) = eventful().plan, opened()[17]
    assert its.uncertain == {}
    assert its.channel("Club").purchase_model.log_covariance == ()
    still = [path for path in before.numbers() if path not in before.uncertain]
    assert [its.get(path) for path in still] == [before.get(path) for path in still]


def test_parameters_of_a_fitted_model_move_the_answer_alone():
    """All else known and calm, draws differ by the model's parameters and by nothing else."""
    its_plan = without_uncertainty(without_events(eventful_plan()))
    found = simulate(its_plan, 200, seed=3)
    parameters = [tuple(story(found, draw)[2].values()) for draw in range(200)]
    assert 80 < len(set(parameters)) == len(np.unique(found.npv.round(4)))


def test_a_fitted_model_without_covariance_is_known():
    its_plan = plan(store(purchase_model={**FITTED, "log_covariance": []}))
    assert simulate(its_plan, 50).npv == pytest.approx(np.full(50, project(its_plan).npv), rel=1e-12)
