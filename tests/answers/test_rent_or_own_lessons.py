"""The further answers of workbook 04, against the draws, break-evens and measurements that they tell of."""

import re
from functools import cache

import numpy as np
import pytest

from ownchannel.answers import (
    LIVE_DRAWS,
    Answer,
    calibrated,
    presets_compared,
    todays_plan,
    what_a_customer_may_cost,
    worst_stories,
)
from ownchannel.formats import money, percent, round_money
from ownchannel.orders import sample_orders
from ownchannel.scenarios import PRESETS, Event, Plan, break_even_cac, compare, preset, project, simulate
from ownchannel.workspace import Workspace
from tests.scenarios.small_plans import eventful_plan, market, plan, store

DRAWS = 300
SHARE = "owned_share_of_growth_budget"
EVENTFUL = eventful_plan()


@cache
def stories() -> Answer:
    return worst_stories(EVENTFUL, DRAWS)


# ---------------------------------------------------------------- the worst draws


def test_stories_are_the_worst_draws_opened_and_projected():
    found = simulate(EVENTFUL, DRAWS)
    worst = np.argsort(found.npv)[:5]
    shown = [money(project(*found.draw(int(draw))).npv, "USD") for draw in worst]
    assert stories().table["Value"].tolist() == shown
    assert shown == [money(npv, "USD") for npv in np.sort(found.npv)[:5]]
    lowest, expected = (
        round_money(value, "USD", digits=2 if abs(value) < 100_000 else 3)
        for value in (found.npv.min(), found.npv.mean())
    )
    assert f"is worth about **{lowest}** where about {expected} is expected" in stories().sentence


SAYINGS = {
    "suspension": r"month {}: {} suspends you",
    "private_label": r"month {}: {} sells a product of its own",
    "fee_rise": r"month {}: {} raises its fee",
    "ad_loss": r"month {}: {} loses its advertising account",
}


def said(event: Event) -> str:
    return SAYINGS[event.kind].format(event.month, event.channel)


def test_a_story_tells_its_events_in_their_order_the_first_five_and_how_many_more():
    found = simulate(EVENTFUL, DRAWS)
    kinds = set()
    for draw, story in zip(found.worst()[:5], stories().table["What happens"], strict=True):
        _, events = found.draw(int(draw))
        kinds |= {event.kind for event in events}
        more = f"; and {len(events) - 5} more." if len(events) > 5 else "."
        assert story.lower() == ("; ".join(map(said, events[:5])) + more).lower()
        assert story.startswith("Month ")
    assert kinds == SAYINGS.keys()


def test_a_story_names_the_two_numbers_farthest_from_the_plans():
    found = simulate(EVENTFUL, DRAWS)
    numbers = EVENTFUL.numbers()
    for draw, told in zip(found.worst()[:5], stories().table["What turns out otherwise"], strict=True):
        drawn, _ = found.draw(int(draw))
        away = {
            path: abs(drawn.get(path) - EVENTFUL.get(path)) / (high - low)
            for path, (low, high) in EVENTFUL.uncertain.items()
        }
        one, other = sorted(away, key=away.get, reverse=True)[:2]
        for path, words in zip((one, other), told.split("; "), strict=True):
            channel = path.split(".")[1] if path.startswith("channels.") else ""
            label = numbers[path][1].label + (f", {channel}" if channel else "")
            assert words.startswith(f"{label}: ")


def test_without_events_or_ranges_a_story_says_so():
    table = worst_stories(plan(), 60).table
    assert set(table["What happens"]) == {"Nothing: its numbers alone make it one of the worst."}
    assert set(table["What turns out otherwise"]) == {"Nothing is uncertain."}


def test_with_fewer_bad_draws_than_stories_it_does_not_promise_five():
    answer = worst_stories(EVENTFUL, 40)  # a twentieth of them is two
    assert len(answer.table) == 2
    assert answer.sentence.endswith("These are the 2 worst, as stories.")


# ---------------------------------------------------------------- what a customer may cost

MOVED = plan(owned_share_of_growth_budget=0.8)


def at_multiple(its_plan: Plan, multiple: float) -> float:
    """What the plan is worth beyond today if customers of own stores cost so many times as much."""
    owned = [channel for channel in its_plan.channels if channel.kind == "owned"]
    dearer = {f"channels.{channel.name}.cac": multiple * channel.cac for channel in owned}
    return sum(
        sign * simulate(its.with_values(dearer), 2_000).npv.mean()
        for sign, its in ((1, its_plan), (-1, its_plan.today()))
    )


def test_at_the_stated_price_of_a_customer_the_plan_is_worth_what_today_is():
    answer = what_a_customer_may_cost(MOVED)
    found = re.search(r"store costs \*\*(\d+)% (more|less)\*\* than you entered", answer.sentence)
    multiple = 1 + float(found[1]) / 100 * (1 if found[2] == "more" else -1)
    assert multiple == pytest.approx(break_even_cac(MOVED).multiple, abs=0.005)
    assert at_multiple(MOVED, multiple - 0.01) > 0 > at_multiple(MOVED, multiple + 0.01)
    (row,) = answer.table.to_dict("records")
    assert row["Channel"] == "Store"
    assert row["A new customer costs, as entered"] == money(25, "USD", 2)
    assert float(row["Most you can pay"].removeprefix("$")) == pytest.approx(25 * multiple, abs=0.13)


def test_the_last_customer_is_told_beside_the_mean_one():
    # 4 times today's spend at a square root: the last costs 25 / 0.5 * sqrt(4).
    its_plan = plan(
        market(), store(spend_elasticity=0.5), growth_budget=4_000, owned_share_of_growth_budget=1
    )
    (row,) = what_a_customer_may_cost(its_plan).table.to_dict("records")
    assert row["The last one at this budget costs"] == "$100.00"


@pytest.mark.parametrize(
    ("changed", "side"), [({"member_share": 0.9}, "better"), ({"setup_cost": 9e5}, "worse")]
)
def test_where_no_price_evens_it_out_the_better_side_is_told(changed, side):
    values = {"channels.Store.member_annual_fee": 50.0, "channels.Store.member_share": 0.0}
    values |= {name.replace("member_share", "channels.Store.member_share"): v for name, v in changed.items()}
    its_plan = plan().today().with_values(values)
    answer = what_a_customer_may_cost(its_plan)
    assert answer.sentence == (
        f"This plan is **{side}** than staying as you are whatever a customer of your own store costs."
    )
    assert answer.table["Most you can pay"].tolist() == [""]


@pytest.mark.parametrize(
    "its_plan", [plan().today(), plan(market(), growth_budget=2_500)], ids=["today", "rented"]
)
def test_what_no_price_of_a_customer_changes_is_said(its_plan):
    answer = what_a_customer_may_cost(its_plan)
    assert "whatever" in answer.sentence
    assert answer.table is None or answer.table["Channel"].tolist() == ["Store"]


# ---------------------------------------------------------------- the presets


def test_the_five_brands_make_the_same_move():
    answer = presets_compared()
    moved = {}
    for name in PRESETS:
        today = preset(name).today()
        share = min(1.0, today.owned_share_of_growth_budget + 0.2)
        moved[name] = today.with_values({SHARE: share})
    expected = compare(moved, LIVE_DRAWS)
    paid = [name for name, month in expected["payback_month"].items() if month < np.inf]
    assert f"pays back for **{len(paid)} of 5**: " in answer.sentence
    assert all((name in answer.sentence) == (name in paid) for name in PRESETS)
    assert answer.table["Brand"].tolist() == list(PRESETS)
    assert answer.table["Through marketplaces in year 3"].tolist() == [
        percent(share) for share in expected["marketplace_share"]
    ]
    assert answer.table["First year, compared with its today"].tolist() == [
        money(gained, "USD") for gained in expected["first_year"]
    ]
    ((down, _),) = [chart.figure.data for chart in answer.charts]
    assert list(down.base) == expected["cvar"].tolist()


def test_a_move_that_pays_back_for_nobody_is_said_so():
    assert "pays back for **0 of 5**: none of them." in presets_compared(moved=-0.05).sentence


# ---------------------------------------------------------------- where the numbers come from


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory):
    return todays_plan(sample_orders(Workspace(tmp_path_factory.mktemp("workspace"))))


def test_each_measured_number_is_read_with_its_range_and_its_source(measured):
    answer = calibrated(measured)
    fields = measured.fields[measured.fields["confidence"] == "measured"]
    assert len(answer.table) == len(fields)
    assert f"**{len(fields)} numbers** of the plan were measured" in answer.sentence
    assert f"the other {len(measured.fields) - len(fields)} are" in answer.sentence
    assert answer.table["Where it comes from"].tolist() == fields["source"].tolist()
    assert answer.notes == measured.notes
    row = answer.table.set_index("Number").loc["Order value, Shopify"]
    told = fields.set_index("path").loc["channels.Shopify.order_value"]
    assert row["Value"] == f"{money(told['value'], 'USD', 2)} per order"
    low, high = (money(told[end], "USD", 2) for end in ("low", "high"))
    assert row["95% range"] == f"{low} to {high} per order"


def test_no_number_is_named_by_its_path_or_left_blank(measured):
    table = calibrated(measured).table
    assert (table["Number"].str.len() > 0).all()
    assert (table["Value"].str.len() > 0).all()
    assert not table["Number"].str.contains("_").any()
    assert {"Season, January", "Repeat orders in 12 months, Shopify"} <= set(table["Number"])
    assert not table["95% range"].str.contains("nan|inf").any()
