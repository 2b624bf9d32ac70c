"""All deployments' lanes, and how many jobs they leave room for."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from worker.azure.limits.budgets import Quota, estimated_tokens
from worker.azure.limits.lane import Lane, LaneOptions
from worker.errors import CallError, Throttled
from worker.events import DeploymentState
from worker.wire import Call, Reply, Target

__all__ = ["LimitOptions", "Limiter", "Turn"]

_IN_USE_S: Final = 60.0
_FORGOTTEN_AFTER_S: Final = 600.0
_SHARE: Final = 2  # one deployment's waiting calls may take up one job in so many, while others are in use


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOptions:
    """
    What the operator knows of the deployments' quotas; None: what the service itself states, once it says 429.

    *max_calls* is the most calls under way at one deployment. A call that would wait for longer than *max_wait_s* is
    not kept waiting.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_calls: int = 100
    max_wait_s: float = 60.0


@dataclass(slots=True)
class Turn:
    """One call's turn, after *waited_s*; *outcome* is what came of it, None while it is not known."""

    waited_s: float
    outcome: Reply | CallError | None = None


class Limiter:
    """
    Keeps calls within what their deployments take, by waiting before the call instead of hitting the limit.

    *when_room_changes* is told how many jobs are worth having at a time, None for any number: as many as the
    deployments in use leave room for, if every one of them is at its limit.
    """

    def __init__(self, options: LimitOptions, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.when_room_changes: Callable[[int | None], None] = lambda _room: None
        self._options = options
        self._clock = clock
        self._lanes: dict[tuple[str, str], Lane] = {}
        self._room: int | None = None

    @asynccontextmanager
    async def turn(self, target: Target, call: Call, *, owner: str, ends_s: float) -> AsyncIterator[Turn]:
        """
        Wait for the turn of *call*, which is then under way inside.

        *owner* is on whose behalf: owners take turns. Raises Throttled where the wait would be too long, or outlast
        *ends_s*, when the call has to be over.
        """
        lane = self._lane(target)
        came_s = self._clock()
        self._check(lane, ends_s - came_s)
        await lane.enter(owner, estimated_tokens(call))
        began_s = self._clock()
        turn = Turn(waited_s=began_s - came_s)
        try:
            yield turn
        finally:
            lane.leave(turn.outcome, began_s=began_s)

    def states(self) -> list[DeploymentState]:
        """How the deployments stand that have been called lately."""
        return [
            DeploymentState(
                deployment=deployment,
                host=urlsplit(base_url).hostname or "",
                under_way=lane.under_way,
                waiting=lane.waiting,
                permits=lane.permits,
                closed_for_s=lane.closed_for_s(),
            )
            for (base_url, deployment), lane in self._lanes.items()
        ]

    def _lane(self, target: Target) -> Lane:
        key = (target.base_url, target.deployment)
        lane = self._lanes.get(key)
        if lane is None:
            self._forget()
            options = self._options
            requests, tokens = options.requests_per_minute, options.tokens_per_minute
            self._lanes[key] = lane = Lane(
                LaneOptions(
                    most=options.max_calls,
                    patience_s=options.max_wait_s,
                    requests=Quota(requests) if requests else None,
                    tokens=Quota(tokens) if tokens else None,
                ),
                clock=self._clock,
                changed=self._changed,
            )
        return lane

    def _check(self, lane: Lane, left_s: float) -> None:
        wait_s = lane.wait_s()
        others = any(other is not lane for other in self._in_use())
        is_crowded = others and lane.waiting >= max(1, self._options.max_calls // _SHARE)
        if wait_s > self._options.max_wait_s or wait_s >= left_s or is_crowded:
            raise Throttled(wait_s=max(1.0, wait_s))

    def _in_use(self) -> list[Lane]:
        since_s = self._clock() - _IN_USE_S
        return [lane for lane in self._lanes.values() if not lane.is_idle or lane.used_s >= since_s]

    def _changed(self) -> None:
        most_s = self._options.max_wait_s
        rooms = [lane.room() for lane in self._in_use() if lane.closed_for_s() <= most_s]
        limited = [room for room in rooms if room is not None]
        room = sum(limited) if rooms and len(limited) == len(rooms) else None
        if room != self._room:
            self._room = room
            self.when_room_changes(room)

    def _forget(self) -> None:
        before_s = self._clock() - _FORGOTTEN_AFTER_S
        for key, lane in list(self._lanes.items()):
            if lane.is_idle and lane.used_s < before_s and not lane.closed_for_s():
                lane.forget()
                del self._lanes[key]
