"""What the README says is what the code does."""

import subprocess
import sys

import pytest

from tests.house.tree import ROOT

README = ROOT / "README.md"


def test_tables_are_current() -> None:
    """The settings, error and operation tables are what the code would write today."""
    command = [sys.executable, "-m", "worker", "docs", "--check", str(README)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("table", ["settings", "errors", "operations"])
def test_has_the_table(table: str) -> None:
    """Each generated table has its place, else its check would pass by finding nothing."""
    text = README.read_text(encoding="utf-8")

    assert f"<!-- {table} -->" in text
    assert f"<!-- /{table} -->" in text


@pytest.mark.parametrize("command", ["demo", "test"])
def test_shows_the_two_commands(command: str) -> None:
    """A newcomer finds both commands, as they are to be typed."""
    assert f"python3 dev.py {command}" in README.read_text(encoding="utf-8")


def test_ci_runs_the_readme_command() -> None:
    """What CI calls is the very test command of the README."""
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if line.startswith("python3 dev.py ")] == ["python3 dev.py test &"]
