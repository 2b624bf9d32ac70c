"""What the broker is to hear: the default verdicts, decided as values."""

from worker.errors import ConnectorError, ResultTooLarge, Retry
from worker.job import Job
from worker.outcome import Complete, Fail

__all__ = ["completed", "failed"]

_MESSAGE_AT_MOST = 6_000  # characters; as Camunda's connectors cut it, so that an incident stays readable
_DEFAULT_BACKOFF_S = 10.0  # between attempts when neither the task nor the service says; none at all makes tight loops

# Zeebe takes commands of up to 4 MB; what is left pays for the command itself and the event that the engine derives.
VARIABLES_AT_MOST = 4_000_000


def completed(variables: bytes) -> Complete:
    """The job is done. Raises ResultTooLarge when the broker would refuse *variables* (JSON text)."""
    if len(variables) > VARIABLES_AT_MOST:
        raise ResultTooLarge(
            f"the result has {len(variables)} bytes, the broker takes {VARIABLES_AT_MOST}; "
            "map only what the process needs with a result expression"
        )
    return Complete(variables=variables)


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
