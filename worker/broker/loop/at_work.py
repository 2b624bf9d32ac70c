"""The jobs that are being worked on, each from being taken to being settled."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from worker.broker.gateway import Activated, FlawedJob
from worker.broker.loop.lease import Lease, LeaseKeeper
from worker.broker.loop.permits import Permits
from worker.broker.loop.report import Reporter
from worker.job import Job
from worker.outcome import Fail, Outcome

__all__ = ["JobsAtWork"]


class _Run:
    """One job at work. *again* is the same job, handed out anew before we were through with it."""

    __slots__ = ("again", "is_settled", "job", "lease", "outcome", "taken_s", "task")

    def __init__(self, job: Job, *, taken_s: float) -> None:
        self.job = job
        self.taken_s = taken_s
        self.lease = Lease(job, self.cancel)
        self.outcome: Outcome | None = None
        self.again: Activated | None = None
        self.is_settled = False
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()


class JobsAtWork:
    """
    Does each job with *handle* in a task of its own; what that raises is a bug, and the job is failed.

    Every job that is accepted brings a permit, which is given back when the job is settled. Its task does not fail but
    by a bug, and neither does one that gives a job back: `bugs` has them all, and *when_broken* is told of each.
    """

    def __init__(
        self,
        handle: Callable[[Job], Awaitable[Outcome]],
        *,
        permits: Permits,
        keeper: LeaseKeeper,
        reporter: Reporter,
    ) -> None:
        self._handle = handle
        self._permits = permits
        self._keeper = keeper
        self._reporter = reporter
        self._runs: dict[int, _Run] = {}
        self._returns: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self.bugs: list[BaseException] = []
        self.when_broken: Callable[[], object] = lambda: None

    def __len__(self) -> int:
        return len(self._runs)

    def accept(self, activated: Activated) -> None:
        """Work on the job, for which a permit has been taken. When closed, it is given back instead."""
        job = _job(activated)
        key = job.key
        if self._is_closed:
            self._permits.give_back()
            self.give_back(activated)
        elif key in self._runs:
            self._come_again(self._runs[key], activated)
        else:
            self._runs[key] = run = _Run(job, taken_s=self._reporter.clock())
            flaw = activated.flaw if isinstance(activated, FlawedJob) else None
            run.task = asyncio.get_running_loop().create_task(self._work(run, flaw))
            run.task.add_done_callback(partial(self._ended, run))

    def give_back(self, activated: Activated) -> None:
        """Let the broker hand the job to somebody else, its retries unchanged."""
        task = asyncio.get_running_loop().create_task(self._reporter.give_back(_job(activated)))
        self._returns.add(task)
        task.add_done_callback(self._given_back)

    def close(self) -> None:
        """Begin nothing any more."""
        self._is_closed = True

    async def settle(self, *, within_s: float) -> None:
        """Wait until nothing is at work, at most *within_s*."""
        try:
            async with asyncio.timeout(within_s):
                while tasks := self._tasks():
                    await asyncio.wait(tasks)
        except TimeoutError:
            pass

    async def give_back_rest(self, *, within_s: float) -> None:
        """Break off what is at work and give it back. After *within_s* what is left stays leased to us."""
        runs = list(self._runs.values())
        for run in runs:
            run.cancel()
        await self.settle(within_s=within_s / 2)
        for run in runs:
            if not run.is_settled:
                self.give_back(run.job)
        await self.settle(within_s=within_s / 2)

    def cancel(self) -> None:
        """Break everything off; jobs stay leased to us until their leases end."""
        for task in self._tasks():
            task.cancel()

    async def break_off(self) -> None:
        """Cancel what is left, and wait for its end."""
        while tasks := self._tasks():
            self.cancel()
            await asyncio.wait(tasks)

    def _tasks(self) -> set[asyncio.Task[None]]:
        return {run.task for run in self._runs.values() if run.task is not None} | self._returns

    def _come_again(self, run: _Run, activated: Activated) -> None:
        """Handed out again while it is at work: its lease ended, or our report of a failure has just been heard."""
        if run.lease.lost is None and not isinstance(run.outcome, Fail):
            self._permits.give_back()
            # the work that has begun will do: it is paid for once
            run.lease.begin_again(_job(activated))
            return
        if run.again is not None:
            self._permits.give_back()
        run.again = activated
        run.lease.end()  # a failure must not be reported for the new attempt

    def _ended(self, run: _Run, task: asyncio.Task[None]) -> None:
        # Not in the task: one that is cancelled before its first step never gets as far as its own `finally`.
        self._look_for_bugs(task)
        self._keeper.release(run.lease)
        del self._runs[run.job.key]
        if run.again is not None:
            self.accept(run.again)
        self._permits.give_back()

    def _given_back(self, task: asyncio.Task[None]) -> None:
        self._returns.discard(task)
        self._look_for_bugs(task)

    def _look_for_bugs(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (bug := task.exception()) is not None:
            self.bugs.append(bug)
            self.when_broken()

    async def _work(self, run: _Run, flaw: str | None) -> None:
        try:
            if not (self._keeper.begins_at_once(run.lease) or await self._begins(run.lease)):
                run.is_settled = True
                return
            try:
                run.outcome = await self._handle(run.job) if flaw is None else Fail(retries=0, message=flaw)
            except Exception as error:  # noqa: BLE001 - whatever a bug raises, the broker must hear of the job
                run.outcome = self._reporter.crashed(run.job, error)
            if run.lease.lost is None and (heard := await self._reporter.report(run.lease, run.outcome)):
                self._reporter.heard(run.job, heard, taken_s=run.taken_s)
        except asyncio.CancelledError:
            if run.lease.lost is None:
                raise
        if run.lease.lost is not None:
            self._reporter.lost(run.lease, run.lease.lost)
        run.is_settled = True

    async def _begins(self, lease: Lease) -> bool:
        if self._keeper.is_over(lease):  # it lay in a buffer while nobody read
            self._reporter.lost(lease, "its lease ended before it could be begun")
            return False
        begins = await self._keeper.begin(lease)
        if not begins:
            self._reporter.lost(lease, lease.lost or "too little of its lease is left to begin")
        return begins


def _job(activated: Activated) -> Job:
    return activated.job if isinstance(activated, FlawedJob) else activated
