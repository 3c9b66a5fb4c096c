"""The house's own rules: what a file may hold, what an import may cost, what the set-up may rest on."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

HEAVY = {"duckdb", "ipywidgets", "pandas", "plotly", "pyarrow", "scipy", "statsmodels"}
TARGETS = [
    "lab",
    "app",
    "setup",
    "test",
    "test-slow",
    "bench",
    "lint",
    "docs",
    "lock",
    "notebooks",
    "samples",
    "clean",
]
PERSONAL_PATH = re.compile(r"(?<![\w.:/~-])/(?:home|Users|root|work|tmp|mnt|opt)/[\w.]+")


def tracked(root: Path) -> list[Path]:
    """Every file that git has or would take, that still exists."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    return [root / name for name in sorted(listed.stdout.split("\0")) if name and (root / name).is_file()]


def library(root: Path) -> list[Path]:
    return sorted((root / "lib").rglob("*.py"))


# ---------------------------------------------------------------- the code


def public_names() -> dict[str, object]:
    """What people reach by `ownchannel.name`, its rooms aside."""
    import ownchannel

    found = {name: getattr(ownchannel, name) for name in ownchannel.__all__}
    return {name: thing for name, thing in found.items() if not isinstance(thing, ModuleType)}


def test_every_public_name_has_an_example_that_runs():
    assert not [name for name, thing in public_names().items() if ">>>" not in (thing.__doc__ or "")]


def test_no_module_is_longer_than_500_lines(root: Path) -> None:
    files = [file for file in tracked(root) if file.suffix in {".py", ".js"}]
    long = {file.name: lines for file in files if (lines := _lines(file)) > 500}
    assert files
    assert not long


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def complaints(source: str) -> list[str]:
    """What the house does not allow in a library module: catching everything, filtering others' warnings."""
    return [text for node in ast.parse(source).body for text in _complaints(node, guarded=False)]


def _complaints(node: ast.AST, guarded: bool) -> Iterator[str]:
    if isinstance(node, ast.ExceptHandler):
        caught = {ast.unparse(kind) for kind in _kinds(node.type)}
        if node.type is None or caught & {"Exception", "BaseException"}:
            yield f"line {node.lineno} catches every exception"
    if isinstance(node, ast.With):
        guarded = guarded or any("catch_warnings" in ast.unparse(item) for item in node.items)
    if isinstance(node, ast.Call) and not guarded and _name(node) in {"filterwarnings", "simplefilter"}:
        yield f"line {node.lineno} filters warnings for everybody"
    for child in ast.iter_child_nodes(node):
        yield from _complaints(child, guarded)


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func).split(".")[-1]


def _kinds(caught: ast.expr | None) -> list[ast.expr]:
    if isinstance(caught, ast.Tuple):
        return caught.elts
    return [caught] if caught else []


def test_library_catches_and_silences_only_what_it_names(root: Path) -> None:
    found = {file.name: said for file in library(root) if (said := complaints(file.read_text("utf-8")))}
    assert library(root)
    assert not found


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("try:\n    pass\nexcept:\n    pass", ["line 3 catches every exception"]),
        ("try:\n    pass\nexcept (KeyError, Exception):\n    pass", ["line 3 catches every exception"]),
        ("try:\n    pass\nexcept (KeyError, OSError):\n    pass", []),
        ("import warnings\nwarnings.simplefilter('ignore')", ["line 2 filters warnings for everybody"]),
        ("with warnings.catch_warnings():\n    warnings.simplefilter('ignore')", []),
    ],
)
def test_complaints_are_made_where_they_are_due(source: str, said: list[str]) -> None:
    assert complaints(source) == said


def test_no_file_names_a_path_of_one_machine(root: Path) -> None:
    found = {
        file.relative_to(root).as_posix(): paths
        for file in tracked(root)
        if (paths := PERSONAL_PATH.findall(file.read_bytes().decode("utf-8", errors="ignore")))
    }
    assert not found


@pytest.mark.parametrize("top", ["home", "Users", "root"])
def test_a_path_of_one_machine_is_recognised(top: str) -> None:
    assert PERSONAL_PATH.search(f"read_orders('/{top}/ada')")
    assert not PERSONAL_PATH.search(f"https://example.org/{top}/ada")


def test_import_costs_nothing() -> None:
    script = "import json, sys, ownchannel; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert HEAVY.isdisjoint(json.loads(ran.stdout))


def test_every_public_name_is_there() -> None:
    import ownchannel

    names = getattr(ownchannel, "__all__", [])
    assert not [name for name in names if not hasattr(ownchannel, name)]
    assert set(names) <= set(dir(ownchannel))


# ---------------------------------------------------------------- the set-up


def test_lock_holds_a_hash_for_everything_and_no_address(root: Path) -> None:
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    bare = [entry for entry in entries if not re.search(r"\\\n    --hash=sha256:[0-9a-f]{64}", entry)]
    assert len(entries) > 50
    assert not bare
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)", text, flags=re.MULTILINE)


def test_lock_answers_pyproject(root: Path) -> None:
    """`make lock` was run after the last change of a dependency."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pinned = re.findall(
        r"^([\w.-]+)==([^\s;]+)", (root / "requirements.lock").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        versions = [version for name, version in pinned if name == wanted.name]
        assert versions, f"{text} is missing from requirements.lock: run make lock"
        assert all(wanted.specifier.contains(version) for version in versions), f"{text}: run make lock"


def test_conda_environment_installs_the_lock(root: Path) -> None:
    """Conda-forge's names and versions differ from the lock's: it brings Python and pip, nothing else."""
    text = (root / "environment.yml").read_text(encoding="utf-8")
    dependencies = re.sub(r"#.*", "", text).partition("dependencies:")[2].split("\n")
    assert [line.strip() for line in dependencies if line.strip()] == [
        "- python=3.13",
        "- pip",
        "- pip:",
        "- -r requirements.lock",
    ]


def test_makefile_has_every_target(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    assert not [name for name in TARGETS if not re.search(rf"^{name}:.*  ## \S", makefile, re.MULTILINE)]


@pytest.mark.parametrize("target", ["lab", "app"])
def test_servers_listen_to_this_machine_only_and_ask_for_a_token(target: str, root: Path) -> None:
    dry_run = ["make", "--no-print-directory", "--dry-run", target]
    shown = subprocess.run(dry_run, cwd=root, capture_output=True, text=True, check=True)
    command = shown.stdout.splitlines()[-1]
    assert "ip=127.0.0.1" in command
    assert "0.0.0.0" not in command
    # JupyterLab makes a token unless it is told not to; Voila makes one only when told to.
    assert ("token" not in command) if target == "lab" else ("auto_token=True" in command)


@pytest.mark.parametrize("path", ["workspace/customer.key", "workspace/orders/export.csv"])
def test_git_never_takes_the_workspace(path: str, root: Path) -> None:
    ignored = subprocess.run(["git", "check-ignore", path], cwd=root, capture_output=True, check=False)
    assert ignored.returncode == 0


@pytest.mark.parametrize(
    ("path", "attribute"),
    [
        ("data/samples/any.csv", "text: unset"),
        ("data/samples/any.txt", "text: unset"),
        ("a.ipynb", "eol: lf"),
    ],
)
def test_git_keeps_line_ends(path: str, attribute: str, root: Path) -> None:
    name = attribute.partition(":")[0]
    told = subprocess.run(
        ["git", "check-attr", name, path], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout == f"{path}: {attribute}\n"


# ---------------------------------------------------------------- the front page


def test_readme_opens_with_a_picture_and_two_commands(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert re.search(r"!\[[^\]]+\]\(docs/workbook\.png\)", readme[:1000])
    assert re.search(r"^make lab\b.*\n(?:.*\n)*?make test\b", readme, re.MULTILINE)


def test_readme_gives_a_reason_for_every_dependency(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    rows = [line for line in (root / "README.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`([\w-]+)`", row.split("|")[1])}
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert {Requirement(text).name for text in wanted} <= named


def test_readme_names_no_file_that_is_not_there(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!http|#)([^)#]+)", readme)
    assert not [path for path in linked if not (root / path).exists()]
