"""Keeping jobs ours for as long as they are worked on."""

import asyncio
from collections.abc import Callable
from typing import Final

from worker.broker.gateway import Gateway, GatewayError, JobGone, NotLeased, NotSupported
from worker.broker.loop.timing import Timing
from worker.events import LeaseExtended, Observe
from worker.job import Job

__all__ = ["Lease", "LeaseKeeper"]

_RENEWED_BEFORE: Final = 1 / 3  # of its length: two more tries fit when the first is not answered
_LEAST: Final = 1 / 10  # of its length has to be left when the work begins
_LOOKS_PER_LEASE: Final = 20
_LOOK_MOST_S: Final = 5.0
_SHORTEST_S: Final = 5.0  # lease that is kept; shorter ones would be lost to one slow command


def _nobody() -> None:
    pass


class Lease:
    """
    How long *job* is ours, on our clock.

    *length_s* is what it is renewed for. *ends_s* moves when the lease is renewed. *lost* says why the job was lost,
    None while it was not; *on_lost* is called then. While *is_reporting*, that the broker does not know the job any
    more may be our own doing.
    """

    __slots__ = ("_on_lost", "ends_s", "is_released", "is_renewing", "is_reporting", "job", "length_s", "lost")

    def __init__(self, job: Job, on_lost: Callable[[], object] = _nobody) -> None:
        self.job = job
        self.ends_s = job.deadline_s
        self.length_s = 0.0
        self.is_renewing = False
        self.is_released = False
        self.is_reporting = False
        self.lost: str | None = None
        self._on_lost = on_lost

    def begin_again(self, job: Job) -> None:
        """The broker has handed out *job*, the same one, to us again."""
        self.ends_s = max(self.ends_s, job.deadline_s)
        self.is_released = False

    def end(self) -> None:
        """The broker holds it for nobody, as far as it tells."""
        self.ends_s = float("-inf")
        self.is_released = True

    def forget(self) -> None:
        """
        Nobody is to be told any more.

        Whoever is told holds the lease: a ring that only the collector would undo, together with the job's megabytes.
        """
        self._on_lost = _nobody

    def lose(self, cause: str) -> None:
        """The job is not ours any more."""
        self.lost = cause
        self.is_released = True
        self._on_lost()


class LeaseKeeper:
    """
    Renews all leases from one place: a job that ends before its lease is renewed costs nothing but two set operations.

    A lease is renewed when a third of its length is left. The new end is reckoned from before the command was
    sent, so ours is never later than the broker's; after a failure without a clear answer the old one stands, and the
    renewal is tried again, also past the end. A job that the broker holds for nobody any more is worked on, since
    the call is paid for and the job may be handed to us again, but it is not reported otherwise.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        lease_s: float,
        lease_of: Callable[[Job], float | None] = lambda _job: None,
        observe: Observe = lambda _event: None,
        timing: Timing,
    ) -> None:
        self._gateway = gateway
        self._lease_of = lease_of
        self._lease_s = lease_s
        self._observe = observe
        self._timing = timing
        self._look_s = min(_LOOK_MOST_S, lease_s / _LOOKS_PER_LEASE)
        self._leases: set[Lease] = set()
        self._is_supported = True

    def keep(self, lease: Lease) -> None:
        """Renew *lease* from now on."""
        lease.length_s = lease.length_s or self._lease_s
        self._leases.add(lease)

    def begins_at_once(self, lease: Lease) -> bool:
        """Keep *lease* from now on; whether that is all, since enough of it is left and its job wants no other."""
        self.keep(lease)
        left_s = lease.ends_s - self._timing.clock()
        return left_s >= lease.length_s * _RENEWED_BEFORE and self._lease_of(lease.job) is None

    async def begin(self, lease: Lease) -> bool:
        """
        Keep *lease* from now on; whether enough of it is left to begin.

        One that is nearly over, or whose job wants another length, is renewed first.
        """
        wanted_s = self._lease_of(lease.job)
        if wanted_s is not None:
            lease.length_s = max(_SHORTEST_S, wanted_s)
            self._look_s = min(self._look_s, lease.length_s / _LOOKS_PER_LEASE)
        self.keep(lease)
        left_s = lease.ends_s - self._timing.clock()
        if self._is_supported and (wanted_s is not None or left_s < lease.length_s * _RENEWED_BEFORE):
            lease.is_renewing = True
            await self._renew(lease)
        least_s = min(lease.length_s, self._lease_s) * _LEAST
        return lease.lost is None and lease.ends_s - self._timing.clock() >= least_s

    def release(self, lease: Lease) -> None:
        """Stop renewing *lease*, for good; harmless when it was not kept."""
        self._leases.discard(lease)
        lease.forget()

    def is_over(self, lease: Lease) -> bool:
        """Whether, as far as we know, the broker may have given the job to somebody else."""
        return self._timing.clock() >= lease.ends_s

    async def run(self) -> None:
        """Renew until cancelled."""
        async with asyncio.TaskGroup() as renewals:
            while self._is_supported:
                await self._timing.sleep(self._look_s)
                now_s = self._timing.clock()
                for lease in self._leases:
                    due_s = now_s + lease.length_s * _RENEWED_BEFORE
                    if lease.ends_s <= due_s and not (lease.is_renewing or lease.is_released):
                        lease.is_renewing = True
                        renewals.create_task(self._renew(lease))

    async def _renew(self, lease: Lease) -> None:
        sent_s = self._timing.clock()
        try:
            await self._gateway.extend(lease.job.key, lease_s=lease.length_s)
        except NotLeased:
            lease.end()
        except JobGone as error:
            if lease in self._leases and not lease.is_reporting:
                lease.lose(str(error))
        except NotSupported:  # Zeebe before 8.4: the lease that was asked for has to do
            self._is_supported = False
        except GatewayError:
            pass  # tried again at the next look
        else:
            lease.ends_s = sent_s + lease.length_s
            self._observe(LeaseExtended(job=lease.job, lease_s=lease.length_s))
        finally:
            lease.is_renewing = False
