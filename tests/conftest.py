"""Fixtures that several rooms share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Real exports and published data sets, kept out of the repository because their licences differ.

    A test that uses them must have a sibling that proves the same on generated data.
    """
    folder = Path(os.environ.get("OWNCHANNEL_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("real data folder absent")
    return folder
