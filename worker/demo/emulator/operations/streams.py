"""An answer as a stream of chunks, in Azure's own order: the prompt's filter results come first."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from worker.demo.emulator.operations import words
from worker.demo.emulator.operations.exchange import Exchange

__all__ = ["chat_chunks", "response_events", "text_chunks"]

_SHARED: Final = ("created", "id", "model", "system_fingerprint")


def chat_chunks(exchange: Exchange, body: Mapping[str, Any]) -> list[dict[str, object]]:
    """Cut a whole chat completion into the chunks of its stream."""
    frame = {**{name: body[name] for name in _SHARED}, "object": "chat.completion.chunk"}
    deltas = [delta for choice in body["choices"] for delta in _chat_choice(choice)]
    return _stream(exchange, body, frame, deltas)


def text_chunks(exchange: Exchange, body: Mapping[str, Any]) -> list[dict[str, object]]:
    """Cut a whole text completion into the chunks of its stream."""
    frame = {name: body[name] for name in (*_SHARED, "object") if name in body}
    deltas = [delta for choice in body["choices"] for delta in _text_choice(choice)]
    return _stream(exchange, body, frame, deltas)


def response_events(body: Mapping[str, Any]) -> list[dict[str, object]]:
    """The events of a whole response: begun, each piece of its text, completed with all of it."""
    begun = {**body, "status": "in_progress", "output": [], "usage": None}
    texts = [part["text"] for item in body["output"] for part in item.get("content", ()) if "text" in part]
    told: list[dict[str, object]] = [
        {"type": "response.output_text.delta", "delta": piece} for text in texts for piece in words.pieces(text)
    ]
    first: dict[str, object] = {"type": "response.created", "response": begun}
    events: list[dict[str, object]] = [first, *told, {"type": "response.completed", "response": body}]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def _stream(
    exchange: Exchange, body: Mapping[str, Any], frame: dict[str, object], deltas: list[dict[str, object]]
) -> list[dict[str, object]]:
    counted: dict[str, object] = {"usage": None} if exchange.wants_usage_in_stream else {}
    found = body["prompt_filter_results"]
    opening = {"choices": [], "created": 0, "id": "", "model": "", "object": "", "prompt_filter_results": found}
    chunks = [opening, *({"choices": [delta], **frame, **counted} for delta in deltas)]
    if exchange.wants_usage_in_stream:
        chunks.append({"choices": [], **frame, "usage": body["usage"]})
    return chunks


def _chat_choice(choice: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    message = choice.get("message", {})
    yield _delta(choice, {"content": "", "refusal": None, "role": "assistant"}, {})
    if (context := message.get("context")) is not None:
        yield _delta(choice, {"context": context}, {})
    for piece in words.pieces(message.get("content") or ""):
        yield _delta(choice, {"content": piece}, choice["content_filter_results"])
    for index, call in enumerate(message.get("tool_calls", ())):
        yield _delta(choice, {"tool_calls": [{"index": index, **call}]}, {})
    last = choice["content_filter_results"] if choice["finish_reason"] == "content_filter" else {}
    yield {**_delta(choice, {}, last), "finish_reason": choice["finish_reason"]}


def _delta(choice: Mapping[str, Any], delta: dict[str, object], found: Mapping[str, object]) -> dict[str, object]:
    rest = {"finish_reason": None, "index": choice["index"], "logprobs": None}
    return {"content_filter_results": found, "delta": delta, **rest}


def _text_choice(choice: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    rest = {"index": choice["index"], "logprobs": None}
    for piece in words.pieces(choice["text"]):
        yield {"text": piece, "finish_reason": None, "content_filter_results": choice["content_filter_results"], **rest}
    yield {"text": "", "finish_reason": choice["finish_reason"], "content_filter_results": {}, **rest}
