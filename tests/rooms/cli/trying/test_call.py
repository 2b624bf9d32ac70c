import base64
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.made import CHAT_REPLY, a_task
from worker.cli import app

KEY = "s3cret-key-0f-the-test"
KEYED = {"resource": "my-res", "authentication": {"type": "apiKey", "apiKey": KEY}}


def call(task: Any, *arguments: str) -> Result:
    text = task if isinstance(task, str) else json.dumps(task)
    return CliRunner().invoke(app, ["call", *arguments], input=text)


@pytest.fixture
def replay(tmp_path: Path) -> Any:
    """Give a task a recorded reply."""

    def give(reply: object, task: Any = None, *arguments: str) -> Result:
        file = tmp_path / "reply.json"
        file.write_text(json.dumps(reply), encoding="utf-8")
        return call(task or a_task(connection=KEYED), "--replay", str(file), *arguments)

    return give


def test_a_dry_run_shows_the_request() -> None:
    """Method, URL, headers and body as they would be sent, the key masked."""
    ran = call(a_task(connection=KEYED), "--dry-run", "--json")

    assert ran.exit_code == 0
    shown = json.loads(ran.stdout)
    url = "https://my-res.openai.azure.com/openai/deployments/gpt-4.1-mini/chat/completions?api-version=2024-10-21"
    assert set(shown) == {"method", "url", "headers", "body"}
    assert (shown["method"], shown["url"]) == ("POST", url)
    assert shown["headers"]["api-key"] == "***"
    assert shown["body"]["messages"] == [{"role": "user", "content": "What is two and two?"}]
    assert KEY not in ran.output


def test_a_dry_run_of_several_calls_is_a_list() -> None:
    """All that is asked first."""
    task = a_task(operation="multipleChatCompletions", connection=KEYED, input={"prompts": ["a", "b"]})

    assert len(json.loads(call(task, "--dry-run").stdout)) == 2


def test_a_dry_run_of_a_form() -> None:
    """Its body is the form as it would be sent, in base64 where it is no text."""
    files = [base64.b64encode(content).decode() for content in (b"plain", b"\xff\x00")]
    tasks = [a_task(operation="transcribeAudio", connection=KEYED, input={"file": {"content": c}}) for c in files]
    text, binary = [json.loads(call(task, "--dry-run", "--json").stdout)["body"] for task in tasks]

    assert "plain\r\n--form-" in text
    assert b"\xff\x00\r\n--form-" in base64.b64decode(binary, validate=True)


def test_a_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is filled as for a job, and masked also in the headers of a raw request."""
    monkeypatch.setenv("SECRET_AZURE_OPENAI_API_KEY", KEY)
    task = a_task(operation="rawRequest", input={"path": "x", "headers": {"X-Own": "{{secrets.AZURE_OPENAI_API_KEY}}"}})
    shown = json.loads(call(task, "--dry-run", "--json").stdout)

    assert (shown["headers"]["api-key"], shown["headers"]["x-own"], shown["body"]) == ("***", "***", None)


def test_a_recorded_reply_gives_its_envelope(replay: Any) -> None:
    """As the process would see it, without any call."""
    ran = replay({"status": 200, "headers": {"apim-request-id": "r1"}, "json": CHAT_REPLY}, None, "--json")

    assert ran.exit_code == 0
    shown = json.loads(ran.stdout)
    assert (shown["body"], shown["output"]["text"], shown["output"]["requestId"]) == (CHAT_REPLY, "Four.", "r1")


def test_a_stream_that_nobody_asked_for(replay: Any) -> None:
    """It is one answer all the same; a raw request shows it as it came."""
    chunk = {"choices": [{"index": 0, "finish_reason": "stop", "delta": {"content": "Four."}}], "model": "m"}
    text = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
    stream = {"status": 200, "headers": {"Content-Type": "text/event-stream"}, "text": text}
    joined = json.loads(replay(stream, None, "--json").stdout)
    raw = a_task(operation="rawRequest", connection=KEYED, input={"path": "chat/completions", "method": "POST"})
    passed_on = json.loads(replay(stream, raw, "--json").stdout)

    assert (joined["output"]["text"], joined["body"]["choices"][0]["message"]["content"]) == ("Four.", "Four.")
    assert passed_on["body"] == text


def test_a_recorded_answer_for_people(replay: Any) -> None:
    """The answer alone on standard output; what it took beside it."""
    ran = replay({"status": 200, "json": CHAT_REPLY})

    assert ran.stdout == "Four.\n"
    assert "11 tokens" in ran.stderr


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        pytest.param(
            {"status": 401, "json": {"statusCode": 401, "message": "denied"}}, "AUTHENTICATION_FAILED", id="401"
        ),
        pytest.param({"status": 429, "headers": {"Retry-After": "1"}, "json": {}}, "RATE_LIMITED", id="429"),
        pytest.param({"status": 502, "text": "<html>"}, "SERVICE_UNAVAILABLE", id="html"),
        pytest.param({"status": 200, "text": None}, "INVALID_RESPONSE", id="empty"),
    ],
)
def test_a_recorded_refusal_gives_its_error(replay: Any, reply: object, reason: str) -> None:
    """Exit code 1, and what an error expression would see."""
    ran = replay(reply, None, "--json")

    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["error"]["reason"] == reason
    assert reason in ran.stderr


@pytest.mark.parametrize(
    ("task", "says"),
    [
        pytest.param(
            a_task(connection=KEYED, operation="chatCompletio"), "did you mean chatCompletion?", id="operation"
        ),
        pytest.param(a_task(connection=KEYED, input={"content": "x", "prompt": "y"}), "input.prompt", id="of another"),
        pytest.param(
            a_task(connection=KEYED, input={"messages": [{"content": "x"}]}), "input.messages[0].role", id="role"
        ),
        pytest.param(a_task(connection=KEYED, operation="transcribeAudio", input={}), "input.file", id="file"),
        pytest.param(
            a_task(connection=KEYED, input={"content": "x", "temperature": 3}), "input.temperature", id="range"
        ),
        pytest.param(a_task(), "AZURE_OPENAI_API_KEY", id="secret"),
        pytest.param("[]", "wanted a JSON object", id="a list"),
        pytest.param("{", "no JSON", id="no JSON"),
    ],
)
@pytest.mark.parametrize("arguments", [["--dry-run"], ["--replay"]])
def test_a_wrong_task(tmp_path: Path, task: Any, says: str, arguments: list[str]) -> None:
    """Exit code 2 and the path of the field, before anything is asked."""
    reply = tmp_path / "reply.json"
    reply.write_text('{"status": 200, "json": {}}', encoding="utf-8")
    ran = call(task, *arguments, *([str(reply)] if arguments == ["--replay"] else []))

    assert ran.exit_code == 2
    assert says in ran.stderr


@pytest.mark.parametrize("text", ["{}", '{"status": "200"}', "[]", "no JSON"])
def test_a_recording_that_is_none(tmp_path: Path, text: str) -> None:
    """It is told from a reply that was refused."""
    file = tmp_path / "reply.json"
    file.write_text(text, encoding="utf-8")

    assert call(a_task(connection=KEYED), "--replay", str(file)).exit_code == 2


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The message names it."""
    ran = call("", str(tmp_path / "none.json"))

    assert ran.exit_code == 2
    assert "none.json: cannot be read" in ran.stderr


def test_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the worker itself."""
    monkeypatch.setenv("WORKER_CONNECT_TIMEOUT_S", "0")
    ran = call(a_task(connection=KEYED), "--dry-run")

    assert ran.exit_code == 2
    assert "WORKER_CONNECT_TIMEOUT_S" in ran.stderr
