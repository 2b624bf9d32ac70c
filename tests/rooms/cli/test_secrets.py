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
        pytest.param([], 0, ["found        MAIN  in the environment", "1 found, 0 missing"], id="the operator's own"),
        pytest.param(["OTHER"], 1, ["missing      OTHER", "SECRET_OTHER"], id="missing"),
        pytest.param(["TASKS", "--process", "p"], 0, ["found        TASKS"], id="as a task"),
        pytest.param(["MAIN", "--process", "p"], 1, ["allow-list"], id="not open to tasks"),
        pytest.param(["--process", "p", "--in", "bare.bpmn"], 0, ["found        TASKS"], id="the bare form"),
        pytest.param(["--in", "none.bpmn"], 2, ["none.bpmn: cannot be read"], id="no such file"),
        pytest.param(["--json"], 0, ['"status": "found"', '"source": "the environment'], id="for a program"),
        pytest.param(["--json", "OTHER"], 1, ['"status": "missing"', "SECRET_OTHER"], id="missing, for a program"),
        pytest.param(["--process", "p", "--in", "task.bpmn"], 0, ["found        TASKS"], id="a process's placeholders"),
    ],
)
def test_check(
    arguments: list[str], code: int, says: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each secret is found or missing, where, and never what it is."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "task.bpmn").write_text('<zeebe:input source="&#60;&#60;secrets.TASKS&#62;&#62;" target="x" />')
    (tmp_path / "bare.bpmn").write_text('<zeebe:input source="secrets.TASKS" target="x" />')
    monkeypatch.setenv("WORKER_CONFIG", CONFIG)
    monkeypatch.setenv("SECRET_MAIN", "v4lue")
    monkeypatch.setenv("SECRET_TASKS", "v4lue")

    ran = CliRunner().invoke(app, ["secrets", "check", *arguments])

    assert code == ran.exit_code, ran.output
    assert [] == [part for part in says if part not in ran.output]
    assert "v4lue" not in ran.output


def test_a_store_that_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the secret that is missing; the text says which store, and what it said."""
    source = 'type = "vault"\nurl = "http://127.0.0.1:1"\ntoken = "hunter2"\npatienceS = 0'
    monkeypatch.setenv("WORKER_CONFIG", f"[[secrets.sources]]\n{source}")

    ran = CliRunner().invoke(app, ["secrets", "check", "KEY"])

    assert ran.exit_code == 1
    assert "unreachable  KEY" in ran.output
    assert "Vault at http://127.0.0.1:1" in ran.output
    assert "hunter2" not in ran.output
