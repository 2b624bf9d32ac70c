"""What the operator holds each connection to, whichever of its endpoints are asked."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from worker.azure.limits.budgets import Quota
from worker.azure.limits.lane import Lane, LaneOptions
from worker.connections import Limits
from worker.errors import Throttled
from worker.wire import Call

__all__ = ["Shares"]


class Shares:
    """One lane for each connection with limits, in this worker. No call waits longer than *patience_s* for its turn."""

    def __init__(self, *, patience_s: float, clock: Callable[[], float]) -> None:
        self._patience_s = patience_s
        self._clock = clock
        self._lanes: dict[str, Lane] = {}  # as many as the operator has named

    @asynccontextmanager
    async def turn(self, name: str, limits: Limits, call: Call, *, owner: str, ends_s: float) -> AsyncIterator[None]:
        """
        Wait for the turn of *call* among those of the connection *name*; it is under way inside, whatever it takes.

        Raises Throttled where the wait would be too long, or outlast *ends_s*.
        """
        lane = self._lanes.get(name) or self._lanes.setdefault(name, self._lane(name, limits))
        wait_s = lane.wait_s()
        if wait_s > self._patience_s or wait_s >= ends_s - self._clock():
            raise Throttled(wait_s=max(1.0, wait_s), what=f"the connection '{name}'")
        await lane.enter(owner, call)
        began_s = self._clock()
        try:
            yield
        finally:
            lane.leave(None, began_s=began_s)

    def _lane(self, name: str, limits: Limits) -> Lane:
        requests, tokens = limits.requests_per_minute, limits.tokens_per_minute
        options = LaneOptions(
            most=limits.max_calls_in_flight or sys.maxsize,
            host="",
            deployment=name,
            patience_s=self._patience_s,
            requests=Quota(requests) if requests else None,
            tokens=Quota(tokens) if tokens else None,
        )
        return Lane(options, clock=self._clock, changed=lambda _lane: None)
