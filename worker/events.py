"""Facts that rooms report while they work. Only telemetry turns them into sentences and numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from worker.job import Job
from worker.outcome import Outcome
from worker.trace import Trace

__all__ = [
    "AnswerReused",
    "BrokerLost",
    "BrokerReached",
    "CallFinished",
    "CallRepeated",
    "Consumed",
    "DrainStarted",
    "Event",
    "FirstKeyRefused",
    "HandlerCrashed",
    "JobFinished",
    "JobHandedBack",
    "LeaseLost",
    "ListenerFailed",
    "ManagementFailed",
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
    """
    One exchange with the service; *status* is None when no answer came.

    *error* is then the stable word of the reason, None when it was broken off: its time was over, or its job.
    *remaining_requests* and *remaining_tokens* are what the service says is left of the deployment's limits.
    """

    deployment: str
    status: int | None
    duration_s: float
    error: str | None = None
    attempt: int = 1
    host: str = ""
    request_id: str | None = None
    remaining_requests: int | None = None
    remaining_tokens: int | None = None
    trace: Trace | None = None


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
class Consumed:
    """
    What a job had a model do, all its calls together. *model* is as the service names it, None where it does not.

    Cached tokens are among the input, reasoning tokens among the output. *cost_usd* is None where no price is known.
    """

    model: str | None
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    """
    A rule has decided what the broker is to hear; *reason* is the error's stable word, None on success.

    *request_id* is that of the last answer. *provider* and *deployment* are None where the job got no further than its
    inputs. *consumed* is also there when an answer came and the job failed afterwards.
    """

    job: Job
    operation: str | None
    outcome: Outcome
    reason: str | None
    duration_s: float
    provider: str | None = None
    deployment: str | None = None
    consumed: Consumed | None = None
    request_id: str | None = None
    trace: Trace | None = None


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
class FirstKeyRefused:
    """The first key of a connection was turned down (401); the call went out again with the second."""

    deployment: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerFailed:
    """The *listener* to these events raised *error*, which is a bug; it is told of the first one only."""

    listener: str
    error: Exception


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementFailed:
    """The management port at *address* cannot be opened because of *cause*; jobs go on without."""

    address: str
    cause: str


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
    | FirstKeyRefused
    | Warned
    | HandlerCrashed
    | StreamLost
    | ListenerFailed
    | ManagementFailed
)

Observe = Callable[[Event], None]
