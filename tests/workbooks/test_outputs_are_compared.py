"""A workbook fails when a coefficient is wrong, though at the sliders' defaults nothing shows."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WORKBOOK = "workbooks/01_marketplace_dependence.ipynb"
PLAN_WORKBOOK = "workbooks/04_rent_or_own.ipynb"

#: Each is right at the default and wrong off it: a slider that moves nothing, a month counted twice.
MUTATIONS = {
    "the fee rise is ignored": ("marketplace/_shocks.py", "before - points * base", "before - 0.02 * base"),
    "a slider moves nothing": ("marketplace/_economics.py", "economics.owned_ad_rate)", "0.18)"),
    "downtime is cut at three months": (
        "marketplace/_shocks.py",
        ">= downtime_months",
        ">= min(3, downtime_months)",
    ),
}


def run_workbook(root: Path, library: Path, workbook: str = WORKBOOK) -> tuple[int, list[str], str]:
    """Pytest's exit code, the numbers of the cells that failed, and what it printed."""
    command = [sys.executable, "-m", "pytest", workbook, "-p", "no:xdist", "-p", "no:cacheprovider", "-q"]
    run = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, re.findall(r"^FAILED .*::Cell (\d+)", run.stdout, re.MULTILINE), run.stdout


@pytest.fixture
def library(root: Path, tmp_path: Path) -> Path:
    """A copy of the library that a test may break, with the sample brand beside it."""
    shutil.copytree(root / "data", tmp_path / "data")
    return Path(shutil.copytree(root / "lib", tmp_path / "lib"))


def test_an_unchanged_copy_passes(root, library):
    code, failed, printed = run_workbook(root, library)
    assert (code, failed) == (0, []), printed


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_changed_coefficient_fails_off_the_default_only(root, library, name):
    file, right, wrong = MUTATIONS[name]
    module = library / "ownchannel" / file
    source = module.read_text()
    assert source.count(right) == 1
    module.write_text(source.replace(right, wrong))
    code, failed, printed = run_workbook(root, library)
    assert code == 1, printed
    cells = [
        cell for cell in json.loads((root / WORKBOOK).read_text())["cells"] if cell["cell_type"] == "code"
    ]
    assert failed
    assert all("panel.at(" in "".join(cells[int(number)]["source"]) for number in failed)


def test_a_wrong_coefficient_in_the_engine_fails_the_plan(root, library):
    module = library / "ownchannel" / "scenarios" / "_response.py"
    source, right = module.read_text(), "channel.ad_incrementality * extra"
    assert source.count(right) == 1
    module.write_text(source.replace(right, f"1.01 * {right}"))
    code, failed, printed = run_workbook(root, library, PLAN_WORKBOOK)
    assert (code, bool(failed)) == (1, True), printed
