"""Reads what the Responses API answers."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from pydantic import JsonValue

from worker.errors import InvalidResponse
from worker.operations.json_check import parsed
from worker.operations.model import NULL, Answer, ContentFilter, Usage
from worker.operations.verdicts import categories
from worker.wire import Reply

__all__ = ["progress_of", "read_response"]

_FINISHED: Final = {"max_output_tokens": "length"}  # the word that chat completions have for it
_NO_GOOD: Final = frozenset({"failed", "cancelled"})


class _Details(msgspec.Struct, frozen=True):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct, frozen=True):
    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None


class _Part(msgspec.Struct, frozen=True):
    type: str | None = None
    text: str | None = None
    refusal: str | None = None


class _Item(msgspec.Struct, frozen=True):
    type: str | None = None
    content: msgspec.Raw = NULL


class _Incomplete(msgspec.Struct, frozen=True):
    reason: str | None = None


class _Error(msgspec.Struct, frozen=True):
    code: str | None = None
    message: str | None = None


class _Filter(msgspec.Struct, frozen=True):
    blocked: bool = False
    source_type: str | None = None


class _Response(msgspec.Struct, frozen=True):
    output: list[msgspec.Raw]
    status: str | None = None
    model: str | None = None
    usage: _Usage | None = None
    error: _Error | None = None
    incomplete_details: _Incomplete | None = None
    content_filters: list[msgspec.Raw] | None = None


class _Progress(msgspec.Struct, frozen=True):
    id: str | None = None
    status: str | None = None


_response = msgspec.json.Decoder(_Response)
_item = msgspec.json.Decoder(_Item)
_parts = msgspec.json.Decoder(list[_Part])
_filter = msgspec.json.Decoder(_Filter)


_progress = msgspec.json.Decoder(_Progress)


def progress_of(reply: Reply) -> tuple[str | None, str | None]:
    """A response's id and status; InvalidResponse where it is none."""
    try:
        progress = _progress.decode(reply.body)
    except (msgspec.MsgspecError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no response: {cause}; check the endpoint", reply=reply) from cause
    return progress.id, progress.status


def read_response(reply: Reply, form: Mapping[str, JsonValue] | None) -> Answer:
    """
    The answer in *reply*; its text is parsed, and checked, where *form* asks for JSON.

    Raises InvalidResponse where it is no response, or one that failed.
    """
    try:
        reply.body.decode()
        response = _response.decode(reply.body)
        answer = _answer(response)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no response: {cause}; check the endpoint", reply=reply) from cause
    if response.status in _NO_GOOD:
        error = response.error or _Error()
        said = ": ".join(text for text in (error.code, error.message) if text)
        raise InvalidResponse(f"the response is {response.status}: {said or 'no reason is given'}", reply=reply)
    if form is None or form.get("type") not in {"json_object", "json_schema"}:
        return answer
    schema = form.get("schema")
    value, problem = parsed(answer.text, schema if isinstance(schema, dict) else None)
    return msgspec.structs.replace(answer, json=value, json_error=problem)


def _answer(response: _Response) -> Answer:
    items = [(raw, _item.decode(raw)) for raw in response.output]
    messages = [raw for raw, item in items if item.type == "message"]
    calls = [raw for raw, item in items if item.type == "function_call"]
    parts = [part for _, item in items if item.type == "message" for part in _parts.decode(item.content)]
    said = [part.text for part in parts if part.type == "output_text" and part.text is not None]
    refused = [part.refusal for part in parts if part.type == "refusal"]
    return Answer(
        text=_raw("".join(said)) if said else NULL,
        refusal=_raw(refused[0]) if refused else NULL,
        messages=messages,
        tool_calls=_raw(calls) if calls else NULL,
        finish_reason=_finish_reason(response, has_calls=bool(calls)),
        content_filter=_content_filter(response.content_filters or ()),
        model=response.model,
        usage=_usage(response.usage),
    )


def _finish_reason(response: _Response, *, has_calls: bool) -> str | None:
    if response.status == "completed":
        return "tool_calls" if has_calls else "stop"
    reason = response.incomplete_details.reason if response.incomplete_details else None
    return _FINISHED.get(reason or "", reason or response.status)


def _content_filter(found: Sequence[msgspec.Raw]) -> ContentFilter:
    verdicts = [(raw, _filter.decode(raw)) for raw in found]
    of_prompt = [raw for raw, verdict in verdicts if verdict.source_type == "prompt"]
    of_answer = [raw for raw, verdict in verdicts if verdict.source_type != "prompt"]
    return ContentFilter(
        filtered=any(verdict.blocked for _, verdict in verdicts),
        categories=categories(*(raw for raw, verdict in verdicts if verdict.blocked)),
        prompt=_raw(of_prompt) if of_prompt else NULL,
        answer=_raw(of_answer) if of_answer else NULL,
    )


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    given, made = usage.input_tokens_details or _Details(), usage.output_tokens_details or _Details()
    return Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
        cached_tokens=given.cached_tokens or 0,
        reasoning_tokens=made.reasoning_tokens or 0,
    )


def _raw(value: object) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(value))
