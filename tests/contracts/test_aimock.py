"""The worker against an emulator that nobody here wrote: @copilotkit/aimock."""

import base64
import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.node import node_modules
from worker.cli.trying.one_job import Desk, Failure

__all__ = ["node_modules"]

PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
REFUSED = {"error": {"message": "Slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}, "status": 429}
FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "busy once", "sequenceIndex": 0}, "response": {**REFUSED, "retryAfter": 1}},
    {"match": {"userMessage": "busy once", "sequenceIndex": 1}, "response": {"content": "Now it works."}},
    {"match": {"userMessage": "always busy"}, "response": {**REFUSED, "retryAfter": 7}},
    {"match": {"userMessage": "two and two"}, "response": {"content": "The answer to your question is four."}},
    {"match": {"inputText": "a text"}, "response": {"embedding": [0.25, -0.5, 1.0]}},
    {"match": {"endpoint": "image"}, "response": {"image": {"b64Json": PICTURE}}},
    {"match": {"endpoint": "transcription"}, "response": {"transcription": {"text": "Hello there."}}},
    {"match": {"endpoint": "speech"}, "response": {"audio": base64.b64encode(b"ID3").decode()}},
]


@pytest.fixture(scope="module")
def aimock(node_modules: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running aimock that knows FIXTURES and refuses all else."""
    fixtures = tmp_path_factory.mktemp("aimock") / "fixtures.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
    command = [
        shutil.which("node") or "node", str(node_modules / "@copilotkit/aimock/dist/cli.js"),
        "--port", "0", "--host", "127.0.0.1", "--strict", "--fixtures", str(fixtures),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield _address(process.stdout)
        finally:
            process.kill()


def _address(stdout: Iterable[str]) -> str:
    said = []
    for line in stdout:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise AssertionError(f"aimock does not listen: {said}")


async def done(url: str, operation: str, given: Mapping[str, Any], **more: Any) -> Mapping[str, Any] | Failure:
    connection = {"endpoint": url, "authentication": {"type": "apiKey", "apiKey": "a key"}}
    task = {"operation": operation, "connection": connection, "deployment": "gpt-4o", "input": given, **more}
    return await Desk({}, warn=print).envelope(json.dumps(task).encode())


@pytest.mark.parametrize("api_version", ["2024-10-21", "v1"])
@pytest.mark.parametrize("streams", [False, True])
async def test_chat(aimock: str, api_version: str, *, streams: bool) -> None:
    """The same answer from both APIs, whole and as a stream."""
    given = {"content": "What is two and two?", "stream": streams}
    told = await done(aimock, "chatCompletion", given, apiVersion=api_version)

    assert isinstance(told, Mapping), told
    assert told["output"]["text"] == "The answer to your question is four."
    assert told["output"]["finishReason"] == "stop"


@pytest.mark.parametrize(
    ("operation", "given", "found"),
    [
        pytest.param("createEmbedding", {"input": "a text"}, "0.25, -0.5, 1", id="embedding"),
        pytest.param("createImage", {"prompt": "a cat"}, PICTURE, id="image"),
        pytest.param("createSpeech", {"input": "Hi", "voice": "alloy"}, base64.b64encode(b"ID3").decode(), id="speech"),
        pytest.param(
            "transcribeAudio", {"file": {"content": "AAAA", "name": "a.wav"}}, "Hello there.", id="transcript"
        ),
        pytest.param("createResponse", {"input": "What is two and two?"}, "The answer to your question", id="response"),
    ],
)
async def test_other_operations(aimock: str, operation: str, given: Mapping[str, Any], found: str) -> None:
    """What aimock was told to say is in the result."""
    told = await done(aimock, operation, given)

    assert isinstance(told, Mapping), told
    assert told["status"] == 200
    assert found in json.dumps(told)


async def test_a_rate_limit_is_waited_out(aimock: str) -> None:
    """A 429 with Retry-After is asked again, once its time is up."""
    told = await done(aimock, "chatCompletion", {"content": "busy once"})

    assert isinstance(told, Mapping), told
    assert (told["output"]["text"], told["output"]["attempts"]) == ("Now it works.", 2)
    assert told["output"]["duration"] >= 1


async def test_a_rate_limit_that_stays(aimock: str) -> None:
    """The error keeps the service's own words; nothing is waited for that would outlive the task."""
    told = await done(aimock, "chatCompletion", {"content": "always busy"}, options={"timeout": "PT2S"})

    assert isinstance(told, Failure)
    assert told.error["reason"] == "RATE_LIMITED"
    assert "Slow down" in told.message


async def test_what_it_does_not_know(aimock: str) -> None:
    """Its refusal is an error, not an empty answer."""
    told = await done(aimock, "chatCompletion", {"content": "something else"})

    assert isinstance(told, Failure)
    assert told.error["reason"] != "RATE_LIMITED"
