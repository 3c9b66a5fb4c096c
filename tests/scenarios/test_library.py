"""Plans kept by name: nothing saved is lost unasked, odd names work, damaged files are told."""

import json
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.scenarios import PRESETS, Plan, ScenarioLibrary, preset
from ownchannel.workspace import LONGEST_NAME, Workspace, clean_name
from tests.scenarios.random_plans import plans

BALANCED, DURABLE = preset("Balanced brand"), preset("One-off durable")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "scenarios"


@pytest.fixture
def library(folder: Path) -> ScenarioLibrary:
    return ScenarioLibrary(Workspace(folder.parent))


@pytest.mark.parametrize("name", PRESETS)
def test_a_plan_comes_back_as_it_was_in_another_session(library, folder, name):
    library.save(name, preset(name))
    again = ScenarioLibrary(Workspace(folder.parent))
    assert again.names() == (name,)
    assert again.load(name) == preset(name)


@settings(max_examples=25)
@given(plans())
def test_any_plan_comes_back_as_it_was(plan):
    with tempfile.TemporaryDirectory() as folder:
        library = ScenarioLibrary(Workspace(Path(folder)))
        library.save("A", plan)
        assert library.load("A") == plan


def test_nothing_is_made_before_a_plan_is_saved(library, folder):
    assert (library.names(), library.problems()) == ((), ())
    assert not folder.parent.exists()
    library.save("A", BALANCED)
    assert [file.name for file in folder.iterdir()] == ["a.json"]
    assert stat.S_IMODE((folder / "a.json").stat().st_mode) == 0o600
    assert (folder.parent / ".gitignore").exists()


def test_a_name_that_is_taken_is_not_overwritten_unasked(library):
    library.save("A", BALANCED)
    with pytest.raises(ValueError, match="‘A’ is saved already"):
        library.save(" A ", DURABLE)
    assert library.load("A") == BALANCED
    library.save("A", DURABLE, overwrite=True)
    assert library.load("A") == DURABLE
    assert library.names() == ("A",)


@pytest.mark.parametrize(
    "name",
    [
        "../../escape",
        "/etc/passwd",
        "C:\\plan",
        "نقشهٔ فروشگاه",
        "خطة المتجر",
        "Größe & café 🎉",
        "a.json",
        ".hidden",
        "CON",
        "x" * LONGEST_NAME,
    ],
)
def test_odd_names_come_back_and_stay_in_the_folder(library, folder, name):
    before = set(folder.parents[1].rglob("*"))
    library.save(name, BALANCED)
    assert library.names() == (clean_name(name),)
    assert library.load(name) == BALANCED
    made = set(folder.parents[1].rglob("*")) - before
    assert {file.parent for file in made if file.suffix == ".json"} == {folder}
    library.remove(name)
    assert library.names() == ()


def test_names_that_would_share_a_file_have_one_each(library, folder):
    names = ("A/B", "a b", "A-B", "Ä b", "店", "铺", "plan")
    for number, name in enumerate(names):
        library.save(name, BALANCED.with_values({"cash": float(number)}))
    assert set(library.names()) == set(names)
    assert [library.load(name).cash for name in names] == list(range(len(names)))
    assert sorted(file.name for file in folder.iterdir()) == [
        *("a-b-2.json", "a-b-3.json", "a-b-4.json", "a-b.json"),
        *("plan-2.json", "plan-3.json", "plan.json"),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "needs a name"),
        (" \n\t ", "needs a name"),
        ("\u200c\u200d", "needs a name"),
        ("a\x00b", "letters, digits and signs"),
        ("\ud800 half", "letters, digits and signs"),
        ("x" * (LONGEST_NAME + 1), "up to 60 letters: this one has 61"),
    ],
)
def test_names_that_nobody_could_read_are_refused(library, folder, name, said):
    with pytest.raises(ValueError, match=said):
        library.save(name, BALANCED)
    assert not folder.exists()


@given(st.text(max_size=LONGEST_NAME + 5))
def test_a_cleaned_name_is_clean(name):
    try:
        cleaned = clean_name(name)
    except ValueError:
        return
    assert clean_name(cleaned) == cleaned
    assert cleaned.encode()
    assert cleaned.splitlines() == [cleaned]


def test_the_same_word_in_two_spellings_of_unicode_is_one_name(library):
    library.save("caf\u00e9", BALANCED)
    assert library.load("cafe\u0301") == BALANCED


def test_copies_are_counted_and_fit_the_longest_name(library):
    library.save("A", BALANCED)
    assert library.duplicate("A") == "A (copy)"
    assert library.duplicate("A") == "A (copy 2)"
    assert library.duplicate("A (copy)") == "A (copy 3)"
    assert library.load("A (copy 2)") == BALANCED
    long = library.save("x" * LONGEST_NAME, DURABLE)
    assert library.duplicate(long) == "x" * (LONGEST_NAME - 7) + " (copy)"
    assert library.duplicate(long) == "x" * (LONGEST_NAME - 9) + " (copy 2)"


def test_a_renamed_plan_leaves_its_old_name_and_takes_no_other_plans_place(library, folder):
    library.save("A", BALANCED)
    library.save("B", DURABLE)
    with pytest.raises(ValueError, match="‘B’ is saved already"):
        library.rename("A", "B")
    assert (library.load("A"), library.load("B")) == (BALANCED, DURABLE)
    assert library.rename("A", "C") == "C"
    assert library.rename("C", " C ") == "C"
    assert library.names() == ("B", "C")
    assert sorted(file.name for file in folder.iterdir()) == ["b.json", "c.json"]


def test_names_stand_in_the_order_of_the_alphabet(library):
    for name in ("b", "C", "A", "c", "a"):
        library.save(name, BALANCED)
    assert library.names() == ("A", "a", "b", "C", "c")


def test_an_unknown_name_is_told_with_those_that_are_there(library):
    with pytest.raises(ValueError, match="No saved plan is called ‘A’: none is saved"):
        library.load("A")
    library.save("B", BALANCED)
    library.save("C", BALANCED)
    for refused in (library.load, library.remove, library.duplicate):
        with pytest.raises(ValueError, match="‘A’: there are ‘B’ and ‘C’"):
            refused("A")


def saved_text(plan: Plan, tmp_path: Path) -> dict[str, object]:
    other = ScenarioLibrary(Workspace(tmp_path / "other"))
    other.save("A", plan)
    content: dict[str, object] = json.loads((tmp_path / "other/scenarios/a.json").read_text(encoding="utf-8"))
    return content


def test_a_file_from_elsewhere_is_listed_by_the_name_inside(library, folder, tmp_path):
    library.save("B", DURABLE)
    (folder / "mail attachment (1).json").write_text(json.dumps(saved_text(BALANCED, tmp_path)))
    assert library.names() == ("A", "B")
    assert library.load("A") == BALANCED
    library.save("A", DURABLE, overwrite=True)
    assert sorted(file.name for file in folder.iterdir()) == ["b.json", "mail attachment (1).json"]


def test_two_files_with_one_name_are_told_and_the_first_counts(library, folder, tmp_path):
    library.save("A", BALANCED)
    (folder / "b.json").write_text(json.dumps(saved_text(DURABLE, tmp_path)))
    assert library.load("A") == BALANCED
    assert library.problems() == (
        "b.json in the workspace's folder scenarios is left aside: a.json holds ‘A’ already.",
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[1, 2]",
        b'{"name": "A"}',
        b'{"name": 5, "plan": {}}',
        b'{"name": "\\ud800", "plan": {}}',
        b'{"plan": {}}',
        b"[" * 100_000,
        b"null",
    ],
)
def test_a_damaged_file_is_told_and_stays_untouched(library, folder, content):
    library.save("B", BALANCED)
    (folder / "a.json").write_bytes(content)
    assert library.names() == ("B",)
    (problem,) = library.problems()
    assert problem.startswith("a.json in the workspace's folder scenarios is damaged")
    library.save("A", DURABLE, overwrite=True)
    assert library.load("A") == DURABLE
    assert (folder / "a.json").read_bytes() == content


def test_a_folder_called_like_a_file_is_told(library, folder):
    library.save("B", BALANCED)
    (folder / "a.json").mkdir()
    assert library.names() == ("B",)
    assert len(library.problems()) == 1


def test_a_plan_that_is_refused_is_told_in_the_plans_own_words(library, folder, tmp_path):
    content = saved_text(BALANCED, tmp_path)
    folder.mkdir(parents=True)
    (folder / "newer.json").write_text(json.dumps({**content, "plan": {"version": 99}}))
    assert library.names() == ()
    (problem,) = library.problems()
    assert problem.startswith("newer.json in the workspace's folder scenarios cannot be used. ")
    assert "99" in problem


def test_a_folder_that_takes_no_file_is_told(library, folder):
    folder.parent.mkdir()
    folder.write_text("a file in the folder's place")
    with pytest.raises(ValueError, match="‘A’ could not be saved: the folder scenarios"):
        library.save("A", BALANCED)
