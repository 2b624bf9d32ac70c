"""`rawRequest`: any request to the connection's endpoint, with retry settings of its own."""

import re
from collections.abc import Generator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Final, Literal
from urllib.parse import urlencode

import msgspec
from msgspec.structs import replace
from pydantic import AfterValidator, BeforeValidator, Field, JsonValue, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from worker.errors import CallError, ConnectorError, InvalidResponse, Retry, ServiceError
from worker.hints import Hint, Pick
from worker.operations.files import Form, InlineFile, binary_result, form_body
from worker.operations.model import Answer, Asking, Batch, Conversation, InputModel, Operation, Result
from worker.wire import Call, Reply, Scope

__all__ = ["RAW_REQUEST", "RawRequestInput"]

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _is_a_path(path: str) -> str:
    if _URL.match(path) or "?" in path or "#" in path:
        raise PydanticCustomError("no_path", "a path below the endpoint, such as models; a query goes to input.query")
    return path.lstrip("/")


def _as_text(value: object) -> object:
    """A parameter as a URL or a form writes it: `true` and 3 without quotes."""
    return msgspec.json.encode(value).decode() if isinstance(value, bool | int | float) else value


Path = Annotated[str, AfterValidator(_is_a_path)]
Text = Annotated[str, BeforeValidator(_as_text)]


class FormFile(InlineFile):
    """A file of a form, under the name of its *field*."""

    field: str = "file"


_BODY = Pick("requestBody", "Body", {"none": "None", "body": "JSON or text", "form": "Form"})


class RawRequestInput(InputModel):
    """
    A request to *path*, below the endpoint's own base: `models`, or `deployments/my-gpt/chat/completions`.

    One of *body* (JSON; a text is sent as it is, as *content_type*) and *form*, which is multipart once there are
    *files*. Secrets are filled in *headers*. *timeout* is that of one attempt. With *max_retries* the settings here
    replace the worker's own: server errors, rate limits and the network are tried again, or with *retry_on_all_errors*
    every error, after *retry_delay_ms*, doubled each time with *exponential_backoff*; the service's own delay wins
    where it is longer.
    """

    not_sent: ClassVar = frozenset({"headers"})

    path: Annotated[Path, Hint("Below the endpoint's own base", placeholder="deployments/my-gpt/chat/completions")]
    method: Annotated[
        Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"], Hint("What is done there")
    ] = "GET"
    query: Annotated[dict[str, Text], Hint("Parameters of the URL", placeholder='{"limit": "10"}')] = Field(
        default_factory=dict
    )
    headers: Annotated[
        dict[str, SecretStr], Hint("Secrets are filled in here", placeholder='{"x-my-header": "value"}')
    ] = Field(default_factory=dict)
    body: Annotated[
        JsonValue,
        Hint("JSON; a text is sent as it is", placeholder='{"input": "one"}', when=(_BODY, "body"), feel=True),
    ] = None
    content_type: Annotated[
        Annotated[str, Field(pattern=r"^[\x20-\x7e]+/[\x20-\x7e]+$")],
        Hint("Of a body that is a text", when=(_BODY, "body"), wanted="a media type such as text/plain"),
    ] = "application/json"
    form: Annotated[
        dict[str, Text],
        Hint("Names and values", placeholder='{"purpose": "batch"}', when=(_BODY, "form"), label="Form fields"),
    ] = Field(default_factory=dict)
    files: Annotated[
        list[FormFile],
        Hint(
            "A list of {field, name, contentType, content} with base64; makes the form a multipart one",
            when=(_BODY, "form"),
        ),
    ] = Field(default_factory=list)
    response_type: Annotated[Literal["json", "text", "binary"], Hint("How the answer is read", group="answer")] = "json"
    timeout: Annotated[
        Annotated[timedelta, Field(gt=timedelta(0))] | None,
        Hint("Of one attempt", label="Time-out of an attempt", placeholder="PT30S", group="advanced"),
    ] = None
    retry_delay_ms: Annotated[
        Annotated[int, Field(ge=0, le=3_600_000)],
        Hint("Milliseconds between two attempts", label="Retry delay (ms)", group="advanced"),
    ] = 0
    retry_on_all_errors: Annotated[bool, Hint("Not just those that may pass", group="advanced")] = False
    max_retries: Annotated[
        Annotated[int, Field(ge=0, le=20)] | None, Hint("In place of the worker's own", group="advanced")
    ] = None
    exponential_backoff: Annotated[bool, Hint("Each delay is twice the one before", group="advanced")] = False

    @model_validator(mode="after")
    def _one_body(self) -> "RawRequestInput":
        if self.body is not None and (self.form or self.files):
            raise PydanticCustomError("two_bodies", "either body, or form and files, not both")
        return self

    def own_headers(self) -> Mapping[str, SecretStr]:
        return self.headers

    def delay_s(self, attempt: int, error: ConnectorError) -> float:
        """Seconds to wait after *attempt*, counted from 1, which ended with *error*."""
        own_s = self.retry_delay_ms / 1000 * (2 ** (attempt - 1) if self.exponential_backoff else 1)
        return max(own_s, error.retry_after_s or 0.0)


def _converse(given: RawRequestInput, asking: Asking) -> Conversation:
    call = _build(given, asking)
    if given.max_retries is None:
        [reply] = yield Batch(calls=[call])
        attempts = 0
    else:
        reply, attempts = yield from _repeated(call, given, given.max_retries)
    if isinstance(reply, ConnectorError):
        raise reply
    return _result(replace(reply, attempts=attempts) if attempts else reply, given, asking)


def _repeated(
    call: Call, given: RawRequestInput, most_retries: int
) -> Generator[Batch, Sequence[Reply | ConnectorError], tuple[Reply | ConnectorError, int]]:
    once = replace(call, most_attempts=1)
    delay_s = 0.0
    for attempt in range(1, most_retries + 2):
        [reply] = yield Batch(calls=[once], tolerates=(CallError, ServiceError), delay_s=delay_s)
        if not isinstance(reply, ConnectorError) or not _is_tried_again(reply, given):
            break
        delay_s = given.delay_s(attempt, reply)
    return reply, attempt


def _is_tried_again(error: ConnectorError, given: RawRequestInput) -> bool:
    return given.retry_on_all_errors or error.retry is not Retry.NEVER


def _build(given: RawRequestInput, asking: Asking) -> Call:
    body, content_type = _body(given, asking)
    return Call(
        path=given.path,
        method=given.method,
        scope=Scope.RESOURCE,
        query={**given.query, **asking.extras.extra_query},
        headers=asking.headers,
        body=body,
        content_type=content_type,
        timeout_s=given.timeout.total_seconds() if given.timeout else None,
    )


def _body(given: RawRequestInput, asking: Asking) -> tuple[bytes, str]:
    extra = asking.extras.extra_body
    if given.files:
        return form_body(Form(given.form.items(), [(file.field, file) for file in given.files]))
    if given.form:
        return urlencode(given.form).encode(), "application/x-www-form-urlencoded"
    if isinstance(given.body, str):
        return given.body.encode(), given.content_type
    if isinstance(given.body, dict) or extra:
        return msgspec.json.encode(
            {**(given.body if isinstance(given.body, dict) else {}), **extra}
        ), given.content_type
    return (b"" if given.body is None else msgspec.json.encode(given.body)), given.content_type


def _result(reply: Reply, given: RawRequestInput, asking: Asking) -> Result:
    if given.response_type == "binary":
        content_type = reply.header("content-type") or "application/octet-stream"
        return binary_result(Answer(), reply, asking, content_type=content_type)
    if not reply.body:
        return Result(Answer(), reply, body=b"null")
    try:
        text = reply.body.decode()
    except UnicodeDecodeError as cause:
        raise InvalidResponse("the answer is no text; ask for it with responseType binary", reply=reply) from cause
    if given.response_type == "json" and _is_json(reply.body):
        return Result(Answer(), reply)
    shown = msgspec.json.encode(text)
    return Result(Answer(text=msgspec.Raw(shown)), reply, body=shown)


def _is_json(body: bytes) -> bool:
    try:
        msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


RAW_REQUEST = Operation(
    name="rawRequest",
    summary="Any request to the endpoint",
    input=RawRequestInput,
    converse=_converse,
    scope=Scope.RESOURCE,
)
