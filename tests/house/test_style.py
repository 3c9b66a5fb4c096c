"""Style, formatting, types and the order of the rooms: what `make lint` says, said by `make test` too."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

COMMANDS = [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_tool_has_nothing_to_say(command: list[str], root: Path) -> None:
    tool = Path(sysconfig.get_path("scripts")) / command[0]
    found = subprocess.run([tool, *command[1:]], cwd=root, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(found.stdout + found.stderr, pytrace=False)


def test_layers_contract_sees_a_room_that_reaches_too_high(root: Path, tmp_path: Path) -> None:
    package = tmp_path / "ownchannel"
    for room in ("", "workspace", "orders", "charts", "panels"):
        (package / room).mkdir()
        (package / room / "__init__.py").touch()
    for module in ("assumptions", "formats"):
        (package / f"{module}.py").touch()
    (tmp_path / "pyproject.toml").write_text((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert _lint_imports(tmp_path).returncode == 0

    (package / "orders" / "__init__.py").write_text("import ownchannel.charts\nimport plotly\n")
    (package / "charts" / "__init__.py").write_text("import ipywidgets\n")
    refused = _lint_imports(tmp_path)
    assert refused.returncode == 1
    assert "ownchannel.orders is not allowed to import ownchannel.charts" in refused.stdout
    assert "ownchannel is not allowed to import plotly" in refused.stdout
    assert "ownchannel is not allowed to import ipywidgets" in refused.stdout


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sysconfig.get_path("scripts")) / "lint-imports"
    return subprocess.run(
        [tool, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
