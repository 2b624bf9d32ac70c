"""A stream of events (server-sent events) joined to the one body that the service would have sent without it."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from worker.errors import InvalidResponse
from worker.wire import Reply

__all__ = ["joined"]

_LINE_END: Final = re.compile(r"\r\n|\r|\n")  # no other: JSON may hold line separators of Unicode as they are
_DONE: Final = "[DONE]"
_ENDS: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})  # of the Responses API
_WHOLE: Final = frozenset({"role", "type", "id", "name", "finish_reason"})  # texts that do not come in pieces
_FRAME: Final = ("id", "created", "model", "system_fingerprint", "service_tier")

_Object = dict[str, object]


class _Pieces(list[str]):
    """A text that is still being told: joined once at the end, since adding to a text copies it."""


def joined(reply: Reply) -> Reply:
    """
    *reply* with one JSON body in place of its events; as it is when it is no stream.

    An error among the events becomes the body. Raises InvalidResponse when the stream is not readable or broke off.
    """
    if not (reply.header("content-type") or "").startswith("text/event-stream"):
        return reply
    try:
        body = _body(list(_events(reply.body.decode())))
        return replace(reply, body=msgspec.json.encode(_settled(body)))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError) as cause:
        raise InvalidResponse(f"the answer is no readable stream: {cause}; check the endpoint", reply=reply) from cause
    except EOFError as cause:
        raise InvalidResponse(f"the stream ended before the answer did: {cause}", reply=reply) from None


def _events(text: str) -> Iterator[_Object]:
    told: list[str] = []
    for line in (*_LINE_END.split(text), ""):
        if line.startswith("data:"):
            told.append(line[5:].removeprefix(" "))
        elif not line and told:
            if told != [_DONE]:
                yield _decode("\n".join(told))
            told = []


_decode = msgspec.json.Decoder(dict[str, object]).decode


def _body(events: list[_Object]) -> _Object:
    for event in events:
        if event.get("error"):
            return {"error": event["error"]}
        if event.get("type") == "error":
            return {"error": event}
        if event.get("type") in _ENDS:
            return _object(event.get("response"))
    return _completion(events)


def _completion(events: list[_Object]) -> _Object:
    """A chat completion, or a legacy one, of its chunks. Raises EOFError when they are not all there."""
    body: _Object = {}
    choices: dict[int, _Object] = {}
    for event in events:
        for name in _FRAME:
            body[name] = event.get(name) or body.get(name)  # the first chunk of Azure's has empty ones
        for name in ("usage", "prompt_filter_results", "prompt_annotations"):
            if event.get(name):
                body[name] = event[name]
        for part in _objects(event.get("choices")):
            index = part.get("index")
            place = index if isinstance(index, int) else 0
            choices[place] = _merged(choices.get(place, {}), part)
    if not choices:
        raise EOFError("no choice was told")
    if any(choice.get("finish_reason") is None for choice in choices.values()):
        raise EOFError("a choice has no finish_reason")
    is_legacy = any("text" in choice for choice in choices.values())
    body["object"] = "text_completion" if is_legacy else "chat.completion"
    body["choices"] = [_choice(choices[place]) for place in sorted(choices)]
    return {name: value for name, value in body.items() if value is not None}


def _choice(choice: _Object) -> _Object:
    """A choice with `message` for what came as `delta`, in the shape of the extensions API too."""
    told = {name: value for name, value in choice.items() if name != "delta"}
    if "delta" in choice:
        told["message"] = _message(_object(choice["delta"]))
    if "messages" in choice:
        messages = [_object(message) for message in _objects(choice["messages"])]
        told["messages"] = [{**_without(m, "delta"), **_message(_object(m.get("delta", {})))} for m in messages]
    return told


def _message(delta: _Object) -> _Object:
    message: _Object = {"role": "assistant", **delta}
    if message.get("content") in (None, "", [""]):  # a stream begins with an empty text, and nothing came after it
        message["content"] = None
    if "tool_calls" in delta:  # their index is one of the stream's
        message["tool_calls"] = [_without(call, "index") for call in _objects(delta["tool_calls"])]
    return message


def _merged(before: _Object, part: Mapping[str, object]) -> _Object:
    told = dict(before)
    for name, value in part.items():
        told[name] = (
            _verdicts(told.get(name), value) if name == "content_filter_results" else _more(name, told.get(name), value)
        )
    return told


def _more(name: str, before: object, value: object) -> object:
    """What is told of *name* once *value* has come after *before*."""
    match before, value:
        case _, None:
            told = before
        case _Pieces(), str():
            before.append(value)
            told = before
        case None | str(), str() if name not in _WHOLE:
            told = _Pieces([value] if before is None else [before, value])
        case None | dict(), dict():
            told = _merged(before or {}, value)
        case None | list(), list():
            told = _more_of_list(list(before or []), value)
        case _:
            told = value
    return told


def _more_of_list(before: list[object], values: list[object]) -> list[object]:
    """Parts with an index are told further, parts without are added."""
    for value in values:
        known = next((n for n, told in enumerate(before) if _index(told) == _index(value) is not None), None)
        merged = _merged({}, value) if isinstance(value, dict) else value
        if known is None:
            before.append(merged)
        else:
            before[known] = _more("", before[known], value)
    return before


def _verdicts(before: object, value: object) -> object:
    """The filter's findings on all of a choice: what was filtered in one chunk stays filtered."""
    if not isinstance(before, dict) or not isinstance(value, dict):
        return value or before
    return {**before, **{name: found for name, found in value.items() if not _is_filtered(before.get(name))}}


def _is_filtered(found: object) -> bool:
    return isinstance(found, dict) and found.get("filtered") is True


def _settled(value: object) -> object:
    match value:
        case _Pieces():
            return "".join(value)
        case dict():
            return {name: _settled(part) for name, part in value.items()}
        case list():
            return [_settled(part) for part in value]
    return value


def _index(part: object) -> object:
    return part.get("index") if isinstance(part, dict) else None


def _without(part: _Object, name: str) -> _Object:
    return {key: value for key, value in part.items() if key != name}


def _objects(value: object) -> list[_Object]:
    return [_object(part) for part in value] if isinstance(value, list) else []


def _object(value: object) -> _Object:
    if not isinstance(value, dict):
        raise TypeError("an event has not the form of the API")
    return value
