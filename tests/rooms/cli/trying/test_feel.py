import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from worker.cli import app


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(app, ["feel", *arguments], input=stdin)


def batch(*lines: str) -> list[Any]:
    ran = run("--batch", stdin="\n".join(lines) + "\n")
    assert ran.exit_code == 0
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_a_value_its_type_and_what_is_odd(tmp_path: Path) -> None:
    """A mapping is tried on a recorded response."""
    file = tmp_path / "response.json"
    file.write_text('{"status": 200, "body": {"n": 1}}', encoding="utf-8")

    ran = run("= {a: body.n, b: response.status, c: nothing}", "--response", str(file), "--json")

    shown = json.loads(ran.stdout)
    assert (shown["value"], shown["type"]) == ({"a": 1, "b": 200, "c": None}, "context")
    assert "nothing" in str(shown["warnings"])


def test_further_variables(tmp_path: Path) -> None:
    """They come as JSON or from a file."""
    file = tmp_path / "context.json"
    file.write_text('{"x": 2}', encoding="utf-8")

    assert json.loads(run("x + 1", "--context", '{"x": 1}').stdout) == 2
    assert json.loads(run("x + 1", "--context", f"@{file}").stdout) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["1 +"], "line 1, column", id="no FEEL"),
        pytest.param(["x", "--context", "{"], "--context: got no JSON", id="no JSON"),
        pytest.param(["x", "--context", "[]"], "--context: got list", id="no object"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], says: str) -> None:
    """A sentence and exit code 1."""
    ran = run(*arguments)

    assert ran.exit_code == 1
    assert says in ran.stderr


def test_a_batch_is_answered_line_by_line() -> None:
    """Each line has its answer, in order; a wrong one does not stop the next."""
    answers = batch(
        '{"expression": "=1 + 1"}',
        '{"expression": "1 +"}',
        "no json",
        "[]",
        '{"expression": 5}',
        '{"expression": "x.y", "context": {"x": {"y": "ü"}}}',
        '{"expression": "null", "context": null}',
    )

    kinds = ["value", "error", "error", "error", "error", "value", "value"]
    assert [list(answer) for answer in answers] == [[kind] for kind in kinds]
    assert answers[0] == {"value": 2}
    assert answers[5] == {"value": "ü"}
    assert answers[6] == {"value": None}
