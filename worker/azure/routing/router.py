"""Where calls of connections with several endpoints go."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from worker.azure.routing.breakers import EndpointState, Outcome
from worker.azure.routing.journey import Journey, Surroundings
from worker.azure.routing.stored import id_in, referred_to
from worker.connections import Route, Routes
from worker.wire import Call, Reply

__all__ = ["Router"]

_HOMES_AT_MOST: Final = 10_000
_FIRST_REFUSAL: Final = 300


class Router:
    """
    Gives every call its journey, and remembers where what is kept was made.

    That memory only saves asking: a worker that does not know asks one endpoint after the other.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._homes: OrderedDict[str, str] = OrderedDict()

    def journey(self, call: Call, routes: Routes, *, mask: Callable[[str], str] = str) -> Journey:
        """The way of *call*; one that takes up what is kept goes where that is."""
        sought = referred_to(call)
        home = self._homes.get(sought) if sought else None
        if home and (there := tuple(route for route in routes.routes if route.target.base_url == home)):
            return Journey(self._around, routes._replace(routes=there), is_search=False, mask=mask)
        return Journey(self._around, routes, is_search=sought is not None, mask=mask)

    def remember(self, call: Call, outcome: Outcome, route: Route) -> None:
        """*route* gave *outcome*: what it made or showed is there, and what the call took up."""
        if not isinstance(outcome, Reply) or outcome.status >= _FIRST_REFUSAL:
            return
        for kept in {id_in(call, outcome), referred_to(call)} - {None}:
            self._homes[str(kept)] = route.target.base_url
            if len(self._homes) > _HOMES_AT_MOST:
                self._homes.popitem(last=False)

    def snapshot(self) -> list[EndpointState]:
        """Every endpoint of such connections that has been asked, by connection."""
        return self._around.breakers.snapshot()
