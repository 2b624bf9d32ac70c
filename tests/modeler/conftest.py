"""A modeler for each file of tests; it is gone before an async test begins, whose loop it would occupy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.modeler.stage import Stage, on_stage
from tests.node import node_modules

__all__ = ["node_modules", "stage"]


@pytest.fixture(scope="module")
def stage(node_modules: Path) -> Iterator[Stage]:
    """A browser with the modeler's page."""
    with on_stage(node_modules) as opened:
        yield opened
