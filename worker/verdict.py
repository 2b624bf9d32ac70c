"""What the broker is to hear, decided as values: the default verdicts, and those that an error expression asks for."""

from collections.abc import Mapping
from typing import assert_never

import msgspec

from worker.errors import ConnectorError, ResultTooLarge, Retry
from worker.expressions import BpmnError, IgnoreError, JobError, Ruling
from worker.job import Job
from worker.outcome import Complete, Fail, Outcome, Throw, biggest

__all__ = ["completed", "failed", "ruled"]

_MESSAGE_AT_MOST = 6_000  # characters; as Camunda's connectors cut it, so that an incident stays readable
_DEFAULT_BACKOFF_S = 10.0  # between attempts when neither the task nor the service says; none at all makes tight loops

# Zeebe takes commands of up to 4 MB; what is left pays for the command itself and the event that the engine derives.
VARIABLES_AT_MOST = 4_000_000


def completed(variables: bytes) -> Complete:
    """The job is done. Raises ResultTooLarge when the broker would refuse *variables* (JSON text)."""
    return Complete(variables=_fitting(variables))


def failed(job: Job, error: ConnectorError, *, message: str, variables: bytes, backoff_s: float | None) -> Fail:
    """
    The job is not done. What only a person can mend raises an incident at once; a rate limit uses up no retry.

    *message* and *variables* are the masked texts of *error*. *backoff_s* is the task's own; a longer delay that the
    service asked for wins.
    """
    retries = {Retry.NEVER: 0, Retry.COUNTED: max(0, job.retries - 1), Retry.FREE: job.retries}[error.retry]
    own_s = _DEFAULT_BACKOFF_S if backoff_s is None else backoff_s
    return Fail(
        retries=retries,
        message=message[:_MESSAGE_AT_MOST],
        backoff_s=max(own_s, error.retry_after_s or 0.0) if retries else 0.0,
        variables=variables,
    )


def ruled(ruling: Ruling) -> Outcome:
    """What an error expression asks for. Raises ResultTooLarge when the broker would refuse its variables."""
    match ruling:
        case BpmnError():
            message = ruling.message[:_MESSAGE_AT_MOST]
            return Throw(error_code=ruling.code, message=message, variables=_text(ruling.variables))
        case JobError():
            # Camunda writes the message beside the variables, so that a form can show it.
            variables = _text({**ruling.variables, "error": ruling.message})
            message = ruling.message[:_MESSAGE_AT_MOST]
            return Fail(retries=ruling.retries, message=message, backoff_s=ruling.backoff_s, variables=variables)
        case IgnoreError():
            return Complete(variables=_text(ruling.variables))
        case _:
            assert_never(ruling)


def _text(variables: Mapping[str, object]) -> bytes:
    return _fitting(msgspec.json.encode(variables))


def _fitting(variables: bytes) -> bytes:
    if len(variables) <= VARIABLES_AT_MOST:
        return variables
    raise ResultTooLarge(
        f"the variables have {len(variables)} bytes, the broker takes {VARIABLES_AT_MOST}; "
        f"{biggest(variables)}; map only what the process needs with a result expression, "
        "ask for a smaller file, or let the operator set WORKER_DOCUMENT_FOLDER, so that files are stored"
    )
