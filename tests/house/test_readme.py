"""The README's Python runs as it stands."""

import re
from pathlib import Path

import pytest


def test_the_python_of_the_readme_runs(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", (root / "README.md").read_text("utf-8"), re.M | re.S)
    monkeypatch.chdir(root)
    names: dict[str, object] = {}
    for block in blocks:
        exec(block, names)
    printed = capsys.readouterr().out
    assert len(blocks) == 2
    assert "15 of 15 files read" in printed
    assert "68% of $635,604 revenue comes through marketplaces" in printed
