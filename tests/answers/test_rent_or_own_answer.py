"""What workbook 04 answers of a plan, against the draws, tables and projections that it rests on."""

from dataclasses import replace
from functools import cache
from math import ceil, inf

import numpy as np
import pandas as pd
import pytest

from ownchannel.answers import RentOrOwn

# inside: each part of an answer by itself
from ownchannel.answers import _plan_answer as rent_or_own
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
said = rent_or_own.said
DRAWS = 200
YEARS = {24: "two years", 36: "three years"}
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
    return RentOrOwn(TODAY, draws=DRAWS).of(PLANS[name])


def answered(its_plan: Plan, compared: dict[str, Plan] | None = None) -> rent_or_own.PlanAnswer:
    answering = RentOrOwn(TODAY, draws=DRAWS)
    answering.compare(compared or {})
    return answering.of(its_plan)


# ---------------------------------------------------------------- the sentence

#: What is done, what it does in the first year, and to the risk.
SAID = {
    "own store": ("Shifting your growth budget from 47% to **67%** own store", "costs", "falls"),
    "marketplace": ("Shifting your growth budget from 47% to **27%** own store", "costs", "rises"),
    "with levers": (
        "Shifting your growth budget from 47% to **67%** own store, with your other changes,",
        "brings",
        "falls",
    ),
    "only levers": ("This plan", "brings", "stays"),
    "only a larger budget": ("This plan", "costs", "rises"),
    "only a smaller budget": ("This plan", "brings", "falls"),
    "set-up that never comes back": ("This plan", "costs", "stays"),
    "a fifth of a percent": (
        "Shifting your growth budget from 47.1% to **47.3%** own store",
        "costs",
        "falls",
    ),
    "one month": ("Shifting your growth budget from 47% to **67%** own store", "costs", "falls"),
    "two stores": ("Shifting your growth budget from 50% to **60%** own stores", "brings", "stays"),
    "no budget": ("This plan", "brings", "falls"),
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
    "a fifth of a percent": TODAY.with_values({SHARE: TODAY.owned_share_of_growth_budget + 0.002}),
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
    assert sentence.startswith(
        f"{done} {in_year_1} about **{said(abs(first_year), 'USD')}** in the first year "
    )
    now, then = (
        said(np.sort(its.calm_revenue - its.revenue[:12].sum(axis=0))[-ceil(0.05 * DRAWS) :].mean(), "USD")
        for its in simulated(name)
    )
    risk = {
        "stays": f"A bad year stays as bad: **{now}** of revenue is at risk.",
        "falls": f"It makes a bad year less bad: revenue at risk falls from {then} to **{now}**.",
        "rises": f"It makes a bad year worse: revenue at risk rises from {then} to **{now}**.",
    }
    if now in ("$0", "$0.00"):
        risk["stays"] = "No risk is switched on, so no revenue is at risk."
    assert f". {risk[to_the_risk]} Left as you are, " in sentence


def paid_back_in(payback: tuple[float, float, float]) -> rent_or_own.PlanAnswer:
    """What is answered of a plan that were paid back then."""
    found = replace(answer("own store").found)
    vars(found)["payback"] = payback  # where the cached property keeps it
    return replace(answer("own store"), found=found)


def sentence_with(payback: tuple[float, float, float]) -> str:
    return paid_back_in(payback).sentence()


PAYBACKS = {
    "own store": "pays back in about **month {middle}** (8 chances in 10: month {low} to never)",
    "marketplace": "**does not pay back** within three years",
    "only levers": "is never behind staying as you are",
    "set-up that never comes back": "**does not pay back** within three years",
    "one month": "**does not pay back** within 1 month",
}


@pytest.mark.parametrize("name", PAYBACKS)
def test_the_sentence_says_when_the_plan_pays_back_if_it_does(name):
    months = sorted(map(paid_back, gained(name)))
    low, middle, high = (months[round(share * (DRAWS - 1))] for share in (0.1, 0.5, 0.9))
    assert answer(name).found.payback == (middle, low, high)
    assert PAYBACKS[name].format(middle=middle, low=low) in answer(name).sentence()


@pytest.mark.parametrize(
    ("payback", "words"),
    [
        ((17.0, 13.0, 24.0), "pays back in about **month 17** (8 chances in 10: month 13 to month 24)"),
        ((17.0, 13.0, inf), "pays back in about **month 17** (8 chances in 10: month 13 to never)"),
        ((inf, 22.0, inf), "**probably does not pay back** within three years (1 chance in 10 by month 22)"),
        ((inf, inf, inf), "**does not pay back** within three years"),
        ((0.0, 0.0, 0.0), "is never behind staying as you are"),
    ],
)
def test_each_kind_of_payback_has_its_words(payback, words):
    assert f" in the first year and {words}. " in sentence_with(payback)


@pytest.mark.parametrize("payback", [(0.0, 0.0, inf), (0.0, 0.0, 7.0), (inf, 0.0, inf)])
def test_nothing_is_paid_back_in_a_month_0(payback):
    assert "month 0" not in sentence_with(payback)


def test_a_decision_that_is_only_uncertain_is_called_this_plan():
    ranged = {**TODAY.uncertain, "growth_budget": (3_000, 9_000)}
    found = answered(type(TODAY)(**{**vars(TODAY), "uncertain": ranged}))
    assert found.sentence().startswith("This plan brings ")


def test_todays_own_plan_says_what_it_is_worth_and_what_it_leads_to():
    _, todays = simulated("today")
    worst = np.sort(todays.npv)[: ceil(0.05 * DRAWS)].mean()
    worth = said(todays.npv.mean(), "USD")
    begins = (
        f"As you are, the next three years are worth about **{worth}** in today's money, and "
        f"**{said(worst, 'USD')}** in the worst 5% of simulated futures. Left as you are, "
    )
    assert answer("today").sentence().startswith(begins)


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
    months = PLANS[name].horizon_months
    share, as_today = (its.rented_revenue[-12:].sum() / its.revenue[-12:].sum() for its in (ours, todays))
    year = f"year {months // 12}"
    assert dict(answer(name).numbers()) == {
        f"Expected value ({months} months, today's money)": money(ours.npv.mean(), "USD"),
        "Compared with staying as you are": ("+" if more > 0 else "") + money(more, "USD"),
        "Expected value in the worst 5% of outcomes": money(worst, "USD"),
        f"Through marketplaces in {year} (as you are: {percent(as_today)})": percent(share),
        "Cash runs out without marketplaces, on this plan": f"not in {YEARS[months]}",
    }


def test_the_marketplaces_share_is_one_number_on_the_screen():
    found = answer("own store")
    tile = next(value for label, value in found.numbers() if label.startswith("Through marketplaces"))
    captions = [chart.caption for chart in found.charts()]
    assert f"This plan: {tile} of revenue through marketplaces in year 3" in captions[0]
    assert f"This plan, year 3: {tile} of revenue" in captions[4]
    as_today = percent(simulated("own store")[1].marketplace_share)
    assert f"Today's split: {as_today}, " in captions[0]
    table = found.table().set_index("")
    assert table.loc["Through marketplaces in year 3"].tolist() == [as_today, tile]


@pytest.mark.parametrize(
    ("cash", "words"),
    [
        (0, "month 1"),
        (1_500, "month 2"),
        (4_500, "month 5"),
        (24_000, "not in two years"),
        (-1, "below 0 now"),
    ],
)
def test_cash_runs_out_in_the_first_month_that_ends_below_zero(cash, words):
    # Nothing is left of this brand without its marketplace but its costs.
    setup = 100 if cash < 0 else 0
    poor = plan(market(), cash=max(0, cash), setup_cost=setup, fixed_costs=1_000)
    assert dict(answered(poor).numbers())["Cash runs out without marketplaces, on this plan"] == words


def test_an_unlikely_setting_is_said_with_its_source():
    odd = PLANS["own store"].with_values({"channels.Own store.checkout_conversion": 1.9})
    first, *_ = answered(odd).answer().notes
    assert first in odd.unlikely("USD")
    assert first.startswith("Own store: Checkout ease: 1.90 times lies outside 0.80 to 1.35 times (")
    assert not any("lies outside" in note for note in answer("own store").answer().notes)


def test_assumptions_that_alone_turn_the_answer_are_named_below_the_tornado():
    found = turning_points(PLANS["own store"])
    caption = answer("own store").charts()[3].caption
    assert "assumptions turns whether this plan beats staying as you are: " in caption
    assert all(f"{its.label} ({its.reading})" in caption for its in found[:3])
    assert caption.endswith(f" and {len(found) - 3} more.")
    assert not turning_points(PLANS["only a larger budget"])
    for name in ("today", "only a larger budget"):
        assert "Careful" not in answer(name).charts()[3].caption
        assert answer(name).warnings() == ()


def test_a_measured_number_swings_only_as_far_as_it_is_sure():
    path = "channels.Own store.order_value"
    low, high = TODAY.uncertain[path]
    sure = (TODAY.get(path) - 0.1, TODAY.get(path) + 0.1)
    known = PLANS["own store"].model_copy(update={"uncertain": {}})
    chart = (
        RentOrOwn(TODAY, draws=DRAWS, baseline=rent_or_own.Baseline(measured={path: sure}))
        .of(known)
        .charts()[3]
    )
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


def test_how_we_know_says_against_what_and_of_how_many_futures():
    grounds = answer("own store").answer().how_we_know
    assert grounds[0].startswith("Every plan is compared with staying as you are: ")
    assert grounds[1].startswith(f"{DRAWS} simulated futures: ")
    assert f" {len(TODAY.uncertain)} uncertain numbers, " in grounds[1]
    known = rent_or_own.Baseline(remarks=("Sales in EUR are left out.",))
    assert replace(answer("own store"), baseline=known).how_we_know()[-1] == "Sales in EUR are left out."


# ---------------------------------------------------------------- pictures and the table


def traces(name: str, chart: int) -> dict[str, object]:
    return {trace.name: trace for trace in answer(name).charts()[chart].figure.data}


@pytest.mark.parametrize("name", ["own store", "two stores"])
def test_the_frontier_is_drawn_from_its_points_with_you_and_today_on_it(name):
    points, drawn = frontier(PLANS[name], DRAWS, points=11).table, traces(name, 0)
    here, todays = simulated(name)
    own = {"owned_share": PLANS[name].owned_share_of_growth_budget, "npv": here.npv.mean()}
    own |= {"cvar": here.cvar(), "marketplace_share": here.marketplace_share}
    today = PLANS[name].today()
    then = {"owned_share": today.owned_share_of_growth_budget, "npv": todays.npv.mean()}
    then |= {"cvar": todays.cvar(), "marketplace_share": todays.marketplace_share}
    marked = pd.DataFrame([own, then])
    points = points[~points["owned_share"].isin(marked["owned_share"])]
    points = pd.concat([points, marked]).sort_values("owned_share")
    for label, column in (("Expected value", "npv"), ("Worst 5% of outcomes", "cvar")):
        assert list(drawn[label].y)[::-1] == pytest.approx(points[column].tolist(), rel=1e-12)
        assert list(drawn[label].x)[::-1] == points["marketplace_share"].tolist()
    for mark, its_plan in (("This plan", PLANS[name]), ("Today's split", PLANS[name].today())):
        share = its_plan.owned_share_of_growth_budget
        rented = np.interp(share, points["owned_share"], points["marketplace_share"])
        assert drawn[mark].x[0] == pytest.approx(rented)
    assert drawn["This plan"].y[1:] == pytest.approx((here.npv.mean(), here.cvar()), rel=1e-12)


def test_the_fan_is_the_quantiles_of_npv_to_date_by_month():
    ours, todays = simulated("own store")
    drawn = traces("own store", 1)

    def by_month(its: Simulation, level: float) -> list[float]:
        factors = 1.1 ** (-np.arange(1, 37) / 12)  # at the plan's 10% a year
        to_date = np.cumsum(its.cash_flow * factors[:, None], axis=0) - its.plan.setup_cost
        place = round(level * (DRAWS - 1))
        return [-its.plan.setup_cost, *np.sort(to_date, axis=1)[:, place]]

    assert TODAY.discount_rate == 0.1
    assert list(drawn["This plan"].y) == pytest.approx(by_month(ours, 0.5))
    assert list(drawn["As you are"].y) == pytest.approx(by_month(todays, 0.5))
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
    then["revenue"] = simulated("own store")[0].marketplace_share  # the number on the tile
    drawn = traces("own store", 4)
    assert list(drawn["As you are, year 1"].x) == pytest.approx(now.tolist())
    assert list(drawn["This plan, year 3"].x) == pytest.approx(then.tolist())


def test_columns_are_today_the_plan_and_what_is_laid_beside_it():
    others = {"Bolder": TODAY.with_values({SHARE: 0.9}), "Less": PLANS["marketplace"]}
    found = answered(PLANS["own store"], others)
    expected = compare({AS_TODAY: TODAY, THIS_PLAN: PLANS["own store"], **others}, DRAWS)
    assert list(found.side_by_side.index) == [AS_TODAY, THIS_PLAN, "Bolder", "Less"]
    np.testing.assert_allclose(found.side_by_side, expected[found.side_by_side.columns], rtol=1e-12)
    table = found.table()
    assert list(table.columns) == ["", *expected.index]
    assert table.to_numpy().tolist() == [
        ["Expected value", *(money(value, "USD") for value in expected["npv"])],
        ["In the worst 5%", *(money(value, "USD") for value in expected["cvar"])],
        [
            "First year, compared with its today",
            "–",
            *(money(value, "USD") for value in expected["first_year"][1:]),
        ],
        ["Pays back in month", "–", *map(in_months, expected["payback_month"][1:])],
        ["Revenue at risk in a bad year", *(money(value, "USD") for value in expected["revenue_at_risk"])],
        ["Through marketplaces in year 3", *(percent(value) for value in expected["marketplace_share"])],
        ["Lowest cash (median outcome)", *(money(value, "USD") for value in expected["low_point"])],
        ["Budget to your own store", "47.06%", "67.06%", "90%", "27.06%"],
    ]
    *_, chart = found.charts()
    _, points = chart.figure.data
    assert list(points.x) == [*expected["npv"], *expected["cvar"]]
    assert all(name in chart.caption for name in expected.index)


def test_beside_a_plan_stand_the_scenarios_in_its_own_currency():
    in_euros = PLANS["marketplace"].model_copy(update={"currency": "EUR"})
    answering = RentOrOwn(TODAY, draws=DRAWS)
    answering.compare({"Europe": in_euros, "States": PLANS["own store"]})
    assert list(answering.of(TODAY).table())[1:] == [AS_TODAY, THIS_PLAN, "States"]
    table = answering.of(in_euros).table()
    assert list(table)[1:] == [AS_TODAY, THIS_PLAN, "Europe"]
    assert all(value.startswith("€") for value in table.iloc[0, 1:])
    answering.compare({})
    assert list(answering.of(in_euros).table())[1:] == [AS_TODAY, THIS_PLAN]


def test_many_settings_that_differ_are_cut_and_counted():
    table = answered(TODAY, {"Wardrobes": preset("One-off durable")}).table()
    assert len(table) == 7 + 12 + 1
    assert table.iloc[-1, 0].startswith("and ") and table.iloc[-1, 0].endswith(" more settings")


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

    monkeypatch.setattr("ownchannel.answers._rent_or_own.simulate", noted)
    answering = RentOrOwn(TODAY, draws=DRAWS)
    answering.of(PLANS["own store"])
    answering.of(PLANS["marketplace"])
    assert drawn == [TODAY, PLANS["own store"], PLANS["marketplace"]]
    dearer = PLANS["marketplace"].with_values({"fixed_costs": 999})
    answering.of(dearer)
    assert drawn[3:] == [dearer.today(), dearer]
