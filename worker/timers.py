"""Time-outs of which there are thousands, and of which hardly one is ever reached."""

import asyncio
from typing import Final, Protocol

__all__ = ["Timed", "Timers"]

_EARLY_S: Final = 0.001  # libuv counts in milliseconds, and may be that much early
_NEVER: Final = float("inf")


class Timed(Protocol):
    """Something whose time is over at *ends_s* of the event loop's clock."""

    ends_s: float

    def expire(self) -> object:
        """Its time is over."""


class Timers:
    """
    Lets all that is added expire in time unless it is discarded before, with one timer of the event loop's.

    It is set to the earliest end that was known when it last went off: mostly of something that is gone by then, so it
    goes off about as often as the shortest time-out lasts. A timer for each would be put into a heap and taken out
    again, past thousands of others (docs/decisions.md). To be used in one loop.
    """

    def __init__(self) -> None:
        self._running: set[Timed] = set()
        self._looks_s = _NEVER
        self._timer: asyncio.TimerHandle | None = None
        self.discard = self._running.discard
        """Lets what has been added not expire any more; harmless where it has."""

    def add(self, timed: Timed) -> None:
        """Let *timed* expire at its end."""
        self._running.add(timed)
        if timed.ends_s < self._looks_s:
            self._look_at(timed.ends_s)

    def _look_at(self, when_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._looks_s = when_s
        self._timer = asyncio.get_running_loop().call_at(when_s, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time() + _EARLY_S
        due = {timed for timed in self._running if timed.ends_s <= now_s}
        for timed in due:
            loop.call_soon(self._expire, timed)  # by itself, so that a bug in one harms no other
        self._looks_s = _NEVER
        if left := self._running - due:
            self._look_at(min(timed.ends_s for timed in left))

    def _expire(self, timed: Timed) -> None:
        if timed in self._running:  # the end of another may have been its own
            self._running.discard(timed)
            timed.expire()
