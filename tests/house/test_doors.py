"""The house: each room is entered by its door, names mean one thing, and tests that look inside say why."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

#: Import statements in tests that reach inside a room, each with its reason.
MOST_LOOKS_INSIDE = 60
REASON = re.compile(r"#\s*inside: \S")


def room_of(module: str) -> str:
    """`ownchannel.files._rows` lies in `files`, whatever is below it."""
    return module.split(".")[1] if module.count(".") else ""


def inner_modules(node: ast.ImportFrom | ast.Import) -> list[str]:
    """The modules behind a door that an import statement names."""
    if isinstance(node, ast.ImportFrom):
        named = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        named = [alias.name for alias in node.names]
    behind = [name for name in named if re.search(r"^ownchannel\..*\._[a-z]", name)]
    return behind[:1]


def imports(source: str) -> Iterator[ast.ImportFrom | ast.Import]:
    """Every import statement, docstrings' examples included."""
    tree = ast.parse(source)
    examples = [
        "\n".join(re.findall(r"^\s*>>> (from ownchannel.*|import ownchannel.*)$", text, re.MULTILINE))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
    ]
    for part in (tree, *map(ast.parse, examples)):
        yield from (node for node in ast.walk(part) if isinstance(node, ast.ImportFrom | ast.Import))


def strangers(module: str, source: str) -> list[str]:
    """What a module takes from inside another room."""
    inner = chain.from_iterable(map(inner_modules, imports(source)))
    return [name for name in inner if room_of(name) != room_of(module)]


def modules(root: Path) -> dict[str, Path]:
    library = root / "lib"
    return {".".join(file.relative_to(library).with_suffix("").parts): file for file in library.rglob("*.py")}


def test_rooms_are_entered_by_their_doors(root: Path) -> None:
    found = {
        name: inside
        for name, file in modules(root).items()
        if (inside := strangers(name, file.read_text(encoding="utf-8")))
    }
    assert len(modules(root)) > 80
    assert not found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from ownchannel.orders import Orders", []),
        ("from ownchannel.clv._optimum import FitError", []),
        ("from ownchannel.files._rows import Rows", ["ownchannel.files._rows"]),
        ("from ownchannel.files import _rows", ["ownchannel.files._rows"]),
        ("def f():\n    import ownchannel.files._rows", ["ownchannel.files._rows"]),
        ('"""An example.\n\n>>> from ownchannel.files._rows import Rows\n"""', ["ownchannel.files._rows"]),
    ],
)
def test_a_look_inside_is_seen(source: str, found: list[str]) -> None:
    assert strangers("ownchannel.clv._pareto_nbd", source) == found


def test_every_module_behind_a_door_begins_with_an_underscore(root: Path) -> None:
    behind = [name for name in modules(root) if name.count(".") > 1]
    assert len(behind) > 80
    assert not [name for name in behind if not all(part[0] == "_" for part in name.split(".")[2:])]


def test_every_door_names_what_is_there_and_what_is_said_of_it(root: Path) -> None:
    import ownchannel

    checked = 0
    for room in (name for name in ownchannel.__all__ if (root / "lib" / "ownchannel" / name).is_dir()):
        door = getattr(ownchannel, room)
        for name in door.__all__:
            thing = getattr(door, name)
            if callable(thing) and not getattr(thing, "__module__", "").startswith("typing"):
                assert thing.__doc__, f"{room}.{name} says nothing of itself"
                checked += 1
    assert checked > 100


def test_no_two_modules_and_no_two_classes_have_one_name(root: Path) -> None:
    names = Counter(file.stem for file in modules(root).values() if file.stem != "__init__")
    classes = Counter(
        node.name
        for file in modules(root).values()
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    )
    assert len(classes) > 100
    assert not [name for name, times in (names + classes).items() if times > 1]


def looks_inside(file: Path) -> list[tuple[str, bool]]:
    """The modules behind doors that a test imports, and whether it says why."""
    lines = file.read_text(encoding="utf-8").splitlines()
    found = []
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.ImportFrom | ast.Import):
            said = " ".join(lines[max(0, node.lineno - 2) : node.end_lineno])
            found += [(name, bool(REASON.search(said))) for name in inner_modules(node)]
    return found


def test_tests_come_by_the_door_or_say_why_they_look_inside(root: Path) -> None:
    looks = {file: looks_inside(file) for file in (root / "tests").rglob("*.py")}
    unexplained = [
        f"{file.relative_to(root)} imports {name}"
        for file, all_ in looks.items()
        for name, why in all_
        if not why
    ]
    elsewhere = [
        f"{file.relative_to(root)} imports {name}"
        for file, all_ in looks.items()
        for name, _ in all_
        if file.relative_to(root / "tests").parts[0] not in {room_of(name), "fuzz", "bench"}
    ]
    assert not unexplained
    assert not elsewhere
    assert sum(map(len, looks.values())) <= MOST_LOOKS_INSIDE
