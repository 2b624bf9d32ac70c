"""Every error can be told, looked up and acted on."""

import re

import pytest

from tests.house.tree import ROOT
from worker.errors import ConnectorError, Retry, leaves


@pytest.mark.parametrize("leaf", [pytest.param(leaf, id=leaf.__name__) for leaf in leaves()])
def test_has_what_a_verdict_needs(leaf: type[ConnectorError]) -> None:
    """A reason in capitals, a code, a default verdict, and a docstring of its own for the person who meets it."""
    assert re.fullmatch(r"[A-Z][A-Z_]+[A-Z]", leaf.reason)
    assert isinstance(leaf.retry, Retry)
    assert (vars(leaf).get("__doc__") or "").strip().endswith(".")


def test_every_error_stands_in_the_readme() -> None:
    """The README's error table has a row with each error's reason."""
    rows = [row for row in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if row.startswith("|")]

    assert [] == [leaf.reason for leaf in leaves() if not any(f"`{leaf.reason}`" in row for row in rows)]
