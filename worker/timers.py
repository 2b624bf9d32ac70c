"""Time-outs of which there are thousands, and of which hardly one is ever reached."""

import asyncio
from heapq import heappop, heappush
from typing import Final, Protocol

__all__ = ["Timed", "Timers"]

_STEP_S: Final = 0.02


class Timed(Protocol):
    """Something that has a limited time."""

    def expire(self) -> object:
        """Its time is over."""


class Timers:
    """
    Time-outs that are up to 0.02 s late, all with one timer of the event loop's.

    A timer of its own, set and cancelled for every call, costs as much as sending the call (measured, with uvloop). To
    be used in one loop.
    """

    def __init__(self) -> None:
        self._ending: dict[int, set[Timed]] = {}  # by the step at whose end their time is over
        self._steps: list[int] = []  # a heap
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, timed: Timed, *, after_s: float) -> set[Timed]:
        """Let *timed* expire after so many seconds, unless it is discarded from the set that is given back."""
        loop = self._loop = self._loop or asyncio.get_running_loop()  # asked for once: it is a system call
        step = int((loop.time() + after_s) / _STEP_S) + 1
        ending = self._ending.get(step)
        if ending is None:
            ending = self._begun(step)
        ending.add(timed)
        return ending

    def stop(self) -> None:
        """Let nothing expire any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _begun(self, step: int) -> set[Timed]:
        heappush(self._steps, step)
        ending = self._ending[step] = set()
        if self._steps[0] == step:
            self._wait()
        return ending

    def _wait(self) -> None:
        self.stop()
        self._timer = asyncio.get_running_loop().call_at(self._steps[0] * _STEP_S, self._look)

    def _look(self) -> None:
        """Sets that are empty are taken out early: usually all are, up to where the latest time-outs lie."""
        now = asyncio.get_running_loop().time() / _STEP_S
        while self._steps and (self._steps[0] <= now or not self._ending[self._steps[0]]):
            for timed in tuple(self._ending.pop(heappop(self._steps))):
                timed.expire()
        if self._steps:
            self._wait()
