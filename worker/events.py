"""Facts that rooms report while they work. Only telemetry turns them into sentences and numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from worker.job import Job
from worker.outcome import Outcome

__all__ = [
    "AnswerReused",
    "BrokerLost",
    "BrokerReached",
    "CallFinished",
    "CallRepeated",
    "DrainStarted",
    "Event",
    "HandlerCrashed",
    "JobFinished",
    "JobHandedBack",
    "LeaseLost",
    "Observe",
    "ReportRepeated",
    "Stopped",
    "StoreFailed",
    "StreamLost",
    "Warned",
    "WorkerReady",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReady:
    """Jobs of *job_types* are being taken from the gateway at *address*."""

    address: str
    job_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerLost:
    """The gateway at *address* did not answer; it is tried again in *retry_in_s* seconds."""

    address: str
    cause: str
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerReached:
    """The gateway at *address* answers again after *away_s* seconds (0 at the first contact)."""

    address: str
    away_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished:
    """One exchange with the service; *status* is None when no answer came."""

    deployment: str
    status: int | None
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRepeated:
    """An exchange failed and is made again in *wait_s* seconds; *status* is None when no answer came."""

    deployment: str
    status: int | None
    attempts: int
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReused:
    """The job has come again; a call of its that was answered before was not made a second time."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFailed:
    """Answers cannot be kept or found because of *cause*; jobs go on without."""

    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    """A rule has decided what the broker is to hear; *reason* is the error's stable word, None on success."""

    job: Job
    operation: str | None
    outcome: Outcome
    reason: str | None
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRepeated:
    """The broker did not take an outcome; it is sent again in *retry_in_s* seconds while the lease lasts."""

    job: Job
    cause: str
    retry_in_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseLost:
    """The job is no longer ours; nothing (more) is reported for it."""

    job: Job
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainStarted:
    """No more jobs are taken; *in_flight* have *grace_s* seconds to finish."""

    in_flight: int
    grace_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHandedBack:
    """The job did not finish in time and was given back with its retries unchanged."""

    job: Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Nothing runs any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something works, but not as its author probably meant it; *advice* says what to change."""

    job: Job
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerCrashed:
    """What works on jobs raised *error*, which is a bug; the job was failed. The error's text may hold process data."""

    job: Job
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLost:
    """The gateway answers polls but no stream of *job_type*; it is opened again in *retry_in_s*. Jobs come by poll."""

    job_type: str
    cause: str
    retry_in_s: float


Event = (
    WorkerReady
    | BrokerLost
    | BrokerReached
    | CallFinished
    | CallRepeated
    | AnswerReused
    | StoreFailed
    | JobFinished
    | ReportRepeated
    | LeaseLost
    | DrainStarted
    | JobHandedBack
    | Stopped
    | Warned
    | HandlerCrashed
    | StreamLost
)

Observe = Callable[[Event], None]
