"""What a workspace keeps by name, and its tables."""

import json
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from ownchannel.workspace import LONGEST_NAME, NamedDocuments, SavedTables, Workspace


@dataclass(frozen=True)
class Note:
    lines: tuple[str, ...]


def read_note(document: object) -> Note:
    if not isinstance(document, list):
        raise ValueError("A note is a list of lines.")
    return Note(tuple(document))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def notes(workspace: Workspace) -> NamedDocuments[Note]:
    return NamedDocuments(
        workspace, "notes", noun="note", as_document=lambda note: list(note.lines), from_document=read_note
    )


def test_things_come_back_under_their_names(notes, workspace):
    assert notes.names() == notes.problems() == ()
    assert not workspace.folder.exists()
    assert notes.save("  to   do", Note(("a",))) == "to do"
    assert notes.save("Änderung", Note(("b", "c"))) == "Änderung"
    assert notes.names() == ("to do", "Änderung")
    assert notes.load(" to do ") == Note(("a",))
    assert sorted(file.name for file in (workspace.folder / "notes").iterdir()) == [
        "anderung.json",
        "to-do.json",
    ]
    assert json.loads((workspace.folder / "notes" / "to-do.json").read_text()) == {
        "name": "to do",
        "note": ["a"],
    }


def test_names_are_taken_changed_copied_and_freed(notes):
    notes.save("one", Note(("1",)))
    with pytest.raises(ValueError, match="A note called ‘one’ is saved already"):
        notes.save("one", Note(()))
    assert notes.save("one", Note(("2",)), overwrite=True) == "one"
    assert notes.duplicate("one") == "one (copy)"
    assert notes.duplicate("one (copy)") == "one (copy 2)"
    assert notes.rename("one", "two") == "two"
    with pytest.raises(ValueError, match="No saved note is called ‘one’: there are ‘one "):
        notes.load("one")
    with pytest.raises(ValueError, match="is saved already"):
        notes.rename("two", "one (copy)")
    assert notes.load("two") == Note(("2",))
    for name in notes.names():
        notes.remove(name)
    with pytest.raises(ValueError, match="No saved note is called ‘two’: none is saved"):
        notes.remove("two")


def test_files_that_cannot_be_used_are_in_no_list_and_each_has_its_sentence(notes, workspace):
    notes.save("good", Note(()))
    folder = workspace.folder / "notes"
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text('{"name": "b", "note": 3}')
    (folder / "z.json").write_text('{"name": " good ", "note": []}')
    assert notes.names() == ("good",)
    assert notes.problems() == (
        "a.json in the workspace's folder notes is damaged: it holds no note with a name. Put back your "
        "copy, or delete it.",
        "b.json in the workspace's folder notes cannot be used. A note is a list of lines.",
        "z.json in the workspace's folder notes is left aside: good.json holds ‘good’ already.",
    )


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        (" \u200b", "A note needs a name"),
        ("a\x07b", "made of letters, digits and signs"),
        ("x" * (LONGEST_NAME + 1), "up to 60 letters: this one has 61"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_in_a_sentence(notes, name, problem):
    with pytest.raises(ValueError, match=problem):
        notes.save(name, Note(()))


def saved(workspace: Workspace) -> SavedTables[Note]:
    sums = pa.schema([("customer_key", pa.string()), ("sum", pa.decimal128(38, 2))])
    return SavedTables(workspace, "sums.zip", {"sums": sums}, Note)


def sums(key: str | None) -> dict[str, pa.Table]:
    return {"sums": pa.table({"customer_key": pa.array([key, None], pa.string()), "sum": [1, 2]})}


def test_tables_come_back_in_their_types_with_their_note(workspace):
    assert saved(workspace).open() is None
    file = saved(workspace).save(sums("k"), Note(("x", "y")))
    tables, note = saved(workspace).open()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tables["sums"].schema == saved(workspace).schemas["sums"]
    assert [str(row["sum"]) for row in tables["sums"].to_pylist()] == ["1.00", "2.00"]
    assert note == Note(("x", "y"))
    saved(workspace).remove()
    saved(workspace).remove()
    assert saved(workspace).open() is None


def test_a_note_and_what_tables_were_made_of_are_known_without_the_tables(workspace):
    assert saved(workspace).open_note() is None
    assert saved(workspace).made_of() == ""
    saved(workspace).save(sums(None), Note(("x",)), "of two files")
    with zipfile.ZipFile(workspace.folder / "sums.zip") as archive:
        note = archive.read("notes.json")
    with zipfile.ZipFile(workspace.folder / "sums.zip", "w") as archive:
        archive.writestr("notes.json", note)
    assert saved(workspace).open_note() == Note(("x",))
    assert saved(workspace).made_of() == "of two files"
    with pytest.raises(ValueError, match="cannot be opened"):
        saved(workspace).open()


@pytest.mark.parametrize("content", [b"", b"no archive"])
def test_a_damaged_file_has_its_sentence(workspace, content):
    (workspace.open() / "sums.zip").write_bytes(content)
    assert saved(workspace).fits_key()
    with pytest.raises(ValueError, match="cannot be opened"):
        saved(workspace).open()


def test_tables_with_customers_fit_only_the_key_they_were_saved_with(workspace):
    saved(workspace).save(sums(None), Note(()))
    assert saved(workspace).fits_key()
    saved(workspace).save(sums("k"), Note(()))
    assert not saved(workspace).fits_key()  # saved while there was no key
    workspace.secret()
    saved(workspace).save(sums("k"), Note(()))
    assert saved(workspace).fits_key()
    (workspace.folder / "customer.key").unlink()
    workspace.secret()
    assert not saved(workspace).fits_key()
