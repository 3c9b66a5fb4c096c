"""The plan: what it declares, what it refuses, what it was before any lever moved."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ownchannel.answers import RentOrOwn
from ownchannel.assumptions import Quantity, assumption
from ownchannel.scenarios import FittedPurchases, MarketplaceChannel, OwnedChannel, Plan, simulate

# inside: `tornado` leaves out bars of no width, and numbers that no engine knows move nothing
from ownchannel.scenarios._tornado import swings

AMAZON = MarketplaceChannel(
    name="Amazon.com",
    order_value=32,
    reference_spend=3_000,
    cac=15,
    repeat_rate=0.2,
    suspension_hazard=0.01,
    discount=0.1,
)
STORE = OwnedChannel(
    name="Own store",
    order_value=45,
    reference_spend=1_000,
    cac=50,
    repeat_rate=0.3,
    cannibalisation=0.2,
    member_share=0.4,
    member_annual_fee=20,
    checkout_conversion=1.1,
    referrals_per_order=0.05,
)
UNCERTAIN = {"channels.Own store.repeat_rate": (0.2, 0.4), "channels.Own store.reach": (0.0, 0.5)}


def plan(**fields: Any) -> Plan:
    return Plan(**{"channels": (AMAZON, STORE), **fields})


def refusal(**fields: Any) -> str:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        plan(**fields)
    assert not isinstance(refused.value, ValidationError)
    return str(refused.value)


def test_a_plan_declares_what_the_model_names_and_is_neutral() -> None:
    neutral = plan()
    assert {name: getattr(neutral, name) for name in Plan.declared()} == {
        "owned_share_of_growth_budget": 0,
        "growth_budget": 0,
        "setup_cost": 0,
        "horizon_months": 36,
        "discount_rate": 0.10,
        "cash": 0,
        "fixed_costs": 0,
    }
    decisions = {name for name, mark in Plan.declared().items() if mark.role == "decision"}
    assert decisions == {"owned_share_of_growth_budget", "growth_budget", "setup_cost"}
    assert neutral.seasonality == (1,) * 12 and neutral.uncertain == {}


FACTORS = [1.0] * 11


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"channels": ()}, "channels is empty: a plan needs one channel at least."),
        ({"channels": (STORE, STORE)}, "Two channels are called Own store: give each a name of its own."),
        ({"channels": (5,)}, "channels must hold tables of names and values: you gave 5."),
        (
            {"channels": ({"name": "Own store", "kind": "shop"},)},
            "Own store: kind must be marketplace or owned: you gave 'shop'.",
        ),
        (
            {"channels": ({"name": "Own store"},)},
            "Own store: kind must be marketplace or owned: you gave None.",
        ),
        (
            {"channels": ({"name": "Own store", "kind": "owned"},)},
            "Own store: order_value is missing.",
        ),
        (
            {"channels": ({"kind": "owned", "order_value": 5},)},
            "A channel without a name: name is missing.",
        ),
        (
            {"channels": ({"name": "Own store", "kind": "owned", "order_value": 50, "repeat_rate": 28},)},
            "Own store: repeat_rate must lie between 0 and 1: you gave 28; did you mean 0.28?",
        ),
        (
            {"channels": ({"name": "Own store", "kind": "owned", "order_value": "x", "cac": "y"},)},
            "Own store: cac must be a number: you gave 'y'. "
            "Own store: order_value must be a number: you gave 'x'.",
        ),
        (
            {"channels": ({"name": "Own store", "kind": "owned", "order_value": 50, "repeat_rat": 0.2},)},
            "Own store: repeat_rat is not known here: did you mean repeat_rate?",
        ),
        ({"horizon": 12}, "horizon is not known here: did you mean horizon_months?"),
        ({"horizon_months": 0}, "horizon_months must lie between 1 and 120: you gave 0."),
        ({"horizon_months": 12.5}, "horizon_months must be a whole number: you gave 12.5."),
        ({"start": "2027-13"}, "start must be a month such as 2027-01: you gave '2027-13'."),
        ({"currency": "dollar"}, "currency must be a code of three capitals such as USD: you gave 'dollar'."),
        ({"seasonality": FACTORS}, "seasonality must hold 12 factors, January to December: you gave 11."),
        ({"seasonality": [*FACTORS, -1]}, "seasonality must not fall below 0: you gave -1."),
        (
            {"seasonality": [*FACTORS, 1.3]},
            "seasonality must have a mean of 1: its mean is 1.025; divide each factor by it.",
        ),
        (
            {"channels": (AMAZON,), "growth_budget": 500, "owned_share_of_growth_budget": 0.25},
            "25% of the growth budget would go to own stores, but the plan has none: add one, or set ‘Budget "
            "to your own store’ to 0%.",
        ),
        (
            {"channels": (STORE,), "growth_budget": 500, "owned_share_of_growth_budget": 0.25},
            "75% of the growth budget would go to marketplaces, but the plan has none: add one, or set "
            "‘Budget to your own store’ to 100%.",
        ),
        (
            {
                "channels": (AMAZON, OwnedChannel(name="New", order_value=9)),
                "growth_budget": 500,
                "owned_share_of_growth_budget": 0.5,
            },
            "50% of the growth budget would go to own stores, but none of them advertises today: say what "
            "you spend there (‘Advertising today’), or set ‘Budget to your own store’ to 0%.",
        ),
        (
            {
                "channels": (MarketplaceChannel(name="A", order_value=9, fee_category="home"),),
                "currency": "EUR",
            },
            "A: fee_category needs a plan in USD, as the fee table is, and this plan is in EUR: give "
            "fee_rate in its place.",
        ),
        (
            {"uncertain": {"channels.Own store.repeat_rte": (0.1, 0.5)}},
            "uncertain: There is no number channels.Own store.repeat_rte: did you mean channels.Own "
            "store.repeat_rate?",
        ),
        (
            {"uncertain": {"channels.Own stor.repeat_rate": (0.1, 0.5)}},
            "uncertain: There is no channel Own stor: did you mean Own store?",
        ),
        (
            {"uncertain": {"channels.Own store.repeat_rate": (0.4, 0.5)}},
            "uncertain: channels.Own store.repeat_rate is 0.3, outside its range 0.4 to 0.5.",
        ),
        ({"uncertain": {"cash": (0, 0)}}, "uncertain: the range of cash must rise: you gave 0 to 0."),
        (
            {"uncertain": {"channels.Own store.repeat_rate": (0.1, 40)}},
            "uncertain: channels.Own store.repeat_rate must lie between 0 and 1: you gave 40; "
            "did you mean 0.4?",
        ),
        (
            {"uncertain": {"horizon_months": (24, 48)}},
            "uncertain: horizon_months takes whole numbers only and cannot have a range.",
        ),
        ({"uncertain": {"cash": (1,)}}, "uncertain.cash, item 2 is missing."),
        (
            {"uncertain": {"channels.Own store.cac": (0, 60)}},
            "At the low end of what is uncertain: Own store: Advertising today is above 0: say what a new "
            "customer costs, too.",
        ),
        (
            {"uncertain": {"channels.Own store.repeat_rate": (0.1, 0.97)}},
            "At the high end of what is uncertain: Own store: 0.05 friends won per order are too many where "
            "customers return so often: one order's friends would bring 1.67 more orders, and orders "
            "would grow without bound. Lower it, or what makes customers come back.",
        ),
        (
            {
                "channels": (AMAZON,),
                "growth_budget": 500,
                "uncertain": {"owned_share_of_growth_budget": (0, 0.5)},
            },
            "50% of the growth budget would go to own stores, but the plan has none: add one, or set ‘Budget "
            "to your own store’ to 0%.",
        ),
        (
            {
                "channels": (STORE,),
                "growth_budget": 500,
                "owned_share_of_growth_budget": 1,
                "uncertain": {"owned_share_of_growth_budget": (0.75, 1)},
            },
            "25% of the growth budget would go to marketplaces, but the plan has none: add one, or set "
            "‘Budget to your own store’ to 100%.",
        ),
    ],
)
def test_a_refusal_says_where_what_and_what_to_do(fields: dict[str, Any], sentence: str) -> None:
    assert refusal(**fields) == sentence


def test_corners_of_the_budget_are_taken() -> None:
    alone = Plan(channels=(AMAZON,), growth_budget=500)
    assert alone.today().owned_share_of_growth_budget == 0
    owned = Plan(channels=(STORE,), growth_budget=500, owned_share_of_growth_budget=1)
    assert owned.today().owned_share_of_growth_budget == 1
    unadvertised = Plan(channels=(OwnedChannel(name="New", order_value=9),), owned_share_of_growth_budget=0.5)
    assert (unadvertised.today().growth_budget, unadvertised.today().owned_share_of_growth_budget) == (0, 0)


def test_seasonal_factors_that_were_divided_by_their_mean_are_taken() -> None:
    raw = [3.1, 0.7, 1.3, 0.9, 2.2, 0.1, 0.0, 1.7, 0.6, 5.5, 7.7, 9.9]
    factors = [factor / (sum(raw) / 12) for factor in raw]
    assert plan(seasonality=factors).seasonality == tuple(factors)


def test_today_undoes_every_decision_and_keeps_every_fear() -> None:
    today = plan(
        growth_budget=9_000,
        owned_share_of_growth_budget=0.8,
        setup_cost=4_000,
        cash=70,
        uncertain={**UNCERTAIN, "setup_cost": (0, 9_000), "channels.Amazon.com.steering": (0, 0.1)},
    ).today()
    assert (today.growth_budget, today.owned_share_of_growth_budget, today.setup_cost) == (4_000, 0.25, 0)
    assert today.cash == 70
    levers = {"discount": 0, "member_share": 0, "member_annual_fee": 0, "referrals_per_order": 0}
    assert today.channel("Own store") == STORE.model_copy(update=levers | {"checkout_conversion": 1})
    assert today.channel("Amazon.com") == AMAZON.model_copy(update={"discount": 0})
    assert today.uncertain == {
        "channels.Own store.repeat_rate": (0.2, 0.4),
        "channels.Amazon.com.steering": (0, 0.1),
    }
    assert today.today() == today


def test_a_number_is_found_and_changed_by_its_path() -> None:
    before = plan(uncertain=UNCERTAIN)
    after = before.with_values(
        {"channels.Amazon.com.cac": 18, "cash": 5, "channels.Own store.repeat_rate": 0.25}
    )
    assert after.get("channels.Amazon.com.cac") == 18 == after.channel("Amazon.com").cac
    assert (after.get("cash"), after.get("channels.Own store.repeat_rate")) == (5, 0.25)
    assert before.get("channels.Amazon.com.cac") == 15
    changed = {path for path, (value, _) in after.numbers().items() if value != before.get(path)}
    assert changed == {"channels.Amazon.com.cac", "cash", "channels.Own store.repeat_rate"}
    assert after.uncertain == before.uncertain
    assert before.with_values({}) == before


def test_a_range_stretches_to_a_value_that_leaves_it() -> None:
    path = "channels.Own store.repeat_rate"
    moved = plan(uncertain=UNCERTAIN).with_values({path: 0.5})
    assert moved.uncertain == {**UNCERTAIN, path: (0.2, 0.5)}
    assert moved.with_values({path: 0.1}).uncertain == {**UNCERTAIN, path: (0.1, 0.5)}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("cas", "There is no number cas: did you mean cash?"),
        ("currency", "There is no number currency."),
        ("channels.Amazon.co.cac", "There is no channel Amazon.co: did you mean Amazon.com?"),
        ("channels.Own store.name", "There is no number channels.Own store.name"),
        ("channels.cac", "There is no channel ."),
    ],
)
def test_a_path_to_nothing_is_refused(path: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        plan().get(path)
    assert str(refused.value).startswith(sentence)
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        plan().with_values({path: 1})
    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("discount_rate", 10, "discount_rate must lie between 0 and 1: you gave 10; did you mean 0.1?"),
        (
            "channels.Own store.repeat_rate",
            28,
            "Own store: repeat_rate must lie between 0 and 1: you gave 28; did you mean 0.28?",
        ),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_a_plain_sentence(
    path: str, value: float, sentence: str
) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        plan().with_values({path: value})
    assert not isinstance(refused.value, ValidationError)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (Plan, "channels is missing: a plan needs one channel at least."),
        (lambda: Plan(channels=5), "channels must be a list: you gave 5."),
        (
            lambda: Plan(channels=[{"name": "Shop"}]),
            "Shop: kind must be marketplace or owned: you gave None.",
        ),
        (OwnedChannel, "order_value is missing. name is missing."),
        (lambda: OwnedChannel(name="x", order_value="a"), "order_value must be a number: you gave 'a'."),
        (lambda: MarketplaceChannel(nme="x"), "nme is not known here: did you mean name?"),
        (FittedPurchases, "model is missing. parameters is missing."),
        (
            lambda: plan().with_values(growth_bdget=9),
            "There is no number growth_bdget: did you mean growth_budget?",
        ),
        (
            lambda: plan().with_values({"channels.Own store.cax": 9}, growth_budget=9),
            "There is no number channels.Own store.cax: did you mean channels.Own store.cac?",
        ),
    ],
)
def test_what_cannot_be_made_is_refused_in_plain_sentences(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        make()
    assert type(refused.value) is ValueError
    assert str(refused.value) == sentence


def test_numbers_are_changed_by_path_and_by_name() -> None:
    changed = plan().with_values({"channels.Own store.repeat_rate": 0.31}, growth_budget=9_000)
    assert (changed.get("channels.Own store.repeat_rate"), changed.growth_budget) == (0.31, 9_000)
    assert plan().with_values(growth_budget=9_000) == plan().with_values({"growth_budget": 9_000})


@given(st.data())
def test_any_number_may_take_any_value_of_its_slider(data: st.DataObject) -> None:
    start = plan(channels=(AMAZON, STORE.model_copy(update={"referrals_per_order": 0})))
    path = data.draw(st.sampled_from(sorted(start.numbers())))
    _, declared = start.numbers()[path]
    ends = map(int, declared.slider)
    value = data.draw(st.integers(*ends) if declared.whole else st.floats(*declared.slider))
    if path.endswith("referrals_per_order"):
        value /= 10
    assert start.with_values({path: value}).get(path) == value


def test_numbers_come_in_order_with_their_declarations() -> None:
    numbers = plan().numbers()
    paths = list(numbers)
    assert paths[: len(Plan.declared())] == list(Plan.declared())
    assert paths[len(Plan.declared()) :] == [
        *(f"channels.Amazon.com.{name}" for name in MarketplaceChannel.declared()),
        *(f"channels.Own store.{name}" for name in OwnedChannel.declared()),
    ]
    assert numbers["channels.Own store.repeat_rate"] == (0.3, OwnedChannel.declared()["repeat_rate"])


class TaxedPlan(Plan):
    income_tax: float = assumption(
        Quantity("Income tax", 0.25, "share", slider=(0, 0.5), plausible=(0.1, 0.3)),
        help="What the state takes of a year's profit.",
        source="Your adviser",
        group="Tax",
    )


class WrappedChannel(OwnedChannel):
    gift_wrap: float = assumption(
        Quantity("Gift wrap", 0.1, "share", plausible=(0, 0.3)), help="Orders as gifts.", source="Your orders"
    )


def test_one_statement_gives_a_slider_a_row_a_check_a_bar_and_a_draw() -> None:
    ends = {"income_tax": (0.0, 0.5), "channels.Own store.gift_wrap": (0.05, 0.2)}
    store = WrappedChannel(name="Own store", order_value=45, repeat_rate=0.3)
    wider = TaxedPlan(channels=(AMAZON, store), uncertain=ends)
    assert wider.numbers().keys() - plan().numbers().keys() == ends.keys()
    sliders = RentOrOwn(wider).question(wider).numbers
    assert [sliders[path][1].slider for path in ends] == [(0, 0.5), (0, 1)]
    assert {"Tax: Income tax", "Own store, Gift wrap"} <= set(wider.documentation()["setting"])
    assert len(wider.documentation()) == len(wider.numbers())
    with pytest.raises(ValueError, match=r"gift_wrap must lie between 0 and 1: you gave 15; did you mean"):
        wider.with_values({"channels.Own store.gift_wrap": 15})
    assert {path: swings(wider)[path] for path in ends} == ends
    drawn, again = (simulate(wider, draws=9, seed=1).draw(draw)[0] for draw in (3, 8))
    for path, (low, high) in ends.items():
        assert wider.with_values({path: high}).get(path) == high
        assert low < drawn.get(path) < high and drawn.get(path) != again.get(path)
    assert type(wider.today()) is TaxedPlan and type(wider.today().channels[1]) is WrappedChannel


def test_what_is_unlikely_is_said_by_channel_in_the_plans_currency() -> None:
    pricey = plan(currency="EUR", discount_rate=0.3, channels=(STORE.model_copy(update={"cac": 120}),))
    first, second = pricey.unlikely()
    assert first.startswith("Discount rate: 30% a year lies outside 5% to 20% a year")
    assert second.startswith(
        "Own store: Cost per new customer: €120.00 per customer lies outside €5.00 to €95.00 per customer"
    )


@pytest.mark.parametrize(("friends", "warned"), [(0.2, False), (0.3, True)])
def test_friends_beside_a_fitted_model_are_warned_of_when_they_grow_without_bound(
    friends: float, warned: bool
) -> None:
    # 2.59 repeat orders in 36 months are the published model's: 3.59 orders need 0.2786 friends each
    cdnow = FittedPurchases(
        model="MBG/NBD", parameters={"r": 0.524838, "alpha": 6.182993, "a": 0.891356, "b": 1.614}
    )
    store = OwnedChannel(name="Own store", order_value=45, purchase_model=cdnow, referrals_per_order=friends)
    sentences = [sentence for sentence in plan(channels=(store,)).unlikely() if "without bound" in sentence]
    assert bool(sentences) == warned
