"""Jobs that the broker pushes."""

import asyncio
from collections.abc import Callable
from typing import Final

from worker.broker.gateway import Activated, GatewayError, JobStream, NotSupported
from worker.broker.loop.intake.surroundings import Surroundings
from worker.events import StreamLost

__all__ = ["Streamer"]

_LIVED_S: Final = 10.0  # a stream that ends sooner has not worked
_HARD_END: Final = 2.0  # times the age at which it is reopened: the call's own deadline


class Streamer:
    """
    Takes jobs that the broker pushes.

    It reads only while there is a permit, and has no more jobs on their way than there are permits; what is not read
    the broker gives to others. No permit is held while it waits, so that the poller can use them all. A job that then
    meets none waits a moment for one, else it is given back.
    """

    def __init__(self, around: Surroundings) -> None:
        self.is_on = around.options.is_streaming
        self.when_jobs_may_wait: Callable[[], None] = lambda: None
        self._around = around
        self._task: asyncio.Task[None] | None = None
        self._stream: JobStream | None = None
        self._is_reading = False
        self._is_stopping = False
        self._opened_s = 0.0
        self._quiet_since_s = 0.0
        self._failures = 0
        self._brought = 0

    def has_brought(self) -> bool:
        """Whether jobs have come since this was asked last."""
        brought, self._brought = self._brought, 0
        return brought > 0

    def stop(self) -> None:
        """Take no more; `run` ends when a job that has come already has been accepted."""
        self._is_stopping = True
        if self._is_reading and self._stream is not None:
            self._end(self._stream)
        elif self._task is not None:
            self._task.cancel()

    def look_after(self, *, found: int) -> None:
        """
        A poll has just *found* so many jobs. Reopens the stream when it is old or seems dead.

        A dead one cannot be told from one without jobs, except by jobs that come another way.
        """
        if not self._is_reading or self._stream is None:
            return
        options, now_s = self._around.options, self._around.timing.clock()
        is_old = now_s - self._opened_s > options.stream_age_most_s
        is_deaf = found > 0 and now_s - self._quiet_since_s > options.stream_silence_s
        if is_old or is_deaf:
            self._end(self._stream)

    async def run(self) -> None:
        """Stream until stopped."""
        self._task = asyncio.current_task()
        pauses = self._around.backoff()
        while not self._is_stopping:
            await self._around.permits.available()
            try:
                await self._open_and_read()
            except NotSupported:
                self.is_on = False
                self.when_jobs_may_wait()
                await self._around.contact.returned()  # perhaps as a newer version
                self.is_on = True
                continue
            except GatewayError as error:
                cause = str(error)
            else:
                cause = "the gateway ended it"
            self.when_jobs_may_wait()
            if self._around.timing.clock() - self._opened_s > _LIVED_S:
                self._failures = 0
                pauses.reset()
            else:
                self._failures += 1
            await self._pause(cause, pauses.next_s())

    async def _open_and_read(self) -> None:
        around = self._around
        self._opened_s = self._quiet_since_s = around.timing.clock()
        stream = await around.gateway.stream(around.wanted, max_age_s=around.options.stream_age_most_s * _HARD_END)
        self._stream = stream
        self.when_jobs_may_wait()
        try:
            while not self._is_stopping and (job := await self._read(stream)) is not None:
                await self._place(job)
        finally:
            self._stream = None
            self._end(stream)

    def _end(self, stream: JobStream) -> None:
        for job in stream.close():
            self._around.give_back(job)

    async def _read(self, stream: JobStream) -> Activated | None:
        if self._around.permits.free < 1:
            await self._around.permits.available()
            self.when_jobs_may_wait()  # what came while we did not read waits at the broker
            self._quiet_since_s = self._around.timing.clock()
        self._is_reading = True
        try:
            job = await stream.read(room=self._around.permits.free // len(self._around.options.job_types))
        finally:
            self._is_reading = False
        quiet_since_s, self._quiet_since_s = self._quiet_since_s, self._around.timing.clock()
        if job is not None:
            self._brought += 1
            self._around.contact.reached()
            if self._quiet_since_s - quiet_since_s > self._around.options.poll_pause_first_s:
                self.when_jobs_may_wait()  # jobs come together, and what the stream did not take at once waits
        return job

    async def _place(self, job: Activated) -> None:
        around = self._around
        try:
            if around.permits.take() or (await self._permit_comes() and around.permits.take()):
                around.accept(job)
                return
        except asyncio.CancelledError:
            around.give_back(job)
            raise
        around.give_back(job)

    async def _permit_comes(self) -> bool:
        comes = await self._around.permits.available(within_s=self._around.options.hold_s)
        self.when_jobs_may_wait()
        return comes

    async def _pause(self, cause: str, pause_s: float) -> None:
        if self._is_stopping:
            return
        if self._failures > 1 and self._around.contact.is_up:  # else BrokerLost tells it
            wanted = self._around.wanted
            self._around.observe(StreamLost(job_type=wanted.job_type, cause=cause, retry_in_s=pause_s))
        await self._around.timing.sleep(pause_s)
