"""The run itself: which skips pass, which workspace tests get, what of a workbook's output is compared."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

TESTS = """
import os, pathlib, pytest

def test_listed():
    pytest.skip("real data folder absent")

def test_browser():
    pytest.skip("browser absent")

@pytest.mark.skip(reason="later")
def test_unlisted():
    pass

@pytest.mark.xfail(reason="known", strict=True)
def test_expected_to_fail():
    assert False

def test_workspace_is_empty_and_new():
    assert not list(pathlib.Path(os.environ["OWNCHANNEL_WORKSPACE"]).iterdir())
    assert os.environ["OWNCHANNEL_WORKSPACE"] != "the one I work in"
"""


def run(folder: Path, root: Path, *options: str, **environment: str) -> str:
    (folder / "conftest.py").write_text((root / "conftest.py").read_text(encoding="utf-8"))
    (folder / "pytest.ini").write_text("[pytest]\n")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:xdist", "-ra", "--color=no", *options],
        cwd=folder,
        env=os.environ | {"OWNCHANNEL_WORKSPACE": "the one I work in", "REQUIRE_BROWSER": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


@pytest.mark.parametrize(
    ("required", "closing"),
    [
        ("", "1 passed, 2 skipped, 1 xfailed, 1 error"),
        ("1", "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error"),
    ],
)
def test_a_skip_that_is_not_listed_fails(required: str, closing: str, root: Path, tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(TESTS)
    out = run(tmp_path, root, REQUIRE_BROWSER=required)
    assert closing in out
    assert "was skipped: 'later'. Only these reasons may skip a test" in out


def test_a_module_that_skips_itself_fails(root: Path, tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text("import pytest\npytest.importorskip('no_such_library')\n")
    assert "1 error" in run(tmp_path, root)


def test_the_recap_speaks_of_every_run(root: Path, tmp_path: Path) -> None:
    (tmp_path / "test_planted.py").write_text(TESTS)
    recap = tmp_path / "recap"
    recap.write_text("tests that are browser: 3 passed\n")
    out = run(tmp_path, root, OWNCHANNEL_RECAP=str(recap))
    assert "tests that are browser: 3 passed\n" in out
    assert "tests that are all: 1 passed, 1 error, 2 skipped, 1 xfailed\n" in out


@pytest.mark.parametrize(
    ("stored", "closing"),
    [
        ("7 at 0x7f00aa11 in 12345678-9abc-def0-1234-56789abcdef0", "1 passed"),
        ("8 at 0x7f00aa11 in 12345678-9abc-def0-1234-56789abcdef0", "1 failed"),
    ],
)
def test_ids_may_differ_between_runs_and_numbers_may_not(
    stored: str, closing: str, root: Path, tmp_path: Path
) -> None:
    cell = new_code_cell("import uuid\nprint(7, 'at', hex(id(uuid)), 'in', uuid.uuid4())", execution_count=1)
    cell.outputs = [new_output("stream", name="stdout", text=stored + "\n")]
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "planted.ipynb")
    assert closing in run(tmp_path, root, "--nbval", "--nbval-current-env")
