"""The screen of workbook 04: its sliders are a plan, and all on it follows them, a load, an undo."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.answers import RentOrOwn
from ownchannel.formats import money, round_money
from ownchannel.panels import ScenarioPanel
from ownchannel.scenarios import PRESETS, Plan, ScenarioLibrary, compare, frontier, preset, simulate, to_query
from ownchannel.workspace import Workspace
from tests.scenarios.small_plans import market, plan, store

AS_TODAY, THIS_PLAN = "As you are", "This plan"
DRAWS = 200
TODAY = preset("Balanced brand").today()
THREE = {
    "owned_share_of_growth_budget": 0.7,
    "channels.Own store.repeat_rate": 0.45,
    "channels.Own store.service_cost": 2.5,
}


def moved(values: dict[str, float], base: Plan = TODAY) -> Plan:
    """The plan of sliders that stand there."""
    return base.with_values(values)


Opened = Callable[..., ScenarioPanel]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    def screen_of(start: Plan = TODAY, environ: dict[str, str] | None = None, **more: str) -> ScenarioPanel:
        return ScenarioPanel(
            RentOrOwn(start, draws=DRAWS, **more), Workspace(tmp_path), environ=environ or {}
        )

    return screen_of


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> ScenarioPanel:
    """A screen that no test moves for good."""
    return ScenarioPanel(RentOrOwn(TODAY, draws=DRAWS), Workspace(tmp_path_factory.mktemp("workspace")))


def scenarios_of(screen: ScenarioPanel) -> list[str]:
    return list(screen.answer.table.columns)[1:]


def captions(screen: ScenarioPanel) -> list[str]:
    return [figure.caption for figure in screen.panel.figures]


# ---------------------------------------------------------------- sliders


def test_moved_sliders_are_the_plan_and_all_on_the_page_is_what_it_gives(opened):
    screen = opened()
    before = captions(screen)
    screen.set(THREE)
    assert screen.plan == moved(THREE)
    row = compare({"it": moved(THREE)}, DRAWS).loc["it"]
    points = frontier(moved(THREE), DRAWS, points=11).table
    shown = dict(screen.answer.numbers)
    assert shown["Expected value (36 months, today's money)"] == money(row["npv"], "USD")
    assert shown["Expected value in the worst 5% of outcomes"] == money(row["cvar"], "USD")
    assert screen.answer.table.set_index("").loc["Lowest cash (median outcome)", THIS_PLAN] == money(
        row["low_point"], "USD"
    )
    assert (
        f"about **{round_money(abs(row['first_year']), 'USD')}** in the first year" in screen.answer.sentence
    )
    figures = screen.panel.figures
    drawn = figures[0].figure["data"][0]["y"][::-1]
    own = [row["npv"], simulate(moved(THREE).today(), DRAWS).npv.mean()]
    for marked in own:
        drawn.remove(next(value for value in drawn if value == pytest.approx(marked)))
    assert drawn == pytest.approx(points["npv"].tolist())
    assert all(caption != earlier for caption, earlier in zip(captions(screen), before, strict=True))
    assert len(figures) == 6


def test_an_answer_elsewhere_leaves_the_sliders_where_they_are(still):
    before = still.answer.sentence
    elsewhere = still.at(THREE)
    assert elsewhere.sentence != before
    assert (still.answer.sentence, still.plan) == (before, TODAY)
    assert not still.panel.controls.undoable


def test_a_step_back_takes_the_answer_back(opened):
    screen = opened()
    before = str(screen.answer)
    screen.set(THREE)
    screen.set(growth_budget=5_000)
    screen.panel.undo()
    assert screen.plan == moved(THREE)
    screen.panel.undo()
    assert (screen.plan, str(screen.answer)) == (TODAY, before)


def test_a_fear_switched_off_takes_its_risk_away(opened):
    screen = opened(moved(THREE))
    switches = {
        row["name"]: row["switch"]
        for tab in screen.panel.controls.tabs
        for group in tab["groups"]
        if tab["title"] == "Risks"
        for row in group["rows"]
    }
    hazard = "channels.Amazon.com.suspension_hazard"
    assert switches[hazard] == {"off": 0, "on": TODAY.get(hazard)}
    screen.set(dict.fromkeys(switches, 0.0))
    assert "No risk is switched on, so no revenue is at risk." in screen.answer.sentence
    screen.panel.undo()
    assert "revenue at risk falls from $" in screen.answer.sentence


def test_settings_that_cannot_go_together_say_so_until_the_next_move(opened):
    screen = opened()
    screen.set({"channels.Own store.referrals_per_order": 0.9})
    with pytest.raises(
        ValueError, match=r"^Own store: 0\.9 friends won per order are too many where customers"
    ):
        _ = screen.answer
    with pytest.raises(ValueError, match="orders would grow without bound"):
        screen.bar.save("Too many friends")
    assert "orders would grow without bound" in repr(screen)
    screen.set({"channels.Own store.referrals_per_order": 0.1})
    assert screen.answer.sentence.startswith("This plan ")


def test_a_channel_that_shall_grow_without_spend_is_refused_by_name(opened):
    screen = opened()
    screen.set({"channels.Own store.reference_spend": 0})
    with pytest.raises(ValueError, match="would go to own stores, but none of them advertises today"):
        _ = screen.answer


@pytest.mark.parametrize(
    "values", [{"growth_budget": 0}, {"growth_budget": 0, "channels.Own store.reference_spend": 0}]
)
def test_without_a_growth_budget_the_page_still_answers(opened, values):
    screen = opened()
    screen.set(values)
    assert screen.answer.plain_sentence
    assert len(captions(screen)) == 6


def ends(screen: ScenarioPanel) -> list[tuple[str, float]]:
    """Each slider at either end."""
    rows = [row for tab in screen.panel.controls.tabs for group in tab["groups"] for row in group["rows"]]
    return [(row["name"], row[end]) for row in rows for end in ("min", "max")]


@settings(max_examples=25)
@given(data=st.data())
def test_wherever_sliders_stand_there_is_an_answer_or_a_sentence_on_why_not(still, data):
    values = dict(data.draw(st.lists(st.sampled_from(ends(still)), min_size=1, max_size=3)))
    try:
        said = str(still.at(values))
    except ValueError as problem:
        said = str(problem)
    assert "nan" not in said
    assert "month 0" not in said
    assert said.endswith((".", "$0")) or "Expected value" in said


# ---------------------------------------------------------------- loading


def test_a_loaded_plan_brings_its_own_sliders(opened):
    screen = opened()
    assert "channels.Amazon.com.discount" in screen.panel.controls.values
    other = plan(market(name="Bazaar", undercut_loss=0.2), store(name="Shop"), growth_budget=3_500)
    screen.load(other)
    assert screen.plan == other
    values = screen.panel.controls.values
    assert {"channels.Bazaar.discount", "channels.Shop.cac"} <= values.keys()
    assert "channels.Amazon.com.discount" not in values
    first = [row["name"] for row in screen.panel.controls.tabs[0]["groups"][0]["rows"]]
    assert first[:2] == ["owned_share_of_growth_budget", "growth_budget"]
    assert len(first) == 6
    bar, panel = screen._whole.children
    assert (bar, panel) == (screen.bar, screen.panel.widget)
    screen.set({"channels.Shop.repeat_rate": 0.5})
    assert screen.plan == other.with_values({"channels.Shop.repeat_rate": 0.5})
    screen.panel.reset()
    assert screen.plan == other


def test_a_plan_is_saved_and_loaded_with_what_has_no_slider(opened):
    ranged = {**TODAY.uncertain, "channels.Own store.goods_cost": (15, 22)}
    start = type(TODAY)(**{**vars(TODAY), "uncertain": ranged, "start": "2030-05"})
    screen = opened(start)
    screen.set(THREE)
    screen.bar.save("Mine")
    screen.bar.load("One-off durable")
    assert screen.plan == preset("One-off durable")
    screen.bar.load("Mine")
    assert screen.plan == moved(THREE, start)
    assert screen.plan.uncertain == {
        **ranged,
        "channels.Own store.repeat_rate": TODAY.uncertain["channels.Own store.repeat_rate"],
    }
    assert screen.plan.start == "2030-05"
    again = opened(TODAY)
    again.bar.load("Mine")
    assert str(again.answer) == str(screen.answer)


def test_the_start_and_every_preset_are_offered(opened):
    screen = opened(moved(THREE), start_name="Hearth & Ladle")
    assert screen.bar.presets == ["Hearth & Ladle", *PRESETS]
    screen.set(cash=1)
    screen.bar.load("Hearth & Ladle")
    assert screen.plan == moved(THREE)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_opens(opened, name):
    screen = opened(preset(name))
    assert screen.plan == preset(name)
    assert len(captions(screen)) == 6
    assert "nan" not in str(screen.answer)


@pytest.mark.parametrize(
    "alone",
    [
        plan(store(), growth_budget=1_500, owned_share_of_growth_budget=1),
        plan(market(), growth_budget=2_500),
    ],
    ids=["own store", "marketplace"],
)
def test_a_single_channel_opens_and_goes_over_to_two(opened, alone):
    screen = opened(alone)
    assert screen.answer.plain_sentence
    screen.load(TODAY)
    assert captions(screen)[0].startswith("This plan: ")


def test_the_plan_in_an_address_opens_as_it_was(opened):
    environ = {"QUERY_STRING": to_query(moved(THREE), TODAY)}
    screen = opened(TODAY, environ=environ)
    assert screen.plan == moved(THREE)
    assert screen.bar.status == "This is the plan in the page's address."
    assert screen.bar.address() == environ["QUERY_STRING"]
    assert len(screen.bar.address()) < 200
    broken = opened(TODAY, environ={"QUERY_STRING": environ["QUERY_STRING"][:-9]})
    assert broken.plan == TODAY
    assert broken.bar.status.startswith("The plan in this address is damaged")
    elsewhere = opened(preset("One-off durable"), environ=environ)
    assert elsewhere.plan == preset("One-off durable").with_values(THREE)
    assert elsewhere.bar.status.startswith(
        "This is the plan in the page's address. It was made from another opening plan than this page has "
    )


# ---------------------------------------------------------------- side by side


def test_compared_plans_stand_below_and_stay_while_sliders_move(opened):
    screen = opened()
    screen.bar.save("As it is")
    screen.set(THREE)
    screen.bar.save("Bolder")
    screen.bar.compare("Bolder", "As it is")
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN, "Bolder", "As it is"]
    table = screen.answer.table.set_index("")
    assert table["Bolder"].to_dict() == table[THIS_PLAN].to_dict()
    alone = compare({"As it is": TODAY}, DRAWS).loc["As it is"]
    assert table.loc["Expected value", "As it is"] == money(alone["npv"], "USD")
    settings = table[7:]
    assert settings.loc["Budget to your own store"].tolist() == ["47.06%", "70%", "70%", "47.06%"]
    assert len(settings) == len(THREE), "what differs, and nothing else"
    assert "Bolder $" in captions(screen)[5]
    screen.set(growth_budget=5_000)
    later = screen.answer.table.set_index("")
    assert later["Bolder"].tolist()[:7] == table["Bolder"].tolist()[:7]
    assert later[THIS_PLAN].tolist()[:7] != table[THIS_PLAN].tolist()[:7]
    screen.bar.load("One-off durable")
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN, "Bolder", "As it is"]
    screen.bar.remove("Bolder")
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN, "As it is"]
    screen.bar.compare()
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN]


def test_a_replaced_plan_is_compared_as_it_is_now(opened):
    screen = opened()
    screen.bar.save("Mine")
    screen.bar.compare("Mine")
    screen.set(THREE)
    screen.bar.save("Mine", overwrite=True)
    expected = money(simulate(moved(THREE), DRAWS).npv.mean(), "USD")
    assert screen.answer.table.set_index("").loc["Expected value", "Mine"] == expected


def test_beside_a_plan_stand_those_in_its_own_currency(opened, tmp_path):
    library = ScenarioLibrary(Workspace(tmp_path))
    library.save("Europe", TODAY.model_copy(update={"currency": "EUR"}))
    library.save("States", moved(THREE))
    screen = opened()
    screen.bar.compare("Europe", "States")
    assert screen.bar.side_by_side == ["Europe", "States"]
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN, "States"]
    screen.bar.load("Europe")
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN, "Europe"]
    assert screen.answer.numbers[0][1].startswith("€")
    screen.bar.load("States")
    assert scenarios_of(screen) == [AS_TODAY, THIS_PLAN, "States"]


# ---------------------------------------------------------------- what a notebook keeps


def test_a_notebook_keeps_the_answer_as_a_page_and_the_sentence_as_text(still):
    bundle = still._repr_mimebundle_()
    assert bundle["text/plain"] == repr(still) == f"Panel: {still.answer.plain_sentence}"
    assert "Compared with staying as you are" in bundle["text/html"]
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == still._whole.model_id
