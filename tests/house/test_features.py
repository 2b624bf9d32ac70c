"""The feature table shows what it says."""

import re

import pytest

from tests.house.tree import ROOT, functions
from worker.operations import OPERATIONS

TABLE = ROOT / "docs/features.md"
ROWS = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
LINK = re.compile(r"\[`(test_\w+)`\]\(([^)]+)\) \|$")


@pytest.mark.parametrize("row", ROWS)
def test_each_row_leads_to_its_test(row: str) -> None:
    """The link's file is there, and has a test of that name."""
    name, path = (LINK.search(row) or pytest.fail(f"no test is linked in {row}")).groups()
    file = (TABLE.parent / path).resolve()

    assert file.is_file()
    assert name in {function.name for function in functions(file)}


def test_each_operation_has_a_row() -> None:
    """No operation is left out, and there are rows at all."""
    assert [] == [name for name in OPERATIONS if not any(f"| `{name}`" in row for row in ROWS)]
