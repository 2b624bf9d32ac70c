from pathlib import Path

import pytest
from typer.testing import CliRunner

from worker.cli import app

CONFIG = """
[connections.main]
resource = "r"
authentication = { type = "apiKey", apiKey = "{{secrets.MAIN}}" }
[[secrets.allow]]
names = ["TASKS"]
"""


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param([], 0, ["found    MAIN  in the environment", "1 found, 0 missing"], id="the operator's own"),
        pytest.param(["OTHER"], 1, ["missing  OTHER", "SECRET_OTHER"], id="missing"),
        pytest.param(["TASKS", "--process", "p"], 0, ["found    TASKS"], id="as a task"),
        pytest.param(["MAIN", "--process", "p"], 1, ["allow-list"], id="not open to tasks"),
        pytest.param(["--process", "p", "--in", "task.bpmn"], 0, ["found    TASKS"], id="a process's placeholders"),
    ],
)
def test_check(
    arguments: list[str], code: int, says: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each secret is found or missing, where, and never what it is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "task.bpmn").write_text('<zeebe:input source="&#60;&#60;secrets.TASKS&#62;&#62;" target="x" />')
    monkeypatch.setenv("WORKER_CONFIG", CONFIG)
    monkeypatch.setenv("SECRET_MAIN", "v4lue")
    monkeypatch.setenv("SECRET_TASKS", "v4lue")

    ran = CliRunner().invoke(app, ["secrets", "check", *arguments])

    assert code == ran.exit_code, ran.output
    assert [] == [part for part in says if part not in ran.output]
    assert "v4lue" not in ran.output
