import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import CHAT_REPLY, a_reply
from tests.rooms.operations.conversing import conversation, result
from worker.errors import ConnectorError, InvalidResponse, RateLimited, TimedOut
from worker.operations.multiple_chat_completions import MultipleChatInput
from worker.refusals import refusal
from worker.wire import Reply

BUSY = refusal(a_reply(429, {"error": {"message": "slow down"}}, reason="Too Many Requests"))


def says(text: str) -> Reply:
    choices = [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]
    return a_reply(body={**CHAT_REPLY, "choices": choices}, x_request_id=text)


def shown(given: dict[str, Any], *replies: Reply | ConnectorError) -> tuple[Any, Any]:
    """The answer's own fields, and the body."""
    got = result("multipleChatCompletions", given, *replies)
    return got.answer, json.loads(got.reply.body)["results"]


def test_what_is_asked() -> None:
    """One call for each prompt, with the same parameters and system prompt, so many at a time."""
    given = {"prompts": ["a", "b"], "systemPrompt": "s", "temperature": 0, "concurrency": 2}

    batch = next(conversation("multipleChatCompletions", given))

    assert batch.concurrency == 2
    assert [json.loads(call.body) for call in batch.calls] == [
        {
            "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": prompt}],
            "temperature": 0,
        }
        for prompt in "ab"
    ]


def test_conversations() -> None:
    """Whole conversations may be given instead."""
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]

    batch = next(conversation("multipleChatCompletions", {"conversations": [talk, talk[:1]]}))

    assert [json.loads(call.body)["messages"] for call in batch.calls] == [talk, talk[:1]]


def test_results_are_in_order() -> None:
    """Each has its own status, body and output; the whole has all texts, and what all calls used."""
    answer, results = shown({"prompts": ["1", "2"]}, says("one"), says("two"))

    assert [json.loads(bytes(text)) for text in answer.texts] == ["one", "two"]
    assert (answer.failed, answer.usage.total_tokens) == (0, 22)
    assert [(element["status"], element["error"]) for element in results] == [(200, None)] * 2
    assert [element["body"]["choices"][0]["message"]["content"] for element in results] == ["one", "two"]
    assert [element["output"]["requestId"] for element in results] == ["one", "two"]
    assert answer.cost == pytest.approx(2 * results[0]["output"]["cost"])


def test_all_or_nothing() -> None:
    """Without partial results no failure is tolerated: the first one ends the task."""
    assert next(conversation("multipleChatCompletions", {"prompts": ["a"]})).tolerates == ()
    with pytest.raises(InvalidResponse):
        shown({"prompts": ["1", "2"]}, says("one"), a_reply(body="<html>"))


@pytest.mark.parametrize(
    ("failure", "status", "body", "code", "reason"),
    [
        pytest.param(BUSY, 429, {"error": {"message": "slow down"}}, "429", "RATE_LIMITED", id="refused"),
        pytest.param(TimedOut("too late"), None, None, "408", "TIMEOUT", id="no answer"),
        pytest.param(a_reply(body="<html>"), 200, "<html>", "INVALID_RESPONSE", "INVALID_RESPONSE", id="no completion"),
    ],
)
def test_partial_results(
    failure: Reply | ConnectorError, status: int | None, body: Any, code: str, reason: str
) -> None:
    """With partial results a failure stands in its place, and the others are kept."""
    answer, results = shown({"prompts": ["1", "2"], "partialResults": True}, failure, says("two"))

    assert [json.loads(bytes(text)) for text in answer.texts] == [None, "two"]
    assert answer.failed == 1
    error = results[0].pop("error")
    assert results[0] == {"status": status, "body": body, "output": None}
    assert (error["code"], error["reason"]) == (code, reason)
    assert error["message"]


def test_if_all_fail_the_task_does() -> None:
    """Nothing but errors is no result."""
    with pytest.raises(RateLimited):
        shown({"prompts": ["1", "2"], "partialResults": True}, BUSY, TimedOut("too late"))


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"prompts": []},
        {"prompts": ["a"], "conversations": [[{"role": "user"}]]},
        {"conversations": [[]]},
        {"conversations": [[{"content": "x"}]]},
        {"prompts": ["a"], "concurrency": 0},
    ],
)
def test_limits(given: dict[str, object]) -> None:
    """Exactly one source, not empty, and messages with roles."""
    with pytest.raises(ValidationError):
        MultipleChatInput.model_validate(given)


def test_a_prompt_that_is_blocked_among_others() -> None:
    """Its error tells the filter's verdict, as the error of a whole task does."""
    found = {"violence": {"filtered": True, "severity": "high"}}
    body = {"error": {"code": "content_filter", "innererror": {"content_filter_result": found}}}

    _, results = shown({"prompts": ["1", "2"], "partialResults": True}, refusal(a_reply(400, body)), says("two"))

    verdict = {"filtered": True, "categories": ["violence"], "error": None, "prompt": found, "answer": None}
    assert results[0]["error"]["contentFilter"] == verdict
    assert results[1]["error"] is None
