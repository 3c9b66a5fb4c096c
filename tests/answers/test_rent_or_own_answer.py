"""What workbook 04 answers of a plan, against the draws, tables and projections that it rests on."""

from dataclasses import replace
from functools import cache
from math import ceil, inf

import numpy as np
import pandas as pd
import pytest

from ownchannel.answers import _rent_or_own as rent_or_own  # inside: each part of an answer by itself
from ownchannel.formats import money, percent
from ownchannel.scenarios import (
    Plan,
    Simulation,
    compare,
    frontier,
    order_breakdown,
    plan_shares,
    preset,
    project,
    simulate,
    tornado,
    turning_points,
)
from tests.scenarios.small_plans import market, plan, store

AS_TODAY, THIS_PLAN, in_months = rent_or_own.AS_TODAY, rent_or_own.THIS_PLAN, rent_or_own.in_months
DRAWS = 200
SHARE = "owned_share_of_growth_budget"
TODAY = preset("Balanced brand").today()
NOTHING_HAPPENS = plan().today()
MOVED = {SHARE: TODAY.owned_share_of_growth_budget + 0.2}
LEVERS = {"channels.Own store.reach": 0.4, "channels.Own store.personalisation_uplift": 0.2}
STORES = plan(market(), store(), store(name="Club")).today()
NO_BUDGET = TODAY.with_values({"growth_budget": 0})
NOTHING_TO_SHARE = {
    "own store alone": plan(store(), growth_budget=1_500, owned_share_of_growth_budget=1, setup_cost=500),
    "marketplace alone": plan(market(suspension_hazard=0.05), growth_budget=2_500),
    "no advertising": plan(store(reference_spend=0)),
    "no budget": NO_BUDGET,
    "nothing happens": NOTHING_HAPPENS,
}


@cache
def simulated(name: str) -> tuple[Simulation, Simulation]:
    return simulate(PLANS[name], DRAWS), simulate(PLANS[name].today(), DRAWS)


@cache
def answer(name: str) -> rent_or_own.PlanAnswer:
    return rent_or_own.RentOrOwn(TODAY, draws=DRAWS).of(PLANS[name])


def answered(its_plan: Plan, compared: dict[str, Plan] | None = None) -> rent_or_own.PlanAnswer:
    answering = rent_or_own.RentOrOwn(TODAY, draws=DRAWS)
    answering.compare(compared or {})
    return answering.of(its_plan)


# ---------------------------------------------------------------- the sentence

#: What is done, what it does in year 1, and to the risk.
SAID = {
    "own store": ("Moving **20 points** of the growth budget to your own store", "costs", "lowers"),
    "marketplace": ("Moving **20 points** of the growth budget to the marketplace", "costs", "raises"),
    "with levers": (
        "Moving **20 points** of the growth budget to your own store, with the rest that you decide,",
        "brings",
        "lowers",
    ),
    "only levers": ("What you decide here", "brings", "leaves"),
    "only a larger budget": ("What you decide here", "costs", "raises"),
    "only a smaller budget": ("What you decide here", "brings", "lowers"),
    "set-up that never comes back": ("What you decide here", "costs", "leaves"),
    "a fifth of a point": ("Moving **0.2 points** of the growth budget to your own store", "costs", "lowers"),
    "one month": ("Moving **20 points** of the growth budget to your own store", "costs", "lowers"),
    "two stores": ("Moving **10 points** of the growth budget to your own stores", "brings", "leaves"),
    "no budget": ("What you decide here", "brings", "lowers"),
}
PLANS = {
    "today": TODAY,
    "own store": TODAY.with_values(MOVED),
    "marketplace": TODAY.with_values({SHARE: TODAY.owned_share_of_growth_budget - 0.2}),
    "with levers": TODAY.with_values(MOVED | LEVERS),
    "only levers": TODAY.with_values(LEVERS),
    "only a larger budget": TODAY.with_values({"growth_budget": 9_000}),
    "only a smaller budget": TODAY.with_values({"growth_budget": 2_000}),
    "set-up that never comes back": TODAY.with_values({"setup_cost": 20_000}),
    "a fifth of a point": TODAY.with_values({SHARE: TODAY.owned_share_of_growth_budget + 0.002}),
    "one month": TODAY.with_values(MOVED | {"horizon_months": 1}),
    "two stores": STORES.with_values({SHARE: STORES.owned_share_of_growth_budget + 0.1}),
    "no budget": NO_BUDGET,
}


def gained(name: str) -> np.ndarray:
    """By draw and month, from the set-up on, cash flow less today's."""
    ours, todays = simulated(name)
    setup = np.full((DRAWS, 1), -PLANS[name].setup_cost)
    return np.hstack([setup, (ours.cash_flow - todays.cash_flow).T])


def paid_back(flow: np.ndarray) -> float:
    total = np.cumsum(flow)
    return next((month for month in range(len(total)) if (total[month:] >= -1e-9).all()), inf)


@pytest.mark.parametrize("name", SAID)
def test_the_sentence_says_the_decision_its_cost_and_what_it_does_to_the_risk(name):
    done, in_year_1, to_the_risk = SAID[name]
    first_year = gained(name)[:, :13].sum(axis=1).mean()
    assert (first_year < 0) == (in_year_1 == "costs")
    sentence = answer(name).sentence()
    assert sentence.startswith(f"{done} {in_year_1} **{money(abs(first_year), 'USD')}** in year 1, ")
    now, then = (
        money(np.sort(its.calm_revenue - its.revenue[:12].sum(axis=0))[-ceil(0.05 * DRAWS) :].mean(), "USD")
        for its in simulated(name)
    )
    risk = {
        "leaves": f"leaves what events can take of a bad year's revenue at **{now}**",
        "lowers": f"lowers what events can take of a bad year's revenue from {then} to **{now}**",
        "raises": f"raises what events can take of a bad year's revenue from {then} to **{now}**",
    }
    assert sentence.endswith(f", and {risk[to_the_risk]}.")


def sentence_with(payback: tuple[float, float, float]) -> str:
    """What is said of a plan that were paid back then."""
    found = replace(answer("own store").found)
    vars(found)["payback"] = payback  # where the cached property keeps it
    return replace(answer("own store"), found=found).sentence()


PAYBACKS = {
    "own store": "pays back in **month {middle}** (80% range {low} to never)",
    "marketplace": "does **not pay back** within 36 months",
    "only levers": "is never behind today",
    "set-up that never comes back": "does **not pay back** within 36 months",
    "one month": "does **not pay back** within 1 month",
}


@pytest.mark.parametrize("name", PAYBACKS)
def test_the_sentence_says_when_the_plan_pays_back_if_it_does(name):
    months = sorted(map(paid_back, gained(name)))
    low, middle, high = (months[round(share * (DRAWS - 1))] for share in (0.1, 0.5, 0.9))
    assert answer(name).found.payback == (middle, low, high)
    assert PAYBACKS[name].format(middle=middle, low=low) in answer(name).sentence()


@pytest.mark.parametrize(
    ("payback", "said"),
    [
        ((17.0, 13.0, 24.0), "pays back in **month 17** (80% range 13 to 24)"),
        ((17.0, 13.0, inf), "pays back in **month 17** (80% range 13 to never)"),
        ((inf, 22.0, inf), "does **not pay back** within 36 months (in 1 of 10 draws by month 22)"),
        ((inf, inf, inf), "does **not pay back** within 36 months"),
        ((0.0, 0.0, 0.0), "is never behind today"),
    ],
)
def test_each_kind_of_payback_has_its_words(payback, said):
    assert f" in year 1, {said}, and " in sentence_with(payback)


@pytest.mark.parametrize("payback", [(0.0, 0.0, inf), (0.0, 0.0, 7.0), (inf, 0.0, inf)])
def test_nothing_is_paid_back_in_a_month_0(payback):
    assert "month 0" not in sentence_with(payback)


def test_a_decision_that_is_only_uncertain_is_called_a_setting():
    ranged = {**TODAY.uncertain, "growth_budget": (3_000, 9_000)}
    found = answered(type(TODAY)(**{**vars(TODAY), "uncertain": ranged}))
    assert found.sentence().startswith("Your setting brings ")


def test_todays_own_plan_says_what_it_is_worth_and_asks_for_a_move():
    _, todays = simulated("today")
    worst = np.sort(todays.npv)[: ceil(0.05 * DRAWS)].mean()
    assert answer("today").sentence() == (
        f"As things are, the next 36 months are worth **{money(todays.npv.mean(), 'USD')}** today, and "
        f"**{money(worst, 'USD')}** in the worst 5% of draws. Move what you decide."
    )


def test_months_of_payback_are_said_as_one_says_them():
    assert [in_months(month) for month in (0.0, 1.0, 17.0, inf)] == [
        "at once",
        "1",
        "17",
        "never",
    ]


# ---------------------------------------------------------------- numbers and warnings


@pytest.mark.parametrize("name", ["own store", "only a larger budget", "two stores"])
def test_the_numbers_are_those_of_the_draws(name):
    ours, todays = simulated(name)
    more = ours.npv.mean() - todays.npv.mean()
    worst = np.sort(ours.npv)[: ceil(0.05 * DRAWS)].mean()
    assert dict(answer(name).numbers()) == {
        "Worth today, expected": money(ours.npv.mean(), "USD"),
        "In the worst 5% of draws": money(worst, "USD"),
        "Against today": ("+" if more > 0 else "") + money(more, "USD"),
        "Rented: marketplaces' revenue": percent(ours.rented_revenue[-12:].sum() / ours.revenue[-12:].sum()),
        "Lowest cash, middle draw": money(np.median(ours.cash_balance.min(axis=0)), "USD"),
        "Without marketplaces, cash lasts": f"over {PLANS[name].horizon_months:.0f} months",
    }


@pytest.mark.parametrize(
    ("cash", "said"),
    [
        (0, "0 months"),
        (1_500, "1 month"),
        (4_500, "4 months"),
        (24_000, "over 24 months"),
        (-1, "is below 0 now"),
    ],
)
def test_cash_lasts_until_the_month_before_it_is_gone(cash, said):
    # Nothing is left of this brand without its marketplace but its costs.
    setup = 100 if cash < 0 else 0
    poor = plan(market(), cash=max(0, cash), setup_cost=setup, fixed_costs=1_000)
    assert dict(answered(poor).numbers())["Without marketplaces, cash lasts"] == said


def test_an_unlikely_setting_is_said_with_its_source():
    odd = PLANS["own store"].with_values({"channels.Own store.checkout_conversion": 1.9})
    first, *_ = answered(odd).answer().notes
    assert first in odd.unlikely("USD")
    assert first.startswith("Own store: Checkout ease: 1.90 times lies outside 0.80 times to 1.35 times (")
    assert not any("lies outside" in note for note in answer("own store").answer().notes)


def test_assumptions_that_alone_turn_the_answer_are_named_below_the_tornado():
    found = turning_points(PLANS["own store"])
    caption = answer("own store").charts()[3].caption
    assert "assumptions turns whether this plan beats today: " in caption
    assert all(f"{its.label} ({its.reading})" in caption for its in found[:3])
    assert caption.endswith(f" and {len(found) - 3} more.")
    assert not turning_points(PLANS["only a larger budget"])
    for name in ("today", "only a larger budget"):
        assert "single assumption" not in answer(name).charts()[3].caption
        assert answer(name).warnings() == ()


def test_a_measured_number_swings_only_as_far_as_it_is_sure():
    path = "channels.Own store.order_value"
    low, high = TODAY.uncertain[path]
    sure = (TODAY.get(path) - 0.1, TODAY.get(path) + 0.1)
    known = PLANS["own store"].model_copy(update={"uncertain": {}})
    chart = rent_or_own.RentOrOwn(TODAY, draws=DRAWS, measured={path: sure}).of(known).charts()[3]
    assert low < sure[0] < sure[1] < high
    expected = tornado(known, measured={path: sure}).head(8)["label"].tolist()
    assert [told[0] for told in chart.figure.data[0].customdata] == expected
    assert "Order value, Own store" not in expected


def test_a_lever_that_nobody_is_paid_for_is_said():
    def unpaid(more: dict[str, float]) -> list[str]:
        notes = answered(TODAY.with_values(LEVERS | more)).warnings()
        return [note for note in notes if "nothing in this plan" in note]

    (note,) = unpaid({})
    assert note.endswith(" in this plan: enter the price as the set-up cost.")
    fee = "channels.Own store.platform_fee"
    assert unpaid({"setup_cost": 1}) == []
    assert len(unpaid({fee: TODAY.get(fee) + 50})) == 1, "a fee that is paid today pays for nothing new"


def test_the_last_note_says_against_what_and_how_often_it_was_drawn():
    *_, last = answer("own store").answer().notes
    assert last.startswith("Every plan is held against today: ")
    assert f" {DRAWS} draws " in last
    assert f" {len(TODAY.uncertain)} uncertain numbers" in last


# ---------------------------------------------------------------- pictures and the table


def traces(name: str, chart: int) -> dict[str, object]:
    return {trace.name: trace for trace in answer(name).charts()[chart].figure.data}


@pytest.mark.parametrize("name", ["own store", "two stores"])
def test_the_frontier_is_drawn_from_its_points_with_you_and_today_on_it(name):
    points, drawn = frontier(PLANS[name], DRAWS, points=11).table, traces(name, 0)
    here, *_ = simulated(name)
    own = {"owned_share": PLANS[name].owned_share_of_growth_budget, "npv": here.npv.mean()}
    own |= {"cvar": here.cvar(), "marketplace_share": here.marketplace_share}
    points = pd.concat([points, pd.DataFrame([own])]).sort_values("owned_share")
    for label, column in (("Expected NPV", "npv"), ("Mean of worst 5%", "cvar")):
        assert list(drawn[label].y)[::-1] == pytest.approx(points[column].tolist(), rel=1e-12)
        assert list(drawn[label].x)[::-1] == points["marketplace_share"].tolist()
    for mark, its_plan in (("You", PLANS[name]), ("Today's split", PLANS[name].today())):
        share = its_plan.owned_share_of_growth_budget
        rented = np.interp(share, points["owned_share"], points["marketplace_share"])
        assert drawn[mark].x[0] == pytest.approx(rented)
    assert drawn["You"].y[1:] == pytest.approx((here.npv.mean(), here.cvar()), rel=1e-12)


def test_the_fan_is_the_quantiles_of_npv_to_date_by_month():
    ours, todays = simulated("own store")
    drawn = traces("own store", 1)

    def by_month(its: Simulation, level: float) -> list[float]:
        factors = 1.1 ** (-np.arange(1, 37) / 12)  # at the plan's 10% a year
        to_date = np.cumsum(its.cash_flow * factors[:, None], axis=0) - its.plan.setup_cost
        place = round(level * (DRAWS - 1))
        return [-its.plan.setup_cost, *np.sort(to_date, axis=1)[:, place]]

    assert TODAY.discount_rate == 0.1
    assert list(drawn["Plan's median"].y) == pytest.approx(by_month(ours, 0.5))
    assert list(drawn["Today's median"].y) == pytest.approx(by_month(todays, 0.5))
    lower, upper = by_month(ours, 0.1), by_month(ours, 0.9)
    assert list(drawn["8 in 10"].y) == pytest.approx(lower + upper[::-1])


def test_the_waterfalls_are_an_order_of_each_channel():
    for name, trace in traces("own store", 2).items():
        parts = order_breakdown(PLANS["own store"], name).set_index("part")["amount"]
        for part, width in zip(trace.y, trace.x, strict=True):
            assert width == pytest.approx(abs(parts.get(part, 0.0)))
        assert trace.x[-1] == pytest.approx(parts.iloc[:-1].sum())


def test_the_tornado_shows_the_eight_widest_swings_about_the_plan_without_events():
    table, base = tornado(PLANS["own store"]).head(8), project(PLANS["own store"]).npv
    drawn = traces("own store", 3)
    for label, column in (("Low end", "npv_low"), ("High end", "npv_high")):
        assert [base + x for x in drawn[label].x] == pytest.approx(table[column].tolist())
        assert [told[0] for told in drawn[label].customdata] == table["label"].tolist()


def test_dependence_is_todays_first_year_and_the_plans_last():
    now = plan_shares(project(TODAY), first_year=True)["marketplace_share"]
    then = plan_shares(project(PLANS["own store"]))["marketplace_share"]
    drawn = traces("own store", 4)
    assert list(drawn["Today"].x) == pytest.approx(now.tolist())
    assert list(drawn["Plan"].x) == pytest.approx(then.tolist())
    left = plan_shares(project(TODAY)).loc["revenue", "marketplace_share"]
    caption = answer("own store").charts()[4].caption
    assert caption.endswith(f"Left as it is, it would be {percent(left)} of revenue by then.")


def test_rows_are_today_the_plan_and_what_is_laid_beside_it():
    others = {"Bolder": TODAY.with_values({SHARE: 0.9}), "Less": PLANS["marketplace"]}
    found = answered(PLANS["own store"], others)
    expected = compare({AS_TODAY: TODAY, THIS_PLAN: PLANS["own store"], **others}, DRAWS)
    assert list(found.side_by_side.index) == [AS_TODAY, THIS_PLAN, "Bolder", "Less"]
    np.testing.assert_allclose(found.side_by_side, expected[found.side_by_side.columns], rtol=1e-12)
    table = found.table()
    assert table.to_dict("list") == {
        "Scenario": list(expected.index),
        "Worth today": [money(value, "USD") for value in expected["npv"]],
        "In the worst 5%": [money(value, "USD") for value in expected["cvar"]],
        "Year 1 against its today": ["–", *(money(value, "USD") for value in expected["first_year"][1:])],
        "Pays back in month": ["–", *map(in_months, expected["payback_month"][1:])],
        "At risk in a bad year": [money(value, "USD") for value in expected["revenue_at_risk"]],
        "Rented": [percent(value) for value in expected["marketplace_share"]],
        "Lowest cash": [money(value, "USD") for value in expected["low_point"]],
    }
    *_, chart = found.charts()
    _, points = chart.figure.data
    assert list(points.x) == [*expected["npv"], *expected["cvar"]]
    assert all(name in chart.caption for name in expected.index)


def test_beside_a_plan_stand_the_scenarios_in_its_own_currency():
    in_euros = PLANS["marketplace"].model_copy(update={"currency": "EUR"})
    answering = rent_or_own.RentOrOwn(TODAY, draws=DRAWS)
    answering.compare({"Europe": in_euros, "States": PLANS["own store"]})
    assert list(answering.of(TODAY).table()["Scenario"]) == [
        AS_TODAY,
        THIS_PLAN,
        "States",
    ]
    table = answering.of(in_euros).table()
    assert list(table["Scenario"]) == [AS_TODAY, THIS_PLAN, "Europe"]
    assert table["Worth today"].str.startswith("€").all()
    answering.compare({})
    assert list(answering.of(in_euros).table()["Scenario"]) == [AS_TODAY, THIS_PLAN]


@pytest.mark.parametrize("name", NOTHING_TO_SHARE)
def test_a_plan_with_nothing_to_share_has_every_chart(name):
    found = answered(NOTHING_TO_SHARE[name]).answer()
    assert len(found.charts) == 6
    assert all(chart.caption for chart in found.charts)
    assert "nan" not in str(found)


def test_todays_draws_are_kept_while_only_decisions_move(monkeypatch):
    drawn: list[Plan] = []

    def noted(its_plan: Plan, draws: int, seed: int) -> Simulation:
        drawn.append(its_plan)
        return simulate(its_plan, draws, seed)

    monkeypatch.setattr(rent_or_own, "simulate", noted)
    answering = rent_or_own.RentOrOwn(TODAY, draws=DRAWS)
    answering.of(PLANS["own store"])
    answering.of(PLANS["marketplace"])
    assert drawn == [TODAY, PLANS["own store"], PLANS["marketplace"]]
    dearer = PLANS["marketplace"].with_values({"fixed_costs": 999})
    answering.of(dearer)
    assert drawn[3:] == [dearer.today(), dearer]
