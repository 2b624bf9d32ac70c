"""
What the job loop needs of a gateway, whatever protocol it speaks, and how that can go wrong.

GatewayError
 ├─ GatewayUnavailable  no answer, or one that says "later": what was asked may have been done or not
 ├─ GatewayBusy         back-pressure: it was not done, ask again later
 ├─ NotPermitted        the credentials are wrong or lack a right
 ├─ NotSupported        this gateway does not know the command
 ├─ JobGone             the job is not ours any more: done or cancelled
 │   └─ NotLeased           it is there, but leased to nobody: its lease is over, or it waits for an incident
 └─ Refused             what was asked is wrong; asking again changes nothing
     └─ TooLarge            it is larger than the gateway or the broker takes
"""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Protocol

from worker.job import Job

__all__ = [
    "Activated",
    "FlawedJob",
    "Gateway",
    "GatewayBusy",
    "GatewayError",
    "GatewayUnavailable",
    "JobGone",
    "JobStream",
    "NotLeased",
    "NotPermitted",
    "NotSupported",
    "Refused",
    "Subscription",
    "TooLarge",
    "Topology",
]


class GatewayError(Exception):
    """A command was not carried out, or may not have been. The text is the cause in words."""


class GatewayUnavailable(GatewayError):
    """No answer, or one that says "later": what was asked may have been done or not."""


class GatewayBusy(GatewayError):
    """Back-pressure: it was not done, ask again later."""


class NotPermitted(GatewayError):
    """The credentials are wrong or lack a right."""


class NotSupported(GatewayError):
    """This gateway does not know the command."""


class JobGone(GatewayError):
    """The job is not ours any more: done or cancelled."""


class NotLeased(JobGone):
    """It is there, but leased to nobody: its lease is over, or it waits for an incident."""


class Refused(GatewayError):
    """What was asked is wrong; asking again changes nothing."""


class TooLarge(Refused):
    """It is larger than the gateway or the broker takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """
    Which jobs are wanted, and for how long each is ours.

    *fetch_variables* and *tenant_ids* may be empty: all variables, the default tenant.
    """

    job_type: str
    worker: str
    lease_s: float
    fetch_variables: tuple[str, ...] = ()
    tenant_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlawedJob:
    """A job that was activated but cannot be read; *job* lacks the part that *flaw* tells of."""

    job: Job
    flaw: str


Activated = Job | FlawedJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """What a gateway knows of its cluster."""

    gateway_version: str
    cluster_size: int
    partitions: int
    brokers: tuple[str, ...]


class JobStream(Protocol):
    """Jobs as the broker pushes them. While nobody reads, the gateway keeps them for others, but for few."""

    async def read(self, *, room: int) -> Activated | None:
        """
        The next job, or None once the stream has ended or was closed.

        For so many jobs there is *room* now, this one among them: no more are on their way to us. Raises GatewayError
        when it broke. A reader that is cancelled has taken nothing.
        """

    def close(self) -> Sequence[Activated]:
        """End the stream and a read that waits; gives what has come unread. Harmless when it has ended."""


class Gateway(Protocol):
    """
    The door to the broker. Every method ends within its time-out and raises nothing but GatewayError.

    JSON texts go in and out as bytes, times in seconds.
    """

    @property
    def address(self) -> str:
        """Host and port, as messages name it."""

    async def activate(self, wanted: Subscription, *, max_jobs: int, wait_s: float) -> Sequence[Activated]:
        """
        At most *max_jobs*; when there are none the gateway waits up to *wait_s* for some, at 0 it does not.

        Cancelled or broken off, it still gives the jobs that have come by then, if there are any.
        """

    async def stream(self, wanted: Subscription, *, max_age_s: float) -> JobStream:
        """A stream that ends after *max_age_s* at the latest. That it is refused shows only when it is read."""

    def complete(self, key: int, *, variables: bytes) -> Awaitable[object]:
        """Finish the job. Raises JobGone, Refused and its kind, or what may pass."""

    def fail(self, key: int, *, retries: int, message: str, backoff_s: float, variables: bytes) -> Awaitable[object]:
        """Give the job back with *retries* left; 0 raises an incident. Raises as `complete` does."""

    def throw(self, key: int, *, error_code: str, message: str, variables: bytes) -> Awaitable[object]:
        """Raise a BPMN error. Raises as `complete` does."""

    def extend(self, key: int, *, lease_s: float) -> Awaitable[object]:
        """Let the lease end *lease_s* from now. Raises as `complete` does."""

    async def topology(self) -> Topology:
        """What the gateway knows of its cluster."""

    async def close(self) -> None:
        """End every call and the connections."""
