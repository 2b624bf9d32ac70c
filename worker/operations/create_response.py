"""`createResponse`: an answer by the Responses API, which remembers what was said before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Literal

import msgspec
from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import InvalidResponse
from worker.hints import Hint
from worker.operations.chat import JsonSchema
from worker.operations.hints import END_USER, METADATA, PARALLEL_TOOLS, STORE, TEMPERATURE, TOOLS, TOP_P
from worker.operations.json_check import parsed
from worker.operations.model import NULL, Answer, Asking, ContentFilter, InputModel, Operation, Usage, once, post
from worker.operations.parameters import Probability
from worker.wire import Call, Reply, Scope

__all__ = ["CREATE_RESPONSE", "ResponseInput"]

JsonObject = dict[str, JsonValue]
_FINISHED = {"max_output_tokens": "length"}  # the word that chat completions have for it


class ResponseInput(InputModel):
    """
    What is said now, as *input*: a text, or a list of items. *previous_response_id* is the last result's `body.id`.

    *json_schema* asks for `output.json` of that schema; *text* is the API's own object for the same and for verbosity.
    """

    not_sent: ClassVar = frozenset({"json_schema"})

    input: Annotated[
        Annotated[str, Field(min_length=1)] | Annotated[list[JsonObject], Field(min_length=1)],
        Hint("What is said now: a text, or with FEEL a list of items", long=True),
    ]
    instructions: Annotated[str | None, Hint("Who the model is and how it answers", long=True)] = None
    previous_response_id: Annotated[
        str | None,
        Hint("result.body.id of the response that this one follows", placeholder="resp_123", label="Previous response"),
    ] = None
    json_schema: Annotated[JsonSchema | None, Hint("What result.output.json has to look like", group="answer")] = None
    text: Annotated[
        JsonObject | None, Hint("The API's own object, with format and verbosity", label="Text options", group="answer")
    ] = None
    reasoning: Annotated[
        JsonObject | None, Hint("How a reasoning model thinks", placeholder='{"effort": "medium"}', group="sampling")
    ] = None
    max_output_tokens: Annotated[
        Annotated[int, Field(ge=1)] | None, Hint("Most tokens of an answer, thoughts included", group="sampling")
    ] = None
    max_tool_calls: Annotated[
        Annotated[int, Field(ge=1)] | None, Hint("How often the model may call built-in tools", group="tools")
    ] = None
    tools: Annotated[Annotated[list[JsonObject], Field(min_length=1, max_length=128)] | None, TOOLS] = None
    tool_choice: Annotated[
        Literal["none", "auto", "required"] | JsonObject | None,
        Hint("auto, none, required, or with FEEL an object", placeholder="auto", group="tools"),
    ] = None
    parallel_tool_calls: Annotated[bool | None, PARALLEL_TOOLS] = None
    temperature: Annotated[Annotated[float, Field(ge=0, le=2)] | None, TEMPERATURE] = None
    top_p: Annotated[Probability | None, TOP_P] = None
    truncation: Annotated[
        Literal["auto", "disabled"] | None,
        Hint("Auto drops the oldest items of a conversation that has become too long", group="advanced"),
    ] = None
    include: Annotated[list[str] | None, Hint("What else comes back, as a list", group="advanced")] = None
    store: Annotated[bool | None, STORE] = None
    background: Annotated[bool | None, Hint("Whether the service works on after it has answered", group="advanced")] = (
        None
    )
    metadata: Annotated[Annotated[dict[str, str], Field(max_length=16)] | None, METADATA] = None
    user: Annotated[str | None, END_USER] = None

    @model_validator(mode="after")
    def _one_format(self) -> "ResponseInput":
        if self.json_schema is not None and self.text is not None and "format" in self.text:
            raise PydanticCustomError("two_formats", "either jsonSchema or text.format, not both")
        return self

    def answer_format(self) -> Mapping[str, JsonValue] | None:
        """The API's format of the answer's text, None where none was asked for."""
        if self.json_schema is not None:
            return {"type": "json_schema", "name": "answer", "schema": self.json_schema}
        form = (self.text or {}).get("format")
        return form if isinstance(form, dict) else None


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


_response = msgspec.json.Decoder(_Response)
_item = msgspec.json.Decoder(_Item)
_parts = msgspec.json.Decoder(list[_Part])
_filter = msgspec.json.Decoder(_Filter)


def _build(given: ResponseInput, asking: Asking) -> Call:
    parameters = {"model": asking.target.deployment, **given.api_parameters()}
    if given.json_schema is not None:
        parameters["text"] = {**(given.text or {}), "format": given.answer_format()}
    return replace(post("responses", parameters, asking), scope=Scope.RESOURCE)


def _read(reply: Reply, given: ResponseInput) -> Answer:
    try:
        reply.body.decode()
        response = _response.decode(reply.body)
        answer = _answer(response)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InvalidResponse(f"the answer is no response: {cause}; check the endpoint", reply=reply) from cause
    if response.status == "failed":
        error = response.error or _Error()
        raise InvalidResponse(f"the response failed: {error.code}: {error.message}", reply=reply)
    form = given.answer_format() or {}
    if form.get("type") not in {"json_object", "json_schema"}:
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


CREATE_RESPONSE = Operation(
    name="createResponse",
    summary="Answer by the Responses API",
    input=ResponseInput,
    converse=once(_build, _read),
    default_api_version="v1",  # 2024-10-21 does not have it
)
