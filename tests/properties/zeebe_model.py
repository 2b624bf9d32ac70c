"""The life of jobs at a Zeebe broker, as a gateway without a wire; and an event loop whose time passes by itself."""

import asyncio
import itertools
import selectors
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from worker.broker import GatewayError, JobGone, NotLeased, NotSupported, Subscription, Topology
from worker.broker.gateway import JobStream
from worker.job import Job

__all__ = ["LeapingLoop", "ModelGateway", "ModelJob"]


class _Leaping(selectors.SelectSelector):
    """Does not wait: what it would have waited has passed."""

    now_s = 0.0

    def select(self, timeout: float | None = None) -> "list[tuple[selectors.SelectorKey, int]]":
        self.now_s += max(0.0, timeout or 0.0)
        return super().select(0)


class LeapingLoop(asyncio.SelectorEventLoop):
    """Runs timers as soon as nothing else is to be done."""

    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s

    def pass_time(self, seconds: float) -> None:
        """Let everything happen that happens in so many seconds."""
        self.run_until_complete(passing(seconds))


async def passing(seconds: float) -> None:
    """Wait for nothing, for so long."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


@dataclass
class ModelJob:
    """One job. *leased_until_s* is None while it is leased to nobody."""

    job: Job
    leased_until_s: float | None = None
    available_s: float = 0.0
    ends: int = 0
    is_incident: bool = False
    is_cancelled: bool = False

    @property
    def is_over(self) -> bool:
        return bool(self.ends) or self.is_incident or self.is_cancelled


class ModelGateway:
    """*troubles* befall the next commands: an error, and whether the command is carried out all the same."""

    address = "model:26500"

    def __init__(self, loop: LeapingLoop) -> None:
        self.jobs: dict[int, ModelJob] = {}
        self.troubles: deque[tuple[GatewayError, bool]] = deque()
        self._keys = itertools.count(1)
        self._loop = loop

    def add(self, like: Job) -> None:
        """Let a process reach a task."""
        key = next(self._keys)
        self.jobs[key] = ModelJob(replace(like, key=key))

    async def activate(self, wanted: Subscription, *, max_jobs: int, wait_s: float) -> Sequence[Job]:
        self._meet(lambda: None)
        now_s = self._loop.time()
        taken = [job for job in self.jobs.values() if self._is_available(job, now_s)][:max_jobs]
        for job in taken:
            job.leased_until_s = now_s + wanted.lease_s
        if not taken:
            await passing(min(wait_s, 1.0))
        return [replace(job.job, deadline_s=now_s + wanted.lease_s) for job in taken]

    async def stream(self, wanted: Subscription, *, max_age_s: float) -> JobStream:
        raise NotSupported(f"no streams of {wanted.job_type} for {max_age_s} s")

    async def complete(self, key: int, **_: Any) -> None:
        def complete() -> None:
            self._present(key).ends += 1

        self._meet(complete)

    async def throw(self, key: int, **_: Any) -> None:
        await self.complete(key)

    async def fail(self, key: int, *, retries: int, backoff_s: float, **_: Any) -> None:
        def fail() -> None:
            job = self._leased(key)
            job.job, job.leased_until_s = replace(job.job, retries=retries), None
            job.available_s = self._loop.time() + backoff_s
            job.is_incident = retries == 0

        self._meet(fail)

    async def extend(self, key: int, *, lease_s: float) -> None:
        def extend() -> None:
            self._leased(key).leased_until_s = self._loop.time() + lease_s

        self._meet(extend)

    async def topology(self) -> Topology:
        self._meet(lambda: None)
        return Topology(gateway_version="8", cluster_size=1, partitions=1, brokers=())

    async def close(self) -> None:
        pass

    def _is_available(self, job: ModelJob, now_s: float) -> bool:
        is_leased = job.leased_until_s is not None and job.leased_until_s > now_s
        return not job.is_over and not is_leased and job.available_s <= now_s

    def _present(self, key: int) -> ModelJob:
        job = self.jobs[key]
        if job.is_over:
            raise JobGone("no such job")
        return job

    def _leased(self, key: int) -> ModelJob:
        job = self._present(key)
        if job.leased_until_s is None or job.leased_until_s <= self._loop.time():
            raise NotLeased("not active")
        return job

    def _meet(self, command: Any) -> None:
        error, is_carried_out = self.troubles.popleft() if self.troubles else (None, True)
        if is_carried_out:
            command()
        if error is not None:
            raise error
