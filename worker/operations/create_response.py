"""`createResponse`: an answer by the Responses API, which remembers what was said before."""

from collections.abc import Generator, Mapping, Sequence
from typing import Annotated, ClassVar, Final, Literal
from urllib.parse import quote

from msgspec.structs import replace
from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import ConnectorError
from worker.hints import Hint
from worker.operations.chat import JsonSchema
from worker.operations.hints import END_USER, METADATA, PARALLEL_TOOLS, STORE, STREAM, TEMPERATURE, TOOLS, TOP_P
from worker.operations.model import Asking, Batch, Conversation, InputModel, Operation, Result, post
from worker.operations.parameters import Probability
from worker.operations.responses import progress_of, read_response
from worker.wire import Call, Reply, Scope

__all__ = ["CREATE_RESPONSE", "ResponseInput"]

JsonObject = dict[str, JsonValue]
_UNDER_WAY: Final = frozenset({"queued", "in_progress"})
_FIRST_LOOK_S, _MOST_S = 1.0, 10.0  # between two looks at an answer that the service works on in the background


class ResponseInput(InputModel):
    """
    What is said now, as *input*: a text, or a list of items. *previous_response_id* is the last result's `body.id`.

    *json_schema* asks for `output.json` of that schema; *text* is the API's own object for the same and for verbosity.
    In the *background* the service answers at once and works on; the task looks until the answer is there, or, with
    *wait* false, ends at once with its `body.id`.
    """

    not_sent: ClassVar = frozenset({"json_schema", "stream", "wait"})

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
    background: Annotated[
        bool | None, Hint("For answers that take long: no connection has to stay open meanwhile", group="advanced")
    ] = None
    wait: Annotated[
        bool, Hint("Whether a task in the background ends with the answer, or at once with its id", group="advanced")
    ] = True
    stream: Annotated[bool, STREAM] = False
    metadata: Annotated[Annotated[dict[str, str], Field(max_length=16)] | None, METADATA] = None
    user: Annotated[str | None, END_USER] = None

    @model_validator(mode="after")
    def _one_format(self) -> "ResponseInput":
        if self.json_schema is not None and self.text is not None and "format" in self.text:
            raise PydanticCustomError("two_formats", "either jsonSchema or text.format, not both")
        return self

    @model_validator(mode="after")
    def _one_way(self) -> "ResponseInput":
        if self.background and self.stream:
            raise PydanticCustomError("two_ways", "either background or stream, not both")
        return self

    def answer_format(self) -> Mapping[str, JsonValue] | None:
        """The API's format of the answer's text, None where none was asked for."""
        if self.json_schema is not None:
            return {"type": "json_schema", "name": "answer", "schema": self.json_schema}
        form = (self.text or {}).get("format")
        return form if isinstance(form, dict) else None


def _converse(given: ResponseInput, asking: Asking) -> Conversation:
    [reply] = yield Batch(calls=[_build(given, asking)])
    if isinstance(reply, ConnectorError):
        raise reply
    if given.background and given.wait:
        reply = yield from _finished(reply, asking)
    return Result(read_response(reply, given.answer_format()), reply)


def _build(given: ResponseInput, asking: Asking) -> Call:
    parameters = {"model": asking.target.deployment, **given.api_parameters()}
    if given.json_schema is not None:
        parameters["text"] = {**(given.text or {}), "format": given.answer_format()}
    if given.stream:
        parameters["stream"] = True
    return replace(post("responses", parameters, asking), scope=Scope.RESOURCE)


def _finished(reply: Reply, asking: Asking) -> Generator[Batch, Sequence[Reply | ConnectorError], Reply]:
    """The response that *reply* has begun, as it is in the end. A job that comes again looks at the same one."""
    delay_s = _FIRST_LOOK_S
    identifier, status = progress_of(reply)
    while status in _UNDER_WAY and identifier:
        path = f"responses/{quote(identifier, safe='')}"
        look = Call(path=path, method="GET", scope=Scope.RESOURCE, query=asking.extras.extra_query)
        [seen] = yield Batch(calls=[look], delay_s=delay_s)
        if isinstance(seen, ConnectorError):
            raise seen
        took_s = reply.duration_s + delay_s + seen.duration_s
        reply = replace(seen, attempts=reply.attempts + seen.attempts, duration_s=took_s)
        delay_s = min(delay_s * 2, _MOST_S)
        _, status = progress_of(reply)
    return reply


CREATE_RESPONSE = Operation(
    name="createResponse",
    summary="Answer by the Responses API",
    input=ResponseInput,
    converse=_converse,
    default_api_version="v1",  # 2024-10-21 does not have it
)
