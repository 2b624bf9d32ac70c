import json
from typing import Any

import pytest

from tests.made import CHAT_REPLY, a_reply
from worker import refusals
from worker.errors import InvalidResponse, RateLimited
from worker.operations.streams import joined
from worker.wire import Reply

OPENING = {"choices": [], "id": "", "model": "", "created": 0, "object": "", "prompt_filter_results": [{"a": 1}]}
FRAME = {"id": "c1", "model": "m", "created": 7, "object": "chat.completion.chunk", "usage": None}


def stream(*chunks: Any, line_end: str = "\n", done: bool = True) -> Reply:
    """The reply that tells *chunks*, the service's final word included where it is *done*."""
    told = [*(json.dumps(chunk, ensure_ascii=False) for chunk in chunks), *(["[DONE]"] if done else [])]
    body = "".join(f"data: {event}{line_end}{line_end}" for event in told)
    return a_reply(body=body, Content_Type="text/event-stream; charset=utf-8")


def part(index: int = 0, *, reason: str | None = None, **delta: Any) -> dict[str, Any]:
    """A chunk that tells *delta* of one choice."""
    return {**FRAME, "choices": [{"index": index, "delta": delta, "finish_reason": reason}]}


def body_of(*chunks: Any, line_end: str = "\n") -> Any:
    return json.loads(joined(stream(*chunks, line_end=line_end)).body)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_chat(line_end: str) -> None:
    """Chunks become the completion that would have come without a stream, its filter results and usage included."""
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}

    body = body_of(
        OPENING,
        part(role="assistant", content=""),
        part(content="Fo\u2028"),
        part(content="ur."),
        part(reason="stop"),
        {**FRAME, "choices": [], "usage": usage},
        line_end=line_end,
    )

    assert body == {
        "id": "c1",
        "model": "m",
        "created": 7,
        "object": "chat.completion",
        "prompt_filter_results": [{"a": 1}],
        "usage": usage,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Fo\u2028ur."}}],
    }


def test_tool_calls_are_told_in_pieces() -> None:
    """Arguments are put together by the call's index, which is the stream's own and goes."""

    def call(index: int, **told: Any) -> dict[str, Any]:
        return part(tool_calls=[{"index": index, **told}])

    body = body_of(
        call(0, id="a", type="function", function={"name": "f", "arguments": ""}),
        call(0, function={"arguments": '{"x"'}),
        call(1, id="b", type="function", function={"name": "g", "arguments": "{}"}),
        call(0, function={"arguments": ":1}"}),
        part(reason="tool_calls"),
    )

    message = body["choices"][0]["message"]
    assert message["content"] is None
    assert message["tool_calls"] == [
        {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}},
        {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}},
    ]


def test_choices_are_told_side_by_side() -> None:
    """Each choice is put together by its index, log probabilities added to each other."""

    def said(index: int, text: str, reason: str | None) -> dict[str, Any]:
        choice = {"index": index, "delta": {"content": text}, "finish_reason": reason}
        return {**FRAME, "choices": [{**choice, "logprobs": {"content": [{"token": text}]}}]}

    body = body_of(said(1, "B", None), said(0, "A", "stop"), said(1, "b", "length"))

    assert [choice["message"]["content"] for choice in body["choices"]] == ["A", "Bb"]
    assert body["choices"][1]["logprobs"] == {"content": [{"token": "B"}, {"token": "b"}]}


def test_what_the_filter_found_in_one_chunk_stays_found() -> None:
    """Verdicts are those on the whole choice."""

    def verdict(**found: Any) -> dict[str, Any]:
        chunk = part(content="x", reason="content_filter")
        chunk["choices"][0]["content_filter_results"] = found
        return chunk

    safe, high = {"filtered": False, "severity": "safe"}, {"filtered": True, "severity": "high"}
    body = body_of(verdict(hate=safe), verdict(hate=high, sexual=safe), verdict(hate=safe), verdict())

    assert body["choices"][0]["content_filter_results"] == {"hate": high, "sexual": safe}


def test_a_legacy_completion() -> None:
    """Text is put together as text."""
    body = body_of(
        {"id": "c", "choices": [{"index": 0, "text": "a", "finish_reason": None}]},
        {"id": "c", "choices": [{"index": 0, "text": "b", "finish_reason": "stop"}]},
    )

    assert body["object"] == "text_completion"
    assert body["choices"] == [{"index": 0, "text": "ab", "finish_reason": "stop"}]


def test_the_old_extensions_api() -> None:
    """Its choices hold several messages, each with an index and a delta of its own."""

    def said(index: int, reason: str | None = None, **delta: Any) -> dict[str, Any]:
        messages = [{"index": index, "delta": delta, "end_turn": False}]
        return {"id": "c", "choices": [{"index": 0, "messages": messages, "finish_reason": reason}]}

    body = body_of(
        said(0, role="tool", content="{}"),
        said(1, role="assistant"),
        said(1, content="A"),
        said(1, "stop", content="b"),
    )

    assert [message["content"] for message in body["choices"][0]["messages"]] == ["{}", "Ab"]


def test_an_error_in_the_stream_is_the_error() -> None:
    """A stream that began well may still end in a refusal, which is then the operation's."""
    reply = joined(stream(OPENING, part(content="x"), {"error": {"code": "429", "message": "slow down"}}, done=False))

    assert refusals.is_refusal(reply)
    error = refusals.refusal(reply)
    assert (type(error), error.code) == (RateLimited, "429")


def test_the_responses_api_ends_with_all_of_it() -> None:
    """Its last event holds the whole response."""
    assert body_of({"type": "response.created"}, {"type": "response.completed", "response": {"id": "r"}}) == {"id": "r"}


def test_what_is_no_stream_stays_as_it_is() -> None:
    """A server that does not stream answers with one document."""
    reply = a_reply(body=CHAT_REPLY, content_type="application/json")

    assert joined(reply) is reply


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param(stream(part(content="x"), done=False), "finish_reason", id="broken off"),
        pytest.param(stream(OPENING), "no choice", id="nothing said"),
        pytest.param(a_reply(body="", content_type="text/event-stream"), "no choice", id="empty"),
        pytest.param(a_reply(body="data: {", content_type="text/event-stream"), "no readable stream", id="cut JSON"),
        pytest.param(a_reply(body="data: []\n\n", content_type="text/event-stream"), "no readable", id="no object"),
        pytest.param(a_reply(body=b"data: \xff", content_type="text/event-stream"), "no readable", id="not UTF-8"),
        pytest.param(stream({"choices": ["x"]}), "no readable", id="a choice that is none"),
        pytest.param(
            a_reply(body="data: " + '{"a":' * 5_000, content_type="text/event-stream"), "no readable", id="very deep"
        ),
    ],
)
def test_what_cannot_be_joined(reply: Reply, says: str) -> None:
    """Half an answer is never taken for a whole one."""
    with pytest.raises(InvalidResponse, match=says):
        joined(reply)
