from pathlib import Path

import pytest

from tests.stores.databases import KINDS, a_place
from worker.history import Place


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database, of either kind."""
    return a_place(request.param, tmp_path, request)
