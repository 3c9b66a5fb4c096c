"""Fixtures that several rooms share."""

import os
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def published_data() -> Path:
    """The literature's data sets that the package `lifetimes` ships as files: CDNOW and the donations.

    It is a development dependency for these files alone, which are read without importing it.
    """
    return Path(str(distribution("lifetimes").locate_file("lifetimes/datasets")))


@pytest.fixture(scope="session")
def real_exports() -> Path:
    """Exports as platforms wrote them for real shops, which nobody may ship."""
    return _not_shipped("exports")


@pytest.fixture(scope="session")
def online_retail() -> Path:
    """Online Retail, 541,909 order lines of a real shop: too large to ship."""
    return _not_shipped("online_retail.csv.gz")


@pytest.fixture(scope="session")
def everyday_files() -> Path:
    """Folders of small files as people hand them in, beside the data."""
    return _not_shipped("").parent / "cases"


@pytest.fixture(scope="session")
def pollock() -> Path:
    """The Pollock benchmark of damaged files: 117 MB once they are unpacked."""
    return _not_shipped("pollock.tar.xz")


def _not_shipped(name: str) -> Path:
    """The only data for which a test may be skipped; it must have a sibling that needs none of it."""
    folder = Path(os.environ.get("OWNCHANNEL_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip("real data folder absent")
    return folder / name
