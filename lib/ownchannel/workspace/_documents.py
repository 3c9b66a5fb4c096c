"""Things kept by name in the workspace, a JSON file each; files from elsewhere count, too."""

import json
import re
import unicodedata
from collections.abc import Callable
from itertools import chain, count
from pathlib import Path
from typing import Any, Generic, TypeVar

from ownchannel.formats import listed
from ownchannel.workspace._folder import Workspace, write_private

T = TypeVar("T")

LONGEST_NAME = 60


class NamedDocuments(Generic[T]):
    """What a folder of the workspace keeps by name.

    `noun` is the word for one of them, in sentences and in the file; `as_document` gives what JSON holds of
    it, `from_document` the thing again. A name is kept inside its file, so that files may be copied from
    another machine under any file name. Names that cannot be used, are taken or missing raise ValueError.

    >>> import tempfile
    >>> notes = NamedDocuments(Workspace.at(tempfile.mkdtemp()), "notes", noun="note")
    >>> notes.save(" To  do ", {"on Monday": ["write"]})
    'To do'
    >>> notes.duplicate("To do"), notes.names()
    ('To do (copy)', ('To do', 'To do (copy)'))
    >>> notes.load("To do")
    {'on Monday': ['write']}
    """

    def __init__(
        self,
        workspace: Workspace,
        folder: str,
        *,
        noun: str = "document",
        as_document: Callable[[T], Any] = lambda thing: thing,
        from_document: Callable[[Any], T] = lambda document: document,
    ) -> None:
        self._workspace, self._folder, self._noun = workspace, folder, noun
        self._as_document, self._from_document = as_document, from_document

    def names(self) -> tuple[str, ...]:
        """The names that are kept, in the order of the alphabet."""
        return tuple(self._found()[0])

    def problems(self) -> tuple[str, ...]:
        """A sentence for each file that cannot be used, and so is in no list."""
        return tuple(self._found()[1])

    def load(self, name: str) -> T:
        """What is kept under this name."""
        return self._find(name)[1]

    def save(self, name: str, thing: T, *, overwrite: bool = False) -> str:
        """Keep a thing under a name, which is returned as it will be listed."""
        name, kept = self.clean_name(name), self._found()[0]
        if name in kept and not overwrite:
            raise ValueError(
                f"A {self._noun} called ‘{name}’ is saved already: choose another name, or replace it."
            )
        self._write(kept[name][0] if name in kept else self._free_file(name), name, thing)
        return name

    def duplicate(self, name: str) -> str:
        """Keep a thing again under a name of its own, which is returned; a copy of a copy is counted on."""
        thing, taken = self.load(name), self.names()
        original = re.sub(r" \(copy( \d+)?\)$", "", self.clean_name(name))
        marks = chain([" (copy)"], (f" (copy {number})" for number in count(2)))
        copies = (original[: LONGEST_NAME - len(mark)].rstrip() + mark for mark in marks)
        return self.save(next(copy for copy in copies if copy not in taken), thing)

    def rename(self, name: str, new_name: str) -> str:
        """Change a name; the new one is returned."""
        (file, thing), new_name = self._find(name), self.clean_name(new_name)
        if new_name != self.clean_name(name):
            self.save(new_name, thing)
            file.unlink(missing_ok=True)
        return new_name

    def remove(self, name: str) -> None:
        """Delete what is kept under a name."""
        self._find(name)[0].unlink(missing_ok=True)

    def clean_name(self, name: str) -> str:
        """A name as it is kept: see the function of the same name."""
        return clean_name(name, self._noun)

    def _find(self, name: str) -> tuple[Path, T]:
        kept, name = self._found()[0], self.clean_name(name)
        if name not in kept:
            there_are = f"there are {listed(f'‘{other}’' for other in kept)}" if kept else "none is saved"
            raise ValueError(f"No saved {self._noun} is called ‘{name}’: {there_are}.")
        return kept[name]

    def _found(self) -> tuple[dict[str, tuple[Path, T]], list[str]]:
        """By name the file and the thing in it; and a sentence on every file that cannot be used."""
        kept: dict[str, tuple[Path, T]] = {}
        problems: list[str] = []
        for file in sorted((self._workspace.folder / self._folder).glob("*.json")):
            try:
                name, thing = self._read(file)
            except ValueError as problem:
                problems.append(str(problem))
                continue
            if name in kept:
                place, other = self._place(file), kept[name][0].name
                problems.append(f"{place} is left aside: {other} holds ‘{name}’ already.")
            kept.setdefault(name, (file, thing))
        return dict(sorted(kept.items(), key=lambda item: (item[0].casefold(), item[0]))), problems

    def _read(self, file: Path) -> tuple[str, T]:
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            name, document = self.clean_name(content["name"]), content[self._noun]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(
                f"{self._place(file)} is damaged: it holds no {self._noun} with a name. Put back your copy, "
                "or delete it."
            ) from error
        try:
            return name, self._from_document(document)
        except ValueError as problem:
            raise ValueError(f"{self._place(file)} cannot be used. {problem}") from problem

    def _write(self, file: Path, name: str, thing: T) -> None:
        content = {"name": name, self._noun: self._as_document(thing)}
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        try:
            self._workspace.open()
            file.parent.mkdir(mode=0o700, exist_ok=True)
            write_private(file, text.encode())
        except OSError as error:
            raise ValueError(
                f"‘{name}’ could not be saved: the folder {self._folder} in the workspace takes no file "
                f"({error.strerror}). Free space on the disk, or change whose folder it is."
            ) from error

    def _free_file(self, name: str) -> Path:
        """A file that does not exist yet, with the name as far as any file system allows."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        slug = "-".join(re.findall("[a-z0-9]+", plain)) or self._noun
        names = chain([slug], (f"{slug}-{number}" for number in count(2)))
        files = (self._workspace.folder / self._folder / f"{name}.json" for name in names)
        return next(file for file in files if not file.exists())

    def _place(self, file: Path) -> str:
        return f"{file.name} in the workspace's folder {self._folder}"


def clean_name(name: str, noun: str = "document") -> str:
    """A name as it is kept: one space between words, accents composed.

    Raises ValueError where nothing of it can be read, it is too long, or holds signs that no screen shows.

    >>> clean_name("  More   own store ")
    'More own store'
    """
    cleaned = unicodedata.normalize("NFC", " ".join(name.split()))
    kinds = [unicodedata.category(letter) for letter in cleaned]
    if all(kind[0] in "CZM" for kind in kinds):
        raise ValueError(f"A {noun} needs a name, such as ‘More own store’.")
    if "Cc" in kinds or "Cs" in kinds:
        raise ValueError(f"A {noun}'s name is made of letters, digits and signs: this one holds others.")
    if len(cleaned) > LONGEST_NAME:
        raise ValueError(f"A {noun}'s name has up to {LONGEST_NAME} letters: this one has {len(cleaned)}.")
    return cleaned
