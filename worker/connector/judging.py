"""From a response, or an error, to what the broker is to hear: the task's own expressions, then the verdict."""

from collections.abc import Mapping

import msgspec

from worker import envelope, verdict
from worker.connector.run import Run
from worker.errors import ConnectorError
from worker.expressions import Expressions, Ruling
from worker.inputs import Task
from worker.outcome import Outcome

__all__ = ["failed", "succeeded"]


def succeeded(run: Run, task: Task, response: bytes, expressions: Expressions) -> Outcome:
    """What *response*, an envelope without secrets, means. Raises ConnectorError where an expression is broken."""
    headers, given = run.headers, task.variables
    variables = expressions.mapped(headers.result_expression, headers.result_variable, response, given)
    if headers.error_expression is None:
        return verdict.completed(variables)
    ruling = expressions.ruling_on_success(headers.error_expression, response, variables, given, run.job)
    return verdict.completed(variables) if ruling is None else verdict.ruled(ruling)


def failed(run: Run, error: ConnectorError, expressions: Expressions) -> Outcome:
    """What *error* means; every secret in it is masked."""
    shown = {**run.redactor.mapping(envelope.error_variables(error)), "code": error.code}  # boundaries match on it
    message = run.redactor.text(f"{error.reason}: {error}")
    try:
        ruling = _ruling(run, error, shown, expressions)
        if ruling is not None:
            return verdict.ruled(ruling)
    except ConnectorError as broken:  # the expression's own fault must not hide what it was to judge
        error, message = broken, f"{broken.reason}: {broken} (it was to judge this: {message})"
    variables = msgspec.json.encode({"error": shown})
    return verdict.failed(run.job, error, message=message, variables=variables, backoff_s=run.headers.retry_backoff_s)


def _ruling(run: Run, error: ConnectorError, shown: Mapping[str, object], expressions: Expressions) -> Ruling | None:
    if run.headers.error_expression is None:
        return None
    response = run.redactor.mapping(envelope.response_variables(error))
    given = run.task.variables if run.task else {}
    return expressions.ruling_on_failure(run.headers.error_expression, shown, response, given, run.job)
