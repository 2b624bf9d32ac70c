"""From a response, or an error, to what the broker is to hear: the task's own expressions, then the verdict."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from worker import envelope, verdict
from worker.connector.run import Run
from worker.errors import ConnectorError
from worker.expressions import Expressions, Ruling
from worker.inputs import Task
from worker.outcome import Complete, Outcome
from worker.secrets import Redactor

__all__ = ["failed", "succeeded"]


def succeeded(run: Run, task: Task, response: bytes, expressions: Expressions) -> Outcome:
    """What *response*, an envelope without secrets, means. Raises ConnectorError where an expression is broken."""
    headers, given = run.headers, task.variables
    variables = expressions.mapped(headers.result_expression, headers.result_variable, response, given)
    if headers.result_expression is not None:
        variables = run.redactor.own_json(variables)  # it may have put together what the service had taken apart
    if headers.error_expression is None:
        return verdict.completed(variables)
    ruling = expressions.ruling_on_success(headers.error_expression, response, variables, given, run.job)
    return verdict.completed(variables) if ruling is None else _masked(verdict.ruled(ruling), run.redactor)


def failed(run: Run, error: ConnectorError, expressions: Expressions) -> Outcome:
    """What *error* means; every secret in it is masked."""
    shown = {**run.redactor.mapping(envelope.error_variables(error)), "code": error.code}  # boundaries match on it
    message = run.redactor.text(f"{error.reason}: {error}")
    try:
        ruling = _ruling(run, error, shown, expressions)
        if ruling is not None:
            return _masked(verdict.ruled(ruling), run.redactor)
    except ConnectorError as broken:  # the expression's own fault must not hide what it was to judge
        error = broken
        message = run.redactor.text(f"{broken.reason}: {broken} (it was to judge this: {message})")
    variables = msgspec.json.encode({"error": shown})
    return verdict.failed(run.job, error, message=message, variables=variables, backoff_s=run.headers.retry_backoff_s)


def _ruling(run: Run, error: ConnectorError, shown: Mapping[str, object], expressions: Expressions) -> Ruling | None:
    if run.headers.error_expression is None:
        return None
    response = run.redactor.mapping(envelope.response_variables(error))
    given = run.task.variables if run.task else {}
    return expressions.ruling_on_failure(run.headers.error_expression, shown, response, given, run.job)


def _masked(outcome: Outcome, redactor: Redactor) -> Outcome:
    """What an expression has made of it, without secrets: the author's own `variables` may hold one. A code stays."""
    variables = redactor.own_json(outcome.variables)
    if isinstance(outcome, Complete):
        return replace(outcome, variables=variables)
    return replace(outcome, message=redactor.text(outcome.message), variables=variables)
