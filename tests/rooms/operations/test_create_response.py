import json
from typing import Any

import pytest
from pydantic import ValidationError

from tests.made import a_reply, a_target
from tests.rooms.operations.conversing import conversation, first_call, result
from worker.errors import InvalidResponse
from worker.wire import Scope, Surface

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}


def said(*texts: str, **more: Any) -> dict[str, Any]:
    """A response that says *texts*."""
    content = [{"type": "output_text", "text": text} for text in texts]
    reasoning = {"type": "reasoning", "content": [], "summary": []}
    message = {"type": "message", "role": "assistant", "content": content}
    return {"id": "resp_1", "status": "completed", "model": "gpt-5", "output": [reasoning, message], **more}


@pytest.mark.parametrize("surface", Surface)
def test_the_model_stands_in_the_body_on_every_path(surface: Surface) -> None:
    """The path lies below the resource, not below a deployment."""
    call = first_call("createResponse", {"input": "Hi"}, target=a_target(surface))

    assert (call.path, call.scope) == ("responses", Scope.RESOURCE)
    assert json.loads(call.body) == {"model": "gpt-4.1-mini", "input": "Hi"}


def test_a_talk_is_continued_and_thought_about() -> None:
    """The API's own names, as the author gave them."""
    given = {
        "input": [{"role": "user", "content": "And?"}],
        "previousResponseId": "resp_0",
        "reasoning": {"effort": "low"},
    }
    body = json.loads(first_call("createResponse", {**given, "maxOutputTokens": "64", "store": "true"}).body)

    assert body["previous_response_id"] == "resp_0"
    assert (body["reasoning"], body["max_output_tokens"], body["store"]) == ({"effort": "low"}, 64, True)


def test_a_schema_is_the_texts_format() -> None:
    """Beside what else the text is to be."""
    given = {"input": "Hi", "jsonSchema": SCHEMA, "text": {"verbosity": "low"}}
    body = json.loads(first_call("createResponse", given).body)

    form = {"type": "json_schema", "name": "answer", "schema": SCHEMA}
    assert body["text"] == {"verbosity": "low", "format": form}


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        pytest.param('{"n": 1}', {"n": 1}, None, id="fits"),
        pytest.param('{"n": "1"}', None, "does not fit", id="does not"),
        pytest.param("one", None, "no JSON", id="is none"),
    ],
)
def test_the_answer_is_checked_against_the_schema(text: str, value: object, problem: str | None) -> None:
    """What does not fit is null, and says why."""
    answer = result("createResponse", {"input": "Hi", "jsonSchema": SCHEMA}, a_reply(body=said(text))).answer

    assert json.loads(bytes(answer.json)) == value
    assert (problem is None and answer.json_error is None) or (problem or "") in (answer.json_error or "")


def test_an_answer_in_parts() -> None:
    """All that was said is the text; tokens and verdicts of the filter are read."""
    usage = {
        "input_tokens": 9,
        "output_tokens": 5,
        "total_tokens": 14,
        "output_tokens_details": {"reasoning_tokens": 3},
    }
    found = {"violence": {"filtered": True, "severity": "high"}, "hate": {"filtered": False, "severity": "safe"}}
    filters = [
        {"blocked": False, "source_type": "prompt"},
        {"blocked": True, "source_type": "completion", "content_filter_results": found},
    ]
    answer = result(
        "createResponse", {"input": "Hi"}, a_reply(body=said("a", "b", usage=usage, content_filters=filters))
    ).answer

    assert (json.loads(bytes(answer.text)), answer.finish_reason, answer.model) == ("ab", "stop", "gpt-5")
    assert answer.usage is not None
    assert (answer.usage.total_tokens, answer.usage.reasoning_tokens) == (14, 3)
    assert answer.content_filter.filtered
    assert answer.content_filter.categories == ["violence"]
    assert json.loads(bytes(answer.content_filter.prompt)) == filters[:1]


def test_a_tool_is_called() -> None:
    """Calls stand where they stand for a chat."""
    call = {"type": "function_call", "name": "weather", "arguments": "{}", "call_id": "c"}
    answer = result("createResponse", {"input": "Hi"}, a_reply(body=said(output=[call]))).answer

    assert (json.loads(bytes(answer.tool_calls)), answer.finish_reason) == ([call], "tool_calls")
    assert bytes(answer.text) == b"null"


def test_a_refusal_is_no_text() -> None:
    """What the model says in place of an answer is told apart."""
    message = {"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}
    answer = result("createResponse", {"input": "Hi"}, a_reply(body=said(output=[message]))).answer

    assert (bytes(answer.text), bytes(answer.refusal)) == (b"null", b'"No."')


def test_an_answer_that_was_cut() -> None:
    """The word is that of chat completions."""
    cut = said("a", status="incomplete", incomplete_details={"reason": "max_output_tokens"})

    assert result("createResponse", {"input": "Hi"}, a_reply(body=cut)).answer.finish_reason == "length"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param("{}", "no response", id="no output"),
        pytest.param("<html>", "no response", id="html"),
        pytest.param(said(status="failed", error={"code": "server_error", "message": "Sorry"}), "Sorry", id="failed"),
        pytest.param(said(status="cancelled"), "is cancelled: no reason", id="cancelled"),
    ],
)
def test_what_is_no_answer(body: Any, says: str) -> None:
    """It is an error that quotes what the service said."""
    with pytest.raises(InvalidResponse, match=says):
        result("createResponse", {"input": "Hi"}, a_reply(body=body))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing said"),
        pytest.param({"input": []}, id="no items"),
        pytest.param({"input": "x", "temperature": 3}, id="out of range"),
        pytest.param({"input": "x", "background": True, "stream": True}, id="two ways"),
        pytest.param({"input": "x", "jsonSchema": {"type": "thing"}}, id="no schema"),
        pytest.param({"input": "x", "jsonSchema": SCHEMA, "text": {"format": {"type": "text"}}}, id="two formats"),
    ],
)
def test_what_cannot_be_asked(given: dict[str, Any]) -> None:
    """It is refused before anything is billed."""
    with pytest.raises(ValidationError):
        first_call("createResponse", given)


def test_a_long_answer_is_waited_for() -> None:
    """In the background the task looks at the response it began, ever more rarely, until that is finished."""
    under_way = [said(status="queued", output=[]), *(said(status="in_progress", output=[]) for _ in range(5))]
    talk = conversation("createResponse", {"input": "Hi", "background": True})
    first = next(talk)
    looks = [talk.send([a_reply(body=body)]) for body in under_way]
    with pytest.raises(StopIteration) as end:
        talk.send([a_reply(body=said("At last."))])

    assert json.loads(first.calls[0].body)["background"] is True
    assert {(c.method, c.path, c.scope) for b in looks for c in b.calls} == {
        ("GET", "responses/resp_1", Scope.RESOURCE)
    }
    assert [batch.delay_s for batch in looks] == [1, 2, 4, 8, 10, 10]
    come_to = end.value.value
    assert json.loads(bytes(come_to.answer.text)) == "At last."
    assert (come_to.reply.attempts, come_to.reply.duration_s) == (7, 35 + 7 * 0.25)


def test_a_long_answer_is_not_waited_for() -> None:
    """Where the author so wants the task ends at once; the reason says that the answer is still to come."""
    given = {"input": "Hi", "background": True, "wait": False}
    come_to = result("createResponse", given, a_reply(body=said(status="queued", output=[])))

    assert (come_to.answer.finish_reason, bytes(come_to.answer.text)) == ("queued", b"null")
    assert "wait" not in json.loads(first_call("createResponse", given).body)
