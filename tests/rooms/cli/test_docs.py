from pathlib import Path

import pytest
from typer.testing import CliRunner

from worker.cli import app


def run(*arguments: str) -> int:
    return CliRunner().invoke(app, ["docs", *arguments]).exit_code


def test_tables_are_written_between_their_marks(tmp_path: Path) -> None:
    """Only what stands between the marks is made anew, and a second run changes nothing."""
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- errors -->\nold\n<!-- /errors -->\nafter\n", encoding="utf-8")

    assert run(str(file)) == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith("before\n<!-- errors -->\n| reason |")
    assert text.endswith("<!-- /errors -->\nafter\n")
    assert "old" not in text
    assert run(str(file), "--check") == 0


def test_a_table_that_is_out_of_date_is_told(tmp_path: Path) -> None:
    """`--check` changes nothing and says so with its exit code."""
    file = tmp_path / "page.md"
    file.write_text("<!-- settings -->\nold\n<!-- /settings -->\n", encoding="utf-8")

    assert run(str(file), "--check") == 1
    assert "old" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run", "demo", "docs"])
def test_every_command_has_help(name: str) -> None:
    """`--help` answers without starting anything."""
    assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0
