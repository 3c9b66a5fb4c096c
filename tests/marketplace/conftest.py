"""The sample brand, read once."""

import json
from pathlib import Path
from typing import Any

import pytest

from ownchannel.orders import Orders, sample_orders
from ownchannel.workspace import Workspace


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    """The sample brand's orders, as the reader gives them."""
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="session")
def truth(root: Path) -> dict[str, Any]:
    """What the generator knows of the sample brand, from its own ledger."""
    stated: dict[str, Any] = json.loads((root / "data" / "samples" / "truth.json").read_text())
    return stated
