"""Plans kept by name in the workspace, a file each; a file that is put there from elsewhere is found too."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from ownchannel.formats import listed
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._plan_document import as_document, from_document
from ownchannel.workspace import Workspace, write_private

FOLDER = "scenarios"
LONGEST_NAME = 60


@dataclass(frozen=True)
class _Saved:
    file: Path
    plan: Plan


class ScenarioLibrary:
    """The plans in the folder `scenarios` of a workspace.

    A plan's name is kept inside its file, so that files may be copied from another machine under any file
    name. Spaces at the ends of a name, and several in a row, do not count.

    >>> import tempfile
    >>> from ownchannel.scenarios._presets import preset
    >>> library = ScenarioLibrary(Workspace.at(tempfile.mkdtemp()))
    >>> library.save("More own store", preset("Balanced brand"))
    'More own store'
    >>> library.duplicate("More own store")
    'More own store (copy)'
    >>> library.names()
    ('More own store', 'More own store (copy)')
    >>> library.load("More own store") == preset("Balanced brand")
    True
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def names(self) -> tuple[str, ...]:
        """The names of the saved plans, in the order of the alphabet."""
        return tuple(self._saved())

    def problems(self) -> tuple[str, ...]:
        """A sentence for each file that cannot be used, and so is in no list."""
        problems: list[str] = []
        self._saved(problems)
        return tuple(problems)

    def load(self, name: str) -> Plan:
        """The plan saved under this name; raises ValueError where there is none."""
        return self._find(name).plan

    def save(self, name: str, plan: Plan, *, overwrite: bool = False) -> str:
        """Keep a plan under a name, which is given back as it will be listed.

        Raises ValueError where the name cannot be used, or is taken and not to be overwritten.
        """
        name = clean_name(name)
        saved = self._saved()
        if name in saved and not overwrite:
            raise ValueError(f"A plan called ‘{name}’ is saved already: choose another name, or replace it.")
        self._write(saved[name].file if name in saved else self._free_file(name), name, plan)
        return name

    def duplicate(self, name: str) -> str:
        """Save a plan again under a name of its own, which is given back."""
        plan, taken = self.load(name), self.names()
        return self.save(next(copy for copy in _copy_names(clean_name(name)) if copy not in taken), plan)

    def rename(self, name: str, new_name: str) -> str:
        """Give a saved plan another name, which is given back; raises ValueError where it is taken."""
        found, new_name = self._find(name), clean_name(new_name)
        if new_name != clean_name(name):
            self.save(new_name, found.plan)
            found.file.unlink(missing_ok=True)
        return new_name

    def remove(self, name: str) -> None:
        """Delete a saved plan; raises ValueError where there is none of this name."""
        self._find(name).file.unlink(missing_ok=True)

    def _find(self, name: str) -> _Saved:
        saved, name = self._saved(), clean_name(name)
        if name not in saved:
            there_are = f"there are {listed(f'‘{other}’' for other in saved)}" if saved else "none is saved"
            raise ValueError(f"No saved plan is called ‘{name}’: {there_are}.")
        return saved[name]

    def _saved(self, problems: list[str] | None = None) -> dict[str, _Saved]:
        """What is saved, by name; a sentence on every other file is added to `problems`."""
        found: dict[str, _Saved] = {}
        told = [] if problems is None else problems
        for file in sorted((self._workspace.folder / FOLDER).glob("*.json")):
            try:
                name, plan = _read(file)
            except ValueError as problem:
                told.append(str(problem))
                continue
            if name in found:
                told.append(f"{_place(file)} is left aside: {found[name].file.name} holds ‘{name}’ already.")
            found.setdefault(name, _Saved(file, plan))
        return dict(sorted(found.items(), key=lambda item: (item[0].casefold(), item[0])))

    def _free_file(self, name: str) -> Path:
        """A file that does not exist yet, called after the plan as far as any file system allows."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = "-".join(re.findall("[a-z0-9]+", plain)) or "plan"
        folder = self._workspace.folder / FOLDER
        names = chain([slug], (f"{slug}-{number}" for number in count(2)))
        return next(file for name in names if not (file := folder / f"{name}.json").exists())

    def _write(self, file: Path, name: str, plan: Plan) -> None:
        content = {"name": name, "plan": as_document(plan)}
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        try:
            self._workspace.open()
            file.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(file, text.encode())
        except OSError as error:
            raise ValueError(
                f"‘{name}’ could not be saved: the folder {FOLDER} in the workspace takes no file "
                f"({error.strerror}). Free space on the disk, or change whose folder it is."
            ) from error


def clean_name(name: str) -> str:
    """The name as it is kept: one space between words, accents composed.

    Raises ValueError where nothing of it can be read, where it is longer than LONGEST_NAME letters, and where
    it holds signs that no screen shows.

    >>> clean_name("  More   own store ")
    'More own store'
    """
    cleaned = unicodedata.normalize("NFC", " ".join(name.split()))
    kinds = [unicodedata.category(letter) for letter in cleaned]
    if all(kind[0] in "CZM" for kind in kinds):
        raise ValueError("A plan needs a name, such as ‘More own store’.")
    if "Cc" in kinds or "Cs" in kinds:
        raise ValueError("A plan's name is made of letters, digits and signs: this one holds others.")
    if len(cleaned) > LONGEST_NAME:
        raise ValueError(f"A plan's name has up to {LONGEST_NAME} letters: this one has {len(cleaned)}.")
    return cleaned


def _copy_names(name: str) -> Iterator[str]:
    """Names for copies, in the order in which they are tried; a copy of a copy is counted on."""
    original = re.sub(r" \(copy( \d+)?\)$", "", name)
    for mark in chain([" (copy)"], (f" (copy {number})" for number in count(2))):
        yield original[: LONGEST_NAME - len(mark)].rstrip() + mark


def _read(file: Path) -> tuple[str, Plan]:
    """Name and plan in a file; raises ValueError with a sentence that names it."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        name, plan = clean_name(content["name"]), content["plan"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(
            f"{_place(file)} is damaged: it holds no plan with a name. Put back your copy, or delete it."
        ) from error
    try:
        return name, from_document(plan)
    except ValueError as problem:
        raise ValueError(f"{_place(file)} cannot be used. {problem}") from problem


def _place(file: Path) -> str:
    return f"{file.name} in the workspace's folder {FOLDER}"
