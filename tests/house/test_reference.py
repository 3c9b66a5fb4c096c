"""The reference that `make docs` writes: a page for each room, every public name, nothing from outside."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import pytest

ELSEWHERE = re.compile(r"<(?:script|img|iframe|link)\b[^>]*(?:src|href)=\W*https?:|@import|url\(\W*http")


def write_reference(root: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, root / "etc" / "write_reference.py", folder]
    env = os.environ | environment
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def reference(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    ran = write_reference(root, folder)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    return folder


def rooms(root: Path) -> list[str]:
    """Every public package and module in the library's folder."""
    folder = root / "lib" / "ownchannel"
    packages = [door.parent.name for door in folder.glob("*/__init__.py")]
    modules = [file.stem for file in folder.glob("*.py")]
    return sorted(name for name in packages + modules if not name.startswith("_"))


def public_names(module: ModuleType) -> set[str]:
    """What the door names; of a module without a door, what it defines. Nobody looks up a type variable."""
    own = [name for name, it in vars(module).items() if getattr(it, "__module__", "") == module.__name__]
    names = getattr(module, "__all__", [name for name in own if not name.startswith("_")])
    return {name for name in names if not isinstance(getattr(module, name), TypeVar)}


def test_every_room_has_a_page_that_names_what_is_public(reference: Path, root: Path) -> None:
    missing = {}
    for room in rooms(root):
        page = (reference / "ownchannel" / f"{room}.html").read_text(encoding="utf-8")
        names = public_names(importlib.import_module(f"ownchannel.{room}"))
        assert names, f"{room} names nothing"
        missing[room] = sorted(name for name in names if f'id="{name}"' not in page)
    assert len(missing) > 5
    assert not {room: names for room, names in missing.items() if names}


def test_the_front_page_leads_to_rooms_and_to_what_people_use_first(reference: Path, root: Path) -> None:
    page = (reference / "ownchannel.html").read_text(encoding="utf-8")
    names = public_names(importlib.import_module("ownchannel")) - set(rooms(root))
    assert names
    assert not [name for name in names if f'id="{name}"' not in page]
    assert not [room for room in rooms(root) if f'href="ownchannel/{room}.html"' not in page]


def test_pages_ask_nothing_of_the_network(reference: Path) -> None:
    pages = {file: file.read_text(encoding="utf-8") for file in reference.rglob("*.html")}
    assert pages
    assert not [file.name for file, page in pages.items() if ELSEWHERE.search(page)]
    assert ELSEWHERE.search('<script async src="https://example.org/a.js">')


# ---------------------------------------------------------------- on a library of three files

LAZY = """
__version__ = "1"
__all__ = ["fit"]

def __getattr__(name):
    if name != "fit":
        raise AttributeError(name)
    from ownchannel.clv import fit
    return fit
"""

ROOM = """
def fit(x: "{annotation}"):
    '''Fit.'''

def hidden():
    '''Hide.'''
"""


@pytest.fixture
def small_library(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    room = tmp_path / "ownchannel" / "clv"
    room.mkdir(parents=True)
    (room.parent / "__init__.py").write_text(LAZY)
    (room / "__init__.py").write_text('from ownchannel.clv._fit import fit\n__all__ = ["fit"]\n')
    (room / "_fit.py").write_text(ROOM.format(annotation=request.param))
    return tmp_path


@pytest.mark.parametrize("small_library", ["int"], indirect=True)
def test_only_doors_are_documented(small_library: Path, root: Path) -> None:
    ran = write_reference(root, small_library / "api", PYTHONPATH=str(small_library))
    assert (ran.returncode, ran.stderr) == (0, "")
    pages = {file.name: file.read_text(encoding="utf-8") for file in (small_library / "api").rglob("*.html")}
    assert set(pages) == {"index.html", "ownchannel.html", "clv.html"}
    assert all('id="fit"' in pages[name] for name in ("ownchannel.html", "clv.html"))
    assert not any('id="hidden"' in page for page in pages.values())


@pytest.mark.parametrize("small_library", ["Unheard"], indirect=True)
def test_a_page_that_cannot_be_written_well_is_an_error(small_library: Path, root: Path) -> None:
    ran = write_reference(root, small_library / "api", PYTHONPATH=str(small_library))
    assert ran.returncode == 1
    assert "Unheard" in ran.stderr.splitlines()[-1]
