"""A lane's requests and tokens per minute: this worker's own, or its part in what all workers share."""

from typing import Final

from worker.azure.limits.budgets import Pace, Quota, Window, stated
from worker.azure.limits.shared import Booking, Drawn, Share
from worker.wire import Reply

__all__ = ["LaneBudgets"]

_TOKENS_AHEAD: Final = 1 / 10  # of the period, so that some calls that come together need not wait for each other


class LaneBudgets:
    """
    *requests* and *tokens* are the operator's own quotas, which hold at once and always; others are learned.

    With a *share* they are those of all workers together: turns are booked there. While it is down, and to see for how
    many jobs there is room, each worker keeps to its part of them.
    """

    def __init__(self, requests: Quota | None, tokens: Quota | None, *, share: Share | None = None) -> None:
        self._requests, self._tokens = requests, tokens
        self._is_given = (requests is not None, tokens is not None)
        self._share = share
        self._workers = 1
        self._pace = Pace(requests) if requests else None
        self._window = Window(tokens) if tokens else None

    @property
    def are_none(self) -> bool:
        """Whether nothing is limited."""
        return self._pace is None and self._window is None

    @property
    def per_s(self) -> float | None:
        """This worker's requests a second; None where they are not limited."""
        return self._pace.quota.per_s if self._pace else None

    def due_s(self) -> float:
        """When this worker's next request may go, as far as requests are counted."""
        return self._pace.opens_s() if self._pace else float("-inf")

    def is_spent(self, tokens: float, now_s: float) -> bool:
        """Whether a call of so many *tokens* has to wait for others' to come back."""
        return self._window is not None and not self._books() and self._window.opens_s(tokens, now_s) > now_s

    def opens_s(self, tokens: float, now_s: float) -> float:
        """When the first in line may go; for ever while that is being asked of the others."""
        if self._share is not None and self._books():
            return self._share.opens_s(self._drawn(tokens))
        paced_s = self._pace.opens_s() if self._pace else now_s
        return max(paced_s, self._window.opens_s(tokens, now_s) if self._window else now_s)

    def take(self, tokens: float, now_s: float) -> None:
        """The first in line goes."""
        if self._share is not None and self._books():
            self._share.take()
        elif self._pace:
            self._pace.take(now_s)
        if self._window:
            self._window.take(tokens, now_s)

    def learn(self, reply: Reply) -> None:
        """Keep to what the service states when it refuses a call, where the operator has said nothing."""
        requests, tokens = stated(reply, "requests"), stated(reply, "tokens")
        if requests and not self._is_given[0] and _differs(self._requests, requests):
            self._requests, self._pace = requests, Pace(self._part(requests))
        if tokens and not self._is_given[1] and _differs(self._tokens, tokens):
            self._tokens, self._window = tokens, Window(self._part(tokens))

    def booked(self, booking: Booking) -> None:
        """So many workers take part."""
        self._workers = booking.workers
        if self._pace and self._requests:
            self._pace.quota = self._part(self._requests)
        if self._window and self._tokens:
            self._window.quota = self._part(self._tokens)

    def _books(self) -> bool:
        return self._share is not None and self._share.is_up and not self.are_none

    def _part(self, quota: Quota) -> Quota:
        return Quota(quota.amount / self._workers, quota.period_s)

    def _drawn(self, tokens: float) -> tuple[Drawn, ...]:
        drawn = list[Drawn]()
        if self._requests:
            drawn.append(Drawn("requests", 1 / self._requests.per_s, Pace(self._requests).early_s))
        if self._tokens:
            drawn.append(Drawn("tokens", tokens / self._tokens.per_s, self._tokens.period_s * _TOKENS_AHEAD))
        return tuple(drawn)


def _differs(known: Quota | None, told: Quota) -> bool:
    return known is None or (known.amount, known.period_s) != (told.amount, told.period_s)
