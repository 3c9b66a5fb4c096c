"""The toolbar of saved plans: what it does, what it asks before, and what it says."""

from pathlib import Path
from typing import Any

import pytest

from ownchannel.panels._scenario_bar import MOST_COMPARED, ScenarioBar  # inside: the bar by itself
from ownchannel.scenarios import Plan, ScenarioLibrary, from_query, preset, to_query
from ownchannel.workspace import Workspace

PRESETS = {name: lambda name=name: preset(name) for name in ("Balanced brand", "One-off durable")}


class Screen:
    """What stands beside a bar: a plan that it keeps and replaces, and the plans that it compares."""

    def __init__(self, folder: Path) -> None:
        self.plan = preset("All-marketplace brand")
        self.compared: list[dict[str, Plan]] = []
        self.library = ScenarioLibrary(Workspace(folder))
        self.bar = ScenarioBar(self.library, PRESETS, lambda: self.plan, self.show, self.compared.append)
        self.sent: list[dict[str, Any]] = []
        self.bar.send = self.sent.append

    def show(self, plan: Plan) -> None:
        self.plan = plan

    def spend(self, cash: float) -> None:
        self.plan = self.plan.with_values({"cash": cash})

    def press(self, button: str, name: str = "", chosen: str = "", **more: Any) -> str:
        """Press a button on the page, with what its fields hold; gives the sentence that is read out."""
        fields = {"name": name, "chosen": chosen, "view": "this view"}
        self.bar._handle_custom_msg({"pressed": button, **fields, **more}, [])
        assert self.sent.pop() == {"view": "this view"}, "each press is answered"
        return str(self.bar.status)


@pytest.fixture
def screen(tmp_path: Path) -> Screen:
    return Screen(tmp_path)


def test_a_saved_plan_is_loaded_as_it_was(screen):
    first = screen.plan
    screen.bar.save("More own store")
    assert screen.bar.status == "Saved as ‘More own store’."
    assert (screen.bar.name, screen.bar.chosen) == ("More own store", "More own store")
    screen.spend(5.0)
    screen.bar.load("More own store")
    assert screen.plan == first
    assert screen.bar.status == "Loaded ‘More own store’."


def test_presets_are_loaded_and_never_hidden_by_a_saved_name(screen):
    screen.bar.load("One-off durable")
    assert screen.plan == preset("One-off durable")
    assert (screen.bar.name, screen.bar.chosen) == ("", "One-off durable")
    with pytest.raises(ValueError, match="‘One-off durable’ is a preset"):
        screen.bar.save("One-off  durable")
    screen.bar.save("A")
    with pytest.raises(ValueError, match="‘One-off durable’ is a preset"):
        screen.bar.rename("A", "One-off durable")
    assert list(screen.bar.presets) == list(PRESETS)


def test_a_plan_that_came_in_a_file_under_a_presets_name_stands_in_its_place(tmp_path):
    ScenarioLibrary(Workspace(tmp_path)).save("One-off durable", preset("Balanced brand"))
    screen = Screen(tmp_path)
    assert (screen.bar.names, screen.bar.presets) == (["One-off durable"], ["Balanced brand"])
    screen.bar.load("One-off durable")
    assert screen.plan == preset("Balanced brand")


def test_on_the_page_a_saved_plan_is_replaced_when_save_is_pressed_again(screen):
    assert screen.press("save", "A") == "Saved as ‘A’."
    first = screen.plan
    screen.spend(5.0)
    assert screen.press("save", "A") == "‘A’ is saved already: press Save again to replace it."
    assert screen.library.load("A") == first
    assert screen.press("save", "A") == "Saved as ‘A’."
    assert screen.library.load("A") == screen.plan
    assert screen.press("save", "A").startswith("‘A’ is saved already"), "each time anew"


def test_a_question_is_forgotten_when_something_else_is_pressed(screen):
    screen.press("save", "A")
    screen.press("remove", "A", "A")
    screen.press("load", "A", "A")
    assert screen.press("remove", "A", "A") == "‘A’ will be deleted: press Remove again to do so."
    assert screen.press("remove", "A", "A") == "Removed ‘A’."
    assert screen.library.names() == ()


def test_a_plan_saved_on_another_page_in_the_meantime_is_not_replaced_unasked(screen, tmp_path):
    other = Screen(tmp_path)
    other.spend(7.0)
    other.bar.save("A")
    assert screen.press("save", "A").startswith("‘A’ is saved already")
    assert screen.library.load("A") == other.plan


def test_from_python_a_plan_is_replaced_only_where_the_call_says_so(screen):
    screen.bar.save("A")
    screen.spend(5.0)
    with pytest.raises(ValueError, match="saved already"):
        screen.bar.save("A")
    screen.bar.save("A", overwrite=True)
    assert screen.library.load("A") == screen.plan


def test_copies_and_new_names_follow_in_the_lists(screen):
    screen.press("save", "A")
    assert screen.press("duplicate", "A", "A") == "Copied ‘A’ to ‘A (copy)’."
    assert (screen.bar.names, screen.bar.chosen) == (["A", "A (copy)"], "A (copy)")
    assert screen.press("rename", "B", "A (copy)") == "‘A (copy)’ is now called ‘B’."
    assert (screen.bar.names, screen.bar.chosen) == (["A", "B"], "B")


@pytest.mark.parametrize("button", ["load", "duplicate", "rename", "remove"])
def test_without_a_choice_the_page_is_told_to_choose(screen, button):
    assert screen.press(button, "A") == "Choose a plan from the list first."


@pytest.mark.parametrize("button", ["duplicate", "rename", "remove"])
def test_presets_stay_as_they_are(screen, button):
    assert "No saved plan is called ‘Balanced brand’" in screen.press(button, "A", "Balanced brand")


def test_what_cannot_be_done_is_said_on_the_page(screen):
    assert screen.press("save", " ") == "A plan needs a name, such as ‘More own store’."

    def refuse(plan: Plan) -> None:
        raise ValueError("This plan has no marketplace.")

    screen.bar._load = refuse
    assert screen.press("load", "", "Balanced brand") == "This plan has no marketplace."


def test_the_page_hears_of_each_press_though_it_changes_nothing(screen):
    screen.press("save", "A")
    heard: list[Any] = []
    screen.bar.observe(lambda change: heard.append((change["name"], change["new"])), ["name", "status"])
    screen.press("load", "typed since", "A")
    screen.press("load", "typed since", "A")
    once = [("name", "typed since"), ("status", ""), ("name", "A"), ("status", "Loaded ‘A’.")]
    assert heard == once * 2


def test_up_to_five_plans_stand_side_by_side(screen):
    names = [f"Plan {number}" for number in range(MOST_COMPARED + 1)]
    for number, name in enumerate(names):
        screen.spend(float(number))
        screen.bar.save(name)
    screen.bar.compare(*names[:5])
    assert [plan.cash for plan in screen.compared[-1].values()] == [0, 1, 2, 3, 4]
    said = screen.press("compare", names=names)
    assert said == "Up to 5 plans stand side by side: you chose 6."
    assert screen.bar.side_by_side == names[:5]
    assert screen.press("compare", names=names[:2]) == "Side by side: ‘Plan 0’ and ‘Plan 1’."
    assert list(screen.compared[-1]) == names[:2]
    assert screen.press("compare", names=[]) == "None is compared."
    assert screen.compared[-1] == {}


def test_the_comparison_follows_what_becomes_of_its_plans(screen):
    for name in ("A", "B"):
        screen.bar.save(name)
    screen.bar.compare("A", "B")
    assert len(screen.compared) == 1
    screen.bar.save("C")
    screen.bar.load("A")
    assert len(screen.compared) == 1, "it is laid out anew only where it changed"
    screen.spend(9.0)
    screen.bar.save("A", overwrite=True)
    assert screen.compared[-1]["A"].cash == 9.0
    screen.bar.rename("B", "D")
    assert list(screen.compared[-1]) == ["A", "D"]
    screen.bar.remove("A")
    assert list(screen.compared[-1]) == ["D"]
    assert screen.bar.side_by_side == ["D"]


def test_the_address_is_sent_to_the_view_that_asked(screen):
    screen.press("address")
    (message,) = screen.sent
    assert message["view"] == "this view"
    assert from_query(message["query"]) == screen.plan
    assert from_query(screen.bar.address()) == screen.plan


def test_a_page_opens_with_the_plan_in_its_address_or_says_why_not(screen):
    before = screen.plan
    screen.bar.open_page({})
    assert (screen.plan, screen.bar.status) == (before, "")
    query = to_query(preset("One-off durable"))
    screen.bar.open_page({"QUERY_STRING": query[:-9]})
    assert screen.plan == before
    assert screen.bar.status.startswith("The plan in this address is damaged")
    screen.bar.open_page({"QUERY_STRING": query})
    assert screen.plan == preset("One-off durable")
    assert screen.bar.status == "This is the plan in the page's address."


def test_damaged_files_are_told_beside_the_list(screen, tmp_path):
    screen.bar.save("A")
    (tmp_path / "scenarios" / "b.json").write_text("{")
    again = Screen(tmp_path)
    assert again.bar.names == ["A"]
    assert len(again.bar.problems) == 1
    assert "b.json" in again.bar.problems[0]


def test_its_text_is_short_and_stable(screen):
    assert repr(screen.bar) == "Scenarios: 0 saved plans, 2 presets"
    screen.bar.save("A")
    assert repr(screen.bar) == "Scenarios: 1 saved plan, 2 presets"


def test_a_plan_goes_into_a_file_and_comes_back_from_it(screen, tmp_path: Path):
    screen.spend(7_000)
    first = screen.plan
    screen.bar._handle_custom_msg({"pressed": "download", "name": "", "chosen": "", "view": "here"}, [])
    answered, file = screen.sent.pop(), screen.sent.pop()
    assert (answered, file["view"], file["file"]) == ({"view": "here"}, "here", "plan.json")
    screen.spend(0)
    assert screen.press("open", file="plan.json", text=file["text"]).startswith("Opened plan.json.")
    assert screen.plan == first


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"plan": 3}', "\x00"])
def test_a_file_that_is_no_plan_is_refused_in_a_sentence_and_the_plan_stays(screen, text: str):
    before = screen.plan
    said = screen.press("open", file="notes.json", text=text)
    assert said.startswith("notes.json cannot be opened.")
    assert screen.plan == before
