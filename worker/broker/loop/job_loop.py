"""The loop as a whole: what it is made of, how it starts and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from worker.broker.gateway import Gateway, Subscription
from worker.broker.loop.at_work import JobsAtWork
from worker.broker.loop.contact import Contact
from worker.broker.loop.intake import Poller, Streamer, Surroundings
from worker.broker.loop.lease import LeaseKeeper
from worker.broker.loop.options import LoopOptions
from worker.broker.loop.permits import Permits
from worker.broker.loop.report import Reporter
from worker.broker.loop.timing import Timing
from worker.events import DrainStarted, Observe
from worker.job import Job
from worker.outcome import Outcome

__all__ = ["JobLoop"]

_LAST_POLL_S: Final = 2.0  # for one that is on its way when the drain starts


class JobLoop:
    """
    Takes jobs from *gateway* and does each with *handle*, until drained.

    *handle* is called once per job, in a task of its own, and is cancelled when the job is lost or the time for
    draining is over. What it raises is a bug: the job is failed with one retry less. *observe* hears of facts and must
    not raise. One loop runs once; the gateway is not closed by it.
    """

    def __init__(
        self,
        gateway: Gateway,
        handle: Callable[[Job], Awaitable[Outcome]],
        *,
        options: LoopOptions,
        observe: Observe,
        timing: Timing | None = None,
    ) -> None:
        self._gateway = gateway
        self._options = options
        self._observe = observe
        self._timing = timing or Timing()
        self._permits = Permits(options.max_jobs_in_flight)
        self._contact = Contact(
            address=gateway.address,
            job_types=options.job_types,
            repeat_s=options.lost_repeat_s,
            observe=observe,
            clock=self._timing.clock,
        )
        self._keeper = LeaseKeeper(
            gateway, lease_s=options.lease_s, lease_of=options.lease_of, observe=observe, timing=self._timing
        )
        self._jobs = JobsAtWork(
            handle,
            permits=self._permits,
            keeper=self._keeper,
            reporter=Reporter(gateway, options=options, observe=observe, timing=self._timing),
        )
        self._intakes = [intake for job_type in options.job_types for intake in self._intakes_of(job_type)]
        self._taking: list[asyncio.Task[None]] = []
        self._has_run = False
        self._is_draining = False
        self._is_hurried = False
        self._is_done = asyncio.Event()
        self._jobs.when_broken = self._is_done.set

    @property
    def in_flight(self) -> int:
        """How many jobs are worked on."""
        return len(self._jobs)

    @property
    def is_connected(self) -> bool:
        """Whether the broker answered the last time it was asked for jobs."""
        return self._contact.is_up

    def make_room(self, jobs: int | None) -> None:
        """Take so many jobs at a time, while no more can be worked on; None for as many as the options allow."""
        most = self._options.max_jobs_in_flight
        self._permits.resize(most if jobs is None else min(most, jobs))

    async def run(self) -> None:
        """
        Take jobs and do them until a drain has ended.

        A broker that is away is waited for. Cancelled, it breaks off everything at once and gives nothing back.
        """
        if self._has_run:
            raise RuntimeError("a loop runs once")
        self._has_run = True
        try:
            async with asyncio.TaskGroup() as tasks:
                keeping = tasks.create_task(self._keeper.run())
                self._taking = [tasks.create_task(intake.run()) for intake in self._intakes]
                await self._is_done.wait()
                keeping.cancel()
                for taking in self._taking:
                    taking.cancel()
                self._jobs.cancel()
        finally:
            self._is_done.set()
            await self._jobs.break_off()
        if self._jobs.bugs:
            raise BaseExceptionGroup("bugs of the job loop's own", self._jobs.bugs)

    async def drain(self, grace_s: float) -> None:
        """
        Take no more, let what is at work finish within *grace_s*, give the rest back, end `run`.

        Called again, whatever its grace, it stops at once: what is left then stays leased until its lease ends.
        """
        if self._is_draining:
            self._is_hurried = True
            for taking in self._taking:
                taking.cancel()
            self._jobs.cancel()
            await self._is_done.wait()
            return
        self._is_draining = True
        self._observe(DrainStarted(in_flight=len(self._jobs), grace_s=grace_s))
        self._jobs.close()
        for intake in self._intakes:
            intake.stop()
        try:
            if self._taking:
                await asyncio.wait(self._taking, timeout=_LAST_POLL_S)
            await self._jobs.settle(within_s=grace_s)
            if not self._is_hurried:
                await self._jobs.give_back_rest(within_s=self._options.return_timeout_s)
        finally:
            self._is_done.set()

    def _intakes_of(self, job_type: str) -> list[Poller | Streamer]:
        around = self._surroundings(job_type)
        if not self._options.is_streaming:
            return [Poller(around, None)]
        streamer = Streamer(around)
        return [streamer, Poller(around, streamer)]

    def _surroundings(self, job_type: str) -> Surroundings:
        options = self._options
        return Surroundings(
            gateway=self._gateway,
            wanted=Subscription(
                job_type=job_type,
                worker=options.worker_name,
                lease_s=options.lease_s,
                fetch_variables=options.fetch_variables,
                tenant_ids=options.tenant_ids,
            ),
            options=options,
            permits=self._permits,
            contact=self._contact,
            accept=self._jobs.accept,
            give_back=self._jobs.give_back,
            observe=self._observe,
            timing=self._timing,
        )
