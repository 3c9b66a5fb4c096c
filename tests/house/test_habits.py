"""What others expect of a repository: hooks, runners, forms and a citation that agree with the rest of it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

FORMS = ["file_read_wrong", "idea", "number_looks_wrong"]


def loaded(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def project(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_hooks_download_nothing_and_run_what_is_there(root: Path) -> None:
    repositories = loaded(root / ".pre-commit-config.yaml")["repos"]
    hooks = [hook for repository in repositories for hook in repository["hooks"]]
    assert {repository["repo"] for repository in repositories} == {"local"}
    assert {hook["language"] for hook in hooks} == {"system"}
    assert {hook["entry"].split(" --")[0] for hook in hooks} == {
        "python -m ruff check",
        "python -m ruff format",
        "python etc/clean_notebook.py",
    }
    (cleaner,) = [hook for hook in hooks if "clean_notebook" in hook["entry"]]
    assert re.search(cleaner["files"], "workbooks/00_start_here.ipynb")
    assert (root / "etc" / "clean_notebook.py").is_file()


def test_runners_cover_three_systems_and_every_python_from_the_oldest(root: Path) -> None:
    matrix = loaded(root / ".github" / "workflows" / "test.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert {name.partition("-")[0] for name in matrix["system"]} == {"ubuntu", "macos", "windows"}
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]
    assert project(root)["requires-python"] == f">={matrix['python'][0]}"


@pytest.mark.parametrize("name", FORMS)
def test_every_form_warns_before_it_asks(name: str, root: Path) -> None:
    body = loaded(root / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml")["body"]
    assert body[0]["type"] == "markdown"
    assert "Never attach customers' data" in body[0]["attributes"]["value"]
    assert body[-1]["type"] == "checkboxes"
    assert body[-1]["attributes"]["options"][0]["required"]
    assert not [field for field in body if field["type"] == "upload"]


def test_there_is_no_form_without_the_warning(root: Path) -> None:
    folder = root / ".github" / "ISSUE_TEMPLATE"
    assert sorted(file.stem for file in folder.iterdir()) == sorted([*FORMS, "config"])
    assert loaded(folder / "config.yml") == {"blank_issues_enabled": False}


def test_citation_names_this_version(root: Path) -> None:
    import ownchannel

    cited, ours = loaded(root / "CITATION.cff"), project(root)
    assert cited["version"] == ours["version"] == ownchannel.__version__
    assert cited["license"] == ours["license"]
    assert [author["name"] for author in cited["authors"]] == [author["name"] for author in ours["authors"]]


def test_decisions_are_numbered_and_say_what_was_measured(root: Path) -> None:
    folder = root / "docs" / "decisions"
    records = sorted(file for file in folder.glob("*.md") if file.name != "README.md")
    assert [int(file.name[:2]) for file in records] == list(range(1, len(records) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    for file in records:
        text = file.read_text(encoding="utf-8")
        parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert parts == ["Context", "Decision", "Measurement", "Consequences"], file.name
        title = re.match(r"# (\d+)\. (.+)\n", text)
        assert title is not None, file.name
        assert int(title[1]) == int(file.name[:2])
        assert f"[{title[2]}]({file.name})" in index
        assert re.search(r"\d", text.partition("## Measurement")[2].partition("## Consequences")[0]), (
            file.name
        )
