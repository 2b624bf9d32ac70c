"""All deployments' lanes, and how many jobs they leave room for."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from worker.azure.limits.budgets import Quota
from worker.azure.limits.lane import Lane, LaneOptions
from worker.azure.limits.shared import SharedLimits
from worker.errors import CallError, Throttled
from worker.events import DeploymentState
from worker.wire import Behalf, Call, Reply, Target

__all__ = ["LimitOptions", "Limiter", "Turn"]

_IN_USE_S: Final = 60.0
_FULL_S: Final = 1.0
_FORGOTTEN_AFTER_S: Final = 600.0
_SHARE: Final = 2  # one deployment's waiting calls may take up one job in so many, while others are in use


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitOptions:
    """
    What the operator knows of the deployments' quotas; None: what the service itself states, once it says 429.

    *max_calls* is the most calls under way at one deployment. A call that would wait for longer than *max_wait_s* is
    not kept waiting. With *shared* limits the quotas are those of all workers together.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    max_calls: int = 100
    max_wait_s: float = 60.0
    shared: SharedLimits | None = None


class Turn:
    """
    One call's turn, to be entered when it `comes_at_once` or has been waited for; inside, the call is under way.

    *outcome* is what came of it, None while it is not known.
    """

    __slots__ = ("_began_s", "_call", "_clock", "_lane", "_owner", "outcome")

    def __init__(self, lane: Lane, call: Call, owner: str, clock: Callable[[], float], *, came_s: float) -> None:
        self.outcome: Reply | CallError | None = None
        self._lane = lane
        self._call = call
        self._owner = owner
        self._clock = clock
        self._began_s = came_s

    def comes_at_once(self) -> bool:
        """Whether it is there already, as it is for nearly every call; else it is to be waited for."""
        return self._lane.goes_at_once(self._began_s)

    async def wait(self) -> float:
        """Wait for it; gives for how many seconds. Raises Throttled where the service closed meanwhile."""
        came_s = self._began_s
        await self._lane.enter(self._owner, self._call)
        self._began_s = self._clock()
        return self._began_s - came_s

    def __enter__(self) -> Self:
        """It has come."""
        return self

    def __exit__(self, *_: object) -> None:
        """It is over."""
        self._lane.leave(self.outcome, began_s=self._began_s)


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
        self._room = self._new_lane("", "", "").room()

    @property
    def room(self) -> int | None:
        """How many jobs are worth having now; to begin with, as many as one deployment's quotas leave room for."""
        return self._room

    def turn(self, target: Target, call: Call, *, by: Behalf, ends_s: float) -> Turn:
        """
        The turn of *call*.

        Owners take turns; see Behalf. Raises Throttled where the wait would be too long, or outlast
        *ends_s*, when the call has to be over.
        """
        lane, now_s = self._lane(target, by), self._clock()
        self._check(lane, ends_s - now_s)
        return Turn(lane, call, by.owner, self._clock, came_s=now_s)

    async def close(self) -> None:
        """Look after no deployment any more, and leave the shared limits."""
        for lane in self._lanes.values():
            lane.forget()
        if self._options.shared is not None:
            await self._options.shared.close()

    def states(self) -> list[DeploymentState]:
        """How the deployments stand that have been called lately."""
        return [
            DeploymentState(
                deployment=lane.options.deployment,
                host=lane.options.host,
                under_way=lane.under_way,
                waiting=lane.waiting,
                permits=lane.permits,
                closed_for_s=lane.closed_for_s(),
            )
            for lane in self._lanes.values()
        ]

    def wait_s(self, target: Target) -> float:
        """About how long a call to *target* would wait for its turn, at least a second where others are in its way."""
        lane = self._lanes.get((target.base_url, target.deployment))
        if lane is None:
            return 0.0
        return max(lane.wait_s(), _FULL_S) if lane.is_full else lane.wait_s()

    def _lane(self, target: Target, by: Behalf) -> Lane:
        key = (target.base_url, target.deployment)
        lane = self._lanes.get(key)
        if lane is None:
            self._forget()
            host, name = by.mask(urlsplit(target.base_url).hostname or ""), _digest(target)
            self._lanes[key] = lane = self._new_lane(host, by.mask(target.deployment), name)
        return lane

    def _new_lane(self, host: str, deployment: str, name: str) -> Lane:
        options = self._options
        requests, tokens = options.requests_per_minute, options.tokens_per_minute
        return Lane(
            LaneOptions(
                most=options.max_calls,
                host=host,
                deployment=deployment,
                patience_s=options.max_wait_s,
                requests=Quota(requests) if requests else None,
                tokens=Quota(tokens) if tokens else None,
                shared=options.shared,
                name=name,
            ),
            clock=self._clock,
            changed=self._changed,
        )

    def _check(self, lane: Lane, left_s: float) -> None:
        if lane.is_clear and left_s > 0:
            return
        wait_s = lane.wait_s()
        is_crowded = lane.waiting >= max(1, self._options.max_calls // _SHARE) and self._has_others(lane)
        if wait_s > self._options.max_wait_s or wait_s >= left_s or is_crowded:
            raise Throttled(wait_s=max(1.0, wait_s))

    def _has_others(self, lane: Lane) -> bool:
        return any(other is not lane for other in self._in_use())

    def _in_use(self) -> list[Lane]:
        since_s = self._clock() - _IN_USE_S
        return [lane for lane in self._lanes.values() if not lane.is_idle or lane.used_s >= since_s]

    def _changed(self, lane: Lane) -> None:
        if self._room is None and (lane.is_open or lane.room() is None):
            return  # a lane that nothing limits leaves room for any number of jobs, whatever the others do
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


def _digest(target: Target) -> str:
    """A deployment's name among workers; hosts and deployments may be secrets, so the store does not see them."""
    return hashlib.sha256(f"{target.base_url}\0{target.deployment}".encode()).hexdigest()[:32]
