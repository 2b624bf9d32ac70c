"""
What comes back into the process: `resultVariable`, `resultExpression` and `errorExpression`.

The rules are those of Camunda's connectors, so that an expression written there works here; what an author passes in
`azureOpenAI.variables` is readable as `variables` in both expressions, and both also see the raw `response`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from worker.errors import ExpressionError
from worker.job import Job

__all__ = ["BpmnError", "Expressions", "IgnoreError", "JobError", "Ruling"]

_FUNCTION_TYPE = "camunda.function.type"
"""Marks a call that Camunda's own runtime would carry out; a result that holds it is refused, as there."""

Context = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class BpmnError:
    """The process is to catch an error with *code*."""

    code: str
    message: str = ""
    variables: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobError:
    """The job is to fail with *retries* left; the next attempt begins *backoff_s* seconds later."""

    message: str
    variables: Context = field(default_factory=dict)
    retries: int = 0
    backoff_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreError:
    """The job is to complete with just these *variables*."""

    variables: Context = field(default_factory=dict)


Ruling = BpmnError | JobError | IgnoreError
"""What an error expression asks for."""


class Expressions:
    """Evaluates a task's expressions. *now* and *chance* feed now() and random number(); neither is read elsewhere."""

    def __init__(self, *, now: Callable[[], datetime], chance: Callable[[], float]) -> None:
        self._now = now
        self._chance = chance

    def mapped(self, expression: str | None, variable: str | None, response: bytes, given: Context) -> bytes:
        """
        The process variables, as the JSON text of an object.

        The whole *response* (JSON text) lies under *variable*; the context that *expression* gives is merged on top.
        *given* is the author's own `variables`. Raises ExpressionError.
        """
        if expression is None:
            return b"{}" if variable is None else b"".join((b"{", _encode(variable), b":", response, b"}"))
        decoded = _decode(response)
        shaped = self._shaped(expression, {**decoded, "response": decoded, "variables": given})
        return _encode({**({variable: decoded} if variable else {}), **shaped})

    def ruling_on_success(
        self, expression: str, response: bytes, mapped: bytes, given: Context, job: Job
    ) -> Ruling | None:
        """
        What the error *expression* says of a success, None for nothing. Raises ExpressionError.

        Camunda shows it the *mapped* variables if there are any, else the response. Here both are there; where they
        conflict, theirs win.
        """
        raw, variables = _decode(response), _decode(mapped)
        context = {"variables": given, **raw, **variables, "response": {**raw, **variables}, "job": _shown(job)}
        return self._ruling(expression, context)

    def ruling_on_failure(
        self, expression: str, error: Context, response: Context, given: Context, job: Job
    ) -> Ruling | None:
        """What the error *expression* says of a failure, None for nothing. Raises ExpressionError."""
        context = {"variables": given, "error": error, "response": {**response, "error": error}, "job": _shown(job)}
        return self._ruling(expression, context)

    def _shaped(self, expression: str, context: Context) -> dict[str, object]:
        value = self._value(expression, context, name="resultExpression")
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise _wrong("resultExpression", expression, f"it gives {_kind(value)}", 'a context such as {answer: "…"}')
        if _FUNCTION_TYPE.encode() in _encode(value):
            raise _wrong("resultExpression", expression, f"its result holds {_FUNCTION_TYPE}", "plain values")
        return value

    def _ruling(self, expression: str, context: Context) -> Ruling | None:
        value = self._value(expression, context, name="errorExpression")
        if value is None or value == {}:
            return None
        wanted = "bpmnError(…), jobError(…), ignoreError(…) or null"
        kind = value.get("errorType") if isinstance(value, dict) else None
        if not isinstance(value, dict) or kind not in _RULINGS:
            raise _wrong("errorExpression", expression, f"it gives {_kind(value)}", wanted)
        try:
            return _RULINGS[kind](value)
        except (TypeError, ValueError) as wrong:
            raise _wrong("errorExpression", expression, str(wrong), wanted) from None

    def _value(self, expression: str, context: Context, *, name: str) -> object:
        from worker import feel  # noqa: PLC0415 - a twelfth of the start, and many tasks have no expression

        try:
            compiled = feel.compile(expression.strip().removeprefix("="))
            return compiled.evaluate(context, clock=self._now, chance=self._chance).value
        except feel.FeelError as cause:
            raise _wrong(name, expression, str(cause), "FEEL that has a value here") from cause


_encode = msgspec.json.Encoder().encode


def _decode(text: bytes) -> dict[str, object]:
    """JSON text that is known to be an object."""
    try:
        return msgspec.json.decode(text, type=dict[str, object])
    except (msgspec.MsgspecError, RecursionError) as cause:
        raise ExpressionError(f"the response cannot be given to an expression: {cause}") from cause


def _bpmn_error(value: Context) -> BpmnError:
    code = _text(value, "errorCode")
    return BpmnError(code=code, message=_text(value, "errorMessage", default=""), variables=_variables(value))


def _job_error(value: Context) -> JobError:
    retries = value.get("retries")
    if not (retries is None or (isinstance(retries, int) and not isinstance(retries, bool) and retries >= 0)):
        raise ValueError(f"retries is {retries!r}, not a whole number from 0 on")
    return JobError(
        message=_text(value, "errorMessage", default=""),
        variables=_variables(value),
        retries=retries or 0,
        backoff_s=_backoff_s(value),
    )


_RULINGS: Mapping[object, Callable[[Context], Ruling]] = {
    "bpmnError": _bpmn_error,
    "jobError": _job_error,
    "ignoreError": lambda value: IgnoreError(variables=_variables(value)),
}


def _text(value: Context, name: str, *, default: str | None = None) -> str:
    text = value.get(name, default)
    text = default if text is None else text
    if not isinstance(text, str) or (default is None and not text):
        raise ValueError(f"{name} is {_kind(text)}, not a text")
    return text


def _variables(value: Context) -> Context:
    variables = value.get("variables")
    if variables is None:
        return {}
    if not isinstance(variables, dict):
        raise TypeError(f"variables is {_kind(variables)}, not a context")
    return variables


def _backoff_s(value: Context) -> float:
    given = value.get("retryBackoff")
    if given is None:
        return 0.0
    try:
        seconds = msgspec.convert(given, timedelta, strict=False).total_seconds()
    except msgspec.ValidationError:
        seconds = -1.0
    if seconds < 0:
        raise ValueError(f"retryBackoff is {given!r}, not a duration such as PT30S")
    return seconds


def _kind(value: object) -> str:
    kinds = {dict: "a context", list: "a list", str: "a text", bool: "a boolean", type(None): "nothing"}
    return kinds.get(type(value), "a number")


def _shown(job: Job) -> Context:
    return {
        "retries": job.retries,
        "key": job.key,
        "type": job.type,
        "elementId": job.element_id,
        "processInstanceKey": job.process_instance_key,
        "bpmnProcessId": job.bpmn_process_id,
    }


def _wrong(name: str, expression: str, got: str, wanted: str) -> ExpressionError:
    quoted = expression if len(expression) <= _QUOTED_AT_MOST else f"{expression[:_QUOTED_AT_MOST]}…"
    return ExpressionError(f"task header {name}: {got}, wanted {wanted}; the expression is: {quoted}")


_QUOTED_AT_MOST = 500  # characters of an expression in an incident
