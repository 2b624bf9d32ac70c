import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from tests.made import a_target
from tests.rooms.operations.conversing import result
from tests.shared import SHARED, shared
from worker import envelope, refusals
from worker.errors import InvalidResponse, ServiceError
from worker.operations import joined
from worker.wire import Reply

FILE = "recordings/azure-openai.json"
_OPERATIONS = {
    re.compile(r"/chat/completions$"): ("chatCompletion", {"content": "x"}),
    re.compile(r"/deployments/[^/]+/completions$"): ("completion", {"prompt": "x"}),
}
_REASONS = {401: "AUTHENTICATION_FAILED", 404: "DEPLOYMENT_NOT_FOUND", 429: "RATE_LIMITED", 200: "CONTENT_FILTERED"}


def recorded() -> list[Mapping[str, Any]]:
    """The recorded exchanges; none where they are not at hand, which `test_they_are_there` tells of."""
    file = SHARED / FILE
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []


def reply_of(response: Mapping[str, Any]) -> Reply:
    body = json.dumps(response["json"]) if "json" in response else response["text"] or ""
    headers = tuple((str(name), str(value)) for name, value in response["headers"].items())
    return Reply(status=response["status"], reason="", headers=headers, body=body.encode())


def operation_of(exchange: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    path, body = exchange["request"]["path"], exchange["request"]["body"]
    if path.endswith("/embeddings"):
        return "createEmbedding", {"input": body["input"]}
    return next((asked for pattern, asked in _OPERATIONS.items() if pattern.search(path)), None)


def is_ours(exchange: Mapping[str, Any]) -> bool:
    """Whether the reply is one document, and of an operation that there is, or a refusal."""
    refused = exchange["response"]["status"] >= 300
    return "json" in exchange["response"] and (refused or operation_of(exchange) is not None)


def is_stream(exchange: Mapping[str, Any]) -> bool:
    """Whether the reply is a stream of a chat."""
    return exchange["request"]["path"].endswith("/chat/completions") and bool(exchange["response"].get("text"))


def is_empty(exchange: Mapping[str, Any]) -> bool:
    """Whether the reply was recorded without its body."""
    return "json" not in exchange["response"] and not exchange["response"]["text"]


def test_they_are_there() -> None:
    """The recordings hold what the reference says of them."""
    shared(FILE)

    assert len(recorded()) >= 28


def test_none_goes_unread() -> None:
    """Each of them is read by one of the tests here, or by those of the Responses API."""
    of_responses = [each for each in recorded() if each["request"]["path"].endswith("/responses")]
    judged = [e for e in recorded() if is_ours(e) or is_stream(e) or is_empty(e) or e in of_responses]

    assert len(judged) == len(recorded())


@pytest.mark.parametrize("exchange", [pytest.param(e, id=f"{n}") for n, e in enumerate(recorded()) if is_ours(e)])
def test_every_recorded_reply_is_understood(exchange: Mapping[str, Any]) -> None:
    """A recorded answer gives its text and usage, a recorded refusal its reason."""
    reply = reply_of(exchange["response"])
    body = exchange["response"]["json"]
    if refusals.is_refusal(reply):
        error: ServiceError = refusals.refusal(reply)
        assert error.reason == _REASONS[reply.status]
        assert error.reason != "RATE_LIMITED" or error.retry_after_s == 1
        return
    name, given = operation_of(exchange) or pytest.fail("no operation")
    shown = json.loads(envelope.result(result(name, given, reply), a_target()))
    assert shown["body"] == body
    assert shown["output"]["usage"]["totalTokens"] == body["usage"]["total_tokens"]
    if name == "createEmbedding":
        assert shown["output"]["count"] == len(body["data"])
    else:
        assert shown["output"]["text"] == body["choices"][0].get("message", {}).get("content")


@pytest.mark.parametrize("exchange", [pytest.param(e, id=f"{n}") for n, e in enumerate(recorded()) if is_stream(e)])
def test_every_recorded_stream_is_one_answer(exchange: Mapping[str, Any]) -> None:
    """A recorded stream gives the text of all its chunks, its model, and its usage where it was counted."""
    text = exchange["response"]["text"]
    chunks = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    choices = [choice for chunk in chunks for choice in chunk["choices"]]
    reply = joined(reply_of(exchange["response"]))

    shown = json.loads(envelope.result(result("chatCompletion", {"content": "x"}, reply), a_target()))["output"]

    assert shown["text"] == "".join(choice["delta"].get("content") or "" for choice in choices)
    assert shown["finishReason"] == choices[-1]["finish_reason"]
    assert shown["model"] == chunks[-1]["model"]
    counted = [chunk["usage"]["total_tokens"] for chunk in chunks if chunk.get("usage")]
    assert counted[-1:] == ([shown["usage"]["totalTokens"]] if shown["usage"] else [])


@pytest.mark.parametrize("exchange", [pytest.param(e, id=f"{n}") for n, e in enumerate(recorded()) if is_empty(e)])
def test_a_recorded_reply_without_a_body_is_no_answer(exchange: Mapping[str, Any]) -> None:
    """A success that says nothing is never taken for an answer."""
    name, given = operation_of(exchange) or pytest.fail("no operation")

    with pytest.raises(InvalidResponse):
        result(name, given, reply_of(exchange["response"]))
