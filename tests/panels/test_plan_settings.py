"""The sliders of a plan are the plan's own numbers, and go back into it."""

import pytest

from ownchannel.answers import Answer, Question, plan_of, plan_sliders
from ownchannel.answers._plan_sliders import DECISIONS, FEARS, plan_settings
from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.panels import Panel
from ownchannel.scenarios import MarketplaceChannel, OwnedChannel, Plan

AMAZON = MarketplaceChannel(
    name="Amazon.com", order_value=40, fee_rate=0.15, reference_spend=900, cac=20, repeat_rate=0.2
)
STORE = OwnedChannel(name="Own store", order_value=45, reference_spend=100, cac=40, repeat_rate=0.3)
PLAN = Plan(channels=(AMAZON, STORE), growth_budget=1_000, owned_share_of_growth_budget=0.1, cash=20_000)


def declared(settings: Assumptions, name: str) -> Assumption:
    return settings.declared()[name]


def test_every_number_goes_to_a_setting_and_back() -> None:
    settings = plan_settings(PLAN, list(PLAN.numbers()))
    assert list(dict(settings).values()) == [value for value, _ in PLAN.numbers().values()]
    assert plan_of(settings, PLAN) == PLAN


def test_a_moved_setting_moves_its_own_number_alone() -> None:
    sliders = plan_sliders(PLAN).settings
    for name, value in (("own_store__repeat_rate", 0.5), ("cash", 7.0), ("amazon_com__discount", 0.1)):
        moved = plan_of(type(sliders)(**{**dict(sliders), name: value}), PLAN)
        path = {"own_store": "channels.Own store.", "amazon_com": "channels.Amazon.com."}
        prefix, _, field = name.rpartition("__")
        assert moved == PLAN.with_values({path.get(prefix, "") + field: value})
        assert moved != PLAN


def test_names_are_identifiers_and_unique_whatever_the_channels_are_called() -> None:
    names = ["Own store", "own-store", "own_store", "2nd shop", "فروشگاه", "!!!", "own store 2"]
    plan = Plan(channels=tuple(OwnedChannel(name=name, order_value=45 + i) for i, name in enumerate(names)))
    settings = plan_settings(plan, [f"channels.{name}.order_value" for name in names])
    assert list(dict(settings).values()) == [45, 46, 47, 48, 49, 50, 51]
    assert all(name.isidentifier() and not name.startswith("_") for name in dict(settings))
    assert plan_of(settings, plan) == plan


def test_a_label_names_the_channel_where_several_have_the_number() -> None:
    settings = plan_sliders(PLAN).settings
    assert declared(settings, "own_store__discount").label == "Discount, Own store"
    assert declared(settings, "amazon_com__discount").label == "Discount, Amazon.com"
    assert declared(settings, "own_store__checkout_conversion").label == "Checkout ease"
    assert declared(settings, "cash").label == "Cash in the bank"


def test_a_dozen_are_in_sight_the_fears_have_switches_and_the_rest_is_folded() -> None:
    settings, folded, switches = plan_sliders(PLAN)
    by_heading: dict[str, list[str]] = {}
    for name, assumption in settings.declared().items():
        by_heading.setdefault(assumption.group, []).append(name)
    assert by_heading[DECISIONS][:4] == [
        "owned_share_of_growth_budget",
        "growth_budget",
        "setup_cost",
        "own_store__ad_incrementality",
    ]
    assert len(by_heading[DECISIONS]) == 14
    assert tuple(by_heading[FEARS]) == switches
    assert len(switches) == 8
    assert list(by_heading) == [DECISIONS, FEARS, *folded]
    assert len(settings.declared()) == len(PLAN.numbers())


def test_what_a_fit_or_a_fee_table_tells_has_no_slider() -> None:
    by_category = AMAZON.model_copy(update={"fee_rate": 0.0, "fee_category": "beauty"})
    plan = PLAN.model_copy(
        update={"channels": (by_category, STORE.model_copy(update={"reference_spend": 0}))}
    )
    settings = dict(plan_sliders(plan).settings)
    assert "amazon_com__fee_rate" not in settings
    assert "own_store__fee_rate" in settings
    assert "own_store__cac" in settings  # idle as long as nothing is spent, which a slider may change


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
    found = declared(plan_settings(PLAN.with_values({"cash": cash}), ["cash"]), "cash")
    assert (found.slider, found.step) == (slider, step)
    assert found.plausible == slider  # its source is the owner, not a study


def test_a_share_keeps_its_slider_and_a_study_its_range() -> None:
    store = STORE.model_copy(update={"cac": 1_200.0, "referrals_per_order": 0.002})
    plan = PLAN.model_copy(update={"channels": (AMAZON, store)})
    settings = plan_sliders(plan).settings
    cac, before = declared(settings, "own_store__cac"), STORE.declared()["cac"]
    assert (cac.slider, cac.plausible) == ((10, 1_500), before.plausible)
    assert declared(settings, "own_store__referrals_per_order").slider == (0, 0.3)


def test_the_plan_and_not_its_settings_says_what_is_unlikely() -> None:
    store = STORE.model_copy(update={"reference_spend": 0.0, "cac": 0.0})  # idle, so nobody need judge it
    plan = PLAN.model_copy(update={"channels": (AMAZON, store)})
    assert plan_sliders(plan).settings.unlikely() == []


def test_a_path_that_the_plan_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="There is no number"):
        plan_settings(PLAN, ["channels.Own store.repeat_rte"])


def test_numbers_that_do_not_go_together_are_told_in_the_panel_until_the_next_move() -> None:
    settings, folded, switches = plan_sliders(PLAN)

    def answer(given: Assumptions) -> Answer:
        return Answer(f"{plan_of(given, PLAN).growth_budget:g} a month.")

    panel = Panel(Question(settings, answer, PLAN.currency, folded=folded, switches=switches))
    panel.controls.values = {
        **panel.controls.values,
        "own_store__referrals_per_order": 0.3,
        "own_store__repeat_rate": 0.75,
    }
    assert "Own store: referrals_per_order 0.3 is too high" in repr(panel)
    panel.undo()
    assert panel.answer.sentence == "1000 a month."
