"""A response: words, JSON of a schema, or the call of a tool."""

from collections.abc import Mapping
from typing import Final

from worker.demo.emulator.operations import checks, streams, words
from worker.demo.emulator.operations.exchange import Exchange, Operation, Reply
from worker.demo.emulator.shapes import RefusedError, filter_results, invalid

__all__ = ["RESPONSE", "RESPONSES"]

_REASONING_TOKENS: Final = 64
# What a dated api-version has to be at least; version 1 always has responses.
_FIRST_VERSION: Final = "2025-03-01"


def _answer(exchange: Exchange) -> Reply:
    if not exchange.is_v1 and (exchange.api_version or "") < _FIRST_VERSION:
        message = f"Azure OpenAI Responses API is enabled only for api-version {_FIRST_VERSION}-preview and later"
        raise invalid(None, "BadRequest", message)
    before = _taken_up(exchange)
    said = _said(exchange.body.get("input"))
    tokens = 3 + len(words.pieces(said))
    checks.check_prompt(exchange, said, tokens)
    items = [_tool_call(exchange) or _message(exchange, said)]
    made = len(words.pieces(str(items[0])))
    thought = _REASONING_TOKENS if exchange.deployment.reasoning else 0
    body: dict[str, object] = {
        "id": exchange.new_id("resp"),
        "object": "response",
        "created_at": exchange.created,
        "status": "completed",
        "background": exchange.body.get("background", False),
        "content_filters": [_filter("prompt"), _filter("completion")],
        "error": None,
        "incomplete_details": None,
        "instructions": exchange.body.get("instructions"),
        "model": exchange.name,
        "output": items,
        "previous_response_id": before,
        "store": exchange.body.get("store", True),
        "text": exchange.body.get("text", {"format": {"type": "text"}}),
        "usage": {
            "input_tokens": tokens,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": made + thought,
            "output_tokens_details": {"reasoning_tokens": thought},
            "total_tokens": tokens + made + thought,
        },
    }
    return Reply(
        body=_kept(exchange, body),
        chunks=streams.response_events(body) if exchange.wants_stream else None,
        prompt_tokens=tokens,
        completion_tokens=made + thought,
    )


def _taken_up(exchange: Exchange) -> object:
    """The response that this one follows, None where it begins; refused where it was not made here."""
    before = exchange.body.get("previous_response_id")
    if before is not None and not exchange.memory.knows(before):
        message = f"Previous response with id '{before}' not found."
        raise invalid("previous_response_id", "previous_response_not_found", message)
    return before


def _kept(exchange: Exchange, body: Mapping[str, object]) -> Mapping[str, object]:
    """What the caller gets of *body*, which the resource remembers unless it is told not to."""
    if exchange.body.get("background") is True:
        return exchange.memory.begin(body)
    return body if exchange.body.get("store") is False else exchange.memory.keep(body)


def _said(given: object) -> str:
    if isinstance(given, str) and given:
        return given
    if not isinstance(given, list) or not given:
        raise invalid("input", "missing_required_parameter", "Missing required parameter: 'input'.")
    contents = [item.get("content") for item in given if isinstance(item, Mapping)]
    parts = [part for content in contents for part in (content if isinstance(content, list) else [content])]
    return "\n".join(str(part.get("text", "")) if isinstance(part, Mapping) else str(part or "") for part in parts)


def _message(exchange: Exchange, said: str) -> dict[str, object]:
    part = {"type": "output_text", "text": _text(exchange, said), "annotations": [], "logprobs": []}
    frame = {"id": exchange.new_id("msg"), "type": "message", "role": "assistant", "status": "completed"}
    return {**frame, "content": [part]}


def _text(exchange: Exchange, said: str) -> str:
    if exchange.wanted.content is not None:
        return exchange.wanted.content
    asked = exchange.body.get("text")
    form = asked.get("format") if isinstance(asked, Mapping) else None
    if isinstance(form, Mapping) and form.get("type") == "json_schema":
        return words.as_json(words.example_of(form.get("schema")))
    return words.answer_to(said, exchange.name)


def _tool_call(exchange: Exchange) -> dict[str, object] | None:
    tools = exchange.body.get("tools")
    if not isinstance(tools, list) or exchange.body.get("tool_choice") == "none":
        return None
    tool = next((each for each in tools if each.get("type") == "function"), None)
    if tool is None:
        return None
    arguments = words.as_json(words.example_of({"type": "object", **(tool.get("parameters") or {})}))
    called = {"name": tool.get("name"), "arguments": arguments, "call_id": exchange.new_id("call")}
    return {"id": exchange.new_id("fc"), "type": "function_call", "status": "completed", **called}


def _filter(source: str) -> dict[str, object]:
    return {"blocked": False, "source_type": source, "content_filter_results": filter_results()}


def _look(exchange: Exchange) -> Reply:
    found = exchange.memory.look(exchange.item or "")
    if found is None:
        raise RefusedError(404, {"code": "not_found", "message": f"Response with id '{exchange.item}' not found."})
    return Reply(body=found)


RESPONSES: Final = Operation(path="responses", name="responses", answer=_answer, model_in_body=True)
RESPONSE: Final = Operation(path="responses/{id}", name="responses", answer=_look, method="GET", needs_deployment=False)
