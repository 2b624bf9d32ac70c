"""One call's way along the endpoints of its connection. Decides where; who sends it is the client."""

from collections.abc import Callable
from typing import Final, NamedTuple

from worker.azure.retry import is_worth_it
from worker.azure.routing.breakers import Breakers, Outcome
from worker.azure.routing.selection import Candidate, pick
from worker.azure.routing.stored import is_not_here
from worker.connections import Route, Routes
from worker.errors import CallError, SignInRefused, Throttled, Unreachable
from worker.retry_after import asked_delay_s
from worker.wire import Reply

__all__ = ["Journey", "Surroundings"]

_ITS_OWN: Final = frozenset({401, 403, 429})  # refusals that say nothing of the call: of keys, networks and quotas


Mask = Callable[[str], str]


class Surroundings(NamedTuple):
    """What a journey looks at: *lane_wait_s* is about how long a call waits at a route; *chance* is in [0, 1)."""

    breakers: Breakers
    lane_wait_s: Callable[[Route], float]
    chance: Callable[[], float]


class Journey:
    """
    Goes to one endpoint after the other, at once, until one answers or each has been asked: a round.

    After a round, `verdict` says what it came to, and whoever sends decides whether there is another. *is_search*: the
    call takes up what one of the endpoints keeps, so they are asked in their order, and one that does not know it is
    not asked again. *mask* hides the job's secrets in what is reported.
    """

    def __init__(self, around: Surroundings, routes: Routes, *, is_search: bool, mask: Mask = str) -> None:
        self._around = around
        self.name = routes.name
        self._mask = mask
        self._routes = routes.routes
        self._is_search = is_search
        self._lacking: set[int] = set()
        self._told: dict[int, Outcome] = {}
        self._broken_off = 0
        self._began_s = 0.0
        self._at = 0

    @property
    def route(self) -> Route:
        """Where the call is."""
        return self._routes[self._at]

    def start(self) -> float:
        """Begin a round at `route`. Where seconds come back, none may be asked before: wait, and start again."""
        self._told = {}
        return self._turn_to(self._left())

    def ended(self, outcome: Outcome | None) -> None:
        """What came of the call at `route`; None: it was broken off, or did not get as far as the endpoint."""
        self._around.breakers.ended(self.name, self.route, outcome, began_s=self._began_s)

    def goes_on(self, outcome: Outcome, *, may_go: bool) -> bool:
        """Whether another endpoint is asked at once after *outcome*: then `route` is that one."""
        self._told[self._at] = outcome
        self._broken_off += isinstance(outcome, CallError) and outcome.broke_off
        if self._is_search and isinstance(outcome, Reply) and is_not_here(outcome):
            self._lacking.add(self._at)
        elif not self._is_its_own(outcome):
            self._told = {self._at: outcome}
            return False
        left = [index for index in self._left() if index not in self._told and not self._breaker_s(index)]
        return may_go and bool(left) and not self._turn_to(left)

    @property
    def passes(self) -> bool:
        """Whether another round may end better."""
        return any(map(self._may_pass, self._told.values()))

    def verdict(self) -> Outcome:
        """What the round came to: of what may pass the one that passes first, else what was said last."""
        passing = filter(self._may_pass, self._told.values())
        return min(passing, key=_asked_s, default=self._told[self._at])

    def soonest_s(self) -> float:
        """Seconds until an endpoint may be asked again."""
        return min(map(self._breaker_s, self._left()), default=0.0)

    def closed(self, wait_s: float) -> CallError:
        """Why nothing was asked: every endpoint is left alone for longer than there is time."""
        if self._around.breakers.is_limited(self.name, self.route):
            return Throttled(wait_s=wait_s)
        error = Unreachable(f"no endpoint of the connection '{self.name}' works; the next is tried in {wait_s:.0f} s")
        error.retry_after_s = wait_s
        return error

    def _left(self) -> list[int]:
        return [index for index in range(len(self._routes)) if index not in self._lacking]

    def _turn_to(self, left: list[int]) -> float:
        around = self._around
        self._at = left[0] if len(left) == 1 else left[pick([self._seen(index) for index in left], around.chance)]
        wait_s = self._breaker_s(self._at)
        if not wait_s:
            self._began_s = around.breakers.begin(self.name, self.route, mask=self._mask)
        return wait_s

    def _seen(self, index: int) -> Candidate:
        route = self._routes[index]
        wait_s = max(self._breaker_s(index), self._around.lane_wait_s(route))
        if self._is_search:  # one by one, so that every worker finds it on the same way
            return Candidate(index, 1.0, wait_s)
        return Candidate(route.priority, route.weight, wait_s)

    def _breaker_s(self, index: int) -> float:
        return self._around.breakers.wait_s(self.name, self._routes[index])

    def _is_its_own(self, outcome: Outcome) -> bool:
        """Whether *outcome* is the endpoint's own affair, so that another one may answer."""
        if isinstance(outcome, Reply) and outcome.status in _ITS_OWN:
            return True
        return self._may_pass(outcome) or isinstance(outcome, Throttled | SignInRefused)

    def _may_pass(self, outcome: Outcome) -> bool:
        return isinstance(outcome, Reply | CallError) and is_worth_it(outcome, broken_off=self._broken_off)


def _asked_s(outcome: Outcome) -> float:
    return (asked_delay_s(outcome) if isinstance(outcome, Reply) else None) or 0.0
