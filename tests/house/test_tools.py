"""The tools that judge code. `python3 dev.py check` runs the same four alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

BESIDE_PYTHON = Path(sys.executable).parent
TOOLS = {
    "lint": [sys.executable, "-m", "ruff", "check"],
    "format": [sys.executable, "-m", "ruff", "format", "--check"],
    "types": [sys.executable, "-m", "mypy"],
    "import rule": [str(BESIDE_PYTHON / "lint-imports"), "--no-logo", "--no-cache"],
}


@pytest.mark.timeout(300)  # the type check has no cache on its first run
@pytest.mark.parametrize("tool", TOOLS)
def test_finds_nothing(tool: str) -> None:
    """Lint, format, types and the import rule are clean, with the settings in pyproject.toml."""
    ran = subprocess.run(TOOLS[tool], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
