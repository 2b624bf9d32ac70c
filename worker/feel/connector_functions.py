"""
The functions that Camunda's connectors add: what an error expression answers with.

Each gives a context whose `errorType` says what shall happen; a hand-written context of the same form counts as well.
A wrong argument type is an evaluation error, because a verdict that silently became null would lose the error.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from worker.feel.errors import FeelEvaluationError
from worker.feel.run import Run
from worker.feel.signatures import Signature, define
from worker.feel.temporal import NANOS, DayTimeDuration
from worker.feel.values import Context, Number, Value
from worker.feel.values.numbers import from_double

_NO_DELAY: Final = DayTimeDuration(0)
_MIN_DELAY: Final = DayTimeDuration(50 * NANOS // 1_000)
_MAX_DELAY: Final = DayTimeDuration(5 * NANOS)
_FACTOR: Final = Decimal("1.6")
_JITTER: Final = Decimal("0.1")


def _bpmn_error(_run: Run, code: str, message: str | None = None, variables: Value = None) -> Value:
    """A BPMN error with *code*, to be caught by the process."""
    error = Context(errorType="bpmnError", errorCode=code)
    if message is not None:
        error["errorMessage"] = message
    if variables is not None:
        error["variables"] = variables
    return error


def _job_error(
    _run: Run,
    message: str,
    variables: dict[str, Value] | None = None,
    retries: Number = 0,
    backoff: DayTimeDuration = _NO_DELAY,
) -> Value:
    """A failed job with so many *retries* left, the next one after *backoff*."""
    return Context(
        errorMessage=message,
        retries=retries,
        retryBackoff=backoff,
        variables=variables or Context(),
        errorType="jobError",
    )


def _ignore_error(_run: Run, variables: dict[str, Value] | None = None) -> Value:
    """A completed job with just these variables."""
    error = Context(errorType="ignoreError")
    if variables is not None:
        error["variables"] = variables
    return error


def _backoff(  # noqa: PLR0913, PLR0917 - as many as the function that authors call
    run: Run,
    attempt: Number,
    min_delay: DayTimeDuration = _MIN_DELAY,
    factor: Number = _FACTOR,
    max_delay: DayTimeDuration = _MAX_DELAY,
    jitter_factor: Number = _JITTER,
) -> Value:
    """
    The wait before attempt number *attempt*, which counts from 1: 50 ms, 80 ms, 128 ms … up to 5 s, give or take 10 %.

    Without a source of chance there is no jitter.
    """
    if attempt < 1 or min_delay.nanos < 0 or factor < 1 or not 0 <= jitter_factor <= 1:
        raise FeelEvaluationError(
            "backoff: attempt and factor begin at 1, jitterFactor lies in 0..1, delays are not negative"
        )
    shift = 0.0 if run.chance is None else float(jitter_factor) * (2 * run.chance() - 1)
    steps = min(float(attempt) - 1, 1_000)
    grown = min(float(max_delay.nanos), min_delay.nanos * min(float(factor) ** min(steps, 64), 1e30))
    return DayTimeDuration.of_nanos(int(from_double(lambda: grown * (1 + shift), "backoff")))


_BPMN: Final = ("errorCode: string", "errorMessage: string", "variables: context")
_JOB: Final = ("errorMessage: string", "variables: context", "retries: number", "retryBackoff: days and time duration")
_BACKOFF: Final = (
    "attempt: number",
    "minDelay: days and time duration",
    "factor: number",
    "maxDelay: days and time duration",
    "jitterFactor: number",
)


def _signatures() -> dict[str, tuple[Signature, ...]]:
    return {
        name: tuple(
            define(f"{name}({', '.join(parameters[:count])})", body, strict=True)
            for count in range(required, len(parameters) + 1)
        )
        for name, parameters, required, body in (
            ("bpmnError", _BPMN, 1, _bpmn_error),
            ("jobError", _JOB, 1, _job_error),
            ("ignoreError", ("variables: context",), 0, _ignore_error),
            ("backoff", _BACKOFF, 1, _backoff),
        )
    }


CONNECTOR_FUNCTIONS: Final = _signatures()
