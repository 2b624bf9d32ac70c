"""Budgets of requests and tokens: when the next call may go. Pure: the time is an argument, in seconds."""

import re
from collections import deque
from typing import Final

from worker.wire import Call, Reply

__all__ = ["Pace", "Quota", "Window", "estimated_tokens", "stated"]

# A call may go a little before its turn, so that a late wake-up does not slow all that follow: so many seconds, or
# this part of the period where that is less, since what goes early counts in the window that is still open.
_EARLY_S: Final = 0.1
_EARLY: Final = 1 / 100
_KEPT_BACK: Final = 0.03  # of the rate: two clocks are never quite the same
_BYTES_PER_TOKEN: Final = 4
_DEFAULT_PERIOD_S: Final = 60.0
_INLINE_FILE: Final = re.compile(rb'"data:[^"]*"')  # an image counts by its size in pixels, not in bytes
_ANSWER_AT_MOST: Final = re.compile(rb'"max_(?:completion_|output_)?tokens"\s*:\s*(\d{1,7})')


class Quota:
    """*amount* per *period_s* seconds."""

    __slots__ = ("amount", "period_s")

    def __init__(self, amount: float, period_s: float = _DEFAULT_PERIOD_S) -> None:
        self.amount = amount
        self.period_s = period_s

    @property
    def per_s(self) -> float:
        """The rate, a little less than what is allowed."""
        return self.amount * (1 - _KEPT_BACK) / self.period_s


class Pace:
    """Requests, evenly spread: the service counts them in windows of 1 or 10 s, whatever its quota is called."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.early_s = min(_EARLY_S, quota.period_s * _EARLY)
        self._due_s = float("-inf")

    def opens_s(self) -> float:
        """When the next request may go."""
        return self._due_s - self.early_s

    def take(self, now_s: float) -> None:
        """A request goes."""
        self._due_s = max(self._due_s, now_s) + 1 / self.quota.per_s


class Window:
    """Tokens of the last period. What was used comes back one period later."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self._used: deque[tuple[float, float]] = deque()
        self._sum = 0.0

    def opens_s(self, tokens: float, now_s: float) -> float:
        """When a call of so many *tokens* may go. One that is larger than the whole budget waits for an empty one."""
        self._forget(now_s)
        over = self._sum + tokens - self.quota.amount
        if over <= 0 or not self._used:
            return now_s
        for used_s, used in self._used:
            over -= used
            if over <= 0:
                return used_s + self.quota.period_s
        return self._used[-1][0] + self.quota.period_s

    def take(self, tokens: float, now_s: float) -> None:
        """A call of so many *tokens* goes."""
        self._used.append((now_s, tokens))
        self._sum += tokens

    def _forget(self, now_s: float) -> None:
        while self._used and self._used[0][0] + self.quota.period_s <= now_s:
            self._sum -= self._used.popleft()[1]


def stated(reply: Reply, what: str) -> Quota | None:
    """The quota of *what* (`requests`, `tokens`) that the service states with its answer; None where it does not."""
    amount = _positive(reply.header(f"x-ratelimit-limit-{what}"))
    if amount is None:
        return None
    return Quota(amount, _positive(reply.header(f"x-ratelimit-renewalperiod-{what}")) or _DEFAULT_PERIOD_S)


def estimated_tokens(call: Call) -> float:
    """About what the service counts when the call arrives: the prompt's length and the longest answer allowed."""
    text = _INLINE_FILE.sub(b"", call.body) if b'"data:' in call.body else call.body
    asked = _ANSWER_AT_MOST.search(text)
    return len(text) / _BYTES_PER_TOKEN + (int(asked[1]) if asked else 0)


def _positive(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and int(text) > 0 else None
