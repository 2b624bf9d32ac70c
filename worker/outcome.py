"""What the broker is to hear about a job: a closed set, decided by rules and carried out by the broker edge."""

from typing import assert_never

import msgspec

__all__ = ["Complete", "Fail", "Outcome", "Throw", "biggest", "outcome_name"]


class Complete(msgspec.Struct, frozen=True, kw_only=True):
    """The job is done; *variables* (JSON text of an object) go into the process."""

    variables: bytes = b"{}"


class Fail(msgspec.Struct, frozen=True, kw_only=True):
    """
    The job is not done. *retries* is what is left afterwards; 0 raises an incident with *message*.

    The broker hands the job out again after *backoff_s* seconds. *variables* (JSON text of an object) are set in the
    task's scope.
    """

    retries: int
    message: str
    backoff_s: float = 0.0
    variables: bytes = b"{}"


class Throw(msgspec.Struct, frozen=True, kw_only=True):
    """A BPMN error for a boundary event to catch; *variables* (JSON text of an object) travel with it."""

    error_code: str
    message: str = ""
    variables: bytes = b"{}"


Outcome = Complete | Fail | Throw


def outcome_name(outcome: Outcome) -> str:
    """The word for what came of a job, as metrics, traces and the history have it."""
    match outcome:
        case Complete():
            return "completed"
        case Throw():
            return "bpmn_error"
        case Fail(retries=0):
            return "incident"
        case Fail():
            return "failed"
        case _:
            assert_never(outcome)


def biggest(variables: bytes) -> str:
    """The name and size of the biggest of *variables* (JSON text of an object), for whoever has to make them fewer."""
    parts = msgspec.json.decode(variables, type=dict[str, msgspec.Raw])
    name = max(parts, key=lambda name: len(bytes(parts[name])), default="")
    return f"the biggest is '{name}' with {len(bytes(parts[name]))}" if parts else "there are none"
