"""What becomes of jobs."""

import msgspec

from worker.job import Job
from worker.outcome import Outcome
from worker.trace import Trace

__all__ = [
    "Consumed",
    "HandlerCrashed",
    "JobBrokenOff",
    "JobFinished",
    "JobHandedBack",
    "JobReported",
    "LeaseExtended",
    "LeaseLost",
    "ReportRefused",
    "ReportRepeated",
    "Warned",
]


class Consumed(msgspec.Struct, frozen=True, kw_only=True):
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


class JobFinished(msgspec.Struct, frozen=True, kw_only=True):
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


class JobReported(msgspec.Struct, frozen=True, kw_only=True):
    """The broker has heard *outcome*, *took_s* seconds after the job had reached us."""

    job: Job
    outcome: Outcome
    took_s: float


class JobBrokenOff(msgspec.Struct, frozen=True, kw_only=True):
    """The work on the job was cancelled after *duration_s*: its lease was lost, or a drain could not wait for it."""

    job: Job
    operation: str | None
    duration_s: float
    trace: Trace | None


class HandlerCrashed(msgspec.Struct, frozen=True, kw_only=True):
    """What works on jobs raised *error*, which is a bug; the job was failed. The error's text may hold process data."""

    job: Job
    error: Exception


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """Something works, but not as its author probably meant it; *advice* says what to change."""

    job: Job
    advice: str


class ReportRepeated(msgspec.Struct, frozen=True, kw_only=True):
    """The broker did not take an outcome; it is sent again in *retry_in_s* seconds while the lease lasts."""

    job: Job
    cause: str
    retry_in_s: float


class ReportRefused(msgspec.Struct, frozen=True, kw_only=True):
    """The broker cannot take an outcome, because of *cause*. It hears of a failure instead, which is an incident."""

    job: Job
    cause: str


class LeaseExtended(msgspec.Struct, frozen=True, kw_only=True):
    """The broker keeps the job for us for *lease_s* more seconds, since it is still worked on."""

    job: Job
    lease_s: float


class LeaseLost(msgspec.Struct, frozen=True, kw_only=True):
    """The job is no longer ours; nothing (more) is reported for it."""

    job: Job
    cause: str


class JobHandedBack(msgspec.Struct, frozen=True, kw_only=True):
    """The job did not finish in time and was given back with its retries unchanged."""

    job: Job
