"""Events: what scripted ones do to months worked out by hand, and how often drawn ones come."""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations, pairwise
from math import exp

import numpy as np
import pytest
from scipy import stats

from ownchannel.scenarios import Event, Plan, project, simulate
from tests.scenarios.small_plans import market, plan, store

#: Ten new customers a month, who order once; advertising wins four more.
PLAIN = {
    "order_value": 100,
    "goods_cost": 0,
    "fee_rate": 0.1,
    "payment_rate": 0,
    "organic_customers": 10,
    "existing_customers": 0,
    "repeat_rate": 0,
    "reference_spend": 40,
    "cac": 10,
}


def plain(*, months: int = 6, **of_market: float) -> Plan:
    return plan(
        market(**{**PLAIN, **of_market}),
        store(**PLAIN, ad_loss_months=2),
        horizon_months=months,
        growth_budget=80,
        owned_share_of_growth_budget=0.5,
    )


def by_month(its_plan: Plan, what: str, events: Sequence[Event], channel: str = "Market") -> list[float]:
    months = project(its_plan, events).months
    return months.loc[months["channel"] == channel, what].tolist()


# ---------------------------------------------------------------- scripted


def test_a_suspension_stops_orders_and_leaves_its_mark_on_new_customers_each_time():
    events = (Event(2, "Market", "suspension"), Event(5, "Market", "suspension"))
    found = by_month(plain(suspension_months=2, suspension_recovery=0.5, months=8), "new_customers", events)
    assert found == pytest.approx([14, 0, 0, 7, 0, 0, 3.5, 3.5])


def test_repeat_orders_are_back_in_full_after_a_suspension():
    its_plan = plan(
        market(organic_customers=0, reference_spend=0, repeat_rate=1, days_between_orders=365.25 / 12),
        horizon_months=4,
    )
    found = by_month(its_plan, "repeat_orders", [Event(2, "Market", "suspension")])
    assert found == pytest.approx([300, 0, 300, 300])


def test_a_suspended_brand_goes_on_paying_for_advertising():
    flow = project(plain(), [Event(1, "Market", "suspension")]).cash_flow
    assert flow[0] == pytest.approx(14 * 90 - 80)
    assert flow[1] == pytest.approx(28 * 90 - 80)


def test_a_private_label_takes_its_share_for_good_of_new_customers_only():
    its_plan = plain(private_label_loss=0.25, existing_customers=8, repeat_rate=1, months=4)
    events = [Event(2, "Market", "private_label")]
    assert by_month(its_plan, "new_customers", events) == pytest.approx([14, 10.5, 10.5, 10.5])
    calm, then = by_month(its_plan, "repeat_orders", ()), by_month(its_plan, "repeat_orders", events)
    assert then[0] == pytest.approx(calm[0])
    assert calm[1] - then[1] == pytest.approx(3.5 * 365.25 / 12 / 90)


def test_fees_rise_from_that_month_each_time_up_to_the_whole_fee_base():
    events = [Event(month, "Market", "fee_rise") for month in (2, 4, 5)]
    found = by_month(plain(fee_rise_points=0.4), "contribution", events)
    assert found == pytest.approx([14 * left for left in (90, 50, 50, 10, 0, 0)])


def test_a_lost_advertising_account_brings_nobody_for_its_months():
    found = by_month(plain(), "new_customers", [Event(2, "Store", "ad_loss")], "Store")
    assert found == pytest.approx([14, 10, 10, 14, 14, 14])


def test_a_lost_account_gives_back_what_its_extra_customers_took_from_a_marketplace():
    its_plan = plain().with_values({"growth_budget": 100, "owned_share_of_growth_budget": 0.6})
    its_plan = its_plan.with_values({"channels.Store.cannibalisation": 0.5})
    found = by_month(its_plan, "new_customers", [Event(2, "Store", "ad_loss")])
    assert found == pytest.approx([14 - 1, 14 + 2, 14 + 2, 14 - 1, 13, 13])


def test_an_event_of_one_channel_leaves_the_others_alone():
    its_plan = plan(market(), market(name="Bazaar"), store())
    events = [Event(3, "Bazaar", kind) for kind in ("suspension", "private_label", "fee_rise")]
    for what in ("orders", "contribution"):
        assert by_month(its_plan, what, events) == by_month(its_plan, what, ())
        assert by_month(its_plan, what, events, "Store") == by_month(its_plan, what, (), "Store")


@pytest.mark.parametrize(
    ("events", "message"),
    [
        ([Event(1, "Nowhere", "suspension")], "Nowhere: the plan's channels are Market, Store"),
        ([Event(1, "Store", "suspension")], "suspension in month 1 of Store: .* may happen ad_loss"),
        ([Event(1, "Market", "ad_loss")], "may happen suspension, private_label, fee_rise"),
        ([Event(0, "Market", "fee_rise")], "months are 1 to 6"),
        ([Event(7, "Market", "fee_rise")], "month 7 of Market: months are 1 to 6"),
        ([Event(2, "Market", "fee_rise")] * 2, "it is there twice"),
        ([Event(2, "Store", "ad_loss"), Event(3, "Store", "ad_loss")], "month 3 of Store: .* lasts still"),
        ([Event(2, "Market", "private_label"), Event(5, "Market", "private_label")], "month 5"),
    ],
)
def test_a_script_that_no_draw_could_hold_is_refused(events, message):
    with pytest.raises(ValueError, match=message):
        project(plain(), events)


def test_an_event_of_no_kind_is_refused():
    with pytest.raises(ValueError, match=r"Event in month 1 of Market: 'earthquake' is no kind of event"):
        Event(1, "Market", "earthquake")


def test_the_next_of_a_kind_may_come_in_the_month_after():
    twice = [Event(2, "Store", "ad_loss"), Event(4, "Store", "ad_loss")]
    assert by_month(plain(), "new_customers", twice, "Store") == pytest.approx([14, 10, 10, 10, 10, 14])
    at_the_end = [Event(6, "Store", "ad_loss")]
    assert by_month(plain(), "new_customers", at_the_end, "Store") == pytest.approx([14] * 5 + [10])


# ---------------------------------------------------------------- drawn

DRAWS, MONTHS = 3_000, 10
LASTS = {"suspension": 3, "ad_loss": 2}
HAZARD = {
    ("Market", "suspension"): 0.15,
    ("Market", "private_label"): 0.08,
    ("Market", "fee_rise"): 0.3,
    ("Bazaar", "suspension"): 0.15,
    ("Bazaar", "private_label"): 0.2,
    ("Bazaar", "fee_rise"): 0.1,
    ("Store", "ad_loss"): 0.12,
    ("Club", "ad_loss"): 0.25,
}


@cache
def drawn() -> dict[tuple[str, str], np.ndarray]:
    """By channel and kind whether it starts: a row a draw, a column a month."""
    hazards = {
        name: {f"{kind}_hazard": hazard for (channel, kind), hazard in HAZARD.items() if channel == name}
        for name in ("Market", "Bazaar", "Store", "Club")
    }
    its_plan = plan(
        market(suspension_months=3, **hazards["Market"]),
        market(name="Bazaar", suspension_months=3, **hazards["Bazaar"]),
        store(ad_loss_months=2, **hazards["Store"]),
        store(name="Club", ad_loss_months=2, **hazards["Club"]),
        horizon_months=MONTHS,
    )
    simulation = simulate(its_plan, DRAWS, seed=11)
    starts = {key: np.zeros((DRAWS, MONTHS), dtype=bool) for key in HAZARD}
    for draw in range(DRAWS):
        for event in simulation.draw(draw)[1]:
            starts[event.channel, event.kind][draw, event.month - 1] = True
    return starts


def expected_by_month(kind: str, hazard: float) -> list[float]:
    """The chance of a start in each month, from the chance that none lasts."""
    if kind == "private_label":
        return [hazard * (1 - hazard) ** month for month in range(MONTHS)]
    chances: list[float] = []
    for month in range(MONTHS):
        chances.append(hazard * (1 - sum(chances[max(0, month - LASTS.get(kind, 1) + 1) : month])))
    return chances


@pytest.mark.parametrize(("channel", "kind"), HAZARD)
def test_events_come_as_often_by_month_as_their_hazard_says(channel, kind):
    found = drawn()[channel, kind].mean(axis=0)
    for month, chance in enumerate(expected_by_month(kind, HAZARD[channel, kind])):
        error = np.sqrt(chance * (1 - chance) / DRAWS)
        assert found[month] == pytest.approx(chance, abs=4 * error), f"month {month + 1}"


@pytest.mark.parametrize(("channel", "kind"), [key for key in HAZARD if key[1] in LASTS])
def test_none_starts_while_one_lasts_and_one_may_in_the_month_after(channel, kind):
    gaps = Counter()
    for row in drawn()[channel, kind]:
        gaps.update(int(gap) for gap in np.diff(np.flatnonzero(row)))
    assert min(gaps) == LASTS[kind]


@pytest.mark.parametrize("channel", ["Market", "Bazaar"])
def test_a_private_label_comes_once(channel):
    assert drawn()[channel, "private_label"].sum(axis=1).max() == 1


def test_fees_may_rise_in_months_that_follow_and_while_suspended():
    rises, suspended = drawn()["Market", "fee_rise"], drawn()["Market", "suspension"]
    assert (rises[:, 1:] & rises[:, :-1]).any()
    while_closed = rises[:, 1:][suspended[:, :-1]]
    error = np.sqrt(0.3 * 0.7 / len(while_closed))
    assert while_closed.mean() == pytest.approx(0.3, abs=4 * error)


@pytest.mark.parametrize(("one", "other"), list(combinations(HAZARD, 2)), ids="-".join)
def test_kinds_and_channels_know_nothing_of_each_other(one, other):
    ours, others = (drawn()[key] for key in (one, other))
    counts = stats.contingency.crosstab(ours.ravel(), others.ravel()).count
    assert stats.chi2_contingency(counts).pvalue > 1e-4
    in_whole = np.corrcoef(ours.sum(axis=1), others.sum(axis=1))[0, 1]
    assert abs(in_whole) < 4.5 / np.sqrt(DRAWS)


@pytest.mark.parametrize(("channel", "kind"), HAZARD)
def test_draws_know_nothing_of_each_other(channel, kind):
    times = drawn()[channel, kind].sum(axis=1)
    assert abs(np.corrcoef(times[1:], times[:-1])[0, 1]) < 4.5 / np.sqrt(DRAWS)


def test_a_draw_tells_its_events_in_order_of_time():
    its_plan = plan(market(suspension_hazard=0.4, fee_rise_hazard=0.5), store(ad_loss_hazard=0.5))
    simulation = simulate(its_plan, 20)
    for draw in range(20):
        months = [event.month for event in simulation.draw(draw)[1]]
        assert all(before <= after for before, after in pairwise(months))


def test_what_is_certain_happens_and_what_cannot_does_not():
    its_plan = plan(
        market(suspension_hazard=1, suspension_months=2, private_label_hazard=1, fee_rise_hazard=1)
    )
    _, events = simulate(its_plan.with_values({"horizon_months": 4}), 3).draw(2)
    assert Counter((event.kind, event.month) for event in events) == Counter(
        [("suspension", 1), ("suspension", 3), ("private_label", 1)]
        + [("fee_rise", month) for month in (1, 2, 3, 4)]
    )
    assert simulate(plan(), 50).draw(7)[1] == ()


def test_friends_come_though_the_account_is_lost():
    """Of 10 customers half order again and each order brings 0.1 friends a month later, account or not."""
    rate = 1 - exp(-0.5)
    its_plan = plan(
        store(
            **{**PLAIN, "repeat_rate": 0.5, "organic_customers": 0, "days_between_orders": 365.25 / 12},
            referrals_per_order=0.1,
        ),
        horizon_months=2,
        growth_budget=40,
        owned_share_of_growth_budget=1,
    )
    found = by_month(its_plan, "new_customers", [Event(2, "Store", "ad_loss")], "Store")
    assert found == pytest.approx([4, 0.1 * 4 * (1 + rate)])
