"""Time and chance, as the loop is given them."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

__all__ = ["Backoff", "Timing"]


class Backoff:
    """
    Pauses that double from *first_s* to *most_s*, each shortened by up to half.

    *chance* draws from [0, 1). With 0.5 s and 5 s the pauses are 0.5, 1, 2, 4, 5, 5 … s at most.
    """

    def __init__(self, first_s: float, most_s: float, chance: Callable[[], float]) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._chance = chance
        self._next_s = first_s

    def next_s(self) -> float:
        """The pause that is due now."""
        pause_s, self._next_s = self._next_s, min(self._most_s, self._next_s * 2)
        return pause_s * (1 - self._chance() / 2)

    def reset(self) -> None:
        """Begin again: it worked."""
        self._next_s = self._first_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """
    The one clock (seconds, monotonic, the same as the gateway's), how to sleep, and a draw from [0, 1).

    How long to wait for an event is left to the event loop's own clock.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    def backoff(self, first_s: float, most_s: float) -> Backoff:
        """Pauses from *first_s* to *most_s*, spread by chance."""
        return Backoff(first_s, most_s, self.chance)
