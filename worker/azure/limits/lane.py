"""One deployment's way in: who may call it now."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from worker.azure.limits.budgets import Quota, estimated_tokens
from worker.azure.limits.lane_budgets import LaneBudgets
from worker.azure.limits.line import Line, Waiting
from worker.azure.limits.shared import Booking, Share, SharedLimits
from worker.errors import CallError, Throttled
from worker.retry_after import asked_delay_s
from worker.wire import Call, Reply

__all__ = ["Lane", "LaneOptions"]

_TOO_MANY: Final = 429
_SHRINKS_TO: Final = 0.5
_CLOSED_S: Final = 0.5  # where the service does not say how long
_AHEAD_S: Final = 1.0  # so many seconds' worth of calls may wait here, so that a freed place is taken at once
_AHEAD_AT_LEAST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOptions:
    """
    *most* permits; *requests* and *tokens* are the operator's own quotas, which hold at once and always.

    No call waits longer than *patience_s* for the service to open again. *host* and *deployment* are as reports may
    say them. With *shared* limits the quotas are those of all workers, and *name* is the deployment's at each of them.
    """

    most: int
    host: str
    deployment: str
    patience_s: float = 60.0
    requests: Quota | None = None
    tokens: Quota | None = None
    shared: SharedLimits | None = None
    name: str = ""


class Lane:
    """
    Lets calls go while there are permits and budget for them.

    Permits are as many as *most* until the first 429; then there are half as many as calls were under way, and one
    more for each full round that succeeds. What the service states as its quotas is used from the first 429 on, as
    some state what they do not enforce. *changed* is called with the lane whenever its `room` may have.
    """

    def __init__(self, options: LaneOptions, *, clock: Callable[[], float], changed: Callable[["Lane"], None]) -> None:
        self.options = options
        self._most = options.most
        self._permits = float(options.most)
        self._clock = clock
        self._budgets = LaneBudgets(options.requests, options.tokens, share=self._share())
        self._changed = changed
        self._line = Line()
        self._under_way = 0
        self.is_open = False  # whether nothing is known to limit the calls, so that there is nothing to reckon
        self._shrunk_s = self._closed_until_s = self.used_s = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits and nothing is under way."""
        return not self._under_way and not self._line.owners

    @property
    def under_way(self) -> int:
        """How many calls are out."""
        return self._under_way

    @property
    def permits(self) -> int:
        """How many may be out."""
        return math.floor(self._permits)

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._line)

    def closed_for_s(self) -> float:
        """Seconds until the service may be asked again, as it has said; 0 when it may."""
        return max(0.0, self._closed_until_s - self._clock())

    def wait_s(self) -> float:
        """About how long a call that comes now has to wait."""
        if self.is_clear:
            return 0.0
        due_s = self._budgets.due_s() - self._clock()
        return max(self.closed_for_s(), due_s, 0.0) + len(self._line) / (self._budgets.per_s or math.inf)

    @property
    def is_clear(self) -> bool:
        """Whether nobody waits and nothing is known to limit the calls."""
        return self.is_open and not self._line.owners

    @property
    def is_full(self) -> bool:
        """Whether a call that comes now has to wait for another one's end."""
        return bool(self._line.owners) or self._under_way >= math.floor(self._permits)

    def room(self) -> int | None:
        """How many calls are worth having at a time, those under way included; None where nothing limits them."""
        if self.is_open:
            return None
        budgets = self._budgets
        if self._permits >= self._most and budgets.are_none and not self.closed_for_s():
            self.is_open = True
            return None
        if self.closed_for_s():
            return self._under_way
        ahead = max(_AHEAD_AT_LEAST, math.ceil((budgets.per_s or 0) * _AHEAD_S))
        if (first := self._line.first()) and budgets.is_spent(first.tokens, self._clock()):
            ahead = 1
        return min(self._under_way + ahead, math.floor(self._permits) + _AHEAD_AT_LEAST)

    def goes_at_once(self, now_s: float) -> bool:
        """Let a call go where nobody waits and nothing limits, which is so for nearly every call; `leave` follows."""
        if self._line.owners or self._under_way >= self._most or not (self.is_open or self.room() is None):
            return False
        self._under_way += 1
        self.used_s = now_s
        self._changed(self)
        return True

    async def enter(self, owner: str, call: Call) -> None:
        """Wait for the turn of *call*; `leave` follows in any case once this has returned."""
        waiting = Waiting(owner, estimated_tokens(call))
        self._line.join(waiting)
        self._admit()
        try:
            await waiting.turn
        except asyncio.CancelledError:
            if (
                waiting.turn.done() and not waiting.turn.cancelled() and waiting.turn.exception() is None
            ):  # its turn came in the same moment
                self._under_way -= 1
            self._line.leave(waiting)
            self._admit()
            raise

    def leave(self, outcome: Reply | CallError | None, *, began_s: float) -> None:
        """A call that went at *began_s* is over; None where it was broken off."""
        self._under_way -= 1
        if isinstance(outcome, Reply):
            if outcome.status == _TOO_MANY:
                self._shrink(outcome, began_s)
            elif not self.is_open:
                self._permits = min(float(self._most), self._permits + 1 / self._permits)
        if self._line.owners or not (self.is_open or self.room() is None):
            self._admit()
        else:
            self.used_s = self._clock()
            self._changed(self)

    def close_for(self, wait_s: float) -> None:
        """The service wants to be left alone for so long. Whoever waits is turned away if that is too long."""
        self.is_open = False
        self._closed_until_s = max(self._closed_until_s, self._clock() + wait_s)
        while wait_s > self.options.patience_s and (first := self._line.first()):
            self._line.go(first)
            if not first.turn.done():
                first.turn.set_exception(Throttled(wait_s=wait_s))
        self._admit()

    def _shrink(self, reply: Reply, began_s: float) -> None:
        """Once for all the calls that were under way together."""
        if began_s > self._shrunk_s:
            self._permits = max(1.0, min(self._permits, self._under_way + 1.0) * _SHRINKS_TO)
            self._shrunk_s = self._clock()
        self.close_for(asked_delay_s(reply) or _CLOSED_S)
        self._budgets.learn(reply)

    def _admit(self) -> None:
        """Let go whoever may, and come back when the next one may."""
        now_s = self.used_s = self._clock()
        while (first := self._line.first()) and self._under_way < math.floor(self._permits):
            if (opens_s := self._opens_s(first.tokens, now_s)) > now_s:
                self._look_again(opens_s - now_s)
                break
            self._line.go(first)
            self._take(first, now_s)
        else:
            if self._closed_until_s > now_s:  # nobody waits: there is room again then
                self._look_again(self._closed_until_s - now_s)
        self._changed(self)

    def _take(self, first: Waiting, now_s: float) -> None:
        if first.turn.done():
            return
        self._budgets.take(first.tokens, now_s)
        self._under_way += 1
        first.turn.set_result(None)

    def _opens_s(self, tokens: float, now_s: float) -> float:
        if self._closed_until_s > now_s:
            return self._closed_until_s
        return self._budgets.opens_s(tokens, now_s)

    def _share(self) -> Share | None:
        shared, name = self.options.shared, self.options.name
        if shared is None:
            return None
        return Share(shared, name, most_s=self.options.patience_s, known=self._booked, clock=self._clock)

    def _booked(self, booking: Booking | None) -> None:
        """A turn is known; None where the limits are not shared any more."""
        if booking is not None:
            self._budgets.booked(booking)
            if booking.wait_s > self.options.patience_s:
                self.close_for(booking.wait_s)
        self._admit()

    def _look_again(self, in_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if in_s < math.inf:
            self._timer = asyncio.get_running_loop().call_later(in_s + 0.0005, self._admit)  # timers round down

    def forget(self) -> None:
        """Stop looking; for a lane that nobody uses any more."""
        if self._timer is not None:
            self._timer.cancel()
