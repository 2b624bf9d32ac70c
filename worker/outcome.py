"""What the broker is to hear about a job: a closed set, decided by rules and carried out by the broker edge."""

from dataclasses import dataclass

__all__ = ["Complete", "Fail", "Outcome", "Throw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete:
    """The job is done; *variables* (JSON text of an object) go into the process."""

    variables: bytes = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """
    The job is not done. *retries* is what is left afterwards; 0 raises an incident with *message*.

    The broker hands the job out again after *backoff_s* seconds. *variables* (JSON text of an object) are set in the
    task's scope.
    """

    retries: int
    message: str
    backoff_s: float = 0.0
    variables: bytes = b"{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Throw:
    """A BPMN error for a boundary event to catch; *variables* (JSON text of an object) travel with it."""

    error_code: str
    message: str = ""
    variables: bytes = b"{}"


Outcome = Complete | Fail | Throw
