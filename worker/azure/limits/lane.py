"""One deployment's way in: who may call it now."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from worker.azure.limits.budgets import Pace, Quota, Window, estimated_tokens, stated
from worker.azure.limits.line import Line, Waiting
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
    say them.
    """

    most: int
    host: str
    deployment: str
    patience_s: float = 60.0
    requests: Quota | None = None
    tokens: Quota | None = None


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
        self._pace = Pace(options.requests) if options.requests else None
        self._window = Window(options.tokens) if options.tokens else None
        self._clock = clock
        self._changed = changed
        self._line = Line()
        self._under_way = 0
        self._shrunk_s = self._closed_until_s = self.used_s = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits and nothing is under way."""
        return not self._under_way and not len(self._line)

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
        rate = self._pace.quota.per_s if self._pace else math.inf
        due_s = (self._pace.opens_s() - self._clock()) if self._pace else 0.0
        return max(self.closed_for_s(), due_s, 0.0) + len(self._line) / rate

    @property
    def is_full(self) -> bool:
        """Whether a call that comes now has to wait for another one's end."""
        return len(self._line) > 0 or self._under_way >= math.floor(self._permits)

    def room(self) -> int | None:
        """How many calls are worth having at a time, those under way included; None where nothing limits them."""
        if self._permits >= self._most and self._pace is None and self._window is None and not self.closed_for_s():
            return None
        if self.closed_for_s():
            return self._under_way
        ahead = max(_AHEAD_AT_LEAST, math.ceil(self._pace.quota.per_s * _AHEAD_S)) if self._pace else _AHEAD_AT_LEAST
        if self._window and (first := self._line.first()):
            ahead = ahead if self._window.opens_s(first.tokens, self._clock()) <= self._clock() else 1
        return min(self._under_way + ahead, math.floor(self._permits) + _AHEAD_AT_LEAST)

    async def enter(self, owner: str, call: Call) -> None:
        """Wait for the turn of *call*; `leave` follows in any case once this has returned."""
        if not self._line and self._under_way < self._most and self.room() is None:
            self._under_way += 1  # nearly every call: nobody waits and nothing limits, so there is nothing to reckon
            self.used_s = self._clock()
            self._changed(self)
            return
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
            else:
                self._permits = min(float(self._most), self._permits + 1 / self._permits)
        if self._line or self.room() is not None:
            self._admit()
        else:
            self.used_s = self._clock()
            self._changed(self)

    def close_for(self, wait_s: float) -> None:
        """The service wants to be left alone for so long. Whoever waits is turned away if that is too long."""
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
        requests, tokens = stated(reply, "requests"), stated(reply, "tokens")
        if requests and not self.options.requests and _differs(self._pace, requests):
            self._pace = Pace(requests)
        if tokens and not self.options.tokens and _differs(self._window, tokens):
            self._window = Window(tokens)

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
        if self._pace:
            self._pace.take(now_s)
        if self._window:
            self._window.take(first.tokens, now_s)
        self._under_way += 1
        first.turn.set_result(None)

    def _opens_s(self, tokens: float, now_s: float) -> float:
        paced_s = self._pace.opens_s() if self._pace else now_s
        return max(self._closed_until_s, paced_s, self._window.opens_s(tokens, now_s) if self._window else now_s)

    def _look_again(self, in_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(in_s + 0.0005, self._admit)  # timers round down

    def forget(self) -> None:
        """Stop looking; for a lane that nobody uses any more."""
        if self._timer is not None:
            self._timer.cancel()


def _differs(budget: Pace | Window | None, quota: Quota) -> bool:
    return budget is None or (budget.quota.amount, budget.quota.period_s) != (quota.amount, quota.period_s)
