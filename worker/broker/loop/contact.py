"""Whether the broker answers, and since when it does not."""

import asyncio
from collections.abc import Callable

from worker.events import BrokerLost, BrokerReached, Observe, WorkerReady

__all__ = ["Contact"]


class Contact:
    """
    What the intake finds out about the broker, told as events.

    That it is away only polls tell: a stream hears nothing while there is no job, and commands fail for reasons of
    their own.
    """

    def __init__(
        self,
        *,
        address: str,
        job_types: tuple[str, ...],
        repeat_s: float,
        observe: Observe,
        clock: Callable[[], float],
    ) -> None:
        self._address = address
        self._job_types = job_types
        self._repeat_s = repeat_s
        self._observe = observe
        self._clock = clock
        self._is_known = False
        self._lost_s: float | None = None
        self._told_s = float("-inf")
        self._return = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Whether the last poll was answered."""
        return self._is_known and self._lost_s is None

    def lost(self, cause: str, *, retry_in_s: float) -> None:
        """A poll was not answered, because of *cause*; the next one follows in *retry_in_s* seconds."""
        now_s = self._clock()
        if self._lost_s is None:
            self._lost_s = now_s
        if now_s - self._told_s >= self._repeat_s:
            self._told_s = now_s
            self._observe(BrokerLost(address=self._address, cause=cause, retry_in_s=retry_in_s))

    def reached(self) -> None:
        """A poll was answered, or a job was pushed."""
        if self.is_up:
            return
        away_s = 0.0 if self._lost_s is None else self._clock() - self._lost_s
        self._lost_s = None
        self._told_s = float("-inf")
        self._observe(BrokerReached(address=self._address, away_s=away_s))
        if not self._is_known:
            self._is_known = True
            self._observe(WorkerReady(address=self._address, job_types=self._job_types))
        self._return.set()
        self._return = asyncio.Event()

    async def returned(self) -> None:
        """Wait until the broker has been away and is back."""
        await self._return.wait()
