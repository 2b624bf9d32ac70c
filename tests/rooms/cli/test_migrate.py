from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.migration.old_tasks import OldTask
from worker.cli import app

_CHAT = OldTask("chatCompletion", {"messageRole": "user", "messageContent": "Hi"})
_SECRET = OldTask("chatCompletion", {"messageRole": "user", "messageContent": "{{secrets.X}}"})


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["migrate", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a task that goes over."""
    path = tmp_path / "asking.bpmn"
    path.write_bytes(_CHAT.process())
    path.chmod(0o640)
    return path


def test_a_file_is_rewritten(file: Path) -> None:
    """It says what became of each task, keeps the file's mode, leaves nothing beside it, and does nothing twice."""
    first, second = run(file), run(file)

    assert (0, f"{file}: ask: Azure OpenAI -> chatCompletion\n") == (first.exit_code, first.stderr)
    assert (0, f"{file}: no task of Camunda's OpenAI templates\n") == (second.exit_code, second.stderr)
    assert b"azure-openai-worker.camunda-8.5.azure-openai" in file.read_bytes()
    assert (0o640, [file]) == (file.stat().st_mode & 0o777, list(file.parent.iterdir()))


def test_a_dry_run(file: Path) -> None:
    """The difference is shown, and the file is as it was."""
    result = run("--dry-run", file)

    assert 0 == result.exit_code
    assert file.read_bytes() == _CHAT.process()
    assert "--- a/asking.bpmn\n+++ b/asking.bpmn\n" in result.stdout
    assert '+          <zeebe:input source="Hi" target="azureOpenAI.input.content" />' in result.stdout


def test_several_files(file: Path, tmp_path: Path) -> None:
    """Each is done for itself; the exit code says that something was left."""
    other = tmp_path / "other.bpmn"
    other.write_bytes(_SECRET.process())
    broken = tmp_path / "broken.bpmn"
    broken.write_bytes(b"<a>")
    left, worse = run(file, other), run(broken, other)

    assert (1, 2) == (left.exit_code, worse.exit_code)
    assert f"{other}: ask: left as it is: chatCompletion_messageContent holds a secret" in left.stderr
    assert f"{broken}: it is no XML: no element found (line 1)" in worse.stderr
    assert other.read_bytes() == _SECRET.process()
    assert b"http-json" not in file.read_bytes()


def test_a_link_stays_a_link(file: Path) -> None:
    """What it points at is rewritten."""
    link = file.with_name("link.bpmn")
    link.symlink_to(file)

    assert 0 == run(link).exit_code
    assert link.is_symlink()
    assert b"http-json" not in file.read_bytes()


def test_a_folder_that_takes_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is as it was, and the exit code is 2."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    result = run(file)

    assert (2, _CHAT.process()) == (result.exit_code, file.read_bytes())
    assert "Permission denied" in result.stderr
