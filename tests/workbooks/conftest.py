"""Brands, each read once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workbooks.brands import BRANDS


@pytest.fixture(scope="session")
def workspace_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder in which a brand's orders are kept, read when it is first asked for."""
    folders: dict[str, Path] = {}

    def folder(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp("brand")
            if brand := BRANDS[name]:
                brand.save(folders[name])
        return folders[name]

    return folder
