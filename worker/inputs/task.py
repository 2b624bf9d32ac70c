"""The task itself: the one variable, typed."""

from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec
from pydantic import Field, JsonValue

from worker.connections import TaskConnection, Wish
from worker.errors import InputError
from worker.given import Given
from worker.inputs.typing import QUOTED_AT_MOST, VARIABLE, one_of, shown, typed
from worker.operations import OPERATIONS, AnyOperation, InputModel

__all__ = ["VARIABLE", "Options", "Task", "parse_task"]


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


_NO_OPTIONS: Final = Options.model_construct()  # nothing to check, so that its validator need not be built for it


class _Shape(Given):
    """The variable's first level; `input` is typed by the operation, which is not known yet."""

    operation: str
    connection: TaskConnection
    deployment: str | None = None
    api_version: str | None = None
    input: dict[str, Any] = Field(default_factory=dict)
    variables: dict[str, Any] = Field(default_factory=dict)
    options: Options = Field(default_factory=lambda: _NO_OPTIONS)  # a plain default would be copied for every job


class Frame(NamedTuple):
    """What the jobs of a task have in common: all but `input` and `variables`."""

    operation: AnyOperation
    wish: Wish
    options: Options


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """
    A task, typed. *variables* are the author's own, for the expressions; they are never sent to the service.

    Jobs of one task share the very same *wish* and *options*, so that what is worked out for them can be kept.
    """

    operation: AnyOperation
    input: InputModel
    wish: Wish
    options: Options
    variables: dict[str, Any]


def parse_task(variables: bytes) -> Task:
    """Type the JSON text *variables* (an object that holds `azureOpenAI`). Raises InputError."""
    return _quickly(variables) or _thoroughly(variables)


class _Raw(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """The variable's first level; what all jobs of a task have in common is still bytes."""

    operation: str
    connection: msgspec.Raw
    deployment: str | None = None
    api_version: str | None = None
    input: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    options: msgspec.Raw = msgspec.Raw(b"{}")


class _Held(msgspec.Struct):
    azure_openai: _Raw = msgspec.field(name=VARIABLE)


_held: Final = msgspec.json.Decoder(_Held).decode
_object: Final = msgspec.json.Decoder(dict[str, Any]).decode
_FRAMES: Final = 256  # tasks
_FRAME_AT_MOST: Final = 16_384  # bytes; larger ones hold what differs from job to job


def _quickly(variables: bytes) -> Task | None:
    """
    The task, its frame typed only once for as long as its bytes stay the same, which saves half of the typing.

    None where anything is wrong or out of the ordinary: the thorough way then says what.
    """
    try:
        held = _held(variables).azure_openai
        connection, options = bytes(held.connection), bytes(held.options)
        if len(connection) + len(options) > _FRAME_AT_MOST:
            return None
        frame = _frame(held.operation, connection, held.deployment, held.api_version, options)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InputError):
        return None
    read = typed(frame.operation.input, held.input, below=("input",))
    return Task(operation=frame.operation, input=read, wish=frame.wish, options=frame.options, variables=held.variables)


@lru_cache(maxsize=_FRAMES)
def _frame(operation: str, connection: bytes, deployment: str | None, api_version: str | None, options: bytes) -> Frame:
    return _framed(
        typed(
            _Shape,
            {
                "operation": operation,
                "connection": _object(connection),
                "deployment": deployment,
                "apiVersion": api_version,
                "options": _object(options),
            },
            below=(),
        )
    )


def _thoroughly(variables: bytes) -> Task:
    shape = typed(_Shape, _azure_openai(variables), below=())
    operation, wish, options = _framed(shape)
    read = typed(operation.input, shape.input, below=("input",))
    return Task(operation=operation, input=read, wish=wish, options=options, variables=shape.variables)


def _framed(shape: _Shape) -> Frame:
    wish = Wish(connection=shape.connection, deployment=shape.deployment, api_version=shape.api_version)
    return Frame(_operation(shape.operation), wish, shape.options)


def _azure_openai(variables: bytes) -> Mapping[str, Any]:
    wanted = f"an input object '{VARIABLE}' (apply the element template, or add the input mappings)"
    try:
        held = msgspec.json.decode(variables)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as cause:
        raise InputError(path="variables", got=f"no readable JSON ({cause})", wanted=wanted) from None
    value = held.get(VARIABLE) if isinstance(held, dict) else None
    if not isinstance(value, dict):
        raise InputError(path=VARIABLE, got=shown(value), wanted=wanted)
    return value


def _operation(name: str) -> AnyOperation:
    try:
        return OPERATIONS[name]
    except KeyError:
        raise InputError(
            path="operation", got=repr(name[:QUOTED_AT_MOST]), wanted=one_of(OPERATIONS, like=name)
        ) from None
