"""A budget that several workers share: each call's turn is booked in a store that all of them see."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from worker.events import Observe, SharedLimitsFailed, SharedLimitsRecovered

__all__ = ["Booking", "Drawn", "Share", "SharedLimits", "Store", "StoreDown"]

_AGAIN_AFTER_S: Final = 5.0  # a store that is down is left alone
_STALE_S: Final = 1.0  # a turn that nobody took is booked anew


class StoreDown(Exception):
    """The store did not do it; the text says why."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call takes *takes_s* seconds' worth of the budget *what*, which may be *ahead_s* seconds ahead."""

    what: str
    takes_s: float
    ahead_s: float


@dataclass(frozen=True, slots=True)
class Booking:
    """The turn is in *wait_s* seconds; so many *workers* take part. Nothing is booked beyond the wait asked for."""

    wait_s: float
    workers: int


class Store(Protocol):
    """Where turns are booked, atomically and on one clock. Raises StoreDown."""

    async def book(self, lane: str, drawn: tuple[Drawn, ...], *, most_s: float) -> Booking: ...
    async def close(self) -> None: ...


class SharedLimits:
    """
    The *store*, while it works. One that does not is told of once, and asked again after some seconds.

    Meanwhile each worker keeps to its share: the budgets, divided by the workers that took part when last it worked.
    """

    def __init__(self, store: Store, *, observe: Observe, clock: Callable[[], float]) -> None:
        self._store = store
        self._observe = observe
        self._clock = clock
        self._again_s = float("-inf")
        self._is_down = False
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_up(self) -> bool:
        """Whether it is worth asking."""
        return self._clock() >= self._again_s

    async def book(self, lane: str, drawn: tuple[Drawn, ...], *, most_s: float) -> Booking | None:
        """Book a turn; None where the store does not work."""
        try:
            booking = await self._store.book(lane, drawn, most_s=most_s)
        except StoreDown as error:
            self._again_s = self._clock() + _AGAIN_AFTER_S
            if not self._is_down:
                self._is_down = True
                self._observe(SharedLimitsFailed(cause=str(error)))
            return None
        if self._is_down:
            self._is_down = False
            self._observe(SharedLimitsRecovered())
        return booking

    def spawn(self, work: "asyncio.Task[None]") -> None:
        """Own *work* until it ends."""
        self._tasks.add(work)
        work.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Break off what is being booked, and hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.close()


class Share:
    """
    One lane's part in the shared budgets: the turn of whoever is first there.

    One turn is booked at a time, so workers take turns however many calls wait at each. *known* hears of each booking.
    """

    def __init__(
        self,
        limits: SharedLimits,
        lane: str,
        *,
        most_s: float,
        known: Callable[[Booking | None], None],
        clock: Callable[[], float],
    ) -> None:
        self._limits = limits
        self._lane = lane
        self._most_s = most_s
        self._known = known
        self._clock = clock
        self._due_s: float | None = None
        self._is_asking = False

    @property
    def is_up(self) -> bool:
        """Whether the shared budgets hold, and not this worker's share of them."""
        return self._limits.is_up

    def opens_s(self, drawn: tuple[Drawn, ...]) -> float:
        """When the first may go; for ever while that is being asked."""
        if self._due_s is not None and self._due_s < self._clock() - _STALE_S:
            self._due_s = None
        if self._due_s is not None:
            return self._due_s
        if not self._is_asking:
            self._is_asking = True
            self._limits.spawn(asyncio.get_running_loop().create_task(self._ask(drawn)))
        return float("inf")

    def take(self) -> None:
        """The first goes: the next one needs a turn of its own."""
        self._due_s = None

    async def _ask(self, drawn: tuple[Drawn, ...]) -> None:
        try:
            booking = await self._limits.book(self._lane, drawn, most_s=self._most_s)
        finally:
            self._is_asking = False
        if booking is not None and booking.wait_s <= self._most_s:
            self._due_s = self._clock() + booking.wait_s
        self._known(booking)
