"""The sliders of a plan are the plan's own numbers, and go back into it."""

import pytest

from ownchannel.answers import Question, RentOrOwn
from ownchannel.assumptions import Assumption
from ownchannel.panels import Panel
from ownchannel.scenarios import MarketplaceChannel, OwnedChannel, Plan, deciding

AMAZON = MarketplaceChannel(
    name="Amazon.com", order_value=40, fee_rate=0.15, reference_spend=900, cac=20, repeat_rate=0.2
)
STORE = OwnedChannel(name="Own store", order_value=45, reference_spend=100, cac=40, repeat_rate=0.3)
PLAN = Plan(channels=(AMAZON, STORE), growth_budget=1_000, owned_share_of_growth_budget=0.1, cash=20_000)


def asked(plan: Plan) -> Question[Plan]:
    return RentOrOwn(plan, draws=50).question(plan)


def declared(plan: Plan, path: str) -> Assumption:
    return asked(plan).numbers[path][1]


def test_every_number_has_a_slider_and_goes_back_into_the_plan() -> None:
    values = {path: value for path, (value, _) in asked(PLAN).numbers.items()}
    assert values == {path: value for path, (value, _) in PLAN.numbers().items()}
    assert asked(PLAN).settings_at(values) == PLAN


@pytest.mark.parametrize(
    ("path", "value"),
    [("channels.Own store.repeat_rate", 0.5), ("cash", 7.0), ("channels.Amazon.com.discount", 0.1)],
)
def test_a_moved_slider_moves_its_own_number_alone(path: str, value: float) -> None:
    values = {other: number for other, (number, _) in PLAN.numbers().items()}
    moved = asked(PLAN).settings_at({**values, path: value})
    assert moved == PLAN.with_values({path: value})
    assert moved != PLAN


def test_each_channel_has_sliders_of_its_own_whatever_it_is_called() -> None:
    names = ["Own store", "own-store", "own_store", "2nd shop", "فروشگاه", "!!!", "own store 2"]
    plan = Plan(channels=tuple(OwnedChannel(name=name, order_value=45 + i) for i, name in enumerate(names)))
    numbers = asked(plan).numbers
    paths = [f"channels.{name}.order_value" for name in names]
    assert [numbers[path][0] for path in paths] == [45, 46, 47, 48, 49, 50, 51]
    panel = Panel(asked(plan))
    panel.set({path: 60 + place for place, path in enumerate(paths)})
    assert [channel.order_value for channel in panel.settings.channels] == [60, 61, 62, 63, 64, 65, 66]


def test_a_label_names_the_channel_where_several_have_the_number() -> None:
    assert declared(PLAN, "channels.Own store.discount").label == "Discount, Own store"
    assert declared(PLAN, "channels.Amazon.com.discount").label == "Discount, Amazon.com"
    assert declared(PLAN, "channels.Own store.checkout_conversion").label == "Checkout ease"
    assert declared(PLAN, "cash").label == "Cash in the bank"


def test_six_are_in_sight_the_budget_and_what_moves_the_plan_most_and_risks_have_switches() -> None:
    moved = PLAN.with_values({"owned_share_of_growth_budget": 0.4})
    question = asked(moved)
    assert list(question.first[:2]) == ["owned_share_of_growth_budget", "growth_budget"]
    swings = [path for path in deciding(moved) if path.startswith("channels.")]
    assert list(question.first[2:]) == [path for path in swings if path not in question.switches][:4]
    assert len(question.switches) == 10
    assert {path for path in question.switches if path.endswith("organic_growth")} == {
        "channels.Amazon.com.organic_growth",
        "channels.Own store.organic_growth",
    }


def test_what_is_the_same_in_both_plans_is_not_in_sight_and_today_looks_at_a_move() -> None:
    for name in ("fulfilment_cost", "days_between_orders", "organic_customers"):
        assert not any(path.endswith(name) for path in asked(PLAN.today()).first)
    assert len(asked(PLAN.today()).first) == 6


def test_the_set_up_is_in_sight_where_it_is_paid() -> None:
    plan = PLAN.with_values({"owned_share_of_growth_budget": 0.4, "setup_cost": 2_000})
    assert list(asked(plan).first)[2] == "setup_cost"


def test_what_a_fit_or_a_fee_table_stands_for_has_no_slider() -> None:
    by_category = AMAZON.model_copy(update={"fee_rate": 0.0, "fee_category": "beauty"})
    plan = PLAN.model_copy(
        update={"channels": (by_category, STORE.model_copy(update={"reference_spend": 0}))}
    )
    numbers = asked(plan).numbers
    assert "channels.Amazon.com.fee_rate" not in numbers
    assert "channels.Own store.fee_rate" in numbers
    assert "channels.Own store.cac" in numbers  # idle as long as nothing is spent, which a slider may change


@pytest.mark.parametrize(
    ("cash", "slider", "step"),
    [
        (0, (0, 200_000), 1_000),
        (20_000, (0, 200_000), 1_000),
        (150_000, (0, 200_000), 1_000),
        (180_000, (0, 2_000_000), 10_000),
        (40_000_000, (0, 200_000_000), 1_000_000),
        (300, (0, 2_000), 10),
    ],
)
def test_a_slider_reaches_as_far_as_the_plans_own_sums_ask(
    cash: float, slider: tuple[float, float], step: float
) -> None:
    found = declared(PLAN.with_values({"cash": cash}), "cash")
    assert (found.slider, found.step) == (slider, step)
    assert found.plausible == slider  # its source is the owner, not a study


def test_a_share_keeps_its_slider_and_a_study_its_range() -> None:
    store = STORE.model_copy(update={"cac": 1_200.0, "referrals_per_order": 0.002})
    plan = PLAN.model_copy(update={"channels": (AMAZON, store)})
    cac, before = declared(plan, "channels.Own store.cac"), STORE.declared()["cac"]
    assert (cac.slider, cac.plausible) == ((10, 1_500), before.plausible)
    assert declared(plan, "channels.Own store.referrals_per_order").slider == (0, 0.3)


def test_the_plan_and_not_its_settings_says_what_is_unlikely() -> None:
    store = STORE.model_copy(update={"reference_spend": 0.0, "cac": 0.0})  # idle, so nobody need judge it
    plan = PLAN.model_copy(update={"channels": (AMAZON, store)})
    assert not any("lies outside" in note for note in asked(plan).answer.notes)


def test_a_path_that_the_plan_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"No slider is called \['channels\.Own store\.repeat_rte'\]"):
        Panel(asked(PLAN)).set({"channels.Own store.repeat_rte": 0.3})
    with pytest.raises(ValueError, match="There is no number"):
        asked(PLAN).settings_at({"channels.Own store.repeat_rte": 0.3})


def test_numbers_that_do_not_go_together_are_said_in_the_panel_until_the_next_move() -> None:
    panel = Panel(asked(PLAN))
    before = panel.answer.sentence
    panel.set({"channels.Own store.referrals_per_order": 0.3, "channels.Own store.repeat_rate": 0.75})
    assert "Own store: 0.3 friends won per order are too many" in repr(panel)
    panel.undo()
    assert panel.answer.sentence == before
