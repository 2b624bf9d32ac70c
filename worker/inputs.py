"""From what a job holds to a typed task. Everything that is wrong is one InputError that names the field."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar

import msgspec
from pydantic import BaseModel, Field, JsonValue, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from worker.connections import AUTHENTICATION_TYPES, TaskConnection
from worker.errors import InputError
from worker.given import Given
from worker.job import Job
from worker.operations import OPERATIONS, InputModel, Operation

__all__ = ["VARIABLE", "Options", "Task", "TaskHeaders", "parse_headers", "parse_task", "wanted_lease_s"]

VARIABLE = "azureOpenAI"
"""The one process variable that a task's inputs lie under."""

_PRIVATE = frozenset({"connection"})
"""Parts whose values are never quoted: a key may stand there in plain text."""

_QUOTED_AT_MOST = 40  # characters of a text that an error quotes: enough to recognise a typo, too little for a prompt


class Options(Given):
    """
    How the call is made. *timeout* is the total time for all of it.

    *traceparent* and *tracestate* (W3C) say which trace the job belongs to; what is not valid there is not used.
    """

    timeout: timedelta = timedelta(minutes=10)
    extra_body: dict[str, JsonValue] = Field(default_factory=dict)
    extra_query: dict[str, str] = Field(default_factory=dict)
    traceparent: str | None = None
    tracestate: str | None = None


_NO_OPTIONS: Final = Options()


class _Shape(Given):
    """The variable's first level; `input` is typed by the operation, which is not known yet."""

    operation: str
    connection: TaskConnection
    deployment: str | None = None
    api_version: str | None = None
    input: dict[str, Any] = Field(default_factory=dict)
    variables: dict[str, Any] = Field(default_factory=dict)
    options: Options = Field(default_factory=lambda: _NO_OPTIONS)  # a plain default would be copied for every job


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task, typed. *variables* are the author's own, for the expressions; they are never sent to the service."""

    operation: Operation[Any]
    input: InputModel
    connection: TaskConnection
    deployment: str | None
    api_version: str | None
    variables: dict[str, Any]
    options: Options


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHeaders:
    """The task headers that the ecosystem's element templates set. Durations are in seconds; None where not given."""

    result_variable: str | None = None
    result_expression: str | None = None
    error_expression: str | None = None
    retry_backoff_s: float | None = None
    job_timeout_s: float | None = None


def parse_task(variables: bytes) -> Task:
    """Type the JSON text *variables* (an object that holds `azureOpenAI`). Raises InputError."""
    shape = _typed(_Shape, _azure_openai(variables), below=())
    operation = _operation(shape.operation)
    return Task(
        operation=operation,
        input=_typed(operation.input, shape.input, below=("input",)),
        connection=shape.connection,
        deployment=shape.deployment,
        api_version=shape.api_version,
        variables=shape.variables,
        options=shape.options,
    )


def parse_headers(job: Job) -> TaskHeaders:
    """The job's headers, typed. Raises InputError."""
    given = job.headers
    return TaskHeaders(
        result_variable=given.get("resultVariable") or None,
        result_expression=given.get("resultExpression") or None,
        error_expression=given.get("errorExpression") or None,
        retry_backoff_s=_seconds(given, "retryBackoff"),
        job_timeout_s=_job_timeout_s(given),
    )


def wanted_lease_s(job: Job) -> float | None:
    """Seconds that the job's header `jobTimeout` asks for; None where it does not, or where `parse_headers` objects."""
    try:
        return _job_timeout_s(job.headers)
    except InputError:
        return None


_M = TypeVar("_M", bound=BaseModel)
_duration = TypeAdapter(timedelta)


def _seconds(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(name)
    if not text:
        return None
    wrong = InputError(path=f"task header {name}", got=repr(text), wanted="an ISO 8601 duration such as PT30S")
    if not text.startswith("P"):
        raise wrong
    try:
        return _duration.validate_python(text).total_seconds()
    except ValidationError:
        raise wrong from None


def _job_timeout_s(headers: Mapping[str, str]) -> float | None:
    lease_s = _seconds(headers, "jobTimeout")
    if lease_s is not None and lease_s <= 0:
        wanted = "a duration of more than nothing, such as PT5M"
        raise InputError(path="task header jobTimeout", got=repr(headers["jobTimeout"]), wanted=wanted)
    return lease_s


def _azure_openai(variables: bytes) -> Mapping[str, Any]:
    wanted = f"an input object '{VARIABLE}' (apply the element template, or add the input mappings)"
    try:
        held = msgspec.json.decode(variables)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InputError(path="variables", got=f"no readable JSON ({cause})", wanted=wanted) from None
    value = held.get(VARIABLE) if isinstance(held, dict) else None
    if not isinstance(value, dict):
        raise InputError(path=VARIABLE, got=_shown(value), wanted=wanted)
    return value


def _operation(name: str) -> Operation[Any]:
    try:
        return OPERATIONS[name]
    except KeyError:
        raise InputError(
            path="operation", got=repr(name[:_QUOTED_AT_MOST]), wanted=_one_of(OPERATIONS, like=name)
        ) from None


def _typed(model: type[_M], given: Mapping[str, Any], *, below: tuple[str, ...]) -> _M:
    try:
        return model.model_validate(given)
    except ValidationError as cause:
        raise _input_error(cause.errors(include_url=False)[0], model, below) from None


def _input_error(detail: ErrorDetails, model: type[BaseModel], below: tuple[str, ...]) -> InputError:
    """The first thing that is wrong; the others follow once it is mended."""
    where = (*below, *_steps(detail["loc"]))
    got = type(detail["input"]).__name__ if _is_private(where) else _shown(detail["input"])
    match detail["type"]:
        case "missing":
            return InputError(path=_path(where), got="nothing", wanted="a value")
        case "extra_forbidden":
            names = [to_camel(name) for name in model.model_fields] if len(where) == len(below) + 1 else []
            return InputError(path=_path(where), got="an unknown field", wanted=_one_of(names, like=str(where[-1])))
        case "union_tag_invalid" | "union_tag_not_found":
            wanted = detail.get("ctx", {}).get("expected_tags") or ", ".join(AUTHENTICATION_TYPES)
            return InputError(path=_path((*where, "type")), got="something else", wanted=f"one of {wanted}")
        case _:
            return InputError(path=_path(where), got=got, wanted=detail["msg"].removeprefix("Input should be "))


def _is_private(where: Sequence[str | int]) -> bool:
    return bool(where) and where[0] in _PRIVATE


def _steps(location: tuple[int | str, ...]) -> list[int | str]:
    """Pydantic's location without the names of a union's members, which are types and not fields."""
    types = {"str", "int", "float", "bool", *AUTHENTICATION_TYPES}
    return [step for step in location if not (isinstance(step, str) and (step in types or "[" in step))]


def _path(steps: Sequence[int | str]) -> str:
    """`input.messages[2].role`: lists count from 0, as in JSON."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.lstrip(".") or VARIABLE


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool() | int() | float():
            return msgspec.json.encode(value).decode()
        case str():
            return repr(value if len(value) <= _QUOTED_AT_MOST else f"{value[:_QUOTED_AT_MOST]}…")
        case list():
            return f"a list of {len(value)}"
        case _:
            return "an object"


def _one_of(names: Mapping[str, object] | Sequence[str], *, like: str) -> str:
    nearest = difflib.get_close_matches(like, names, n=1)
    hint = f" (did you mean {nearest[0]}?)" if nearest else ""
    return f"one of {', '.join(sorted(names))}{hint}" if names else f"no such field{hint}"
