"""What happens on the way to the service, and to what the worker keeps."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from worker.job import Job
from worker.trace import Trace

__all__ = [
    "AnswerReused",
    "BreakerTurned",
    "CallFinished",
    "CallQueued",
    "CallRepeated",
    "DeploymentState",
    "Exchange",
    "FailedOver",
    "FirstKeyRefused",
    "HistoryFailed",
    "HistoryLost",
    "HistoryRecovered",
    "SecretSourceFailed",
    "SecretSourceRecovered",
    "SharedLimitsFailed",
    "SharedLimitsRecovered",
    "StoreFailed",
    "StoreRecovered",
]


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """
    What an exchange was about, without any of its content.

    *asked* are parameters of the request, under their names in its JSON. What the reply does not say is None; cached
    tokens are among the input, reasoning tokens among the output.
    """

    provider: str
    method: str
    path: str
    port: int | None = None
    asked: Mapping[str, str | int | float | bool] = {}
    model: str | None = None
    response_id: str | None = None
    finish_reasons: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class CallFinished(msgspec.Struct, frozen=True, kw_only=True):
    """
    One exchange with the service; *status* is None when no answer came.

    *error* is then the stable word of the reason, None when it was broken off: its time was over, or its job.
    *remaining_requests* and *remaining_tokens* are what the service says is left of the deployment's limits. *exchange*
    is there where the span of the exchange is kept.
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
    exchange: Exchange | None = None


class CallRepeated(msgspec.Struct, frozen=True, kw_only=True):
    """An exchange failed and is made again in *wait_s* seconds; *status* is None when no answer came."""

    deployment: str
    status: int | None
    attempts: int
    wait_s: float


class CallQueued(msgspec.Struct, frozen=True, kw_only=True):
    """A call has waited *wait_s* seconds for its turn at *deployment*, since the limits there left no room for it."""

    deployment: str
    wait_s: float


class FirstKeyRefused(msgspec.Struct, frozen=True, kw_only=True):
    """The first key of a connection was turned down (401); the call went out again with the second."""

    deployment: str


class AnswerReused(msgspec.Struct, frozen=True, kw_only=True):
    """The job has come again; a call of its that was answered before was not made a second time."""

    job: Job


class StoreFailed(msgspec.Struct, frozen=True, kw_only=True):
    """Answers cannot be kept or found because of *cause*; jobs go on without."""

    cause: str


class BreakerTurned(msgspec.Struct, frozen=True, kw_only=True):
    """
    Calls to *deployment* at *host* are let through (closed), held off (open), or tried one at a time (half-open).

    *connection* is the operator's name for what the endpoint is one of. Calls are held off for *wait_s* seconds because
    of *cause*: the status that came, the stable word of the reason, or `probe`.
    """

    deployment: str
    host: str
    state: Literal["closed", "half-open", "open"]
    cause: str = ""
    connection: str = ""
    wait_s: float = 0.0


class FailedOver(msgspec.Struct, frozen=True, kw_only=True):
    """
    An endpoint of *connection* did not answer a call, which went to the next one at once.

    *cause* is the status it answered with, or the stable word of the reason.
    """

    connection: str
    host: str
    deployment: str
    cause: str
    to_host: str
    to_deployment: str


class StoreRecovered(msgspec.Struct, frozen=True, kw_only=True):
    """Answers are kept and found again."""


class HistoryFailed(msgspec.Struct, frozen=True, kw_only=True):
    """The history of prompts cannot be written because of *cause*; jobs go on, and what ends waits to be written."""

    cause: str


class HistoryRecovered(msgspec.Struct, frozen=True, kw_only=True):
    """The history is written again."""


class HistoryLost(msgspec.Struct, frozen=True, kw_only=True):
    """So many *entries* of the history are not kept: too many waited, or the database would not take them."""

    entries: int


class SecretSourceFailed(msgspec.Struct, frozen=True, kw_only=True):
    """The store of secrets that is called *source* does not answer, or does not let us in; *cause* is what it said."""

    source: str
    cause: str


class SecretSourceRecovered(msgspec.Struct, frozen=True, kw_only=True):
    """The store of secrets that is called *source* answers again."""

    source: str


class DeploymentState(msgspec.Struct, frozen=True, kw_only=True):
    """
    How one deployment at *host* stands when somebody asks; no event.

    *permits* is how many calls may be under way there. *closed_for_s*: seconds until the service wants to be asked
    again, 0 when it may be now.
    """

    deployment: str
    host: str
    under_way: int
    waiting: int
    permits: int
    closed_for_s: float


class SharedLimitsFailed(msgspec.Struct, frozen=True, kw_only=True):
    """Turns cannot be booked with the other workers because of *cause*; each keeps to its part of the limits."""

    cause: str


class SharedLimitsRecovered(msgspec.Struct, frozen=True, kw_only=True):
    """Turns are booked with the other workers again."""
