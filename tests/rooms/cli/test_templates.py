from pathlib import Path

from typer.testing import CliRunner, Result

from worker.cli import app
from worker.operations import OPERATIONS


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["templates", *map(str, arguments)])


def test_export_writes_what_check_wants(tmp_path: Path) -> None:
    """A folder that is out of date is told file by file; after an export it is current."""
    before = run("export", "--folder", tmp_path, "--check")
    written = run("export", "--folder", tmp_path)
    after = run("export", "--folder", tmp_path, "--check")

    assert before.exit_code == 1
    assert "azure-openai.json: out of date; run: azure-openai-worker templates export" in before.output
    assert "azure-openai.json: version 1" in written.output
    assert (after.exit_code, after.output) == (0, "")


def test_a_release_keeps_what_it_gives_out(tmp_path: Path) -> None:
    """Every template lies below versioned/ afterwards."""
    run("export", "--folder", tmp_path, "--release")
    current = {file.relative_to(tmp_path).with_suffix("") for file in tmp_path.rglob("*.json")} - {
        file.relative_to(tmp_path).with_suffix("") for file in (tmp_path / "versioned").rglob("*.json")
    }

    assert current
    assert all((tmp_path / "versioned" / f"{name}-1.json").is_file() for name in current)


def test_validate_says_where_a_file_is_wrong(tmp_path: Path) -> None:
    """Exit code 1 and the place of the flaw; nothing for a file that is right."""
    run("export", "--folder", tmp_path)
    right, wrong = tmp_path / "azure-openai.json", tmp_path / "wrong.json"
    wrong.write_text('{"name": "a", "id": "b", "appliesTo": [], "properties": {}}', encoding="utf-8")
    told = run("validate", right, wrong)

    assert run("validate", right).exit_code == 0
    assert told.exit_code == 1
    assert "wrong.json: $.properties" in told.output
    assert "azure-openai.json:" not in told.output


def test_list_names_every_operation(tmp_path: Path) -> None:
    """One line for each file."""
    told = run("list", "--folder", tmp_path)

    assert told.exit_code == 0
    assert all(name in told.output for name in OPERATIONS)
