"""Jobs that wait at the broker."""

import asyncio
from collections.abc import Sequence
from typing import Final

from worker.broker.gateway import Activated, GatewayError
from worker.broker.loop.intake.streamer import Streamer
from worker.broker.loop.intake.surroundings import Surroundings
from worker.broker.loop.timing import Backoff

__all__ = ["Poller"]

_WORTH_A_POLL: Final = 0.3  # of all permits; for fewer, batches get small and dear
_ENOUGH_WAITED_S: Final = 1.0  # for that many, then fewer will do
_LONG_POLL_S: Final = 1.0  # an empty answer that comes sooner shows a gateway that does no long polls


class Poller:
    """
    Takes jobs that wait at the broker, in batches, as soon as there are permits for them.

    Below a *streamer* it asks without waiting, at once while there is something and then ever more rarely. Where
    there is none, or the gateway has no streams, it lets the gateway hold the question until a job appears.
    """

    def __init__(self, around: Surroundings, streamer: Streamer | None) -> None:
        self._around = around
        self._streamer = streamer
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._call: asyncio.Task[Sequence[Activated]] | None = None
        self._is_held = False
        self._is_stopping = False
        if streamer is not None:
            streamer.when_jobs_may_wait = self._nudge.set

    def stop(self) -> None:
        """
        Ask no more; `run` ends when what is on its way has been accepted.

        A question that is answered at once is not broken off: its jobs would be leased to nobody.
        """
        self._is_stopping = True
        if self._call is None:
            if self._task is not None:
                self._task.cancel()
        elif self._is_held:
            self._call.cancel()

    async def run(self) -> None:
        """Poll until stopped."""
        self._task = asyncio.current_task()
        around = self._around
        pauses = around.backoff()
        rests = around.timing.backoff(around.options.poll_pause_first_s, around.options.poll_pause_most_s)
        while not self._is_over():
            permits = await self._permits()
            asked_s = around.timing.clock()
            try:
                jobs = await self._poll(permits)
            except GatewayError as error:
                await self._pause(str(error), pauses.next_s())
                continue
            pauses.reset()
            self._take(jobs, permits)
            if jobs or self._is_stream_busy():
                rests.reset()
            if not jobs and (self._is_below_stream() or around.timing.clock() - asked_s < _LONG_POLL_S):
                await self._rest(rests)

    def _is_over(self) -> bool:
        return self._is_stopping or (self._task is not None and self._task.cancelling() > 0)

    def _is_below_stream(self) -> bool:
        return self._streamer is not None and self._streamer.is_on

    def _is_stream_busy(self) -> bool:
        """Where jobs are pushed some may also wait: those for which the stream was not fast enough."""
        return self._streamer is not None and self._streamer.has_brought()

    async def _permits(self) -> int:
        permits, options = self._around.permits, self._around.options
        while True:
            most = options.batch
            if not self._is_below_stream():  # held as long as the question, so that each type gets its share
                most = min(most, max(1, permits.capacity // len(options.job_types)))
            if not await permits.available(self._worth(most), within_s=_ENOUGH_WAITED_S):
                while not await permits.available(within_s=options.probe_s):
                    await self._probe()
            if taken := permits.take(most):
                return taken

    async def _probe(self) -> None:
        """Nobody asks for jobs while all permits are out, so the loss of the broker would go unnoticed."""
        try:
            await self._around.gateway.topology()
        except GatewayError as error:
            self._around.contact.lost(str(error), retry_in_s=self._around.options.probe_s)
        else:
            self._around.contact.reached()

    def _worth(self, most: int) -> int:
        return min(most, max(1, round(self._around.permits.capacity * _WORTH_A_POLL)))

    async def _poll(self, permits: int) -> Sequence[Activated]:
        """Ask with *permits*, which are given back when that fails."""
        around = self._around
        wait_s = 0.0 if self._is_below_stream() else around.options.long_poll_s
        self._is_held = wait_s > 0
        asking = around.gateway.activate(around.wanted, max_jobs=permits, wait_s=wait_s)
        # A task of its own: `stop` breaks the question off and not us, so an answer that has just come is kept.
        self._call = asyncio.ensure_future(asking)
        try:
            return await self._call
        except (GatewayError, asyncio.CancelledError):
            around.permits.give_back(permits)
            raise
        finally:
            self._call = None

    def _take(self, jobs: Sequence[Activated], permits: int) -> None:
        around = self._around
        around.contact.reached()
        for job in jobs:
            around.accept(job)
        around.permits.give_back(permits - len(jobs))
        if self._streamer is not None:
            self._streamer.look_after(found=len(jobs))

    async def _pause(self, cause: str, pause_s: float) -> None:
        self._around.contact.lost(cause, retry_in_s=pause_s)
        if not self._is_over():
            await self._around.timing.sleep(pause_s)

    async def _rest(self, rests: Backoff) -> None:
        if self._is_over():
            return
        try:
            async with asyncio.timeout(rests.next_s()):
                await self._nudge.wait()
            rests.reset()
        except TimeoutError:
            pass
        self._nudge.clear()
